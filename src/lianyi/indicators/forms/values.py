"""What people type about reporting duties and sheets, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands.values import NewAssignment, NewSheet
from lianyi.indicators.models import IndicatorValue, PeriodKind
from lianyi.indicators.tables.values import family_choices
from lianyi.indicators.values_checks import Doubt, ValueEntry
from lianyi.indicators.values_definitions import is_answer
from lianyi.indicators.values_periods import parse_period
from lianyi.indicators.values_texts import (
    UNIT_WORDS,
    definition_title,
    doubt_word,
    figure_word,
    value_word,
    words_or_nothing,
)
from lianyi.pages.errors import message_of
from lianyi.pages.forms import CommandForm
from lianyi.pages.lookups import LookupWidget
from lianyi.rules.indicators import IndicatorDefinition

MOST_DUE_DAYS = 366


class UnitField(forms.CharField):
    """An institution or a place by its code; the browser suggests institutions within reach."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of every field
        options.setdefault("widget", LookupWidget("partnerships:institution-suggestions"))
        options.setdefault("help_text", _("Code of an institution or a place; type part of an institution's name."))
        super().__init__(max_length=64, **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        code = super().clean(value)
        node = OrganisationNode.objects.filter(code=code).exclude(kind=NodeKind.DEPARTMENT).order_by("kind").first()
        if node is None:
            raise forms.ValidationError(
                _("There is no institution or place with the code “%(code)s”."), params={"code": code}
            )
        return node


class AssignmentForm(CommandForm):
    """A new reporting duty."""

    node = UnitField(label=_("Unit"))
    family = forms.ChoiceField(label=_("Family of indicators"), choices=family_choices)
    period = forms.ChoiceField(label=_("Period"), choices=PeriodKind.choices)
    starts_on = forms.DateField(label=_("From"))
    due_days = forms.IntegerField(
        label=_("Due after (days)"),
        min_value=0,
        max_value=MOST_DUE_DAYS,
        help_text=_("So many days after the last day of each period."),
    )

    def new(self) -> NewAssignment:
        data = self.cleaned_data
        return NewAssignment(
            node=data["node"],
            family=data["family"],
            period=data["period"],
            starts_on=data["starts_on"],
            due_days=data["due_days"],
        )


class EndAssignmentForm(CommandForm):
    """Until when a unit reports."""

    ends_on = forms.DateField(label=_("Last day"))


class PeriodField(forms.CharField):
    """A period as people write it: 2024-05, 2024-Q2, 2024."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        text = super().clean(value)
        try:
            return parse_period(text)
        except InvalidInputError as error:
            raise forms.ValidationError(message_of(error)) from error


class SheetForm(CommandForm):
    """Which unit, which indicators, which period."""

    node = UnitField(label=_("Unit"))
    family = forms.ChoiceField(label=_("Family of indicators"), choices=family_choices)
    period = PeriodField(
        label=_("Period"), max_length=16, help_text=_("A month as 2024-05, a quarter as 2024-Q2, a year as 2024.")
    )

    def new(self) -> NewSheet:
        data = self.cleaned_data
        kind, start = data["period"]
        return NewSheet(node=data["node"], family=data["family"], period=kind, period_start=start)


class SheetStepForm(CommandForm):
    """A step; ``reason`` stands only where the table asks for one."""

    reason = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


@dataclass(slots=True)
class ValueLine:
    """One line of the grid: the indicator, what is typed, what it was the period before, what is wrong with it."""

    definition: IndicatorDefinition
    numerator: str
    denominator: str
    because: str
    note: str
    kept: IndicatorValue | None = None
    former: IndicatorValue | None = None
    problem: str = ""
    doubts: Sequence[str] = field(default_factory=tuple)

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def name(self) -> str:
        return definition_title(self.definition)

    @property
    def unit(self) -> str:
        return str(UNIT_WORDS[self.definition.unit])

    @property
    def has_denominator(self) -> bool:
        return self.definition.needs_denominator

    @property
    def is_answer(self) -> bool:
        """Whether yes or no is chosen instead of a figure."""
        return is_answer(self.definition)

    @property
    def numerator_words(self) -> str:
        return words_or_nothing(self.definition.numerator or self.definition.evidence)

    @property
    def denominator_words(self) -> str:
        return words_or_nothing(self.definition.denominator)

    @property
    def value(self) -> str:
        return "" if self.kept is None else value_word(self.kept)

    @property
    def former_value(self) -> str:
        return "" if self.former is None else value_word(self.former)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sheet before anybody types: kept values, those of the period before, and doubts."""

    kept: Mapping[str, IndicatorValue]
    former: Mapping[str, IndicatorValue] = field(default_factory=dict)
    doubts: Mapping[int, Sequence[Doubt]] = field(default_factory=dict)


class ValueGrid:
    """All indicators of a sheet as one form: one line each, saved as a whole, what is wrong stands at its line."""

    def __init__(
        self,
        definitions: Sequence[IndicatorDefinition],
        known: Known,
        sent: QueryDict | None = None,
    ) -> None:
        self.lines = [self._line(each, known, sent) for each in definitions]
        self.expected_version = "" if sent is None else sent.get("expected_version", "")
        self.reason = "" if sent is None else sent.get("reason", "").strip()
        self.problem = ""

    @staticmethod
    def _line(definition: IndicatorDefinition, known: Known, sent: QueryDict | None) -> ValueLine:
        row, former = known.kept.get(definition.code), known.former.get(definition.code)
        if sent is not None:
            numerator, denominator, because, note = (
                sent.get(f"{part}-{definition.code}", "").strip() for part in ("n", "d", "b", "t")
            )
            return ValueLine(definition, numerator, denominator, because, note, kept=row, former=former)
        if row is None:
            return ValueLine(definition, "", "", "", "", former=former)
        doubts = [doubt_word(each) for each in known.doubts.get(row.pk, ())]
        numerator, denominator = ("" if each is None else figure_word(each).replace(",", "") for each in row.figures)
        return ValueLine(
            definition, numerator, denominator, row.unavailable_because, row.note, row, former, doubts=doubts
        )

    @property
    def version(self) -> int | None:
        return int(self.expected_version) if self.expected_version.isdecimal() else None

    @property
    def problems(self) -> int:
        return sum(bool(line.problem) for line in self.lines)

    def entries(self) -> list[ValueEntry]:
        """Return what was typed; a figure that is no number marks its line."""
        return [
            ValueEntry(
                line.code,
                self._figure(line, line.numerator),
                self._figure(line, line.denominator),
                line.because,
                line.note,
            )
            for line in self.lines
        ]

    @staticmethod
    def _figure(line: ValueLine, text: str) -> Decimal | None:
        if not text:
            return None
        plain = text.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,")).replace(",", "")
        try:
            return Decimal(plain.replace(" ", ""))
        except InvalidOperation:
            line.problem = _now("'%(given)s' is no number.") % {"given": text}
            return None

    def take_problems(self, problems: Mapping[str, InvalidInputError]) -> None:
        for line in self.lines:
            if line.code in problems:
                line.problem = message_of(problems[line.code])
