"""What the shared limits are worth, found round by round, with a bound that holds for all plans.

It begins with what fractions would pay, for some recipients at a time that have a portion of each limit. In each round
every recipient is planned alone at the prices known; a linear program then mixes the plans seen so far within the
shared limits, and what it would pay for more moves the prices (G. B. Dantzig and P. Wolfe, Operations Research 8, 1960,
101-111). It may exceed a limit at somewhat more than the price, so that prices do not jump (O. du Merle and others,
Discrete Mathematics 194, 1999, 229-237).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import Program, SolveWish
from lianyi.methods.postings.decomposition import Decomposition
from lianyi.methods.postings.owners import NOBODY
from lianyi.methods.program_parts import Part
from lianyi.methods.solver_team import SolverTeam, Task

_FIRST_TRUST, _LEAST_TRUST, _LESS_TRUST = 0.3, 0.02, 0.7
_STEP = 0.5
_SEEN = 1e-3
_CHOSEN = 0.5
_DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Offer:
    """A plan of one recipient alone: what it costs, and what it takes of the shared rows."""

    recipient: int
    cost: float
    rows: Positions
    amounts: Floats


class PriceSearch:
    """The best prices known, the bound that they prove, and which columns the plans on the way made use of.

    ``prices`` are those of all rows, 0 where a row is not shared. ``seen`` says of each column whether a plan used it.
    """

    def __init__(self, parts: Decomposition, team: SolverTeam, wish: SolveWish) -> None:
        self.prices: Floats = np.zeros(parts.program.rows)
        self.bound = -np.inf
        self.seen: Flags = np.zeros(parts.program.columns, np.bool_)
        self._parts = parts
        self._team = team
        self._wish = wish
        self._alone: list[Part] = []
        self._offers: list[_Offer] = []
        self._known: set[tuple[int, bytes]] = set()
        self._trust = _FIRST_TRUST

    def begin(self, clusters: Sequence[Sequence[int]], seconds: float) -> None:
        """Take the prices of fractions, cluster by cluster, for so many seconds each."""
        portions = [self._parts.portion(cluster) for cluster in clusters]
        found = self._team.relax_all([_scaled(*portion) for portion in portions], seconds)
        for (part, shared, share), relaxation in zip(portions, found, strict=True):
            if relaxation.has_values:
                rows = part.rows[shared]
                self.prices[rows] += share * relaxation.prices[shared]
                self.seen[part.columns[relaxation.values > _SEEN]] = True
        self.prices = self._parts.allowed(self.prices)

    def look_around(self) -> float:
        """Plan every recipient alone at the prices known; return what that proves."""
        return self._offered(self.prices)

    def improve(self) -> float:
        """Do one round; return by how much the best bound rose."""
        before = self.bound
        wanted = self._wanted_prices()
        if wanted is None:
            return 0.0
        trial = self._parts.allowed(_STEP * wanted + (1.0 - _STEP) * self.prices)
        self._offered(trial)
        if self.bound <= before:
            self._trust = max(_LEAST_TRUST, self._trust * _LESS_TRUST)
        return self.bound - before

    def bound_of(self, groups: Sequence[Sequence[int]], wish: SolveWish) -> float:
        """Plan groups of recipients at the best prices, and keep the bound if it is higher."""
        costs = self._parts.costs_at(self.prices)
        parts = [self._parts.alone(group) for group in groups]
        tasks = [Task(part.program.with_objective(costs[part.columns]), wish) for part in parts]
        bounds = [found.bound for found in self._team.solve_all(tasks)]
        proven = self._parts.paid_back(self.prices) + sum(bounds)
        # A group of which nothing is known, or which the solver calls impossible, proves nothing.
        if np.isfinite(proven):
            self.bound = max(self.bound, proven)
        return self.bound

    def _offered(self, prices: Floats) -> float:
        if not self._alone:
            self._alone = [self._parts.alone([each]) for each in range(self._parts.recipients)]
        costs = self._parts.costs_at(prices)
        tasks = [Task(part.program.with_objective(costs[part.columns]), self._wish) for part in self._alone]
        proven = self._parts.paid_back(prices)
        for recipient, found in enumerate(self._team.solve_all(tasks)):
            proven += found.bound if np.isfinite(found.bound) else -np.inf
            if found.has_values:
                self._keep(recipient, found.values)
        if proven > self.bound:
            self.bound, self.prices = proven, prices
        return proven

    def _keep(self, recipient: int, values: Floats) -> None:
        part = self._alone[recipient]
        rounded = np.round(values, _DECIMALS)
        key = (recipient, np.flatnonzero(rounded > _CHOSEN).tobytes())
        if key in self._known:
            return
        self._known.add(key)
        self.seen[part.columns[rounded > _CHOSEN]] = True
        columns = part.columns[rounded != 0.0]
        entries = self._parts.divisible.by_column[:, columns]
        rows, place = np.unique(entries.indices, return_inverse=True)
        weights = entries.data * np.repeat(rounded[rounded != 0.0], np.diff(entries.indptr))
        amounts = np.bincount(place, weights, minlength=rows.size)
        is_shared = self._parts.owners.rows[rows] == NOBODY
        cost = float(self._parts.program.costs[columns] @ rounded[rounded != 0.0])
        self._offers.append(_Offer(recipient, cost, rows[is_shared], amounts[is_shared]))

    def _wanted_prices(self) -> Floats | None:
        """Mix the plans seen, and return what the mixture would pay for more of each shared row."""
        if len({offer.recipient for offer in self._offers}) < self._parts.recipients:
            return None
        master = self._master()
        [found] = self._team.relax_all([master], self._wish.seconds)
        if not found.has_values:
            return None
        prices = np.zeros(self._parts.program.rows)
        prices[self._parts.shared] = found.prices[: self._parts.shared.size]
        return self._parts.allowed(prices)

    def _master(self) -> Program:
        parts, whole = self._parts, self._parts.program
        count, rows = len(self._offers), parts.shared.size
        place = np.full(whole.rows, -1)
        place[parts.shared] = np.arange(rows)
        used = sparse.csc_matrix(
            (
                np.concatenate([offer.amounts for offer in self._offers]),
                place[np.concatenate([offer.rows for offer in self._offers])],
                np.cumsum([0, *(offer.rows.size for offer in self._offers)]),
            ),
            shape=(rows, count),
        )
        mixed = sparse.csc_matrix(
            (np.ones(count), ([offer.recipient for offer in self._offers], np.arange(count))),
            shape=(parts.recipients, count),
        )
        common = parts.divisible.by_column[:, parts.common][parts.shared]
        above, below = -sparse.identity(rows, format="csc"), sparse.identity(rows, format="csc")
        # What a row is worth at most within the trust, so that a limit may be passed at that price.
        size = np.abs(self.prices[parts.shared])
        dear = size * (1.0 + self._trust) + self._trust * max(1.0, float(size.max(initial=0.0)) / 10.0)
        top = sparse.hstack((used, common, above, below))
        entries = sparse.vstack(
            (top, sparse.hstack((mixed, sparse.csc_matrix((parts.recipients, top.shape[1] - count)))))
        )
        return _program(
            entries.tocsr(),
            np.concatenate(([offer.cost for offer in self._offers], whole.costs[parts.common], dear, dear)),
            np.concatenate((np.full(count, np.inf), whole.upper[parts.common], np.full(2 * rows, np.inf))),
            np.concatenate((whole.row_lower[parts.shared], np.ones(parts.recipients))),
            np.concatenate((whole.row_upper[parts.shared], np.ones(parts.recipients))),
        )


def _scaled(part: Part, shared: Positions, portions: Floats) -> Program:
    lower, upper = part.program.row_lower.copy(), part.program.row_upper.copy()
    lower[shared] *= portions
    upper[shared] *= portions
    return replace(part.program, row_lower=lower, row_upper=upper)


def _program(entries: sparse.csr_matrix, costs: Floats, upper: Floats, row_lower: Floats, row_upper: Floats) -> Program:
    return Program(
        costs=costs,
        lower=np.zeros(costs.size),
        upper=upper,
        is_whole=np.zeros(costs.size, np.bool_),
        row_lower=row_lower,
        row_upper=row_upper,
        starts=entries.indptr.astype(np.int64),
        indices=entries.indices.astype(np.int64),
        entries=entries.data,
    )
