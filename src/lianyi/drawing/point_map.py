"""A map of points as one page of HTML that asks nobody for anything: the picture is SVG inside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.drawing.map_page import (
    BAD_TO_GOOD,
    GOOD_TO_BAD,
    LARGEST_HEIGHT,
    MOST_NAMED,
    WIDTH,
    Floats,
    MapPage,
    crosses_at,
    legend_of,
)

__all__ = ["BAD_TO_GOOD", "GOOD_TO_BAD", "MapLayer", "PointMap", "html_of"]

_MARGIN: Final = 24
_NO_ACCESS: Final = "#1A1A1A"
_MOST_MARKS: Final = 20_000
# How large the marks are for up to so many of them.
_RADII: Final = ((200, 5.0), (MOST_NAMED, 3.0), (_MOST_MARKS, 1.6))


@dataclass(frozen=True, slots=True, eq=False)
class MapLayer:
    """Points in degrees, with their names."""

    longitude: Floats
    latitude: Floats
    names: Sequence[Any] | npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class PointMap:
    """Places coloured by a value, and facilities as crosses where there are any.

    A value of NaN is a place that has nothing in reach, or no figure; it is drawn apart under that label.
    """

    title: str
    places: MapLayer
    values: Floats
    people: Floats
    value_label: str
    facilities: MapLayer | None
    note: str = ""
    colours: tuple[str, ...] = BAD_TO_GOOD
    nothing: str = "nothing in reach"


@dataclass(frozen=True, slots=True)
class _Frame:
    """From degrees to the picture: equal distances east and north at the middle of the region."""

    west: float
    north: float
    across: float
    per_degree: float
    height: float

    @classmethod
    def around(cls, longitude: Floats, latitude: Floats) -> _Frame:
        west, east = float(longitude.min()), float(longitude.max())
        south, north = float(latitude.min()), float(latitude.max())
        across = max(math.cos(math.radians((south + north) / 2)), 0.01)
        room = WIDTH - 2 * _MARGIN
        scale = min(room / max((east - west) * across, 1e-6), (LARGEST_HEIGHT - 2 * _MARGIN) / max(north - south, 1e-6))
        return cls(west, north, across, scale, (north - south) * scale + 2 * _MARGIN)

    def x(self, longitude: Floats) -> Floats:
        return _MARGIN + (longitude - self.west) * self.across * self.per_degree

    def y(self, latitude: Floats) -> Floats:
        return _MARGIN + (self.north - latitude) * self.per_degree


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    x: Floats
    y: Floats
    values: Floats
    names: Sequence[Any] | npt.NDArray[np.object_] | None


def html_of(picture: PointMap) -> str:
    """Return the page.

    Examples
    --------
    >>> import numpy as np
    >>> town = MapLayer(np.array([104.0, 104.2]), np.array([30.0, 30.1]), ["A", "B & C"])
    >>> page = html_of(PointMap("Beds", town, np.array([0.5, np.nan]), np.ones(2), "beds", town))
    >>> page.count("<circle"), "B &amp; C" in page, "http" in page.replace("http://www.w3.org/2000/svg", "")
    (2, True, False)
    """
    layers = (picture.places,) if picture.facilities is None else (picture.places, picture.facilities)
    longitude = np.concatenate([layer.longitude for layer in layers])
    latitude = np.concatenate([layer.latitude for layer in layers])
    frame = _Frame.around(longitude, latitude)
    marks = _merged(_marks(picture.places, picture.values, frame), picture.people)
    bounds = _class_bounds(marks.values, len(picture.colours))
    body = list(_circles(marks, bounds, picture))
    if picture.facilities is not None:
        body.append(crosses_at(frame.x(picture.facilities.longitude), frame.y(picture.facilities.latitude)))
    merged = "" if marks.names is not None or len(picture.values) <= MOST_NAMED else _merged_note(picture, marks)
    note = f"{picture.note} {merged}"
    return MapPage(picture.title, _legend(picture, bounds), body, frame.height, note).html()


def _marks(layer: MapLayer, values: Floats, frame: _Frame) -> _Marks:
    names = layer.names if len(values) <= MOST_NAMED else None
    return _Marks(frame.x(layer.longitude), frame.y(layer.latitude), values, names)


def _merged(marks: _Marks, people: Floats) -> _Marks:
    """Put marks that fall on the same spot together when there are too many, with the mean over their people."""
    side = 1
    merged = marks
    while merged.x.size > _MOST_MARKS:
        spot = np.floor(marks.x / side).astype(np.int64) * 1_000_000 + np.floor(marks.y / side).astype(np.int64)
        _spots, first, which = np.unique(spot, return_index=True, return_inverse=True)
        weights = np.where(np.isfinite(marks.values), np.maximum(people, 1e-12), 0.0)
        summed = np.bincount(which, weights * np.nan_to_num(marks.values))
        total = np.bincount(which, weights)
        mean = np.divide(summed, total, out=np.full_like(summed, np.nan), where=total > 0)
        merged = _Marks(marks.x[first], marks.y[first], mean, None)
        side *= 2
    return merged


def _merged_note(picture: PointMap, marks: _Marks) -> str:
    return (
        f"{len(picture.values):,} places are drawn as {marks.x.size:,} spots, each with the mean over its people who "
        "have something in reach."
    )


def _class_bounds(values: Floats, classes: int) -> Floats:
    """Return the inner bounds of classes with equally many places."""
    counted = values[np.isfinite(values)]
    if not counted.size:
        return np.empty(0)
    return np.unique(np.quantile(counted, np.linspace(0, 1, classes + 1)[1:-1]))


def _circles(marks: _Marks, bounds: Floats, picture: PointMap) -> Iterator[str]:
    radius = next(size for most, size in _RADII if marks.x.size <= most)
    colour_of = np.searchsorted(bounds, marks.values, side="left")
    for number in range(marks.x.size):
        value = marks.values[number]
        colour = picture.colours[int(colour_of[number])] if np.isfinite(value) else _NO_ACCESS
        place = f'cx="{marks.x[number]:.1f}" cy="{marks.y[number]:.1f}" r="{radius}" fill="{colour}"'
        if marks.names is None:
            yield f"<circle {place}/>"
        else:
            told = f"{marks.names[number]}: " + (f"{value:.6g}" if np.isfinite(value) else picture.nothing)
            yield f"<circle {place}><title>{escape(told)}</title></circle>"


def _legend(picture: PointMap, bounds: Floats) -> str:
    texts = [f"{bound:.4g}" for bound in bounds]
    labels = [f"up to {texts[0]}"] if texts else ["any"]
    labels += [f"{low} to {high}" for low, high in pairwise(texts)]
    labels += [f"more than {texts[-1]}"] if texts else []
    items = [*zip(picture.colours, labels, strict=False), (_NO_ACCESS, picture.nothing)]
    return legend_of(picture.value_label, items, "" if picture.facilities is None else "facility")
