"""One fitted series as a document: terms, effect, checks, warnings, and what it says and cannot say in plain words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats
from lianyi.analysis.time_axis import TimeAxis
from lianyi.methods.interrupted_series import (
    MODEL_ERRORS,
    Band,
    Estimates,
    Placebos,
    SeriesFits,
    cautions,
    durbin_watson,
    effects_at,
    ljung_box,
    usual_lags,
)
from lianyi.methods.interrupted_series.design import GROUP, LEVEL_CHANGE, SLOPE_CHANGE

Document = dict[str, Any]
_NOMINAL: Final = 0.05
_FEW_PLACEBOS: Final = 20
_LARGEST_LOGARITHM: Final = 700.0
_MEANINGS: Final = {
    "intercept": "level at the first point",
    "slope": "slope before the start",
    LEVEL_CHANGE: "change of level",
    SLOPE_CHANGE: "change of slope",
    GROUP: "how far the series lies from its control at the first point",
    f"{GROUP}_slope": "how its slope before the start differs from that of the control",
    f"{GROUP}_{LEVEL_CHANGE}": "change of level beyond that of the control",
    f"{GROUP}_{SLOPE_CHANGE}": "change of slope beyond that of the control",
}


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted series and what it was fitted to; outcomes and offsets are points, or 2 x points with a control."""

    axis: TimeAxis
    fits: SeriesFits
    outcomes: Floats
    offsets: Floats | None
    has_record: np.ndarray[Any, np.dtype[np.bool_]]
    confidence: float
    effect_times: tuple[float, ...]
    placebos: Placebos | None
    asks_placebos: bool
    notes: tuple[str, ...]
    outcome_name: str

    @property
    def unit(self) -> str:
        """What a slope is told by."""
        return "unit of time" if self.axis.unit == "number" else self.axis.unit

    @property
    def centre(self) -> str:
        """The time at which the change of level is told."""
        return self.axis.label(self.fits.design.model.centre)

    @property
    def is_log(self) -> bool:
        """Whether terms are logarithms of ratios."""
        return self.fits.method.link == "log"


def document_of(fitted: Fitted) -> Document:
    """Return the whole answer; every number is a plain one, None where there is none."""
    fits, model = fitted.fits, fitted.fits.design.model
    effects = _effects(fitted)
    document: Document = {
        "outcome": fitted.outcome_name,
        "method": _method(fitted),
        "time": _time(fitted),
        "points": _points(fitted),
        "confidence": fitted.confidence,
        "terms": [{"name": name, "meaning": _meaning(name), **_estimate(fitted, name)} for name in fits.design.names],
        "level": _change(fitted, LEVEL_CHANGE),
        "slope": _change(fitted, SLOPE_CHANGE),
        "slope_before": _combined(fitted, _slope_weights(fitted, is_after=False)),
        "slope_after": _combined(fitted, _slope_weights(fitted, is_after=True)),
        "effect": effects,
        "residuals": _residuals(fitted),
        "placebo": _placebo(fitted),
        "warnings": [*fitted.notes, *(caution.words for caution in cautions(fits)), *_placebo_warnings(fitted)],
        "warning_codes": [caution.code for caution in cautions(fits)],
        "cannot_say": _cannot_say(fitted),
        "rows": _rows(fitted),
    }
    if model.is_controlled:
        document["control_rows"] = _control_rows(fitted)
    return document


def _method(fitted: Fitted) -> Document:
    method, model = fitted.fits.method, fitted.fits.design.model
    phase_in = f", {model.phase_in_points} points of phase-in left out" if model.phase_in_points else ""
    return {
        "code": method.code,
        "words": method.words,
        "link": method.link,
        "lag": None if method.lag == MODEL_ERRORS else method.lag,
        "intervals": method.reference,
        "impact": model.impact.value,
        "harmonic_pairs": model.harmonic_pairs,
        "season": model.season if model.harmonic_pairs else None,
        "phase_in_points": model.phase_in_points,
        "is_controlled": model.is_controlled,
        "formula": f"T counts {fitted.unit}s from {fitted.axis.label(0)}; X is 1 from {fitted.axis.label(model.start)} "
        f"on{phase_in}; the change of slope is X (T - {model.centre:g}), so that the change of level is that at "
        f"{fitted.centre}",
    }


def _time(fitted: Fitted) -> Document:
    axis, model = fitted.axis, fitted.fits.design.model
    return {
        "unit": axis.unit,
        "first": axis.label(0),
        "last": axis.label((axis.points - 1) * axis.step),
        "step": axis.step,
        "start": axis.label(model.start),
        "start_T": model.start,
        "level_change_at": fitted.centre,
    }


