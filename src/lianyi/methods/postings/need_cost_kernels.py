"""What a need costs a recipient at least with a set of donors, at given prices: terms that follow one another.

Where people are posted once, nobody serves two terms in succession, and people beside the first of a need are never the
one person that the first plan keeps longest. Of two donors at a need of two heads, one that can have one person there
fills one place at a time.
"""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.compiling import compiled, compiled_into_callers
from lianyi.methods.postings.set_cost_facts import (
    NEVER,
    ROUNDING,
    BestColumns,
    ColumnFacts,
    OwnPrices,
    Room,
    SetFacts,
)

_PERIODS_TOGETHER = 8


@compiled_into_callers
def _price_terms(  # noqa: C901, PLR0912 - one loop: calls in it would count the uses of arrays anew
    facts: SetFacts,
    columns: ColumnFacts,
    best: BestColumns,
    number: int,
    need: int,
    without: int,
    rows: Positions,
    room: Room,
) -> None:
    """Find the cheapest posting of each term and the next one, without one person, in the row given for each donor."""
    # Arrays are taken out of their tuples before loops: each access would count its uses anew.
    costs, chosen, persons = best.cost, best.column, columns.person
    pairs, links, terms = facts.pairs, facts.links, facts.terms
    found, pick, later, later_pick = room.cost, room.pick, room.next_cost, room.next_pick
    term_team, term_senior, term_handover = room.term_team, room.term_senior, room.term_handover
    most, worth, count, place = pairs.shape[1], facts.worth[need], terms.shape[0], facts.place_of[need]
    for row in range(most + 1):
        for term in range(count):
            found[row, term] = later[row, term] = NEVER
    for donor in range(most):
        pair = pairs[number, donor]
        if pair < 0 or links[pair, place] < 0:
            continue
        row, begin = rows[donor], links[pair, place] * count * 2
        for term in range(count):
            gain = worth * (terms[term, 2] - terms[term, 1] + 1) + term_team[donor, term] + term_handover[place, term]
            for slot in range(begin + 2 * term, begin + 2 * term + 2):
                cost, column = costs[slot, 0], chosen[slot, 0]
                if column < 0:
                    continue
                after, next_column = costs[slot, 1], chosen[slot, 1]
                if without >= 0:
                    if persons[column] == without:
                        cost, column = after, next_column
                        if column < 0:
                            continue
                    elif next_column >= 0 and persons[next_column] == without:
                        # A third person is not known; whoever it is costs no less than the first.
                        after, next_column = cost, column
                less = gain + term_senior[term] if (slot - begin) % 2 == 1 else gain
                cost, after = cost - less, after - less
                if cost < found[row, term]:
                    later[row, term], later_pick[row, term] = found[row, term], pick[row, term]
                    found[row, term], pick[row, term] = cost, column
                elif cost < later[row, term]:
                    later[row, term], later_pick[row, term] = cost, column
                if after < later[row, term] and next_column >= 0:
                    later[row, term], later_pick[row, term] = after, next_column


