"""Plans for many recipients, with a bound that holds for all plans.

The weighted sum of all goals is made least at once: by the sets of donors of each recipient where they can be listed
(`set_search`; beyond sixty recipients after a dive at quick prices, `country_search`); at quick prices alone or region
by region (`region_search`) where they are too many for one exact search; and otherwise so. (1) What the shared limits
are worth is found recipient by recipient (`prices`); that proves a bound. (2) Who helps whom is chosen in one period
that stands for all, then people and terms with those pairs; where that is too much at once, some recipients at a time
are planned with what is left for them, at the prices. (3) Many recipients are planned again with the pairs that the
plans on the way made use of; then some that share donors are planned again with all their pairs while the rest of the
plan stays: large neighbourhoods as of P. Shaw, CP 1998, 417-431. (4) Groups of recipients are planned at the prices for
a better bound. Where there are fewer recipients, the whole model given to the solver bounds as well as prices do, and
(1) and (4) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.linear_models import Program, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, silent
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.country_search import plan_by_country
from lianyi.methods.postings.decomposition import Decomposition
from lianyi.methods.postings.donor_sets import TightModel, tightened
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.nearness import clusters, group_around, nearness
from lianyi.methods.postings.owners import NOBODY, owners_of
from lianyi.methods.postings.prices import PriceSearch
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.region_search import plan_by_regions
from lianyi.methods.postings.representative import one_period, presence_to_count
from lianyi.methods.postings.set_search import MOST_SETS, plan_by_sets
from lianyi.methods.postings.solving import REFUSALS
from lianyi.methods.postings.staged_plans import Rounds, StagedPlan, Step, account, better_of, sum_of_goals
from lianyi.methods.program_parts import Divisible, Part
from lianyi.methods.solver_process import SolverProcess
from lianyi.methods.solver_team import SolverTeam, Task

_RECIPIENTS_AT_ONCE, _WITH_SEEN_PAIRS = 10, 20
# Up to so many recipients the solver's own bound of the whole model is as good as that of prices.
_MOST_AS_A_WHOLE = 60
# With fewer parts than these, those planned at the same time would share too many donors.
_PARTS_TO_PLAN_TOGETHER = 100
_LEAST_SECONDS_OF_A_GROUP = 1.0
_LEAST_SHARE_LEFT = 0.3
_SHARE_OF_QUICK_PRICES = 0.2
_CLUSTER = 40
# Shares of all seconds after which prices, first plan, plans with the pairs seen and parts end.
_PRICES_UNTIL, _FIRST_PLAN_UNTIL, _CORES_UNTIL, _PARTS_UNTIL = 0.35, 0.55, 0.7, 0.88
_PARTS_BEFORE_THE_WHOLE_UNTIL = 0.7
_SHARE_OF_CLUSTERS = 0.25
_SECONDS_OF_A_PART = 6.0
_NODES_OF_A_PART = 400
_GAP_ALONE, _GAP_OF_A_PART, _GAP_OF_PAIRING = 1e-3, 1e-3, 5e-3
_MOST_TO_PAIR_AT_ONCE, _SHARE_OF_PAIRING = 200, 0.5
_LEAST_RISE = 5e-4
_FRUITLESS_ROUNDS = 3
_ROUNDING = 1e-6
_CHOSEN = 0.5


def plan_in_stages(
    solver: SolverProcess,
    model: PostingModel,
    limits: SearchLimits,
    others: Sequence[SolverProcess] = (),
    rounds: Rounds | None = None,
) -> StagedPlan:
    """Plan a large problem with one solver or several at the same time.

    The time decides how far the search comes, and the plan may differ with the machine; with ``rounds`` and the same
    number of solvers it does not.

    Raises
    ------
    LockedLineError, PostingPlanImpossibleError, PostingPlanNotFoundError, PostingPlanWrongError
        As `lianyi.methods.postings.solving.plan_postings`.
    """
    clock = Clock(limits, silent)
    if len(model.problem.recipients) > _RECIPIENTS_AT_ONCE:
        found = _by_sets((solver, *others), model, limits, rounds)
        if found is not None:
            return found
        limits = replace(limits, seconds=max(clock.seconds_left(), _LEAST_SHARE_LEFT * limits.seconds))
    search = _Search(solver, model, limits, others, rounds)
    if len(model.problem.recipients) <= _MOST_AS_A_WHOLE:
        search.plan_first()
        search.improve_parts(_PARTS_BEFORE_THE_WHOLE_UNTIL)
        return _account(search, is_proved=search.solve_whole())
    search.find_prices()
    search.plan_first()
    search.improve_cores()
    search.improve_parts(search.parts_end)
    search.raise_bound()
    return _account(search, is_proved=not search.is_planned and search.solve_whole())


def _by_sets(
    solvers: Sequence[SolverProcess], model: PostingModel, limits: SearchLimits, rounds: Rounds | None
) -> StagedPlan | None:
    sets = recipient_sets(model.problem)
    if sets is not None and len(sets) > MOST_SETS:
        clock = Clock(limits, silent)
        found = plan_by_country(solvers, model, limits, rounds)
        if found is not None:
            return found
        left = max(clock.seconds_left(), _LEAST_SHARE_LEFT * limits.seconds)
        return plan_by_regions(solvers, model, replace(limits, seconds=left), rounds)
    if len(model.problem.recipients) <= _MOST_AS_A_WHOLE:
        return plan_by_sets(solvers[0], model, limits, len(solvers), rounds)
    return _by_quick_prices_and_sets(solvers, model, limits, rounds)


def _by_quick_prices_and_sets(
    solvers: Sequence[SolverProcess], model: PostingModel, limits: SearchLimits, rounds: Rounds | None
) -> StagedPlan | None:
    """Plan both ways: where staff is short one dive at quick prices is better, else the exact search is."""
    clock = Clock(limits, silent)
    quick = plan_by_country(solvers, model, replace(limits, seconds=_SHARE_OF_QUICK_PRICES * limits.seconds), rounds)
    left = max(clock.seconds_left(), _LEAST_SHARE_LEFT * limits.seconds)
    exact = plan_by_sets(solvers[0], model, replace(limits, seconds=left), len(solvers), rounds)
    if quick is None or exact is None:
        return quick or exact
    return better_of(quick, exact)


class _Search:
    """The best plan known as values of the whole model, and what was done to get there."""

    def __init__(
        self,
        solver: SolverProcess,
        model: PostingModel,
        limits: SearchLimits,
        others: Sequence[SolverProcess],
        rounds: Rounds | None,
    ) -> None:
        self.model = model
        self.steps: list[Step] = []
        self.is_planned = False
        self.bound = 0.0
        self._solver = solver
        self._team = SolverTeam((solver, *others))
        self._limits = limits
        self._rounds = rounds
        self._clock = Clock(limits, silent)
        self._rng = np.random.default_rng(limits.seed)
        self._tight = tightened(model)
        self._program = _with_costs(self._tight, sum_of_goals(model))
        divisible = Divisible(self._program)
        owners = owners_of(model, self._tight, divisible.by_row)
        self._parts = Decomposition(divisible, owners, len(model.problem.recipients))
        self._near = nearness(model.problem)
        self._visits = np.zeros(len(model.problem.recipients))
        self._prices = PriceSearch(self._parts, self._team, self._wish(_SECONDS_OF_A_PART, _GAP_ALONE))
        self._values: Floats = np.zeros(self._program.columns)

    @property
    def values(self) -> Floats:
        """Those of the model without what made it tight."""
        return self._values[: self.model.program.columns]

    @property
    def value(self) -> float:
        return float(self._program.costs @ self._values) if self.is_planned else np.inf

    def _wish(self, seconds: float, gap: float) -> SolveWish:
        if self._rounds is not None:
            return SolveWish(self._limits.seconds, gap, self._limits.seed, nodes=_NODES_OF_A_PART)
        return SolveWish(seconds, gap, self._limits.seed)

    def _left_until(self, share: float) -> float:
        return self._clock.seconds_left() - (1.0 - share) * self._limits.seconds

    def find_prices(self) -> None:
        """Do rounds until their share of the time is gone or they bring hardly anything any more."""
        groups = clusters(self._near, _CLUSTER)
        if self._rounds is None:
            seconds = self._limits.seconds * _SHARE_OF_CLUSTERS * self._team.size / len(groups)
        else:
            seconds = self._limits.seconds
        self._prices.begin(groups, seconds)
        done, took, idle = 0, 0.0, 0
        while self._may_go_on(done, took):
            before = self._clock.seconds_left()
            old = self._prices.bound
            if done:
                self._prices.improve()
            else:
                self._prices.look_around()
            took = before - self._clock.seconds_left()
            done += 1
            idle = idle + 1 if self._prices.bound - old < _LEAST_RISE * abs(self._prices.bound) else 0
            if idle > _FRUITLESS_ROUNDS and self._rounds is None:
                break
        self.bound = max(self.bound, self._prices.bound)

    def _may_go_on(self, done: int, took: float) -> bool:
        if self._rounds is not None:
            return done < self._rounds.prices
        return not done or took < self._left_until(_PRICES_UNTIL)

    def plan_first(self) -> None:
        """Plan all recipients: with pairs chosen in one period that stands for all, or some at a time at the prices."""
        if self._parts.recipients <= _MOST_TO_PAIR_AT_ONCE:
            seconds = max(self._left_until(_FIRST_PLAN_UNTIL), _ROUNDING)
            allowed = self._with_pairs(self._pairs(seconds * _SHARE_OF_PAIRING))
            seconds = max(self._left_until(_FIRST_PLAN_UNTIL), _ROUNDING)
            free = np.flatnonzero(allowed)
            solved = self._solved([self._parts.divisible.part(free, self._values)], seconds)
        else:
            solved = self._plan_by_prices()
        if solved:
            self._mark_planned("first plan")

    def _plan_by_prices(self) -> bool:
        costs = self._parts.costs_at(self._prices.prices)
        common = self._parts.divisible.part(self._parts.common, self._values)
        solved = self._solved([common]) if self._parts.common.size else True
        seconds = max(self._left_until(_FIRST_PLAN_UNTIL), _ROUNDING)
        groups = clusters(self._near, _RECIPIENTS_AT_ONCE)
        each = max(1.0, min(_SECONDS_OF_A_PART, seconds * self._team.size / len(groups)))
        together = self._team.size if len(groups) >= _PARTS_TO_PLAN_TOGETHER else 1
        for wave in _in_waves(groups, together):
            solved &= self._solved(self._disjoint(wave), each, costs)
        return solved

    def _pairs(self, seconds: float) -> Flags:
        """Return the pairs of the period that stands for all."""
        problem = self.model.problem
        found = np.zeros(len(problem.pairs), np.bool_)
        one = one_period(problem, presence_to_count(problem))
        model = model_of(one, columns_of(one))
        program = _with_costs(tightened(model), sum_of_goals(model))
        solution = self._solver.solve(program, self._wish(seconds, _GAP_OF_PAIRING))
        if solution.has_values:
            chosen = np.flatnonzero(solution.values[model.choices] > _CHOSEN)
            found[model.columns.pair[chosen]] = True
            return found
        return np.ones(len(problem.pairs), np.bool_)

    def _with_pairs(self, chosen: Flags) -> Flags:
        """Return which columns may be used with these pairs, those that are fixed or locked, and those in use."""
        model = self.model
        number_of = {pair.key: number for number, pair in enumerate(model.problem.pairs)}
        fixed = np.array([pair.is_fixed for pair in model.problem.pairs], np.bool_)
        pairs = chosen | fixed | (self._values[model.partners] > _CHOSEN)
        for line in model.problem.locked:
            key = (model.problem.person_of[line.person].donor, model.problem.need_of[line.need].recipient)
            pairs[number_of[key]] = True
        known = set(np.flatnonzero(pairs).tolist())
        found = np.ones(self._program.columns, np.bool_)
        found[model.partners] = pairs
        found[model.choices] = pairs[model.columns.pair]
        found[model.program.columns :] = [each <= known for each in self._tight.sets]
        return found

    def _disjoint(self, groups: Sequence[Sequence[int]], allowed: Flags | None = None) -> list[Part]:
        """Return parts of groups of recipients that share no row, so that they can be planned at the same time."""
        taken = np.zeros(self._program.rows, np.bool_)
        parts: list[Part] = []
        for group in groups:
            free = self._parts.columns_of(group)
            free = free if allowed is None else free[allowed[free]]
            free = self._parts.with_common(free)
            if parts:
                blocked = np.unique(self._parts.divisible.by_row[np.flatnonzero(taken)].indices)
                free = np.setdiff1d(free, blocked, assume_unique=True)
            if free.size:
                part = self._parts.divisible.part(free, self._values)
                taken[part.rows] = True
                parts.append(part)
        return parts

    def _solved(self, parts: Sequence[Part], seconds: float = _SECONDS_OF_A_PART, costs: Floats | None = None) -> bool:
        """Solve parts that share no row, and take what is no worse; return whether all have a plan."""
        wish = self._wish(seconds, _GAP_OF_A_PART)
        programs = [
            part.program if costs is None else part.program.with_objective(costs[part.columns]) for part in parts
        ]
        starts = [part.start() if self.is_planned else None for part in parts]
        tasks = [Task(program, wish, start) for program, start in zip(programs, starts, strict=True)]
        # What each part costs counts what the others cost before any of them was planned again.
        least = self.value - _ROUNDING * max(1.0, abs(self.value)) if self.is_planned else np.inf
        is_complete = True
        for part, found in zip(parts, self._team.solve_all(tasks), strict=True):
            is_complete &= found.has_values
            if found.has_values and (not self.is_planned or found.objective < least):
                self._values[part.columns] = found.values
        return is_complete

    def _mark_planned(self, name: str) -> None:
        whole = self._parts.divisible
        sums = whole.by_row @ self._values
        slack = _ROUNDING * np.maximum(1.0, np.abs(sums))
        program = self._program
        self.is_planned = bool(((sums >= program.row_lower - slack) & (sums <= program.row_upper + slack)).all())
        if self.is_planned:
            self.steps.append(Step(name, self.value))

    def improve_cores(self) -> None:
        """Plan many recipients again at once, with the pairs that some plan used and those in use only."""
        if not self.is_planned or self._parts.recipients > _MOST_TO_PAIR_AT_ONCE:
            return
        groups = clusters(self._near, _CLUSTER)
        for number, cluster in enumerate(groups):
            seconds = max(self._left_until(_CORES_UNTIL), _ROUNDING) / (len(groups) - number)
            allowed = self._with_pairs(self._prices.seen[self.model.partners])
            before = self.value
            self._solved(self._disjoint([cluster], allowed), seconds)
            if self.value < before - _ROUNDING:
                self.steps.append(Step("pairs of prices", self.value))

    @property
    def parts_end(self) -> float:
        """The share of the time after which no part is planned again: all of it where groups would get too little."""
        return _PARTS_UNTIL if self._has_time_for_groups() else 1.0

    def improve_parts(self, until: float) -> None:
        """Plan parts again until a share of the time is gone, or every recipient was at the centre without a gain."""
        if not self.is_planned or self._parts.recipients <= _RECIPIENTS_AT_ONCE:
            return
        seen = self._prices.seen[self.model.partners]
        fruitless, done, most = 0, 0, _FRUITLESS_ROUNDS * self._parts.recipients
        while fruitless < most:
            left = self._left_until(until)
            if (left <= 0.0) if self._rounds is None else (done >= self._rounds.parts):
                return
            before, seconds = self.value, min(_SECONDS_OF_A_PART, left)
            # In turn few with all their pairs, and more with those pairs that some plan used.
            allowed = self._with_pairs(seen) if seen.any() and done // self._team.size % 2 else None
            size = _RECIPIENTS_AT_ONCE if allowed is None else _WITH_SEEN_PAIRS
            wave = [self._around(size) for _ in range(self._team.size)]
            self._solved(self._disjoint(wave, allowed), max(seconds, _ROUNDING))
            done += len(wave)
            is_better = bool(self.value < before - _ROUNDING)
            fruitless = 0 if is_better else fruitless + len(wave)
            if is_better:
                self.steps.append(Step("part", self.value))

    def _around(self, size: int) -> list[int]:
        """Return recipients to plan again: a dear one by chance, with others that share its donors."""
        costs = self._program.costs * self._values
        owned = self._parts.owners.columns != NOBODY
        weights = np.bincount(self._parts.owners.columns[owned], costs[owned], minlength=self._parts.recipients)
        # Somebody with nothing missing may still hold whom others miss.
        chances = (np.maximum(weights, 0.0) + 0.2 * max(1.0, float(weights.mean()))) / (1.0 + self._visits)
        centre = int(self._rng.choice(chances.size, p=chances / chances.sum()))
        self._visits[centre] += 1.0
        return group_around(self._near, centre, size, self._rng)

    def raise_bound(self) -> None:
        """Plan groups at the best prices, where there is time for it."""
        if self._has_time_for_groups():
            wish = self._wish(max(self._seconds_of_a_group(), _ROUNDING), _GAP_ALONE)
            self.bound = max(self.bound, self._prices.bound_of(clusters(self._near, _RECIPIENTS_AT_ONCE), wish))

    def _has_time_for_groups(self) -> bool:
        share = (1.0 - _PARTS_UNTIL) * self._limits.seconds
        groups = -(-self._parts.recipients // _RECIPIENTS_AT_ONCE)
        return self._rounds is not None or share * self._team.size / groups >= _LEAST_SECONDS_OF_A_GROUP

    def _seconds_of_a_group(self) -> float:
        groups = -(-self._parts.recipients // _RECIPIENTS_AT_ONCE)
        return max(self._clock.seconds_left(), 1.0) * self._team.size / groups

    def solve_whole(self) -> bool:
        """Give the whole model to the solver for the time left; return whether the plan is proved to be the best."""
        seconds = max(self._clock.seconds_left(), 1.0)
        wish = SolveWish(seconds, self._limits.gap, self._limits.seed)
        found = self._solver.solve(self._program, wish, self._values if self.is_planned else None)
        if found.has_values and found.objective < self.value - _ROUNDING:
            self._values, self.is_planned = found.values, True
            self.steps.append(Step("whole model", self.value))
        if not self.is_planned:
            raise REFUSALS.no_plan(found, self.model, self._solver, self._limits)
        if np.isfinite(found.bound):
            self.bound = max(self.bound, found.bound)
        return found.has_values and found.stop_reason is StopReason.OPTIMAL


def _in_waves(groups: Sequence[Sequence[int]], size: int) -> Iterator[Sequence[Sequence[int]]]:
    """Yield groups that are planned at the same time: from far apart in the list, for neighbours share donors."""
    step = -(-len(groups) // size)
    for first in range(step):
        yield groups[first::step]


def _with_costs(tight: TightModel, costs: Floats) -> Program:
    """Return the program with this objective; the shares of sets cost nothing."""
    return tight.program.with_objective(np.concatenate((costs, np.zeros(len(tight.sets)))))


def _account(search: _Search, *, is_proved: bool) -> StagedPlan:
    reason = StopReason.OPTIMAL if is_proved else StopReason.TIME_LIMIT
    return account(search.model, search.values, search.bound, search.steps, reason)
