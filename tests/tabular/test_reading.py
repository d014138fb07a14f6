from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.tabular import ReadingLimits, Workbook, read_tables
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.errors import (
    BrokenFileError,
    EmptyFileError,
    FileTooLargeError,
    NotATableError,
    PasswordProtectedError,
    TableFileError,
    TooManyCellsError,
    TooManyRowsError,
    UnclosedQuoteError,
    UnreadableFileError,
)
from lianyi.tabular.problems import problem_text
from lianyi.tabular.rows import parse_sheet
from tests.properties import examples
from tests.tabular.broken_files import (
    encrypted_new_workbook,
    old_workbook,
    open_document,
    patched,
    workbook,
)

CHINESE = "编码,名称\r\n0012,样例县人民医院\r\n"
ODS_CELL = '<table:table-cell office:value-type="string" {}><text:p>x</text:p></table:table-cell>'


def rows_of(data: bytes, name: str = "file") -> list[list[object]]:
    (sheet,) = read_tables(data, name).sheets
    return [list(row) for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk"])
def test_chinese_text_is_read_in_whatever_encoding_it_comes(encoding):
    assert rows_of(CHINESE.encode(encoding)) == [["编码", "名称"], ["0012", "样例县人民医院"]]


def test_utf_16_with_the_big_end_first_is_read():
    assert rows_of(b"\xfe\xff" + CHINESE.encode("utf-16-be"))[1] == ["0012", "样例县人民医院"]


def test_latin_1_is_the_last_resort_and_says_so():
    book = read_tables("Code¬Name\n1¬Café Hall\n2¬West Park, North\n".encode("latin-1"), "old.csv")
    assert (book.encoding, book.separator, book.encoding_is_guessed) == ("latin-1", "¬", True)
    assert book.sheets[0].rows == [["Code", "Name"], ["1", "Café Hall"], ["2", "West Park, North"]]


def test_curly_quotes_of_windows_are_read():
    book = read_tables(b"Code;Name\n1;St Mary\x92s\n", "old.csv")
    assert (book.encoding, book.sheets[0].rows[1]) == ("windows-1252", ["1", "St Mary’s"])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "¬", "^", "，"])
def test_the_separator_is_found_from_the_content(separator):
    lines = ["Table 3, institutions", separator.join(["code", "name", "beds"])]
    lines += [separator.join([f"{number}", f"Sample {number}", "1.5"]) for number in range(5)]
    book = read_tables("\n".join(lines).encode(), "x")
    assert book.separator == separator
    assert book.sheets[0].rows[-1] == ["4", "Sample 4", "1.5"]


def test_decimal_commas_do_not_pass_for_separators():
    assert rows_of(b"code;beds\n1;2,5\n2;3,5\n") == [["code", "beds"], ["1", "2,5"], ["2", "3,5"]]


def test_a_declared_separator_is_believed():
    assert rows_of(b"sep=|\na,b|c\n1,2|3\n")[1:] == [["a,b", "c"], ["1,2", "3"]]


def test_quoted_fields_keep_separators_line_ends_and_quotes():
    assert rows_of(b'a,b\n"1,2","line\none ""two"""\n')[1] == ["1,2", 'line\none "two"']


def test_a_quoted_word_inside_a_field_is_no_fault():
    assert rows_of(b'code,name\n1,"Sample" Hospital\n')[1][0] == "1"


def test_a_quotation_mark_that_is_never_closed_is_refused():
    with pytest.raises(UnclosedQuoteError, match="never closed"):
        read_tables(b'code,name\n1,"Sample\n2,Other\n', "x.csv")


def test_one_column_without_a_separator_is_a_table():
    assert rows_of("编码\n0012\n\n0013".encode()) == [["编码"], ["0012"], [], ["0013"]]


def test_a_workbook_keeps_numbers_dates_blank_rows_and_row_numbers():
    data = workbook([[], ["Title"], ["编码", "n"], ["0012", 441302], [True, 1.5]])
    assert rows_of(data) == [["", ""], ["Title", ""], ["编码", "n"], ["0012", 441302.0], [True, 1.5]]


def test_hidden_sheets_are_named_and_not_read():
    book = read_tables(workbook([["a"]], hidden=("Lists",)), "x")
    assert ([sheet.name for sheet in book.sheets], book.hidden_sheet_names) == (["Sheet"], ("Lists",))


def test_formulas_are_not_run():
    def with_formula(name, content):
        return re.sub(rb"<v>1</v>", b"<f>1+1</f><v>7</v>", content) if "sheet1" in name else content

    assert rows_of(patched(workbook([[1]]), with_formula)) == [[7.0]]


