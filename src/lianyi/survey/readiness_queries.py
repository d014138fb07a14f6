"""Every reading of readiness, within the asker's reach."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.models import Institution, Place
from lianyi.survey.models import ReadinessItem
from lianyi.survey.readiness import Assessment, assessments
from lianyi.survey.rulebook import thresholds_on

_NAMED = ("institution__node", "institution__place")


def latest_assessments(actor: Actor, place: Place | None = None) -> list[Assessment]:
    """Return the last assessment of each service of each institution, in a place or wherever the actor reads."""
    later = ReadinessItem.objects.filter(
        institution=OuterRef("institution"), service=OuterRef("service"), assessed_on__gt=OuterRef("assessed_on")
    )
    rows = ReadinessItem.objects.filter(~Exists(later))
    if place is not None:
        rows = rows.filter(institution__node__path__startswith=place.node.path)
    found = scoped(actor, rows.select_related(*_NAMED)).order_by("institution__code", "service", "pk")
    return assessments(found, thresholds_on(timezone.localdate()))


def assessments_of(actor: Actor, institution: Institution) -> list[Assessment]:
    """Return all assessments of an institution, of each service the newest first."""
    rows = scoped(actor, ReadinessItem.objects.filter(institution=institution).select_related(*_NAMED))
    found = rows.order_by("service", "-assessed_on", "pk")
    return assessments(found, thresholds_on(timezone.localdate()))


def institution(actor: Actor, pk: int) -> Institution:
    """Return an institution within reach.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Institution.objects.select_related("node", "place"), pk)
