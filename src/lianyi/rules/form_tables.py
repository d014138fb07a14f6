"""The tables that a bureau fills in and hands on: which rows and columns each has, and from when on, in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lianyi.rules.dated import parse_folder, refuse_doubles
from lianyi.rules.errors import OverlappingRuleSetsError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.indicators import IndicatorPeriod
from lianyi.rules.schema import Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "form_tables"
"""The folder of forms in the package, and in each directory that a bureau names."""

_KEYS = (*HEAD_KEYS, "form", "layout", "period", "columns", "rows")
_COLUMN_KEYS = ("fill", "zh", "en", "indicator")


class FormLayout(StrEnum):
    """What one row of a form is: an indicator of the place, a unit in it, or a pair of sender and receiver."""

    INDICATORS = "indicators"
    UNITS = "units"
    POSTINGS = "postings"


FILLS: Final[Mapping[FormLayout, tuple[str, ...]]] = {
    FormLayout.INDICATORS: ("number", "name", "numerator", "denominator", "value", "before", "state"),
    FormLayout.UNITS: ("unit", "indicator", "state"),
    FormLayout.POSTINGS: (
        *("from", "to", "programme", "persons", "person_days", "longest_days", "days_covered", "share_covered"),
        *("intermediate", "associate_senior"),
    ),
}
"""What a column can be filled with, by what a row is."""


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column: its heading and what fills it; ``indicator`` names the one whose values stand there."""

    fill: str
    words: Words
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a form of indicators, with the number that the form gives it."""

    indicator: str
    number: str


@dataclass(frozen=True, slots=True)
class FormTable(Headed):
    """One form as it holds from a day on; versions of the same ``form`` follow one another."""

    form: str
    layout: FormLayout
    period: IndicatorPeriod
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the codes of all indicators that the form asks for."""
        of_columns = tuple(each.indicator for each in self.columns if each.indicator)
        return (*(each.indicator for each in self.rows), *of_columns)


@dataclass(frozen=True, slots=True)
class FormBook:
    """All forms in all versions, the earliest first."""

    tables: tuple[FormTable, ...]

    def on(self, day: date) -> list[FormTable]:
        """Return the version of each form that holds on a day, by form."""
        found = {each.form: each for each in self.tables if each.valid_from <= day}
        return [found[form] for form in sorted(found)]

    def of(self, form: str, day: date) -> FormTable | None:
        """Return the version of one form that holds on a day."""
        return next((each for each in self.on(day) if each.form == form), None)


def load_form_tables(directories: Sequence[Path] = ()) -> FormBook:
    """Read the forms of the package and every ``form_tables/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, DuplicateRuleSetError, OverlappingRuleSetsError
    """
    found = sorted(parse_folder(FOLDER, directories, parse_form_table), key=lambda each: (each.form, each.valid_from))
    refuse_doubles(found, "a form")
    for one, other in pairwise(found):
        if (one.form, one.valid_from) == (other.form, other.valid_from):
            raise OverlappingRuleSetsError(
                f"{one.file} and {other.file} both hold the form {one.form!r} from {one.valid_from}; give the added "
                "one the day from which it holds.",
                rule_sets=(one.id, other.id),
                files=(one.file, other.file),
            )
    return FormBook(tuple(sorted(found, key=lambda each: (each.valid_from, each.id))))


def parse_form_table(file: str, content: bytes) -> FormTable:
    """Read one form.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    layout = table.choice("layout", FormLayout)
    columns = tuple(_column(each, layout) for each in table.tables("columns", _COLUMN_KEYS))
    rows = tuple(
        FormRow(each.text("indicator"), each.optional_text("number") or "")
        for each in table.optional_tables("rows", ("indicator", "number"))
    )
    if bool(rows) != (layout is FormLayout.INDICATORS):
        raise table.refuse("rows", f"{len(rows)} rows", "rows of indicators in a form of indicators, and in no other")
    return FormTable(
        **head_of(table, file),
        form=table.text("form"),
        layout=layout,
        period=table.choice("period", IndicatorPeriod),
        columns=columns,
        rows=rows,
    )


def _column(entry: Table, layout: FormLayout) -> FormColumn:
    fill = entry.text("fill")
    if fill not in FILLS[layout]:
        raise entry.refuse("fill", repr(fill), ", ".join(FILLS[layout]))
    indicator = entry.optional_text("indicator") or ""
    if bool(indicator) != (fill == "indicator"):
        raise entry.refuse("indicator", repr(indicator), "the code of an indicator where fill is indicator")
    return FormColumn(fill, Words(entry.text("zh"), entry.text("en")), indicator)
