"""Compiled passes of `set_costs`: what a set of donors costs a recipient at least, at given prices.

The rows that tie the needs of a recipient together - teams, seniors, hand-overs - have prices of their own for each
set, so that each need is planned alone: terms that follow one another, person by person. People beside the first of a
need are never the one person that the first plan keeps longest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.compiling import compiled, compiled_into_callers

_NEVER = 1e17
_ROUNDING = 1e-12
_SHRINK = 0.8
_SETS_AGAIN = 4


class SetFacts(NamedTuple):
    """What does not change with prices.

    ``pairs`` are the pairs of each set, -1 where it has fewer; ``set_starts`` and ``need_starts`` the first set and
    need of each recipient and the end; ``place_of`` is the place of a need among those of its recipient. ``links``
    numbers the pairs and needs (by their place) that have columns, -1 where there are none; ``at_once`` is how many
    people a donor can have at one need. ``heads`` (``most_heads`` in any period) and ``wants_senior`` are by period,
    and nothing where nobody at all can come: what is missing there is counted elsewhere. ``terms`` are first period,
    first period that counts, and last; ``worth`` is what one person missing costs.
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
    next_cost: Floats
    next_column: Positions


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
    """Where one set is worked out; nothing in it outlives that."""

    term_team: Floats
    term_senior: Floats
    cost: Floats
    pick: Positions
    reach: Floats
    came: Positions
    columns: Positions
    needs: Positions
    team: Floats
    senior: Floats
    handover: Floats


@compiled
def find_best_columns(costs: Floats, columns: ColumnFacts, best: BestColumns) -> None:
    """Find the two cheapest postings of each slot; each person has one there at most."""
    best.cost[:] = _NEVER
    best.next_cost[:] = _NEVER
    best.column[:] = -1
    best.next_column[:] = -1
    for column in range(costs.size):
        slot, cost = columns.slot[column], costs[column]
        if cost < best.cost[slot]:
            best.next_cost[slot], best.next_column[slot] = best.cost[slot], best.column[slot]
            best.cost[slot], best.column[slot] = cost, column
        elif cost < best.next_cost[slot]:
            best.next_cost[slot], best.next_column[slot] = cost, column


@compiled_into_callers
def _sum_prices_of_terms(facts: SetFacts, own: OwnPrices, number: int, room: Room) -> None:
    # Arrays are taken out of their tuples before loops: each access would count its uses anew.
    terms, team_prices, senior_prices = facts.terms, own.team, own.senior
    term_team, term_senior = room.term_team, room.term_senior
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


@compiled_into_callers
def _price_terms(  # noqa: C901 - one loop, so that arrays leave their tuples once
    facts: SetFacts,
    columns: ColumnFacts,
    best: BestColumns,
    own: OwnPrices,
    number: int,
    need: int,
    without: int,
    room: Room,
) -> None:
    """Find for each donor of the set, and for any of them, the cheapest posting of each term without one person."""
    pairs, links, terms, handover = facts.pairs, facts.links, facts.terms, own.handover
    costs, chosen, next_costs, next_chosen = best.cost, best.column, best.next_cost, best.next_column
    persons, found, pick = columns.person, room.cost, room.pick
    term_team, term_senior = room.term_team, room.term_senior
    most, worth, count, place = pairs.shape[1], facts.worth[need], terms.shape[0], facts.place_of[need]
    for term in range(count):
        found[most, term] = _NEVER
    for donor in range(most):
        for term in range(count):
            found[donor, term] = _NEVER
        pair = pairs[number, donor]
        if pair < 0 or links[pair, place] < 0:
            continue
        begin = links[pair, place] * count * 2
        for term in range(count):
            gain = worth * (terms[term, 2] - terms[term, 1] + 1) + term_team[donor, term]
            for period in range(terms[term, 1] + 1, terms[term, 2] + 1):
                gain += handover[number, place, period]
            for senior in range(2):
                slot = begin + 2 * term + senior
                cost, column = costs[slot], chosen[slot]
                if without >= 0 and column >= 0 and persons[column] == without:
                    cost, column = next_costs[slot], next_chosen[slot]
                if cost >= _NEVER:
                    continue
                cost -= gain + senior * term_senior[term]
                if cost < found[donor, term]:
                    found[donor, term], pick[donor, term] = cost, column
                if cost < found[most, term]:
                    found[most, term], pick[most, term] = cost, column


