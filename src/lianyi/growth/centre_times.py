"""The time standards of a centre, from the milestones of the referrals that its hospital sent or received."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.growth.models import Project
from lianyi.growth.project_templates import template_book
from lianyi.methods.periods import DateSpan, add_calendar_months
from lianyi.referrals.counting import counting_scope, hides_small_counts, may_count, own_scope
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.statistics import statistics_of
from lianyi.referrals.statistics_line import Line
from lianyi.referrals.statistics_queries import Selection
from lianyi.referrals.statistics_standard_lines import StandardSeries, series_of, standard_line
from lianyi.referrals.statistics_veil import DrawnVeil, OpenVeil, Veil

MONTHS = 12


@dataclass(frozen=True, slots=True)
class CentreTimes:
    """What may be shown: one line for each standard, and its months where they betray nothing."""

    span: DateSpan
    lines: tuple[Line, ...]
    series: tuple[StandardSeries, ...]
    hides: bool
    hides_parts: bool


def condition_of(project: Project) -> str:
    """Return the pathway of a centre, empty for a project that has none."""
    template = template_book().template(project.template)
    return "" if template is None else template.condition


def times_of(actor: Actor, project: Project, today: datetime.date) -> CentreTimes | None:
    """Hold the times of the last twelve months against the standards; None where the reader counts no referrals.

    Small counts are hidden as on the pages of referrals: with the figures that the reader can open there beside these,
    no difference tells a case.
    """
    condition = condition_of(project)
    if not condition or not may_count(actor):
        return None
    everything = counting_scope(actor)
    at_home = Q(from_institution_id=project.institution_id) | Q(to_institution_id=project.institution_id)
    legs = everything.filter(at_home, request__condition=condition)
    span = DateSpan(add_calendar_months(today.replace(day=1), 1 - MONTHS), today)
    now = timezone.now()
    veil: Veil = OpenVeil()
    if hides_small_counts(actor, legs):
        limits = policy_book().default_on(today, COUNTRY).limits
        others = tuple(statistics_of(Selection(each, span, now)) for each in (everything, own_scope(actor)))
        veil = DrawnVeil(limits.small_cell, others)
    found = statistics_of(Selection(legs, span, now)).standards
    return CentreTimes(
        span=span,
        lines=tuple(standard_line(each, veil) for each in found),
        series=tuple(series_of(found, veil)),
        hides=veil.hides,
        hides_parts=veil.hides_parts,
    )
