"""The rules of a scenario as they are stored, and as the methods take them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from lianyi.errors import InvalidInputError
from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.rules import ALWAYS_HARD, DEFAULT_PRICES, CostPrices, Goal, PostingRules, RuleId

# The rules that a planner may give a price or make hard; the others have no data on the site or always hold.
WAIVABLE: Final = (
    RuleId.HOME_COVER,
    RuleId.DONOR_TOTAL,
    RuleId.DONOR_SPECIALTY,
    RuleId.DONOR_SENIORS,
    RuleId.DONOR_RECIPIENTS,
    RuleId.NEED,
    RuleId.LEAST_TERM,
    RuleId.SENIOR,
    RuleId.PRESENCE,
    RuleId.HEADCOUNT,
    RuleId.TITLE_MIX,
    RuleId.HANDOVER,
    RuleId.MOST_POSTINGS,
    RuleId.BURDEN_LIMIT,
    RuleId.COUPLE,
)
# Under this name a scenario keeps which rules there were; the rules that came when scenarios were stored already.
_KNOWN: Final = "known_rules"
_CAME_LATER: Final = (RuleId.HEADCOUNT, RuleId.TITLE_MIX)
MOST_PRICE: Final = 1_000_000.0
MOST_MONTHS_AWAY: Final = 600
MOST_BATCH: Final = 60


@dataclass(frozen=True, slots=True)
class ScenarioRules:
    """What a planner chose.

    Parameters
    ----------
    prices
        Of one breach of a rule; a rule that is not named is hard.
    goals
        In their order.
    most_postings, rest_months
        Of one person in this plan, and at home between two.
    fair_months, most_months
        Away, earlier postings counted, from which the burden counts and above which nobody is sent; None without.
    needs_senior, least_on_site
        Whether somebody of senior title, and how many people, are wanted at each institution in every period.
    nearest_donors
        Only so many of the nearest donors send people to a recipient; None for all.
    pool_only
        Whether only people with an entry in the pool are planned.
    keeps_programme_rules
        Whether least terms, days of hand-over and unbroken presence that agreements and their rule sets ask are kept.
    only_at_batches, batch_months
        Whether terms begin only when a batch of their agreement begins; else, or where none is planned, only every so
        many months from the first day on; None for any month.
    handover_months
        For so many months successor and predecessor are both there.
    """

    prices: Mapping[str, float] = field(default_factory=lambda: {rule.value: p for rule, p in DEFAULT_PRICES.items()})
    goals: tuple[str, ...] = tuple(goal.value for goal in Goal)
    most_postings: int = 1
    rest_months: int = 0
    fair_months: int | None = 12
    most_months: int | None = None
    needs_senior: bool = False
    least_on_site: int = 0
    nearest_donors: int | None = None
    pool_only: bool = False
    keeps_programme_rules: bool = True
    only_at_batches: bool = False
    batch_months: int | None = None
    handover_months: int = 0
    cost: Mapping[str, float] = field(default_factory=lambda: asdict(CostPrices()))

    def __post_init__(self) -> None:
        if sorted(self.goals) != sorted(goal.value for goal in Goal):
            raise InvalidInputError(
                f"The goals are {', '.join(self.goals)}. Give each once.",
                field="goal_breaches",
                reason="scenario-goals",
            )
        rules = set(RuleId) - ALWAYS_HARD
        costs = {each.name for each in fields(CostPrices)}
        wrong = [price for rule, price in self.prices.items() if rule not in rules or not 0.0 < price <= MOST_PRICE]
        wrong += [price for name, price in self.cost.items() if name not in costs or not 0.0 <= price <= MOST_PRICE]
        if wrong:
            raise InvalidInputError(
                f"A price is {wrong[0]}; give a number above 0 and at most {MOST_PRICE:g}.",
                reason="scenario-price",
                given=wrong[0],
            )
        numbers = (self.rest_months, self.least_on_site, self.fair_months, self.most_months, self.nearest_donors)
        beyond = [each for each in numbers if each is not None and not 0 <= each <= MOST_MONTHS_AWAY]
        beyond += [each for each in (self.batch_months, self.handover_months) if each is not None and each > MOST_BATCH]
        beyond += [] if self.most_postings >= 1 else [self.most_postings]
        beyond += [0] if self.batch_months == 0 else []
        if beyond:
            raise InvalidInputError(
                f"{beyond[0]} is no whole number from 0 to {MOST_MONTHS_AWAY}.",
                reason="scenario-number",
                given=beyond[0],
            )

    def as_posting_rules(self, months_per_period: int) -> PostingRules:
        """Return what the solver obeys."""
        prices = {rule: self.prices.get(rule.value, HARD) for rule in RuleId}
        return PostingRules(
            prices=prices,
            goals=tuple(Goal(name) for name in self.goals),
            most_postings_per_person=self.most_postings,
            rest_periods=math.ceil(self.rest_months / months_per_period),
            fair_months=self.fair_months,
            most_months=self.most_months,
            cost=CostPrices(**self.cost),
        )

    def is_hard(self, rule: RuleId) -> bool:
        return rule.value not in self.prices

    def stored(self) -> dict[str, Any]:
        """Return it as the scenario keeps it."""
        own = {"prices": dict(self.prices), "goals": list(self.goals), "cost": dict(self.cost)}
        return {**asdict(self), **own, _KNOWN: sorted(RuleId)}


def rules_of(stored: Mapping[str, Any]) -> ScenarioRules:
    """Return the rules that a scenario keeps; what it does not say is as usual."""
    known = {each.name for each in fields(ScenarioRules)}
    given = {name: value for name, value in stored.items() if name in known}
    if "prices" in given:
        # A rule that came after this was stored has its usual price; one that was known and has none is hard.
        new = set(_CAME_LATER).difference(stored.get(_KNOWN, ()))
        given["prices"] = {**given["prices"], **{rule.value: DEFAULT_PRICES[rule] for rule in new}}
    if "goals" in given:
        given["goals"] = tuple(given["goals"])
    return ScenarioRules(**given)
