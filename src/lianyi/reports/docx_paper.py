"""A report as an editable document (.docx), with its charts and with the fonts that officials' machines have."""
# ruff: noqa: PLC0415 - python-docx is slow to load and needed by nobody who only looks at pages

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from lianyi.pages.documents import render_png

if TYPE_CHECKING:
    from docx.document import Document

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What Word has on every machine; it takes the second for Chinese letters.
LATIN, CHINESE = "Times New Roman", "宋体"
_PICTURE_CENTIMETRES: Final = 15.5
_A4_CENTIMETRES: Final = (21.0, 29.7)
_MARGIN_CENTIMETRES: Final = 2.4


def docx_of(report: Mapping[str, Any]) -> bytes:
    """Return the report, as ``content.Report.as_document`` gives it, as the bytes of a .docx."""
    import docx

    document = docx.Document()
    _prepare(document)
    document.add_heading(report["title"], level=0)
    document.add_paragraph().add_run(report["subtitle"]).bold = True
    for mark in report["marks"]:
        document.add_paragraph().add_run(mark).bold = True
    _table(document, (), [(fact["label"], fact["value"]) for fact in report["facts"] if fact["value"]])
    for part in report["parts"]:
        _part(document, part)
    document.add_heading(report["limits_title"], level=1)
    for limit in report["limits"]:
        document.add_paragraph(limit, style="List Bullet")
    document.add_paragraph()
    document.add_paragraph("    ".join(f"{each}: ______________" for each in report["signed"]))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _part(document: Document, part: Mapping[str, Any]) -> None:
    from docx.shared import Cm

    document.add_heading(part["title"], level=1)
    for sentence in part["sentences"]:
        document.add_paragraph(sentence)
    if part["numbers"]:
        _table(document, (), [_number(each) for each in part["numbers"]])
    if part["picture"]:
        document.add_paragraph()
        document.add_picture(io.BytesIO(render_png(part["picture"]["svg"])), width=Cm(_PICTURE_CENTIMETRES))
    if part["grid"] and part["grid"]["rows"]:
        document.add_paragraph()
        rows = [tuple(cell["text"] for cell in row) for row in part["grid"]["rows"]]
        _table(document, part["grid"]["columns"], rows)
    elif not part["numbers"] and not part["sentences"] and not part["picture"]:
        document.add_paragraph(part["empty"])


def _number(each: Mapping[str, Any]) -> tuple[str, str, str]:
    return each["label"], " · ".join((each["value"], *each["marks"])), each["definition"]


def _table(document: Document, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = len(columns) or (len(rows[0]) if rows else 0)
    if not width:
        return
    table = document.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    if columns:
        cells = table.add_row().cells
        for cell, words in zip(cells, columns, strict=True):
            cell.paragraphs[0].add_run(words).bold = True
        _repeat_on_every_page(table.rows[0])
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words


def _repeat_on_every_page(row: Any) -> None:  # noqa: ANN401 - python-docx says nothing of its parts
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - there is no other way


def _prepare(document: Document) -> None:
    """Set the paper and, for both kinds of letters, the font of every style that is used."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    for section in document.sections:
        section.page_width, section.page_height = (Cm(each) for each in _A4_CENTIMETRES)
        section.left_margin = section.right_margin = Cm(_MARGIN_CENTIMETRES)
    document.core_properties.author = "Lianyi"
    for name in ("Normal", "Title", "Heading 1", "List Bullet"):
        style = document.styles[name]
        style.font.name = LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), CHINESE)
    document.styles["Normal"].font.size = Pt(10.5)
