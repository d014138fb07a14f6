"""Tables out: what the actor may read as a file, and empty templates to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import Reading, record_reading
from lianyi.accounts.roles import Family, Permission
from lianyi.registry.errors import UnknownTableFormatError
from lianyi.registry.imports.kinds import TableKind
from lianyi.registry.imports.running import kind_named
from lianyi.tabular.columns import Language
from lianyi.tabular.template_writing import write_template
from lianyi.tabular.writing import TableFormat, write_table

FORMATS = ("xlsx", "csv")
_PAGE = "registry.export"

_INSTRUCTIONS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "Fill in one row for each record, from the second row of the data sheet on. Keep the headings as they are.",
        "A row whose key is on record changes that record; any other row adds one.",
        "Sending the same file twice changes nothing more.",
        "The key of a record: {key}.",
        "An empty cell clears a text, a number or a date. Where a value is always needed, it leaves what is there.",
        "A column that you delete leaves what is on record.",
    ),
    "zh-hans": (
        "从数据表第二行起，每条记录填写一行，请勿修改表头。",
        "主键已登记的行会修改该记录，其余的行会新增记录；同一文件重复导入不会再有变化。",
        "记录的主键：{key}。",
        "空单元格会清空文字、数字或日期；对于必须有值的字段，空单元格保留现值。",
        "删除某一列，则该列内容保留现值。",
    ),
}


def export_table(actor: Actor, kind: str, file_format: str, language: Language) -> bytes:
    """Write what the actor may read of a kind of table, so that importing it again changes nothing.

    Tables about persons leave an entry in the log of readings.

    Raises
    ------
    NotPermittedError, UnknownTableKindError, UnknownTableFormatError
    """
    known = kind_named(kind)
    if file_format not in FORMATS:
        raise UnknownTableFormatError(
            f"Tables are not written as '{file_format}'. Accepted: {', '.join(FORMATS)}.",
            field="format",
            given=file_format,
            expected=FORMATS,
        )
    family = Permission.parse(known.permission).family
    decision = require(actor, f"{family.value}.read")
    rows = _Counted(known.export(actor))
    content = write_table(known.columns, rows, language, cast("TableFormat", file_format))
    if family is Family.STAFF:
        record_reading(actor, Reading(f"registry.{known.name}", None, rows.count, _PAGE), decision)
    return content


class _Counted:
    """Rows that are counted while somebody else walks them."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def template_of(kind: str, language: Language) -> bytes:
    """Write an empty workbook for a kind of table, with instructions and drop-down lists.

    Raises
    ------
    UnknownTableKindError
    """
    known = kind_named(kind)
    key = ", ".join(column.label(language) for column in known.columns if column.name in known.key)
    instructions = [text.format(key=key) for text in _INSTRUCTIONS[language]]
    return write_template(known.columns, known.title_en, known.title_zh, instructions, language)


def may_import(actor: Actor, kind: TableKind) -> bool:
    """Tell whether the actor's role may write such rows at all, for menus."""
    return decide(actor, kind.permission).allowed
