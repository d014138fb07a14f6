"""A series over time: every point, lines that break, limits that stay inside, names that stay names."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from lianyi.drawing.line_chart import Axis
from lianyi.drawing.series_chart import Dots, Limits, Line, SeriesChart, round_axis, svg_of_series

SVG = "{http://www.w3.org/2000/svg}"


def drawn(title="Cases", limits=None, y=(4, 5, 3, 2)):
    lines = (
        Line("fitted", "fitted", [0, 1, 2, 3], [4, 5, None, 2]),
        Line("fitted", "fitted", [2, 3], [3, 2]),
        Line("without", "counterfactual", [2, 3], [5, 6]),
    )
    dots = (Dots("observed", [0, 1, 2, 3], y), Dots("left out", [], [], is_hollow=True))
    chart = SeriesChart(
        title, (0, 3), ((0, "2019"),), Axis("cases", 0, 6), dots, lines, limits, (2, "start"), "A note."
    )
    return ET.fromstring(svg_of_series(chart))  # noqa: S314 - our own text


def test_lines_break_where_nothing_is_known_and_each_name_stands_once_in_the_legend():
    picture = drawn()
    plot = picture.find(f"{SVG}g")
    assert len(plot.findall(f"{SVG}polyline")) == 4
    texts = [text.text for text in picture.findall(f"{SVG}text")]
    assert texts.count("fitted") == 1
    assert "left out" not in texts
    assert {"Cases", "start", "2019", "observed", "without", "A note."} <= set(texts)


def test_the_corners_of_the_axes_are_the_corners_of_the_plot():
    [_first, *_between, last] = drawn(y=(6, 5, 3, 0)).find(f"{SVG}g").findall(f"{SVG}circle")
    assert (float(_first.get("cx")), float(_first.get("cy"))) == (90, 64)
    assert (float(last.get("cx")), float(last.get("cy"))) == (722, 420)


def test_limits_are_one_area_and_far_values_stay_numbers_that_can_be_drawn():
    [area] = drawn(limits=Limits("limits", [2, 3], [-1e9, -1e12], [1e9, 1e12])).find(f"{SVG}g").findall(f"{SVG}polygon")
    points = [tuple(map(float, point.split(","))) for point in area.get("points").split()]
    assert len(points) == 4
    assert max(abs(y) for _x, y in points) < 10_000


def test_names_that_look_like_markup_stay_names():
    assert drawn(title='<script>"&').find(f"{SVG}title").text == '<script>"&'


@given(st.lists(st.floats(-1e9, 1e9), max_size=20))
def test_an_axis_holds_all_values(values):
    axis = round_axis("cases", values)
    assert axis.low < axis.high
    assert all(axis.low <= value <= axis.high for value in values)
    assert len(axis.ticks()) >= 1
