"""Users from the command line: made, affiliated, locked, their passwords set."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from axes.utils import reset
from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.commands import (
    NewAffiliation,
    NewUser,
    create_affiliation,
    create_user,
    end_affiliation,
    set_password,
    set_user_active,
)
from lianyi.accounts.models import Affiliation, OrganisationNode, User
from lianyi.accounts.queries import users
from lianyi.accounts.records import save_changes
from lianyi.accounts.roles import Role
from lianyi.errors import InvalidInputError
from lianyi.operations.acting import department_node_named, node_named, service_context, user_named
from lianyi.operations.errors import UnknownNameError
from lianyi.registry.models import Staff

ROOT_LENGTH = 1


@dataclass(frozen=True, slots=True)
class AffiliationWish:
    """Where, as what and from when; ``department`` is a code inside the institution."""

    at: str
    role: str
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    department: str = ""
    inherits_down: bool = True


def add_user(new: NewUser) -> User:
    return create_user(service_context(), new)


def affiliate(username: str, wish: AffiliationWish) -> Affiliation:
    user, node = user_named(username), node_named(wish.at)
    department = department_node_named(node, wish.department) if wish.department else None
    new = NewAffiliation(
        user_id=user.pk,
        node_id=node.pk,
        role=wish.role,
        valid_from=wish.valid_from or timezone.localdate(),
        valid_to=wish.valid_to,
        inherits_down=wish.inherits_down,
        department_node_id=None if department is None else department.pk,
    )
    return create_affiliation(service_context(), new)


def end(username: str, affiliation_id: int, last_day: datetime.date | None) -> Affiliation:
    user = user_named(username)
    affiliation = Affiliation.objects.filter(user=user, pk=affiliation_id).first()
    if affiliation is None:
        held = ", ".join(str(pk) for pk in user.affiliations.values_list("pk", flat=True)) or "none"
        raise UnknownNameError(
            f"'{username}' has no affiliation {affiliation_id}. Theirs are: {held}.", given=affiliation_id
        )
    return end_affiliation(service_context(), affiliation, last_day or timezone.localdate(), affiliation.version)


def change_password(username: str, password: str) -> User:
    return set_password(service_context(), user_named(username), password)


def lock(username: str) -> User:
    return set_user_active(service_context(), user_named(username), False)


def unlock(username: str) -> User:
    """Let a user in again, also one who was shut out for too many wrong passwords."""
    user = set_user_active(service_context(), user_named(username), True)
    reset(username=user.username)
    return user


@command("operations.user.link_staff")
def link_staff(context: CommandContext, staff: Staff, user: User) -> Staff:
    """Tell that a user is this member of staff, so that they see their own postings."""
    require(context.actor, "admin.write", user)
    other = Staff.objects.filter(user=user).exclude(pk=staff.pk).first()
    if other is not None or staff.user_id not in (None, user.pk):
        raise InvalidInputError(
            f"{user.username} or the staff number {staff.code} is linked already "
            f"({user.username} with {other or 'nobody'}, {staff.code} with {staff.user or 'nobody'}).",
            field="user",
        )
    before = snapshot(staff, ["user_id"])
    save_changes(staff, {"user_id": user.pk}, staff.version)
    record(context, "operations.user.link_staff", staff, before=before, after=snapshot(staff, ["user_id"]))
    return staff


def link_staff_by_code(username: str, at: str, number: str) -> Staff:
    node = node_named(at)
    staff = Staff.objects.filter(institution_id=node.pk, code=number).first()
    if staff is None:
        raise UnknownNameError(f"{node.name_zh} has no staff with the number '{number}'.", given=number)
    return link_staff(service_context(), staff, user_named(username))


def describe(user: User) -> dict[str, Any]:
    held = user.affiliations.select_related("node", "department_node")
    return {
        "username": user.username,
        "name": user.display_name,
        "email": user.email,
        "is_active": user.is_active,
        "must_change_password": user.must_change_password,
        "affiliations": [describe_affiliation(each) for each in held],
    }


def describe_affiliation(affiliation: Affiliation) -> dict[str, Any]:
    return {
        "id": affiliation.pk,
        "code": affiliation.node.code,
        "name": affiliation.node.name_zh,
        "kind": affiliation.node.kind,
        "department": None if affiliation.department_node is None else affiliation.department_node.code,
        "role": affiliation.role,
        "valid_from": affiliation.valid_from,
        "valid_to": affiliation.valid_to,
        "includes_everything_below": affiliation.inherits_down,
    }


def list_users() -> list[dict[str, Any]]:
    return [describe(user) for user in users(service_context().actor)]


def user_exists(username: str) -> bool:
    return User.objects.filter(username__iexact=username).exists()


def ensure_administrator(new: NewUser, at: str) -> tuple[bool, str]:
    """Make the first administrator unless there is a user of that name.

    Return whether one was made, and the code of the node they are affiliated with: the one named, or the top of the
    tree of places where there is one; empty on a registry without places.
    """
    user = User.objects.filter(username__iexact=new.username).first()
    is_new = user is None
    if user is None:
        user = add_user(new)
    node = node_named(at) if at else _top_of_tree()
    if node is None:
        return is_new, ""
    if not user.affiliations.filter(node=node, role=Role.ADMINISTRATOR).exists():
        wish = NewAffiliation(user.pk, node.pk, Role.ADMINISTRATOR, timezone.localdate())
        create_affiliation(service_context(), wish)
    return is_new, node.code


def _top_of_tree() -> OrganisationNode | None:
    tops = list(OrganisationNode.objects.filter(kind="place", parent__isnull=True)[:2])
    return tops[0] if len(tops) == ROOT_LENGTH else None
