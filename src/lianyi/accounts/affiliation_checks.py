"""What an affiliation must be before it is given or ended."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import covers, nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import Affiliation, NodeKind, User
from lianyi.accounts.roles import Role
from lianyi.errors import InvalidInputError

ROLES_OF_A_DEPARTMENT: Collection[str] = (Role.DEPARTMENT_HEAD,)
"""Roles that mean nothing without the department they are about."""


def require_reach(actor: Actor, affiliation: Affiliation) -> None:
    """Refuse an affiliation that reaches further than the administrator who gives it.

    Raises
    ------
    NotPermittedError
    """
    if actor.is_service:
        return
    if not covers(actor, affiliation.node_id):
        raise NotPermittedError(
            "You may give affiliations only inside your own institution or region.",
            reason="outside-reach",
            permission="admin.write",
        )
    if affiliation.inherits_down and not actor.inherits_down:
        raise NotPermittedError(
            "Your own affiliation does not include what lies below, so none that you give may. Untick that, or ask "
            "an administrator whose affiliation does.",
            reason="only-here",
            permission="admin.write",
        )


def require_whole_user(actor: Actor, user: User) -> None:
    """Refuse to take over or shut out somebody who also works where this administrator has no say.

    Raises
    ------
    NotPermittedError
    """
    if _valid(user.affiliations.exclude(node_id__in=nodes_in_reach(actor).values("pk"))).exists():
        raise NotPermittedError(
            "This person also has affiliations outside your reach. End the one with you, "
            "or ask the administrator who covers all of them.",
            reason="elsewhere",
            permission="admin.write",
        )


def require_no_wider_user(actor: Actor, user: User) -> None:
    """Refuse a new password for somebody who reaches further: whoever sets it could sign in as them.

    Raises
    ------
    NotPermittedError
    """
    if actor.is_service or actor.inherits_down:
        return
    if _valid(user.affiliations.filter(inherits_down=True)).exists():
        raise NotPermittedError(
            "This person reaches what lies below, and your own affiliation does not. Ask an administrator whose "
            "affiliation includes everything below.",
            reason="reaches-further",
            permission="admin.write",
        )


def _valid(affiliations: QuerySet[Affiliation]) -> QuerySet[Affiliation]:
    return affiliations.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate()))


def check_affiliation(affiliation: Affiliation) -> None:
    """Refuse an affiliation that cannot be: role, department, days, or one that is there already.

    Raises
    ------
    InvalidInputError
    """
    if affiliation.role not in Role.values:
        raise InvalidInputError(
            f"'{affiliation.role}' is not a role. Accepted: {', '.join(Role.values)}.",
            field="role",
            reason="role-unknown",
            given=affiliation.role,
        )
    _check_department(affiliation)
    if affiliation.valid_to is not None and affiliation.valid_to < affiliation.valid_from:
        raise InvalidInputError(
            f"The affiliation ends on {affiliation.valid_to}, before it starts on {affiliation.valid_from}. "
            "Correct one of the dates.",
            field="valid_to",
            reason="dates-reversed",
            start=affiliation.valid_from,
            end=affiliation.valid_to,
        )
    _refuse_held(affiliation)


def _check_department(affiliation: Affiliation) -> None:
    department = affiliation.department_node
    if department is None:
        if affiliation.role in ROLES_OF_A_DEPARTMENT:
            raise InvalidInputError(
                "A head of department decides about the people of one department. Name the department.",
                field="department",
                reason="department-needed",
            )
        return
    if department.kind != NodeKind.DEPARTMENT or department.parent_id != affiliation.node_id:
        raise InvalidInputError(
            f"'{department.code}' is no department of {affiliation.node.name_zh}. Name one of its departments.",
            field="department",
            reason="department-outside",
            given=department.code,
        )


def _refuse_held(affiliation: Affiliation) -> None:
    """Refuse a second one of the same kind for the same days, which would have to be ended twice."""
    same = Affiliation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=affiliation.valid_from),
        user_id=affiliation.user_id,
        node_id=affiliation.node_id,
        role=affiliation.role,
        department_node_id=affiliation.department_node_id,
    )
    if affiliation.valid_to is not None:
        same = same.filter(valid_from__lte=affiliation.valid_to)
    held = same.order_by("valid_from").first()
    if held is not None:
        raise InvalidInputError(
            f"The person holds this affiliation already from {held.valid_from} to {held.valid_to or 'open'}. "
            "End that one first, or give other days.",
            field="valid_from",
            reason="affiliation-held",
            start=held.valid_from,
        )


def check_last_day(affiliation: Affiliation, last_day: datetime.date) -> None:
    """Refuse a last day before the first, and one that would let an affiliation live longer.

    Raises
    ------
    InvalidInputError
    """
    if last_day < affiliation.valid_from:
        raise InvalidInputError(
            f"The last day {last_day} is before the first day {affiliation.valid_from}. Give a later day.",
            field="last_day",
            reason="dates-reversed",
            start=affiliation.valid_from,
            end=last_day,
        )
    if affiliation.valid_to is not None and last_day > affiliation.valid_to:
        raise InvalidInputError(
            f"The affiliation ends on {affiliation.valid_to} already; {last_day} is later. "
            "Give an earlier day, or give the person a new affiliation.",
            field="last_day",
            reason="ends-already",
            end=affiliation.valid_to,
            given=last_day,
        )
