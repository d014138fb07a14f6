"""Every reading about needs, within the asker's reach."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act
from lianyi.dispatch.authority import may_on_need, plans
from lianyi.dispatch.models import DismissedProposal, Need, NeedEvent, NeedOrigin, NeedState, Posting, PostingState
from lianyi.dispatch.needs_filling import filling_postings, standing, standing_in, with_standing
from lianyi.dispatch.needs_machine import NEED_AUTHORING, WANTING, NeedStep, need_steps_from
from lianyi.dispatch.queries import postings
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution, Place
from lianyi.survey.models import Gap

_NAMED = ("place", "institution", "department", "agreement", "gap")
_NUMBER = re.compile(r"N([0-9]{1,9})")


def needs(actor: Actor) -> QuerySet[Need, Any]:
    """Return the needs within reach, with where each stands, the most pressing first."""
    rows = with_standing(scoped(actor, Need.objects.select_related(*_NAMED)))
    return rows.order_by("priority", "starts_on", "pk")


def need(actor: Actor, pk: int) -> Need:
    """Return one need with where it stands.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, with_standing(Need.objects.select_related(*_NAMED)), pk)


def events_of_need(actor: Actor, row: Need) -> list[NeedEvent]:
    return list(scoped(actor, NeedEvent.objects.filter(need=row).select_related("user")).order_by("pk"))


def postings_of_need(actor: Actor, row: Need) -> QuerySet[Posting, Any]:
    """Return the lines and postings within reach that name the need, each with whether it fills a seat."""
    fills = Exists(filling_postings().filter(pk=OuterRef("pk")))
    rows = postings(actor).filter(need=row).exclude(state=PostingState.CANCELLED)
    return rows.annotate(fills=fills).order_by("starts_on", "pk")


def needs_of_gap(actor: Actor, gap: Gap) -> QuerySet[Need, Any]:
    return needs(actor).filter(gap=gap)


def allowed_need_steps(actor: Actor, row: Need) -> list[NeedStep]:
    """Return the steps that the actor could take with a need now: exactly those that the page offers."""
    return [
        step
        for step in need_steps_from(standing(row))
        if may_on_need(actor, step.permission, row) and not (step.by_another and is_author(actor, row))
    ]


def is_author(actor: Actor, row: Need) -> bool:
    """Tell whether the actor wrote, changed or submitted the need."""
    if actor.is_service:
        return False
    return row.events.filter(step__in=NEED_AUTHORING, user_id=actor.user_id).exists()


def needs_to_name(actor: Actor, agreement: Agreement) -> QuerySet[Need, Any]:
    """Return the needs that a line of this agreement's plan may name: open ones of institutions in its reach."""
    under_it = Q(agreement=agreement) | Q(agreement__isnull=True)
    return standing_in(needs(actor).filter(under_it), WANTING)


def next_need_code(institution: Institution | None, place: Place) -> str:
    """Return a free number: of the institution, or of the place for a need that names none yet."""
    own = {"institution": institution} if institution is not None else {"place": place, "institution": None}
    found = map(_NUMBER.fullmatch, Need.objects.filter(**own).values_list("code", flat=True))
    return f"N{max((int(each[1]) for each in found if each), default=0) + 1:04d}"


def waiting_for_approval(actor: Actor) -> QuerySet[Need, Any]:
    """Return the submitted needs that the actor may approve: not those of the own writing."""
    if not plans(actor):
        return needs(actor).none()
    own = NeedEvent.objects.filter(need_id=OuterRef("pk"), step__in=NEED_AUTHORING, user_id=actor.user_id)
    return standing_in(_own(actor, Act.DECIDE, NeedState.SUBMITTED).filter(~Exists(own)), [NeedState.SUBMITTED])


def waiting_to_be_opened(actor: Actor) -> QuerySet[Need, Any]:
    return standing_in(_own(actor, Act.WRITE, NeedState.APPROVED), [NeedState.APPROVED])


def drafts_handed_on(actor: Actor) -> QuerySet[Need, Any]:
    """Return the drafts that came from a gap of the survey and that nobody has completed yet."""
    return _own(actor, Act.WRITE, NeedState.DRAFT).filter(origin=NeedOrigin.SURVEY_GAP)


def _own(actor: Actor, act: Act, state: NeedState) -> QuerySet[Need, Any]:
    if not plans(actor):
        return needs(actor).none()
    return with_standing(scoped(actor, Need.objects.filter(state=state), act))


def dismissed_proposals(actor: Actor) -> QuerySet[DismissedProposal, Any]:
    rows = DismissedProposal.objects.select_related("institution", "place", "dismissed_by")
    return scoped(actor, rows).order_by("-created_at", "-pk")


def institutions_to_ask_for(actor: Actor) -> QuerySet[Institution, Any]:
    """Return the institutions for which the actor may write needs."""
    return Institution.objects.filter(pk__in=nodes_in_reach(actor).values("pk"))
