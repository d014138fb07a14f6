"""The machine of remote consultations as two tables, a sibling of ``machine``: the states, and the steps between them.

The sender is the side that asks and keeps the patient, the decision and the liability; the receiver is the side of
the experts. What is not in the tables is refused. Codes C01 to C19 number the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.roles import Act
from lianyi.referrals import states
from lianyi.referrals.models.consultation_clocks import Awaited
from lianyi.referrals.models.consultations import ConsultationState as S
from lianyi.referrals.states import Side
from lianyi.rules.referral_policy import ClockKind as K

Text = str | Promise
P, R, C, SYSTEM = Side.SENDER, Side.RECEIVER, Side.COORDINATOR, Side.SYSTEM


@dataclass(frozen=True, slots=True)
class ConsultingState:
    """One state: who must act now, what its clock waits for, and which due time of the policy it has.

    All of it is None in a final state.
    """

    state: S
    ball: Side | None
    awaits: Awaited | None
    policy_clock: K | None

    @property
    def is_final(self) -> bool:
        return self.ball is None


STATES: tuple[ConsultingState, ...] = (
    ConsultingState(S.DRAFT, P, Awaited.DRAFT, K.DRAFT),
    ConsultingState(S.ASKED, R, Awaited.ANSWER, K.DECISION),
    ConsultingState(S.AWAITING_INFORMATION, P, Awaited.INFORMATION, K.QUESTION),
    # Until the session is set, or the written advice is signed.
    ConsultingState(S.ACCEPTED, R, Awaited.ARRANGEMENT, K.BOOKING),
    # Due when the session is; the policy counts only where no time was said.
    ConsultingState(S.SCHEDULED, R, Awaited.SESSION, K.DEPARTURE),
    ConsultingState(S.IN_SESSION, R, Awaited.OPINION, K.DECISION),
    ConsultingState(S.NO_SHOW, R, Awaited.NEW_TIME, K.REBOOKING),
    ConsultingState(S.OPINION_ISSUED, P, Awaited.READING, K.ACKNOWLEDGE),
    ConsultingState(S.READ, P, Awaited.CLOSING, K.ACKNOWLEDGE),
    ConsultingState(S.CLOSED, None, None, None),
    ConsultingState(S.DECLINED, None, None, None),
    ConsultingState(S.CANCELLED, None, None, None),
    ConsultingState(S.EXPIRED, None, None, None),
)
STATE_ROWS: Mapping[str, ConsultingState] = {row.state: row for row in STATES}
OPEN = tuple(row.state for row in STATES if not row.is_final)
FINAL = tuple(row.state for row in STATES if row.is_final)
UNANSWERED = (S.ASKED, S.AWAITING_INFORMATION)
# The expert side has said yes and works on it: it sees the content.
AGREED = (S.ACCEPTED, S.SCHEDULED, S.IN_SESSION, S.NO_SHOW)
ANSWERED = (S.OPINION_ISSUED, S.READ, S.CLOSED)
SAME = "same"


@dataclass(frozen=True, slots=True)
class ConsultingStep:
    """One row of the table; its parts mean what they mean in ``machine.Transition``."""

    rule: str
    name: str
    label: Text
    from_states: tuple[S, ...]
    to_state: str
    sides: tuple[Side, ...]
    acts: tuple[Act, ...] = (Act.WRITE, Act.DECIDE)
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reasons: type[TextChoices] | None = None
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    is_fact: bool = False


_WRITE = (Act.WRITE,)
_DECIDE = (Act.DECIDE,)

STEPS: tuple[ConsultingStep, ...] = (
    ConsultingStep("C01", "draft", _("Write a consultation"), (), S.DRAFT, (P,), _WRITE),
    ConsultingStep(
        "C02",
        "ask",
        _("Ask for the consultation"),
        (S.DRAFT,),
        S.ASKED,
        (P, C),
        guards=("packet_complete", "consent_given", "expert_side_open", "agreement_joins"),
        effects=("remember_asking", "open_ask"),
    ),
    ConsultingStep(
        "C03",
        "ask_information",
        _("Ask for more information"),
        (S.ASKED,),
        S.AWAITING_INFORMATION,
        (R, C),
        guards=("not_emergency",),
        asks=("text",),
        takes=("due_at",),
    ),
    ConsultingStep(
        "C04", "supply", _("Answer the question"), (S.AWAITING_INFORMATION,), S.ASKED, (P,), _WRITE, asks=("text",)
    ),
    ConsultingStep(
        "C05",
        "accept",
        pgettext_lazy("consultation", "Accept"),
        (S.ASKED,),
        S.ACCEPTED,
        (R,),
        _DECIDE,
        effects=("remember_expert", "open_packet"),
        takes=("text",),
    ),
    ConsultingStep(
        "C05",
        "accept_with_time",
        _("Accept and set a time"),
        (S.ASKED,),
        S.SCHEDULED,
        (R,),
        _DECIDE,
        guards=("has_session",),
        effects=("remember_expert", "open_packet", "remember_time"),
        asks=("scheduled_for",),
        takes=("meeting", "text"),
    ),
    ConsultingStep(
        "C06",
        "decline",
        _("Decline the consultation"),
        (S.ASKED,),
        S.DECLINED,
        (R,),
        _DECIDE,
        reasons=states.DeclineReason,
        takes=("text",),
    ),
    ConsultingStep(
        "C06",
        "decline_unanswered",
        _("Decline: no answer to the question"),
        (S.AWAITING_INFORMATION,),
        S.DECLINED,
        (R,),
        _DECIDE,
        guards=("answer_overdue",),
        reasons=states.DeclineReason,
        takes=("text",),
    ),
    ConsultingStep(
        "C07",
        "withdraw",
        _("Withdraw after acceptance"),
        (S.ACCEPTED, S.SCHEDULED, S.NO_SHOW),
        S.DECLINED,
        (R,),
        _DECIDE,
        effects=("close_packet",),
        reasons=states.DeclineReason,
        takes=("text",),
    ),
    ConsultingStep(
        "C08",
        "schedule",
        _("Set the time of the session"),
        (S.ACCEPTED, S.NO_SHOW),
        S.SCHEDULED,
        (R,),
        guards=("has_session",),
        effects=("remember_time",),
        asks=("scheduled_for",),
        takes=("meeting", "text"),
    ),
    ConsultingStep(
        "C08",
        "reschedule",
        _("Change the time"),
        (S.SCHEDULED,),
        S.SCHEDULED,
        (R, P),
        effects=("remember_time",),
        reasons=states.ChangeReason,
        asks=("scheduled_for",),
        takes=("meeting", "text"),
    ),
    ConsultingStep(
        "C09",
        "start",
        _("Begin the session"),
        (S.ACCEPTED, S.SCHEDULED, S.NO_SHOW),
        S.IN_SESSION,
        (R, P),
        guards=("has_session",),
        effects=("remember_start",),
        is_fact=True,
    ),
    ConsultingStep(
        "C10",
        "end_session",
        _("End the session, opinion later"),
        (S.IN_SESSION,),
        S.ACCEPTED,
        (R, P),
        effects=("remember_end",),
        takes=("text",),
        is_fact=True,
    ),
    ConsultingStep(
        "C11",
        "no_show",
        _("Somebody did not come"),
        (S.SCHEDULED,),
        S.NO_SHOW,
        (P, R, SYSTEM),
        guards=("session_time_over",),
        effects=("count_no_show",),
        takes=("absent_side", "text"),
        is_fact=True,
    ),
    ConsultingStep(
        "C12",
        "give_view",
        _("Sign the view of one specialty"),
        AGREED,
        SAME,
        (R,),
        _DECIDE,
        guards=("several_specialties",),
        effects=("sign_view",),
        asks=("opinion", "specialty"),
    ),
    ConsultingStep(
        "C13",
        "sign_opinion",
        _("Sign the opinion"),
        AGREED,
        S.OPINION_ISSUED,
        (R,),
        _DECIDE,
        guards=("session_held",),
        effects=("sign_opinion", "remember_end"),
        asks=("opinion",),
    ),
    ConsultingStep(
        "C14",
        "add_addendum",
        _("Add an addendum"),
        ANSWERED,
        SAME,
        (R,),
        _DECIDE,
        effects=("sign_addendum",),
        asks=("opinion",),
    ),
    ConsultingStep("C15", "read", _("I have read the opinion"), (S.OPINION_ISSUED,), S.READ, (P,)),
    ConsultingStep(
        "C16",
        "close",
        _("Say what was followed, and close"),
        (S.READ,),
        S.CLOSED,
        (P,),
        effects=("remember_followed", "let_packet_run_out"),
        asks=("followed",),
        takes=("text",),
    ),
    ConsultingStep(
        "C17",
        "convert",
        _("Make it a referral"),
        (*UNANSWERED, *AGREED, S.DECLINED, *ANSWERED),
        SAME,
        (P,),
        guards=("not_converted", "may_refer"),
        effects=("write_referral",),
        asks=("referral",),
    ),
    ConsultingStep(
        "C18",
        "cancel",
        _("Take the consultation back"),
        (S.DRAFT, *UNANSWERED, S.ACCEPTED, S.SCHEDULED, S.NO_SHOW),
        S.CANCELLED,
        (P, C),
        effects=("close_all",),
        reasons=states.CancelReason,
        takes=("text",),
    ),
    ConsultingStep(
        "C19",
        "expire",
        _("Expired without an answer"),
        (*UNANSWERED, S.NO_SHOW),
        S.EXPIRED,
        (SYSTEM,),
        guards=("ladder_climbed",),
        effects=("close_all",),
    ),
)
BY_NAME: Mapping[str, ConsultingStep] = {row.name: row for row in STEPS}


def steps_from(state: str) -> tuple[ConsultingStep, ...]:
    """Return the rows that the table has for a state."""
    return tuple(row for row in STEPS if state in row.from_states)
