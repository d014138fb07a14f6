"""What is wrong with a cell, and the sentence that tells people so in their language.

The sentences go into returned workbooks, in the language of whoever filled the file in; they stand here as a table, and
not in a message catalogue, because a file has to be answered on machines that run no site.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lianyi.tabular.columns import Column, Language

_LONGEST_QUOTE: Final = 60


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One reason why a cell, or a whole row (no column), cannot be taken.

    `params` fill the sentence of `code` in `PROBLEM_TEXTS`; a parameter in two languages is given as `…_en`, `…_zh`.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    column: str = ""
    label_en: str = ""
    label_zh: str = ""


def problem_of(column: Column, code: str, **params: object) -> CellProblem:
    return CellProblem(code, params, column.name, column.label_en, column.label_zh)


PROBLEM_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "required": ("is empty. It must be filled in.", "为空，此列必填。"),
    "too-long": (
        "“{given}” has {length} characters. At most {maximum} fit.",
        "“{given}”有 {length} 个字符，最多 {maximum} 个。",
    ),
    "control-character": (
        "“{given}” holds a character that cannot be seen ({found}). Type the cell anew.",
        "“{given}”含有看不见的控制字符（{found}），请重新输入该单元格。",
    ),
    "code-lost-digits": (
        "“{given}” was stored as a number and has lost digits. Format the column as text and type the code again.",
        "“{given}”被存成了数字，已丢失位数，请把该列设为文本格式后重新填写编码。",
    ),
    "not-a-code": (
        "“{given}” is not a code. Give letters and digits as text.",
        "“{given}”不是编码，请以文本填写字母和数字。",
    ),
    "not-a-number": ("“{given}” is not a number. Give it as {example}.", "“{given}”不是数字，请写成 {example}。"),
    "not-whole": ("“{given}” is not a whole number. Give it as {example}.", "“{given}”不是整数，请写成 {example}。"),
    "percent": (
        "“{given}” is a percentage. Give the plain number, without the percent sign.",
        "“{given}”是百分数，请填写不带百分号的数字。",
    ),
    "too-small": (
        "{given} is below the least that is accepted, {minimum}.",
        "{given} 小于允许的最小值 {minimum}。",
    ),
    "too-large": (
        "{given} is above the most that is accepted, {maximum}.",
        "{given} 大于允许的最大值 {maximum}。",
    ),
    "not-a-date": ("“{given}” is not a date. Give it as {example}.", "“{given}”不是日期，请写成 {example}。"),
    "date-has-time": (
        "“{given}” has a time of day. Give the day alone, as {example}.",
        "“{given}”带有时刻，请只填日期，写成 {example}。",
    ),
    "ambiguous-date": (
        "“{given}” can be read in more than one way. Give year, month, day, as {example}.",
        "“{given}”的年月日顺序不明，请按年、月、日写成 {example}。",
    ),
    "not-a-datetime": (
        "“{given}” is not a date with a time. Give it as {example}.",
        "“{given}”不是日期时间，请写成 {example}。",
    ),
    "not-a-year": ("“{given}” is not a year. Give it as {example}.", "“{given}”不是年份，请写成 {example}。"),
    "not-a-boolean": ("“{given}” is neither yes nor no. Give Yes or No.", "“{given}”无法判断是否，请填写“是”或“否”。"),
    "not-a-choice": (
        "“{given}” is not one of the accepted values. Give one of: {accepted_en}.",
        "“{given}”不在可选范围内，请填写其中之一：{accepted_zh}。",
    ),
    "not-a-longitude": (
        "“{given}” is not a longitude. Give decimal degrees from -180 to 180, such as {example}.",
        "“{given}”不是经度，请填写 -180 到 180 之间的十进制度数，如 {example}。",
    ),
    "not-a-latitude": (
        "“{given}” is not a latitude: -90 to 90 decimal degrees, such as {example}. Is it the longitude?",
        "“{given}”不是纬度，请填写 -90 到 90 之间的十进制度数，如 {example}；是否与经度填反了？",
    ),
    "spreadsheet-error": (
        "the cell holds the error {given} of a spreadsheet formula. Type the value itself.",
        "单元格是电子表格公式的错误值 {given}，请直接填写数值。",
    ),
    "too-many-cells": (
        "“{given}” stands right of the last heading. Quote a text that holds a separator, or delete the stray cell.",
        "“{given}”位于最后一个表头之外；含分隔符的文字请加引号，或删除多余单元格。",
    ),
    "duplicate-key": (
        "“{given}” is given again: it stands in row {first_row} already. Keep one of the two.",
        "“{given}”重复，第 {first_row} 行已经填写，请保留其中一行。",
    ),
    "unknown-reference": (
        "“{given}” is not known here. Enter it first, or correct it.",
        "系统中没有“{given}”，请先登记，或改正后再导入。",
    ),
    "refused": ("{reason_en}", "{reason_zh}"),
}
"""For each code the sentence in English and in Chinese. `refused` carries a sentence of whoever checked the row."""


class IgnoredReason(enum.Enum):
    """Why a row of the file is no record."""

    BLANK = "blank"
    REPEATED_HEADER = "repeated-header"
    TOTAL = "total"
    NOTE = "note"


IGNORED_TEXTS: Final[Mapping[IgnoredReason, tuple[str, str]]] = {
    IgnoredReason.BLANK: ("Blank row, not read.", "空行，未导入。"),
    IgnoredReason.REPEATED_HEADER: ("The header again, not read.", "重复的表头，未导入。"),
    IgnoredReason.TOTAL: (
        "A total of other rows (“{given}”), not read. If it is a record, change that word.",
        "合计行（“{given}”），未导入；如果确为一条记录，请修改该文字。",
    ),
    IgnoredReason.NOTE: ("A remark (“{given}”), not read.", "注释（“{given}”），未导入。"),
}


def ignored_text(reason: IgnoredReason, given: str, language: Language) -> str:
    """Say why a row was left out, in the language of whoever filled the file in."""
    return IGNORED_TEXTS[reason][1 if language == "zh-hans" else 0].format(given=_shortened(given))


def problem_text(problem: CellProblem, language: Language) -> str:
    """Say what was given, what was expected and how to mend it, in the language of whoever filled the file in."""
    in_chinese = language == "zh-hans"
    template = PROBLEM_TEXTS[problem.code][1 if in_chinese else 0]
    sentence = template.format_map({**problem.params, "given": _shortened(problem.params.get("given", ""))})
    label = problem.label_zh if in_chinese else problem.label_en
    if not label:
        return sentence
    return f"{label}：{sentence}" if in_chinese else f"{label}: {sentence}"


def problems_text(problems: Sequence[CellProblem], language: Language) -> str:
    """All reasons of one row, one after the other."""
    return ("" if language == "zh-hans" else " ").join(problem_text(problem, language) for problem in problems)


def _shortened(given: object) -> str:
    text = str(given)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
