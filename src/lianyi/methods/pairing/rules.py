"""The rules of a pairing plan, the prices, and the order of the goals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from lianyi.methods.errors import PairingRuleError
from lianyi.methods.plan_data import PricedRules, check_prices


class Goal(StrEnum):
    """What is made least, one after the other; the value of each is in the unit told here."""

    BREACHES = "breaches"  # priced breaches of limits of donors and recipients: price times people or partners
    NEED = "need"  # price times priority times missing people
    COVERAGE = "coverage"  # price times what recipients lack in least coverage, donors, teams
    PAIRS_CHANGED = "pairs_changed"  # pairs begun or ended against the published plan
    PEOPLE_CHANGED = "people_changed"  # people more or fewer than published, where numbers were published
    BURDEN = "burden"  # people above each step of a donor's fair share. Never a variance
    MATCH = "match"  # priority times people times what the donor's strength lacks to 1
    COST = "cost"  # travel, new pairs, ties that are not continued
    PAIRS = "pairs"  # number of pairs


class RuleId(StrEnum):
    """Rules that tie several pairs or needs together."""

    NEED = "need"
    DONOR_TOTAL = "donor_total"
    DONOR_SPECIALTY = "donor_specialty"
    DONOR_RECIPIENTS = "donor_recipients"
    RECIPIENT_DONORS = "recipient_donors"
    LEAST_COVERAGE = "least_coverage"
    LEAST_DONORS = "least_donors"
    TEAM = "team"
    SENDS = "sends"
    FIXED = "fixed"
    LOCKED = "locked"


SENTENCES: Final[Mapping[RuleId, str]] = {
    RuleId.NEED: "So many people of the specialty come as are wanted.",
    RuleId.DONOR_TOTAL: "A donor sends no more people than it can.",
    RuleId.DONOR_SPECIALTY: "A donor sends no more people of one specialty than it can.",
    RuleId.DONOR_RECIPIENTS: "A donor helps no more recipients than allowed.",
    RuleId.RECIPIENT_DONORS: "A recipient is helped by no more donors than allowed.",
    RuleId.LEAST_COVERAGE: "A recipient gets at least its share of the people that it wants.",
    RuleId.LEAST_DONORS: "A recipient is helped by at least so many donors.",
    RuleId.TEAM: "A donor that helps sends a team of so many people.",
    RuleId.SENDS: "A donor that helps sends somebody.",
    RuleId.FIXED: "A pair that policy fixes is a pair.",
    RuleId.LOCKED: "A locked pair stays as it was published.",
}

GOAL_OF_RULE: Final[Mapping[RuleId, Goal]] = {
    RuleId.NEED: Goal.NEED,
    **dict.fromkeys((RuleId.LEAST_COVERAGE, RuleId.LEAST_DONORS, RuleId.TEAM), Goal.COVERAGE),
    **dict.fromkeys(
        (RuleId.DONOR_TOTAL, RuleId.DONOR_SPECIALTY, RuleId.DONOR_RECIPIENTS, RuleId.RECIPIENT_DONORS), Goal.BREACHES
    ),
}
"""The goal in which the breaches of a rule with a price count; the others never have one."""

DEFAULT_PRICES: Final[Mapping[RuleId, float]] = {
    RuleId.NEED: 1.0,
    RuleId.LEAST_COVERAGE: 3.0,
    RuleId.LEAST_DONORS: 3.0,
    RuleId.TEAM: 3.0,
}
# Where goals are added up instead of made least one after the other.
DEFAULT_WEIGHTS: Final[Mapping[Goal, float]] = {
    Goal.BREACHES: 1000.0,
    Goal.NEED: 100.0,
    Goal.COVERAGE: 50.0,
    Goal.PAIRS_CHANGED: 20.0,
    Goal.PEOPLE_CHANGED: 5.0,
    Goal.BURDEN: 2.0,
    Goal.MATCH: 1.0,
    Goal.COST: 0.1,
    Goal.PAIRS: 0.1,
}


@dataclass(frozen=True, slots=True)
class PairPrices:
    """What makes a pair dear, in any one unit.

    For each hour of travel of one person, there and back, each pair that has no tie, and each tie not continued.
    """

    travel_hour: float = 1.0
    new_pair: float = 10.0
    broken_tie: float = 10.0

    def __post_init__(self) -> None:
        check_prices(PairingRuleError, asdict(self))


@dataclass(frozen=True, slots=True)
class PairingRules(PricedRules[Goal, RuleId]):
    """Which rules may be broken at what price, and what counts first.

    Parameters
    ----------
    prices
        The price of one breach (one person or one partner) of each rule; `HARD` where it may not be broken. Rules not
        named here are hard, but for those in `DEFAULT_PRICES`.
    goals
        In the order in which they are made least; each once.
    tolerance
        By which share each goal may become worse again for the sake of later ones, 0 to 0.01.
    weights
        Of the goals where they are added up (`lianyi.methods.pairing.blocks`); those of `DEFAULT_WEIGHTS` for goals not
        named here.
    burden_steps
        Multiples of the fair share, rising. Each person above a step counts once for that step, so that people far
        above count several times.
    cost
        Prices of travel and of new and broken pairs.

    Raises
    ------
    PairingRuleError
        When a goal, price, weight or step cannot be used.
    """

    usual_weights: ClassVar[Mapping[Goal, float]] = DEFAULT_WEIGHTS
    prices: Mapping[RuleId, float] = field(default_factory=lambda: dict(DEFAULT_PRICES))
    goals: tuple[Goal, ...] = tuple(Goal)
    tolerance: float = 0.0
    weights: Mapping[Goal, float] = field(default_factory=dict)
    burden_steps: tuple[float, ...] = (1.0, 1.5, 2.0)
    cost: PairPrices = field(default_factory=PairPrices)

    def __post_init__(self) -> None:
        self.check_goals_and_prices(PairingRuleError, GOAL_OF_RULE)
        self._check_steps()

    def _check_steps(self) -> None:
        steps = self.burden_steps
        is_rising = all(low < high for low, high in itertools.pairwise(steps))
        if not all(0.0 <= step < math.inf for step in steps) or not is_rising:
            raise PairingRuleError(f"The steps of the burden are {steps}; give rising numbers of at least 0.")
