"""Compiled passes of `set_costs`: what a set of donors costs a recipient at least, at given prices.

The rows that tie the needs of a recipient together - teams, seniors, hand-overs - have prices of their own for each
set, so that each need is planned alone (`need_cost_kernels`).
"""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.compiling import compiled, compiled_into_callers
from lianyi.methods.postings.need_cost_kernels import has_handover, plan_need
from lianyi.methods.postings.set_cost_facts import (
    NEVER,
    Answers,
    BestColumns,
    ColumnFacts,
    OwnPrices,
    Pricing,
    Room,
    SetFacts,
)

_SETS_AGAIN = 4


@compiled
def find_best_columns(costs: Floats, columns: ColumnFacts, best: BestColumns) -> None:
    """Find the two cheapest postings of each slot; each person has one there at most."""
    found, chosen, slots = best.cost, best.column, columns.slot
    found[:] = NEVER
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
        cost, count = plan_need(facts, columns, best, own, number, need, room, count)
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
            handover[need - begin, period] = 1.0 if has_handover(heads, need, period) else 0.0


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
            if has_handover(heads, need, period):
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
