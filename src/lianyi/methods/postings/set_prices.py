"""What the limits that recipients share are worth, found with each set of donors of each recipient as one program.

In each round the sets are priced, a mixture of the plans found obeys the shared limits, and what the mixture would pay
for more of each are the next prices; they move half the way only, so that they do not jump (P. Wentges, International
Transactions in Operational Research 4, 1997, 151-162). What the cheapest set of each recipient costs, added up, is a
bound for every plan at any prices (A. M. Geoffrion, Mathematical Programming Study 2, 1974, 82-114). A *branch* is a
part of all plans: those in which each recipient has one of the sets that are active there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import Program
from lianyi.methods.postings.mixing_process import MixingProcess, Mixture, NewPlans
from lianyi.methods.postings.owners import NOBODY
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.postings.set_process import Priced, SetProcess, SetShare

_DEAR = 3.0
_DEAREST = 1e6
_SHARE = 1e-6
_SECONDS_TO_ANSWER = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Plans whose recipients have active sets: the prices reached for them, their bound, and the best mixture.

    ``worth`` is what the plan of each recipient costs in the mixture at its prices, ``shares`` how much of each set is
    in the mixture, ``values`` what each set costs at ``centre``, the prices of the bound.
    """

    active: Flags
    prices: Floats
    centre: Floats
    worth: Floats
    values: Floats
    shares: Floats
    bound: float = -np.inf
    objective: float = np.inf


@dataclass(frozen=True, slots=True)
class PriceRounds:
    """How many rounds at most, with what share of the old prices, and the gap between bound and mixture to stop at."""

    most: int
    smoothing: float
    gap: float


def never() -> bool:
    """Say that it is not over."""
    return False


class PricesLost(Exception):  # noqa: N818 - nobody sees it: the search goes another way
    """A process that prices ended or took too long."""


