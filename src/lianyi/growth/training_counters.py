"""What training proves of the duties: sessions held as training, free clinics as free clinics, each once.

Without a session under the agreement nothing is judged: then nobody keeps records of training here, and no record is
not the same as no training. A duty may name in its conditions the ``kinds`` that count and the ``least_minutes``.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy

from lianyi.accounts.records import Provenance
from lianyi.growth.models.training import SessionKind, SessionState, TrainingSession
from lianyi.partnerships.duty_conditions import DutyCondition, register_duty_condition
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter

ROWS_URL = "growth:training-evidence"
TRAINING_KINDS = frozenset(SessionKind.values) - {SessionKind.FREE_CLINIC}
CLINIC_KINDS = frozenset({SessionKind.FREE_CLINIC.value})
Count = Callable[[Sequence[CountRequest]], Sequence[Evidence | None]]


def _counted(kinds: frozenset[str]) -> Count:
    def run(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
        agreements = {request.duty.agreement_id for request in requests}
        rows: defaultdict[int, list[TrainingSession]] = defaultdict(list)
        # Reported sessions stand in a text; only what was recorded, or is a marked sample, counts.
        found = TrainingSession.objects.filter(agreement_id__in=agreements).exclude(provenance=Provenance.REPORTED)
        for row in found.order_by("pk"):
            rows[row.agreement_id].append(row)
        return [_evidence(request, rows[request.duty.agreement_id], kinds) for request in requests]

    return run


def _evidence(request: CountRequest, rows: Sequence[TrainingSession], kinds: frozenset[str]) -> Evidence | None:
    if not rows:
        return None
    held = [row for row in rows if row.state == SessionState.HELD and row.kind in kinds and _fits(row, request)]
    return Evidence(
        value=Decimal(len(held)),
        row_ids=tuple(row.pk for row in held),
        sample_rows=sum(row.provenance == Provenance.SAMPLE for row in held),
        detail=dict(Tally(row.kind for row in held)),
    )


def _fits(row: TrainingSession, request: CountRequest) -> bool:
    conditions = request.duty.parameters
    if row.held_on is None or row.held_on not in request.span:
        return False
    if conditions.get("kinds") and row.kind not in conditions["kinds"]:
        return False
    return (row.held_minutes or 0) >= int(conditions.get("least_minutes") or 0)


CONDITIONS = (
    DutyCondition(
        "kinds",
        gettext_lazy("Kinds that count"),
        gettext_lazy("For training sessions only. None chosen: all kinds of training count."),
        frozenset({EvidenceKind.TRAINING_SESSIONS.value}),
        tuple((kind.value, kind.label) for kind in SessionKind if kind.value in TRAINING_KINDS),
    ),
    DutyCondition(
        "least_minutes",
        gettext_lazy("Least minutes of each"),
        gettext_lazy("For training sessions and free clinics only: what was held shorter does not count."),
        frozenset({EvidenceKind.TRAINING_SESSIONS.value, EvidenceKind.FREE_CLINICS.value}),
        most=1440,
    ),
)


def register() -> None:
    """Register the counters and the conditions that they look at; once, when the application starts."""
    for condition in CONDITIONS:
        register_duty_condition(condition)
    for kind, kinds in (
        (EvidenceKind.TRAINING_SESSIONS, TRAINING_KINDS),
        (EvidenceKind.FREE_CLINICS, CLINIC_KINDS),
    ):
        register_counter(Counter(kind=kind, rows_url=ROWS_URL, count=_counted(kinds)))
