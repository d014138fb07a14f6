"""Which help lower units ask for and nobody has promised yet."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lianyi.accounts.access import assigned_nodes, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.referrals.machine import BEFORE_DECISION
from lianyi.referrals.models import Leg, ReturnNeed


def open_needs() -> QuerySet[ReturnNeed, Any]:
    """Return the needs for which help was asked, as long as the lower unit has not decided."""
    undecided = Leg.objects.filter(request_id=OuterRef("request_id"), state__in=BEFORE_DECISION)
    asked = ReturnNeed.objects.filter(answer=ReturnNeed.Answer.NO).exclude(asked_help="")
    return asked.filter(Exists(undecided)).select_related("request__journey")


def overdue_needs(now: datetime.datetime) -> QuerySet[ReturnNeed, Any]:
    return open_needs().filter(due_at__lte=now, reminded_at__isnull=True)


def to_provide(actor: Actor) -> QuerySet[ReturnNeed, Any]:
    """Return the help that is asked of the actor's institution, the most overdue first."""
    own = Q(request__from_institution_id__in=nodes_in_reach(actor).values("pk"))
    own |= Q(request__from_institution_id__in=assigned_nodes(actor).values("target_id"))
    asked_leg = Leg.objects.filter(request_id=OuterRef("request_id")).order_by("-pk").values("pk")[:1]
    rows = scoped(actor, open_needs().filter(own)).annotate(leg_id=asked_leg)
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")
