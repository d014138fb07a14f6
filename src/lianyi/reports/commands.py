"""Keeping a report as it stands, and having reports made by themselves."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import save_changes
from lianyi.exchanges.models import ExchangeVisit
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Place
from lianyi.reports.content import ReportPeriod
from lianyi.reports.errors import NothingToReportError
from lianyi.reports.models import (
    KeptPlaceReport,
    KeptReport,
    KeptVisitReport,
    PlaceReportKind,
    ReportBatch,
    ReportBatchLine,
    ReportSchedule,
    VisitReportKind,
)

WRITE = "agreement.write"
WRITE_OF_VISIT = "visit.write"
WRITE_OF_PLACE = ("agreement.write", "indicator.write")
_SCHEDULE_FACTS = ("every", "days_after", "since", "is_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReport:
    """A report as it was put together: its words by language, their checksum, and the last day counted."""

    period: ReportPeriod
    counted_to: datetime.date
    documents: Mapping[str, Any]
    sha256: str


@command("reports.keep")
def keep_report(context: CommandContext, agreement: Agreement, made: MadeReport) -> KeptReport:
    """Keep a report word for word, as the next edition of its period."""
    require(context.actor, WRITE, agreement)
    same = KeptReport.objects.filter(agreement=agreement, year=made.period.year, quarter=made.period.quarter)
    last = same.order_by("number").last()
    row = KeptReport.objects.create(
        agreement=agreement,
        year=made.period.year,
        quarter=made.period.quarter,
        number=1 if last is None else last.number + 1,
        counted_to=made.counted_to,
        made_at=timezone.now(),
        made_by_id=context.actor.user_id,
        acting_role=context.actor.role,
        documents=dict(made.documents),
        sha256=made.sha256,
    )
    facts = {"period": str(made.period), "edition": row.number, "sha256": made.sha256}
    record(context, "reports.keep", row, before=None, after=facts)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeVisitReport:
    """A report about a visit as it was put together."""

    kind: VisitReportKind
    counted_to: datetime.date
    documents: Mapping[str, Any]
    sha256: str


@command("reports.keep_of_visit")
def keep_visit_report(context: CommandContext, visit: ExchangeVisit, made: MadeVisitReport) -> KeptVisitReport:
    """Keep a report about a visit word for word, as the next edition of its kind."""
    require(context.actor, WRITE_OF_VISIT, visit)
    last = KeptVisitReport.objects.filter(visit=visit, kind=made.kind).order_by("number").last()
    row = KeptVisitReport.objects.create(
        visit=visit,
        kind=made.kind,
        number=1 if last is None else last.number + 1,
        counted_to=made.counted_to,
        made_at=timezone.now(),
        made_by_id=context.actor.user_id,
        acting_role=context.actor.role,
        documents=dict(made.documents),
        sha256=made.sha256,
    )
    facts = {"kind": str(made.kind), "edition": row.number, "sha256": made.sha256}
    record(context, "reports.keep_of_visit", row, before=None, after=facts)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePlaceReport(MadeReport):
    """A report about a place as it was put together."""

    kind: PlaceReportKind


def may_keep_of_place(actor: Actor, place: Place) -> bool:
    """Tell whether somebody who writes agreements or indicators covers the whole place."""
    writes = any(decide(actor, each).allowed for each in WRITE_OF_PLACE)
    return writes and covers(actor, place.node_id)


@command("reports.keep_of_place")
def keep_place_report(context: CommandContext, place: Place, made: MadePlaceReport) -> KeptPlaceReport:
    """Keep a report about a place word for word, as the next edition of its kind and period."""
    if not may_keep_of_place(context.actor, place):
        raise NotPermittedError(
            "Who writes agreements or indicators for the whole place keeps its reports. "
            "Choose another of your affiliations.",
            reason="role",
            permission=WRITE_OF_PLACE[0],
        )
    same = KeptPlaceReport.objects.filter(
        place=place, kind=made.kind, year=made.period.year, quarter=made.period.quarter
    )
    last = same.order_by("number").last()
    row = KeptPlaceReport.objects.create(
        place=place,
        kind=made.kind,
        year=made.period.year,
        quarter=made.period.quarter,
        number=1 if last is None else last.number + 1,
        counted_to=made.counted_to,
        made_at=timezone.now(),
        made_by_id=context.actor.user_id,
        acting_role=context.actor.role,
        documents=dict(made.documents),
        sha256=made.sha256,
    )
    facts = {"kind": str(made.kind), "period": str(made.period), "edition": row.number, "sha256": made.sha256}
    record(context, "reports.keep_of_place", row, before=None, after=facts)
    return row


@command("reports.ask_for_all")
def ask_for_all(
    context: CommandContext, place: Place, period: ReportPeriod, agreements: Sequence[Agreement]
) -> ReportBatch:
    """Ask for the reports of agreements of a place in a period; each is made and kept as the asker would.

    Raises
    ------
    NothingToReportError, NotPermittedError
    """
    affiliation_id = context.actor.affiliation_id
    if affiliation_id is None:
        raise NotPermittedError(
            "Reports of many agreements are asked for by a person.", reason="role", permission=WRITE
        )
    for each in agreements:
        require(context.actor, WRITE, each)
    if not agreements:
        message = f"No agreement that you may write runs in {period} in this place, so there is no report to make."
        raise NothingToReportError(message)
    row = ReportBatch.objects.create(
        place=place,
        year=period.year,
        quarter=period.quarter,
        asked_at=timezone.now(),
        affiliation_id=affiliation_id,
    )
    ReportBatchLine.objects.bulk_create([ReportBatchLine(batch=row, agreement=each) for each in agreements])
    facts = {"place": place.code, "period": str(period), "agreements": [each.code for each in agreements]}
    record(context, "reports.ask_for_all", row, before=None, after=facts)
    return row


@command("reports.line_done")
def finish_line(
    context: CommandContext, line: ReportBatchLine, report: KeptReport | None, refused_code: str
) -> ReportBatchLine:
    """Note that a report asked for was made, or why it was not; what is done stays done."""
    changed = ReportBatchLine.objects.filter(pk=line.pk, done_at__isnull=True).update(
        report=report, refused_code=refused_code, done_at=timezone.now()
    )
    line.refresh_from_db()
    if changed:
        facts = {"report": None if report is None else report.pk, "refused": refused_code}
        record(context, "reports.line_done", line, before=None, after=facts)
    return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often a report is made by itself, how long after the end of its period, and from which period on."""

    every: str
    days_after: int
    since: datetime.date
    is_on: bool = True


@command("reports.schedule")
def set_schedule(
    context: CommandContext, agreement: Agreement, wanted: Schedule, expected_version: int | None
) -> ReportSchedule:
    """Have the reports of quarters or years made by themselves, or stop it."""
    require(context.actor, WRITE, agreement)
    facts = {"days_after": wanted.days_after, "since": wanted.since, "is_on": wanted.is_on}
    row = ReportSchedule.objects.filter(agreement=agreement, every=wanted.every).first()
    if row is None:
        row = ReportSchedule.objects.create(
            agreement=agreement, every=wanted.every, set_by_id=context.actor.user_id, **facts
        )
        record(context, "reports.schedule", row, before=None, after=creation_facts(row))
        return row
    before = snapshot(row, _SCHEDULE_FACTS)
    row = save_changes(row, {**facts, "set_by_id": context.actor.user_id}, expected_version)
    record(context, "reports.schedule", row, before=before, after=snapshot(row, _SCHEDULE_FACTS))
    return row
