"""What maps have in common: one page of HTML that asks nobody for anything, with its picture as SVG inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WIDTH: Final = 960
LARGEST_HEIGHT: Final = 900
BAD_TO_GOOD: Final = ("#7A1F3D", "#C2562E", "#E3A93B", "#7FA878", "#24495A")
"""From little access to much."""
GOOD_TO_BAD: Final = tuple(reversed(BAD_TO_GOOD))
"""From a short way to a long one."""
MOST_NAMED: Final = 3_000
_STYLE: Final = """
body { font-family: 'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif; margin: 1.5rem; color: #33383D; }
h1 { font-size: 1.25rem; color: #24495A; }
svg { max-width: 100%; height: auto; background: #F6F7F8; border: 1px solid #E3E6E8; }
ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; }
.swatch { display: inline-block; width: .9rem; height: .9rem; border-radius: 50%; margin-right: .4rem; }
p { font-size: .85rem; color: #5A6066; }
"""
# Nothing may be loaded from anywhere; the picture of a raster stands in the page itself.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True, slots=True)
class MapPage:
    """A title, what the colours mean, a picture of so many units, and a note below it."""

    title: str
    legend: str
    body: Iterable[str]
    height: float
    note: str
    width: float = WIDTH

    def html(self) -> str:
        """Return the page."""
        body = "\n".join(self.body)
        size = f'width="{self.width:.0f}" height="{self.height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style></head><body>\n"
            f"<h1>{escape(self.title)}</h1>\n{self.legend}\n"
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'role="img" aria-label="{escape(self.title, quote=True)}">\n'
            f"{body}\n</svg>\n<p>{escape(self.note)}</p>\n</body></html>\n"
        )


def legend_of(label: str, items: Iterable[tuple[str, str]], crosses: str) -> str:
    """Return the list of colours with their texts; ``crosses`` says what crosses stand for, nothing without them."""
    swatches = "".join(
        f'<li><span class="swatch" style="background:{colour}"></span>{escape(text)}</li>' for colour, text in items
    )
    cross = f"<li>+ {escape(crosses)}</li>" if crosses else ""
    return f"<ul><li>{escape(label)}:</li>{swatches}{cross}</ul>"


def crosses_at(x: Floats, y: Floats) -> str:
    """Return a cross for each position, those that fall together once."""
    points = np.unique(np.column_stack([x, y]).round(1), axis=0)
    arms = " ".join(f"M{left - 3:.1f} {top:.1f}h6M{left:.1f} {top - 3:.1f}v6" for left, top in points.tolist())
    # Seen on light and on dark ground.
    return "".join(
        f'<path d="{arms}" stroke="{colour}" stroke-width="{width}" fill="none"/>'
        for colour, width in (("#FFFFFF", 3), ("#111111", 1))
    )


def named_spots(x: Floats, y: Floats, names: Sequence[Any]) -> Iterable[str]:
    """Return unseen circles that tell a name to those who point at them."""
    for left, top, name in zip(x.tolist(), y.tolist(), names, strict=True):
        told = f"<title>{escape(str(name))}</title>"
        yield f'<circle cx="{left:.1f}" cy="{top:.1f}" r="5" fill="transparent">{told}</circle>'