class SetPrices:
    """Prices the sets of a model with some processes, and mixes what they find with another.

    Parameters
    ----------
    problem
        The recipients and their sets.
    pricing, mixing
        The processes; each of the pricing ones gets every so manieth recipient.
    """

    def __init__(self, problem: SetProblem, pricing: Sequence[SetProcess], mixing: MixingProcess) -> None:
        self.sets = problem.sets
        self.parts = problem.parts
        self.processes = tuple(pricing)
        self._mixing = mixing
        self._is_mixing = False
        self._columns: list[Positions] = []
        self._sets_of: list[Positions] = []
        self._set_of_plan: Positions = np.empty(0, np.int64)
        self._place = np.full(self.parts.program.rows, NOBODY)
        self._place[self.parts.shared] = np.arange(self.parts.shared.size)
        self._hand_out(problem)

    def everything(self) -> Branch:
        """Return the branch of all plans, of which nothing is known yet."""
        nothing = np.zeros(self.parts.program.rows)
        count = len(self.sets)
        return Branch(
            np.ones(count, np.bool_),
            nothing,
            nothing,
            np.full(self.parts.recipients, np.inf),
            np.full(count, -np.inf),
            np.zeros(count),
        )

    def priced(self, branch: Branch, rounds: PriceRounds, is_over: Callable[[], bool] = never) -> Branch:
        """Do rounds until bound and mixture meet, nothing new is found, they are done, or the time is over.

        Raises
        ------
        PricesLost
            When a process ended or took too long.
        """
        found = replace(branch, bound=-np.inf)
        is_new = True
        for done in range(rounds.most):
            # Where nothing new is found the prices of the mixture are the last word.
            smoothing = rounds.smoothing if done and is_new else 0.0
            is_last = not is_new
            trial = self.parts.allowed(smoothing * found.centre + (1.0 - smoothing) * found.prices)
            answers = self._asked(found, trial)
            values = self._values(answers)
            bound = self.parts.paid_back(trial) + float(self.cheapest(values).sum())
            if bound > found.bound or not done:
                found = replace(found, bound=bound, centre=trial, values=values)
            before = self._set_of_plan.size
            found = self._mixed(found, answers)
            is_new = self._set_of_plan.size > before
            if found.objective - found.bound <= rounds.gap * abs(found.bound) or (is_last and not is_new):
                break
            if is_over():
                break
        return replace(found, bound=max(found.bound, branch.bound))

    def cheapest(self, values: Floats) -> Floats:
        """Return the least of each recipient's values."""
        found: Floats = np.minimum.reduceat(values, self.sets.starts[:-1])
        return found

    def cheapest_at(self, prices: Floats) -> Floats:
        """Return what each recipient's cheapest set costs at these prices of all rows.

        Raises
        ------
        PricesLost
            When a process ended or took too long.
        """
        branch = replace(self.everything(), worth=np.full(self.parts.recipients, -np.inf))
        return self.cheapest(self._values(self._asked(branch, prices)))

    def _hand_out(self, problem: SetProblem) -> None:
        parts, count = self.parts, len(self.processes)
        for process, first in zip(self.processes, range(count), strict=True):
            own = np.arange(first, parts.recipients, count)
            numbers = np.full(parts.recipients + 1, -1)
            numbers[own] = np.arange(own.size)
            columns = parts.columns_of(own.tolist()) if own.size else np.empty(0, np.int64)
            rows = parts.rows_at(columns)
            rows = rows[(parts.owners.rows[rows] != NOBODY) | parts.holds_alone[rows]]
            positions = np.flatnonzero(np.isin(self.sets.recipients, own))
            self._columns.append(columns)
            self._sets_of.append(positions)
            share = SetShare(
                parts.divisible.own(columns, rows).program,
                numbers[parts.owners.columns[columns]],
                problem.pairs[columns],
                problem.is_partner[columns],
                numbers[self.sets.recipients[positions]],
                [self.sets.pairs[each] for each in positions.tolist()],
            )
            if own.size and not process.load(share, _SECONDS_TO_ANSWER):
                raise PricesLost

    def _asked(self, branch: Branch, trial: Floats) -> list[Priced]:
        costs, known = self.parts.costs_at(trial), self.parts.costs_at(branch.prices)
        worth = branch.worth[self.sets.recipients]

        def ask(number: int) -> Priced | None:
            columns, own = self._columns[number], self._sets_of[number]
            process = self.processes[number]
            return process.price(costs[columns], known[columns], worth[own], branch.active[own], _SECONDS_TO_ANSWER)

        used = [number for number, own in enumerate(self._sets_of) if own.size]
        with ThreadPoolExecutor(len(used)) as pool:
            answers = list(pool.map(ask, used))
        found = [each for each in answers if each is not None]
        if len(found) < len(used):
            raise PricesLost
        return found

    def _values(self, answers: Sequence[Priced]) -> Floats:
        values = np.full(len(self.sets), np.inf)
        for own, answer in zip(self._sets_of, answers, strict=False):
            values[own] = answer.values
        return values

    def _mixed(self, branch: Branch, answers: Sequence[Priced]) -> Branch:
        if not self._is_mixing:
            finite = branch.values[np.isfinite(branch.values)]
            self._begin_mixing(_DEAR * max(1.0, float(finite.max(initial=0.0))) if finite.size else _DEAREST)
        new = self._new_plans(answers)
        mixture = self._mixing.mix(new, branch.active[self._set_of_plan], _SECONDS_TO_ANSWER)
        if mixture is None:
            raise PricesLost
        return replace(
            branch,
            prices=self._prices_of(mixture),
            worth=mixture.prices[self.parts.shared.size :],
            shares=np.bincount(self._set_of_plan, mixture.shares, minlength=len(self.sets)).astype(np.float64),
            objective=mixture.objective,
        )

    def _prices_of(self, mixture: Mixture) -> Floats:
        prices = np.zeros(self.parts.program.rows)
        prices[self.parts.shared] = mixture.prices[: self.parts.shared.size]
        return self.parts.allowed(prices)

    def _new_plans(self, answers: Sequence[Priced]) -> NewPlans:
        """Return what each plan costs, what it takes of what is shared, and whose it is."""
        costs: list[float] = []
        rows: list[Positions] = []
        amounts: list[Floats] = []
        sets: list[int] = []
        for columns, own, answer in zip(self._columns, self._sets_of, answers, strict=False):
            for number, first, last in zip(
                own[answer.of_set].tolist(), answer.starts[:-1].tolist(), answer.starts[1:].tolist(), strict=True
            ):
                places, values = columns[answer.places[first:last]], answer.amounts[first:last]
                taken_rows, taken = self._taken(places, values)
                recipient = self.parts.shared.size + int(self.sets.recipients[number])
                costs.append(float(self.parts.program.costs[places] @ values))
                rows.append(np.append(taken_rows, recipient))
                amounts.append(np.append(taken, 1.0))
                sets.append(number)
        self._set_of_plan = np.concatenate((self._set_of_plan, np.array(sets, np.int64)))
        starts = np.concatenate(([0], np.cumsum([each.size for each in rows]))).astype(np.int64)
        return NewPlans(
            np.array(costs),
            starts,
            np.concatenate(rows) if rows else np.empty(0, np.int64),
            np.concatenate(amounts) if amounts else np.empty(0),
        )

    def _taken(self, columns: Positions, values: Floats) -> tuple[Positions, Floats]:
        by_column = self.parts.divisible.by_column
        lengths = by_column.indptr[columns + 1] - by_column.indptr[columns]
        begins = np.repeat(by_column.indptr[columns] - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        entries = begins + np.arange(int(lengths.sum()))
        places = self._place[by_column.indices[entries]]
        is_shared = places != NOBODY
        rows, inverse = np.unique(places[is_shared], return_inverse=True)
        taken = np.bincount(inverse, (by_column.data[entries] * np.repeat(values, lengths))[is_shared], rows.size)
        return rows.astype(np.int64), taken.astype(np.float64)

    def _begin_mixing(self, dear: float) -> None:
        """Hand over the shared rows and one row for each recipient, who may stay without a plan at a dear price."""
        parts, whole = self.parts, self.parts.program
        common = parts.divisible.by_column[:, parts.common][parts.shared]
        recipients = parts.recipients
        entries = sparse.block_diag((common, sparse.identity(recipients)), format="csr")
        program = Program(
            costs=np.concatenate((whole.costs[parts.common], np.full(recipients, dear))),
            lower=np.concatenate((whole.lower[parts.common], np.zeros(recipients))),
            upper=np.concatenate((whole.upper[parts.common], np.full(recipients, np.inf))),
            is_whole=np.zeros(parts.common.size + recipients, np.bool_),
            row_lower=np.concatenate((whole.row_lower[parts.shared], np.ones(recipients))),
            row_upper=np.concatenate((whole.row_upper[parts.shared], np.ones(recipients))),
            starts=entries.indptr.astype(np.int64),
            indices=entries.indices.astype(np.int64),
            entries=entries.data,
        )
        if not self._mixing.load(program, _SECONDS_TO_ANSWER):
            raise PricesLost
        self._is_mixing = True
