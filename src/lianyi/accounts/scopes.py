"""Who reaches which row of this application."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import ScopeRule, register_scope
from lianyi.accounts.models import Affiliation, AuditEvent, OrganisationNode, ReadEvent, User
from lianyi.accounts.roles import Family


def _users_affiliated_with(nodes: QuerySet[OrganisationNode, Any]) -> Q:
    return Q(pk__in=Affiliation.objects.filter(node_id__in=nodes.values("pk")).values("user_id"))


def register() -> None:
    register_scope(User, ScopeRule(family=Family.ADMIN, through=_users_affiliated_with, person_level=True))
    register_scope(Affiliation, ScopeRule(family=Family.ADMIN, nodes=("node_id",), person_level=True))
    register_scope(AuditEvent, ScopeRule(family=Family.AUDIT, nodes=("acting_node_id",)))
    register_scope(ReadEvent, ScopeRule(family=Family.AUDIT, nodes=("acting_node_id",)))
