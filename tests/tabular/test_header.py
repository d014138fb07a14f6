from __future__ import annotations

import pytest

from lianyi.tabular import Column, ColumnKind, SheetData, Workbook, find_header, find_table
from lianyi.tabular.errors import (
    AmbiguousColumnError,
    ColumnDeclarationError,
    HeaderNotFoundError,
    MissingColumnsError,
)
from lianyi.tabular.header import column_letters
from tests.tabular.sample_columns import AREA, BEDS, CODE, NAME

COLUMNS = (CODE, NAME, BEDS, AREA)


def sheet(*rows, name="Sheet"):
    return SheetData(name, [list(row) for row in rows])


def test_the_header_is_found_under_titles_and_blank_rows():
    found = find_header(
        sheet(["Table 3: institutions 2021"], [], ["", "Unit: bed"], ["Name", "Code"], ["a", "1"]), COLUMNS
    )
    assert found.row_number == 4
    assert found.positions == {"name": 0, "code": 1}
    assert found.missing_optional == ("beds", "area")


def test_a_merged_title_repeated_over_all_columns_is_no_header():
    found = find_header(sheet(["Name"] * 3, ["机构编码", "机构名称", "床位数"]), COLUMNS)
    assert (found.row_number, found.positions) == (2, {"code": 0, "name": 1, "beds": 2})


@pytest.mark.parametrize(
    "heading",
    [
        "beds",
        "BEDS",
        "Ｂｅｄｓ",
        " b e d s ",
        "Beds (number)",
        "床位数（张）",
        "床位数[张]",
        "床位数 / Beds",
        "床位数\nBeds",
        "床 位 数*",
    ],
)
def test_headings_match_whatever_their_case_width_blanks_and_units(heading):
    assert find_header(sheet(["code", "name", heading]), COLUMNS).positions["beds"] == 2


def test_a_declared_unit_may_be_left_out_or_changed():
    assert find_header(sheet(["OrgCode", "名称 Name", "面积"]), COLUMNS).positions == {"code": 0, "name": 1, "area": 2}


def test_unknown_headings_are_reported_with_what_they_resemble():
    found = find_header(sheet(["code", "name", "Bed", "Colour", ""]), COLUMNS)
    assert [(item.position, item.text, item.resembles) for item in found.unknown] == [
        (2, "Bed", "Beds"),
        (3, "Colour", None),
    ]


def test_missing_columns_are_named_with_what_was_found_and_the_nearest_guess():
    with pytest.raises(MissingColumnsError) as caught:
        find_header(sheet(["x"], ["code", "Nmae", "beds"]), COLUMNS)
    assert caught.value.params["missing"] == ("name",)
    assert caught.value.params["guesses"] == {"name": "Nmae"}
    assert "row 2" in str(caught.value)
    assert "Name (机构名称)" in str(caught.value)
    assert "code, Nmae, beds" in str(caught.value)


def test_a_sheet_without_any_known_heading_is_refused_with_what_it_begins_with():
    with pytest.raises(HeaderNotFoundError, match=r"begins with: 1 \| 2; 3"):
        find_header(sheet([1.0, "2"], ["3"]), COLUMNS)
    with pytest.raises(HeaderNotFoundError, match="nothing"):
        find_header(sheet(), COLUMNS)


def test_two_headings_for_one_column_are_refused():
    with pytest.raises(AmbiguousColumnError, match="columns A and C"):
        find_header(sheet(["code", "name", "Code"]), COLUMNS)


def test_the_exact_heading_wins_over_one_with_a_remark():
    found = find_header(sheet(["code", "name", "Beds (planned)", "Beds"]), COLUMNS)
    assert found.positions["beds"] == 3
    assert [item.text for item in found.unknown] == ["Beds (planned)"]


def test_columns_that_differ_in_brackets_only_are_kept_apart():
    urban = Column("urban", "Population (urban)", "人口（城镇）", ColumnKind.INTEGER)
    rural = Column("rural", "Population (rural)", "人口（乡村）", ColumnKind.INTEGER)
    found = find_header(sheet(["人口(乡村)", "人口(城镇)", "人口"]), (urban, rural))
    assert found.positions == {"rural": 0, "urban": 1}
    assert [item.text for item in found.unknown] == ["人口"]


def test_columns_that_share_a_name_are_a_fault_of_the_declaration():
    with pytest.raises(ColumnDeclarationError, match="both code and other"):
        find_header(sheet(["code"]), (CODE, Column("other", "Code", "编码", ColumnKind.TEXT)))


def test_the_sheet_with_the_best_header_is_taken():
    book = Workbook((sheet(["Name"]), sheet(["code", "name"], name="Data"), sheet(["name", "code"])), "xlsx")
    assert find_table(book, COLUMNS)[0].name == "Data"


def test_columns_are_named_as_spreadsheets_do():
    assert [column_letters(position) for position in (0, 25, 26, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
