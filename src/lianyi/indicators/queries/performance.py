"""Every reading of performance assessments, within the asker's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.indicators.models.performance import (
    PerformanceAssessment,
    PerformanceEvent,
    PerformanceEvidence,
    PerformanceObjection,
    PerformanceState,
)

_NAMED = ("institution__place", "alliance", "agreement", "corrects")


def rounds(actor: Actor) -> QuerySet[PerformanceAssessment, Any]:
    """Return the rounds within reach, latest first; withdrawn ones are left out."""
    rows = scoped(actor, PerformanceAssessment.objects.exclude(state=PerformanceState.WITHDRAWN))
    return rows.select_related(*_NAMED).prefetch_related("findings").order_by("-period_to", "-pk")


def round_of(actor: Actor, pk: int) -> PerformanceAssessment:
    """Return one round, also a withdrawn one: its page says so.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = PerformanceAssessment.objects.select_related(*_NAMED).prefetch_related("findings")
    return get_in_scope(actor, rows, pk)


def evidence_of(actor: Actor, row: PerformanceAssessment) -> list[PerformanceEvidence]:
    rows = PerformanceEvidence.objects.filter(assessment=row).select_related("agreement", "duty", "user")
    return list(scoped(actor, rows).order_by("number"))


def piece(actor: Actor, pk: int) -> PerformanceEvidence:
    rows = PerformanceEvidence.objects.select_related("assessment__institution", "agreement", "duty")
    return get_in_scope(actor, rows, pk)


def objections_of(actor: Actor, row: PerformanceAssessment) -> list[PerformanceObjection]:
    rows = PerformanceObjection.objects.filter(assessment=row).select_related("raised_by", "answered_by")
    return list(scoped(actor, rows).order_by("pk"))


def objection(actor: Actor, pk: int) -> PerformanceObjection:
    rows = PerformanceObjection.objects.select_related("assessment__institution", "assessment__agreement")
    return get_in_scope(actor, rows, pk)


def events_of(actor: Actor, row: PerformanceAssessment) -> list[PerformanceEvent]:
    rows = scoped(actor, PerformanceEvent.objects.filter(assessment=row).select_related("user"))
    return list(rows.order_by("pk"))


def frozen_beside(actor: Actor, row: PerformanceAssessment) -> list[PerformanceAssessment]:
    """Return the frozen rounds within reach by the same scheme for the same period, this one with them."""
    rows = PerformanceAssessment.objects.filter(
        scheme=row.scheme, period_from=row.period_from, period_to=row.period_to, state=PerformanceState.FROZEN
    )
    corrected = PerformanceAssessment.objects.filter(state=PerformanceState.FROZEN, corrects__isnull=False)
    return list(scoped(actor, rows.exclude(pk__in=corrected.values("corrects_id"))))
