"""Lines of a plan: written, changed, approved, published."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.checks import publication_problems, require_no_problems, without_approvals_of_arrived
from lianyi.dispatch.commands.approvals import lapse_approvals
from lianyi.dispatch.commands.walking import note_of, record_event, walk_many
from lianyi.dispatch.errors import PostingDatesError, StepRefusedError
from lianyi.dispatch.machine import BY_NAME, steps_from
from lianyi.dispatch.models import (
    Posting,
    PostingKind,
    PostingState,
)
from lianyi.dispatch.needs_queries import needs_to_name
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Staff

IMPORTED_REASON = "按导入表格所载 / As told by the imported table."
EDITABLE = (
    "kind",
    "to_institution_id",
    "to_department_id",
    "specialty",
    "batch_id",
    "team_id",
    "predecessor_id",
    "need_id",
    "starts_on",
    "ends_on",
    "tasks",
)


@dataclass(frozen=True, slots=True)
class NewPosting:
    code: str
    kind: str
    staff_id: int
    to_institution_id: int
    starts_on: datetime.date
    ends_on: datetime.date
    to_department_id: int | None = None
    specialty: str = ""
    batch_id: int | None = None
    team_id: int | None = None
    predecessor_id: int | None = None
    need_id: int | None = None
    tasks: str = ""
    provenance: str = Provenance.RECORDED


@command("dispatch.posting.draft")
def draft_posting(context: CommandContext, agreement: Agreement, new: NewPosting) -> Posting:
    """Write one line of a plan. Nothing is promised to anybody until it is published."""
    require_on_plan(context.actor, "dispatch.write", agreement)
    staff = Staff.objects.select_related("institution", "department").filter(pk=new.staff_id).first()
    if staff is None:
        raise InvalidInputError(
            "The person is not in the registry. Enter the person first.", field="staff", reason="person-unknown"
        )
    site = Institution.objects.filter(pk=new.to_institution_id).first()
    if site is None:
        raise InvalidInputError(
            "The receiving institution is not in the registry. Enter it first.", field="to", reason="site-unknown"
        )
    posting = new_posting(agreement, staff, new)
    check_plan(posting)
    _check_need(context, agreement, None, posting.need_id)
    posting.save()
    record_event(context, posting, "draft", PostingState.DRAFT, new.starts_on, {})
    record(context, "dispatch.posting.draft", posting, before=None, after=creation_facts(posting))
    return posting


def new_posting(agreement: Agreement, staff: Staff, new: NewPosting) -> Posting:
    if agreement.postings.filter(code=new.code).exists():
        raise InvalidInputError(
            f"The agreement has a posting '{new.code}' already; choose another number.",
            field="code",
            reason="posting-code-taken",
            given=new.code,
        )
    return Posting(
        agreement=agreement,
        code=new.code,
        kind=new.kind,
        staff=staff,
        from_institution=staff.institution,
        from_department=staff.department,
        to_institution_id=new.to_institution_id,
        to_department_id=new.to_department_id,
        specialty=new.specialty or staff.specialty,
        batch_id=new.batch_id,
        team_id=new.team_id,
        predecessor_id=new.predecessor_id,
        need_id=new.need_id,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        tasks=new.tasks,
        provenance=new.provenance,
    )


def check_plan(posting: Posting) -> None:
    if posting.kind not in PostingKind.values:
        raise InvalidInputError(
            f"'{posting.kind}' is not a kind of posting. Accepted: {', '.join(PostingKind.values)}.",
            field="kind",
            reason="posting-kind-unknown",
            given=posting.kind,
            accepted=PostingKind.labels,
        )
    if posting.ends_on < posting.starts_on:
        raise PostingDatesError(
            f"The posting ends on {posting.ends_on}, before it starts on {posting.starts_on}. Correct one of the days.",
            field="ends_on",
            reason="reversed",
            start=posting.starts_on,
            end=posting.ends_on,
        )
    if posting.from_institution_id == posting.to_institution_id:
        raise InvalidInputError(
            "A posting goes to another institution; both are the same here. Choose another one.",
            field="to",
            reason="posting-to-itself",
        )
    department = posting.to_department_id
    if department and not Department.objects.filter(pk=department, institution_id=posting.to_institution_id).exists():
        raise InvalidInputError(
            "The department named belongs to another institution.", field="to_department", reason="department-elsewhere"
        )
    predecessor = posting.predecessor
    if predecessor is not None and predecessor.agreement_id != posting.agreement_id:
        raise InvalidInputError(
            "The predecessor belongs to another agreement.", field="predecessor", reason="predecessor-elsewhere"
        )
    for name, row in (("batch", posting.batch), ("team", posting.team)):
        if row is not None and row.agreement_id != posting.agreement_id:
            raise InvalidInputError(
                f"The {name} belongs to another agreement.",
                field=name,
                reason="group-elsewhere",
                group=row._meta.verbose_name,
            )


def _check_need(context: CommandContext, agreement: Agreement, kept_id: int | None, need_id: int | None) -> None:
    """Refuse to name a need that the actor may not see or that wants nobody; whether the line fits is checked later."""
    if need_id in (None, kept_id):
        return
    if not needs_to_name(context.actor, agreement).filter(pk=need_id).exists():
        raise InvalidInputError(
            "There is no such need within your reach that is open for help.", field="need", reason="need-unknown"
        )


@command("dispatch.posting.change")
def change_posting(
    context: CommandContext, posting: Posting, changes: Mapping[str, Any], expected_version: int
) -> Posting:
    """Change a line that is still a draft; the answers that were given about it lapse.

    What is published changes by steps only.
    """
    require_on_plan(context.actor, "dispatch.write", posting)
    if posting.state != PostingState.DRAFT:
        raise StepRefusedError(
            f"The posting {posting.code} is published; extend, end, cancel or replace it instead of changing its line.",
            reason="published",
            posting=posting.code,
            state=posting.state,
            allowed=[step.name for step in steps_from(posting.state)],
        )
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    before = snapshot(posting, changes)
    wanted = Posting.objects.get(pk=posting.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    check_plan(wanted)
    _check_need(context, posting.agreement, posting.need_id, wanted.need_id)
    save_changes(posting, changes, expected_version)
    after = snapshot(posting, changes)
    record(context, "dispatch.posting.change", posting, before=before, after=after)
    if after != before:
        note_of(context, posting, "change", before, after).save()
        lapse_approvals(context, [posting])
    return posting


@command("dispatch.posting.publish")
def publish_postings(context: CommandContext, agreement: Agreement, posting_ids: Sequence[int]) -> Agreement:
    """Publish lines of a plan together: all of them, or none if one of them cannot be."""
    require_on_plan(context.actor, "dispatch.decide", agreement)
    rows = list(
        agreement.postings.filter(pk__in=posting_ids, state=PostingState.DRAFT)
        .select_related("agreement", "staff", "from_institution", "to_institution", "from_department")
        .order_by("pk")
    )
    if not rows:
        raise InvalidInputError(
            "None of the lines named is a draft of this agreement.", field="postings", reason="no-draft-named"
        )
    problems = publication_problems(rows)
    if context.actor.is_service:
        # The installer brings in the past as it was; whoever came then was approved on paper or not at all.
        problems = without_approvals_of_arrived(rows, problems)
    require_no_problems(rows, problems)
    today = timezone.localdate()
    walk_many(context, rows, BY_NAME["publish"], lambda _row: today)
    _record_known_facts(context, rows)
    return agreement


def _record_known_facts(context: CommandContext, rows: Sequence[Posting]) -> None:
    """Record arrivals and leavings that a line brought along from a table of the past."""
    arrived = {row.pk: row.arrived_on for row in rows if row.arrived_on is not None}
    left = {row.pk: row.left_on for row in rows if row.left_on is not None}
    came = [row for row in rows if row.pk in arrived]
    for row in came:
        # The walk sets them again, each with its own event.
        row.arrived_on, row.left_on = None, None
    walk_many(context, came, BY_NAME["arrive"], lambda row: arrived[row.pk])
    ended = [row for row in came if row.pk in left and left[row.pk] >= row.ends_on]
    walk_many(context, ended, BY_NAME["end"], lambda row: left[row.pk])
    early = [row for row in came if row.pk in left and left[row.pk] < row.ends_on]
    told = replace(context, reason_code=context.reason_code or "other", reason=context.reason or IMPORTED_REASON)
    walk_many(told, early, BY_NAME["return_early"], lambda row: left[row.pk])
