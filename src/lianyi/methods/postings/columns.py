"""Every posting that is possible by itself, and why the others are not.

A column is a person, a need and a term. It is made only when every rule about one person and one term holds, so that
these rules need no row in the model; what was left out is counted by the rule that left it out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.postings.problem import Line, Need, Pair, Person, PostingProblem
from lianyi.methods.postings.rules import RuleId


class Bar(StrEnum):
    """Why somebody cannot serve a need, in the order in which it is looked at; the first that holds is told."""

    SPECIALTY = "specialty"
    RANK = "rank"
    NO_PAIR = "no_pair"  # the person's hospital may not help this recipient
    REFUSED = "refused"
    ALTITUDE = "altitude"
    HARDSHIP = "hardship"
    UNAVAILABLE = "unavailable"  # in no period in which people are wanted
    TERM_TOO_SHORT = "term_too_short"  # no unbroken time as long as the least term, or a longest term below it
    START = "start"  # no term begins in a period in which one may begin
    BURDEN = "burden"  # every term would lead above the most months


UNQUALIFIED = frozenset({Bar.SPECIALTY, Bar.RANK})


@dataclass(frozen=True, slots=True)
class NeedTrace:
    """Who can serve a need, who cannot and why, and the periods that no possible term covers.

    ``barred`` holds the ids of those with the right specialty; those without are counted only.
    """

    need: str
    able: tuple[str, ...]
    barred: Mapping[Bar, tuple[str, ...]]
    without_specialty: int
    uncovered: tuple[int, ...]

    @property
    def qualified(self) -> int:
        """People with specialty and title, able to serve or not."""
        return len(self.able) + sum(len(ids) for bar, ids in self.barred.items() if bar not in UNQUALIFIED)

    @property
    def is_hopeless(self) -> bool:
        """Whether nobody in the pool could serve this need in any period."""
        return not self.able and bool(self.uncovered)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Possible postings as arrays: positions of person, need, donor, recipient and pair, and the term.

    A posting is away from ``first`` to ``last`` and counts as head from ``covers`` to ``last``. ``months`` is its
    length, ``short`` the months that it lacks of the least term, ``cost`` what travel, hardship and preferences make of
    it.
    """

    lines: tuple[Line, ...]
    person: Positions
    need: Positions
    donor: Positions
    recipient: Positions
    pair: Positions
    first: Positions
    last: Positions
    covers: Positions
    months: Floats
    short: Floats
    cost: Floats
    traces: tuple[NeedTrace, ...]

    def __len__(self) -> int:
        return len(self.lines)


def columns_of(problem: PostingProblem) -> Columns:
    """Make the columns of a problem, need by need, people in the order given.

    Examples
    --------
    See `lianyi.methods.postings`.
    """
    by_specialty: dict[str, list[int]] = defaultdict(list)
    for position, person in enumerate(problem.people):
        for specialty in dict.fromkeys(person.specialties):
            by_specialty[specialty].append(position)
    made: list[tuple[int, int, int, int]] = []
    traces: list[NeedTrace] = []
    for number, need in enumerate(problem.needs):
        able: list[str] = []
        barred: dict[Bar, list[str]] = defaultdict(list)
        covered = np.zeros(problem.horizon.periods, np.bool_)
        for position in by_specialty[need.specialty]:
            person = problem.people[position]
            terms = _terms(problem, person, need)
            if isinstance(terms, Bar):
                barred[terms].append(person.id)
                continue
            able.append(person.id)
            for first, last in terms:
                made.append((position, number, first, last))
                covered[covers_from(problem, need, first) : last + 1] = True
        wanted = np.array(need.planned_heads(problem.horizon.periods)) > 0
        traces.append(
            NeedTrace(
                need.id,
                tuple(able),
                {bar: tuple(barred[bar]) for bar in Bar if bar in barred},
                len(problem.people) - len(by_specialty[need.specialty]),
                tuple(np.flatnonzero(wanted & ~covered).tolist()),
            )
        )
    return _as_arrays(problem, made, tuple(traces))


def bar_of_line(problem: PostingProblem, line: Line) -> Bar | None:
    """Return why this very posting is not possible by itself; None when it is."""
    person, need = problem.person_of[line.person], problem.need_of[line.need]
    terms = _terms(problem, person, need)
    if isinstance(terms, Bar):
        return terms
    return None if (line.first, line.last) in terms else Bar.TERM_TOO_SHORT


def covers_from(problem: PostingProblem, need: Need, first: int) -> int:
    """Return the first period in which a posting counts as head: later by the overlap, unless the need begins then."""
    heads = need.planned_heads(problem.horizon.periods)
    begins = heads[first] > 0 and (first == 0 or heads[first - 1] == 0)
    return first if begins else first + need.overlap_periods


