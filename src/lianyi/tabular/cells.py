"""One cell, read by its column: a value, nothing, or a problem that says how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any, Final, TypeAlias

from lianyi.tabular.columns import Cell, Choice, Column, ColumnKind, Value
from lianyi.tabular.dates_in_cells import parse_date, parse_datetime
from lianyi.tabular.errors import ColumnDeclarationError
from lianyi.tabular.numbers_in_cells import (
    parse_decimal,
    parse_integer,
    parse_latitude,
    parse_longitude,
    parse_year,
    plain,
)
from lianyi.tabular.problems import CellProblem, problem_of
from lianyi.tabular.wording import (
    CONTROLS,
    MISSING_WORDS,
    MISSING_WORDS_OF_MEASURES,
    SPREADSHEET_ERRORS,
    clean_text,
    fold,
)

CellParser: TypeAlias = Callable[[Cell], Value | CellProblem]

_TRUE_WORDS: Final = ("是", "有", "对", "yes", "y", "true", "t", "1", "1.0", "√", "✓", "✔")
_FALSE_WORDS: Final = ("否", "无", "没有", "不是", "no", "n", "false", "f", "0", "0.0", "×", "✗", "✘", "x")
_BOOLEAN_WORDS: Final[Mapping[str, bool]] = {
    **{fold(word): True for word in _TRUE_WORDS},
    **{fold(word): False for word in _FALSE_WORDS},
}
_LONGEST_WORD: Final = max(map(len, MISSING_WORDS | SPREADSHEET_ERRORS))
_CHOICES_NAMED: Final = 20
# A spreadsheet keeps fifteen digits of a number, so an eighteen-digit code stored as a number is already wrong.
_FIRST_INEXACT_NUMBER: Final = 10**15
_CODE_AS_DECIMAL: Final = re.compile(r"([0-9]+)\.0+")
_CODE_AS_POWER: Final = re.compile(r"[0-9]\.[0-9]+[eE]\+[0-9]{1,3}")
# Some programs write ="0012" into text files so that spreadsheets keep the zeros.
_CODE_AS_FORMULA: Final = re.compile(r'="([^"]*)"')
_TEXT_KINDS: Final = frozenset({ColumnKind.TEXT, ColumnKind.CODE})
_OPENING: Final = {"(": ")", "[": "]", "【": "】", "〔": "〕"}
_CLOSING: Final = {closing: opening for opening, closing in _OPENING.items()}
_ONE_WIDTH: Final = str.maketrans("（）［］", "()[]")
_ALIAS_LEADS: Final = re.compile(
    r"(?:又名|原名|曾用名|别名|别称|亦称|也称|简称|also known as|formerly|now|aka|a\.k\.a\.)\s*[:：]?\s*", re.IGNORECASE
)


def parse_cell(cell: Cell, column: Column) -> Value | CellProblem:
    """Read one cell: its value, None where it says nothing, or what is wrong with it.

    >>> place = Column("place", "Place code", "区划代码", ColumnKind.CODE)
    >>> parse_cell(441302.0, place), parse_cell("003", place), parse_cell("暂无", place)
    ('441302', '003', None)
    """
    return cell_parser(column)(cell)


@lru_cache(maxsize=512)
def cell_parser(column: Column) -> CellParser:
    """Make the reader of one column's cells, once for all rows."""
    _check_declaration(column)
    read = _READERS[column.kind]
    words = _declared_words(column)
    nothing = MISSING_WORDS if column.kind in _TEXT_KINDS else MISSING_WORDS | MISSING_WORDS_OF_MEASURES
    empty = problem_of(column, "required") if column.required else None

    def parse(cell: Cell) -> Value | CellProblem:
        if isinstance(cell, str):
            control = CONTROLS.search(cell)
            cell = clean_text(cell)
            if control is not None:
                return problem_of(column, "control-character", given=cell, found=f"U+{ord(control[0]):04X}")
            if len(cell) <= _LONGEST_WORD or words:
                folded = fold(cell)
                if folded in words:
                    return words[folded]
                if folded in nothing:
                    return empty
                if folded in SPREADSHEET_ERRORS:
                    return problem_of(column, "spreadsheet-error", given=cell)
        elif cell is None:
            return empty
        value = read(cell, column)
        return value if isinstance(value, CellProblem) else _within_bounds(value, column)

    return parse


def split_bracketed_name(text: str) -> tuple[str, str | None]:
    """Part a name from the second name in brackets at its end; where brackets do not pair it stays as it is.

    >>> split_bracketed_name("样例县人民医院（又名：样例市第二医院）")
    ('样例县人民医院', '样例市第二医院')
    >>> split_bracketed_name("Sample (Group) Hospital")
    ('Sample (Group) Hospital', None)
    """
    stripped = text.strip()
    start = _start_of_last_bracket(stripped.translate(_ONE_WIDTH))
    if start is None:
        return stripped, None
    name = stripped[:start].strip()
    alias = _ALIAS_LEADS.sub("", stripped[start + 1 : -1].strip(), count=1)
    return (name, alias) if name and alias else (stripped, None)


