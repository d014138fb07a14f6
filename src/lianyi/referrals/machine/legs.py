"""The states of a leg: whose move it is, under which clock, who answers for the patient and on which list it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side, TaskStatus
from lianyi.rules.referral_policy import ClockKind


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
