"""The tables of a folder to plan postings from: people, needs, donors, recipients, pairs, and what was published."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lianyi.methods.postings.problem import (
    Couple,
    CoupleWish,
    Donor,
    Line,
    Need,
    Pair,
    Person,
    PostingProblem,
    Published,
    Recipient,
)
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand
from lianyi.operations.errors import PlanFileError
from lianyi.operations.planning.plan_rules import PlanFrame, rank_of_title, read_frame
from lianyi.operations.planning.plan_tables import Row, columns_of, found_file, read_cells
from lianyi.tabular.arrays import ArrayColumn

_WHOLE_PERCENT: Final = 100
_STATUSES: Final = ("allowed", "fixed", "forbidden")


TABLES: Final[Mapping[str, tuple[ArrayColumn, ...]]] = {
    "people": columns_of(
        ("id", "donor", "specialties"),
        ("title", "available_from", "available_to", "unavailable", "partner", "couple", "prefers", "refuses"),
        ("longest_months", "highest_altitude_m", "hardest_level", "past_months"),
    ),
    "needs": columns_of(
        ("id", "recipient", "specialty"),
        ("department", "from", "to", "least_title", "why"),
        ("heads", "priority", "least_months", "overlap_months", "training"),
    ),
    "donors": columns_of(
        ("id",),
        ("most_away_by_specialty",),
        ("staff", "most_away", "most_seniors_away", "most_recipients"),
    ),
    "recipients": columns_of(
        ("id",),
        ("team_titles",),
        ("altitude_m", "hardship", "most_donors", "least_on_site", "needs_senior", "team_least", "team_most"),
    ),
    "pairs": columns_of(
        ("donor", "recipient"),
        ("starts", "status", "old_team"),
        ("travel_hours", "least_team", "is_new", "keeps_seniors"),
    ),
    "published": columns_of(("person", "need", "first", "last"), (), ("locked",)),
    "published_unmet": columns_of(("need", "periods"), (), ()),
}


@dataclass(frozen=True, slots=True)
class PostingFolder:
    """The problem of a folder, and the reasons that were written beside its needs."""

    problem: PostingProblem
    why: Mapping[str, str]


def read_folder(folder: Path) -> PostingFolder:
    """Read all tables; published.csv and published_unmet.csv may be missing.

    Raises
    ------
    PlanFileError
        When a file or a value cannot be used; the message names file, row and column.
    TableFileError, TableHeaderError, ColumnValueError
        As `lianyi.tabular.arrays.read_arrays`.
    PostingDataError, PostingRuleError
        When the tables contradict one another.
    """
    if not folder.is_dir():
        raise PlanFileError(f"{folder} is no folder; give the folder that holds people.csv and the other tables.")
    frame = read_frame(found_file(folder, "rules.toml"))
    people = _rows(folder, "people", frame)
    needs = _rows(folder, "needs", frame)
    recipients = _rows(folder, "recipients", frame)
    problem = PostingProblem(
        horizon=frame.horizon,
        people=tuple(_person(row) for row in people),
        needs=tuple(_need(rows) for rows in _by_id(needs)),
        donors=tuple(_donor(row) for row in _rows(folder, "donors", frame)),
        recipients=tuple(_recipient(row) for row in recipients),
        pairs=tuple(_pair(row) for row in _rows(folder, "pairs", frame) if _status(row) != "forbidden"),
        rules=frame.rules,
        couples=_couples(people),
        published=_published(folder, frame),
        team_rules=tuple(rule for row in recipients for rule in _team_rules(row)),
    )
    return PostingFolder(problem, {row.text("id"): row.text("why") for row in needs})


@dataclass(frozen=True, slots=True)
class _Row(Row):
    """One row of a table, which knows the periods of the plan."""

    frame: PlanFrame

    def title(self, name: str) -> int:
        given = self.text(name)
        rank = rank_of_title(given) if given else 0
        if rank is None:
            raise self.wrong(name, given, "give none, junior, intermediate, associate_senior or senior, or 0 to 4")
        return rank

    def period(self, name: str, given: str) -> int:
        """Return the number of a period from its label, or from a day; below 0 and beyond the last for days outside."""
        horizon = self.frame.horizon
        if given in horizon.labels:
            return horizon.labels.index(given)
        try:
            day = datetime.date.fromisoformat(given)
        except ValueError as error:
            expected = f"give a period from {horizon.labels[0]} to {horizon.labels[-1]}, or a day such as 2027-03-01"
            raise self.wrong(name, given, expected) from error
        months = (day.year - horizon.first_day.year) * 12 + day.month - horizon.first_day.month
        return months // horizon.months_per_period

    def periods(self, name: str) -> frozenset[int]:
        return frozenset(self.period(name, each) for each in self.texts(name))

    def span(self, first: str, last: str) -> range:
        """Return the periods from one cell to another, as far as the plan goes; all where both are empty."""
        most = self.frame.horizon.periods
        begins = self.period(first, self.text(first)) if self.text(first) else 0
        ends = self.period(last, self.text(last)) if self.text(last) else most - 1
        if begins > ends:
            raise self.wrong(first, self.text(first), f"it must not be after {last}, {self.text(last)}")
        return range(max(0, begins), min(most, ends + 1))


def _rows(folder: Path, table: str, frame: PlanFrame) -> list[_Row]:
    path = found_file(folder, f"{table}.csv")
    return [_Row(path.name, number, cells, frame) for number, cells in read_cells(path, TABLES[table])]


def _person(row: _Row) -> Person:
    longest = row.amount("longest_months")
    periods = None if longest is None else row.frame.periods_in(longest)
    if periods == 0:
        raise row.wrong("longest_months", f"{longest:g}", "it must be as long as one planning period at least")
    available = frozenset(row.span("available_from", "available_to")) - row.periods("unavailable")
    return Person(
        id=row.text("id"),
        donor=row.text("donor"),
        specialties=row.texts("specialties"),
        rank=row.title("title"),
        available=available,
        longest_periods=periods,
        highest_altitude_m=row.amount("highest_altitude_m"),
        hardest_level=row.whole("hardest_level"),
        past_months=row.amount("past_months") or 0.0,
        prefers=frozenset(row.texts("prefers")),
        refuses=frozenset(row.texts("refuses")),
    )


def _by_id(rows: Iterable[_Row]) -> list[list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.text("id"), []).append(row)
    return list(found.values())


def _need(rows: list[_Row]) -> Need:
    """Make one need of its rows, which may differ in heads, from and to."""
    first = rows[0]
    for row in rows[1:]:
        for name in first.cells:
            same = row.cells[name] == first.cells[name] or row.cells[name] != row.cells[name]
            if name not in {"heads", "from", "to"} and not same:
                raise row.wrong(name, str(row.cells[name]), f"all rows of the need {row.text('id')} must say the same")
    span = first.span("from", "to")
    if not span:
        raise first.wrong("from", first.text("from"), "no period of the plan is wanted")
    return Need(
        id=first.text("id"),
        recipient=first.text("recipient"),
        specialty=first.text("specialty"),
        heads=_heads(rows),
        span=(span.start, span.stop - 1),
        department=first.text("department"),
        least_rank=first.title("least_title"),
        priority=1.0 if first.amount("priority") is None else first.amount("priority") or 0.0,
        least_periods=max(1, first.frame.periods_for(first.amount("least_months") or 0.0)),
        overlap_periods=first.frame.periods_for(first.amount("overlap_months") or 0.0),
        is_training=first.is_yes("training"),
    )


def _heads(rows: list[_Row]) -> tuple[int, ...] | None:
    heads: dict[int, int] = {}
    for row in rows:
        wanted = row.whole("heads")
        if wanted is None:
            if len(rows) > 1:
                raise row.wrong("heads", "", "a need of several rows needs a number in each")
            return None
        for period in row.span("from", "to"):
            if period in heads:
                label = row.frame.horizon.labels[period]
                raise row.wrong("from", row.text("from"), f"another row of this need tells of {label} too")
            heads[period] = wanted
    return tuple(heads.get(period, 0) for period in range(rows[0].frame.horizon.periods))


def _donor(row: _Row) -> Donor:
    return Donor(
        id=row.text("id"),
        staff=row.amount("staff"),
        most_away=row.whole("most_away"),
        most_seniors_away=row.whole("most_seniors_away"),
        most_away_by_specialty=row.counts_by_specialty("most_away_by_specialty"),
        most_recipients=row.whole("most_recipients"),
    )


def _recipient(row: _Row) -> Recipient:
    return Recipient(
        id=row.text("id"),
        altitude_m=row.amount("altitude_m") or 0.0,
        hardship=row.count("hardship"),
        most_donors=row.whole("most_donors"),
        least_on_site=row.count("least_on_site"),
        needs_senior=row.is_yes("needs_senior"),
    )


def _team_rules(row: _Row) -> Iterator[TeamRule]:
    """Return what is asked of all people at a recipient together; one rule, named like the recipient, or none."""
    least, most = row.count("team_least"), row.whole("team_most")
    titles = tuple(_title(row, part) for part in row.texts("team_titles"))
    if least or most is not None or titles:
        yield TeamRule(row.text("id"), row.text("id"), least=least, most=most, titles=titles)


def _title(row: _Row, part: str) -> TitleDemand:
    """Return what a part such as `associate_senior=2` or `intermediate=50%` asks."""
    name, _equals, given = (each.strip() for each in part.partition("="))
    number, percent, rest = given.partition("%")
    rank = rank_of_title(name)
    is_number = number.isascii() and number.isdigit() and not rest and (not percent or int(number) <= _WHOLE_PERCENT)
    if rank is None or not is_number:
        expected = "give titles with people or a share, such as associate_senior=2; intermediate=50%"
        raise row.wrong("team_titles", part, expected)
    return TitleDemand(rank, share=int(number) / _WHOLE_PERCENT) if percent else TitleDemand(rank, people=int(number))


def _status(row: _Row) -> str:
    return row.one_of("status", _STATUSES, "allowed")


def _pair(row: _Row) -> Pair:
    return Pair(
        donor=row.text("donor"),
        recipient=row.text("recipient"),
        travel_hours=row.amount("travel_hours") or 0.0,
        least_team=row.count("least_team"),
        starts=row.periods("starts") or None,
        is_fixed=_status(row) == "fixed",
        is_new=row.is_yes("is_new"),
        old_team=frozenset(row.texts("old_team")),
        keeps_seniors=row.is_yes("keeps_seniors"),
    )


def _couples(people: Iterable[_Row]) -> tuple[Couple, ...]:
    """Make one couple of two rows, of which one or both name the other."""
    wishes: dict[frozenset[str], str] = {}
    for row in people:
        partner = row.text("partner")
        if not partner:
            continue
        wish = row.one_of("couple", list(CoupleWish), CoupleWish.APART)
        both = frozenset({row.text("id"), partner})
        if wishes.setdefault(both, wish) != wish:
            raise row.wrong("couple", wish, f"{partner} asks for {wishes[both]}; both must ask for the same")
    return tuple(Couple(min(both), max(both), CoupleWish(wish)) for both, wish in sorted(wishes.items(), key=_names))


def _names(item: tuple[frozenset[str], str]) -> list[str]:
    return sorted(item[0])


def _published(folder: Path, frame: PlanFrame) -> Published | None:
    if not (folder / "published.csv").is_file():
        return None
    rows = [(row, _line(row)) for row in _rows(folder, "published", frame)]
    locked = frozenset(line for row, line in rows if row.is_yes("locked"))
    return Published(frozenset(line for _row, line in rows), locked, _missing_then(folder, frame))


def _missing_then(folder: Path, frame: PlanFrame) -> dict[str, tuple[int, ...]] | None:
    """Read what the published plan left open, from its unmet.csv; None where that is not there."""
    if not (folder / "published_unmet.csv").is_file():
        return None
    found: dict[str, tuple[int, ...]] = {}
    for row in _rows(folder, "published_unmet", frame):
        missing = [0] * frame.horizon.periods
        example = "; ".join(f"{label}=1" for label in frame.horizon.labels[:2])
        for label, people in row.counts("periods", "period", example).items():
            period = row.period("periods", label)
            # What was open before this plan begins, or after it ends, is no matter of it.
            if 0 <= period < frame.horizon.periods:
                missing[period] = people
        found[row.text("need")] = tuple(missing)
    return found


def _line(row: _Row) -> Line:
    first, last = (row.period(name, row.text(name)) for name in ("first", "last"))
    if not 0 <= first <= last < row.frame.horizon.periods:
        labels = row.frame.horizon.labels
        raise row.wrong("first", row.text("first"), f"a line lies between {labels[0]} and {labels[-1]}, first to last")
    return Line(row.text("person"), row.text("need"), first, last)
