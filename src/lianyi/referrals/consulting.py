"""The one function that walks the table of consultations: who may take which step, and what is written then."""

from __future__ import annotations

import dataclasses
import datetime
import logging
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, serves
from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext, plain, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.records import save_changes
from lianyi.accounts.roles import Act, Family, Permission, Role, role_holds
from lianyi.errors import LianyiError
from lianyi.referrals import consulting_calls, consulting_machine, consulting_running, deriving
from lianyi.referrals.consulting_effects import EFFECTS
from lianyi.referrals.consulting_facts import (
    ALWAYS_TAKEN,
    FACT_NAMES,
    ConsultingFacts,
    ConsultingMove,
    ConsultingWalk,
    plain_facts,
)
from lianyi.referrals.consulting_guards import GUARDS, SAID
from lianyi.referrals.consulting_machine import BY_NAME, STATE_ROWS, ConsultingStep
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Consultation, ConsultationEvent, ConsultationState
from lianyi.referrals.moments import (
    CLOCK_TOLERANCE,
    EARLIEST,
    LONGEST_BEFORE_JOURNEY,
    in_local_time,
    sound_moment,
)
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import EntryMode, Side

_log = logging.getLogger(__name__)
# Words may tell who a patient is; the event keeps them, the trail does not.
WORDS = frozenset({"followed_why", "meeting"})
ROWS = Consultation.objects.select_related("journey", "from_institution", "to_institution", "coordinator", "agreement")


@dataclass(frozen=True, slots=True)
class ConsultingAction:
    """A step that would succeed now for this person."""

    step: ConsultingStep
    side: Side


def sides_of(actor: Actor, row: Consultation) -> tuple[Side, ...]:
    """Return the sides the actor may act for."""
    if actor.is_service:
        return (Side.SENDER, Side.RECEIVER, Side.COORDINATOR, Side.SYSTEM)
    found = []
    if serves(actor, row.from_institution_id):
        found.append(Side.SENDER)
    if serves(actor, row.to_institution_id):
        found.append(Side.RECEIVER)
    if actor.role == Role.REFERRAL_COORDINATOR and serves(actor, row.coordinator_id):
        found.append(Side.COORDINATOR)
    return tuple(found)


def allowed_consulting_actions(actor: Actor, row: Consultation) -> list[ConsultingAction]:
    """Return exactly the steps that would succeed for this person on this version, told what each of them asks."""
    actions = []
    for step in consulting_machine.steps_from(row.state):
        side = _side(actor, row, step)
        if side is not None and _may(actor, step) and _first_refusal(_move(actor, row, step, side)) is None:
            actions.append(ConsultingAction(step, side))
    return actions


def _side(actor: Actor, row: Consultation, step: ConsultingStep) -> Side | None:
    mine = sides_of(actor, row)
    if actor.is_service and Side.SYSTEM in step.sides:
        return Side.SYSTEM
    return next((side for side in step.sides if side in mine), None)


def _may(actor: Actor, step: ConsultingStep) -> bool:
    return actor.is_service or any(role_holds(actor.role, Permission(Family.CONSULTATION, act)) for act in step.acts)


def _move(actor: Actor, row: Consultation, step: ConsultingStep, side: Side) -> ConsultingMove:
    return ConsultingMove(row, step, side, actor, policy_of(row.policy), timezone.now())


def _first_refusal(move: ConsultingMove) -> GuardRefusedError | None:
    for name in move.step.guards:
        try:
            GUARDS[name](move)
        except GuardRefusedError as refusal:
            return refusal
    return None


@command("referrals.consultation.step")
def take_consulting_step(
    context: CommandContext, consultation_id: int, name: str, facts: ConsultingFacts, expected_version: int | None
) -> Consultation:
    """Take one step with one consultation.

    Parameters
    ----------
    context
        Who asks, through which affiliation, with which command key.
    consultation_id
        The consultation, which must be within the actor's reach.
    name
        The step by its name in the table.
    facts
        What is said with it.
    expected_version
        The version the actor saw; None only for facts that happened, which are recorded whatever came in between.
    """
    row = get_in_scope(context.actor, ROWS.select_for_update(of=("self",)), consultation_id)
    if expected_version is not None and expected_version != row.version:
        raise _stale(context.actor, row, expected_version, name)
    step = _require_step(context.actor, row, name)
    if expected_version is None and not (step.is_fact or context.actor.is_service):
        raise FactsRefusedError(
            "The step was sent without the version of the consultation that it answers. Open the consultation again.",
            field="expected_version",
            reason="version-missing",
        )
    move = _move(context.actor, row, step, _require_side(context.actor, row, step))
    refusal = _first_refusal(move)
    if refusal is not None:
        raise refusal
    walk = ConsultingWalk(context, move, facts, _moment(facts, move), _mode(move, facts))
    _check_facts(walk)
    return _walk(walk)


