"""How written words are compared: width, case, spaces, brackets; and the words that mean "nothing" or "total"."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Controls, zero-width marks, byte order marks, noncharacters and lone surrogates: they come from copy and paste, nobody
# sees them, and a workbook cannot hold most of them. Tab and line feed stay.
_INVISIBLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
"""Control characters that no text has on purpose; beside them stand the ends of lines, pages and files."""
_SEPARATING: Final = re.compile(r"[\s_\-*:,.;/|'\"“”‘’·、。]+")
_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕")
_BRACKETS: Final = re.compile(r"[()\[\]{}【】〔〕]")
# Between the two languages of a heading: a stroke or a new line, or a blank where Chinese meets Latin script.
_HALVES: Final = re.compile(r"\s*[/|／｜\n]\s*|(?<=[\u3400-\u9fff])\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?=[\u3400-\u9fff])")

MISSING_WORDS: Final = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "#n/a",
        "n/a",
        "null",
        "(null)",
        "none",
        "nil",
        "not set",
        "notset",
    }
    | {
        "not available",
        "not applicable",
        "unknown",
        "无",
        "未填",
        "未填写",
        "未填报",
        "暂无",
        "暂缺",
        "不详",
        "未知",
        "空",
    }
    | {"无数据", "暂无数据", "缺失", "待补充", "不适用"}
)
"""Whole cells, folded by `fold`, that mean that nothing is known."""

MISSING_WORDS_OF_MEASURES: Final = frozenset({"na", "nan", "n.a.", "#null!", "?", "？", ".", "…", "..."})
"""More of them where the column is no text and no code. "NA" is a code too: Namibia, a ward, a blood group system."""

SPREADSHEET_ERRORS: Final = frozenset(
    {"#div/0!", "#ref!", "#value!", "#name?", "#num!", "#null!", "#getting_data", "#spill!", "#calc!"}
)

TOTAL_WORDS: Final = frozenset(
    {"合计", "总计", "小计", "共计", "总合计", "合计数", "总数合计", "本页合计", "total", "totals", "grand total"}
    | {"subtotal", "sub-total", "sub total", "sum", "overall total"}
)
"""Whole cells, folded by `fold` or `squeeze`, that mark a row as the sum of other rows."""

NOTE_BEGINNINGS: Final = (
    "注:",
    "注1",
    "备注:",
    "说明:",
    "数据来源",
    "资料来源",
    "来源:",
    "note:",
    "notes:",
    "source:",
    "sources:",
)


def clean_text(text: str) -> str:
    """Text without invisible characters and outer blanks, lines ended by a line feed."""
    if not text.isprintable():
        text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def fold(text: str) -> str:
    """Text for comparing whole cells: one width, one case, single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def squeeze(text: str) -> str:
    """As `fold`, without any blank: "合 计" is "合计"."""
    return fold(text).replace(" ", "")


def heading_keys(text: str) -> tuple[str, ...]:
    """Give what a heading may be matched by, the surest first: whole, then without bracketed remarks such as units."""
    folded = unicodedata.normalize("NFKC", clean_text(text)).casefold()
    keys = (_squeeze_heading(folded), _squeeze_heading(_BRACKETED.sub("", folded)))
    return tuple(dict.fromkeys(key for key in keys if key))


def heading_halves(text: str) -> tuple[str, ...]:
    """Give the keys of both halves of a heading in two languages ("机构名称 / Name"), else nothing."""
    pieces = [piece for piece in _HALVES.split(clean_text(text), maxsplit=1) if piece.strip()]
    if len(pieces) != 2 or pieces[0].isascii() == pieces[1].isascii():  # noqa: PLR2004 (two halves)
        return ()
    return tuple(key for piece in pieces for key in heading_keys(piece))


def _squeeze_heading(folded: str) -> str:
    return _SEPARATING.sub("", _BRACKETS.sub("", folded))
