"""Numbers of a round that accepted values of indicators give: for items that name an indicator.

The institution's own values count, or those of its place where only places report such an indicator. The period of a
value lies within that of the round as a whole. One value is the number; of several the numerators are added up over
the denominators where the indicator is their quotient, and nothing is made of several means or medians. Only what was
accepted or locked counts, and how many periods were, stands beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.models.performance import PerformanceAssessment
from lianyi.indicators.models.values import IndicatorValue
from lianyi.indicators.values_definitions import definition_of, versions_of
from lianyi.indicators.values_levels import levels_of_unit, told_by
from lianyi.indicators.values_periods import last_day, period_code
from lianyi.indicators.values_targets import COUNTED_STATES
from lianyi.rules.assessment_schemes import AssessmentScheme, NumberUnit, SchemeItem, ScoringShape
from lianyi.rules.indicators import Formula, IndicatorDefinition, IndicatorUnit

DECIMALS: Final = Decimal("0.0001")
_HUNDREDTH: Final = Decimal("0.01")
_ONE: Final = Decimal(1)
# What a value is multiplied by to stand in the unit of an item; other pairs do not fit, and the number is typed.
_FACTORS: Final[Mapping[tuple[NumberUnit, IndicatorUnit], Decimal]] = {
    (NumberUnit.SHARE, IndicatorUnit.PERCENT): _HUNDREDTH,
    (NumberUnit.SHARE, IndicatorUnit.RATIO): _ONE,
    (NumberUnit.CHANGE, IndicatorUnit.PERCENT): _HUNDREDTH,
    (NumberUnit.MINUTE, IndicatorUnit.MINUTES): _ONE,
    (NumberUnit.COUNT, IndicatorUnit.COUNT): _ONE,
    (NumberUnit.COUNT, IndicatorUnit.RATIO): _ONE,
    (NumberUnit.COUNT, IndicatorUnit.YUAN): _ONE,
    (NumberUnit.PERSON, IndicatorUnit.COUNT): _ONE,
    (NumberUnit.PERSON_DAY, IndicatorUnit.DAYS): _ONE,
    (NumberUnit.PER_10_000, IndicatorUnit.PER_10000): _ONE,
}
NUMBER_SHAPES: Final = (ScoringShape.THRESHOLD, ScoringShape.MEASURE, ScoringShape.NUMBER)


@dataclass(frozen=True, slots=True)
class AcceptedNumber:
    """The number of an item in its own unit, with the values that give it."""

    value: Decimal
    definition: IndicatorDefinition
    node: OrganisationNode
    numerator: Decimal
    denominator: Decimal | None
    values: tuple[IndicatorValue, ...]

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(period_code(each.sheet.period, each.period_start) for each in self.values)

    def as_facts(self) -> dict[str, object]:
        """Return what a finding and a snapshot keep of it."""
        return {
            "indicator": self.definition.code,
            "version": self.definition.version,
            "unit": self.node.code,
            "value": _plain(self.value),
            "numerator": _plain(self.numerator),
            "denominator": None if self.denominator is None else _plain(self.denominator),
            "periods": list(self.periods),
            "states": [each.sheet.state for each in self.values],
            "values": [each.pk for each in self.values],
            "versions_of_values": [each.version for each in self.values],
        }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def accepted_numbers(row: PerformanceAssessment, scheme: AssessmentScheme) -> dict[str, AcceptedNumber]:
    """Return the numbers of the items that indicators give, by item; others stay to be typed."""
    wanted = {each.id: each for each in scheme.items if each.indicator and each.shape in NUMBER_SHAPES}
    if not wanted:
        return {}
    own = OrganisationNode.objects.get(pk=row.institution_id)
    place = OrganisationNode.objects.get(pk=row.institution.place_id)
    found = _values_within(row, {each.indicator for each in wanted.values()}, (own.pk, place.pk))
    numbers = {}
    for item in wanted.values():
        node = own if _reports(own, item.indicator) else place
        number = _number(item, node, found[item.indicator, node.pk])
        if number is not None:
            numbers[item.id] = number
    return numbers


def _reports(node: OrganisationNode, code: str) -> bool:
    """Tell whether an institution itself reports the indicator in some version."""
    return bool(told_by(versions_of(code), levels_of_unit(node)))


def _values_within(
    row: PerformanceAssessment, codes: Collection[str], nodes: Sequence[int]
) -> Mapping[tuple[str, int], list[IndicatorValue]]:
    rows = IndicatorValue.objects.filter(
        code__in=codes,
        node_id__in=nodes,
        sheet__state__in=COUNTED_STATES,
        numerator__isnull=False,
        period_start__gte=row.period_from,
        period_start__lte=row.period_to,
    )
    found: defaultdict[tuple[str, int], list[IndicatorValue]] = defaultdict(list)
    for each in rows.select_related("sheet").order_by("period_start", "definition_version"):
        if last_day(each.sheet.period, each.period_start) <= row.period_to:
            found[each.code, each.node_id].append(each)
    return found


def _number(item: SchemeItem, node: OrganisationNode, values: Sequence[IndicatorValue]) -> AcceptedNumber | None:
    if not values or len({each.definition_version for each in values}) > 1:
        return None
    definition = definition_of(values[0])
    factor = None if item.unit is None else _FACTORS.get((item.unit, definition.unit))
    if factor is None or (len(values) > 1 and definition.formula is not Formula.QUOTIENT):
        return None
    numerator = sum((each.numerator for each in values if each.numerator is not None), Decimal(0))
    denominator = sum((each.denominator for each in values if each.denominator is not None), Decimal(0))
    whole = denominator if definition.needs_denominator else None
    value = definition.value(float(numerator), None if whole is None else float(whole))
    if value is None:
        return None
    number = (Decimal(str(value)) * factor).quantize(DECIMALS)
    return AcceptedNumber(number, definition, node, numerator, whole, tuple(values))
