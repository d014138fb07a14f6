"""Figures of monthly reports that stand out, for somebody to look at: robust scores, all units at once.

B. Iglewicz and D. C. Hoaglin, How to detect and handle outliers (1993): the modified z-score 0.6745 (x - median) / MAD,
with MAD the median absolute deviation; above 3.5 a value stands out. WHO's desk review of data quality (2022) uses the
same. The outlier itself hardly moves median and MAD, while it inflates mean and standard deviation.

A flag is a question and not an error: an outbreak stands out too. Nothing is ever removed because it was flagged.
Missing values are no values; a unit with too few has no score, and is not called clean.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats
from lianyi.methods.errors import ReportSeriesError

USUAL_LIMIT: Final = 3.5
"""Iglewicz and Hoaglin (1993)."""

# The median absolute deviation of the normal distribution, and its mean absolute deviation.
_MAD: Final = 0.6744897501960817
_MEAN_DEVIATION: Final = 0.7978845608028654
# Below so many values a median of deviations says nothing, and so many of one month are needed to compare with.
_LEAST_VALUES: Final = 6
_LEAST_OF_MONTH: Final = 3


class Scale(StrEnum):
    """On what scale figures are compared."""

    PLAIN = "plain"
    LOGARITHM = "logarithm"
    """ln(1 + x): for counts, whose swings grow with their size."""


@dataclass(frozen=True, slots=True, eq=False)
class OutlierFlags:
    """Scores of each unit and month and which stand out; NaN where there is no figure or too few to compare with."""

    scores: Floats
    limit: float

    @property
    def is_flagged(self) -> npt.NDArray[np.bool_]:
        # A comparison with NaN is false: what has no score is not flagged.
        return np.asarray(np.abs(self.scores) > self.limit)

    @property
    def scored(self) -> int:
        return int((~np.isnan(self.scores)).sum())

    @property
    def expected_by_chance(self) -> float:
        """How many would be flagged if every figure were normal, nothing were wrong and units had many months.

        Median and MAD of few months are unsure themselves: of 84 months about 2.5 times as many are flagged, of 36
        about six times.
        """
        return self.scored * 2.0 * NormalDist().cdf(-self.limit)


def outliers(values: npt.ArrayLike, limit: float = USUAL_LIMIT, scale: Scale = Scale.PLAIN) -> OutlierFlags:
    """Return modified z-scores of each unit (row) over its months (columns).

    Where more than half of a unit's figures are the same, its MAD is 0, and the mean absolute deviation stands in its
    place (Iglewicz and Hoaglin's own remedy); where all are the same, the score is 0.

    Raises
    ------
    ReportSeriesError
        When the table is none, a figure is infinite, the limit is not above 0, or a logarithm is asked of a figure
        below 0.

    Examples
    --------
    >>> flags = outliers([[12, 10, 11, 9, 110, 12, None, 10]])
    >>> flags.is_flagged[0].tolist()
    [False, False, False, False, True, False, False, False]
    >>> flags.scores[0].round(2).tolist()
    [0.67, -0.67, 0.0, -1.35, 66.77, 0.67, nan, -0.67]
    """
    table = _table(values, scale)
    return OutlierFlags(_scores(table - _medians(table)), _checked(limit))


def seasonal_outliers(
    values: npt.ArrayLike,
    calendar_months: npt.ArrayLike,
    limit: float = USUAL_LIMIT,
    scale: Scale = Scale.LOGARITHM,
) -> OutlierFlags:
    """Return modified z-scores of each figure against the median of the same month in the other years.

    A rainy season is then no outlier, and a peak in the dry one is. A month of the year with fewer than three figures
    in a unit has nothing to be compared with. The figure itself is not in the median: it would be its own measure once
    in every few years, and the deviations of the others would look large.

    Parameters
    ----------
    calendar_months
        Month of the year of each column, 0 to 11.

    Raises
    ------
    ReportSeriesError
        As `outliers`; also when there is not one month for each column.
    """
    table = _table(values, scale)
    months = np.asarray(calendar_months, dtype=np.int64)
    if months.shape != (table.shape[1],):
        message = f"There are {table.shape[1]} columns and {months.size} months; give one for each."
        raise ReportSeriesError(message, given=months.size)
    left = np.full(table.shape, np.nan)
    for month in np.unique(months).tolist():
        columns = np.flatnonzero(months == month)
        enough = (~np.isnan(table[:, columns])).sum(axis=1) >= _LEAST_OF_MONTH
        for column in columns.tolist():
            others = table[:, columns[columns != column]]
            if others.shape[1]:
                left[:, column] = np.where(enough, table[:, column] - _medians(others)[:, 0], np.nan)
    return OutlierFlags(_scores(left), _checked(limit))


def _scores(deviations: Floats) -> Floats:
    """Return deviations in robust standard deviations of their row."""
    sizes = np.abs(deviations)
    known = (~np.isnan(sizes)).sum(axis=1, keepdims=True)
    middle = _medians(sizes) / _MAD
    mean = np.divide(np.nansum(sizes, axis=1, keepdims=True), known, out=np.zeros(known.shape), where=known > 0)
    spread = np.where(middle > 0.0, middle, mean / _MEAN_DEVIATION)
    scores = np.divide(deviations, spread, out=np.zeros_like(deviations), where=spread > 0.0)
    return np.where(np.isnan(deviations) | (known < _LEAST_VALUES), np.nan, scores)


def _medians(table: Floats) -> Floats:
    """Return the median of each row without what is missing; NaN where all is. Far faster than ``numpy.nanmedian``."""
    ordered = np.sort(table, axis=1)
    known = (~np.isnan(table)).sum(axis=1, keepdims=True)
    low, high = np.maximum((known - 1) // 2, 0), np.minimum(known // 2, table.shape[1] - 1)
    low_values, high_values = np.take_along_axis(ordered, low, axis=1), np.take_along_axis(ordered, high, axis=1)
    return np.where(known > 0, (low_values + high_values) / 2.0, np.nan)


def _table(values: npt.ArrayLike, scale: Scale) -> Floats:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not table.size:  # noqa: PLR2004 - rows and columns
        raise ReportSeriesError(f"The reports have the shape {table.shape}; units by months are expected.")
    if np.isinf(table).any():
        raise ReportSeriesError("A figure is infinite; a number, or nothing, is expected.")
    if scale is Scale.PLAIN:
        return table
    if (table < 0.0).any():
        raise ReportSeriesError("A figure is below 0, which has no logarithm; use the plain scale.")
    return np.log1p(table)


def _checked(limit: float) -> float:
    if not (np.isfinite(limit) and limit > 0.0):
        raise ReportSeriesError(f"The limit is {limit}; a number above 0, such as 3.5, is expected.", given=limit)
    return limit
