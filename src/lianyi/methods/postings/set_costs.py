"""What each set of donors costs each recipient at least, at prices of the shared limits: a quick relaxation.

Each need is planned alone, by terms of people who follow one another; what ties the needs of a recipient together -
the team of a donor, somebody of senior title, hand-overs - has prices of its own for each set, which are moved to where
the set costs most (Lagrange's multipliers once more: A. M. Geoffrion, Mathematical Programming Study 2, 1974, 82-114).
All other rules of a recipient are left out. So no plan with the set costs less, and a country is priced in a second.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.postings.building import PostingModel
from lianyi.methods.postings.problem import PostingProblem, missed_specialties
from lianyi.methods.postings.rules import GOAL_OF_RULE, RuleId
from lianyi.methods.postings.set_cost_facts import Answers, BestColumns, ColumnFacts, OwnPrices, Pricing, SetFacts
from lianyi.methods.postings.set_cost_kernels import find_best_columns, price_recipients
from lianyi.methods.postings.set_problem import SetProblem

_STEPS, _STEP = 4, 0.1
_DEAR = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class SetValues:
    """What each set costs at least, the cheapest one of each recipient, and how often each column is in their plans."""

    values: Floats
    cheapest: Positions
    uses: Floats


@dataclass(slots=True, eq=False)
class SetCosts:
    """Prices the sets of all recipients, with so many threads; remembers the own prices of each set.

    Parameters
    ----------
    model, problem
        The model, and its recipients with their sets.
    threads
        How many recipients are priced at the same time; the answer is the same for any number.
    """

    model: PostingModel
    problem: SetProblem
    threads: int = 1
    _facts: SetFacts = field(init=False)
    _columns: ColumnFacts = field(init=False)
    _best: BestColumns = field(init=False)
    _own: OwnPrices = field(init=False)
    _most_chosen: int = field(init=False)

    def __post_init__(self) -> None:
        self._facts, self._columns = _facts_of(self.model, self.problem)
        slots = 2 * self._facts.terms.shape[0] * self._facts.at_once.size
        self._best = BestColumns(np.empty((slots, 2)), np.full((slots, 2), -1))
        sets, most = self._facts.pairs.shape
        periods, places = self._facts.heads.shape[1], self._facts.links.shape[1]
        self._own = OwnPrices(
            np.zeros((sets, most, periods)), np.zeros((sets, periods)), np.zeros((sets, places, periods))
        )
        heads = self._facts.most_heads
        of_recipient = np.add.reduceat(np.append(heads, 0), self._facts.need_starts[:-1])
        self._most_chosen = int(of_recipient.max(initial=0)) * periods + 1

    @property
    def typical(self) -> float:
        """What one missing person costs, in the mean."""
        return float(self._facts.worth.mean()) if self._facts.worth.size else 1.0

    def priced(self, costs: Floats, is_active: Flags, length: float = 1.0) -> SetValues:
        """Return the least costs of the active sets where each column of the model costs so much.

        The own prices move by this length of a full step; short ones let them settle.
        """
        find_best_columns(costs[self.model.choices], self._columns, self._best)
        pair_costs = costs[self.model.partners]
        recipients = self.problem.parts.recipients
        values = np.empty(is_active.size)
        cheapest = np.empty(recipients, np.int64)
        chosen = np.empty((recipients, self._most_chosen), np.int64)

        pricing = Pricing(self._facts, self._columns, self._best, self._own, self.model.columns.pair, pair_costs)
        answers = Answers(values, cheapest, chosen)
        step = _STEP * (self._facts.team_price if self._facts.team_price < _DEAR else self.typical)

        def price(ends: tuple[int, int]) -> None:
            price_recipients(pricing, is_active, *ends, _STEPS, length * step, answers)

        cuts = np.linspace(0, recipients, self.threads + 1).astype(int).tolist()
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(price, pairwise(cuts)))
        return SetValues(values, cheapest, self._uses(cheapest, chosen))

    def _uses(self, cheapest: Positions, chosen: Positions) -> Floats:
        uses = np.zeros(self.model.program.columns)
        np.add.at(uses, self.model.choices[chosen[chosen >= 0]], 1.0)
        pairs = self._facts.pairs[cheapest]
        np.add.at(uses, self.model.partners[pairs[pairs >= 0]], 1.0)
        return uses


def can_be_priced(model: PostingModel, problem: SetProblem) -> bool:
    """Tell whether the relaxation holds: no training seats, and nothing shared counts what recipients lack."""
    if any(need.is_training for need in model.problem.needs):
        return False
    parts = problem.parts
    known = np.zeros(model.program.columns, np.bool_)
    known[model.choices] = True
    known[model.partners] = True
    known[parts.common] = True
    others = np.flatnonzero(~known)
    is_shared = np.zeros(model.program.rows, np.bool_)
    is_shared[parts.shared] = True
    is_free = bool((parts.program.costs[others] >= 0.0).all())
    return is_free and not is_shared[parts.divisible.by_column[:, others].indices].any()


def _facts_of(model: PostingModel, problem: SetProblem) -> tuple[SetFacts, ColumnFacts]:
    held = model.problem
    periods, rules = held.horizon.periods, held.rules
    number_of = {each.id: number for number, each in enumerate(held.recipients)}
    of_need = np.array([number_of[need.recipient] for need in held.needs], np.int64)
    order = np.argsort(of_need, kind="stable")
    need_starts = np.searchsorted(of_need[order], np.arange(len(held.recipients) + 1))
    place_of = np.empty(order.size, np.int64)
    place_of[order] = np.arange(order.size)
    heads = np.array([need.planned_heads(periods) for need in held.needs], np.int64).reshape(-1, periods)[order]
    links, link_of, at_once = _links(model, place_of, need_starts)
    terms, term_of = _terms(model)
    # What nobody can serve belongs to no recipient: it is counted with the common columns.
    heads[~_covered(model, model.columns.covers, place_of[model.columns.need], heads.shape)] = 0
    ranks = np.array([person.rank for person in held.people], np.int64)
    is_senior = (ranks[model.columns.person] >= rules.senior_rank).astype(np.int64)
    wants_senior = _covered(
        model, model.columns.first, model.columns.recipient, (len(held.recipients), periods), is_senior > 0
    )
    wants_senior[[not each.needs_senior for each in held.recipients]] = False
    facts = SetFacts(
        pairs=problem.sets.as_array(),
        set_starts=problem.sets.starts,
        need_starts=need_starts.astype(np.int64),
        place_of=np.arange(order.size) - need_starts[of_need[order]],
        heads=heads,
        most_heads=heads.max(axis=1, initial=0),
        worth=np.array([need.priority for need in held.needs], np.float64)[order] * _price(held, RuleId.NEED),
        is_steady=np.array([np.unique(row[row > 0]).size <= 1 for row in heads], np.bool_),
        links=links,
        at_once=at_once,
        terms=terms,
        teams=np.array([pair.least_team or 0 for pair in held.pairs], np.int64),
        wants_senior=wants_senior,
        are_posted_once=rules.most_postings_per_person == 1 and rules.is_hard(RuleId.MOST_POSTINGS),
        team_price=_price(held, RuleId.TEAM),
        senior_price=_price(held, RuleId.SENIOR),
        handover_price=_price(held, RuleId.HANDOVER),
    )
    slots = (link_of * terms.shape[0] + term_of) * 2 + is_senior
    return facts, ColumnFacts(term_of, is_senior, model.columns.person, slots)


def _covered(
    model: PostingModel, first: Positions, lines: Positions, shape: tuple[int, int], chosen: Flags | None = None
) -> Flags:
    """Return in which periods any (chosen) posting of each line counts, from its first period there to its last."""
    found = np.zeros(shape, np.bool_)
    for period in range(shape[1]):
        counts = (first <= period) & (model.columns.last >= period)
        found[lines[counts if chosen is None else counts & chosen], period] = True
    return found


def _price(held: PostingProblem, rule: RuleId) -> float:
    """Return what one breach weighs in the sum of goals; what is hard may cost whatever is dear."""
    return _DEAR if held.rules.is_hard(rule) else held.rules.price_of(rule) * held.rules.weight_of(GOAL_OF_RULE[rule])


def _terms(model: PostingModel) -> tuple[Positions, Positions]:
    columns = model.columns
    all_terms = np.stack((columns.first, columns.covers, columns.last), axis=1)
    terms, term_of = np.unique(all_terms, axis=0, return_inverse=True)
    return terms.astype(np.int64), term_of.reshape(-1).astype(np.int64)


def _links(model: PostingModel, place_of: Positions, need_starts: Positions) -> tuple[Positions, Positions, Positions]:
    """Return pairs and needs (by place) that have columns, which of these each column is of, and how many at once."""
    columns, held = model.columns, model.problem
    needs = max(1, len(held.needs))
    keys, link_of = np.unique(columns.pair * needs + columns.need, return_inverse=True)
    number_of = {each.id: number for number, each in enumerate(held.recipients)}
    starts = np.array([need_starts[number_of[need.recipient]] for need in held.needs], np.int64)
    links = np.full((len(held.pairs), max(1, int(np.diff(need_starts).max(initial=0)))), -1)
    need = keys % needs
    links[keys // needs, place_of[need] - starts[need]] = np.arange(keys.size)
    return links, link_of.astype(np.int64), _at_once(model, keys % needs, keys // needs, link_of)


def _at_once(model: PostingModel, needs: Positions, pairs: Positions, link_of: Positions) -> Positions:
    """Return how many people a donor can have at one need at a time, by its limits of specialties and by its people."""
    held, periods = model.problem, model.problem.horizon.periods
    people: dict[int, set[int]] = defaultdict(set)
    for link, person in zip(link_of.tolist(), model.columns.person.tolist(), strict=True):
        people[link].add(person)
    is_hard = held.rules.is_hard(RuleId.DONOR_SPECIALTY)
    donors = {donor.id: donor for donor in held.donors}
    found = np.empty(needs.size, np.int64)
    for link, (number, pair) in enumerate(zip(needs.tolist(), pairs.tolist(), strict=True)):
        need, donor = held.needs[number], donors[held.pairs[pair].donor]
        found[link] = len(people[link])
        if is_hard:
            missed = [set(missed_specialties(held.people[each], need)) for each in sorted(people[link])]
            for specialty in sorted(set.intersection(*missed)):
                rooms = [donor.specialty_room(specialty, period) for period in range(periods)]
                known = [room for room in rooms if room is not None]
                found[link] = min(found[link], max(known)) if len(known) == periods else found[link]
    return found