def _points(fitted: Fitted) -> Document:
    fits, model = fitted.fits, fitted.fits.design.model
    is_there = np.isfinite(fits.residuals[0])
    return {
        "used": int(fits.observed[0]),
        "before": int(is_there[:, : model.points_before].sum()),
        "after": int(is_there[:, model.points_before :].sum()),
        "terms": len(fits.design.names),
        "degrees_of_freedom": int(fits.degrees_of_freedom[0]),
        "left_out": _left_out(fitted),
    }


def _left_out(fitted: Fitted) -> list[Document]:
    """Return every point of the axis that does not count, with its reason: missing is not 0."""
    model = fitted.fits.design.model
    outcomes = fitted.outcomes.reshape(model.rows, -1)
    offsets = np.zeros_like(outcomes) if fitted.offsets is None else fitted.offsets.reshape(outcomes.shape)
    used, found = model.used(), []
    for row in range(model.rows):
        for point in range(model.points):
            reason = _reason(bool(used[point]), bool(fitted.has_record[row, point]), outcomes[row, point])
            if reason is None and math.isnan(offsets[row, point]):
                reason = "the offset is missing"
            if reason is not None:
                group = {"group": "control" if row == 0 else "with the measure"} if model.is_controlled else {}
                found.append({"time": fitted.axis.label(point * model.step), "reason": reason, **group})
    return found


def _reason(is_used: bool, has_record: bool, outcome: float) -> str | None:  # noqa: FBT001 - three facts of a point
    if not is_used:
        return "phase-in"
    if not has_record:
        return "there is no record"
    return "the outcome is missing" if math.isnan(outcome) else None


def _meaning(name: str) -> str:
    return _MEANINGS.get(name, "season")


def _estimate(fitted: Fitted, name: str) -> Document:
    return _combined(fitted, {name: 1.0})


def _combined(fitted: Fitted, weights: dict[str, float]) -> Document:
    found = fitted.fits.combination(weights)
    low, high = found.interval(fitted.confidence)
    p_value = float(found.p_values()[0])
    estimate: Document = {
        "estimate": float(found.values[0]),
        "se": float(found.standard_errors[0]),
        "low": float(low[0]),
        "high": float(high[0]),
        "p": None if math.isnan(p_value) else p_value,
        "is_detectable": bool(low[0] > 0 or high[0] < 0),
    }
    if fitted.is_log:
        ratios = {"ratio": found.values[0], "ratio_low": low[0], "ratio_high": high[0]}
        # Beyond this there is no number; such a ratio only says that nothing is known.
        estimate |= {key: math.exp(min(value, _LARGEST_LOGARITHM)) for key, value in ratios.items()}
    return estimate


def _change(fitted: Fitted, name: str) -> Document | None:
    """Return the change that is the effect; None where the impact that was chosen has none of the kind."""
    model = fitted.fits.design.model
    wanted = f"{GROUP}_{name}" if model.is_controlled else name
    return _estimate(fitted, wanted) if wanted in fitted.fits.design.names else None


def _slope_weights(fitted: Fitted, *, is_after: bool) -> dict[str, float]:
    names = ["slope", SLOPE_CHANGE] if is_after else ["slope"]
    if fitted.fits.design.model.is_controlled:
        names += [f"{GROUP}_{name}" for name in names]
    return {name: 1.0 for name in names if name in fitted.fits.design.names}


def _effects(fitted: Fitted) -> list[Document]:
    times = np.array(fitted.effect_times)
    found = effects_at(fitted.fits, times, _offsets_at(fitted, times), fitted.confidence)
    bands = {
        "with_measure": found.with_measure,
        "counterfactual": found.without,
        "absolute": found.absolute,
        "relative": found.relative,
    }
    return [
        {"time": fitted.axis.label(time), **{name: _limits(band, place) for name, band in bands.items()}}
        for place, time in enumerate(times.tolist())
    ]


def _offsets_at(fitted: Fitted, times: Floats) -> Floats:
    """Return the offsets at some times, those of the nearest points that have one."""
    if fitted.offsets is None:
        return np.zeros_like(times)
    offsets = fitted.offsets.reshape(-1, fitted.axis.points)[-1]
    known = np.flatnonzero(np.isfinite(offsets))
    moments = known * fitted.axis.step
    nearest = np.abs(times[:, None] - moments[None]).argmin(axis=1)
    return np.asarray(offsets[known[nearest]], np.float64)


