"""From prices to a plan: one set of donors is chosen for each recipient after the other, then for some of them anew.

A dive gives the set that the mixture likes best to one recipient (or to several that share no donors), finds the
mixture of the rest anew, and takes the next likely set instead where that became dear. Of a plan that is known some
recipients that share donors choose again while all others keep their sets, over and over: large neighbourhoods as of
P. Shaw, CP 1998, 417-431.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.postings.nearness import group_around
from lianyi.methods.postings.recipient_sets import RecipientSets
from lianyi.methods.postings.set_prices import Branch, PriceRounds, SetPrices

_SURE = 0.999
_TRIED = 3
_LIKELY = 1e-6
_DEARER = 2e-3
_ROUNDS = PriceRounds(most=3, smoothing=0.0, gap=2e-3)
_ONE_ROUND = PriceRounds(most=1, smoothing=0.0, gap=2e-3)
_LAST_ROUNDS = PriceRounds(most=5, smoothing=0.0, gap=1e-4)
_RECIPIENTS_AT_A_TIME = 30
_RECIPIENTS_AGAIN = 10
_LEAST_CHANCE = 0.2
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class ChosenSets:
    """One set for each recipient, and the least cost of a mixture with them: all but always that of their plan."""

    sets: Positions
    objective: float


def kept(sets: RecipientSets, values: Floats, slack: float) -> Flags:
    """Return which sets cost no more than the cheapest of their recipient and the slack."""
    cheapest = np.minimum.reduceat(values, sets.starts[:-1])
    found: Flags = values <= cheapest[sets.recipients] + slack
    return found


class SetPlanner:
    """Chooses sets for recipients.

    Parameters
    ----------
    prices
        What prices the sets.
    root
        The branch of all plans, priced.
    near
        For each two recipients which share of their donors may help both.
    is_over
        Says when to hurry: many recipients are given their likely set at once then.
    seed
        Of the choice of who chooses again.
    """

    def __init__(self, prices: SetPrices, root: Branch, near: Floats, is_over: Callable[[], bool], seed: int) -> None:
        self._prices = prices
        self._sets = prices.sets
        self._root = root
        self._near = near
        self._is_over = is_over
        self._rng = np.random.default_rng(seed)
        self._visits = np.zeros(prices.parts.recipients)

    def dive(self, active: Flags, ceiling: float = np.inf, tried: int = _TRIED) -> ChosenSets | None:
        """Choose among the active sets; None where the bound passes the ceiling."""
        branch = self._prices.priced(replace(self._root, active=active, bound=-np.inf), _ROUNDS)
        while True:
            branch = self._with_sure(branch)
            free = self._free(branch)
            if not free.size:
                break
            if branch.bound > ceiling:
                return None
            branch = self._next(branch, free, tried)
        branch = self._prices.priced(branch, _LAST_ROUNDS)
        return ChosenSets(np.flatnonzero(branch.active), branch.objective)

    def choose_again(self, chosen: ChosenSets, slack: float) -> ChosenSets:
        """Let a recipient and others near it choose again; return what is better, or what was."""
        group = self._around(chosen.sets)
        free = np.isin(self._sets.recipients, group)
        active = free & kept(self._sets, self._root.values, slack)
        active[chosen.sets] = True
        found = self.dive(active, chosen.objective - _ROUNDING, tried=2)
        return found if found is not None and found.objective < chosen.objective - _ROUNDING else chosen

    def _free(self, branch: Branch) -> Positions:
        counts = np.add.reduceat(branch.active.astype(np.int64), self._sets.starts[:-1])
        return np.flatnonzero(counts > 1)

    def _with_sure(self, branch: Branch) -> Branch:
        """Take those sets that are all but whole in the mixture."""
        sure = np.flatnonzero((branch.shares > _SURE) & branch.active)
        active = branch.active & ~np.isin(self._sets.recipients, self._sets.recipients[sure])
        active[sure] = True
        return replace(branch, active=active)

    def _next(self, branch: Branch, free: Positions, tried: int) -> Branch:
        """Fix one more recipient, or some far from one another; try others where that became dear."""
        likely = self._likely(branch, free)
        if self._is_over():
            return self._prices.priced(self._fixed(branch, self._first_of_many(likely, free.size)), _ONE_ROUND)
        best: Branch | None = None
        for number, candidate in enumerate(likely[:tried].tolist()):
            fixed = self._spread(likely, free.size) if number == 0 else [candidate]
            found = self._prices.priced(self._fixed(branch, fixed), _ROUNDS)
            if best is None or found.objective < best.objective:
                best = found
            if best.objective <= branch.objective * (1.0 + _DEARER * len(fixed)):
                break
        return branch if best is None else best

    def _first_of_many(self, likely: Positions, free: int) -> list[int]:
        """Return the most likely set of a third of the recipients."""
        _recipients, first = np.unique(self._sets.recipients[likely], return_index=True)
        taken: list[int] = likely[np.sort(first)[: 1 + free // 3]].tolist()
        return taken

    def _likely(self, branch: Branch, free: Positions) -> Positions:
        """Return active sets of free recipients by their share in the mixture; the cheapest ones where none has any."""
        of_free = branch.active & np.isin(self._sets.recipients, free)
        likely = np.flatnonzero(of_free & (branch.shares > _LIKELY))
        if not likely.size:
            values = np.where(of_free, branch.values, np.inf)
            return np.array([int(np.argmin(values))])
        return likely[np.argsort(-branch.shares[likely], kind="stable")]

    def _spread(self, likely: Positions, free: int) -> list[int]:
        """Return the most likely set, and in a large problem those next that share no donors with one before."""
        most = max(1, free // _RECIPIENTS_AT_A_TIME)
        taken: list[int] = []
        blocked = np.zeros(self._near.shape[0], np.bool_)
        for each in likely.tolist():
            recipient = int(self._sets.recipients[each])
            if not blocked[recipient]:
                taken.append(each)
                blocked |= self._near[recipient] > 0.0
                blocked[recipient] = True
            if len(taken) == most:
                break
        return taken

    def _fixed(self, branch: Branch, sets: Sequence[int]) -> Branch:
        active = branch.active & ~np.isin(self._sets.recipients, self._sets.recipients[list(sets)])
        active[list(sets)] = True
        return replace(branch, active=active, bound=-np.inf)

    def _around(self, chosen: Positions) -> Positions:
        """Return recipients to choose again: one by chance, sooner if its set is dear, with others near it."""
        regret = self._root.values[chosen] - self._prices.cheapest(self._root.values)
        mean = max(1.0, float(regret.mean()))
        chances = (np.maximum(regret, 0.0) + _LEAST_CHANCE * mean) / (1.0 + self._visits)
        centre = int(self._rng.choice(chances.size, p=chances / chances.sum()))
        self._visits[centre] += 1.0
        return np.array(group_around(self._near, centre, _RECIPIENTS_AGAIN, self._rng))
