"""A funnel: units by their size, with limits that narrow as they grow. Small units are drawn hollow."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lianyi.drawing.line_chart import FONT, Axis, text_at, wrapped

_WIDTH: Final = 860
_LEFT: Final = 76
_RIGHT: Final = 836
_TOP: Final = 64
_BOTTOM: Final = 430
_NAMES_AT_MOST: Final = 12
_NAME_WIDTH: Final = 110
_NAME_HEIGHT: Final = 14
_LETTERS_OF_NOTE: Final = 122
_LEGEND_COLUMNS: Final = 3
_LINE_HEIGHT: Final = 20
_INNER: Final = 'stroke="#5A6066" stroke-dasharray="3 3"'
_OUTER: Final = 'stroke="#24495A" stroke-width="1.5"'
_TARGET: Final = 'stroke="#8A8F94" stroke-width="1.5"'


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A unit; one that is called out gets its name beside its point."""

    name: str
    size: float
    value: float
    is_called_out: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class FunnelLines:
    """Limits along the sizes, the inner pair at 95 % and the outer at 99.8 %."""

    sizes: Sequence[float]
    low_inner: Sequence[float]
    high_inner: Sequence[float]
    low_outer: Sequence[float]
    high_outer: Sequence[float]


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """What is drawn, with the words in the reader's language."""

    title: str
    size_label: str
    value_label: str
    target: float
    points: tuple[FunnelPoint, ...]
    lines: FunnelLines
    names: tuple[str, str, str, str, str] = (
        "target",
        "95 % limits",
        "99.8 % limits",
        "called out",
        "too small to call out",
    )
    notes: tuple[str, ...] = ()


def svg_of_funnel(picture: FunnelPicture) -> str:
    """Return the funnel as an SVG document; a reader of screens hears the title and who is called out.

    Examples
    --------
    >>> lines = FunnelLines([10, 100], [0.4, 0.8], [1.6, 1.2], [0.1, 0.7], [2.0, 1.3])
    >>> units = (FunnelPoint("A & B", 50, 1.9, is_called_out=True), FunnelPoint("C", 12, 0.9, is_small=True))
    >>> text = svg_of_funnel(FunnelPicture("Deaths", "expected", "ratio", 1.0, units, lines))
    >>> text.count('class="unit"'), text.count("A &amp; B")
    (2, 3)
    """
    x_axis, y_axis = _axes(picture)
    notes = [line for note in picture.notes for line in wrapped(note, _LETTERS_OF_NOTE)]
    top = _BOTTOM + 76 + _LINE_HEIGHT * math.ceil(len(picture.names) / _LEGEND_COLUMNS)
    height = top + 16 * len(notes) + 8
    heard = "; ".join(f"{point.name}: {point.value:.4g}" for point in picture.points if point.is_called_out)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    inside = f'x="{_LEFT}" y="{_TOP}" width="{_RIGHT - _LEFT}" height="{_BOTTOM - _TOP}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="13">',
        f'<title id="title">{escape(picture.title)}</title><desc id="description">{escape(heard)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<clipPath id="plot"><rect {inside}/></clipPath>',
        text_at(24, 34, picture.title, 'font-size="17" font-weight="bold" fill="#24495A"'),
        *_grid(x_axis, y_axis),
        *_limits(picture, x_axis, y_axis),
        *_units(picture, x_axis, y_axis),
        *_legend(picture),
    ]
    lines += [
        text_at(24, top + 16 * number, text, 'font-size="11" fill="#5A6066"') for number, text in enumerate(notes)
    ]
    return "\n".join([*lines, "</svg>\n"])


def _axes(picture: FunnelPicture) -> tuple[Axis, Axis]:
    """Show every unit, and the outer limits from units of middle size on; their mouth may run out of the picture."""
    sizes = [point.size for point in picture.points]
    values = [point.value for point in picture.points]
    lines, middle = picture.lines, statistics.median(sizes)
    seen = [place for place, size in enumerate(lines.sizes) if size >= middle]
    low = min([*values, picture.target, *lines.low_inner, *(lines.low_outer[place] for place in seen)])
    high = max([*values, picture.target, *lines.high_inner, *(lines.high_outer[place] for place in seen)])
    margin = (high - low) * 0.08 or 1.0
    return (
        Axis(picture.size_label, 0.0, max(sizes) * 1.04),
        Axis(picture.value_label, max(0.0, low - margin), high + margin),
    )


