"""A control chart small enough to stand among many."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from lianyi.drawing.control_chart import ChartPoint, Mark
from lianyi.drawing.small_control_chart import svg_of_small_control_chart


def point(label: str, value: float | None, mark: Mark = Mark.COMMON, *, begins_phase: bool = False) -> ChartPoint:
    return ChartPoint(label, value, 5.0, 2.0, 8.0, mark, begins_phase=begins_phase)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own drawing


def test_only_signals_and_the_latest_point_are_marked() -> None:
    points = [point("1", 4), point("2", 9, Mark.CONCERN), point("3", 6), point("4", 1, Mark.IMPROVEMENT), point("5", 5)]
    root = parsed(svg_of_small_control_chart(points, "unit"))
    assert len(root.findall("circle")) == 2, "the better one and the latest"
    assert len([each for each in root.findall("path") if each.get("class") == "point"]) == 1


def test_what_is_missing_leaves_a_gap_and_a_new_phase_begins_its_own_lines() -> None:
    points = [point("1", 4), point("2", None), point("3", 6), ChartPoint("4", 7.0, 7.0, 6.0, 8.0, begins_phase=True)]
    root = parsed(svg_of_small_control_chart(points, "unit"))
    lines = [each.get("d", "") for each in root.findall("path")]
    assert lines[0].count("M") == 2, "the mean of each phase"
    assert lines[-1].count("M") == 2, "the values on both sides of the gap"


def test_the_target_lies_inside_and_words_are_escaped() -> None:
    text = svg_of_small_control_chart([point("1", 4), point("2", 5)], 'A & "B" <c>', target=20.0)
    root = parsed(text)
    assert root.get("aria-label") == 'A & "B" <c>'
    target = next(each for each in root.findall("path") if each.get("stroke") == "#B00020")
    assert target.get("d", "").startswith("M7 7.0")


def test_a_chart_without_values_is_still_a_picture() -> None:
    for points in ([point("1", None)], []):
        root = parsed(svg_of_small_control_chart(points, "unit"))
        assert root.get("aria-label") == "unit"
        assert root.findall("circle") == [], "no value is marked as the latest"
