"""The time standards of a centre, from the milestones of the referrals that its hospital sent or received."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.growth.centre_counts import Patients, counted_of, of_hospital
from lianyi.growth.models import Project
from lianyi.growth.project_templates import template_book
from lianyi.methods.periods import DateSpan
from lianyi.referrals.statistics_line import Line
from lianyi.referrals.statistics_standard_lines import StandardSeries, series_of, standard_line


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
    """Hold the times of the last twelve months against the standards; None where the reader counts no referrals."""
    counted = counted_of(actor, Patients(condition_of(project), of_hospital(project.institution_id)), today)
    if counted is None:
        return None
    found, veil = counted.found.standards, counted.veil
    return CentreTimes(
        span=counted.span,
        lines=tuple(standard_line(each, veil) for each in found),
        series=tuple(series_of(found, veil)),
        hides=veil.hides,
        hides_parts=veil.hides_parts,
    )
