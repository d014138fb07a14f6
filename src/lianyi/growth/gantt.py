"""The picture of projects over time, laid out in whole numbers: what was agreed, what is expected, what is reached.

Each milestone is one line: a thin bar of the days agreed first, a broad bar of the days planned now up to the forecast,
and a diamond on the day it was reached. The page's policy forbids inline styles, so that positions are attributes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lianyi.growth.models import Milestone, Project, ProjectState
from lianyi.methods.periods import add_calendar_months
from lianyi.methods.project_schedule import ScheduledMilestone, forecasts, share_reached
from lianyi.pages.names import name_of

WIDTH = 1000
LEFT = 300
RIGHT = 24
HEAD = 34
BAND = 26
LINE = 24
LETTERS = 24
MOST_TICKS = 12
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
MONTHS_OF_A_YEAR = 12
# Letters from here on are drawn as wide as two Latin ones.
FIRST_WIDE_LETTER = 0x2E80


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tick:
    x: int
    label: str
    is_year: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One milestone, in the picture and in the table beside it."""

    milestone: Milestone
    standing: str
    forecast_on: datetime.date
    slip_days: int
    label: str
    label_y: int
    baseline: Box
    planned: Box
    delay: Box | None
    reached_x: int | None
    middle: int
    diamond: str

    @property
    def is_late(self) -> bool:
        return self.standing == "late"


@dataclass(frozen=True, slots=True)
class Group:
    """One project with its lines."""

    project: Project
    y: int
    label_y: int
    label: str
    lines: tuple[Line, ...]
    reached: int
    signed: int
    percent: int | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole picture."""

    width: int
    height: int
    head: int
    bottom: int
    left: int
    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]
    today_x: int | None


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime.date
    last: datetime.date

    def x(self, day: datetime.date) -> int:
        whole = max(1, (self.last - self.first).days)
        return LEFT + round((day - self.first).days * (WIDTH - LEFT - RIGHT) / whole)


def scheduled(row: Milestone) -> ScheduledMilestone:
    return ScheduledMilestone(row.baseline_to, row.planned_to, row.reached_on)


def standing_of(row: Milestone, project: Project, today: datetime.date) -> str:
    """Return where a milestone stands: signed, reached, late, stopped, or open."""
    if row.verified_on is not None:
        return "signed"
    if row.reached_on is not None:
        return "reached"
    if project.state in (ProjectState.PAUSED, ProjectState.GIVEN_UP):
        return "stopped"
    return "late" if scheduled(row).is_late(today) and project.state == ProjectState.RUNNING else "open"


def gantt_of(projects: Iterable[Project], milestones: Sequence[Milestone], today: datetime.date) -> Gantt | None:
    """Lay out the projects that have milestones; None without any."""
    rows = [(each, [one for one in milestones if one.project_id == each.pk]) for each in projects]
    rows = [(each, found) for each, found in rows if found]
    if not rows:
        return None
    scale = _scale([one for _each, found in rows for one in found], today)
    groups, y = [], HEAD
    for each, found in rows:
        groups.append(_group(each, found, y, scale, today))
        y += BAND + LINE * len(found) + 8
    is_inside = scale.first <= today <= scale.last
    return Gantt(
        width=WIDTH,
        height=y + 4,
        head=HEAD,
        bottom=y,
        left=LEFT,
        groups=tuple(groups),
        ticks=tuple(_ticks(scale)),
        today_x=scale.x(today) if is_inside else None,
    )


def _scale(rows: Sequence[Milestone], today: datetime.date) -> _Scale:
    firsts = [min(each.baseline_from, each.planned_from) for each in rows]
    lasts = [max(each.baseline_to, each.planned_to, each.reached_on or each.planned_to) for each in rows]
    is_open = any(each.reached_on is None for each in rows)
    last = max([*lasts, today] if is_open else lasts)
    first = min(firsts).replace(day=1)
    return _Scale(first, add_calendar_months(last.replace(day=1), 1))


def _ticks(scale: _Scale) -> Iterable[Tick]:
    """Mark the first days of months or years, so many that their labels do not touch."""
    months = (scale.last.year - scale.first.year) * MONTHS_OF_A_YEAR + scale.last.month - scale.first.month
    step = next((each for each in _STEPS if months / each <= MOST_TICKS), _STEPS[-1])
    for number in range(months):
        day = add_calendar_months(scale.first, number)
        if (day.year * MONTHS_OF_A_YEAR + day.month - 1) % step == 0:
            is_year = day.month == 1
            yield Tick(scale.x(day), f"{day:%Y}" if is_year else f"{day:%Y-%m}", is_year)


def _group(project: Project, rows: Sequence[Milestone], y: int, scale: _Scale, today: datetime.date) -> Group:
    expected = forecasts([scheduled(each) for each in rows], today)
    lines = [
        _line(each, project, day, y + BAND + LINE * position, scale, today)
        for position, (each, day) in enumerate(zip(rows, expected, strict=True))
    ]
    share = share_reached(scheduled(each) for each in rows)
    return Group(
        project=project,
        y=y,
        label_y=y + 17,
        label=name_of(project, "title"),
        lines=tuple(lines),
        reached=share.numerator,
        signed=sum(each.verified_on is not None for each in rows),
        percent=None if share.value is None else int(100 * share.value),
        is_late=any(line.is_late for line in lines),
    )


def _line(
    row: Milestone, project: Project, expected: datetime.date, top: int, scale: _Scale, today: datetime.date
) -> Line:
    standing = standing_of(row, project, today)
    start, end = scale.x(row.planned_from), scale.x(row.planned_to)
    late_x = min(scale.x(expected), WIDTH - RIGHT)
    middle = top + 12
    reached_x = None if row.reached_on is None else scale.x(row.reached_on)
    return Line(
        milestone=row,
        standing=standing,
        forecast_on=expected,
        slip_days=(expected - row.baseline_to).days,
        label=_short(f"{row.number} {name_of(row)}"),
        label_y=top + 16,
        baseline=Box(
            scale.x(row.baseline_from), top + 3, max(2, scale.x(row.baseline_to) - scale.x(row.baseline_from)), 4
        ),
        planned=Box(start, top + 8, max(2, end - start), 10),
        delay=Box(end, top + 10, late_x - end, 6) if late_x > end and row.reached_on is None else None,
        reached_x=reached_x,
        middle=middle,
        diamond="" if reached_x is None else _diamond(reached_x, middle + 1),
    )


def _diamond(x: int, y: int) -> str:
    return f"{x},{y - 8} {x + 7},{y} {x},{y + 8} {x - 7},{y}"


def _short(text: str) -> str:
    """Cut a label to the room it has; a Chinese letter takes two."""
    room = 2 * LETTERS - 6
    for position, letter in enumerate(text):
        room -= 2 if ord(letter) > FIRST_WIDE_LETTER else 1
        if room < 0:
            return f"{text[:position]}…"
    return text
