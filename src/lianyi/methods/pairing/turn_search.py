"""A lawful plan within moments, made better by taking back and choosing again.

All recipients choose in turns, first with prices that keep scarce people for those who need them most, then with lower
ones. Then some recipients that share donors give back what they have and choose again in another order; what is not
worse stays, and what is a little worse may, less and less (G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt and G. Dueck,
Journal of Computational Physics 159 (2000) 139-171; G. Dueck and T. Scheuer, the same 90 (1990) 161-175). Nothing is
proved by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lianyi.methods.pairing.parts import Parts
from lianyi.methods.pairing.prices import Prices
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.turns import Choice, Turns

_FACTORS = (1.0, 0.7, 0.4, 0.2, 0.0, 0.0)
_FACTORS_AGAIN = (0.0, 0.0, 0.3, 0.7)
_TOGETHER = 6
_ROUNDS_FOR_A_RECIPIENT = 40
_WORSE_AT_FIRST = 0.3
_ROUNDING = 1e-6


class TurnSearch:
    """Turns of all recipients, and of some again and again.

    Parameters
    ----------
    problem, prices
        The problem, and what its donors' people are worth.
    seed
        The same problem and seed give the same plan after the same number of rounds.
    """

    def __init__(self, problem: PairingProblem, prices: Prices | None, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._turns = Turns(problem, prices)
        self._parts = Parts(problem)
        self._free = [number for number, locked in enumerate(self._turns.is_locked) if not locked]
        self._near: dict[int, tuple[list[int], list[int]]] = {}

    @property
    def value(self) -> float:
        """What the plan costs now."""
        return self._turns.value

    @property
    def rounds(self) -> int:
        """How many rounds are worth while."""
        return _ROUNDS_FOR_A_RECIPIENT * len(self._free)

    def pairing(self) -> Pairing:
        return self._turns.pairing()

    def first(self) -> None:
        """Let all recipients choose, some times over, at prices that fall."""
        best, chosen = self.value, list(self._turns.choices)
        for factor in _FACTORS:
            for number in self._rng.permutation(self._free).tolist():
                self._turns.turn_of(number, factor)
            if self.value < best - _ROUNDING:
                best, chosen = self.value, list(self._turns.choices)
        self._back_to(chosen)

    def improve(self, rounds: int, share_gone: Callable[[int], float]) -> None:
        """Do rounds until they are done or all is gone; ``share_gone`` tells how much of time and rounds after each."""
        if not self._free:
            return
        best, chosen = self.value, list(self._turns.choices)
        worse = _WORSE_AT_FIRST * max(best, 0.0) / len(self._free)
        for done in range(rounds):
            gone = share_gone(done)
            if gone >= 1.0:
                break
            self._choose_again(worse * (1.0 - gone))
            if self.value < best - _ROUNDING:
                best, chosen = self.value, list(self._turns.choices)
        self._back_to(chosen)

    def _choose_again(self, worse: float) -> None:
        """Let some recipients choose again, and go back where that is worse than allowed."""
        group = self._group()
        before = self.value
        old = [self._turns.give_back(number) for number in group]
        factor = float(self._rng.choice(_FACTORS_AGAIN))
        for number in self._rng.permutation(group).tolist():
            self._turns.take(number, self._turns.best(number, factor))
        if self.value > before + worse * float(self._rng.random()) + _ROUNDING:
            self._put_back(group, old)

    def _put_back(self, group: Sequence[int], old: Sequence[Choice]) -> None:
        for number in group:
            self._turns.give_back(number)
        for number, choice in zip(group, old, strict=True):
            self._turns.take(number, choice)

    def _back_to(self, chosen: Sequence[Choice]) -> None:
        self._put_back(range(len(chosen)), chosen)

    def _group(self) -> list[int]:
        """Return a recipient and others that share most donors with it, the near ones more often."""
        centre = self._free[int(self._rng.integers(len(self._free)))]
        numbers, shared = self._around(centre)
        if not numbers:
            return [centre]
        order = np.argsort(-(np.array(shared) + 2.0 * self._rng.random(len(shared))), kind="stable")
        return [centre, *(numbers[at] for at in order[: _TOGETHER - 1].tolist())]

    def _around(self, centre: int) -> tuple[list[int], list[int]]:
        if centre not in self._near:
            shared = self._parts.near(centre)
            numbers = sorted(number for number in shared if not self._turns.is_locked[number])
            self._near[centre] = numbers, [shared[number] for number in numbers]
        return self._near[centre]


def quick_plan(problem: PairingProblem, seed: int) -> Pairing:
    """Return a plan within moments: all recipients have chosen in turns. It need not obey every hard rule.

    Examples
    --------
    >>> from lianyi.methods.pairing.problem import Donor, Need, Pair, Recipient, Strength
    >>> problem = PairingProblem(
    ...     (Donor("Sanjia", most_people=2),), (Recipient("Ceheng"),), (Strength("Sanjia", "03.04"),),
    ...     (Need("N1", "Ceheng", "03.04", 3),), (Pair("Sanjia", "Ceheng"),),
    ... )
    >>> quick_plan(problem, seed=0).people
    {('Sanjia', 'N1'): 2}
    """
    search = TurnSearch(problem, None, seed)
    search.first()
    return search.pairing()