@compiled_into_callers
def _chain(facts: SetFacts, row: int, room: Room, count: int) -> tuple[float, int]:
    """Choose terms of one row that follow one another at the least cost; append their postings."""
    terms, costs, pick, columns = facts.terms, room.cost, room.pick, room.columns
    reach, came = room.reach, room.came
    periods = facts.heads.shape[1]
    reach[0] = 0.0
    for period in range(periods):
        reach[period + 1], came[period + 1] = reach[period], -1
        for term in range(terms.shape[0]):
            if terms[term, 2] == period and costs[row, term] < 0.0:
                cost = reach[terms[term, 1]] + costs[row, term]
                if cost < reach[period + 1] - _ROUNDING:
                    reach[period + 1], came[period + 1] = cost, term
    period = periods
    while period > 0:
        term = int(came[period])
        if term < 0:
            period -= 1
        else:
            columns[count] = pick[row, term]
            count += 1
            period = int(terms[term, 1])
    return float(reach[periods]), count


@compiled_into_callers
def _value_of_nobody(facts: SetFacts, own: OwnPrices, number: int, need: int) -> float:
    """Return what a need costs when nobody comes, at the own prices of its hand-overs."""
    heads, handover, worth, place = facts.heads, own.handover, facts.worth[need], facts.place_of[need]
    value = 0.0
    for period in range(heads.shape[1]):
        value += worth * heads[need, period]
        if period > 0 and heads[need, period] > 1 and heads[need, period - 1] > 1:
            value += handover[number, place, period]
    return value


@compiled_into_callers
def _has_handover(facts: SetFacts, need: int, period: int) -> bool:
    return bool(period > 0 and facts.heads[need, period] > 1 and facts.heads[need, period - 1] > 1)


@compiled_into_callers
def _are_single(facts: SetFacts, number: int, need: int, heads: int) -> bool:
    """Tell whether each donor of the set has one person at a time at a need, and there is work for all of them."""
    donors, place = 0, facts.place_of[need]
    for donor in range(facts.pairs.shape[1]):
        pair = facts.pairs[number, donor]
        if pair >= 0 and facts.links[pair, place] >= 0:
            donors += 1
            if facts.at_once[facts.links[pair, place]] > 1:
                return False
    return bool(facts.is_steady[need] and donors <= heads)


@compiled_into_callers
def _longest_person(facts: SetFacts, columns: ColumnFacts, begun: int, count: int, room: Room) -> int:
    """Return who stays longest of the postings chosen since."""
    terms, longest, person = facts.terms, 0, -1
    for each in range(begun, count):
        term = columns.term[room.columns[each]]
        periods = terms[term, 2] - terms[term, 0] + 1
        if periods > longest:
            longest, person = periods, columns.person[room.columns[each]]
    return person


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
    _price_terms(facts, columns, best, own, number, need, -1, room)
    if heads > 1 and _are_single(facts, number, need, heads):
        for donor in range(most):
            cost, count = _chain(facts, donor, room, count)
            value += cost
        return value, count
    begun = count
    cost, count = _chain(facts, most, room, count)
    value += cost
    if heads > 1:
        _price_terms(facts, columns, best, own, number, need, _longest_person(facts, columns, begun, count, room), room)
        for _ in range(heads - 1):
            cost, count = _chain(facts, most, room, count)
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
    _sum_prices_of_terms(facts, own, number, room)
    value, count, periods = 0.0, 0, facts.heads.shape[1]
    for donor in range(facts.pairs.shape[1]):
        pair = facts.pairs[number, donor]
        if pair >= 0:
            value += pair_costs[pair]
            for period in range(periods):
                value += own.team[number, donor, period] * facts.teams[pair]
    for period in range(periods):
        if facts.wants_senior[recipient, period]:
            value += own.senior[number, period]
    for need in range(facts.need_starts[recipient], facts.need_starts[recipient + 1]):
        begun = count
        cost, count = _plan_need(facts, columns, best, own, number, need, room, count)
        value += cost
        for each in range(begun, count):
            room.needs[each] = need
    return value, count


