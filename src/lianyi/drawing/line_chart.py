"""A chart of lines: curves of shares, coverage over minutes, figures over years."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

# Told apart by people who see colours differently, and by their dashes in a black and white copy.
_STROKES: Final = (("#24495A", ""), ("#B4532A", "7 4"), ("#3E7D4F", "2 3"), ("#7A4B94", "10 3 2 3"))
_GUIDE: Final = ("#8A8F94", "3 3")
_WIDTH: Final = 640
_PLOT_LEFT: Final = 72
_PLOT_RIGHT: Final = 616
_PLOT_TOP: Final = 56
_PLOT_BOTTOM: Final = 440
_LEGEND_TOP: Final = 512
_LINE_HEIGHT: Final = 22
_TICKS: Final = 5
_LETTERS_OF_LEGEND: Final = 84
FONT: Final = "font-family=\"'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif\""


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, from where to where, and what stands behind each number, such as "%"."""

    label: str
    low: float
    high: float
    unit: str = ""

    def ticks(self) -> list[float]:
        """Return round numbers along the axis, four to nine of them.

        Examples
        --------
        >>> Axis("share", 0, 100, "%").ticks()
        [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
        """
        span = self.high - self.low
        step = 10.0 ** math.floor(math.log10(span / _TICKS))
        step *= next(factor for factor in (1, 2, 2.5, 5, 10) if span / (step * factor) <= _TICKS + 1)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Series:
    """A line through points, in the order given. A guide is a thin grey line to compare with, such as equality."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    is_guide: bool = False


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over two axes; the note stands below the legend and says what the figures rest on."""

    title: str
    x_axis: Axis
    y_axis: Axis
    series: tuple[Series, ...]
    note: str = ""


def svg_of(chart: LineChart) -> str:
    """Return the chart as an SVG document; a reader of screens hears its title and the names of its lines.

    Examples
    --------
    >>> share = Axis("share", 0, 100, "%")
    >>> svg_of(LineChart("Doctors", share, share, (Series("A & B", [0, 100], [0, 100]),))).count("<polyline")
    1
    """
    note = wrapped(chart.note, _LETTERS_OF_LEGEND)
    height = _LEGEND_TOP + _LINE_HEIGHT * (len(chart.series) + len(note))
    heard = escape("; ".join(each.name for each in chart.series))
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="13">',
        f'<title id="title">{escape(chart.title)}</title><desc id="description">{heard}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        text_at(_PLOT_LEFT, 32, chart.title, 'font-size="17" font-weight="bold" fill="#24495A"'),
        *_x_axis(chart.x_axis),
        *_y_axis(chart.y_axis),
        *_curves_and_legend(chart),
    ]
    top = _LEGEND_TOP + _LINE_HEIGHT * len(chart.series)
    lines += [
        text_at(_PLOT_LEFT, top + _LINE_HEIGHT * number, text, 'font-size="11" fill="#5A6066"')
        for number, text in enumerate(note)
    ]
    return "\n".join([*lines, "</svg>\n"])


def _x_axis(axis: Axis) -> Iterator[str]:
    for tick in axis.ticks():
        x = _x_of(axis, tick)
        yield f'<line x1="{x:.1f}" y1="{_PLOT_TOP}" x2="{x:.1f}" y2="{_PLOT_BOTTOM}" stroke="#E3E6E8"/>'
        yield text_at(x, _PLOT_BOTTOM + 20, f"{tick:g}{axis.unit}", 'text-anchor="middle" fill="#33383D"')
    middle = (_PLOT_LEFT + _PLOT_RIGHT) / 2
    yield text_at(middle, _PLOT_BOTTOM + 42, axis.label, 'text-anchor="middle" fill="#33383D"')


def _y_axis(axis: Axis) -> Iterator[str]:
    for tick in axis.ticks():
        y = _y_of(axis, tick)
        yield f'<line x1="{_PLOT_LEFT}" y1="{y:.1f}" x2="{_PLOT_RIGHT}" y2="{y:.1f}" stroke="#E3E6E8"/>'
        yield text_at(_PLOT_LEFT - 8, y + 4, f"{tick:g}{axis.unit}", 'text-anchor="end" fill="#33383D"')
    middle = (_PLOT_TOP + _PLOT_BOTTOM) / 2
    turned = f'text-anchor="middle" fill="#33383D" transform="rotate(-90 18 {middle:.1f})"'
    yield text_at(18, middle, axis.label, turned)


def _curves_and_legend(chart: LineChart) -> Iterator[str]:
    coloured = iter(range(len(chart.series)))
    for number, each in enumerate(chart.series):
        colour, dashes = _GUIDE if each.is_guide else _STROKES[next(coloured) % len(_STROKES)]
        stroke = f'fill="none" stroke="{colour}" stroke-width="{1 if each.is_guide else 2}"'
        stroke += f' stroke-dasharray="{dashes}"' if dashes else ""
        y = _LEGEND_TOP + _LINE_HEIGHT * number
        yield f'<polyline points="{_points(chart, each)}" {stroke}/>'
        yield f'<path d="M{_PLOT_LEFT} {y - 4}h32" {stroke}/>'
        yield text_at(_PLOT_LEFT + 42, y, each.name, 'fill="#33383D"')


def _points(chart: LineChart, series: Series) -> str:
    """Take each point once that can be told from the one before it: a curve of a million places stays small."""
    shown: list[str] = []
    for x, y in zip(series.x, series.y, strict=True):
        point = f"{round(2 * _x_of(chart.x_axis, x)) / 2:g},{round(2 * _y_of(chart.y_axis, y)) / 2:g}"
        if not shown or point != shown[-1]:
            shown.append(point)
    return " ".join(shown)


def _x_of(axis: Axis, value: float) -> float:
    return _PLOT_LEFT + (value - axis.low) / (axis.high - axis.low) * (_PLOT_RIGHT - _PLOT_LEFT)


def _y_of(axis: Axis, value: float) -> float:
    return _PLOT_BOTTOM - (value - axis.low) / (axis.high - axis.low) * (_PLOT_BOTTOM - _PLOT_TOP)


def text_at(x: float, y: float, text: str, look: str) -> str:
    """Return a text at its place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>'


def wrapped(text: str, letters: int) -> list[str]:
    """Break a note into lines of so many letters; Chinese letters take two."""
    lines: list[str] = []
    room = 0
    for word in text.split():
        width = sum(1 if letter.isascii() else 2 for letter in word) + 1
        if width > room:
            lines.append(word)
            room = letters - width
        else:
            lines[-1] += f" {word}"
            room -= width
    return lines
