"""Every reading about recognition and thanks, within the asker's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import covers, decide, get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.exchanges.models import ExchangeVisit, Recognition

_NAMED = ("agreement", "visit", "to_staff", "given_by")


def recognitions(actor: Actor) -> QuerySet[Recognition, Any]:
    """Return what stands within reach, the latest first."""
    rows = Recognition.objects.filter(is_void=False).select_related(*_NAMED)
    return scoped(actor, rows).order_by("-given_on", "code")


def recognition(actor: Actor, pk: int) -> Recognition:
    """Return one, also one that was taken back: its page says so.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Recognition.objects.select_related(*_NAMED), pk)


def recognitions_of_visit(actor: Actor, row: ExchangeVisit) -> list[Recognition]:
    return list(recognitions(actor).filter(visit=row).order_by("given_on", "code"))


def may_change(actor: Actor, row: Recognition) -> bool:
    return not row.is_void and decide(actor, "visit.write", row).allowed and covers(actor, row.given_by_id)
