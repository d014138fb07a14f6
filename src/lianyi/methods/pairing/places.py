"""What each recipient of a pairing problem wants, who may help it, and what that costs in the weighted sum of goals."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lianyi.methods.pairing.arcs import Arcs, arcs_of
from lianyi.methods.pairing.problem import Pair, PairingProblem, PairStatus, Recipient
from lianyi.methods.pairing.rules import Goal, RuleId
from lianyi.methods.small_sets import sets_up_to

OF_A_BROKEN_RULE = 1e7
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Help:
    """People of one donor for one need: the cost of each, less what a person missing there would cost."""

    donor: int
    need: int
    specialty: int
    cost: float


@dataclass(frozen=True, slots=True)
class Lacking:
    """What it costs a recipient that something lacks to its least share, to its least donors, to a team."""

    share: float
    donors: float
    team: float


@dataclass(frozen=True, slots=True)
class Place:
    """A recipient with the numbers of its needs and donors.

    ``helps`` are sorted, the most worthwhile first. ``sets`` are all sets of donors that it may have, where they are
    few; each holds ``held``, the donors that it must have. ``base`` is what it costs to have no pair and nobody.
    """

    wanted: Mapping[int, int]
    helps: tuple[Help, ...]
    donors: tuple[int, ...]
    sets: tuple[frozenset[int], ...] | None
    held: frozenset[int]
    most_donors: int
    pair_costs: Mapping[int, float]
    teams: Mapping[int, int]
    least_people: int
    least_donors: int
    base: float


def lacking_of(problem: PairingProblem) -> Lacking:
    """Return the costs of what lacks; of hard rules so high that nothing pays for them."""
    rules = problem.rules
    weight = rules.weight_of(Goal.COVERAGE)

    def cost(rule: RuleId) -> float:
        return OF_A_BROKEN_RULE if rules.is_hard(rule) else rules.price_of(rule) * weight

    return Lacking(cost(RuleId.LEAST_COVERAGE), cost(RuleId.LEAST_DONORS), cost(RuleId.TEAM))


def places_of(problem: PairingProblem, specialties: Mapping[str, int]) -> list[Place]:
    """Return the place of each recipient, in their order."""
    maker = _Maker(problem, specialties)
    return [maker.place(recipient) for recipient in problem.recipients]


class _Maker:
    def __init__(self, problem: PairingProblem, specialties: Mapping[str, int]) -> None:
        self._problem, self._specialties = problem, specialties
        self._donors = {donor.id: number for number, donor in enumerate(problem.donors)}
        self._needs = {need.id: number for number, need in enumerate(problem.needs)}
        self._missing = _missing(problem)
        self._helps = self._helps_by_need(arcs_of(problem))
        self._pairs: dict[str, list[Pair]] = defaultdict(list)
        for pair in problem.pairs:
            self._pairs[pair.recipient].append(pair)

    def _helps_by_need(self, arcs: Arcs) -> Mapping[int, list[Help]]:
        problem, rules = self._problem, self._problem.rules
        travel = rules.weight_of(Goal.COST) * rules.cost.travel_hour * 2.0
        found: defaultdict[int, list[Help]] = defaultdict(list)
        for donor, number, pair in zip(arcs.donor.tolist(), arcs.need.tolist(), arcs.pair.tolist(), strict=True):
            need = problem.needs[number]
            level = problem.strength_of[problem.donors[donor].id, need.specialty].level
            cost = rules.weight_of(Goal.MATCH) * need.priority * (1.0 - level)
            cost += travel * problem.pairs[pair].travel_hours - self._missing[number]
            found[number].append(Help(donor, number, self._specialties[need.specialty], cost))
        return found

    def place(self, recipient: Recipient) -> Place:
        problem = self._problem
        numbers = [self._needs[need.id] for need in problem.needs_at[recipient.id]]
        wanted = {number: problem.needs[number].wanted for number in numbers}
        pairs = self._pairs[recipient.id]
        possible = [pair for pair in pairs if pair.is_possible]
        donors = tuple(self._donors[pair.donor] for pair in possible)
        most = len(donors) if recipient.most_donors is None else min(recipient.most_donors, len(donors))
        held = frozenset(self._donors[pair.donor] for pair in possible if pair.status is PairStatus.FIXED)
        sets = sets_up_to(donors, most)
        helps = (help_ for number in numbers for help_ in self._helps.get(number, ()))
        missing = math.fsum(self._missing[number] * people for number, people in wanted.items())
        return Place(
            wanted=wanted,
            helps=tuple(sorted(helps, key=lambda each: (each.cost, each.need, each.donor))),
            donors=donors,
            sets=None if sets is None else tuple(each for each in sets if held <= each),
            held=held,
            most_donors=most,
            pair_costs={self._donors[pair.donor]: self._cost_of(pair) for pair in possible},
            teams={self._donors[pair.donor]: pair.least_team for pair in possible if pair.least_team},
            least_people=math.ceil(recipient.least_coverage * sum(wanted.values()) - _ROUNDING),
            least_donors=recipient.least_donors,
            base=missing + self._ended(pairs),
        )

    def _cost_of(self, pair: Pair) -> float:
        """Return what a pair costs more than none; less than nothing where it is a tie or was published."""
        problem, prices = self._problem, self._problem.rules.cost
        weight_of = problem.rules.weight_of
        cost = weight_of(Goal.PAIRS)
        cost += weight_of(Goal.COST) * (-prices.broken_tie if pair.tie_years > 0 else prices.new_pair)
        if problem.published is None:
            return cost
        change = weight_of(Goal.PAIRS_CHANGED)
        return cost - change if pair.key in problem.published.pairs else cost + change

    def _ended(self, pairs: Sequence[Pair]) -> float:
        """Return what it costs to have none of the ties and none of the published pairs."""
        problem, weight_of = self._problem, self._problem.rules.weight_of
        before = problem.published.pairs if problem.published is not None else frozenset()
        ties = sum(pair.tie_years > 0 for pair in pairs)
        ended = sum(pair.key in before for pair in pairs)
        return weight_of(Goal.COST) * problem.rules.cost.broken_tie * ties + weight_of(Goal.PAIRS_CHANGED) * ended


def _missing(problem: PairingProblem) -> list[float]:
    """Return what one missing person of each need costs."""
    rules = problem.rules
    price = OF_A_BROKEN_RULE if rules.is_hard(RuleId.NEED) else rules.price_of(RuleId.NEED) * rules.weight_of(Goal.NEED)
    return [price * need.priority for need in problem.needs]
