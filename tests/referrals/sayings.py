"""What is said with each step so that it can succeed: for tests that take every step there is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from lianyi.referrals.facts import NeedAnswer, ProposalFacts, StepFacts
from lianyi.referrals.machine import TAKEN
from lianyi.referrals.models import FollowUp, Leg, ReturnNeed
from lianyi.referrals.outcomes import legs_onward
from lianyi.referrals.said import back_leg_of
from tests.referrals.story import STABLE, Story

Saying = dict[str, Any]


def _hours(number: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=number)


def _yes(_story: Story, leg: Leg) -> Saying:
    needs = ReturnNeed.objects.filter(request_id=leg.request_id).order_by("pk")
    answers = tuple(NeedAnswer(need_id=need.pk, answer="yes") for need in needs)
    return {"contact": "样例", "capacity_confirmed": True, "needs": answers}


def _yes_with_date(story: Story, leg: Leg) -> Saying:
    return {**_yes(story, leg), "expected_at": _hours(5)}


def _yes_and_wait(story: Story, leg: Leg) -> Saying:
    return {**_yes(story, leg), "due_at": _hours(100)}


def _no(_story: Story, _leg: Leg) -> Saying:
    return {"reason_code": "no_bed", "text": "样例", "hand_to_coordinator": True}


def _changed(_story: Story, _leg: Leg) -> Saying:
    return {"reason_code": "other", "text": "样例"}


def _refused(_story: Story, _leg: Leg) -> Saying:
    return {"reason_code": "patient_refused", "text": "样例"}


def _date(_story: Story, _leg: Leg) -> Saying:
    return {"expected_at": _hours(30)}


def _words(_story: Story, _leg: Leg) -> Saying:
    return {"text": "样例"}


def _outcome(_story: Story, leg: Leg) -> Saying:
    return {"disposition": _where_to(leg), "text": "样例"}


def _where_to(leg: Leg) -> str:
    """Return what is true of the patient as far as the record tells."""
    if FollowUp.objects.filter(leg=leg, kind="first_after_return", state="open").exists():
        return "against_advice"
    back = back_leg_of(leg)
    if back is not None and back.state in TAKEN:
        return "returned"
    return "onward" if legs_onward(leg).exists() else "home"


def _hold(_story: Story, _leg: Leg) -> Saying:
    return {"reason_code": "other", "text": "样例", "due_at": _hours(48), "ball_side": "sender"}


def _return(story: Story, leg: Leg) -> Saying:
    lower = story.scene.xiang if leg.to_institution_id == story.scene.shan.pk else story.scene.shan
    return {
        "institution_id": lower.pk,
        "stability": STABLE,
        "agreed_by": "family",
        "override_code": "nearest",
        "plan": story.plan(),
    }


def _other_place(story: Story, leg: Leg) -> Saying:
    taken = (leg.to_institution_id, leg.from_institution_id)
    other = next(each for each in (story.scene.lin, story.scene.jia, story.scene.xiang) if each.pk not in taken)
    return {
        "institution_id": other.pk,
        "contact": "样例接收医生 000-3333",
        "reason_code": "transport",
        "text": "样例",
    }


def _death(_story: Story, _leg: Leg) -> Saying:
    return {"died_at": timezone.now()}


def _seen(story: Story, _leg: Leg) -> Saying:
    return {
        "proposal": ProposalFacts(
            fact="admitted", happened_at=timezone.now(), source="样例", institution_id=story.scene.lin.pk
        )
    }


def _department(_story: Story, leg: Leg) -> Saying:
    department = leg.to_institution.departments.first() if leg.to_institution else None
    return {"department_id": department.pk if department else 0}


SAYINGS: Mapping[str, Callable[[Story, Leg], Saying]] = {
    "route": _department,
    "ask": _words,
    "supply": _words,
    "decline_unanswered": _changed,
    "accept": _yes,
    "accept_to_waiting_list": _yes_and_wait,
    "accept_with_bed": _yes_with_date,
    "accept_with_appointment": _yes_with_date,
    "decline": _no,
    "keep_bed": _date,
    "book": _date,
    "reschedule": lambda story, leg: {**_changed(story, leg), **_date(story, leg)},
    "cancel_booking": _changed,
    "rebook": _date,
    "give_up": _refused,
    "withdraw": _no,
    "divert": _other_place,
    "note": _words,
    "hold": _hold,
    "propose_return": _return,
    "keep_in_care": lambda _story, _leg: {"reason_code": "patient_worse", "text": "样例"},
    "end_care": lambda _story, _leg: {"care_ended_at": timezone.now()},
    "let_care_go_on": _changed,
    "send_outcome": _outcome,
    "reopen": _changed,
    "cancel": _changed,
    "end_ask": _changed,
    "ask_to_cancel": _changed,
    "refuse_cancel": _changed,
    "record_death": _death,
    "record_death_unrouted": _death,
    "record_elsewhere": _words,
    "mark_error": _changed,
    "repair_error": _changed,
    "propose_closing": _seen,
}


def said_with(story: Story, leg: Leg, name: str, **more: Any) -> StepFacts:
    """Return facts with which the step succeeds where it is open."""
    saying = SAYINGS.get(name)
    return StepFacts(**{**(saying(story, leg) if saying else {}), **more})
