"""What people type about assessments, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.assessment_times import ItemTimes
from lianyi.growth.assessment_values import offered_words
from lianyi.growth.assessments_checks import LONGEST_EVIDENCE, ItemEntry, with_result
from lianyi.growth.commands.assessments import NewAssessment
from lianyi.growth.models import AssessmentItem, CapabilityAssessment, ItemResultState, ItemSource
from lianyi.growth.rulebook import checklist_book
from lianyi.growth.scoring import limit_of
from lianyi.growth.texts_assessments import (
    CONFIDENCE_TONES,
    CONFIDENCE_WORDS,
    UNIT_WORDS,
    checklist_title,
    limit_word,
    words_of,
)
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department
from lianyi.rules import Checklist, ChecklistItem

NONE = ("", "—")


def checklist_choices() -> list[tuple[str, str]]:
    return [(each.id, checklist_title(each)) for each in checklist_book().checklists]


class AssessmentForm(CommandForm):
    """A new assessment: who, by which checklist, on which day."""

    institution = InstitutionField(label=_("Institution"))
    department = forms.CharField(
        label=_("Department"),
        max_length=32,
        required=False,
        help_text=_("Code or name of the department, where the checklist is about one."),
    )
    checklist = forms.ChoiceField(label=_("Checklist"), choices=checklist_choices)
    agreement = forms.ChoiceField(
        label=_("Agreement"),
        required=False,
        help_text=_("The partnership under which it is made; its other side may read it then."),
    )
    assessed_on = forms.DateField(label=_("Assessed on"))
    assessed_by = forms.CharField(label=_("Assessed by"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        rows = scoped(actor, Agreement.objects.filter(state=Agreement.State.IN_FORCE)).order_by("code")
        self.agreements = {str(each.pk): each for each in rows}
        choices = [NONE, *((key, f"{each.code} {name_of(each, 'title')}") for key, each in self.agreements.items())]
        field = self.fields["agreement"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        institution, given = cleaned.get("institution"), cleaned.get("department")
        if institution is not None and given:
            rows = Department.objects.filter(institution=institution, closed_on__isnull=True)
            found = rows.filter(code__iexact=given).first() or rows.filter(name_zh=given).first()
            found = found or rows.filter(name_en__iexact=given).first()
            if found is None:
                names = ", ".join(f"{each.code} {name_of(each)}" for each in rows.order_by("code"))
                self.add_error(
                    "department", _now("There is no such department. There are: %(names)s.") % {"names": names or "—"}
                )
            cleaned["department_row"] = found
        return cleaned

    def new(self) -> NewAssessment:
        data = self.cleaned_data
        department = data.get("department_row")
        return NewAssessment(
            institution=data["institution"],
            checklist=data["checklist"],
            assessed_on=data["assessed_on"],
            department_id=None if department is None else department.pk,
            agreement=self.agreements.get(data["agreement"]),
            assessed_by=data["assessed_by"],
            note=data["note"],
        )


class ChangeAssessmentForm(CommandForm):
    """Day, names and note of a draft."""

    assessed_on = forms.DateField(label=_("Assessed on"))
    assessed_by = forms.CharField(label=_("Assessed by"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("assessed_on", "assessed_by", "note")}


class AssessmentStepForm(CommandForm):
    """A step; ``reason`` stands only where the table asks for one."""

    reason = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before anybody types: items that are kept or surveyed, and what referrals say."""

    rows: Mapping[str, AssessmentItem]
    times: Mapping[str, ItemTimes] = field(default_factory=dict)


def _told_by(item: ChecklistItem, times: ItemTimes | None) -> str:
    if times is None or times.counted is None:
        return ItemResultState.NOT_ASSESSED
    return ItemResultState.MET if limit_of(item).is_met_by(times.counted.value) else ItemResultState.NOT_MET


