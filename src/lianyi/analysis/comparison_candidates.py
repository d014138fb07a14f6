"""How alike are units that might be compared with, before help began? Nothing after the start is looked at.

Units for comparison are chosen before the results are seen, so what stands beside each of them is its size, its course
and how it moved with the helped units up to the start. A unit that resembles them is no proof of a good comparison; one
that does not is a poor one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.time_axis import TimeAxis, time_axis

_FEWEST_POINTS: Final = 3
_A_YEAR: Final = {"month": 12.0, "quarter": 4.0, "year": 1.0, "week": 52.0, "day": 365.0, "number": 12.0}


@dataclass(frozen=True, slots=True)
class BeforeStart:
    """One unit before the start; None where too little is known.

    Parameters
    ----------
    points, missing
        Points with a figure before the start, and how many of the axis have none.
    mean
        Mean of the figures: how large the unit is.
    change_a_year
        Slope of a straight line, as a share of the mean, for a year.
    correlation
        With the mean of the helped units, point by point, after each one's straight line is taken away.
    """

    unit: str
    points: int
    missing: int
    mean: float | None
    change_a_year: float | None
    correlation: float | None


def before_start(
    table: Table, *, unit: str, time: str, outcome: str, start: object, helped: Sequence[str]
) -> list[BeforeStart]:
    """Return every unit of the table as it was before the start, in the table's order.

    Raises
    ------
    InvalidInputError
        As the times of a series; a column that is not there.

    Examples
    --------
    >>> table = {
    ...     "unit": ["here"] * 4 + ["there"] * 4,
    ...     "month": ["2024-01", "2024-02", "2024-03", "2024-04"] * 2,
    ...     "cases": [10, 12, 11, 90, 20, 24, 22, 20],
    ... }
    >>> found = before_start(table, unit="unit", time="month", outcome="cases", start="2024-04", helped=["here"])
    >>> [(each.unit, each.points, each.mean) for each in found], round(found[1].correlation, 3)
    ([('here', 3, 11.0), ('there', 3, 22.0)], 1.0)
    """
    names = [str(each).strip() for each in labels(table, unit).tolist()]
    axis, since_first = time_axis(labels(table, time).tolist())
    units = list(dict.fromkeys(names))
    row_of = {name: row for row, name in enumerate(units)}
    first_after = int(np.clip(np.ceil(axis.place_of(start) / axis.step - 1e-9), 0, axis.points))
    values = np.full((len(units), axis.points), np.nan)
    places = np.round(since_first / axis.step).astype(np.intp)
    values[np.array([row_of[name] for name in names], np.intp), places] = numbers(table, outcome)
    values = values[:, :first_after]
    rows = [row_of[name] for name in helped if name in row_of]
    beside = _mean_of_known(values[rows])
    return [_one(name, values[row], beside, axis) for row, name in enumerate(units)]


def _mean_of_known(values: Floats) -> Floats:
    known = np.isfinite(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _one(name: str, values: Floats, beside: Floats, axis: TimeAxis) -> BeforeStart:
    known = np.isfinite(values)
    points = int(known.sum())
    mean = float(values[known].mean()) if points else None
    return BeforeStart(
        unit=name,
        points=points,
        missing=len(values) - points,
        mean=mean,
        change_a_year=_change_a_year(values, mean, axis),
        correlation=_correlation(values, beside),
    )


def _change_a_year(values: Floats, mean: float | None, axis: TimeAxis) -> float | None:
    known = np.flatnonzero(np.isfinite(values))
    if mean is None or mean == 0 or len(known) < _FEWEST_POINTS:
        return None
    slope = float(np.polynomial.Polynomial.fit(known, values[known], 1).convert().coef[-1])
    return slope / mean * _A_YEAR[axis.unit] / axis.step


def _correlation(values: Floats, beside: Floats) -> float | None:
    known = np.flatnonzero(np.isfinite(values) & np.isfinite(beside))
    if len(known) < _FEWEST_POINTS:
        return None
    left = [_without_line(known, each[known]) for each in (values, beside)]
    sizes = [float(np.sqrt((each**2).sum())) for each in left]
    if min(sizes) <= 1e-9 * max(float(np.abs(values[known]).max()), float(np.abs(beside[known]).max()), 1e-300):
        return None
    return float((left[0] * left[1]).sum() / (sizes[0] * sizes[1]))


def _without_line(places: Any, values: Floats) -> Floats:  # noqa: ANN401 - whole numbers of NumPy
    line = np.polynomial.Polynomial.fit(places, values, 1)
    return np.asarray(values - line(places), np.float64)
