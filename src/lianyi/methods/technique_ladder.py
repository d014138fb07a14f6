"""How far a department has come with a technique, from the cases that were done and the days on which people signed.

The rungs are levels of entrusted work: seen, assisted, done under direct supervision, done alone (O. ten Cate,
Entrustability of professional activities and competency-based training, Medical Education 39, 2005; O. ten Cate and
F. Scheele, Competency-based postgraduate training, Academic Medicine 82, 2007). How many cases a rung asks for is given
by the caller; no number stands here.

Every rung is computed from dated facts, so the order in which they were recorded changes nothing, a fact that comes
late counts from its own day, and a case taken back takes back what rested on it.

Examples
--------
>>> from datetime import date
>>> needs = LadderNeeds(observed=1, assisted=1, supervised=2, least_in_period=1, period_months=3, lapse_months=6)
>>> start = date(2024, 1, 8)
>>> cases = [CaseEvent(1, date(2024, 1, 15), Part.OBSERVED), CaseEvent(2, date(2024, 2, 5), Part.ASSISTED)]
>>> cases += [CaseEvent(3, date(2024, 3, 4), Part.SUPERVISED, 2), CaseEvent(4, date(2024, 4, 9), Part.ALONE)]
>>> ladder = climb(LadderFacts(start, start, date(2024, 4, 1), cases), needs, date(2024, 5, 1))
>>> ladder.standing.value, str(ladder.reached_on(Rung.SUPERVISED)), str(ladder.lapses_on)
('independent', '2024-03-04', '2024-10-09')
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import LadderNeedsError, NegativeQuantityError
from lianyi.methods.periods import ONE_DAY, DateSpan, PeriodUnit, add_calendar_months, periods_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

SUSTAINED_AFTER_MONTHS = (6, 12)
"""The checks that the work asks for: half a year and a year after the department stood alone."""


class Part(StrEnum):
    """What the local person did in a case; in the first three the visiting person did it."""

    NONE = "none"
    OBSERVED = "observed"
    ASSISTED = "assisted"
    SUPERVISED = "supervised"
    ALONE = "alone"


BY_VISITING = frozenset({Part.NONE, Part.OBSERVED, Part.ASSISTED})


class Rung(StrEnum):
    """The rungs in their order."""

    CHOSEN = "chosen"
    READY = "ready"
    OBSERVED = "observed"
    ASSISTED = "assisted"
    SUPERVISED = "supervised"
    INDEPENDENT = "independent"


RUNGS = tuple(Rung)

# Whoever assisted has also seen it; whoever did it under supervision has also assisted. Work done alone proves none of
# these: it comes after them.
COUNTS_TOWARD: dict[Rung, frozenset[Part]] = {
    Rung.OBSERVED: frozenset({Part.OBSERVED, Part.ASSISTED, Part.SUPERVISED}),
    Rung.ASSISTED: frozenset({Part.ASSISTED, Part.SUPERVISED}),
    Rung.SUPERVISED: frozenset({Part.SUPERVISED}),
}


class Standing(StrEnum):
    """Where a technique stands on a day: the highest rung, or what time made of it."""

    CHOSEN = "chosen"
    READY = "ready"
    OBSERVED = "observed"
    ASSISTED = "assisted"
    SUPERVISED = "supervised"
    INDEPENDENT = "independent"
    SUSTAINED_6 = "sustained_6"
    SUSTAINED_12 = "sustained_12"
    LAPSED = "lapsed"
    PUT_ASIDE = "put_aside"


_SUSTAINED = {6: Standing.SUSTAINED_6, 12: Standing.SUSTAINED_12}


class CheckState(StrEnum):
    PENDING = "pending"
    SUSTAINED = "sustained"
    NOT_SUSTAINED = "not_sustained"


class AfterTeam(StrEnum):
    """What became of a technique when the visiting team left."""

    NO_TEAM = "no_team"
    TEAM_HERE = "team_here"
    NOT_ALONE = "not_alone"
    TOO_EARLY = "too_early"
    KEPT = "kept"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class LadderNeeds:
    """How many cases each rung asks for, and when a technique counts as kept or lapsed.

    Parameters
    ----------
    observed, assisted, supervised
        Least cases for these rungs, 0 where a rung asks for none.
    least_in_period, period_months
        Least cases done alone in each period of so many months to count as sustained; the period divides half a year.
    lapse_months
        A technique is lapsed when so many months passed without a case done alone.

    Raises
    ------
    LadderNeedsError
    """

    observed: int
    assisted: int
    supervised: int
    least_in_period: int
    period_months: int
    lapse_months: int

    def __post_init__(self) -> None:
        for name in ("observed", "assisted", "supervised"):
            if getattr(self, name) < 0:
                message = f"{name} asks for {getattr(self, name)} cases; give 0 or more."
                raise LadderNeedsError(message, field=name, given=getattr(self, name))
        for name in ("least_in_period", "period_months", "lapse_months"):
            if getattr(self, name) < 1:
                message = f"{name} is {getattr(self, name)}; give 1 or more."
                raise LadderNeedsError(message, field=name, given=getattr(self, name))
        if SUSTAINED_AFTER_MONTHS[0] % self.period_months:
            message = f"A period of {self.period_months} months does not divide half a year; give 1, 2, 3 or 6."
            raise LadderNeedsError(message, field="period_months", given=self.period_months)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Cases of one day. ``reverses`` names the event that this one takes back; it counts nothing itself."""

    key: int
    day: date
    part: Part
    count: int = 1
    reverses: int | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            message = f"An event has {self.count} cases; it needs at least 1."
            raise NegativeQuantityError(message, field="count", given=self.count)


