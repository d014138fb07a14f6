"""Beside the steps of the table: free talk, milestones, and answers to what other records show."""

from __future__ import annotations

import dataclasses
import datetime

from django.utils import timezone

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import save_changes
from lianyi.referrals import reconciling
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import ClosingProposal, Leg, LegEvent, MergeConflict, Message, Milestone, Notice
from lianyi.referrals.moments import CLOCK_TOLERANCE, EARLIEST, in_local_time, sound_moment
from lianyi.referrals.outbox import put
from lianyi.referrals.pathway import Certainty, check_order, require_tellable
from lianyi.referrals.policies import policy_of
from lianyi.referrals.sides import may_confirm, sides_of
from lianyi.referrals.states import EntryMode, Side
from lianyi.referrals.walking import take_step

LONGEST_MESSAGE = 2000
PROPOSAL_FAILED = "proposal_failed"


def _own_side(context: CommandContext, leg: Leg) -> Side:
    """Return on which side the actor writes; whose role only reads writes on none."""
    sides = sides_of(context.actor, leg)
    if not sides:
        raise NotPermittedError(
            "Your institution has no part in this case.", reason="relation", permission="referral.write"
        )
    require_handling(context.actor, leg)
    return sides[0]


def _require_say(context: CommandContext, leg: Leg) -> None:
    """Refuse whoever has no say in what follows: also somebody who only drives the patient."""
    if _own_side(context, leg) is Side.TRANSPORT:
        raise NotPermittedError(
            "Whoever drives the patient does not say what follows: the sender, the receiver or the coordinator does.",
            reason="driver-has-no-say",
            permission="referral.write",
        )


@command("referrals.message.write")
def write_message(context: CommandContext, leg_id: int, text: str) -> Message:
    """Write to the other side beside the case; it changes no state and stops no clock."""
    leg = get_in_scope(context.actor, Leg.objects.select_related("request__journey"), leg_id)
    side = _own_side(context, leg)
    words = text.strip()
    if not words or len(words) > LONGEST_MESSAGE:
        raise FactsRefusedError(
            f"A message has 1 to {LONGEST_MESSAGE} characters; {len(words)} were given.",
            field="text",
            reason="message-length",
            given=len(words),
            most=LONGEST_MESSAGE,
        )
    now = timezone.now()
    row = Message.objects.create(leg=leg, text=words, side=side, written_by_id=context.actor.user_id, written_at=now)
    record(_without_words(context), "referrals.message.write", row, before=None, after={"leg": leg.pk})
    params = {"number": leg.request.journey.number, "state": leg.state, "condition": leg.request.condition}
    notices = [
        Notice(
            institution_id=institution_id,
            kind="message",
            urgency=leg.request.urgency,
            leg=leg,
            params=params,
            made_at=now,
        )
        for institution_id in _other_institutions(leg, side)
    ]
    put(notices, now)
    return row


def _other_institutions(leg: Leg, side: Side) -> list[int]:
    """Return whom a message of a side is for: every other side, each once; the writer's own institution knows it."""
    of_sides = {
        Side.SENDER: leg.from_institution_id,
        Side.RECEIVER: leg.to_institution_id,
        Side.COORDINATOR: leg.request.coordinator_id,
        Side.TRANSPORT: leg.transport_institution_id,
    }
    own = of_sides.pop(side, None)
    return list(dict.fromkeys(each for each in of_sides.values() if each is not None and each != own))


def _without_words(context: CommandContext) -> CommandContext:
    return dataclasses.replace(context, reason="")


@command("referrals.milestone.record")
def record_milestone(
    context: CommandContext,
    leg_id: int,
    code: str,
    occurred_at: datetime.datetime,
    corrects_id: int | None = None,
    certainty: Certainty = Certainty.TOLD,
) -> Milestone:
    """Keep a moment of the pathway, told by the side that knows it.

    A correction is a new row that names the one it replaces. A time that is only unusual beside the others is kept
    when the teller has ``certainty`` about it.
    """
    leg = get_in_scope(context.actor, Leg.objects.select_related("request__journey"), leg_id)
    side = _own_side(context, leg)
    request = leg.request
    known = {each.code: each for each in policy_of(request.policy).milestones_of(request.condition)}
    if code not in known:
        raise FactsRefusedError(
            f"'{code}' is no milestone of this condition. Accepted: {', '.join(known)}.",
            field="code",
            reason="choice-unknown",
            fact="code",
            given=code,
            accepted=[f"{each.name.zh} / {each.name.en}" for each in known.values()],
        )
    require_tellable(context.actor, leg, known[code])
    now = timezone.now()
    if occurred_at > now + CLOCK_TOLERANCE:
        raise FactsRefusedError(
            f"{in_local_time(occurred_at)} is in the future; give when it happened.",
            field="occurred_at",
            reason="future",
            given=occurred_at,
        )
    sound_moment("occurred_at", occurred_at, not_before=EARLIEST, not_after=now + CLOCK_TOLERANCE)
    check_order(leg, known[code], occurred_at, list(known.values()), certainty)
    standing = Milestone.objects.filter(request=request, code=code, corrected_by__isnull=True).first()
    if standing is not None and standing.pk != corrects_id:
        raise GuardRefusedError(
            "This milestone is recorded already. Correct it instead of adding a second one.",
            reason="milestone-there",
        )
    row = Milestone.objects.create(
        request=request,
        code=code,
        occurred_at=occurred_at,
        recorded_at=now,
        recorded_by_id=context.actor.user_id,
        institution_id=leg.to_institution_id if side is Side.RECEIVER else leg.from_institution_id,
        corrects=standing,
    )
    facts = {"code": code, "occurred_at": plain(occurred_at), "certainty": certainty.value}
    record(_without_words(context), "referrals.milestone.record", row, before=None, after=facts)
    return row


