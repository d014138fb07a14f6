"""Did help work over a whole country? Many indicators of many units at once, each asked in four ways.

For each indicator: units that were helped beside units that were not (Callaway and Sant'Anna's effects by cohort and
period, which staggered starts need), each helped unit's own interrupted series (REML with AR(1) errors), the wall of
control charts with the alarms to expect by chance, and how evenly the indicator is spread over the units. What is told
over many units or indicators is told with the number that chance alone gives, and after Benjamini and Hochberg.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats, Table
from lianyi.analysis.comparison_groups import ComparisonWish, compare_panel
from lianyi.analysis.panel_columns import PanelNames, long_panel
from lianyi.errors import InvalidInputError
from lianyi.methods.comparison_groups import Panel, panel_of
from lianyi.methods.distribution import Resampling, percentile_intervals, resampled_gini
from lianyi.methods.distribution.lorenz import gini_of_values
from lianyi.methods.false_discovery import adjusted_p_values
from lianyi.methods.interrupted_series import SegmentedModel, SeriesFits, effects_at, fit_levels, fit_log_rates
from lianyi.methods.interrupted_series.design import LEVEL_CHANGE, SLOPE_CHANGE
from lianyi.methods.process_control import wall_alarms, xmr_charts

Document = dict[str, Any]
Progress = Callable[[int, int], None]
FEWEST_POINTS_EACH_SIDE: Final = 12
FEWEST_UNITS: Final = 5
PERIODS_COMPARED: Final = 12
_NOMINAL: Final = 0.05
_IF_BOTH_ALIKE: Final = (
    "A change in helped units beside others is the effect of the help only if both would have changed alike without "
    "it, and if patients did not move from one to the other."
)
_NUMBER_IS_NO_SUCCESS: Final = (
    "How many units have a signal, or a change of their own, is no measure of success: many come by chance, and "
    "a change may be for the worse."
)
_OWN_SERIES_ALONE: Final = (
    f"A unit's own series needs {FEWEST_POINTS_EACH_SIDE} points before and after its start. It is compared with "
    "nothing, so whatever else changed then is counted in."
)
_EACH_FOR_ITSELF: Final = (
    "Each unit counts for itself. Where help was assigned by hospital or province, intervals are too narrow."
)


class CountryQuestionError(InvalidInputError):
    """What is asked of many indicators does not go together."""

    code = "analysis-country-question"


@dataclass(frozen=True, slots=True)
class CountryQuestion:
    """Which columns mean what, and how many false findings are borne.

    Parameters
    ----------
    unit, time, start
        Columns: the county or hospital, the period, and the first period in which it was helped (empty: never).
    outcomes
        Columns of indicators, each answered by itself.
    cluster
        Column of the helping hospital or province, by which help was assigned; None takes each unit for itself.
    false_discovery_rate
        Which share of what is called a change may be false on average.
    """

    unit: str
    time: str
    start: str
    outcomes: tuple[str, ...]
    cluster: str | None = None
    wish: ComparisonWish = field(default_factory=lambda: ComparisonWish(method="group-time"))
    resampling: Resampling = field(default_factory=lambda: Resampling(seed=1, resamples=200))
    false_discovery_rate: float = _NOMINAL

    def __post_init__(self) -> None:
        if not self.outcomes or len(set(self.outcomes)) < len(self.outcomes):
            message = f"{len(self.outcomes)} indicators were named; name at least one, and none twice."
            raise CountryQuestionError(message, field="outcomes")
        if not 0 < self.false_discovery_rate < 1:
            message = f"{self.false_discovery_rate} is no share of false findings; give one between 0 and 1."
            raise CountryQuestionError(message, field="false_discovery_rate")


def ignore(done: int, total: int) -> None:
    """Tell nobody how far the work is."""


def evaluate_country(table: Table, question: CountryQuestion, progress: Progress = ignore) -> Document:
    """Return for each indicator what changed, in four ways, and over all what remains when chance is allowed for.

    Raises
    ------
    InvalidInputError
        One subclass for each reason; see `lianyi.analysis.comparison_groups.compare_groups`.

    Examples
    --------
    >>> from lianyi.analysis.country_evaluation import CountryQuestion, evaluate_country
    >>> counties = [f"county {number}" for number in range(12) for _month in range(30)]
    >>> months = list(range(1, 31)) * 12
    >>> first = [16 if number < 6 else 0 for number in range(12) for _month in range(30)]
    >>> kept = [60 + (5 * month + 3 * number) % 7 + (20 if number < 6 and month >= 16 else 0)
    ...         for number in range(12) for month in range(1, 31)]
    >>> rows = {"county": counties, "month": months, "first": first, "kept": kept}
    >>> found = evaluate_country(rows, CountryQuestion("county", "month", "first", ("kept",)))
    >>> one = found["indicators"][0]
    >>> round(one["comparison"]["estimate"]), one["verdict"], one["own_series"]["changed"]
    (19, 'rose', 6)
    """
    found = []
    for done, outcome in enumerate(question.outcomes):
        progress(done, len(question.outcomes))
        found.append(_indicator(table, outcome, question))
    progress(len(question.outcomes), len(question.outcomes))
    return {
        "indicators": _with_verdicts(found, question),
        "false_discovery_rate": question.false_discovery_rate,
        "expected_by_chance": _NOMINAL * len(found),
        "cannot_say": _limits(question),
    }


def _indicator(table: Table, outcome: str, question: CountryQuestion) -> Document:
    names = PanelNames(question.unit, question.time, outcome, question.start, question.cluster)
    long = long_panel(table, names)
    panel, left_out = panel_of(long.columns)
    comparison = compare_panel(panel, left_out, long, names, question.wish)
    # Some hundred effects by cohort and period for each indicator; the averages over them are told.
    comparison.pop("group_time", None)
    return {
        "outcome": outcome,
        "comparison": comparison,
        "own_series": _own_series(panel, question),
        "chart_wall": _wall(panel),
        "evenness": _evenness(panel, question),
    }


def _own_series(panel: Panel, question: CountryQuestion) -> Document:
    """Tell each helped unit's own series: its effect a year of points after the start, where there are enough."""
    rows: list[Document] = []
    points = len(panel.periods)
    is_logged = bool((panel.outcomes[panel.is_measured] > 0).all())
    for start in panel.cohorts.tolist():
        if min(start, points - start) < FEWEST_POINTS_EACH_SIDE:
            continue
        members = np.flatnonzero(panel.starts == start)
        model = SegmentedModel(points=points, start=start)
        fits = (fit_log_rates if is_logged else fit_levels)(model, panel.outcomes[members])
        rows += _unit_rows(panel, members, fits)
    p_values = np.array([each["p"] for each in rows], np.float64)
    for each, adjusted in zip(rows, adjusted_p_values(p_values).tolist(), strict=True):
        each["adjusted_p"] = _number(adjusted)
    changed = [each for each in rows if (each["adjusted_p"] or 1.0) <= question.false_discovery_rate and each["p"]]
    tested = int(np.isfinite(p_values).sum())
    return {
        "method": "REML with AR(1) errors" + (" on the logarithm" if is_logged else ""),
        "told_at": f"the {FEWEST_POINTS_EACH_SIDE}th period from the start on",
        "helped": int(panel.is_treated.sum()),
        "told": tested,
        "not_told": int(panel.is_treated.sum()) - tested,
        "below_nominal": int((p_values <= _NOMINAL).sum()),
        "expected_by_chance": _NOMINAL * tested,
        "changed": len(changed),
        "rose": sum(each["estimate"] > 0 for each in changed),
        "fell": sum(each["estimate"] < 0 for each in changed),
        "units": rows,
    }


