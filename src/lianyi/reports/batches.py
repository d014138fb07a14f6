"""Reports of all agreements of a place at once: asked for by a person, made by the worker, watched on one page."""

from __future__ import annotations

import datetime
import logging
import uuid

from django.db import DatabaseError

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.errors import LianyiError
from lianyi.reports.commands import finish_line, keep_report
from lianyi.reports.making import made_report
from lianyi.reports.models import ReportBatch, ReportBatchLine

_log = logging.getLogger(__name__)
# Whose affiliation ended meanwhile asks for nothing any more.
ASKER_LEFT = "not-permitted"
FAULT = "fault"


def batch(actor: Actor, pk: int) -> ReportBatch:
    """Return one, within reach.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, ReportBatch.objects.select_related("place__node", "affiliation__user"), pk)


def lines_of(actor: Actor, row: ReportBatch) -> list[ReportBatchLine]:
    return list(scoped(actor, ReportBatchLine.objects.filter(batch=row)).select_related("agreement", "report"))


def make_asked_reports(today: datetime.date) -> int:
    """Make every report that was asked for and waits, and return how many were made; a refusal is noted and told."""
    waiting = ReportBatchLine.objects.filter(done_at__isnull=True).order_by("pk")
    rows = waiting.select_related("agreement", "batch__affiliation__user", "batch__affiliation__node")
    return sum(_is_made(each, today) for each in rows)


def _is_made(line: ReportBatchLine, today: datetime.date) -> bool:
    actor = actor_of(line.batch.affiliation, today)
    report, refused = None, ASKER_LEFT
    if actor is not None:
        try:
            made = made_report(actor, line.agreement, line.batch.period, today)
            report, refused = keep_report(_context(actor, line, "keep"), line.agreement, made), ""
        except LianyiError as error:
            # The code only: the words of a refusal may name what a log must not.
            _log.warning(
                "Report %s of agreement %s was not made (%s).", line.batch.period, line.agreement_id, error.code
            )
            refused = error.code
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001 - one report with a fault keeps no other one back
            _log.exception("Report %s of agreement %s met a fault.", line.batch.period, line.agreement_id)
            refused = FAULT
    finish_line(_context(service_actor(), line, "done"), line, report, refused)
    return report is not None


def _context(actor: Actor, line: ReportBatchLine, what: str) -> CommandContext:
    # The same key for the same line: two workers make it once.
    return CommandContext(actor=actor, key=str(uuid.uuid5(uuid.NAMESPACE_OID, f"reports.batch:{line.pk}:{what}")))
