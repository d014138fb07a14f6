"""Evidence of a round: a written reference with its day and holder, attached once for all items that it supports."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands.performance import note_event, require_state
from lianyi.indicators.models.performance import PerformanceAssessment, PerformanceEvidence, PerformanceState
from lianyi.indicators.performance_authority import require_party
from lianyi.indicators.performance_machine import Party
from lianyi.indicators.performance_numbers import duties_of
from lianyi.indicators.performance_rulebook import scheme_of

_ATTACHED_IN = {Party.ASSESSED: PerformanceState.DRAFT, Party.OUTSIDE: PerformanceState.SUBMITTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """A reference in words, when it is dated, who holds it, and the items and the record that it stands for."""

    what: str
    holder: str
    items: Sequence[str]
    dated_on: datetime.date | None = None
    leads_to_agreement: bool = False
    duty_id: int | None = None


@command("indicators.performance.evidence")
def attach_evidence(
    context: CommandContext, row: PerformanceAssessment, party: Party, new: NewEvidence
) -> PerformanceEvidence:
    """Attach a piece of evidence: the assessed side while it scores itself, the assessor while scoring from outside."""
    require_party(context.actor, party, row)
    require_state(row, (_ATTACHED_IN[party],))
    check_evidence(row, new)
    number = (row.evidence.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    found = PerformanceEvidence.objects.create(
        assessment=row, number=number, user_id=context.actor.user_id, **_fields(row, new)
    )
    note_event(context, row, "evidence", row.state, {"number": number}).save()
    record(context, "indicators.performance.evidence", found, before=None, after=creation_facts(found))
    return found


@command("indicators.performance.evidence_change")
def change_evidence(
    context: CommandContext, piece: PerformanceEvidence, party: Party, new: NewEvidence, expected_version: int
) -> PerformanceEvidence:
    """Correct a piece of evidence while its side still scores, also to say that it supports other items."""
    row = piece.assessment
    require_party(context.actor, party, row)
    require_state(row, (_ATTACHED_IN[party],))
    check_evidence(row, new)
    changes = _fields(row, new)
    before = snapshot(piece, changes)
    save_changes(piece, changes, expected_version)
    note_event(context, row, "evidence", row.state, {"number": piece.number}).save()
    record(context, "indicators.performance.evidence_change", piece, before=before, after=snapshot(piece, changes))
    return piece


def _fields(row: PerformanceAssessment, new: NewEvidence) -> dict[str, Any]:
    return {
        "what": new.what.strip(),
        "dated_on": new.dated_on,
        "holder": new.holder.strip(),
        "items": sorted(set(new.items)),
        "agreement_id": row.agreement_id if new.leads_to_agreement else None,
        "duty_id": new.duty_id,
    }


def check_evidence(row: PerformanceAssessment, new: NewEvidence) -> None:
    """Refuse what is no evidence.

    Raises
    ------
    InvalidInputError
    """
    scheme = scheme_of(row)
    unknown = [each for each in new.items if scheme.item(each) is None]
    if unknown or not new.items:
        raise InvalidInputError(
            f"Evidence supports items of the scheme; unknown: {', '.join(unknown) or 'none is named'}.",
            field="items",
            reason="performance-evidence-items",
            given=unknown,
        )
    for name in ("what", "holder"):
        if not getattr(new, name).strip():
            raise InvalidInputError(
                "Say what the evidence is and who holds it.", field=name, reason="performance-evidence-unsaid"
            )
    if new.dated_on is not None and new.dated_on > timezone.localdate():
        raise InvalidInputError(
            f"{new.dated_on} is in the future.",
            field="dated_on",
            reason="performance-evidence-in-future",
            given=new.dated_on,
        )
    if new.duty_id is not None and new.duty_id not in duties_of(row):
        raise InvalidInputError(
            "The duty is none of the agreement of this round.", field="duty", reason="performance-evidence-duty"
        )
