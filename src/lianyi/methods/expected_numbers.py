"""How many people a service should know and manage, from a population and shares: 应管理人数 of basic public health.

China's basic public health services (国家基本公共卫生服务) count managed people against an expected number, the
population times the share of adults times a prevalence, since nobody knows how many are ill. The shares are local and
of one year; they stand in `lianyi.rules.expected_numbers`. What is computed is exact.

The expected number is an estimate without an interval: a prevalence from elsewhere may be wrong by more than any
township's effort could change. More people managed than expected tell of the estimate, not of good work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lianyi.methods.errors import ShareBoundsError
from lianyi.methods.presence import check_not_negative


@dataclass(frozen=True, slots=True)
class ExpectedNumber:
    """The people expected in a population, and how many of them should be managed at least."""

    population: int
    expected: Fraction
    target: Fraction

    def managed(self, people: int | None) -> ManagedPeople:
        """Set the people managed beside what was expected; None where nobody has counted them.

        Raises
        ------
        NegativeQuantityError
            When there are fewer than 0.
        """
        if people is not None:
            check_not_negative("managed", people)
        return ManagedPeople(people, self)


@dataclass(frozen=True, slots=True)
class ManagedPeople:
    """People managed against the expected number."""

    people: int | None
    of: ExpectedNumber

    @property
    def rate(self) -> Fraction | None:
        """Managed over expected; above 1 where the estimate was too low. None where one of them is unknown or 0."""
        return None if self.people is None or not self.of.expected else self.people / self.of.expected

    @property
    def is_reached(self) -> bool | None:
        return None if self.people is None else self.people >= self.of.target

    @property
    def missing(self) -> int | None:
        """How many more people would reach the target."""
        return None if self.people is None else max(0, math.ceil(self.of.target - self.people))


def expected_number(population: int, shares: Sequence[Decimal], least_managed: Decimal) -> ExpectedNumber:
    """Return the population times all shares, and the least share of that.

    Raises
    ------
    NegativeQuantityError
        When the population is below 0.
    ShareBoundsError
        When there is no share, or one is not between 0 and 1.

    Examples
    --------
    Hypertension in a township of 20,000, by the minimum set of 2014:

    >>> found = expected_number(20_000, [Decimal("0.85"), Decimal("0.188")], Decimal("0.35"))
    >>> float(found.expected), float(found.target), found.managed(1_000).missing
    (3196.0, 1118.6, 119)
    """
    check_not_negative("population", population)
    if not shares:
        raise ShareBoundsError(
            "No share of the population is given; at least one is expected.", numerator=0, denominator=0
        )
    for share in (*shares, least_managed):
        if not 0 <= share <= 1:
            raise ShareBoundsError(
                f"{share} is no share; a number from 0 to 1 is expected.", numerator=share, denominator=1
            )
    expected = math.prod((Fraction(share) for share in shares), start=Fraction(population))
    return ExpectedNumber(population, expected, expected * Fraction(least_managed))
