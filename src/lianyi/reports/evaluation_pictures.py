"""The chart of one level: what was observed, what was fitted, and what the course before would have led to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from lianyi.analysis.time_axis import time_axis
from lianyi.drawing.series_chart import Dots, Limits, Line, SeriesChart, round_axis, svg_of_series
from lianyi.reports.content import Picture
from lianyi.reports.evaluation_told import Told, level_word

Document = Mapping[str, Any]
_MOST_TICKS = 8


def picture_of(told: Told, outcome: str, level: Document) -> Picture | None:
    """Draw the series of a level; what only those who work with the figures may see is left out."""
    series = level["series"]
    if series is None:
        return None
    hidden = hidden_times(told, outcome, level)
    rows, time = series["rows"], series["time"]
    times = [row["T"] for row in rows]
    seen = [row for row in rows if row["observed"] is not None and row["time"] not in hidden]
    after = [row for row in rows if row["is_after"]]
    control, is_scaled = _beside(rows, series.get("control_rows", []))
    title = f"{told.outcome(outcome)} · {level_word(level['level'])}"
    chart = SeriesChart(
        title=title,
        times=(times[0], times[-1]),
        ticks=_ticks(rows),
        y_axis=round_axis(told.outcome(outcome), _heights(seen, after, control)),
        dots=_dots(seen, control, times, _control_name(is_scaled=is_scaled)),
        lines=_lines(rows, after, control, times),
        limits=_limits(after),
        start=(time["start_T"], _("help began %(time)s") % {"time": time["start"]}),
        end=_end(told, rows),
        note=_note(len(level["units"]), len(hidden)),
    )
    return Picture(title, svg_of_series(chart))


def hidden_times(told: Told, outcome: str, level: Document) -> set[str]:
    """Return the times at which a unit of the level has a count that is not shown to the reader."""
    panel = told.panel
    if not told.veil.threshold or outcome not in told.veil.counts:
        return set()
    axis, since_first = time_axis(list(panel.times))
    units = set(level["units"])
    return {
        axis.label(float(since_first[at]))
        for at in range(len(panel.units))
        if panel.units[at] in units and told.veil.hides(outcome, panel.outcomes[outcome][at])
    }


def _heights(seen: list[Document], after: list[Document], control: list[Document]) -> list[float]:
    found = [row["observed"] for row in seen]
    found += [row["counterfactual"]["estimate"] for row in after]
    found += [row["fitted"]["estimate"] for row in after]
    found += [row["observed"] for row in control]
    return [each for each in found if each is not None and math.isfinite(each)]


def _beside(rows: list[Document], control: list[Document]) -> tuple[list[Document], bool]:
    """Return the units for comparison on the scale of the level, so that both courses can be seen; and whether so."""
    pairs = [
        (row["observed"], beside["observed"])
        for row, beside in zip(rows, control, strict=False)
        if not row["is_after"] and row["observed"] is not None and beside["observed"] is not None
    ]
    own, other = (sum(each[side] for each in pairs) for side in (0, 1))
    if not pairs or own <= 0 or other <= 0:
        return control, False
    factor = own / other

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * factor

    return [{**each, "observed": scaled(each["observed"]), "fitted": scaled(each["fitted"])} for each in control], True


def _control_name(*, is_scaled: bool) -> str:
    if is_scaled:
        return _("units for comparison, brought to the same mean before the start")
    return _("units for comparison, mean")


def _dots(seen: list[Document], control: list[Document], times: list[float], control_name: str) -> tuple[Dots, ...]:
    used = [row for row in seen if row["is_used"]]
    left_out = [row for row in seen if not row["is_used"]]
    found = [
        Dots(_("observed, mean of the units"), [row["T"] for row in used], [row["observed"] for row in used]),
        Dots(
            _("left out of the calculation"),
            [row["T"] for row in left_out],
            [row["observed"] for row in left_out],
            is_hollow=True,
        ),
    ]
    known = [(x, row["observed"]) for x, row in zip(times, control, strict=False) if row["observed"] is not None]
    if known:
        found.append(Dots(control_name, [x for x, _y in known], [y for _x, y in known], is_control=True))
    return tuple(found)


def _lines(
    rows: list[Document], after: list[Document], control: list[Document], times: list[float]
) -> tuple[Line, ...]:
    is_before = [not row["is_after"] and row["is_used"] for row in rows]
    fitted = [row["fitted"]["estimate"] for row in rows]
    name = _("course of the figures")
    found = [
        Line(name, "fitted", times, [y if is_in else None for y, is_in in zip(fitted, is_before, strict=True)]),
        Line(name, "fitted", times, [y if row["is_after"] else None for y, row in zip(fitted, rows, strict=True)]),
        Line(
            _("what would have been expected without help"),
            "counterfactual",
            [row["T"] for row in after],
            [row["counterfactual"]["estimate"] for row in after],
        ),
    ]
    if control:
        lines = [row["fitted"] for row in control]
        found.append(Line(_("course of the units for comparison"), "control", times, lines))
    return tuple(found)


def _limits(after: list[Document]) -> Limits | None:
    whole = [
        (row["T"], row["counterfactual"]["low"], row["counterfactual"]["high"])
        for row in after
        if row["counterfactual"]["low"] is not None and row["counterfactual"]["high"] is not None
    ]
    if not whole:
        return None
    return Limits(
        _("how sure that expectation is"),
        [each[0] for each in whole],
        [each[1] for each in whole],
        [each[2] for each in whole],
    )


def _end(told: Told, rows: list[Document]) -> tuple[float, str] | None:
    if not told.row.left:
        return None
    axis, _since = time_axis([row["time"] for row in rows])
    place = axis.place_of(told.row.left)
    if not 0 <= place <= rows[-1]["T"]:
        return None
    return place, _("team left %(time)s") % {"time": axis.label(place)}


def _ticks(rows: list[Document]) -> tuple[tuple[float, str], ...]:
    """Return some of the times, spread evenly; January first where months are shown."""
    januaries = [row for row in rows if row["time"].endswith("-01")]
    shown = januaries if len(januaries) > 2 else rows  # noqa: PLR2004 - two ticks make no axis
    every = max(1, math.ceil(len(shown) / _MOST_TICKS))
    return tuple((row["T"], row["time"]) for row in shown[::every])


def _note(units: int, hidden: int) -> str:
    found = [_("Mean of %(count)s units that have a figure for every time.") % {"count": units}]
    if hidden:
        found.append(_("%(count)s times with small counts are not drawn.") % {"count": hidden})
    return " ".join(found)
