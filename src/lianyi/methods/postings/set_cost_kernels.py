"""Compiled passes of `set_costs`: what a set of donors costs a recipient at least, at given prices.

The rows that tie the needs of a recipient together - teams, seniors, hand-overs - have prices of their own for each
set, so that each need is planned alone: terms that follow one another, person by person. Where people are posted once,
nobody serves two terms in succession, and people beside the first of a need are never the one person that the first
plan keeps longest. Of two donors at a need of two heads, one that can have one person there fills one place at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.compiling import compiled, compiled_into_callers

_NEVER = 1e17
_ROUNDING = 1e-12
_PERIODS_TOGETHER = 8
_SETS_AGAIN = 4


class SetFacts(NamedTuple):
    """What does not change with prices.

    ``pairs`` are the pairs of each set, -1 where it has fewer; ``set_starts`` and ``need_starts`` the first set and
    need of each recipient and the end; ``place_of`` is the place of a need among those of its recipient. ``links``
    numbers the pairs and needs (by their place) that have columns, -1 where there are none; ``at_once`` is how many
    people a donor can have at one need. ``heads`` (``most_heads`` in any period) and ``wants_senior`` are by period,
    and nothing where nobody at all can come: what is missing there is counted elsewhere. ``terms`` are first period,
    first period that counts, and last; ``worth`` is what one person missing costs. ``are_posted_once`` says that nobody
    has a second posting.
    """

    pairs: Positions
    set_starts: Positions
    need_starts: Positions
    place_of: Positions
    heads: Positions
    most_heads: Positions
    worth: Floats
    is_steady: Flags
    links: Positions
    at_once: Positions
    terms: Positions
    teams: Positions
    wants_senior: Flags
    are_posted_once: bool
    team_price: float
    senior_price: float
    handover_price: float


class ColumnFacts(NamedTuple):
    """Term, title, person and slot of each possible posting; a slot is a link, a term and whether it is a senior."""

    term: Positions
    is_senior: Positions
    person: Positions
    slot: Positions


class BestColumns(NamedTuple):
    """The cheapest posting of each slot and the next one, which is always of somebody else; -1 where there is none."""

    cost: Floats
    column: Positions


class OwnPrices(NamedTuple):
    """What a person in a team, a senior and a hand-over are worth, for each set (and donor, need) and period."""

    team: Floats
    senior: Floats
    handover: Floats


class Pricing(NamedTuple):
    """What sets are priced by; ``pair_of`` is the pair of each possible posting, ``pair_costs`` are those of pairs."""

    facts: SetFacts
    columns: ColumnFacts
    best: BestColumns
    own: OwnPrices
    pair_of: Positions
    pair_costs: Floats


class Answers(NamedTuple):
    """The cost of each set, the cheapest set of each recipient, and its postings (then -1)."""

    values: Floats
    cheapest: Positions
    chosen: Positions


class Room(NamedTuple):
    """Where one set is worked out; nothing in it outlives that.

    Costs of terms stand in a row for each donor and one for any of them: ``own_rows`` and ``one_row`` say in which.
    ``two_reach`` is what two rows of terms cost at least by where each of them ends and whether its last person is of
    the donor that has one at a time; ``two_came`` is from where, and with which term of which donor.
    """

    own_rows: Positions
    one_row: Positions
    term_team: Floats
    term_senior: Floats
    term_handover: Floats
    cost: Floats
    pick: Positions
    next_cost: Floats
    next_pick: Positions
    first_cost: Floats
    first_pick: Positions
    reach: Floats
    ended: Positions
    person: Positions
    came: Positions
    two_reach: Floats
    two_came: Positions
    columns: Positions
    needs: Positions
    team: Floats
    senior: Floats
    handover: Floats


@compiled
def find_best_columns(costs: Floats, columns: ColumnFacts, best: BestColumns) -> None:
    """Find the two cheapest postings of each slot; each person has one there at most."""
    found, chosen, slots = best.cost, best.column, columns.slot
    found[:] = _NEVER
    chosen[:] = -1
    for column in range(costs.size):
        slot, cost = slots[column], costs[column]
        if cost < found[slot, 0]:
            found[slot, 1], chosen[slot, 1] = found[slot, 0], chosen[slot, 0]
            found[slot, 0], chosen[slot, 0] = cost, column
        elif cost < found[slot, 1]:
            found[slot, 1], chosen[slot, 1] = cost, column


@compiled_into_callers
def _sum_prices_of_terms(facts: SetFacts, own: OwnPrices, recipient: int, number: int, room: Room) -> None:
    """Find what each term is worth in teams of each donor, in seniors, and in hand-overs at each need."""
    terms, team_prices, senior_prices, handover_prices = facts.terms, own.team, own.senior, own.handover
    term_team, term_senior, term_handover = room.term_team, room.term_senior, room.term_handover
    begin, end, most_heads = facts.need_starts[recipient], facts.need_starts[recipient + 1], facts.most_heads
    for term in range(terms.shape[0]):
        senior = 0.0
        for period in range(terms[term, 0], terms[term, 2] + 1):
            senior += senior_prices[number, period]
        term_senior[term] = senior
        for donor in range(term_team.shape[0]):
            team = 0.0
            for period in range(terms[term, 0], terms[term, 2] + 1):
                team += team_prices[number, donor, period]
            term_team[donor, term] = team
        for need in range(begin, end):
            handover = 0.0
            if most_heads[need] > 1:
                for period in range(terms[term, 1] + 1, terms[term, 2] + 1):
                    handover += handover_prices[number, need - begin, period]
            term_handover[need - begin, term] = handover


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
            found[row, term] = later[row, term] = _NEVER
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
                if cost < reach[end, 0] - _ROUNDING:
                    if is_other:
                        reach[end, 1], ended[end, 1] = reach[end, 0], ended[end, 0]
                    reach[end, 0], ended[end, 0], last_person[end] = cost, 2 * term + choice, person
                elif is_other and cost < reach[end, 1] - _ROUNDING:
                    reach[end, 1], ended[end, 1] = cost, 2 * term + choice
    end, place = periods, 0
    while ended[end, place] >= 0:
        last = ended[end, place]
        appended[count] = pick[row, last // 2] if last % 2 == 0 else later_pick[row, last // 2]
        count += 1
        end, place = int(terms[last // 2, 1]), int(came[last])
    return float(reach[periods, 0]), count


@compiled_into_callers
def _has_handover(heads: Positions, need: int, period: int) -> bool:
    return bool(period > 0 and heads[need, period] > 1 and heads[need, period - 1] > 1)


@compiled_into_callers
def _value_of_nobody(facts: SetFacts, own: OwnPrices, number: int, need: int) -> float:
    """Return what a need costs when nobody comes, at the own prices of its hand-overs."""
    heads, handover, worth, place = facts.heads, own.handover, facts.worth[need], facts.place_of[need]
    value = 0.0
    for period in range(heads.shape[1]):
        value += worth * heads[need, period]
        if _has_handover(heads, need, period):
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
            if cost >= _NEVER:
                continue
            code = ((first * (periods + 1) + second) * 4 + mark) * (count * most + 1)
            # What the other row ended with matters for as long as it has not ended.
            held = mark & (2 - row) if other > period else 0
            first, second = (period + 1, other) if row == 0 else (other, period + 1)
            if cost < reach[first, second, held] - _ROUNDING:
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
                    if cost + costs[donor, term] < reach[first, second, now] - _ROUNDING:
                        reach[first, second, now] = cost + costs[donor, term]
                        came[first, second, now] = code + 1 + donor * count + term


@compiled
def _chain_two(facts: SetFacts, single: int, room: Room, count: int) -> tuple[float, int]:
    """Choose two rows of terms at the least cost, one donor with one person at a time in both; append postings."""
    periods, terms, most = facts.heads.shape[1], facts.terms.shape[0], facts.pairs.shape[1]
    room.two_reach[:] = _NEVER
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
def _plan_need(
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


@compiled
def _value_set(
    facts: SetFacts,
    columns: ColumnFacts,
    best: BestColumns,
    own: OwnPrices,
    pair_costs: Floats,
    recipient: int,
    number: int,
    room: Room,
) -> tuple[float, int]:
    """Return what a set costs at least, and the number of postings chosen; ``room.needs`` says for which need."""
    _sum_prices_of_terms(facts, own, recipient, number, room)
    value, count, periods = 0.0, 0, facts.heads.shape[1]
    pairs, teams, wants_senior, needs = facts.pairs, facts.teams, facts.wants_senior, room.needs
    team_prices, senior_prices = own.team, own.senior
    for donor in range(pairs.shape[1]):
        pair = pairs[number, donor]
        if pair >= 0:
            value += pair_costs[pair]
            for period in range(periods):
                value += team_prices[number, donor, period] * teams[pair]
    for period in range(periods):
        if wants_senior[recipient, period]:
            value += senior_prices[number, period]
    for need in range(facts.need_starts[recipient], facts.need_starts[recipient + 1]):
        begun = count
        cost, count = _plan_need(facts, columns, best, own, number, need, room, count)
        value += cost
        for each in range(begun, count):
            needs[each] = need
    return value, count


@compiled_into_callers
def _find_wants(facts: SetFacts, recipient: int, number: int, room: Room) -> None:
    """Write what a set wants of teams, seniors and hand-overs."""
    pairs, teams, heads, wants_senior = facts.pairs, facts.teams, facts.heads, facts.wants_senior
    team, senior, handover, begin = room.team, room.senior, room.handover, facts.need_starts[recipient]
    for period in range(heads.shape[1]):
        senior[period] = 1.0 if wants_senior[recipient, period] else 0.0
        for donor in range(pairs.shape[1]):
            pair = pairs[number, donor]
            team[donor, period] = teams[pair] if pair >= 0 else 0.0
        for need in range(begin, facts.need_starts[recipient + 1]):
            handover[need - begin, period] = 1.0 if _has_handover(heads, need, period) else 0.0


@compiled
def _find_slopes(
    facts: SetFacts, columns: ColumnFacts, pair_of: Positions, recipient: int, number: int, room: Room, count: int
) -> None:
    """Find what is missing of teams, seniors and hand-overs with the postings chosen: where own prices should rise."""
    _find_wants(facts, recipient, number, room)
    pairs, terms, term_of, is_senior = facts.pairs, facts.terms, columns.term, columns.is_senior
    team, senior, handover, chosen, needs = room.team, room.senior, room.handover, room.columns, room.needs
    for each in range(count):
        column, place = chosen[each], needs[each] - facts.need_starts[recipient]
        term = term_of[column]
        first, counts, last = terms[term, 0], terms[term, 1], terms[term, 2]
        for period in range(first, last + 1):
            senior[period] -= is_senior[column]
            if period > counts:
                handover[place, period] -= 1.0
        for donor in range(pairs.shape[1]):
            if pairs[number, donor] == pair_of[column]:
                for period in range(first, last + 1):
                    team[donor, period] -= 1.0


@compiled
def _move_own_prices(facts: SetFacts, own: OwnPrices, recipient: int, number: int, room: Room, step: float) -> None:
    pairs, teams, heads, wants_senior = facts.pairs, facts.teams, facts.heads, facts.wants_senior
    team, senior, handover, begin = room.team, room.senior, room.handover, facts.need_starts[recipient]
    team_prices, senior_prices, handover_prices = own.team, own.senior, own.handover
    for period in range(heads.shape[1]):
        for donor in range(pairs.shape[1]):
            pair = pairs[number, donor]
            if pair >= 0 and teams[pair] > 0:
                moved = team_prices[number, donor, period] + step * team[donor, period]
                team_prices[number, donor, period] = min(facts.team_price, max(0.0, moved))
        if wants_senior[recipient, period]:
            moved = senior_prices[number, period] + step * senior[period]
            senior_prices[number, period] = min(facts.senior_price, max(0.0, moved))
        for need in range(begin, facts.need_starts[recipient + 1]):
            if _has_handover(heads, need, period):
                place = need - begin
                moved = handover_prices[number, place, period] + 0.5 * step * handover[place, period]
                handover_prices[number, place, period] = min(facts.handover_price, max(0.0, moved))


@compiled
def _raise_set(pricing: Pricing, recipient: int, number: int, room: Room, steps: int, step: float) -> float:
    """Move the own prices of a set some steps on; return the most that it cost on the way.

    The prices stay where they came to, also where it cost less there: the next steps go on from there.
    """
    facts, columns, best, own, pair_of, pair_costs = pricing
    highest = -np.inf
    for again in range(steps):
        value, count = _value_set(facts, columns, best, own, pair_costs, recipient, number, room)
        highest = max(highest, value)
        if again + 1 < steps:
            _find_slopes(facts, columns, pair_of, recipient, number, room, count)
            _move_own_prices(facts, own, recipient, number, room, step)
    return highest


@compiled
def price_recipients(
    pricing: Pricing, is_active: Flags, begin: int, end: int, steps: int, step: float, answers: Answers
) -> None:
    """Price the active sets of the recipients from one number to another.

    The cheapest set is raised by its own prices before it is believed, a few times where another becomes cheapest.
    """
    facts, columns, best, own, _pair_of, pair_costs = pricing
    values, cheapest, chosen = answers
    most, periods, terms = facts.pairs.shape[1], facts.heads.shape[1], facts.terms.shape[0]
    places = own.handover.shape[1]
    room = Room(
        np.arange(most),
        np.full(most, most),
        np.zeros((most, terms)),
        np.zeros(terms),
        np.zeros((places, terms)),
        np.zeros((most + 1, terms)),
        np.zeros((most + 1, terms), np.int64),
        np.zeros((most + 1, terms)),
        np.zeros((most + 1, terms), np.int64),
        np.zeros((most + 1, terms)),
        np.zeros((most + 1, terms), np.int64),
        np.zeros((periods + 1, 2)),
        np.zeros((periods + 1, 2), np.int64),
        np.zeros(periods + 1, np.int64),
        np.zeros(2 * terms, np.int64),
        np.zeros((periods + 1, periods + 1, 4)),
        np.zeros((periods + 1, periods + 1, 4), np.int64),
        np.zeros(chosen.shape[1] + 1, np.int64),
        np.zeros(chosen.shape[1] + 1, np.int64),
        np.zeros((most, periods)),
        np.zeros(periods),
        np.zeros((places, periods)),
    )
    for recipient in range(begin, end):
        first, last = facts.set_starts[recipient], facts.set_starts[recipient + 1]
        for number in range(first, last):
            values[number] = np.inf
            if is_active[number]:
                values[number], _ = _value_set(facts, columns, best, own, pair_costs, recipient, number, room)
        lowest = -1
        for _ in range(_SETS_AGAIN):
            found = first + np.argmin(values[first:last])
            if found == lowest:
                break
            lowest = found
            values[lowest] = _raise_set(pricing, recipient, lowest, room, steps, step)
        lowest = first + np.argmin(values[first:last])
        cheapest[recipient] = lowest
        _value, count = _value_set(facts, columns, best, own, pair_costs, recipient, lowest, room)
        chosen[recipient] = -1
        chosen[recipient, :count] = room.columns[:count]
