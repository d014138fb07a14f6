"""Which donor can send people to which need, and why the others cannot.

An arc is a donor and a need. It is made only when every rule about the two alone holds: the donor has the specialty, is
strong enough in it, has people of it, and policy allows the pair. Such rules need no row in the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.pairing.problem import Donor, Need, PairingProblem
from lianyi.methods.pairing.rules import RuleId


class Bar(StrEnum):
    """Why a donor that knows the specialty cannot send anybody to a need; the first that holds is told."""

    TOO_WEAK = "too_weak"  # below the least level
    NO_PEOPLE = "no_people"  # it has the strength, and nobody to send
    FORBIDDEN = "forbidden"  # policy forbids the pair
    NOT_LISTED = "not_listed"  # the pair does not stand among the pairs


@dataclass(frozen=True, slots=True)
class NeedTrace:
    """Who can help a need, and who has the specialty but cannot, by the reason."""

    need: str
    able: tuple[str, ...]
    barred: Mapping[Bar, tuple[str, ...]]

    @property
    def is_hopeless(self) -> bool:
        """Whether nobody could ever help."""
        return not self.able

    @property
    def has_strong_donor(self) -> bool:
        """Whether some donor has the specialty, is strong enough, and has people, allowed or not."""
        return bool(self.able) or any(bar in self.barred for bar in (Bar.FORBIDDEN, Bar.NOT_LISTED))


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Possible help as arrays of positions: donor, need and pair of each arc; what is told of each need."""

    donor: Positions
    need: Positions
    pair: Positions
    traces: tuple[NeedTrace, ...]

    def __len__(self) -> int:
        return self.donor.size


def arcs_of(problem: PairingProblem) -> Arcs:
    """Make the arcs of a problem, need by need, donors in the order given.

    Examples
    --------
    See `lianyi.methods.pairing`.
    """
    able_in: dict[str, list[int]] = defaultdict(list)
    for number, donor in enumerate(problem.donors):
        for specialty in problem.specialties_of[donor.id]:
            able_in[specialty].append(number)
    position_of = {pair.key: number for number, pair in enumerate(problem.pairs)}
    made: list[tuple[int, int, int]] = []
    traces: list[NeedTrace] = []
    for number, need in enumerate(problem.needs):
        able: list[str] = []
        barred: dict[Bar, list[str]] = defaultdict(list)
        for position in able_in[need.specialty]:
            donor = problem.donors[position]
            bar = bar_of(problem, donor, need)
            if bar is not None:
                barred[bar].append(donor.id)
                continue
            able.append(donor.id)
            made.append((position, number, position_of[donor.id, need.recipient]))
        traces.append(NeedTrace(need.id, tuple(able), {bar: tuple(barred[bar]) for bar in Bar if bar in barred}))
    table = np.array(made, np.int64).reshape(-1, 3)
    return Arcs(table[:, 0], table[:, 1], table[:, 2], tuple(traces))


def bar_of(problem: PairingProblem, donor: Donor, need: Need) -> Bar | None:
    """Return why a donor that knows the specialty cannot help a need; None where it can."""
    strength = problem.strength_of[donor.id, need.specialty]
    if strength.level < need.least_level:
        return Bar.TOO_WEAK
    limits = ((RuleId.DONOR_SPECIALTY, strength.people), (RuleId.DONOR_TOTAL, donor.most_people))
    if any(most == 0 and problem.rules.is_hard(rule) for rule, most in limits):
        return Bar.NO_PEOPLE
    pair = problem.pair_of.get((donor.id, need.recipient))
    if pair is None:
        return Bar.NOT_LISTED
    return None if pair.is_possible else Bar.FORBIDDEN