def months_short(problem: PostingProblem, need: Need, first: int, last: int) -> int:
    """Return by how many months a term is shorter than its need asks; none where it runs past the end and may."""
    if problem.rules.may_run_past_end and last == problem.horizon.periods - 1:
        return 0
    return max(0, need.least_periods - (last - first + 1)) * problem.horizon.months_per_period


def _terms(problem: PostingProblem, person: Person, need: Need) -> tuple[tuple[int, int], ...] | Bar:
    """Return the terms this person could serve, or the first rule that leaves none."""
    if person.rank < need.least_rank:
        return Bar.RANK
    pair = problem.pair_of.get((person.donor, need.recipient))
    if pair is None or person.donor == need.recipient:
        return Bar.NO_PAIR
    recipient = problem.recipient_of[need.recipient]
    if recipient.id in person.refuses:
        return Bar.REFUSED
    if person.highest_altitude_m is not None and recipient.altitude_m > person.highest_altitude_m:
        return Bar.ALTITUDE
    if person.hardest_level is not None and recipient.hardship > person.hardest_level:
        return Bar.HARDSHIP
    return _terms_in_time(problem, person, need, pair)


def _terms_in_time(
    problem: PostingProblem, person: Person, need: Need, pair: Pair
) -> tuple[tuple[int, int], ...] | Bar:
    heads = need.planned_heads(problem.horizon.periods)
    free = [heads[period] > 0 and person.is_available(period) for period in range(problem.horizon.periods)]
    if not any(free):
        return Bar.UNAVAILABLE
    long_enough = list(_long_enough(problem, person, need, free))
    if not long_enough:
        return Bar.TERM_TOO_SHORT
    startable = [term for term in long_enough if pair.starts is None or term[0] in pair.starts]
    if not startable:
        return Bar.START
    limit = math.inf if problem.rules.most_months is None else problem.rules.most_months
    bearable = [
        (first, last)
        for first, last in startable
        if not problem.rules.is_hard_burden
        or person.past_months + (last - first + 1) * problem.horizon.months_per_period <= limit
    ]
    return tuple(bearable) or Bar.BURDEN


def _long_enough(
    problem: PostingProblem, person: Person, need: Need, free: Sequence[bool]
) -> Iterator[tuple[int, int]]:
    periods = problem.horizon.periods
    most = periods if person.longest_periods is None else person.longest_periods
    may_be_short = not problem.rules.is_hard(RuleId.LEAST_TERM)
    for first in range(periods):
        for last in range(first, min(periods, first + most)):
            if not free[last]:
                break
            is_long_enough = may_be_short or not months_short(problem, need, first, last)
            # A posting that would end before its successor's overlap is over helps nobody.
            if is_long_enough and covers_from(problem, need, first) <= last:
                yield first, last


def _as_arrays(
    problem: PostingProblem, made: list[tuple[int, int, int, int]], traces: tuple[NeedTrace, ...]
) -> Columns:
    donors = {each.id: position for position, each in enumerate(problem.donors)}
    recipients = {each.id: position for position, each in enumerate(problem.recipients)}
    pairs = {each.key: position for position, each in enumerate(problem.pairs)}
    table = np.array(made, np.int64).reshape(-1, 4)
    donor_of_person = np.array([donors[each.donor] for each in problem.people], np.int64)
    recipient_of_need = np.array([recipients[each.recipient] for each in problem.needs], np.int64)
    person, need, first, last = (table[:, column] for column in range(4))
    lines, pair, covers, short, cost = [], [], [], [], []
    for who, what, begin, end in made:
        someone, need_there = problem.people[who], problem.needs[what]
        lines.append(Line(someone.id, need_there.id, begin, end))
        pair.append(pairs[someone.donor, need_there.recipient])
        covers.append(covers_from(problem, need_there, begin))
        short.append(months_short(problem, need_there, begin, end))
        cost.append(_cost(problem, someone, need_there, end - begin + 1))
    return Columns(
        lines=tuple(lines),
        person=person,
        need=need,
        donor=donor_of_person[person] if made else person,
        recipient=recipient_of_need[need] if made else need,
        pair=np.array(pair, np.int64),
        first=first,
        last=last,
        covers=np.array(covers, np.int64),
        months=np.asarray((last - first + 1) * problem.horizon.months_per_period, np.float64),
        short=np.array(short, np.float64),
        cost=np.array(cost, np.float64),
        traces=traces,
    )


def _cost(problem: PostingProblem, person: Person, need: Need, periods: int) -> float:
    """Return two ways of travel, months of hardship, and whether the person would rather be elsewhere."""
    prices, recipient = problem.rules.cost, problem.recipient_of[need.recipient]
    pair = problem.pair_of[person.donor, need.recipient]
    is_against = bool(person.prefers) and recipient.id not in person.prefers
    return (
        2.0 * pair.travel_hours * prices.travel_hour
        + recipient.hardship * periods * problem.horizon.months_per_period * prices.hardship_month
        + is_against * prices.not_preferred
    )
