"""A way of real commands into every state of a leg, for the tests that want to stand there."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import time_machine
from django.utils import timezone

from lianyi.accounts.actors import service_actor
from lianyi.referrals.machine import STATE_ROWS, StateRow
from lianyi.referrals.models import Clock, Leg, Question
from tests.referrals.story import Story

YES: Mapping[str, Any] = {"contact": "样例联系人 000-1111", "capacity_confirmed": True}
LADDER_TOP = 6


def in_hours(hours: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=hours)


def later(**span: float) -> time_machine.travel:
    """Go on as if so much time had passed."""
    return time_machine.travel(timezone.now() + datetime.timedelta(**span), tick=True)


def delivered(story: Story) -> Leg:
    return story.step(story.sent(), "deliver", service_actor())


def opened(story: Story, **more: Any) -> Leg:
    return story.step(story.sent(**more), "open", story.duty_jia)


def routed(story: Story) -> Leg:
    return story.step(opened(story), "route", story.duty_jia, department_id=story.scene.emergency.pk)


def asked(story: Story) -> Leg:
    return story.step(opened(story), "ask", story.duty_jia, text="样例提问")


def supplied(story: Story) -> Leg:
    return story.step(asked(story), "supply", story.doctor_shan, text="样例回答")


def accepted(story: Story, **more: Any) -> Leg:
    return story.step(opened(story, **more), "accept", story.duty_jia, **YES)


def waiting(story: Story) -> Leg:
    return story.step(opened(story), "accept_to_waiting_list", story.duty_jia, due_at=in_hours(200), **YES)


def scheduled(story: Story) -> Leg:
    return story.step(opened(story), "accept_with_appointment", story.duty_jia, expected_at=in_hours(48), **YES)


def booking_cancelled(story: Story) -> Leg:
    return story.step(scheduled(story), "cancel_booking", story.duty_jia, reason_code="capacity")


def no_show(story: Story) -> Leg:
    leg = scheduled(story)
    with later(days=4):
        return story.step(leg, "record_no_show", story.duty_jia)


def in_transit(story: Story, **more: Any) -> Leg:
    return story.step(story.accepted(**more), "depart", story.doctor_shan)


def arrived(story: Story) -> Leg:
    return story.step(in_transit(story), "arrive", story.duty_jia)


def on_hold(story: Story) -> Leg:
    return story.step(
        story.under_care(), "hold", story.duty_jia, reason_code="patient_wish", due_at=in_hours(72), ball_side="sender"
    )


def return_proposed(story: Story, **more: Any) -> Leg:
    leg = story.under_care(**more)
    story.returning(leg)
    leg.refresh_from_db()
    return leg


def outcome_sent(story: Story) -> Leg:
    return story.step(story.under_care(), "send_outcome", story.duty_jia, disposition="home", text="样例结果")


def closed(story: Story) -> Leg:
    return story.step(outcome_sent(story), "acknowledge", story.doctor_shan)


def declined(story: Story) -> Leg:
    return story.step(opened(story), "decline", story.duty_jia, reason_code="no_bed")


def declined_unanswered(story: Story) -> Leg:
    leg = asked(story)
    Question.objects.filter(leg=leg).update(reminded_at=timezone.now())
    with later(days=20):
        return story.step(leg, "decline_unanswered", story.duty_jia, reason_code="information_missing")


def withdrawn(story: Story) -> Leg:
    return story.step(story.accepted(), "withdraw", story.duty_jia, reason_code="no_bed")


def no_response(story: Story) -> Leg:
    leg = opened(story)
    Clock.objects.filter(leg=leg, kind="decision").update(rung=LADDER_TOP)
    with later(days=20):
        return story.step(leg, "time_out", service_actor())


def not_selected(story: Story) -> Leg:
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(second, "accept", story.duty_lin, **YES)
    first.refresh_from_db()
    return first


def cancelled(story: Story) -> Leg:
    return story.step(story.accepted(), "cancel", story.doctor_shan, reason_code="improved")


def cancel_confirmed(story: Story) -> Leg:
    leg = story.step(in_transit(story), "ask_to_cancel", story.doctor_shan, reason_code="patient_refused")
    return story.step(leg, "confirm_cancel", story.duty_jia)


def never_came(story: Story) -> Leg:
    return story.step(no_show(story), "give_up", story.doctor_shan, reason_code="patient_refused")


def diverted(story: Story) -> Leg:
    return story.step(
        in_transit(story),
        "divert",
        story.doctor_shan,
        institution_id=story.scene.lin.pk,
        contact="样例接收医生 000-3333",
        reason_code="patient_worse",
    )


def elsewhere(story: Story) -> Leg:
    return story.step(story.sent(), "record_elsewhere", story.doctor_shan, text="样例")


def expired(story: Story) -> Leg:
    leg = opened(story)
    with later(days=40):
        return story.step(leg, "expire", service_actor())


def died(story: Story) -> Leg:
    return story.step(story.under_care(), "record_death", story.duty_jia, died_at=timezone.now())


def in_error(story: Story) -> Leg:
    return story.step(story.sent(), "mark_error", story.doctor_shan, reason_code="wrong_patient")


WAYS: Mapping[str, Callable[[Story], Leg]] = {
    "draft": lambda story: story.draft().legs.get(),
    "sent": lambda story: story.sent(),
    "delivered": delivered,
    "opened": opened,
    "routed": routed,
    "awaiting-information": asked,
    "information-supplied": supplied,
    "accepted": accepted,
    "waiting-list": waiting,
    "scheduled": scheduled,
    "bed-reserved": lambda story: story.accepted(),
    "appointment-cancelled": booking_cancelled,
    "no-show": no_show,
    "in-transit": in_transit,
    "arrived": arrived,
    "under-care": lambda story: story.under_care(),
    "on-hold": on_hold,
    "return-proposed": return_proposed,
    "outcome-sent": outcome_sent,
    "closed": closed,
    "declined": declined,
    "withdrawn-by-receiver": withdrawn,
    "no-response": no_response,
    "not-selected": not_selected,
    "cancelled-by-sender": cancelled,
    "cancel-confirmed": cancel_confirmed,
    "no-show-final": never_came,
    "diverted": diverted,
    "handled-elsewhere": elsewhere,
    "expired": expired,
    "died": died,
    "entered-in-error": in_error,
}


def row_of(leg: Leg) -> StateRow:
    return STATE_ROWS[leg.state]
