"""What visits and actions prove of a duty: visits held, and agreed actions that were checked by another and closed.

Difficulties of members count toward nothing: their number, where it is small, would tell of a person.
"""

from __future__ import annotations

from collections import Counter as Counting
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q

from lianyi.accounts.records import Provenance
from lianyi.exchanges.models import HELD_STATES, Action, ActionState, ExchangeVisit, PointKind
from lianyi.exchanges.standing import standing_in, with_standing
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter
from lianyi.partnerships.models import Duty


def register() -> None:
    """Register both counters; once, when the application starts."""
    register_counter(Counter(EvidenceKind.VISITS_HELD, "exchanges:visit-evidence", count_visits))
    register_counter(Counter(EvidenceKind.ACTIONS_CLOSED, "exchanges:action-evidence", count_actions))


def count_visits(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the visits that began in each period. What a published text reports counts toward nothing."""
    agreements = {request.duty.agreement_id for request in requests}
    held: defaultdict[int | None, list[ExchangeVisit]] = defaultdict(list)
    rows = ExchangeVisit.objects.filter(agreement_id__in=agreements, state__in=HELD_STATES)
    for row in rows.exclude(provenance=Provenance.REPORTED).order_by("starts_on", "pk"):
        held[row.agreement_id].append(row)
    return [_visits(request, held[request.duty.agreement_id]) for request in requests]


def _visits(request: CountRequest, held: Sequence[ExchangeVisit]) -> Evidence:
    rows = [row for row in held if row.starts_on in request.span]
    return Evidence(
        value=Decimal(len(rows)),
        row_ids=tuple(row.pk for row in rows),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in rows),
        detail={"minutes_agreed": sum(row.state == "minutes_agreed" for row in rows)},
    )


def count_actions(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the actions that were checked and closed in each period and have not come back since.

    An action counts once: toward the duty that it names, or toward the only duty of this kind that its agreement has.
    """
    agreements = {request.duty.agreement_id for request in requests}
    closed: defaultdict[int | None, list[Action]] = defaultdict(list)
    own = Q(duty__isnull=True, point__visit__agreement_id__in=agreements)
    named = Q(duty_id__in={request.duty.pk for request in requests})
    rows = with_standing(Action.objects.filter(own | named, closed_on__isnull=False))
    rows = standing_in(rows, [ActionState.CLOSED]).exclude(point__kind=PointKind.DIFFICULTY)
    for row in (
        rows.exclude(provenance=Provenance.REPORTED).select_related("point__visit", "duty").order_by("closed_on", "pk")
    ):
        closed[row.point.visit.agreement_id if row.duty is None else row.duty.agreement_id].append(row)
    kind = EvidenceKind.ACTIONS_CLOSED
    number = Counting(
        Duty.objects.filter(agreement__in=agreements, evidence_kind=kind).values_list("agreement", flat=True)
    )
    return [
        _actions(request, closed[request.duty.agreement_id], is_only=number[request.duty.agreement_id] == 1)
        for request in requests
    ]


def _actions(request: CountRequest, closed: Sequence[Action], *, is_only: bool) -> Evidence:
    toward = (None, request.duty.pk) if is_only else (request.duty.pk,)
    rows = [
        row for row in closed if row.duty_id in toward and row.closed_on is not None and row.closed_on in request.span
    ]
    return Evidence(
        value=Decimal(len(rows)),
        row_ids=tuple(row.pk for row in rows),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in rows),
        detail={"came_back_before": sum(bool(row.recurrence_count) for row in rows)},  # type: ignore[attr-defined]
    )
