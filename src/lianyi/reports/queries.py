"""The reports that were kept, and what is due, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Place, PlaceLevel
from lianyi.reports.content import ReportPeriod
from lianyi.reports.models import KeptPlaceReport, KeptReport, KeptVisitReport, ReportSchedule

WATCHED_LEVELS = (PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE)


def kept_reports(actor: Actor) -> QuerySet[KeptReport, Any]:
    """Return the kept reports without their words, the newest period first."""
    rows = KeptReport.objects.select_related("agreement", "made_by").defer("documents")
    return scoped(actor, rows)


def kept_report(actor: Actor, pk: int) -> KeptReport:
    """Return one kept report with its words.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, KeptReport.objects.select_related("agreement", "made_by"), pk)


def kept_visit_reports(actor: Actor) -> QuerySet[KeptVisitReport, Any]:
    """Return the kept reports about visits without their words, the latest first."""
    rows = KeptVisitReport.objects.select_related("visit", "made_by").defer("documents")
    return scoped(actor, rows)


def kept_visit_report(actor: Actor, pk: int) -> KeptVisitReport:
    """Return one kept report about a visit with its words.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, KeptVisitReport.objects.select_related("visit", "made_by"), pk)


def kept_place_reports(actor: Actor) -> QuerySet[KeptPlaceReport, Any]:
    """Return the kept reports about places without their words, the latest first."""
    rows = KeptPlaceReport.objects.select_related("place", "made_by").defer("documents")
    return scoped(actor, rows)


def kept_place_report(actor: Actor, pk: int) -> KeptPlaceReport:
    """Return one kept report about a place with its words.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, KeptPlaceReport.objects.select_related("place", "made_by"), pk)


def watched_places(actor: Actor) -> QuerySet[Place, Any]:
    """Return the places that the actor covers with everything in them, from county upwards; the smaller come first."""
    rows = Place.objects.filter(node_id__in=nodes_in_reach(actor).values("pk"), level__in=WATCHED_LEVELS)
    return rows.select_related("node", "parent").order_by("level", "code")


def watched_place(actor: Actor, pk: int) -> Place:
    """Return one of them.

    Raises
    ------
    NotFoundInScopeError
    """
    row: Place | None = watched_places(actor).filter(pk=pk).first()
    if row is None:
        raise NotFoundInScopeError("No such place lies wholly within your reach.", model="Place")
    return row


def schedules_of(actor: Actor, agreement: Agreement) -> list[ReportSchedule]:
    return list(scoped(actor, ReportSchedule.objects.filter(agreement=agreement)).select_related("set_by"))


@dataclass(frozen=True, slots=True)
class Due:
    """A report that a schedule asks for and nobody has made."""

    schedule: ReportSchedule
    period: ReportPeriod


def due_reports(actor: Actor, today: datetime.date) -> list[Due]:
    """Return what schedules ask for up to today and was not kept after the end of its period, oldest first."""
    rows = scoped(actor, ReportSchedule.objects.filter(is_on=True)).select_related("agreement")
    rows = rows.exclude(agreement__state=Agreement.State.DRAFT)
    found = []
    for schedule in rows.order_by("agreement_id", "every"):
        made = {
            (year, quarter)
            for year, quarter, counted_to in KeptReport.objects.filter(agreement=schedule.agreement).values_list(
                "year", "quarter", "counted_to"
            )
            if counted_to >= min(ReportPeriod(year, quarter).span.end, schedule.agreement.term.end)
        }
        found += [
            Due(schedule, period)
            for period in periods_asked(schedule, today)
            if (period.year, period.quarter) not in made
        ]
    return sorted(found, key=lambda due: (due.period.span.end, due.schedule.pk))


def periods_asked(schedule: ReportSchedule, today: datetime.date) -> Iterator[ReportPeriod]:
    """Yield the periods of a schedule that are over for long enough and touch the agreement's term."""
    term = schedule.agreement.term
    ended_by = today - datetime.timedelta(days=schedule.days_after)
    for year in range(max(schedule.since, term.start).year, min(today, term.end).year + 1):
        quarters = (1, 2, 3, 4) if schedule.every == ReportSchedule.Every.QUARTER else (None,)
        for period in (ReportPeriod(year, quarter) for quarter in quarters):
            span = period.span
            if span.overlaps(term) and schedule.since <= span.end <= ended_by:
                yield period
