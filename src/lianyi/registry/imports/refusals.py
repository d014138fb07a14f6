"""Why the registry refuses a row of a table, in both languages: these sentences go into returned workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lianyi.tabular.columns import Column
from lianyi.tabular.problems import CellProblem

_LONGEST_QUOTE = 60

_REFUSALS: dict[str, tuple[str, str]] = {
    "not-in-reach": (
        "“{given}” is not known here, or not within your reach. Enter it first, or correct it.",
        "系统中没有“{given}”，或不在您的管理范围内，请先登记，或改正后再导入。",
    ),
    "not-a-code": (
        "“{given}” cannot be a code. Begin with a letter or a digit; letters, digits and - _ . may follow.",
        "“{given}”不能作为编码，请以字母或数字开头，其后可用字母、数字和 - _ .。",
    ),
    "given-twice": (
        "“{given}” is given twice, in rows {first_row} and {second_row}. Keep one of the two.",
        "“{given}”重复，见第 {first_row} 行和第 {second_row} 行，请保留其中一行。",
    ),
    "parent-refused": (
        "“{given}” is in this file (row {parent_row}) but is refused there. Mend that row first.",
        "“{given}”在本文件第 {parent_row} 行，但该行未通过，请先修改该行。",
    ),
    "level-not-above": (
        "“{given}” is a {parent_level} and cannot hold a {level}. Name a place of a higher level.",
        "“{given}”的级别为 {parent_level}，不能包含 {level}，请填写更高级别的区划。",
    ),
    "root-not-allowed": (
        "is empty. Only the installer adds a place that is part of no other.",
        "为空。只有系统安装者可以新增最高一级区划。",
    ),
    "cycle": (
        "“{given}” stands below this institution itself. Name an institution above it.",
        "“{given}”是本机构自身或其下级，请填写其上级机构。",
    ),
    "too-deep": (
        "with “{given}” above, more than {maximum} institutions would stand under one another. Name a higher one.",
        "以“{given}”为上级后层级超过 {maximum} 层，请填写更高的机构。",
    ),
    "dates-out-of-order": (
        "{last} is before {first}. Correct one of the two dates.",
        "{last} 早于 {first}，请改正其中一个日期。",
    ),
    "not-on-record-yet": (
        "{given} has not come yet. Give the day of the fact itself.",
        "{given} 尚未到来，请填写事实发生的日期。",
    ),
    "position-incomplete": (
        "longitude, latitude and coordinate system belong together. Give all three, or none.",
        "经度、纬度和坐标系必须同时填写，或都不填写。",
    ),
    "position-outside": (
        "{system} is used in China only, and {given} is outside. Name the system in which it was measured.",
        "{system} 仅用于中国境内，{given} 在境外，请填写实际使用的坐标系。",
    ),
    "needs-second-level": (
        "“{given}” changes {current}; tier, grade and owner are for a bureau at prefecture level or above. Propose it.",
        "“{given}”将改变级别、等次或所有制，须由地市级及以上卫生行政部门决定，请提交变更申请，或保留现值“{current}”。",
    ),
    "needs-note": (
        "{given} beds are occupied or reserved, only {open} are open. Correct them, or explain in the column source.",
        "占用与预留共 {given} 张，超过开放的 {open} 张，请改正，或在“来源”列说明原因。",
    ),
    "part-above-whole": (
        "{given} is more than the whole, {whole}. Correct one of the two.",
        "{given} 大于总数 {whole}，请改正其中之一。",
    ),
    "older-than-record": (
        "{given} is before the count on record ({known}). Only a later count replaces it.",
        "{given} 早于已登记的清点时间（{known}），只有更新的数据可以替换。",
    ),
    "unknown-specialty": (
        "“{given}” is no code of the national list of specialties. Give a code such as 03.04.",
        "“{given}”不是诊疗科目代码，请填写如 03.04 的代码。",
    ),
    "same-place": (
        "“{given}” cannot give way to itself. Name the place that came after it.",
        "“{given}”不能以自身为后继，请填写其后继区划。",
    ),
    "predecessor-not-ended": (
        "“{given}” has no last day of validity. Give its valid_to first: its code gave way on {effective_on}.",
        "“{given}”没有失效日期，其代码已于 {effective_on} 被取代，请先填写失效日期。",
    ),
}


def register_refusals(reasons: Mapping[str, tuple[str, str]]) -> None:
    """Add the reasons of another application, each in English and in Chinese; once, when it starts."""
    taken = sorted(reasons.keys() & _REFUSALS.keys())
    if taken:
        raise ValueError(f"There are sentences already for {', '.join(taken)}; each reason has one.")
    _REFUSALS.update(reasons)


def refusal(reason: str, column: Column | None = None, **params: object) -> CellProblem:
    """Return why a cell, or without a column the whole row, is refused."""
    english, chinese = _REFUSALS[reason]
    shown = {name: _shortened(value) for name, value in params.items()}
    told = {
        **params,
        "reason": reason,
        "reason_en": english.format_map(shown),
        "reason_zh": chinese.format_map(shown),
    }
    if column is None:
        return CellProblem("refused", told)
    return CellProblem("refused", told, column.name, column.label_en, column.label_zh)


def column_named(columns: Sequence[Column], name: str) -> Column:
    return next(column for column in columns if column.name == name)


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
