"""People in the period: who was on site for how long, on how many days somebody was there, who came and left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from lianyi.dispatch import queries
from lianyi.dispatch.models import Posting
from lianyi.dispatch.stays import stays_of
from lianyi.methods.presence import Stay, calendar_coverage, headcount, person_days
from lianyi.pages.names import name_of
from lianyi.reports.content import Cell, Grid, Number, Part
from lianyi.reports.parts.asking import Asked, listed

PERMILLE = 1000


def part_of(asked: Asked) -> Part:
    rows = list(
        queries.overlapping(asked.actor, asked.span)
        .filter(agreement=asked.agreement)
        .select_related("staff", "to_institution")
        .order_by("to_institution__code", "pk")
    )
    stays = stays_of(rows, asked.today)
    columns = (
        _("Place of work"),
        _("Persons on site"),
        _("Person-days on site"),
        _("Days with somebody on site"),
    )
    return Part(
        key="people",
        title=_("People on site"),
        numbers=_numbers(asked, rows, stays) if stays else (),
        grid=Grid(columns, _by_site(asked, rows, stays)),
        empty=_("Nobody was on site under this agreement in this period."),
    )


def _numbers(asked: Asked, rows: Sequence[Posting], stays: Sequence[Stay]) -> tuple[Number, ...]:
    url = listed("dispatch:postings", agreement=asked.agreement.code)
    sample = (_("sample"),) if any(row.is_sample for row in rows) else ()
    came = [row for row in rows if row.arrived_on is not None and asked.span.start <= row.arrived_on <= asked.span.end]
    left = [row for row in rows if row.left_on is not None and asked.span.start <= row.left_on <= asked.span.end]
    return (
        Number(
            label=_("Persons on site"),
            value=str(headcount(stays, asked.span).count),
            definition=_("different people with at least one day on site in the period"),
            url=url,
            marks=sample,
        ),
        Number(
            label=_("Person-days on site"),
            value=str(person_days(stays, asked.span).total),
            definition=_("days between arrival and leaving, absences taken off"),
            url=url,
            marks=sample,
        ),
        Number(
            label=_("Arrived"),
            value=str(len(came)),
            definition=_("arrivals recorded in the period"),
            url=url,
            marks=sample,
        ),
        Number(
            label=_("Left the site"),
            value=str(len(left)),
            definition=_("leavings recorded in the period"),
            url=url,
            marks=sample,
        ),
    )


def _by_site(asked: Asked, rows: Sequence[Posting], stays: Sequence[Stay]) -> tuple[tuple[Cell, ...], ...]:
    by_site: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_site[stay.site].append(stay)
    sites = {str(row.to_institution_id): row.to_institution for row in rows}
    found = []
    for key, site in sites.items():
        here = by_site[key]
        covered = calendar_coverage(here, asked.span)
        permille = covered.covered_days * PERMILLE // covered.window_days
        found.append(
            (
                Cell(
                    name_of(site),
                    listed("dispatch:postings", agreement=asked.agreement.code, institution=site.code),
                ),
                Cell(str(headcount(here, asked.span).count)),
                Cell(str(person_days(here, asked.span).total)),
                Cell(f"{covered.covered_days}/{covered.window_days} ({permille // 10}.{permille % 10} %)"),
            )
        )
    return tuple(found)
