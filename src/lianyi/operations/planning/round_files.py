"""The tables of a folder to plan rounds from: villages, teams, travel or positions, closures, what was published."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from lianyi.methods.coordinates import Position
from lianyi.methods.periods import DAYS_PER_WEEK, DateSpan, PeriodUnit
from lianyi.methods.round_plans.problem import (
    MINUTES_PER_DAY,
    Closure,
    Night,
    Published,
    RoundProblem,
    Team,
    Village,
    Visit,
)
from lianyi.methods.round_plans.travel_times import TravelTimes
from lianyi.operations.errors import PlanFileError
from lianyi.operations.planning.plan_tables import Row, columns_of, found_file, read_cells
from lianyi.operations.planning.round_rules import RoundRules, read_rules
from lianyi.tabular.arrays import ArrayColumn

_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")
_MINUTES_PER_HOUR: Final = 60
_UNITS: Final = (PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.QUARTER)
_POSITION: Final = ("longitude", "latitude")
TABLES: Final[Mapping[str, tuple[ArrayColumn, ...]]] = {
    "villages": (
        *columns_of(
            ("id",),
            ("period", "weekdays", "seasons", "skills", "teams", "last_visit", "opens", "closes"),
            ("visits", "least_days", "most_days", "population"),
        ),
        ArrayColumn("service_minutes", "number", minimum=0),
        *(ArrayColumn(name, "number", required=False) for name in _POSITION),
    ),
    "teams": columns_of(
        ("id", "home"),
        ("skills", "vehicle", "weekdays", "absent", "starts", "ends", "break_from", "stays"),
        ("break_minutes", "travel_factor", "most_nights"),
    ),
    "places": (ArrayColumn("id"), *(ArrayColumn(name, "number") for name in _POSITION)),
    "travel": (*columns_of(("from", "to"), (), ("km",)), ArrayColumn("minutes", "number", minimum=0)),
    "closures": columns_of(("first", "last", "place"), ("other", "why"), ()),
    "published": columns_of(("day", "team", "village"), ("night",), ("done",)),
}


def read_folder(folder: Path) -> RoundProblem:
    """Read all tables; places, travel, closures and published may be missing.

    Raises
    ------
    PlanFileError
        When a file or a value cannot be used; the message names file, row and column.
    TableFileError, TableHeaderError, ColumnValueError
        As `lianyi.tabular.arrays.read_arrays`.
    RoundDataError, RoundTravelError
        When the tables contradict one another.
    """
    if not folder.is_dir():
        raise PlanFileError(f"{folder} is no folder; give the folder that holds villages.csv and the other tables.")
    rules = read_rules(found_file(folder, "rules.toml"))
    villages = _rows(folder, "villages")
    return RoundProblem(
        days=rules.days,
        villages=tuple(_village(row) for row in villages),
        teams=tuple(_team(row) for row in _rows(folder, "teams")),
        travel=_travel(folder, rules, villages),
        closures=tuple(_closure(row) for row in _rows_if_there(folder, "closures")),
        holidays=rules.holidays,
        prices=rules.prices,
        published=_published(folder, rules),
    )


def _rows(folder: Path, table: str) -> list[Row]:
    path = found_file(folder, f"{table}.csv")
    return [Row(path.name, number, cells) for number, cells in read_cells(path, TABLES[table])]


def _rows_if_there(folder: Path, table: str) -> list[Row]:
    return _rows(folder, table) if (folder / f"{table}.csv").is_file() else []


def _day(row: Row, name: str, given: str | None = None) -> datetime.date:
    text = row.text(name) if given is None else given
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise row.wrong(name, text, "give a day such as 2027-03-01") from error


def _spans(row: Row, name: str) -> tuple[DateSpan, ...]:
    return tuple(_span(row, name, part) for part in row.texts(name))


def _span(row: Row, name: str, part: str) -> DateSpan:
    first, slash, last = (each.strip() for each in part.partition("/"))
    begins = _day(row, name, first)
    ends = _day(row, name, last) if slash else begins
    if ends < begins:
        raise row.wrong(name, part, "give first and last day with a slash between, such as 2027-03-01/2027-03-14")
    return DateSpan(begins, ends)


def _weekdays(row: Row, name: str = "weekdays") -> frozenset[int] | None:
    known = {str(number) for number in range(1, DAYS_PER_WEEK + 1)}
    for part in row.texts(name):
        if part not in known:
            raise row.wrong(name, part, "give numbers from 1 (Monday) to 7 (Sunday), such as 1;3;5")
    return frozenset(int(part) for part in row.texts(name)) or None


def _hours(row: Row) -> tuple[int | None, int | None]:
    opens, closes = (_clock(row, name) if row.text(name) else None for name in ("opens", "closes"))
    if (opens or 0) >= MINUTES_PER_DAY:
        raise row.wrong("opens", row.text("opens"), "give a time before 24:00")
    if closes is not None and not (opens or 0) < closes <= MINUTES_PER_DAY:
        begin = row.text("opens") or "00:00"
        raise row.wrong("closes", row.text("closes"), f"give a time after {begin} and up to 24:00")
    return opens, closes


def _clock(row: Row, name: str) -> int:
    given = row.text(name)
    match = _CLOCK.fullmatch(given)
    if match is None or int(match[2]) >= _MINUTES_PER_HOUR:
        raise row.wrong(name, given, "give a time of day such as 08:30")
    return int(match[1]) * _MINUTES_PER_HOUR + int(match[2])


def _clock_or(row: Row, name: str, usual: int) -> int:
    return _clock(row, name) if row.text(name) else usual


def _village(row: Row) -> Village:
    opens_at, closes_at = _hours(row)
    return Village(
        id=row.text("id"),
        service_minutes=row.amount_or("service_minutes", 0.0),
        visits=row.count("visits", 1),
        unit=PeriodUnit(row.one_of("period", _UNITS, PeriodUnit.MONTH)),
        least_days=row.count("least_days", 1),
        most_days=row.whole("most_days"),
        weekdays=_weekdays(row),
        seasons=_spans(row, "seasons"),
        skills=frozenset(row.texts("skills")),
        teams=frozenset(row.texts("teams")) or None,
        population=row.amount("population"),
        last_visit=_day(row, "last_visit") if row.text("last_visit") else None,
        opens_at=opens_at,
        closes_at=closes_at,
    )


def _team(row: Row) -> Team:
    usual = Team(row.text("id"), row.text("home"))
    return Team(
        id=usual.id,
        home=usual.home,
        skills=frozenset(row.texts("skills")),
        vehicle=row.text("vehicle"),
        weekdays=_weekdays(row) or usual.weekdays,
        absent=_spans(row, "absent"),
        starts_at=_clock_or(row, "starts", usual.starts_at),
        ends_at=_clock_or(row, "ends", usual.ends_at),
        break_minutes=row.count("break_minutes"),
        break_from=_clock_or(row, "break_from", usual.break_from),
        travel_factor=row.amount_or("travel_factor", 1.0),
        most_nights=row.count("most_nights"),
        stays=row.texts("stays"),
    )


def _travel(folder: Path, rules: RoundRules, villages: Iterable[Row]) -> TravelTimes:
    if (folder / "travel.csv").is_file():
        legs = [
            (row.text("from"), row.text("to"), row.amount_or("minutes", 0.0), row.amount("km"))
            for row in _rows(folder, "travel")
        ]
        return TravelTimes.of_legs(legs, both_directions=rules.both_directions)
    positions: dict[str, Position] = {}
    for row in (*_rows_if_there(folder, "places"), *villages):
        longitude, latitude = (row.amount(name) for name in _POSITION)
        if longitude is None or latitude is None:
            raise row.wrong("longitude", "", "without travel.csv each village needs longitude and latitude, WGS 84")
        positions[row.text("id")] = Position(longitude, latitude)
    return TravelTimes.of_positions(list(positions), list(positions.values()), rules.estimate)


def _closure(row: Row) -> Closure:
    first, last = _day(row, "first"), _day(row, "last")
    if last < first:
        raise row.wrong("last", row.text("last"), f"it must not be before first, {first}")
    return Closure(DateSpan(first, last), row.text("place"), row.text("other") or None)


def _published(folder: Path, rules: RoundRules) -> Published | None:
    rows = _rows_if_there(folder, "published")
    if not rows:
        return None
    if rules.today is None:
        raise PlanFileError(
            f"{folder} has published.csv; rules.toml must say from which day on it may change: [published] today.",
            file="rules.toml",
        )
    visits = [(row, Visit(_day(row, "day"), row.text("team"), row.text("village"))) for row in rows]
    nights = (Night(visit.day, visit.team, row.text("night")) for row, visit in visits if row.text("night"))
    return Published(
        visits=frozenset(visit for _row, visit in visits),
        today=rules.today,
        done=frozenset(visit for row, visit in visits if row.is_yes("done")),
        nights=frozenset(nights),
    )
