"""The parts that every step of a posting is made of: what changes, the event, who gets access."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import NODE_TARGET
from lianyi.accounts.audit import CommandContext, Entry, entry_of, record_many, snapshot
from lianyi.accounts.commands import NewGrant, close_grants, open_grants
from lianyi.accounts.models import GrantKind
from lianyi.dispatch.arrivals import earliest_arrival
from lianyi.dispatch.errors import PostingDatesError, StepRefusedError
from lianyi.dispatch.machine import BY_NAME, REASONS, Step, steps_from
from lianyi.dispatch.models import (
    Posting,
    PostingEvent,
    PostingState,
)
from lianyi.errors import InvalidInputError

POSTING_BASIS = "dispatch.posting"
DayOf = Callable[[Posting], datetime.date]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is said with a step: its day, and where the table asks for it a text or a new end."""

    day: datetime.date
    text: str = ""
    ends_on: datetime.date | None = None


@dataclass(slots=True)
class _Walked:
    """Rows that a walk of many postings collects before it writes them in one go."""

    events: list[PostingEvent] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def step_for(posting: Posting, step_name: str) -> Step:
    step = BY_NAME.get(step_name)
    allowed = steps_from(posting.state)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed) or "none, it is closed"
        raise StepRefusedError(
            f"The posting {posting.code} is '{posting.state}'; '{step_name}' does not follow. Possible now: {names}.",
            reason="not-following",
            posting=posting.code,
            step=step_name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=PostingState(posting.state).label,
            state=posting.state,
            allowed=[each.name for each in allowed],
        )
    return step


def check_step(context: CommandContext, posting: Posting, step: Step, facts: StepFacts) -> None:
    if step.is_fact:
        check_not_ahead(facts.day)
    if step.needs_reason and (context.reason_code not in REASONS or not context.reason.strip()):
        raise InvalidInputError(
            f"The step '{step.name}' needs a reason from the list ({', '.join(REASONS)}) and a sentence.",
            field="reason",
            reason="step-without-reason",
            step=step.label,
            accepted=list(REASONS.values()),
        )
    if step.needs_text and not facts.text.strip():
        raise InvalidInputError(
            f"The step '{step.name}' needs a text.", field="text", reason="step-without-text", step=step.label
        )
    if step.needs_end and (facts.ends_on is None or facts.ends_on <= posting.ends_on):
        raise PostingDatesError(
            f"An extension ends later than {posting.ends_on}; {facts.ends_on} was given.",
            field="ends_on",
            reason="extension-too-early",
            planned=posting.ends_on,
            given=facts.ends_on,
        )
    if step.name in ("depart", "arrive"):
        check_arrival(posting, facts.day)
    if step.name in ("end", "return_early"):
        check_leaving(posting, facts.day)
    if step.name == "end" and facts.day < posting.ends_on:
        raise PostingDatesError(
            f"{facts.day} is before the planned end of {posting.code} on {posting.ends_on}. Record an early return, "
            "with its reason.",
            field="day",
            reason="end-before-plan",
            day=facts.day,
            posting=posting.code,
            planned=posting.ends_on,
        )


def check_not_ahead(day: datetime.date, field_name: str = "day") -> None:
    """Refuse a fact that has not happened yet."""
    if day > timezone.localdate():
        raise PostingDatesError(
            f"{day} is in the future; departure, arrival and leaving are recorded when they have happened.",
            field=field_name,
            reason="future",
            day=day,
        )


def check_arrival(posting: Posting, day: datetime.date) -> None:
    """Refuse a day of setting out or arriving that cannot belong to this line of the plan."""
    earliest = earliest_arrival(posting)
    if not earliest <= day <= posting.ends_on:
        raise PostingDatesError(
            f"{day} does not fit the posting {posting.code}, planned from {posting.starts_on} to {posting.ends_on}. "
            f"Give a day from {earliest} to {posting.ends_on}, or change the plan.",
            field="day",
            reason="arrival-misplaced",
            day=day,
            posting=posting.code,
            start=posting.starts_on,
            end=posting.ends_on,
            earliest=earliest,
        )