@dataclass(frozen=True, slots=True)
class LadderFacts:
    """What is on record of one technique at one department.

    ``ready_on`` is the day on which the preconditions were confirmed, ``independent_from`` the day from which two
    people signed that the department does it alone; None where that has not happened.
    """

    chosen_on: date
    ready_on: date | None
    independent_from: date | None
    events: Sequence[CaseEvent]
    is_put_aside: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: the day it was reached, and the cases it has of those it asks for (None where it asks for none)."""

    rung: Rung
    reached_on: date | None
    has: int | None = None
    needs: int | None = None


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """Cases done alone within one period after independence."""

    span: DateSpan
    cases: int
    is_enough: bool


@dataclass(frozen=True, slots=True)
class SustainedCheck:
    """Whether the technique was sustained so many months after independence; it is settled on ``due_on``."""

    months: int
    due_on: date
    state: CheckState
    periods: tuple[PeriodCount, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a technique stands on ``today``. ``lapses_on`` is the day of its lapse, None before it is done alone."""

    today: date
    steps: tuple[Step, ...]
    standing: Standing
    checks: tuple[SustainedCheck, ...]
    last_alone_on: date | None
    lapses_on: date | None

    def reached_on(self, rung: Rung) -> date | None:
        return self.steps[RUNGS.index(rung)].reached_on

    @property
    def highest(self) -> Rung:
        """The highest rung that was reached; choosing it is always one."""
        return [step.rung for step in self.steps if step.reached_on is not None][-1]

    @property
    def is_lapsed(self) -> bool:
        return self.lapses_on is not None and self.lapses_on <= self.today


def standing_events(events: Iterable[CaseEvent], today: date) -> list[CaseEvent]:
    """Return the events that count: not taken back, not a taking back, not after ``today``; in order of day.

    Examples
    --------
    >>> from datetime import date
    >>> given = CaseEvent(1, date(2024, 1, 15), Part.ALONE)
    >>> standing_events([CaseEvent(2, date(2024, 1, 15), Part.ALONE, reverses=1), given], date(2024, 2, 1))
    []
    """
    rows = list(events)
    taken_back = {event.reverses for event in rows if event.reverses is not None}
    kept = [event for event in rows if event.reverses is None and event.key not in taken_back and event.day <= today]
    return sorted(kept, key=lambda event: (event.day, event.key))


