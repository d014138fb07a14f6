"""A chart of bars that lie under one another, with a label before and a text behind each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lianyi.drawing.line_chart import FONT, Axis, text_at, wrapped

BARS_AT_MOST: Final = 40
"""More would not be read; those who draw choose which, and say so in the note."""
# Told apart by people who see colours differently, and in a black and white copy by how dark they are.
_FILLS: Final = ("#24495A", "#E3A93B")
_WIDTH: Final = 860
_PLOT_LEFT: Final = 250
_PLOT_RIGHT: Final = 640
_PLOT_TOP: Final = 84
_BAR: Final = 11
_BETWEEN: Final = 9
_HEADING: Final = 26
_LETTERS_OF_LABEL: Final = 32
_LINE_HEIGHT: Final = 18
_LETTERS_OF_NOTE: Final = 118


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the chart: one length for each name of the chart, None where it is not known, and what is told of it."""

    label: str
    values: tuple[float | None, ...]
    told: str = ""


@dataclass(frozen=True, slots=True)
class BarSection:
    """Rows under a heading."""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars from 0; ``names`` says what the first, and where there are two the second, bar of each row stands for."""

    title: str
    axis: Axis
    names: tuple[str, ...]
    sections: tuple[BarSection, ...]
    note: str = ""

    def bars_high(self) -> int:
        """Return how much room a row takes."""
        return _BAR * len(self.names) + _BETWEEN


def svg_of_bars(chart: BarChart) -> str:
    """Return the chart as an SVG document; a reader of screens hears the title and every row.

    Examples
    --------
    >>> staff = (Bar("Doctors & nurses", (3.0, 2.0), "one missing"),)
    >>> chart = BarChart("Staff", Axis("staff", 0, 4), ("required", "existing"), (BarSection("", staff),))
    >>> picture = svg_of_bars(chart)
    >>> picture.count('<rect class="bar"'), "Doctors &amp; nurses" in picture
    (2, True)
    """
    body, bottom = [], _PLOT_TOP
    for section in chart.sections:
        if section.heading:
            body.append(text_at(24, bottom + 14, section.heading, 'font-weight="bold" fill="#24495A"'))
            bottom += _HEADING
        for bar in section.bars:
            body += _row(chart, bar, bottom)
            bottom += chart.bars_high()
        bottom += _BETWEEN
    note = wrapped(chart.note, _LETTERS_OF_NOTE)
    height = bottom + 52 + _LINE_HEIGHT * len(note)
    heard = text_of_rows(chart)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="13">',
        f'<title id="title">{escape(chart.title)}</title><desc id="description">{escape(heard)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        text_at(24, 32, chart.title, 'font-size="17" font-weight="bold" fill="#24495A"'),
        *_legend(chart),
        *_ticks(chart, bottom),
        *body,
    ]
    lines += [
        text_at(24, bottom + 56 + _LINE_HEIGHT * number, text, 'font-size="11" fill="#5A6066"')
        for number, text in enumerate(note)
    ]
    return "\n".join([*lines, "</svg>\n"])


def text_of_rows(chart: BarChart) -> str:
    """Return the rows as a text."""
    return "; ".join(f"{bar.label}: {bar.told}" for section in chart.sections for bar in section.bars)


def _legend(chart: BarChart) -> Iterator[str]:
    x = 24
    for fill, name in zip(_FILLS, chart.names, strict=False):
        yield f'<rect x="{x}" y="48" width="14" height="11" fill="{fill}"/>'
        yield text_at(x + 20, 58, name, 'fill="#33383D"')
        x += 40 + 14 * len(name)


def _ticks(chart: BarChart, bottom: int) -> Iterator[str]:
    for tick in chart.axis.ticks():
        x = _x_of(chart.axis, tick)
        yield f'<line x1="{x:.1f}" y1="{_PLOT_TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="#E3E6E8"/>'
        yield text_at(x, bottom + 16, f"{tick:g}{chart.axis.unit}", 'text-anchor="middle" fill="#33383D"')
    middle = (_PLOT_LEFT + _PLOT_RIGHT) / 2
    yield text_at(middle, bottom + 36, chart.axis.label, 'text-anchor="middle" fill="#33383D"')


def _row(chart: BarChart, bar: Bar, top: int) -> Iterator[str]:
    middle = top + _BAR * len(chart.names) / 2 + 4
    yield text_at(_PLOT_LEFT - 10, middle, _short(bar.label), 'text-anchor="end" fill="#33383D"')
    for number, (fill, value) in enumerate(zip(_FILLS, bar.values, strict=False)):
        if value is None:
            continue
        left, right = _x_of(chart.axis, 0.0), _x_of(chart.axis, value)
        yield (
            f'<rect class="bar" x="{min(left, right):.1f}" y="{top + _BAR * number}" '
            f'width="{abs(right - left):.1f}" height="{_BAR}" fill="{fill}"/>'
        )
    yield text_at(_PLOT_RIGHT + 12, middle, bar.told, 'fill="#33383D"')


def _x_of(axis: Axis, value: float) -> float:
    return _PLOT_LEFT + (value - axis.low) / (axis.high - axis.low) * (_PLOT_RIGHT - _PLOT_LEFT)


def _short(label: str) -> str:
    """Cut a label to the room it has; Chinese letters take two."""
    room = _LETTERS_OF_LABEL
    for place, letter in enumerate(label):
        room -= 1 if letter.isascii() else 2
        if room < 0:
            return f"{label[:place]}…"
    return label
