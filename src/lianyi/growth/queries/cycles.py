"""Every reading of capability cycles, within the asker's reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.growth.models import CapabilityCycle, CapabilityGap, GapPlanLine
from lianyi.partnerships.models import Agreement, CycleStep

_OF_GAP = (
    "cycle__agreement",
    "institution__place",
    "department",
    "assessment",
    "carried_from__cycle",
    "moved_by",
    "review",
)


def cycles(actor: Actor) -> QuerySet[CapabilityCycle, Any]:
    """Return the cycles within reach with how many gaps each has."""
    rows = scoped(actor, CapabilityCycle.objects.select_related("agreement"))
    return rows.annotate(gap_count=Count("gaps")).order_by("agreement__code", "-number")


def cycles_of(actor: Actor, agreement: Agreement) -> list[CapabilityCycle]:
    return list(cycles(actor).filter(agreement=agreement))


def cycle(actor: Actor, pk: int) -> CapabilityCycle:
    """Return one cycle.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, CapabilityCycle.objects.select_related("agreement"), pk)


def steps_by_cycle(rows: Iterable[CapabilityCycle]) -> Mapping[tuple[int, int], list[CycleStep]]:
    """Return the twinning steps of many cycles in one query, by agreement and number."""
    found: dict[tuple[int, int], list[CycleStep]] = {}
    wanted = {row.agreement_id for row in rows}
    for step in CycleStep.objects.filter(agreement_id__in=wanted).order_by("cycle", "step"):
        found.setdefault((step.agreement_id, step.cycle), []).append(step)
    return found


def gaps_of(actor: Actor, row: CapabilityCycle) -> list[CapabilityGap]:
    """Return the gaps of a cycle with their lines, by code."""
    lines = Prefetch("lines", GapPlanLine.objects.select_related("duty").order_by("number"))
    rows = scoped(actor, CapabilityGap.objects.filter(cycle=row))
    return list(rows.select_related(*_OF_GAP).prefetch_related(lines).order_by("code"))


def gap(actor: Actor, pk: int) -> CapabilityGap:
    return get_in_scope(actor, CapabilityGap.objects.select_related(*_OF_GAP), pk)


def line(actor: Actor, pk: int) -> GapPlanLine:
    rows = GapPlanLine.objects.select_related("gap__cycle__agreement", "gap__institution", "duty")
    return get_in_scope(actor, rows, pk)


def agreement(actor: Actor, pk: int) -> Agreement:
    """Return an agreement within reach.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Agreement.objects.all(), pk)
