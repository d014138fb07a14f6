"""Every reading about scenarios of plans, within the asker's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family, Permission
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import PlanLine, PlanScenario, ScenarioState, UnmetNeed
from lianyi.partnerships.models import Agreement

_OF_LINE = ("staff__institution", "staff__department", "need__institution", "need__department", "posting")


def scenarios(actor: Actor) -> QuerySet[PlanScenario, Any]:
    """Return the scenarios within reach, the latest first, with how many lines each has."""
    if not plans(actor):
        return PlanScenario.objects.none()
    rows = scoped(actor, PlanScenario.objects.select_related("owner", "repairs"))
    named = rows.prefetch_related(Prefetch("agreements", Agreement.objects.order_by("code")))
    return named.annotate(line_count=Count("lines")).order_by("-created_at", "-pk")


def scenario(actor: Actor, pk: int) -> PlanScenario:
    """Return one scenario.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = PlanScenario.objects.select_related("owner", "repairs", "copied_from", "pairing") if plans(actor) else None
    return get_in_scope(actor, PlanScenario.objects.none() if rows is None else rows, pk)


def side_by_side(actor: Actor, row: PlanScenario) -> list[PlanScenario]:
    """Return the scenarios within reach that plan the same agreements, those put aside left out, oldest first."""
    mine = sorted(row.agreements.values_list("pk", flat=True))
    others = scenarios(actor).filter(agreements__in=mine).exclude(state=ScenarioState.PUT_ASIDE).distinct()
    found = [each for each in others if sorted(one.pk for one in each.agreements.all()) == mine]
    return sorted(found, key=lambda each: each.pk)


def lines_of(actor: Actor, row: PlanScenario) -> QuerySet[PlanLine, Any]:
    rows = scoped(actor, PlanLine.objects.filter(scenario=row).select_related("scenario", *_OF_LINE))
    return rows.order_by("need__institution__code", "need__priority", "need__code", "first", "staff__code", "pk")


def line(actor: Actor, pk: int) -> PlanLine:
    """Return one line of a scenario.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = PlanLine.objects.select_related("scenario__repairs", *_OF_LINE)
    return get_in_scope(actor, rows if plans(actor) else PlanLine.objects.none(), pk)


def unmet_of(actor: Actor, row: PlanScenario) -> list[UnmetNeed]:
    rows = UnmetNeed.objects.filter(scenario=row).select_related("need__institution", "need__department")
    return list(scoped(actor, rows).order_by("need__priority", "need__code", "pk"))


def agreements_to_plan(actor: Actor) -> QuerySet[Agreement, Any]:
    """Return the agreements in force whose plan the actor may write."""
    if not plans(actor):
        return Agreement.objects.none()
    rows = Agreement.objects.filter(state=Agreement.State.IN_FORCE, parties__side__in=("supporting", "mutual"))
    permission = Permission(Family.DISPATCH, Act.WRITE)
    return scoped_for(actor, rows, permission).distinct().order_by("-starts_on", "code")


def siblings_of(actor: Actor, row: PlanScenario) -> QuerySet[PlanScenario, Any]:
    """Return the scenarios that copied or repaired this one."""
    return scenarios(actor).filter(Q(copied_from=row) | Q(repairs=row))
