"""Readings around recovery: stages, transfers back that bounced, and what lower units lacked."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.methods.periods import DateSpan
from lianyi.methods.proportions import is_small_cell
from lianyi.referrals import queries
from lianyi.referrals.counting import counting_scope, hides_small_counts
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import CapabilityFinding, Leg, RecoveryStage, ReturnNeed
from lianyi.referrals.statistics_queries import Selection, back_arrivals
from lianyi.registry.models import Institution


def stage(actor: Actor, pk: int) -> RecoveryStage:
    return get_in_scope(actor, RecoveryStage.objects.select_related("journey", "institution"), pk)


def own_stages(actor: Actor, stages: Sequence[RecoveryStage]) -> set[int]:
    """Return which of the stages still run at an institution for which the actor's affiliation acts."""
    running = {each.pk: each.institution_id for each in stages if each.ended_on is None}
    if not running:
        return set()
    reach = set(nodes_in_reach(actor).filter(pk__in=running.values()).values_list("pk", flat=True))
    return {pk for pk, place in running.items() if place in reach}


def own_institutions_of(actor: Actor, leg: Leg) -> list[Institution]:
    """Return the institutions of a case's journey for which the actor's affiliation acts."""
    legs = scoped(actor, Leg.objects.filter(request__journey_id=leg.request.journey_id))
    ids = {pk for pair in legs.values_list("from_institution_id", "to_institution_id") for pk in pair if pk is not None}
    reach = nodes_in_reach(actor).filter(pk__in=ids).values("pk")
    return list(Institution.objects.filter(pk__in=reach).order_by("name_zh", "pk"))


@dataclass(frozen=True, slots=True)
class Bounce:
    """A patient who had come back to the lower unit and was referred up again within the days of the policy."""

    leg: Leg
    came_back_at: datetime.datetime
    sent_up_at: datetime.datetime

    @property
    def days(self) -> int:
        return (self.sent_up_at - self.came_back_at).days


def bounces(actor: Actor, span: DateSpan, now: datetime.datetime) -> list[Bounce]:
    """Return the returns within reach that bounced, the newest first; both sides find the same ones."""
    legs = queries.legs(actor)
    found = [
        each
        for each in back_arrivals(Selection(legs, span, now))
        if each.sent_up_at is not None and timezone.localdate(each.at) in span
    ]
    rows = legs.in_bulk([each.leg_id for each in found])
    listed = [Bounce(rows[each.leg_id], each.at, each.sent_up_at) for each in found if each.sent_up_at is not None]
    return sorted(listed, key=lambda each: each.sent_up_at, reverse=True)


@dataclass(frozen=True, slots=True)
class LackingUnit:
    """How often one unit could not take a patient back, by what it lacked; None is a number hidden as small."""

    institution: Institution
    counts: tuple[int | None, ...]


def findings(actor: Actor) -> QuerySet[CapabilityFinding, Any]:
    """Return the findings whose cases the actor may open, the newest first."""
    rows = scoped(actor, CapabilityFinding.objects.select_related("institution", "leg__request__journey"))
    return rows.order_by("-found_at", "-id")


def lacking_units(actor: Actor, small_cell: int) -> list[LackingUnit]:
    """Return what the units lacked of which the actor may count the cases. No totals, so that none tells a number."""
    legs = counting_scope(actor)
    hides = hides_small_counts(actor, legs)
    rows = CapabilityFinding.objects.filter(leg__in=legs.values("pk")).order_by()
    tally: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for place, kind, number in rows.values_list("institution_id", "kind").annotate(Count("pk")):
        tally[place][kind] = number
    places = Institution.objects.filter(pk__in=tally).order_by("name_zh", "pk")
    return [LackingUnit(place, _counts(tally[place.pk], small_cell if hides else 0)) for place in places]


def _counts(found: dict[str, int], threshold: int) -> tuple[int | None, ...]:
    numbers: Sequence[int] = [found.get(kind, 0) for kind in ReturnNeed.Kind.values]
    return tuple(None if is_small_cell(number, threshold) else number for number in numbers)


def require_recovery_writing(actor: Actor) -> None:
    """Refuse whose role writes down no stages of recovery: those do who refer, and those who receive.

    Raises
    ------
    NotPermittedError
    """
    require_handling(actor)
