"""Small makers of users and nodes for the tests of the shell, through the same commands that the site uses."""

from __future__ import annotations

import datetime
import itertools

from django.test import Client

from lianyi.accounts import commands
from lianyi.accounts.actors import service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import Affiliation, NodeKind, OrganisationNode, User

PASSWORD = "quiet-harbour-27"
_keys = itertools.count(1)


def service_context() -> CommandContext:
    return CommandContext(actor=service_actor(), key=f"test-{next(_keys)}")


def make_node(
    code: str, name_zh: str, name_en: str = "", parent: OrganisationNode | None = None, kind: str = NodeKind.INSTITUTION
) -> OrganisationNode:
    path = f"{parent.path if parent else '/'}{code}/"
    return OrganisationNode.objects.create(
        key=code[:12],
        kind=kind,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        parent=parent,
        path=path,
        management_path=path if kind == NodeKind.PLACE else f"/{code}/",
    )


def make_user(username: str, *, language: str = "", must_change_password: bool = False) -> User:
    new = commands.NewUser(
        username=username,
        display_name=f"样例 {username}",
        password=PASSWORD,
        language=language,
        must_change_password=must_change_password,
    )
    return commands.create_user(service_context(), new)


def affiliate(user: User, node: OrganisationNode, role: str, valid_to: datetime.date | None = None) -> Affiliation:
    new = commands.NewAffiliation(
        user_id=user.pk, node_id=node.pk, role=role, valid_from=datetime.date(2020, 1, 1), valid_to=valid_to
    )
    return commands.create_affiliation(service_context(), new)


def signed_in(username: str, *, language: str = "en") -> Client:
    """Return a browser in which the person is signed in, with pages in English unless told otherwise."""
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client
