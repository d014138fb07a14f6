"""rules.toml: the planning periods, which rules are hard, the prices, the order of the goals."""

from __future__ import annotations

import datetime
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from lianyi.methods.postings.problem import Horizon
from lianyi.methods.postings.rules import ALWAYS_HARD, DEFAULT_PRICES, HARD, CostPrices, Goal, PostingRules, RuleId
from lianyi.operations.errors import PlanFileError
from lianyi.rules import title_ranks

_HARD_WORD: Final = "hard"
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "horizon": frozenset({"first_day", "periods", "months_per_period"}),
    "people": frozenset({"most_postings", "rest_months", "senior_title", "fair_months", "most_months"}),
    "terms": frozenset({"may_run_past_end"}),
    "goals": frozenset({"order", "tolerance"}),
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
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanFileError(f"{path.name} is no TOML file in UTF-8: {error}.", file=path.name) from error
    return _Reader(path.name, given).frame()


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    given: Mapping[str, Any]

    def frame(self) -> PlanFrame:
        self._refuse_unknown(self.file, self.given, frozenset(_KNOWN))
        tables = {name: self._table(name) for name in _KNOWN}
        horizon = Horizon(
            self._day(tables["horizon"]),
            self._whole("horizon", "periods"),
            self._whole("horizon", "months_per_period", 3),
        )
        rules = PostingRules(
            prices=self._prices_of_rules(tables["rules"]),
            goals=self._goals(tables["goals"]),
            tolerance=self._number("goals", "tolerance", 0.0),
            weights={Goal(name): self._number("weights", name, None) for name in tables["weights"]},
            most_postings_per_person=self._whole("people", "most_postings", 1),
            rest_periods=math.ceil(self._number("people", "rest_months", 0.0) / horizon.months_per_period),
            senior_rank=self._title(tables["people"]),
            fair_months=self._number("people", "fair_months", None),
            most_months=self._number("people", "most_months", None),
            may_run_past_end=self._yes_or_no(tables["terms"]),
            cost=CostPrices(**{name: self._number("prices", name, None) for name in tables["prices"]}),
        )
        return PlanFrame(horizon, rules)

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self.given.get(name, {})
        if not isinstance(table, dict):
            raise self._wrong(name, f"is “{table}”; give it as a table [{name}]")
        self._refuse_unknown(f"[{name}]", table, _KNOWN[name])
        return table

    def _refuse_unknown(self, where: str, given: Mapping[str, Any], known: frozenset[str]) -> None:
        unknown = sorted(given.keys() - known)
        if unknown:
            raise self._wrong(where, f"has {', '.join(unknown)}, which is not known; known: {', '.join(sorted(known))}")

    def _day(self, table: Mapping[str, Any]) -> datetime.date:
        day = table.get("first_day")
        if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime):
            return day
        raise self._wrong("[horizon] first_day", f"is {day!r}; give a day without quotes, such as 2027-01-01")

    def _number(self, table: str, name: str, usual: float | None) -> Any:  # noqa: ANN401 - None only where usual is
        value = self.given.get(table, {}).get(name, usual)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self._wrong(f"[{table}] {name}", f"is “{value}”; a number is expected")
        return value if value is None else float(value)

    def _whole(self, table: str, name: str, usual: int | None = None) -> int:
        value = self.given.get(table, {}).get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(f"[{table}] {name}", f"is “{value}”; a whole number is expected")
        return value

    def _title(self, table: Mapping[str, Any]) -> int:
        given = str(table.get("senior_title", "associate_senior"))
        rank = rank_of_title(given)
        if rank is None:
            codes = ", ".join(item.code for item in title_ranks())
            raise self._wrong("[people] senior_title", f"is “{given}”; give one of {codes}")
        return rank

    def _yes_or_no(self, table: Mapping[str, Any]) -> bool:
        value = table.get("may_run_past_end", False)
        if not isinstance(value, bool):
            raise self._wrong("[terms] may_run_past_end", f"is “{value}”; give true or false")
        return value

    def _prices_of_rules(self, table: Mapping[str, Any]) -> Mapping[RuleId, float]:
        prices = dict(DEFAULT_PRICES)
        for name, value in table.items():
            if value == _HARD_WORD:
                prices[RuleId(name)] = HARD
            elif isinstance(value, bool) or not isinstance(value, int | float):
                raise self._wrong(f"[rules] {name}", f"is “{value}”; give {_HARD_WORD!r} or a price")
            else:
                prices[RuleId(name)] = float(value)
        return prices

    def _goals(self, table: Mapping[str, Any]) -> tuple[Goal, ...]:
        order = table.get("order", list(Goal))
        if not isinstance(order, list) or not set(order) <= set(Goal):
            raise self._wrong("[goals] order", f"is {order}; give each of {', '.join(Goal)} once")
        return tuple(Goal(name) for name in order)

    def _wrong(self, where: str, what: str) -> PlanFileError:
        return PlanFileError(f"{self.file}: {where} {what}.", file=self.file, where=where)
