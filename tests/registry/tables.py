"""Ways for tests to make tables and to import them."""

from __future__ import annotations

import csv
import io

from lianyi.accounts.actors import Actor, service_actor
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.imports.running import ImportPreview, import_table, preview_table, read_source
from lianyi.registry.models import ImportRun
from tests.registry.factories import context


def table(*rows: dict[str, object]) -> bytes:
    """Return a text table whose columns are those of all rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def preview(kind: str, *rows: dict[str, object], actor: Actor | None = None) -> ImportPreview:
    return preview_table(actor or service_actor(), kind, table(*rows), f"{kind}.csv", "en")


def load(kind: str, *rows: dict[str, object], actor: Actor | None = None, mode: str = "all_or_nothing") -> ImportRun:
    return import_table(context(actor), read_source(kind, table(*rows), f"{kind}.csv"), mode)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """Return how many rows were created, updated, left as they were, refused."""
    return run.rows_created, run.rows_updated, run.rows_unchanged, run.rows_refused


def reasons(found: ImportPreview) -> dict[int, list[str]]:
    """Return the short reasons of the refused rows by row number."""
    return {
        plan.row.row_number: [str(problem.params.get("reason", problem.code)) for problem in plan.problems]
        for plan in found.plans
        if plan.action is RowAction.REFUSE
    }