def _limits(band: Band, place: int) -> Document:
    values = {"estimate": band.values[0, place], "low": band.low[0, place], "high": band.high[0, place]}
    return {key: float(value) if math.isfinite(value) else None for key, value in values.items()}


def _residuals(fitted: Fitted) -> Document:
    fits = fitted.fits
    is_reml = bool(np.isfinite(fits.autocorrelation[0]))
    lags = usual_lags(int(fits.observed[0]))
    test = ljung_box(fits.residuals, lags, int(is_reml))
    return {
        "durbin_watson": _plain(durbin_watson(fits.residuals)),
        "ljung_box": {"lags": lags, "statistic": _plain(test.statistic), "p": _plain(test.p_values)},
        "autocorrelation": _plain(fits.autocorrelation),
        "dispersion": _plain(fits.dispersion),
    }


def _plain(values: Floats) -> float | None:
    value = float(values[0])
    return value if math.isfinite(value) else None


def _placebo(fitted: Fitted) -> Document | None:
    if fitted.placebos is None:
        return None
    name = fitted.fits.design.model.effect_terms[0]
    changes: Estimates = fitted.placebos.changes
    p_values = changes.p_values()[0]
    return {
        "term": name,
        "dates": [
            {
                "time": fitted.axis.label(start),
                "estimate": float(changes.values[0, place]),
                "se": float(changes.standard_errors[0, place]),
                "p": float(p_values[place]),
            }
            for place, start in enumerate(fitted.placebos.starts.tolist())
        ],
        "share_below_5_percent": float(fitted.placebos.share_below(_NOMINAL)[0]),
        "share_as_far": float(fitted.placebos.share_as_far(fitted.fits.term(name))[0]),
    }


def _placebo_warnings(fitted: Fitted) -> list[str]:
    if not fitted.asks_placebos:
        return []
    if fitted.placebos is None:
        return ["There are too few points before the start for placebo dates: eight are needed on each side of one."]
    count, share = len(fitted.placebos.starts), float(fitted.placebos.share_below(_NOMINAL)[0])
    found = []
    if share > 2 * _NOMINAL:
        found.append(
            f"{share:.0%} of {count} dates on which nothing began come out as changes at 5 %: the intervals are too "
            "short for this series, or something else happened before."
        )
    if count < _FEW_PLACEBOS:
        found.append(f"{count} placebo dates are few: no more than a hint.")
    return found


def _cannot_say(fitted: Fitted) -> list[str]:
    model = fitted.fits.design.model
    alone = "Whatever else changed at the same time is counted as effect: there is no control series."
    beside = "Whatever else changed at the same time in this series and not in its control is counted as effect."
    found = [beside if model.is_controlled else alone]
    found.append(
        "The line without the measure takes the former slope as going on; the further from the start, the less."
    )
    if model.points_before:
        found.append("Whether start and kind of change were chosen before the figures were seen is not known here.")
    if fitted.fits.method.code == "reml-ar1":
        found.append("Lines are typical values (medians) on the scale of the outcome, not means.")
    return found


def _rows(fitted: Fitted) -> list[Document]:
    """Return what is drawn: each point with the line that was fitted and the line as if there had been no measure."""
    model = fitted.fits.design.model
    times = model.times()
    found = effects_at(fitted.fits, times, _offsets_at(fitted, times), fitted.confidence)
    outcomes = fitted.outcomes.reshape(model.rows, -1)[-1]
    return [
        {
            "time": fitted.axis.label(time),
            "T": time,
            "observed": float(outcomes[place]) if math.isfinite(outcomes[place]) else None,
            "is_after": place >= model.points_before + model.phase_in_points,
            "is_used": bool(np.isfinite(fitted.fits.residuals[0, -1, place])),
            "fitted": _limits(found.with_measure, place),
            "counterfactual": _limits(found.without, place),
        }
        for place, time in enumerate(times.tolist())
    ]


def _control_rows(fitted: Fitted) -> list[Document]:
    fits = fitted.fits
    lines = fits.combinations(np.stack(list(fits.design.model.columns_at(fits.design.model.times(), 0).values()), -1))
    values = lines.values[0]
    if fitted.is_log:
        offsets = 0.0 if fitted.offsets is None else fitted.offsets[0]
        values = np.exp(values + offsets)
    outcomes = fitted.outcomes[0]
    return [
        {
            "time": fitted.axis.label(time),
            "observed": float(outcomes[place]) if math.isfinite(outcomes[place]) else None,
            "fitted": float(values[place]) if math.isfinite(values[place]) else None,
        }
        for place, time in enumerate(fits.design.model.times().tolist())
    ]
