"""Whose cases an actor may count, and from whom small counts are hidden (tier T0)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import active_grants, assigned_nodes, decide, nodes_in_reach, require
from lianyi.accounts.actors import Actor
from lianyi.partnerships.scopes import AGREEMENT_TARGET
from lianyi.referrals.models import Leg
from lianyi.referrals.states import LegState
from lianyi.registry.models import Institution


def may_count(actor: Actor) -> bool:
    """Tell whether the role counts referrals at all: those that read cases, and those that see counts only."""
    return decide(actor, "referral.read").allowed or decide(actor, "referral.count").allowed


def require_counting(actor: Actor) -> None:
    """Refuse whoever neither reads referrals nor sees their counts.

    Raises
    ------
    NotPermittedError
    """
    if not may_count(actor):
        require(actor, "referral.count")


def counting_scope(actor: Actor) -> QuerySet[Leg, Any]:
    """Return the legs that the actor may count, without any right to open them; entries in error count nowhere.

    They are those sent by or to an institution in the actor's reach, and those under an agreement that is open to it
    (G2).
    """
    counted = Leg.objects.exclude(state=LegState.ENTERED_IN_ERROR)
    if not may_count(actor):
        return counted.none()
    if actor.is_service or actor.covers_everything:
        return counted
    agreements = active_grants(actor, AGREEMENT_TARGET).values("target_id")
    return counted.filter(of_own(actor) | Q(request__agreement_id__in=agreements))


def of_own(actor: Actor) -> Q:
    """Return the condition that a leg was sent by or to an institution that the actor works for or answers for."""
    reach, posted = nodes_in_reach(actor).values("pk"), assigned_nodes(actor).values("target_id")
    condition = Q(pk__in=[])
    for side in ("from_institution_id__in", "to_institution_id__in"):
        condition |= Q(**{side: reach}) | Q(**{side: posted})
    return condition


def own_scope(actor: Actor) -> QuerySet[Leg, Any]:
    """Return those of the legs that the actor may count which the own institutions sent or received."""
    legs = counting_scope(actor)
    return legs if actor.is_service or actor.covers_everything else legs.filter(of_own(actor))


def hides_small_counts(actor: Actor, legs: QuerySet[Leg, Any]) -> bool:
    """Tell whether small counts of these legs are hidden from the actor.

    Only who reads cases, and counts nothing but those of the own institutions, sees every number.
    """
    if actor.is_service:
        return False
    if not decide(actor, "referral.read").allowed:
        return True
    return not actor.covers_everything and legs.exclude(of_own(actor)).exists()


def counted_institutions(legs: QuerySet[Leg, Any]) -> QuerySet[Institution, Any]:
    """Return the institutions that sent or received these legs."""
    rows = legs.order_by()
    return Institution.objects.filter(
        Q(pk__in=rows.values("from_institution_id")) | Q(pk__in=rows.values("to_institution_id"))
    ).order_by("name_zh", "pk")