def _require_step(actor: Actor, row: Consultation, name: str) -> ConsultingStep:
    step = BY_NAME.get(name)
    if step is None or row.state not in step.from_states:
        allowed = [action.step for action in allowed_consulting_actions(actor, row)]
        names = ", ".join(each.name for each in allowed) or "none"
        raise CaseStepRefusedError(
            f"The consultation is '{row.state}'; '{name}' does not follow. Possible now for you: {names}.",
            reason="not-following",
            state=row.state,
            state_label=ConsultationState(row.state).label,
            step=name if step is None else step.label,
            steps=[each.label for each in allowed],
            allowed=[each.name for each in allowed],
        )
    return step


def _stale(actor: Actor, row: Consultation, expected_version: int, name: str) -> StaleVersionError:
    allowed = [action.step.name for action in allowed_consulting_actions(actor, row)]
    return StaleVersionError(
        f"Somebody else acted on this consultation in the meantime (you had version {expected_version}, now it is "
        f"version {row.version}). Look at it again; possible now: {', '.join(allowed)}.",
        current=row,
        wanted={"step": name},
        expected_version=expected_version,
        allowed=allowed,
    )


def _require_side(actor: Actor, row: Consultation, step: ConsultingStep) -> Side:
    side = _side(actor, row, step)
    if side is None:
        raise NotPermittedError(
            f"'{step.name}' is not for your side of this consultation. It is taken by: {', '.join(step.sides)}.",
            reason="consultation-side",
            permission=step.name,
            step=step.label,
            sides=[side_word(each) for each in step.sides],
        )
    if not _may(actor, step):
        raise NotPermittedError(
            f"Your role does not include this step ({step.name}). Ask a colleague who may.",
            reason="role",
            permission=f"consultation.{Act.DECIDE if Act.WRITE not in step.acts else Act.WRITE}",
        )
    return side


def side_word(side: str) -> Any:  # noqa: ANN401 - a text that is translated late
    """Return what a side is called on a consultation."""
    return consulting_calls.SIDE_WORDS[Side(side)]


def _mode(move: ConsultingMove, facts: ConsultingFacts) -> EntryMode:
    if move.side is Side.SYSTEM:
        return EntryMode.AUTOMATIC
    return EntryMode.RETROSPECTIVE if facts.entered_offline else EntryMode.LIVE


def _moment(facts: ConsultingFacts, move: ConsultingMove) -> datetime.datetime:
    """Return when the step happened, refusing a time that cannot be."""
    for name in ("occurred_at", "due_at", "scheduled_for"):
        given = getattr(facts, name)
        if given is not None and timezone.is_naive(given):
            raise FactsRefusedError(
                f"The time {given} has no time zone. Give it with its offset.",
                field=name,
                reason="naive-time",
                given=given,
            )
    given, begun = facts.occurred_at, move.row.journey.opened_at
    if given is None:
        return move.now
    if given > move.now + CLOCK_TOLERANCE:
        raise FactsRefusedError(
            f"{in_local_time(given)} is in the future; a step is recorded when it has happened.",
            field="occurred_at",
            reason="future",
            given=given,
        )
    if given < begun and not move.step.is_fact:
        raise FactsRefusedError(
            f"{in_local_time(given)} lies before the journey began ({in_local_time(begun)}).",
            field="occurred_at",
            reason="before-journey",
            given=given,
            begun=begun,
        )
    least = max(EARLIEST, begun - LONGEST_BEFORE_JOURNEY)
    return min(sound_moment("occurred_at", given, not_before=least, not_after=move.now + CLOCK_TOLERANCE), move.now)


def _check_facts(walk: ConsultingWalk) -> None:
    step, facts = walk.move.step, walk.facts
    for name in step.asks:
        if not facts.is_given(name):
            raise FactsRefusedError(
                f"'{step.name}' needs: {name}.", field=name, reason="fact-missing", step=step.label, fact=name
            )
    surplus = [name for name in sorted(FACT_NAMES - {*step.asks, *step.takes, *ALWAYS_TAKEN}) if facts.is_given(name)]
    if surplus:
        raise FactsRefusedError(
            f"'{step.name}' does not take: {', '.join(surplus)}.",
            field=surplus[0],
            reason="fact-not-taken",
            step=step.label,
            fact=", ".join(surplus),
        )
    _check_reason(step, facts)
    if step.name in SAID:
        SAID[step.name](walk)


