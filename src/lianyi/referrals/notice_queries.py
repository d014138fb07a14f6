"""Readings of notices, of what carries them, and of the rosters: everything within the asker's reach."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.referrals.models import Delivery, Notice, Webhook

MOST_COUNTED = 100


def notices(actor: Actor) -> QuerySet[Notice, Any]:
    """Return what the actor's desk and the actor in person are told, the newest first."""
    of_desk = scoped(actor, Notice.objects.all()).filter(user__isnull=True)
    rows = Notice.objects.filter(Q(pk__in=of_desk.values("pk")) | Q(user_id=actor.user_id))
    return rows.select_related("institution", "leg", "consultation").order_by("-id")


def notice(actor: Actor, pk: int) -> Notice:
    """Return one notice.

    Raises
    ------
    NotFoundInScopeError
    """
    row: Notice | None = notices(actor).filter(pk=pk).first()
    if row is None:
        raise NotFoundInScopeError("There is no such record within your reach.", model="Notice")
    return row


def unseen_count(actor: Actor) -> int:
    """Return how many notices nobody has seen, counted up to a hundred: more need no exact number."""
    return notices(actor).filter(seen_at__isnull=True).order_by()[:MOST_COUNTED].count()


def dead_letters(actor: Actor) -> QuerySet[Delivery, Any]:
    """Return the deliveries that were given up."""
    rows = scoped(actor, Delivery.objects.filter(state=Delivery.State.DEAD))
    return rows.select_related("notice__institution").order_by("-id")


def webhooks(actor: Actor) -> QuerySet[Webhook, Any]:
    return scoped(actor, Webhook.objects.select_related("institution")).order_by(
        "-is_active", "institution__code", "id"
    )


def webhook(actor: Actor, pk: int) -> Webhook:
    return get_in_scope(actor, Webhook.objects.select_related("institution"), pk)
