"""The picture of who learned what from whom: who teaches at the left, what in the middle, who learns at the right."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from lianyi.growth.learning_lines import FlowLine
from lianyi.methods.learning_flows import Band, Bar, Columns, lay_out

WIDTH, BAR, HEAD, FOOT = 1000, 12, 34, 8
BARS_AT = (262, 494, 726)
MOST_BARS = 14
BAR_HEIGHT, GAP = 20.0, 8.0
TALLEST = 460.0
WIDEST_UNIT = 16.0
ROOM = {"end": 34, "middle": 30}
"""How many half-width letters a name has room for, at the ends and in the middle."""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    x: int
    y: float
    height: float
    label: str
    whole: str
    url: str
    label_x: int
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class DrawnBand:
    path: str
    words: str
    shade: int


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: float
    bars: tuple[DrawnBar, ...]
    bands: tuple[DrawnBand, ...]


def shortened(text: str, room: int) -> str:
    """Cut a text to so many half-width letters; a Chinese one takes two."""
    used = 0
    for at, letter in enumerate(text):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used > room:
            return f"{text[: max(at - 1, 1)]}…"
    return text


def picture_of(lines: Sequence[FlowLine]) -> Picture | None:
    """Lay out the lines; None without any. A count that is hidden is drawn as one person, whatever it is."""
    if not lines:
        return None
    paths = [((line.giver_word, line.subject_word, line.learner_word), line.weight) for line in lines]
    unit = min(WIDEST_UNIT, TALLEST / sum(weight for _ends, weight in paths))
    drawn = lay_out(paths, most_bars=MOST_BARS, least_height=BAR_HEIGHT, unit=unit, gap=GAP)
    links = _links(lines)
    bars = [
        _bar(bar, at, links[at].get(str(bar.name), "")) for at, column in enumerate(drawn.columns) for bar in column
    ]
    bands = [_band(drawn, at, band) for at, between in enumerate(drawn.bands) for band in between]
    return Picture(WIDTH, HEAD + drawn.height + FOOT, tuple(bars), tuple(bands))


def _links(lines: Sequence[FlowLine]) -> tuple[dict[str, str], ...]:
    """Return for each column where its names lead: the same page, narrowed down to them."""
    return (
        {line.giver_word: line.giver_url for line in lines},
        {line.subject_word: line.subject_url for line in lines},
        {line.learner_word: line.learner_url for line in lines},
    )


def _bar(bar: Bar, at: int, url: str) -> DrawnBar:
    x = BARS_AT[at]
    rest = ngettext("%(count)s other", "%(count)s others", bar.members) % {"count": bar.members}
    whole = rest if bar.name is None else str(bar.name)
    label_x, anchor = (x - 6, "end") if at == 0 else (x + BAR + 6, "start")
    room = ROOM["middle"] if at == 1 else ROOM["end"]
    middle = HEAD + bar.top + bar.height / 2
    return DrawnBar(
        x, HEAD + bar.top, bar.height, shortened(whole, room), whole, url, label_x, round(middle + 4.5, 1), anchor
    )


def _band(drawn: Columns, at: int, band: Band) -> DrawnBand:
    """Draw a band as a shape whose edges leave and arrive level."""
    left, right = BARS_AT[at] + BAR, BARS_AT[at + 1]
    half = (left + right) / 2
    top, end = HEAD + band.leaves_at, HEAD + band.arrives_at
    below, end_below = top + band.width, end + band.width
    path = (
        f"M{left} {top:.1f} C{half:g} {top:.1f} {half:g} {end:.1f} {right} {end:.1f} "
        f"L{right} {end_below:.1f} C{half:g} {end_below:.1f} {half:g} {below:.1f} {left} {below:.1f} Z"
    )
    source, target = drawn.columns[at][band.source], drawn.columns[at + 1][band.target]
    words = f"{source.name or '…'} → {target.name or '…'}"
    shade = (band.source if at == 0 else band.target) % 6
    return DrawnBand(path, words, shade)
