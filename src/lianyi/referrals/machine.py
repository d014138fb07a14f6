"""The referral machine as two tables: the states of a leg, and the steps between them.

Commands, pages, the printed document of the machine and the tests all walk these tables; what is not in them is
refused.

A *leg* is the task of one candidate receiver within a request. Codes S01 to S29 and R01 to R39 are those of the design.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.roles import Act
from lianyi.referrals import states
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side, TaskStatus
from lianyi.rules.referral_policy import ClockKind

Text = str | Promise


class WorkList(StrEnum):
    """The lists on which work stands; every open state stands on at least one of them."""

    DRAFTS = "drafts"
    TO_DECIDE = "to_decide"
    QUESTIONS = "questions"
    TO_BOOK = "to_book"
    WAITING = "waiting"
    EXPECTED = "expected"
    NO_SHOWS = "no_shows"
    ON_THE_WAY = "on_the_way"
    TO_TAKE_OVER = "to_take_over"
    IN_CARE = "in_care"
    PAUSED = "paused"
    RETURNS = "returns"
    OUTCOMES = "outcomes"
    TO_REROUTE = "to_reroute"
    LOST = "lost"
    DEATHS = "deaths"
    ARCHIVE = "archive"
    ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state: its FHIR task status, whose move it is, under which clock, who answers for the patient, its list.

    ``ball`` is None in a final state that asks nothing of anybody; ``clock`` gives the due time of an open one.
    """

    code: str
    state: L
    task_status: TaskStatus
    ball: Side | None
    clock: ClockKind | None
    responsible: Side
    bser: str
    work_list: WorkList
    is_final: bool = False


P, R, C, T, S = Side.SENDER, Side.RECEIVER, Side.COORDINATOR, Side.TRANSPORT, Side.SYSTEM
K = ClockKind
W = WorkList
ST = TaskStatus

