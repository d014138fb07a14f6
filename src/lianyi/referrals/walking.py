"""The one function that walks the table: who may take which step, and what is written when it is taken."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.roles import Act
from lianyi.referrals import machine
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import ALWAYS_TAKEN, FACT_NAMES, MOMENT_NAMES, ProposalFacts, StepFacts
from lianyi.referrals.guards import GUARDS
from lianyi.referrals.machine import BY_NAME, Transition
from lianyi.referrals.models import Leg, LegEvent
from lianyi.referrals.moments import CLOCK_TOLERANCE, check_occurred, check_said, in_local_time
from lianyi.referrals.policies import policy_of
from lianyi.referrals.said import SAID
from lianyi.referrals.sides import holds_act, sides_of
from lianyi.referrals.states import EntryMode, LegState, Side
from lianyi.referrals.step_writing import write_step
from lianyi.referrals.walk import Move, Walk

# A receiver may say these on the telephone; the sender types them in, and they are marked so until confirmed.
SPOKEN_STEPS = frozenset(
    {
        "accept",
        "accept_with_bed",
        "accept_with_appointment",
        "decline",
        "arrive",
        "arrive_after_end",
        "arrive_told_late",
        "take_over",
    }
)
_LEG_ROWS = Leg.objects.select_related(
    "request__journey", "request__coordinator", "from_institution", "to_institution", "to_department"
)


@dataclass(frozen=True, slots=True)
class Action:
    """A step that would succeed now for this person; ``is_spoken`` when they would type in what the receiver said."""

    transition: Transition
    side: Side
    is_spoken: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """On which side somebody takes a step, and how it comes into the record."""

    side: Side
    mode: EntryMode


def allowed_actions(actor: Actor, leg: Leg) -> list[Action]:
    """Return exactly the steps that would succeed for this person on this version, told what each of them asks."""
    actions: list[Action] = []
    if not scoped(actor, Leg.objects.filter(pk=leg.pk)).exists():
        return actions
    for transition in machine.steps_from(leg.state):
        if transition.is_told_late:
            continue
        standing = _standing(actor, leg, transition, spoken=False) or _standing(actor, leg, transition, spoken=True)
        if standing is None or not _may(actor, leg, transition, standing) or not _flag_fits(leg, transition):
            continue
        if _first_refusal(_move(leg, transition, standing.side, timezone.now())) is None:
            actions.append(Action(transition, standing.side, standing.mode is EntryMode.SPOKEN))
    return actions


def _first_refusal(move: Move) -> GuardRefusedError | None:
    for name in move.transition.guards:
        guard = GUARDS.get(name)
        if guard is None:
            continue
        try:
            guard(move)
        except GuardRefusedError as refusal:
            return refusal
    return None


def _standing(actor: Actor, leg: Leg, transition: Transition, *, spoken: bool) -> Standing | None:
    """Return the side on which the actor takes the step; None when no side of theirs is in the table."""
    mine = sides_of(actor, leg)
    if spoken:
        speaks_for = transition.name in SPOKEN_STEPS or leg.external_partner_id is not None
        is_senders = Side.SENDER in mine and Side.RECEIVER in transition.sides
        # Nobody telephones the program: what it writes for a receiver came from a guest at the one-time link.
        mode = EntryMode.GUEST if actor.is_service else EntryMode.SPOKEN
        return Standing(Side.RECEIVER, mode) if speaks_for and is_senders else None
    if actor.is_service and Side.SYSTEM in transition.sides:
        # The program is nobody's hand: what people and the program may both do, it does as the program.
        return Standing(Side.SYSTEM, EntryMode.AUTOMATIC)
    found = next((side for side in transition.sides if side in mine), None)
    mode = EntryMode.AUTOMATIC if actor.is_service else EntryMode.LIVE
    return None if found is None else Standing(found, mode)


def _may(actor: Actor, leg: Leg, transition: Transition, standing: Standing) -> bool:
    # The decision was the receiver's; to write down what it said is no decision.
    more = (Act.WRITE,) if standing.mode is EntryMode.SPOKEN else ()
    return holds_act(actor, leg, transition, *more)


def _flag_fits(leg: Leg, transition: Transition) -> bool:
    return transition.needs_flag is None or transition.needs_flag == leg.cancel_asked


def _move(leg: Leg, transition: Transition, side: Side, now: datetime.datetime) -> Move:
    return Move(leg=leg, transition=transition, side=side, policy=policy_of(leg.request.policy), now=now)


@command("referrals.leg.step")
def take_step(context: CommandContext, leg_id: int, name: str, facts: StepFacts, expected_version: int | None) -> Leg:
    """Take one step with one leg.

    Parameters
    ----------
    context
        Who asks, through which affiliation, with which command key.
    leg_id
        The leg, which must be within the actor's reach.
    name
        The step by its name in the table.
    facts
        What is said with it.
    expected_version
        The version the actor saw; None only for facts that happened, which are recorded whatever came in between.
    """
    leg = get_in_scope(context.actor, _LEG_ROWS.select_for_update(of=("self",)), leg_id)
    if (
        expected_version is not None
        and expected_version != leg.version
        and not _is_only_delivered(leg, expected_version)
    ):
        raise _stale(context.actor, leg, expected_version, name)
    transition = _require_transition(context.actor, leg, name)
    if transition.is_told_late and not facts.entered_offline:
        raise _not_following(leg, name, allowed_actions(context.actor, leg))
    if expected_version is None and not (transition.is_fact or context.actor.is_service):
        raise FactsRefusedError(
            "The step was sent without the version of the case that it answers. Open the case again.",
            field="expected_version",
            reason="version-missing",
        )
    standing = _require_standing(context.actor, leg, transition, facts)
    move = _move(leg, transition, standing.side, timezone.now())
    refusal = _first_refusal(move)
    if refusal is not None:
        raise refusal
    _check_zones(facts)
    walk = Walk(context, move, facts, _moment(facts, move), _mode(standing, facts))
    _check_facts(walk)
    return write_step(walk)


@command("referrals.leg.automatic_step")
def automatic_step(context: CommandContext, leg_id: int, name: str) -> Leg:
    """Take a step that time alone brings: nobody of a side stands behind it, and the table's guards hold."""
    leg = get_in_scope(context.actor, _LEG_ROWS.select_for_update(of=("self",)), leg_id)
    transition = _require_transition(context.actor, leg, name)
    move = _move(leg, transition, Side.SYSTEM, timezone.now())
    refusal = _first_refusal(move)
    if refusal is not None:
        raise refusal
    return write_step(Walk(context, move, StepFacts(), move.now, EntryMode.AUTOMATIC))


