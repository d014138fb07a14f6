"""What is written when a step is taken: effects, state, ball, clocks, event, audit, and what follows from it."""

from __future__ import annotations

import dataclasses
from typing import Any

from lianyi.accounts.audit import plain, record, snapshot
from lianyi.accounts.records import save_changes
from lianyi.referrals import deriving, machine, outcomes, running, settling, telling
from lianyi.referrals.effects import EFFECTS
from lianyi.referrals.facts import plain_facts
from lianyi.referrals.machine import STATE_ROWS
from lianyi.referrals.models import Leg, LegEvent
from lianyi.referrals.states import LegState, Side, TaskStatus
from lianyi.referrals.walk import Walk


def _target_state(walk: Walk) -> str:
    wanted = walk.move.transition.to_state
    if wanted == machine.SAME:
        return walk.leg.state
    if wanted == machine.HELD_FROM:
        return walk.leg.held_from or LegState.UNDER_CARE
    return wanted


def write_step(walk: Walk) -> Leg:
    """Write the step: effects, state, clocks, event, audit, relations, siblings, derived states, notices."""
    leg, transition = walk.leg, walk.move.transition
    from_state, to_state = leg.state, _target_state(walk)
    for name in transition.effects:
        EFFECTS[name](walk)
    if to_state == LegState.UNDER_CARE and leg.taken_over_at is None:
        walk.change({"taken_over_at": walk.occurred_at})
    _set_state(walk, to_state)
    _hand_the_ball(walk, to_state)
    before = snapshot(leg, walk.changes)
    save_changes(leg, walk.changes, leg.version)
    _write_event(walk, from_state)
    # Words of a case may tell who the patient is; the trail keeps the codes and the event keeps the words.
    record(
        dataclasses.replace(walk.context, reason="", reason_code=walk.facts.reason_code, occurred_at=walk.occurred_at),
        f"referrals.leg.{transition.name}",
        leg,
        before=before,
        after=snapshot(leg, walk.changes),
    )
    for each in walk.afterwards:
        each()
    if STATE_ROWS[to_state].is_final and to_state != LegState.CLOSED:
        settling.void_visits_of_a_return_that_did_not_happen(walk.context, leg)
    outcomes.keep_true(walk.context, leg, walk.occurred_at)
    deriving.derive(leg.request)
    settling.settle_journey(walk.context, leg.request.journey_id, walk.occurred_at)
    telling.tell(walk, from_state)
    leg.refresh_from_db()
    return leg


def _set_state(walk: Walk, to_state: str) -> None:
    row = STATE_ROWS[to_state]
    status = row.task_status
    if to_state in (LegState.DIVERTED, LegState.HANDLED_ELSEWHERE, LegState.DIED) and not walk.leg.was_accepted:
        # What was never taken on cannot have failed or been completed.
        status = TaskStatus.CANCELLED
    walk.change({"state": to_state, "task_status": status, "is_open": not row.is_final})
    if row.is_final:
        walk.change({"cancel_asked": False})


def _hand_the_ball(walk: Walk, to_state: str) -> None:
    """Say who must act now, by when, and who answers for the patient."""
    if walk.move.transition.to_state == machine.SAME:
        _leave_the_ball(walk, to_state)
        return
    ball = _next_to_move(walk, to_state)
    is_over = STATE_ROWS[to_state].is_final and ball is None
    responsible = running.institution_of(walk, STATE_ROWS[to_state].responsible)
    walk.change(
        {
            "ball_side": "" if ball is None else ball.value,
            "ball_institution_id": None if ball is None else running.institution_of(walk, ball),
            "responsible_id": None if is_over else responsible,
        }
    )
    due = running.keep_time(walk, to_state)
    walk.change({"due_at": due if ball is not None else None})


def _leave_the_ball(walk: Walk, to_state: str) -> None:
    """Leave the move where it was; only a new date, or the end of the ask, changes what is waited for."""
    if walk.changes.pop("ball_to_nobody", False):
        walk.change({"ball_side": "", "ball_institution_id": None, "responsible_id": None, "due_at": None})
        running.keep_time(walk, to_state)
    elif walk.changes.get("expected_at"):
        walk.change({"due_at": running.keep_time(walk, to_state)})


def _next_to_move(walk: Walk, to_state: str) -> Side | None:
    ball = STATE_ROWS[to_state].ball
    if walk.changes.pop("ball_to_coordinator", False):
        ball = Side.COORDINATOR
    if walk.changes.pop("ball_to_sender", False):
        ball = Side.SENDER
    if to_state == LegState.ON_HOLD:
        ball = Side(walk.facts.ball_side)
    if to_state == LegState.SENT and walk.leg.external_partner_id is not None:
        ball = Side.SENDER
    return None if ball is not None and _is_settled(walk, to_state) else ball


def _is_settled(walk: Walk, to_state: str) -> bool:
    """Tell whether a leg without a receiver asks nothing more, because another candidate still looks at the case."""
    if to_state not in machine.UNROUTED:
        return False
    others = Leg.objects.filter(request_id=walk.leg.request_id, is_open=True).exclude(pk=walk.leg.pk)
    return others.exclude(state=LegState.DRAFT).exists()


def _write_event(walk: Walk, from_state: str) -> LegEvent:
    facts: dict[str, Any] = {**plain_facts(walk.facts), **{key: plain(each) for key, each in walk.event_facts.items()}}
    return LegEvent.objects.create(
        leg=walk.leg,
        rule=walk.move.transition.rule,
        step=walk.move.transition.name,
        from_state=from_state,
        to_state=walk.leg.state,
        side=walk.move.side,
        user_id=walk.context.actor.user_id,
        acting_node_id=walk.context.actor.node_id,
        acting_role=walk.context.actor.role,
        occurred_at=walk.occurred_at,
        recorded_at=walk.now,
        entry_mode=walk.entry_mode,
        spoken_by=walk.facts.spoken_by.strip(),
        reason_code=walk.facts.reason_code,
        text=walk.facts.text.strip(),
        facts=facts,
        command_key=walk.context.key,
    )
