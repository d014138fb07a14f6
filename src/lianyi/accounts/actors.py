"""Who acts: one person through one affiliation, or the program itself on behalf of its installer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.models import Affiliation, NodeKind, OrganisationNode, User

SERVICE_USERNAME = "lianyi-service"


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person as every permission question sees them."""

    user_id: int
    role: str
    node_id: int | None
    path: str
    management_path: str
    inherits_down: bool
    department_node_id: int | None
    affiliation_id: int | None
    is_service: bool = False
    covers_everything: bool = False


def actor_of(affiliation: Affiliation, on: datetime.date | None = None) -> Actor | None:
    """Return the actor behind an affiliation, or None when it is not valid on that day or its user is shut out."""
    day = on or timezone.localdate()
    if not affiliation.is_valid_on(day) or not affiliation.user.is_active:
        return None
    return Actor(
        user_id=affiliation.user_id,
        role=affiliation.role,
        node_id=affiliation.node_id,
        path=affiliation.node.path,
        management_path=affiliation.node.management_path,
        inherits_down=affiliation.inherits_down,
        department_node_id=affiliation.department_node_id,
        affiliation_id=affiliation.pk,
        covers_everything=_covers_everything(affiliation),
    )


def _covers_everything(affiliation: Affiliation) -> bool:
    """Tell whether the affiliation stands at the only root of the tree, so that no row needs to be looked up in it."""
    node = affiliation.node
    if node.parent_id is not None or node.kind != NodeKind.PLACE or not affiliation.inherits_down:
        return False
    return not OrganisationNode.objects.filter(parent__isnull=True).exclude(pk=node.pk).exists()


def service_actor() -> Actor:
    """Return the actor of the command line: whoever can run it on the server already holds the data."""
    user, _created = User.objects.get_or_create(
        username=SERVICE_USERNAME,
        defaults={"display_name": "Lianyi", "is_service": True, "is_active": False, "password": "!"},
    )
    return Actor(
        user_id=user.pk,
        role="",
        node_id=None,
        path="/",
        management_path="/",
        inherits_down=True,
        department_node_id=None,
        affiliation_id=None,
        is_service=True,
        covers_everything=True,
    )
