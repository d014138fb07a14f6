"""Who learned what from whom: within reach, or under one agreement."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.growth.learning_ends import Grain
from lianyi.growth.learning_filter import LearningFilter, LearningForm, subjects_of
from lianyi.growth.learning_lines import (
    REACHED_WORDS,
    WAY_WORDS,
    FlowLine,
    Told,
    ends_of,
    lines_of,
    map_of,
    told_passages,
)
from lianyi.growth.learning_names import names_of
from lianyi.growth.learning_picture import picture_of
from lianyi.growth.models import Enrolment
from lianyi.growth.queries import learning_flows as queries
from lianyi.growth.tables.learning_flows import FlowTable
from lianyi.growth.training_authority import keeps_training
from lianyi.growth.training_figures import small_counts_of_training
from lianyi.methods.learning_flows import Passage, flows_of
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, log_list_reading, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.views.parts import agreement_context

_READING = ("training.read", "training.count", "growth.read")
_NARROWING = ("institution", "way", "subject", "since", "until", "grain")


def names_people(actor: Actor) -> bool:
    """Tell whether somebody sees who learned: whoever keeps training, within their reach."""
    return keeps_training(actor) and decide(actor, "training.read").allowed


def _require_reading(actor: Actor) -> None:
    if not any(decide(actor, each).allowed for each in _READING):
        require(actor, _READING[0])


@require_safe
@page
def learned(request: HttpRequest) -> HttpResponse:
    """Show all flows of learning within reach."""
    _require_reading(acting(request))
    return _response(request, None, {"breadcrumbs": []})


@require_safe
@page
def learned_under(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the flows of learning of one partnership."""
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    _require_reading(actor)
    about = agreement_context(request, agreement, "growth:learned-of")
    return _response(request, pk, {**about, "title": _("Who learned what from whom"), "is_of_agreement": True})


def _response(request: HttpRequest, agreement_id: int | None, context: dict[str, Any]) -> HttpResponse:
    actor, today = acting(request), timezone.localdate()
    found = queries.passages(actor, queries.Asked(today, agreement_id))
    form = LearningForm(request.GET, subjects_of(found), names_people=names_people(actor))
    chosen = LearningFilter(form)
    left = told_passages(chosen.left(found, today), chosen.grain)
    told = _told(request, actor, left)
    lines = lines_of(flows_of(left, chosen.period(today).end), told)
    if chosen.grain == Grain.PERSON and lines:
        log_list_reading(request, Enrolment, len(lines))
    return list_response(
        request,
        table_class=FlowTable,
        rows=lines,
        title=_("Who learned what from whom"),
        export_name="learned",
        template="growth/learned.html",
        context={
            **_pictures(left, lines, told),
            "filterset": chosen,
            "filters_whole_page": True,
            "is_filtered": any(request.GET.get(name) for name in _NARROWING if name != "grain"),
            "total_count": len(flows_of(told_passages(found, chosen.grain))),
            "hides": told.counts.threshold,
            "reached_words": [(str(word), str(REACHED_WORDS[way])) for way, word in WAY_WORDS.items()],
            **context,
        },
    )


def _pictures(left: list[Passage], lines: list[FlowLine], told: Told) -> dict[str, Any]:
    return {"picture": picture_of(lines), "chart": map_of(left, told.names, told.counts)}


def _told(request: HttpRequest, actor: Actor, found: list[Passage]) -> Told:
    asked = {name: request.GET[name] for name in _NARROWING if request.GET.get(name)}

    def narrowed(**more: str) -> str:
        return f"{request.path}?{urlencode({**asked, **more})}"

    return Told(
        names=names_of(ends_of(found)),
        counts=small_counts_of_training(actor),
        shows_links=decide(actor, "training.read").allowed,
        narrowed=narrowed,
    )
