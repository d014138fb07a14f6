"""Capability cycles: the list, those of an agreement, one with its gaps, plan and review, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.growth.commands import cycle_plans
from lianyi.growth.commands import cycles as commands
from lianyi.growth.cycle_page import cycle_page
from lianyi.growth.cycle_paper import paper_of
from lianyi.growth.cycles_gathering import Figures, figures_for, gaps_for
from lianyi.growth.cycles_looking_back import gaps_now
from lianyi.growth.cycles_machine import MOVE_BY_NAME, standing_of
from lianyi.growth.forms.cycles import ChangeCycleForm, CycleForm, CycleMoveForm
from lianyi.growth.models import CapabilityCycle, GapOrigin
from lianyi.growth.queries import assessments as assessment_queries
from lianyi.growth.queries import cycles as queries
from lianyi.growth.rulebook import ranking_on
from lianyi.growth.support_ranking import specialties_of
from lianyi.growth.tables.cycles import CycleFilter, CycleTable, standing_word
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.documents import pdf_response
from lianyi.pages.listing import list_response
from lianyi.pages.names import in_language, name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.models import CycleStep
from lianyi.partnerships.views.parts import FormPage, agreement_context, agreement_crumbs, run_form

BOTH = ["GET", "HEAD", "POST"]
Steps = Mapping[tuple[int, int], list[CycleStep]]


def cycle_crumbs(row: CapabilityCycle | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Capability cycles"), reverse("growth:capability-cycles"))]
    if row is not None:
        crumbs.append(Crumb(_("Cycle %(number)s") % {"number": row.number}, row.get_absolute_url()))
    return crumbs


@require_safe
@page
def cycle_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "growth.read")
    return list_response(
        request,
        table_class=CycleTable,
        rows=queries.cycles(actor),
        filterset_class=CycleFilter,
        title=_("Capability cycles"),
        export_name="capability-cycles",
    )


@require_safe
@page
def of_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the cycles of an agreement; without one it says what to do."""
    actor = acting(request)
    agreement = queries.agreement(actor, pk)
    require(actor, "growth.read", agreement)
    rows = queries.cycles_of(actor, agreement)
    steps = queries.steps_by_cycle(rows)
    context = {
        **agreement_context(request, agreement, "growth:capability-cycles-of"),
        "cycles": [
            {
                "row": row,
                "standing": standing_word(_standing(row, steps)),
                "steps": steps.get((agreement.pk, row.number)),
            }
            for row in rows
        ],
        "may_open": commands.may_keep(actor, agreement) and _may_open(rows, steps),
        "supported": assessment_queries.supported_institutions(actor, agreement),
        "may_assess": decide(actor, "growth.write", agreement).allowed,
    }
    return render(request, "growth/cycles_of_agreement.html", context)


def _standing(row: CapabilityCycle, steps: Steps) -> int:
    return standing_of(steps.get((row.agreement_id, row.number), []))


def _may_open(rows: list[CapabilityCycle], steps: Steps) -> bool:
    return not rows or not _standing(rows[0], steps)