def _grid(x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    for tick in x_axis.ticks():
        x = _x(x_axis, tick)
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_BOTTOM}" stroke="#E9ECEE"/>'
        yield text_at(x, _BOTTOM + 20, f"{tick:,.6g}", 'text-anchor="middle" fill="#33383D"')
    for tick in y_axis.ticks():
        y = _y(y_axis, tick)
        yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}" stroke="#E9ECEE"/>'
        yield text_at(_LEFT - 8, y + 4, f"{tick:.4g}", 'text-anchor="end" fill="#33383D"')
    across, along = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    yield text_at(across, _BOTTOM + 44, x_axis.label, 'text-anchor="middle" fill="#33383D"')
    turned = f'text-anchor="middle" fill="#33383D" transform="rotate(-90 18 {along:.1f})"'
    yield text_at(18, along, y_axis.label, turned)


def _limits(picture: FunnelPicture, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    lines = picture.lines
    y = _y(y_axis, picture.target)
    yield f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}" {_TARGET}/>'
    for values, look in (
        (lines.low_inner, _INNER),
        (lines.high_inner, _INNER),
        (lines.low_outer, _OUTER),
        (lines.high_outer, _OUTER),
    ):
        points = " ".join(
            f"{_x(x_axis, size):.1f},{_y(y_axis, value):.1f}" for size, value in zip(lines.sizes, values, strict=True)
        )
        yield f'<polyline class="limit" points="{points}" fill="none" clip-path="url(#plot)" {look}/>'


def _units(picture: FunnelPicture, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    called = sorted((point for point in picture.points if point.is_called_out), key=lambda point: -point.size)
    for point in picture.points:
        x, y = _x(x_axis, point.size), _y(y_axis, point.value)
        yield _dot(point, x, y, f"<title>{escape(point.name)}: {point.value:.4g}</title>")
    taken: list[tuple[float, float]] = []
    for point in called[:_NAMES_AT_MOST]:
        x, y = _x(x_axis, point.size), _y(y_axis, point.value)
        # A name that would lie on another is left to the list of units.
        if any(abs(x - other_x) < _NAME_WIDTH and abs(y - other_y) < _NAME_HEIGHT for other_x, other_y in taken):
            continue
        taken.append((x, y))
        is_right = x > _RIGHT - 160
        side = ("end", -9) if is_right else ("start", 9)
        yield text_at(x + side[1], y - 6, point.name, f'text-anchor="{side[0]}" font-size="12" fill="#7A3A0C"')


def _dot(point: FunnelPoint, x: float, y: float, told: str = "") -> str:
    if point.is_called_out:
        return f'<path class="unit" d="M{x:.1f},{y - 6:.1f}l6,6l-6,6l-6,-6z" fill="#C9611B">{told}</path>'
    fill = 'fill="#ffffff" stroke="#8A8F94"' if point.is_small else 'fill="#24495A" fill-opacity="0.75"'
    return f'<circle class="unit" cx="{x:.1f}" cy="{y:.1f}" r="4" {fill}>{told}</circle>'


def _legend(picture: FunnelPicture) -> Iterator[str]:
    width = (_RIGHT - 24) / _LEGEND_COLUMNS
    target, inner, outer, called, small = picture.names
    for number, name in enumerate((target, inner, outer, called, small)):
        x = 24 + width * (number % _LEGEND_COLUMNS)
        y = _BOTTOM + 76 + _LINE_HEIGHT * (number // _LEGEND_COLUMNS)
        if name == called:
            yield _dot(FunnelPoint(name, 0, 0, is_called_out=True), x + 14, y - 4).replace('class="unit" ', "")
        elif name == small:
            yield _dot(FunnelPoint(name, 0, 0, is_small=True), x + 14, y - 4).replace('class="unit" ', "")
        else:
            look = (_TARGET, _INNER, _OUTER)[number]
            yield f'<path d="M{x:.1f} {y - 4:.1f}h28" fill="none" {look}/>'
        yield text_at(x + 34, y, name, 'fill="#33383D"')


def _x(axis: Axis, value: float) -> float:
    return _LEFT + (value - axis.low) / (axis.high - axis.low) * (_RIGHT - _LEFT)


def _y(axis: Axis, value: float) -> float:
    return _BOTTOM - (value - axis.low) / (axis.high - axis.low) * (_BOTTOM - _TOP)
