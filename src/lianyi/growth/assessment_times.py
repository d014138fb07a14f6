"""Times of a centre in an assessment: counted from the referrals of the assessed hospital wherever they exist.

A value is typed only where the referrals hold none. Of each stretch those patients count in whose part of the way it
lies: the times before the transfer are those of the patients whom the hospital sent, the times after it those of the
patients whom it received.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from lianyi.accounts.access import decide, nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.growth.centre_counts import CountedTimes, Patients, counted_of, received_by, sent_by
from lianyi.growth.models import AssessmentItem, CapabilityAssessment, ItemSource
from lianyi.methods.proportions import Interval, is_small_cell
from lianyi.referrals.policies import COUNTRY, policy_book, policy_of
from lianyi.referrals.statistics_figures import Figure
from lianyi.referrals.statistics_standards import StandardResult
from lianyi.rules import Checklist, ChecklistItem, ItemUnit
from lianyi.rules.referral_policy import MilestoneSide

# Values are kept as people read them, so that the same referrals give the same value again.
MINUTE_DIGITS, SHARE_DIGITS = 2, 4
Month = tuple[str, float]


@dataclass(frozen=True, slots=True)
class CountedValue:
    """What referrals say of one item: its value with interval, of how many patients, between which days."""

    value: float
    cases: int
    low: float | None
    high: float | None
    since: datetime.date
    until: datetime.date


@dataclass(frozen=True, slots=True)
class ItemTimes:
    """What is known of one item from referrals. Without a value its number is small and hidden from the asker.

    ``months`` are the means by month, for items that ask how they go.
    """

    counted: CountedValue | None
    months: tuple[Month, ...] = ()

    @property
    def is_hidden(self) -> bool:
        return self.counted is None and not self.months


@dataclass
class _Pathway:
    """The referrals of one assessed hospital, counted once for each side and only when an item asks."""

    actor: Actor
    row: CapabilityAssessment
    condition: str
    _sides: dict[bool, CountedTimes | None] = field(default_factory=dict)

    def counted(self, *, sent: bool) -> CountedTimes | None:
        if sent not in self._sides:
            which = (sent_by if sent else received_by)(self.row.institution_id)
            self._sides[sent] = counted_of(self.actor, Patients(self.condition, which), self.row.assessed_on)
        return self._sides[sent]


def times_by_item(actor: Actor, row: CapabilityAssessment, checklist: Checklist) -> Mapping[str, ItemTimes]:
    """Return what the referrals say of the items that they can count; an item without one is typed."""
    asked = [each for each in checklist.items if each.counted]
    if not asked or row.department_id is not None:
        return {}
    pathway = _Pathway(actor, row, checklist.condition)
    found = {each.id: _times_of(each, pathway) for each in asked}
    return {name: times for name, times in found.items() if times is not None}


def _times_of(item: ChecklistItem, pathway: _Pathway) -> ItemTimes | None:
    for sent in (True, False):
        counted = pathway.counted(sent=sent)
        if counted is None:
            return None
        standard = _standard(counted, item.counted)
        if standard is not None and _is_at_sender(standard) is sent:
            return _of_standard(item, standard, counted)
        measure = None if sent else _measure(counted, item.counted)
        if measure is not None:
            return _of_patients(measure, counted)
    return None


def _standard(counted: CountedTimes, standard_id: str) -> StandardResult | None:
    """Return the standard with this id; where two policies held in these days, the one with the most patients."""
    named = [each for each in counted.found.standards if each.standard.id == standard_id and each.times.count]
    return max(named, key=lambda each: (each.times.count, each.policy), default=None)


def _is_at_sender(found: StandardResult) -> bool:
    milestone = next(each for each in policy_of(found.policy).milestones if each.code == found.standard.end)
    return milestone.side is not MilestoneSide.RECEIVER


def _measure(counted: CountedTimes, measure_id: str) -> Figure | None:
    named = [each.patients for each in counted.found.measures if each.measure.id == measure_id]
    return next((each for each in named if each is not None and each.denominator), None)


def _of_standard(item: ChecklistItem, found: StandardResult, counted: CountedTimes) -> ItemTimes:
    if item.unit is ItemUnit.SHARE:
        return _of_patients(found.patients, counted)
    if counted.veil.summary(found.times) is None:
        return ItemTimes(None)
    if item.unit is None:
        return ItemTimes(None, () if counted.veil.hides else _months(found))
    known = _Known(found.mean_minutes, found.mean_interval, found.times.count)
    return ItemTimes(_value(counted, known, MINUTE_DIGITS))


def _of_patients(found: Figure, counted: CountedTimes) -> ItemTimes:
    shown = counted.veil.figure(found).share
    if shown is None:
        return ItemTimes(None)
    return ItemTimes(_value(counted, _Known(shown.value, shown.interval(), shown.denominator), SHARE_DIGITS))


def _months(found: StandardResult) -> tuple[Month, ...]:
    means = ((each.label, each.mean_minutes) for each in found.months)
    return tuple((label, round(mean, MINUTE_DIGITS)) for label, mean in means if mean is not None)


@dataclass(frozen=True, slots=True)
class _Known:
    value: float | None
    interval: Interval | None
    cases: int


def _value(counted: CountedTimes, known: _Known, digits: int) -> CountedValue | None:
    if known.value is None:
        return None
    limits = known.interval
    return CountedValue(
        value=round(known.value, digits),
        cases=known.cases,
        low=None if limits is None else round(max(0.0, limits.low), digits),
        high=None if limits is None else round(limits.high, digits),
        since=counted.span.start,
        until=counted.span.end,
    )


def counted_value(row: AssessmentItem) -> CountedValue | None:
    """Return what was counted of a kept item; None where a person entered the value."""
    if row.source != ItemSource.REFERRALS or row.value is None or row.cases is None:
        return None
    if row.counted_since is None or row.counted_until is None:
        return None
    return CountedValue(row.value, row.cases, row.low, row.high, row.counted_since, row.counted_until)


def is_small(item: ChecklistItem, row: AssessmentItem) -> bool:
    """Tell whether a counted value rests on so few patients that it is hidden from those who only count (tier T0)."""
    counted = counted_value(row)
    if counted is None:
        return False
    threshold = policy_book().default_on(counted.until, COUNTRY).limits.small_cell
    counts = [counted.cases]
    if item.unit is ItemUnit.SHARE:
        within = round(counted.value * counted.cases)
        counts += [within, counted.cases - within]
    return any(is_small_cell(each, threshold) for each in counts)


@dataclass(frozen=True, slots=True)
class TimesReader:
    """Who looks at counted values: only who reads the referrals of the hospital sees those of few patients."""

    reads_small: bool

    def hides(self, item: ChecklistItem, row: AssessmentItem) -> bool:
        return not self.reads_small and is_small(item, row)


def times_reader(actor: Actor, institution_id: int) -> TimesReader:
    if actor.is_service or actor.covers_everything:
        return TimesReader(actor.is_service or decide(actor, "referral.read").allowed)
    reads = decide(actor, "referral.read").allowed
    return TimesReader(reads and nodes_in_reach(actor).filter(pk=institution_id).exists())
