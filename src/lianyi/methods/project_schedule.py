"""Dates of construction projects: what is expected, how late it is, and how much is reached.

A project is a row of milestones in order. Each has the end that was agreed first (the baseline), the end that is
planned now, and, once it is there, the day on which it was reached. The planned end moves only by a decision with a
reason; the forecast follows from the days alone. After the comparison of planned with actual events of J. E. Kelley and
M. R. Walker, Critical-path planning and scheduling (1959), reduced to one line of milestones without a net.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from lianyi.methods.proportions import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class ScheduledMilestone:
    """One milestone: the end agreed first, the end planned now, and the day it was reached, None while open."""

    baseline_to: date
    planned_to: date
    reached_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Tell whether it is open after its planned end."""
        return self.reached_on is None and today > self.planned_to


def forecasts(milestones: Sequence[ScheduledMilestone], today: date) -> tuple[date, ...]:
    """Return for each milestone the day on which it was reached or may be expected.

    What is reached stands. An open milestone is expected on its planned end, later by the days by which the last one
    that was reached before it came late and by which those still open before it are overdue; never before today.
    An early milestone does not pull the next one forward, because people and money were promised for a day.

    Examples
    --------
    The first comes 10 days late; the second is expected 10 days after its planned end.

    >>> from datetime import date
    >>> first = ScheduledMilestone(date(2024, 1, 31), date(2024, 1, 31), date(2024, 2, 10))
    >>> second = ScheduledMilestone(date(2024, 3, 31), date(2024, 3, 31))
    >>> [str(day) for day in forecasts((first, second), date(2024, 2, 20))]
    ['2024-02-10', '2024-04-10']
    """
    found: list[date] = []
    carried = 0
    for each in milestones:
        if each.reached_on is not None:
            carried = max(0, (each.reached_on - each.planned_to).days)
            found.append(each.reached_on)
            continue
        carried = max(carried, (today - each.planned_to).days)
        found.append(each.planned_to + timedelta(days=carried))
    return tuple(found)


def slips(milestones: Sequence[ScheduledMilestone], today: date) -> tuple[int, ...]:
    """Return by how many days each milestone came or is expected after its baseline; negative where it was earlier."""
    return tuple(
        (day - each.baseline_to).days for each, day in zip(milestones, forecasts(milestones, today), strict=True)
    )


def share_reached(milestones: Iterable[ScheduledMilestone]) -> Share:
    """Return how many of the milestones are reached; every milestone weighs the same.

    >>> from datetime import date
    >>> end = date(2024, 1, 31)
    >>> share_reached((ScheduledMilestone(end, end, end), ScheduledMilestone(end, end))).value
    0.5
    """
    rows = list(milestones)
    return Share(sum(each.reached_on is not None for each in rows), len(rows))


def days_by_reason(moves: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the days by which ends were moved, summed by reason, the largest delay first.

    >>> days_by_reason([("money", 30), ("weather", 12), ("money", -5)])
    {'money': 25, 'weather': 12}
    """
    sums: defaultdict[str, int] = defaultdict(int)
    for reason, days in moves:
        sums[reason] += days
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
