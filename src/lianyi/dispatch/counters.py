"""What postings prove of the duties of an agreement: one counter for each kind of evidence."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from lianyi.accounts.records import Provenance
from lianyi.dispatch.models import Posting, PostingKind, PostingState
from lianyi.dispatch.recipients import SUPPORTED_SIDES, recipients
from lianyi.dispatch.stays import SUPPORT_KINDS, rank_of, stays_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.presence import CalendarCoverage, Stay, calendar_coverage, headcount, person_days
from lianyi.methods.staffing import specialty_cover
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter
from lianyi.partnerships.models import ANY_SITE, AgreementParty
from lianyi.registry.models import Institution

ROWS_URL = "dispatch:evidence"
Found = tuple[list[Posting], list[Stay]]
Count = Callable[[CountRequest, list[Posting], list[Stay]], Evidence]


def relevant_postings(requests: Sequence[CountRequest], kinds: Sequence[str]) -> list[Posting]:
    """Return the postings of these agreements that really began, of the kinds that count, with one query."""
    rows = Posting.objects.filter(
        agreement_id__in={request.duty.agreement_id for request in requests},
        kind__in=kinds,
        arrived_on__isnull=False,
    )
    return list(rows.exclude(state=PostingState.VOID).select_related("staff", "to_institution").order_by("pk"))


def _fits(posting: Posting, request: CountRequest) -> bool:
    """Tell whether a posting meets the conditions written into the duty."""
    conditions = request.duty.parameters
    least = conditions.get("title_rank")
    if least and rank_of(posting.held_title_rank) < rank_of(least):
        return False
    kinds = conditions.get("kinds")
    return not kinds or posting.kind in kinds


def _counted(kinds: Sequence[str], count: Count) -> Callable[[Sequence[CountRequest]], Sequence[Evidence]]:
    def run(requests: Sequence[CountRequest]) -> Sequence[Evidence]:
        today = timezone.localdate()
        by_agreement = _by_agreement(relevant_postings(requests, kinds), today)
        return [count(request, *_within(request, by_agreement[request.duty.agreement_id])) for request in requests]

    return run


def _by_agreement(rows: Sequence[Posting], today: datetime.date) -> defaultdict[int, Found]:
    agreement_of = {str(row.pk): row.agreement_id for row in rows}
    found: defaultdict[int, Found] = defaultdict(lambda: ([], []))
    for row in rows:
        found[row.agreement_id][0].append(row)
    for stay in stays_of(rows, today):
        found[agreement_of[stay.key]][1].append(stay)
    return found


def _within(request: CountRequest, found: Found) -> Found:
    """Keep the postings whose stay touches the period and that meet the duty's conditions."""
    rows, stays = found
    fitting = {row.pk: row for row in rows if _fits(row, request)}
    touching = [stay for stay in stays if int(stay.key) in fitting and stay.span.overlaps(request.span)]
    return [fitting[int(stay.key)] for stay in touching], touching


def _evidence(
    rows: Sequence[Posting],
    value: Decimal | int,
    numerator: Decimal | int | None = None,
    denominator: Decimal | int | None = None,
    **detail: object,
) -> Evidence:
    return Evidence(
        value=Decimal(value),
        row_ids=tuple(sorted(row.pk for row in rows)),
        numerator=None if numerator is None else Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in rows),
        detail=detail,
    )


def _persons(request: CountRequest, rows: list[Posting], stays: list[Stay]) -> Evidence:
    return _evidence(rows, headcount(stays, request.span).count)


def _person_days(request: CountRequest, rows: list[Posting], stays: list[Stay]) -> Evidence:
    return _evidence(rows, person_days(stays, request.span).total)


@dataclass(frozen=True, slots=True)
class _SitePresence:
    """The days with somebody at one institution."""

    site: Institution
    coverage: CalendarCoverage
    rows: list[Posting]

    @property
    def share(self) -> Decimal:
        return (Decimal(self.coverage.covered_days) / Decimal(self.coverage.window_days)).quantize(Decimal("0.0001"))


def _count_presence(requests: Sequence[CountRequest]) -> Sequence[Evidence]:
    """Count the days with somebody on site, for each supported institution; the worst of them is what was delivered."""
    by_agreement = _by_agreement(relevant_postings(requests, SUPPORT_KINDS), timezone.localdate())
    parties: defaultdict[int, list[AgreementParty]] = defaultdict(list)
    for party in AgreementParty.objects.filter(agreement_id__in=list(by_agreement), side__in=SUPPORTED_SIDES):
        parties[party.agreement_id].append(party)
    counted = []
    for request in requests:
        found = by_agreement[request.duty.agreement_id]
        # Where people ever went under the agreement: a year in which nobody came there counts against it.
        served = {row.to_institution_id: row.to_institution for row in found[0] if _fits(row, request)}
        sites = [served[pk] for pk in recipients(parties[request.duty.agreement_id], served)]
        is_pooled = request.duty.parameters.get(ANY_SITE) or not sites
        counted.append(_presence_anywhere(request, found) if is_pooled else _presence(request, found, sites))
    return counted


