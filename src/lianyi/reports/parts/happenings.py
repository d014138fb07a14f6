"""What happened in the period, day by day: arrivals, visits, milestones, and what was reported."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.accounts.records import Provenance
from lianyi.pages.names import in_language
from lianyi.partnerships import queries
from lianyi.partnerships.charts import day_text
from lianyi.partnerships.queries import TimelineEntry
from lianyi.reports.content import Cell, Grid, Part
from lianyi.reports.parts.asking import Asked


def part_of(asked: Asked) -> Part:
    found = [
        each
        for each in queries.timeline(asked.actor, asked.agreement)
        if asked.span.start <= each.day <= asked.span.end
    ]
    return Part(
        key="happenings",
        title=_("What happened"),
        grid=Grid((_("Date"), _("What happened"), _("Known from")), tuple(_row(each) for each in found)),
        empty=_("Nothing was recorded or reported on these days."),
    )


def _row(each: TimelineEntry) -> tuple[Cell, ...]:
    known = str(Provenance(each.provenance).label)
    source = f"{known}: {each.source}" if each.source else known
    return (Cell(day_text(each)), Cell(in_language(each.text_zh, each.text_en)), Cell(source))
