"""The tables that definitions of indicators read: their columns in words, and which of them a site records itself."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from lianyi.rules.parsing import read_words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from lianyi.rules.indicators import IndicatorDefinition
    from lianyi.rules.schema import Words
    from lianyi.rules.tables import Table

FOLDER = "indicator_tables"
_FILE = "tables.toml"


@dataclass(frozen=True, slots=True)
class IndicatorColumn:
    """One column in words; one that is not recorded stays empty in the rows of a site."""

    name: str
    words: Words
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """One table; one that is not recorded comes from the systems of hospitals and funds."""

    name: str
    title: Words
    note: Words | None
    is_recorded: bool
    columns: tuple[IndicatorColumn, ...]

    def column(self, name: str) -> IndicatorColumn | None:
        return next((each for each in self.columns if each.name == name), None)


@functools.cache
def indicator_tables() -> dict[str, IndicatorTable]:
    """Return every table by its name.

    Raises
    ------
    RuleFileError

    Examples
    --------
    >>> indicator_tables()["postings"].is_recorded, indicator_tables()["medicines"].is_recorded
    (True, False)
    """
    content = files("lianyi.rules").joinpath(FOLDER, _FILE).read_bytes()
    whole = table_of_file(_FILE, content, ("tables",))
    read = [_table(each) for each in whole.tables("tables", ("name", "title", "note", "recorded", "columns"), "name")]
    return {each.name: each for each in read}


def tables_read(definition: IndicatorDefinition) -> tuple[str, ...]:
    """Return the names of the tables that a definition's query reads, each once, those looked up with them.

    Examples
    --------
    >>> from lianyi.rules.indicators import definition_version
    >>> tables_read(definition_version("dispatch-senior-share", 1))
    ('postings', 'staff')
    """
    if definition.query is None:
        return ()
    parts = definition.query.parts
    names = [name for part in parts for name in (part.table, *(lookup.table for lookup in part.lookups))]
    return tuple(dict.fromkeys(names))


def is_recorded(definition: IndicatorDefinition) -> bool:
    """Tell whether a site records every table that a definition's query reads."""
    read, known = tables_read(definition), indicator_tables()
    return bool(read) and all(name in known and known[name].is_recorded for name in read)


def _table(table: Table) -> IndicatorTable:
    about = table.tables("columns", ("name", "zh", "en", "recorded"), "name")
    return IndicatorTable(
        name=table.text("name"),
        title=read_words(table.table("title", ("zh", "en"))),
        note=read_words(table.table("note", ("zh", "en"))) if "note" in table else None,
        is_recorded="recorded" in table and table.boolean("recorded"),
        columns=tuple(
            IndicatorColumn(each.text("name"), read_words(each), "recorded" not in each or each.boolean("recorded"))
            for each in about
        ),
    )
