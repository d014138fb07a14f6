"""Control charts and funnels as pictures."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from lianyi.drawing.control_chart import ChartPoint, ControlChartPicture, Mark, svg_of_control_chart
from lianyi.drawing.funnel_chart import FunnelLines, FunnelPicture, FunnelPoint, svg_of_funnel

MARKS = ((Mark.COMMON, "usual"), (Mark.CONCERN, "worse"))


def chart(points, **more):
    return svg_of_control_chart(ControlChartPicture("Waits", "minutes", tuple(points), MARKS, **more))


def point(label, value, **more):
    return ChartPoint(label, value, more.pop("centre", 5.0), 1.0, 9.0, **more)


def test_every_point_is_drawn_with_its_value_and_signals_have_another_shape():
    text = chart([point("1", 4.0), point("2", 6.0), point("3", 12.0, mark=Mark.CONCERN, told="outside, high")])

    ET.fromstring(text)  # noqa: S314 - our own text
    assert len(re.findall(r'<circle class="point"', text)) == 2
    assert len(re.findall(r'<path class="point"', text)) == 1
    assert "<title>3: 12 outside, high</title>" in text
    assert '<desc id="description">3: outside, high</desc>' in text


def test_a_missing_value_is_no_point_and_the_line_over_it_is_dashed():
    text = chart([point("1", 4.0), point("2", None), point("3", 6.0)])

    assert text.count('class="point"') == 2
    assert text.count('stroke-dasharray="2 3"') == 1


def test_a_new_phase_breaks_the_lines_and_is_marked():
    text = chart([point("1", 4.0), point("2", 6.0), point("3", 6.0, centre=6.0, begins_phase=True)])

    assert text.count('class="rebase"') == 1
    centre = re.search(r'<path class="centre" d="([^"]+)"', text)
    assert centre is not None
    assert centre.group(1).count("M") == 2


def test_a_target_and_the_notes_are_shown():
    text = chart([point("1", 4.0), point("2", 6.0)], target=7.0, notes=("Limits & rules.",))

    assert 'class="target"' in text
    assert "Limits &amp; rules." in text


def test_an_axis_of_counts_does_not_go_below_nothing():
    text = chart([ChartPoint(str(n), float(n), 2.0, 0.0, 6.0) for n in range(5)])

    assert ">-" not in re.sub(r"<title>.*?</title>", "", text)


def funnel(points):
    lines = FunnelLines([10, 50, 100], [0.3, 0.6, 0.8], [1.9, 1.5, 1.2], [0.1, 0.4, 0.7], [2.5, 1.7, 1.3])
    return svg_of_funnel(FunnelPicture("Deaths", "expected", "ratio", 1.0, tuple(points), lines))


def test_units_that_are_called_out_are_named_and_small_ones_are_hollow():
    text = funnel(
        [
            FunnelPoint("North", 90, 1.8, is_called_out=True),
            FunnelPoint("South", 60, 1.0),
            FunnelPoint("Tiny", 11, 2.9, is_small=True),
        ]
    )

    ET.fromstring(text)  # noqa: S314 - our own text
    assert text.count('class="unit"') == 3
    assert len(re.findall(r">North</text>", text)) == 1
    assert ">South</text>" not in text
    assert text.count('fill="#ffffff" stroke="#8A8F94"') == 2  # in the plot and in the legend


def test_the_outer_limits_of_units_of_middle_size_stand_in_the_picture():
    text = funnel([FunnelPoint("A", 55, 1.0), FunnelPoint("B", 60, 1.1), FunnelPoint("C", 95, 0.9)])

    # From 100 on the outer limits are 0.7 and 1.3; the inner ones reach from 0.3 to 1.9.
    heights = [
        float(point.split(",")[1])
        for line in re.findall(r'class="limit" points="([^"]+)"', text)
        for point in line.split()[1:]
    ]
    top, height = (float(found) for found in re.search(r'<clipPath.*? y="(\d+)".*? height="(\d+)"', text).groups())
    assert top <= min(heights)
    assert max(heights) <= top + height


def test_names_that_would_lie_on_one_another_are_drawn_once():
    text = funnel([FunnelPoint(f"Unit {n}", 90 - n / 10, 1.8, is_called_out=True) for n in range(4)])

    assert len(re.findall(r">Unit \d</text>", text)) == 1
    assert text.count("<title>Unit") == 4


def test_the_same_funnel_gives_the_same_bytes():
    points = [FunnelPoint("North", 90, 1.8, is_called_out=True)]

    assert funnel(points) == funnel(points)
