"""The laws that hold after every step, whoever took it: section 6.7 of the design, each as a check of the rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.methods.clocks import Pause, reading
from lianyi.referrals import machine, queries
from lianyi.referrals.deriving import has_open_parts, status_of
from lianyi.referrals.machine import BY_NAME, HELD_FROM, SAME, STATE_ROWS, WorkList
from lianyi.referrals.models import Clock, Consultation, Journey, Leg, LegEvent, PatientIdentity, Request
from lianyi.referrals.states import LegState, Side
from lianyi.referrals.walking import allowed_actions

BUSY = (*machine.AGREED, *machine.STARTED)
WAITS_FOR_ANSWER = ("awaiting-information", "on-hold")


def only_rows_of_the_table_were_walked(legs: Iterable[Leg]) -> None:
    """Law 1: each event is a row of the table, and each begins where the one before ended."""
    for leg in legs:
        state = ""
        for event in leg.events.all():
            row = BY_NAME[event.step]
            assert event.from_state == state
            assert event.rule == row.rule
            assert not row.from_states or event.from_state in row.from_states
            if row.to_state == SAME:
                assert event.to_state == event.from_state
            elif row.to_state != HELD_FROM:
                assert event.to_state == row.to_state
            state = event.to_state
        assert leg.state == state
        assert leg.is_open == (state in machine.OPEN)


def every_leg_stands_on_a_list(legs: Iterable[Leg], people: dict[int, Actor]) -> None:
    """Law 2: whoever must move finds the leg among what is theirs to do, and the sender finds it on some list."""
    listed: dict[int, set[int]] = {}
    moving: dict[int, set[int]] = {}
    for node, actor in people.items():
        listed[node] = {pk for name in WorkList for pk in _pks(queries.work_list(actor, name))}
        moving[node] = set(_pks(queries.to_move(actor)))
    for leg in legs:
        if leg.from_institution_id in listed:
            assert leg.pk in listed[leg.from_institution_id], f"{leg.state} is on no list"
        if leg.ball_institution_id in moving:
            found = moving[leg.ball_institution_id]
            assert {leg.pk, *_ways_back(leg)} & found, f"{leg.state} is not among what is to do"


def _ways_back(leg: Leg) -> list[int]:
    """Return what stands for a case at the lower unit that a transfer back asks: the way back, not the case above."""
    if leg.state != LegState.RETURN_PROPOSED:
        return []
    asked = Leg.objects.filter(request__based_on_id=leg.request_id, to_institution_id=leg.ball_institution_id)
    return _pks(asked.filter(is_open=True))


def _pks(rows: QuerySet[Leg]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def at_most_one_hospital_has_said_yes(legs: Iterable[Leg]) -> None:
    """Law 3."""
    busy = [leg.request_id for leg in legs if leg.state in BUSY]
    assert len(busy) == len(set(busy))


def every_open_leg_has_a_holder_a_due_time_and_somebody_who_answers(legs: Iterable[Leg]) -> None:
    """Law 4."""
    for leg in legs:
        if not leg.is_open:
            assert bool(leg.ball_side) == (leg.ball_institution_id is not None) == (leg.due_at is not None)
            continue
        assert leg.ball_side in Side.values
        assert leg.ball_institution_id is not None
        assert leg.due_at is not None, f"{leg.state} has no due time"
        is_receivers = STATE_ROWS[leg.state].responsible is Side.RECEIVER and leg.to_institution_id is not None
        assert leg.responsible_id == (leg.to_institution_id if is_receivers else leg.from_institution_id)


def every_no_has_a_reason_and_a_sentence(events: Iterable[LegEvent]) -> None:
    """Law 5."""
    for event in events:
        reasons = BY_NAME[event.step].reasons
        if reasons is not None and event.entry_mode != "automatic":
            assert event.reason_code in reasons.values
            assert event.text.strip()


def an_outcome_is_true_and_a_closed_journey_is_over() -> None:
    """Law 8, with the states that are computed from others."""
    for leg in Leg.objects.filter(disposition__in=("returned", "onward"), state__in=("outcome-sent", "closed")):
        assert _somebody_has_whom_it_let_go(leg), f"{leg.disposition}, and nobody has the patient"
    for request in Request.objects.all():
        states = list(request.legs.values_list("state", "task_status"))
        assert request.status == status_of(states, is_revoked=request.is_revoked)
    for journey in Journey.objects.all():
        assert (journey.closed_at is None) == has_open_parts(journey.pk)


# What a person says when a referral ends without a patient who came.
SAID_BY_SOMEBODY = ("cancel", "end_ask", "confirm_cancel", "mark_error", "record_elsewhere")


def nobody_is_lost_when_a_journey_closes() -> None:
    """Each ask of a closed journey ended with an outcome, a death, a visit to the patient, or a word of somebody."""
    for journey in Journey.objects.filter(closed_at__isnull=False):
        legs = Leg.objects.filter(request__journey=journey)
        if legs.filter(Q(state="died") | Q(disposition="died")).exists():
            continue
        if journey.follow_ups.filter(kind="death_review").exists():
            continue
        for request in journey.requests.all():
            ended = legs.filter(request=request)
            assert (
                ended.filter(state="closed").exists()
                or LegEvent.objects.filter(leg__request=request, step__in=SAID_BY_SOMEBODY).exists()
                or journey.follow_ups.filter(leg__request=request, kind="home_visit", state="done").exists()
            ), f"the patient of {list(ended.values_list('state', flat=True))} is nowhere"


def of_the_versions_of_a_referral_one_is_live() -> None:
    """An ask that a later version replaced asks nobody; only who came all the same is still cared for there."""
    replaced = Leg.objects.filter(request__replaced_by__sent_at__isnull=False)
    for leg in replaced.filter(Q(is_open=True) | ~Q(ball_side="")):
        assert leg.arrived_at is not None, f"{leg.state} of a version that was replaced"


def _somebody_has_whom_it_let_go(leg: Leg) -> bool:
    """Tell whether the patient who went back or onward came there, is awaited there, or has died meanwhile."""
    journey = Leg.objects.filter(request__journey_id=leg.request.journey_id)
    if journey.filter(Q(state="died") | Q(disposition="died")).exists():
        return True
    if leg.request.journey.follow_ups.filter(kind="death_review").exists():
        return True
    others = list(journey.filter(request_id=leg.request_id, is_open=True, was_accepted=True).exclude(pk=leg.pk))
    down = Q(request__direction="down")
    theirs = journey.filter(down if leg.disposition == "returned" else ~down, request__based_on_id=leg.request_id)
    return bool(others) or any(
        each.state in machine.TAKEN
        or each.arrived_at is not None
        or each.is_open
        or (leg.disposition == "onward" and each.ball_side)
        for each in theirs
    )


def gross_time_is_net_and_paused(legs: dict[int, Leg]) -> None:
    """Law 9, and that no clock runs where nobody is waited for."""
    now = timezone.now()
    for clock in Clock.objects.prefetch_related("pauses"):
        pauses = [Pause(each.started_at, each.ended_at) for each in clock.pauses.all()]
        read = reading(clock.started_at, clock.stopped_at, pauses, max(now, clock.started_at))
        assert read.gross == read.net + read.paused
        assert read.net >= datetime.timedelta()
        leg = legs[clock.leg_id]
        if clock.stopped_at is not None:
            assert clock.next_call_at is None
            assert clock.paused_since is None
            assert all(each.ended_at is not None for each in clock.pauses.all())
            within = abs(read.paused.total_seconds() - clock.paused_seconds)
            assert within <= len(pauses) or clock.stopped_at < max(each.start for each in pauses)
        else:
            assert leg.is_open or leg.ball_side, f"{clock.kind} runs on in {leg.state}"
            assert clock.paused_since is None or leg.state in WAITS_FOR_ANSWER


def identity_is_seen_only_after_a_yes(people: dict[int, Actor]) -> None:
    """Law of the tiers: without having begun, coordinated, accepted or driven, nobody finds out who the patient is."""
    for node, actor in people.items():
        for journey_id in scoped(actor, PatientIdentity.objects.all()).values_list("journey_id", flat=True):
            own = Leg.objects.filter(request__journey_id=journey_id)
            assert (
                own.filter(to_institution_id=node, was_accepted=True).exists()
                or own.filter(from_institution_id=node).exists()
                or own.filter(request__coordinator_id=node).exists()
                or own.filter(transport_institution_id=node).exists()
                or Journey.objects.filter(pk=journey_id, origin_institution_id=node).exists()
                or _was_consulted(journey_id, node)
            )


def _was_consulted(journey_id: int, node: int) -> bool:
    """Tell whether an institution took a consultation of the journey in hand: from then its experts see the case."""
    asked = Consultation.objects.filter(journey_id=journey_id, to_institution_id=node)
    return asked.exclude(state__in=("draft", "asked", "awaiting-information", "declined")).exists()


def nobody_else_reaches_what_is_over(people: dict[int, Actor]) -> None:
    """Law 11, to be asked when the days of grace are over."""
    over = set(Journey.objects.filter(closed_at__isnull=False).values_list("pk", flat=True))
    for node, actor in people.items():
        for leg in scoped(actor, Leg.objects.filter(request__journey_id__in=over)):
            assert leg.from_institution_id == node, f"{leg.state} is still in reach of its receiver"
        for journey in scoped(actor, Journey.objects.filter(pk__in=over)):
            assert journey.origin_institution_id == node
        for identity in scoped(actor, PatientIdentity.objects.filter(journey_id__in=over)):
            assert identity.journey.origin_institution_id == node


def names_open_to(actor: Actor, leg: Leg) -> set[tuple[str, bool]]:
    return {(action.transition.name, action.is_spoken) for action in allowed_actions(actor, leg)}
