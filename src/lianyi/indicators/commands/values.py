"""Sheets of indicators: who reports, a sheet begun, its figures written as a whole, and its steps."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext, Entry, creation_facts, entry_of, plain, record, record_many, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.errors import SheetStepRefusedError, SheetValuesRefusedError
from lianyi.indicators.models import (
    IndicatorSheet,
    IndicatorSheetEvent,
    IndicatorValue,
    IndicatorValueChange,
    PeriodKind,
    ReportingAssignment,
    SheetState,
    ValueSource,
)
from lianyi.indicators.values_authority import is_giver, require_step, was_submitted
from lianyi.indicators.values_checks import ValueEntry, doubts_of, problem_of_entry
from lianyi.indicators.values_levels import reported_by
from lianyi.indicators.values_machine import DECIDE, SHEET_STEP_BY_NAME, WRITE, SheetStep, sheet_steps_from
from lianyi.indicators.values_periods import last_day, period_code, start_of
from lianyi.rules.indicators import IndicatorDefinition

FIGURES = ("numerator", "denominator", "unavailable_because", "note", "source", "provenance")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """Who reports what from when on, and how many days after each period it is due."""

    node: OrganisationNode
    family: str
    period: str
    starts_on: datetime.date
    due_days: int
    ends_on: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@command("indicators.reporting.assign")
def assign_reporting(context: CommandContext, new: NewAssignment) -> ReportingAssignment:
    """Say that a unit reports a family of indicators. Whoever decides about the place says so."""
    require(context.actor, DECIDE)
    _require_covered(context, new.node)
    row = ReportingAssignment(
        node=new.node,
        family=new.family,
        period=new.period,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        due_days=new.due_days,
        provenance=new.provenance,
    )
    check_assignment(row)
    row.save()
    record(context, "indicators.reporting.assign", row, before=None, after=creation_facts(row))
    return row


def check_assignment(row: ReportingAssignment) -> None:
    """Refuse a duty that names no indicators, ends before it begins, or stands beside another of the same.

    Raises
    ------
    InvalidInputError
    """
    check_what_is_reported(row.node, row.family, row.period, None)
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise InvalidInputError(
            f"It ends on {row.ends_on}, before it begins on {row.starts_on}.",
            field="ends_on",
            reason="reporting-days-in-order",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
    others = ReportingAssignment.objects.filter(node_id=row.node_id, family=row.family, period=row.period)
    for other in others.exclude(pk=row.pk):
        begins_later = row.ends_on is not None and other.starts_on > row.ends_on
        ended_before = other.ends_on is not None and other.ends_on < row.starts_on
        if not begins_later and not ended_before:
            raise InvalidInputError(
                f"The unit reports this already since {other.starts_on}. End that first.",
                field="node",
                reason="reporting-twice",
                since=other.starts_on,
            )


def check_what_is_reported(node: OrganisationNode, family: str, period: str, on: datetime.date | None) -> None:
    """Refuse what no unit can report.

    Raises
    ------
    InvalidInputError
    """
    if node.kind == NodeKind.DEPARTMENT:
        raise InvalidInputError(
            "Institutions and places report; a department does not.", field="node", reason="department-reports"
        )
    if period not in PeriodKind.values or not reported_by(node, family, period, on):
        raise InvalidInputError(
            f"Such a unit reports no indicator of '{family}' for a {period} on {on}.",
            field="family",
            reason="nothing-to-report",
            family=family,
            on=on,
        )


@command("indicators.reporting.end")
def end_reporting(
    context: CommandContext, row: ReportingAssignment, ends_on: datetime.date, expected_version: int
) -> ReportingAssignment:
    """Say until when a unit reports; what it reported stays."""
    require(context.actor, DECIDE, row)
    before = snapshot(row, ["ends_on"])
    wanted = ReportingAssignment.objects.select_related("node").get(pk=row.pk)
    wanted.ends_on = ends_on
    check_assignment(wanted)
    save_changes(row, {"ends_on": ends_on}, expected_version)
    record(context, "indicators.reporting.end", row, before=before, after=snapshot(row, ["ends_on"]))
    return row


def _require_covered(context: CommandContext, node: OrganisationNode) -> None:
    if not context.actor.is_service and not covers(context.actor, node.pk):
        raise NotPermittedError(
            "Your affiliation does not cover this unit. Ask the office that keeps the record.",
            reason="relation",
            permission=WRITE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSheet:
    """What a sheet is about."""

    node: OrganisationNode
    family: str
    period: str
    period_start: datetime.date
    provenance: str = Provenance.REPORTED


@command("indicators.sheet.start")
def start_sheet(context: CommandContext, new: NewSheet) -> IndicatorSheet:
    """Begin the sheet of a unit for a period that has begun."""
    require(context.actor, WRITE)
    _require_covered(context, new.node)
    row = IndicatorSheet(
        node=new.node,
        family=new.family,
        period=new.period,
        period_start=new.period_start,
        provenance=new.provenance,
    )
    check_sheet(row)
    known = IndicatorSheet.objects.filter(
        node_id=row.node_id, family=row.family, period=row.period, period_start=row.period_start
    ).first()
    if known is not None:
        raise InvalidInputError(
            f"There is a sheet of this unit for {period_code(row.period, row.period_start)} already; open that.",
            field="period",
            reason="sheet-twice",
            period=period_code(row.period, row.period_start),
        )
    row.save()
    note_sheet_event(context, row, "start", SheetState.DRAFT, {}).save()
    record(context, "indicators.sheet.start", row, before=None, after=creation_facts(row))
    return row


def check_sheet(row: IndicatorSheet) -> None:
    """Refuse a sheet of a period that is none or has not begun, or without anything to report.

    Raises
    ------
    InvalidInputError
    """
    check_what_is_reported(row.node, row.family, row.period, last_day(row.period, row.period_start))
    if start_of(row.period, row.period_start) != row.period_start or row.period_start > timezone.localdate():
        raise InvalidInputError(
            f"{row.period_start} begins no {row.period} that has begun.",
            field="period",
            reason="period-not-begun",
            given=row.period_start,
        )


def definitions_on(row: IndicatorSheet) -> dict[str, IndicatorDefinition]:
    """Return the indicators of a sheet by code: those that held when its period ended."""
    return {
        each.code: each
        for each in reported_by(row.node, row.family, row.period, last_day(row.period, row.period_start))
    }


@command("indicators.sheet.fill")
def save_values(
    context: CommandContext,
    row: IndicatorSheet,
    entries: Sequence[ValueEntry],
    expected_version: int,
    source: str = ValueSource.TYPED,
) -> IndicatorSheet:
    """Write figures of a draft as a whole: one that cannot be kept keeps all of them back.

    Once somebody has read the sheet, a changed figure needs its reason, and what it was before stays.

    Raises
    ------
    SheetValuesRefusedError
        With the refusal of each indicator by its code.
    """
    require(context.actor, WRITE, row)
    if row.state != SheetState.DRAFT:
        raise SheetStepRefusedError(
            "The sheet is no draft any more; have it sent back or opened again before you change it.",
            reason="sheet-no-draft",
            state_label=SheetState(row.state).label,
        )
    kept = {each.code: each for each in row.values.all()}
    refuse_problems(row, entries, kept)
    written = _written(row, entries, kept, source)
    _require_reason(context, row, [value for value, before in written if before is not None])
    save_changes(row, {}, expected_version)
    if written:
        facts = keep_values(context, written, context.reason)
        note_sheet_event(context, row, "fill", row.state, facts).save()
    return row


def refuse_problems(row: IndicatorSheet, entries: Sequence[ValueEntry], kept: Mapping[str, IndicatorValue]) -> None:
    """Refuse all entries where one cannot be kept, each with its reason."""
    known, problems = definitions_on(row), {}
    for entry in entries:
        problem = problem_of_entry(known.get(entry.code), entry)
        if problem is None and entry.is_empty and entry.code in kept:
            problem = InvalidInputError(
                "A figure that was given is not emptied; say why it is not available.", reason="value-emptied"
            )
        if problem is not None:
            problems[entry.code] = problem
    if problems:
        raise SheetValuesRefusedError(
            f"{len(problems)} figures cannot be kept: {', '.join(problems)}. Mend them, then save all again.",
            problems=problems,
            count=len(problems),
        )


def _written(
    row: IndicatorSheet, entries: Iterable[ValueEntry], kept: Mapping[str, IndicatorValue], source: str
) -> list[tuple[IndicatorValue, dict[str, Any] | None]]:
    """Return the values that differ from what is kept, each with what it was, or None for a new one."""
    known = definitions_on(row)
    found: list[tuple[IndicatorValue, dict[str, Any] | None]] = []
    provenance = row.provenance if row.is_sample else Provenance.REPORTED
    for entry in entries:
        if entry.is_empty:
            continue
        value = kept.get(entry.code) or IndicatorValue(
            sheet=row,
            node_id=row.node_id,
            code=entry.code,
            definition_version=known[entry.code].version,
            period_start=row.period_start,
        )
        before = None if value.pk is None else snapshot(value, FIGURES)
        said = {
            "numerator": entry.numerator,
            "denominator": entry.denominator,
            "unavailable_because": entry.unavailable_because,
            "note": entry.note,
        }
        if before is not None and all(getattr(value, name) == each for name, each in said.items()):
            continue
        has_other_figures = before is None or any(getattr(value, name) != said[name] for name in FIGURES[:3])
        # A word beside a figure that was counted does not make it one that was typed.
        origin = {"source": source, "provenance": provenance} if has_other_figures else {}
        for name, each in {**said, **origin}.items():
            setattr(value, name, each)
        found.append((value, before))
    return found


def _require_reason(context: CommandContext, row: IndicatorSheet, changed: Sequence[IndicatorValue]) -> None:
    if changed and not context.reason.strip() and was_submitted(row):
        raise InvalidInputError(
            "Somebody has read these figures before; say why they change.",
            field="reason",
            reason="change-without-reason",
        )


def keep_values(
    context: CommandContext, written: Sequence[tuple[IndicatorValue, dict[str, Any] | None]], reason: str
) -> dict[str, int]:
    """Save values inside a command, each with what it was, and return how many are new and how many changed."""
    now, entries, changes = timezone.now(), list[Entry](), []
    for value, before in written:
        if before is not None:
            value.version += 1
            value.updated_at = now
        value.save()
        after = snapshot(value, FIGURES)
        action = "indicators.value.give" if before is None else "indicators.value.change"
        entries.append(entry_of(action, value, before, creation_facts(value) if before is None else after))
        if before is not None:
            changes.append(
                IndicatorValueChange(
                    value=value,
                    before=plain(before),
                    after=plain(after),
                    reason=reason,
                    recorded_at=now,
                    user_id=context.actor.user_id,
                )
            )
    IndicatorValueChange.objects.bulk_create(changes)
    record_many(context, entries)
    return {"new": len(written) - len(changes), "changed": len(changes)}


@command("indicators.sheet.step")
def take_sheet_step(
    context: CommandContext, row: IndicatorSheet, step_name: str, expected_version: int
) -> IndicatorSheet:
    """Take one step of the table."""
    step = _step_for(row, step_name)
    require_step(context.actor, step, row)
    _check_step(context, row, step)
    before, from_state = snapshot(row, ["state"]), row.state
    save_changes(row, {"state": step.to_state.value}, expected_version)
    note_sheet_event(context, row, step.name, from_state, {}).save()
    record(context, f"indicators.sheet.{step.name}", row, before=before, after=snapshot(row, ["state"]))
    return row


def _step_for(row: IndicatorSheet, step_name: str) -> SheetStep:
    step, allowed = SHEET_STEP_BY_NAME.get(step_name), sheet_steps_from(row.state)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed)
        raise SheetStepRefusedError(
            f"The sheet is '{row.state}'; '{step_name}' does not follow. Possible now: {names}.",
            reason="sheet-not-following",
            step=step_name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=SheetState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    return step


def _check_step(context: CommandContext, row: IndicatorSheet, step: SheetStep) -> None:
    if step.needs_reason and not context.reason.strip():
        raise InvalidInputError(
            f"The step '{step.name}' needs a reason in words.",
            field="reason",
            reason="sheet-step-without-reason",
            step=step.label,
        )
    if step.by_another and is_giver(context.actor, row):
        raise SeparationOfDutiesError(
            "You filled in or submitted this sheet; somebody else checks, accepts and locks it.",
            reason="own-sheet",
        )
    if step.asks_values:
        _check_complete(row)


def _check_complete(row: IndicatorSheet) -> None:
    """Refuse to submit a sheet before its period is over, with gaps, or with unusual figures nobody explained."""
    if last_day(row.period, row.period_start) >= timezone.localdate():
        raise InvalidInputError(
            f"The period {period_code(row.period, row.period_start)} is not over yet.",
            reason="period-not-over",
            period=period_code(row.period, row.period_start),
        )
    rows = list(row.values.order_by("code"))
    missing = sorted(set(definitions_on(row)) - {each.code for each in rows})
    if missing:
        raise InvalidInputError(
            f"Nothing is said of {', '.join(missing)}. Give the figures, or say why they are not available.",
            reason="values-missing",
            count=len(missing),
            codes=missing,
        )
    doubts = doubts_of(row, rows)
    silent = [each.code for each in rows if each.pk in doubts and not each.note]
    if silent:
        raise InvalidInputError(
            f"These figures are unusual and need a word in their note: {', '.join(silent)}.",
            reason="doubts-without-word",
            count=len(silent),
            codes=silent,
        )


def note_sheet_event(
    context: CommandContext, row: IndicatorSheet, step: str, from_state: str, facts: Mapping[str, Any]
) -> IndicatorSheetEvent:
    return IndicatorSheetEvent(
        sheet=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        effective_on=timezone.localdate(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        facts=dict(facts),
    )
