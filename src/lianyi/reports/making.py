"""Reports made to be kept, by a person or by themselves."""

from __future__ import annotations

import datetime
import logging
import uuid

from lianyi.accounts.actors import Actor, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.errors import LianyiError
from lianyi.exchanges.models import ExchangeVisit
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Place
from lianyi.reports.building import checksum_of, documents_of
from lianyi.reports.commands import MadePlaceReport, MadeReport, MadeVisitReport, keep_report
from lianyi.reports.content import ReportPeriod
from lianyi.reports.district_building import place_documents
from lianyi.reports.models import PlaceReportKind, VisitReportKind
from lianyi.reports.queries import Due, due_reports
from lianyi.reports.visit_building import visit_documents

_log = logging.getLogger(__name__)


def made_report(actor: Actor, agreement: Agreement, period: ReportPeriod, today: datetime.date) -> MadeReport:
    """Put a report together in every language. Raises as `lianyi.reports.building.report_of`."""
    documents = documents_of(actor, agreement, period, today)
    return MadeReport(
        period=period,
        counted_to=min(period.span.end, agreement.term.end, today),
        documents=documents,
        sha256=checksum_of(documents),
    )


def made_visit_report(
    actor: Actor, visit: ExchangeVisit, kind: VisitReportKind, today: datetime.date
) -> MadeVisitReport:
    """Put a report about a visit together in every language."""
    documents = visit_documents(actor, visit, kind, today)
    return MadeVisitReport(kind=kind, counted_to=today, documents=documents, sha256=checksum_of(documents))


def made_place_report(
    actor: Actor, place: Place, kind: PlaceReportKind, period: ReportPeriod, today: datetime.date
) -> MadePlaceReport:
    """Put a report about a place together in every language. Raises as `lianyi.reports.district_building`."""
    documents = place_documents(actor, place, kind, period, today)
    return MadePlaceReport(
        kind=kind,
        period=period,
        counted_to=min(period.span.end, today),
        documents=documents,
        sha256=checksum_of(documents),
    )


def make_due_reports(today: datetime.date) -> int:
    """Make and keep every report that a schedule asks for, and return how many were made.

    A report that cannot be made is told in the log and tried again with the next look; it keeps no other one back.
    """
    actor = service_actor()
    found = due_reports(actor, today)
    made = sum(_is_made(actor, due, today) for due in found)
    if made:
        _log.info("%s reports were made by schedule.", made)
    return made


def _is_made(actor: Actor, due: Due, today: datetime.date) -> bool:
    agreement = due.schedule.agreement
    try:
        keep_report(_context(actor, due), agreement, made_report(actor, agreement, due.period, today))
    except LianyiError as error:
        # The code only: the words of a refusal may name what a log must not.
        _log.error(
            "The report %s of agreement %s was not made (%s). It is tried again with the next look; "
            "open the reports of the agreement and make it by hand to see the reason.",
            due.period,
            due.schedule.agreement_id,
            error.code,
        )
        return False
    return True


def _context(actor: Actor, due: Due) -> CommandContext:
    # The same key for the same report: two workers make it once.
    name = f"reports.keep:{due.schedule.agreement_id}:{due.period}:{due.schedule.pk}"
    return CommandContext(actor=actor, key=str(uuid.uuid5(uuid.NAMESPACE_OID, name)))
