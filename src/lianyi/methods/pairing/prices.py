"""What people and partners of each donor are worth: prices of its limits, by subgradients on the needs one by one.

For given prices every need takes the people that are cheapest for it, whoever else wants them; donors that are asked
for too much become dearer (M. Held, P. Wolfe and H. Crowder, Mathematical Programming 6 (1974) 62-88), by steps that
shrink with what each price has moved already (J. Duchi, E. Hazan and Y. Singer, Journal of Machine Learning Research 12
(2011) 2121-2159). A pair's cost is spread over the people that it can send, so that needs do not hang together. What
everything costs at least at these prices, less what the limits are worth, is a bound for all plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.linear_models import Relaxation
from lianyi.methods.pairing.arcs import Arcs
from lianyi.methods.pairing.model import PairingModel
from lianyi.methods.pairing.problem import Key, PairingProblem
from lianyi.methods.pairing.rules import Goal, RuleId

_FEWEST_ROUNDS, _MOST_ROUNDS = 200, 1000
_ARCS_IN_ALL_ROUNDS = 3e7
_SHARE_OF_A_NEED = 0.1
_NOTHING = 1e-9
_NO_LIMIT = np.inf
_OF_A_HARD_NEED = 1e4


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What one person of a donor, one of a donor and specialty, and one recipient more of a donor cost.

    ``burden`` has a row for each donor and a column for each step of the burden. At these prices a need costs at least
    what ``least_of_need`` says by its id, and a pair at least what ``least_of_pair`` says, in any plan.
    """

    total: Floats
    specialty: Mapping[tuple[int, str], float]
    recipients: Floats
    burden: Floats
    least_of_need: Mapping[str, float]
    least_of_pair: Mapping[Key, float]

    def of_person(self, donor: int, specialty: str) -> float:
        """Return the price of one person of a donor."""
        price = self.total[donor] + self.specialty.get((donor, specialty), 0.0) + self.burden[donor].sum()
        return float(price)


@dataclass(slots=True, eq=False)
class _Limit:
    """One kind of limit: the limit that each arc counts against, how much there is, and the highest price."""

    of_arc: Positions
    most: Floats
    highest: float
    share: Floats
    price: Floats

    def excess(self, sent: Floats) -> Floats:
        used = np.bincount(self.of_arc, sent * self.share, minlength=self.most.size)
        return np.where(np.isfinite(self.most), used - np.where(np.isfinite(self.most), self.most, 0.0), 0.0)

    @property
    def paid(self) -> float:
        is_limited = np.isfinite(self.most)
        return float(self.price[is_limited] @ self.most[is_limited])


def prices_of(problem: PairingProblem, arcs: Arcs) -> Prices:
    """Find prices for the weighted sum of all goals."""
    return _found(problem, arcs, None)