@command("referrals.event.confirm")
def confirm_spoken(context: CommandContext, event_id: int) -> LegEvent:
    """Confirm, as the receiver, an answer that the sender typed in after a telephone call."""
    event = get_in_scope(context.actor, LegEvent.objects.select_related("leg__request"), event_id)
    if not may_confirm(context.actor, event):
        raise NotPermittedError(
            "The receiver confirms what was said on the telephone: somebody whose role could have taken the step.",
            reason="receiver-confirms",
            permission="referral.decide",
        )
    if event.entry_mode != EntryMode.SPOKEN or event.confirmed_at is not None:
        raise GuardRefusedError("There is nothing to confirm here.", reason="nothing-to-confirm")
    event.confirmed_at = timezone.now()
    event.confirmed_by_id = context.actor.user_id
    event.save(update_fields=["confirmed_at", "confirmed_by"])
    record(_without_words(context), "referrals.event.confirm", event, before=None, after={"confirmed": True})
    return event


@command("referrals.proposal.apply")
def apply_proposal(context: CommandContext, proposal_id: int) -> ClosingProposal:
    """Let what another record shows close the case, or move it on.

    The program alone takes nobody out of a hospital's care: it leaves that to somebody who knows the patient.
    """
    proposal = _open_proposal(context, proposal_id)
    leg = Leg.objects.get(pk=proposal.leg_id)
    name = reconciling.what_follows(proposal, leg)
    if context.actor.is_service and not reconciling.may_apply_by_itself(proposal, leg):
        raise CaseStepRefusedError(
            "This hospital has the patient in its care. Somebody who knows the patient says what follows.",
            reason="patient-in-care",
            step=name,
        )
    at = min(proposal.happened_at, timezone.now())
    facts = StepFacts(
        occurred_at=at,
        text=proposal.source if name == "record_elsewhere" else "",
        died_at=at if name == "record_death" else None,
        institution_id=proposal.institution_id if name == "record_elsewhere" else None,
    )
    own = dataclasses.replace(context, key=f"{context.key}.apply")
    take_step(own, leg.pk, name, facts, leg.version)
    return _answer(context, proposal, ClosingProposal.State.APPLIED)


@command("referrals.proposal.refuse")
def refuse_proposal(context: CommandContext, proposal_id: int) -> ClosingProposal:
    """Say that what another record shows is not this patient, or changes nothing."""
    return _answer(context, _open_proposal(context, proposal_id), ClosingProposal.State.REFUSED)


@command("referrals.proposal.hand_over")
def hand_over_proposal(context: CommandContext, proposal_id: int, failure: str) -> ClosingProposal:
    """Put a proposal that the program could not apply before whoever must move; it is not tried by itself again.

    ``failure`` is the code of the refusal.
    """
    proposal = _open_proposal(context, proposal_id)
    leg, now = proposal.leg, timezone.now()
    save_changes(proposal, {"failed_at": now, "failure": failure}, proposal.version)
    record(_without_words(context), "referrals.proposal.hand_over", proposal, before=None, after={"failure": failure})
    params = {"number": leg.request.journey.number, "state": leg.state, "condition": leg.request.condition}
    notice = Notice(
        institution_id=leg.ball_institution_id or leg.request.coordinator_id,
        kind=PROPOSAL_FAILED,
        urgency=leg.request.urgency,
        leg=leg,
        params=params,
        made_at=now,
    )
    put([notice], now)
    return proposal


def _open_proposal(context: CommandContext, proposal_id: int) -> ClosingProposal:
    proposal = get_in_scope(context.actor, ClosingProposal.objects.select_related("leg__request__journey"), proposal_id)
    _require_say(context, proposal.leg)
    if proposal.state != ClosingProposal.State.OPEN:
        raise GuardRefusedError("This proposal is answered already.", reason="proposal-answered")
    return proposal


def _answer(context: CommandContext, proposal: ClosingProposal, state: ClosingProposal.State) -> ClosingProposal:
    save_changes(
        proposal,
        {"state": state, "answered_by_id": context.actor.user_id, "answered_at": timezone.now()},
        proposal.version,
    )
    record(_without_words(context), "referrals.proposal.answer", proposal, before=None, after={"state": state})
    return proposal


@command("referrals.conflict.settle")
def settle_conflict(context: CommandContext, conflict_id: int, how: str) -> MergeConflict:
    """Say, as coordinator or as one of the sides, what became of a decision that came too late."""
    conflict = get_in_scope(context.actor, MergeConflict.objects.select_related("leg__request"), conflict_id)
    _require_say(context, conflict.leg)
    if conflict.settled_at is not None or not how.strip():
        raise GuardRefusedError(
            "Say how the conflict was settled; one that is settled stays as it is.", reason="conflict-settled"
        )
    save_changes(
        conflict,
        {"settled_at": timezone.now(), "settled_by_id": context.actor.user_id, "settlement": how.strip()},
        conflict.version,
    )
    record(_without_words(context), "referrals.conflict.settle", conflict, before=None, after={"settled": True})
    return conflict
