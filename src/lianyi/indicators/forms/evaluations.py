"""What people type about evaluations, turned into what the commands take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.indicators.commands.evaluations import Choice, NewEvaluation, NewTable
from lianyi.indicators.forms.values import UnitField
from lianyi.indicators.models import Evaluation, EvaluationUnit, PeriodKind, UnitChoice, UnitLevel
from lianyi.indicators.values_definitions import is_answer, newest_definitions
from lianyi.indicators.values_texts import PERIOD_WORDS, definition_title
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement

BYTES_IN_MEGABYTE = 1024 * 1024
LONGEST_REASON = 400
_SPLIT = re.compile(r"[\s,;，；、]+")
_SPLIT_NAMES = re.compile(r"\s*[\n,;，；、]\s*")


def indicator_choices() -> list[tuple[str, str]]:
    """Return the indicators with a figure for each month or quarter."""
    return [
        (each.code, f"{definition_title(each)} · {PERIOD_WORDS[each.period]}")
        for each in newest_definitions()
        if each.period.value != PeriodKind.YEAR and not is_answer(each)
    ]


class UnitsField(forms.CharField):
    """Institutions and places by their codes."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        options.setdefault("required", False)
        super().__init__(**options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        codes = [each for each in _SPLIT.split(super().clean(value)) if each]
        rows = OrganisationNode.objects.filter(code__in=codes).exclude(kind=NodeKind.DEPARTMENT).order_by("-kind")
        found = {each.code: each for each in rows}
        unknown = [code for code in codes if code not in found]
        if unknown:
            raise forms.ValidationError(
                _("There is no institution or place with the code “%(code)s”."), params={"code": unknown[0]}
            )
        return [found[code] for code in dict.fromkeys(codes)]


class NamesField(forms.CharField):
    """Headings or labels, one in a line or with commas between."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        return [each for each in dict.fromkeys(_SPLIT_NAMES.split(super().clean(value).strip())) if each]


class QuestionForm(CommandForm):
    """What every question has: its words, whom it is about, and when help began and ended."""

    question = forms.CharField(
        label=_("Question in words"),
        max_length=300,
        help_text=_("As you would ask a colleague: did the partnership change …?"),
    )
    node = UnitField(label=_("Place or institution that was helped"))
    agreement = forms.ChoiceField(
        label=_("Agreement"), required=False, help_text=_("Its parties can read the evaluation once it is published.")
    )
    starts = forms.CharField(
        label=_("Help began in"), max_length=16, help_text=_("A month as 2024-05, a quarter as 2024-Q2.")
    )
    left = forms.CharField(
        label=_("The team left in"),
        max_length=16,
        required=False,
        help_text=_("Empty while it is there. The answer is told again 12 and 24 months later."),
    )
    phase_in = forms.IntegerField(
        label=_("Periods of phase-in left out"),
        min_value=0,
        max_value=24,
        initial=0,
        required=False,
        help_text=_("So many periods from the start on count neither as before nor as after."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        rows = scoped(actor, Agreement.objects.exclude(state=Agreement.State.DRAFT)).order_by("code")
        self.agreements = {str(each.pk): each for each in rows}
        field = self.fields["agreement"]
        if isinstance(field, forms.ChoiceField):
            words = ((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items())
            field.choices = [("", "—"), *words]

    def common(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "question": data["question"],
            "node": data["node"],
            "agreement": self.agreements.get(data["agreement"]),
            "starts": data["starts"].strip(),
            "left": data["left"].strip(),
            "phase_in": data["phase_in"] or 0,
        }


class ValuesQuestionForm(QuestionForm):
    """A question to the accepted values of this site."""

    main = forms.ChoiceField(label=_("Main outcome"), choices=indicator_choices)
    beside = forms.MultipleChoiceField(
        label=_("Told beside it"),
        choices=indicator_choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Cost and length of stay beside volume: efficiency may worsen while volume grows."),
    )
    lead = UnitsField(label=_("Lead hospitals"), help_text=_("Codes, with commas or blanks between."))
    recipient = UnitsField(label=_("Recipients"))
    village = UnitsField(label=_("Villages and township centres below"))
    comparison = UnitsField(
        label=_("Units that might be compared with"),
        help_text=_("Name all that come into question. On the next page each is chosen or refused, with its reason."),
    )

    def new(self) -> NewEvaluation:
        data = self.cleaned_data
        period = next(each.period.value for each in newest_definitions() if each.code == data["main"])
        return NewEvaluation(
            **self.common(),
            outcomes=list(dict.fromkeys([data["main"], *data["beside"]])),
            period=period,
            units={level: data[level] for level in UnitLevel.values},
        )


class TableQuestionForm(QuestionForm):
    """A question to a table that is uploaded: one row for each unit and time."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV, Excel (.xlsx) or Parquet: one row for each unit and time. Leave a cell empty where missing."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.parquet"}),
    )
    unit = forms.CharField(label=_("Column of units"), max_length=120, initial="unit")
    time = forms.CharField(label=_("Column of times"), max_length=120, initial="month")
    level = forms.CharField(label=_("Column of levels"), max_length=120, initial="level")
    outcomes = NamesField(
        label=_("Columns of outcomes"),
        help_text=_("The main one first, with commas between: cases, cost, length of stay."),
    )
    lead = NamesField(label=_("Labels of lead hospitals"), required=False, initial="lead")
    recipient = NamesField(label=_("Labels of recipients"), required=False, initial="recipient")
    village = NamesField(label=_("Labels of villages"), required=False, initial="village")
    comparison = NamesField(
        label=_("Labels of units that might be compared with"), required=False, initial="comparison"
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        most = settings.CONFIG.upload_megabytes
        if (file.size or 0) > most * BYTES_IN_MEGABYTE:
            raise forms.ValidationError(
                _("The file has %(size).1f MB; at most %(most)d MB are taken here. Split it, or use the command line."),
                params={"size": (file.size or 0) / BYTES_IN_MEGABYTE, "most": most},
            )
        return file

    def new(self) -> NewEvaluation:
        data = self.cleaned_data
        file = data["file"]
        file.seek(0)
        table = NewTable(
            name=file.name or "table",
            content=file.read(),
            unit=data["unit"].strip(),
            time=data["time"].strip(),
            level=data["level"].strip(),
            labels={level: data[level] for level in UnitLevel.values},
        )
        return NewEvaluation(**self.common(), outcomes=data["outcomes"], table=table)


class ChangeQuestionForm(CommandForm):
    """Words, outcomes and times of a draft."""

    question = forms.CharField(label=_("Question in words"), max_length=300)
    outcomes = NamesField(
        label=_("Outcomes"), help_text=_("Codes of indicators or headings of the table; the main one first.")
    )
    starts = forms.CharField(label=_("Help began in"), max_length=16)
    left = forms.CharField(label=_("The team left in"), max_length=16, required=False)
    phase_in = forms.IntegerField(label=_("Periods of phase-in left out"), min_value=0, max_value=24, required=False)

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "question": data["question"],
            "outcomes": data["outcomes"],
            "starts": data["starts"].strip(),
            "left": data["left"].strip(),
            "phase_in": data["phase_in"] or 0,
        }

    @staticmethod
    def initial_of(row: Evaluation) -> dict[str, Any]:
        return {
            "question": row.question,
            "outcomes": ", ".join(row.outcomes),
            "starts": row.starts,
            "left": row.left,
            "phase_in": row.phase_in,
            "expected_version": row.version,
        }


