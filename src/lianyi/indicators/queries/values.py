"""Every reading of reporting duties, sheets and values, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import ExpressionWrapper, FloatField, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act
from lianyi.indicators.models import (
    IndicatorSheet,
    IndicatorSheetEvent,
    IndicatorValue,
    IndicatorValueChange,
    ReportingAssignment,
)


def assignments(actor: Actor) -> QuerySet[ReportingAssignment, Any]:
    rows = scoped(actor, ReportingAssignment.objects.select_related("node"))
    return rows.order_by("family", "node__path", "starts_on", "pk")


def assignment(actor: Actor, pk: int) -> ReportingAssignment:
    return get_in_scope(actor, ReportingAssignment.objects.select_related("node"), pk)


def assigned_between(rows: QuerySet[ReportingAssignment, Any], first: datetime.date, last: datetime.date) -> Any:  # noqa: ANN401
    """Return the duties that hold on some day between the two."""
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)


def sheets(actor: Actor) -> QuerySet[IndicatorSheet, Any]:
    """Return the sheets within reach, newest period first."""
    rows = scoped(actor, IndicatorSheet.objects.select_related("node"))
    return rows.order_by("-period_start", "node__path", "family", "pk")


def sheet(actor: Actor, pk: int) -> IndicatorSheet:
    """Return one sheet.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, IndicatorSheet.objects.select_related("node"), pk)


def with_events(rows: QuerySet[IndicatorSheet, Any]) -> QuerySet[IndicatorSheet, Any]:
    return rows.prefetch_related(Prefetch("events", IndicatorSheetEvent.objects.order_by("pk")))


def events_of(actor: Actor, row: IndicatorSheet) -> list[IndicatorSheetEvent]:
    rows = scoped(actor, IndicatorSheetEvent.objects.filter(sheet=row).select_related("user"))
    return list(rows.order_by("pk"))


def waiting_for(actor: Actor, states: Iterable[str], act: Act) -> QuerySet[IndicatorSheet, Any]:
    """Return the sheets in some states on which the actor may do this."""
    return scoped(actor, IndicatorSheet.objects.filter(state__in=list(states)), act)


def values(actor: Actor) -> QuerySet[IndicatorValue, Any]:
    """Return the values within reach, newest period first.

    ``quotient`` orders them within one indicator as their values do: numerator by denominator, or the numerator.
    """
    by = NullIf(Coalesce(Cast("denominator", FloatField()), Value(1.0)), Value(0.0))
    quotient = ExpressionWrapper(Cast("numerator", FloatField()) / by, output_field=FloatField())
    rows = scoped(actor, IndicatorValue.objects.select_related("node", "sheet").annotate(quotient=quotient))
    return rows.order_by("-period_start", "code", "node__path", "pk")


def values_by_id(actor: Actor, ids: Collection[int]) -> dict[int, IndicatorValue]:
    """Return those of some values that lie within reach."""
    return {row.pk: row for row in scoped(actor, IndicatorValue.objects.filter(pk__in=ids))}


def value(actor: Actor, pk: int) -> IndicatorValue:
    """Return one value.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, IndicatorValue.objects.select_related("node", "sheet"), pk)


def series_of(actor: Actor, row: IndicatorValue) -> list[IndicatorValue]:
    """Return all values of the same unit and indicator in the order of time."""
    rows = scoped(actor, IndicatorValue.objects.filter(node_id=row.node_id, code=row.code))
    return list(rows.order_by("period_start", "definition_version"))


def changes_of(actor: Actor, row: IndicatorValue) -> list[IndicatorValueChange]:
    rows = scoped(actor, IndicatorValueChange.objects.filter(value=row).select_related("user"))
    return list(rows.order_by("pk"))


def beside(actor: Actor, row: IndicatorValue) -> QuerySet[IndicatorValue, Any]:
    """Return what the other units within reach say of the same indicator in the same period."""
    rows = values(actor).filter(code=row.code, period_start=row.period_start)
    return rows.exclude(pk=row.pk)
