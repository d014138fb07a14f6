from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.tabular import (
    Choice,
    Column,
    ColumnKind,
    cells,
    formula_guard,
    header,
    parse_cell,
    problem_text,
    split_bracketed_name,
)
from lianyi.tabular.errors import ColumnDeclarationError
from lianyi.tabular.problems import CellProblem
from tests.tabular.sample_columns import (
    ALL_DAY,
    AREA,
    BEDS,
    CODE,
    ENTERED,
    INSTITUTION,
    KIND,
    LATITUDE,
    LONGITUDE,
    NAME,
    OPENED,
    PLACE,
    SHARE,
    YEAR,
)

DAY = date(2021, 5, 10)
MOMENT = datetime(2021, 5, 10, 8, 30)  # noqa: DTZ001


def problem_code(cell, column):
    found = parse_cell(cell, column)
    assert isinstance(found, CellProblem), found
    assert problem_text(found, "en").startswith(f"{column.label_en}: ")
    return found.code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (441302.0, "441302"),
        (441302, "441302"),
        ("441302.0", "441302"),
        ("0.0", "0"),
        ("0012", "0012"),
        ("４４１３０２", "441302"),
        ('="0012"', "0012"),
        ("\t0012 ", "0012"),
        ("NA", "NA"),
        ("1E5", "1E5"),
        (12.5, "12.5"),
        (140406001001.0, "140406001001"),
    ],
)
def test_codes_stay_what_they_were_before_a_spreadsheet_had_them(cell, value):
    assert parse_cell(cell, PLACE) == value


@pytest.mark.parametrize("cell", ["4.41302E+17", 4.41302e17])
def test_a_code_that_has_lost_digits_is_refused(cell):
    assert problem_code(cell, PLACE) == "code-lost-digits"


@pytest.mark.parametrize("cell", [True, DAY, time(1, 2), timedelta(1)])
def test_what_a_spreadsheet_made_of_a_code_is_refused(cell):
    assert problem_code(cell, PLACE) == "not-a-code"


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "  ",
        "-",
        "—",
        "——",
        "/",
        "Not Set",
        "NOT SET",
        "NULL",
        "N/A",
        "None",
        "无",
        "未填",
        "暂无",
        "　",
        "\u200b",
    ],
)
@pytest.mark.parametrize("column", [PLACE, OPENED, BEDS, AREA, LATITUDE, YEAR, ENTERED], ids=lambda column: column.name)
def test_words_for_nothing_are_nothing(cell, column):
    assert parse_cell(cell, column) is None


def test_nothing_in_a_required_column_is_refused():
    assert problem_code("Not Set", CODE) == "required"
    assert problem_code(None, NAME) == "required"


def test_a_choice_and_a_truth_value_win_over_the_words_for_nothing():
    assert parse_cell("无", KIND) == "none"
    assert parse_cell("None", KIND) == "none"
    assert parse_cell("无", ALL_DAY) is False


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        (12.0, 12),
        ("12.0", 12),
        ("1,234", 1234),
        ("１，２３４", 1234),
        ("1 234", 1234),
        ("１２", 12),
        ("+5", 5),
        (0, 0),
    ],
)
def test_whole_numbers_are_read_as_people_write_them(cell, value):
    assert parse_cell(cell, BEDS) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("12.5", "not-whole"),
        (12.5, "not-whole"),
        ("twelve", "not-a-number"),
        ("1,23", "not-a-number"),
        ("12%", "percent"),
        ("-1", "too-small"),
        ("−1", "too-small"),
        ("100001", "too-large"),
        ("1e999999999", "not-a-number"),
        (float("inf"), "not-a-number"),
        (True, "not-a-number"),
        (DAY, "not-a-number"),
        ("#DIV/0!", "spreadsheet-error"),
        ("1" * 5000, "not-a-number"),
    ],
)
def test_what_is_no_fitting_whole_number_is_refused(cell, code):
    assert problem_code(cell, BEDS) == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (0.1, "0.1"),
        ("0.10", "0.1"),
        ("1,234.5", "1234.5"),
        ("12345678901234567890.12345", "12345678901234567890.12345"),
    ],
)
def test_decimals_keep_every_digit(cell, value):
    assert parse_cell(cell, AREA) == Decimal(value)


