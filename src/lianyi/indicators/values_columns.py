"""What a definition reads, in the reader's words: its tables, their columns, and what of it this site records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lianyi.indicators.values_texts import words_of, words_or_nothing
from lianyi.rules.indicator_tables import IndicatorTable, indicator_tables
from lianyi.rules.indicators import IndicatorDefinition


@dataclass(frozen=True, slots=True)
class ReadColumn:
    name: str
    words: str
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table that a definition reads; of a bureau's own tables nothing but the names is known."""

    name: str
    title: str
    note: str
    is_recorded: bool
    columns: tuple[ReadColumn, ...]


def tables_of(definition: IndicatorDefinition) -> list[ReadTable]:
    """Return what a definition reads; nothing for one that has no query."""
    # The engines take a second to load, which no other page waits for.
    from lianyi.analysis.indicators.reading import columns_read  # noqa: PLC0415

    asked: defaultdict[str, list[str]] = defaultdict(list)
    for table, column in columns_read(definition):
        asked[table].append(column)
    known = indicator_tables()
    return [_told(name, columns, known.get(name)) for name, columns in asked.items()]


def _told(name: str, columns: list[str], table: IndicatorTable | None) -> ReadTable:
    if table is None:
        unknown = tuple(ReadColumn(each, "", is_recorded=False) for each in columns)
        return ReadTable(name, name, "", is_recorded=False, columns=unknown)
    told = []
    for each in columns:
        column = table.column(each)
        told.append(
            ReadColumn(each, "", is_recorded=False)
            if column is None
            else ReadColumn(each, words_of(column.words), column.is_recorded)
        )
    return ReadTable(name, words_of(table.title), words_or_nothing(table.note), table.is_recorded, tuple(told))
