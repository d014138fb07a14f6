"""rules.toml: the planning periods, which rules are hard, the prices, the order of the goals."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.problem import Horizon
from lianyi.methods.postings.rules import ALWAYS_HARD, DEFAULT_PRICES, CostPrices, Goal, PostingRules, RuleId
from lianyi.operations.planning.rule_tables import RuleFile
from lianyi.rules import title_ranks

_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "horizon": frozenset({"first_day", "periods", "months_per_period"}),
    "people": frozenset({"most_postings", "rest_months", "senior_title", "fair_months", "most_months"}),
    "terms": frozenset({"may_run_past_end"}),
    "goals": frozenset({"order", "tolerance", "notice_weights"}),
    "weights": frozenset(Goal),
    "rules": frozenset(set(RuleId) - ALWAYS_HARD),
    "prices": frozenset(each.name for each in fields(CostPrices)),
}


def rank_of_title(given: str) -> int | None:
    """Return the rank of a title by its code or its number; None where there is none such."""
    ranks = {item.code: item.rank for item in title_ranks()}
    return ranks.get(given, int(given) if given.isascii() and given.isdigit() else None)


@dataclass(frozen=True, slots=True)
class PlanFrame:
    """Periods and rules of a plan."""

    horizon: Horizon
    rules: PostingRules

    def periods_in(self, months: float) -> int:
        """Return the whole periods that so many months hold."""
        return math.floor(months / self.horizon.months_per_period)

    def periods_for(self, months: float) -> int:
        """Return the periods that so many months need."""
        return math.ceil(months / self.horizon.months_per_period)


def read_frame(path: Path) -> PlanFrame:
    """Read rules.toml.

    Raises
    ------
    PlanFileError
        Naming the table and the key that cannot be used.
    PostingDataError, PostingRuleError
        When the values contradict one another.
    """
    file = RuleFile.read(path, _KNOWN)
    horizon = Horizon(_first_day(file), file.whole("horizon", "periods"), file.whole("horizon", "months_per_period", 3))
    rules = PostingRules(
        prices=file.prices(RuleId, DEFAULT_PRICES, HARD),
        goals=file.goals(Goal),
        tolerance=file.number("goals", "tolerance", 0.0),
        weights={Goal(name): file.number("weights", name, None) for name in file.table("weights")},
        most_postings_per_person=file.whole("people", "most_postings", 1),
        rest_periods=math.ceil(file.number("people", "rest_months", 0.0) / horizon.months_per_period),
        senior_rank=_senior_rank(file),
        fair_months=file.number("people", "fair_months", None),
        most_months=file.number("people", "most_months", None),
        notice_weights=_notice_weights(file),
        may_run_past_end=file.yes_or_no("terms", "may_run_past_end"),
        cost=CostPrices(**{name: file.number("prices", name, None) for name in file.table("prices")}),
    )
    return PlanFrame(horizon, rules)


def _first_day(file: RuleFile) -> datetime.date:
    day = file.table("horizon").get("first_day")
    if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime):
        return day
    raise file.wrong("[horizon] first_day", f"is {day!r}; give a day without quotes, such as 2027-01-01")


def _senior_rank(file: RuleFile) -> int:
    given = str(file.table("people").get("senior_title", "associate_senior"))
    rank = rank_of_title(given)
    if rank is None:
        codes = ", ".join(item.code for item in title_ranks())
        raise file.wrong("[people] senior_title", f"is “{given}”; give one of {codes}")
    return rank


def _notice_weights(file: RuleFile) -> tuple[float, ...]:
    given = file.table("goals").get("notice_weights", [1.0])
    is_list = isinstance(given, list) and given
    if not is_list or any(isinstance(each, bool) or not isinstance(each, int | float) for each in given):
        raise file.wrong("[goals] notice_weights", f"is {given}; give numbers such as [3, 2, 1]")
    return tuple(float(each) for each in given)
