"""The fonts that the package carries draw every Chinese name, on a machine without any font."""

from __future__ import annotations

import io
import struct

import build_assets
import pypdf
import pytest
import typst

# Characters of people's names outside the common ones, and of the standard table of 2013.
NAMES = "婧堃喆珺甯玥翀烜昇镕琎淼鑫犇龘㛃㻬𬱖𬭎"
PUNCTUATION = "，。：；？！、“”‘’（）《》—…·％℃≥≤×"
PAGE = """
#set page(width: 12cm, height: 4cm)
#set text(font: "Noto Sans SC", lang: "zh", region: "CN")
= 服务证明
*婧堃喆珺甯*，2025 年 3 月 1 日至 2026 年 2 月 28 日
"""


def characters_of(path):
    """Read what a TrueType font can draw from its character map, in the format for all of Unicode."""
    font = path.read_bytes()
    tables = struct.unpack_from(">H", font, 4)[0]
    directory = {
        tag: offset for tag, _, offset, _ in (struct.unpack_from(">4sLLL", font, 12 + 16 * i) for i in range(tables))
    }
    cmap = directory[b"cmap"]
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">L", font, cmap + 4 + 8 * index + 4)[0]
        if struct.unpack_from(">H", font, start)[0] == 12:
            groups = struct.unpack_from(">L", font, start + 12)[0]
            spans = (struct.unpack_from(">LLL", font, start + 16 + 12 * group) for group in range(groups))
            return {code for first, last, _ in spans for code in range(first, last + 1)}
    pytest.fail(f"{path.name} has no character map of format 12")


def common_characters():
    """GB 2312: the 6,763 characters that every Chinese computer has had since 1980, and its signs."""
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(text) for pair in pairs if (text := pair.decode("gb2312", errors="ignore"))}


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_font_has_every_common_character_and_the_rare_ones_of_names(weight):
    wanted = common_characters() | set(map(ord, NAMES + PUNCTUATION))

    missing = wanted - characters_of(build_assets.FONTS / f"NotoSansSC-{weight}.ttf")

    assert "".join(map(chr, sorted(missing))) == ""


def test_a_pdf_carries_the_font_and_its_text_can_be_read_back():
    pdf = typst.compile(PAGE.encode(), font_paths=[str(build_assets.FONTS)], ignore_system_fonts=True)

    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]

    fonts = {font.get_object()["/BaseFont"].partition("+")[2] for font in page["/Resources"]["/Font"].values()}
    assert fonts == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert "".join(page.extract_text().split()) == "服务证明婧堃喆珺甯，2025年3月1日至2026年2月28日"
