"""Promised against delivered: every duty in every period of its own, with what the counters found.

A period that has not begun is not judged; one that is running is counted up to today and can only be met or still
running; a kind of evidence that nothing measures is *not measured*, which is neither zero nor a failure.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.methods.periods import DateSpan, periods_within
from lianyi.partnerships.evidence import CountRequest, Evidence, counter_of
from lianyi.partnerships.models import Duty


class PromiseState(models.TextChoices):
    NOT_MEASURED = "not_measured", _("not measured yet")
    NOT_BEGUN = "not_begun", _("not begun")
    RUNNING = "running", _("running")
    MET = "met", _("kept")
    SHORT = "short", _("not kept")


# What a share or an indicator says about a running period can still change, so it is judged only at the end.
SHARES = frozenset({"unbroken_presence", "referrals_answered_in_time", "indicator_target"})


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """One duty in one of its periods. ``whole`` is the calendar period, ``span`` the part inside the duty's days.

    ``is_hidden`` stands where patients were counted and the reader may not see so small a number: the evidence is None.
    """

    duty: Duty
    label: str
    whole: DateSpan
    span: DateSpan
    promised: Decimal
    evidence: Evidence | None
    state: str
    is_hidden: bool = False

    @property
    def is_part_of_a_period(self) -> bool:
        return self.span != self.whole

    @property
    def nothing_yet(self) -> str:
        """What is said where the period has begun and nothing is there to judge; mostly nothing."""
        counter = counter_of(self.duty.evidence_kind)
        if counter is None or self.state != PromiseState.NOT_MEASURED:
            return ""
        return str(counter.nothing_yet)

    @property
    def delivered(self) -> Decimal | None:
        return None if self.evidence is None else self.evidence.value

    @property
    def share(self) -> Decimal | None:
        """Delivered as a share of the promise, not above 1, for a bar."""
        if self.evidence is None:
            return None
        return min(self.evidence.value / self.promised, Decimal(1))


@dataclass(frozen=True, slots=True)
class DutyAccount:
    """One duty with all its periods, oldest first."""

    duty: Duty
    periods: tuple[DutyPeriod, ...]

    def current(self, today: datetime.date) -> DutyPeriod:
        """Return the period of today, or the last begun one, or the first."""
        begun = [period for period in self.periods if period.span.start <= today]
        return begun[-1] if begun else self.periods[0]


@dataclass(frozen=True, slots=True)
class PromiseCounts:
    """How many duties stand where, in their current period."""

    kept: int
    short: int
    running: int
    not_begun: int
    not_measured: int

    @property
    def duties(self) -> int:
        return self.kept + self.short + self.running + self.not_begun + self.not_measured


def duty_days(duty: Duty) -> DateSpan:
    """Return the days within which a duty holds: its own where given, else the agreement's term."""
    term = duty.agreement.term
    start = duty.starts_on or term.start
    end = min(duty.due_on or term.end, term.end)
    return DateSpan(start, max(start, end))


def periods_of(duty: Duty) -> list[tuple[str, DateSpan, DateSpan]]:
    """Return label, whole period and the part inside the duty's days, oldest first."""
    days = duty_days(duty)
    if duty.period == Duty.Period.TERM:
        return [(f"{days.start.isoformat()} – {days.end.isoformat()}", days, days)]
    return [(period.label, period.whole, period.within) for period in periods_within(days, duty.period)]


def accounts_of(duties: Iterable[Duty], today: datetime.date) -> list[DutyAccount]:
    """Count every duty in every period, asking each counter once for all of its duties."""
    rows = list(duties)
    slots = [(duty, *period) for duty in rows for period in periods_of(duty)]
    evidence = _count([(duty, span) for duty, _label, _whole, span in slots], today)
    by_duty: defaultdict[int, list[DutyPeriod]] = defaultdict(list)
    for (duty, label, whole, span), found in zip(slots, evidence, strict=True):
        state = _state(duty, span, found, today)
        by_duty[duty.pk].append(DutyPeriod(duty, label, whole, span, duty.quantity, found, state))
    return [DutyAccount(duty, tuple(by_duty[duty.pk])) for duty in rows]


def current_periods(duties: Iterable[Duty], today: datetime.date) -> list[DutyPeriod]:
    """Count every duty in its current period only: what lists and the first page show."""
    slots = []
    for duty in duties:
        periods = periods_of(duty)
        begun = [period for period in periods if period[2].start <= today]
        slots.append((duty, *(begun[-1] if begun else periods[0])))
    evidence = _count([(duty, span) for duty, _label, _whole, span in slots], today)
    return [
        DutyPeriod(duty, label, whole, span, duty.quantity, found, _state(duty, span, found, today))
        for (duty, label, whole, span), found in zip(slots, evidence, strict=True)
    ]


def _count(asked: Sequence[tuple[Duty, DateSpan]], today: datetime.date) -> list[Evidence | None]:
    found: list[Evidence | None] = [None] * len(asked)
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for position, (duty, span) in enumerate(asked):
        if span.start <= today and counter_of(duty.evidence_kind) is not None:
            by_kind[duty.evidence_kind].append(position)
    for kind in sorted(by_kind):
        counter = counter_of(kind)
        if counter is None:
            continue
        positions = by_kind[kind]
        requests = [
            CountRequest(asked[at][0], DateSpan(asked[at][1].start, min(asked[at][1].end, today))) for at in positions
        ]
        for at, evidence in zip(positions, counter.count(requests), strict=True):
            found[at] = evidence
    return found


def _state(duty: Duty, span: DateSpan, evidence: Evidence | None, today: datetime.date) -> str:
    if counter_of(duty.evidence_kind) is None:
        return PromiseState.NOT_MEASURED
    if evidence is None:
        # Begun, counted, and nothing there to judge: neither kept nor broken.
        return PromiseState.NOT_BEGUN if span.start > today else PromiseState.NOT_MEASURED
    is_over = span.end < today
    if evidence.value >= duty.quantity and (is_over or duty.evidence_kind not in SHARES):
        return PromiseState.MET
    return PromiseState.SHORT if is_over else PromiseState.RUNNING


def counts_of(periods: Iterable[DutyPeriod]) -> PromiseCounts:
    """Add up where the duties stand."""
    tally: defaultdict[str, int] = defaultdict(int)
    for period in periods:
        tally[period.state] += 1
    return PromiseCounts(
        kept=tally[PromiseState.MET],
        short=tally[PromiseState.SHORT],
        running=tally[PromiseState.RUNNING],
        not_begun=tally[PromiseState.NOT_BEGUN],
        not_measured=tally[PromiseState.NOT_MEASURED],
    )
