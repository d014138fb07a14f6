"""A set of donors for each recipient of a country: the surest ones are fixed stage by stage, and prices follow.

A dive: those recipients whose cheapest set hardly ever changed while prices moved get it; sets for which their donors
have no room any more are closed; prices are moved on with what is left open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.postings.building import PostingModel
from lianyi.methods.postings.quick_prices import QuickPrices, Quote, Steps
from lianyi.methods.postings.set_problem import SetProblem

STAGES = 20
_STEPS_OF_A_STAGE = Steps(most=40, length=0.12, shrink=0.987)
_LAST_STEPS = Steps(most=200, length=0.1, shrink=0.97)
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Dived:
    """The set that each recipient has, and prices that have settled with these sets."""

    sets: Positions
    quote: Quote


class QuickDive:
    """Fixes sets.

    Parameters
    ----------
    model, problem
        The model, and its recipients with their sets.
    prices
        What prices the sets.
    """

    def __init__(self, model: PostingModel, problem: SetProblem, prices: QuickPrices) -> None:
        self._sets = problem.sets
        self._pairs = problem.sets.as_array()
        self._prices = prices
        entries = problem.parts.divisible.by_column[:, model.partners]
        is_limit = problem.parts.holds_alone[entries.indices]
        self._rows: Positions = entries.indices[is_limit]
        self._amounts: Floats = entries.data[is_limit]
        self._pair_of: Positions = np.repeat(np.arange(model.partners.size), np.diff(entries.indptr))[is_limit]
        self._left: Floats = problem.parts.program.row_upper.copy()
        # Pairs in every set of a recipient have their room from the start. The last place is that of no pair at all.
        self._is_kept: Flags = np.zeros(model.partners.size + 1, np.bool_)
        self._is_kept[self._always()] = True
        self._fill(np.flatnonzero(self._is_kept))

    def dive(self, root: Quote, seconds_left: Callable[[], float], stages: int = STAGES) -> Dived | None:
        """Return one set for each recipient, or None where their donors have no room for that.

        The less time is left, the fewer steps each stage has.
        """
        is_active = np.ones(len(self._sets), np.bool_)
        is_open = np.ones(self._sets.starts.size - 1, np.bool_)
        quote = root
        for stage in range(stages):
            count = -(-int(is_open.sum()) // (stages - stage))
            for recipient in self._surest(quote.fractions, is_active, is_open)[:count].tolist():
                found = self._best_with_room(quote.fractions, is_active, recipient)
                if found is None:
                    return None
                is_active[self._sets.starts[recipient] : self._sets.starts[recipient + 1]] = False
                is_active[found] = True
                is_open[recipient] = False
                self._take(found)
            is_active &= self._has_room() | ~is_open[self._sets.recipients]
            if not self._has_set(is_active):
                return None
            steps = _STEPS_OF_A_STAGE if is_open.any() else _LAST_STEPS
            seconds = seconds_left() / (stages - stage)
            quote = self._prices.moved(quote, is_active, steps.within(seconds, self._prices.seconds_per_step))
            if not is_open.any():
                break
        return Dived(np.flatnonzero(is_active), quote)

    def _always(self) -> list[int]:
        found: list[int] = []
        for recipient in range(self._sets.starts.size - 1):
            own = self._sets.pairs[self._sets.starts[recipient] : self._sets.starts[recipient + 1]]
            found += sorted(frozenset.intersection(*own)) if own else []
        return found

    def _surest(self, fractions: Floats, is_active: Flags, is_open: Flags) -> Positions:
        most = np.maximum.reduceat(np.where(is_active, fractions, -1.0), self._sets.starts[:-1])
        order = np.argsort(-most, kind="stable")
        return order[is_open[order]]

    def _best_with_room(self, fractions: Floats, is_active: Flags, recipient: int) -> int | None:
        first, last = self._sets.starts[recipient], self._sets.starts[recipient + 1]
        own = np.flatnonzero(is_active[first:last] & self._has_room(first, last)) + first
        return int(own[np.argmax(fractions[own])]) if own.size else None

    def _has_set(self, is_active: Flags) -> bool:
        return bool(np.logical_or.reduceat(is_active, self._sets.starts[:-1]).all())

    def _has_room(self, first: int = 0, last: int | None = None) -> Flags:
        """Return for which of these sets all donors have room."""
        pairs = self._pairs[first:last]
        is_short = np.zeros(self._is_kept.size, np.bool_)
        is_short[self._pair_of[self._left[self._rows] < self._amounts - _ROUNDING]] = True
        is_short &= ~self._is_kept
        found: Flags = np.logical_not(np.any(is_short[pairs], axis=1))
        return found

    def _take(self, number: int) -> None:
        pairs = self._pairs[number]
        self._fill(pairs[(pairs >= 0) & ~self._is_kept[pairs]])

    def _fill(self, pairs: Positions) -> None:
        is_of = np.isin(self._pair_of, pairs)
        np.subtract.at(self._left, self._rows[is_of], self._amounts[is_of])
