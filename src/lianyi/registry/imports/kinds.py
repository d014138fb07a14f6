"""What an application says about one kind of table that can be imported and exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lianyi.accounts.actors import Actor
    from lianyi.accounts.audit import CommandContext
    from lianyi.tabular.columns import Column
    from lianyi.tabular.problems import CellProblem
    from lianyi.tabular.rows import ParsedRow


class RowAction(Enum):
    """What an import would do with one row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One row of a file with what would become of it. ``values`` are field values, codes already looked up."""

    row: ParsedRow
    action: RowAction
    values: Mapping[str, Any]
    existing_id: int | None = None
    problems: tuple[CellProblem, ...] = ()

    def refused(self, *problems: CellProblem) -> RowPlan:
        return replace(self, action=RowAction.REFUSE, problems=self.problems + problems)


@dataclass(frozen=True, slots=True)
class TableKind:
    """One kind of table.

    ``plan`` looks at all rows at once (so that look-ups are a fixed number of queries), decides by the natural key
    what each would do, and refuses rows with the reason. ``apply`` writes the rows to create and to update inside the
    running command, with an audit event for each. ``export`` gives rows that an import of the same kind would read
    back as unchanged.
    """

    name: str
    title_en: str
    title_zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    permission: str
    plan: Callable[[Actor, Sequence[ParsedRow]], list[RowPlan]]
    apply: Callable[[CommandContext, Sequence[RowPlan]], None]
    export: Callable[[Actor], Iterable[Mapping[str, Any]]]
    total_markers: tuple[str, ...] = ()


_KINDS: dict[str, TableKind] = {}


def register_table_kind(kind: TableKind) -> None:
    """Register a kind of table; once, when its application starts. The order is the order of loading a folder."""
    if kind.name in _KINDS:
        raise ValueError(f"The table kind '{kind.name}' is registered already.")
    _KINDS[kind.name] = kind


def table_kinds() -> tuple[TableKind, ...]:
    return tuple(_KINDS.values())


def table_kind(name: str) -> TableKind | None:
    return _KINDS.get(name)
