"""The icons of the installable page, drawn from the same shapes as the site's mark; no picture library is needed.

The mark is a square with round corners, a cross and two dots (src/lianyi/web/static/web/mark.svg). Each pixel is the
mean of a few samples, and the picture is written as a PNG with the standard library alone.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

SIZES = (192, 512)
# The drawing's own measures.
SIDE = 32.0
CORNER = 5.0
ARM = (7.0, 25.0)
HALF_STROKE = 2.0
MIDDLE = 16.0
DOTS = (7.0, 25.0)
DOT_RADIUS = 3.4
GROUND = (11, 95, 165)
WHITE = (255, 255, 255)
SAMPLES = (0.25, 0.75)


@dataclass(frozen=True)
class _Point:
    x: float
    y: float

    def is_near(self, x: float, y: float, distance: float) -> bool:
        return (self.x - x) ** 2 + (self.y - y) ** 2 <= distance**2


def _is_inside(point: _Point) -> bool:
    x = min(max(point.x, CORNER), SIDE - CORNER)
    y = min(max(point.y, CORNER), SIDE - CORNER)
    return point.is_near(x, y, CORNER)


def _is_white(point: _Point) -> bool:
    on_cross = point.is_near(min(max(point.x, ARM[0]), ARM[1]), MIDDLE, HALF_STROKE) or point.is_near(
        MIDDLE, min(max(point.y, ARM[0]), ARM[1]), HALF_STROKE
    )
    return on_cross or any(point.is_near(x, MIDDLE, DOT_RADIUS) for x in DOTS)


def _pixel(column: int, row: int, scale: float) -> bytes:
    """Return red, green, blue and opacity of one pixel."""
    red = green = blue = seen = 0
    for dy in SAMPLES:
        for dx in SAMPLES:
            point = _Point((column + dx) * scale, (row + dy) * scale)
            if not _is_inside(point):
                continue
            colour = WHITE if _is_white(point) else GROUND
            red, green, blue, seen = red + colour[0], green + colour[1], blue + colour[2], seen + 1
    if not seen:
        return bytes(4)
    return bytes((red // seen, green // seen, blue // seen, 255 * seen // len(SAMPLES) ** 2))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(size: int) -> bytes:
    """Return the mark as a square PNG of so many pixels."""
    scale = SIDE / size
    rows = b"".join(b"\0" + b"".join(_pixel(column, row, scale) for column in range(size)) for row in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    )


def icons() -> dict[str, bytes]:
    """Return every icon by its file name."""
    return {f"icon-{size}.png": png(size) for size in SIZES}
