"""The rows that the statistics of referrals are counted from: steps that happened, clocks that ran, milestones.

What was counted of a past period stays counted: every figure rests on the step by which something happened, never on
where a case stands now.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianyi.methods.periods import DateSpan
from lianyi.referrals import machine
from lianyi.referrals.models import Clock, Leg, LegEvent, Milestone, PatientIdentity
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import Direction, EntryMode, LegState
from lianyi.rules.referral_policy import ClockKind

FEEDBACK_DAYS = (7, 14, 30)
_ACCEPTING = tuple(row.name for row in machine.TRANSITIONS if row.rule == "R08")
_DECLINING = ("decline", "decline_unanswered")
ARRIVING = ("arrive", "arrive_unannounced")
_ON_THE_WAY = (*machine.AGREED, LegState.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class Selection:
    """The legs that are counted, the days, and the moment up to which a running period is known."""

    legs: QuerySet[Leg, Any]
    span: DateSpan
    now: datetime.datetime

    @property
    def start(self) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(self.span.start, datetime.time.min))

    @property
    def end(self) -> datetime.datetime:
        """The moment after the last one counted."""
        after = timezone.make_aware(
            datetime.datetime.combine(self.span.end + datetime.timedelta(days=1), datetime.time.min)
        )
        return min(after, self.now)

    def holds(self, moment: datetime.datetime) -> bool:
        return self.start <= moment < self.end


class AnswerKind(StrEnum):
    """How the time in which an answer was waited for came to its end."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    PASSED_OVER = "passed_over"
    CAME_FIRST = "came_first"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Sent:
    leg_id: int
    request_id: int
    at: datetime.datetime
    direction: str
    condition: str
    items_required: int
    items_given: int
    items_recommended: int
    recommended_given: int

    @property
    def share_given(self) -> float:
        """How much of the whole form was filled in."""
        return (self.items_given + self.recommended_given) / (self.items_required + self.items_recommended)


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of the wait for one receiver's answer. ``due_at`` is that of its decision clock, moved by its pauses."""

    leg_id: int
    at: datetime.datetime
    kind: AnswerKind
    mode: str
    reason: str
    urgency: str
    receiver_id: int | None
    sent_at: datetime.datetime | None
    due_at: datetime.datetime | None
    paused_seconds: int

    @property
    def is_timed(self) -> bool:
        """Whether it tells how long the receiver took: typed in as it happened, by the receiver itself."""
        is_said = self.kind in (AnswerKind.ACCEPTED, AnswerKind.DECLINED)
        return is_said and self.mode == EntryMode.LIVE and self.sent_at is not None

    @property
    def gross_minutes(self) -> float:
        waited = self.at - self.sent_at if self.sent_at is not None else datetime.timedelta()
        return max(waited.total_seconds(), 0.0) / 60

    @property
    def paused_minutes(self) -> float:
        return min(self.paused_seconds / 60, self.gross_minutes)

    @property
    def net_minutes(self) -> float:
        return self.gross_minutes - self.paused_minutes

    @property
    def is_in_time(self) -> bool:
        return self.due_at is not None and self.at <= self.due_at


@dataclass(frozen=True, slots=True)
class WayEnd:
    """How the way of an accepted patient to the receiver ended: with the arrival, or otherwise."""

    leg_id: int
    step: str


@dataclass(frozen=True, slots=True)
class Arrival:
    leg_id: int
    at: datetime.datetime
    read_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    leg_id: int
    disposition: str


@dataclass(frozen=True, slots=True)
class BackArrival:
    """A patient who came back to the lower unit, and the first referral up again within the limit, if there was one."""

    leg_id: int
    at: datetime.datetime
    lower_id: int | None
    upper_id: int
    limit_days: int
    sent_up_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Breach:
    leg_id: int
    kind: str
    holder_id: int


@dataclass(frozen=True, slots=True)
class TimedRequest:
    """One request with its milestones as they stand now, by code."""

    request_id: int
    leg_id: int
    policy: str
    condition: str
    sent_at: datetime.datetime | None
    moments: Mapping[str, datetime.datetime]


def _events(selection: Selection) -> QuerySet[LegEvent, Any]:
    return LegEvent.objects.filter(leg__in=selection.legs.order_by().values("pk")).order_by("id")


def _within(selection: Selection) -> QuerySet[LegEvent, Any]:
    return _events(selection).filter(occurred_at__gte=selection.start, occurred_at__lt=selection.end)


