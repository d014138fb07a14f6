"""A control chart: points in their order, centre and limits as steps, signals told apart by colour and by shape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import escape

from lianyi.drawing.line_chart import FONT, Axis, text_at, wrapped

_WIDTH: Final = 860
_LEFT: Final = 76
_RIGHT: Final = 836
_TOP: Final = 64
_BOTTOM: Final = 400
_LABELS_AT_MOST: Final = 12
_LETTERS_THAT_LIE_FLAT: Final = 5
_LEGEND_COLUMNS: Final = 3
_LINE_HEIGHT: Final = 20
_LETTERS_OF_NOTE: Final = 122
_LINE_COLOUR: Final = "#5A6066"
_MANY_POINTS: Final = 80


class Mark(StrEnum):
    """What a point says; each has its colour and its shape."""

    COMMON = "common"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    CHANGE = "change"


MARK_COLOURS: Final = {
    Mark.COMMON: "#8A8F94",
    Mark.IMPROVEMENT: "#1F6FB4",
    Mark.CONCERN: "#C9611B",
    Mark.CHANGE: "#7A4B94",
}


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A point with its lines; None where a value or a line is not there."""

    label: str
    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    mark: Mark = Mark.COMMON
    begins_phase: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class ControlChartPicture:
    """What is drawn, with the words in the reader's language."""

    title: str
    value_label: str
    points: tuple[ChartPoint, ...]
    marks: Sequence[tuple[Mark, str]]
    """The marks of the legend, with their names."""
    centre_name: str = "mean"
    limits_name: str = "limits"
    target: float | None = None
    target_name: str = "target"
    notes: tuple[str, ...] = ()


def svg_of_control_chart(picture: ControlChartPicture) -> str:
    """Return the chart as an SVG document; a reader of screens hears the title and every signal.

    Examples
    --------
    >>> points = tuple(ChartPoint(str(n), float(n % 3), 1.0, -2.0, 4.0) for n in range(12))
    >>> text = svg_of_control_chart(ControlChartPicture("Waits & beds", "minutes", points, ((Mark.COMMON, "usual"),)))
    >>> text.count('class="point"'), "Waits &amp; beds" in text
    (12, True)
    """
    axis = _axis_of(picture)
    legend = list(_legend(picture))
    top = _BOTTOM + 76 + _LINE_HEIGHT * math.ceil(_entries(picture) / _LEGEND_COLUMNS)
    notes = [line for note in picture.notes for line in wrapped(note, _LETTERS_OF_NOTE)]
    height = top + 16 * len(notes) + 8
    heard = "; ".join(f"{point.label}: {point.told}" for point in picture.points if point.told)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="13">',
        f'<title id="title">{escape(picture.title)}</title><desc id="description">{escape(heard)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        text_at(24, 34, picture.title, 'font-size="17" font-weight="bold" fill="#24495A"'),
        *_value_axis(axis, picture.value_label),
        *_time_labels(picture),
        *_lines(picture, axis),
        *_values(picture, axis),
        *legend,
    ]
    lines += [
        text_at(24, top + 16 * number, text, 'font-size="11" fill="#5A6066"') for number, text in enumerate(notes)
    ]
    return "\n".join([*lines, "</svg>\n"])


def _axis_of(picture: ControlChartPicture) -> Axis:
    """Return an axis that reaches a little beyond every value, limit and target."""
    found = [picture.target] if picture.target is not None else []
    for point in picture.points:
        found += [each for each in (point.value, point.centre, point.lower, point.upper) if each is not None]
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    # Counts and shares have nothing below 0; an axis that goes on would say otherwise.
    return Axis(picture.value_label, 0.0 if low >= 0.0 and low - margin < 0.0 else low - margin, high + margin)


def _value_axis(axis: Axis, label: str) -> Iterator[str]:
    for tick in axis.ticks():
        y = _y(axis, tick)
        yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}" stroke="#E9ECEE"/>'
        yield text_at(_LEFT - 8, y + 4, f"{tick:,.6g}", 'text-anchor="end" fill="#33383D"')
    middle = (_TOP + _BOTTOM) / 2
    yield text_at(18, middle, label, f'text-anchor="middle" fill="#33383D" transform="rotate(-90 18 {middle:.1f})"')


def _time_labels(picture: ControlChartPicture) -> Iterator[str]:
    every = math.ceil(len(picture.points) / _LABELS_AT_MOST)
    is_short = all(len(point.label) <= _LETTERS_THAT_LIE_FLAT for point in picture.points)
    for place, point in enumerate(picture.points):
        x = _x(picture, place)
        if point.begins_phase and place:
            line = f'x1="{x - _step(picture) / 2:.1f}" x2="{x - _step(picture) / 2:.1f}" y1="{_TOP}" y2="{_BOTTOM}"'
            yield f'<line class="rebase" {line} stroke="#33383D" stroke-dasharray="2 4"/>'
        if place % every == 0:
            yield text_at(x, _BOTTOM + 18, point.label, _label_look(x, is_short=is_short))


def _label_look(x: float, *, is_short: bool) -> str:
    if is_short:
        return 'text-anchor="middle" font-size="12" fill="#33383D"'
    return f'text-anchor="end" font-size="12" fill="#33383D" transform="rotate(-30 {x:.1f} {_BOTTOM + 18})"'