def prices_from(model: PairingModel, relaxed: Relaxation) -> Prices:
    """Return what one more of each limit is worth to the whole model with fractions allowed.

    They are far nearer to the best prices than those of the needs one by one, where the solver has the time.
    """
    problem, worth = model.problem, np.maximum(-relaxed.prices, 0.0)
    donors = {donor.id: number for number, donor in enumerate(problem.donors)}
    total, recipients = np.zeros(len(donors)), np.zeros(len(donors))
    specialty: dict[tuple[int, str], float] = {}
    for clause, rows in model.clauses.items():
        price = float(worth[rows].sum())
        if clause.rule == RuleId.DONOR_TOTAL:
            total[donors[clause.subject]] = price
        elif clause.rule == RuleId.DONOR_RECIPIENTS:
            recipients[donors[clause.subject]] = price
        elif clause.rule == RuleId.DONOR_SPECIALTY:
            donor, _slash, name = clause.subject.rpartition("/")
            specialty[donors[donor], name] = price
    burden = np.where(model.burdens >= 0, worth[model.burdens], 0.0)
    return _found(problem, model.arcs, _Known(total, specialty, recipients, burden))


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Prices that were found elsewhere."""

    total: Floats
    specialty: Mapping[tuple[int, str], float]
    recipients: Floats
    burden: Floats


def _found(problem: PairingProblem, arcs: Arcs, known: _Known | None) -> Prices:
    """Return prices with what everything costs at least at them: those known, else the best of a search."""
    specialty = [problem.needs[need].specialty for need in arcs.need.tolist()]
    keys = sorted(set(zip(arcs.donor.tolist(), specialty, strict=True)))
    number_of = {key: number for number, key in enumerate(keys)}
    of_key = np.array([number_of[key] for key in zip(arcs.donor.tolist(), specialty, strict=True)], np.int64)
    limits = _limits(problem, arcs, keys, of_key)
    search = _Search(problem, arcs, limits)
    if known is not None:
        search.take(known, keys)
    elif len(arcs):
        search.run()
    steps = len(problem.rules.burden_steps)
    burden = np.array([limit.price for limit in limits[3:]]).T.reshape(len(problem.donors), steps)
    by_key = {key: float(limits[1].price[number]) for key, number in number_of.items()}
    least = np.minimum(_costs_of_pairs(problem), 0.0).tolist()
    return Prices(
        limits[0].price,
        by_key,
        limits[2].price,
        burden,
        {need.id: cost for need, cost in zip(problem.needs, search.least_of_needs().tolist(), strict=True)},
        {pair.key: cost for pair, cost in zip(problem.pairs, least, strict=True)},
    )


def _limits(problem: PairingProblem, arcs: Arcs, keys: list[tuple[int, str]], of_key: Positions) -> tuple[_Limit, ...]:
    """Return limits of people, people of a specialty, recipients, and each step of the burden."""
    rules = problem.rules
    one = np.ones(len(arcs))

    def limit(of_arc: Positions, most: list[float | None], highest: float, share: Floats = one) -> _Limit:
        amounts = np.array([_NO_LIMIT if each is None else each for each in most], np.float64)
        return _Limit(of_arc, amounts, highest, share, np.zeros(amounts.size))

    def highest(rule: RuleId) -> float:
        return rules.price_of(rule) * rules.weight_of(Goal.BREACHES)

    of_specialty = [problem.strength_of[problem.donors[donor].id, name].people for donor, name in keys]
    fair = [problem.fair_people(donor) for donor in problem.donors]
    past = [donor.past_people for donor in problem.donors]
    return (
        limit(arcs.donor, [donor.most_people for donor in problem.donors], highest(RuleId.DONOR_TOTAL)),
        limit(of_key, [*of_specialty], highest(RuleId.DONOR_SPECIALTY)),
        limit(
            arcs.donor,
            [donor.most_recipients for donor in problem.donors],
            highest(RuleId.DONOR_RECIPIENTS),
            1.0 / _people_of_pairs(problem, arcs)[arcs.pair],
        ),
        *(
            limit(
                arcs.donor,
                [None if share is None else step * share - before for share, before in zip(fair, past, strict=True)],
                rules.weight_of(Goal.BURDEN),
            )
            for step in rules.burden_steps
        ),
    )


def _people_of_pairs(problem: PairingProblem, arcs: Arcs) -> Floats:
    """Return the most people that each pair could send; 1 at least."""
    found = np.zeros(len(problem.pairs))
    np.add.at(found, arcs.pair, _most_on_arcs(problem, arcs))
    return np.maximum(found, 1.0)


def _most_on_arcs(problem: PairingProblem, arcs: Arcs) -> Floats:
    most = []
    of_specialty, in_all = (problem.rules.is_hard(rule) for rule in (RuleId.DONOR_SPECIALTY, RuleId.DONOR_TOTAL))
    for donor, need in zip(arcs.donor.tolist(), arcs.need.tolist(), strict=True):
        wanted = problem.needs[need]
        people = problem.strength_of[problem.donors[donor].id, wanted.specialty].people if of_specialty else None
        limit = problem.donors[donor].most_people if in_all else None
        most.append(min(each for each in (people, limit, wanted.wanted) if each is not None))
    return np.array(most, np.float64)


class _Search:
    def __init__(self, problem: PairingProblem, arcs: Arcs, limits: tuple[_Limit, ...]) -> None:
        rules = problem.rules
        self._limits = limits
        self._need = arcs.need
        self._wanted = np.array([need.wanted for need in problem.needs], np.float64)
        self._most = _most_on_arcs(problem, arcs)
        price = _OF_A_HARD_NEED if rules.is_hard(RuleId.NEED) else rules.price_of(RuleId.NEED)
        priority = np.array([need.priority for need in problem.needs], np.float64)
        self._worth = rules.weight_of(Goal.NEED) * price * priority
        self._step = _SHARE_OF_A_NEED * float(self._worth.mean()) if priority.size else 0.0
        self._costs = _costs(problem, arcs) - self._worth[arcs.need]

    def run(self) -> None:
        """Raise the bound round by round and leave the best prices in the limits."""
        best = -np.inf
        kept = [limit.price.copy() for limit in self._limits]
        moved = [np.full(limit.most.size, _NOTHING) for limit in self._limits]
        rounds = int(np.clip(_ARCS_IN_ALL_ROUNDS / self._need.size, _FEWEST_ROUNDS, _MOST_ROUNDS))
        for _round in range(rounds):
            sent, costs = self._cheapest()
            bound = float(sent @ costs) - sum(limit.paid for limit in self._limits)
            if bound > best:
                best, kept = bound, [limit.price.copy() for limit in self._limits]
            for number, limit in enumerate(self._limits):
                excess = limit.excess(sent)
                moved[number] += excess * excess
                step = min(self._step, limit.highest) * excess / np.sqrt(moved[number])
                limit.price = np.clip(limit.price + step, 0.0, limit.highest)
        for limit, price in zip(self._limits, kept, strict=True):
            limit.price = price

    def take(self, known: _Known, keys: list[tuple[int, str]]) -> None:
        """Put known prices into the limits, none above what a breach would cost."""
        of_keys = np.array([known.specialty.get(key, 0.0) for key in keys], np.float64)
        prices = (known.total, of_keys, known.recipients, *known.burden.T)
        for limit, price in zip(self._limits, prices, strict=True):
            limit.price = np.where(np.isfinite(limit.most), np.minimum(price, limit.highest), 0.0)

    def _cheapest(self) -> tuple[Floats, Floats]:
        """Give each need its cheapest people, as long as they are worth it; return people and costs by arc."""
        costs = self._costs.copy()
        for limit in self._limits:
            costs += limit.price[limit.of_arc] * limit.share
        order = np.lexsort((costs, self._need))
        need, most = self._need[order], np.where(costs[order] < 0.0, self._most[order], 0.0)
        before = np.cumsum(most) - most
        first = np.searchsorted(need, need, side="left")
        sent = np.empty(order.size)
        sent[order] = np.clip(self._wanted[need] - (before - before[first]), 0.0, most)
        return sent, costs

    def least_of_needs(self) -> Floats:
        """Return what each need costs at least: its cheapest people, and those who are missing."""
        sent, costs = self._cheapest()
        found: Floats = np.bincount(self._need, sent * costs, minlength=self._wanted.size).astype(np.float64)
        return found + self._worth * self._wanted


def _costs_of_pairs(problem: PairingProblem) -> Floats:
    """Return what each pair costs; less than nothing where it is a tie or was published."""
    rules, prices = problem.rules, problem.rules.cost
    was_there = problem.published.pairs if problem.published is not None else frozenset()
    changed = rules.weight_of(Goal.PAIRS_CHANGED) if problem.published is not None else 0.0
    of_pair = []
    for pair in problem.pairs:
        cost = rules.weight_of(Goal.COST) * (-prices.broken_tie if pair.tie_years > 0 else prices.new_pair)
        cost += rules.weight_of(Goal.PAIRS) + (-changed if pair.key in was_there else changed)
        of_pair.append(cost)
    return np.array(of_pair, np.float64)


def _costs(problem: PairingProblem, arcs: Arcs) -> Floats:
    """Return what one person on each arc costs: strength, travel, and a share of what the pair costs."""
    rules, prices = problem.rules, problem.rules.cost
    hours = np.array([pair.travel_hours for pair in problem.pairs])
    lacks = [
        problem.needs[need].priority
        * (1.0 - problem.strength_of[problem.donors[donor].id, problem.needs[need].specialty].level)
        for donor, need in zip(arcs.donor.tolist(), arcs.need.tolist(), strict=True)
    ]
    found: Floats = np.maximum(_costs_of_pairs(problem), 0.0)[arcs.pair]
    found = found / _people_of_pairs(problem, arcs)[arcs.pair]
    found += rules.weight_of(Goal.COST) * prices.travel_hour * 2.0 * hours[arcs.pair]
    return found + rules.weight_of(Goal.MATCH) * np.array(lacks)
