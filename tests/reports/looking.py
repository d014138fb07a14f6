"""Looking at a document as a reader of paper does: its pages as pictures, its fonts, and what runs over the edge."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pypdf
import typst
from django.utils.translation import override
from PIL import Image

from lianyi.pages.documents import FONTS, PACKAGE, render_pdf

TEMPLATE = "reports/documents/report.typ"
DOTS_PER_INCH = 60
# Margins of web/documents/sheet.typ less what a letter may hang over; the page number stands below them.
CENTIMETRES_BESIDE, CENTIMETRES_ABOVE = 2.2, 2.2
CENTIMETRES_BELOW = 2.2
DARK = 200
# Letters of one line that lie over one another by more than this were meant for two places.
OVERLAP_POINTS = 1.5


@dataclass(frozen=True)
class Looked:
    """One document as it is printed."""

    pages: int
    fonts: frozenset[str]
    is_embedded: bool
    text: str
    overlapping: tuple[str, ...]
    images: tuple[np.ndarray[Any, Any], ...]

    def is_written_on(self, page: int) -> bool:
        """Tell whether a page holds more than its number."""
        below = round(CENTIMETRES_BELOW / 2.54 * DOTS_PER_INCH)
        return bool((self.images[page][:-below] < DARK).any())

    def runs_over(self) -> list[int]:
        """Return the pages on which something stands beside or above the text block."""
        beside, above = (round(each / 2.54 * DOTS_PER_INCH) for each in (CENTIMETRES_BESIDE, CENTIMETRES_ABOVE))
        return [
            number
            for number, image in enumerate(self.images)
            if (image[:, :beside] < DARK).any() or (image[:, -beside:] < DARK).any() or (image[:above] < DARK).any()
        ]


def looked_at(report: Mapping[str, Any], language: str) -> Looked:
    """Return a report as ``content.Report.as_document`` gives it, printed."""
    with override(language):
        found = render_pdf(TEMPLATE, {"report": report})
    reader = pypdf.PdfReader(io.BytesIO(found))
    fonts = [font for page in reader.pages for font in fonts_of(page)]
    return Looked(
        pages=len(reader.pages),
        fonts=frozenset(name for name, _embedded in fonts),
        is_embedded=bool(fonts) and all(embedded for _name, embedded in fonts),
        text="".join(page.extract_text() for page in reader.pages),
        overlapping=tuple(each for page in reader.pages for each in overlaps_on(page)),
        images=pages_of(report, language),
    )


@dataclass(frozen=True)
class Written:
    """One piece of text where it stands on a page, in points."""

    left: float
    right: float
    line: float
    text: str


def overlaps_on(page: pypdf.PageObject) -> list[str]:
    """Return the pieces of text that lie over others: a word that is too long for its cell runs into the next."""
    by_line: dict[float, list[Written]] = {}
    for each in written_on(page):
        by_line.setdefault(round(each.line, 1), []).append(each)
    found = []
    for pieces in by_line.values():
        pieces.sort(key=lambda each: each.left)
        found += [
            f"{first.text} | {second.text}"
            for first, second in pairwise(pieces)
            if first.right - second.left > OVERLAP_POINTS
        ]
    return found


def written_on(page: pypdf.PageObject) -> list[Written]:
    """Return every piece of text of a page with its width by the font's own table of widths."""
    widths = {name: widths_of(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index, union-attr]
    found: list[Written] = []
    font: list[Any] = ["", 0.0]

    def see(operator: bytes, operands: Any, place: list[float], matrix: list[float]) -> None:
        if operator == b"Tf":
            font[:] = [operands[0], float(operands[1])]
        if operator not in (b"Tj", b"TJ"):
            return
        shown = operands[0] if operator == b"TJ" else [operands[0]]
        thousandths = 0.0
        for each in shown:
            if isinstance(each, bytes | str):
                raw = each.original_bytes if hasattr(each, "original_bytes") else bytes(each)
                letters = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                thousandths += sum(widths[font[0]].get(letter, 1000.0) for letter in letters)
            else:
                thousandths -= float(each)
        left = matrix[4] * place[0] + place[4]
        width = thousandths / 1000 * font[1] * abs(matrix[0]) * abs(place[0])
        found.append(Written(left, left + width, matrix[5] * place[3] + place[5], str(shown)[:60]))

    page.extract_text(visitor_operand_before=see)
    return found


def widths_of(font: Any) -> dict[int, float]:
    """Return the width of each glyph of a font in thousandths of its size."""
    rows = font["/DescendantFonts"][0].get_object()["/W"].get_object()
    found: dict[int, float] = {}
    at = 0
    while at < len(rows):
        first, second = int(rows[at]), rows[at + 1]
        if isinstance(second, list):
            found |= {first + number: float(width) for number, width in enumerate(second)}
            at += 2
        else:
            found |= {letter: float(rows[at + 2]) for letter in range(first, int(second) + 1)}
            at += 3
    return found


def fonts_of(page: pypdf.PageObject) -> list[tuple[str, bool]]:
    """Return the fonts of a page by name, and whether each comes with the file."""
    found = []
    for each in page["/Resources"]["/Font"].values():  # type: ignore[index, union-attr]
        font = each.get_object()
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = inner["/FontDescriptor"].get_object()
        name = str(font["/BaseFont"]).split("+")[-1]
        found.append((name, any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))))
    return found


def pages_of(report: Mapping[str, Any], language: str) -> tuple[np.ndarray[Any, Any], ...]:
    """Return the pages as pictures of grey dots, set by the same template as the PDF."""
    made = typst.compile(
        str(PACKAGE / "reports" / "templates" / TEMPLATE),
        root=str(PACKAGE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({"language": language, "report": report}, ensure_ascii=False)},
        format="png",
        ppi=DOTS_PER_INCH,
    )
    return tuple(dots_of(each) for each in ([made] if isinstance(made, bytes) else made))


def dots_of(png: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"))


def assert_prints_well(report: Mapping[str, Any], language: str, most_pages: int) -> Looked:
    """Tell of a document that it is short enough, set in our fonts alone, and that nothing runs over the edge."""
    found = looked_at(report, language)
    assert found.pages == len(found.images)
    assert found.pages <= most_pages
    assert all(name.startswith("NotoSansSC") for name in found.fonts), found.fonts
    assert found.is_embedded
    assert found.runs_over() == []
    assert found.overlapping == ()
    assert all(found.is_written_on(page) for page in range(found.pages))
    return found
