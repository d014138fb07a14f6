"""A plan of rounds beside what is planned now: what stays, what moves, what comes, what falls away.

Only from today on: visits that are recorded stay whatever a plan says, and days that are over are not planned again.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lianyi.dispatch.models import RoundPlan, RoundProgramme, RoundVisit, VisitState
from lianyi.dispatch.rounds_values import clock

Key = tuple[int, int, datetime.date]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A crew at a stop on a day, with order and times where the plan has them."""

    stop_id: int
    crew_id: int
    day: datetime.date
    position: int | None = None
    arrives_at: datetime.time | None = None
    departs_at: datetime.time | None = None
    travel_minutes: int | None = None

    @property
    def key(self) -> Key:
        return self.stop_id, self.crew_id, self.day

    def values(self) -> dict[str, Any]:
        """Return the fields of the visit that the line would be."""
        return {
            "crew_id": self.crew_id,
            "day": self.day,
            "position": self.position,
            "arrives_at": self.arrives_at,
            "departs_at": self.departs_at,
            "travel_minutes": self.travel_minutes,
        }

    def kept(self) -> dict[str, Any]:
        """Return the line as a plan keeps it."""
        return {
            "stop": self.stop_id,
            "crew": self.crew_id,
            "day": self.day.isoformat(),
            "position": self.position,
            "arrives": clock(self.arrives_at),
            "departs": clock(self.departs_at),
            "travel": self.travel_minutes,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> PlanLine:
        return cls(
            kept["stop"],
            kept["crew"],
            datetime.date.fromisoformat(kept["day"]),
            kept["position"],
            _time(kept["arrives"]),
            _time(kept["departs"]),
            kept["travel"],
        )


def _time(text: str) -> datetime.time | None:
    return datetime.time.fromisoformat(text) if text else None


class ChangeKind(StrEnum):
    """What a plan would make of a visit."""

    MOVED = "moved"
    NEW = "new"
    WITHDRAWN = "withdrawn"
    RETIMED = "retimed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One visit before and after: without ``visit`` it is new, without ``line`` it falls away."""

    kind: ChangeKind
    visit: RoundVisit | None
    line: PlanLine | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a plan would change, and the visits of its days that are recorded and stay."""

    changes: tuple[Change, ...]
    recorded: tuple[RoundVisit, ...]
    lines_over: int
    counts: Mapping[str, int] = field(default_factory=dict)

    def of_kind(self, *kinds: ChangeKind) -> list[Change]:
        return [each for each in self.changes if each.kind in kinds]


def comparison_of(plan: RoundPlan, today: datetime.date) -> Comparison:
    """Return what taking the plan over now would do."""
    first = max(plan.starts_on, today)
    lines = [PlanLine.of(each) for each in plan.lines]
    standing = _standing(plan.programme, first, plan.ends_on)
    recorded = [visit for visit in standing if visit.state != VisitState.PLANNED]
    taken = {_key(visit) for visit in recorded}
    coming = [line for line in lines if line.day >= first and line.key not in taken]
    planned = [visit for visit in standing if visit.state == VisitState.PLANNED]
    changes = tuple(_changes(planned, coming))
    counts: defaultdict[str, int] = defaultdict(int)
    for change in changes:
        counts[change.kind.value] += 1
    return Comparison(changes, tuple(recorded), sum(line.day < first for line in lines), dict(counts))


def _standing(programme: RoundProgramme, first: datetime.date, last: datetime.date) -> list[RoundVisit]:
    rows = RoundVisit.objects.filter(stop__programme=programme, day__range=(first, last))
    rows = rows.exclude(state=VisitState.WITHDRAWN)
    return list(rows.select_related("stop__place", "stop__institution", "crew__team").order_by("day", "stop__code"))


def _key(visit: RoundVisit) -> Key:
    return visit.stop_id, visit.crew_id, visit.day


def _changes(planned: Sequence[RoundVisit], coming: Sequence[PlanLine]) -> Iterable[Change]:
    by_key = {line.key: line for line in coming}
    left: defaultdict[int, list[RoundVisit]] = defaultdict(list)
    for visit in planned:
        line = by_key.pop(_key(visit), None)
        if line is None:
            left[visit.stop_id].append(visit)
        else:
            yield Change(_kind_beside(visit, line), visit, line)
    for line in sorted(by_key.values(), key=lambda each: (each.day, each.position or 0, each.stop_id)):
        waiting = left[line.stop_id]
        nearest = min(waiting, key=lambda visit: abs(visit.day - line.day), default=None)
        if nearest is None:
            yield Change(ChangeKind.NEW, None, line)
        else:
            waiting.remove(nearest)
            yield Change(ChangeKind.MOVED, nearest, line)
    for visits in left.values():
        yield from (Change(ChangeKind.WITHDRAWN, visit, None) for visit in visits)


def _kind_beside(visit: RoundVisit, line: PlanLine) -> ChangeKind:
    is_same = all(getattr(visit, name) == value for name, value in line.values().items())
    return ChangeKind.SAME if is_same else ChangeKind.RETIMED
