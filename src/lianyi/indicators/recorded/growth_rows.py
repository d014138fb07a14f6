"""Rows of postings, rounds, techniques, training and checks after a return."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianyi.dispatch.models import Posting, PostingState, RoundVisit, VisitState
from lianyi.growth.models import DepartmentTechnique, ReturnCheck, TechniqueCase, TechniqueState, TrainingSession
from lianyi.growth.technique_ladders import ladder_of
from lianyi.indicators.recorded.table import Row, chunks, day_within, plain_rows
from lianyi.methods.periods import DateSpan
from lianyi.methods.technique_ladder import CheckState

MONTHS_KEPT = 12


def postings(span: DateSpan | None) -> Iterator[Row]:
    """Yield the postings that somebody came to within the days, or that lasted into them."""
    rows = Posting.objects.exclude(state=PostingState.VOID)
    if span is not None:
        rows = rows.filter(Q(left_on__isnull=True) | Q(left_on__gte=span.start), arrived_on__lte=span.end)
    return plain_rows(
        rows,
        *("agreement__code", "arrived_on", "code", "kind", "left_on", "staff__code", "staff__institution__code"),
        "to_institution__code",
    )


def round_visits(span: DateSpan | None) -> Iterator[Row]:
    """Yield visits with the institution or the place where the stop is; one that was not held has the day planned."""
    rows = RoundVisit.objects.exclude(state=VisitState.WITHDRAWN).annotate(
        on=Coalesce("held_on", "day"), unit=Coalesce("stop__institution__code", "stop__place__code")
    )
    return plain_rows(rows.filter(day_within("on", span)), "on", "state", "unit")


def training_sessions(span: DateSpan | None) -> Iterator[Row]:
    rows = TrainingSession.objects.annotate(on=Coalesce("held_on", "day"))
    return plain_rows(rows.filter(day_within("on", span)), "on", "institution__code", "state")


def technique_cases(span: DateSpan | None) -> Iterator[Row]:
    rows = TechniqueCase.objects.filter(day_within("done_on", span), reverses__isnull=True, reversed_by__isnull=True)
    return plain_rows(rows, "complications", "count", "done_on", "part", "technique__code")


def techniques(_span: DateSpan | None) -> Iterator[Row]:
    """Yield techniques with the day from which they are done alone as signed, and whether they were kept a year."""
    today = timezone.localdate()
    rows = DepartmentTechnique.objects.select_related("institution").prefetch_related("cases").order_by("pk")
    for some in chunks(rows.iterator(chunk_size=500)):
        for row in some:
            is_signed = row.state in (TechniqueState.SIGNED, TechniqueState.PUT_ASIDE)
            since = row.independent_from if is_signed else None
            yield row.pk, row.provenance, row.code, since, row.institution.code, _is_kept(row, since, today)


def _is_kept(row: DepartmentTechnique, since: datetime.date | None, today: datetime.date) -> bool | None:
    if since is None:
        return None
    states = {check.months: check.state for check in ladder_of(row, today).checks}
    known = {CheckState.SUSTAINED: True, CheckState.NOT_SUSTAINED: False}
    return known.get(states.get(MONTHS_KEPT, CheckState.PENDING))


def return_checks(_span: DateSpan | None) -> Iterator[Row]:
    return plain_rows(ReturnCheck.objects.all(), "posting__agreement__code", "outcome", "posting__code")
