"""What pairs prove of a duty: each pair counts once, in the period in which it began.

A pair that names no duty counts toward the only duty of its kind under its agreement, if there is one. Without any pair
under the agreement nothing is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from lianyi.accounts.records import Provenance
from lianyi.growth.models import LogbookState, MentorPair
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter
from lianyi.partnerships.models import Duty

ROWS_URL = "growth:mentor-evidence"


def count_pairs(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the pairs that began in each period, with three queries for all of them."""
    agreements = {request.duty.agreement_id for request in requests}
    duties: defaultdict[int, list[int]] = defaultdict(list)
    rows = Duty.objects.filter(agreement_id__in=agreements, evidence_kind=EvidenceKind.MENTOR_PAIRS).order_by("pk")
    for agreement_id, pk in rows.values_list("agreement_id", "pk"):
        duties[agreement_id].append(pk)
    laid: defaultdict[int, list[MentorPair]] = defaultdict(list)
    kept_for = set()
    for row in MentorPair.objects.filter(agreement_id__in=agreements).order_by("pk"):
        kept_for.add(row.agreement_id)
        own = duties[row.agreement_id]
        duty_id = row.duty_id or (own[0] if len(own) == 1 else None)
        if duty_id is not None:
            laid[duty_id].append(row)
    written = set(
        MentorPair.objects.filter(agreement_id__in=agreements, goals__lines__state=LogbookState.CONFIRMED)
        .order_by()
        .values_list("pk", flat=True)
    )
    return [
        _evidence(request, laid[request.duty.pk], written) if request.duty.agreement_id in kept_for else None
        for request in requests
    ]


def _evidence(request: CountRequest, laid: Sequence[MentorPair], written: set[int]) -> Evidence:
    counted = [row for row in laid if row.starts_on in request.span]
    return Evidence(
        value=Decimal(len(counted)),
        row_ids=tuple(row.pk for row in counted),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in counted),
        detail={
            "with_logbook": sum(row.pk in written for row in counted),
            "ended": sum(row.ended_on is not None for row in counted),
        },
    )


def register() -> None:
    """Register the counter; once, when the application starts."""
    register_counter(Counter(kind=EvidenceKind.MENTOR_PAIRS, rows_url=ROWS_URL, count=count_pairs))
