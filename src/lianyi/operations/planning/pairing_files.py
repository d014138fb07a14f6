"""The tables of a folder to plan pairs from: donors, recipients, strengths, needs, pairs, and what was published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from lianyi.methods.pairing.problem import (
    Donor,
    Key,
    Need,
    Pair,
    PairingProblem,
    PairStatus,
    Published,
    Recipient,
    Strength,
)
from lianyi.methods.pairing.rules import DEFAULT_PRICES, GOAL_OF_RULE, Goal, PairingRules, PairPrices, RuleId
from lianyi.methods.plan_data import HARD
from lianyi.operations.errors import PlanFileError
from lianyi.operations.planning.plan_tables import Row, columns_of, found_file, read_cells
from lianyi.operations.planning.rule_tables import RuleFile
from lianyi.tabular.arrays import ArrayColumn

TABLES: Final[Mapping[str, tuple[ArrayColumn, ...]]] = {
    "donors": columns_of(("id",), (), ("staff", "most_away", "most_recipients", "past_people", "fair_people")),
    "recipients": columns_of(("id",), (), ("most_donors", "least_donors", "least_coverage")),
    "strengths": columns_of(("donor", "specialty"), (), ("people", "level")),
    "needs": columns_of(("recipient", "specialty"), ("id", "why"), ("heads", "priority", "least_level")),
    "pairs": columns_of(
        ("donor", "recipient"),
        ("status",),
        ("travel_hours", "tie_years", "least_team", "donor_rank", "recipient_rank"),
    ),
    "published": columns_of(("donor", "recipient"), ("people_by_specialty",), ("locked",)),
}
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "goals": frozenset({"order", "tolerance"}),
    "weights": frozenset(Goal),
    "rules": frozenset(GOAL_OF_RULE),
    "prices": frozenset(each.name for each in fields(PairPrices)),
    "burden": frozenset({"steps"}),
    "preferences": frozenset({"stable"}),
}


@dataclass(frozen=True, slots=True)
class PairingFolder:
    """The problem of a folder, the reasons beside its needs, and whether stable pairs are asked for."""

    problem: PairingProblem
    why: Mapping[str, str]
    is_stable: bool


def read_folder(folder: Path) -> PairingFolder:
    """Read all tables; published.csv may be missing.

    Raises
    ------
    PlanFileError
        When a file or a value cannot be used; the message names file, row and column.
    TableFileError, TableHeaderError, ColumnValueError
        As `lianyi.tabular.arrays.read_arrays`.
    PairingDataError, PairingRuleError
        When the tables contradict one another.
    """
    if not folder.is_dir():
        raise PlanFileError(f"{folder} is no folder; give the folder that holds donors.csv and the other tables.")
    file = RuleFile.read(found_file(folder, "rules.toml"), _KNOWN)
    needs = _rows(folder, "needs")
    problem = PairingProblem(
        donors=tuple(_donor(row) for row in _rows(folder, "donors")),
        recipients=tuple(_recipient(row) for row in _rows(folder, "recipients")),
        strengths=tuple(_strength(row) for row in _rows(folder, "strengths")),
        needs=tuple(_need(rows) for rows in _by_id(needs)),
        pairs=tuple(_pair(row) for row in _rows(folder, "pairs")),
        rules=_rules(file),
        published=_published(folder),
    )
    why = {_id(row): row.text("why") for row in needs}
    return PairingFolder(problem, why, file.yes_or_no("preferences", "stable"))


def _rows(folder: Path, table: str) -> list[Row]:
    path = found_file(folder, f"{table}.csv")
    return [Row(path.name, number, cells) for number, cells in read_cells(path, TABLES[table])]


def _rules(file: RuleFile) -> PairingRules:
    return PairingRules(
        prices=file.prices(RuleId, DEFAULT_PRICES, HARD),
        goals=file.goals(Goal),
        tolerance=file.number("goals", "tolerance", 0.0),
        weights={Goal(name): file.number("weights", name, None) for name in file.table("weights")},
        burden_steps=_steps(file),
        cost=PairPrices(**{name: file.number("prices", name, None) for name in file.table("prices")}),
    )


def _steps(file: RuleFile) -> tuple[float, ...]:
    steps = file.table("burden").get("steps", list(PairingRules().burden_steps))
    if not isinstance(steps, list) or any(
        isinstance(each, bool) or not isinstance(each, int | float) for each in steps
    ):
        raise file.wrong("[burden] steps", f"is “{steps}”; give a list of numbers, such as [1.0, 1.5]")
    return tuple(float(each) for each in steps)


def _donor(row: Row) -> Donor:
    return Donor(
        id=row.text("id"),
        most_people=row.whole("most_away"),
        most_recipients=row.whole("most_recipients"),
        staff=row.amount("staff"),
        past_people=row.amount_or("past_people", 0.0),
        fair_people=row.amount("fair_people"),
    )


def _recipient(row: Row) -> Recipient:
    return Recipient(
        id=row.text("id"),
        most_donors=row.whole("most_donors"),
        least_donors=row.count("least_donors"),
        least_coverage=row.amount_or("least_coverage", 0.0),
    )


def _strength(row: Row) -> Strength:
    return Strength(row.text("donor"), row.text("specialty"), row.whole("people"), row.amount_or("level", 1.0))


def _id(row: Row) -> str:
    return row.text("id") or f"{row.text('recipient')}/{row.text('specialty')}"


def _by_id(rows: Iterable[Row]) -> list[list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(_id(row), []).append(row)
    return list(found.values())


def _need(rows: list[Row]) -> Need:
    """Make one need of its rows, which may differ in heads: those of the row with most people count."""
    first = rows[0]
    for row in rows[1:]:
        for name in first.cells:
            same = row.cells[name] == first.cells[name] or row.cells[name] != row.cells[name]
            if name != "heads" and not same:
                raise row.wrong(name, str(row.cells[name]), f"all rows of the need {_id(row)} must say the same")
    heads = [each for each in (row.whole("heads") for row in rows) if each is not None]
    return Need(
        id=_id(first),
        recipient=first.text("recipient"),
        specialty=first.text("specialty"),
        people=max(heads) if heads else None,
        priority=first.amount_or("priority", 1.0),
        least_level=first.amount_or("least_level", 0.0),
    )


def _pair(row: Row) -> Pair:
    return Pair(
        donor=row.text("donor"),
        recipient=row.text("recipient"),
        travel_hours=row.amount_or("travel_hours", 0.0),
        status=PairStatus(row.one_of("status", list(PairStatus), PairStatus.ALLOWED)),
        tie_years=row.amount_or("tie_years", 0.0),
        least_team=row.count("least_team"),
        donor_rank=row.amount("donor_rank"),
        recipient_rank=row.amount("recipient_rank"),
    )


def _published(folder: Path) -> Published | None:
    if not (folder / "published.csv").is_file():
        return None
    people: dict[Key, Mapping[str, int]] = {}
    pairs: set[Key] = set()
    locked: set[Key] = set()
    for row in _rows(folder, "published"):
        key = (row.text("donor"), row.text("recipient"))
        if key in pairs:
            raise row.wrong("recipient", key[1], f"the pair with {key[0]} stands twice; give it once")
        pairs.add(key)
        if row.text("people_by_specialty"):
            people[key] = row.counts_by_specialty("people_by_specialty")
        if row.is_yes("locked"):
            locked.add(key)
    return Published(frozenset(pairs), people, frozenset(locked))