def _unit_rows(panel: Panel, members: np.ndarray[Any, np.dtype[np.intp]], fits: SeriesFits) -> list[Document]:
    start, later = fits.design.model.start, FEWEST_POINTS_EACH_SIDE - 1
    effects = effects_at(fits, [start + later])
    band = effects.relative if fits.method.link == "log" else effects.absolute
    p_values = fits.combination({LEVEL_CHANGE: 1.0, SLOPE_CHANGE: float(later)}).p_values()
    found = zip(
        members.tolist(),
        band.values[:, 0].tolist(),
        band.low[:, 0].tolist(),
        band.high[:, 0].tolist(),
        p_values.tolist(),
        strict=True,
    )
    return [
        {
            "unit": panel.units[member],
            "start": panel.periods[int(start)],
            "estimate": _number(value),
            "low": _number(low),
            "high": _number(high),
            "p": p if np.isfinite(p) else None,
        }
        for member, value, low, high, p in found
    ]


def _wall(panel: Panel) -> Document:
    alarms = wall_alarms(xmr_charts(panel.outcomes))
    return {
        "series": alarms.series,
        "autocorrelation": alarms.autocorrelation,
        "with_a_signal": alarms.found,
        "expected_by_chance": alarms.expected,
        "with_a_signal_at_the_latest_point": alarms.found_latest,
        "expected_at_the_latest_point": alarms.expected_latest,
        "false_share_at_most": alarms.false_share,
    }


