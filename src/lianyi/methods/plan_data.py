"""Checks of what a plan is made from, each refused in the same words, with the error of that kind of plan."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, TypeVar

from lianyi.errors import InvalidInputError

HARD: Final = math.inf
"""The price of a rule that may not be broken."""

GoalT = TypeVar("GoalT", bound=StrEnum)
RuleT = TypeVar("RuleT", bound=StrEnum)
_MOST_TOLERANCE: Final = 0.01


@dataclass(frozen=True, slots=True)
class DataChecks:
    """The checks of one kind of plan.

    Examples
    --------
    >>> checks = DataChecks(InvalidInputError)
    >>> checks.least("Sanjia", "most_away", 3, least=0)
    >>> str(checks.wrong("Sanjia", "has most_away -1; give a number of at least 0, or nothing"))
    'Sanjia has most_away -1; give a number of at least 0, or nothing.'
    """

    error: type[InvalidInputError]

    def wrong(self, who: str, what: str) -> InvalidInputError:
        """Return the refusal of what somebody or something has."""
        return self.error(f"{who} {what}.", who=who)

    def least(self, who: str, name: str, value: float | None, least: int) -> None:
        """Refuse what is below the least, or not finite; None is no limit."""
        if value is not None and not least <= value < math.inf:
            raise self.wrong(who, f"has {name} {value}; give a number of at least {least}, or nothing")

    def share(self, who: str, name: str, value: float) -> None:
        """Refuse what is not from 0 to 1."""
        if not 0.0 <= value <= 1.0:
            raise self.wrong(who, f"has {name} {value}; give a number from 0 to 1")

    def unique(self, kind: str, ids: Iterable[str]) -> None:
        """Refuse what stands twice."""
        seen: set[str] = set()
        for each in ids:
            if each in seen:
                raise self.wrong(f"The {kind} {each}", "stands twice; give each once")
            seen.add(each)

    def known(self, who: str, kind: str, given: str, known: Mapping[str, object]) -> None:
        """Refuse what leads nowhere."""
        if given not in known:
            raise self.wrong(who, f"names the {kind} “{given}”, which is not listed")


class PricedRules(Generic[GoalT, RuleT]):
    """Rules that are hard or have a price, and goals in their order.

    The parameters are told by each kind of plan. ``usual_weights`` are those of goals that ``weights`` does not name.
    """

    __slots__ = ()
    usual_weights: ClassVar[Mapping[Any, float]]
    prices: Mapping[RuleT, float]
    goals: tuple[GoalT, ...]
    tolerance: float
    weights: Mapping[GoalT, float]

    def price_of(self, rule: RuleT) -> float:
        return self.prices.get(rule, HARD)

    def weight_of(self, goal: GoalT) -> float:
        return self.weights.get(goal, self.usual_weights[goal])

    def is_hard(self, rule: RuleT) -> bool:
        return self.price_of(rule) == HARD

    def check_goals_and_prices(self, error: type[InvalidInputError], may_have_a_price: Collection[RuleT]) -> None:
        """Refuse goals that do not stand once each, and tolerances, weights and prices that cannot be used."""
        every = sorted(self.usual_weights, key=list(self.usual_weights).index)
        if sorted(self.goals) != sorted(every):
            raise error(f"The goals are {', '.join(self.goals)}; give each of {', '.join(every)} once.")
        if not 0.0 <= self.tolerance <= _MOST_TOLERANCE:
            raise error(f"The tolerance is {self.tolerance}; give a share from 0 to {_MOST_TOLERANCE}.")
        for goal, weight in self.weights.items():
            if not 0.0 <= weight < math.inf:
                raise error(f"The weight of {goal} is {weight}; give a number of at least 0.", name=goal)
        for rule, price in self.prices.items():
            if not price > 0.0:
                raise error(f"The price of {rule} is {price}; give a number above 0, or make it hard.")
            if rule not in may_have_a_price and price != HARD:
                raise error(f"The rule {rule} cannot have a price; it always holds.")


def check_prices(error: type[InvalidInputError], prices: Mapping[str, float]) -> None:
    """Refuse prices of cost that are below 0 or not finite."""
    for name, price in prices.items():
        if not 0.0 <= price < math.inf:
            raise error(f"The price {name} is {price}; give a number of at least 0.", name=name)