def _check_reason(step: ConsultingStep, facts: ConsultingFacts) -> None:
    if step.reasons is None:
        return
    if facts.reason_code not in step.reasons.values:
        raise FactsRefusedError(
            f"'{step.name}' needs a reason from the list: {', '.join(step.reasons.values)}. '{facts.reason_code}' "
            "was given.",
            field="reason_code",
            reason="reason-missing",
            step=step.label,
            given=facts.reason_code,
            accepted=list(step.reasons.labels),
        )
    if not facts.text.strip():
        raise FactsRefusedError(
            f"'{step.name}' needs a sentence beside its reason.", field="text", reason="text-missing", step=step.label
        )


def _walk(walk: ConsultingWalk) -> Consultation:
    """Write the step: effects, state, due time, event, audit, relations, journey, notices."""
    row, step = walk.row, walk.move.step
    from_state = row.state
    to_state = from_state if step.to_state == consulting_machine.SAME else step.to_state
    for name in step.effects:
        EFFECTS[name](walk)
    _hand_the_ball(walk, to_state)
    named = [name for name in walk.changes if name not in WORDS]
    before = snapshot(row, named)
    save_changes(row, walk.changes, row.version)
    _write_event(walk, from_state)
    record(
        dataclasses.replace(walk.context, reason="", reason_code=walk.facts.reason_code, occurred_at=walk.occurred_at),
        f"referrals.consultation.{step.name}",
        row,
        before=before,
        after=snapshot(row, named),
    )
    for each in walk.afterwards:
        each()
    deriving.derive_journey(row.journey_id, walk.occurred_at)
    consulting_calls.tell(walk)
    row.refresh_from_db()
    return row


def _hand_the_ball(walk: ConsultingWalk, to_state: str) -> None:
    """Say where the consultation stands, who must act now and by when."""
    walk.change({"state": to_state, "is_open": to_state in consulting_machine.OPEN})
    if walk.move.step.to_state == consulting_machine.SAME:
        return
    ball = STATE_ROWS[to_state].ball
    row = walk.row
    standing = consulting_running.keep_time(walk, to_state)
    walk.change(
        {
            "ball_side": "" if ball is None else ball.value,
            "ball_institution_id": {Side.SENDER: row.from_institution_id, Side.RECEIVER: row.to_institution_id}.get(
                ball  # type: ignore[arg-type]
            ),
            "due_at": standing.due_at,
            "rung": standing.rung,
            "next_call_at": standing.next_call_at,
        }
    )


def _write_event(walk: ConsultingWalk, from_state: str) -> None:
    facts: dict[str, Any] = {**plain_facts(walk.facts), **{key: plain(each) for key, each in walk.event_facts.items()}}
    ConsultationEvent.objects.create(
        consultation=walk.row,
        step=walk.move.step.name,
        from_state=from_state,
        to_state=walk.row.state,
        side=walk.move.side,
        user_id=walk.context.actor.user_id,
        acting_node_id=walk.context.actor.node_id,
        acting_role=walk.context.actor.role,
        occurred_at=walk.occurred_at,
        recorded_at=walk.move.now,
        entry_mode=walk.entry_mode,
        reason_code=walk.facts.reason_code,
        text=walk.facts.text.strip(),
        facts=facts,
        command_key=walk.context.key,
    )


def due_consultations(now: datetime.datetime) -> list[int]:
    """Return the consultations for which somebody has to be called, or something follows from silence."""
    due = Consultation.objects.filter(next_call_at__isnull=False, next_call_at__lte=now)
    return list(due.order_by("next_call_at", "pk").values_list("pk", flat=True))


def tick(now: datetime.datetime) -> int:
    """Do for every consultation what time asks: call the next post, note who did not come, let it expire.

    Each is a transaction of its own, and what was done is kept with it, so nothing happens twice when the worker
    stops halfway and starts again. One that meets a refusal holds up no other. Returns how many were handled.
    """
    handled = 0
    for pk in due_consultations(now):
        try:
            _handle(CommandContext(service_actor(), f"consulting-{uuid.uuid4()}"), pk, now)
        except LianyiError as refusal:
            _log.error("Consultation %s could not be handled (%s); the worker goes on with the rest.", pk, refusal.code)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 - one that meets a fault of ours holds up no other
            _log.exception("Consultation %s could not be handled; the worker goes on with the rest.", pk)
        else:
            handled += 1
    return handled


@command("referrals.consultation.call")
def _handle(context: CommandContext, consultation_id: int, now: datetime.datetime) -> Consultation:
    row = ROWS.select_for_update(of=("self",)).get(pk=consultation_id)
    if row.next_call_at is None or row.next_call_at > now:
        return row
    for name in ("expire", "no_show"):
        step = BY_NAME[name]
        if row.state not in step.from_states:
            continue
        move = dataclasses.replace(_move(context.actor, row, step, Side.SYSTEM), now=now)
        if _first_refusal(move) is None:
            return _walk(ConsultingWalk(context, move, ConsultingFacts(), now, EntryMode.AUTOMATIC))
    return consulting_calls.call_next(context, row, now)
