"""Every reading about users, affiliations and the trail, within the asker's reach."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import Affiliation, AuditEvent, ReadEvent, User


def affiliations_of(user: User, on: datetime.date | None = None) -> list[Affiliation]:
    """Return the affiliations a person may act in on that day: their own, so no scope is asked."""
    day = on or timezone.localdate()
    rows = Affiliation.objects.filter(user=user).select_related("user", "node", "department_node")
    return [row for row in rows if row.is_valid_on(day)]


def users(actor: Actor) -> QuerySet[User, Any]:
    """Return the users whom the actor administers, with their affiliations."""
    affiliations = Affiliation.objects.select_related("node")
    rows = scoped(actor, User.objects.filter(is_service=False))
    return rows.prefetch_related(Prefetch("affiliations", queryset=affiliations)).order_by("username")


def audit_events(actor: Actor) -> QuerySet[AuditEvent, Any]:
    """Return the trail of what was done under the institutions the actor answers for, newest first."""
    return scoped(actor, AuditEvent.objects.select_related("user", "acting_node")).order_by("-sequence")


def readings(actor: Actor) -> QuerySet[ReadEvent, Any]:
    """Return who read data about persons, newest first."""
    return scoped(actor, ReadEvent.objects.select_related("user", "acting_node")).order_by("-read_at", "-pk")
