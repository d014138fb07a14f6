"""The rows that the figures of consultations are counted from: steps that happened, and the clocks that ran to them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianyi.accounts.access import active_grants, assigned_nodes, decide, nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.scopes import AGREEMENT_TARGET
from lianyi.referrals.consulting_machine import UNANSWERED
from lianyi.referrals.models import Awaited, Consultation, ConsultationClock, ConsultationEvent


class AnswerEnd(StrEnum):
    """How the wait for the yes or no of the expert side came to its end."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"
    TAKEN_BACK = "taken_back"


_ENDS: Mapping[str, AnswerEnd] = {
    "accept": AnswerEnd.ACCEPTED,
    "accept_with_time": AnswerEnd.ACCEPTED,
    "decline": AnswerEnd.DECLINED,
    "decline_unanswered": AnswerEnd.DECLINED,
    "expire": AnswerEnd.SILENT,
    "cancel": AnswerEnd.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class Counting:
    """Which consultations are counted, and in which whole months; ``now`` ends a month that is still running."""

    rows: QuerySet[Consultation, Any]
    span: DateSpan
    now: datetime.datetime = field(default_factory=timezone.now)

    @property
    def within(self) -> Q:
        """The condition on a step that it happened within the days."""
        start = timezone.make_aware(datetime.datetime.combine(self.span.start, datetime.time.min))
        day_after = self.span.end + datetime.timedelta(days=1)
        end = timezone.make_aware(datetime.datetime.combine(day_after, datetime.time.min))
        return Q(occurred_at__gte=start, occurred_at__lt=min(end, self.now))


@dataclass(frozen=True, slots=True)
class Waited:
    """The end of one wait for an answer. ``due_at`` is that of its clock, before any pause that came too late."""

    consultation_id: int
    urgency: str
    end: AnswerEnd
    at: datetime.datetime
    began_at: datetime.datetime | None
    due_at: datetime.datetime | None
    paused_seconds: int

    @property
    def is_timed(self) -> bool:
        return self.began_at is not None and self.end in (AnswerEnd.ACCEPTED, AnswerEnd.DECLINED)

    @property
    def net_minutes(self) -> float:
        return _net_minutes(self.began_at, self.at, self.paused_seconds)

    @property
    def is_in_time(self) -> bool:
        is_said = self.end in (AnswerEnd.ACCEPTED, AnswerEnd.DECLINED)
        return is_said and self.due_at is not None and self.at <= self.due_at


@dataclass(frozen=True, slots=True)
class Signed:
    """An opinion that was signed, with the way to it from the asking."""

    consultation_id: int
    at: datetime.datetime
    asked_at: datetime.datetime | None
    paused_seconds: int

    @property
    def net_minutes(self) -> float:
        return _net_minutes(self.asked_at, self.at, self.paused_seconds)


@dataclass(frozen=True, slots=True)
class Closed:
    consultation_id: int
    followed: str


def _net_minutes(start: datetime.datetime | None, end: datetime.datetime, paused_seconds: int) -> float:
    gross = 0.0 if start is None else max((end - start).total_seconds(), 0.0)
    return (gross - min(paused_seconds, gross)) / 60


def may_count(actor: Actor) -> bool:
    return decide(actor, "consultation.read").allowed or decide(actor, "consultation.count").allowed


def sees_counts_only(actor: Actor) -> bool:
    """Tell whether small counts are hidden from the actor: who reads no consultation sees counts alone."""
    return not actor.is_service and not decide(actor, "consultation.read").allowed


def counted_rows(actor: Actor) -> QuerySet[Consultation, Any]:
    """Return the consultations that the actor may count, without any right to open them.

    Who reads consultations counts those of the own institutions; who sees counts only, also those under the agreements
    that are open to it.
    """
    if not may_count(actor):
        return Consultation.objects.none()
    if actor.is_service or actor.covers_everything:
        return Consultation.objects.all()
    reach, posted = nodes_in_reach(actor).values("pk"), assigned_nodes(actor).values("target_id")
    condition = Q(pk__in=[])
    for side in ("from_institution_id__in", "to_institution_id__in"):
        condition |= Q(**{side: reach}) | Q(**{side: posted})
    if sees_counts_only(actor):
        condition |= Q(agreement_id__in=active_grants(actor, AGREEMENT_TARGET).values("target_id"))
    return Consultation.objects.filter(condition)


def asked(counting: Counting) -> list[int]:
    """Return the consultations that were asked within the days."""
    return list(_within(counting).filter(step="ask").values_list("consultation_id", flat=True))


def waited(counting: Counting) -> list[Waited]:
    """Return the waits for an answer that ended within the days; a consultation has one at most."""
    rows = _within(counting).filter(from_state__in=UNANSWERED, step__in=_ENDS)
    rows = _with_clock(rows)
    fields = ("consultation_id", "consultation__urgency", "step", "occurred_at", "began", "due", "paused")
    return [
        Waited(pk, urgency, _ENDS[step], at, began, due, paused or 0)
        for pk, urgency, step, at, began, due, paused in rows.values_list(*fields)
    ]


def signed(counting: Counting) -> list[Signed]:
    """Return the opinions that were signed within the days."""
    rows = _with_clock(_within(counting).filter(step="sign_opinion"))
    fields = ("consultation_id", "occurred_at", "consultation__asked_at", "paused")
    return [Signed(pk, at, asked_at, paused or 0) for pk, at, asked_at, paused in rows.values_list(*fields)]


def closed(counting: Counting) -> list[Closed]:
    """Return what became of the opinions of consultations that were closed within the days."""
    rows = _within(counting).filter(step="close")
    return [Closed(*each) for each in rows.values_list("consultation_id", "consultation__followed")]


def _within(counting: Counting) -> QuerySet[ConsultationEvent, Any]:
    events = ConsultationEvent.objects.filter(consultation__in=counting.rows.order_by().values("pk"))
    return events.filter(counting.within).order_by("id")


def _with_clock(rows: QuerySet[ConsultationEvent, Any]) -> QuerySet[ConsultationEvent, Any]:
    clock = ConsultationClock.objects.filter(consultation_id=OuterRef("consultation_id"), kind=Awaited.ANSWER)
    first = clock.order_by("id")
    # A pause that began after the clock had run out moved its due time; that it ran out stays known.
    due = first.annotate(first_due=Coalesce(F("breached_at"), F("due_at"))).values("first_due")
    return rows.annotate(
        began=Subquery(first.values("started_at")[:1]),
        due=Subquery(due[:1]),
        paused=Subquery(first.values("paused_seconds")[:1]),
    )
