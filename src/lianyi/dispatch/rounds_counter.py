"""What visits of rounds prove of a duty: every visit that was made, shortened ones among them, counts as a round held.

Without a programme of rounds under the agreement nothing is judged: then nobody keeps records here, and no record is
not the same as no round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from lianyi.accounts.records import Provenance
from lianyi.dispatch.models import HELD_STATES, RoundProgramme, RoundVisit, VisitState
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter

ROWS_URL = "dispatch:round-evidence"


def count_rounds(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the visits made in each period, with two queries for all of them."""
    agreements = {request.duty.agreement_id for request in requests}
    spans: defaultdict[int, list[DateSpan]] = defaultdict(list)
    for agreement_id, first, last in RoundProgramme.objects.filter(agreement_id__in=agreements).values_list(
        "agreement_id", "starts_on", "ends_on"
    ):
        spans[agreement_id].append(DateSpan(first, last))
    held: defaultdict[int, list[RoundVisit]] = defaultdict(list)
    rows = RoundVisit.objects.filter(stop__programme__agreement_id__in=agreements, state__in=HELD_STATES)
    for row in rows.select_related("stop__programme").order_by("pk"):
        held[row.stop.programme.agreement_id].append(row)
    return [_evidence(request, spans, held) for request in requests]


def _evidence(
    request: CountRequest, spans: dict[int, list[DateSpan]], held: dict[int, list[RoundVisit]]
) -> Evidence | None:
    agreement_id = request.duty.agreement_id
    if not any(span.overlaps(request.span) for span in spans.get(agreement_id, [])):
        return None
    rows = [row for row in held.get(agreement_id, []) if row.held_on is not None and row.held_on in request.span]
    return Evidence(
        value=Decimal(len(rows)),
        row_ids=tuple(row.pk for row in rows),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in rows),
        detail={
            "shortened": sum(row.state == VisitState.SHORTENED for row in rows),
            "stops": len({row.stop_id for row in rows}),
        },
    )


def register() -> None:
    """Register the counter; once, when the application starts."""
    register_counter(Counter(kind=EvidenceKind.ROUNDS_HELD, rows_url=ROWS_URL, count=count_rounds))
