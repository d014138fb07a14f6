"""Every reading of evaluations, within the asker's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.indicators.models import Evaluation, EvaluationEvent, EvaluationResult, EvaluationUnit, IndicatorValue
from lianyi.indicators.models.values import SheetState

ACCEPTED = (SheetState.ACCEPTED, SheetState.LOCKED)
_NAMED = ("node", "agreement", "table", "supersedes", "superseded_by")


def evaluations(actor: Actor) -> QuerySet[Evaluation, Any]:
    """Return the evaluations within reach, the newest first, each version a row."""
    return scoped(actor, Evaluation.objects.select_related(*_NAMED)).order_by("-pk")


def evaluation(actor: Actor, pk: int) -> Evaluation:
    """Return one version.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Evaluation.objects.select_related(*_NAMED), pk)


def units_of(actor: Actor, row: Evaluation) -> list[EvaluationUnit]:
    return list(scoped(actor, EvaluationUnit.objects.filter(evaluation=row).select_related("node")).order_by("pk"))


def events_of(actor: Actor, row: Evaluation) -> list[EvaluationEvent]:
    rows = EvaluationEvent.objects.filter(evaluation=row).select_related("user")
    return list(scoped(actor, rows).order_by("pk"))


def newest_result(actor: Actor, row: Evaluation) -> EvaluationResult | None:
    """Return what was computed last of this version."""
    rows = EvaluationResult.objects.filter(evaluation=row).select_related("user")
    return scoped(actor, rows).order_by("pk").last()


def versions_of(actor: Actor, row: Evaluation) -> list[Evaluation]:
    """Return the versions of the question within reach, the first one first."""
    return list(scoped(actor, Evaluation.objects.filter(code=row.code)).order_by("number"))


def accepted_values(actor: Actor, codes: list[str], nodes: list[int], period: str) -> QuerySet[IndicatorValue, Any]:
    """Return the accepted or locked values within reach of some indicators and units, in the order of time."""
    rows = IndicatorValue.objects.filter(
        code__in=codes, node_id__in=nodes, sheet__period=period, sheet__state__in=ACCEPTED, numerator__isnull=False
    )
    return scoped(actor, rows.select_related("node", "sheet")).order_by("period_start", "definition_version", "pk")
