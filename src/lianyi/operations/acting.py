"""For whom a command of the command line acts."""

from __future__ import annotations

import uuid

from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import Affiliation, NodeKind, OrganisationNode, User
from lianyi.accounts.queries import affiliations_of
from lianyi.operations.errors import UnclearNameError, UnknownNameError

REQUEST_ID = "command-line"


def service_context(key: str = "", reason: str = "") -> CommandContext:
    """Return the context of a command that the installer gives."""
    return context_of(service_actor(), key, reason)


def context_of(actor: Actor, key: str = "", reason: str = "") -> CommandContext:
    return CommandContext(actor=actor, key=key or str(uuid.uuid4()), request_id=REQUEST_ID, reason=reason)


def actor_named(name: str | None) -> Actor:
    """Return the actor of ``USER`` or ``USER:AFFILIATION_ID``; of the installer when no name is given.

    Raises
    ------
    UnknownNameError, UnclearNameError
    """
    if not name:
        return service_actor()
    username, separator, affiliation_id = name.partition(":")
    user = user_named(username)
    valid = affiliations_of(user)
    chosen = [each for each in valid if str(each.pk) == affiliation_id] if separator else valid
    actors = [actor for actor in map(actor_of, chosen) if actor is not None]
    if len(actors) == 1:
        return actors[0]
    if len(actors) > 1:
        raise UnclearNameError(
            f"'{username}' has more than one affiliation today. Name one as {username}:ID: {_listed(valid)}.",
            given=name,
        )
    raise UnknownNameError(
        f"'{name}' names no affiliation that is valid today, or the user is locked. "
        f"Valid are: {_listed(valid) or 'none'}.",
        given=name,
    )


def _listed(affiliations: list[Affiliation]) -> str:
    return ", ".join(f"{each.pk} ({each.node.code} {each.node.name_zh}, {each.role})" for each in affiliations)


def user_named(username: str) -> User:
    """Return the user of that name.

    Raises
    ------
    UnknownNameError
    """
    user = User.objects.filter(username__iexact=username, is_service=False).first()
    if user is None:
        raise UnknownNameError(f"There is no user '{username}'. `lianyi user list` shows all.", given=username)
    return user


def node_named(code: str) -> OrganisationNode:
    """Return the institution or the place with that code, where both exist told apart as ``place:CODE``.

    Raises
    ------
    UnknownNameError, UnclearNameError
    """
    kind, separator, bare = code.partition(":")
    kinds = [kind] if separator else [NodeKind.INSTITUTION, NodeKind.PLACE]
    found = list(OrganisationNode.objects.filter(code=bare if separator else code, kind__in=kinds)[:2])
    if not found:
        raise UnknownNameError(
            f"There is no institution or place with the code '{code}'. "
            "`lianyi export institutions` and `lianyi export places` list them.",
            given=code,
        )
    if len(found) > 1:
        raise UnclearNameError(
            f"'{code}' is the code of an institution and of a place. Write institution:{code} or place:{code}.",
            given=code,
        )
    return found[0]


def department_node_named(institution: OrganisationNode, code: str) -> OrganisationNode:
    """Return a department of an institution by its code there.

    Raises
    ------
    UnknownNameError
    """
    department = OrganisationNode.objects.filter(
        kind=NodeKind.DEPARTMENT, parent=institution, department__code=code
    ).first()
    if department is None:
        raise UnknownNameError(f"{institution.name_zh} has no department with the code '{code}'.", given=code)
    return department