def system_step(
    context: CommandContext,
    leg: Leg,
    name: str,
    at: datetime.datetime,
    died_at: datetime.datetime | None = None,
    reason_code: str = "",
) -> Leg:
    """Take a step that follows from another one, inside its command.

    The table's states and effects hold here too; its guards ask people, and nobody is asked when a sibling ends.
    """
    fresh = _LEG_ROWS.get(pk=leg.pk)
    transition = BY_NAME[name]
    if fresh.state not in transition.from_states:
        raise _not_following(fresh, name, [])
    move = _move(fresh, transition, Side.SYSTEM, timezone.now())
    own = dataclasses.replace(context, actor=_as_system(context.actor))
    facts = StepFacts(occurred_at=at, died_at=died_at, reason_code=reason_code)
    return write_step(Walk(own, move, facts, at, EntryMode.AUTOMATIC))


def spoken_step(context: CommandContext, leg: Leg, name: str, facts: StepFacts, at: datetime.datetime) -> Leg:
    """Take a step of the receiver that was said on the telephone, inside the command of whoever heard it."""
    fresh = _LEG_ROWS.get(pk=leg.pk)
    transition = BY_NAME[name]
    if fresh.state not in transition.from_states:
        raise _not_following(fresh, name, [])
    return write_step(
        Walk(context, _move(fresh, transition, Side.RECEIVER, timezone.now()), facts, at, EntryMode.SPOKEN)
    )


def propose_step(context: CommandContext, leg: Leg, proposal: ProposalFacts, at: datetime.datetime) -> Leg:
    """Put what another record shows before whoever must move; inside the command that saw it."""
    fresh = _LEG_ROWS.get(pk=leg.pk)
    move = _move(fresh, BY_NAME["propose_closing"], Side.SYSTEM, timezone.now())
    own = dataclasses.replace(context, actor=_as_system(context.actor))
    return write_step(Walk(own, move, StepFacts(occurred_at=at, proposal=proposal), at, EntryMode.AUTOMATIC))


def _as_system(actor: Actor) -> Actor:
    return actor if actor.is_service else service_actor()


def _require_transition(actor: Actor, leg: Leg, name: str) -> Transition:
    transition = BY_NAME.get(name)
    if transition is None or leg.state not in transition.from_states:
        raise _not_following(leg, name, allowed_actions(actor, leg))
    if _flag_fits(leg, transition):
        return transition
    if leg.cancel_asked:
        raise GuardRefusedError("The sender has asked to cancel: confirm or refuse that first.", reason="cancel-asked")
    raise GuardRefusedError("Nobody has asked to cancel this case.", reason="no-cancel-asked")


def _not_following(leg: Leg, name: str, actions: Iterable[Action]) -> CaseStepRefusedError:
    allowed = [action.transition for action in actions]
    names = ", ".join(each.name for each in allowed) or "none"
    return CaseStepRefusedError(
        f"The case is '{leg.state}'; '{name}' does not follow. Possible now for you: {names}.",
        reason="not-following",
        state=leg.state,
        state_label=LegState(leg.state).label if leg.state in LegState.values else leg.state,
        step=BY_NAME[name].label if name in BY_NAME else name,
        steps=[each.label for each in allowed],
        allowed=[each.name for each in allowed],
    )


