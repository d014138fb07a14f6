"""Charts as SVG: well formed, labelled, to scale, and small however many points there are."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.drawing import Axis, LineChart, Series, svg_of

SVG = "{http://www.w3.org/2000/svg}"
SHARE = Axis("share of residents", 0, 100, "%")


def drawn(*series, title="Lorenz curve", note=""):
    return ET.fromstring(svg_of(LineChart(title, SHARE, SHARE, series, note)))  # noqa: S314 - our own text


def points_of(picture):
    return [
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in picture.iter(f"{SVG}polyline")
    ]


def test_a_line_runs_from_corner_to_corner_of_its_axes():
    [points] = points_of(drawn(Series("equal", [0, 50, 100], [0, 50, 100])))
    assert points == [(72, 440), (344, 248), (616, 56)]


def test_every_line_is_named_and_guides_are_told_apart():
    picture = drawn(Series("equal", [0, 100], [0, 100], is_guide=True), Series("by area", [0, 100], [0, 40]))
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"Lorenz curve", "share of residents", "equal", "by area", "0%", "100%"} <= set(texts)
    assert picture.find(f"{SVG}desc").text == "equal; by area"
    assert picture.get("role") == "img"
    first, second = picture.iter(f"{SVG}polyline")
    assert (first.get("stroke"), first.get("stroke-dasharray")) != (second.get("stroke"), None)
    assert second.get("stroke-width") == "2"


def test_names_that_look_like_markup_stay_names():
    picture = drawn(Series('<b>A & "B"</b>', [0], [0]), title="<script>")
    assert picture.find(f"{SVG}title").text == "<script>"
    assert '<b>A & "B"</b>' in [text.text for text in picture.iter(f"{SVG}text")]


def test_a_million_points_are_drawn_as_far_as_they_can_be_told_apart():
    many = [100 * number / 1_000_000 for number in range(1_000_001)]
    text = svg_of(LineChart("Many", SHARE, SHARE, (Series("many", many, many),)))
    assert len(text) < 30_000
    [points] = points_of(ET.fromstring(text))  # noqa: S314 - our own text
    assert (points[0], points[-1]) == ((72, 440), (616, 56))


def test_a_long_note_is_broken_into_lines_below_the_legend():
    picture = drawn(Series("equal", [0], [0]), note="公式 " + "word " * 60)
    notes = [text for text in picture.iter(f"{SVG}text") if text.get("font-size") == "11"]
    assert len(notes) > 3
    assert max(len(text.text) for text in notes) <= 84
    assert float(picture.get("height")) > float(notes[-1].get("y"))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_and_lie_on_the_axis(low, span):
    axis = Axis("years", low, low + span)
    ticks = axis.ticks()
    assert 3 <= len(ticks) <= 8
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)


@pytest.mark.parametrize(("high", "expected"), [(1, 0.2), (7, 2), (120, 20), (3000, 500)])
def test_ticks_are_round_numbers(high, expected):
    ticks = Axis("minutes", 0, high).ticks()
    assert ticks[1] == pytest.approx(expected)
