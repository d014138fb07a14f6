"""The steps of the road: departed, arrived, taken elsewhere, taken over: R18 to R22."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.referrals import states
from lianyi.referrals.machine.legs import AGREED, BEFORE_DECISION, BOOKED, SAME, WENT_OUT, WITHOUT_PATIENT
from lianyi.referrals.machine.steps import Transition
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side

P, R, C, T, S = Side.SENDER, Side.RECEIVER, Side.COORDINATOR, Side.TRANSPORT, Side.SYSTEM

TRAVELLING: tuple[Transition, ...] = (
    Transition(
        "R18",
        "depart",
        pgettext_lazy("step of a referral", "Departed"),
        (L.ACCEPTED, *BOOKED),
        L.IN_TRANSIT,
        (P, T),
        guards=("green_or_reserved",),
        effects=("remember_departure", "choose_transport", "milestone_door_out"),
        takes=("transport", "transporter_id", "expected_at", "text"),
        is_fact=True,
    ),
    Transition(
        "R18",
        "depart_told_late",
        _("Departed, told afterwards"),
        WENT_OUT,
        SAME,
        (P, T),
        effects=("remember_told_departure", "milestone_door_out"),
        takes=("transport", "text"),
        is_fact=True,
        needs_flag=None,
        is_told_late=True,
    ),
    Transition(
        "R19",
        "arrive",
        pgettext_lazy("step of a referral", "Arrived"),
        (*AGREED, L.IN_TRANSIT),
        L.ARRIVED,
        (R,),
        effects=("remember_arrival", "open_identity", "milestone_door_in"),
        takes=("text",),
        is_fact=True,
        needs_flag=None,
    ),
    Transition(
        "R20",
        "arrive_unannounced",
        pgettext_lazy("step of a referral", "Arrived before an answer"),
        (L.DRAFT, *BEFORE_DECISION),
        L.ARRIVED,
        (R,),
        guards=("no_other_accepted",),
        effects=(
            "mark_retrospective",
            "remember_arrival",
            "open_identity",
            "drop_siblings",
            "stop_return_waiting",
            "milestone_door_in",
        ),
        takes=("text",),
        is_fact=True,
    ),
    Transition(
        "R20",
        "arrive_after_end",
        pgettext_lazy("step of a referral", "Arrived after the case had ended"),
        WITHOUT_PATIENT,
        SAME,
        (R,),
        effects=("open_leg_of_arrival",),
        takes=("text",),
        is_fact=True,
    ),
    Transition(
        "R20",
        "arrive_told_late",
        _("Arrived, told afterwards"),
        WENT_OUT,
        SAME,
        (R,),
        effects=("remember_told_arrival", "milestone_door_in"),
        takes=("text",),
        is_fact=True,
        needs_flag=None,
        is_told_late=True,
    ),
    Transition(
        "R21",
        "divert",
        pgettext_lazy("step of a referral", "Taken elsewhere on the way"),
        (L.IN_TRANSIT,),
        L.DIVERTED,
        (T, P, C),
        effects=("open_leg_elsewhere", "close_identity"),
        reasons=states.ChangeReason,
        # Who at the other hospital said that it takes the patient.
        asks=("institution_id", "contact", "text"),
        takes=("expected_at",),
        is_fact=True,
        needs_flag=None,
    ),
    Transition(
        "R22",
        "take_over",
        pgettext_lazy("step of a referral", "Take over"),
        (L.ARRIVED,),
        L.UNDER_CARE,
        (R, S),
        effects=("end_the_drive", "remember_forecast"),
        takes=("expected_return_on", "text"),
        is_fact=True,
        needs_flag=None,
    ),
)
