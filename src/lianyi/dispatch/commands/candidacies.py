"""Candidacies: the receiving unit asks, the person applies, the home hospital invites; and every answer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.records import save_changes
from lianyi.dispatch.commands.pool import PoolEntry, note_in_pool, write_member
from lianyi.dispatch.errors import CandidacyStepRefusedError
from lianyi.dispatch.models import (
    Candidacy,
    CandidacyOrigin,
    CandidacyState,
    Need,
    PoolEvent,
    PoolMember,
    PoolStanding,
    Posting,
)
from lianyi.dispatch.pool_machine import (
    CANDIDACY_REASONS,
    CANDIDACY_STEP_BY_NAME,
    OPEN_CANDIDACIES,
    CandidacyStep,
    PoolSide,
    candidacy_steps_from,
)
from lianyi.dispatch.pool_queries import is_self, keeps_pool_of, may_take
from lianyi.errors import InvalidInputError
from lianyi.registry.models import Institution, Staff
from lianyi.rules import codes_of

# An answer is waited for so long where an application names no day.
DAYS_TO_ANSWER = 14
LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsking:
    """Whom a receiving unit asks a hospital for: somebody it knows, or somebody of a kind."""

    receiver: Institution
    home: Institution
    answer_by: datetime.date
    staff: Staff | None = None
    specialty: str = ""
    profession: str = ""
    least_title_rank: str = "none"
    need: Need | None = None
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """Whom a home hospital invites, and to what; without a need or recipient, to the pool as such."""

    staff: Staff
    answer_by: datetime.date
    need: Need | None = None
    recipient: Institution | None = None
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplication:
    """What a person applies for; without a need or recipient, to be sent at all."""

    need: Need | None = None
    recipient: Institution | None = None
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class StepWord:
    """What a step may carry: whom the home hospital names, and until when an answer is wanted."""

    staff: Staff | None = None
    answer_by: datetime.date | None = None


@command("dispatch.candidacy.ask")
def ask_for(context: CommandContext, new: NewAsking) -> Candidacy:
    """Ask a partner hospital for somebody by name, or for somebody of a kind."""
    if not keeps_pool_of(context.actor, new.receiver.pk):
        _refuse("A unit asks for people through its own office.", "candidacy-receiver")
    if new.home.pk == new.receiver.pk or not scoped(context.actor, Institution.objects.filter(pk=new.home.pk)).exists():
        raise InvalidInputError(
            "Choose a hospital to ask that is a partner of yours.", field="home", reason="candidacy-home"
        )
    if new.need is not None and new.need.institution_id != new.receiver.pk:
        raise InvalidInputError("The need is of another institution.", field="need", reason="candidacy-need")
    if new.staff is not None and not _is_known(context, new.staff, new.home):
        raise InvalidInputError(
            "This person is not known to you as one of that hospital.", field="staff", reason="candidacy-person"
        )
    if new.staff is None and not (new.specialty or new.profession):
        raise InvalidInputError(
            "Name a person, or say at least which specialty or profession is wanted.",
            field="specialty",
            reason="candidacy-of-nobody",
        )
    row = Candidacy(
        origin=CandidacyOrigin.ASKED,
        state=CandidacyState.ASKED,
        home_institution=new.home,
        to_institution=new.receiver,
        staff=new.staff,
        named_by_asker=new.staff is not None,
        need=new.need,
        specialty=new.specialty,
        profession=new.profession,
        least_title_rank=new.least_title_rank,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        answer_by=new.answer_by,
        message=new.message,
    )
    return _begin(context, row, "ask", None)


def _is_known(context: CommandContext, staff: Staff, home: Institution) -> bool:
    """Tell whether the asker has the person's file or a posting of theirs within reach."""
    if staff.institution_id != home.pk:
        return False
    by_file = scoped(context.actor, Staff.objects.filter(pk=staff.pk)).exists()
    return by_file or scoped(context.actor, Posting.objects.filter(staff=staff)).exists()


