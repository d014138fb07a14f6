"""What techniques prove of a duty: each technique counts once, on the day from which it was signed as done alone.

Without any technique under the agreement nothing is judged: then nobody keeps records of them here, and no record is
not the same as nothing learnt. A technique that names no duty counts toward the only duty of its kind, if there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.records import Provenance
from lianyi.growth.models import DepartmentTechnique
from lianyi.growth.technique_ladders import ladder_of
from lianyi.methods.technique_ladder import Ladder, Rung, Standing
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter
from lianyi.partnerships.models import Duty

ROWS_URL = "growth:technique-evidence"
_SUSTAINED = (Standing.SUSTAINED_6, Standing.SUSTAINED_12)


def count_techniques(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the techniques done alone in each period, with three queries for all of them."""
    today = timezone.localdate()
    agreements = {request.duty.agreement_id for request in requests}
    only = _only_duties(agreements)
    named = Q(agreement_id__in=agreements) | Q(duty__agreement_id__in=agreements)
    techniques = DepartmentTechnique.objects.filter(named).select_related("department", "duty")
    laid: defaultdict[int, list[tuple[DepartmentTechnique, Ladder]]] = defaultdict(list)
    kept_for: set[int] = set()
    for row in techniques.prefetch_related("cases").order_by("pk"):
        kept_for |= {row.agreement_id, row.agreement_id if row.duty is None else row.duty.agreement_id}
        duty_id = row.duty_id or only.get(row.agreement_id)
        if duty_id is not None:
            laid[duty_id].append((row, ladder_of(row, today)))
    return [
        _evidence(request, laid[request.duty.pk]) if request.duty.agreement_id in kept_for else None
        for request in requests
    ]


def _only_duties(agreements: Iterable[int]) -> dict[int, int]:
    """Return the duty about techniques of those agreements that have exactly one."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = Duty.objects.filter(agreement_id__in=agreements, evidence_kind=EvidenceKind.TECHNIQUES_INDEPENDENT)
    for agreement_id, pk in rows.order_by("pk").values_list("agreement_id", "pk"):
        found[agreement_id].append(pk)
    return {agreement_id: ids[0] for agreement_id, ids in found.items() if len(ids) == 1}


def _evidence(request: CountRequest, laid: Sequence[tuple[DepartmentTechnique, Ladder]]) -> Evidence:
    counted = [
        (row, ladder)
        for row, ladder in laid
        if (day := ladder.reached_on(Rung.INDEPENDENT)) is not None and day in request.span
    ]
    return Evidence(
        value=Decimal(len(counted)),
        row_ids=tuple(row.pk for row, _ladder in counted),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row, _ladder in counted),
        detail={
            "learning": sum(ladder.reached_on(Rung.INDEPENDENT) is None for _row, ladder in laid),
            "sustained": sum(ladder.standing in _SUSTAINED for _row, ladder in counted),
            "lapsed": sum(ladder.standing is Standing.LAPSED for _row, ladder in counted),
        },
    )


def register() -> None:
    """Register the counter; once, when the application starts."""
    register_counter(Counter(kind=EvidenceKind.TECHNIQUES_INDEPENDENT, rows_url=ROWS_URL, count=count_techniques))
