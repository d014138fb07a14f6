"""The tree of places and the page of one, with the forms that change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.lookups import Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry import commands, queries
from lianyi.registry.filters import PlaceFilter
from lianyi.registry.forms import places as forms
from lianyi.registry.models import Place
from lianyi.registry.page_facts import past_of
from lianyi.registry.tables import PlaceTable
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words
from lianyi.registry.workload_figures import population_chart


def address_of(row: Place) -> str:
    return reverse("registry:place-detail", args=[row.pk])


def _root_crumb() -> Crumb:
    return Crumb(_("Places"), reverse("registry:places"))


def _crumbs(actor: Actor, row: Place) -> list[Crumb]:
    above = [Crumb(name_of(each), address_of(each)) for each in queries.line_above(actor, row)]
    return [_root_crumb(), *above]


@require_safe
@page
def places(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=PlaceTable,
        rows=queries.places(actor),
        filterset_class=PlaceFilter,
        template="registry/places.html",
        title=_("Places"),
        context=_top_of_tree(actor),
        export_name="places",
    )


def _top_of_tree(actor: Actor) -> dict[str, Any]:
    """Return where the tree begins: below the root, where there is only one."""
    roots = list(queries.parts_of(actor, None))
    if len(roots) != 1:
        return {"parts": roots}
    return {"root": roots[0], "parts": queries.parts_of(actor, roots[0])}


@require_safe
@page
def place(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.place(actor, pk)
    populations = queries.populations(actor, row)
    context = {
        "title": name_of(row),
        "place": row,
        "breadcrumbs": _crumbs(actor, row),
        "parts": queries.parts_of(actor, row),
        "populations": list(reversed(populations)),
        "chart": population_chart(populations),
        "successions": queries.successions(actor, row),
        "counts": queries.institution_counts(actor, row),
        "past": past_of(actor, row, timezone.localdate()),
        "pending": queries.pending_change(actor, row.pk),
        "is_over": row.valid_to is not None and row.valid_to < timezone.localdate(),
        "may_write": decide(actor, "registry.write", row).allowed,
        "may_decide": decide(actor, "registry.decide", row).allowed,
    }
    return render(request, "registry/place.html", context)


@require_safe
@page
def parts(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the places directly below one, for the tree."""
    actor = acting(request)
    row = queries.place(actor, pk)
    return render(request, "registry/place_parts.html", {"parts": queries.parts_of(actor, row)})


def place_for(permission: str) -> Callable[[HttpRequest, int], Place]:
    """Return how a page finds a place on which the acting person may do this.

    Raises
    ------
    NotFoundInScopeError, NotPermittedError
    """

    def find(request: HttpRequest, pk: int) -> Place:
        row = queries.place(acting(request), pk)
        require(acting(request), permission, row)
        return row

    return find


def about_place(request: HttpRequest, row: Place, words: Words) -> FormPage:
    """Return a form page that leads back to the place."""
    crumbs = [*_crumbs(acting(request), row), Crumb(name_of(row), address_of(row))]
    return FormPage(words, address_of(row), crumbs)


_decided = RecordPages(place_for("registry.decide"), about_place)

create = _decided.page(
    Words(gettext_lazy("New place"), gettext_lazy("Add place"), gettext_lazy("The place is recorded.")),
    forms.CreatePlaceForm,
    lambda context, _row, form: commands.create_place(context, form.new()),
)

correct = _decided.page(
    Words(
        gettext_lazy("Correct the record"),
        gettext_lazy("Correct"),
        gettext_lazy("The record is corrected."),
        gettext_lazy("For what was wrong all along. What really changed is a renaming or a move."),
    ),
    forms.CorrectPlaceForm,
    lambda context, row, form: commands.correct_place(context, row, form.changes(), form.seen_version),
)

rename = _decided.page(
    Words(gettext_lazy("Rename"), gettext_lazy("Rename"), gettext_lazy("The new names are recorded.")),
    forms.RenamePlaceForm,
    lambda context, row, form: commands.update_place(
        context, row, form.names(), form.cleaned_data["effective_on"], form.seen_version
    ),
)

move = _decided.page(
    Words(
        gettext_lazy("Make part of another"),
        gettext_lazy("Move"),
        gettext_lazy("The move is recorded."),
        gettext_lazy(
            "Everything below moves with it, and people of the place above then reach it; those of the old one do not."
        ),
    ),
    forms.MovePlaceForm,
    lambda context, row, form: commands.move_place(
        context, row, form.cleaned_data["parent"], form.cleaned_data["effective_on"], form.seen_version
    ),
)

close = _decided.page(
    Words(
        gettext_lazy("End the code"),
        gettext_lazy("End the code"),
        gettext_lazy("The last day is recorded."),
        gettext_lazy("Institutions stay where they are until they are moved. Name afterwards what came after it."),
    ),
    forms.ClosePlaceForm,
    lambda context, row, form: commands.close_place(context, row, form.cleaned_data["valid_to"], form.seen_version),
)

set_population = RecordPages(place_for("registry.write"), about_place).page(
    Words(gettext_lazy("Enter a population"), gettext_lazy("Save"), gettext_lazy("The population is recorded.")),
    lambda actor, _row, data: forms.PopulationForm(actor, data),
    lambda context, row, form: commands.set_population(context, row, form.new()),
)

record_succession = _decided.page(
    Words(gettext_lazy("Name what came after"), gettext_lazy("Save"), gettext_lazy("The succession is recorded.")),
    lambda actor, _row, data: forms.SuccessionForm(actor, data),
    lambda context, row, form: commands.record_succession(
        context, row, form.cleaned_data["successor"], form.cleaned_data["kind"], form.cleaned_data["effective_on"]
    ),
)


@require_safe
@page
def suggestions(request: HttpRequest) -> HttpResponse:
    rows = queries.places_named(acting(request), typed_text(request))
    return suggestions_response(request, [Suggestion(row.code, _line(row)) for row in rows])


def _line(row: Place) -> str:
    return name_of(row) if row.parent is None else f"{name_of(row)} · {name_of(row.parent)}"