def climb(facts: LadderFacts, needs: LadderNeeds, today: date) -> Ladder:
    """Return where a technique stands on a day.

    1. A rung is reached on the first day that has its evidence and on which the rung below it was reached: without the
       one below there is none above.
    2. The technique is done alone from the day that was signed, but not before the cases under supervision were done.
    3. After 6 and 12 months each period since then must have its least cases done alone.
    4. It is lapsed when ``lapse_months`` passed since the last case done alone, or since it was signed, whichever is
       later. A later case done alone brings it back.
    """
    events = standing_events(facts.events, today)
    steps = _steps(facts, needs, events, today)
    alone_from = steps[-1].reached_on
    if alone_from is None:
        highest = [step.rung for step in steps if step.reached_on is not None][-1]
        standing = Standing.PUT_ASIDE if facts.is_put_aside else Standing(highest.value)
        return Ladder(today, steps, standing, (), None, None)
    alone = [event for event in events if event.part is Part.ALONE and event.day >= alone_from]
    checks = tuple(_check(months, alone_from, alone, needs, today) for months in SUSTAINED_AFTER_MONTHS)
    last = max((event.day for event in alone), default=None)
    lapses_on = add_calendar_months(last or alone_from, needs.lapse_months)
    standing = _standing_alone(checks, is_lapsed=lapses_on <= today)
    if facts.is_put_aside:
        standing = Standing.PUT_ASIDE
    return Ladder(today, steps, standing, checks, last, lapses_on)


def _steps(facts: LadderFacts, needs: LadderNeeds, events: Sequence[CaseEvent], today: date) -> tuple[Step, ...]:
    before = facts.chosen_on
    ready_on = _not_before(facts.ready_on, before, today)
    steps = [Step(Rung.CHOSEN, before), Step(Rung.READY, ready_on)]
    below = ready_on
    wanted = {Rung.OBSERVED: needs.observed, Rung.ASSISTED: needs.assisted, Rung.SUPERVISED: needs.supervised}
    for rung, least in wanted.items():
        fitting = [event for event in events if event.part in COUNTS_TOWARD[rung]]
        shown_on = facts.chosen_on if least == 0 else _day_of_nth(fitting, least)
        below = None if below is None or shown_on is None else max(below, shown_on)
        steps.append(Step(rung, below, sum(event.count for event in fitting), least))
    alone_on = None if below is None else _not_before(facts.independent_from, below, today)
    return (*steps, Step(Rung.INDEPENDENT, alone_on))


def _not_before(day: date | None, least: date, today: date) -> date | None:
    """Return the day, at the earliest ``least``; None where there is none, or it is still to come."""
    return None if day is None or day > today else max(day, least)


def _day_of_nth(events: Sequence[CaseEvent], number: int) -> date | None:
    """Return the day on which so many cases were done."""
    done = 0
    for event in events:
        done += event.count
        if done >= number:
            return event.day
    return None


def _check(
    months: int, alone_from: date, alone: Sequence[CaseEvent], needs: LadderNeeds, today: date
) -> SustainedCheck:
    periods = []
    for start in range(0, months, needs.period_months):
        first = add_calendar_months(alone_from, start)
        span = DateSpan(first, add_calendar_months(alone_from, start + needs.period_months) - ONE_DAY)
        cases = sum(event.count for event in alone if event.day in span)
        periods.append(PeriodCount(span, cases, cases >= needs.least_in_period))
    due_on = add_calendar_months(alone_from, months)
    settled = CheckState.SUSTAINED if all(each.is_enough for each in periods) else CheckState.NOT_SUSTAINED
    return SustainedCheck(months, due_on, settled if due_on <= today else CheckState.PENDING, tuple(periods))


def _standing_alone(checks: Sequence[SustainedCheck], *, is_lapsed: bool) -> Standing:
    """Return the standing of what is done alone: lapsed, or what the last check that is settled found."""
    if is_lapsed:
        return Standing.LAPSED
    settled = [check for check in checks if check.state is not CheckState.PENDING]
    if settled and settled[-1].state is CheckState.SUSTAINED:
        return _SUSTAINED[settled[-1].months]
    return Standing.INDEPENDENT


@dataclass(frozen=True, slots=True)
class TeamOutcome:
    """What became of a technique after the team left, and the last day of the team; None while it is here."""

    state: AfterTeam
    left_on: date | None = None