@compiled_into_callers
def _chain(  # noqa: C901 - one loop: calls in it would count the uses of arrays anew
    facts: SetFacts, columns: ColumnFacts, row: int, room: Room, count: int
) -> tuple[float, int]:
    """Choose terms of one row that follow one another at the least cost, nobody twice in succession; append postings.

    Kept are the best chain by each end, and the best of those that end with somebody else. Where the cheapest person of
    a term is not taken, whoever comes costs no less than the next one.
    """
    terms, reach, ended, last_person, came = facts.terms, room.reach, room.ended, room.person, room.came
    found, later, pick, later_pick, persons = room.cost, room.next_cost, room.pick, room.next_pick, columns.person
    appended, periods, are_once = room.columns, facts.heads.shape[1], facts.are_posted_once
    reach[0, 0] = reach[0, 1] = 0.0
    ended[0, 0] = ended[0, 1] = last_person[0] = -1
    for period in range(periods):
        end = period + 1
        reach[end, 0], ended[end, 0], last_person[end] = reach[period, 0], ended[period, 0], last_person[period]
        reach[end, 1], ended[end, 1] = reach[period, 1], ended[period, 1]
        for term in range(terms.shape[0]):
            if terms[term, 2] != period or found[row, term] >= 0.0:
                continue
            begin = terms[term, 1]
            for choice in range(2):
                person, place, cost = -1, 0, later[row, term]
                if choice == 0:
                    cost = found[row, term]
                    if are_once:
                        person = persons[pick[row, term]]
                        place = 1 if last_person[begin] == person else 0
                if cost >= 0.0:
                    continue
                came[2 * term + choice] = place
                cost += reach[begin, place]
                is_other = person < 0 or person != last_person[end]
                if cost < reach[end, 0] - ROUNDING:
                    if is_other:
                        reach[end, 1], ended[end, 1] = reach[end, 0], ended[end, 0]
                    reach[end, 0], ended[end, 0], last_person[end] = cost, 2 * term + choice, person
                elif is_other and cost < reach[end, 1] - ROUNDING:
                    reach[end, 1], ended[end, 1] = cost, 2 * term + choice
    end, place = periods, 0
    while ended[end, place] >= 0:
        last = ended[end, place]
        appended[count] = pick[row, last // 2] if last % 2 == 0 else later_pick[row, last // 2]
        count += 1
        end, place = int(terms[last // 2, 1]), int(came[last])
    return float(reach[periods, 0]), count


@compiled_into_callers
def has_handover(heads: Positions, need: int, period: int) -> bool:
    return bool(period > 0 and heads[need, period] > 1 and heads[need, period - 1] > 1)


@compiled_into_callers
def _value_of_nobody(facts: SetFacts, own: OwnPrices, number: int, need: int) -> float:
    """Return what a need costs when nobody comes, at the own prices of its hand-overs."""
    heads, handover, worth, place = facts.heads, own.handover, facts.worth[need], facts.place_of[need]
    value = 0.0
    for period in range(heads.shape[1]):
        value += worth * heads[need, period]
        if has_handover(heads, need, period):
            value += handover[number, place, period]
    return value


@compiled_into_callers
def _are_single(facts: SetFacts, number: int, need: int, heads: int) -> bool:
    """Tell whether each donor of the set has one person at a time at a need, and there is work for all of them."""
    donors, place, pairs, links, at_once = 0, facts.place_of[need], facts.pairs, facts.links, facts.at_once
    for donor in range(pairs.shape[1]):
        pair = pairs[number, donor]
        if pair >= 0 and links[pair, place] >= 0:
            donors += 1
            if at_once[links[pair, place]] > 1:
                return False
    return bool(facts.is_steady[need] and donors <= heads)


@compiled_into_callers
def _longest_person(facts: SetFacts, columns: ColumnFacts, begun: int, count: int, room: Room) -> int:
    """Return who stays longest of the postings chosen since; nobody (-1) where people are posted more than once."""
    terms, longest, person = facts.terms, 0, -1
    if not facts.are_posted_once:
        return person
    for each in range(begun, count):
        term = columns.term[room.columns[each]]
        periods = terms[term, 2] - terms[term, 0] + 1
        if periods > longest:
            longest, person = periods, columns.person[room.columns[each]]
    return person


@compiled_into_callers
def _single_of_two(facts: SetFacts, number: int, need: int) -> int:
    """Return which of the two donors that a need has in a set has one person at a time where the other has more.

    -1 is returned where there is no such donor, and where periods are so many that both rows together take long.
    """
    place, single, others = facts.place_of[need], -1, 0
    pairs, links, at_once = facts.pairs, facts.links, facts.at_once
    if facts.heads.shape[1] > _PERIODS_TOGETHER:
        return -1
    for donor in range(pairs.shape[1]):
        pair = pairs[number, donor]
        if pair >= 0 and links[pair, place] >= 0:
            if at_once[links[pair, place]] > 1:
                others += 1
            elif single >= 0:
                return -1
            else:
                single = donor
    return single if others == 1 else -1


@compiled
def _go_on(facts: SetFacts, room: Room, single: int, row: int, period: int) -> None:
    """Let a row that is free in a period stay so for it, or begin a term; what the other row does stays."""
    terms, reach, came, most = facts.terms, room.two_reach, room.two_came, facts.pairs.shape[1]
    periods, count = facts.heads.shape[1], terms.shape[0]
    costs = room.first_cost if row == 0 else room.cost
    for other in range(period, periods + 1):
        for mark in range(4):
            first, second = (period, other) if row == 0 else (other, period)
            cost = reach[first, second, mark]
            if cost >= NEVER:
                continue
            code = ((first * (periods + 1) + second) * 4 + mark) * (count * most + 1)
            # What the other row ended with matters for as long as it has not ended.
            held = mark & (2 - row) if other > period else 0
            first, second = (period + 1, other) if row == 0 else (other, period + 1)
            if cost < reach[first, second, held] - ROUNDING:
                reach[first, second, held], came[first, second, held] = cost, code
            for term in range(count):
                if terms[term, 1] != period:
                    continue
                end = terms[term, 2] + 1
                first, second = (end, other) if row == 0 else (other, end)
                for donor in range(most):
                    if costs[donor, term] >= 0.0 or (donor == single and held > 0):
                        continue
                    now = held + (1 + row if donor == single else 0)
                    if cost + costs[donor, term] < reach[first, second, now] - ROUNDING:
                        reach[first, second, now] = cost + costs[donor, term]
                        came[first, second, now] = code + 1 + donor * count + term


@compiled
def _chain_two(facts: SetFacts, single: int, room: Room, count: int) -> tuple[float, int]:
    """Choose two rows of terms at the least cost, one donor with one person at a time in both; append postings."""
    periods, terms, most = facts.heads.shape[1], facts.terms.shape[0], facts.pairs.shape[1]
    room.two_reach[:] = NEVER
    room.two_reach[0, 0, 0] = 0.0
    for period in range(periods):
        for row in range(2):
            _go_on(facts, room, single, row, period)
    first, second = periods, periods
    mark = int(np.argmin(room.two_reach[periods, periods]))
    cost = float(room.two_reach[periods, periods, mark])
    while first > 0 or second > 0:
        came = room.two_came[first, second, mark]
        before, what = came // (terms * most + 1), came % (terms * most + 1) - 1
        was_first = before // 4 // (periods + 1)
        if what >= 0:
            picks = room.first_pick if was_first != first else room.pick
            room.columns[count] = picks[what // terms, what % terms]
            count += 1
        first, second, mark = was_first, before // 4 % (periods + 1), before % 4
    return cost, count


@compiled_into_callers
def plan_need(
    facts: SetFacts,
    columns: ColumnFacts,
    best: BestColumns,
    own: OwnPrices,
    number: int,
    need: int,
    room: Room,
    count: int,
) -> tuple[float, int]:
    """Return what a need costs at least with a set, and how many postings are chosen with it."""
    most = facts.pairs.shape[1]
    value, heads = _value_of_nobody(facts, own, number, need), facts.most_heads[need]
    if heads == 0:
        return value, count
    if heads > 1 and _are_single(facts, number, need, heads):
        _price_terms(facts, columns, best, number, need, -1, room.own_rows, room)
        for donor in range(most):
            cost, count = _chain(facts, columns, donor, room, count)
            value += cost
        return value, count
    begun = count
    _price_terms(facts, columns, best, number, need, -1, room.one_row, room)
    cost, count = _chain(facts, columns, most, room, count)
    if heads == 1:
        return value + cost, count
    longest = _longest_person(facts, columns, begun, count, room)
    single = _single_of_two(facts, number, need) if heads == 2 else -1  # noqa: PLR2004 - two rows
    if single >= 0:
        _price_terms(facts, columns, best, number, need, -1, room.own_rows, room)
        room.first_cost[:], room.first_pick[:] = room.cost, room.pick
        _price_terms(facts, columns, best, number, need, longest, room.own_rows, room)
        cost, count = _chain_two(facts, single, room, begun)
        return value + cost, count
    value += cost
    _price_terms(facts, columns, best, number, need, longest, room.one_row, room)
    for _ in range(heads - 1):
        cost, count = _chain(facts, columns, most, room, count)
        value += cost
    return value, count
