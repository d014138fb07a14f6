"""What the import pages show of a file: what would happen to its rows, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.errors import InvalidInputError
from lianyi.pages.names import in_language
from lianyi.pages.values import shown
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.running import ImportPreview
from lianyi.registry.models import ImportRun
from lianyi.tabular.columns import Column, Language
from lianyi.tabular.problems import ignored_text

MOST_ROWS_IN_BROWSER = 20_000
REFUSED_SHOWN = 50
IGNORED_SHOWN = 20
ACCEPTED_SHOWN = 10
ACTION_TONES: Mapping[RowAction, str] = {
    RowAction.CREATE: "good",
    RowAction.UPDATE: "info",
}


class TooManyRowsForBrowserError(InvalidInputError):
    """The file is one for the command line: planning it would keep a browser waiting too long."""

    code = "too-many-rows-for-browser"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    row_number: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IgnoredLine:
    row_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A row that would be written, with its values as they were read."""

    row_number: int
    tone: str
    word: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewLines:
    """The parts of a preview as the page shows them; of long lists the beginning, with how many there are."""

    created: int
    updated: int
    unchanged: int
    refused_count: int
    refused: tuple[RefusedRow, ...]
    ignored_count: int
    ignored: tuple[IgnoredLine, ...]
    columns: tuple[str, ...]
    accepted: tuple[AcceptedRow, ...]
    missing: tuple[str, ...]

    @property
    def good(self) -> int:
        """How many rows an import would write."""
        return self.created + self.updated

    @property
    def mode(self) -> str:
        """The mode in which the page offers the import: in part only where rows are refused."""
        return ImportRun.Mode.GOOD_ROWS if self.refused_count else ImportRun.Mode.ALL_OR_NOTHING


def preview_lines(preview: ImportPreview) -> PreviewLines:
    """Return what the page shows of a preview."""
    counts = preview.counts
    labels = {column.name: _label(column) for column in preview.source.kind.columns}
    names = _columns_read(preview)
    writing = [plan for plan in preview.plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)]
    return PreviewLines(
        created=counts[RowAction.CREATE],
        updated=counts[RowAction.UPDATE],
        unchanged=counts[RowAction.UNCHANGED],
        refused_count=counts[RowAction.REFUSE],
        refused=tuple(
            RefusedRow(plan.row.row_number, preview.reasons(plan)) for plan in preview.refused[:REFUSED_SHOWN]
        ),
        ignored_count=len(preview.ignored),
        ignored=tuple(
            IgnoredLine(row.row_number, ignored_text(row.reason, row.given, preview.language))
            for row in preview.ignored[:IGNORED_SHOWN]
        ),
        columns=tuple(labels[name] for name in names),
        accepted=tuple(_accepted(plan, preview, names) for plan in writing[:ACCEPTED_SHOWN]),
        missing=tuple(labels[name] for name in preview.missing_columns if name not in names),
    )


def _columns_read(preview: ImportPreview) -> tuple[str, ...]:
    """Return the columns of the file, then those that rows tell without a column: second names in brackets."""
    told = {name for plan in preview.plans for name in plan.row.values}
    return (*preview.matched_columns, *(name for name in preview.missing_columns if name in told))


def labels_of(kind: TableKind, names: object) -> str:
    """Return what columns are called on the page, for a message that names them by their machine names."""
    wanted = set(names) if isinstance(names, tuple) else set()
    return ", ".join(_label(column) for column in kind.columns if column.name in wanted)


def _label(column: Column) -> str:
    return in_language(column.label_zh, column.label_en)


def _accepted(plan: RowPlan, preview: ImportPreview, names: Sequence[str]) -> AcceptedRow:
    columns = {column.name: column for column in preview.source.kind.columns}
    values = tuple(_cell(columns[name], plan, preview.language) for name in names)
    return AcceptedRow(plan.row.row_number, ACTION_TONES[plan.action], _word(plan.action), values)


def _word(action: RowAction) -> str:
    return _("created") if action is RowAction.CREATE else _("updated")


def _cell(column: Column, plan: RowPlan, language: Language) -> str:
    """Return a value as it was read; the words of a choice, as the reader writes them."""
    value = plan.row.values.get(column.name)
    label = next((choice.label(language) for choice in column.choices if choice.value == value), "")
    return label or shown(value)
