"""rules.toml of a folder of rounds: the days, how travel is estimated, the prices, what was published."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from lianyi.methods.periods import DAYS_PER_WEEK, ONE_DAY, DateSpan
from lianyi.methods.round_plans.problem import RoundPrices
from lianyi.methods.travel import TravelParameters
from lianyi.operations.planning.rule_tables import RuleFile

_USUAL_WEEKS: Final = 4
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "days": frozenset({"first_day", "last_day", "weeks", "holidays"}),
    "travel": frozenset({"both_directions", "detour_factor", "speed_km_per_hour"}),
    "prices": frozenset(each.name for each in fields(RoundPrices)),
    "published": frozenset({"today"}),
}


@dataclass(frozen=True, slots=True)
class RoundRules:
    """What rules.toml says."""

    days: DateSpan
    holidays: frozenset[datetime.date]
    both_directions: bool
    estimate: TravelParameters
    prices: RoundPrices
    today: datetime.date | None


def read_rules(path: Path) -> RoundRules:
    """Read rules.toml.

    Raises
    ------
    PlanFileError
        Naming the table and the key that cannot be used.
    RoundDataError, TravelParameterError
        When a price, detour or speed cannot be used.
    """
    file = RuleFile.read(path, _KNOWN)
    usual = TravelParameters()
    return RoundRules(
        days=_days(file),
        holidays=frozenset(_day(file, "days", "holidays", day) for day in _listed(file, "days", "holidays")),
        both_directions=not file.table("travel") or _both_directions(file),
        estimate=TravelParameters(
            file.number("travel", "detour_factor", usual.detour_factor),
            file.number("travel", "speed_km_per_hour", usual.speed_km_per_hour),
        ),
        prices=RoundPrices(**{name: file.number("prices", name, None) for name in file.table("prices")}),
        today=_day(file, "published", "today") if "today" in file.table("published") else None,
    )


def _both_directions(file: RuleFile) -> bool:
    return file.yes_or_no("travel", "both_directions") if "both_directions" in file.table("travel") else True


def _days(file: RuleFile) -> DateSpan:
    first = _day(file, "days", "first_day")
    if "last_day" not in file.table("days"):
        weeks = file.whole("days", "weeks", _USUAL_WEEKS)
        if weeks < 1:
            raise file.wrong("[days] weeks", f"is “{weeks}”; give 1 or more")
        return DateSpan(first, first + ONE_DAY * (DAYS_PER_WEEK * weeks - 1))
    last = _day(file, "days", "last_day")
    if "weeks" in file.table("days") or last < first:
        raise file.wrong("[days] last_day", f"is “{last}”; give a day after {first}, and no weeks beside it")
    return DateSpan(first, last)


def _listed(file: RuleFile, table: str, name: str) -> list[object]:
    given = file.table(table).get(name, [])
    if not isinstance(given, list):
        raise file.wrong(f"[{table}] {name}", f"is “{given}”; give a list of days, such as [2027-05-01]")
    return given


def _day(file: RuleFile, table: str, name: str, given: object = None) -> datetime.date:
    day = file.table(table).get(name) if given is None else given
    if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime):
        return day
    raise file.wrong(f"[{table}] {name}", f"is {day!r}; give a day without quotes, such as 2027-03-01")
