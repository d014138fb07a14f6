"""Every write about users, affiliations and grants."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from lianyi.accounts.access import require
from lianyi.accounts.affiliation_checks import (
    check_affiliation,
    check_last_day,
    require_no_wider_user,
    require_reach,
    require_whole_user,
)
from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, plain, record, record_many
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, PasswordRefusedError
from lianyi.accounts.models import Affiliation, Grant, OrganisationNode, User
from lianyi.accounts.records import save_changes
from lianyi.accounts.user_facts import check_user_facts
from lianyi.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class NewUser:
    username: str
    display_name: str
    password: str
    email: str = ""
    language: str = ""
    must_change_password: bool = False


@dataclass(frozen=True, slots=True)
class NewAffiliation:
    user_id: int
    node_id: int
    role: str
    valid_from: datetime.date
    valid_to: datetime.date | None = None
    inherits_down: bool = True
    department_node_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewGrant:
    """One opening of a target to an institution (``holder_node_id``) or a person (``holder_user_id``)."""

    kind: str
    target_type: str
    target_id: int
    basis_type: str
    basis_id: int
    valid_from: datetime.datetime
    valid_to: datetime.datetime | None = None
    holder_node_id: int | None = None
    holder_user_id: int | None = None
    reason: str = ""


def check_password(password: str, user: User) -> None:
    """Refuse a password that breaks the policy, with every rule it breaks.

    Raises
    ------
    PasswordRefusedError
    """
    told = _rules_broken(password, user)
    if told:
        with override("en"):
            message = f"The password is not accepted: {_rules_broken(password, user)}"
        raise PasswordRefusedError(message, messages=told)


def _rules_broken(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@command("accounts.user.create")
def create_user(context: CommandContext, new: NewUser) -> User:
    """Make a user who can sign in. What they may do comes from affiliations."""
    require(context.actor, "admin.write")
    user = User(
        username=new.username.strip(),
        display_name=new.display_name.strip(),
        email=new.email.strip(),
        language=new.language,
        must_change_password=new.must_change_password,
    )
    check_user_facts(user)
    if User.objects.filter(username__iexact=user.username).exists():
        raise InvalidInputError(
            f"The user name '{user.username}' is taken. Choose another, or give the existing user an affiliation.",
            field="username",
            reason="user-name-taken",
            given=user.username,
        )
    check_password(new.password, user)
    user.set_password(new.password)
    user.save()
    facts = {key: value for key, value in creation_facts(user).items() if key != "password"}
    record(context, "accounts.user.create", user, before=None, after=facts)
    return user


@command("accounts.user.set_password")
def set_password(context: CommandContext, user: User, password: str) -> User:
    """Give a user a new password: their own, or as their administrator."""
    if context.actor.user_id != user.pk:
        require(context.actor, "admin.write", user)
        require_whole_user(context.actor, user)
        require_no_wider_user(context.actor, user)
    check_password(password, user)
    user.set_password(password)
    user.must_change_password = context.actor.user_id != user.pk and not context.actor.is_service
    user.save(update_fields=["password", "must_change_password"])
    record(context, "accounts.user.set_password", user, before=None, after={"password": "changed"})
    return user


@command("accounts.user.set_active")
def set_user_active(context: CommandContext, user: User, is_active: bool) -> User:  # noqa: FBT001 - the value to keep
    """Shut a user out, or let them in again."""
    require(context.actor, "admin.write", user)
    require_whole_user(context.actor, user)
    if user.pk == context.actor.user_id:
        raise NotPermittedError(
            "You cannot shut out yourself; ask another administrator.", reason="self", permission="admin.write"
        )
    before = {"is_active": user.is_active}
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    record(context, "accounts.user.set_active", user, before=before, after={"is_active": is_active})
    return user


def choose_language(user: User, language: str) -> None:
    """Keep the language a person chose for themselves. A taste, not a fact: the trail does not hold it."""
    User.objects.filter(pk=user.pk).update(language=language)


@command("accounts.affiliation.create")
def create_affiliation(context: CommandContext, new: NewAffiliation) -> Affiliation:
    """Give a user a role at an institution, a place or a department, from a day on."""
    node = OrganisationNode.objects.filter(pk=new.node_id).first()
    if node is None:
        raise InvalidInputError(
            "The affiliation names an institution or place that does not exist.", field="node", reason="node-unknown"
        )
    require(context.actor, "admin.write")
    affiliation = Affiliation(
        user_id=new.user_id,
        node=node,
        role=new.role,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        inherits_down=new.inherits_down,
        department_node_id=new.department_node_id,
    )
    require_reach(context.actor, affiliation)
    check_affiliation(affiliation)
    affiliation.save()
    record(context, "accounts.affiliation.create", affiliation, before=None, after=creation_facts(affiliation))
    return affiliation


@command("accounts.affiliation.end")
def end_affiliation(
    context: CommandContext, affiliation: Affiliation, last_day: datetime.date, expected_version: int
) -> Affiliation:
    """End an affiliation after its last day; it stays in the record."""
    require(context.actor, "admin.write", affiliation)
    if expected_version == affiliation.version:
        # Who saw an older version is shown both first: what the day may be has changed since.
        check_last_day(affiliation, last_day)
    before = {"valid_to": plain(affiliation.valid_to)}
    save_changes(affiliation, {"valid_to": last_day}, expected_version)
    record(context, "accounts.affiliation.end", affiliation, before=before, after={"valid_to": plain(last_day)})
    return affiliation


def open_grants(context: CommandContext, grants: Iterable[NewGrant]) -> list[Grant]:
    """Open relations as part of another command, which has asked for permission itself."""
    rows = [
        Grant(
            kind=new.kind,
            holder_node_id=new.holder_node_id,
            holder_user_id=new.holder_user_id,
            target_type=new.target_type,
            target_id=new.target_id,
            basis_type=new.basis_type,
            basis_id=new.basis_id,
            reason=new.reason,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
        )
        for new in grants
    ]
    made = Grant.objects.bulk_create(rows, batch_size=1000)
    record_many(context, [entry_of("accounts.grant.open", row, None, creation_facts(row)) for row in made])
    return made


def end_grants_on(context: CommandContext, grants: Iterable[Grant], valid_to: datetime.datetime | None) -> int:
    """Give open relations another end, as part of the command that moved it, with an audit event for each."""
    rows = list(grants)
    entries = [
        entry_of("accounts.grant.end", row, {"valid_to": plain(row.valid_to)}, {"valid_to": plain(valid_to)})
        for row in rows
    ]
    Grant.objects.filter(pk__in=[row.pk for row in rows]).update(valid_to=valid_to)
    record_many(context, entries)
    return len(rows)


def close_grants(context: CommandContext, basis_type: str, basis_ids: Iterable[int]) -> int:
    """Close every open relation that rests on these records, as part of the command that ended them."""
    return close_grant_rows(context, Grant.objects.filter(basis_type=basis_type, basis_id__in=list(basis_ids)))


def close_grant_rows(context: CommandContext, grants: QuerySet[Grant, Any]) -> int:
    """Close those of the relations that are still open, with an audit event for each, and return how many."""
    now = timezone.now()
    still_open = grants.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), revoked_at__isnull=True)
    rows = list(still_open.order_by("pk"))
    Grant.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=now)
    entries = [entry_of("accounts.grant.close", row, None, {"revoked_at": plain(now)}) for row in rows]
    record_many(context, entries)
    return len(rows)
