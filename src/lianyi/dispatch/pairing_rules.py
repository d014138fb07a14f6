"""The rules of a pairing plan as they are stored, and as the methods take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from lianyi.errors import InvalidInputError
from lianyi.methods.pairing.rules import DEFAULT_PRICES, Goal, PairingRules, PairPrices, RuleId
from lianyi.methods.plan_data import HARD

# The rules that a planner may give a price or make hard; the others always hold, or have no data on the site.
WAIVABLE: Final = (RuleId.DONOR_TOTAL, RuleId.DONOR_SPECIALTY, RuleId.DONOR_RECIPIENTS, RuleId.RECIPIENT_DONORS)
MOST_PRICE: Final = 1_000_000.0
MOST_NUMBER: Final = 600
_FIRST: Final = (Goal.BREACHES, Goal.NEED, Goal.COVERAGE)
_CHANGE: Final = (Goal.PAIRS_CHANGED, Goal.PEOPLE_CHANGED)
# What counts next once as many people as possible come; a goal that comes earlier is never made worse for a later one.
EMPHASES: Final[Mapping[str, tuple[Goal, ...]]] = {
    "fair": (*_FIRST, Goal.BURDEN, Goal.MATCH, Goal.COST, *_CHANGE, Goal.PAIRS),
    "steady": (*_FIRST, *_CHANGE, Goal.BURDEN, Goal.MATCH, Goal.COST, Goal.PAIRS),
    "strong": (*_FIRST, Goal.MATCH, Goal.BURDEN, Goal.COST, *_CHANGE, Goal.PAIRS),
    "near": (*_FIRST, Goal.COST, Goal.BURDEN, Goal.MATCH, *_CHANGE, Goal.PAIRS),
}
# How strong a donor is in a specialty, by what the registry says of its department.
LEVELS: Final[Mapping[str, float]] = {"weak": 0.25, "developing": 0.5, "established": 0.75, "key": 1.0}
UNKNOWN_LEVEL: Final = 0.5


@dataclass(frozen=True, slots=True)
class PairingChoice:
    """What a planner chose.

    Parameters
    ----------
    emphasis
        Which goals come first once as many people as possible come; one of `EMPHASES`.
    only_agreements
        Whether only institutions that are partners today may be paired.
    most_hours
        Longest way in hours, one way; None for any. A way that nobody knows is not refused.
    weak_departments
        Whether a weak department of a recipient asks for one person where nobody has written a need.
    least_level
        How strong a donor must be in a specialty to help in it, 0 to 1.
    most_donors, least_donors, most_recipients
        How many may, and how many should help one recipient; how many one donor helps where it has no limit of its own.
    least_coverage
        Share of the people asked for that each recipient should get at least.
    least_team
        People that a donor should send once it helps at all.
    past_months
        People sent in so many months before count as burden carried already.
    stable
        Whether only pairs are wanted that nobody would rather leave, by the wishes of both sides.
    prices
        Of one breach of a rule that may be broken; a rule that is not named is hard.
    cost
        Prices of travel, of a new pair, and of a tie that is not continued.
    """

    emphasis: str = "fair"
    only_agreements: bool = False
    most_hours: float | None = None
    weak_departments: bool = True
    least_level: float = 0.0
    most_donors: int | None = 3
    least_donors: int = 0
    most_recipients: int | None = None
    least_coverage: float = 0.0
    least_team: int = 0
    past_months: int = 12
    stable: bool = False
    prices: Mapping[str, float] = field(default_factory=dict)
    cost: Mapping[str, float] = field(default_factory=lambda: asdict(PairPrices()))

    def __post_init__(self) -> None:
        if self.emphasis not in EMPHASES:
            raise InvalidInputError(
                f"“{self.emphasis}” is no order of goals; accepted: {', '.join(EMPHASES)}.",
                field="emphasis",
                reason="pairing-emphasis",
                given=self.emphasis,
            )
        waivable = {rule.value for rule in WAIVABLE}
        costs = {each.name for each in fields(PairPrices)}
        wrong = [price for rule, price in self.prices.items() if rule not in waivable or not 0.0 < price <= MOST_PRICE]
        wrong += [price for name, price in self.cost.items() if name not in costs or not 0.0 <= price <= MOST_PRICE]
        if wrong:
            raise InvalidInputError(
                f"A price is {wrong[0]}; give a number above 0 and at most {MOST_PRICE:g}.",
                reason="scenario-price",
                given=wrong[0],
            )
        shares = (self.least_level, self.least_coverage)
        counts = (self.most_donors, self.least_donors, self.most_recipients, self.least_team, self.past_months)
        beyond = [each for each in shares if not 0.0 <= each <= 1.0]
        beyond += [each for each in (*counts, self.most_hours) if each is not None and not 0 <= each <= MOST_NUMBER]
        if beyond:
            raise InvalidInputError(
                f"{beyond[0]} is no number from 0 to {MOST_NUMBER}.", reason="scenario-number", given=beyond[0]
            )
        if self.most_donors is not None and self.most_donors < self.least_donors:
            raise InvalidInputError(
                f"At least {self.least_donors} and at most {self.most_donors} donors contradict one another.",
                field="least_donors",
                reason="pairing-least-donors",
            )

    def as_pairing_rules(self) -> PairingRules:
        """Return what the solver obeys."""
        prices = {rule: self.prices.get(rule.value, HARD) for rule in WAIVABLE}
        return PairingRules(
            prices={**DEFAULT_PRICES, **prices}, goals=EMPHASES[self.emphasis], cost=PairPrices(**self.cost)
        )

    def stored(self) -> dict[str, Any]:
        """Return it as the plan keeps it."""
        return {**asdict(self), "prices": dict(self.prices), "cost": dict(self.cost)}


def choice_of(stored: Mapping[str, Any]) -> PairingChoice:
    """Return the choice that a plan keeps; what it does not say is as usual."""
    known = {each.name for each in fields(PairingChoice)}
    return PairingChoice(**{name: value for name, value in stored.items() if name in known})
