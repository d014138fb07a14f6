"""Every reading about rounds, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import (
    HELD_STATES,
    RoundClosure,
    RoundCrew,
    RoundPlan,
    RoundProgramme,
    RoundStop,
    RoundVisit,
    RoundVisitEvent,
    RoundWay,
    VisitState,
)
from lianyi.dispatch.rounds_findings import RoundRecords
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import PlacePopulation
from lianyi.registry.models.places import PlaceLevel

_SITES = ("stop__place", "stop__institution", "stop__programme__agreement", "crew__team")


def programmes(actor: Actor) -> QuerySet[RoundProgramme, Any]:
    """Return the programmes within reach with how many stops and crews each has and when the last visit was."""
    rows = scoped(actor, RoundProgramme.objects.select_related("agreement"))
    return rows.annotate(
        stop_count=Count("stops", distinct=True),
        crew_count=Count("crews", distinct=True),
        last_held_on=Max("stops__visits__held_on"),
    ).order_by("-starts_on", "code")


def programme(actor: Actor, pk: int) -> RoundProgramme:
    """Return one programme.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, RoundProgramme.objects.select_related("agreement"), pk)


def stops(actor: Actor, row: RoundProgramme) -> QuerySet[RoundStop, Any]:
    """Return the stops of a programme with their closures that stand, and the last visit made to each."""
    closures = Prefetch("closures", RoundClosure.objects.filter(is_void=False).order_by("starts_on"))
    rows = scoped(actor, RoundStop.objects.filter(programme=row))
    return (
        rows.select_related("programme__agreement", "institution__place", "place__parent")
        .prefetch_related(closures)
        .annotate(last_held_on=Max("visits__held_on", filter=Q(visits__state__in=HELD_STATES)))
        .order_by("code")
    )


def stop(actor: Actor, pk: int) -> RoundStop:
    rows = RoundStop.objects.select_related("programme__agreement", "institution__place", "place")
    return get_in_scope(actor, rows, pk)


def crews(actor: Actor, row: RoundProgramme) -> QuerySet[RoundCrew, Any]:
    rows = scoped(actor, RoundCrew.objects.filter(programme=row))
    return rows.select_related("programme__agreement", "team__leader", "start__place").order_by("team__code")


def crew(actor: Actor, pk: int) -> RoundCrew:
    rows = RoundCrew.objects.select_related("programme__agreement", "team__leader", "start__place")
    return get_in_scope(actor, rows, pk)


def closures(actor: Actor, row: RoundProgramme, since: datetime.date) -> QuerySet[RoundClosure, Any]:
    """Return the closures of a programme's stops that still stand on a day or begin after it."""
    rows = scoped(actor, RoundClosure.objects.filter(stop__programme=row, is_void=False, ends_on__gte=since))
    return rows.select_related("stop__place", "stop__institution").order_by("starts_on", "stop__code")


def closure(actor: Actor, pk: int) -> RoundClosure:
    return get_in_scope(actor, RoundClosure.objects.select_related("stop__programme__agreement"), pk)


def ways(actor: Actor, row: RoundProgramme) -> QuerySet[RoundWay, Any]:
    return scoped(actor, RoundWay.objects.filter(programme=row)).order_by("origin", "target")


def visits(actor: Actor) -> QuerySet[RoundVisit, Any]:
    """Return the visits within reach, latest first; those taken out of the plan are left out."""
    rows = scoped(actor, RoundVisit.objects.exclude(state=VisitState.WITHDRAWN))
    return rows.select_related(*_SITES).order_by("-day", "crew_id", "position", "pk")


def visits_of(actor: Actor, row: RoundProgramme, window: DateSpan) -> QuerySet[RoundVisit, Any]:
    """Return a programme's visits whose day, planned or held, lies in the window, in the order of the road."""
    rows = visits(actor).filter(stop__programme=row)
    within = Q(day__range=(window.start, window.end)) | Q(held_on__range=(window.start, window.end))
    return rows.filter(within).order_by("day", "crew__team__code", F("position").asc(nulls_last=True), "pk")


def records_of(actor: Actor, agreement: Agreement) -> RoundRecords:
    """Return all stops under an agreement, and the visits that were made, for the rules to judge."""
    stops_under = scoped(actor, RoundStop.objects.filter(programme__agreement=agreement))
    held = scoped(actor, RoundVisit.objects.filter(stop__programme__agreement=agreement, state__in=HELD_STATES))
    return RoundRecords(
        list(stops_under.select_related("programme", "place", "institution").order_by("code", "pk")), list(held)
    )


def visit(actor: Actor, pk: int) -> RoundVisit:
    """Return one visit, also one taken out of the plan: its page says so."""
    rows = RoundVisit.objects.select_related(*_SITES, "stop__institution__place", "crew__team__leader", "crew__start")
    return get_in_scope(actor, rows, pk)


def events_of_visit(actor: Actor, row: RoundVisit) -> list[RoundVisitEvent]:
    return list(scoped(actor, RoundVisitEvent.objects.filter(visit=row).select_related("user")).order_by("pk"))


def visits_of_day(actor: Actor, row: RoundCrew, day: datetime.date) -> list[RoundVisit]:
    """Return what a crew has before it on a day, in order."""
    rows = scoped(actor, RoundVisit.objects.filter(crew=row, day=day)).exclude(state=VisitState.WITHDRAWN)
    related = rows.select_related("stop__place", "stop__institution__place", "stop__programme")
    return list(related.order_by(F("position").asc(nulls_last=True), "arrives_at", "pk"))


def last_notes(actor: Actor, stop_ids: list[int], before: datetime.date) -> dict[int, str]:
    """Return for each stop what was noted at the last visit made before a day."""
    rows = scoped(actor, RoundVisit.objects.filter(stop_id__in=stop_ids, held_on__lt=before).exclude(note=""))
    return dict(rows.order_by("held_on", "pk").values_list("stop_id", "note"))


def populations(stops: Iterable[RoundStop]) -> dict[int, int]:
    """Return the latest residents by village. Populations are published; those of larger places say nothing here."""
    places = {stop.place_id for stop in stops if stop.place.level == PlaceLevel.VILLAGE}
    rows = PlacePopulation.objects.filter(place_id__in=places, group=PlacePopulation.Group.RESIDENT)
    return dict(rows.order_by("year").values_list("place_id", "persons"))


def plans_of(actor: Actor, row: RoundProgramme) -> QuerySet[RoundPlan, Any]:
    return scoped(actor, RoundPlan.objects.filter(programme=row).select_related("made_by")).order_by("-number")


def plan(actor: Actor, pk: int) -> RoundPlan:
    rows = RoundPlan.objects.select_related("programme__agreement", "made_by")
    return get_in_scope(actor, rows, pk)
