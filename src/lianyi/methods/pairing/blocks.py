"""Pairing plans for many recipients: turns, prices of the donors' people, blocks, with a bound for all plans.

The weighted sum of all goals is made least at once. (1) Recipients choose in turns, so that a lawful plan is there
within moments. (2) Prices are set on what donors can give: those of the whole model with fractions where there is time
for it. (3) With the prices recipients choose again, and small groups again and again. (4) With the prices and all
donors whole, each block of recipients is solved by itself: what the blocks cost at least, less what the limits are
worth, no plan can cost less (M. L. Fisher, Management Science 27 (1981) 1-18), nor less than the whole model with
fractions. (5) Small parts around recipients that are badly served are solved anew, while the rest stays, until the
time is up or nothing helps any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.errors import PairingPlanNotFoundError
from lianyi.methods.goal_search import Level
from lianyi.methods.linear_models import Ending, Solution, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, relative_gap, silent
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.checking import Verdict, check
from lianyi.methods.pairing.donor_sets import tightened
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.parts import Parts, joined, unlimited, without
from lianyi.methods.pairing.prices import Prices, prices_from, prices_of
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import REFUSALS, Plan, SearchAround
from lianyi.methods.pairing.stable import held_keys
from lianyi.methods.pairing.turn_search import TurnSearch
from lianyi.methods.solver_process import SolverProcess

RECIPIENTS_IN_A_BLOCK = 40
_RECIPIENTS_IN_A_PART = 12
_GAP_OF_A_BLOCK = 1e-3
_SHARE_OF_FRACTIONS = 0.25
_SHARE_OF_TURNS = 0.55
_STRETCHES = 8
_SHARE_OF_BOUND = 0.6
# How far the solver's sum of the model with fractions may be off.
_OF_FRACTIONS = 1e-6
_FRUITLESS_PARTS = 2
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """What a step brought the weighted sum of the goals to."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """A plan that was checked, the weighted sum of its goals, and what no plan can bring it below."""

    problem: PairingProblem
    pairing: Pairing
    verdict: Verdict
    value: float
    bound: float
    stop_reason: StopReason
    steps: tuple[Step, ...] = ()

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)

    def plan_of(self, model: PairingModel) -> Plan:
        """Return it as a plan of the whole model; only the sum of its goals has a bound."""
        values = model.values_of(self.pairing)
        levels = tuple(
            Level(
                goal,
                value := self.verdict.values[goal],
                0.0,
                StopReason.OPTIMAL if value <= _ROUNDING else StopReason.SEARCH_LIMIT,
            )
            for goal in model.problem.rules.goals
        )
        return Plan(self.pairing, REFUSALS.confirmed(levels, self.verdict), self.verdict, model.arcs.traces, values)


def plan_at_once(solver: SolverProcess, problem: PairingProblem, limits: SearchLimits) -> BlockPlan:
    """Make the weighted sum of all goals least with the whole model.

    Raises
    ------
    PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError
        As `lianyi.methods.pairing.solving.plan_pairs`.
    """
    model = model_of(problem, arcs_of(problem))
    if not model.program.columns:
        return _account(problem, Pairing(frozenset(), {}), _constant(model), (), StopReason.OPTIMAL)
    found = _solved(solver, model, _weighed(model), SolveWish(limits.seconds, limits.gap, limits.seed))
    if not found.has_values:
        raise REFUSALS.no_plan(found, model, solver, limits)
    bound = found.bound + _constant(model)
    return _account(problem, model.pairing_in(found.values), bound, (), found.stop_reason)


def plan_in_blocks(
    solver: SolverProcess,
    problem: PairingProblem,
    limits: SearchLimits,
    block_size: int = RECIPIENTS_IN_A_BLOCK,
    around: SearchAround | None = None,
) -> BlockPlan:
    """Make the weighted sum of all goals least block by block; with one block, at once.

    Whoever is ``around`` is told each plan that is better, and may stop the search and keep the best so far.

    Raises
    ------
    PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError
        As `lianyi.methods.pairing.solving.plan_pairs`; in blocks, hard rules that tie recipients together may also
        leave a block without a plan.

    Examples
    --------
    See docs/methods/pairing-plans.md.
    """
    if len(problem.recipients) <= block_size:
        return plan_at_once(solver, problem, limits)
    search = _Search(solver, problem, limits, block_size, around or SearchAround())
    search.choose_in_turns()
    bound = search.prove()
    ended = search.improve_parts(bound)
    if not check(problem, search.plan).is_lawful:
        message = (
            f"The time of {limits.seconds:g} seconds ended before every block of recipients had a plan that obeys "
            "every hard rule. Give more time, or give some rules a price."
        )
        raise PairingPlanNotFoundError(message, seconds=limits.seconds)
    return _account(problem, search.plan, bound, tuple(search.steps), ended)


class _Search:
    def __init__(
        self,
        solver: SolverProcess,
        problem: PairingProblem,
        limits: SearchLimits,
        block_size: int,
        around: SearchAround,
    ) -> None:
        self._solver, self._problem, self._limits, self._around = solver, problem, limits, around
        self._clock = Clock(limits, silent)
        self._rng = np.random.default_rng(limits.seed)
        self._parts = Parts(problem)
        self._blocks = self._parts.blocks(block_size)
        self._donors = {donor.id: number for number, donor in enumerate(problem.donors)}
        self._least_of_all = 0.0
        # Whoever has no turn in the time stays without help, but for pairs that are held.
        self.plan = Pairing(held_keys(problem), {})
        self._verdict = check(problem, self.plan)
        self.steps: list[Step] = [Step("held", _weighed_values(problem, self._verdict))]
        if around.start is not None and _is_known(problem, around.start):
            self._keep("start", around.start)

    @property
    def is_over(self) -> bool:
        return self._clock.is_over or self._around.is_stopped()

    def _keep(self, name: str, plan: Pairing) -> bool:
        """Keep a plan that is better, or lawful where none was before, and tell it; return whether it is."""
        verdict = check(self._problem, plan)
        value = _weighed_values(self._problem, verdict)
        is_better = value < self.steps[-1].value - _ROUNDING
        if verdict.is_lawful < self._verdict.is_lawful or not (
            is_better or verdict.is_lawful > self._verdict.is_lawful
        ):
            return False
        self.plan, self._verdict = plan, verdict
        self.steps.append(Step(name, value))
        if verdict.is_lawful:
            levels = tuple(
                Level(goal, verdict.values[goal], 0.0, StopReason.SEARCH_LIMIT) for goal in self._problem.rules.goals
            )
            self._around.take(plan, levels)
        return True

    def choose_in_turns(self) -> None:
        """Let the recipients choose without prices, find prices, and let them choose with these again and again."""
        first = TurnSearch(self._problem, None, self._limits.seed)
        first.first()
        self._keep("turns", first.pairing())
        self._prices = self._found_prices()
        if self.is_over:
            return
        search = TurnSearch(self._problem, self._prices, self._limits.seed)
        search.first()
        self._keep("turns", search.pairing())
        until = self._clock.seconds_left() * (1.0 - _SHARE_OF_TURNS)
        seconds = max(self._clock.seconds_left() - until, _ROUNDING)
        rounds = search.rounds

        def share_gone(done: int) -> float:
            if self._around.is_stopped():
                return 1.0
            return max(done / rounds, 1.0 - (self._clock.seconds_left() - until) / seconds)

        # In a few stretches, so that the best so far is told between them.
        for stretch in range(_STRETCHES):
            search.improve(rounds // _STRETCHES, _stretched(share_gone, stretch, rounds // _STRETCHES))
            self._keep("turns", search.pairing())

    def _found_prices(self) -> Prices:
        """Return the prices of the whole model with fractions, or of the needs one by one where that takes too long."""
        model = model_of(self._problem, arcs_of(self._problem))
        if not model.program.columns:
            return prices_of(self._problem, model.arcs)
        seconds = max(self._clock.seconds_left() * _SHARE_OF_FRACTIONS, _ROUNDING)
        relaxed = self._solver.relaxed(model.program.with_objective(_weighed(model)), seconds)
        if not relaxed.has_values:
            return prices_of(self._problem, model.arcs)
        total = relaxed.objective + _constant(model)
        self._least_of_all = total - _OF_FRACTIONS * max(1.0, abs(total))
        return prices_from(model, relaxed)

    def _replan(self, block: Sequence[int], seconds: float) -> bool:
        """Plan some recipients anew while the others stay; keep what is better."""
        problem = self._parts.beside(block, self.plan)
        model = model_of(problem, arcs_of(problem))
        if not model.program.columns:
            return False
        ids = {recipient.id for recipient in problem.recipients}
        others = without(self._problem, self.plan, ids)
        now = Pairing(self.plan.pairs - others.pairs, _only(self.plan, others))
        wish = SolveWish(seconds, _GAP_OF_A_BLOCK, self._limits.seed)
        found = _solved(self._solver, model, _weighed(model), wish, model.values_of(now))
        if not found.has_values:
            if found.ending is Ending.IMPOSSIBLE and not self._verdict.is_lawful:
                raise REFUSALS.no_plan(found, model, self._solver, self._limits)
            return False
        return self._keep("part", joined(others, model.pairing_in(found.values)))

    def _priced(self, model: PairingModel) -> Floats:
        """Return the costs of a model with what its people and pairs cost others."""
        costs, prices = _weighed(model), self._prices
        problem, arcs = model.problem, model.arcs
        donor_of = [self._donors[donor.id] for donor in problem.donors]
        costs[model.sending] += [
            prices.of_person(donor_of[donor], problem.needs[need].specialty)
            for donor, need in zip(arcs.donor.tolist(), arcs.need.tolist(), strict=True)
        ]
        costs[model.helping] += [prices.recipients[self._donors[pair.donor]] for pair in problem.pairs]
        return costs

    def prove(self) -> float:
        """Solve each block by itself with prices; return what no plan can cost less than, 0 at least."""
        until = self._clock.seconds_left() * (1.0 - _SHARE_OF_BOUND)
        total = _gone(self._problem) - worth_of_limits(self._problem, self._prices)
        for number, block in enumerate(self._blocks):
            seconds = max(self._clock.seconds_left() - until, 0.0) / (len(self._blocks) - number)
            problem = unlimited(self._parts.only(block))
            model = model_of(problem, arcs_of(problem))
            wish = SolveWish(max(seconds, _ROUNDING), _GAP_OF_A_BLOCK, self._limits.seed)
            total += _constant(model)
            if not model.program.columns:
                continue
            found = _solved(self._solver, model, self._priced(model), wish)
            # Where the time was too short for a bound, that of the needs one by one holds too.
            total += max(found.bound, self._least(problem))
        return max(total, self._least_of_all, 0.0)

    def _least(self, block: PairingProblem) -> float:
        needs = sum(self._prices.least_of_need[need.id] for need in block.needs)
        return needs + sum(self._prices.least_of_pair[pair.key] for pair in block.pairs)

    def is_near(self, bound: float) -> bool:
        return relative_gap(self.steps[-1].value, bound) <= max(self._limits.gap, _ROUNDING)

    def improve_parts(self, bound: float) -> StopReason:
        """Plan blocks, then small parts again until the gap is reached, the time is up, or all had turns in vain."""
        fruitless = 0
        count = len(self._problem.recipients)
        waiting = [] if self._verdict.is_lawful else list(self._blocks)
        weights = self._badly_served()
        while fruitless < _FRUITLESS_PARTS * count and not self.is_near(bound):
            if self.is_over:
                return StopReason.TIME_LIMIT
            part = waiting.pop() if waiting else self._part(int(self._rng.choice(count, p=weights / weights.sum())))
            if self._replan(part, max(self._clock.seconds_left() / (1 + len(waiting)), _ROUNDING)):
                fruitless, weights = 0, self._badly_served()
            else:
                fruitless += 1
        return StopReason.GAP if self.is_near(bound) else StopReason.SEARCH_LIMIT

    def _part(self, centre: int) -> list[int]:
        shared = self._parts.near(centre)
        numbers = np.array(sorted(shared), np.int64)
        if not numbers.size:
            return [centre]
        near = np.array([shared[number] for number in numbers.tolist()]) + 1.5 * self._rng.random(numbers.size)
        others = numbers[np.argsort(-near, kind="stable")][: _RECIPIENTS_IN_A_PART - 1]
        return sorted([centre, *others.tolist()])

    def _badly_served(self) -> Floats:
        """Return how much each recipient should be looked at again: who misses most, and everybody a little."""
        sent: Counter[str] = Counter()
        for (_donor, name), people in self.plan.people.items():
            sent[name] += people
        weights = np.array(
            [
                sum(need.priority * max(0, need.wanted - sent[need.id]) for need in self._problem.needs_at[each.id])
                for each in self._problem.recipients
            ],
            np.float64,
        )
        return weights + 0.2 * max(1.0, float(weights.mean()))


def worth_of_limits(problem: PairingProblem, prices: Prices) -> float:
    """Return what all limits together are worth at the prices."""
    rules = problem.rules
    worth = 0.0
    for number, donor in enumerate(problem.donors):
        fair = problem.fair_people(donor)
        limits = ((prices.total[number], donor.most_people), (prices.recipients[number], donor.most_recipients))
        worth += sum(price * most for price, most in limits if most is not None)
        for price, step in zip(prices.burden[number].tolist(), rules.burden_steps, strict=True):
            worth += price * (step * fair - donor.past_people) if fair is not None else 0.0
    for (number, specialty), price in prices.specialty.items():
        most = problem.strength_of[problem.donors[number].id, specialty].people
        worth += price * most if most is not None else 0.0
    return worth


def _only(plan: Pairing, others: Pairing) -> dict[tuple[str, str], int]:
    return {arc: people for arc, people in plan.people.items() if arc not in others.people}


def _weighed(model: PairingModel) -> Floats:
    weight_of = model.problem.rules.weight_of
    costs: Floats = np.sum([model.goals[goal] * weight_of(goal) for goal in Goal], axis=0)
    return costs


def _solved(
    solver: SolverProcess, model: PairingModel, costs: Floats, wish: SolveWish, start: Floats | None = None
) -> Solution:
    """Solve a model whose fractions are held down by sets of donors; its values come without the shares."""
    tight = tightened(model)
    begun = None if start is None else tight.completed(start)
    found = solver.solve(tight.program.with_objective(tight.widened(costs)), wish, begun)
    return replace(found, values=found.values[: model.program.columns])


def _constant(model: PairingModel) -> float:
    weight_of = model.problem.rules.weight_of
    return sum(weight_of(goal) * value for goal, value in model.constants.items())


def _gone(problem: PairingProblem) -> float:
    """Return what published pairs of recipients that are gone cost, whatever the plan."""
    if problem.published is None:
        return 0.0
    gone = [key for key in problem.published.pairs if key[1] not in problem.recipient_of]
    people = sum(sum(problem.published.people.get(key, {}).values()) for key in gone)
    weight_of = problem.rules.weight_of
    return weight_of(Goal.PAIRS_CHANGED) * len(gone) + weight_of(Goal.PEOPLE_CHANGED) * people


def _weighed_values(problem: PairingProblem, verdict: Verdict) -> float:
    return sum(problem.rules.weight_of(goal) * value for goal, value in verdict.values.items())


def _is_known(problem: PairingProblem, plan: Pairing) -> bool:
    """Tell whether a plan that was kept elsewhere speaks of this problem at all."""
    return plan.pairs <= problem.pair_of.keys() and all(need in problem.need_of for _donor, need in plan.people)


def _stretched(share_gone: Callable[[int], float], stretch: int, rounds: int) -> Callable[[int], float]:
    """Return the share that is gone after so many rounds of one stretch."""
    return lambda done: share_gone(stretch * rounds + done)


def _account(
    problem: PairingProblem, plan: Pairing, bound: float, steps: tuple[Step, ...], ended: StopReason
) -> BlockPlan:
    verdict = check(problem, plan)
    REFUSALS.confirmed((), verdict)
    value = _weighed_values(problem, verdict)
    bound = max(0.0, min(bound, value))
    is_proved = value - bound <= _ROUNDING * max(1.0, value)
    return BlockPlan(problem, plan, verdict, value, bound, StopReason.OPTIMAL if is_proved else ended, steps)
