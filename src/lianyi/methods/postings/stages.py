"""Plans for many recipients: pairs first, then people, then parts of the plan again with free pairs, until time is up.

The weighted sum of all goals is made least at once. (1) Who helps whom is chosen in one period that stands
for all. (2) With those pairs only, people and terms are planned exactly; that is easy. (3) Some recipients that share
donors are planned again with all their pairs while the rest of the plan stays: large neighbourhoods as of P. Shaw, CP
1998, 417-431. (4) The solver takes the whole model with the plan found so far, for a bound that holds for all plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.access.arrays import Floats, Positions
from lianyi.methods.linear_models import Program, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, relative_gap, silent
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.donor_sets import TightModel, tightened
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Horizon, Need, Person, PostingProblem
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.solving import Level, Plan, confirmed, no_plan
from lianyi.methods.solver_process import SolverProcess

_SHARE_OF_PAIRING = 0.2
_ALWAYS, _HALF_THE_TIME = 1.0, 0.5
_SHARE_OF_POSTING = 0.25
_SHARE_OF_PARTS = 0.6
_GAP_OF_PAIRING = 0.005
_GAP_OF_POSTING = 0.001
_RECIPIENTS_AT_ONCE = 10
_SECONDS_OF_A_PART = 6.0
_FRUITLESS_ROUNDS = 3
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the search and the sum of the goals after it."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class StagedPlan:
    """A checked plan, the weighted sum of its goals, and a bound below which no plan brings that sum.

    The levels of ``plan`` have no bounds of their own but 0.
    """

    plan: Plan
    value: float
    bound: float
    stop_reason: StopReason
    steps: tuple[Step, ...]

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)


def plan_in_stages(solver: SolverProcess, model: PostingModel, limits: SearchLimits) -> StagedPlan:
    """Plan a large problem; the time decides how far the search comes, and the plan may differ with the machine.

    Raises
    ------
    LockedLineError, PostingPlanImpossibleError, PostingPlanNotFoundError, PostingPlanWrongError
        As `lianyi.methods.postings.solving.plan_postings`.
    """
    search = _Search(solver, model, limits)
    search.pair_then_post()
    search.improve_parts()
    bound, is_proved = search.prove()
    return _account(search, bound, is_proved=is_proved)


class _Search:
    """The best plan known as values of the whole model, and what was done to get there."""

    def __init__(self, solver: SolverProcess, model: PostingModel, limits: SearchLimits) -> None:
        self.model = model
        self.steps: list[Step] = []
        self.values = np.empty(0)
        self._solver = solver
        self._limits = limits
        self._clock = Clock(limits, silent)
        self._rng = np.random.default_rng(limits.seed)
        self._costs = _sum_of_goals(model)
        self._tight = tightened(model)
        self._program = _with_costs(self._tight, self._costs)

    @property
    def value(self) -> float:
        return float(self._costs @ self.values) if self.values.size else np.inf

    def pair_then_post(self) -> None:
        pairs = self._pairs()
        position_of = {pair.key: number for number, pair in enumerate(self.model.problem.pairs)}
        chosen = np.zeros(len(position_of), np.bool_)
        chosen[[position_of[key] for key in pairs]] = True
        upper = self._program.upper.copy()
        upper[self.model.partners[~chosen]] = 0.0
        upper[self.model.choices[~chosen[self.model.columns.pair]]] = 0.0
        share = _SHARE_OF_POSTING
        self._offer(
            "postings", replace(self._program, upper=upper), self._clock.seconds_left() * share, _GAP_OF_POSTING
        )

    def _pairs(self) -> set[tuple[str, str]]:
        """Return the pairs of the period that stands for all, those that are fixed, and those of locked lines."""
        problem = self.model.problem
        kept = {pair.key for pair in problem.pairs if pair.is_fixed}
        for line in problem.locked:
            kept.add((problem.person_of[line.person].donor, problem.need_of[line.need].recipient))
        one = one_period(problem, presence_to_count(problem))
        model = model_of(one, columns_of(one))
        wish = SolveWish(self._clock.seconds_left() * _SHARE_OF_PAIRING, _GAP_OF_PAIRING, self._limits.seed)
        found = self._solver.solve(_with_costs(tightened(model), _sum_of_goals(model)), wish)
        if not found.has_values:
            return {pair.key for pair in problem.pairs}
        for line in model.lines_in(found.values):
            kept.add((one.person_of[line.person].donor, one.need_of[line.need].recipient))
        return kept

    def improve_parts(self) -> None:
        """Plan parts again until a share of the time is gone, or every recipient was at the centre without a gain."""
        if not self.values.size:
            return
        until = self._clock.seconds_left() * (1.0 - _SHARE_OF_PARTS)
        fruitless, most = 0, _FRUITLESS_ROUNDS * len(self.model.problem.recipients)
        for recipients in self._parts():
            left = self._clock.seconds_left() - until
            if left <= 0.0 or fruitless >= most:
                return
            before = self.value
            self._offer("part", self._part(recipients), min(left, _SECONDS_OF_A_PART), 0.0)
            fruitless = 0 if self.value < before - _ROUNDING else fruitless + 1

    def _parts(self) -> Iterator[Positions]:
        """Yield recipients to plan again: the badly served first by chance, with others that share its donors."""
        count = len(self.model.problem.recipients)
        near = _nearness(self.model.problem)
        while count:
            weights = _dissatisfaction(self.model, self.values) + _ROUNDING
            centre = int(self._rng.choice(count, p=weights / weights.sum()))
            order = np.argsort(-(near[centre] + self._rng.random(count) * 1.5), kind="stable")
            others = order[order != centre][: _RECIPIENTS_AT_ONCE - 1]
            yield np.concatenate(([centre], others))

    def _part(self, recipients: Positions) -> Program:
        """Hold every posting and pair of the other recipients."""
        columns, problem = self.model.columns, self.model.problem
        number_of = {each.id: number for number, each in enumerate(problem.recipients)}
        of_pair = np.array([number_of[pair.recipient] for pair in problem.pairs], np.int64)
        held = np.concatenate(
            (
                self.model.choices[~np.isin(columns.recipient, recipients)],
                self.model.partners[~np.isin(of_pair, recipients)],
            )
        )
        lower, upper = self._program.lower.copy(), self._program.upper.copy()
        lower[held] = upper[held] = np.rint(self.values[held])
        return replace(self._program, lower=lower, upper=upper)

    def prove(self) -> tuple[float, bool]:
        """Give the whole model to the solver for the time left; return its bound and whether the plan is proved."""
        seconds = max(self._clock.seconds_left(), 1.0)
        wish = SolveWish(seconds, self._limits.gap, self._limits.seed)
        start = self._tight.completed(self.values) if self.values.size else None
        found = self._solver.solve(self._program, wish, start)
        if found.has_values and found.objective < self.value - _ROUNDING:
            self._take("whole model", found.values)
        if not self.values.size:
            raise no_plan(found, self.model, self._solver, self._limits)
        bound = max(found.bound, 0.0) if np.isfinite(found.bound) else 0.0
        return min(bound, self.value), found.has_values and found.stop_reason is StopReason.OPTIMAL

    def _offer(self, name: str, program: Program, seconds: float, gap: float) -> None:
        start = self._tight.completed(self.values) if self.values.size else None
        found = self._solver.solve(program, SolveWish(max(seconds, _ROUNDING), gap, self._limits.seed), start)
        if found.has_values and found.objective < self.value - _ROUNDING:
            self._take(name, found.values)

    def _take(self, name: str, values: Floats) -> None:
        self.values = values[: self.model.program.columns]
        self.steps.append(Step(name, self.value))


def _sum_of_goals(model: PostingModel) -> Floats:
    weights = model.problem.rules.weight_of
    found: Floats = np.sum([model.goals[goal] * weights(goal) for goal in Goal], axis=0)
    return found


def _with_costs(tight: TightModel, costs: Floats) -> Program:
    """Return the program with this objective; the shares of sets cost nothing."""
    return tight.program.with_objective(np.concatenate((costs, np.zeros(len(tight.sets)))))


def presence_to_count(problem: PostingProblem) -> float:
    """Return for which share of the periods somebody must be there to count: always, unless that leaves too few."""
    periods = problem.horizon.periods
    always = sum(person.available is None or len(person.available) == periods for person in problem.people)
    return _ALWAYS if 2 * always >= len(problem.people) else _HALF_THE_TIME


def one_period(problem: PostingProblem, share: float) -> PostingProblem:
    """Return the problem of one period that stands for all.

    In it is whoever is there for this share of the periods; each need wants its most heads. What counts by the period
    weighs as much as in all periods. Nothing is published in it, and every term is one period.
    """
    by_period = (Goal.BREACHES, Goal.NEED, Goal.SHORTFALL)
    weights = {goal: problem.rules.weight_of(goal) * problem.horizon.periods for goal in by_period}
    horizon = Horizon(problem.horizon.first_day, 1, problem.horizon.months_per_period)
    return replace(
        problem,
        horizon=horizon,
        rules=replace(problem.rules, weights={**problem.rules.weights, **weights}),
        people=tuple(_in_one_period(person, problem.horizon.periods, share) for person in problem.people),
        needs=tuple(_need_in_one_period(need, problem.horizon.periods) for need in problem.needs),
        pairs=tuple(replace(pair, starts=None) for pair in problem.pairs),
        published=None,
        held=frozenset(),
        wards=tuple(replace(ward, spare=(min(ward.spare),)) for ward in problem.wards),
    )


def _in_one_period(person: Person, periods: int, share: float) -> Person:
    free = periods if person.available is None else len(person.available)
    here = frozenset({0}) if free >= share * periods else frozenset[int]()
    return replace(person, available=here, longest_periods=None)


def _need_in_one_period(need: Need, periods: int) -> Need:
    heads = (max(need.planned_heads(periods)),)
    return replace(need, heads=heads, span=None, least_periods=1, overlap_periods=0)


def _nearness(problem: PostingProblem) -> Floats:
    """Return for each two recipients how many donors may help both."""
    number_of = {each.id: number for number, each in enumerate(problem.recipients)}
    donors = {each.id: number for number, each in enumerate(problem.donors)}
    may_help = np.zeros((len(number_of), len(donors)))
    for pair in problem.pairs:
        may_help[number_of[pair.recipient], donors[pair.donor]] = 1.0
    shared: Floats = may_help @ may_help.T
    return shared


def _dissatisfaction(model: PostingModel, values: Floats) -> Floats:
    """Return what the people missing at each recipient weigh."""
    missing = np.where(model.unmet >= 0, values[model.unmet], 0.0).sum(axis=1)
    weights = np.zeros(len(model.problem.recipients))
    number_of = {each.id: number for number, each in enumerate(model.problem.recipients)}
    of_need = np.array([number_of[need.recipient] for need in model.problem.needs], np.int64)
    priorities = np.array([need.priority for need in model.problem.needs])
    np.add.at(weights, of_need, missing * priorities)
    # Somebody with nothing missing may still hold whom others miss.
    return weights + 0.2 * max(1.0, float(weights.mean()))


def _account(search: _Search, bound: float, *, is_proved: bool) -> StagedPlan:
    model, values = search.model, search.values
    lines = model.lines_in(values)
    verdict = check(model.problem, lines)
    levels = tuple(_level(model, goal, values) for goal in model.problem.rules.goals)
    plan = Plan(lines, confirmed(levels, verdict), verdict, model.columns.traces, values)
    weight_of = model.problem.rules.weight_of
    constant = sum(weight_of(goal) * value for goal, value in model.constants.items())
    value = sum(weight_of(goal) * value for goal, value in verdict.values.items())
    reason = StopReason.OPTIMAL if is_proved else StopReason.TIME_LIMIT
    steps = tuple(replace(step, value=step.value + constant) for step in search.steps)
    return StagedPlan(plan, value, min(bound + constant, value), reason, steps)


def _level(model: PostingModel, goal: Goal, values: Floats) -> Level:
    value = float(model.goals[goal] @ values) + model.constants[goal]
    reason = StopReason.OPTIMAL if value <= _ROUNDING else StopReason.SEARCH_LIMIT
    return Level(goal, value, 0.0, reason)
