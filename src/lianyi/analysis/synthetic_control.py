"""What would have become of one helped unit? Its synthetic control, over the rows of a data frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Floats, Table, labels, numbers
from lianyi.analysis.panel_columns import period_of, periods_of, units_of
from lianyi.errors import InvalidInputError
from lianyi.methods.comparison_groups import Draws
from lianyi.methods.comparison_groups.panels import names_of, outcome_table
from lianyi.methods.proportions import DEFAULT_CONFIDENCE
from lianyi.methods.synthetic_control import (
    PlaceboRanks,
    SyntheticControls,
    placebo_ranks,
    synthetic_controls,
    synthetic_difference_with_error,
)

Document = dict[str, Any]

_SHOWN_WEIGHT: Final = 0.0005
_DETECTED: Final = 0.05
_POOR_FIT: Final = 0.25
_FEW_DONORS: Final = 20
_TINY_SHARE: Final = 1e-12
_LEAST_DONORS_FOR_ERROR: Final = 3


class TreatedUnitError(InvalidInputError):
    """The treated unit, a unit to keep out, or the start is not in the table."""

    code = "analysis-treated-unit"


@dataclass(frozen=True, slots=True)
class SyntheticNames:
    """Which columns mean what, which unit was treated and from when.

    Parameters
    ----------
    start
        The first treated period, on the scale of the column of time.
    keep_out
        Units that serve nobody as a donor, by name: neighbours whom the help reaches too, units that were helped
        themselves.
    """

    unit: str
    time: str
    outcome: str
    treated: str
    start: str
    keep_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntheticWish:
    """Seed and number of the placebo draws for synthetic difference in differences."""

    draws: Draws = field(default_factory=lambda: Draws(seed=1, count=200))
    confidence: float = DEFAULT_CONFIDENCE


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """The treated unit, its donors, the periods, and who was left out for a gap."""

    treated: Floats
    donors: Floats
    donor_names: tuple[str, ...]
    periods: tuple[Any, ...]
    start: int
    with_gaps: tuple[str, ...]


def synthetic_control(table: Table, names: SyntheticNames, wish: SyntheticWish | None = None) -> Document:
    """Return what the donors say of the treated unit, as the document of ``lianyi evaluate synthetic --json``.

    Raises
    ------
    TreatedUnitError
        When the treated unit, a unit to keep out or the start is not there.
    InvalidInputError
        One subclass for each reason; see `lianyi.methods.synthetic_control.errors`.

    Examples
    --------
    >>> rows = {
    ...     "county": list("AAAABBBBCCCCDDDD"),
    ...     "year": [1, 2, 3, 4] * 4,
    ...     "kept": [2, 3, 9, 9, 1, 2, 3, 4, 3, 4, 5, 8, 9, 0, 9, 0],
    ... }
    >>> names = SyntheticNames("county", "year", "kept", treated="A", start="3")
    >>> found = synthetic_control(rows, names)
    >>> round(found["estimate"], 6), {row["donor"]: round(row["weight"], 3) for row in found["weights"]}
    (4.0, {'B': 0.5, 'C': 0.5})
    """
    wish = wish or SyntheticWish()
    series = _series_of(table, names)
    found = synthetic_controls(series.treated[None], series.donors, series.start)
    ranks = placebo_ranks(found, series.donors)
    document = _document(series, names, found, ranks)
    if len(series.donors) >= _LEAST_DONORS_FOR_ERROR:
        document["synthetic_difference"] = _difference(series, wish)
    document["warnings"] = _warnings(document, series)
    document["what_it_cannot_say"] = list(_CANNOT_SAY)
    return document


def _series_of(table: Table, names: SyntheticNames) -> _Series:
    units, periods = units_of(labels(table, names.unit), names.unit), periods_of(labels(table, names.time), names.time)
    order, period_names, cells = outcome_table(units, periods, numbers(table, names.outcome))
    texts = [str(unit) for unit in order]
    for wanted in (names.treated, *names.keep_out):
        if wanted not in texts:
            message = f"There is no unit “{wanted}” in the column {names.unit}. There are: {names_of(texts, 8)}."
            raise TreatedUnitError(message, given=wanted)
    start = period_of(names.start, "--start", 0)
    if start not in period_names:
        message = (
            f"The start {names.start} is no period of the column {names.time}, which runs from {period_names[0]} to "
            f"{period_names[-1]}. Give the first treated period as it is written there."
        )
        raise TreatedUnitError(message, given=names.start)
    is_whole = ~np.isnan(cells).any(axis=1)
    own = texts.index(names.treated)
    may_give = np.array([unit not in {names.treated, *names.keep_out} for unit in texts])
    used = np.flatnonzero(is_whole & may_give)
    return _Series(
        treated=cells[own],
        donors=cells[used],
        donor_names=tuple(texts[unit] for unit in used),
        periods=tuple(period_names),
        start=period_names.index(start),
        with_gaps=tuple(texts[unit] for unit in np.flatnonzero(~is_whole & may_give)),
    )


def _document(series: _Series, names: SyntheticNames, found: SyntheticControls, ranks: PlaceboRanks) -> Document:
    weights = sorted(zip(found.weights[0].tolist(), series.donor_names, strict=True), key=lambda pair: -pair[0])
    p = float(ranks.p[0])
    low, high = np.quantile(ranks.placebos.effects, [0.025, 0.975])
    return {
        "method": "synthetic-control",
        "outcome": names.outcome,
        "treated": names.treated,
        "start": series.periods[series.start],
        "periods_before": series.start,
        "periods_after": len(series.periods) - series.start,
        "donors": len(series.donors),
        "kept_out": list(names.keep_out),
        "with_gaps": list(series.with_gaps),
        "estimate": float(found.effects[0]),
        "p": p,
        "is_detectable": p <= _DETECTED,
        "placebo_effects": {"low": float(low), "high": float(high), "share": 0.95},
        "pre_mspe": float(found.pre_mspe[0]),
        "post_mspe": float(found.post_mspe[0]),
        "ratio": _number(float(found.ratios[0])),
        "rank": int(ranks.ranks[0]),
        "ranked": len(series.donors) + 1,
        "weights": [{"donor": name, "weight": weight} for weight, name in weights if weight >= _SHOWN_WEIGHT],
        "series": [
            {"period": period, "outcome": outcome, "synthetic": synthetic, "gap": outcome - synthetic}
            for period, outcome, synthetic in zip(
                series.periods, found.outcomes[0].tolist(), found.synthetic[0].tolist(), strict=True
            )
        ],
        "placebo_gaps": dict(zip(series.donor_names, ranks.placebos.gaps.tolist(), strict=True)),
        "conventions": {
            "weights": "outcomes of all periods before the start, each counted once; no search for predictor weights",
            "p": "rank of post/pre mean squared gap among the treated unit and its donors",
        },
    }


def _difference(series: _Series, wish: SyntheticWish) -> Document:
    found = synthetic_difference_with_error(
        series.treated[None], series.donors, series.start, wish.draws, wish.confidence
    )
    interval = found.interval
    return {
        "estimate": found.effect,
        "standard_error": found.standard_error,
        "interval": None
        if interval is None
        else {"low": interval.low, "high": interval.high, "confidence": interval.confidence},
        "draws": wish.draws.count,
        "seed": wish.draws.seed,
    }


def _warnings(document: Document, series: _Series) -> list[str]:
    found = []
    if series.with_gaps:
        found.append(
            f"Left out as donors, for they were not measured in every period: {names_of(series.with_gaps)}. Missing is "
            "not 0."
        )
    spread = float(series.treated[: series.start].std())
    if spread > 0 and math.sqrt(document["pre_mspe"]) > _POOR_FIT * spread:
        found.append(
            f"The donors do not fit the treated unit before the start (mean gap {math.sqrt(document['pre_mspe']):.3g} "
            f"beside a spread of {spread:.3g}): what they say afterwards cannot be believed either."
        )
    if document["donors"] < _FEW_DONORS:
        found.append(
            f"With {document['donors']} donors p cannot be below {1 / document['ranked']:.3f}, however large the "
            "effect."
        )
    if document["ratio"] is None or document["pre_mspe"] < _TINY_SHARE * max(spread, 1e-300) ** 2:
        found.append(
            "The donors fit without any gap, which many sets of weights can do when donors outnumber periods: the "
            "effect hangs on which of them was taken."
        )
    return found


def lines_of(document: Document) -> list[str]:
    """Return the result as a person reads it, the estimate first."""
    placebo = document["placebo_effects"]
    ratio = "infinite" if document["ratio"] is None else f"{document['ratio']:.4g}"
    fit = (
        f"Fit before: mean squared gap {document['pre_mspe']:.4g}; after {document['post_mspe']:.4g}; ratio {ratio}, "
        f"rank {document['rank']} of {document['ranked']}."
    )
    lines = [
        _who(document),
        f"Mean effect on {document['outcome']} from {document['start']} on: {document['estimate']:+.4f}.",
        f"Placebo effects of the donors lie from {placebo['low']:+.4f} to {placebo['high']:+.4f} (95% of them).",
        verdict(document),
        "",
        fit,
        "Donors: " + ", ".join(f"{row['donor']} {row['weight']:.3f}" for row in document["weights"]),
    ]
    difference = document.get("synthetic_difference")
    if difference is not None:
        interval = difference["interval"]
        ends = f"{interval['confidence']:.0%} interval {interval['low']:+.4f} to {interval['high']:+.4f}"
        lines.append(
            f"Synthetic difference in differences: {difference['estimate']:+.4f} ({ends}, {difference['draws']} "
            f"placebo draws, seed {difference['seed']})."
        )
    return lines


def verdict(document: Document) -> str:
    """Return what the placebos say, success and "no detectable change" in the same plain words."""
    if document["is_detectable"]:
        return (
            f"Unusual: of {document['ranked']} units {document['treated']} ranks {document['rank']} by how far it left "
            f"its donors (p = {document['p']:.3g})."
        )
    return (
        f"No detectable change: {document['rank'] - 1} of {document['donors']} donors, none of them treated, left "
        f"their own donors at least as far (p = {document['p']:.3g}). That is not proof that nothing changed."
    )


def _who(document: Document) -> str:
    return (
        f"{document['treated']} from {document['start']} on, {document['periods_before']} periods before and "
        f"{document['periods_after']} after; {document['donors']} donors"
        + (f", kept out: {names_of(document['kept_out'])}." if document["kept_out"] else ".")
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


_CANNOT_SAY: Final = (
    "Whether something else happened to the treated unit, or to its donors, after the start.",
    "Whether the help reached the donors too, as when patients come over from a neighbour: keep such a ring out.",
    "How sure the figure is in the usual sense: p is a rank among the donors and no share of repeated samples.",
    (
        "What a search for weights of predictors would have found: such weights differ from one optimiser to the next, "
        "and the effect with them. Here the outcomes before the start are matched."
    ),
)
