"""The steps of care, the way back, the outcome and its closing: R23 to R29."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from lianyi.accounts.roles import Act
from lianyi.referrals import states
from lianyi.referrals.machine.legs import HELD_FROM, SAME
from lianyi.referrals.machine.steps import Transition
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side

P, R, S = Side.SENDER, Side.RECEIVER, Side.SYSTEM
_DECIDE = (Act.DECIDE,)

CARING: tuple[Transition, ...] = (
    Transition(
        "R23",
        "note",
        pgettext_lazy("step of a referral", "Send an interim note"),
        (L.UNDER_CARE,),
        SAME,
        (R,),
        effects=("remember_forecast",),
        asks=("text",),
        takes=("expected_return_on",),
        needs_flag=None,
    ),
    Transition(
        "R24",
        "hold",
        pgettext_lazy("step of a referral", "Pause"),
        (L.ARRIVED, L.UNDER_CARE),
        L.ON_HOLD,
        (R, P),
        effects=("hold",),
        reasons=states.ChangeReason,
        asks=("due_at", "ball_side"),
        takes=("text",),
    ),
    Transition(
        "R24",
        "resume",
        pgettext_lazy("step of a referral", "Go on"),
        (L.ON_HOLD,),
        HELD_FROM,
        (R, P),
        effects=("resume",),
        takes=("text",),
        needs_flag=None,
    ),
    Transition(
        "R25",
        "propose_return",
        pgettext_lazy("step of a referral", "Propose the transfer back"),
        (L.UNDER_CARE,),
        L.RETURN_PROPOSED,
        (R,),
        guards=("stable",),
        effects=("open_back_leg",),
        asks=("institution_id", "stability", "agreed_by", "plan"),
        takes=("override_code", "override_text", "due_at", "expected_at"),
    ),
    Transition(
        "R26",
        "keep_in_care",
        pgettext_lazy("step of a referral", "Keep in care"),
        (L.RETURN_PROPOSED,),
        L.UNDER_CARE,
        (R,),
        guards=("back_leg_declined_or_worse",),
        effects=("drop_back_leg", "void_outcome_time"),
        reasons=states.ChangeReason,
        takes=("text",),
        needs_flag=None,
    ),
    Transition(
        "R27",
        "end_care",
        pgettext_lazy("step of a referral", "Care has ended"),
        (L.UNDER_CARE, L.RETURN_PROPOSED),
        SAME,
        (R,),
        guards=("outcome_by_end_of_care",),
        effects=("start_outcome_time",),
        asks=("care_ended_at",),
        takes=("text",),
        needs_flag=None,
    ),
    Transition(
        "R27",
        "let_care_go_on",
        pgettext_lazy("step of a referral", "The care goes on after all"),
        (L.UNDER_CARE, L.RETURN_PROPOSED),
        SAME,
        (R,),
        guards=("outcome_by_end_of_care", "outcome_awaited"),
        effects=("void_outcome_time",),
        reasons=states.ChangeReason,
        takes=("text",),
        needs_flag=None,
    ),
    Transition(
        "R27",
        "send_outcome",
        pgettext_lazy("step of a referral", "Send the outcome"),
        (L.UNDER_CARE, L.RETURN_PROPOSED),
        L.OUTCOME_SENT,
        (R,),
        guards=("disposition_true", "first_follow_up_done"),
        effects=("write_outcome", "lower_flag"),
        asks=("disposition", "text"),
        takes=("care_ended_at",),
        needs_flag=None,
    ),
    Transition(
        "R28",
        "acknowledge",
        pgettext_lazy("step of a referral", "Read the outcome and close"),
        (L.OUTCOME_SENT,),
        L.CLOSED,
        (P, S),
        guards=("acknowledged_by_person_or_late",),
        effects=("remember_acknowledgement", "let_access_run_out"),
    ),
    Transition(
        "R29",
        "reopen",
        pgettext_lazy("step of a referral", "Reopen"),
        (L.OUTCOME_SENT, L.CLOSED),
        L.UNDER_CARE,
        (R, P),
        _DECIDE,
        _DECIDE,
        guards=("reopen_window", "no_other_accepted"),
        effects=("mark_reopened", "open_case", "open_identity"),
        reasons=states.ChangeReason,
        asks=("text",),
    ),
)
