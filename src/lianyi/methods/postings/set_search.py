"""Plans for many recipients by the sets of donors that each may have, with a bound that holds for all plans.

(1) Prices of the shared limits are found with every set of every recipient as a program of its own. (2) The sets of a
plan are chosen in a dive, then some recipients at a time choose again. (3) People and terms are planned exactly with
those sets. (4) The plans are split into branches for a higher bound; sets that cost more than plan and bound differ
are in no better plan and are left out there.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, silent
from lianyi.methods.postings.mixing_process import MixingProcess
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.set_branches import BranchSearch
from lianyi.methods.postings.set_plans import ChosenSets, SetPlanner, kept
from lianyi.methods.postings.set_prices import Branch, PriceRounds, PricesLost, SetPrices
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.postings.set_process import SetProcess
from lianyi.methods.postings.staged_plans import Rounds, StagedPlan, Step, account
from lianyi.methods.program_parts import Divisible
from lianyi.methods.solver_process import SolverProcess

# Each set keeps half a MiB in its process.
MOST_SETS = 12_000
_PRICE_ROUNDS = PriceRounds(most=20, smoothing=0.5, gap=1e-3)
_LAST_PRICE_ROUNDS = PriceRounds(most=8, smoothing=0.5, gap=2e-4)
_LEAST_FRUITLESS, _RECIPIENTS_A_FRUITLESS = 12, 3
# How many times the mean cost of a recipient a set may be dearer than its cheapest to be looked at in a dive.
_SLACK = 3.0
_GAP_OF_POSTINGS = 1e-4
_LEAST_SHARE_TO_POST = 0.2
_MOST_BRANCHES = 100_000
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Ends:
    """Shares of all seconds after which prices, the choice of sets and the splitting into branches end."""

    prices: float
    sets: float
    branches: float


_ENDS = Ends(0.35, 0.6, 0.93)


def plan_by_sets(
    solver: SolverProcess,
    model: PostingModel,
    limits: SearchLimits,
    processes: int = 1,
    rounds: Rounds | None = None,
) -> StagedPlan | None:
    """Plan with so many processes that price; None where sets are too many to list, or no plan was found this way.

    With ``rounds`` the search does not end by the clock, and the same number of processes gives the same plan.
    """
    sets = recipient_sets(model.problem)
    if sets is None or not 0 < len(sets) <= MOST_SETS:
        return None
    with ExitStack() as held, suppress(PricesLost):
        pricing = [held.enter_context(SetProcess()) for _ in range(processes)]
        clock = Clock(limits, silent)
        problem = SetProblem.of(model, sets)
        search = SetSearch(solver, problem, replace(limits, seconds=clock.seconds_left()), rounds)
        prices = SetPrices(problem, pricing, held.enter_context(MixingProcess()))
        root = search.plan(prices)
        if root is None:
            return None
        bound = search.raised(prices, root)
        return account(model, search.values, bound, search.steps, search.reason(bound))
    return None


class SetSearch:
    """The best plan known as values of the columns, and what was proved.

    Parameters
    ----------
    solver
        Plans people and terms with the sets chosen.
    problem
        The recipients and their sets.
    limits, rounds, ends
        The time, or how often each step is done; and when each step ends.
    """

    def __init__(
        self,
        solver: SolverProcess,
        problem: SetProblem,
        limits: SearchLimits,
        rounds: Rounds | None,
        ends: Ends = _ENDS,
    ) -> None:
        self.value = np.inf
        self.values: Floats = np.empty(0)
        self.steps: list[Step] = []
        self._solver = solver
        self._problem = problem
        self._limits = limits
        self._sets = problem.sets
        self._rounds = rounds
        self._ends = ends
        self._clock = Clock(limits, silent)

    def plan(self, prices: SetPrices) -> Branch | None:
        """Make a plan; return the prices it was made with, None where none was found.

        Raises
        ------
        PricesLost
            When a process ended or took too long.
        """
        root = self._priced(prices)
        chosen = self._chosen(prices, root)
        return root if chosen is not None and self._post(chosen.sets, "sets of donors") else None

    def reason(self, bound: float) -> StopReason:
        """Say why the search ended: with time left, what people cost beyond the mixture is what is not known."""
        if bound >= self.value - _ROUNDING * max(1.0, abs(self.value)):
            return StopReason.OPTIMAL
        return StopReason.TIME_LIMIT if self._is_too_late() else StopReason.SEARCH_LIMIT

    def _is_over(self, share: float) -> bool:
        """Tell whether this share of the time is gone; never where rounds are counted instead."""
        if self._rounds is not None:
            return False
        return self._clock.seconds_left() <= (1.0 - share) * self._limits.seconds

    def _priced(self, prices: SetPrices) -> Branch:
        rounds = _PRICE_ROUNDS if self._rounds is None else replace(_PRICE_ROUNDS, most=self._rounds.prices)
        return prices.priced(prices.everything(), rounds, lambda: self._is_over(self._ends.prices))

    def _chosen(self, prices: SetPrices, root: Branch) -> ChosenSets | None:
        if not np.isfinite(prices.cheapest(root.values)).all():
            # Some recipient has no set that obeys every hard rule.
            return None
        near = self._problem.near
        planner = SetPlanner(prices, root, near, lambda: self._is_over(self._ends.sets), self._limits.seed)
        slack = _SLACK * max(1.0, abs(root.bound)) / prices.parts.recipients
        chosen = planner.dive(kept(self._sets, root.values, slack))
        fruitless, done, most = 0, 0, max(_LEAST_FRUITLESS, prices.parts.recipients // _RECIPIENTS_A_FRUITLESS)
        while chosen is not None and fruitless < most and not self._is_over(self._ends.sets):
            if self._rounds is not None and done >= self._rounds.parts:
                break
            better = planner.choose_again(chosen, slack)
            fruitless = fruitless + 1 if better is chosen else 0
            chosen, done = better, done + 1
        return chosen

    def _post(self, sets: Positions, name: str) -> bool:
        """Plan people and terms with these sets; return whether that gave the best plan known."""
        problem, program = self._problem, self._problem.parts.program
        wanted = sorted(set().union(*(self._sets.pairs[each] for each in sets.tolist())))
        is_wanted = np.isin(problem.pairs, wanted)
        free = np.flatnonzero((problem.pairs < 0) | is_wanted)
        chosen = np.where(problem.is_partner & is_wanted, 1.0, program.lower)
        # In a hurry sets are chosen that nobody can serve all of: then their donors may help, and need not.
        for lower in (chosen, program.lower):
            part = Divisible(replace(program, lower=lower)).part(free, np.zeros(program.columns))
            seconds = max(self._clock.seconds_left(), _LEAST_SHARE_TO_POST * self._limits.seconds)
            found = self._solver.solve(part.program, SolveWish(seconds, _GAP_OF_POSTINGS, self._limits.seed))
            if found.has_values:
                break
        if not found.has_values or found.objective >= self.value - _ROUNDING:
            return False
        self.value, self.values = found.objective, part.completed(found.values)
        self.steps.append(Step(name, self.value))
        return True

    def raised(self, prices: SetPrices, root: Branch) -> float:
        """Split the plans that may be better into branches; return what is proved."""

        def on_whole(branch: Branch) -> None:
            # The set with the greatest share of each recipient: all of it here, but for rounding.
            of_recipient = np.split(branch.shares, self._sets.starts[1:-1])
            best = self._sets.starts[:-1] + np.array([int(np.argmax(each)) for each in of_recipient])
            self._post(best, "branch")

        hopeful = kept(self._sets, root.values, max(0.0, self.value - root.bound))
        bound = root.bound
        # A process that is lost here costs no more than the bound it would have raised.
        with suppress(PricesLost):
            start = prices.priced(replace(root, active=hopeful), _LAST_PRICE_ROUNDS, self._is_too_late)
            bound = min(start.bound, self.value)
            search = BranchSearch(prices, start, self._is_too_late, on_whole)
            for _ in range(_MOST_BRANCHES if self._rounds is None else self._rounds.parts):
                search.go_on(self.value)
                bound = search.bound(self.value)
                if search.is_done or self._is_too_late():
                    break
        return bound

    def _is_too_late(self) -> bool:
        return self._is_over(self._ends.branches)
