"""What people type about performance assessments, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.indicators.commands.performance import NewRound
from lianyi.indicators.commands.performance_evidence import NewEvidence
from lianyi.indicators.commands.performance_objections import Answer
from lianyi.indicators.commands.performance_steps import StepSays
from lianyi.indicators.models import (
    FreezePurpose,
    NumberSource,
    ObjectionAnswer,
    PerformanceAssessment,
    PerformanceEvidence,
    PerformanceFinding,
    PerformanceState,
)
from lianyi.indicators.performance_checks import LONGEST_REASON, FindingEntry
from lianyi.indicators.performance_given import GivenNumbers
from lianyi.indicators.performance_machine import Asks, PerformanceStep
from lianyi.indicators.performance_numbers import CountedNumber, duties_of
from lianyi.indicators.performance_rulebook import scheme_book, scheme_of
from lianyi.indicators.performance_scoring import Finding, asks_number, asks_out_of, grades_for
from lianyi.indicators.performance_veil import OPEN, PatientVeil
from lianyi.indicators.performance_words import (
    few_word,
    finding_word,
    number_word,
    rule_word,
    scheme_title,
    score_word,
    unit_hint,
    words_of,
)
from lianyi.indicators.values_texts import definition_title
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.partnerships.models import Agreement, Alliance
from lianyi.rules.assessment_schemes import AssessmentScheme, NumberUnit, SchemeItem, ScoringShape

NONE = ("", "—")


def scheme_choices() -> list[tuple[str, str]]:
    return [(each.id, scheme_title(each)) for each in scheme_book().schemes]


class RoundForm(CommandForm):
    """A new round: who, by which scheme, for which period."""

    institution = InstitutionField(label=_("Institution assessed"))
    scheme = forms.ChoiceField(label=_("Scheme"), choices=scheme_choices)
    alliance = forms.ChoiceField(
        label=_("Alliance"), required=False, help_text=_("The alliance that the institution answers for, if any.")
    )
    agreement = forms.ChoiceField(
        label=_("Agreement"),
        required=False,
        help_text=_("Its duties give the numbers that are counted, and its other side may read the round."),
    )
    period_from = forms.DateField(label=_("Period from"))
    period_to = forms.DateField(label=_("Period to"))
    due_on = forms.DateField(label=_("Self-scores due on"), required=False)
    corrects = forms.ChoiceField(
        label=_("Corrects the round"),
        required=False,
        help_text=_("A frozen round is never changed; its correction is a new round."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        agreements = scoped(actor, Agreement.objects.exclude(state=Agreement.State.DRAFT)).order_by("code")
        frozen = scoped(actor, PerformanceAssessment.objects.filter(state=PerformanceState.FROZEN)).order_by("code")
        self.agreements = {str(each.pk): each for each in agreements}
        self.alliances = {str(each.pk): each for each in scoped(actor, Alliance.objects.all()).order_by("code")}
        self.frozen = {str(each.pk): each for each in frozen}
        for name, rows, stem in (
            ("agreement", self.agreements, "title"),
            ("alliance", self.alliances, "name"),
            ("corrects", self.frozen, ""),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                words = (
                    (key, f"{each.code} {name_of(each, stem) if stem else ''}".strip()) for key, each in rows.items()
                )
                field.choices = [NONE, *words]

    def new(self) -> NewRound:
        data = self.cleaned_data
        return NewRound(
            institution=data["institution"],
            scheme=data["scheme"],
            alliance=self.alliances.get(data["alliance"]),
            agreement=self.agreements.get(data["agreement"]),
            period_from=data["period_from"],
            period_to=data["period_to"],
            due_on=data["due_on"],
            corrects=self.frozen.get(data["corrects"]),
            note=data["note"],
        )


class ChangeRoundForm(CommandForm):
    """Period, due day and note of a draft."""

    period_from = forms.DateField(label=_("Period from"))
    period_to = forms.DateField(label=_("Period to"))
    due_on = forms.DateField(label=_("Self-scores due on"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("period_from", "period_to", "due_on", "note")}


class StepForm(CommandForm):
    """A step; each of its fields stands only where the table asks for it."""

    reason = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    objections_until = forms.DateField(label=_("Objections until"), required=False)
    purpose = forms.ChoiceField(label=_("What it is used for"), required=False, choices=[NONE, *FreezePurpose.choices])

    def __init__(self, *args: Any, step: PerformanceStep, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        wanted = {
            "reason": step.needs_reason,
            "objections_until": step.asks is Asks.LAST_DAY,
            "purpose": step.asks is Asks.PURPOSE,
        }
        for name, is_asked in wanted.items():
            if is_asked:
                self.fields[name].required = True
            else:
                del self.fields[name]

    def says(self) -> StepSays:
        data = self.cleaned_data
        return StepSays(objections_until=data.get("objections_until"), purpose=data.get("purpose", ""))


class ObjectionForm(CommandForm):
    """What the assessed side objects to and why."""

    text = forms.CharField(
        label=pgettext_lazy("to a score", "Objection"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )


class EvidenceForm(CommandForm):
    """A reference in words, attached once for all items that it supports."""

    what = forms.CharField(
        label=_("What it is"), max_length=300, help_text=_("Title, number and page, so that anybody finds it.")
    )
    dated_on = forms.DateField(label=_("Dated on"), required=False)
    holder = forms.CharField(label=_("Who holds it"), max_length=200, help_text=_("Office or person, and where it is."))
    items = forms.MultipleChoiceField(label=_("Items that it supports"), widget=forms.CheckboxSelectMultiple)
    duty = forms.ChoiceField(
        label=_("Duty"), required=False, help_text=_("The duty whose records stand behind it, if there is one.")
    )
    agreement = forms.BooleanField(label=_("It is the agreement itself"), required=False)

    def __init__(self, row: PerformanceAssessment, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        items, duty = self.fields["items"], self.fields["duty"]
        if isinstance(items, forms.MultipleChoiceField):
            numbered = enumerate(scheme_of(row).items, start=1)
            items.choices = [(each.id, f"{at} {words_of(each.requirement)}") for at, each in numbered]
        if isinstance(duty, forms.ChoiceField):
            duties = duties_of(row).values()
            duty.choices = [NONE, *((str(each.pk), f"{each.code} {name_of(each, 'title')}") for each in duties)]
        if row.agreement_id is None:
            del self.fields["duty"], self.fields["agreement"]

    def new(self) -> NewEvidence:
        data = self.cleaned_data
        return NewEvidence(
            what=data["what"],
            holder=data["holder"],
            items=data["items"],
            dated_on=data["dated_on"],
            leads_to_agreement=data.get("agreement", False),
            duty_id=int(data["duty"]) if data.get("duty") else None,
        )


def initial_of_piece(piece: PerformanceEvidence) -> dict[str, Any]:
    return {
        "what": piece.what,
        "dated_on": piece.dated_on,
        "holder": piece.holder,
        "items": piece.items,
        "duty": "" if piece.duty_id is None else str(piece.duty_id),
        "agreement": piece.agreement_id is not None,
        "expected_version": piece.version,
    }


class AnswerForm(CommandForm):
    """The answer to an objection, and what is found now where it is upheld."""

    answer = forms.ChoiceField(label=_("Answer"), choices=[NONE, *ObjectionAnswer.choices])
    text = forms.CharField(
        label=_("Answer in words"), widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST_REASON
    )
    grade = forms.ChoiceField(label=_("What is found now"), required=False)
    value = forms.DecimalField(label=_("Number found now"), required=False, min_value=0, decimal_places=4)
    out_of = forms.DecimalField(label=_("Out of"), required=False, min_value=0, decimal_places=4)
    attained = forms.IntegerField(label=_("Cases within the limit"), required=False, min_value=0)

    def __init__(self, item: SchemeItem, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every form
        super().__init__(*args, **kwargs)
        self.item = item
        grades, grade = grades_for(item), self.fields["grade"]
        if isinstance(grade, forms.ChoiceField):
            grade.choices = [NONE, *((each.value, each.label) for each in grades)]
        asked = {
            "grade": bool(grades),
            "value": asks_number(item),
            "out_of": asks_out_of(item),
            "attained": item.attainment is not None,
        }
        for name, is_asked in asked.items():
            if not is_asked:
                del self.fields[name]
        if "value" in self.fields and item.unit is NumberUnit.SHARE:
            self.fields["value"].help_text = _("A share from 0 to 1, for example 0.65.")

    def given(self) -> Answer:
        data = self.cleaned_data
        finding = FindingEntry(
            self.item.id,
            data.get("grade", ""),
            data.get("value"),
            data.get("out_of"),
            data.get("attained"),
            data["text"],
        )
        return Answer(answer=data["answer"], text=data["text"], finding=finding)


@dataclass(slots=True)
class ScoreLine:
    """One line of the score sheet: the item, what is typed, what the other side found, and what is wrong."""

    number: int
    item: SchemeItem
    grade: str
    value: str
    out_of: str
    attained: str
    reason: str
    agrees: bool = False
    beside: str = ""
    counted: str = ""
    offered: str = ""
    problem: str = ""

    @property
    def requirement(self) -> str:
        return words_of(self.item.requirement)

    @property
    def evidence_wanted(self) -> str:
        return "" if self.item.evidence is None else words_of(self.item.evidence)

    @property
    def rule(self) -> str:
        return rule_word(self.item)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        return [(each.value, str(each.label), each.value == self.grade) for each in grades_for(self.item)]

    @property
    def is_typed(self) -> bool:
        """Whether a number is typed: the item has one, and no duty gives it."""
        return asks_number(self.item) and not self.counted

    @property
    def asks_out_of(self) -> bool:
        return asks_out_of(self.item)

    @property
    def asks_attained(self) -> bool:
        return self.item.attainment is not None

    @property
    def out_of_hint(self) -> str:
        return gettext("out of") if self.item.shape is ScoringShape.PROPORTIONAL else gettext("of so many cases")

    @property
    def hint(self) -> str:
        return unit_hint(self.item)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before anybody types: kept findings, those of the other side, numbers of the duties."""

    kept: Mapping[str, PerformanceFinding]
    beside: Mapping[str, PerformanceFinding]
    given: GivenNumbers
    reasons: Mapping[str, str]
    veil: PatientVeil = OPEN


