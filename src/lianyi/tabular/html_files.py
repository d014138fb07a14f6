"""Tables that programs export as web pages and name .xls."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree, html

from lianyi.tabular.columns import Cell
from lianyi.tabular.errors import NotATableError
from lianyi.tabular.sheets import (
    ReadingLimits,
    SheetData,
    Workbook,
    refuse_too_many_cells,
    refuse_too_many_rows,
)
from lianyi.tabular.text_files import DecodedText, decode_text

_CHARSET: Final = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([-\w]{2,30})", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_IN_PAGES: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEAD_BYTES: Final = 4096
_WIDEST_SPAN: Final = 1000
# Pages say gb2312 and gbk and mean the whole of GB18030.
_CHINESE_CHARSETS: Final = frozenset({"gb2312", "gbk", "gb18030", "cp936", "x-gbk"})


def read_html(data: bytes, name: str, limits: ReadingLimits) -> Workbook:
    """Read every outermost table of the page as a sheet; a cell that spans is repeated over what it spans."""
    decoded = _decode_page(data, name)
    text = _NOT_IN_PAGES.sub("", _XML_DECLARATION.sub("", decoded.text)).encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        page = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise _no_table(name) from error
    tables = [table for table in page.iter("table") if not any(True for _ in table.iterancestors("table"))]
    sheets = [SheetData(f"{number}", _grid(table, name, limits)) for number, table in enumerate(tables, start=1)]
    if not any(sheet.rows for sheet in sheets):
        raise _no_table(name)
    return Workbook(tuple(sheet for sheet in sheets if sheet.rows), "html", decoded.encoding)


def _no_table(name: str) -> NotATableError:
    return NotATableError(
        f"{name} is a web page without a table. Save the table itself as .xlsx, or as .csv in UTF-8.",
        name=name,
        found="HTML",
    )


def _decode_page(data: bytes, name: str) -> DecodedText:
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    charset = declared[1].decode("ascii").lower() if declared else ""
    encoding = "gb18030" if charset in _CHINESE_CHARSETS else charset
    has_mark = data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    if encoding and not has_mark:
        try:
            return DecodedText(data.decode(codecs.lookup(encoding).name), encoding)
        except (LookupError, UnicodeError):
            # Pages lie about their charset more often than they are broken: look at the bytes instead.
            return decode_text(data, name)
    return decode_text(data, name)


def _grid(table: html.HtmlElement, name: str, limits: ReadingLimits) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    pending: dict[int, tuple[int, Cell]] = {}
    cell_count = 0
    for row_element in _own_rows(table):
        row: list[Cell] = []
        for cell_element in row_element.iterchildren("td", "th"):
            _fill_from_above(row, pending)
            text = _text_of(cell_element)
            height = _span(cell_element, "rowspan")
            for _ in range(_span(cell_element, "colspan")):
                if height > 1:
                    pending[len(row)] = (height - 1, text)
                row.append(text)
        _fill_from_above(row, pending)
        rows.append(row)
        cell_count += len(row)
        refuse_too_many_rows(len(rows), name, limits)
        refuse_too_many_cells(1, cell_count, name, limits)
    return rows


def _fill_from_above(row: list[Cell], pending: dict[int, tuple[int, Cell]]) -> None:
    while len(row) in pending:
        rows_left, text = pending.pop(len(row))
        if rows_left > 1:
            pending[len(row)] = (rows_left - 1, text)
        row.append(text)


def _own_rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Rows of this table, not of tables inside its cells."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is table:
            yield row


def _span(cell: html.HtmlElement, attribute: str) -> int:
    written = (cell.get(attribute) or "1").strip()
    return min(max(int(written), 1), _WIDEST_SPAN) if written.isascii() and written.isdigit() else 1


def _text_of(cell: html.HtmlElement) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = cell.text_content().replace("\xa0", " ").split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
