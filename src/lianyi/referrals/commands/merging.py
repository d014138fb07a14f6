"""Merging what was written on devices without network: facts beat decisions.

What happened in the world is always kept, with its own time, wherever the case stands meanwhile. A decision that meets
a case already decided changes nothing and becomes a conflict that the coordinator sees.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from django.db.models import Model
from django.utils import timezone

from lianyi.accounts.access import decide, get_in_scope, require, require_acting_for, scoped, serves
from lianyi.accounts.audit import CommandContext, creation_facts, plain, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import Grant
from lianyi.referrals import access
from lianyi.referrals.commands.returns import check_done_on, record_follow_up
from lianyi.referrals.commands.steps import record_milestone
from lianyi.referrals.conflicts import keep_conflict
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.machine import BEFORE_DECISION, BY_NAME
from lianyi.referrals.models import FollowUp, Leg, Milestone
from lianyi.referrals.moments import CLOCK_TOLERANCE, EARLIEST, in_local_time, sound_moment
from lianyi.referrals.pathway import Certainty
from lianyi.referrals.sides import holds_act, sides_of
from lianyi.referrals.states import LegState, Side
from lianyi.referrals.targets import LEG_BASIS, LEG_TARGET
from lianyi.referrals.walking import take_step

# How each fact comes into the record: the first row of the table that takes it, at last the one that always does.
WAYS: Mapping[str, tuple[str, ...]] = {
    "depart": ("depart", "depart_told_late"),
    "arrive": ("arrive", "arrive_unannounced", "arrive_after_end", "arrive_told_late"),
    "record_death": ("record_death", "record_death_unrouted", "death_told_late"),
}
DECISIONS = ("accept", "accept_with_bed", "accept_to_waiting_list", "decline")
_CASES = Leg.objects.select_related("request__journey")


def _inside(context: CommandContext) -> CommandContext:
    return dataclasses.replace(context, key=f"{context.key}.in")


@command("referrals.offline.fact")
def merge_fact(context: CommandContext, leg_id: int, fact: str, said: StepFacts) -> Leg:
    """Keep a departure, an arrival or a death that was written down without network."""
    leg = _shown_at_some_time(context, leg_id)
    if scoped(context.actor, Leg.objects.filter(pk=leg.pk)).exists():
        return _keep(context, leg, fact, said)
    # The relation has ended meanwhile; it opens for this one fact, and what follows from it opens its own.
    access.open_case(context, leg)
    kept = _keep(context, leg, fact, said)
    access.close_all(context, leg)
    return kept


def _shown_at_some_time(context: CommandContext, leg_id: int) -> Leg:
    """Return a case that is within reach, or was shown to the receiver before its relation ended."""
    leg = _CASES.filter(pk=leg_id).first()
    if leg is not None and leg.to_institution_id is not None and serves(context.actor, leg.to_institution_id):
        shown = Grant.objects.filter(
            basis_type=LEG_BASIS, basis_id=leg.pk, holder_node_id=leg.to_institution_id, target_type=LEG_TARGET
        )
        if shown.exists() and decide(context.actor, "referral.read").allowed:
            return leg
    return get_in_scope(context.actor, _CASES, leg_id)


def _keep(context: CommandContext, leg: Leg, fact: str, said: StepFacts) -> Leg:
    facts = dataclasses.replace(said, entered_offline=True)
    ways = [name for name in WAYS[fact] if leg.state in BY_NAME[name].from_states]
    for name in ways[:-1]:
        try:
            return take_step(_inside(context), leg.pk, name, facts, None)
        except GuardRefusedError:
            continue
        except NotPermittedError as refusal:
            # The sender may tell what the receiver said only where the table lets it; a fact is kept all the same.
            if not (said.spoken_by.strip() and refusal.params.get("reason") == "referral-side"):
                raise
    return take_step(_inside(context), leg.pk, ways[-1] if ways else WAYS[fact][-1], facts, None)


@command("referrals.offline.decision")
def merge_decision(
    context: CommandContext, leg_id: int, decision: str, said: StepFacts, decided_at: datetime.datetime
) -> Model:
    """Take a decision that was made without network, or keep it as a conflict when the case is decided already.

    It counts from when it arrives, not from when it was made: until then nobody knew of it.
    """
    leg = get_in_scope(context.actor, _CASES, leg_id)
    facts = dataclasses.replace(said, entered_offline=True, occurred_at=None)
    _require_decider(context, leg, decision)
    if leg.state in (LegState.DRAFT, *BEFORE_DECISION):
        try:
            return take_step(_inside(context), leg.pk, decision, facts, leg.version)
        except GuardRefusedError as refusal:
            if refusal.params.get("reason") != "other-accepted":
                raise
    return keep_conflict(context, leg, decision, facts, min(decided_at, timezone.now()))


def _require_decider(context: CommandContext, leg: Leg, decision: str) -> None:
    transition = BY_NAME[decision]
    if Side.RECEIVER not in sides_of(context.actor, leg):
        raise NotPermittedError(
            f"'{decision}' is not for your side of this case. It is taken by: {', '.join(transition.sides)}.",
            reason="referral-side",
            permission=decision,
            step=transition.label,
            sides=[side.label for side in transition.sides],
        )
    if not holds_act(context.actor, leg, transition):
        raise NotPermittedError(
            f"Your role does not include this step ({decision}). Ask the person on duty.",
            reason="role",
            permission="referral.decide",
        )


@command("referrals.offline.milestone")
def merge_milestone(context: CommandContext, leg_id: int, code: str, occurred_at: datetime.datetime) -> Milestone:
    """Keep a moment of the pathway; where one stands already, the second telling is put behind it, not over it."""
    leg = get_in_scope(context.actor, _CASES, leg_id)
    try:
        # Whoever wrote it down on the way looked at it there; a device cannot be asked again.
        return record_milestone(_inside(context), leg.pk, code, occurred_at, certainty=Certainty.CONFIRMED)
    except GuardRefusedError:
        first = Milestone.objects.filter(request_id=leg.request_id, code=code, corrects__isnull=True).get()
    if first.occurred_at == occurred_at:
        return first
    row = Milestone.objects.create(
        request_id=leg.request_id,
        code=code,
        occurred_at=occurred_at,
        recorded_at=timezone.now(),
        recorded_by_id=context.actor.user_id,
        institution_id=leg.from_institution_id,
    )
    Milestone.objects.filter(pk=first.pk).update(corrects=row)
    facts = {"code": code, "occurred_at": plain(occurred_at), "behind": first.pk}
    record(context, "referrals.milestone.record", row, before=None, after=facts)
    return row


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VisitDone:
    """What came of a follow-up, as it was written down on the way."""

    done_on: datetime.date
    state: str
    note: str


@command("referrals.offline.follow_up")
def merge_follow_up(context: CommandContext, follow_up_id: int, done: VisitDone) -> FollowUp:
    """Keep a follow-up; where somebody recorded it meanwhile, this was a second visit and is kept as one."""
    row = get_in_scope(context.actor, FollowUp.objects.select_related("leg__request"), follow_up_id)
    if row.state == FollowUp.State.OPEN:
        return record_follow_up(_inside(context), row.pk, done.done_on, done.note, done.state, row.version)
    require(context.actor, "referral.write", row)
    require_acting_for(context.actor, row.institution_id, "record its follow-up")
    check_done_on(row, done.done_on)
    if done.state not in (FollowUp.State.DONE, FollowUp.State.NOT_POSSIBLE) or not done.note.strip():
        raise FactsRefusedError(
            "Say what was found, or why it was not possible.", field="note", reason="follow-up-note"
        )
    second = FollowUp.objects.create(
        journey_id=row.journey_id,
        leg_id=row.leg_id,
        institution_id=row.institution_id,
        kind=FollowUp.Kind.PLANNED,
        state=done.state,
        due_on=row.due_on,
        done_on=done.done_on,
        done_by_id=context.actor.user_id,
        note=done.note.strip(),
        provenance=row.provenance,
    )
    facts = creation_facts(second)
    facts.pop("note", None)
    record(context, "referrals.follow_up.record", second, before=None, after=facts)
    return second


def check_not_ahead(moment: datetime.datetime) -> None:
    """Refuse a moment ahead of the server's clock by more than a clock is usually wrong, or before any record."""
    latest = timezone.now() + CLOCK_TOLERANCE
    if moment > latest:
        raise FactsRefusedError(
            f"{in_local_time(moment)} is in the future; set the clock of the device and correct the entry.",
            field="at",
            reason="future",
            given=moment,
        )
    sound_moment("at", moment, not_before=EARLIEST, not_after=latest)