def test_a_percentage_is_taken_only_where_it_was_declared():
    assert parse_cell("12.5%", SHARE) == Decimal("0.125")
    assert parse_cell("１２％", SHARE) == Decimal("0.12")
    assert problem_code("12.5%", AREA) == "percent"
    assert problem_code("many%", SHARE) == "not-a-number"
    assert problem_code("120%", SHARE) == "too-large"


@pytest.mark.parametrize(
    "cell",
    [
        "2021-05-10",
        "2021/5/10",
        "2021.5.10",
        "2021年5月10日",
        "２０２１年５月１０日",
        "20210510",
        20210510.0,
        44326.0,
        "44326",
        "2021-05-10 00:00:00",
        "2021-05-10T00:00:00",
        DAY,
        datetime(2021, 5, 10),  # noqa: DTZ001
        "2021 年 5 月 10 日",
        "2021年5月10号",
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(cell):
    assert parse_cell(cell, OPENED) == DAY


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2021-13-40", "not-a-date"),
        ("2021-02-29", "not-a-date"),
        ("2021年5月", "not-a-date"),
        ("20211340", "not-a-date"),
        ("2021", "not-a-date"),
        ("soon", "not-a-date"),
        (3.0, "not-a-date"),
        (True, "not-a-date"),
        (1e300, "not-a-date"),
        (time(8, 30), "not-a-date"),
        ("10/05/2021", "ambiguous-date"),
        ("21-5-10", "ambiguous-date"),
        ("2021-05-10 08:30", "date-has-time"),
        (MOMENT, "date-has-time"),
        ("1799-12-31", "too-small"),
    ],
)
def test_what_is_no_day_is_refused(cell, code):
    assert problem_code(cell, OPENED) == code


@pytest.mark.parametrize(
    "cell",
    [
        "2021-05-10 08:30",
        "2021/5/10 8:30",
        "2021-05-10T08:30:00",
        "2021年5月10日8时30分",
        "2021-05-10 08:30:00.000",
        MOMENT,
        44326 + 8.5 / 24,
        "20210510 08:30",
    ],
)
def test_a_moment_is_read_as_people_and_spreadsheets_write_it(cell):
    assert parse_cell(cell, ENTERED) == MOMENT


def test_a_moment_keeps_its_zone_and_its_fraction():
    assert parse_cell("2021-05-10T08:30:00Z", ENTERED) == MOMENT.replace(tzinfo=UTC)
    eastern = timezone(timedelta(hours=8))
    assert parse_cell("2021-05-10 08:30:00.25+08:00", ENTERED) == MOMENT.replace(microsecond=250_000, tzinfo=eastern)


@pytest.mark.parametrize("cell", ["2021-05-10 25:00", "2021-05-10 noon", "yesterday"])
def test_what_is_no_moment_is_refused(cell):
    assert problem_code(cell, ENTERED) == "not-a-datetime"


@pytest.mark.parametrize(
    ("cell", "value"),
    [(word, True) for word in ("是", "Yes", "Y", "1", "TRUE", True, 1.0, "有", "√")]
    + [(word, False) for word in ("否", "no", "N", "0", "false", False, 0.0, "×")],
)
def test_yes_and_no_are_read_in_both_languages(cell, value):
    assert parse_cell(cell, ALL_DAY) is value


def test_what_is_neither_yes_nor_no_is_refused():
    assert problem_code("maybe", ALL_DAY) == "not-a-boolean"
    assert problem_code(2.0, ALL_DAY) == "not-a-boolean"


@pytest.mark.parametrize("cell", ["hospital", "HOSPITAL", "医院", "总院", " Hospital "])
def test_a_choice_is_known_by_value_label_and_alias(cell):
    assert parse_cell(cell, KIND) == "hospital"


def test_a_choice_stored_as_a_number_is_known():
    assert parse_cell(3.0, KIND) == "3"


def test_an_unknown_choice_is_refused_with_the_accepted_ones():
    problem = parse_cell("Temple", KIND)
    assert (
        problem_text(problem, "en")
        == "Kind: “Temple” is not one of the accepted values. Give one of: Hospital, None, Third."
    )
    assert problem_text(problem, "zh-hans") == "类型：“Temple”不在可选范围内，请填写其中之一：医院、无、三级。"


