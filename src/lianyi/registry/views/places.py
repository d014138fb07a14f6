"""The tree of places and the page of one, with the forms that change them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.lookups import Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, page_queries
from lianyi.registry.filters import PlaceFilter
from lianyi.registry.forms import places as forms
from lianyi.registry.models import Place
from lianyi.registry.tables import PlaceTable
from lianyi.registry.views.form_pages import FormPage, command_page
from lianyi.registry.views.institution_forms import both_methods
from lianyi.registry.workload_figures import population_chart


def address_of(row: Place) -> str:
    return reverse("registry:place-detail", args=[row.pk])


def _root_crumb() -> Crumb:
    return Crumb(_("Places"), reverse("registry:places"))


def _crumbs(actor: Actor, row: Place) -> list[Crumb]:
    above = [Crumb(name_of(each), address_of(each)) for each in page_queries.line_above(actor, row)]
    return [_root_crumb(), *above]


@require_GET
@page
def places(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=PlaceTable,
        rows=page_queries.places(actor),
        filterset_class=PlaceFilter,
        template="registry/places.html",
        title=_("Places"),
        context=_top_of_tree(actor),
        export_name="places",
    )


def _top_of_tree(actor: Actor) -> dict[str, Any]:
    """Return where the tree begins: below the root, where there is only one."""
    roots = list(page_queries.parts_of(actor, None))
    if len(roots) != 1:
        return {"parts": roots}
    return {"root": roots[0], "parts": page_queries.parts_of(actor, roots[0])}


@require_GET
@page
def place(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = page_queries.place(actor, pk)
    populations = page_queries.populations(actor, row)
    context = {
        "title": name_of(row),
        "place": row,
        "breadcrumbs": _crumbs(actor, row),
        "parts": page_queries.parts_of(actor, row),
        "populations": list(reversed(populations)),
        "chart": population_chart(populations),
        "successions": page_queries.successions(actor, row),
        "counts": page_queries.institution_counts(actor, row),
        "may_write": decide(actor, "registry.write", row).allowed,
        "may_decide": decide(actor, "registry.decide", row).allowed,
    }
    return render(request, "registry/place.html", context)


@require_GET
@page
def parts(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the places directly below one, for the tree."""
    actor = acting(request)
    row = page_queries.place(actor, pk)
    return render(request, "registry/place_parts.html", {"parts": page_queries.parts_of(actor, row)})


def _place_for(request: HttpRequest, pk: int, permission: str) -> Place:
    row = page_queries.place(acting(request), pk)
    require(acting(request), permission, row)
    return row


def _words(request: HttpRequest, row: Place, title: str, submit_label: str, done: str) -> FormPage:
    crumbs = [*_crumbs(acting(request), row), Crumb(name_of(row), address_of(row))]
    return FormPage(title, submit_label, address_of(row), done, breadcrumbs=crumbs)


@both_methods
@page
def create(request: HttpRequest, pk: int) -> HttpResponse:
    row = _place_for(request, pk, "registry.decide")
    form = forms.CreatePlaceForm(acting(request), row, request.POST or None)
    words = _words(request, row, _("New place"), _("Add place"), _("The place is recorded."))
    return command_page(request, form, lambda context: commands.create_place(context, form.new()), words)


@both_methods
@page
def set_population(request: HttpRequest, pk: int) -> HttpResponse:
    row = _place_for(request, pk, "registry.write")
    form = forms.PopulationForm(acting(request), request.POST or None)
    words = _words(request, row, _("Enter a population"), _("Save"), _("The population is recorded."))
    return command_page(request, form, lambda context: commands.set_population(context, row, form.new()), words)


@both_methods
@page
def record_succession(request: HttpRequest, pk: int) -> HttpResponse:
    row = _place_for(request, pk, "registry.decide")
    form = forms.SuccessionForm(acting(request), request.POST or None)
    words = _words(request, row, _("Name what came after"), _("Save"), _("The succession is recorded."))
    return command_page(
        request,
        form,
        lambda context: commands.record_succession(
            context,
            row,
            form.cleaned_data["successor"],
            form.cleaned_data["kind"],
            form.cleaned_data["effective_on"],
        ),
        words,
    )


@require_GET
@page
def suggestions(request: HttpRequest) -> HttpResponse:
    rows = page_queries.places_named(acting(request), typed_text(request))
    return suggestions_response(request, [Suggestion(row.code, _line(row)) for row in rows])


def _line(row: Place) -> str:
    return name_of(row) if row.parent is None else f"{name_of(row)} · {name_of(row.parent)}"
