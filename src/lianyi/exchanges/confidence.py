"""Members' difficulties: who may know of them at all.

A difficulty (living, work, family) is read by the member, and by the partnership offices that answer for the agreement
under which it was raised: those of its parties, on the supporting and the supported side. No other role reads it,
however much it covers; the rule stands in the scope of points and of all that hangs on them, so lists, figures,
documents and pages hold to it without asking. The audit trail keeps that something was written, never the words.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model, Q

from lianyi.accounts.access import nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.roles import Role
from lianyi.exchanges.models import Action, ExchangeVisit, Point, PointKind
from lianyi.partnerships.models import AgreementParty

OFFICES = frozenset({Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE})
# What the trail may hold of a difficulty: which row it was and where it went, no word of it.
PLAIN_FACTS = (
    *("id", "visit_id", "point_id", "number", "code", "state", "due_on", "done_on", "checked_on", "closed_on"),
    "provenance",
)


def is_office(actor: Actor) -> bool:
    return actor.is_service or actor.role in OFFICES


def known_points(prefix: str = "") -> Callable[[Actor], Q]:
    """Return the condition of the points that an actor may know of; ``prefix`` leads from the row to its point."""

    def condition(actor: Actor) -> Q:
        own = Q(**{f"{prefix}raised_by_staff__user_id": actor.user_id})
        known = ~Q(**{f"{prefix}kind": PointKind.DIFFICULTY}) | own
        if actor.role in OFFICES:
            known |= _answered_for(actor, f"{prefix}visit__")
        return known

    return condition


def known_actions(prefix: str = "") -> Callable[[Actor], Q]:
    """Return the condition of the actions that an actor may know of: also the own ones, without the point itself."""

    def condition(actor: Actor) -> Q:
        return known_points(f"{prefix}point__")(actor) | Q(**{f"{prefix}owner_staff__user_id": actor.user_id})

    return condition


def _answered_for(actor: Actor, visit: str) -> Q:
    nodes = nodes_in_reach(actor).values("pk")
    parts = AgreementParty.objects.filter(institution_id__in=nodes, confirmed_at__isnull=False)
    parts = parts.exclude(side=AgreementParty.Side.SITE)
    without = Q(**{f"{visit}agreement__isnull": True}) & (
        Q(**{f"{visit}host_id__in": nodes}) | Q(**{f"{visit}guest_id__in": nodes})
    )
    return Q(**{f"{visit}agreement_id__in": parts.values("agreement_id")}) | without


def answers_for_members(actor: Actor, visit: ExchangeVisit) -> bool:
    """Tell whether the actor is one of the offices that read the difficulties raised at a visit."""
    if actor.is_service:
        return True
    if actor.role not in OFFICES:
        return False
    condition = _answered_for(actor, "")
    return ExchangeVisit.objects.filter(condition, pk=visit.pk).exists()


def is_confidential(row: Model) -> bool:
    """Tell whether a point or an action is about a difficulty."""
    if isinstance(row, Action):
        return row.point.is_confidential
    return isinstance(row, Point) and row.is_confidential


def plain_facts(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Keep of the facts about a difficulty what the trail may hold."""
    return None if facts is None else {name: value for name, value in facts.items() if name in PLAIN_FACTS}


def record_discreetly(
    context: CommandContext,
    action: str,
    row: Model,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write the event of a point or an action into the trail; of a difficulty no word goes there."""
    if is_confidential(row):
        context = dataclasses.replace(context, reason="")
        before, after = plain_facts(before), plain_facts(after)
    record(context, action, row, before=before, after=after)
