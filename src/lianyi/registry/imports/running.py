"""The way of a file: read, planned row by row, shown to who sent it, and then done whole or, if wished, in part."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.db import transaction

from lianyi.accounts import audit
from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.registry.errors import ImportRefusedError, UnknownCodeError, UnknownFileInFolderError, UnknownTableKindError
from lianyi.registry.imports.collector import collector_at_rest
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind, table_kind, table_kinds
from lianyi.registry.models import ImportRun
from lianyi.tabular.columns import Language
from lianyi.tabular.header import find_table
from lianyi.tabular.problems import CellProblem, problem_text
from lianyi.tabular.reading import read_tables
from lianyi.tabular.returned_writing import write_returned_workbook
from lianyi.tabular.rows import IgnoredRow, ParsedTable, ParseOptions, parse_sheet
from lianyi.tabular.sheets import SheetData

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows there are."""

REASONS_NAMED = 10
_LONGEST_FILE_NAME = 200


@dataclass(frozen=True, slots=True)
class TableSource:
    """One file as it was read: the chosen sheet, its rows, and what the file was."""

    kind: TableKind
    file_name: str
    sha256: str
    file_format: str
    encoding: str
    encoding_is_guessed: bool
    sheet_names: tuple[str, ...]
    sheet: SheetData
    table: ParsedTable


@dataclass(frozen=True)
class ImportPreview:
    """What would become of each row of a file, and what stands in the way."""

    source: TableSource
    plans: tuple[RowPlan, ...]
    language: Language

    @cached_property
    def counts(self) -> dict[RowAction, int]:
        """How many rows would be created, updated, left and refused."""
        found = Counter(plan.action for plan in self.plans)
        return {action: found[action] for action in RowAction}

    @property
    def matched_columns(self) -> tuple[str, ...]:
        return tuple(self.source.table.header.positions)

    @property
    def unknown_headings(self) -> tuple[str, ...]:
        return tuple(heading.text for heading in self.source.table.header.unknown)

    @property
    def missing_columns(self) -> tuple[str, ...]:
        return self.source.table.header.missing_optional

    @property
    def ignored(self) -> Sequence[IgnoredRow]:
        return self.source.table.ignored

    @property
    def refused(self) -> tuple[RowPlan, ...]:
        return tuple(plan for plan in self.plans if plan.action is RowAction.REFUSE)

    def reasons(self, plan: RowPlan) -> tuple[str, ...]:
        """Say in the reader's language why a row is refused."""
        return tuple(problem_text(problem, self.language) for problem in plan.problems)

    def returned_workbook(self) -> bytes:
        """Return the sheet as it was given, with every bad row marked and its reasons beside it."""
        problems: dict[int, Sequence[CellProblem]] = {plan.row.row_number: plan.problems for plan in self.refused}
        source = self.source
        return write_returned_workbook(source.sheet, source.table.header, problems, self.language, self.ignored)


def kind_named(name: str) -> TableKind:
    """Return a kind of table.

    Raises
    ------
    UnknownTableKindError
        Naming the kinds there are.
    """
    kind = table_kind(name)
    if kind is None:
        known = ", ".join(each.name for each in table_kinds())
        raise UnknownTableKindError(
            f"There is no kind of table '{name}'. Accepted: {known}.", field="kind", given=name, expected=known
        )
    return kind


def read_source(
    kind: str, content: bytes | Path, file_name: str, progress: Progress | None = None, *, sheet_name: str = ""
) -> TableSource:
    """Read a file as a table of the kind, on the sheet that is named, or else on the one that fits it best.

    Raises
    ------
    UnknownTableKindError, TableFileError, TableHeaderError
        One subclass for each reason.
    """
    known = kind_named(kind)
    data = content.read_bytes() if isinstance(content, Path) else content
    workbook = read_tables(data, file_name)
    sheet = workbook.sheet_named(sheet_name) if sheet_name else find_table(workbook, known.columns)[0]
    codes = tuple(name for name in known.key if name.endswith("code"))
    options = ParseOptions(key_columns=codes, total_markers=frozenset(known.total_markers))
    with collector_at_rest():
        table = parse_sheet(sheet, known.columns, options, progress)
    return TableSource(
        kind=known,
        file_name=file_name[-_LONGEST_FILE_NAME:],
        sha256=hashlib.sha256(data).hexdigest(),
        file_format=workbook.file_format,
        encoding=workbook.encoding,
        encoding_is_guessed=workbook.encoding_is_guessed,
        sheet_names=tuple(each.name for each in workbook.sheets),
        sheet=sheet,
        table=table,
    )


def preview_source(actor: Actor, source: TableSource, language: Language) -> ImportPreview:
    """Plan what an import would do, without doing it.

    Raises
    ------
    NotPermittedError
        When the actor's role may not write such rows at all.
    """
    require(actor, source.kind.permission)
    with collector_at_rest():
        plans = tuple(source.kind.plan(actor, source.table.rows))
    return ImportPreview(source, plans, language)


