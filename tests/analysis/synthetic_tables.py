"""Seeded tables that every shipped query can read: days on the edges of periods, gaps, and rows that stand twice."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from lianyi.analysis.indicators.cells import Kind
from lianyi.analysis.indicators.compiling import asked_of
from lianyi.rules.indicator_queries import Condition, QueryPart, Requirement
from lianyi.rules.indicators import IndicatorDefinition

COUNTIES = ("520325", "530627", "140406", "130300", "500240")
EDGES = ("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-31", "2024-04-01", "2024-12-31", "2025-01-01")
FIRST_DAY = date(2023, 11, 1)
DAYS = 480
GAPS = 0.06
TWICE = 0.05
KEYS = 24
MANY_KEYS = {"postings": 200, "techniques": 60}
MOMENTS_MISSING = 0.3


@dataclass
class Wanted:
    """One column: what is asked of it, which words conditions name, and whose key it points to."""

    kinds: set[Kind] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    points_to: tuple[str, str] | None = None
    is_reporter: bool = False


Tables = dict[str, dict[str, Wanted]]


def write_tables(folder: Path, definitions: Iterable[IndicatorDefinition], rows: int, seed: int) -> None:
    """Write one CSV for each table that the definitions read."""
    parts = [part for each in definitions if each.query is not None for part in each.query.parts]
    wanted, keys = _wanted(parts), _keys(parts)
    chance = random.Random(seed)  # noqa: S311 - tables to compute with, no secrets
    for name in sorted(wanted):
        columns = wanted[name]
        made = list(_keyed(name, columns, keys[name], chance) if name in keys else _many(columns, rows, chance))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, sorted(columns), lineterminator="\n")
            writer.writeheader()
            writer.writerows(made)


def _wanted(parts: Iterable[QueryPart]) -> Tables:
    tables: Tables = defaultdict(lambda: defaultdict(Wanted))
    for part in parts:
        names = {lookup.name: lookup.table for lookup in part.lookups}

        def column(path: str, part: QueryPart = part, names: dict[str, str] = names) -> Wanted:
            lookup, dot, own = path.partition(".")
            return tables[names[lookup]][own] if dot else tables[part.table][path]

        for path, kinds in asked_of(part).items():
            column(path).kinds |= kinds
        column(part.reporter).is_reporter = True
        for condition in _conditions(part.where):
            if isinstance(condition.operand, str):
                found = column(condition.operand)
                found.words |= {value for value in condition.values if isinstance(value, str)}
                found.numbers |= {value for value in condition.values if not isinstance(value, str)}
        for lookup in part.lookups:
            for here, there in lookup.keys:
                column(here).points_to = (lookup.table, there)
    return tables


def _keys(parts: Iterable[QueryPart]) -> dict[str, tuple[str, ...]]:
    return {lookup.table: tuple(key for _, key in lookup.keys) for part in parts for lookup in part.lookups}


def _conditions(requirement: Requirement) -> Iterator[Condition]:
    if isinstance(requirement, Condition):
        yield requirement
        return
    for each in requirement.conditions:
        yield from _conditions(each)


def _keyed(
    table: str, columns: dict[str, Wanted], keys: tuple[str, ...], chance: random.Random
) -> Iterator[dict[str, str]]:
    """Yield the rows of a table that is looked up: each key once, some that rows point to not at all."""
    pools = [_pool(table, key) for key in keys]
    combinations = [[one] for one in pools[0]]
    for pool in pools[1:]:
        combinations = [[*one, other] for one in combinations for other in pool]
    for values in combinations:
        if chance.random() < GAPS:
            continue
        row = {name: _cell(name, column, chance, chance.randrange(DAYS)) for name, column in columns.items()}
        yield row | dict(zip(keys, values, strict=True))


def _many(columns: dict[str, Wanted], rows: int, chance: random.Random) -> Iterator[dict[str, str]]:
    for _ in range(rows):
        base = chance.randrange(DAYS)
        row = {name: _cell(name, column, chance, base) for name, column in columns.items()}
        yield row
        if chance.random() < TWICE:
            yield row


def _pool(table: str, key: str) -> list[str]:
    if table == "places":
        return list(COUNTIES)
    if "institution" in key or table == "institutions":
        return [f"I{number:02}" for number in range(KEYS)]
    return [f"K{number}" for number in range(MANY_KEYS.get(table, 4))]


def _cell(name: str, column: Wanted, chance: random.Random, base: int) -> str:
    if chance.random() < (MOMENTS_MISSING if Kind.MOMENT in column.kinds else GAPS):
        return ""
    for kind, made in ((Kind.MOMENT, _moment), (Kind.DAY, _day), (Kind.NUMBER, _number)):
        if kind in column.kinds:
            return made(name, column, chance, base)
    return chance.choice(("yes", "no")) if Kind.YES_NO in column.kinds else _text(name, column, chance)


def _moment(_: str, __: Wanted, chance: random.Random, base: int) -> str:
    moment = datetime.combine(FIRST_DAY, time(9)) + timedelta(days=base, minutes=chance.randrange(150))
    return f"{moment:%Y-%m-%d %H:%M}" if chance.random() < 0.5 else f"{moment:%Y-%m-%dT%H:%M:%S}"


def _number(name: str, column: Wanted, chance: random.Random, _: int) -> str:
    if column.numbers and chance.random() < 0.5:
        return str(chance.choice(sorted(column.numbers)))
    return str(chance.randrange(60)) if "yuan" not in name else f"{chance.randrange(90000) / 100:.2f}"


def _text(name: str, column: Wanted, chance: random.Random) -> str:
    if column.words:
        return chance.choice([*sorted(column.words), *sorted(column.words), "another"])
    if column.points_to is not None:
        return chance.choice(_pool(*column.points_to))
    if name == "place_code":
        return chance.choice(COUNTIES) + chance.choice(("", "100", "100201"))
    if "county" in name:
        return chance.choice(COUNTIES)
    is_institution = "institution" in name or column.is_reporter
    return f"I{chance.randrange(KEYS):02}" if is_institution else f"K{chance.randrange(4)}"


def _day(name: str, _: Wanted, chance: random.Random, base: int) -> str:
    if name == "year":
        return chance.choice(("2023", "2024", "2025"))
    if chance.random() < 0.25:
        return chance.choice(EDGES)
    # Who leaves may have stayed for more than half a year.
    day = FIRST_DAY + timedelta(days=base + chance.randrange(400 if name.startswith("left") else 40))
    return f"{day:%Y-%m}" if name == "month" else day.isoformat()