def sent(selection: Selection) -> list[Sent]:
    """Return the legs that were sent within the days."""
    rows = _within(selection).filter(step="send", from_state=LegState.DRAFT)
    fields = (
        "leg_id", "leg__request_id", "occurred_at", "leg__request__direction", "leg__request__condition",
        "leg__request__packet__items_required", "leg__request__packet__items_given",
        "leg__request__packet__items_recommended", "leg__request__packet__recommended_given",
    )  # fmt: skip
    return [
        Sent(leg_id, request_id, at, direction, condition, *(count or 0 for count in counts))
        for leg_id, request_id, at, direction, condition, *counts in rows.values_list(*fields)
    ]


def answers(selection: Selection) -> list[Answer]:
    """Return the waits for an answer that ended within the days; a leg has one at most."""
    ended = Q(from_state__in=machine.BEFORE_DECISION) & ~Q(to_state__in=machine.BEFORE_DECISION)
    rows = _within(selection).filter(ended | Q(step="arrive_unannounced"))
    send = LegEvent.objects.filter(leg_id=OuterRef("leg_id"), step="send").order_by("id")
    awaited = Q(kind=ClockKind.DECISION) | Q(kind=ClockKind.BACK_ANSWER, leg__request__direction=Direction.DOWN)
    clock = Clock.objects.filter(awaited, leg_id=OuterRef("leg_id")).order_by("id")
    rows = rows.annotate(
        was_sent=Subquery(send.values("occurred_at")[:1]),
        # A pause that began after the clock had run out moved its due time; that it ran out stays known.
        due=Coalesce(
            Subquery(clock.values("breached_at")[:1]), Subquery(clock.values("due_at")[:1]), F("leg__answer_by")
        ),
        paused=Subquery(clock.values("paused_seconds")[:1]),
    )
    fields = (
        "leg_id", "occurred_at", "step", "entry_mode", "reason_code", "leg__request__urgency",
        "leg__to_institution_id", "was_sent", "due", "paused",
    )  # fmt: skip
    return [
        Answer(leg_id, at, _answer_kind(step), mode, reason, urgency, receiver_id, was_sent, due, paused or 0)
        for leg_id, at, step, mode, reason, urgency, receiver_id, was_sent, due, paused in rows.values_list(*fields)
    ]


def _answer_kind(step: str) -> AnswerKind:
    if step in _ACCEPTING:
        return AnswerKind.ACCEPTED
    if step in _DECLINING:
        return AnswerKind.DECLINED
    named = {
        "time_out": AnswerKind.NO_RESPONSE,
        "pass_over": AnswerKind.PASSED_OVER,
        "arrive_unannounced": AnswerKind.CAME_FIRST,
    }
    return named.get(step, AnswerKind.TAKEN_BACK)


def way_ends(selection: Selection) -> list[WayEnd]:
    """Return the ways of accepted patients that ended within the days; a leg has one at most."""
    rows = _within(selection).filter(from_state__in=_ON_THE_WAY).exclude(to_state__in=_ON_THE_WAY)
    return [WayEnd(leg_id, step) for leg_id, step in rows.values_list("leg_id", "step")]


def arrivals(selection: Selection) -> list[Arrival]:
    """Return the arrivals for care up to the longest wait for an outcome before the days, with its first reading."""
    earliest = selection.start - datetime.timedelta(days=max(FEEDBACK_DAYS))
    rows = _events(selection).filter(step__in=ARRIVING, occurred_at__gte=earliest, occurred_at__lt=selection.end)
    read = LegEvent.objects.filter(leg_id=OuterRef("leg_id"), step="acknowledge").exclude(
        entry_mode=EntryMode.AUTOMATIC
    )
    first = read.order_by().values("leg_id").annotate(first=Min("occurred_at")).values("first")
    found = rows.exclude(leg__request__direction=Direction.DOWN).annotate(read_at=Subquery(first))
    return [Arrival(*row) for row in found.values_list("leg_id", "occurred_at", "read_at")]


def outcomes(selection: Selection) -> list[Outcome]:
    """Return the first outcomes of legs of care that were sent within the days; one after a reopening is none."""
    earlier = LegEvent.objects.filter(leg_id=OuterRef("leg_id"), step="send_outcome", id__lt=OuterRef("id"))
    rows = _within(selection).filter(~Exists(earlier), step="send_outcome")
    rows = rows.exclude(leg__request__direction=Direction.DOWN)
    return [Outcome(leg_id, facts.get("disposition", "")) for leg_id, facts in rows.values_list("leg_id", "facts")]


