"""Every reading about users, affiliations and the trail, within the asker's reach."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import Affiliation, AuditEvent, ChainHead, NodeKind, OrganisationNode, ReadEvent, User


def affiliations_of(user: User, on: datetime.date | None = None) -> list[Affiliation]:
    """Return the affiliations a person may act in on that day: their own, so no scope is asked."""
    day = on or timezone.localdate()
    rows = Affiliation.objects.filter(user=user).select_related("user", "node", "department_node")
    return [row for row in rows if row.is_valid_on(day)]


def users(actor: Actor) -> QuerySet[User, Any]:
    """Return the users whom the actor administers, with those of their affiliations of today that lie within reach."""
    rows = scoped(actor, User.objects.filter(is_service=False))
    today = Prefetch("affiliations", queryset=affiliations_today(actor), to_attr="affiliations_today")
    return rows.prefetch_related(today).order_by("username")


def affiliations_today(actor: Actor) -> QuerySet[Affiliation, Any]:
    """Return the affiliations within the actor's reach that are valid today."""
    today = timezone.localdate()
    valid = Affiliation.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)
    return scoped(actor, valid.select_related("node", "department_node")).order_by("pk")


def audit_events(actor: Actor) -> QuerySet[AuditEvent, Any]:
    """Return the trail of what was done under the institutions the actor answers for, newest first."""
    return scoped(actor, AuditEvent.objects.select_related("user", "acting_node")).order_by("-sequence")


def readings(actor: Actor) -> QuerySet[ReadEvent, Any]:
    """Return who read data about persons, newest first."""
    return scoped(actor, ReadEvent.objects.select_related("user", "acting_node")).order_by("-read_at", "-pk")


def user(actor: Actor, pk: int) -> User:
    """Return one user whom the actor administers."""
    return get_in_scope(actor, users(actor), pk)


def affiliations(actor: Actor, user: User) -> QuerySet[Affiliation, Any]:
    """Return those affiliations of a user that lie within the actor's reach, the newest first."""
    rows = Affiliation.objects.filter(user=user).select_related("node", "department_node")
    return scoped(actor, rows).order_by("-valid_from", "-pk")


def affiliation(actor: Actor, pk: int) -> Affiliation:
    return get_in_scope(actor, Affiliation.objects.select_related("user", "node"), pk)


def audit_event(actor: Actor, pk: int) -> AuditEvent:
    return get_in_scope(actor, audit_events(actor), pk)


def chain_head() -> ChainHead:
    """Return how long the trail is and its last hash; both are the same for everybody and tell nothing of a row."""
    return ChainHead.objects.filter(pk=1).first() or ChainHead(pk=1)


def nodes_named(actor: Actor, text: str, most: int = 20) -> list[OrganisationNode]:
    """Return places and institutions within reach whose code or name begins with or holds the text."""
    if not text:
        return []
    condition = Q(code__istartswith=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    return list(nodes_in_reach(actor).filter(condition).exclude(kind="department").order_by("kind", "code")[:most])


def departments_named(actor: Actor, text: str, most: int = 20) -> list[OrganisationNode]:
    """Return departments within reach whose code, or whose institution's code, begins so, or whose name holds it."""
    if not text:
        return []
    condition = Q(code__istartswith=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    found = nodes_in_reach(actor).filter(condition, kind=NodeKind.DEPARTMENT).select_related("parent")
    return list(found.order_by("code")[:most])


def department_with_code(actor: Actor, code: str) -> OrganisationNode | None:
    """Return the department with exactly this code within reach; the institution's code stands before it."""
    return nodes_in_reach(actor).filter(code=code, kind=NodeKind.DEPARTMENT).first()


def node_with_code(actor: Actor, code: str) -> OrganisationNode | None:
    """Return the place or institution with exactly this code within reach."""
    return nodes_in_reach(actor).filter(code=code).exclude(kind="department").order_by("kind").first()
