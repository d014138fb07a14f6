"""Who reaches which row of this application."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Q, QuerySet

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.models import Affiliation, AuditEvent, OrganisationNode, ReadEvent, User
from lianyi.accounts.roles import Family


def _users_affiliated_with(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    return Q(pk__in=Affiliation.objects.filter(node_id__in=nodes.values("pk")).values("user_id"))


def _of_the_service_for_the_country(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    # What the installer did acted for no institution; whoever covers the whole country answers for it.
    return Q(Exists(nodes.filter(parent__isnull=True)), acting_node__isnull=True)


_TRAIL = ScopeRule(family=Family.AUDIT, nodes=("acting_node_id",), through=_of_the_service_for_the_country)


def register() -> None:
    register_scope(User, ScopeRule(family=Family.ADMIN, through=_users_affiliated_with, person_level=True))
    register_scope(Affiliation, ScopeRule(family=Family.ADMIN, nodes=("node_id",), person_level=True))
    register_scope(AuditEvent, _TRAIL)
    register_scope(ReadEvent, _TRAIL)
