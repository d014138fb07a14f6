"""Who stands behind the upper posts of the ladder by name, so that a call reaches a person and not a desk alone."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.models import Affiliation
from lianyi.accounts.roles import Role
from lianyi.referrals import duty

MOST_CALLED = 5


def holders(institution_id: int, roles: tuple[Role, ...], day: datetime.date) -> QuerySet[Affiliation, Any]:
    """Return the affiliations of a day with which somebody holds one of the roles at an institution."""
    return Affiliation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        Q(node_id=institution_id) | Q(node__parent_id=institution_id),
        role__in=roles,
        valid_from__lte=day,
        user__is_active=True,
    )


def people_of(found: QuerySet[Affiliation, Any]) -> tuple[int, ...]:
    """Return whose affiliations they are, each once, and no more than are called together."""
    return tuple(dict.fromkeys(found.order_by("pk").values_list("user_id", flat=True)))[:MOST_CALLED]


def general_duty(institution_id: int, now: datetime.datetime) -> tuple[int, ...]:
    """Return who has the general duty of the hospital at a moment, by its roster: the person, and the deputy."""
    slot = duty.on_duty_by(institution_id, (duty.GENERAL_DUTY,), now)
    return () if slot is None else (slot.person_id, slot.deputy_id)


def coordinators(institution_id: int, now: datetime.datetime) -> tuple[int, ...]:
    """Return the coordinators of an institution; where it has none, whoever has its general duty."""
    found = people_of(holders(institution_id, (Role.REFERRAL_COORDINATOR,), timezone.localdate(now)))
    return found or general_duty(institution_id, now)


def leads(institution_id: int, now: datetime.datetime) -> tuple[int, ...]:
    """Return who answers for an alliance at the institution that leads it: coordinators, duty, heads of department."""
    found = coordinators(institution_id, now)
    return found or people_of(holders(institution_id, (Role.DEPARTMENT_HEAD,), timezone.localdate(now)))
