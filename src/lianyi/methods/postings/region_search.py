"""Plans for a whole country: regions are planned by sets of donors, and one bound holds for all of them together.

(1) Each region is planned with its own donors, as many regions at the same time as there are solvers. (2) Some
recipients at a time are planned again with all donors that others leave, whatever region they are of. (3) What the
limits of a donor are worth in its region are the prices for all recipients, also for those of other regions that it
might help; what the cheapest set of each recipient costs at these prices, added up, is a bound for every plan, those
across regions too.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, silent
from lianyi.methods.postings.mixing_process import MixingProcess
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.parts_search import PartsSearch
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.regions import Regions, regions_of
from lianyi.methods.postings.set_prices import PricesLost, SetPrices
from lianyi.methods.postings.set_problem import SetProblem, Slice, columns_within, slice_of
from lianyi.methods.postings.set_process import SetProcess
from lianyi.methods.postings.set_search import Ends, SetSearch
from lianyi.methods.postings.staged_plans import Rounds, StagedPlan, Step, account
from lianyi.methods.solver_process import SolverProcess
from lianyi.methods.solver_team import done_by

RECIPIENTS_OF_A_REGION = 70
# Shares of all seconds after which regions are planned, and parts of them planned again; the rest is for the bound.
_PLANNED_UNTIL, _IMPROVED_UNTIL = 0.45, 0.8
# Prices that are worth less than this share of what the regions cost give no bound that says anything.
_LEAST_BOUND = 0.6
_SECONDS_OF_A_PART, _GAP_OF_A_PART, _NODES_OF_A_PART = 4.0, 2e-3, 50
_ENDS = Ends(prices=0.5, sets=0.8, branches=1.0)
_ROUNDING = 1e-6


def plan_by_regions(
    solvers: Sequence[SolverProcess],
    model: PostingModel,
    limits: SearchLimits,
    rounds: Rounds | None = None,
    size: int = RECIPIENTS_OF_A_REGION,
) -> StagedPlan | None:
    """Plan as many regions at the same time as there are solvers.

    None is returned where the problem cannot be divided, or where a region has no plan with its own donors. With
    ``rounds`` no search ends by the clock, and the plan is the same on every machine.
    """
    clock = Clock(limits, silent)
    sets = recipient_sets(model.problem)
    if sets is None or not len(sets):
        return None
    whole = SetProblem.of(model, sets)
    regions = regions_of(model.problem, whole.near, size)
    if regions is None or not _are_apart(whole, regions):
        return None
    with ExitStack() as held, suppress(PricesLost):
        search = _RegionSearch(whole, regions, replace(limits, seconds=clock.seconds_left()), rounds)
        workers = [_Worker(solver, held) for solver in solvers]
        if not search.plan(workers):
            return None
        steps = [Step("regions", search.value)]
        search.improve(solvers)
        steps.append(Step("part", search.value))
        bound = search.bound(workers)
        return account(model, search.values, bound, steps, search.reason)
    return None


def _are_apart(whole: SetProblem, regions: Regions) -> bool:
    """Tell whether no limit counts postings of two regions."""
    taken = np.zeros(whole.parts.program.rows, np.bool_)
    for recipients in regions.recipients:
        rows = whole.parts.rows_at(columns_within(whole, recipients, regions.is_inside))
        if taken[rows].any():
            return False
        taken[rows] = True
    return True


class _Worker:
    """The processes that plan one region at a time."""

    def __init__(self, solver: SolverProcess, held: ExitStack) -> None:
        self.solver = solver
        self.pricing = held.enter_context(SetProcess())
        self.mixing = held.enter_context(MixingProcess())


class _RegionSearch:
    """The plan of all regions as values of the columns of the whole, and the prices of their limits."""

    def __init__(self, whole: SetProblem, regions: Regions, limits: SearchLimits, rounds: Rounds | None) -> None:
        self.values: Floats = np.zeros(whole.parts.program.columns)
        self._whole = whole
        self._regions = regions
        self._limits = limits
        self._rounds = rounds
        self._clock = Clock(limits, silent)
        self._prices: Floats = np.zeros(whole.parts.program.rows)
        self._bounds: Floats = np.zeros(len(regions.recipients))
        # Whether each region was priced so far that a bound of them all says something.
        self._has_prices = False

    @property
    def value(self) -> float:
        return float(self._whole.parts.program.costs @ self.values)

    @property
    def reason(self) -> StopReason:
        return StopReason.TIME_LIMIT if self._clock.is_over else StopReason.SEARCH_LIMIT

    def plan(self, workers: Sequence[_Worker]) -> bool:
        """Plan every region; return whether all have a plan, and theirs together obeys every row of the whole."""
        regions = self._regions
        seconds = _PLANNED_UNTIL * self._limits.seconds * len(workers) / len(regions.recipients)
        limits = replace(self._limits, seconds=max(seconds, _ROUNDING))

        def planned(worker: _Worker, number: int) -> bool:
            part = slice_of(self._whole, regions.recipients[number], regions.is_inside)
            search = SetSearch(worker.solver, part.problem, limits, self._rounds, _ENDS)
            root = search.plan(SetPrices(part.problem, (worker.pricing,), worker.mixing))
            if root is None:
                return False
            # Regions share no column that any of them uses, and no row.
            self.values[part.columns] = search.values
            shared = part.problem.parts.shared
            self._prices[part.rows[shared]] = root.centre[shared]
            self._bounds[number] = max(0.0, root.bound)
            return True

        is_planned = (
            all(done_by(workers, range(len(regions.recipients)), planned))
            and self._plan_rest(workers[0].solver)
            and self._whole.parts.is_lawful(self.values)
        )
        self._has_prices = float(self._bounds.sum()) >= _LEAST_BOUND * self.value
        return is_planned

    def _plan_rest(self, solver: SolverProcess) -> bool:
        """Give their values to columns that belong to no region."""
        planned = np.zeros(self.values.size, np.bool_)
        for recipients in self._regions.recipients:
            planned[columns_within(self._whole, recipients, self._regions.is_inside)] = True
        wish = SolveWish(max(self._clock.seconds_left(), 1.0), seed=self._limits.seed)
        found = self._whole.with_rest(self.values, planned, solver, wish)
        self.values = self.values if found is None else found
        return found is not None

    def improve(self, solvers: Sequence[SolverProcess]) -> None:
        """Plan parts again until their share of the time is gone: all of it where prices would say nothing."""
        until = _IMPROVED_UNTIL if self._has_prices else 1.0
        seed, seconds = self._limits.seed, self._limits.seconds
        if self._rounds is not None:
            wish = SolveWish(seconds, _GAP_OF_A_PART, seed, nodes=_NODES_OF_A_PART)
            search = PartsSearch(self._whole, self.values, solvers, wish)
            search.improve(lambda: seconds, self._rounds.parts)
        else:
            wish = SolveWish(_SECONDS_OF_A_PART, _GAP_OF_A_PART, seed)
            search = PartsSearch(self._whole, self.values, solvers, wish)
            search.improve(lambda: self._clock.seconds_left() - (1.0 - until) * seconds)
        self.values = search.values

    def bound(self, workers: Sequence[_Worker]) -> float:
        """Return a bound for all plans; 0 where there was not the time for it, for no goal is below 0."""
        if self._rounds is None and not self._has_prices:
            return 0.0
        parts = self._whole.parts
        prices = parts.allowed(self._prices)
        everything = np.ones(self._regions.is_inside.size, np.bool_)

        def cheapest(worker: _Worker, number: int) -> float | None:
            if self._rounds is None and self._clock.is_over:
                return None
            part: Slice = slice_of(self._whole, self._regions.recipients[number], everything)
            found = SetPrices(part.problem, (worker.pricing,), worker.mixing).cheapest_at(prices[part.rows])
            return float(found.sum())

        found = done_by(workers, range(len(self._regions.recipients)), cheapest)
        known = [each for each in found if each is not None]
        return max(0.0, parts.paid_back(prices) + sum(known)) if len(known) == len(found) else 0.0