STATES: tuple[StateRow, ...] = (
    StateRow("S01", L.DRAFT, ST.DRAFT, P, K.DRAFT, P, "", W.DRAFTS),
    StateRow("S02", L.SENT, ST.REQUESTED, R, K.DELIVERY, P, "2.0", W.TO_DECIDE),
    StateRow("S03", L.DELIVERED, ST.RECEIVED, R, K.SEEN, P, "2.0", W.TO_DECIDE),
    StateRow("S03", L.OPENED, ST.RECEIVED, R, K.DECISION, P, "2.0", W.TO_DECIDE),
    StateRow("S04", L.ROUTED, ST.RECEIVED, R, K.DECISION, P, "2.0", W.TO_DECIDE),
    StateRow("S05", L.AWAITING_INFORMATION, ST.RECEIVED, P, K.QUESTION, P, "2.0", W.QUESTIONS),
    StateRow("S06", L.INFORMATION_SUPPLIED, ST.RECEIVED, R, K.DECISION, P, "2.0", W.TO_DECIDE),
    StateRow("S07", L.ACCEPTED, ST.ACCEPTED, R, K.BOOKING, P, "3.0", W.TO_BOOK),
    StateRow("S08", L.WAITING_LIST, ST.ACCEPTED, R, K.WAITING_REVIEW, P, "3.0", W.WAITING),
    StateRow("S09", L.SCHEDULED, ST.ACCEPTED, P, K.DEPARTURE, P, "5.1.1", W.EXPECTED),
    StateRow("S09", L.BED_RESERVED, ST.ACCEPTED, P, K.DEPARTURE, P, "5.1.1", W.EXPECTED),
    StateRow("S10", L.APPOINTMENT_CANCELLED, ST.ACCEPTED, R, K.REBOOKING, P, "5.1.3", W.TO_BOOK),
    StateRow("S11", L.NO_SHOW, ST.ACCEPTED, P, K.NO_SHOW_CONTACT, P, "5.1.2", W.NO_SHOWS),
    StateRow("S12", L.IN_TRANSIT, ST.IN_PROGRESS, T, K.TRANSIT, P, "5.1.1", W.ON_THE_WAY),
    StateRow("S13", L.ARRIVED, ST.IN_PROGRESS, R, K.HAND_OVER, R, "5.1.1", W.TO_TAKE_OVER),
    StateRow("S14", L.UNDER_CARE, ST.IN_PROGRESS, R, K.CARE_REVIEW, R, "5.1.4", W.IN_CARE),
    StateRow("S15", L.ON_HOLD, ST.ON_HOLD, R, K.HOLD_REVIEW, R, "5.1.4", W.PAUSED),
    StateRow("S16", L.RETURN_PROPOSED, ST.IN_PROGRESS, Side.LOWER_UNIT, K.BACK_ANSWER, R, "5.1.4", W.RETURNS),
    StateRow("S18", L.OUTCOME_SENT, ST.COMPLETED, P, K.ACKNOWLEDGE, R, "7.0", W.OUTCOMES),
    StateRow("S19", L.CLOSED, ST.COMPLETED, None, None, R, "7.0", W.ARCHIVE, is_final=True),
    StateRow("S20", L.DECLINED, ST.REJECTED, P, K.REROUTE, P, "4.0", W.TO_REROUTE, is_final=True),
    StateRow("S21", L.WITHDRAWN_BY_RECEIVER, ST.FAILED, P, K.REROUTE, P, "4.0", W.TO_REROUTE, is_final=True),
    StateRow("S22", L.NO_RESPONSE, ST.CANCELLED, C, K.REROUTE, P, "", W.TO_REROUTE, is_final=True),
    StateRow("S23", L.NOT_SELECTED, ST.CANCELLED, None, None, P, "", W.ARCHIVE, is_final=True),
    StateRow("S24", L.CANCELLED_BY_SENDER, ST.CANCELLED, None, None, P, "6.0", W.ARCHIVE, is_final=True),
    StateRow("S24", L.CANCEL_CONFIRMED, ST.CANCELLED, None, None, P, "6.0", W.ARCHIVE, is_final=True),
    StateRow("S25", L.NO_SHOW_FINAL, ST.FAILED, P, K.NO_SHOW_CONTACT, P, "6.0", W.LOST, is_final=True),
    StateRow("S26", L.DIVERTED, ST.FAILED, C, K.REROUTE, P, "6.0", W.TO_REROUTE, is_final=True),
    StateRow("S26", L.HANDLED_ELSEWHERE, ST.FAILED, None, None, P, "6.0", W.ARCHIVE, is_final=True),
    StateRow("S27", L.EXPIRED, ST.CANCELLED, P, K.REROUTE, P, "6.0", W.LOST, is_final=True),
    StateRow("S28", L.DIED, ST.COMPLETED, None, None, P, "7.0", W.DEATHS, is_final=True),
    StateRow("S29", L.ENTERED_IN_ERROR, ST.ENTERED_IN_ERROR, None, None, P, "", W.ERRORS, is_final=True),
)
STATE_ROWS: Mapping[str, StateRow] = {row.state: row for row in STATES}
OPEN = tuple(row.state for row in STATES if not row.is_final)
FINAL = tuple(row.state for row in STATES if row.is_final)

