"""A chart of one series over time: its points, the lines that were fitted, and what would have been without."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import escape

from lianyi.drawing.line_chart import FONT, Axis, text_at, wrapped

Look = Literal["fitted", "counterfactual", "control"]
Number = float | None

_WIDTH: Final = 760
_LEFT: Final = 76
_RIGHT: Final = 736
_TOP: Final = 64
_BOTTOM: Final = 420
_LEGEND_TOP: Final = 490
_LINE_HEIGHT: Final = 22
_LETTERS_OF_NOTE: Final = 110
_RADIUS: Final = 3.2
_ROOM_FOR_START: Final = 560
_ROOM_FOR_LABEL: Final = 150
# Told apart by people who see colours differently, and by their dashes in a black and white copy.
_STROKES: Final[dict[Look, str]] = {
    "fitted": 'stroke="#24495A" stroke-width="2.5"',
    "counterfactual": 'stroke="#B4532A" stroke-width="2" stroke-dasharray="7 4"',
    "control": 'stroke="#8A8F94" stroke-width="1.5" stroke-dasharray="2 3"',
}


@dataclass(frozen=True, slots=True)
class Dots:
    """Points that were observed; hollow ones were left out of the calculation."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    is_hollow: bool = False
    is_control: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line that breaks where there is None."""

    name: str
    look: Look
    x: Sequence[float]
    y: Sequence[Number]


@dataclass(frozen=True, slots=True)
class Limits:
    """An area between two lines."""

    name: str
    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Dots, lines and limits over time; ``ticks`` are places on the axis of time with their labels."""

    title: str
    times: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    y_axis: Axis
    dots: tuple[Dots, ...]
    lines: tuple[Line, ...]
    limits: Limits | None
    start: tuple[float, str]
    note: str = ""
    end: tuple[float, str] | None = None
    """When what began was over, where that is told."""


def svg_of_series(chart: SeriesChart) -> str:
    """Return the chart as an SVG document; a reader of screens hears its title, its names and its note.

    Examples
    --------
    >>> dots = Dots("cases", [0, 1, 2, 3], [4, 5, 3, 2])
    >>> line = Line("fitted", "fitted", [0, 1, 2, 3], [4, 5, None, 2])
    >>> chart = SeriesChart("A & B", (0, 3), ((0, "2019"),), Axis("cases", 0, 6), (dots,), (line,), None, (2, "start"))
    >>> picture = svg_of_series(chart)
    >>> picture.count("<circle"), picture.count("<polyline"), "A &amp; B" in picture
    (5, 2, True)
    """
    legend = list(_legend(chart))
    note = wrapped(chart.note, _LETTERS_OF_NOTE)
    top = _LEGEND_TOP + _LINE_HEIGHT * len(legend)
    height = top + 18 * len(note)
    names = [*(dots.name for dots in chart.dots), *(line.name for line in chart.lines)]
    heard = escape("; ".join([*names, chart.note]))
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    plot = f'x="{_LEFT}" y="{_TOP}" width="{_RIGHT - _LEFT}" height="{_BOTTOM - _TOP}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="13">',
        f'<title id="title">{escape(chart.title)}</title><desc id="description">{heard}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<defs><clipPath id="plot"><rect {plot}/></clipPath></defs>',
        text_at(24, 32, chart.title, 'font-size="17" font-weight="bold" fill="#24495A"'),
        *_axes(chart),
        '<g clip-path="url(#plot)">',
        *_area(chart),
        *_start(chart),
        *_curves(chart),
        *_circles(chart),
        "</g>",
        *_start_label(chart),
        *(piece for number, row in enumerate(legend) for piece in _legend_row(row, number)),
    ]
    lines += [
        text_at(_LEFT, top + 4 + 18 * number, text, 'font-size="11" fill="#5A6066"') for number, text in enumerate(note)
    ]
    return "\n".join([*lines, "</svg>\n"])


def _axes(chart: SeriesChart) -> Iterator[str]:
    for tick in chart.y_axis.ticks():
        y = _y_of(chart, tick)
        yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}" stroke="#E3E6E8"/>'
        yield text_at(_LEFT - 8, y + 4, f"{tick:,.10g}{chart.y_axis.unit}", 'text-anchor="end" fill="#33383D"')
    for place, label in chart.ticks:
        x = _x_of(chart, place)
        yield f'<line x1="{x:.1f}" y1="{_BOTTOM}" x2="{x:.1f}" y2="{_BOTTOM + 5}" stroke="#8A8F94"/>'
        yield text_at(x, _BOTTOM + 20, label, 'text-anchor="middle" fill="#33383D"')
    yield f'<line x1="{_LEFT}" y1="{_BOTTOM}" x2="{_RIGHT}" y2="{_BOTTOM}" stroke="#8A8F94"/>'
    middle = (_TOP + _BOTTOM) / 2
    turned = f'text-anchor="middle" fill="#33383D" transform="rotate(-90 20 {middle:.1f})"'
    yield text_at(20, middle, chart.y_axis.label, turned)


