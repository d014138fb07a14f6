"""Scenarios that were kept: the list, one of them, its name, its end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import covers, require
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, page
from lianyi.registry.forms.fields import ActorForm
from lianyi.registry.views.form_pages import FormPage, RecordPages, Words
from lianyi.survey import commands, queries
from lianyi.survey.filters import ScenarioFilter
from lianyi.survey.forms import ScenarioForm
from lianyi.survey.models import Scenario
from lianyi.survey.option_sheets import kept_sheets, parameter_lines
from lianyi.survey.sheets import Sheets
from lianyi.survey.tables import ScenarioTable
from lianyi.survey.views.asking import survey_crumbs


def _crumbs() -> list[Crumb]:
    return [*survey_crumbs(), Crumb(_("Scenarios"), reverse("survey:scenarios"))]


@require_safe
@page
def scenarios(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=ScenarioTable,
        rows=queries.scenarios(actor),
        filterset_class=ScenarioFilter,
        title=_("Scenarios"),
        export_name="scenarios",
        context={"breadcrumbs": survey_crumbs()},
    )


@require_safe
@page
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was assumed and what came out, as it was on the day it was kept."""
    actor = acting(request)
    row = queries.scenario(actor, pk)
    tables = Sheets(kept_sheets(row))
    export = tables.export(request, f"scenario-{row.pk}")
    if export is not None:
        return export
    before: dict[str, Any] = row.result.get("before", {})
    context = {
        "title": row.name,
        "scenario": row,
        "breadcrumbs": _crumbs(),
        "lines": parameter_lines(row.parameters),
        "sheets": tables.sheets,
        "export_query": "",
        "may_change": row.withdrawn_at is None and covers(actor, row.owner_id),
        "leaves_out": (before.get("people") or 0) > (before.get("covered") or 0) and covers(actor, row.place_id),
    }
    return render(request, "survey/scenario.html", context)


def _find(request: HttpRequest, pk: int) -> Scenario:
    return queries.scenario(acting(request), pk)


def _about(_request: HttpRequest, row: Scenario, words: Words) -> FormPage:
    return FormPage(words, row.get_absolute_url(), [*_crumbs(), Crumb(row.name, row.get_absolute_url())])


_pages = RecordPages(_find, _about)

rename = _pages.page(
    Words(gettext_lazy("Rename a scenario"), gettext_lazy("Save"), gettext_lazy("The scenario is renamed.")),
    lambda actor, row, data: ScenarioForm(
        actor, data, initial={"name": row.name, "note": row.note, "expected_version": row.version}
    ),
    lambda context, row, form: commands.rename_scenario(
        context, row, form.cleaned_data["name"], form.cleaned_data["note"], form.seen_version
    ),
)

withdraw = _pages.page(
    Words(
        gettext_lazy("Withdraw a scenario"),
        gettext_lazy("Withdraw"),
        gettext_lazy("The scenario is withdrawn."),
        gettext_lazy("It leaves the list of kept scenarios and can still be read under “withdrawn”."),
    ),
    lambda actor, row, data: ActorForm(actor, data, initial={"expected_version": row.version}),
    lambda context, row, form: commands.withdraw_scenario(context, row, form.seen_version),
)