def back_arrivals(selection: Selection) -> list[BackArrival]:
    """Return who came back down, up to the longest time before the days in which a return can still bounce."""
    events = _events(selection).filter(step__in=ARRIVING, leg__request__direction=Direction.DOWN)
    events = events.filter(occurred_at__lt=selection.end)
    policies = list(events.order_by().values_list("leg__request__policy", flat=True).distinct())
    limits = {name: policy_of(name).limits.bounce_back_days for name in policies}
    if not limits:
        return []
    earliest = selection.start - datetime.timedelta(days=max(limits.values()))
    events = events.filter(occurred_at__gte=earliest)
    patient_of, sendings = _sent_up_again(events)
    found = []
    for leg_id, at, lower, upper, policy, journey in events.values_list(
        "leg_id", "occurred_at", "leg__to_institution_id", "leg__from_institution_id", "leg__request__policy",
        "leg__request__journey_id",
    ):  # fmt: skip
        until = at + datetime.timedelta(days=limits[policy])
        again = [each for each in sendings[patient_of.get(journey, journey)] if at < each <= until]
        found.append(BackArrival(leg_id, at, lower, upper, limits[policy], min(again, default=None)))
    return found


def _sent_up_again(
    events: QuerySet[LegEvent, Any],
) -> tuple[dict[int, str | int], defaultdict[str | int, list[datetime.datetime]]]:
    """Return which patient each journey is of, and when each was referred up, whatever journey and hospital it was.

    Two journeys of one person are known by the keyed digest; nobody's identity is read.
    """
    journeys = events.order_by().values("leg__request__journey_id")
    digests = PatientIdentity.objects.filter(journey_id__in=journeys).values("match_digest")
    same = PatientIdentity.objects.filter(match_digest__in=digests)
    patient_of: dict[int, str | int] = dict(same.values_list("journey_id", "match_digest"))
    up = LegEvent.objects.filter(
        Q(leg__request__journey_id__in=same.values("journey_id")) | Q(leg__request__journey_id__in=journeys),
        step="send",
        leg__request__direction=Direction.UP,
    ).exclude(leg__state=LegState.ENTERED_IN_ERROR)
    sendings: defaultdict[str | int, list[datetime.datetime]] = defaultdict(list)
    for journey, at in up.values_list("leg__request__journey_id", "occurred_at"):
        sendings[patient_of.get(journey, journey)].append(at)
    return patient_of, sendings


def breaches(selection: Selection) -> list[Breach]:
    """Return the clocks that ran out within the days, whether or not anybody was called for them."""
    rows = Clock.objects.filter(leg__in=selection.legs.order_by().values("pk")).order_by("id")
    until = Coalesce("paused_since", "stopped_at", Value(selection.now))
    noted = Q(breached_at__gte=selection.start, breached_at__lt=selection.end)
    unnoted = Q(breached_at__isnull=True, due_at__gte=selection.start, due_at__lt=selection.end)
    unnoted &= Q(due_at__lt=until)
    # The upper hospital's clock awaits the same answer as that of the way back; it is late once.
    rows = rows.exclude(~Q(leg__request__direction=Direction.DOWN), kind=ClockKind.BACK_ANSWER)
    return [Breach(*row) for row in rows.filter(noted | unnoted).values_list("leg_id", "kind", "institution_id")]


def timed_requests(selection: Selection) -> list[TimedRequest]:
    """Return the requests of a green channel that were sent or reached a milestone within the days."""
    legs = selection.legs.order_by()
    reached = Milestone.objects.filter(occurred_at__gte=selection.start, occurred_at__lt=selection.end)
    was_sent = Q(request__sent_at__gte=selection.start, request__sent_at__lt=selection.end)
    touched = legs.filter(was_sent | Q(request_id__in=reached.values("request_id"))).exclude(request__condition="")
    first_leg: dict[int, tuple[int, str, str, datetime.datetime | None]] = {}
    fields = ("request_id", "pk", "request__policy", "request__condition", "request__sent_at")
    for request_id, *about in touched.order_by("pk").values_list(*fields):
        first_leg.setdefault(request_id, tuple(about))
    rows = Milestone.objects.filter(request_id__in=touched.values("request_id"), corrected_by__isnull=True)
    moments: defaultdict[int, dict[str, datetime.datetime]] = defaultdict(dict)
    for request_id, code, at in rows.order_by("occurred_at", "id").values_list("request_id", "code", "occurred_at"):
        moments[request_id].setdefault(code, at)
    return [TimedRequest(request_id, *about, moments[request_id]) for request_id, about in first_leg.items()]
