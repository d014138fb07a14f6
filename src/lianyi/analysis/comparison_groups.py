"""Did it work? Units that were helped beside units that were not, over the rows of a data frame."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from lianyi.analysis import comparison_words as words
from lianyi.analysis.columns import Table
from lianyi.analysis.panel_columns import LongPanel, PanelNames, long_panel
from lianyi.methods.comparison_groups import (
    FEW_CLUSTERS,
    Averages,
    Band,
    Covariates,
    Draws,
    Estimate,
    GroupTimeEffects,
    LeadsTest,
    LeftOut,
    Panel,
    band_of_covariance,
    calendar_average,
    cluster_warnings,
    dynamic_average,
    event_study,
    group_average,
    group_time_effects,
    imputed_average,
    panel_of,
    placebo_date,
    placebo_starts,
    placebo_units,
    pre_trend,
    pre_trend_of_study,
    simple_average,
    simultaneous_band,
    two_way_fixed_effects,
    wild_cluster_bootstrap,
)
from lianyi.methods.comparison_groups.covariates import Adjustment
from lianyi.methods.comparison_groups.errors import AssignmentLevelError, EventTimeError
from lianyi.methods.comparison_groups.group_time import Controls
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval

Document = dict[str, Any]
Method = Literal["auto", "twfe", "group-time"]
Progress = Callable[[int, int], None]

_TWFE: Final = "two-way-fixed-effects"
_GROUP_TIME: Final = "callaway-santanna"


@dataclass(frozen=True, slots=True)
class ComparisonWish:
    """How units are to be compared.

    Parameters
    ----------
    method
        ``auto`` takes two-way fixed effects for a common start and group-time effects for staggered ones.
    controls
        Of group-time effects: units never treated, or all not yet treated.
    draws
        Seed and number for bands, the wild bootstrap and placebo units.
    wants_placebo
        Placebo date and placebo units also where there are many clusters.
    """

    method: Method = "auto"
    controls: Controls = "never"
    adjustment: Adjustment = "doubly-robust"
    draws: Draws = field(default_factory=lambda: Draws(seed=1))
    confidence: float = DEFAULT_CONFIDENCE
    wants_placebo: bool = False


def ignore(done: int, total: int) -> None:
    """Tell nobody how far the work is."""


def compare_groups(
    table: Table, names: PanelNames, wish: ComparisonWish | None = None, progress: Progress = ignore
) -> Document:
    """Return what changed in the treated units beside the others, as the document of ``lianyi evaluate did --json``.

    Parameters
    ----------
    table
        A data frame, or a mapping of names to columns: one row for each unit and period.
    progress
        Told how many placebo draws are done, and of how many.

    Raises
    ------
    StaggeredStartsError
        When two-way fixed effects are asked for and units begin at different times.
    InvalidInputError
        One subclass for each reason why columns are no panel; see `lianyi.methods.comparison_groups.errors`.

    Examples
    --------
    >>> rows = {
    ...     "county": list("AAABBBCCCDDD"),
    ...     "year": [2021, 2022, 2023] * 4,
    ...     "kept": [50, 51, 60, 48, 50, 57, 52, 53, 54, 47, 47, 49],
    ...     "start": [2023] * 6 + [0] * 6,
    ... }
    >>> found = compare_groups(rows, PanelNames("county", "year", "kept", "start"))
    >>> found["method"], round(found["estimate"], 10)
    ('two-way-fixed-effects', 7.0)
    """
    long = long_panel(table, names)
    panel, left_out = panel_of(long.columns)
    return compare_panel(panel, left_out, long, names, wish or ComparisonWish(), progress)


def compare_panel(
    panel: Panel,
    left_out: LeftOut,
    long: LongPanel,
    names: PanelNames,
    wish: ComparisonWish,
    progress: Progress = ignore,
) -> Document:
    """Return the document of `compare_groups` for a panel that was read already. Raises as it does."""
    is_staggered = panel.cohorts.size > 1
    uses_cells = wish.method == "group-time" or (wish.method == "auto" and (is_staggered or bool(names.covariates)))
    document = _described(panel, left_out, long, names)
    if uses_cells:
        document |= _group_time(panel, _covariates(panel, long), wish)
    else:
        document |= _fixed_effects(panel, wish)
    document |= _robustness(panel, wish, progress)
    document["is_detectable"] &= _holds_with_few_clusters(panel, document, 1 - wish.confidence)
    document["warnings"] = [*cluster_warnings(panel), *words.warnings_of(document, names), *document.pop("notes")]
    document["what_it_cannot_say"] = words.cannot_say(document)
    document["conventions"] = words.conventions(document, wish.controls)
    return document


def _described(panel: Panel, left_out: LeftOut, long: LongPanel, names: PanelNames) -> Document:
    cohorts = [
        {"start": panel.periods[cohort], "units": int((panel.starts == cohort).sum())}
        for cohort in panel.cohorts.tolist()
    ]
    return {
        "outcome": names.outcome,
        "cluster": names.cluster or names.unit,
        "units": len(panel.units),
        "treated_units": int(panel.is_treated.sum()),
        "control_units": int((~panel.is_treated).sum()),
        "periods": len(panel.periods),
        "first_period": panel.periods[0],
        "last_period": panel.periods[-1],
        "clusters": panel.cluster_count,
        "treated_clusters": panel.treated_cluster_count,
        "cohorts": cohorts,
        "is_staggered": len(cohorts) > 1,
        "missing_cells": int((~panel.is_measured).sum()),
        "left_out": {
            "always_treated": [str(unit) for unit in left_out.always_treated],
            "unmeasured": [str(unit) for unit in left_out.unmeasured],
            "kept_out": list(long.kept_out),
        },
    }


def _covariates(panel: Panel, long: LongPanel) -> Covariates | None:
    if not long.covariates:
        return None
    tables = [
        [[values.get((unit, period), math.nan) for period in panel.periods] for unit in panel.units]
        for values in long.covariates.values()
    ]
    return Covariates(np.array(tables), tuple(long.covariates))


def _fixed_effects(panel: Panel, wish: ComparisonWish) -> Document:
    estimate = two_way_fixed_effects(panel, wish.confidence)
    document: Document = {"method": _TWFE, **estimate_document(estimate), "notes": []}
    try:
        study = event_study(panel, wish.confidence)
    except EventTimeError:
        return document | {"event_study": [], "pre_trend": None}
    values = np.array([each.value for each in study.estimates])
    band = band_of_covariance(values, study.covariance, panel.cluster_count, wish.draws, wish.confidence)
    rows = _effects_by_time(study.event_times, study.estimates, band)
    reference = {"event_time": -1, "estimate": 0.0, "is_reference": True}
    return document | {
        "event_study": sorted([*rows, reference], key=lambda row: row["event_time"]),
        "band_width": band.width,
        "pre_trend": _test_document(pre_trend_of_study(study, panel, wish.draws)),
    }


def _group_time(panel: Panel, covariates: Covariates | None, wish: ComparisonWish) -> Document:
    effects = group_time_effects(panel, wish.controls, covariates, wish.adjustment)
    dynamic = dynamic_average(effects)
    band = simultaneous_band(dynamic, wish.draws, wish.confidence)
    notes = []
    if effects.without_controls:
        notes.append(
            f"{effects.without_controls} of {effects.without_controls + effects.effects.size} effects by cohort and "
            "period have no controls or nobody measured in both periods, and are left out."
        )
    return {
        "method": _GROUP_TIME,
        "controls": wish.controls,
        "covariates": [] if covariates is None else list(covariates.names),
        "adjustment": None if covariates is None else wish.adjustment,
        **estimate_document(simple_average(effects).overall_estimate(wish.confidence)),
        **({} if covariates else {"imputation": estimate_document(imputed_average(panel, wish.confidence))}),
        "dynamic_overall": estimate_document(dynamic.overall_estimate(wish.confidence)),
        "event_study": _effects_by_time(dynamic.labels, dynamic.estimates(wish.confidence), band),
        "band_width": band.width,
        "pre_trend": _test_document(pre_trend(dynamic, wish.draws)),
        "by_cohort": _by_label(group_average(effects), wish.confidence),
        "by_period": _by_label(calendar_average(effects), wish.confidence),
        "group_time": _cells(effects),
        "notes": notes,
    }


def _cells(effects: GroupTimeEffects) -> list[Document]:
    names = effects.panel.periods
    return [
        {
            "cohort": names[cohort],
            "period": names[period],
            "estimate": value,
            "standard_error": error,
            "treated_units": treated,
            "control_units": controls,
        }
        for cohort, period, value, error, treated, controls in zip(
            effects.cohorts.tolist(),
            effects.periods.tolist(),
            effects.effects.tolist(),
            effects.standard_errors.tolist(),
            effects.treated_units.tolist(),
            effects.control_units.tolist(),
            strict=True,
        )
    ]


def _by_label(averages: Averages, confidence: float) -> list[Document]:
    names = averages.effects.panel.periods
    found = averages.estimates(confidence)
    return [
        {"label": names[label], **estimate_document(each)} for label, each in zip(averages.labels, found, strict=True)
    ]


def _effects_by_time(times: tuple[int, ...], estimates: tuple[Estimate, ...], band: Band) -> list[Document]:
    return [
        {
            "event_time": time,
            **estimate_document(each),
            "band": {"low": _number(low), "high": _number(high), "confidence": band.confidence},
        }
        for time, each, low, high in zip(times, estimates, band.low.tolist(), band.high.tolist(), strict=True)
    ]


def _robustness(panel: Panel, wish: ComparisonWish, progress: Progress) -> Document:
    """Return what few clusters need, and the placebos that were asked for."""
    found: Document = {"draws": wish.draws.count, "seed": wish.draws.seed}
    is_few = panel.cluster_count < FEW_CLUSTERS
    if not (is_few or wish.wants_placebo):
        return found
    is_common = panel.cohorts.size == 1 and not panel.is_treated.all()
    if is_few and is_common:
        bootstrap = wild_cluster_bootstrap(panel, wish.draws, wish.confidence)
        found["wild_bootstrap"] = {
            "p": bootstrap.p,
            "interval": _interval_document(bootstrap.interval),
            "weights": bootstrap.weights,
            "draws": bootstrap.draws,
        }
    try:
        placebo = (
            placebo_units(panel, wish.draws)
            if is_common
            else placebo_starts(panel, wish.controls, wish.draws, progress)
        )
    except AssignmentLevelError as error:
        found["placebo_units"] = {"p": None, "reason": error.message}
    else:
        found["placebo_units"] = {
            "p": placebo.p,
            "placebos": placebo.placebo_estimates.size,
            "is_every_choice": placebo.is_every_choice,
        }
    periods_before = int(panel.cohorts[0])
    if wish.wants_placebo and is_common and periods_before > 1:
        earlier = periods_before // 2
        found["placebo_date"] = {
            "period": panel.periods[periods_before - earlier],
            **estimate_document(placebo_date(panel, earlier, wish.confidence)),
        }
    return found


def _holds_with_few_clusters(panel: Panel, document: Document, level: float) -> bool:
    """Whether what few clusters need agrees with the interval; with many clusters the interval alone decides."""
    if panel.cluster_count >= FEW_CLUSTERS:
        return True
    told = [document[name]["p"] for name in ("wild_bootstrap", "placebo_units") if name in document]
    return all(p <= level for p in told if p is not None)


def estimate_document(estimate: Estimate) -> Document:
    """Return an estimate as a part of a document; what is not a number is None."""
    return {
        "estimate": estimate.value,
        "standard_error": _number(estimate.standard_error),
        "interval": _interval_document(estimate.interval),
        "p": _number(estimate.p),
        "degrees_of_freedom": estimate.degrees_of_freedom,
        "is_detectable": estimate.is_detectable,
    }


def _interval_document(interval: Interval) -> Document:
    return {"low": _number(interval.low), "high": _number(interval.high), "confidence": interval.confidence}


def _test_document(test: LeadsTest | None) -> Document | None:
    if test is None:
        return None
    return {
        "largest_lead": test.largest,
        "leads": test.leads,
        "degrees_of_freedom": test.degrees_of_freedom,
        "p": test.p,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
