"""A region's account, and the institutions and published figures behind its numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family, Permission, role_holds
from lianyi.pages.charts import Chart
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.registry.models import Place, WorkloadMeasure
from lianyi.registry.workload_figures import population_chart
from lianyi.survey import queries
from lianyi.survey.account_sheets import (
    NO_PART,
    figures_sheet,
    levels_sheet,
    parts_sheet,
    titles_sheet,
    years_sheet,
)
from lianyi.survey.amounts import InstitutionAmount, Inventory, inventory
from lianyi.survey.charts import bars_by_place, lines_by_year
from lianyi.survey.filters import FigureFilter, WorkFilter
from lianyi.survey.forms import BasisForm, RowsForm
from lianyi.survey.lines import Account, Basis, RegionLine, account
from lianyi.survey.models import FigureMeasure
from lianyi.survey.sheets import Sheet, Sheets
from lianyi.survey.tables import AmountTable, FigureTable, WorkTable
from lianyi.survey.views.asking import ask_again, frame, survey_crumbs, usual_code
from lianyi.survey.words import RESOURCE_WORDS

FEWEST_YEARS = 2
_NOT_DRAWN = (FigureMeasure.AREA_KM2, FigureMeasure.INCOME_PER_HEAD)


@require_safe
@page
def region(request: HttpRequest) -> HttpResponse:
    """Show what a region has, by place and by level, and how it changed."""
    actor = acting(request)
    require(actor, "registry.read")
    form = BasisForm(actor, request.GET.dict(), {"place": usual_code(actor), "basis": Basis.RECORDS})
    about = frame(request, form, _("Resources of a region"))
    if not form.is_valid():
        return ask_again(request, about)
    found = inventory(actor, form.chosen_place(), timezone.localdate())
    drawn_up = account(actor, found, form.chosen_basis())
    years = _Years(actor, found.place)
    tables = _sheets(actor, drawn_up, years)
    export = tables.export(request, f"resources-{found.place.code}")
    if export is not None:
        return export
    context = {
        **about,
        "title": _("Resources: %(place)s") % {"place": name_of(found.place)},
        "place": found.place,
        "account": drawn_up,
        "has_samples": drawn_up.has_samples,
        "by_records": drawn_up.basis is Basis.RECORDS,
        "counts_staff": queries.may_count_staff(actor),
        "sheets": tables.sheets,
        "charts": [*_density_chart(drawn_up), *years.charts()],
    }
    return render(request, "survey/account.html", context)


class _Years:
    """What is known of a region for more than one year."""

    def __init__(self, actor: Actor, place: Place) -> None:
        self.code = place.code
        self.population = queries.population_rows(actor, place)
        self.work = queries.workload_sums(actor, place)
        self.published = {
            measure: {year: float(quantity) for year, quantity in by_year.items()}
            for measure, by_year in queries.figure_years(actor, place).items()
        }

    def sheets(self) -> list[Sheet]:
        words = {measure.value: str(measure.label) for measure in WorkloadMeasure}
        found = [years_sheet(self.code, self.work, words)] if self.work else []
        return [*found, figures_sheet(self.code, self.published)] if self.published else found

    def charts(self) -> list[Chart]:
        population = population_chart(self.population)
        drawn = [] if population is None else [population]
        words = {measure.value: str(measure.label) for measure in FigureMeasure if measure not in _NOT_DRAWN}
        lines = {
            words[measure]: by_year
            for measure, by_year in self.published.items()
            if measure in words and len(by_year) >= FEWEST_YEARS
        }
        if lines:
            drawn.append(lines_by_year("published-by-year", _("Published figures by year"), lines))
        return drawn


def _sheets(actor: Actor, drawn_up: Account, years: _Years) -> Sheets:
    found = drawn_up.inventory
    only_counts = not actor.is_service and not role_holds(actor.role, Permission(Family.STAFF, Act.READ))
    sheets = [parts_sheet(drawn_up), levels_sheet(found.place.code, drawn_up.levels)]
    if found.titles:
        sheets.append(titles_sheet(found.place.code, found.titles, only_counts=only_counts))
    return Sheets([*sheets, *years.sheets()])


def _density_chart(drawn_up: Account) -> list[Chart]:
    lines: list[RegionLine] = [*drawn_up.parts, drawn_up.whole]
    series = {
        str(RESOURCE_WORDS[resource]): [line.per_thousand(resource) for line in lines]
        for resource in ("beds", "doctors", "nurses")
    }
    if all(value is None for values in series.values() for value in values):
        return []
    names = [name_of(line.place) for line in lines]
    return [bars_by_place("density", _("Per 1,000 residents"), names, series)]


@require_safe
@page
def institutions(request: HttpRequest) -> HttpResponse:
    """Show the institutions behind a figure with what each is known to have."""
    actor = acting(request)
    require(actor, "registry.read")
    form = RowsForm(actor, request.GET.dict(), {"place": usual_code(actor)})
    about: dict[str, Any] = {"breadcrumbs": survey_crumbs(), "form": form}
    title = _("Institutions and their resources")
    if not form.is_valid():
        return render(request, "survey/question_only.html", {**about, "title": title}, status=422)
    found = inventory(actor, form.chosen_place(), timezone.localdate())
    return list_response(
        request,
        table_class=AmountTable,
        rows=_narrowed(found, form),
        title=f"{title}: {name_of(found.place)}",
        export_name=f"institutions-{found.place.code}",
        template="survey/rows.html",
        context={**about, "has_samples": found.has_samples, "out_of_reach": found.out_of_reach},
    )


def _narrowed(found: Inventory, form: RowsForm) -> list[InstitutionAmount]:
    rows = list(found.rows)
    tier, part, figure = (form.cleaned_data[name] for name in ("tier", "part", "figure"))
    if tier:
        rows = [row for row in rows if row.institution.tier == tier]
    if part == NO_PART:
        rows = [row for row in rows if row.part_id is None]
    if figure == "no-beds":
        rows = [row for row in rows if row.states_beds and row.beds is None]
    if figure == "no-staff":
        rows = [row for row in rows if row.states_staff and row.staff is None]
    if figure == "no-position":
        rows = [row for row in rows if row.treats_patients and row.position is None]
    return rows


@require_safe
@page
def figures(request: HttpRequest) -> HttpResponse:
    """Show published figures of a place and its parts, each with its source."""
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=FigureTable,
        rows=queries.figure_rows(actor),
        filterset_class=FigureFilter,
        title=_("Published figures of places"),
        export_name="published-figures",
        context={"breadcrumbs": survey_crumbs()},
    )


@require_safe
@page
def workload(request: HttpRequest) -> HttpResponse:
    """Show what institutions and departments did by year: the rows behind a sum."""
    actor = acting(request)
    require(actor, "registry.read")
    return list_response(
        request,
        table_class=WorkTable,
        rows=queries.work_rows(actor),
        filterset_class=WorkFilter,
        title=_("Work by year"),
        export_name="work-by-year",
        context={"breadcrumbs": survey_crumbs()},
    )
