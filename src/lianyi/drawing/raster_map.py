"""A map of a raster of minutes as one page of HTML: the cells are a picture that stands in the page itself."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.drawing.map_page import (
    GOOD_TO_BAD,
    LARGEST_HEIGHT,
    MOST_NAMED,
    WIDTH,
    Floats,
    MapPage,
    crosses_at,
    legend_of,
    named_spots,
)

MOST_PIXELS: Final = 1200
"""Along the longer side of the picture; of larger rasters every second, third ... cell is drawn."""
_NOT_REACHED: Final = "#1A1A1A"
_BARRIER: Final = "#C9CED2"
_SHORTEST_SIDE: Final = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class RasterMap:
    """Minutes for each cell, north at the top, and the cells from which they count.

    Parameters
    ----------
    minutes
        Infinite where nobody gets, NaN where there is a barrier.
    bounds
        The minutes at which one colour ends and the next begins, rising; a cell exactly at a bound is still inside.
    rows, columns
        The cells of the sources, in cells of the whole raster.
    step
        Each cell of ``minutes`` is one of so many along a side.
    height_by_width
        How much higher than wide a cell is on the ground.
    """

    title: str
    minutes: npt.NDArray[np.floating[Any]]
    bounds: Sequence[float]
    rows: Floats
    columns: Floats
    names: Sequence[Any]
    step: int = 1
    height_by_width: float = 1.0
    value_label: str = "minutes"
    note: str = ""


def html_of(picture: RasterMap) -> str:
    """Return the page.

    Examples
    --------
    >>> import numpy as np
    >>> ground = np.array([[0.0, 20.0], [np.inf, np.nan]])
    >>> page = html_of(RasterMap("Times", ground, [15, 60], np.array([0.0]), np.array([0.0]), ["A & B"]))
    >>> page.count("<image "), "A &amp; B" in page, "up to 15" in page, "http" in page.replace("http://www.w3.org", "")
    (1, True, True, False)
    """
    height, width = picture.minutes.shape
    scale = min(WIDTH / width, LARGEST_HEIGHT / (height * picture.height_by_width))
    across = max(width * scale, _SHORTEST_SIDE)
    down = max(height * scale * picture.height_by_width, _SHORTEST_SIDE)
    colours = colours_for(len(picture.bounds) + 1)
    x = (picture.columns + 0.5) / picture.step / width * across
    y = (picture.rows + 0.5) / picture.step / height * down
    data = base64.b64encode(_png(_classes(picture), [*colours, _NOT_REACHED, _BARRIER])).decode("ascii")
    cells = (
        f'<image width="{across:.1f}" height="{down:.1f}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
    )
    names = named_spots(x, y, picture.names) if len(picture.names) <= MOST_NAMED else ()
    return MapPage(
        title=picture.title,
        legend=_legend(picture, colours),
        body=[cells, crosses_at(x, y), *names],
        height=down,
        width=across,
        note=picture.note,
    ).html()


def colours_for(count: int) -> list[str]:
    """Return so many colours from near to far, mixed where there are more than named ones.

    Examples
    --------
    >>> colours_for(2)
    ['#24495A', '#7A1F3D']
    """
    named = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in GOOD_TO_BAD], float)
    places = np.linspace(0, len(named) - 1, count)
    mixed = np.column_stack([np.interp(places, np.arange(len(named)), named[:, part]) for part in range(3)])
    return ["#" + "".join(f"{round(part):02X}" for part in colour) for colour in mixed.tolist()]


def _classes(picture: RasterMap) -> npt.NDArray[np.uint8]:
    """Return for each cell the number of its colour; the last two are those not reached and barriers."""
    found = np.searchsorted(np.asarray(picture.bounds, float), picture.minutes, side="left")
    found[np.isinf(picture.minutes)] = len(picture.bounds) + 1
    found[np.isnan(picture.minutes)] = len(picture.bounds) + 2
    return found.astype(np.uint8)


def _png(cells: npt.NDArray[np.uint8], colours: Sequence[str]) -> bytes:
    """Return a picture with a palette: Portable Network Graphics (W3C), one byte for each cell, no filter."""
    height, width = cells.shape
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = cells
    palette = b"".join(bytes.fromhex(colour[1:]) for colour in colours)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _legend(picture: RasterMap, colours: Sequence[str]) -> str:
    texts = [f"{bound:g}" for bound in picture.bounds]
    labels = [f"up to {texts[0]}"] if texts else ["reached"]
    labels += [f"{low} to {high}" for low, high in pairwise(texts)]
    is_beyond = bool(texts) and bool((np.isfinite(picture.minutes) & (picture.minutes > picture.bounds[-1])).any())
    labels += [f"more than {texts[-1]}"] if is_beyond else []
    items = [*zip(colours, labels, strict=False), (_NOT_REACHED, "not reached"), (_BARRIER, "barrier")]
    return legend_of(picture.value_label, items, "source")