@command("dispatch.candidacy.invite")
def invite(context: CommandContext, new: NewInvitation) -> Candidacy:
    """Invite somebody of one's own hospital or region."""
    if not keeps_pool_of(context.actor, new.staff.institution_id):
        _refuse("People are invited by the office that keeps their pool.", "candidacy-home-only")
    row = Candidacy(
        origin=CandidacyOrigin.INVITED,
        state=CandidacyState.INVITED,
        home_institution=new.staff.institution,
        staff=new.staff,
        answer_by=new.answer_by,
        **_aim(context, new),
    )
    return _begin(context, row, "invite", None)


@command("dispatch.candidacy.apply")
def apply_for(context: CommandContext, staff: Staff, new: NewApplication) -> Candidacy:
    """Apply to be sent; only the person does that."""
    if not is_self(context.actor, staff):
        _refuse("Only the person applies; an office invites.", "candidacy-own")
    row = Candidacy(
        origin=CandidacyOrigin.APPLIED,
        state=CandidacyState.APPLIED,
        home_institution=staff.institution,
        staff=staff,
        answer_by=timezone.localdate() + datetime.timedelta(days=DAYS_TO_ANSWER),
        **_aim(context, new),
    )
    return _begin(context, row, "apply", staff)


def _aim(context: CommandContext, new: NewInvitation | NewApplication) -> dict[str, Any]:
    """Return what a candidacy aims at; a need brings its own recipient."""
    recipient = new.recipient if new.need is None else new.need.institution
    if new.need is not None and not scoped(context.actor, Need.objects.filter(pk=new.need.pk)).exists():
        raise InvalidInputError("There is no such need within your reach.", field="need", reason="candidacy-need")
    if new.need is None and recipient is not None:
        reached = scoped(context.actor, Institution.objects.filter(pk=recipient.pk)).exists()
        if not reached:
            raise InvalidInputError(
                "This institution is not within your reach.", field="recipient", reason="candidacy-recipient"
            )
    return {
        "need": new.need,
        "to_institution": recipient,
        "starts_on": new.starts_on,
        "ends_on": new.ends_on,
        "message": new.message,
    }


def _begin(context: CommandContext, row: Candidacy, step: str, speaker: Staff | None) -> Candidacy:
    _check(row)
    if row.staff is not None and _same_open(row).exists():
        raise InvalidInputError(
            "The same is open for this person already; see that answered first.",
            field="staff",
            reason="candidacy-twice",
        )
    row.save()
    note_in_pool(context, PoolEvent(candidacy=row, step=step, to_state=row.state), speaker)
    record(context, f"dispatch.candidacy.{step}", row, before=None, after=creation_facts(row))
    return row


def _same_open(row: Candidacy) -> Any:  # noqa: ANN401 - rows
    return Candidacy.objects.filter(
        staff=row.staff, need=row.need, to_institution=row.to_institution, state__in=OPEN_CANDIDACIES
    ).exclude(pk=row.pk)


def _check(row: Candidacy) -> None:
    if row.starts_on is not None and row.ends_on is not None and row.ends_on < row.starts_on:
        raise InvalidInputError("The period ends before it starts.", field="ends_on", reason="candidacy-reversed")
    _check_answer_by(row.answer_by)
    if len(row.message) > LONGEST_MESSAGE:
        raise InvalidInputError(
            f"The message has {len(row.message)} characters; {LONGEST_MESSAGE} are the most.",
            field="message",
            reason="candidacy-message",
            most=LONGEST_MESSAGE,
        )
    for name, list_name in (
        ("specialty", "specialties"),
        ("profession", "professions"),
        ("least_title_rank", "title_ranks"),
    ):
        given = getattr(row, name)
        if given and given not in codes_of(list_name):
            raise InvalidInputError(
                f"'{given}' is no code of the list {list_name}.", field=name, reason="need-code-unknown", given=given
            )