def _evenness(panel: Panel, question: CountryQuestion) -> Document:
    """Compare the Gini coefficient over the units in the first and in the last year of the table."""
    whole = panel.outcomes[panel.is_measured.all(axis=1)]
    compared = min(PERIODS_COMPARED, whole.shape[1] // 2)
    about: Document = {"units": len(whole), "periods": compared}
    nothing = {**about, "first": None, "last": None, "change": None}
    if len(whole) < FEWEST_UNITS or compared < 1 or (whole < 0).any():
        return {**nothing, "why": f"fewer than {FEWEST_UNITS} units with every period, or figures below 0"}
    first, last = whole[:, :compared].mean(axis=1), whole[:, -compared:].mean(axis=1)
    if not first.sum() or not last.sum():
        return {**nothing, "why": "only zeros"}
    once = np.ones(len(whole))
    before, after = resampled_gini(first, once), resampled_gini(last, once)

    def change(counts: Floats) -> tuple[float, ...]:
        return (after(counts)[0] - before(counts)[0],)

    [interval] = percentile_intervals(change, len(whole), question.resampling)
    one, other = gini_of_values(first), gini_of_values(last)
    told = None if interval is None else {"estimate": other - one, "low": interval.low, "high": interval.high}
    return {**about, "first": one, "last": other, "change": told, "why": ""}


def _with_verdicts(found: list[Document], question: CountryQuestion) -> list[Document]:
    """Add to each indicator its answer after allowing for how many were asked."""
    p_values = np.array([_p_of(each["comparison"]) for each in found])
    adjusted = adjusted_p_values(p_values).tolist()
    return [
        {**each, "adjusted_p": _number(p), "verdict": _verdict(each["comparison"], p, question)}
        for each, p in zip(found, adjusted, strict=True)
    ]


def _p_of(comparison: Document) -> float:
    p = comparison["p"]
    return np.nan if p is None else float(p)


def _verdict(comparison: Document, p: float, question: CountryQuestion) -> str:
    if not comparison["is_detectable"] or not p <= question.false_discovery_rate:
        return "no detectable change"
    return "rose" if comparison["estimate"] > 0 else "fell"


def _limits(question: CountryQuestion) -> list[str]:
    found = [_IF_BOTH_ALIKE, _NUMBER_IS_NO_SUCCESS, _OWN_SERIES_ALONE]
    return found if question.cluster is not None else [*found, _EACH_FOR_ITSELF]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
