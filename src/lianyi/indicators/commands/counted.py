"""Figures counted from records: kept beside a sheet, and as its values where nobody gave one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands.values import FIGURES, definitions_on, keep_values, note_sheet_event
from lianyi.indicators.counted_figures import CountedFigure
from lianyi.indicators.errors import SheetStepRefusedError
from lianyi.indicators.models import (
    CountedState,
    CountedValue,
    IndicatorSheet,
    IndicatorValue,
    RecordCount,
    SheetState,
    ValueSource,
)
from lianyi.indicators.queries.counted import newest_counts
from lianyi.indicators.values_checks import ValueEntry, problem_of_entry
from lianyi.indicators.values_machine import WRITE

Written = tuple[IndicatorValue, dict[str, Any] | None]
_COMPARED = ("definition_version", "state", "numerator", "denominator", "numerator_rows", "denominator_rows")
_COPIED = (*_COMPARED[1:], "rows_seen", "sample_rows", "units_with_figure", "units")


@command("indicators.sheet.count")
def keep_counts(context: CommandContext, row: IndicatorSheet, figures: Sequence[CountedFigure]) -> RecordCount:
    """Keep what was counted for a sheet.

    Of each indicator a row is added where it differs from the count before. A draft takes the figures that nobody
    gave; what was typed or came from a table stays, and a difference is a doubt.
    """
    require(context.actor, WRITE, row)
    # It was counted before this command began: meanwhile somebody may have submitted the sheet.
    row.refresh_from_db()
    before = newest_counts(row)
    count = RecordCount(sheet=row, counted_at=timezone.now(), user_id=context.actor.user_id)
    new = [each for each in (_counted(count, figure) for figure in figures) if _is_new(each, before.get(each.code))]
    given = sum(figure.state != CountedState.MISSING for figure in figures)
    count.facts = {"asked": len(figures), "given": given, "new": len(new)}
    count.save()
    for each in new:
        each.count = count
    CountedValue.objects.bulk_create(new)
    written = _taken(row, newest_counts(row)) if row.state == SheetState.DRAFT else []
    if written:
        _write(context, row, written)
    record(context, "indicators.sheet.count", count, before=None, after=creation_facts(count))
    return count


@command("indicators.value.take_count")
def take_count(context: CommandContext, row: IndicatorSheet, code: str, expected_version: int) -> IndicatorSheet:
    """Let the counted figure of an indicator stand in the place of what was given; what was given stays on record.

    Raises
    ------
    InvalidInputError
        When nothing was counted, or what was counted cannot be a value.
    """
    require(context.actor, WRITE, row)
    if row.state != SheetState.DRAFT:
        raise SheetStepRefusedError(
            "The sheet is no draft any more; have it sent back or opened again before you change it.",
            reason="sheet-no-draft",
            state_label=SheetState(row.state).label,
        )
    counted = newest_counts(row).get(code)
    kept = row.values.filter(code=code).first()
    written = None if counted is None else _value(row, counted, kept)
    if written is None:
        raise InvalidInputError(
            f"Nothing was counted for {code} that could stand on the sheet.", reason="nothing-counted", given=code
        )
    save_changes(row, {}, expected_version)
    _write(context, row, [written])
    return row


def _write(context: CommandContext, row: IndicatorSheet, written: Sequence[Written]) -> None:
    facts = keep_values(context, written, context.reason or _("counted from records"))
    note_sheet_event(context, row, "count", row.state, facts).save()


def _counted(count: RecordCount, figure: CountedFigure) -> CountedValue:
    facts = {name: getattr(figure, name) for name in _COPIED}
    return CountedValue(
        count=count,
        sheet=count.sheet,
        code=figure.code,
        definition_version=figure.definition.version,
        **facts,
    )


def _is_new(found: CountedValue, before: CountedValue | None) -> bool:
    return before is None or any(getattr(found, name) != getattr(before, name) for name in _COMPARED)


def _taken(row: IndicatorSheet, counted: Mapping[str, CountedValue]) -> list[Written]:
    """Return the values that the counted figures make or change: those that nobody gave."""
    kept = {each.code: each for each in row.values.all()}
    found = []
    for code, each in counted.items():
        value = kept.get(code)
        if value is None or value.source == ValueSource.COUNTED:
            written = _value(row, each, value)
            if written is not None:
                found.append(written)
    return found


def _value(row: IndicatorSheet, counted: CountedValue, kept: IndicatorValue | None) -> Written | None:
    """Return the value of a counted figure with what it was; None where it changes nothing or cannot be one."""
    definition = definitions_on(row).get(counted.code)
    entry = ValueEntry(counted.code, counted.numerator, counted.denominator)
    if entry.is_empty or definition is None or problem_of_entry(definition, entry) is not None:
        return None
    value = kept or IndicatorValue(
        sheet=row, node_id=row.node_id, code=counted.code, definition_version=0, period_start=row.period_start
    )
    before = None if kept is None else snapshot(value, FIGURES)
    is_same = value.figures == (counted.numerator, counted.denominator) and value.source == ValueSource.COUNTED
    if kept is not None and is_same:
        return None
    value.definition_version = counted.definition_version
    value.numerator, value.denominator = counted.numerator, counted.denominator
    value.unavailable_because, value.source = "", ValueSource.COUNTED
    value.provenance = Provenance(counted.provenance)
    return value, before
