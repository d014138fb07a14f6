"""Who reaches which row of this application."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Q, QuerySet

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.models import Affiliation, AuditEvent, OrganisationNode, ReadEvent, User
from lianyi.accounts.roles import Family


def _users_affiliated_with(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    return Q(pk__in=Affiliation.objects.filter(node_id__in=nodes.values("pk")).values("user_id"))


def _of_the_service_for_who_covers_all(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    # What the installer did acted for no institution; only whoever covers every root of the tree answers for it.
    beyond = OrganisationNode.objects.filter(parent__isnull=True).exclude(pk__in=nodes.values("pk"))
    return Q(~Exists(beyond), acting_node__isnull=True)


_TRAIL = ScopeRule(family=Family.AUDIT, nodes=("acting_node_id",), through=_of_the_service_for_who_covers_all)


def register() -> None:
    register_scope(User, ScopeRule(family=Family.ADMIN, through=_users_affiliated_with, person_level=True))
    register_scope(Affiliation, ScopeRule(family=Family.ADMIN, nodes=("node_id",), person_level=True))
    register_scope(AuditEvent, _TRAIL)
    register_scope(ReadEvent, _TRAIL)
