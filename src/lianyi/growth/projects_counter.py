"""What milestones of projects prove of a duty: each one that another side has signed counts once, on its day.

A project names the duty it serves. A duty that no project names is not judged: then nobody keeps records here. What a
public report tells counts toward nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from lianyi.accounts.records import Provenance
from lianyi.growth.models import Milestone, Project
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter

ROWS_URL = "growth:project-evidence"


def count_milestones(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the signed milestones reached in each period, with two queries for all of them."""
    duties = {request.duty.pk for request in requests}
    served = set(Project.objects.filter(duty_id__in=duties).values_list("duty_id", flat=True))
    found: defaultdict[int, list[Milestone]] = defaultdict(list)
    rows = Milestone.objects.filter(project__duty_id__in=duties, verified_on__isnull=False)
    for row in rows.exclude(provenance=Provenance.REPORTED).select_related("project").order_by("reached_on", "pk"):
        if row.project.duty_id is not None:
            found[row.project.duty_id].append(row)
    return [_evidence(request, found[request.duty.pk]) if request.duty.pk in served else None for request in requests]


def _evidence(request: CountRequest, milestones: Sequence[Milestone]) -> Evidence:
    rows = [row for row in milestones if row.reached_on is not None and row.reached_on in request.span]
    return Evidence(
        value=Decimal(len(rows)),
        row_ids=tuple(row.pk for row in rows),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in rows),
        detail={"projects": len({row.project_id for row in rows})},
    )


def register() -> None:
    register_counter(Counter(kind=EvidenceKind.PROJECT_MILESTONES, rows_url=ROWS_URL, count=count_milestones))
