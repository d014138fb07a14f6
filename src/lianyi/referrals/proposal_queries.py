"""What other records show about patients and nobody has answered yet."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from lianyi.accounts.access import assigned_nodes, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.referrals.models import ClosingProposal


def to_answer(actor: Actor) -> QuerySet[ClosingProposal, Any]:
    """Return the open proposals on which the actor's institution has a say, those that apply by themselves first.

    That is whoever must move, the sender and the coordinator; a hospital that is only asked has none.
    """
    own = Q()
    for name in ("leg__ball_institution_id", "leg__from_institution_id", "leg__request__coordinator_id"):
        own |= Q(**{f"{name}__in": nodes_in_reach(actor).values("pk")})
        own |= Q(**{f"{name}__in": assigned_nodes(actor).values("target_id")})
    rows = ClosingProposal.objects.filter(own, state=ClosingProposal.State.OPEN, leg__is_open=True)
    shown = scoped(actor, rows).select_related("leg__request__journey", "leg__ball_institution", "institution")
    return shown.order_by(F("apply_at").asc(nulls_last=True), "id")
