"""Exports of DHIS2, long and wide: what is there is added up, what is missing stays missing, the rest is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.analysis.dhis2 import (
    ExportMappingError,
    ExportShapeError,
    Mapped,
    UnitValue,
    period_of,
    values_of_export,
)

MAPPING = [
    Mapped("tested", "positive-share", "denominator"),
    Mapped("positive", "positive-share", "numerator"),
]
HEAD = ["dataElement", "period", "orgUnit", "categoryOptionCombo", "value"]


def long(*lines):
    return [HEAD, *[list(line) for line in lines]]


def told(found):
    return [(each.unit, each.period, each.numerator, each.denominator) for each in found.values]


def test_values_are_added_up_over_ages_and_sexes():
    found = values_of_export(
        long(
            ("tested", "202401", "East", "under 5", "30"),
            ("tested", "202401", "East", "5 and over", "10"),
            ("positive", "202401", "East", "under 5", "6"),
            ("positive", "202401", "East", "5 and over", "4"),
        ),
        MAPPING,
    )

    assert found.values == (UnitValue("positive-share", "East", "2024-01", 10.0, 40.0),)
    assert (found.not_used, found.unmapped, found.empty_cells) == ((), (), 0)


def test_what_was_not_reported_is_missing_and_a_reported_zero_is_zero():
    found = values_of_export(
        long(
            ("tested", "202401", "East", "", "40"),
            ("positive", "202401", "East", "", ""),
            ("tested", "202401", "West", "", "20"),
            ("positive", "202401", "West", "", "0"),
        ),
        MAPPING,
    )

    assert told(found) == [("East", "2024-01", None, 40.0), ("West", "2024-01", 0.0, 20.0)]
    assert found.empty_cells == 1


def test_a_part_of_several_elements_is_given_only_where_all_were_reported():
    mapping = [Mapped("rapid", "tests", "numerator"), Mapped("microscopy", "tests", "numerator")]
    lines = [
        ("rapid", "202401", "East", "", "5"),
        ("microscopy", "202401", "East", "", "7"),
        ("rapid", "202402", "East", "", "5"),
    ]

    assert told(values_of_export(long(*lines), mapping)) == [("East", "2024-01", 12.0, None)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("tested", "202413", "East", "", "1"), "“202413” is no month, quarter or year"),
        (("tested", "202401", "North", "", "1"), "the unit “North” is not in the table of units"),
        (("tested", "202401", "East", "", "many"), "“many” is no number of 0 or more"),
        (("tested", "202401", "East", "", "-3"), "“-3” is no number of 0 or more"),
        (("tested", "202401", "East", "", "nan"), "“nan” is no number of 0 or more"),
        (("tested", "202402", "East", "", "9"), "tested of East in 202402 stands in the export twice"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_row_and_column(line, why):
    found = values_of_export(long(("tested", "202402", "East", "", "8"), line), MAPPING, {"East": "E1"})

    assert [(each.row, each.column, each.why) for each in found.not_used] == [(3, 5, why)]
    assert told(found) == [("E1", "2024-02", None, 8.0)]


def test_data_elements_that_nobody_mapped_are_counted():
    found = values_of_export(
        long(("tested", "202401", "East", "", "8"), ("deaths", "202401", "East", "", "1")), MAPPING
    )

    assert found.unmapped == (("deaths", 1),)


def test_a_wide_export_is_split_into_element_and_unit():
    rows = [
        ["periodid", "periodname", "tested East Clinic", "positive East Clinic", "tested West Post"],
        ["202401", "January 2024", 40.0, 10.0, None],
        ["202402", "February 2024", 20.0, None, 7.0],
    ]
    found = values_of_export(rows, MAPPING)

    assert told(found) == [
        ("East Clinic", "2024-01", 10.0, 40.0),
        ("East Clinic", "2024-02", None, 20.0),
        ("West Post", "2024-02", None, 7.0),
    ]
    assert found.empty_cells == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("201501", "2015-01"),
        ("2015-12", "2015-12"),
        ("2015Q4", "2015-Q4"),
        ("2015", "2015"),
        ("March 2021", "2021-03"),
        ("2015W7", None),
        ("", None),
        ("Mars 2021", None),
    ],
)
def test_periods_are_named_as_here(text, expected):
    assert period_of(text) == expected


def test_a_table_that_is_no_export_is_refused():
    with pytest.raises(ExportShapeError, match="no column of periods"):
        values_of_export([["name", "beds"], ["East", 3]], MAPPING)
    with pytest.raises(ExportShapeError, match="No heading begins with a data element"):
        values_of_export([["period", "beds East"], ["202401", 3]], MAPPING)
    with pytest.raises(ExportShapeError, match="empty"):
        values_of_export([], MAPPING)


def test_a_mapping_that_cannot_be_used_is_refused():
    with pytest.raises(ExportMappingError, match="no part of an indicator"):
        Mapped("tested", "positive-share", "upper")
    with pytest.raises(ExportMappingError, match="empty"):
        values_of_export(long(), [])


@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(order):
    lines = [
        (element, period, unit, "", str(number))
        for number, (element, period, unit) in enumerate(
            [
                ("tested", "202401", "East"),
                ("positive", "202401", "East"),
                ("tested", "202402", "East"),
                ("tested", "202401", "West"),
                ("positive", "202401", "West"),
                ("positive", "202403", "West"),
            ]
        )
    ]

    assert (
        values_of_export(long(*[lines[at] for at in order]), MAPPING).values
        == values_of_export(long(*lines), MAPPING).values
    )