@compiled
def _find_wants(facts: SetFacts, recipient: int, number: int, room: Room) -> None:
    """Write what a set wants of teams, seniors and hand-overs."""
    periods = facts.heads.shape[1]
    for period in range(periods):
        room.senior[period] = 1.0 if facts.wants_senior[recipient, period] else 0.0
        for donor in range(facts.pairs.shape[1]):
            pair = facts.pairs[number, donor]
            room.team[donor, period] = facts.teams[pair] if pair >= 0 else 0.0
        for need in range(facts.need_starts[recipient], facts.need_starts[recipient + 1]):
            room.handover[facts.place_of[need], period] = 1.0 if _has_handover(facts, need, period) else 0.0


@compiled
def _find_slopes(
    facts: SetFacts, columns: ColumnFacts, pair_of: Positions, recipient: int, number: int, room: Room, count: int
) -> None:
    """Find what is missing of teams, seniors and hand-overs with the postings chosen: where own prices should rise."""
    _find_wants(facts, recipient, number, room)
    for each in range(count):
        column, place = room.columns[each], facts.place_of[room.needs[each]]
        term = columns.term[column]
        first, counts, last = facts.terms[term, 0], facts.terms[term, 1], facts.terms[term, 2]
        for period in range(first, last + 1):
            room.senior[period] -= columns.is_senior[column]
            if period > counts:
                room.handover[place, period] -= 1.0
        for donor in range(facts.pairs.shape[1]):
            if facts.pairs[number, donor] == pair_of[column]:
                for period in range(first, last + 1):
                    room.team[donor, period] -= 1.0


@compiled
def _move_own_prices(facts: SetFacts, own: OwnPrices, recipient: int, number: int, room: Room, step: float) -> None:
    for period in range(facts.heads.shape[1]):
        for donor in range(facts.pairs.shape[1]):
            pair = facts.pairs[number, donor]
            if pair >= 0 and facts.teams[pair] > 0:
                moved = own.team[number, donor, period] + step * room.team[donor, period]
                own.team[number, donor, period] = min(facts.team_price, max(0.0, moved))
        if facts.wants_senior[recipient, period]:
            moved = own.senior[number, period] + step * room.senior[period]
            own.senior[number, period] = min(facts.senior_price, max(0.0, moved))
        for need in range(facts.need_starts[recipient], facts.need_starts[recipient + 1]):
            if _has_handover(facts, need, period):
                place = facts.place_of[need]
                moved = own.handover[number, place, period] + 0.5 * step * room.handover[place, period]
                own.handover[number, place, period] = min(facts.handover_price, max(0.0, moved))


@compiled
def _raise_set(
    pricing: Pricing, recipient: int, number: int, room: Room, kept: OwnPrices, steps: int, step: float
) -> float:
    """Move the own prices of a set to where it costs most, as far as some steps go; return what it costs there."""
    facts, columns, best, own, pair_of, pair_costs = pricing
    highest = -np.inf
    for _ in range(steps):
        value, count = _value_set(facts, columns, best, own, pair_costs, recipient, number, room)
        if value > highest:
            highest = value
            kept.team[0], kept.senior[0] = own.team[number], own.senior[number]
            kept.handover[0] = own.handover[number]
        else:
            step *= _SHRINK
        _find_slopes(facts, columns, pair_of, recipient, number, room, count)
        _move_own_prices(facts, own, recipient, number, room, step)
    own.team[number], own.senior[number], own.handover[number] = kept.team[0], kept.senior[0], kept.handover[0]
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
        np.zeros((most, terms)),
        np.zeros(terms),
        np.zeros((most + 1, terms)),
        np.zeros((most + 1, terms), np.int64),
        np.zeros(periods + 1),
        np.zeros(periods + 1, np.int64),
        np.zeros(chosen.shape[1] + 1, np.int64),
        np.zeros(chosen.shape[1] + 1, np.int64),
        np.zeros((most, periods)),
        np.zeros(periods),
        np.zeros((places, periods)),
    )
    kept = OwnPrices(np.zeros((1, most, periods)), np.zeros((1, periods)), np.zeros((1, places, periods)))
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
            values[lowest] = _raise_set(pricing, recipient, lowest, room, kept, steps, step)
        lowest = first + np.argmin(values[first:last])
        cheapest[recipient] = lowest
        _value, count = _value_set(facts, columns, best, own, pair_costs, recipient, lowest, room)
        chosen[recipient] = -1
        chosen[recipient, :count] = room.columns[:count]
