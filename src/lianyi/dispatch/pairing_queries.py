"""Every reading about pairing plans, within the asker's reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.authority import plans
from lianyi.dispatch.models import PairingPlan, PairingState, PlannedPair
from lianyi.dispatch.scenario_problem import GIVES, TAKES
from lianyi.partnerships.models import Agreement, AgreementParty, Alliance, AllianceMembership
from lianyi.registry.models import Institution


@dataclass(frozen=True, slots=True)
class Offered:
    """The institutions that may be chosen as who gives and who receives."""

    donors: tuple[Institution, ...]
    recipients: tuple[Institution, ...]


def pairings(actor: Actor) -> QuerySet[PairingPlan, Any]:
    """Return the pairing plans within reach, the latest first, with how many pairs each has."""
    if not plans(actor):
        return PairingPlan.objects.none()
    rows = scoped(actor, PairingPlan.objects.select_related("owner"))
    return rows.annotate(pair_count=Count("pairs")).order_by("-created_at", "-pk")


def pairing(actor: Actor, pk: int) -> PairingPlan:
    """Return one pairing plan.

    Raises
    ------
    NotFoundInScopeError
    """
    rows = PairingPlan.objects.select_related("owner", "copied_from") if plans(actor) else None
    return get_in_scope(actor, PairingPlan.objects.none() if rows is None else rows, pk)


def pairs_of(actor: Actor, row: PairingPlan) -> QuerySet[PlannedPair, Any]:
    rows = PlannedPair.objects.filter(plan=row).select_related("plan", "donor", "recipient")
    return scoped(actor, rows).order_by("recipient__code", "donor__code", "pk")


def decided(actor: Actor) -> QuerySet[PairingPlan, Any]:
    """Return the plans that were decided for, which others may plan from."""
    return pairings(actor).filter(state=PairingState.KEPT)


def institutions_to_pair(actor: Actor) -> Offered:
    """Return whom the actor may pair: parties of agreements and members of alliances within the planner's reach.

    An institution that gives or receives under an agreement may do so in the plan. Members of an alliance may do both.
    """
    if not plans(actor):
        return Offered((), ())
    today = timezone.localdate()
    agreements = scoped(actor, Agreement.objects.exclude(state=Agreement.State.TERMINATED))
    parties = AgreementParty.objects.taking_part_on(today).filter(agreement__in=agreements)
    alliances = scoped(actor, Alliance.objects.filter(dissolved_on__isnull=True))
    members = AllianceMembership.objects.filter(alliance__in=alliances, valid_to__isnull=True)
    allied = Q(pk__in=members.values("institution_id")) | Q(pk__in=alliances.values("lead_id"))
    return Offered(
        tuple(_institutions(Q(pk__in=_of(parties, GIVES)) | allied)),
        tuple(_institutions(Q(pk__in=_of(parties, TAKES).exclude(side="site")) | allied)),
    )


def _of(parties: QuerySet[AgreementParty, Any], sides: tuple[str, ...]) -> QuerySet[AgreementParty, Any]:
    return parties.filter(side__in=sides).values("institution_id")


def _institutions(chosen: Q) -> QuerySet[Institution, Any]:
    """Return those that are open; partners under an agreement are known by name beyond the own reach."""
    rows = Institution.objects.filter(chosen, closed_on__isnull=True).select_related("place")
    return rows.distinct().order_by("code")