UNSENT = (L.DRAFT,)
UNDECIDED = (L.SENT, L.DELIVERED, L.OPENED, L.ROUTED, L.INFORMATION_SUPPLIED)
BEFORE_DECISION = (*UNDECIDED, L.AWAITING_INFORMATION)
BOOKED = (L.SCHEDULED, L.BED_RESERVED)
AGREED = (L.ACCEPTED, L.WAITING_LIST, *BOOKED, L.APPOINTMENT_CANCELLED, L.NO_SHOW)
STARTED = (L.IN_TRANSIT, L.ARRIVED, L.UNDER_CARE, L.ON_HOLD, L.RETURN_PROPOSED)
IN_RECEIVERS_HANDS = (L.ARRIVED, L.UNDER_CARE, L.ON_HOLD, L.RETURN_PROPOSED)
# A receiver that stands in one of these has said yes: no second leg of the request may say yes beside it.
TAKEN = (*AGREED, *STARTED, L.OUTCOME_SENT, L.CLOSED)
# The ask is without a receiver: somebody must route it again, or say that it is over.
UNROUTED = (L.DECLINED, L.WITHDRAWN_BY_RECEIVER, L.NO_RESPONSE, L.DIVERTED)
# The case ended here without the patient; who comes all the same is cared for.
WITHOUT_PATIENT = (
    *UNROUTED,
    L.NOT_SELECTED,
    L.CANCELLED_BY_SENDER,
    L.CANCEL_CONFIRMED,
    L.NO_SHOW_FINAL,
    L.HANDLED_ELSEWHERE,
    L.EXPIRED,
)
# Facts told afterwards are kept on every case that went out, wherever it stands now.
WENT_OUT = tuple(row.state for row in STATES if row.state not in (L.DRAFT, L.ENTERED_IN_ERROR))
HERE_OR_TREATED = (*IN_RECEIVERS_HANDS, L.OUTCOME_SENT, L.CLOSED, L.DIED)
# Where a paused case goes back to: the state it was paused in.
HELD_FROM = "held-from"
SAME = "same"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Parameters
    ----------
    rule
        Number of the row in the design; several rows share one where its state column names several states.
    from_states
        Empty for the row that begins a leg.
    to_state
        A state, ``HELD_FROM`` for the state before the pause, or ``SAME``.
    sides
        Who may take the step.
    acts
        Which permission on referrals is enough; ``acts_down`` replaces it for transfers back, which clinicians of
        the lower unit answer.
    guards, effects
        Names of the functions in ``guards`` and ``effects``.
    reasons
        The list that a reason must come from; a text is asked as well. None where none is asked.
    asks
        Facts that the step cannot do without.
    takes
        Facts that may be given.
    is_fact
        Something that happened in the world: recorded even when it comes late.
    is_told_late
        Keeps a fact from a device without network that no longer fits the case. It is offered to nobody and taken
        only for what was entered without network.
    """

    rule: str
    name: str
    label: Text
    from_states: tuple[L, ...]
    to_state: str
    sides: tuple[Side, ...]
    acts: tuple[Act, ...] = (Act.WRITE, Act.DECIDE)
    acts_down: tuple[Act, ...] = (Act.WRITE, Act.DECIDE)
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reasons: type[TextChoices] | None = None
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    is_fact: bool = False
    needs_flag: bool | None = False
    is_told_late: bool = False


_WRITE = (Act.WRITE,)
_DECIDE = (Act.DECIDE,)
_ACCEPT_GUARDS = ("no_other_accepted", "institution_open", "capacity_known", "needs_answered")
_ACCEPT_EFFECTS = ("remember_acceptance", "open_identity", "drop_siblings", "stop_return_waiting")

# ``needs_flag`` is whether the flag "cancellation asked" must stand (True), must not stand (False), or may (None).
TRANSITIONS: tuple[Transition, ...] = (
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
        ),
        effects=("fix_breach_time", "open_case", "settle_earlier_legs", "milestone_request_sent"),
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
        guards=("question_overdue", "routine_only"),
        effects=("write_decline", "lower_care_again"),
        reasons=states.DeclineReason,
        asks=("text",),
    ),
    Transition(
        "R08",
        "accept",
        pgettext_lazy("step of a referral", "Accept"),
        UNDECIDED,
        L.ACCEPTED,
        (R,),
        _DECIDE,
        guards=_ACCEPT_GUARDS,
        effects=_ACCEPT_EFFECTS,
        asks=("contact",),
        takes=("expected_at", "capacity_confirmed", "text", "needs"),
    ),
    Transition(
        "R08",
        "accept_to_waiting_list",
        pgettext_lazy("step of a referral", "Accept to the waiting list"),
        UNDECIDED,
        L.WAITING_LIST,
        (R,),
        _DECIDE,
        guards=(*_ACCEPT_GUARDS, "not_emergency"),
        effects=_ACCEPT_EFFECTS,
        asks=("contact", "due_at"),
        takes=("expected_at", "capacity_confirmed", "text", "needs"),
    ),
    Transition(
        "R08",
        "accept_with_bed",
        pgettext_lazy("step of a referral", "Accept and keep a bed"),
        UNDECIDED,
        L.BED_RESERVED,
        (R,),
        _DECIDE,
        guards=_ACCEPT_GUARDS,
        effects=(*_ACCEPT_EFFECTS, "reserve"),
        asks=("contact", "expected_at"),
        takes=("reservation", "capacity_confirmed", "text", "needs"),
    ),
    Transition(
        "R08",
        "accept_with_appointment",
        pgettext_lazy("step of a referral", "Accept with an appointment"),
        UNDECIDED,
        L.SCHEDULED,
        (R,),
        _DECIDE,
        guards=(*_ACCEPT_GUARDS, "not_emergency"),
        effects=(*_ACCEPT_EFFECTS, "reserve"),
        asks=("contact", "expected_at"),
        takes=("reservation", "capacity_confirmed", "text", "needs"),
    ),
    Transition(
        "R09",
        "decline",
        pgettext_lazy("step of a referral", "Decline"),
        UNDECIDED,
        L.DECLINED,
        (R,),
        _DECIDE,
        guards=("no_bare_decline",),
        effects=("write_decline", "lower_care_again"),
        reasons=states.DeclineReason,
        asks=("text",),
        takes=("institution_id", "hand_to_coordinator", "next_date"),
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
    Transition(
        "R11",
        "keep_bed",
        pgettext_lazy("step of a referral", "Keep a bed"),
        (L.ACCEPTED, L.WAITING_LIST, L.APPOINTMENT_CANCELLED),
        L.BED_RESERVED,
        (R,),
        effects=("reserve",),
        asks=("expected_at",),
        takes=("reservation",),
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
        "R14",
        "record_no_show",
        pgettext_lazy("step of a referral", "Did not come"),
        (*BOOKED, L.IN_TRANSIT),
        L.NO_SHOW,
        (R, S),
        guards=("no_show_due",),
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
        effects=("revoke_request", "plan_home_visit", "lower_care_again"),
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
        guards=("no_bare_withdrawal",),
        effects=("write_decline", "free_reservation", "close_identity", "lower_care_again"),
        reasons=states.DeclineReason,
        asks=("text",),
        takes=("institution_id", "hand_to_coordinator", "next_date"),
    ),
    Transition(
        "R18",
        "depart",
        pgettext_lazy("step of a referral", "Departed"),
        (L.ACCEPTED, *BOOKED),
        L.IN_TRANSIT,
        (P, T),
        guards=("green_or_reserved",),
        effects=("remember_departure", "milestone_door_out"),
        takes=("transport", "expected_at", "text"),
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
        effects=("mark_retrospective", "remember_arrival", "open_identity", "drop_siblings", "milestone_door_in"),
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
        asks=("institution_id", "text"),
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
        takes=("text",),
        is_fact=True,
        needs_flag=None,
    ),
    Transition(
        "R23",
        "note",
        pgettext_lazy("step of a referral", "Send an interim note"),
        (L.UNDER_CARE,),
        SAME,
        (R,),
        effects=("write_note",),
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
        asks=("institution_id", "stability", "plan"),
        takes=("due_at", "expected_at"),
    ),
    Transition(
        "R26",
        "keep_in_care",
        pgettext_lazy("step of a referral", "Keep in care"),
        (L.RETURN_PROPOSED,),
        L.UNDER_CARE,
        (R,),
        guards=("back_leg_declined_or_worse",),
        effects=("drop_back_leg",),
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
    Transition(
        "R30",
        "cancel",
        pgettext_lazy("step of a referral", "Cancel"),
        (*BEFORE_DECISION, *AGREED),
        L.CANCELLED_BY_SENDER,
        (P, C),
        effects=("free_reservation", "revoke_unless_kept", "close_all_access", "lower_care_again"),
        reasons=states.CancelReason,
        takes=("text", "keeps_request"),
    ),
    Transition(
        "R30",
        "end_ask",
        pgettext_lazy("step of a referral", "Look for nobody any more"),
        (*UNROUTED, L.CANCELLED_BY_SENDER, L.EXPIRED),
        SAME,
        (P, C),
        guards=("is_asked_still",),
        effects=("revoke_request", "end_the_ask"),
        reasons=states.CancelReason,
        asks=("text",),
    ),
    Transition(
        "R31",
        "ask_to_cancel",
        pgettext_lazy("step of a referral", "Ask to cancel"),
        STARTED,
        SAME,
        (P,),
        effects=("raise_flag",),
        reasons=states.CancelReason,
        takes=("text",),
    ),
    Transition(
        "R32",
        "confirm_cancel",
        pgettext_lazy("step of a referral", "Confirm the cancellation"),
        STARTED,
        L.CANCEL_CONFIRMED,
        (R,),
        effects=("lower_flag", "revoke_request", "drop_back_leg", "close_all_access"),
        takes=("text",),
        needs_flag=True,
    ),
    Transition(
        "R33",
        "refuse_cancel",
        pgettext_lazy("step of a referral", "Refuse the cancellation"),
        STARTED,
        SAME,
        (R,),
        effects=("lower_flag",),
        reasons=states.ChangeReason,
        takes=("text",),
        needs_flag=True,
    ),
    Transition(
        "R34",
        "record_death",
        pgettext_lazy("step of a referral", "Record a death"),
        OPEN[1:],
        L.DIED,
        (P, R, T, C),
        effects=("remember_death", "close_family", "plan_death_review", "let_access_run_out"),
        asks=("died_at",),
        takes=("place", "text"),
        is_fact=True,
        needs_flag=None,
    ),
    Transition(
        "R34",
        "record_death_unrouted",
        pgettext_lazy("step of a referral", "Record a death while no receiver was found"),
        (*UNROUTED, L.CANCELLED_BY_SENDER, L.EXPIRED, L.NO_SHOW_FINAL),
        SAME,
        (P, C),
        guards=("is_asked_still",),
        effects=("check_death", "revoke_request", "end_the_ask", "close_family", "plan_death_review"),
        asks=("died_at",),
        takes=("place", "text"),
        is_fact=True,
    ),
    Transition(
        "R34",
        "death_told_late",
        _("Death, told afterwards"),
        WENT_OUT,
        SAME,
        (P, R, T, C),
        effects=("check_death", "tell_family_of_death"),
        asks=("died_at",),
        takes=("place", "text"),
        is_fact=True,
        needs_flag=None,
        is_told_late=True,
    ),
    Transition(
        "R35",
        "record_elsewhere",
        pgettext_lazy("step of a referral", "Treated elsewhere"),
        OPEN[1:],
        L.HANDLED_ELSEWHERE,
        (C, P),
        effects=(
            "check_institution",
            "free_reservation",
            "revoke_request",
            "close_all_access",
            "drop_back_leg",
            "lower_care_again",
        ),
        asks=("text",),
        takes=("institution_id",),
        is_fact=True,
        needs_flag=None,
    ),
    Transition(
        "R36",
        "expire",
        pgettext_lazy("step of a referral", "Expired"),
        (*BEFORE_DECISION, L.ACCEPTED, L.WAITING_LIST),
        L.EXPIRED,
        (S,),
        guards=("validity_over",),
        effects=("revoke_request", "close_all_access", "lower_care_again"),
    ),
    Transition(
        "R37",
        "mark_error",
        pgettext_lazy("step of a referral", "Entered in error"),
        (L.DRAFT, *BEFORE_DECISION, *AGREED),
        L.ENTERED_IN_ERROR,
        (P,),
        _WRITE,
        _WRITE,
        guards=("no_care_given",),
        effects=("free_reservation", "mark_request_error", "close_all_access", "lower_care_again"),
        reasons=states.EntryReason,
        takes=("text",),
    ),
    Transition(
        "R38",
        "propose_closing",
        pgettext_lazy("step of a referral", "The patient turned up elsewhere"),
        OPEN[1:],
        SAME,
        (S,),
        effects=("write_proposal",),
        asks=("proposal",),
        needs_flag=None,
    ),
    Transition(
        "R39",
        "pass_over",
        pgettext_lazy("step of a referral", "Another hospital was quicker"),
        BEFORE_DECISION,
        L.NOT_SELECTED,
        (S,),
    ),
)
BY_NAME: Mapping[str, Transition] = {row.name: row for row in TRANSITIONS}


def steps_from(state: str) -> tuple[Transition, ...]:
    """Return the rows that the table has for a state."""
    return tuple(row for row in TRANSITIONS if state in row.from_states)
