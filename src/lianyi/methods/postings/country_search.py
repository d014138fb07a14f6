"""Plans for a whole country at quick prices: sets of donors in one dive for all, then people and terms in groups.

(1) What recipients share has prices, moved by many quick steps; they give a bound for every plan. (2) A dive fixes the
sets of donors of all recipients, the surest first. (3) People and terms are planned exactly in groups. (4) Some
recipients at a time are planned again with all their donors for as long as there is time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, silent
from lianyi.methods.postings.group_postings import GroupPostings
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.parts_search import PartsSearch
from lianyi.methods.postings.quick_prices import QuickPrices, Steps
from lianyi.methods.postings.quick_sets import QuickDive
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.set_costs import can_be_priced
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.postings.staged_plans import Rounds, StagedPlan, Step, account
from lianyi.methods.solver_process import SolverProcess

RECIPIENTS_OF_A_GROUP = 35
# A few steps tell how long one takes.
_FIRST_STEPS = Steps(most=5, length=0.25, shrink=1.0)
_STEPS = Steps(most=1000, length=0.25, shrink=0.9955)
# Shares of all seconds after which prices, the dive, and the first and the second plans of groups end.
_PRICED_UNTIL, _CHOSEN_UNTIL, _POSTED_UNTIL = 0.22, 0.55, 0.75
_SECONDS_OF_A_GROUP, _GAP_OF_A_GROUP = 20.0, 1e-3
_SECONDS_OF_A_PART, _GAP_OF_A_PART, _NODES_OF_A_PART = 4.0, 2e-3, 50


def plan_by_country(
    solvers: Sequence[SolverProcess],
    model: PostingModel,
    limits: SearchLimits,
    rounds: Rounds | None = None,
    size: int = RECIPIENTS_OF_A_GROUP,
) -> StagedPlan | None:
    """Plan with as many groups at the same time as there are solvers.

    None is returned where sets cannot be listed or quickly priced, or where no plan was found this way. With
    ``rounds`` no search ends by the clock, and the plan is the same on every machine.
    """
    clock = Clock(limits, silent)
    sets = recipient_sets(model.problem)
    if sets is None or not len(sets):
        return None
    whole = SetProblem.of(model, sets)
    if not can_be_priced(model, whole):
        return None
    search = _CountrySearch(model, whole, replace(limits, seconds=clock.seconds_left()), rounds)
    if not search.plan(solvers, size):
        return None
    search.improve(solvers)
    return account(model, search.values, search.bound, search.steps, search.reason)


class _CountrySearch:
    """The plan as values of the columns, and the bound."""

    def __init__(self, model: PostingModel, whole: SetProblem, limits: SearchLimits, rounds: Rounds | None) -> None:
        self.values: Floats = np.zeros(whole.parts.program.columns)
        self.bound = 0.0
        self.steps: list[Step] = []
        self._model = model
        self._whole = whole
        self._limits = limits
        self._rounds = rounds
        self._clock = Clock(limits, silent)

    @property
    def reason(self) -> StopReason:
        return StopReason.TIME_LIMIT if self._clock.is_over else StopReason.SEARCH_LIMIT

    def plan(self, solvers: Sequence[SolverProcess], size: int) -> bool:
        """Make a plan; return whether one was found that obeys every row."""
        prices = QuickPrices(self._model, self._whole, len(solvers))
        everything = np.ones(len(self._whole.sets), np.bool_)
        # Whatever is compiled at the first call is not counted as the time of a step.
        prices.bound_at(prices.nothing().prices, everything)
        start = prices.moved(prices.nothing(), everything, _FIRST_STEPS)
        steps = _STEPS.within(self._seconds_until(_PRICED_UNTIL), prices.seconds_per_step)
        root = prices.moved(start, everything, steps)
        # No goal is below 0.
        self.bound = max(0.0, root.bound)
        dived = QuickDive(self._model, self._whole, prices).dive(root, lambda: self._seconds_until(_CHOSEN_UNTIL))
        if dived is None:
            return False
        wish = SolveWish(_SECONDS_OF_A_GROUP, _GAP_OF_A_GROUP, self._limits.seed)
        if self._rounds is not None:
            wish = replace(wish, seconds=self._limits.seconds)
        groups = GroupPostings(self._whole, dived.sets, solvers, wish, size)
        if not groups.post(dived.quote.prices):
            return False
        groups.post_again(lambda: self._seconds_until(_POSTED_UNTIL) <= 0.0)
        values = self._whole.with_rest(groups.values, groups.planned, solvers[0], wish)
        if values is None or not self._whole.parts.is_lawful(values):
            return False
        self._take("groups", values)
        return True

    def improve(self, solvers: Sequence[SolverProcess]) -> None:
        """Plan parts again until the time is gone."""
        seed = self._limits.seed
        if self._rounds is not None:
            wish = SolveWish(self._limits.seconds, _GAP_OF_A_PART, seed, nodes=_NODES_OF_A_PART)
            search = PartsSearch(self._whole, self.values, solvers, wish)
            search.improve(lambda: self._limits.seconds, self._rounds.parts)
        else:
            search = PartsSearch(self._whole, self.values, solvers, SolveWish(_SECONDS_OF_A_PART, _GAP_OF_A_PART, seed))
            search.improve(self._clock.seconds_left)
        self._take("part", search.values)

    def _take(self, name: str, values: Floats) -> None:
        self.values = values
        self.steps.append(Step(name, float(self._whole.parts.program.costs @ values)))

    def _seconds_until(self, share: float) -> float:
        if self._rounds is not None:
            return np.inf
        return max(0.0, self._clock.seconds_left() - (1.0 - share) * self._limits.seconds)
