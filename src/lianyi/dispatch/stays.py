"""Postings as the stays that the methods calculate with."""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence

from lianyi.dispatch.machine import STAYED
from lianyi.dispatch.models import Posting, PostingAbsence, PostingKind, PostingState
from lianyi.methods.periods import DateSpan
from lianyi.methods.presence import Stay, StayBasis
from lianyi.rules import title_ranks

# Kinds in which somebody from the supporting side works for the supported side's patients.
SUPPORT_KINDS = (
    PostingKind.TEAM,
    PostingKind.EXECUTIVE_DEAN,
    PostingKind.FIRST_VILLAGE_DOCTOR,
    PostingKind.VISITING_EXPERT,
)


@functools.cache
def _ranks() -> dict[str, int]:
    return {item.code: item.rank for item in title_ranks()}


def rank_of(title_rank: str) -> int:
    """Return the number of a title rank: 0 none, 1 junior, 2 intermediate, 3 associate senior, 4 senior."""
    return _ranks()[title_rank]


def stayed_span(posting: Posting, today: datetime.date) -> DateSpan | None:
    """Return the days on which the person really was there, up to today; None before the arrival."""
    if posting.state not in STAYED or posting.arrived_on is None or posting.arrived_on > today:
        return None
    last = today if posting.left_on is None else min(posting.left_on, today)
    return DateSpan(posting.arrived_on, max(last, posting.arrived_on))


def expected_span(posting: Posting) -> DateSpan | None:
    """Return the days of the plan as they stand now: the real arrival and leaving where known."""
    if posting.state in (PostingState.CANCELLED, PostingState.VOID):
        return None
    start = posting.arrived_on or posting.starts_on
    end = posting.left_on or max(posting.ends_on, start)
    return DateSpan(start, end)


def absences_by_posting(posting_ids: Iterable[int]) -> dict[int, tuple[DateSpan, ...]]:
    """Return the spans of absence of many postings with one query."""
    rows = PostingAbsence.objects.filter(posting_id__in=list(posting_ids), is_void=False).order_by("starts_on", "pk")
    spans: defaultdict[int, list[DateSpan]] = defaultdict(list)
    for posting_id, start, end in rows.values_list("posting_id", "starts_on", "ends_on"):
        spans[posting_id].append(DateSpan(start, end))
    return {key: tuple(found) for key, found in spans.items()}


def stays_of(postings: Iterable[Posting], today: datetime.date) -> list[Stay]:
    """Return the real stays of the postings, absences taken along. Needs ``staff`` selected with the postings."""
    rows = list(postings)
    absences = absences_by_posting(row.pk for row in rows)
    stays = []
    for row in rows:
        span = stayed_span(row, today)
        if span is not None:
            stays.append(_stay(row, span, absences.get(row.pk, ()), StayBasis.ACTUAL))
    return stays


def planned_stays_of(postings: Iterable[Posting]) -> list[Stay]:
    """Return the stays as planned, real days where they are known."""
    rows = list(postings)
    absences = absences_by_posting(row.pk for row in rows)
    spans = [(row, expected_span(row)) for row in rows]
    return [_stay(row, span, absences.get(row.pk, ()), StayBasis.PLANNED) for row, span in spans if span is not None]


def _stay(posting: Posting, span: DateSpan, absences: tuple[DateSpan, ...], basis: StayBasis) -> Stay:
    inside = tuple(part for part in (each.intersection(span) for each in absences) if part is not None)
    return Stay(
        key=str(posting.pk),
        person=str(posting.staff_id),
        site=str(posting.to_institution_id),
        span=span,
        absences=inside,
        title_rank=rank_of(posting.held_title_rank),
        specialty=posting.specialty,
        basis=basis,
    )


def is_mostly_in(span: DateSpan, spans: Sequence[DateSpan]) -> bool:
    """Tell whether more than half of a period's days lie in one of these spans."""
    days = (span.end - span.start).days + 1
    inside = [part for part in (each.intersection(span) for each in spans) if part is not None]
    return any(((part.end - part.start).days + 1) * 2 > days for part in inside)
