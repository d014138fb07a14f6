from __future__ import annotations

from decimal import Decimal

import pytest

from lianyi.tabular import (
    Column,
    ColumnKind,
    IgnoredReason,
    ParseOptions,
    SheetData,
    parse_sheet,
    read_tables,
)
from lianyi.tabular.errors import ColumnDeclarationError, MissingColumnsError
from tests.tabular.broken_files import workbook
from tests.tabular.sample_columns import BEDS, CODE, INSTITUTION, NAME

COLUMNS = (CODE, NAME, BEDS)


def sheet(*rows):
    return SheetData("Sheet", [list(row) for row in rows])


def ignored(table):
    return [(row.row_number, row.reason, row.given) for row in table.ignored]


def test_rows_keep_their_numbers_and_problems_under_titles_and_blank_rows():
    table = parse_sheet(
        sheet(["Table 3"], [], ["Code", "Name", "Beds"], ["1", "甲", "5"], [], ["2", "乙", "many"], ["3"], ["", " "]),
        COLUMNS,
    )
    assert [(row.row_number, row.values) for row in table.rows] == [
        (4, {"code": "1", "name": "甲", "beds": 5}),
        (6, {"code": "2", "name": "乙", "beds": None}),
        (7, {"code": "3", "name": None, "beds": None}),
    ]
    assert [[problem.code for problem in row.problems] for row in table.rows] == [[], ["not-a-number"], ["required"]]
    assert [row.row_number for row in table.rows_with_problems] == [6, 7]
    assert ignored(table) == [(5, IgnoredReason.BLANK, "")]


@pytest.mark.parametrize(
    "word", ["合计", "合 计", "总计", "小计：", "Total", "TOTAL", "Sum", "Grand total", "Ｔｏｔａｌ"]
)
def test_a_total_is_left_out_and_listed(word):
    table = parse_sheet(sheet(["Code", "Name", "Beds"], ["1", "甲", 5.0], [word, "", 5.0], ["", word, 5.0]), COLUMNS)
    assert [row.row_number for row in table.rows] == [2]
    assert ignored(table) == [(3, IgnoredReason.TOTAL, word), (4, IgnoredReason.TOTAL, word)]


def test_a_total_before_which_a_serial_number_column_stands_is_found():
    table = parse_sheet(sheet(["No.", "Code", "Name"], ["1", "1", "甲"], ["合计", "", "", "9"]), COLUMNS)
    assert ignored(table) == [(3, IgnoredReason.TOTAL, "合计")]


def test_names_that_contain_a_total_are_records():
    table = parse_sheet(
        sheet(["Code", "Name"], ["1", "Total Care Hospital"], ["2", "全国样例医院"], ["3", "全省"]), COLUMNS
    )
    assert [row.row_number for row in table.rows] == [2, 3, 4]


def test_further_words_for_totals_count_in_the_key_columns_only():
    options = ParseOptions(key_columns=("name",), total_markers=frozenset({"全省", "County"}))
    rows = (["1", "全 省"], ["2", "county"], ["全省", "甲"], ["3", "样例市合计"])
    table = parse_sheet(sheet(["Code", "Name"], *rows), COLUMNS, options)
    assert [row.row_number for row in table.rows] == [4]
    assert [row.row_number for row in table.ignored] == [2, 3, 5]


def test_key_columns_must_be_declared():
    with pytest.raises(ColumnDeclarationError, match="nmae"):
        parse_sheet(sheet(["Code", "Name"]), COLUMNS, ParseOptions(key_columns=("nmae",)))


def test_a_repeated_header_and_a_remark_are_left_out_and_listed():
    rows = (["1", "甲"], ["Code", "Name"], ["2", "乙"], ["注：数据来源于样例年报"], ["Source: sample"])
    table = parse_sheet(sheet(["Code", "Name"], *rows), COLUMNS)
    assert [row.row_number for row in table.rows] == [2, 4]
    assert ignored(table) == [
        (3, IgnoredReason.REPEATED_HEADER, ""),
        (5, IgnoredReason.NOTE, "注：数据来源于样例年报"),
        (6, IgnoredReason.NOTE, "Source: sample"),
    ]


def test_a_row_longer_than_its_header_has_slipped():
    table = parse_sheet(sheet(["Code", "Name", ""], ["1", "West Park", " North", "5"], ["2", "乙", ""]), COLUMNS)
    assert [[problem.code for problem in row.problems] for row in table.rows] == [["too-many-cells"], []]


def test_only_matched_columns_are_in_the_values_and_unknown_ones_never():
    table = parse_sheet(sheet(["Code", "Colour", "Name"], ["1", "red", "甲"]), COLUMNS)
    assert table.rows[0].values == {"code": "1", "name": "甲"}
    assert [heading.text for heading in table.header.unknown] == ["Colour"]


def test_missing_required_columns_stop_the_reading():
    with pytest.raises(MissingColumnsError):
        parse_sheet(sheet(["Code"], ["1"]), COLUMNS)


def test_a_header_alone_is_a_table_without_rows():
    table = parse_sheet(sheet(["Code", "Name"], ["", ""]), COLUMNS)
    assert (table.rows, table.ignored) == ([], [])


def test_codes_stored_as_numbers_in_a_workbook_are_codes():
    data = workbook([["机构编码", "机构名称", "区划代码", "床位数"], ["0012", "甲", 441302, "1,234"]])
    table = parse_sheet(read_tables(data, "x.xlsx").sheets[0], INSTITUTION)
    assert table.rows[0].values == {"code": "0012", "name": "甲", "place_code": "441302", "beds": 1234}


def test_a_hundred_thousand_rows_are_read_with_progress():
    columns = (
        *COLUMNS,
        *(Column(f"x{number}", f"X{number}", f"量{number}", ColumnKind.DECIMAL) for number in range(12)),
    )
    header = [column.name for column in columns]
    body = [[f"{number:06}", "样例医院", "12", *["1.5"] * 12] for number in range(100_000)]
    reports: list[tuple[int, int]] = []
    table = parse_sheet(SheetData("big", [header, *body]), columns, progress=lambda *report: reports.append(report))
    assert len(table.rows) == 100_000
    assert table.rows[-1].values["code"] == "099999"
    assert table.rows[-1].values["x11"] == Decimal("1.5")
    assert table.rows_with_problems == []
    assert reports[0] == (1000, 100_000)
    assert reports[-1] == (100_000, 100_000)
