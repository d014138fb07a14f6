"""The table of an evaluation: one row for each unit and time, from values of the site or from a table that came.

It has the columns that ``lianyi evaluate partnership`` reads, so that the same table gives the same answer there.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.core.files.storage import default_storage

from lianyi.accounts.actors import Actor
from lianyi.indicators.evaluation_errors import EvaluationTableRefusedError
from lianyi.indicators.models import (
    Evaluation,
    EvaluationSource,
    EvaluationTable,
    EvaluationUnit,
    IndicatorValue,
    UnitChoice,
    UnitLevel,
)
from lianyi.indicators.queries import evaluations as queries
from lianyi.indicators.values_definitions import value_of
from lianyi.indicators.values_periods import period_code
from lianyi.tabular.arrays import ArrayColumn, read_arrays

UNIT, TIME, LEVEL = "unit", "time", "level"
MOST_UNITS: Final = 1000
_LEVELS: Final = tuple(UnitLevel.values)


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows in the order of the units' levels and of time; None where nothing was given."""

    units: tuple[str, ...]
    times: tuple[str, ...]
    levels: tuple[str, ...]
    outcomes: Mapping[str, tuple[float | None, ...]]
    values: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    """By outcome the key of the value of the site behind each figure."""

    def as_table(self) -> dict[str, Any]:
        """Return the columns as the methods take them."""
        gaps = {
            name: np.array([np.nan if each is None else each for each in column], np.float64)
            for name, column in self.outcomes.items()
        }
        return {UNIT: list(self.units), TIME: list(self.times), LEVEL: list(self.levels), **gaps}

    def as_csv(self) -> bytes:
        """Return the table as a file; every number reads back as the very same number."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([UNIT, TIME, LEVEL, *self.outcomes])
        for row in range(len(self.units)):
            figures = [column[row] for column in self.outcomes.values()]
            plain = ["" if each is None else repr(each) for each in figures]
            writer.writerow([self.units[row], self.times[row], self.levels[row], *plain])
        return stream.getvalue().encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.as_csv()).hexdigest()

    def facts(self) -> dict[str, Any]:
        """Return the table as a result keeps it."""
        return {
            "units": list(self.units),
            "times": list(self.times),
            "levels": list(self.levels),
            "outcomes": {name: list(column) for name, column in self.outcomes.items()},
            "values": {name: list(column) for name, column in self.values.items()},
        }

    @classmethod
    def of_facts(cls, kept: Mapping[str, Any]) -> Panel:
        return cls(
            tuple(kept["units"]),
            tuple(kept["times"]),
            tuple(kept["levels"]),
            {name: tuple(column) for name, column in kept["outcomes"].items()},
            {name: tuple(column) for name, column in kept["values"].items()},
        )


def panel_of(actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit], *, with_open: bool = False) -> Panel:
    """Return the table of an evaluation as far as the actor reaches it.

    Parameters
    ----------
    with_open
        Whether units for comparison that are not chosen stand in it too, for the choice among them.
    """
    asked = [each for each in units if _is_asked(each) or with_open]
    asked.sort(key=lambda each: (_LEVELS.index(each.level), each.pk or 0))
    if row.source == EvaluationSource.TABLE and row.table is not None:
        return _of_table(row.table, asked, list(row.outcomes))
    return _of_values(actor, row, asked)


def _is_asked(unit: EvaluationUnit) -> bool:
    return unit.level != UnitLevel.COMPARISON or unit.choice == UnitChoice.CHOSEN


def _of_values(actor: Actor, row: Evaluation, units: Sequence[EvaluationUnit]) -> Panel:
    nodes = {each.node_id: each for each in units if each.node_id is not None}
    found: dict[tuple[int, str], dict[str, IndicatorValue]] = {}
    for value in queries.accepted_values(actor, list(row.outcomes), list(nodes), row.period):
        time = period_code(value.sheet.period, value.period_start)
        # The newest version of a definition comes last and counts.
        found.setdefault((value.node_id, time), {})[value.code] = value
    times = sorted({time for _node, time in found})
    cells = [
        (unit, time, found[unit.node_id or 0, time])
        for unit in units
        for time in times
        if (unit.node_id or 0, time) in found
    ]
    return Panel(
        tuple(unit.name for unit, _time, _values in cells),
        tuple(time for _unit, time, _values in cells),
        tuple(unit.level for unit, _time, _values in cells),
        {code: tuple(_figure(values.get(code)) for _unit, _time, values in cells) for code in row.outcomes},
        {
            code: tuple(None if values.get(code) is None else values[code].pk for _unit, _time, values in cells)
            for code in row.outcomes
        },
    )


def _figure(value: IndicatorValue | None) -> float | None:
    return None if value is None else value_of(value)


def _of_table(table: EvaluationTable, units: Sequence[EvaluationUnit], outcomes: Sequence[str]) -> Panel:
    columns = read_table(path_of(table), table, outcomes)
    by_name = {each.name: each for each in units}
    place = {each.name: at for at, each in enumerate(units)}
    names, times = columns[table.unit_column].tolist(), columns[table.time_column].tolist()
    kept = [at for at, name in enumerate(names) if str(name).strip() in by_name]
    kept.sort(key=lambda at: (place[str(names[at]).strip()], at))
    read = [by_name[str(names[at]).strip()] for at in kept]
    return Panel(
        tuple(unit.name for unit in read),
        tuple(str(times[at]).strip() for at in kept),
        tuple(unit.level for unit in read),
        {name: tuple(_plain(columns[name][at]) for at in kept) for name in outcomes},
    )


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def path_of(table: EvaluationTable) -> Path:
    """Return where the bytes of a table are kept."""
    return Path(default_storage.path(str(table.file.name)))


def read_table(path: Path, table: EvaluationTable, outcomes: Sequence[str]) -> dict[str, Any]:
    """Read the columns of a table that came with a question.

    Raises
    ------
    TableFileError, TableHeaderError, ColumnValueError
        As `lianyi.tabular.arrays.read_arrays`.
    EvaluationTableRefusedError
        When one heading stands for two things.
    """
    wanted = [table.unit_column, table.time_column, table.level_column, *outcomes]
    twice = sorted({name for name in wanted if wanted.count(name) > 1})
    if twice:
        raise EvaluationTableRefusedError(
            f"The column {twice[0]} is named for two things. Name a column of its own for units, times, levels and "
            "each outcome.",
            field="outcomes",
            reason="column-twice",
            given=twice[0],
        )
    return read_arrays(
        path,
        [
            ArrayColumn(table.unit_column, description="institution or village"),
            ArrayColumn(table.time_column, description="time of each record"),
            ArrayColumn(table.level_column, description="level of the unit"),
            *(ArrayColumn(name, "number", may_have_gaps=True, description="outcome") for name in outcomes),
        ],
    )


def levels_of_table(columns: Mapping[str, Any], table: EvaluationTable) -> dict[str, str]:
    """Return the level of every unit whose label means one, in the order of the table.

    Raises
    ------
    EvaluationTableRefusedError
        When a unit stands at two levels, no label is known, or there are too many units.
    """
    meaning = {label: level for level, labels in table.labels.items() for label in labels}
    found: dict[str, str] = {}
    names, labels = columns[table.unit_column].tolist(), columns[table.level_column].tolist()
    for name, label in zip(names, labels, strict=True):
        level = meaning.get(str(label).strip())
        if level is None:
            continue
        if found.setdefault(str(name).strip(), level) != level:
            raise EvaluationTableRefusedError(
                f"{name} stands at two levels. Give each unit one level.",
                field="file",
                reason="unit-at-two-levels",
                given=str(name).strip(),
            )
    if not any(level != UnitLevel.COMPARISON for level in found.values()):
        there = sorted({str(label).strip() for label in labels})[:10]
        raise EvaluationTableRefusedError(
            f"No row has a label of a helped level. The column {table.level_column} holds: {', '.join(there)}.",
            field="file",
            reason="no-helped-unit",
            there=there,
        )
    if len(found) > MOST_UNITS:
        raise EvaluationTableRefusedError(
            f"The table has {len(found)} units; at most {MOST_UNITS} are taken here. Use lianyi evaluate partnership.",
            field="file",
            reason="too-many-units",
            count=len(found),
            most=MOST_UNITS,
        )
    return found