def _area(chart: SeriesChart) -> Iterator[str]:
    if chart.limits is None:
        return
    there = [(x, y) for x, y in zip(chart.limits.x, chart.limits.high, strict=True)]
    back = [(x, y) for x, y in zip(chart.limits.x, chart.limits.low, strict=True)]
    points = " ".join(f"{_x_of(chart, x):.1f},{_y_of(chart, y):.1f}" for x, y in [*there, *reversed(back)])
    yield f'<polygon points="{points}" fill="#B4532A" fill-opacity="0.14"/>'


def _marks(chart: SeriesChart) -> list[tuple[float, str]]:
    return [chart.start] if chart.end is None else [chart.start, chart.end]


def _start(chart: SeriesChart) -> Iterator[str]:
    for place, _label in _marks(chart):
        x = _x_of(chart, place)
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_BOTTOM}" stroke="#5A6066" stroke-dasharray="1 3"/>'


def _start_label(chart: SeriesChart) -> Iterator[str]:
    for number, (place, label) in enumerate(_marks(chart)):
        x = _x_of(chart, place)
        # Two labels side by side: the earlier one ends at its line, unless there is no room to its left.
        is_left = x > _ROOM_FOR_START or (number == 0 and chart.end is not None and x > _LEFT + _ROOM_FOR_LABEL)
        yield text_at(
            x, _TOP - 8, label, f'text-anchor="{"end" if is_left else "start"}" font-size="12" fill="#5A6066"'
        )


def _curves(chart: SeriesChart) -> Iterator[str]:
    for line in chart.lines:
        piece: list[str] = []
        for x, y in [*zip(line.x, line.y, strict=True), (0.0, None)]:
            if y is not None:
                piece.append(f"{_x_of(chart, x):.1f},{_y_of(chart, y):.1f}")
            elif piece:
                yield f'<polyline points="{" ".join(piece)}" fill="none" {_STROKES[line.look]}/>'
                piece = []


def _circles(chart: SeriesChart) -> Iterator[str]:
    for dots in chart.dots:
        for x, y in zip(dots.x, dots.y, strict=True):
            yield _circle(_x_of(chart, x), _y_of(chart, y), dots)


def _circle(x: float, y: float, dots: Dots) -> str:
    colour = "#8A8F94" if dots.is_control else "#24495A"
    fill = "#ffffff" if dots.is_hollow else colour
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}" fill="{fill}" stroke="{colour}"/>'


def _legend(chart: SeriesChart) -> Iterator[Dots | Line | Limits]:
    yield from (dots for dots in chart.dots if len(dots.x))
    named: set[str] = set()
    for line in chart.lines:
        if line.name not in named:
            named.add(line.name)
            yield line
    if chart.limits is not None:
        yield chart.limits


def _legend_row(row: Dots | Line | Limits, number: int) -> Iterator[str]:
    y = _LEGEND_TOP + _LINE_HEIGHT * number
    if isinstance(row, Dots):
        yield _circle(_LEFT + 16, y - 4, row)
    elif isinstance(row, Line):
        yield f'<path d="M{_LEFT} {y - 4}h32" fill="none" {_STROKES[row.look]}/>'
    else:
        yield f'<rect x="{_LEFT}" y="{y - 12}" width="32" height="14" fill="#B4532A" fill-opacity="0.14"/>'
    yield text_at(_LEFT + 42, y, row.name, 'fill="#33383D"')


def _x_of(chart: SeriesChart, time: float) -> float:
    first, last = chart.times
    room = 14
    return _LEFT + room + (time - first) / ((last - first) or 1.0) * (_RIGHT - _LEFT - 2 * room)


def _y_of(chart: SeriesChart, value: float) -> float:
    axis = chart.y_axis
    height = (value - axis.low) / (axis.high - axis.low)
    # What lies far outside is cut off at the edge of the plot; programs that draw stumble over huge numbers.
    return _BOTTOM - max(min(height, 10.0), -10.0) * (_BOTTOM - _TOP)


def round_axis(label: str, values: Sequence[float]) -> Axis:
    """Return an axis that holds all values with a little room, from 0 where that is not far off.

    Examples
    --------
    >>> round_axis("cases", [40, 140])
    Axis(label='cases', low=0.0, high=146.0, unit='')
    """
    known = [value for value in values if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = max((high - low) * 0.06, abs(high) * 1e-6) or 1.0
    reaches_zero = 0 <= low <= high - low
    return Axis(label, 0.0 if reaches_zero else low - room, high + room)
