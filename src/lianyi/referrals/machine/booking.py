"""The steps of beds, appointments and patients who do not come: R11 to R17."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from lianyi.accounts.roles import Act
from lianyi.referrals import states
from lianyi.referrals.machine.legs import BOOKED, SAME
from lianyi.referrals.machine.steps import Transition
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side

P, R, S = Side.SENDER, Side.RECEIVER, Side.SYSTEM
_DECIDE = (Act.DECIDE,)
_ANSWER = (Act.DECIDE, Act.ANSWER)

BOOKING: tuple[Transition, ...] = (
    Transition(
        "R11",
        "keep_bed",
        pgettext_lazy("step of a referral", "Keep a bed"),
        (L.ACCEPTED, L.WAITING_LIST, L.APPOINTMENT_CANCELLED),
        L.BED_RESERVED,
        (R,),
        guards=("bed_free", "bed_confirmed"),
        effects=("reserve",),
        asks=("expected_at",),
        takes=("reservation", "capacity_confirmed"),
    ),
    Transition(
        "R11",
        "book",
        pgettext_lazy("step of a referral", "Make an appointment"),
        (L.ACCEPTED, L.WAITING_LIST, L.APPOINTMENT_CANCELLED),
        L.SCHEDULED,
        (R, P),
        guards=("may_book",),
        effects=("reserve",),
        asks=("expected_at",),
        takes=("reservation",),
    ),
    Transition(
        "R12",
        "reschedule",
        pgettext_lazy("step of a referral", "Change the date"),
        BOOKED,
        SAME,
        (R, P),
        effects=("reserve", "count_reschedule"),
        reasons=states.ChangeReason,
        asks=("expected_at",),
        takes=("reservation", "text"),
    ),
    Transition(
        "R13",
        "cancel_booking",
        pgettext_lazy("step of a referral", "Cancel the appointment or bed"),
        BOOKED,
        L.APPOINTMENT_CANCELLED,
        (R, P),
        effects=("free_reservation",),
        reasons=states.ChangeReason,
        takes=("text",),
    ),
    Transition(
        "R13",
        "release_bed",
        pgettext_lazy("step of a referral", "Bed given free, its time was over"),
        (L.BED_RESERVED,),
        L.APPOINTMENT_CANCELLED,
        (S,),
        guards=("reservation_over",),
        effects=("give_bed_free",),
    ),
    Transition(
        "R14",
        "record_no_show",
        pgettext_lazy("step of a referral", "Did not come"),
        (*BOOKED, L.IN_TRANSIT, L.ACCEPTED, L.APPOINTMENT_CANCELLED),
        L.NO_SHOW,
        (R, S),
        guards=("no_show_due", "road_asked"),
        effects=("count_no_show", "free_reservation", "plan_home_visit"),
        takes=("text",),
    ),
    Transition(
        "R15",
        "rebook",
        pgettext_lazy("step of a referral", "Make a new appointment"),
        (L.NO_SHOW,),
        L.SCHEDULED,
        (R, P),
        guards=("tries_left",),
        effects=("reserve",),
        asks=("expected_at",),
        takes=("reservation",),
    ),
    Transition(
        "R16",
        "give_up",
        pgettext_lazy("step of a referral", "Will not come"),
        (L.NO_SHOW,),
        L.NO_SHOW_FINAL,
        (P, R),
        guards=("tries_used_or_refused",),
        effects=("revoke_request", "plan_home_visit", "close_identity_of_absent", "lower_care_again"),
        reasons=states.CancelReason,
        asks=("text",),
    ),
    Transition(
        "R17",
        "withdraw",
        pgettext_lazy("step of a referral", "Withdraw the acceptance"),
        (L.ACCEPTED, L.WAITING_LIST, *BOOKED, L.APPOINTMENT_CANCELLED),
        L.WITHDRAWN_BY_RECEIVER,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=("no_bare_withdrawal",),
        effects=("write_decline", "free_reservation", "close_identity", "lower_care_again"),
        reasons=states.DeclineReason,
        asks=("text",),
        takes=("institution_id", "contact", "hand_to_coordinator", "next_date"),
    ),
)
