"""Every reading about visits, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Count, Prefetch, Q, QuerySet

from lianyi.accounts.access import decide, get_in_scope, nodes_in_reach, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.records import Provenance
from lianyi.accounts.roles import Act, Permission
from lianyi.exchanges.authority import may_take_visit_step, side_of
from lianyi.exchanges.beside import with_a_side_among
from lianyi.exchanges.machines.visits import WRITABLE, VisitStep, visit_steps_from
from lianyi.exchanges.models import (
    HELD_STATES,
    OPEN_KINDS,
    Contribution,
    ExchangeVisit,
    ProgrammeLine,
    VisitEvent,
    VisitInstitution,
    VisitPart,
    VisitParticipant,
    VisitState,
)
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import TimelineEntry
from lianyi.registry.models import Staff

_NAMED = ("agreement", "host", "guest", "place")
Part = TypeVar("Part", bound=VisitPart)


def visits(actor: Actor) -> QuerySet[ExchangeVisit, Any]:
    """Return the visits within reach, the latest first, with how many points each has that every reader may read."""
    rows = scoped(actor, ExchangeVisit.objects.select_related(*_NAMED))
    points = Count("points", filter=Q(points__kind__in=OPEN_KINDS))
    return rows.annotate(point_count=points).prefetch_related(_beside()).order_by("-starts_on", "-pk")


def _beside() -> Prefetch[str]:
    return Prefetch("institutions", VisitInstitution.objects.select_related("institution").order_by("position"))


def visit(actor: Actor, pk: int) -> ExchangeVisit:
    """Return one visit.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, ExchangeVisit.objects.select_related(*_NAMED).prefetch_related(_beside()), pk)


def further_institutions(actor: Actor, row: ExchangeVisit) -> list[VisitInstitution]:
    """Return the further hosts and guests of a visit as lines that can be taken back."""
    rows = VisitInstitution.objects.filter(visit=row, is_void=False).select_related("institution")
    return list(scoped(actor, rows).order_by("-side", "position"))


def programme(actor: Actor, row: ExchangeVisit) -> list[ProgrammeLine]:
    return list(scoped(actor, ProgrammeLine.objects.filter(visit=row, is_void=False)).order_by("position"))


def participants(actor: Actor, row: ExchangeVisit) -> list[VisitParticipant]:
    rows = VisitParticipant.objects.filter(visit=row, is_void=False).select_related("staff", "institution")
    return list(scoped(actor, rows).order_by("side", "position"))


def contributions(actor: Actor, row: ExchangeVisit) -> list[Contribution]:
    return list(scoped(actor, Contribution.objects.filter(visit=row, is_void=False)).order_by("position"))


def part(actor: Actor, model: type[Part], pk: int) -> Part:
    """Return one line of a visit.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, model._default_manager.select_related("visit__host", "visit__guest"), pk)


def events_of_visit(actor: Actor, row: ExchangeVisit) -> list[VisitEvent]:
    return list(scoped(actor, VisitEvent.objects.filter(visit=row).select_related("user")).order_by("pk"))


def allowed_visit_steps(actor: Actor, row: ExchangeVisit) -> list[VisitStep]:
    """Return the steps that the actor could take with a visit now: exactly those that the page offers."""
    return [step for step in visit_steps_from(row.state) if may_take_visit_step(actor, step, row)]


def may_write(actor: Actor, row: ExchangeVisit) -> bool:
    """Tell whether the actor may write the record of a visit as it stands."""
    return row.state in WRITABLE and decide(actor, "visit.write", row).allowed


def coming_up(actor: Actor, today: datetime.date, until: datetime.date) -> QuerySet[ExchangeVisit, Any]:
    """Return the planned visits of the next days whose host or guest the actor acts for."""
    rows = visits(actor).filter(state=VisitState.PLANNED, starts_on__range=(today, until))
    return rows.filter(with_a_side_among(nodes_in_reach(actor)))


def not_recorded(actor: Actor, today: datetime.date) -> QuerySet[ExchangeVisit, Any]:
    """Return the planned visits whose last day is over, to which the actor may write."""
    rows = scoped(actor, ExchangeVisit.objects.filter(state=VisitState.PLANNED, ends_on__lt=today), Act.WRITE)
    return rows.filter(with_a_side_among(nodes_in_reach(actor)))


def minutes_to_agree(actor: Actor) -> Sequence[ExchangeVisit]:
    """Return the visits whose minutes wait for the side that the actor acts for."""
    rows = scoped(actor, ExchangeVisit.objects.filter(state=VisitState.MINUTES_WRITTEN), Act.DECIDE)
    found = rows.select_related("host", "guest").prefetch_related(_beside()).order_by("starts_on", "pk")
    return [row for row in found if side_of(actor, row) not in (None, row.minutes_side)]


def agreements_to_visit_under(actor: Actor) -> QuerySet[Agreement, Any]:
    """Return the agreements in force or over under which the actor may write visits."""
    rows = Agreement.objects.exclude(state=Agreement.State.DRAFT)
    return scoped_for(actor, rows, Permission.parse("visit.write")).order_by("code")


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return the visits held under an agreement for its time line; what a text reports stands there as a fact."""
    rows = scoped(actor, ExchangeVisit.objects.filter(agreement=agreement, state__in=HELD_STATES))
    rows = rows.exclude(provenance=Provenance.REPORTED)
    return [
        TimelineEntry(
            day=row.starts_on,
            precision="day",
            kind="meeting" if row.kind == "symposium" else "visit",
            text_zh=row.title_zh,
            text_en=row.title_en or row.title_zh,
            provenance=row.provenance,
            source=row.source,
            until=row.ends_on if row.ends_on != row.starts_on else None,
        )
        for row in rows.order_by("starts_on", "pk")
    ]


def is_on_record(actor: Actor) -> bool:
    """Tell whether the acting person has a staff record, so that difficulties can be their own."""
    return Staff.objects.filter(user_id=actor.user_id).exists()
