"""Tables in plain text: which encoding, which separator, which fields."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from lianyi.tabular.columns import Cell
from lianyi.tabular.errors import BrokenFileError, EmptyFileError, NotATableError, UnclosedQuoteError
from lianyi.tabular.formula_guard import unguarded
from lianyi.tabular.sheets import (
    ReadingLimits,
    SheetData,
    Workbook,
    refuse_too_many_cells,
    refuse_too_many_rows,
)
from lianyi.tabular.wording import CONTROLS

# In the order in which they win when two fit equally well: what is rare inside cells first.
SEPARATORS: Final = ("¬", "\t", "|", ";", "^", ",", "，")
_DECLARED_SEPARATOR: Final = re.compile(r'"?sep=([¬\t|;^,，])"?\r?\n', re.IGNORECASE)
_QUOTED: Final = re.compile(r'(?:^|(?<=[¬\t|;^,，]))"(?:[^"]|"")*"', re.MULTILINE)
_MOST_CONTROLS_SHARE: Final = 0.02
_SAMPLE_CHARACTERS: Final = 65_536
_SAMPLE_LINES: Final = 200
_COMMON_CHINESE_SHARE: Final = 0.6
_TWO_BYTES: Final = 2
_FIRST_GB2312_BYTE: Final = 0xA1


@dataclass(frozen=True, slots=True)
class DecodedText:
    text: str
    encoding: str


def decode_text(data: bytes, name: str) -> DecodedText:
    """Bytes as text: by byte order mark, else UTF-8, else GB18030 if that gives Chinese, else Latin-1."""
    decoded = _decode_by_mark(data, name) or _decode_by_content(data)
    if decoded is None or _is_binary(decoded.text.rstrip("\x00")):
        raise NotATableError(
            f"{name} holds bytes that are neither text nor a workbook. Save the table as .xlsx, or as .csv in UTF-8.",
            name=name,
            found="binary",
        )
    return DecodedText(decoded.text.rstrip("\x00\x1a"), decoded.encoding)


def _is_binary(text: str) -> bool:
    """Tell bytes that are no text by their control characters; a stray one is told with its cell."""
    return len(CONTROLS.findall(text)) > max(1, _MOST_CONTROLS_SHARE * len(text))


def _decode_by_mark(data: bytes, name: str) -> DecodedText | None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            try:
                return DecodedText(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise BrokenFileError(
                    f"{name} begins as {encoding} text, but byte {error.start + len(mark):,} does not fit. "
                    "It may be cut off: send it again, or save it as .csv in UTF-8.",
                    name=name,
                    encoding=encoding,
                    byte=error.start + len(mark),
                ) from error
    return None


def _decode_by_content(data: bytes) -> DecodedText | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_mostly_chinese(text):
            return DecodedText(text, encoding)
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError:
        return None
    is_latin = all(ord(character) < 0x100 for character in set(text))  # noqa: PLR2004 (the end of Latin-1)
    return DecodedText(text, "latin-1" if is_latin else "windows-1252")


def _is_mostly_chinese(text: str) -> bool:
    """Whether text decoded as GB18030 looks written, not like Western letters that happen to pair up.

    In Chinese text nearly every character is one of GB 2312, whose bytes both have the high bit; "¬" or "é" before an
    ASCII letter also make a valid pair, but an uncommon one.
    """
    counts = Counter(character for character in text if not character.isascii())
    common = sum(count for character, count in counts.items() if _is_of_gb2312(character))
    return common >= _COMMON_CHINESE_SHARE * counts.total()


def _is_of_gb2312(character: str) -> bool:
    encoded = character.encode("gb18030")
    return len(encoded) == _TWO_BYTES and min(encoded) >= _FIRST_GB2312_BYTE


def read_text_table(decoded: DecodedText, name: str, limits: ReadingLimits) -> Workbook:
    """Read separated fields, quoted or not. One column without any separator is a table too."""
    if not decoded.text.strip():
        raise EmptyFileError(f"{name} is empty. Fill in the template and send it again.", name=name)
    separator = find_separator(decoded.text)
    rows = _read_fields(decoded.text, separator, name)
    refuse_too_many_rows(len(rows), name, limits)
    refuse_too_many_cells(1, sum(map(len, rows)), name, limits)
    cells: list[list[Cell]] = [[unguarded(field) for field in row] for row in rows]
    return Workbook((SheetData(name, cells),), "text", decoded.encoding, separator)


def find_separator(text: str) -> str:
    """Find what divides the most lines into the same number of fields; a comma if nothing does."""
    declared = _DECLARED_SEPARATOR.match(text)
    if declared:
        return declared[1]
    sample = text[:_SAMPLE_CHARACTERS]
    if len(text) > _SAMPLE_CHARACTERS and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    lines = [line for line in _QUOTED.sub("", sample).splitlines() if line.strip()][:_SAMPLE_LINES]
    best, best_score = ",", (0, 0)
    for separator in SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        del counts[0]
        if counts:
            fields, agreeing = max(counts.items(), key=lambda item: (item[1], item[0]))
            if (agreeing, fields) > best_score:
                best, best_score = separator, (agreeing, fields)
    return best


def _read_fields(text: str, separator: str, name: str) -> list[list[str]]:
    try:
        return _read_strictly_or_leniently(text, separator)
    except csv.Error as error:
        raise UnclosedQuoteError(
            f"In {name} a quotation mark opens a field that is never closed ({error}). Remove the stray mark, "
            "or save the table as .xlsx.",
            name=name,
            reason=str(error),
        ) from error


def _read_strictly_or_leniently(text: str, separator: str) -> list[list[str]]:
    """Read by the rules; only where a quoted word stands inside a field ('"Sample" Hospital') read by custom."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        if "expected after" not in str(error):
            raise
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
