"""The institutions of the two sides of a visit: the first host and guest, and the further ones beside them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.exchanges.models import ExchangeVisit, VisitInstitution, VisitSide
from lianyi.registry.models import Institution


def visits_beside(nodes: QuerySet[Any, Any]) -> QuerySet[VisitInstitution, Any]:
    """Return the keys of the visits of which one of these is a further host or guest."""
    rows = VisitInstitution.objects.filter(is_void=False, institution_id__in=nodes.values("pk"))
    return rows.values("visit_id")


def with_a_side_among(nodes: QuerySet[Any, Any]) -> Q:
    """Return the condition of the visits of which one of these is a host or a guest."""
    own = nodes.values("pk")
    return Q(host_id__in=own) | Q(guest_id__in=own) | Q(pk__in=visits_beside(nodes))


def institutions_of(visit: ExchangeVisit, side: str) -> list[Institution]:
    """Return the institutions of a side, the first one first. Lists fetch ``visit.institutions`` beforehand."""
    first = visit.host if side == VisitSide.HOST else visit.guest
    further = [each.institution for each in visit.institutions.all() if each.side == side and not each.is_void]
    return [first, *further]
