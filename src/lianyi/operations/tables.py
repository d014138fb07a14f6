"""Tables in and out from the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianyi.accounts.actors import Actor
from lianyi.operations.acting import context_of
from lianyi.operations.console import Progress, Stage
from lianyi.operations.working_folder import replace_durably
from lianyi.registry.imports.exporting import export_table, template_of
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.imports.running import ImportPreview, import_folder, import_table, preview_source, read_source
from lianyi.registry.models import ImportRun
from lianyi.tabular.columns import Language
from lianyi.tabular.problems import ignored_text

PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ImportWish:
    """``returned`` is where a workbook with the bad rows marked goes, if there are any.

    Without ``sheet`` the sheet of a workbook that fits the kind best is read.
    """

    kind: str
    file: Path
    language: Language
    good_rows: bool = False
    only_preview: bool = False
    returned: Path | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """``run`` is None when nothing was imported, because rows were refused or only a preview was wanted."""

    wish: ImportWish
    preview: ImportPreview
    run: ImportRun | None

    @property
    def refused(self) -> int:
        return self.preview.counts[RowAction.REFUSE]


def run_import(actor: Actor, wish: ImportWish, stage: Stage) -> ImportOutcome:
    """Read a file, say what is wrong with it, and import it where that is wished and possible.

    Raises
    ------
    LianyiError
        When the file is no such table at all, or the actor may not import it.
    """
    with stage(f"Reading {wish.file.name}") as progress:
        source = read_source(wish.kind, wish.file, wish.file.name, progress, sheet_name=wish.sheet)
    preview = preview_source(actor, source, wish.language)
    if preview.refused and wish.returned is not None:
        write_file(wish.returned, preview.returned_workbook())
    nothing_left = bool(preview.refused) and not any(
        preview.counts[action] for action in RowAction if action is not RowAction.REFUSE
    )
    if wish.only_preview or nothing_left or (preview.refused and not wish.good_rows):
        return ImportOutcome(wish, preview, None)
    mode = ImportRun.Mode.GOOD_ROWS if wish.good_rows else ImportRun.Mode.ALL_OR_NOTHING
    return ImportOutcome(wish, preview, import_table(context_of(actor), source, mode))


def describe_outcome(outcome: ImportOutcome) -> dict[str, Any]:
    preview, wish = outcome.preview, outcome.wish
    source = preview.source
    return {
        "kind": wish.kind,
        "file": str(wish.file),
        "format": source.file_format,
        "encoding": source.encoding,
        "sheet": source.sheet.name,
        "sheets": source.sheet_names,
        "imported": outcome.run is not None,
        "import_id": None if outcome.run is None else outcome.run.pk,
        "rows": {action.value: count for action, count in preview.counts.items()},
        "columns": preview.matched_columns,
        "unknown_headings": preview.unknown_headings,
        "ignored": [
            {"row": row.row_number, "reason": ignored_text(row.reason, row.given, wish.language)}
            for row in preview.ignored
        ],
        "problems": [{"row": plan.row.row_number, "reasons": preview.reasons(plan)} for plan in preview.refused],
        "returned": str(wish.returned) if wish.returned is not None and preview.refused else None,
    }


def lines_of_outcome(outcome: ImportOutcome) -> list[str]:
    preview = outcome.preview
    lines = [
        f"row {plan.row.row_number}: {' '.join(preview.reasons(plan))}" for plan in preview.refused[:PROBLEMS_SHOWN]
    ]
    if outcome.refused > PROBLEMS_SHOWN:
        lines.append(f"... and {outcome.refused - PROBLEMS_SHOWN} more rows")
    if preview.unknown_headings:
        lines.append(f"Columns not read, their headings are not known: {', '.join(preview.unknown_headings)}")
    source = preview.source
    if len(source.sheet_names) > 1:
        others = ", ".join(name for name in source.sheet_names if name != source.sheet.name)
        lines.append(f"Read from the sheet {source.sheet.name}; to read another add --sheet NAME: {others}")
    counts = ", ".join(f"{count:,} {action.value}" for action, count in preview.counts.items())
    lines.append(f"{outcome.wish.file.name}: {counts}; {len(preview.ignored):,} lines ignored")
    return lines


def verdict_of(outcome: ImportOutcome) -> str:
    """Say in one sentence what came of it and what to do now."""
    if outcome.run is not None:
        return "Imported." if not outcome.refused else "Imported the good rows only."
    if not outcome.refused:
        return "A preview only; nothing was imported."
    if outcome.wish.good_rows and not outcome.wish.only_preview:
        return "Nothing was imported: no row can be taken. Mend the rows and import again."
    where = f"They are marked in {outcome.wish.returned}. " if outcome.wish.returned is not None else ""
    return f"Nothing was imported. {where}Mend the rows, or add --good-rows to import the others."


def run_folder_import(actor: Actor, folder: Path, progress: Progress) -> list[dict[str, Any]]:
    """Import every table of a folder, all or none; the bar starts anew with each table."""
    runs = import_folder(context_of(actor), folder, lambda _name, done, total: progress(done, total))
    return [
        {
            "kind": run.kind,
            "import_id": run.pk,
            "rows": run.rows_read,
            "create": run.rows_created,
            "update": run.rows_updated,
            "unchanged": run.rows_unchanged,
        }
        for run in runs
    ]


def exported(actor: Actor, kind: str, file_format: str, language: Language) -> bytes:
    return export_table(actor, kind, file_format, language)


def write_template_file(kind: str, language: Language, target: Path) -> None:
    write_file(target, template_of(kind, language))


def write_file(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    made = target.with_name(f".{target.name}.part")
    made.write_bytes(content)
    replace_durably(made, target)
