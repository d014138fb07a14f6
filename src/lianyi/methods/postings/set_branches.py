"""A higher bound: the plans are split into those in which a hospital helps a recipient and those in which it does not.

The branch with the lowest bound is split next, until the time is over (A. H. Land and A. G. Doig, Econometrica 28,
1960, 497-520). Of some pairs that the mixture uses by half the one is taken whose two branches are bounded best.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.postings.set_prices import Branch, PriceRounds, SetPrices

_ROUNDS = PriceRounds(most=3, smoothing=0.5, gap=5e-4)
_TRIED = 4
_WHOLE = 0.02
_WEIGHT_OF_THE_LOWER = 10.0


class BranchSearch:
    """Splits the branch of the lowest bound again and again.

    ``on_whole`` is told of a branch whose mixture is one set for each recipient.
    """

    def __init__(
        self,
        prices: SetPrices,
        root: Branch,
        is_over: Callable[[], bool],
        on_whole: Callable[[Branch], None],
    ) -> None:
        self._prices = prices
        self._is_over = is_over
        self._on_whole = on_whole
        self._numbers = count()
        self._open = [(root.bound, next(self._numbers), root)]
        of_pair = np.array([(number, pair) for number, each in enumerate(prices.sets.pairs) for pair in each], np.int64)
        self._of_pair = of_pair.reshape(-1, 2)
        self._closed = np.inf

    def bound(self, ceiling: float) -> float:
        """Return what is proven by now: no plan costs less, or none less than the ceiling."""
        lowest = min((each[0] for each in self._open), default=np.inf)
        return min(lowest, self._closed, ceiling)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to split."""
        return not self._open

    def go_on(self, ceiling: float) -> None:
        """Split the branch with the lowest bound, if it is below the ceiling: the cost of a plan that is known."""
        while self._open and self._open[0][0] >= ceiling:
            heapq.heappop(self._open)
        if not self._open:
            return
        _bound, _number, branch = heapq.heappop(self._open)
        pairs = self._halves(branch)
        if pairs is None:
            # Nothing is left to split: what the people in it cost beyond this is not known.
            self._closed = min(self._closed, branch.bound)
            self._on_whole(branch)
        else:
            self._split(branch, pairs, ceiling)

    def _halves(self, branch: Branch) -> list[int] | None:
        """Return the pairs whose share in the mixture is nearest to one half; None where all are whole."""
        shares = np.bincount(self._of_pair[:, 1], branch.shares[self._of_pair[:, 0]])
        away = np.abs(shares - 0.5)
        order = np.argsort(away, kind="stable")[:_TRIED]
        found = [int(pair) for pair in order if away[pair] < 0.5 - _WHOLE]
        return found or None

    def _split(self, branch: Branch, pairs: list[int], ceiling: float) -> None:
        best: tuple[float, list[Branch]] | None = None
        for pair in pairs:
            made = [found for found in self._two(branch, pair) if found is not None]
            bounds = [min(each.bound, ceiling) for each in made] or [ceiling]
            bounds += [ceiling] * (2 - len(made))
            score = _WEIGHT_OF_THE_LOWER * min(bounds) + max(bounds)
            if best is None or score > best[0]:
                best = score, made
            if self._is_over():
                break
        for each in best[1] if best is not None else [branch]:
            if each.bound < ceiling:
                heapq.heappush(self._open, (each.bound, next(self._numbers), each))

    def _two(self, branch: Branch, pair: int) -> list[Branch | None]:
        holds = np.zeros(len(self._prices.sets), np.bool_)
        holds[self._of_pair[self._of_pair[:, 1] == pair, 0]] = True
        recipient = self._prices.sets.recipients[np.flatnonzero(holds)[0]]
        others = self._prices.sets.recipients != recipient
        return [self._branch(branch, branch.active & (others | side)) for side in (holds, ~holds)]

    def _branch(self, branch: Branch, active: Flags) -> Branch | None:
        """Return the branch with these sets, priced; None where a recipient has none left."""
        left: Floats = np.add.reduceat(active.astype(np.float64), self._prices.sets.starts[:-1])
        if not left.all():
            return None
        return self._prices.priced(replace(branch, active=active), _ROUNDS)
