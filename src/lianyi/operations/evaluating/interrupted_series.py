"""Whether a series changed: the document, the lines and the picture of `lianyi evaluate its`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.analysis.interrupted_series import SeriesQuestion, interrupted_series
from lianyi.drawing.series_chart import Dots, Limits, Line, SeriesChart, round_axis, svg_of_series
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]
_MOST_TICKS: Final = 9
_NAMES: Final = {"time": "time of each record", "outcome": "outcome", "offset": "logarithm of the population"}


def document_of(path: Path, question: SeriesQuestion) -> Document:
    """Read the table and answer the question."""
    return {"table": path.name, **interrupted_series(_columns(path, question), question)}


def _columns(path: Path, question: SeriesQuestion) -> Mapping[str, Any]:
    wanted = [ArrayColumn(question.time, may_have_gaps=True, description=_NAMES["time"])]
    numbers = [(question.outcome, "outcome"), (question.offset, "offset")]
    wanted += [
        ArrayColumn(name, "number", may_have_gaps=True, description=_NAMES[what])
        for name, what in numbers
        if name is not None
    ]
    if question.control is not None:
        wanted.append(ArrayColumn(question.control, may_have_gaps=True, description="which of two groups"))
    unique = {column.name: column for column in reversed(wanted)}
    return read_arrays(path, list(unique.values()))


def lines_of(document: Document) -> Iterator[str]:
    """Return the answer as a person reads it: what changed, how sure that is, and what it cannot say."""
    time, points = document["time"], document["points"]
    yield (
        f"{document['outcome']}: {points['used']} points from {time['first']} to {time['last']}, "
        f"{points['before']} before {time['start']} and {points['after']} from then on"
    )
    yield f"Method: {document['method']['words']}."
    yield ""
    yield from _change_lines(document)
    yield ""
    for effect in document["effect"]:
        yield from _effect_lines(document, effect)
    if document["placebo"] is not None:
        yield from _placebo_lines(document["placebo"])
    yield ""
    yield "What this cannot say:"
    yield from (f"- {sentence}" for sentence in document["cannot_say"])


def _change_lines(document: Document) -> Iterator[str]:
    confidence, is_log = document["confidence"], document["method"]["link"] == "log"
    unit = _unit(document)
    beyond = " beyond its control" if document["method"]["is_controlled"] else ""
    place = {"level": f"at {document['time']['level_change_at']}", "slope": f"each {unit}"}
    for name in ("level", "slope"):
        change = document[name]
        if change is None:
            continue
        told = _ratio_text(change, confidence) if is_log else _plain_text(change, confidence)
        if change["is_detectable"]:
            direction = "rose" if change["estimate"] > 0 else "fell"
            yield f"The {name} {direction}{beyond}, {place[name]}: {told}."
        else:
            yield f"No detectable change of the {name}{beyond}, {place[name]}: {told}."
    for key, when in (("slope_before", "before"), ("slope_after", "from the start on")):
        slope = document[key]
        told = _ratio_text(slope, confidence) if is_log else _plain_text(slope, confidence)
        yield f"Slope {when}, each {unit}: {told}."


def _effect_lines(document: Document, effect: Document) -> Iterator[str]:
    confidence = document["confidence"]
    yield (
        f"At {effect['time']}: {_figure(effect['with_measure'])} with the measure, "
        f"{_figure(effect['counterfactual'])} without it as far as the former course tells"
    )
    absolute, relative = effect["absolute"], effect["relative"]
    yield f"  difference {_figure(absolute, signed=True)}{_limits(absolute, confidence)}"
    if relative["estimate"] is not None:
        low, high = relative["low"], relative["high"]
        limits = "" if low is None or high is None else f" ({confidence:.0%} interval {low:+.1%} to {high:+.1%})"
        yield f"  as a share {relative['estimate']:+.1%}{limits}"


def _placebo_lines(placebo: Document) -> Iterator[str]:
    count = len(placebo["dates"])
    yield (
        f"Placebo dates before the start: {placebo['share_below_5_percent']:.0%} of {count} come out as changes at "
        f"5 %; {placebo['share_as_far']:.0%} of all dates lie as far from no change as the true one."
    )


def _plain_text(change: Document, confidence: float) -> str:
    return f"{change['estimate']:+.4g} (SE {change['se']:.4g}, {_interval_text(change, confidence)})"


def _ratio_text(change: Document, confidence: float) -> str:
    limits = f"{confidence:.0%} interval {change['ratio_low']:.4f} to {change['ratio_high']:.4f}"
    return f"{change['ratio'] - 1:+.1%}, ratio {change['ratio']:.4f} ({limits})"


def _interval_text(change: Document, confidence: float) -> str:
    return f"{confidence:.0%} interval {change['low']:+.4g} to {change['high']:+.4g}"


def _limits(band: Document, confidence: float) -> str:
    if band["low"] is None or band["high"] is None:
        return ""
    return f" ({_interval_text(band, confidence)})"


def _figure(band: Document, *, signed: bool = False) -> str:
    if band["estimate"] is None:
        return "unknown"
    return f"{band['estimate']:+.4g}" if signed else f"{band['estimate']:.4g}"


def _unit(document: Document) -> str:
    unit = document["time"]["unit"]
    return "unit of time" if unit == "number" else str(unit)


def term_rows(document: Document) -> tuple[list[str], list[list[str]]]:
    """Return the terms as a table with headings."""
    is_log = document["method"]["link"] == "log"
    headings = ["term", "estimate", "SE", "low", "high", "p", *(["ratio"] if is_log else []), "meaning"]
    rows = []
    for term in document["terms"]:
        numbers = [f"{term[key]:.6g}" for key in ("estimate", "se", "low", "high")]
        p_value = "-" if term["p"] is None else f"{term['p']:.3g}"
        rows.append([term["name"], *numbers, p_value, *([f"{term['ratio']:.4g}"] if is_log else []), term["meaning"]])
    return headings, rows


def picture_of(document: Document) -> str:
    """Return points, lines and the line as if there had been no measure, as an SVG document."""
    rows = document["rows"]
    time, unit = document["time"], document["time"]["unit"]
    times = [row["T"] for row in rows]
    before = [row["T"] < time["start_T"] for row in rows]
    fitted = [row["fitted"]["estimate"] for row in rows]
    after = [(row["T"], row["counterfactual"]) for row, is_before in zip(rows, before, strict=True) if not is_before]
    dots: tuple[Dots, ...] = (
        Dots(f"{document['outcome']}, observed", *_points(rows, is_used=True)),
        Dots("left out of the calculation", *_points(rows, is_used=False), is_hollow=True),
    )
    lines: tuple[Line, ...] = (
        Line("fitted", "fitted", times, [y if is_in else None for y, is_in in zip(fitted, before, strict=True)]),
        Line("fitted", "fitted", times, _after_phase_in(rows, fitted)),
        Line(
            "without the measure", "counterfactual", [x for x, _band in after], [band["estimate"] for _x, band in after]
        ),
    )
    known = [row["observed"] for row in rows if row["observed"] is not None]
    seen = [*known, *(y for y in fitted if y is not None), *(band["estimate"] for _x, band in after)]
    control = document.get("control_rows", [])
    dots, lines = _with_control(control, times, dots, lines)
    seen += [row["observed"] for row in control if row["observed"] is not None]
    whole = [
        (x, band["low"], band["high"]) for x, band in after if band["low"] is not None and band["high"] is not None
    ]
    limits = [list(column) for column in zip(*whole, strict=True)] if whole else [[], [], []]
    return svg_of_series(
        SeriesChart(
            title=f"{document['outcome']}: before and after {time['start']}",
            times=(times[0], times[-1]),
            ticks=_ticks(rows),
            y_axis=round_axis(document["outcome"], seen),
            dots=dots,
            lines=lines,
            limits=Limits(f"{document['confidence']:.0%} interval of that line", *limits),
            start=(time["start_T"], f"start {time['start']}"),
            note=_note(document, unit),
        )
    )


def _with_control(
    control: list[Document], times: list[float], dots: tuple[Dots, ...], lines: tuple[Line, ...]
) -> tuple[tuple[Dots, ...], tuple[Line, ...]]:
    if not control:
        return dots, lines
    known = [(x, row["observed"]) for x, row in zip(times, control, strict=True) if row["observed"] is not None]
    grey = Dots("control, observed", [x for x, _y in known], [y for _x, y in known], is_control=True)
    line = Line("control, fitted", "control", times, [row["fitted"] for row in control])
    return (*dots, grey), (*lines, line)


def _points(rows: list[Document], *, is_used: bool) -> tuple[list[float], list[float]]:
    there = [row for row in rows if row["observed"] is not None and row["is_used"] is is_used]
    return [row["T"] for row in there], [row["observed"] for row in there]


def _after_phase_in(rows: list[Document], fitted: list[float | None]) -> list[float | None]:
    """Return the fitted line from the first point that counts after the start on."""
    return [y if row["is_after"] else None for row, y in zip(rows, fitted, strict=True)]


def _ticks(rows: list[Document]) -> tuple[tuple[float, str], ...]:
    """Return some of the times, spread evenly; January first where months are shown."""
    januaries = [row for row in rows if row["time"].endswith("-01")]
    shown = januaries if len(januaries) > 2 else rows  # noqa: PLR2004 - two ticks make no axis
    every = int(np.ceil(len(shown) / _MOST_TICKS))
    return tuple((row["T"], row["time"]) for row in shown[::every])


def _note(document: Document, unit: str) -> str:
    confidence, is_log = document["confidence"], document["method"]["link"] == "log"
    told = _ratio_text if is_log else _plain_text
    changes = [
        f"{'Change' if document[name]['is_detectable'] else 'No detectable change'} of the {name}"
        f"{f' each {unit}' if name == 'slope' and unit != 'number' else ''}: {told(document[name], confidence)}."
        for name in ("level", "slope")
        if document[name] is not None
    ]
    return " ".join([*changes, f"Method: {document['method']['words']}.", document["cannot_say"][0]])