@dataclass(slots=True)
class ItemLine:
    """One line of the sheet: the item, what is typed, and what is wrong with it."""

    item: ChecklistItem
    result: str
    value: str
    evidence: str
    problem: str = ""
    times: ItemTimes | None = None

    @property
    def name(self) -> str:
        return words_of(self.item.name)

    @property
    def is_typed(self) -> bool:
        """Whether a value is typed here: it is measured, and no referral holds it."""
        return self.item.unit is not None and self.times is None

    @property
    def offered(self) -> str:
        """What referrals say of it, in words."""
        return "" if self.times is None else offered_words(self.item, self.times)

    @property
    def could_be_counted(self) -> bool:
        return bool(self.item.counted) and self.times is None

    @property
    def limit(self) -> str:
        return limit_word(self.item)

    @property
    def unit(self) -> str:
        return "" if self.item.unit is None else str(UNIT_WORDS[self.item.unit])

    @property
    def confidence(self) -> str:
        return str(CONFIDENCE_WORDS[self.item.confidence])

    @property
    def confidence_tone(self) -> str:
        return CONFIDENCE_TONES[self.item.confidence]

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        return [(value, str(label), value == self.result) for value, label in ItemResultState.choices]


class ItemSheet:
    """All items of a draft as one form: one line each, saved as a whole, what is wrong stands at its line."""

    def __init__(self, checklist: Checklist, known: Known, sent: QueryDict | None = None) -> None:
        self.lines = [self._line(item, known, sent) for item in checklist.items]
        self.checklist = checklist
        self.expected_version = "" if sent is None else sent.get("expected_version", "")

    @staticmethod
    def _line(item: ChecklistItem, known: Known, sent: QueryDict | None) -> ItemLine:
        row, times = known.rows.get(item.id), known.times.get(item.id)
        if sent is not None:
            result, value, evidence = (sent.get(f"{part}-{item.id}", "").strip() for part in ("r", "v", "e"))
            return ItemLine(item, result, value, evidence, times=times)
        if row is None:
            return ItemLine(item, _told_by(item, times), "", "", times=times)
        value = "" if row.value is None or row.source == ItemSource.REFERRALS else f"{row.value:g}"
        if times is not None and times.counted is not None:
            # The count of today stands on the form; what it makes of the result goes before what was kept.
            judged = row.result in (ItemResultState.MET, ItemResultState.NOT_MET)
            return ItemLine(item, _told_by(item, times) if judged else row.result, "", row.evidence, times=times)
        return ItemLine(item, row.result, value, row.evidence, times=times)

    @property
    def domains(self) -> list[tuple[str, list[ItemLine]]]:
        return [
            (words_of(each.name), [line for line in self.lines if line.item.domain == each.code])
            for each in self.checklist.domains
        ]

    @property
    def version(self) -> int | None:
        return int(self.expected_version) if self.expected_version.isdecimal() else None

    @property
    def problems(self) -> int:
        return sum(bool(line.problem) for line in self.lines)

    def entries(self) -> list[ItemEntry]:
        """Return what was typed; a value that is no number marks its line."""
        found = []
        for line in self.lines:
            value = None
            if line.value:
                try:
                    value = float(line.value.replace("，", ".").replace(",", ".").removesuffix("%"))
                except ValueError:
                    line.problem = _now("'%(given)s' is no number.") % {"given": line.value}
                else:
                    value = value / 100 if line.value.endswith("%") else value
            said = line.result or ("" if value is not None else ItemResultState.NOT_ASSESSED)
            measured = said == ItemResultState.NOT_ASSESSED and value is not None
            entry = ItemEntry(line.item.id, "" if measured else said, value, line.evidence[: LONGEST_EVIDENCE + 1])
            found.append(with_result(line.item, entry))
        return found

    def take_problems(self, problems: Mapping[str, str]) -> None:
        for line in self.lines:
            line.problem = problems.get(line.item.id, line.problem)


def initial_of(row: CapabilityAssessment) -> dict[str, Any]:
    return {
        "assessed_on": row.assessed_on,
        "assessed_by": row.assessed_by,
        "note": row.note,
        "expected_version": row.version,
    }
