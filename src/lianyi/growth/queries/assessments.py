"""Every reading of assessments, within the asker's reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.models import AssessmentEvent, AssessmentItem, AssessmentState, CapabilityAssessment
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution

_NAMED = ("institution__place", "department", "agreement")


def assessments(actor: Actor) -> QuerySet[CapabilityAssessment, Any]:
    """Return the assessments within reach with their items, latest first; withdrawn ones are left out."""
    rows = scoped(actor, CapabilityAssessment.objects.exclude(state=AssessmentState.WITHDRAWN))
    return rows.select_related(*_NAMED).prefetch_related(_items()).order_by("-assessed_on", "-pk")


def _items() -> Prefetch[str]:
    return Prefetch("items", AssessmentItem.objects.order_by("pk"))


def assessment(actor: Actor, pk: int) -> CapabilityAssessment:
    """Return one assessment, also a withdrawn one: its page says so.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = CapabilityAssessment.objects.select_related(*_NAMED).prefetch_related(_items())
    return get_in_scope(actor, rows, pk)


def events_of(actor: Actor, row: CapabilityAssessment) -> list[AssessmentEvent]:
    rows = scoped(actor, AssessmentEvent.objects.filter(assessment=row).select_related("user"))
    return list(rows.order_by("pk"))


def comparable(actor: Actor, row: CapabilityAssessment, ids: Iterable[str]) -> list[CapabilityAssessment]:
    """Return the other assessments of the same institution or department by a checklist of the same series."""
    rows = assessments(actor).filter(
        institution_id=row.institution_id, department_id=row.department_id, checklist__in=list(ids)
    )
    return list(rows.exclude(pk=row.pk))


def finals_of(actor: Actor, institution_ids: Iterable[int]) -> list[CapabilityAssessment]:
    """Return all final assessments of some institutions, oldest first."""
    rows = assessments(actor).filter(institution_id__in=list(institution_ids), state=AssessmentState.FINAL)
    return list(rows.order_by("assessed_on", "pk"))


def newest_finals(rows: Iterable[CapabilityAssessment]) -> Mapping[tuple[int, int | None, str], CapabilityAssessment]:
    """Return of rows in the order of time the newest of each institution, department and checklist."""
    return {(row.institution_id, row.department_id, row.checklist): row for row in rows}


def supported_institutions(actor: Actor, agreement: Agreement) -> list[Institution]:
    """Return the institutions that an agreement supports, as far as the actor sees the agreement."""
    parties = scoped(actor, agreement.parties.filter(side="supported")).values("institution_id")
    return list(Institution.objects.filter(pk__in=parties).select_related("place", "node").order_by("code"))