def after_team(ladder: Ladder, stays: Iterable[DateSpan], lapse_months: int) -> TeamOutcome:
    """Return whether a technique was kept after the last visiting person of its field had left.

    The team has left when nobody of the field is on site on the day of the ladder. It is *kept* with at least one case
    done alone since then and no lapse, *too early* while there is none and the time of the rule is not over, *lapsed*
    after that, *not alone* where the department never did it alone.

    Examples
    --------
    >>> from datetime import date
    >>> facts = LadderFacts(date(2024, 1, 8), None, None, ())
    >>> needs = LadderNeeds(1, 1, 1, 1, 3, 6)
    >>> ladder = climb(facts, needs, date(2024, 7, 1))
    >>> after_team(ladder, [DateSpan(date(2024, 1, 8), date(2024, 6, 30))], lapse_months=6).state.value
    'not_alone'
    """
    begun = [stay for stay in stays if stay.start <= ladder.today]
    if not begun:
        return TeamOutcome(AfterTeam.NO_TEAM)
    if any(ladder.today in stay for stay in begun):
        return TeamOutcome(AfterTeam.TEAM_HERE)
    left_on = max(stay.end for stay in begun)
    if ladder.reached_on(Rung.INDEPENDENT) is None:
        return TeamOutcome(AfterTeam.NOT_ALONE, left_on)
    if ladder.is_lapsed:
        return TeamOutcome(AfterTeam.LAPSED, left_on)
    if ladder.last_alone_on is not None and ladder.last_alone_on > left_on:
        return TeamOutcome(AfterTeam.KEPT, left_on)
    is_over = add_calendar_months(left_on, lapse_months) <= ladder.today
    return TeamOutcome(AfterTeam.LAPSED if is_over else AfterTeam.TOO_EARLY, left_on)


def last_absence(stays: Iterable[DateSpan], today: date, least_months: int) -> DateSpan | None:
    """Return the last days without any visiting person, so many months at least, between one team and the next.

    Examples
    --------
    >>> from datetime import date
    >>> stays = [DateSpan(date(2021, 5, 10), date(2022, 5, 31)), DateSpan(date(2026, 1, 5), date(2026, 11, 1))]
    >>> found = last_absence(stays, date(2026, 11, 1), least_months=6)
    >>> found.start.isoformat(), found.end.isoformat()
    ('2022-06-01', '2026-01-04')
    """
    found, gone_on = None, None
    for stay in sorted((stay for stay in stays if stay.start <= today), key=lambda stay: (stay.start, stay.end)):
        if gone_on is not None and add_calendar_months(gone_on, least_months) < stay.start:
            found = DateSpan(gone_on + ONE_DAY, stay.start - ONE_DAY)
        gone_on = stay.end if gone_on is None else max(gone_on, stay.end)
    return found


@dataclass(frozen=True, slots=True)
class MonthOfCases:
    """Cases of one month by who did them."""

    label: str
    visiting: int
    supervised: int
    alone: int


def cases_by_month(events: Iterable[CaseEvent], today: date) -> tuple[MonthOfCases, ...]:
    """Return the cases of every month from the first to the last that has any, months without a case among them.

    Examples
    --------
    >>> from datetime import date
    >>> done = [CaseEvent(1, date(2024, 1, 15), Part.OBSERVED, 2), CaseEvent(2, date(2024, 3, 4), Part.ALONE)]
    >>> [(month.label, month.visiting, month.alone) for month in cases_by_month(done, date(2024, 12, 31))]
    [('2024-01', 2, 0), ('2024-02', 0, 0), ('2024-03', 0, 1)]
    """
    rows = standing_events(events, today)
    if not rows:
        return ()
    months = periods_within(DateSpan(rows[0].day, rows[-1].day), PeriodUnit.MONTH)
    return tuple(
        MonthOfCases(
            month.label,
            visiting=_cases_within(rows, month.whole, BY_VISITING),
            supervised=_cases_within(rows, month.whole, frozenset({Part.SUPERVISED})),
            alone=_cases_within(rows, month.whole, frozenset({Part.ALONE})),
        )
        for month in months
    )


def _cases_within(events: Iterable[CaseEvent], span: DateSpan, parts: frozenset[Part]) -> int:
    return sum(event.count for event in events if event.part in parts and event.day in span)
