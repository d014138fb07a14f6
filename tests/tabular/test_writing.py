from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.tabular import (
    CellProblem,
    ColumnKind,
    SheetData,
    find_header,
    find_table,
    parse_cell,
    parse_sheet,
    read_tables,
    write_returned_workbook,
    write_table,
    write_template,
)
from lianyi.tabular.errors import CellTooLongError, SheetTooLongError
from lianyi.tabular.rows import _RowFilter
from tests.properties import examples
from tests.tabular.sample_columns import CODE, INSTITUTION, KIND, NAME

FORMULAS = ("=1+1", "+1", "-cmd", "@SUM(A1)", "'=1", "''+1", "'plain", '=HYPERLINK("x")')


def read_back(data, columns):
    sheet, _ = find_table(read_tables(data, "export"), columns)
    table = parse_sheet(sheet, columns)
    assert [row.problems for row in table.rows if row.problems] == []
    assert table.ignored == []
    return [row.values for row in table.rows]


VALUES = {
    ColumnKind.TEXT: st.text(max_size=40)
    | st.sampled_from(FORMULAS)
    | st.text(alphabet=" ,;\t\"'\n=-+@|¬^，a", max_size=9),
    ColumnKind.CODE: st.text(alphabet="0123456789AZ-=+@'.", min_size=1, max_size=14),
    ColumnKind.INTEGER: st.integers(0, 100_000),
    ColumnKind.YEAR: st.integers(1000, 2999),
    ColumnKind.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False, max_value=1, min_value=-(10**18)),
    ColumnKind.DATE: st.dates(min_value=date(1800, 1, 1)),
    ColumnKind.DATETIME: st.datetimes(),
    ColumnKind.BOOLEAN: st.booleans(),
    ColumnKind.CHOICE: st.sampled_from([choice.value for choice in KIND.choices]),
    ColumnKind.LONGITUDE: st.floats(-180, 180),
    ColumnKind.LATITUDE: st.floats(-90, 90),
}


def canonical(column):
    """Values that reading itself can give: others are not kept apart from what they are read as."""
    values = VALUES[column.kind].filter(lambda value: parse_cell(value, column) == value)
    return values if column.required else st.none() | values


def is_record(row):
    """Whether no cell says that the row is a total: such a record cannot be told from one."""
    cells = [row[column.name] if isinstance(row[column.name], str) else "x" for column in INSTITUTION]
    totals = _RowFilter(header=((99, ""),), header_width=0, key_positions=(0, 1), total_markers=frozenset())
    return totals.reason(cells) is None


ROWS = st.fixed_dictionaries({column.name: canonical(column) for column in INSTITUTION}).filter(is_record)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@given(rows=st.lists(ROWS, max_size=4))
@examples(60, HealthCheck.filter_too_much)
def test_what_is_written_is_read_back_exactly(file_format, language, rows):
    assert read_back(write_table(INSTITUTION, rows, language, file_format), INSTITUTION) == rows


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_text_that_looks_like_a_formula_comes_back_exactly(text, file_format):
    rows = [{"code": "1", "name": text}]
    assert read_back(write_table((CODE, NAME), rows, "en", file_format), (CODE, NAME)) == rows


def test_no_field_of_a_text_table_begins_as_a_formula():
    rows = [{"code": "1", "name": text} for text in FORMULAS]
    text = write_table((CODE, NAME), rows, "en", "csv").decode("utf-8-sig")
    names = [row[1] for row in csv.reader(io.StringIO(text))][1:]
    assert names == ["'=1+1", "'+1", "'-cmd", "'@SUM(A1)", "''=1", "'''+1", "'plain", '\'=HYPERLINK("x")']
    assert not [name for name in names if name[0] in "=+-@\t\r"]


def test_no_text_of_a_workbook_is_a_formula():
    rows = [{"code": text, "name": text} for text in FORMULAS]
    book = openpyxl.load_workbook(io.BytesIO(write_table((CODE, NAME), rows, "en", "xlsx")))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s"}


def test_a_text_table_begins_with_the_byte_order_mark_and_iso_dates():
    row = {"code": "0012", "name": "甲", "opened": date(1835, 11, 4), "beds": 5, "all_day": True, "kind": "hospital"}
    data = write_table(INSTITUTION[:7] + INSTITUTION[9:10], [row], "zh-hans", "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines()[1] == '"0012","甲","","医院","1835-11-04","",5,"是"'


def test_numbers_that_sixteen_digits_cannot_hold_are_written_as_text():
    area = replace(INSTITUTION[7], name="area")
    rows = [{"code": "1", "area": Decimal("0.1234567890123456789")}, {"code": "2", "area": Decimal("12.5")}]
    data = write_table((CODE, area), rows, "en", "xlsx")
    cells = [row[1] for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2)]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", "0.1234567890123456789"), ("n", 12.5)]
    assert read_back(data, (CODE, area)) == rows


