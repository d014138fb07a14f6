"""The workbook that people fill in: instructions, and a data sheet that helps to fill it in rightly."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from lianyi.tabular.columns import Column, ColumnKind, Language
from lianyi.tabular.numbers_in_cells import EARLIEST_YEAR, LATEST_YEAR
from lianyi.tabular.workbook_styles import BOOLEAN_LABELS, MOST_ROWS, Styles, column_width, new_workbook

_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "sheet": "Instructions",
        "columns": "Columns",
        "column": "Column",
        "required": "Required",
        "meaning": "Meaning",
        "accepted": "Accepted",
        "example": "Example",
        "refused_title": "Please check",
        "refused": "This does not look like an accepted value for this column. See the instructions sheet.",
        "star": "Columns marked * must be filled in. Do not rename or delete columns; their order does not matter.",
    },
    "zh-hans": {
        "sheet": "填写说明",
        "columns": "各列说明",
        "column": "列名",
        "required": "必填",
        "meaning": "含义",
        "accepted": "可填内容",
        "example": "示例",
        "refused_title": "请检查",
        "refused": "填写内容可能不符合本列要求，请参看“填写说明”。",
        "star": "带 * 的列必须填写。请勿修改列名或删除列，列的顺序可以调整。",
    },
}
_KIND_TEXTS: Final[Mapping[ColumnKind, tuple[str, str]]] = {
    ColumnKind.TEXT: ("Text", "文字"),
    ColumnKind.CODE: ("Code, as text", "编码（文本格式）"),
    ColumnKind.INTEGER: ("Whole number", "整数"),
    ColumnKind.DECIMAL: ("Number", "数字"),
    ColumnKind.DATE: ("Date, such as 2021-05-10", "日期，如 2021-05-10"),
    ColumnKind.DATETIME: ("Date and time, such as 2021-05-10 08:30", "日期时间，如 2021-05-10 08:30"),
    ColumnKind.BOOLEAN: ("Yes or No", "是或否"),
    ColumnKind.CHOICE: ("One of", "以下之一"),
    ColumnKind.LONGITUDE: ("Decimal degrees, -180 to 180", "十进制度数，-180 至 180"),
    ColumnKind.LATITUDE: ("Decimal degrees, -90 to 90", "十进制度数，-90 至 90"),
    ColumnKind.YEAR: ("Year, four digits", "四位年份"),
}
_LISTS_SHEET: Final = "Lists"
_FIRST_CALENDAR_DAY: Final = date(1900, 3, 1)
_LAST_CALENDAR_DAY: Final = date(9999, 12, 31)
_MOST: Final = 1e15
_NOT_IN_SHEET_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME: Final = 31
_LAYOUT: Final = (("column", 24), ("required", 10), ("meaning", 52), ("accepted", 40), ("example", 24))


def write_template(
    columns: Sequence[Column], title_en: str, title_zh: str, instructions: Sequence[str], language: Language
) -> bytes:
    """Write an empty workbook for the columns; `instructions` are paragraphs in the language of the reader."""
    title = title_zh if language == "zh-hans" else title_en
    stream = io.BytesIO()
    with new_workbook(stream, constant_memory=False) as workbook:
        styles = Styles(workbook)
        _write_instructions(workbook, columns, (title, *instructions), language, styles)
        sheet = workbook.add_worksheet(_sheet_name(title, language))
        for position, column in enumerate(columns):
            _prepare_column(sheet, position, column, language, styles)
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 32)
        sheet.activate()
        _write_lists(workbook, sheet, columns, language)
    return stream.getvalue()


def _sheet_name(title: str, language: Language) -> str:
    name = _NOT_IN_SHEET_NAMES.sub(" ", title).strip()[:_LONGEST_SHEET_NAME].strip()
    reserved = {"", _LISTS_SHEET.lower(), _TEXTS[language]["sheet"].lower(), "history"}
    return "Data" if name.lower() in reserved else name


def _write_instructions(
    workbook: xlsxwriter.Workbook,
    columns: Sequence[Column],
    paragraphs: Sequence[str],
    language: Language,
    styles: Styles,
) -> None:
    """One line for each column, so that this sheet can never be taken for the table itself."""
    texts = _TEXTS[language]
    sheet = workbook.add_worksheet(texts["sheet"])
    sheet.hide_gridlines(2)
    row = 0
    sheet.write_string(row, 0, paragraphs[0], styles.title)
    for paragraph in (*paragraphs[1:], texts["star"]):
        row += 1
        sheet.merge_range(row, 0, row, len(_LAYOUT) - 1, "", styles.wrapped)
        sheet.write_string(row, 0, paragraph, styles.wrapped)
    row += 2
    for position, (heading, width) in enumerate(_LAYOUT):
        sheet.set_column(position, position, width)
        sheet.write_string(row, position, texts[heading], styles.header)
    for column in columns:
        row += 1
        yes, no = BOOLEAN_LABELS[language]
        cells = (
            column.label(language),
            yes if column.required else no,
            column.help(language),
            _accepted(column, language),
            column.example,
        )
        for position, text in enumerate(cells):
            sheet.write_string(row, position, text, styles.wrapped)


def _accepted(column: Column, language: Language) -> str:
    in_chinese = language == "zh-hans"
    text = _KIND_TEXTS[column.kind][1 if in_chinese else 0]
    if column.choices:
        labels = [choice.label(language) for choice in column.choices]
        text += f"：{'、'.join(labels)}" if in_chinese else f": {', '.join(labels)}"
    if column.maximum_length is not None:
        text += (
            f"，最多 {column.maximum_length} 个字符" if in_chinese else f", at most {column.maximum_length} characters"
        )
    if column.minimum is not None:
        text += f"，不小于 {column.minimum}" if in_chinese else f", from {column.minimum}"
    if column.maximum is not None:
        text += f"，不大于 {column.maximum}" if in_chinese else f", to {column.maximum}"
    return text


def _prepare_column(sheet: Worksheet, position: int, column: Column, language: Language, styles: Styles) -> None:
    cell_styles = {ColumnKind.CODE: styles.text, ColumnKind.DATE: styles.date, ColumnKind.DATETIME: styles.moment}
    sheet.set_column(position, position, column_width(column, language), cell_styles.get(column.kind))
    label = f"{column.label(language)} *" if column.required else column.label(language)
    sheet.write_string(0, position, label, styles.required_header if column.required else styles.header)
    comment = "\n".join(filter(None, (column.help(language), _accepted(column, language), column.example)))
    sheet.write_comment(0, position, comment, {"author": "", "x_scale": 2, "y_scale": 1.5})
    bounds = _bounds(column)
    if bounds is not None:
        sheet.data_validation(1, position, MOST_ROWS - 1, position, {**bounds, **_answer(language)})


def _answer(language: Language) -> dict[str, object]:
    """Warn, not refuse: the import takes more ways of writing than a spreadsheet can check."""
    texts = _TEXTS[language]
    return {"error_type": "warning", "error_title": texts["refused_title"], "error_message": texts["refused"]}


def _bounds(column: Column) -> dict[str, object] | None:
    """Give the rule that a spreadsheet can check by itself, if there is one."""
    if column.kind in {ColumnKind.DATE, ColumnKind.DATETIME}:
        first = column.minimum if isinstance(column.minimum, date) else _FIRST_CALENDAR_DAY
        last = column.maximum if isinstance(column.maximum, date) else _LAST_CALENDAR_DAY
        return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    limits: Mapping[ColumnKind, tuple[str, float, float]] = {
        ColumnKind.INTEGER: ("integer", -_MOST, _MOST),
        ColumnKind.DECIMAL: ("decimal", -_MOST, _MOST),
        ColumnKind.YEAR: ("integer", EARLIEST_YEAR, LATEST_YEAR),
        ColumnKind.LONGITUDE: ("decimal", -180, 180),
        ColumnKind.LATITUDE: ("decimal", -90, 90),
    }
    if column.kind not in limits:
        return None
    kind, least, most = limits[column.kind]
    minimum = least if column.minimum is None else column.minimum
    maximum = most if column.maximum is None else column.maximum
    return {"validate": kind, "criteria": "between", "minimum": minimum, "maximum": maximum}


def _write_lists(
    workbook: xlsxwriter.Workbook, data_sheet: Worksheet, columns: Sequence[Column], language: Language
) -> None:
    """Drop-downs refer to a hidden sheet: written into the rule itself a list may have 255 characters only."""
    lists = workbook.add_worksheet(_LISTS_SHEET)
    lists.hide()
    for position, column in enumerate(columns):
        labels = [choice.label(language) for choice in column.choices]
        if column.kind is ColumnKind.BOOLEAN:
            labels = list(BOOLEAN_LABELS[language])
        for row, label in enumerate(labels):
            lists.write_string(row, position, label)
        if labels:
            letters = xlsxwriter.utility.xl_col_to_name(position)
            source = f"={_LISTS_SHEET}!${letters}$1:${letters}${len(labels)}"
            rule = {"validate": "list", "source": source, **_answer(language)}
            data_sheet.data_validation(1, position, MOST_ROWS - 1, position, rule)