class EvaluationStepForm(CommandForm):
    """A step; ``reason`` stands only where the table asks for words."""

    reason = forms.CharField(
        label=pgettext_lazy("step of an evaluation", "In words"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


class ReviseForm(CommandForm):
    """Why a fixed question is changed."""

    reason = forms.CharField(
        label=_("Why the question is changed"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


@dataclass(slots=True)
class ChoiceLine:
    """One unit that might be compared with, as the form shows it."""

    unit: EvaluationUnit
    choice: str
    reason: str


class ChoiceGrid:
    """All units that might be compared with as one form: chosen or refused, and why.

    What is said for all the others at once holds for each line that is left open.
    """

    def __init__(self, row: Evaluation, units: Sequence[EvaluationUnit], sent: QueryDict | None = None) -> None:
        self.lines = [self._line(each, sent) for each in units]
        self.why = row.why_comparable if sent is None else sent.get("why_comparable", "").strip()
        self.others = "" if sent is None else sent.get("others", "")
        self.others_reason = "" if sent is None else sent.get("others_reason", "").strip()
        given = "" if sent is None else sent.get("expected_version", "")
        self.version = int(given) if given.isdecimal() else row.version

    @staticmethod
    def _line(unit: EvaluationUnit, sent: QueryDict | None) -> ChoiceLine:
        if sent is None:
            return ChoiceLine(unit, unit.choice, unit.reason)
        choice = sent.get(f"c-{unit.pk}", "")
        known: Mapping[str, str] = {value: value for value in UnitChoice.values}
        return ChoiceLine(unit, known.get(choice, ""), sent.get(f"r-{unit.pk}", "").strip()[:LONGEST_REASON])

    def choices(self) -> list[Choice]:
        """Return what is decided of every unit."""
        found = []
        for line in self.lines:
            choice, reason = line.choice, line.reason
            if not choice and self.others in (UnitChoice.CHOSEN, UnitChoice.REFUSED):
                choice, reason = self.others, reason or self.others_reason
            found.append(Choice(line.unit.pk, choice, reason))
        return found
