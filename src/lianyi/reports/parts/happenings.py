"""What happened in the period, day by day: arrivals, visits, milestones, and what was reported."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.accounts.records import Provenance
from lianyi.methods.periods import month_span, year_span
from lianyi.pages.names import in_language
from lianyi.partnerships import queries
from lianyi.partnerships.charts import day_text
from lianyi.partnerships.models import TimelineFact
from lianyi.partnerships.queries import TimelineEntry
from lianyi.reports.content import Cell, Grid, Part
from lianyi.reports.parts.asking import Asked


def part_of(asked: Asked) -> Part:
    found = [each for each in queries.timeline(asked.actor, asked.agreement) if _is_told(each) and _is_of(each, asked)]
    return Part(
        key="happenings",
        title=_("What happened"),
        grid=Grid((_("Date"), _("What happened"), _("Known from")), tuple(_row(each) for each in found)),
        empty=_("Nothing was recorded or reported on these days."),
    )


def _is_told(each: TimelineEntry) -> bool:
    """Tell whether an entry may stand on paper: counts of patients stand in a part of their own, small ones hidden."""
    return each.kind != TimelineFact.Kind.REFERRAL or each.fact_id is not None


def _is_of(each: TimelineEntry, asked: Asked) -> bool:
    """Tell whether an entry belongs to the days: what is known to the year only belongs to a year, not to a quarter."""
    if each.precision == TimelineFact.Precision.DAY:
        return each.day in asked.span
    known = year_span(each.day.year)
    if each.precision == TimelineFact.Precision.MONTH:
        known = month_span(each.day.year, each.day.month)
    period = asked.period.span
    return period.start <= known.start and known.end <= period.end and known.start <= asked.today


def _row(each: TimelineEntry) -> tuple[Cell, ...]:
    known = str(Provenance(each.provenance).label)
    source = f"{known}: {each.source}" if each.source else known
    return (Cell(day_text(each)), Cell(in_language(each.text_zh, each.text_en)), Cell(source))
