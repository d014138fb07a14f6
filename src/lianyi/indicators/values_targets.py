"""Targets of indicators that a partnership promises: which indicator, how much, of which institution.

A duty keeps each as one entry, such as ``county-primary-visit-share>=65`` or ``stroke-needle-median<=60@SHAN``; the
number is in the unit of the indicator. Without an institution it is asked of each one that the agreement supports.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.errors import InvalidInputError
from lianyi.indicators.models import IndicatorValue, SheetState
from lianyi.indicators.values_definitions import value_of, versions_of
from lianyi.indicators.values_periods import last_day
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import AgreementParty, Duty

CONDITION: Final = "indicator_targets"
COUNTED_STATES: Final = (SheetState.ACCEPTED, SheetState.LOCKED)
LEARNING_SIDES: Final = (AgreementParty.Side.SUPPORTED, AgreementParty.Side.MUTUAL)
_ENTRY: Final = re.compile(
    r"(?P<code>[a-z0-9]+(?:-[a-z0-9]+)*)\s*(?P<sign>>=|<=|≥|≤)\s*(?P<limit>\d{1,12}(?:\.\d{1,4})?)\s*%?"
    r"\s*(?:@\s*(?P<unit>\S{1,64}))?"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One indicator that is to reach a number; ``unit`` is the code of an institution or place, or empty."""

    code: str
    is_least: bool
    limit: Decimal
    unit: str

    @property
    def entry(self) -> str:
        sign = ">=" if self.is_least else "<="
        return f"{self.code}{sign}{self.limit.normalize():f}" + (f"@{self.unit}" if self.unit else "")

    def is_reached_by(self, value: float) -> bool:
        return value >= float(self.limit) if self.is_least else value <= float(self.limit)


def parse_target(text: str) -> Target:
    """Read one target.

    Raises
    ------
    InvalidInputError
        When it is not written as a target is, or names an indicator or a unit that is not there.
    """
    found = _ENTRY.fullmatch(text.strip())
    if found is None:
        raise InvalidInputError(
            f"'{text}' is no target. Write code, sign and number, such as county-primary-visit-share>=65; with @ and "
            "the code of an institution it is asked of that one.",
            field=CONDITION,
            reason="target-unreadable",
            given=text,
        )
    if not versions_of(found["code"]):
        raise InvalidInputError(
            f"'{found['code']}' is no indicator.", field=CONDITION, reason="target-indicator", given=found["code"]
        )
    unit = found["unit"] or ""
    if unit and not OrganisationNode.objects.filter(code=unit).exclude(kind=NodeKind.DEPARTMENT).exists():
        raise InvalidInputError(
            f"There is no institution or place '{unit}'.", field=CONDITION, reason="target-unit", given=unit
        )
    return _target(found)


def read_entry(entry: str) -> Target | None:
    """Return the target of an entry as a duty keeps it, also of an indicator or a unit that is there no more."""
    found = _ENTRY.fullmatch(entry.strip())
    return None if found is None else _target(found)


def _target(found: re.Match[str]) -> Target:
    return Target(found["code"], found["sign"] in (">=", "≥"), Decimal(found["limit"]), found["unit"] or "")


def targets_of(duty: Duty) -> list[Target]:
    """Return the targets that a duty names."""
    found = (read_entry(str(entry)) for entry in duty.parameters.get(CONDITION, ()))
    return [each for each in found if each is not None]


class Standing(StrEnum):
    """Where one target stands at one institution; what nobody accepted yet is neither reached nor missed."""

    REACHED = "reached"
    MISSED = "missed"
    NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target at one unit: the newest value of the period that was accepted, or None."""

    target: Target
    node: OrganisationNode | None
    value: IndicatorValue | None

    @property
    def standing(self) -> Standing:
        number = None if self.value is None else value_of(self.value)
        if number is None:
            return Standing.NOT_REPORTED
        return Standing.REACHED if self.target.is_reached_by(number) else Standing.MISSED


@dataclass(frozen=True, slots=True)
class AskedTargets:
    """The targets of one duty in one stretch of days."""

    duty: Duty
    span: DateSpan
    targets: tuple[Target, ...]


Asked = Sequence[AskedTargets]


def target_lines(asked: Asked) -> list[list[TargetLine]]:
    """Return the lines of each duty in its days, with a fixed number of queries."""
    codes = {target.code for each in asked for target in each.targets}
    if not codes:
        return [[] for _each in asked]
    by_code = _units_named({target.unit for each in asked for target in each.targets if target.unit})
    supported = _supported({each.duty.agreement_id for each in asked})
    nodes = {node.pk for found in supported.values() for node in found} | {node.pk for node in by_code.values()}
    values = _accepted(codes, nodes)
    return [
        [
            TargetLine(target, node, None if node is None else _newest(values[target.code, node.pk], each.span))
            for target in each.targets
            for node in _nodes_of(target, by_code, supported[each.duty.agreement_id])
        ]
        for each in asked
    ]


def _units_named(codes: Collection[str]) -> Mapping[str, OrganisationNode]:
    """Return units by code; an institution goes before a place of the same code."""
    rows = OrganisationNode.objects.filter(code__in=codes).exclude(kind=NodeKind.DEPARTMENT)
    return {row.code: row for row in sorted(rows, key=lambda row: row.kind, reverse=True)}


def _supported(agreements: Collection[int]) -> Mapping[int, list[OrganisationNode]]:
    rows = AgreementParty.objects.filter(agreement_id__in=agreements, side__in=LEARNING_SIDES)
    pairs = sorted(set(rows.values_list("agreement_id", "institution_id")))
    nodes = OrganisationNode.objects.in_bulk({institution for _agreement, institution in pairs})
    found: defaultdict[int, list[OrganisationNode]] = defaultdict(list)
    for agreement, institution in pairs:
        found[agreement].append(nodes[institution])
    return found


def _nodes_of(
    target: Target, by_code: Mapping[str, OrganisationNode], supported: Sequence[OrganisationNode]
) -> Sequence[OrganisationNode | None]:
    if target.unit:
        return [by_code.get(target.unit)]
    return supported or [None]


def _accepted(codes: Collection[str], nodes: Collection[int]) -> Mapping[tuple[str, int], list[IndicatorValue]]:
    found: defaultdict[tuple[str, int], list[IndicatorValue]] = defaultdict(list)
    rows = IndicatorValue.objects.filter(
        code__in=codes, node_id__in=nodes, sheet__state__in=COUNTED_STATES, numerator__isnull=False
    )
    for row in rows.select_related("sheet", "node").order_by("period_start", "definition_version"):
        found[row.code, row.node_id].append(row)
    return found


def _newest(values: Iterable[IndicatorValue], span: DateSpan) -> IndicatorValue | None:
    """Return the last value whose period lies within the days as a whole."""
    within = [each for each in values if span.start <= each.period_start and _end(each) <= span.end]
    return within[-1] if within else None


def _end(value: IndicatorValue) -> datetime.date:
    return last_day(value.sheet.period, value.period_start)
