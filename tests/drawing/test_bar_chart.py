from __future__ import annotations

import re

from lxml import etree

from lianyi.drawing import Axis, Bar, BarChart, BarSection, svg_of_bars

SVG = "{http://www.w3.org/2000/svg}"


def chart_of(*bars, names=("required", "existing")):
    return BarChart("Staff", Axis("staff", 0, 10), names, (BarSection("Counties", bars),), "A note.")


def bars_of(picture):
    return [
        (float(x), float(width))
        for x, width in re.findall(r'class="bar" x="([\d.]+)" y="\d+" width="([\d.]+)"', picture)
    ]


def test_bars_begin_at_zero_and_are_as_long_as_their_figures():
    picture = svg_of_bars(chart_of(Bar("Ceheng", (10.0, 5.0), "gap -5"), Bar("Wangmo", (2.5, 0.0), "gap -2.5")))
    (left, whole), *others = bars_of(picture)
    assert [(x, round(width / whole, 3)) for x, width in others] == [(left, 0.5), (left, 0.25), (left, 0)]


def test_a_figure_that_is_not_known_has_no_bar_and_is_told():
    picture = svg_of_bars(chart_of(Bar("Ceheng", (None,), "not assessed"), names=("score",)))
    assert bars_of(picture) == []
    assert "not assessed" in picture


def test_the_picture_is_valid_and_says_its_rows_to_a_reader_of_screens():
    root = etree.fromstring(svg_of_bars(chart_of(Bar("A & <B>", (1.0, 2.0), "gap +1"))).encode())
    assert root.findtext(f"{SVG}title") == "Staff"
    assert root.findtext(f"{SVG}desc") == "A & <B>: gap +1"


def test_a_long_label_is_cut_where_its_room_ends():
    assert "册亨县" + "册" * 12 in svg_of_bars(chart_of(Bar("册亨县" + "册" * 12, (1.0, 1.0))))
    picture = svg_of_bars(chart_of(Bar("册" * 30, (1.0, 1.0))))
    assert ">" + "册" * 16 + "…<" in picture
