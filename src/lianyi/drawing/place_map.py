"""A small map of places as dots, as large as a number about each: where something is done, and where nothing is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lianyi.drawing.line_chart import FONT, text_at

_WIDTH: Final = 860
_HEIGHT_AT_MOST: Final = 460
_HEIGHT_AT_LEAST: Final = 200
_SIDE: Final = 90
_TOP: Final = 70
_BELOW: Final = 30
_NOTE: Final = 20
_LARGEST: Final = 17.0
_SMALLEST: Final = 4.0
_ONE_PLACE: Final = 1e-4
NAMED_AT_MOST: Final = 40
"""With more places than this only those with something are named."""


@dataclass(frozen=True, slots=True)
class PlaceDot:
    """A place in degrees, with the number that makes its dot large; none of 0 is a ring."""

    name: str
    longitude: float
    latitude: float
    number: int


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """Dots under a title; ``filled`` and ``empty`` say what a dot and a ring are, ``note`` what is not drawn."""

    title: str
    dots: tuple[PlaceDot, ...]
    filled: str
    empty: str
    note: str = ""


def svg_of_places(picture: PlaceMap) -> str:
    """Return the map as an SVG document; a reader of screens hears every place with its number.

    Examples
    --------
    >>> dots = (PlaceDot("East & West", 104.0, 30.0, 4), PlaceDot("North", 104.2, 30.3, 0))
    >>> svg = svg_of_places(PlaceMap("Who is where", dots, "people", "nobody"))
    >>> svg.count("<circle"), "East &amp; West 4" in svg
    (4, True)
    """
    across = max(math.cos(math.radians(sum(dot.latitude for dot in picture.dots) / len(picture.dots))), 0.01)
    west, east = _ends([dot.longitude for dot in picture.dots])
    south, north = _ends([dot.latitude for dot in picture.dots])
    scale = min((_WIDTH - 2 * _SIDE) / ((east - west) * across), (_HEIGHT_AT_MOST - _TOP - _BELOW) / (north - south))
    height = max(_HEIGHT_AT_LEAST, round((north - south) * scale + _TOP + _BELOW))
    if picture.note:
        height += _NOTE
    left = (_WIDTH - (east - west) * across * scale) / 2
    heard = "; ".join(f"{dot.name} {dot.number}" for dot in picture.dots)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="12">',
        f'<title id="title">{escape(picture.title)}</title><desc id="description">{escape(heard)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        text_at(24, 28, picture.title, 'font-size="17" font-weight="bold" fill="#24495A"'),
        *_legend(picture),
    ]
    largest = max(dot.number for dot in picture.dots)
    is_crowded = len(picture.dots) > NAMED_AT_MOST
    for dot in sorted(picture.dots, key=lambda each: -each.number):
        x, y = left + (dot.longitude - west) * across * scale, _TOP + (north - dot.latitude) * scale
        lines += _dot(dot, (x, y), largest)
        if dot.number or not is_crowded:
            lines.append(
                text_at(x, y - _radius(dot.number, largest) - 4, _named(dot), 'text-anchor="middle" fill="#33383D"')
            )
    if picture.note:
        lines.append(text_at(24, height - 12, picture.note, 'font-size="11" fill="#5A6066"'))
    return "\n".join([*lines, "</svg>\n"])


def _ends(degrees: Sequence[float]) -> tuple[float, float]:
    """Return both ends, a little apart even where all places are one."""
    low, high = min(degrees), max(degrees)
    return (low, high) if high - low > _ONE_PLACE else (low - 0.05, high + 0.05)


def _radius(number: int, largest: int) -> float:
    """Return the radius of a dot: its area goes with the number."""
    return max(_SMALLEST, _LARGEST * math.sqrt(number / largest)) if number else _SMALLEST


def _named(dot: PlaceDot) -> str:
    return f"{dot.name} {dot.number}" if dot.number else dot.name


def _dot(dot: PlaceDot, at: tuple[float, float], largest: int) -> list[str]:
    fill = '#24495A" fill-opacity="0.75' if dot.number else "#ffffff"
    radius = _radius(dot.number, largest)
    return [f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" fill="{fill}" stroke="#24495A"/>']


def _legend(picture: PlaceMap) -> Iterator[str]:
    yield '<circle cx="31" cy="48" r="6" fill="#24495A" fill-opacity="0.75" stroke="#24495A"/>'
    yield text_at(44, 52, picture.filled, 'fill="#33383D"')
    x = 44 + 14 * len(picture.filled)
    yield f'<circle cx="{x + 7}" cy="48" r="4" fill="#ffffff" stroke="#24495A"/>'
    yield text_at(x + 20, 52, picture.empty, 'fill="#33383D"')
