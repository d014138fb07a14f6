"""The steps of a posting's life, replacement, and absences."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from lianyi.accounts.access import covers
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import save_changes
from lianyi.dispatch.arrivals import require_not_elsewhere
from lianyi.dispatch.authority import require_on_plan, require_on_posting
from lianyi.dispatch.checks import (
    extension_problems,
    publication_problems,
    require_no_problems,
    without_approvals,
)
from lianyi.dispatch.commands.plans import NewPosting, check_plan, new_posting
from lianyi.dispatch.commands.walking import (
    StepFacts,
    changes_of,
    check_step,
    move_access,
    record_event,
    step_for,
    walk_many,
)
from lianyi.dispatch.errors import PostingDatesError, PublicationRefusedError, StepRefusedError
from lianyi.dispatch.machine import BY_NAME, STAYED, Side, Step
from lianyi.dispatch.models import (
    Posting,
    PostingAbsence,
    PostingState,
)
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff


@command("dispatch.posting.step")
def take_step(
    context: CommandContext, posting: Posting, step_name: str, facts: StepFacts, expected_version: int
) -> Posting:
    """Take one step of the table with one posting."""
    step = step_for(posting, step_name)
    require_on_posting(context.actor, step.permission, posting)
    _require_step_side(context, posting, step)
    check_step(context, posting, step, facts)
    _require_room(posting, step, facts)
    changes = changes_of(posting, step, facts)
    before = snapshot(posting, changes)
    from_state = posting.state
    save_changes(posting, changes, expected_version)
    record_event(context, posting, step.name, from_state, facts.day, before)
    record(context, f"dispatch.posting.{step.name}", posting, before=before, after=snapshot(posting, changes))
    move_access(context, [posting], step)
    return posting


def _require_room(posting: Posting, step: Step, facts: StepFacts) -> None:
    """Refuse a step whose days are taken by something else."""
    if step.name == "publish":
        require_no_problems([posting], publication_problems([posting]))
    if step.name == "arrive":
        require_not_elsewhere([posting], facts.day)
    if step.name == "extend" and facts.ends_on is not None:
        problems = extension_problems(posting, facts.ends_on)
        if problems:
            raise PublicationRefusedError(
                f"The posting {posting.code} cannot be extended to {facts.ends_on}.",
                reason="extension",
                posting=posting.code,
                problems=problems,
            )


@command("dispatch.posting.step_many")
def take_step_together(
    context: CommandContext, agreement: Agreement, posting_ids: Sequence[int], step_name: str, day: datetime.date
) -> Agreement:
    """Record the same departure, arrival or end for many people of one agreement; all of them or none."""
    step = BY_NAME[step_name]
    require_on_plan(context.actor, step.permission, agreement)
    if not step.is_fact or step.needs_reason:
        raise InvalidInputError(
            f"The step '{step_name}' is taken one by one.", field="step", reason="step-one-by-one", step=step.label
        )
    rows = list(agreement.postings.filter(pk__in=posting_ids).select_related("agreement", "staff").order_by("pk"))
    for row in rows:
        step_for(row, step_name)
        check_step(context, row, step, StepFacts(day))
    if step.name == "arrive":
        require_not_elsewhere(rows, day)
    walk_many(context, rows, step, lambda _row: day)
    return agreement


def _require_step_side(context: CommandContext, posting: Posting, step: Step) -> None:
    if step.side is Side.RECEIVING and not covers(context.actor, posting.to_institution_id):
        raise NotPermittedError(
            "The receiving unit writes the appraisal; you act for another institution.",
            reason="receiving-unit-only",
            permission=step.permission,
        )


@command("dispatch.posting.replace")
def replace_posting(
    context: CommandContext,
    posting: Posting,
    staff_id: int,
    code: str,
    from_day: datetime.date,
    expected_version: int,
) -> Posting:
    """Let somebody else take over a posting that drops out; returns the new posting.

    Whoever is on site has left the day before; who has not come yet is cancelled. The rest of the line stays the same.
    The new posting is published at once, unless the agreement asks for approvals: then it waits for them as a draft.
    """
    require_on_posting(context.actor, "dispatch.decide", posting)
    staff = Staff.objects.select_related("institution", "department").filter(pk=staff_id).first()
    if staff is None or staff.pk == posting.staff_id:
        raise InvalidInputError(
            "Choose another person of the registry to take over.", field="staff", reason="successor-unknown"
        )
    if not posting.starts_on <= from_day <= posting.ends_on:
        raise PostingDatesError(
            f"The take-over on {from_day} lies outside the posting ({posting.starts_on} to {posting.ends_on}).",
            field="from_day",
            reason="take-over-outside",
            day=from_day,
            start=posting.starts_on,
            end=posting.ends_on,
        )
    is_there = posting.state in (PostingState.ON_SITE, PostingState.EXTENDED)
    step = step_for(posting, "return_early" if is_there else "cancel")
    last_day = from_day - datetime.timedelta(days=1) if is_there else from_day
    facts = StepFacts(last_day)
    check_step(context, posting, step, facts)
    changes = changes_of(posting, step, facts)
    before, from_state = snapshot(posting, changes), posting.state
    save_changes(posting, changes, expected_version)
    record_event(context, posting, step.name, from_state, last_day, before)
    record(context, f"dispatch.posting.{step.name}", posting, before=before, after=snapshot(posting, changes))
    move_access(context, [posting], step)
    successor = new_posting(posting.agreement, staff, _line_of_successor(posting, staff, code, from_day))
    check_plan(successor)
    successor.save()
    record_event(context, successor, "draft", PostingState.DRAFT, from_day, {})
    record(context, "dispatch.posting.draft", successor, before=None, after=creation_facts(successor))
    problems = without_approvals(publication_problems([successor]))
    if problems:
        raise PublicationRefusedError(
            f"{staff.name_zh} cannot take over: {len(problems)} things stand in the way.",
            reason="take-over",
            person=staff,
            problems=problems,
        )
    if not posting.agreement.approvals:
        walk_many(context, [successor], BY_NAME["publish"], lambda _row: from_day)
    return successor


def _line_of_successor(posting: Posting, staff: Staff, code: str, from_day: datetime.date) -> NewPosting:
    return NewPosting(
        code=code,
        kind=posting.kind,
        staff_id=staff.pk,
        to_institution_id=posting.to_institution_id,
        to_department_id=posting.to_department_id,
        starts_on=from_day,
        ends_on=posting.ends_on,
        specialty=posting.specialty,
        batch_id=posting.batch_id,
        team_id=posting.team_id,
        predecessor_id=posting.pk,
        need_id=posting.need_id,
        tasks=posting.tasks,
        provenance=posting.provenance,
    )


@command("dispatch.absence.add")
def add_absence(
    context: CommandContext, posting: Posting, starts_on: datetime.date, ends_on: datetime.date, kind: str
) -> PostingAbsence:
    """Note days on which a posted person was away from the site."""
    require_on_posting(context.actor, "dispatch.write", posting)
    if posting.state not in STAYED or posting.arrived_on is None:
        raise StepRefusedError(
            f"The posting {posting.code} has not arrived; an absence needs a stay.",
            reason="absence-without-stay",
            posting=posting.code,
            state=posting.state,
            allowed=[],
        )
    last_possible = posting.left_on or posting.ends_on
    if not posting.arrived_on <= starts_on <= ends_on <= last_possible:
        raise PostingDatesError(
            f"The absence {starts_on} to {ends_on} must lie within the stay {posting.arrived_on} to {last_possible}.",
            field="starts_on",
            reason="absence-outside-stay",
            start=starts_on,
            end=ends_on,
            arrived_on=posting.arrived_on,
            last_day=last_possible,
        )
    if posting.absences.filter(is_void=False, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise PostingDatesError(
            f"Part of {starts_on} to {ends_on} is noted as absence already. Give the other days only.",
            field="starts_on",
            reason="absence-twice",
            start=starts_on,
            end=ends_on,
        )
    absence = PostingAbsence.objects.create(posting=posting, starts_on=starts_on, ends_on=ends_on, kind=kind)
    record(context, "dispatch.absence.add", absence, before=None, after=creation_facts(absence))
    return absence


@command("dispatch.absence.void")
def void_absence(context: CommandContext, absence: PostingAbsence, expected_version: int) -> PostingAbsence:
    """Take back an absence that was entered in error; it stays in the record as such."""
    require_on_posting(context.actor, "dispatch.write", absence.posting)
    if not context.reason.strip():
        raise InvalidInputError(
            "Taking back an absence needs a reason in words.", field="reason", reason="taking-back-without-reason"
        )
    save_changes(absence, {"is_void": True}, expected_version)
    record(context, "dispatch.absence.void", absence, before={"is_void": False}, after={"is_void": True})
    return absence
