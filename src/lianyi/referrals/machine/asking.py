"""The steps from writing a referral to the answer of a question: R01 to R07."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from lianyi.accounts.roles import Act
from lianyi.referrals import states
from lianyi.referrals.machine.legs import UNSENT
from lianyi.referrals.machine.steps import Transition
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side

P, R, C, S = Side.SENDER, Side.RECEIVER, Side.COORDINATOR, Side.SYSTEM
_WRITE = (Act.WRITE,)
_DECIDE = (Act.DECIDE,)
_ANSWER = (Act.DECIDE, Act.ANSWER)

ASKING: tuple[Transition, ...] = (
    Transition("R01", "draft", pgettext_lazy("step of a referral", "Write a referral"), (), L.DRAFT, (P,), _WRITE),
    Transition(
        "R02",
        "send",
        pgettext_lazy("step of a referral", "Send"),
        UNSENT,
        L.SENT,
        (P, C),
        (Act.WRITE, Act.DECIDE),
        guards=(
            "packet_complete",
            "consent_given",
            "institution_open",
            "relation_or_override",
            "approved_where_asked",
            "no_other_accepted",
            "earlier_version_free",
        ),
        effects=(
            "fix_breach_time",
            "open_case",
            "settle_earlier_legs",
            "end_earlier_version",
            "milestone_decision",
            "milestone_request_sent",
        ),
    ),
    Transition("R03", "deliver", pgettext_lazy("step of a referral", "Delivered"), (L.SENT,), L.DELIVERED, (S,)),
    Transition(
        "R03",
        "open",
        pgettext_lazy("step of a referral", "Open"),
        (L.SENT, L.DELIVERED),
        L.OPENED,
        (R,),
        effects=("remember_opening",),
    ),
    Transition(
        "R04",
        "route",
        pgettext_lazy("step of a referral", "Pass to a department"),
        (L.DELIVERED, L.OPENED),
        L.ROUTED,
        (R,),
        guards=("has_departments",),
        effects=("route_to_department",),
        asks=("department_id",),
    ),
    Transition(
        "R05",
        "ask",
        pgettext_lazy("step of a referral", "Ask for information"),
        (L.DELIVERED, L.OPENED, L.ROUTED, L.INFORMATION_SUPPLIED),
        L.AWAITING_INFORMATION,
        (R, C),
        guards=("not_green",),
        effects=("write_question", "pause_elective"),
        asks=("text",),
        takes=("due_at",),
    ),
    Transition(
        "R06",
        "supply",
        pgettext_lazy("step of a referral", "Answer the question"),
        (L.AWAITING_INFORMATION,),
        L.INFORMATION_SUPPLIED,
        (P,),
        _WRITE,
        _WRITE,
        effects=("write_answer", "resume_elective"),
        asks=("text",),
    ),
    Transition(
        "R07",
        "decline_unanswered",
        pgettext_lazy("step of a referral", "Decline: no answer to the question"),
        (L.AWAITING_INFORMATION,),
        L.DECLINED,
        (R,),
        _DECIDE,
        _ANSWER,
        guards=("question_overdue", "routine_only"),
        effects=("write_decline", "lower_care_again"),
        reasons=states.DeclineReason,
        asks=("text",),
    ),
)