def _check_answer_by(day: datetime.date | None) -> datetime.date:
    if day is None or day < timezone.localdate():
        raise InvalidInputError(
            "Give a day from today on by which an answer is wanted.", field="answer_by", reason="candidacy-day-past"
        )
    return day


@command("dispatch.candidacy.step")
def take_candidacy_step(
    context: CommandContext, row: Candidacy, step_name: str, expected_version: int, word: StepWord | None = None
) -> Candidacy:
    """Take one step of a candidacy. Agreeing enters in the pool who was not in it."""
    step = _step_of(row, step_name)
    _require_side(context, row, step)
    _check_reason(context, step)
    changes = _changes(row, step, word or StepWord())
    before, from_state = snapshot(row, changes), row.state
    save_changes(row, changes, expected_version)
    person = row.staff if step.side is PoolSide.PERSON else None
    event = PoolEvent(
        candidacy=row,
        step=step.name,
        from_state=from_state,
        to_state=row.state,
        before=before,
        after=snapshot(row, changes),
    )
    note_in_pool(context, event, person)
    record(context, f"dispatch.candidacy.{step.name}", row, before=before, after=snapshot(row, changes))
    if row.state == CandidacyState.AGREED:
        _enter_pool(context, row)
    return row


def _step_of(row: Candidacy, name: str) -> CandidacyStep:
    step, allowed = CANDIDACY_STEP_BY_NAME.get(name), candidacy_steps_from(row.state, row.origin)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed) or "none, it is over"
        raise CandidacyStepRefusedError(
            f"The candidacy is '{row.state}'; '{name}' does not follow. Possible now: {names}.",
            reason="candidacy-not-following",
            step=name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=CandidacyState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    return step


def _require_side(context: CommandContext, row: Candidacy, step: CandidacyStep) -> None:
    if step.by_another and is_self(context.actor, row.staff):
        raise SeparationOfDutiesError(
            "It is your own application; somebody else of the office answers it.",
            reason="own-application",
            step=step.name,
        )
    if not may_take(context.actor, step, row):
        _refuse("This answer belongs to another side of the candidacy.", "candidacy-side")


def _check_reason(context: CommandContext, step: CandidacyStep) -> None:
    # A code is enough: nobody is made to write down private matters.
    if step.needs_reason and context.reason_code not in CANDIDACY_REASONS:
        raise InvalidInputError(
            f"The step '{step.name}' needs a reason from the list ({', '.join(CANDIDACY_REASONS)}).",
            field="reason_code",
            reason="candidacy-without-reason",
            step=step.label,
            accepted=list(CANDIDACY_REASONS.values()),
        )


def _changes(row: Candidacy, step: CandidacyStep, word: StepWord) -> dict[str, Any]:
    changes: dict[str, Any] = {} if step.to_state is None else {"state": step.to_state.value}
    if step.sets_day:
        changes["answer_by"] = _check_answer_by(word.answer_by)
    if step.names_person:
        staff = word.staff or row.staff
        if staff is None or staff.institution_id != row.home_institution_id:
            raise InvalidInputError(
                "Name somebody of the hospital that is asked.", field="staff", reason="candidacy-nobody-named"
            )
        if row.named_by_asker and staff.pk != row.staff_id:
            raise InvalidInputError(
                "The unit asked for one person by name. Decline, and let it ask for a kind.",
                field="staff",
                reason="candidacy-named",
            )
        changes["staff_id"] = staff.pk
    return changes


def _enter_pool(context: CommandContext, row: Candidacy) -> None:
    """Let whoever agreed stand in the pool; an entry that is paused stays as the person left it."""
    if row.staff is not None and not PoolMember.objects.filter(staff=row.staff).exists():
        write_member(context, row.staff, PoolEntry(standing=PoolStanding.WILLING, provenance=row.provenance))


def _refuse(message: str, reason: str) -> NoReturn:
    raise NotPermittedError(message, reason=reason, permission="dispatch.write")
