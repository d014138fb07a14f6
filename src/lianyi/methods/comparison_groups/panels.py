"""A panel: an outcome of many units over several periods, with the period in which each unit began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.columns import label_codes
from lianyi.methods.comparison_groups.errors import (
    DuplicatePanelRowError,
    NoTreatedUnitsError,
    PanelOutcomeError,
    PanelShapeError,
    PeriodOrderError,
    VaryingInUnitError,
)

NEVER: Final = np.iinfo(np.int64).max
"""The start of a unit that is not treated within the panel."""

_LEAST_PERIODS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Outcomes as a table of units and periods.

    Parameters
    ----------
    outcomes
        One row for each unit, one column for each period in order; NaN where nothing was measured.
    starts
        For each unit the column of its first treated period; `NEVER` where it is not treated within the panel.
    clusters
        For each unit the number of its cluster: the hospital or province that helps it, or the unit itself.
    units, periods
        What the rows and columns are called.
    """

    outcomes: Floats
    starts: Positions
    clusters: Positions
    units: tuple[Any, ...]
    periods: tuple[Any, ...]

    @property
    def is_treated(self) -> Flags:
        """Whether each unit begins within the panel."""
        return np.asarray(self.starts != NEVER)

    @property
    def cohorts(self) -> Positions:
        """The different starts within the panel, the earliest first."""
        return np.unique(self.starts[self.is_treated])

    @property
    def is_measured(self) -> Flags:
        """Where there is an outcome."""
        return ~np.isnan(self.outcomes)

    @property
    def is_balanced(self) -> bool:
        """Whether every unit was measured in every period."""
        return bool(self.is_measured.all())

    @property
    def cluster_count(self) -> int:
        return int(np.unique(self.clusters).size)

    @property
    def treated_cluster_count(self) -> int:
        return int(np.unique(self.clusters[self.is_treated]).size)

    @property
    def has_unit_clusters(self) -> bool:
        """Whether every unit is a cluster of its own."""
        return self.cluster_count == len(self.units)

    def restricted(self, units: Flags, periods: slice = slice(None)) -> Panel:
        """Return the panel of some of the units, and of periods from one to another."""
        first, last, _step = periods.indices(len(self.periods))
        starts = self.starts[units]
        is_inside = (starts != NEVER) & (starts < last)
        return Panel(
            self.outcomes[units, first:last],
            np.where(is_inside, starts - first, NEVER),
            np.unique(self.clusters[units], return_inverse=True)[1].astype(np.int64),
            tuple(name for name, is_kept in zip(self.units, units.tolist(), strict=True) if is_kept),
            self.periods[first:last],
        )


