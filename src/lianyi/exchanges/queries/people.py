"""Who may be named at a visit: the staff within reach, and the people whose postings are."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting, PostingState
from lianyi.registry.models import Staff

_UNREAL = (PostingState.DRAFT, PostingState.CANCELLED, PostingState.VOID)


def people(actor: Actor) -> QuerySet[Staff, Any]:
    """Return whom the actor may name: the hospital that received somebody thanks them by name too."""
    posted = scoped(actor, Posting.objects.exclude(state__in=_UNREAL)).values("staff_id")
    own = scoped(actor, Staff.objects.all()).values("pk")
    return Staff.objects.filter(Q(pk__in=own) | Q(pk__in=posted)).select_related("institution")
