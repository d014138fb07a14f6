"""Staff required by their work, by WISN: the cadres of a region, and one cadre step by step."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.survey import staffing_queries as queries
from lianyi.survey.forms import PlaceForm
from lianyi.survey.sheets import Sheets, number_text
from lianyi.survey.staffing_sheets import (
    activities_sheet,
    allowances_sheet,
    cadres_sheet,
    people_words,
    steps_of,
    unknown_words,
    years_sheet,
)
from lianyi.survey.views.asking import ask_again, frame, survey_crumbs, usual_code


@require_safe
@page
def staffing(request: HttpRequest) -> HttpResponse:
    """Show the cadres of a region with the staff that their work requires, the largest shortage first."""
    actor = acting(request)
    require(actor, "registry.read")
    form = PlaceForm(actor, request.GET.dict(), {"place": usual_code(actor)})
    about = frame(request, form, _("Work and staff"))
    if not form.is_valid():
        return ask_again(request, about)
    place = form.chosen_place()
    found = queries.latest_staffing(actor, place)
    tables = Sheets([cadres_sheet(found)])
    export = tables.export(request, f"staff-{place.code}")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("Work and staff: %(place)s") % {"place": name_of(place)},
        "found": found,
        "missing": sum(each.missing for each in found),
        "short": sum(bool(each.missing) for each in found),
        "unknown": sum(each.found is None for each in found),
        "sheets": tables.sheets,
        "has_samples": any(each.workload.is_sample for each in found),
    }
    return render(request, "survey/staffing.html", context)


@require_safe
@page
def staffing_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the calculation of one cadre with every step between, and its other years."""
    actor = acting(request)
    require(actor, "registry.read")
    found = queries.staffing_of(actor, pk)
    row = found.workload
    components = queries.components_of(actor, [row])[row.pk]
    tables = Sheets(
        [
            activities_sheet(components, found, queries.volumes_of(actor, [row])),
            allowances_sheet(components, found.found),
            years_sheet(queries.years_of(actor, row)),
        ]
    )
    export = tables.export(request, f"staff-{row.institution.code}")
    if export is not None:
        return export
    units = (row.institution, row.department)
    about = " · ".join([*(name_of(each) for each in units if each is not None), row.cadre])
    context = {
        "title": f"{about} {row.year}",
        "breadcrumbs": [*survey_crumbs(), Crumb(_("Work and staff"), reverse("survey:staffing"))],
        "row": row,
        "people": people_words(row),
        "found": found,
        "figures": [
            (_("Existing"), number_text(found.existing, 0 if found.existing.is_integer() else 2)),
            (_("Required"), number_text(found.required, 2)),
            (_("In whole persons"), number_text(found.rounded)),
            (_("Difference"), number_text(found.difference, 2)),
            (_("Ratio"), number_text(found.ratio, 2)),
        ],
        "steps": [] if found.found is None else steps_of(found.found),
        "unknown": unknown_words(found),
        "sheets": tables.sheets,
        "export_query": "",
        "has_samples": row.is_sample,
    }
    return render(request, "survey/staffing_of.html", context)
