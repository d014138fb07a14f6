"""A chart of effects over time: a point for each with its own interval, and a band that holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lianyi.drawing.line_chart import FONT, Axis, text_at, wrapped

_BEFORE: Final = "#6B7F8A"
_AFTER: Final = "#24495A"
_BAND: Final = "#DCE6EA"
_ZERO: Final = "#B4532A"
_WIDTH: Final = 760
_LEFT: Final = 76
_RIGHT: Final = 736
_TOP: Final = 60
_BOTTOM: Final = 400
_LEGEND_TOP: Final = 468
_LINE_HEIGHT: Final = 20
_LETTERS_OF_NOTE: Final = 108
_FEW: Final = 40
_TITLE_LETTERS: Final = 74


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect at a time, its own interval, and the limits of the band there; None where there is none."""

    time: float
    value: float
    interval: tuple[float, float] | None = None
    band: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class EffectChart:
    """Effects by time; those before ``start`` are placebos and drawn paler. The note says what the figures rest on."""

    title: str
    time_label: str
    effect_label: str
    effects: tuple[Effect, ...]
    start: float
    names: tuple[str, str] = ("own interval", "band for all together")
    note: str = ""

    def axes(self) -> tuple[Axis, Axis]:
        """Return both axes with room for everything drawn, 0 among it.

        Examples
        --------
        >>> EffectChart("", "year", "effect", (Effect(0, 1.0, (0.5, 1.5)),), start=0).axes()[1]
        Axis(label='effect', low=-0.075, high=1.575, unit='')
        """
        ends = [0.0, *(effect.value for effect in self.effects)]
        for effect in self.effects:
            ends += [*(effect.interval or ()), *(effect.band or ())]
        room = 0.05 * (max(ends) - min(ends)) or 1.0
        times = [effect.time for effect in self.effects]
        return (
            Axis(self.time_label, min(times) - 0.7, max(times) + 0.7),
            Axis(self.effect_label, min(ends) - room, max(ends) + room),
        )


def svg_of_effects(chart: EffectChart) -> str:
    """Return the chart as an SVG document; a reader of screens hears its title and note.

    Examples
    --------
    >>> effects = (Effect(-1, 0.1, (-0.2, 0.4), (-0.3, 0.5)), Effect(0, 1.0, (0.5, 1.5), (0.4, 1.6)))
    >>> svg_of_effects(EffectChart("Visits", "years since the start", "effect", effects, 0)).count("<circle")
    3
    """
    note = wrapped(chart.note, _LETTERS_OF_NOTE)
    height = _LEGEND_TOP + _LINE_HEIGHT * (len(note) + 1) + 8
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    title = wrapped(chart.title, _TITLE_LETTERS)
    x_axis, y_axis = chart.axes()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description"',
        f'{FONT} font-size="13">',
        f'<title id="title">{escape(chart.title)}</title><desc id="description">{escape(chart.note)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *(
            text_at(_LEFT, 24 + 20 * row, text, 'font-size="16" font-weight="bold" fill="#24495A"')
            for row, text in enumerate(title[:2])
        ),
        *_band(chart, x_axis, y_axis),
        *_frame(chart, x_axis, y_axis),
        *_points(chart, x_axis, y_axis),
        *_legend(chart),
    ]
    lines += [
        text_at(_LEFT, _LEGEND_TOP + _LINE_HEIGHT * (row + 1), text, 'font-size="11" fill="#5A6066"')
        for row, text in enumerate(note)
    ]
    return "\n".join([*lines, "</svg>\n"])


def _frame(chart: EffectChart, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    for tick in y_axis.ticks():
        y = _y(y_axis, tick)
        yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}" stroke="#E3E6E8"/>'
        yield text_at(_LEFT - 8, y + 4, f"{tick:g}", 'text-anchor="end" fill="#33383D"')
    for tick in x_axis.ticks():
        if tick == round(tick):
            yield text_at(_x(x_axis, tick), _BOTTOM + 20, f"{tick:g}", 'text-anchor="middle" fill="#33383D"')
    zero, start = _y(y_axis, 0.0), _x(x_axis, chart.start - 0.5)
    yield f'<line x1="{_LEFT}" y1="{zero:.1f}" x2="{_RIGHT}" y2="{zero:.1f}" stroke="{_ZERO}" stroke-width="1.5"/>'
    yield (
        f'<line x1="{start:.1f}" y1="{_TOP}" x2="{start:.1f}" y2="{_BOTTOM}" stroke="#8A8F94" stroke-dasharray="4 4"/>'
    )
    yield text_at((_LEFT + _RIGHT) / 2, _BOTTOM + 42, x_axis.label, 'text-anchor="middle" fill="#33383D"')
    middle = (_TOP + _BOTTOM) / 2
    turned = f'text-anchor="middle" fill="#33383D" transform="rotate(-90 18 {middle:.1f})"'
    yield text_at(18, middle, y_axis.label, turned)


def _band(chart: EffectChart, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    """Draw the band in pieces, broken where an effect has none."""
    piece: list[tuple[float, tuple[float, float]]] = []
    for effect in (*chart.effects, None):
        if effect is not None and effect.band is not None:
            piece.append((_x(x_axis, effect.time), effect.band))
            continue
        if piece:
            if len(piece) == 1:
                piece = [(piece[0][0] - 8, piece[0][1]), (piece[0][0] + 8, piece[0][1])]
            upper = [f"{x:.1f},{_y(y_axis, high):.1f}" for x, (_low, high) in piece]
            lower = [f"{x:.1f},{_y(y_axis, low):.1f}" for x, (low, _high) in reversed(piece)]
            yield f'<polygon points="{" ".join([*upper, *lower])}" fill="{_BAND}"/>'
        piece = []


def _points(chart: EffectChart, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    radius = 4 if len(chart.effects) <= _FEW else 2.5
    for effect in chart.effects:
        x, colour = _x(x_axis, effect.time), _BEFORE if effect.time < chart.start else _AFTER
        if effect.interval is not None:
            low, high = (_y(y_axis, end) for end in effect.interval)
            ends = f'x1="{x:.1f}" y1="{high:.1f}" x2="{x:.1f}" y2="{low:.1f}"'
            yield f'<line {ends} stroke="{colour}" stroke-width="1.6"/>'
        fill = colour if effect.interval is not None else "#ffffff"
        yield f'<circle cx="{x:.1f}" cy="{_y(y_axis, effect.value):.1f}" r="{radius}" fill="{fill}" stroke="{colour}"/>'


def _legend(chart: EffectChart) -> Iterator[str]:
    y = _LEGEND_TOP - 4
    yield f'<line x1="{_LEFT + 10}" y1="{y - 9}" x2="{_LEFT + 10}" y2="{y + 9}" stroke="{_AFTER}" stroke-width="1.6"/>'
    yield f'<circle cx="{_LEFT + 10}" cy="{y}" r="4" fill="{_AFTER}"/>'
    yield text_at(_LEFT + 24, y + 4, chart.names[0], 'fill="#33383D"')
    yield f'<rect x="{_LEFT + 190}" y="{y - 7}" width="24" height="14" fill="{_BAND}"/>'
    yield text_at(_LEFT + 222, y + 4, chart.names[1], 'fill="#33383D"')


def _x(axis: Axis, value: float) -> float:
    return _LEFT + (value - axis.low) / (axis.high - axis.low) * (_RIGHT - _LEFT)


def _y(axis: Axis, value: float) -> float:
    return _BOTTOM - (value - axis.low) / (axis.high - axis.low) * (_BOTTOM - _TOP)
