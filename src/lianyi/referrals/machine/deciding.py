"""The steps of the decision, yes or no or no answer: R08 to R10."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from lianyi.accounts.roles import Act
from lianyi.referrals import states
from lianyi.referrals.machine.legs import UNDECIDED
from lianyi.referrals.machine.steps import Transition
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side

R, S = Side.RECEIVER, Side.SYSTEM
_DECIDE = (Act.DECIDE,)
# Clinicians of the lower unit answer for it; who only routes decides for no receiver.
_ANSWER = (Act.DECIDE, Act.ANSWER)
_ACCEPT_GUARDS = ("no_other_accepted", "institution_open", "capacity_known", "needs_answered")
_ACCEPT_EFFECTS = (
    "remember_acceptance",
    "milestone_answer",
    "choose_transport",
    "open_identity",
    "drop_siblings",
    "stop_return_waiting",
)

DECIDING: tuple[Transition, ...] = (
    Transition(
        "R08",
        "accept",
        pgettext_lazy("step of a referral", "Accept"),
        UNDECIDED,
        L.ACCEPTED,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=_ACCEPT_GUARDS,
        effects=_ACCEPT_EFFECTS,
        asks=("contact",),
        takes=("expected_at", "expected_return_on", "capacity_confirmed", "text", "needs", "transporter_id"),
    ),
    Transition(
        "R08",
        "accept_to_waiting_list",
        pgettext_lazy("step of a referral", "Accept to the waiting list"),
        UNDECIDED,
        L.WAITING_LIST,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=(*_ACCEPT_GUARDS, "not_emergency"),
        effects=_ACCEPT_EFFECTS,
        asks=("contact", "due_at"),
        takes=("expected_at", "expected_return_on", "capacity_confirmed", "text", "needs", "transporter_id"),
    ),
    Transition(
        "R08",
        "accept_with_bed",
        pgettext_lazy("step of a referral", "Accept and keep a bed"),
        UNDECIDED,
        L.BED_RESERVED,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=(*_ACCEPT_GUARDS, "bed_confirmed"),
        effects=(*_ACCEPT_EFFECTS, "reserve"),
        asks=("contact", "expected_at"),
        takes=("reservation", "expected_return_on", "capacity_confirmed", "text", "needs", "transporter_id"),
    ),
    Transition(
        "R08",
        "accept_with_appointment",
        pgettext_lazy("step of a referral", "Accept with an appointment"),
        UNDECIDED,
        L.SCHEDULED,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=(*_ACCEPT_GUARDS, "not_emergency"),
        effects=(*_ACCEPT_EFFECTS, "reserve"),
        asks=("contact", "expected_at"),
        takes=("reservation", "expected_return_on", "capacity_confirmed", "text", "needs", "transporter_id"),
    ),
    Transition(
        "R09",
        "decline",
        pgettext_lazy("step of a referral", "Decline"),
        UNDECIDED,
        L.DECLINED,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=("no_bare_decline",),
        effects=("write_decline", "milestone_answer", "lower_care_again"),
        reasons=states.DeclineReason,
        asks=("text",),
        takes=("institution_id", "contact", "hand_to_coordinator", "next_date"),
    ),
    Transition(
        "R10",
        "time_out",
        pgettext_lazy("step of a referral", "No answer in time"),
        UNDECIDED,
        L.NO_RESPONSE,
        (S,),
        guards=("answer_overdue",),
        effects=("lower_care_again",),
    ),
)
