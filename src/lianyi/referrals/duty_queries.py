"""Readings of duty rosters within the asker's reach."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.referrals.models import DutyRoster, DutySlot


def rosters(actor: Actor) -> QuerySet[DutyRoster, Any]:
    return scoped(actor, DutyRoster.objects.select_related("institution")).order_by("-starts_at", "id")


def roster(actor: Actor, pk: int) -> DutyRoster:
    """Return one roster.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, DutyRoster.objects.select_related("institution"), pk)


def slots(actor: Actor, row: DutyRoster) -> QuerySet[DutySlot, Any]:
    """Return the duties of a roster that hold, by time."""
    found = scoped(actor, DutySlot.objects.filter(roster=row, is_void=False))
    return found.select_related("person", "deputy").order_by("starts_at", "id")


def slot(actor: Actor, pk: int) -> DutySlot:
    return get_in_scope(actor, DutySlot.objects.select_related("roster__institution", "person", "deputy"), pk)


def own_duties(actor: Actor, now: datetime.datetime) -> QuerySet[DutySlot, Any]:
    """Return when the actor in person stands on a published roster from now on, first or as deputy.

    They are the person's own hours, whatever the affiliation in which they act.
    """
    mine = Q(person_id=actor.user_id) | Q(deputy_id=actor.user_id)
    rows = DutySlot.objects.filter(mine, is_void=False, ends_at__gt=now, roster__state=DutyRoster.State.PUBLISHED)
    return rows.select_related("roster__institution", "person", "deputy").order_by("starts_at", "id")
