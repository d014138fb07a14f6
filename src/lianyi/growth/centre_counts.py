"""Counting the patients of a pathway whose referrals a hospital sent or received, within the asker's reach."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.methods.periods import DateSpan, add_calendar_months
from lianyi.referrals.counting import counting_scope, hides_small_counts, may_count, own_scope
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.statistics import Statistics, statistics_of
from lianyi.referrals.statistics_queries import Selection
from lianyi.referrals.statistics_veil import DrawnVeil, OpenVeil, Veil

MONTHS = 12


@dataclass(frozen=True, slots=True)
class CountedTimes:
    """What was counted of a pathway in a span of days, and what of it the reader may see."""

    span: DateSpan
    found: Statistics
    veil: Veil


@dataclass(frozen=True, slots=True)
class Patients:
    """The patients of a pathway whose times are counted: which of their referrals."""

    condition: str
    which: Q


def sent_by(institution_id: int) -> Q:
    return Q(from_institution_id=institution_id)


def received_by(institution_id: int) -> Q:
    return Q(to_institution_id=institution_id)


def of_hospital(institution_id: int) -> Q:
    return sent_by(institution_id) | received_by(institution_id)


def counted_of(actor: Actor, patients: Patients, until: datetime.date) -> CountedTimes | None:
    """Count the patients of a pathway in the twelve months up to a day.

    Small counts are hidden as on the pages of referrals: with the figures that the reader can open there beside these,
    no difference tells a case. None where the reader counts no referrals.
    """
    if not patients.condition or not may_count(actor):
        return None
    everything = counting_scope(actor)
    legs = everything.filter(patients.which, request__condition=patients.condition)
    span = DateSpan(add_calendar_months(until.replace(day=1), 1 - MONTHS), until)
    now = timezone.now()
    veil: Veil = OpenVeil()
    if hides_small_counts(actor, legs):
        limits = policy_book().default_on(until, COUNTRY).limits
        others = tuple(statistics_of(Selection(each, span, now)) for each in (everything, own_scope(actor)))
        veil = DrawnVeil(limits.small_cell, others)
    return CountedTimes(span, statistics_of(Selection(legs, span, now)), veil)