class ScoreSheet:
    """All items as one form: saved as a whole, what is wrong stands at its line, nothing typed is lost."""

    def __init__(self, scheme: AssessmentScheme, known: Known, sent: QueryDict | None = None) -> None:
        self.scheme, self.known, self.sent = scheme, known, sent
        self.lines = [self._line(at, each) for at, each in enumerate(scheme.items, start=1)]
        self.expected_version = "" if sent is None else sent.get("expected_version", "")

    def _line(self, number: int, item: SchemeItem) -> ScoreLine:
        kept, beside = self.known.kept.get(item.id), self.known.beside.get(item.id)
        counted = self.known.given.counted.get(item.id)
        offered = self._offered(item)
        words = "" if beside is None else self._beside(item, beside)
        told = "" if counted is None else self._told(item, counted)
        if self.sent is not None:
            parts = (self.sent.get(f"{part}-{item.id}", "").strip() for part in ("g", "v", "o", "a", "r"))
            grade, value, out_of, attained, reason = parts
            agrees = f"agree-{item.id}" in self.sent
            return ScoreLine(number, item, grade, value, out_of, attained, reason, agrees, words, told, offered)
        if kept is None:
            return ScoreLine(number, item, "", "", "", "", "", beside=words, counted=told, offered=offered)
        return ScoreLine(
            number,
            item,
            kept.grade,
            "" if counted is not None or self._is_taken(kept) else _typed(kept.value),
            _typed(kept.out_of),
            "" if kept.attained is None else str(kept.attained),
            self.known.reasons.get(item.id, ""),
            beside=words,
            counted=told,
            offered=offered,
        )

    def _beside(self, item: SchemeItem, beside: Finding) -> str:
        return f"{score_word(self.scheme, item, beside)[0]} · {finding_word(item, beside, self.known.veil)}"

    @staticmethod
    def _is_taken(finding: PerformanceFinding) -> bool:
        """Tell whether an indicator gave the number: taken anew with every save, never as a typed one."""
        return finding.source == NumberSource.ACCEPTED

    def _offered(self, item: SchemeItem) -> str:
        """Return the accepted value that is taken where nobody types a number."""
        found = self.known.given.accepted.get(item.id)
        if found is None:
            return ""
        return gettext("%(value)s (%(indicator)s, %(periods)s, definition %(version)s)") % {
            "value": number_word(found.value, item.unit),
            "indicator": definition_title(found.definition),
            "periods": ", ".join(found.periods),
            "version": found.definition.version,
        }

    def _told(self, item: SchemeItem, counted: CountedNumber) -> str:
        veil = self.known.veil
        return few_word(veil) if veil.hides_number(item, counted.value) else number_word(counted.value, item.unit)

    @property
    def dimensions(self) -> Iterator[tuple[str, list[ScoreLine]]]:
        for each in self.scheme.dimensions:
            yield words_of(each.name), [line for line in self.lines if line.item.dimension == each.code]

    @property
    def version(self) -> int | None:
        return int(self.expected_version) if self.expected_version.isdecimal() else None

    @property
    def problems(self) -> int:
        return sum(bool(line.problem) for line in self.lines)

    def entries(self) -> list[FindingEntry]:
        """Return what was typed; what is no number marks its line."""
        return [self._entry(line) for line in self.lines]

    def _entry(self, line: ScoreLine) -> FindingEntry:
        beside = self.known.beside.get(line.item.id)
        if line.agrees and beside is not None:
            value = None if line.counted or self._is_taken(beside) else beside.value
            return FindingEntry(line.item.id, beside.grade, value, beside.out_of, beside.attained, line.reason)
        numbers: list[Decimal | None] = []
        for text in (line.value, line.out_of, line.attained):
            number = _number(text)
            if text and number is None:
                line.problem = gettext("'%(given)s' is no number.") % {"given": text}
            numbers.append(number)
        value, out_of, attained = numbers
        if attained is not None and attained != attained.to_integral_value():
            line.problem = gettext("'%(given)s' is no whole number.") % {"given": line.attained}
        whole = None if attained is None else int(attained)
        return FindingEntry(line.item.id, line.grade, value, out_of, whole, line.reason[: LONGEST_REASON + 1])

    def take_problems(self, problems: Mapping[str, str]) -> None:
        for line in self.lines:
            line.problem = problems.get(line.item.id, line.problem)


def _typed(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _number(text: str) -> Decimal | None:
    """Return a typed number; a percent sign divides it by 100."""
    plain = text.replace("％", "%").replace("，", ".").replace(",", ".").removesuffix("%").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return number / 100 if text.endswith(("%", "％")) else number
