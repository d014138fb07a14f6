"""Writes about the end of institutions: closing, merging into another, and taking back a closing made by mistake."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.registry.changing import Change, change_record, correct_record
from lianyi.registry.checks import check_order
from lianyi.registry.errors import ClosedRecordError, CycleError
from lianyi.registry.history import merger_event
from lianyi.registry.models import Institution, RegistryEvent
from lianyi.registry.models.institutions import open_on


def refuse_closed(institution: Institution, what: str, day: datetime.date | None = None) -> None:
    """Refuse a step on an institution that is closed on the day, by default today; one announced ahead hinders nothing.

    Raises
    ------
    ClosedRecordError
    """
    if institution.closed_on is not None and institution.closed_on <= (day or timezone.localdate()):
        raise ClosedRecordError(
            f"{institution} is closed since {institution.closed_on}, so {what}. "
            "If it was closed by mistake, take the closing back first.",
            reason="closed",
            record=institution.name_zh,
            closed_on=institution.closed_on,
        )


def _refuse_closing_recorded(institution: Institution) -> None:
    if institution.closed_on is not None:
        raise ClosedRecordError(
            f"A closing of {institution} on {institution.closed_on} is recorded already. Take it back first.",
            reason="closing-recorded",
            record=institution.name_zh,
            closed_on=institution.closed_on,
        )


@command("registry.institution.close")
def close_institution(
    context: CommandContext, institution: Institution, closed_on: datetime.date, expected_version: int
) -> Institution:
    """Close an institution; ``closed_on`` is the first day on which it is shut, and may be announced ahead."""
    require(context.actor, "registry.decide", institution)
    _refuse_closing_recorded(institution)
    effective_on = min(closed_on, timezone.localdate())
    change = Change({"closed_on": closed_on}, effective_on, expected_version, "registry.institution.close")
    return change_record(context, institution, change)


@command("registry.institution.reopen")
def reopen_institution(context: CommandContext, institution: Institution, expected_version: int) -> Institution:
    """Take back a closing that was recorded by mistake. A real reopening is a new institution."""
    require(context.actor, "registry.decide", institution)
    if institution.closed_on is None:
        raise ClosedRecordError(
            f"{institution} is not closed; there is nothing to take back.",
            reason="not-closed",
            record=institution.name_zh,
        )
    change = Change({"closed_on": None}, datetime.date.min, expected_version, "registry.institution.reopen")
    return correct_record(context, institution, change)


@dataclass(frozen=True, slots=True)
class Merger:
    """Into which institution, and from which day on."""

    into: Institution
    merged_on: datetime.date


@command("registry.institution.merge")
def merge_institution(
    context: CommandContext, institution: Institution, merger: Merger, expected_version: int
) -> Institution:
    """Merge an institution into another on a day: it closes, and both histories say so.

    Departments, staff and branches stay where they are, each to be moved by itself; the events state how many were
    left. To take departments and staff along there is `merge_institution_with_people`.
    """
    check_merger(context, institution, merger)
    return record_merger(context, institution, merger, expected_version, {})


def check_merger(context: CommandContext, institution: Institution, merger: Merger) -> None:
    """Refuse a merger that may not or cannot be.

    Raises
    ------
    NotPermittedError, CycleError, ClosedRecordError, DatesOutOfOrderError
    """
    require(context.actor, "registry.decide", institution)
    require(context.actor, "registry.decide", merger.into)
    if institution.pk == merger.into.pk:
        raise CycleError(f"{institution} cannot be merged into itself. Choose the other institution.", field="into")
    _refuse_closing_recorded(institution)
    refuse_closed(merger.into, "nothing can be merged into it", merger.merged_on)
    check_order("opened_on", institution.opened_on, "merged_on", merger.merged_on)


def record_merger(
    context: CommandContext,
    institution: Institution,
    merger: Merger,
    expected_version: int,
    moved: Mapping[str, int],
) -> Institution:
    """Close the institution that was checked before, with the events of both sides; ``moved`` is what went along."""
    save_changes(institution, {"closed_on": merger.merged_on}, expected_version)
    facts = {**moved, **_left_behind(institution, merger.merged_on)}
    closing = {"closed_on": merger.merged_on, **facts}
    kinds = RegistryEvent.Kind
    merged = merger_event(institution, kinds.MERGED, merger.merged_on, merger.into, closing, context.reason)
    absorbed = merger_event(merger.into, kinds.ABSORBED, merger.merged_on, institution, facts, context.reason)
    RegistryEvent.objects.bulk_create([merged, absorbed])
    after = plain({**closing, "merged_into": merger.into.pk})
    record(context, "registry.institution.merge", institution, before={"closed_on": None}, after=after)
    return institution


def _left_behind(institution: Institution, day: datetime.date) -> dict[str, int]:
    gone = institution.staff.filter(employed_to__lt=day)
    return {
        "departments_left": institution.departments.filter(open_on(day)).count(),
        "staff_left": institution.staff.exclude(pk__in=gone).count(),
        "branches_left": institution.branches.filter(open_on(day)).count(),
    }