def test_a_text_longer_than_a_cell_is_refused_in_a_workbook_only():
    rows = [{"code": "1", "name": "x" * 40_000}]
    with pytest.raises(CellTooLongError, match="Row 2"):
        write_table((CODE, NAME), rows, "en", "xlsx")
    assert len(write_table((CODE, NAME), rows, "en", "csv")) > 40_000


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr("lianyi.tabular.writing.MOST_ROWS", 3)
    with pytest.raises(SheetTooLongError, match="more than 2 records"):
        write_table((CODE, NAME), [{"code": "1", "name": "a"}] * 3, "en", "xlsx")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_template_instructs_checks_and_lists_choices(language):
    data = write_template(INSTITUTION, "Institutions", "机构", ["One row each."], language)
    book = openpyxl.load_workbook(io.BytesIO(data))
    instructions, sheet, lists = book.worksheets
    assert (instructions.title, sheet.title, lists.sheet_state) == (
        ("Instructions", "Institutions", "hidden") if language == "en" else ("填写说明", "机构", "hidden")
    )
    assert sheet["A1"].value == ("Code *" if language == "en" else "机构编码 *")
    assert sheet.freeze_panes == "A2"
    assert "0012" in sheet["A1"].comment.text
    assert sheet.column_dimensions["A"].number_format == "@"
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert (rules["D2"].type, rules["D2"].formula1) == ("list", "Lists!$D$1:$D$3")
    assert [lists.cell(row, 4).value for row in (1, 2, 3)] == [choice.label(language) for choice in KIND.choices]
    assert [lists.cell(row, 10).value for row in (1, 2)] == (["Yes", "No"] if language == "en" else ["是", "否"])
    assert (rules["E2"].type, rules["G2"].type, rules["G2"].formula1, rules["G2"].formula2) == (
        "date",
        "whole",
        "0",
        "100000",
    )
    texts = [cell.value for row in instructions.iter_rows() for cell in row if cell.value]
    assert {"One row each.", "0012"} <= set(texts)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_template_is_read_as_an_empty_table_and_its_labels_match(language):
    data = write_template(INSTITUTION, "Instructions", "a/b:c", [], language)
    sheet, header = find_table(read_tables(data, "template.xlsx"), INSTITUTION)
    assert list(header.positions) == [column.name for column in INSTITUTION]
    assert header.unknown == ()
    assert parse_sheet(sheet, INSTITUTION).rows == []


MOMENT = datetime(2021, 5, 10, 8, 30)  # noqa: DTZ001
GIVEN = [
    ["Table 3: sample", "", "", ""],
    ["Code", "Name", "Start date", "Colour"],
    ["0012", "=1+1", "2021-13-40", 1.5],
    [441302.0, "甲", date(2021, 5, 10), MOMENT],
    ["", "", "", ""],
    ["合计", None, True, "x" * 40_000],
    ["0013", "", None, ""],
]


def returned(language):
    sheet = SheetData("Sheet", GIVEN)
    table = parse_sheet(sheet, INSTITUTION)
    problems = {row.row_number: row.problems for row in table.rows_with_problems}
    problems[4] = (CellProblem("refused", {"reason_en": "Not yours.", "reason_zh": "非本单位。"}),)
    return write_returned_workbook(sheet, find_header(sheet, INSTITUTION), problems, language, table.ignored)


def test_a_returned_workbook_keeps_every_row_as_given_and_tells_the_reasons():
    data = returned("zh-hans")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[3]] == [
        "0012",
        "=1+1",
        "2021-13-40",
        1.5,
        "开始日期：“2021-13-40”不是日期，请写成 2021-05-10。",
    ]
    assert sheet["B3"].data_type == "s"
    assert [cell.value for cell in sheet[2]] == ["Code", "Name", "Start date", "Colour", "Problem / 问题"]
    assert [cell.value for cell in sheet[4]][:4] == [441302, "甲", datetime(2021, 5, 10), MOMENT]  # noqa: DTZ001
    assert sheet["E4"].value == "非本单位。"
    assert sheet["E7"].value == "机构名称：为空，此列必填。"
    assert len(sheet["D6"].value) == 32_767
    coloured = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFF8D7CF"}
    assert coloured == {"C3", "B7"}


def test_a_returned_workbook_sums_up_in_the_senders_language():
    summary = openpyxl.load_workbook(io.BytesIO(returned("en"))).worksheets[1]
    lines = [(row[0].value, row[1].value) for row in summary.iter_rows(max_col=2)]
    assert ("Rows with a problem", "3") in lines
    assert ("1", "Start date: “2021-13-40” is not a date. Give it as 2021-05-10.") in lines
    assert ("D", "Colour") in lines
    assert ("Row 6", "A total of other rows (“合计”), not read. If it is a record, change that word.") in lines


def test_a_returned_workbook_can_be_sent_again_as_it_is():
    sheet, header = find_table(read_tables(returned("en"), "returned.xlsx"), INSTITUTION)
    first, again = parse_sheet(SheetData("Sheet", GIVEN), INSTITUTION), parse_sheet(sheet, INSTITUTION)
    assert [heading.text for heading in header.unknown] == ["Colour", "Problem / 问题"]
    assert [(row.row_number, row.values) for row in again.rows] == [(row.row_number, row.values) for row in first.rows]
    assert [row.row_number for row in again.ignored] == [row.row_number for row in first.ignored]
