"""What stands in the way of one line, and what it would break: for the form, the board and the command alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lianyi.dispatch.scenario_problem import PlanData
from lianyi.methods.postings.checking import Breach, check
from lianyi.methods.postings.columns import Bar, bar_of_line
from lianyi.methods.postings.problem import Line

UNKNOWN_PERSON = "unknown_person"
UNKNOWN_NEED = "unknown_need"
OUTSIDE = "outside"
NOT_WANTED = "not_wanted"
TOO_LONG = "too_long"
ELSEWHERE = "elsewhere"
FULL = "full"


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """Why a line is impossible (`bar`, a code), or which further rules it would break."""

    bar: str | None
    breaches: tuple[Breach, ...] = ()

    @property
    def is_possible(self) -> bool:
        return self.bar is None


def verdict_of(data: PlanData, line: Line, others: Collection[Line]) -> LineVerdict:
    """Judge a line beside the other lines of the scenario."""
    bar = bar_beside(data, line, others)
    if bar is not None:
        return LineVerdict(bar)
    known = [each for each in others if each.person in data.staff and each.need in data.needs]
    before = {(breach.rule, breach.subject, breach.what) for breach in check(data.problem, known).breaches}
    after = check(data.problem, [*known, line]).breaches
    new = [each for each in after if (each.rule, each.subject, each.what) not in before and each.rule != "need"]
    return LineVerdict(None, tuple(new))


def bar_beside(data: PlanData, line: Line, others: Collection[Line]) -> str | None:
    """Return the code of what makes a line impossible beside the other lines; None where nothing does."""
    return _bar(data, line) or _clash(data, line, others)


def _bar(data: PlanData, line: Line) -> str | None:  # noqa: PLR0911 - one line for each reason
    if line.person not in data.staff:
        return UNKNOWN_PERSON
    if line.need not in data.needs:
        return UNKNOWN_NEED
    if not 0 <= line.first <= line.last < data.horizon.periods:
        return OUTSIDE
    bar = bar_of_line(data.problem, line)
    if bar is None:
        return None
    person, need = data.problem.person_of[line.person], data.problem.need_of[line.need]
    pair = data.problem.pair_of.get((person.donor, need.recipient))
    if bar is Bar.TERM_TOO_SHORT and pair is not None and pair.starts is not None and line.first not in pair.starts:
        return Bar.START.value
    if bar is not Bar.TERM_TOO_SHORT and bar is not Bar.UNAVAILABLE:
        return bar.value
    heads = need.planned_heads(data.horizon.periods)
    if any(not heads[period] for period in line.periods):
        return NOT_WANTED
    if any(not person.is_available(period) for period in line.periods):
        return Bar.UNAVAILABLE.value
    if person.longest_periods is not None and len(line.periods) > person.longest_periods:
        return TOO_LONG
    return bar.value


def _clash(data: PlanData, line: Line, others: Collection[Line]) -> str | None:
    rest = data.problem.rules.rest_periods
    mine = [each for each in others if each.person == line.person]
    if any(each.first <= line.last + rest and line.first <= each.last + rest for each in mine):
        return ELSEWHERE
    heads = data.problem.need_of[line.need].planned_heads(data.horizon.periods)
    for period in line.periods:
        if sum(each.need == line.need and period in each.periods for each in others) >= heads[period]:
            return FULL
    return None
