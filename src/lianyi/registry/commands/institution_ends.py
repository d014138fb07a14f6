"""Writes about the end of institutions: closing, merging into another, and taking back a closing made by mistake."""

from __future__ import annotations

import datetime

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


def refuse_closed(institution: Institution, what: str) -> None:
    """Refuse a step on an institution that is closed.

    Raises
    ------
    ClosedRecordError
    """
    if institution.closed_on is not None:
        raise ClosedRecordError(
            f"{institution} is closed since {institution.closed_on}, so {what}. "
            "If it was closed by mistake, reopen it first.",
            record=institution.code,
            closed_on=institution.closed_on,
        )


@command("registry.institution.close")
def close_institution(
    context: CommandContext, institution: Institution, closed_on: datetime.date, expected_version: int
) -> Institution:
    """Close an institution; ``closed_on`` is the first day on which it is shut, and may be announced ahead."""
    require(context.actor, "registry.decide", institution)
    refuse_closed(institution, "it cannot be closed again")
    effective_on = min(closed_on, timezone.localdate())
    change = Change({"closed_on": closed_on}, effective_on, expected_version, "registry.institution.close")
    return change_record(context, institution, change)


@command("registry.institution.reopen")
def reopen_institution(context: CommandContext, institution: Institution, expected_version: int) -> Institution:
    """Take back a closing that was recorded by mistake. A real reopening is a new institution."""
    require(context.actor, "registry.decide", institution)
    if institution.closed_on is None:
        raise ClosedRecordError(f"{institution} is not closed; there is nothing to take back.", record=institution.code)
    change = Change({"closed_on": None}, datetime.date.min, expected_version, "registry.institution.reopen")
    return correct_record(context, institution, change)


@command("registry.institution.merge")
def merge_institution(
    context: CommandContext,
    institution: Institution,
    into: Institution,
    merged_on: datetime.date,
    expected_version: int,
) -> Institution:
    """Merge an institution into another on a day: it closes, and both histories say so.

    Departments, staff and branches stay where they are, for their own transfers are facts of their own; the events
    state how many were left.
    """
    require(context.actor, "registry.decide", institution)
    require(context.actor, "registry.decide", into)
    if institution.pk == into.pk:
        raise CycleError(f"{institution} cannot be merged into itself. Choose the other institution.", field="into")
    refuse_closed(institution, "it cannot be merged")
    refuse_closed(into, "nothing can be merged into it")
    check_order("opened_on", institution.opened_on, "merged_on", merged_on)
    before = {"closed_on": None}
    save_changes(institution, {"closed_on": merged_on}, expected_version)
    left = _left_behind(institution, merged_on)
    kinds = RegistryEvent.Kind
    merged = merger_event(institution, kinds.MERGED, merged_on, into, {"closed_on": merged_on, **left}, context.reason)
    absorbed = merger_event(into, kinds.ABSORBED, merged_on, institution, left, context.reason)
    RegistryEvent.objects.bulk_create([merged, absorbed])
    after = plain({"closed_on": merged_on, "merged_into": into.pk, **left})
    record(context, "registry.institution.merge", institution, before=before, after=after)
    return institution


def _left_behind(institution: Institution, day: datetime.date) -> dict[str, int]:
    gone = institution.staff.filter(employed_to__lt=day)
    return {
        "departments_left": institution.departments.filter(closed_on__isnull=True).count(),
        "staff_left": institution.staff.exclude(pk__in=gone).count(),
        "branches_left": institution.branches.filter(closed_on__isnull=True).count(),
    }