def test_coordinates_are_decimal_degrees_within_the_globe():
    assert parse_cell("113.5", LONGITUDE) == 113.5
    assert parse_cell(-1.25, LATITUDE) == -1.25
    assert problem_code("113.5", LATITUDE) == "not-a-latitude"
    assert problem_code("181", LONGITUDE) == "not-a-longitude"
    assert problem_code("113°31′", LONGITUDE) == "not-a-longitude"


def test_years_are_four_digits():
    assert [parse_cell(cell, YEAR) for cell in ("2021", 2021.0, "2021年", "2021.0")] == [2021] * 4
    assert [problem_code(cell, YEAR) for cell in ("21", 2021.5, "next", DAY)] == ["not-a-year"] * 4


def test_text_is_left_as_it_is_but_for_what_nobody_sees():
    assert parse_cell(" 样例医院(又名：样例院区)\u200b\r\n二部 ", NAME) == "样例医院(又名：样例院区)\n二部"
    assert [parse_cell(cell, NAME) for cell in (12.0, 12.5, True, DAY)] == ["12", "12.5", "TRUE", "2021-05-10"]
    assert problem_code("x" * 201, NAME) == "too-long"


def test_contradictory_columns_are_a_fault_of_the_declaration():
    twice = (Choice("a", "Same", "甲"), Choice("b", "same", "乙"))
    with pytest.raises(ColumnDeclarationError, match="both a and b"):
        parse_cell("x", Column("c", "C", "丙", ColumnKind.CHOICE, choices=twice))
    with pytest.raises(ColumnDeclarationError, match="none for a choice column"):
        parse_cell("x", Column("c", "C", "丙", ColumnKind.CHOICE))


@pytest.mark.parametrize(
    ("text", "name", "alias"),
    [
        ("样例医院（又名：样例二院）", "样例医院", "样例二院"),
        ("样例医院(样例二院)", "样例医院", "样例二院"),
        ("样例医院（样例二院)", "样例医院", "样例二院"),
        ("样例医院【样例二院】", "样例医院", "样例二院"),
        ("样例医院(样例二院(东区))", "样例医院", "样例二院(东区)"),
        ("样例(集团)医院", "样例(集团)医院", None),
        ("样例(集团)医院(总院)", "样例(集团)医院", "总院"),
        ("样例医院(样例二院", "样例医院(样例二院", None),
        ("样例医院)样例二院(", "样例医院)样例二院(", None),
        ("样例医院(甲]", "样例医院(甲]", None),
        ("样例医院()", "样例医院()", None),
        ("(样例二院)", "(样例二院)", None),
        ("", "", None),
    ],
)
def test_a_second_name_in_brackets_is_parted_from_the_first(text, name, alias):
    assert split_bracketed_name(text) == (name, alias)


@given(st.text(alphabet="甲乙()（）[]【】 a", max_size=30))
def test_any_brackets_are_safe(text):
    name, alias = split_bracketed_name(text)
    assert name in text
    assert alias is None or alias in text


ANY_CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(),
    st.text(alphabet="0123456789.-/:年月日T% ,eE+", max_size=24),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.sampled_from(INSTITUTION), ANY_CELL)
def test_any_cell_gives_a_value_of_its_kind_or_a_problem_that_can_be_told(column, cell):
    types = {
        ColumnKind.INTEGER: int,
        ColumnKind.YEAR: int,
        ColumnKind.DECIMAL: Decimal,
        ColumnKind.DATE: date,
        ColumnKind.DATETIME: datetime,
        ColumnKind.BOOLEAN: bool,
        ColumnKind.LONGITUDE: float,
        ColumnKind.LATITUDE: float,
    }
    found = parse_cell(cell, column)
    if isinstance(found, CellProblem):
        assert problem_text(found, "en")
        assert problem_text(found, "zh-hans")
    elif found is not None:
        assert type(found) is types.get(column.kind, str)


@pytest.mark.parametrize("module", [cells, formula_guard, header])
def test_the_examples_in_the_documentation_run(module):
    assert doctest.testmod(module).failed == 0
