"""How a span of time stands still, goes on and stops, for referrals and for consultations alike.

A pause moves the due time but is kept as a row of its own, so that pausing cannot make a figure look better. The
caller saves the span; its pauses are written here.
"""

from __future__ import annotations

import datetime

from lianyi.methods.clocks import ClockReading, Pause, reading
from lianyi.referrals.models import Clock, ConsultationClock

Span = Clock | ConsultationClock


def stop(span: Span, at: datetime.datetime, how: str) -> None:
    """Stop a span; one that stood still is taken to have gone on standing still until now."""
    go_on(span, at)
    span.stopped_at = max(at, span.started_at)
    span.stop = how
    _remember_breach(span, span.stopped_at)


def stand_still(span: Span, at: datetime.datetime) -> None:
    if span.paused_since is None:
        span.paused_since = max(at, span.started_at)
        # The end of the pause moves the due time; that it had run out before stays known.
        _remember_breach(span, span.paused_since)
        span.pauses.create(started_at=span.paused_since)


def go_on(span: Span, at: datetime.datetime) -> None:
    """Let a span that stands still go on; its due time moves by exactly as long as it stood still."""
    if span.paused_since is None:
        return
    ended = max(at, span.paused_since)
    stood_still = ended - span.paused_since
    span.pauses.filter(ended_at__isnull=True).update(ended_at=ended)
    span.paused_seconds += round(stood_still.total_seconds())
    span.due_at += stood_still
    span.paused_since = None


def reading_of(span: Span, now: datetime.datetime) -> ClockReading:
    """Return gross, paused and net time of a span up to its stop, or up to now."""
    pauses = [Pause(each.started_at, each.ended_at) for each in span.pauses.all()]
    return reading(span.started_at, span.stopped_at, pauses, max(now, span.started_at))


def _remember_breach(span: Span, end: datetime.datetime) -> None:
    if end > span.due_at and span.breached_at is None:
        span.breached_at = span.due_at
