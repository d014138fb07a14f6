"""The chart of effects over time."""

from __future__ import annotations

from lxml import etree

from lianyi.drawing.effect_chart import Effect, EffectChart, svg_of_effects

SPACE = "{http://www.w3.org/2000/svg}"
EFFECTS = (
    Effect(-2, 0.1, (-0.2, 0.4), (-0.3, 0.5)),
    Effect(-1, 0.0),
    Effect(0, 1.0, (0.5, 1.5), (0.4, 1.6)),
    Effect(1, 2.0, (1.5, 2.5), (1.4, 2.6)),
)


def drawn(**changes):
    chart = EffectChart("县域内就诊率 <by> years", "years", "effect", EFFECTS, 0, note="Six clusters. " * 30)
    return svg_of_effects(EffectChart(**{name: getattr(chart, name) for name in chart.__slots__} | changes))


def test_the_band_is_broken_where_there_is_none():
    svg = etree.fromstring(drawn().encode())
    assert len(svg.findall(f"{SPACE}polygon")) == 2
    assert len(svg.findall(f"{SPACE}circle")) == len(EFFECTS) + 1


def test_everything_drawn_lies_within_the_picture():
    svg = etree.fromstring(drawn().encode())
    height = float(svg.get("height"))
    for text in svg.findall(f"{SPACE}text"):
        assert 0 <= float(text.get("y")) <= height
    for circle in svg.findall(f"{SPACE}circle"):
        assert 60 <= float(circle.get("cy")) <= height


def test_titles_are_escaped_and_the_same_figures_give_the_same_bytes():
    assert "&lt;by&gt;" in drawn()
    assert drawn() == drawn()


def test_one_effect_without_a_spread_is_drawn_too():
    svg = etree.fromstring(drawn(effects=(Effect(0, 0.0),)).encode())
    assert len(svg.findall(f"{SPACE}circle")) == 2
