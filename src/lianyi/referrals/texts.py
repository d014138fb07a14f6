"""Words that pages of referrals share: states, clocks, lists, facts, tones."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.pages.names import in_language, name_of
from lianyi.referrals.machine import WorkList
from lianyi.referrals.models import Leg
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Urgency
from lianyi.rules.referral_policy import ClockKind as K

Text = str | Promise

URGENCY_TONES = {Urgency.EMERGENCY: "bad", Urgency.URGENT: "warning", Urgency.ROUTINE: "neutral"}
STATE_TONES: Mapping[str, str] = {
    L.DRAFT: "neutral",
    L.AWAITING_INFORMATION: "warning",
    L.ACCEPTED: "good",
    L.WAITING_LIST: "good",
    L.SCHEDULED: "good",
    L.BED_RESERVED: "good",
    L.APPOINTMENT_CANCELLED: "warning",
    L.NO_SHOW: "warning",
    L.ON_HOLD: "warning",
    L.OUTCOME_SENT: "good",
    L.CLOSED: "neutral",
    L.DECLINED: "bad",
    L.WITHDRAWN_BY_RECEIVER: "bad",
    L.NO_RESPONSE: "bad",
    L.NOT_SELECTED: "neutral",
    L.CANCELLED_BY_SENDER: "neutral",
    L.CANCEL_CONFIRMED: "neutral",
    L.NO_SHOW_FINAL: "bad",
    L.DIVERTED: "warning",
    L.HANDLED_ELSEWHERE: "neutral",
    L.EXPIRED: "neutral",
    L.DIED: "bad",
    L.ENTERED_IN_ERROR: "neutral",
}
CLOCK_WORDS: Mapping[str, Text] = {
    K.DRAFT: gettext_lazy("finish the draft"),
    K.DELIVERY: gettext_lazy("delivery"),
    K.SEEN: gettext_lazy("opening"),
    K.DECISION: gettext_lazy("decision"),
    K.QUESTION: gettext_lazy("answer to the question"),
    K.BOOKING: gettext_lazy("bed or appointment"),
    K.REBOOKING: gettext_lazy("new appointment"),
    K.DEPARTURE: gettext_lazy("departure"),
    K.TRANSIT: gettext_lazy("journey by road"),
    K.HAND_OVER: gettext_lazy("taking over"),
    K.CARE_REVIEW: gettext_lazy("review of the care"),
    K.HOLD_REVIEW: gettext_lazy("review of the pause"),
    K.WAITING_REVIEW: gettext_lazy("review of the waiting list"),
    K.NO_SHOW_CONTACT: gettext_lazy("reach the patient"),
    K.BACK_ANSWER: gettext_lazy("answer of the lower unit"),
    K.OUTCOME: gettext_lazy("outcome"),
    K.ACKNOWLEDGE: gettext_lazy("reading the outcome"),
    K.REROUTE: gettext_lazy("another receiver"),
    K.CANCEL_ANSWER: gettext_lazy("answer to the cancellation"),
    K.FIRST_FOLLOW_UP: gettext_lazy("first follow-up"),
    K.BREACH: gettext_lazy("must be seen"),
}
LIST_WORDS: Mapping[WorkList, Text] = {
    WorkList.DRAFTS: gettext_lazy("Drafts"),
    WorkList.TO_DECIDE: gettext_lazy("Undecided"),
    WorkList.QUESTIONS: gettext_lazy("Question open"),
    WorkList.TO_BOOK: gettext_lazy("Accepted, to book"),
    WorkList.WAITING: gettext_lazy("Waiting list"),
    WorkList.EXPECTED: gettext_lazy("Expected"),
    WorkList.NO_SHOWS: gettext_lazy("Did not come"),
    WorkList.ON_THE_WAY: gettext_lazy("On the way"),
    WorkList.TO_TAKE_OVER: gettext_lazy("Arrived, to take over"),
    WorkList.IN_CARE: gettext_lazy("In care"),
    WorkList.PAUSED: gettext_lazy("Paused"),
    WorkList.RETURNS: gettext_lazy("Transfers back"),
    WorkList.OUTCOMES: gettext_lazy("Outcome unread"),
    WorkList.TO_REROUTE: gettext_lazy("Without a receiver"),
    WorkList.LOST: gettext_lazy("Lost patients"),
    WorkList.DEATHS: gettext_lazy("Deaths"),
    WorkList.ARCHIVE: gettext_lazy("Archive"),
    WorkList.ERRORS: gettext_lazy("Entered in error"),
}
FACT_WORDS: Mapping[str, Any] = {
    "occurred_at": gettext_lazy("When it happened"),
    "reason_code": gettext_lazy("Reason"),
    "text": gettext_lazy("In words"),
    "department_id": gettext_lazy("Department"),
    "institution_id": gettext_lazy("Institution"),
    "transporter_id": gettext_lazy("Driven by"),
    "hand_to_coordinator": gettext_lazy("Hand over to the coordinator"),
    "next_date": gettext_lazy("Next free day"),
    "due_at": gettext_lazy("Until when"),
    "expected_at": gettext_lazy("Expected at"),
    "expected_return_on": gettext_lazy("Expected return"),
    "care_ended_at": gettext_lazy("Care ended at"),
    "died_at": gettext_lazy("Time of death"),
    "place": gettext_lazy("Place"),
    "contact": gettext_lazy("Contact at your side (name and telephone)"),
    "reservation": gettext_lazy("Bed or appointment"),
    "capacity_confirmed": gettext_lazy("I have looked: there is room"),
    "ball_side": gettext_lazy("Who has to go on"),
    "keeps_request": gettext_lazy("Only this receiver is dropped; the referral itself goes on"),
    "disposition": gettext_lazy("What became of the patient"),
    "agreed_by": gettext_lazy("Who agreed to go back"),
    "override_code": gettext_lazy("Reason for going outside the rules"),
    "override_text": gettext_lazy("The same in a sentence"),
    "spoken_by": gettext_lazy("Said on the telephone by"),
}
# With these steps the contact is not at the own side, but whoever takes the patient instead.
CONTACT_ELSEWHERE = ("decline", "withdraw", "divert")


def contact_word(step: str) -> Any:  # noqa: ANN401 - a word of FACT_WORDS
    """Return what the contact given with a step is."""
    if step in CONTACT_ELSEWHERE:
        return gettext_lazy("Who there agreed to take the patient (name and telephone)")
    return FACT_WORDS["contact"]


# What a text means depends on the step it is written with.
TEXT_WORDS: Mapping[str, Any] = {
    "ask": gettext_lazy("Question"),
    "supply": gettext_lazy("Answer"),
    "note": gettext_lazy("Interim note"),
    "send_outcome": gettext_lazy("Outcome: diagnosis, what was done, what follows"),
    "record_elsewhere": gettext_lazy("Where, and what is known"),
}


def state_word(leg: Leg) -> str:
    """Return the state in words; one that the table does not know is shown as it stands."""
    return str(L(leg.state).label) if leg.state in L.values else leg.state


def receiver_name(leg: Leg) -> str:
    if leg.to_institution is not None:
        return name_of(leg.to_institution)
    return "" if leg.external_partner is None else leg.external_partner.name


def condition_word(leg: Leg) -> str:
    """Return the condition of the green channel in the reader's language, or nothing."""
    code = leg.request.condition
    found = policy_of(leg.request.policy).condition(code) if code else None
    return "" if found is None else in_language(found.name.zh, found.name.en)


def left_word(due_at: datetime.datetime | None, now: datetime.datetime) -> str:
    """Return how much time is left, or by how much it is over, in the largest two units."""
    if due_at is None:
        return ""
    seconds = int((due_at - now).total_seconds())
    text = _span_word(abs(seconds) // 60)
    return _("%(span)s left") % {"span": text} if seconds >= 0 else _("%(span)s over") % {"span": text}


def span_word(length: datetime.timedelta) -> str:
    return _span_word(int(length.total_seconds()) // 60)


def _span_word(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": left}
    return _("%(minutes)d min") % {"minutes": left}
