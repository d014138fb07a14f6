"""A control chart small enough to stand among many: values, centre and limits, signals, the latest point.

It has no axis and no words: the card that it stands on tells name, latest value and signal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lianyi.drawing.control_chart import MARK_COLOURS, ChartPoint, Mark, shape

_WIDTH: Final = 240
_HEIGHT: Final = 84
_EDGE: Final = 7
_LINE: Final = 'stroke="#5A6066" stroke-width="1" fill="none"'


@dataclass(frozen=True, slots=True)
class _Scale:
    """How points and values lie in the picture."""

    points: int
    low: float
    high: float

    def x(self, place: float) -> float:
        return _EDGE + (_WIDTH - 2 * _EDGE) * (place + 0.5) / self.points

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return _HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE)


def svg_of_small_control_chart(points: Sequence[ChartPoint], heard: str, target: float | None = None) -> str:
    """Return the chart as an SVG element; ``heard`` is what a reader of screens hears.

    Examples
    --------
    >>> points = [ChartPoint("01", 3.0, 2.0, 0.0, 4.0), ChartPoint("02", 9.0, 2.0, 0.0, 4.0, Mark.CONCERN)]
    >>> text = svg_of_small_control_chart(points, "A & B")
    >>> text.count("<path"), 'aria-label="A &amp; B"' in text
    (5, True)
    """
    scale = _scale_of(points, target)
    label = heard.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    pieces = [f'<svg class="small-chart" {size} role="img" aria-label="{label}">']
    pieces += _levels(points, scale)
    if target is not None:
        y = scale.y(target)
        pieces.append(f'<path d="M{_EDGE} {y:.1f}H{_WIDTH - _EDGE}" stroke="#B00020" stroke-dasharray="6 3"/>')
    pieces.append(f'<path d="{_values(points, scale)}" stroke="#8A8F94" stroke-width="1.2" fill="none"/>')
    pieces += _marks(points, scale)
    return "".join([*pieces, "</svg>"])


def _scale_of(points: Sequence[ChartPoint], target: float | None) -> _Scale:
    found = [] if target is None else [target]
    for point in points:
        found += [each for each in (point.value, point.centre, point.lower, point.upper) if each is not None]
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    return _Scale(max(len(points), 1), low, high if high > low else low + 1.0)


def _levels(points: Sequence[ChartPoint], scale: _Scale) -> Iterator[str]:
    for name, dashes in (("centre", ""), ("lower", ' stroke-dasharray="3 2"'), ("upper", ' stroke-dasharray="3 2"')):
        path, before = [], None
        for place, point in enumerate(points):
            level = getattr(point, name)
            if level is None:
                before = None
                continue
            y = round(scale.y(level), 1)
            if before is None or point.begins_phase:
                path.append(f"M{scale.x(place - 0.5):.1f} {y}")
            elif y != before:
                path.append(f"L{scale.x(place - 0.5):.1f} {y}")
            is_last = place + 1 == len(points) or getattr(points[place + 1], name) is None
            if is_last or points[place + 1].begins_phase or round(scale.y(getattr(points[place + 1], name)), 1) != y:
                path.append(f"H{scale.x(place + 0.5):.1f}")
            before = y
        if path:
            yield f'<path d="{"".join(path)}" {_LINE}{dashes}/>'


def _values(points: Sequence[ChartPoint], scale: _Scale) -> str:
    path, is_joined = [], False
    for place, point in enumerate(points):
        if point.value is None:
            is_joined = False
            continue
        path.append(f"{'L' if is_joined else 'M'}{scale.x(place):.1f} {scale.y(point.value):.1f}")
        is_joined = True
    return "".join(path) or "M0 0"


def _marks(points: Sequence[ChartPoint], scale: _Scale) -> Iterator[str]:
    last = max((place for place, point in enumerate(points) if point.value is not None), default=-1)
    for place, point in enumerate(points):
        if point.value is None or (point.mark is Mark.COMMON and place != last):
            continue
        if point.mark is Mark.COMMON:
            x, y = scale.x(place), scale.y(point.value)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{MARK_COLOURS[Mark.COMMON]}"/>'
        else:
            yield shape(point.mark, scale.x(place), scale.y(point.value), 2.6)
