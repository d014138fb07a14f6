"""What all pages of the survey share: the region asked about, and the row of tabs above each page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.pages.breadcrumbs import Crumb
from lianyi.registry.models import Place, PlaceLevel
from lianyi.survey.forms import QuestionForm

REGION_LEVELS = (PlaceLevel.COUNTRY, PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    is_here: bool


def usual_place(actor: Actor) -> Place | None:
    """Return the region that the actor most likely asks about: the own one, or that of the own institution."""
    own = Place.objects.select_related("parent").filter(pk=actor.node_id)
    of_institution = Place.objects.select_related("parent").filter(institutions__pk=actor.node_id)
    found: Place | None = scoped(actor, own | of_institution).distinct().first()
    if found is None:
        return scoped(actor, Place.objects.filter(parent=None)).first()
    while found.level not in REGION_LEVELS and found.parent is not None:
        found = found.parent
    return found


def usual_code(actor: Actor) -> str | None:
    found = usual_place(actor)
    return None if found is None else found.code


def tabs(request: HttpRequest, asked: Mapping[str, str]) -> list[Tab]:
    """Return the pages about one region; a change of page keeps the region."""
    kept = {name: value for name, value in asked.items() if name in ("place", "basis")}
    pages = (
        ("survey:account", _("Account")),
        ("survey:distribution", _("Distribution")),
        ("survey:shortfalls", _("Shortfalls")),
        ("survey:staffing", _("Work and staff")),
        ("survey:readiness", _("Readiness")),
        ("survey:compare", _("Two regions")),
        ("survey:access", _("Access")),
        ("survey:options", _("Options")),
    )
    query = f"?{urlencode(kept)}" if kept else ""
    return [Tab(label, reverse(name) + query, request.path == reverse(name)) for name, label in pages]


def survey_crumbs() -> list[Crumb]:
    return [Crumb(_("Resources of a region"), reverse("survey:account"))]


def ask_again(request: HttpRequest, about: dict[str, Any]) -> HttpResponse:
    """Return the question with what is wrong in it; without any place on record there is nothing to ask."""
    if not about["form"].data.get("place"):
        return render(request, "survey/no_place.html", about)
    return render(request, "survey/base.html", about, status=422)


def frame(request: HttpRequest, form: QuestionForm, title: str) -> dict[str, Any]:
    """Return what the templates of all pages about a region need."""
    asked = form.asked()
    return {
        "title": title,
        "form": form,
        "tabs": tabs(request, asked),
        "export_query": urlencode(asked),
    }