@require_safe
@page
def cycle(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.cycle(actor, pk)
    context = {
        "title": _("Cycle %(number)s: %(agreement)s")
        % {"number": row.number, "agreement": name_of(row.agreement, "title")},
        "breadcrumbs": [*agreement_crumbs(row.agreement), *cycle_crumbs()],
        "cycle": row,
        "may_keep": commands.may_keep(actor, row.agreement),
        **cycle_page(actor, row),
    }
    return render(request, "growth/cycle.html", context)


@require_safe
@page
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole cycle as it is printed."""
    actor = acting(request)
    row = queries.cycle(actor, pk)
    about = paper_of(row, cycle_page(actor, row))
    context = {"title": about.title, "breadcrumbs": cycle_crumbs(row), "cycle": row, "paper": about}
    return render(request, "growth/cycle_paper.html", context)


@require_safe
@page
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the whole cycle as a PDF."""
    actor = acting(request)
    row = queries.cycle(actor, pk)
    data = paper_of(row, cycle_page(actor, row)).as_document()
    name = f"capability-cycle-{row.agreement.code}-{row.number}"
    return pdf_response("growth/documents/cycle.typ", data, name)


@require_http_methods(BOTH)
@page
def open_cycle(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = queries.agreement(actor, pk)
    require(actor, "growth.write", agreement)
    form = CycleForm(request.POST or None, initial={"started_on": timezone.localdate()})
    about = FormPage(
        title=gettext_lazy("Open a capability cycle"),
        submit_label=gettext_lazy("Open the cycle"),
        cancel_url=reverse("growth:capability-cycles-of", args=[pk]),
        done=gettext_lazy("The cycle is open."),
        crumbs=agreement_crumbs(agreement),
        intro=gettext_lazy(
            "It joins the running twinning cycle of the agreement, or begins the next one with what the last review "
            "left open."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: commands.open_cycle(command_context(request), agreement, form.new()),
        lambda row: str(row.get_absolute_url()),
    )


@require_http_methods(BOTH)
@page
def change_cycle(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = queries.cycle(actor, pk)
    require(actor, "growth.write", row)
    form = ChangeCycleForm(request.POST or None, initial=ChangeCycleForm.initial_of(row))
    about = FormPage(
        title=gettext_lazy("Change the cycle"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The cycle is changed."),
        crumbs=cycle_crumbs(row),
    )

    def run() -> CapabilityCycle:
        version = form.cleaned_data["expected_version"] or row.version
        return commands.change_cycle(command_context(request), row, form.facts(), version)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take the cycle on: the running twinning step is finished, the next one begins."""
    actor = acting(request)
    row = queries.cycle(actor, pk)
    require(actor, "growth.write", row)
    move = MOVE_BY_NAME.get(name)
    label = name if move is None else move.label
    form = CycleMoveForm(request.POST or None, initial={"day": timezone.localdate()})
    about = FormPage(
        title=label,
        submit_label=label,
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The cycle goes on."),
        crumbs=cycle_crumbs(row),
        intro=gettext_lazy("The running step of the twinning cycle is finished on that day, and the next one begins."),
    )

    def run() -> CapabilityCycle:
        data = form.cleaned_data
        return commands.take_cycle_step(command_context(request), row, name, data["day"], data["note"])

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_POST
@page
def gather(request: HttpRequest, pk: int) -> HttpResponse:
    """Gather the gaps that assessments and figures show now."""
    actor = acting(request)
    row = queries.cycle(actor, pk)
    require(actor, "growth.write", row)
    institutions = assessment_queries.supported_institutions(actor, row.agreement)
    ranking = ranking_on(timezone.localdate())
    found = gaps_for(actor, institutions, ranking, figures_for(actor, institutions))
    commands.gather_gaps(command_context(request), row, found)
    messages.success(request, _("Gaps found: %(count)s.") % {"count": len(found)})
    return redirect(row.get_absolute_url())


@require_POST
@page
def look_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at every gap again: by the newest assessment, or by its figure."""
    actor = acting(request)
    row = queries.cycle(actor, pk)
    require(actor, "growth.write", row)
    found = gaps_now(actor, queries.gaps_of(actor, row), ranking_on(timezone.localdate()))
    cycle_plans.look_back(command_context(request), row, found)
    messages.success(request, _("Every gap was looked back on."))
    return redirect(f"{row.get_absolute_url()}#review")


@require_safe
@page
def specialties(request: HttpRequest, pk: int) -> HttpResponse:
    """Rank which specialties of the supported institutions to support next, and say why."""
    actor = acting(request)
    agreement = queries.agreement(actor, pk)
    require(actor, "growth.read", agreement)
    ranking = ranking_on(timezone.localdate())
    institutions = assessment_queries.supported_institutions(actor, agreement)
    figures = figures_for(actor, institutions)
    context = {
        **agreement_context(request, agreement, "growth:capability-cycles-of"),
        "title": _("Which specialties to support next"),
        "breadcrumbs": agreement_crumbs(agreement),
        "ranking": ranking,
        "ranking_title": in_language(ranking.title.zh, ranking.title.en),
        "weights": ranking.support_weights,
        "institutions": [
            {"row": each, "lines": specialties_of(actor, each, figures, ranking)} for each in institutions
        ],
        "silent": silent_words(figures),
    }
    return render(request, "growth/specialties.html", context)


def silent_words(figures: Figures) -> list[dict[str, Any]]:
    """Return the sources that say nothing, each with the reason."""
    return [{"origin": GapOrigin(each.origin).label, "why": each.why} for each in figures.silent]