def _is_only_delivered(leg: Leg, expected_version: int) -> bool:
    """Tell whether all that came in between is the delivery itself: nobody decided anything that the actor missed."""
    if expected_version != leg.version - 1:
        return False
    last = LegEvent.objects.filter(leg=leg).order_by("-pk").first()
    return last is not None and last.step == "deliver"


def _stale(actor: Actor, leg: Leg, expected_version: int, name: str) -> StaleVersionError:
    actions = allowed_actions(actor, leg)
    return StaleVersionError(
        f"Somebody else acted on this case in the meantime (you had version {expected_version}, now it is version "
        f"{leg.version}). Look at it again; possible now: {', '.join(each.transition.name for each in actions)}.",
        current=leg,
        wanted={"step": name},
        expected_version=expected_version,
        allowed=[each.transition.name for each in actions],
    )


def _require_standing(actor: Actor, leg: Leg, transition: Transition, facts: StepFacts) -> Standing:
    standing = _standing(actor, leg, transition, spoken=bool(facts.spoken_by.strip()))
    if standing is None:
        raise NotPermittedError(
            f"'{transition.name}' is not for your side of this case. It is taken by: {', '.join(transition.sides)}.",
            reason="referral-side",
            permission=transition.name,
            step=transition.label,
            sides=[side.label for side in transition.sides],
        )
    if not _may(actor, leg, transition, standing):
        raise NotPermittedError(
            f"Your role does not include this step ({transition.name}). Ask the person on duty.",
            reason="role",
            permission=f"referral.{Act.DECIDE if Act.WRITE not in transition.acts else Act.WRITE}",
        )
    return standing


def _mode(standing: Standing, facts: StepFacts) -> EntryMode:
    if standing.mode is EntryMode.LIVE and facts.entered_offline:
        return EntryMode.RETROSPECTIVE
    return standing.mode


def _moment(facts: StepFacts, move: Move) -> datetime.datetime:
    """Return when the step happened, refusing a time that cannot be."""
    given = facts.occurred_at
    if given is None:
        return move.now
    if given > move.now + CLOCK_TOLERANCE:
        raise FactsRefusedError(
            f"{in_local_time(given)} is in the future; a step is recorded when it has happened.",
            field="occurred_at",
            reason="future",
            given=given,
        )
    begun = move.leg.request.journey.opened_at
    if given < begun and not move.transition.is_fact:
        raise FactsRefusedError(
            f"{in_local_time(given)} lies before the journey began ({in_local_time(begun)}).",
            field="occurred_at",
            reason="before-journey",
            given=given,
            begun=begun,
        )
    check_occurred(given, move, facts)
    return min(given, move.now)


def _check_facts(walk: Walk) -> None:
    transition, facts = walk.move.transition, walk.facts
    for name in transition.asks:
        if not facts.is_given(name):
            raise FactsRefusedError(
                f"'{transition.name}' needs: {name}.",
                field=name,
                reason="fact-missing",
                step=transition.label,
                fact=name,
            )
    taken = {*transition.asks, *transition.takes, *ALWAYS_TAKEN}
    surplus = [name for name in sorted(FACT_NAMES - taken) if facts.is_given(name)]
    if surplus:
        raise FactsRefusedError(
            f"'{transition.name}' does not take: {', '.join(surplus)}.",
            field=surplus[0],
            reason="fact-not-taken",
            step=transition.label,
            fact=", ".join(surplus),
        )
    check_said(walk)
    _check_reason(transition, facts)
    for name in transition.guards:
        if name in SAID:
            SAID[name](walk)


def _check_zones(facts: StepFacts) -> None:
    for name in MOMENT_NAMES:
        given = getattr(facts, name)
        if given is not None and timezone.is_naive(given):
            raise FactsRefusedError(
                f"The time {given} has no time zone. Give it with its offset.",
                field=name,
                reason="naive-time",
                given=given,
            )


def _check_reason(transition: Transition, facts: StepFacts) -> None:
    if transition.reasons is None:
        return
    if facts.reason_code not in transition.reasons.values:
        raise FactsRefusedError(
            f"'{transition.name}' needs a reason from the list: {', '.join(transition.reasons.values)}. "
            f"'{facts.reason_code}' was given.",
            field="reason_code",
            reason="reason-missing",
            step=transition.label,
            given=facts.reason_code,
            accepted=list(transition.reasons.labels),
        )
    if not facts.text.strip():
        raise FactsRefusedError(
            f"'{transition.name}' needs a sentence beside its reason.",
            field="text",
            reason="text-missing",
            step=transition.label,
        )