def preview_table(
    actor: Actor,
    kind: str,
    content: bytes | Path,
    file_name: str,
    language: Language,
    progress: Progress | None = None,
) -> ImportPreview:
    """Read a file and plan what an import would do; see `read_source` and `preview_source` for the errors."""
    require(actor, kind_named(kind).permission)
    return preview_source(actor, read_source(kind, content, file_name, progress), language)


@command("registry.table.import")
def import_table(context: CommandContext, source: TableSource, mode: str = ImportRun.Mode.ALL_OR_NOTHING) -> ImportRun:
    """Do what a file says: all of it or nothing, or (``good_rows``) the rows that can be taken.

    The rows are planned again inside the transaction, so what somebody else did since the preview counts.

    Raises
    ------
    ImportRefusedError
        When a row is refused and not only the good rows were asked for, or when there are no good rows; nothing is
        changed then.
    """
    require(context.actor, source.kind.permission)
    _refuse_unknown_mode(mode)
    with collector_at_rest():
        return _imported(context, source, mode)


def _refuse_unknown_mode(mode: str) -> None:
    if mode not in ImportRun.Mode.values:
        raise UnknownCodeError(
            f"There is no mode '{mode}'. Accepted: {', '.join(ImportRun.Mode.values)}.", field="mode"
        )


def _imported(context: CommandContext, source: TableSource, mode: str) -> ImportRun:
    plans = source.kind.plan(context.actor, source.table.rows)
    refused = [plan for plan in plans if plan.action is RowAction.REFUSE]
    if refused and (mode == ImportRun.Mode.ALL_OR_NOTHING or len(refused) == len(plans)):
        raise _refusal_of(source, refused, len(plans))
    counts = Counter(plan.action for plan in plans)
    source.kind.apply(context, plans)
    run = ImportRun.objects.create(
        kind=source.kind.name,
        file_name=source.file_name,
        file_sha256=source.sha256,
        node_id=context.actor.node_id,
        user_id=context.actor.user_id,
        mode=mode,
        rows_read=len(plans),
        rows_created=counts[RowAction.CREATE],
        rows_updated=counts[RowAction.UPDATE],
        rows_unchanged=counts[RowAction.UNCHANGED],
        rows_refused=counts[RowAction.REFUSE],
    )
    if run.rows_created or run.rows_updated:
        audit.record(context, "registry.table.import", run, before=None, after=audit.creation_facts(run))
    return run


def _refusal_of(source: TableSource, refused: Sequence[RowPlan], rows: int) -> ImportRefusedError:
    named = [
        f"row {plan.row.row_number}: {' '.join(problem_text(problem, 'en') for problem in plan.problems)}"
        for plan in refused[:REASONS_NAMED]
    ]
    more = f" And {len(refused) - REASONS_NAMED} more rows." if len(refused) > REASONS_NAMED else ""
    return ImportRefusedError(
        f"{source.file_name}: {len(refused)} of {rows} rows cannot be taken, so nothing was imported. "
        f"{' '.join(named)}{more} Mend them, or import the good rows only.",
        file_name=source.file_name,
        refused=len(refused),
        rows=rows,
        plans=tuple(refused),
    )


def import_folder(
    context: CommandContext, folder: Path, progress: Callable[[str, int, int], None] | None = None
) -> list[ImportRun]:
    """Load every ``<kind>.csv`` of a folder in the order of registration, all of them or none.

    Each file has its own command key derived from the folder's, so a retry does nothing twice.

    Raises
    ------
    UnknownFileInFolderError
        When a .csv file is no kind of table.
    ImportRefusedError
        When a row of any file is refused.
    """
    names = [kind.name for kind in table_kinds()]
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    strange = sorted(set(files) - set(names))
    if strange:
        raise UnknownFileInFolderError(
            f"{folder} holds {', '.join(f'{name}.csv' for name in strange)}, which is no kind of table. "
            f"Accepted: {', '.join(names)}.",
            given=tuple(strange),
            expected=tuple(names),
        )
    runs = []
    with transaction.atomic():
        for name in names:
            if name in files:
                source = read_source(name, files[name], files[name].name, _progress_of(name, progress))
                runs.append(import_table(_context_of_file(context, name), source))
    return runs


def _progress_of(name: str, progress: Callable[[str, int, int], None] | None) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)


def _context_of_file(context: CommandContext, kind: str) -> CommandContext:
    key = hashlib.sha256(f"{context.key}/{kind}".encode()).hexdigest()
    return CommandContext(
        actor=context.actor,
        key=key,
        request_id=context.request_id,
        reason_code=context.reason_code,
        reason=context.reason,
        occurred_at=context.occurred_at,
    )