def _presence_anywhere(request: CountRequest, found: Found) -> Evidence:
    rows, stays = _within(request, found)
    coverage = calendar_coverage(stays, request.span)
    share = (Decimal(coverage.covered_days) / Decimal(request.span.days)).quantize(Decimal("0.0001"))
    return _evidence(rows, share, coverage.covered_days, request.span.days, gaps=_days(coverage.gaps))


def _presence(request: CountRequest, found: Found, sites: Sequence[Institution]) -> Evidence:
    rows, stays = _within(request, found)
    each = [
        _SitePresence(
            site,
            calendar_coverage([stay for stay in stays if int(stay.site) == site.pk], request.span),
            [row for row in rows if row.to_institution_id == site.pk],
        )
        for site in sites
    ]
    worst = min(each, key=lambda one: (one.coverage.covered_days, one.site.code))
    mean = (sum((one.share for one in each), Decimal(0)) / len(each)).quantize(Decimal("0.0001"))
    return _evidence(
        [row for one in each for row in one.rows],
        worst.share,
        worst.coverage.covered_days,
        request.span.days,
        gaps=_days(worst.coverage.gaps),
        site=worst.site,
        sites=len(each),
        mean=mean,
    )


def _days(gaps: Sequence[DateSpan]) -> list[tuple[str, str]]:
    return [(gap.start.isoformat(), gap.end.isoformat()) for gap in gaps]


def _specialties(request: CountRequest, rows: list[Posting], stays: list[Stay]) -> Evidence:
    needs = request.duty.parameters.get("specialties", [])
    cover = specialty_cover(stays, needs, request.span)
    return _evidence(
        rows, len(cover.covered), len(cover.covered), len(needs), missing=list(cover.missing), extra=list(cover.extra)
    )


def _sites(_request: CountRequest, rows: list[Posting], _stays: list[Stay]) -> Evidence:
    return _evidence(rows, len({row.to_institution_id for row in rows}))


def _batches(_request: CountRequest, rows: list[Posting], _stays: list[Stay]) -> Evidence:
    return _evidence(rows, len({row.batch_id for row in rows if row.batch_id is not None}))


def _stationed(request: CountRequest, rows: list[Posting], stays: list[Stay]) -> Evidence:
    """Doctors of middle grade and above whose days within the period reach the least number that the duty names."""
    doctors = {str(row.pk) for row in rows if row.staff.profession == "doctor"}
    middle = rank_of("intermediate")
    least_days = int(request.duty.parameters.get("minimum_days", 1))
    counted = [stay for stay in stays if stay.key in doctors and stay.title_rank >= middle]
    days = person_days(counted, request.span).by_person
    persons = {person for person, served in days if served >= least_days}
    used = [row for row in rows if str(row.staff_id) in persons]
    return _evidence(used, len(persons), minimum_days=least_days)


def register() -> None:
    """Register every counter of this application."""
    kinds = EvidenceKind
    support = SUPPORT_KINDS
    counts: tuple[tuple[EvidenceKind, Sequence[str], Count], ...] = (
        (kinds.PERSONS_POSTED, (*support, PostingKind.FIRST_SECRETARY), _persons),
        (kinds.PERSON_DAYS_ON_SITE, support, _person_days),
        (kinds.SPECIALTIES_COVERED, support, _specialties),
        (kinds.SITES_SERVED, support, _sites),
        (kinds.BATCHES_SENT, support, _batches),
        (kinds.PERSONS_SECONDED_UP, (PostingKind.SECONDMENT_UP,), _persons),
        (kinds.STATIONED_MID_GRADE_DOCTORS, support, _stationed),
        (kinds.EXECUTIVE_DEANS, (PostingKind.EXECUTIVE_DEAN,), _persons),
    )
    register_counter(Counter(kind=kinds.UNBROKEN_PRESENCE, rows_url=ROWS_URL, count=_count_presence))
    for kind, posting_kinds, count in counts:
        register_counter(Counter(kind=kind, rows_url=ROWS_URL, count=_counted(posting_kinds, count)))