def _lines(picture: ControlChartPicture, axis: Axis) -> Iterator[str]:
    looks = (
        ("centre", f'stroke="{_LINE_COLOUR}" stroke-width="1.5"'),
        ("lower", f'stroke="{_LINE_COLOUR}" stroke-dasharray="6 4"'),
        ("upper", f'stroke="{_LINE_COLOUR}" stroke-dasharray="6 4"'),
    )
    half = _step(picture) / 2
    for name, look in looks:
        path, before = [], None
        for place, point in enumerate(picture.points):
            level = getattr(point, name)
            if level is None:
                before = None
                continue
            x, y = _x(picture, place), _y(axis, level)
            is_joined = before is not None and not point.begins_phase
            path.append(f"{'L' if is_joined else 'M'}{x - half:.1f},{y:.1f}H{x + half:.1f}")
            before = y
        if path:
            yield f'<path class="{name}" d="{"".join(path)}" fill="none" {look}/>'
    if picture.target is not None:
        y = _y(axis, picture.target)
        ends = f'x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
        yield f'<line class="target" {ends} stroke="#B00020" stroke-dasharray="10 4"/>'


def _values(picture: ControlChartPicture, axis: Axis) -> Iterator[str]:
    there = [(place, point, point.value) for place, point in enumerate(picture.points) if point.value is not None]
    for (place, _one, value), (next_place, _two, next_value) in pairwise(there):
        # A dashed piece passes over what is missing.
        dashes = "" if next_place == place + 1 else ' stroke-dasharray="2 3"'
        ends = f'x1="{_x(picture, place):.1f}" y1="{_y(axis, value):.1f}"'
        ends += f' x2="{_x(picture, next_place):.1f}" y2="{_y(axis, next_value):.1f}"'
        yield f'<line {ends} stroke="#B4B9BD"{dashes}/>'
    size = 4.0 if len(picture.points) <= _MANY_POINTS else 2.5
    for place, point, value in there:
        told = f"<title>{escape(point.label)}: {value:,.6g}{f' {escape(point.told)}' if point.told else ''}</title>"
        yield shape(point.mark, _x(picture, place), _y(axis, value), size, told)


def shape(mark: Mark, x: float, y: float, size: float, told: str = "") -> str:
    """Return a point of a chart by what it says: a circle, a larger circle, a diamond or a square.

    Examples
    --------
    >>> shape(Mark.COMMON, 1, 2, 3)
    '<circle class="point" fill="#8A8F94" cx="1.0" cy="2.0" r="3"></circle>'
    """
    look = f'class="point" fill="{MARK_COLOURS[mark]}"'
    if mark is Mark.COMMON:
        return f'<circle {look} cx="{x:.1f}" cy="{y:.1f}" r="{size:g}">{told}</circle>'
    big = size * 1.45
    if mark is Mark.IMPROVEMENT:
        return f'<circle {look} stroke="#ffffff" cx="{x:.1f}" cy="{y:.1f}" r="{big:g}">{told}</circle>'
    if mark is Mark.CONCERN:
        diamond = f"M{x:.1f},{y - big:.1f}l{big:g},{big:g}l{-big:g},{big:g}l{-big:g},{-big:g}z"
        return f'<path {look} stroke="#ffffff" d="{diamond}">{told}</path>'
    square = f'x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:g}" height="{2 * size:g}"'
    return f'<rect {look} stroke="#ffffff" {square}>{told}</rect>'


def _entries(picture: ControlChartPicture) -> int:
    return len(picture.marks) + 2 + (picture.target is not None)


def _legend(picture: ControlChartPicture) -> Iterator[str]:
    width = (_RIGHT - 24) / _LEGEND_COLUMNS
    places = [
        (24 + width * (number % _LEGEND_COLUMNS), _BOTTOM + 76 + _LINE_HEIGHT * (number // _LEGEND_COLUMNS))
        for number in range(_entries(picture))
    ]
    lines = [
        (picture.centre_name, f'stroke="{_LINE_COLOUR}" stroke-width="1.5"'),
        (picture.limits_name, f'stroke="{_LINE_COLOUR}" stroke-dasharray="6 4"'),
    ]
    if picture.target is not None:
        lines.append((picture.target_name, 'stroke="#B00020" stroke-dasharray="10 4"'))
    for (x, y), (mark, name) in zip(places, picture.marks, strict=False):
        yield shape(mark, x + 14, y - 4, 4.0).replace('class="point" ', "")
        yield text_at(x + 34, y, name, 'fill="#33383D"')
    for (x, y), (name, look) in zip(places[len(picture.marks) :], lines, strict=True):
        yield f'<path d="M{x:.1f} {y - 4:.1f}h28" {look}/>'
        yield text_at(x + 34, y, name, 'fill="#33383D"')


def _step(picture: ControlChartPicture) -> float:
    return (_RIGHT - _LEFT) / max(len(picture.points), 1)


def _x(picture: ControlChartPicture, place: int) -> float:
    return _LEFT + _step(picture) * (place + 0.5)


def _y(axis: Axis, value: float) -> float:
    return _BOTTOM - (value - axis.low) / (axis.high - axis.low) * (_BOTTOM - _TOP)
