"""Did level and slope of a series change when a measure began? What `lianyi evaluate its` answers, as a function.

The method follows from what is asked: without a family and a lag REML with AR(1) errors, on the log rate where all
outcomes are above 0, otherwise on the outcome as it is; with a lag alone least squares with Newey-West. The answer says
which it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.series_document import Document, Fitted, document_of
from lianyi.analysis.time_axis import TimeAxis, time_axis
from lianyi.errors import InvalidInputError
from lianyi.methods.interrupted_series import (
    MODEL_ERRORS,
    Impact,
    SegmentedModel,
    SeriesFits,
    fit_counts,
    fit_gaussian,
    fit_levels,
    fit_log_rates,
    placebo_dates,
    usual_lag,
)
from lianyi.methods.proportions import DEFAULT_CONFIDENCE

Family = Literal["gaussian", "poisson", "quasipoisson"]
FAMILIES: Final[tuple[Family, ...]] = ("gaussian", "poisson", "quasipoisson")
_MONTHS: Final = 12.0
_SEASONS: Final = {"month": 12.0, "quarter": 4.0, "week": 365.25 / 7, "day": 365.25}
_LARGEST_LOGARITHM: Final = 40.0
_TREATED_LABELS: Final = ("1", "1.0", "true", "True", "TRUE")


class SeriesRecordError(InvalidInputError):
    """Records of the table do not make one series: a time twice, a group that cannot be told."""

    code = "analysis-series-record"


class SeriesFamilyError(InvalidInputError):
    """The family is not one of those known, or does not go with what else is asked."""

    code = "analysis-series-family"


class SeriesOffsetError(InvalidInputError):
    """The offset holds the population itself instead of its logarithm."""

    code = "analysis-series-offset"


class SeriesNotToldError(InvalidInputError):
    """Too little is known of the series to estimate what is asked."""

    code = "analysis-series-not-told"


@dataclass(frozen=True, slots=True)
class SeriesQuestion:
    """Which columns mean what, when the measure began, and how the series is to be explained.

    Parameters
    ----------
    time, outcome
        Columns. Times are numbers, months, quarters or days; rows in any order.
    start
        The time at which the measure began, written as the times are.
    offset
        Column with the logarithm of what the outcome is counted among, such as the population.
    family, lag
        None for the usual method. A lag without a family means ``gaussian``.
    harmonic_pairs, season
        Pairs of sine and cosine; length of the season in units of time, None for a year.
    phase_in_points
        So many points from the start on are left out.
    impact
        Whether level, slope or both may change.
    control, treated
        Column that tells a control series from the one with the measure, and the label of the latter; 1 by itself.
    at
        Times at which the effect is told; none for the last point.
    asks_placebos
        Whether dates before the start are tried too.
    confidence
        Level of the intervals.
    """

    time: str
    outcome: str
    start: object
    offset: str | None = None
    family: Family | None = None
    lag: int | None = None
    harmonic_pairs: int = 0
    season: float | None = None
    phase_in_points: int = 0
    impact: Impact = Impact.BOTH
    control: str | None = None
    treated: str | None = None
    at: tuple[object, ...] = ()
    asks_placebos: bool = False
    confidence: float = DEFAULT_CONFIDENCE


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """A table in order of time: rows (control first) x points, NaN where a value or a whole record is missing."""

    axis: TimeAxis
    outcomes: Floats
    offsets: Floats | None
    has_record: np.ndarray[Any, np.dtype[np.bool_]]


def interrupted_series(table: Table, question: SeriesQuestion) -> Document:
    """Return terms, effect, checks and warnings as one document that JSON can hold.

    Raises
    ------
    InvalidInputError
        One subclass for each reason: columns, times, records, family, terms, too few points.

    Examples
    --------
    >>> table = {"year": [*range(2010, 2022)], "cases": [20, 23, 20, 22, 21, 20, 15, 17, 15, 16, 14, 16]}
    >>> found = interrupted_series(table, SeriesQuestion("year", "cases", 2016))
    >>> found["method"]["code"], round(found["level"]["ratio"], 3), found["level"]["is_detectable"]
    ('reml-ar1', 0.789, True)
    """
    series = _series_of(table, question)
    model = _model_of(series, question)
    fits, notes = _fit(series.outcomes, series.offsets, model, question)
    if not fits.is_fitted[0]:
        raise SeriesNotToldError(
            f"{question.outcome}: {int(fits.observed[0])} points are there for {len(fits.design.names)} terms "
            f"({', '.join(fits.design.names)}), and these cannot be told from them: too few points on one side of the "
            "start, only zeros, or values that follow the terms without any error. Give more points or fewer terms.",
            field=question.outcome,
        )
    placebos = None
    if question.asks_placebos:

        def again(other: SegmentedModel, outcomes: Floats, offsets: Floats | None) -> SeriesFits:
            return _fit(outcomes, offsets, other, question)[0]

        placebos = placebo_dates(again, model, series.outcomes, series.offsets)
    times = tuple(series.axis.place_of(time) for time in question.at)
    fitted = Fitted(
        axis=series.axis,
        fits=fits,
        outcomes=series.outcomes,
        offsets=series.offsets,
        has_record=series.has_record,
        confidence=question.confidence,
        effect_times=times or (model.times()[-1].item(),),
        placebos=placebos,
        asks_placebos=question.asks_placebos,
        notes=tuple(notes),
        outcome_name=question.outcome,
    )
    return document_of(fitted)


def _model_of(series: _Series, question: SeriesQuestion) -> SegmentedModel:
    axis = series.axis
    return SegmentedModel(
        points=axis.points,
        start=axis.place_of(question.start),
        step=axis.step,
        phase_in_points=question.phase_in_points,
        impact=question.impact,
        harmonic_pairs=question.harmonic_pairs,
        season=question.season if question.season is not None else _SEASONS.get(axis.unit, _MONTHS),
        is_controlled=question.control is not None,
    )


def _fit(
    outcomes: Floats, offsets: Floats | None, model: SegmentedModel, question: SeriesQuestion
) -> tuple[SeriesFits, list[str]]:
    """Choose the method as the head of this module says; return the fit, and what must be said of the choice."""
    family = question.family or ("gaussian" if question.lag is not None else None)
    if family == "gaussian":
        if offsets is not None:
            raise SeriesFamilyError(
                "The family gaussian takes no offset. Use poisson or quasipoisson, or neither family nor lag for the "
                "log rate; or divide the outcome yourself.",
                field="offset",
            )
        if question.lag is not None:
            return fit_gaussian(model, outcomes, question.lag), []
        lag = usual_lag(int(np.isfinite(outcomes).sum()) // model.rows)
        return fit_gaussian(model, outcomes, lag), [f"No lag was given; {lag} follows from the number of points."]
    if family in ("poisson", "quasipoisson"):
        lag = MODEL_ERRORS if question.lag is None else question.lag
        return fit_counts(model, outcomes, offsets, family=family, lag=lag), []
    if family is not None:
        raise SeriesFamilyError(f"“{family}” is no family. Give one of {', '.join(FAMILIES)}.", field="family")
    if offsets is None and (outcomes <= 0).any():
        note = (
            "Some outcomes are 0 or below and have no logarithm, so the outcome is taken as it is, not its log rate. "
            "For counts with zeros --family quasipoisson is an alternative."
        )
        return fit_levels(model, outcomes), [note]
    return fit_log_rates(model, outcomes, offsets), []


def _series_of(table: Table, question: SeriesQuestion) -> _Series:
    axis, since_first = time_axis(labels(table, question.time).tolist())
    outcomes = numbers(table, question.outcome)
    offsets = None if question.offset is None else _offsets(table, question.offset)
    rows = _rows_of(table, question)
    place = np.round(since_first / axis.step).astype(np.intp)
    _check_once(rows * axis.points + place, axis, question)
    shape = (int(question.control is not None) + 1, axis.points)
    found = [np.full(shape, np.nan) for _column in range(2)]
    has_record = np.zeros(shape, bool)
    found[0][rows, place] = outcomes
    found[1][rows, place] = 0.0 if offsets is None else offsets
    has_record[rows, place] = True
    pick: Any = slice(None) if question.control is not None else 0
    return _Series(axis, found[0][pick], None if offsets is None else found[1][pick], has_record)


def _offsets(table: Table, name: str) -> Floats:
    """Return the logarithms of a column; exp(40) is far beyond any number of people."""
    found = numbers(table, name)
    is_large = found > _LARGEST_LOGARITHM
    if is_large.any():
        record = int(np.argmax(is_large))
        raise SeriesOffsetError(
            f"Record {record + 1}: the offset {name} is {found[record]:,.10g}. An offset is a logarithm, such as the "
            "natural logarithm of the population (12.8 for 364,000). Give that.",
            field=name,
            position=record,
        )
    return found


def _rows_of(table: Table, question: SeriesQuestion) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return 0 for records of the control and 1 for the others; all 0 where there is no control."""
    if question.control is None:
        return np.zeros(len(labels(table, question.time)), np.intp)
    texts = ["" if value is None else str(value).strip() for value in labels(table, question.control).tolist()]
    groups = list(dict.fromkeys(texts))
    wanted = _TREATED_LABELS if question.treated is None else (question.treated,)
    treated = [group for group in groups if group in wanted]
    if len(groups) != 2 or "" in groups or len(treated) != 1:  # noqa: PLR2004 - the control and the other
        named = "1" if question.treated is None else question.treated
        raise SeriesRecordError(
            f"The column {question.control} holds {_listed(groups)}. Exactly two labels are expected, one of them "
            f"{named}: the series with the measure; the other is its control. Say which it is with "
            "--treated, and add up several controls before.",
            field=question.control,
        )
    return np.array([int(text == treated[0]) for text in texts], np.intp)


def _check_once(places: np.ndarray[Any, np.dtype[np.intp]], axis: TimeAxis, question: SeriesQuestion) -> None:
    different, first, count = np.unique(places, return_index=True, return_counts=True)
    if (count > 1).any():
        twice = int(np.argmax(count > 1))
        others = np.flatnonzero(places == different[twice])[:2] + 1
        time = axis.label(float(different[twice] % axis.points) * axis.step)
        group = " of one group" if question.control is not None else ""
        raise SeriesRecordError(
            f"Records {others[0]} and {others[1]}{group} both are of {time}. Give one record for each time: add "
            "places up before, or choose one.",
            field=question.time,
            position=int(first[twice]),
        )


def _listed(groups: Sequence[str]) -> str:
    most = 5
    shown = [f"“{group}”" if group else "empty cells" for group in groups[:most]]
    return ", ".join(shown) + (f" and {len(groups) - most} more" if len(groups) > most else "")