def test_an_old_workbook_is_read_whatever_its_name():
    assert rows_of(old_workbook([["编码", "名称"], [441302.0, "样例医院"]]), "x.csv") == [
        ["编码", "名称"],
        [441302.0, "样例医院"],
    ]


def test_an_open_document_is_read_and_endless_blank_rows_cost_nothing():
    blank_cells = '<table:table-cell table:number-columns-repeated="16384"/>'
    blank = f'<table:table-row table:number-rows-repeated="1048570">{blank_cells}</table:table-row>'
    first = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    data = open_document(f"{first}<table:table-row>{ODS_CELL.format('')}</table:table-row>{blank}")
    assert rows_of(data) == [[""], [""], ["x"]]


def test_a_web_page_named_xls_is_read_with_its_spans():
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><table>'
        "<tr><td colspan=3>样例表一</td></tr>"
        "<tr><th>编码</th><th>名称</th><th>床位</th></tr>"
        "<tr><td>0012</td><td rowspan='2'>样例<br>医院</td><td>1&nbsp;200</td></tr>"
        "<tr><td>0013</td><td>镕</td></tr></table></body></html>"
    )
    book = read_tables(page.encode("gb18030"), "export.xls")
    assert book.file_format == "html"
    assert book.sheets[0].rows == [
        ["样例表一", "样例表一", "样例表一"],
        ["编码", "名称", "床位"],
        ["0012", "样例\n医院", "1 200"],
        ["0013", "样例\n医院", "镕"],
    ]


def test_a_web_page_that_lies_about_its_charset_is_read_by_its_bytes():
    page = '<meta charset="utf-8"><table><tr><td>样例医院</td></tr></table>'.encode("gb18030")
    assert rows_of(page) == [["样例医院"]]


def test_tables_inside_cells_are_no_sheets_of_their_own():
    page = b"<table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table>"
    assert rows_of(page) == [["ab", "c"]]


def test_a_workbook_in_xml_of_2003_is_read():
    data = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="一"><Table>'
        '<Row ss:Index="2"><Cell><Data ss:Type="String">编码</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="Number">441302</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">2021-05-10T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>'
    ).encode()
    moment = datetime(2021, 5, 10)  # noqa: DTZ001
    assert rows_of(data, "x.xls") == [[], ["编码", None, 441302.0, moment]]


def test_dates_of_a_workbook_come_as_dates():
    assert rows_of(workbook([[date(2021, 5, 10)]])) == [[date(2021, 5, 10)]]


