"""Who was expected to report, what came, and what came in time; and who is not asked at all."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.indicators.models import IndicatorSheet, ReportingAssignment, SheetState
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_checks import received_on
from lianyi.indicators.values_periods import last_day, newest_ended, newest_periods
from lianyi.registry.models import Institution, InstitutionTier, Place, PlaceLevel
from lianyi.registry.models.institutions import open_on

PERIODS_SHOWN: Final = 12


class Arrival(StrEnum):
    """Where the sheet of a unit for a period stands; computed, never kept."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    WAITING = "waiting"
    NOT_EXPECTED = "not_expected"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is about."""

    family: str
    period: str
    last: datetime.date

    @classmethod
    def newest(cls, family: str, period: str) -> Asked:
        return cls(family, period, newest_ended(period, timezone.localdate()))

    @property
    def starts(self) -> list[datetime.date]:
        return newest_periods(self.period, self.last, PERIODS_SHOWN)


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit in one period."""

    start: datetime.date
    arrival: Arrival
    sheet: IndicatorSheet | None
    due_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit with its periods, earliest first."""

    node: OrganisationNode
    level: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Total:
    """How many were expected, came, came in time, and were accepted."""

    expected: int = 0
    received: int = 0
    on_time: int = 0
    accepted: int = 0

    @property
    def received_share(self) -> float | None:
        return self.received / self.expected if self.expected else None

    @property
    def on_time_share(self) -> float | None:
        return self.on_time / self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class Board:
    """The board of one family: units, totals by period, totals of the newest period by level, who is not asked."""

    asked: Asked
    lines: Sequence[UnitLine]
    by_period: Sequence[tuple[datetime.date, Total]]
    by_level: Sequence[tuple[str, Total]]
    uncovered: Sequence[tuple[str, int]]


def board_of(actor: Actor, asked: Asked, today: datetime.date) -> Board:
    """Return the board of what lies within the actor's reach."""
    starts = asked.starts
    duties = queries.assignments(actor).filter(family=asked.family, period=asked.period)
    held = list(queries.assigned_between(duties, starts[0], last_day(asked.period, starts[-1])))
    rows = queries.with_events(
        queries.sheets(actor).filter(
            family=asked.family, period=asked.period, period_start__gte=starts[0], period_start__lte=starts[-1]
        )
    )
    sheets = {(row.node_id, row.period_start): row for row in rows}
    levels = levels_of({each.node_id for each in held})
    shown = _from_first_duty(asked, held)
    lines = [
        UnitLine(
            duties_of[0].node,
            levels[node_id],
            [_cell(asked.period, start, duties_of, sheets.get((node_id, start)), today) for start in shown],
        )
        for node_id, duties_of in _by_node(held).items()
    ]
    return Board(
        asked,
        lines,
        [(start, total_of(line.cells[at] for line in lines)) for at, start in enumerate(shown)],
        _totals_by_level(lines),
        uncovered(actor, held, today),
    )


def _from_first_duty(asked: Asked, held: Sequence[ReportingAssignment]) -> list[datetime.date]:
    """Return the periods to show: none in which nobody was expected yet, but always the newest."""
    earliest = min((each.starts_on for each in held), default=asked.last)
    return [start for start in asked.starts if start >= earliest] or [asked.last]


def _by_node(held: Iterable[ReportingAssignment]) -> Mapping[int, list[ReportingAssignment]]:
    found: defaultdict[int, list[ReportingAssignment]] = defaultdict(list)
    for each in held:
        found[each.node_id].append(each)
    return found


def _cell(
    period: str,
    start: datetime.date,
    duties: Iterable[ReportingAssignment],
    sheet: IndicatorSheet | None,
    today: datetime.date,
) -> Cell:
    end = last_day(period, start)
    duty = next((each for each in duties if holds_for(each, start, end)), None)
    if duty is None:
        return Cell(start, Arrival.NOT_EXPECTED, sheet, None)
    due_on = due_day(duty, end)
    came = None if sheet is None else received_on(sheet)
    if came is not None:
        return Cell(start, Arrival.ON_TIME if came <= due_on else Arrival.LATE, sheet, due_on)
    return Cell(start, Arrival.OVERDUE if today > due_on else Arrival.WAITING, sheet, due_on)


def holds_for(duty: ReportingAssignment, start: datetime.date, end: datetime.date) -> bool:
    """Tell whether a duty holds for a whole period."""
    return duty.starts_on <= start and (duty.ends_on is None or duty.ends_on >= end)


def due_day(duty: ReportingAssignment, end: datetime.date) -> datetime.date:
    return end + datetime.timedelta(days=duty.due_days)


def total_of(cells: Iterable[Cell]) -> Total:
    """Count cells; a period in which a unit was not expected counts nowhere."""
    counted = [cell for cell in cells if cell.arrival is not Arrival.NOT_EXPECTED]
    accepted = (SheetState.ACCEPTED, SheetState.LOCKED)
    return Total(
        len(counted),
        sum(cell.arrival in (Arrival.ON_TIME, Arrival.LATE) for cell in counted),
        sum(cell.arrival is Arrival.ON_TIME for cell in counted),
        sum(cell.sheet is not None and cell.sheet.state in accepted for cell in counted),
    )


def _totals_by_level(lines: Sequence[UnitLine]) -> list[tuple[str, Total]]:
    by_level: defaultdict[str, list[Cell]] = defaultdict(list)
    for line in lines:
        by_level[line.level].append(line.cells[-1])
    return [(level, total_of(cells)) for level, cells in by_level.items()]


def levels_of(node_ids: Iterable[int]) -> dict[int, str]:
    """Return the level of each unit: the tier of an institution, the level of a place."""
    ids = list(node_ids)
    tiers, places = dict(InstitutionTier.choices), dict(PlaceLevel.choices)
    found = {pk: str(tiers[tier]) for pk, tier in Institution.objects.filter(pk__in=ids).values_list("pk", "tier")}
    return found | {pk: str(places[level]) for pk, level in Place.objects.filter(pk__in=ids).values_list("pk", "level")}


def uncovered(actor: Actor, held: Iterable[ReportingAssignment], today: datetime.date) -> list[tuple[str, int]]:
    """Count the open institutions within reach that nobody asks for this family, by kind."""
    asked = {each.node_id for each in held if each.node.kind == NodeKind.INSTITUTION}
    rows = scoped(actor, Institution.objects.filter(open_on(today)))
    counts = Counter(kind for pk, kind in rows.values_list("pk", "kind") if pk not in asked)
    return counts.most_common()