def check_leaving(posting: Posting, day: datetime.date) -> None:
    """Refuse a last day before the arrival."""
    if posting.arrived_on is not None and day < posting.arrived_on:
        raise PostingDatesError(
            f"The last day {day} is before the arrival on {posting.arrived_on}.",
            field="day",
            reason="last-day-before-arrival",
            last_day=day,
            arrived_on=posting.arrived_on,
        )


def changes_of(posting: Posting, step: Step, facts: StepFacts) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": step.to_state}
    if step.name == "publish":
        changes.update(title_rank=posting.staff.title_rank, title=posting.staff.title)
    if step.name == "arrive":
        changes["arrived_on"] = facts.day
    if step.name in ("end", "return_early"):
        changes["left_on"] = facts.day
    if step.name == "extend":
        changes["ends_on"] = facts.ends_on
    if step.name == "hand_over":
        changes["handover_note"] = facts.text
    if step.name == "appraise":
        changes["appraisal"] = facts.text
    return changes


def event_of(
    context: CommandContext, posting: Posting, step: str, from_state: str, day: datetime.date, before: Mapping[str, Any]
) -> PostingEvent:
    return PostingEvent(
        posting=posting,
        step=step,
        from_state=from_state,
        to_state=posting.state,
        happened_on=day,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason_code=context.reason_code,
        reason=context.reason,
        before=dict(before),
        after=snapshot(posting, before),
    )


def note_of(
    context: CommandContext, posting: Posting, step: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> PostingEvent:
    """Return an event that leaves the state as it is."""
    return PostingEvent(
        posting=posting,
        step=step,
        from_state=posting.state,
        to_state=posting.state,
        happened_on=timezone.localdate(),
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason_code=context.reason_code,
        reason=context.reason,
        before=dict(before),
        after=dict(after),
    )


def record_event(
    context: CommandContext, posting: Posting, step: str, from_state: str, day: datetime.date, before: Mapping[str, Any]
) -> None:
    event_of(context, posting, step, from_state, day, before).save()


def walk_many(context: CommandContext, rows: Sequence[Posting], step: Step, day_of: DayOf) -> None:
    """Take one step with many postings: the same rows, events and trail as one by one, in a few statements."""
    walked, fields = _Walked(), {"version", "updated_at"}
    now = timezone.now()
    for row in rows:
        day = day_of(row)
        changes = changes_of(row, step, StepFacts(day))
        fields |= changes.keys()
        before, from_state = snapshot(row, changes), row.state
        for name, value in changes.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = now
        walked.events.append(event_of(context, row, step.name, from_state, day, before))
        walked.entries.append(entry_of(f"dispatch.posting.{step.name}", row, before, snapshot(row, changes)))
    Posting.objects.bulk_update(rows, sorted(fields), batch_size=500)
    PostingEvent.objects.bulk_create(walked.events, batch_size=1000)
    record_many(context, walked.entries)
    move_access(context, rows, step)


def move_access(context: CommandContext, rows: Iterable[Posting], step: Step) -> None:
    """Open the receiving unit to a posted person while they are there, and close it when they leave (grant G4).

    Only a unit that takes part in the agreement opens: nobody gets into a hospital by sending somebody there on paper.
    """
    if step.to_state in (PostingState.ENDED, PostingState.RETURNED_EARLY):
        close_grants(context, POSTING_BASIS, [row.pk for row in rows])
    if step.name != "arrive":
        return
    now = timezone.now()
    open_grants(
        context,
        [
            NewGrant(
                kind=GrantKind.ASSIGNMENT,
                holder_user_id=row.staff.user_id,
                target_type=NODE_TARGET,
                target_id=row.to_institution_id,
                basis_type=POSTING_BASIS,
                basis_id=row.pk,
                valid_from=now,
            )
            for row in rows
            if row.staff.user_id is not None and _takes_part(row)
        ],
    )


def _takes_part(posting: Posting) -> bool:
    """Tell whether the receiving unit has confirmed its part, itself or through whoever is above it."""
    parts = posting.agreement.parties.filter(confirmed_at__isnull=False)
    paths = parts.values_list("institution__node__management_path", flat=True)
    site = posting.to_institution.node.management_path
    return any(site.startswith(path) for path in paths)