@pytest.mark.parametrize("data", [b"", b"  \r\n\t", b"\xef\xbb\xbf", b"\x00" * 20, b"\xef\xbb\xbf \n"])
def test_an_empty_file_is_refused(data):
    with pytest.raises(EmptyFileError, match="empty"):
        read_tables(data, "x.csv")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 and so on", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0....", "a JPEG image"),
        (b"\x1f\x8b\x08...", "a gzip archive"),
        (b"<html><body>Sorry</body></html>", "HTML"),
        (b"<?xml version='1.0'?><feed/>", "XML"),
        (b"abc\x00\x01\x02def", "binary"),
        (b"a,b\n\x81\x8d\x8f\n", "binary"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(data, what):
    with pytest.raises(NotATableError) as caught:
        read_tables(data, "table.xlsx")
    assert caught.value.params["found"] == what
    assert "save" in str(caught.value).lower()


def test_documents_in_an_archive_are_no_workbooks():
    def renamed(mimetype):
        return open_document("", mimetype=mimetype)

    with pytest.raises(NotATableError, match="no spreadsheet"):
        read_tables(renamed("application/vnd.oasis.opendocument.text"), "x.ods")


@pytest.mark.parametrize("data", [encrypted_new_workbook(), old_workbook([["a"]], encrypted=True)])
def test_a_password_is_named_as_the_reason(data):
    with pytest.raises(PasswordProtectedError, match="Remove the password"):
        read_tables(data, "x.xlsx")


def test_a_cut_off_workbook_is_refused():
    with pytest.raises(BrokenFileError, match="cut off or damaged"):
        read_tables(workbook([["a"]])[:-400], "x.xlsx")


def test_a_damaged_compound_file_is_refused():
    with pytest.raises(BrokenFileError):
        read_tables(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x07" * 2000, "x.xls")


@pytest.mark.parametrize(
    ("pattern", "replacement", "error"),
    [
        (rb'r="A1"', b'r="XFD1048576"', TooManyCellsError),
        (rb'r="A1"', b'r="ZZZZZZZZZ1"', TooManyCellsError),
        (rb'<row r="1"', b'<row r="9999999"', TooManyRowsError),
        (rb'uniqueCount="1"', b'uniqueCount="999999999999"', BrokenFileError),
        (rb"<v>0</v>", b"<v>99999999</v>", BrokenFileError),
    ],
)
def test_a_workbook_made_to_exhaust_memory_is_refused(pattern, replacement, error):
    data = patched(workbook([["a"]]), lambda _, content: re.sub(pattern, replacement, content))
    with pytest.raises(error):
        read_tables(data, "x.xlsx")


def test_an_open_document_made_to_exhaust_memory_is_refused():
    far = ODS_CELL.format('table:number-columns-repeated="16384"')
    rows = f'<table:table-row table:number-rows-repeated="1048570">{far}</table:table-row>'
    with pytest.raises(TooManyCellsError, match=r"16,384"):
        read_tables(open_document(rows), "x.ods")


def test_a_reader_that_runs_out_of_memory_takes_nobody_with_it():
    limits = ReadingLimits(maximum_memory_bytes=1024 * 1024)
    with pytest.raises(BrokenFileError, match="too much memory"):
        read_tables(workbook([["a", number] for number in range(5000)]), "x.xlsx", limits)


def test_limits_of_bytes_rows_and_unpacked_bytes_are_kept(tmp_path):
    with pytest.raises(FileTooLargeError, match="12 bytes"):
        read_tables(b"a,b\n1,2\n3,4\n", "x.csv", ReadingLimits(maximum_bytes=11))
    with pytest.raises(TooManyRowsError, match="3 rows"):
        read_tables(b"a,b\n1,2\n3,4\n", "x.csv", ReadingLimits(maximum_rows=2))
    with pytest.raises(FileTooLargeError, match="unpacks"):
        read_tables(workbook([["a"]]), "x.xlsx", ReadingLimits(maximum_unpacked_bytes=100))
    with pytest.raises(TooManyRowsError):
        read_tables(workbook([["a"], ["b"], ["c"]]), "x.xlsx", ReadingLimits(maximum_rows=2))


def test_a_file_is_read_from_its_path_and_a_missing_one_is_named(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert read_tables(path, "x.csv").sheets[0].rows[1] == ["1", "2"]
    with pytest.raises(UnreadableFileError, match=r"none\.csv"):
        read_tables(Path(tmp_path / "none.csv"), "none.csv")


def outcome_of(data: bytes) -> Workbook | TableFileError:
    try:
        return read_tables(data, "anything")
    except TableFileError as error:
        return error


HEADS = st.sampled_from(
    [
        b"",
        b"",
        b"",
        b"PK\x03\x04",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"<html><table>",
        b"a,b\n",
        b"<?xml version='1.0'?>",
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        b"<table><tr><td colspan=9>",
    ]
)


@given(
    HEADS, st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore")))
)
@examples(400)
def test_any_bytes_give_a_workbook_or_a_named_reason(head, tail):
    outcome = outcome_of(head + tail)
    if isinstance(outcome, Workbook):
        assert all(isinstance(row, list) for sheet in outcome.sheets for row in sheet.rows)


DAMAGED = (
    old_workbook([["编码", "名称"], [441302.0, "样例医院"]]),
    workbook([["编码", "名称"], [441302.0, "样例医院"]]),
    open_document(f"<table:table-row>{ODS_CELL.format('')}</table:table-row>"),
)


@given(
    st.sampled_from(DAMAGED),
    st.lists(st.tuples(st.integers(0, 2600), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 3000),
)
@examples(60)
def test_damaged_workbooks_give_a_workbook_or_a_named_reason(data, changes, cut):
    damaged = bytearray(data)
    for position, byte in changes:
        damaged[position % len(damaged)] = byte
    outcome = outcome_of(bytes(damaged[: len(damaged) - cut // 10]))
    if isinstance(outcome, Workbook):
        assert outcome.sheets


@pytest.mark.parametrize("control", ["\x07", "\x00"])
def test_one_stray_control_character_refuses_its_row_and_not_the_file(control):
    lines = ["code,name_zh", *(f"H{number},样例医院" for number in range(20)), f"X1,样例{control}院"]
    (sheet,) = read_tables("\n".join(lines).encode(), "x.csv").sheets
    columns = (Column("code", "Code", "代码", ColumnKind.CODE), Column("name_zh", "Name", "名称", ColumnKind.TEXT))
    table = parse_sheet(sheet, columns)
    (bad,) = table.rows_with_problems
    assert (len(table.rows), bad.row_number) == (21, 22)
    told = problem_text(bad.problems[0], "en")
    assert told == f"Name: “样例院” holds a character that cannot be seen (U+{ord(control):04X}). Type the cell anew."
