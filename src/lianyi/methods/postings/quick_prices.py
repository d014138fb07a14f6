"""Prices of what recipients share for a whole country, by many quick steps instead of a few exact ones.

Each step prices all sets of donors by a relaxation (`set_costs`), sees what the cheapest ones take of each limit, and
moves each price along what is taken too much or too little, averaged over the steps before, by a length of its own that
becomes shorter (D. P. Kingma, J. Ba, ICLR 2015, algorithm 1). At any prices the sum is a bound for every plan. How
often a set was the cheapest of its recipient, later steps counting more, is a fraction of it in a mixture that all but
obeys the limits (F. Barahona, R. Anbil, Mathematical Programming 87, 2000, 385-399).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.postings.building import PostingModel
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.set_costs import SetCosts, SetValues
from lianyi.methods.postings.set_problem import SetProblem

# How much of the mean slope, and of the mean square, comes from the steps before; and what keeps a length finite.
_MEMORY, _MEMORY_OF_SQUARES, _LEAST_SLOPE = 0.9, 0.99, 1e-3
# All sets are priced in every so manieth step; in those between, only sets that cost little more than the cheapest.
_WHOLE_EVERY = 10
_SLACK = 0.3
# Own prices of sets move no less than this share of their first step: what is shared changes under them.
_LEAST_OWN = 0.02


@dataclass(frozen=True, slots=True)
class Steps:
    """How prices are moved.

    ``length`` is the first step as a share of what one missing person costs, ``shrink`` what each later one is of the
    one before; ``newest`` is what the newest step counts in the fractions.
    """

    most: int
    length: float
    shrink: float
    newest: float = 0.05

    def within(self, seconds: float, seconds_per_step: float) -> Steps:
        """Return as many steps as there is time for, one at least, that become as short in the end.

        Examples
        --------
        >>> Steps(most=40, length=0.1, shrink=0.9).within(seconds=2.0, seconds_per_step=0.1)
        Steps(most=20, length=0.1, shrink=0.81, newest=0.05)
        """
        most = self.most
        if seconds < most * seconds_per_step:
            most = max(1, int(seconds / seconds_per_step))
        return replace(self, most=most, shrink=round(self.shrink ** (self.most / most), 12))


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Where prices were moved to by now: mean slope and mean square of it, over so many steps."""

    slope: Floats
    square: Floats
    steps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Quote:
    """Prices and their course, the fraction of each set in the mixture of the steps, and the best bound on the way."""

    prices: Floats
    course: Course
    fractions: Floats
    bound: float


class QuickPrices:
    """Moves prices of the shared rows.

    Parameters
    ----------
    model, problem
        The model, and its recipients with their sets.
    threads
        How many recipients are priced at the same time.

    Attributes
    ----------
    seconds_per_step
        How long each step took when prices were last moved.
    """

    def __init__(self, model: PostingModel, problem: SetProblem, threads: int) -> None:
        self.sets = problem.sets
        self.seconds_per_step = 0.0
        self._parts = problem.parts
        self._costs = SetCosts(model, problem, threads)
        self._rows = _rows_to_price(model, problem)
        self._entries: sparse.csr_matrix = problem.parts.divisible.by_row[self._rows]
        self._by_columns: sparse.csr_matrix = self._entries.T.tocsr()
        program = problem.parts.program
        self._lower, self._upper = program.row_lower[self._rows], program.row_upper[self._rows]

    def nothing(self) -> Quote:
        """Return prices of 0, before any step."""
        none = np.zeros(self._rows.size)
        return Quote(np.zeros(self._parts.program.rows), Course(none, none), np.zeros(len(self.sets)), -np.inf)

    def moved(self, quote: Quote, is_active: Flags, steps: Steps) -> Quote:
        """Move prices; the bound holds for plans with active sets.

        Parameters
        ----------
        quote
            Where to begin.
        is_active
            The sets that recipients may have; one at least for each.
        steps
            How prices are moved, and how often.
        """
        begun = time.monotonic()
        prices, course, best = quote.prices, quote.course, -np.inf
        fractions = np.where(is_active, quote.fractions, 0.0)
        hopeful, length = is_active, steps.length * self._costs.typical
        for done in range(steps.most):
            is_whole = done % _WHOLE_EVERY == 0
            costs = self.costs_at(prices)
            shrunk = steps.shrink**done
            found = self._costs.priced(costs, is_active if is_whole else hopeful, max(_LEAST_OWN, shrunk))
            if is_whole:
                hopeful = is_active & self._is_near(found)
                best = max(best, self._sum(prices, costs, found))
            fractions *= 1.0 - steps.newest
            fractions[found.cheapest] += steps.newest
            course = _further(course, self._slope(prices, found.uses))
            prices = self._along(prices, course, length * shrunk)
        self.seconds_per_step = (time.monotonic() - begun) / steps.most
        return Quote(prices, course, fractions, max(best, self.bound_at(prices, is_active)))

    def bound_at(self, prices: Floats, is_active: Flags) -> float:
        """Return the bound that these prices give for plans with active sets."""
        costs = self.costs_at(prices)
        return self._sum(prices, costs, self._costs.priced(costs, is_active, _LEAST_OWN))

    def _is_near(self, found: SetValues) -> Flags:
        """Return which sets are so little dearer than the cheapest of their recipient that they may soon be it."""
        cheapest = found.values[found.cheapest]
        slack = _SLACK * max(1.0, float(np.abs(cheapest).mean()))
        near: Flags = found.values <= cheapest[self.sets.recipients] + slack
        return near

    def _sum(self, prices: Floats, costs: Floats, found: SetValues) -> float:
        return self._parts.paid_back_at(prices, costs) + float(found.values[found.cheapest].sum())

    def costs_at(self, prices: Floats) -> Floats:
        """Return what each column costs when its use of the shared rows is paid for."""
        found: Floats = self._parts.program.costs - self._by_columns @ prices[self._rows]
        return found

    def _slope(self, prices: Floats, uses: Floats) -> Floats:
        """Return how much less of each row is there than its limit wants, or more: prices rise where it is positive."""
        taken = self._entries @ uses
        own = prices[self._rows]
        target = np.where(own < 0.0, self._upper, np.where(own > 0.0, self._lower, taken))
        target = np.clip(target, self._lower, self._upper)
        slope: Floats = target - taken
        return slope

    def _along(self, prices: Floats, course: Course, length: float) -> Floats:
        slope = course.slope / (1.0 - _MEMORY**course.steps)
        scale = np.sqrt(course.square / (1.0 - _MEMORY_OF_SQUARES**course.steps))
        moved = prices.copy()
        moved[self._rows] += length * slope / (scale + _LEAST_SLOPE)
        return self._parts.allowed(moved)


def _further(course: Course, slope: Floats) -> Course:
    return Course(
        _MEMORY * course.slope + (1.0 - _MEMORY) * slope,
        _MEMORY_OF_SQUARES * course.square + (1.0 - _MEMORY_OF_SQUARES) * slope**2,
        course.steps + 1,
    )


def _rows_to_price(model: PostingModel, problem: SetProblem) -> np.ndarray:
    """Return the shared rows, without those that say again that a person has one posting."""
    rules = model.problem.rules
    is_said = rules.most_postings_per_person == 1 and rules.is_hard(RuleId.MOST_POSTINGS)
    shared = problem.parts.shared
    if not is_said:
        return shared
    again = [rows for clause, rows in model.clauses.items() if clause.rule is RuleId.ONE_AT_A_TIME]
    return np.setdiff1d(shared, np.concatenate(again)) if again else shared
