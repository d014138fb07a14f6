"""From the codes of a file to the records they name, in a number of queries that grows with the file by thousands.

What is out of the actor's reach is looked up as if it were not there.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.access import nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.roles import Permission, role_holds
from lianyi.registry.models import Department, Institution, Place, Staff
from lianyi.tabular.rows import ParsedRow

CHUNK = 5000


def given_codes(rows: Sequence[ParsedRow], *columns: str) -> set[str]:
    """Return the different codes that the columns hold."""
    found = {row.values.get(column) for row in rows for column in columns}
    return {str(code) for code in found if code}


def chunks(values: Collection[Any], size: int = CHUNK) -> Iterable[list[Any]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def nodes_for(actor: Actor, permission: str) -> QuerySet[OrganisationNode, Any]:
    """Return the nodes on whose records the actor may do this through their affiliation."""
    if not actor.is_service and not role_holds(actor.role, Permission.parse(permission)):
        return OrganisationNode.objects.none()
    return nodes_in_reach(actor)


def in_reach(actor: Actor, permission: str, node_ids: Collection[int]) -> set[int]:
    """Return those of the nodes on which the actor may do this."""
    if actor.is_service:
        return set(node_ids)
    nodes = nodes_for(actor, permission)
    found: set[int] = set()
    for chunk in chunks(node_ids):
        found.update(nodes.filter(pk__in=chunk).values_list("pk", flat=True))
    return found


def institutions_in_reach(actor: Actor, permission: str, codes: Collection[str]) -> dict[str, int]:
    """Return the keys of the institutions with these codes on which the actor may do this."""
    known = {
        code: pk
        for chunk in chunks(codes)
        for code, pk in Institution.objects.filter(code__in=chunk).values_list("code", "pk")
    }
    reached = in_reach(actor, permission, set(known.values()))
    return {code: pk for code, pk in known.items() if pk in reached}


def places_by_code(codes: Collection[str]) -> dict[str, tuple[int, str]]:
    """Return key and level of the places with these codes; places are public."""
    return {
        code: (pk, level)
        for chunk in chunks(codes)
        for code, pk, level in Place.objects.filter(code__in=chunk).values_list("code", "pk", "level")
    }


def departments_of(institution_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the keys of the departments of these institutions by institution and code."""
    return {
        (institution_id, code): pk
        for chunk in chunks(institution_ids)
        for institution_id, code, pk in Department.objects.filter(institution_id__in=chunk).values_list(
            "institution_id", "code", "pk"
        )
    }


def staff_of(institution_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the keys of the staff of these institutions by institution and staff number."""
    return {
        (institution_id, code): pk
        for chunk in chunks(institution_ids)
        for institution_id, code, pk in Staff.objects.filter(institution_id__in=chunk).values_list(
            "institution_id", "code", "pk"
        )
    }


def aware(value: datetime.datetime) -> datetime.datetime:
    """Return a moment of a file, which says no time zone, in the time zone of the installation."""
    return value if timezone.is_aware(value) else timezone.make_aware(value)


def as_written(value: datetime.datetime) -> datetime.datetime:
    """Return a moment as files say it: in the time zone of the installation, without naming it."""
    return timezone.make_naive(value)