def _start_of_last_bracket(text: str) -> int | None:
    """Where the bracket opens that the last character closes; None unless all brackets of the text pair."""
    open_at: list[int] = []
    start: int | None = None
    for position, character in enumerate(text):
        if character in _OPENING:
            open_at.append(position)
        elif character in _CLOSING:
            if not open_at or text[open_at[-1]] != _CLOSING[character]:
                return None
            start = open_at.pop()
    return start if not open_at and text[-1:] in _CLOSING else None


def _check_declaration(column: Column) -> None:
    if (column.kind is ColumnKind.CHOICE) != bool(column.choices):
        raise ColumnDeclarationError(
            f"Column {column.name}: choices were given for the kind {column.kind.value}, or none for a choice column. "
            "Declare choices exactly where the kind is choice.",
            column=column.name,
        )


def _declared_words(column: Column) -> Mapping[str, str | bool]:
    """Words that have a declared meaning here; they win over the words for "nothing"."""
    if column.kind is ColumnKind.BOOLEAN:
        return _BOOLEAN_WORDS
    words: dict[str, str | bool] = {}
    for choice in column.choices:
        for word in _words_of(choice):
            if words.setdefault(fold(word), choice.value) != choice.value:
                raise ColumnDeclarationError(
                    f"Column {column.name}: “{word}” means both {words[fold(word)]} and {choice.value}. "
                    "Give every choice its own words.",
                    column=column.name,
                    word=word,
                )
    return words


def _words_of(choice: Choice) -> Iterable[str]:
    return (word for word in (choice.value, choice.label_en, choice.label_zh, *choice.aliases) if word.strip())


def _text_of(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _FIRST_INEXACT_NUMBER:
        return str(int(cell))
    if isinstance(cell, bool):
        return str(cell).upper()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _read_text(cell: Cell, column: Column) -> Value | CellProblem:
    text = _text_of(cell)
    if column.maximum_length is not None and len(text) > column.maximum_length:
        return problem_of(column, "too-long", given=text, length=len(text), maximum=column.maximum_length)
    return text


def _read_code(cell: Cell, column: Column) -> Value | CellProblem:
    if isinstance(cell, bool | date | time | timedelta):
        return problem_of(column, "not-a-code", given=cell)
    if isinstance(cell, int | float) and abs(cell) >= _FIRST_INEXACT_NUMBER:
        return problem_of(column, "code-lost-digits", given=cell)
    text = plain(_text_of(cell))
    if _CODE_AS_POWER.fullmatch(text):
        return problem_of(column, "code-lost-digits", given=text)
    wrapped = _CODE_AS_DECIMAL.fullmatch(text) or _CODE_AS_FORMULA.fullmatch(text)
    return _read_text(wrapped[1].strip() if wrapped else text, column)


def _read_boolean(cell: Cell, column: Column) -> Value | CellProblem:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float) and cell in (0, 1):
        return cell == 1
    return problem_of(column, "not-a-boolean", given=cell)


def _read_choice(cell: Cell, column: Column) -> Value | CellProblem:
    """Reached only by cells that are none of the declared words: numbers, and words that are not accepted."""
    value = _declared_words(column).get(fold(_text_of(cell)))
    if value is not None:
        return value
    more = "…" if len(column.choices) > _CHOICES_NAMED else ""
    named = column.choices[:_CHOICES_NAMED]
    return problem_of(
        column,
        "not-a-choice",
        given=_text_of(cell),
        accepted_en=", ".join(choice.label_en for choice in named) + more,
        accepted_zh="、".join(choice.label_zh for choice in named) + more,
    )


def _within_bounds(value: Value, column: Column) -> Value | CellProblem:
    if column.minimum is not None and _is_less(value, column.minimum):
        return problem_of(column, "too-small", given=value, minimum=column.minimum)
    if column.maximum is not None and _is_less(column.maximum, value):
        return problem_of(column, "too-large", given=value, maximum=column.maximum)
    return value


def _is_less(first: Any, second: Any) -> bool:  # noqa: ANN401 (dates with dates, numbers with numbers)
    return bool(first < second)


_READERS: Final[Mapping[ColumnKind, Callable[[Cell, Column], Value | CellProblem]]] = {
    ColumnKind.TEXT: _read_text,
    ColumnKind.CODE: _read_code,
    ColumnKind.INTEGER: parse_integer,
    ColumnKind.DECIMAL: parse_decimal,
    ColumnKind.DATE: parse_date,
    ColumnKind.DATETIME: parse_datetime,
    ColumnKind.BOOLEAN: _read_boolean,
    ColumnKind.CHOICE: _read_choice,
    ColumnKind.LONGITUDE: parse_longitude,
    ColumnKind.LATITUDE: parse_latitude,
    ColumnKind.YEAR: parse_year,
}
