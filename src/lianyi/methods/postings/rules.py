"""The rules of a posting plan that concern more than one posting, the prices, and the order of the goals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar, Final

from lianyi.methods.errors import PostingRuleError
from lianyi.methods.plan_data import PricedRules, check_prices


class Goal(StrEnum):
    """What is made least, one after the other; the value of each is in the unit told here."""

    BREACHES = "breaches"  # priced breaches of rules about limits: price times people (or pairs) times periods
    NEED = "need"  # priority times missing people times periods
    SHORTFALL = "shortfall"  # price times missing seniors, team members, people on site, continuing people, titles
    CHANGE = "change"  # people whose published lines change, each by its notice
    BURDEN = "burden"  # months above the fair burden of people and above the fair share of donors
    COST = "cost"  # travel, hardship, postings against preferences, new pairs
    POSTINGS = "postings"  # number of postings


class RuleId(StrEnum):
    """Rules that tie several postings together, and the least term; other rules about one term are never broken."""

    NEED = "need"
    ONE_AT_A_TIME = "one_at_a_time"
    MOST_POSTINGS = "most_postings"
    BURDEN_LIMIT = "burden_limit"
    LEAST_TERM = "least_term"
    DONOR_TOTAL = "donor_total"
    DONOR_SPECIALTY = "donor_specialty"
    DONOR_SENIORS = "donor_seniors"
    HOME_COVER = "home_cover"
    DONOR_RECIPIENTS = "donor_recipients"
    RECIPIENT_DONORS = "recipient_donors"
    COUPLE = "couple"
    SENIOR = "senior"
    PRESENCE = "presence"
    TEAM = "team"
    HEADCOUNT = "headcount"
    TITLE_MIX = "title_mix"
    HANDOVER = "handover"
    CONTINUITY = "continuity"
    BATCHES = "batches"
    TRAINING = "training"
    LOCKED = "locked"


SENTENCES: Final[Mapping[RuleId, str]] = {
    RuleId.NEED: "So many people of the specialty and title are there as are wanted.",
    RuleId.ONE_AT_A_TIME: "A person is in one place at a time, and rests between two postings.",
    RuleId.MOST_POSTINGS: "A person has no more postings in the plan than allowed.",
    RuleId.BURDEN_LIMIT: "A person's months away, those of earlier plans counted, stay within the limit.",
    RuleId.LEAST_TERM: "A term is as long without a break as the need asks.",
    RuleId.DONOR_TOTAL: "A donor misses no more people at a time than it can.",
    RuleId.DONOR_SPECIALTY: "A donor misses no more people of one specialty at a time than it can.",
    RuleId.DONOR_SENIORS: "A donor misses no more people of senior title at a time than it can.",
    RuleId.HOME_COVER: "A home department misses no more of its people at a time than it can.",
    RuleId.DONOR_RECIPIENTS: "A donor helps no more recipients than allowed.",
    RuleId.RECIPIENT_DONORS: "A recipient is helped by no more donors than allowed.",
    RuleId.COUPLE: "A couple is never away both at once, or away only together, as they asked.",
    RuleId.SENIOR: "Somebody of senior title is on site in every period.",
    RuleId.PRESENCE: "So many people are on site in every period.",
    RuleId.TEAM: "A donor that helps keeps a team of so many people there.",
    RuleId.HEADCOUNT: "As many people at a time count together at a recipient as a programme asks, and no more.",
    RuleId.TITLE_MIX: "Of the people who count together at a recipient, so many and such a share have a title.",
    RuleId.HANDOVER: "Of two or more people in a department, not all change at once.",
    RuleId.CONTINUITY: "Somebody of the team that is there already stays in the first period.",
    RuleId.BATCHES: "Of two batches that follow one another, at least one leaves somebody of senior title there.",
    RuleId.TRAINING: "Who is sent to learn goes to a hospital that helps the own one.",
    RuleId.LOCKED: "A locked line stays as it was published.",
}

GOAL_OF_RULE: Final[Mapping[RuleId, Goal]] = {
    RuleId.NEED: Goal.NEED,
    **dict.fromkeys((RuleId.SENIOR, RuleId.PRESENCE, RuleId.TEAM, RuleId.HANDOVER), Goal.SHORTFALL),
    **dict.fromkeys((RuleId.CONTINUITY, RuleId.BATCHES, RuleId.HEADCOUNT, RuleId.TITLE_MIX), Goal.SHORTFALL),
    RuleId.LEAST_TERM: Goal.SHORTFALL,
    **dict.fromkeys(
        (
            *(RuleId.ONE_AT_A_TIME, RuleId.MOST_POSTINGS, RuleId.BURDEN_LIMIT, RuleId.COUPLE, RuleId.LOCKED),
            *(RuleId.DONOR_TOTAL, RuleId.DONOR_SPECIALTY, RuleId.DONOR_SENIORS, RuleId.HOME_COVER),
            RuleId.TRAINING,
            *(RuleId.DONOR_RECIPIENTS, RuleId.RECIPIENT_DONORS),
        ),
        Goal.BREACHES,
    ),
}

# Whatever the price: one person cannot be in two places, what is locked stays, nobody learns where no help comes from.
ALWAYS_HARD: Final = frozenset({RuleId.ONE_AT_A_TIME, RuleId.LOCKED, RuleId.TRAINING})
DEFAULT_PRICES: Final[Mapping[RuleId, float]] = {
    RuleId.NEED: 1.0,
    RuleId.SENIOR: 3.0,
    RuleId.TEAM: 3.0,
    RuleId.PRESENCE: 3.0,
    RuleId.HEADCOUNT: 3.0,
    RuleId.TITLE_MIX: 3.0,
    RuleId.HANDOVER: 1.0,
    RuleId.CONTINUITY: 3.0,
    RuleId.BATCHES: 1.0,
}
# Where goals are added up instead of made least one after the other.
DEFAULT_WEIGHTS: Final[Mapping[Goal, float]] = {
    Goal.BREACHES: 1000.0,
    Goal.NEED: 100.0,
    Goal.SHORTFALL: 50.0,
    Goal.CHANGE: 10.0,
    Goal.BURDEN: 1.0,
    Goal.COST: 1.0,
    Goal.POSTINGS: 1.0,
}


@dataclass(frozen=True, slots=True)
class CostPrices:
    """What makes a posting dear, in any one unit.

    For each hour of travel, each month at each level of hardship, each posting to a place the person did not name when
    the person named some, and each new pair of hospitals.
    """

    travel_hour: float = 1.0
    hardship_month: float = 1.0
    not_preferred: float = 5.0
    new_pair: float = 10.0

    def __post_init__(self) -> None:
        check_prices(PostingRuleError, asdict(self))


@dataclass(frozen=True, slots=True)
class PostingRules(PricedRules[Goal, RuleId]):
    """Which rules may be broken at what price, and what counts first.

    Parameters
    ----------
    prices
        The price of one breach (one person or pair, one period; one missing month of a least term) of each rule; `HARD`
        where it may not be broken. Rules not named here are hard, but for those in `DEFAULT_PRICES`.
    goals
        In the order in which they are made least; each once.
    tolerance
        By which share each goal may become worse again for the sake of later ones, 0 to 0.01.
    weights
        Of the goals where they are added up (`lianyi.methods.postings.stages`); those of `DEFAULT_WEIGHTS` for goals
        not named here.
    most_postings_per_person, rest_periods
        In this plan; periods at home between two postings.
    senior_rank
        From which title somebody is a senior.
    fair_months, most_months
        Months away above which the burden of a person counts, and above which nobody may be sent.
    notice_weights
        What a person whose lines change counts when the change begins in the first period, in the second, and so on;
        the last number holds for all later ones. Never more for a longer notice.
    may_run_past_end
        Whether a term may be shorter than the least one because the plan ends.
    """

    usual_weights: ClassVar[Mapping[Goal, float]] = DEFAULT_WEIGHTS
    prices: Mapping[RuleId, float] = field(default_factory=lambda: dict(DEFAULT_PRICES))
    goals: tuple[Goal, ...] = tuple(Goal)
    tolerance: float = 0.0
    weights: Mapping[Goal, float] = field(default_factory=dict)
    most_postings_per_person: int = 1
    rest_periods: int = 0
    senior_rank: int = 3
    fair_months: float | None = None
    most_months: float | None = None
    notice_weights: tuple[float, ...] = (1.0,)
    may_run_past_end: bool = False
    cost: CostPrices = field(default_factory=CostPrices)

    def __post_init__(self) -> None:
        self.check_goals_and_prices(PostingRuleError, set(RuleId) - ALWAYS_HARD)
        if self.most_postings_per_person < 1 or self.rest_periods < 0:
            raise PostingRuleError("A person needs at least one posting in the plan, and a rest of at least 0 periods.")
        weights = self.notice_weights
        falls = bool(weights) and weights[-1] > 0.0 and all(now >= later for now, later in pairwise(weights))
        if not falls or math.isinf(weights[0]):
            raise PostingRuleError(
                f"The weights by notice are {weights}; give numbers above 0 that never grow.",
                name="notice_weights",
            )

    @property
    def is_hard_burden(self) -> bool:
        """Whether nobody may be sent above the most months, whatever the price."""
        return self.is_hard(RuleId.BURDEN_LIMIT)
