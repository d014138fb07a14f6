"""Every reading of what was counted from records."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.records import Provenance
from lianyi.indicators.models import (
    CountedValue,
    IndicatorSheet,
    PeriodKind,
    RecordCount,
    ReportingAssignment,
    SheetState,
)
from lianyi.indicators.queries.values import assigned_between
from lianyi.indicators.values_periods import last_day, newest_ended


def newest_counts(row: IndicatorSheet) -> dict[str, CountedValue]:
    """Return by indicator what the records said last of a sheet, for checks; readers ask `counts_of`."""
    return {each.code: each for each in _newest(CountedValue.objects.filter(sheet=row))}


def counts_of(actor: Actor, row: IndicatorSheet) -> dict[str, CountedValue]:
    """Return by indicator what the records said last of a sheet within reach."""
    rows = scoped(actor, CountedValue.objects.filter(sheet=row))
    return {each.code: each for each in _newest(rows)}


def history_of(actor: Actor, row: IndicatorSheet, code: str) -> list[CountedValue]:
    """Return every figure that was counted for an indicator of a sheet, newest first."""
    rows = scoped(actor, CountedValue.objects.filter(sheet=row, code=code).select_related("count__user", "sheet"))
    return list(rows.order_by("-pk"))


def last_count(actor: Actor, row: IndicatorSheet) -> RecordCount | None:
    rows = scoped(actor, RecordCount.objects.filter(sheet=row).select_related("user"))
    return rows.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class CountProgress:
    """How many sheets of a period were counted from records, of those within reach, and when last."""

    sheets: int
    counted: int
    last: datetime.datetime | None


def progress_of(actor: Actor, family: str, period: str, start: datetime.date) -> CountProgress:
    """Return how far the worker and people have come with a period."""
    rows = scoped(actor, IndicatorSheet.objects.filter(family=family, period=period, period_start=start))
    found = rows.order_by().aggregate(
        sheets=Count("pk", distinct=True),
        counted=Count("counts__sheet_id", distinct=True),
        last=Max("counts__counted_at"),
    )
    return CountProgress(**found)


def _newest(rows: QuerySet[CountedValue, Any]) -> Iterable[CountedValue]:
    newest = rows.order_by().values("code").annotate(newest=Max("pk")).values("newest")
    return rows.filter(pk__in=newest).select_related("sheet", "count").order_by("code")


def sheets_due(today: datetime.date) -> list[IndicatorSheet]:
    """Return for the worker the drafts of the newest periods that are over, and those that nobody began yet, unsaved.

    A sheet that somebody submitted is left alone: who checks it counts it again by hand.
    """
    duties = ReportingAssignment.objects.select_related("node").order_by("family", "period", "node__path", "starts_on")
    found = []
    for period in PeriodKind:
        start = newest_ended(period, today)
        end = last_day(period, start)
        held = assigned_between(duties.filter(period=period), start, end)
        of_period = IndicatorSheet.objects.filter(period=period, period_start=start).select_related("node")
        known = {(each.node_id, each.family): each for each in of_period}
        for duty in held:
            sheet = known.get((duty.node_id, duty.family)) or _unbegun(duty, start)
            if sheet.state == SheetState.DRAFT:
                known[duty.node_id, duty.family] = sheet
                found.append(sheet)
    return list({(each.node_id, each.family, each.period): each for each in found}.values())


def _unbegun(duty: ReportingAssignment, start: datetime.date) -> IndicatorSheet:
    provenance = duty.provenance if duty.is_sample else Provenance.RECORDED
    return IndicatorSheet(
        node=duty.node, family=duty.family, period=duty.period, period_start=start, provenance=provenance
    )