@dataclass(frozen=True, slots=True, eq=False)
class PanelColumns:
    """A panel as a long table, one value for each row of it.

    Parameters
    ----------
    units, periods
        Who was measured, and when. Periods are put in order by their size.
    outcomes
        What was measured; NaN where it is missing.
    starts
        The first treated period of the row's unit, on the scale of the periods; None, NaN or 0 for a unit that is
        never treated.
    clusters
        The cluster of the row's unit; None takes each unit for itself.
    """

    units: npt.ArrayLike
    periods: npt.ArrayLike
    outcomes: npt.ArrayLike
    starts: npt.ArrayLike
    clusters: npt.ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Units and rows that a panel was made without, and why."""

    always_treated: tuple[Any, ...] = ()
    """They began in the first period or before: nothing is known of them before."""
    unmeasured: tuple[Any, ...] = ()
    """They have no outcome at all."""


def panel_of(columns: PanelColumns) -> tuple[Panel, LeftOut]:
    """Return a long table as a panel, and who was left out.

    A start between two periods counts from the next period that is there; one after the last period counts as never.

    Raises
    ------
    PanelShapeError, PanelOutcomeError, PeriodOrderError, DuplicatePanelRowError, VaryingInUnitError
        Naming the unit and the period.
    NoTreatedUnitsError
        When no unit begins within the panel.

    Examples
    --------
    >>> panel, left_out = panel_of(
    ...     PanelColumns(
    ...         units=["Ceheng", "Ceheng", "Wangmo", "Wangmo"],
    ...         periods=[2021, 2022, 2021, 2022],
    ...         outcomes=[4.0, 9.0, 5.0, 6.0],
    ...         starts=[2022, 2022, 0, 0],
    ...     )
    ... )
    >>> panel.outcomes.tolist(), panel.cohorts.tolist(), panel.periods
    ([[4.0, 9.0], [5.0, 6.0]], [1], (2021, 2022))
    """
    unit_of_row, units = label_codes(np.asarray(columns.units, dtype=object))
    outcomes = np.asarray(columns.outcomes, np.float64)
    period_of_row, periods = _ordered_periods(np.asarray(columns.periods, dtype=object))
    starts = np.asarray(columns.starts, dtype=object)
    clusters = columns.units if columns.clusters is None else columns.clusters
    cluster_of_row, _names = label_codes(np.asarray(clusters, dtype=object))
    lengths = {len(unit_of_row), len(outcomes), len(period_of_row), len(starts), len(cluster_of_row)}
    if len(lengths) > 1 or len(periods) < _LEAST_PERIODS:
        message = (
            f"The panel has columns of {sorted(lengths)} rows and {len(periods)} periods. Give columns of one length, "
            "and at least two periods: one before the start and one after."
        )
        raise PanelShapeError(message, periods=len(periods))
    table = _table_of(outcomes, (unit_of_row, units), (period_of_row, periods))
    start_of_unit = _one_for_each_unit("start", starts, unit_of_row, units)
    panel = Panel(
        outcomes=table,
        starts=_start_columns(start_of_unit, periods),
        clusters=_one_for_each_unit("cluster", cluster_of_row, unit_of_row, units).astype(np.int64),
        units=tuple(units),
        periods=tuple(periods),
    )
    return _useful(panel)


def _ordered_periods(labels: npt.NDArray[Any]) -> tuple[Positions, list[Any]]:
    try:
        periods = sorted(set(labels.tolist()))
    except TypeError:
        message = "Some periods are numbers and some are texts. Give all of them in one form, such as 2021 or 2021-03."
        raise PeriodOrderError(message) from None
    position = {period: number for number, period in enumerate(periods)}
    return np.array([position[label] for label in labels.tolist()], np.int64), periods


def _table_of(outcomes: Floats, units: tuple[Positions, list[Any]], periods: tuple[Positions, list[Any]]) -> Floats:
    cells = units[0] * len(periods[1]) + periods[0]
    counts = np.bincount(cells, minlength=len(units[1]) * len(periods[1]))
    if (counts > 1).any():
        unit, period = divmod(int(np.argmax(counts > 1)), len(periods[1]))
        message = (
            f"{units[1][unit]} stands {counts.max()} times in the period {periods[1][period]}. Give one row for each "
            "unit and period: add up or leave out what is double."
        )
        raise DuplicatePanelRowError(message, unit=units[1][unit], period=periods[1][period])
    if np.isinf(outcomes).any():
        row = int(np.argmax(np.isinf(outcomes)))
        message = (
            f"Record {row + 1}: the outcome is {outcomes[row]}. Give a number, or leave it empty if it is missing."
        )
        raise PanelOutcomeError(message, position=row)
    table = np.full(counts.size, np.nan)
    table[cells] = outcomes
    return table.reshape(len(units[1]), len(periods[1]))


def _one_for_each_unit(
    what: str, values: npt.NDArray[Any], unit_of_row: Positions, units: list[Any]
) -> npt.NDArray[Any]:
    found = np.empty(len(units), dtype=object)
    is_set = np.zeros(len(units), dtype=bool)
    for unit, value in zip(unit_of_row.tolist(), values.tolist(), strict=True):
        one = None if _is_never(value) and what == "start" else value
        if is_set[unit] and found[unit] != one:
            message = (
                f"{units[unit]} has the {what} {found[unit]} in one row and {one} in another. A unit keeps its {what}: "
                "give the same in all its rows."
            )
            raise VaryingInUnitError(message, unit=units[unit], what=what)
        found[unit], is_set[unit] = one, True
    return found


def _is_never(value: object) -> bool:
    if value is None or value == "":
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not (0 < value < np.inf or value < 0)


def _start_columns(starts: npt.NDArray[Any], periods: list[Any]) -> Positions:
    try:
        found = [
            NEVER if start is None else sum(period < start for period in periods) for start in dict.fromkeys(starts)
        ]
    except TypeError:
        message = (
            f"A start cannot be compared with the periods, which run from {periods[0]} to {periods[-1]}. Write starts "
            "as the periods are written, and leave them empty or 0 for units that are never treated."
        )
        raise PeriodOrderError(message) from None
    column = dict(zip(dict.fromkeys(starts), found, strict=True))
    columns = np.array([column[start] for start in starts], np.int64)
    return np.where(columns >= len(periods), NEVER, columns)


def outcome_table(
    units: npt.ArrayLike, periods: npt.ArrayLike, outcomes: Floats
) -> tuple[list[Any], list[Any], Floats]:
    """Return the units and periods of a long table, and its outcomes by unit and period. Raises as `panel_of`.

    Examples
    --------
    >>> outcome_table(["A", "B", "A"], [2022, 2021, 2021], np.array([3.0, 2.0, 1.0]))[2].tolist()
    [[1.0, 3.0], [2.0, nan]]
    """
    unit_of_row, names = label_codes(np.asarray(units, dtype=object))
    period_of_row, ordered = _ordered_periods(np.asarray(periods, dtype=object))
    return names, ordered, _table_of(outcomes, (unit_of_row, names), (period_of_row, ordered))


def _useful(panel: Panel) -> tuple[Panel, LeftOut]:
    is_always = panel.starts == 0
    is_empty = ~panel.is_measured.any(axis=1)
    left_out = LeftOut(
        tuple(panel.units[unit] for unit in np.flatnonzero(is_always)),
        tuple(panel.units[unit] for unit in np.flatnonzero(is_empty & ~is_always)),
    )
    is_used = ~(is_always | is_empty)
    if not (panel.is_treated & is_used).any():
        message = (
            f"No unit begins after {panel.periods[0]} and by {panel.periods[-1]}; {is_always.sum()} began in the first "
            "period or before. Name the column with the first treated period, and give periods from before it."
        )
        raise NoTreatedUnitsError(message, always_treated=int(is_always.sum()))
    return (panel if is_used.all() else panel.restricted(is_used)), left_out


def names_of(values: Sequence[object], most: int = 5) -> str:
    """Return a few names as a text, and how many more there are.

    Examples
    --------
    >>> names_of(["A", "B", "C"], most=2)
    'A, B and 1 more'
    """
    told = ", ".join(str(value) for value in values[:most])
    return told if len(values) <= most else f"{told} and {len(values) - most} more"
