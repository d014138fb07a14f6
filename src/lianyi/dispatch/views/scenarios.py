"""Scenarios of plans: the list, a new one, the board, side by side, and what is done with a whole scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts.access import decide, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import commands, scenario_queries
from lianyi.dispatch.authority import may_on_scenario, plans, require_on_scenario
from lianyi.dispatch.commands.handing_over import hand_over_of
from lianyi.dispatch.models import PlanLine, PlanScenario
from lianyi.dispatch.scenario_board import board_of, columns_by_year
from lianyi.dispatch.scenario_demand_words import asked_words
from lianyi.dispatch.scenario_forms import NameForm, ScenarioForm
from lianyi.dispatch.scenario_machine import is_searching, may
from lianyi.dispatch.scenario_problem import plan_data
from lianyi.dispatch.scenario_tables import PlanLineTable, ScenarioTable, last_day_of
from lianyi.dispatch.scenario_telling import Teller
from lianyi.dispatch.scenario_words import BAR_WORDS, GOAL_WORDS, STATE_TONES
from lianyi.dispatch.views.plan_runs import run_context
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm, form_response
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, command_context, log_list_reading, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]
SITES_ON_A_PAGE = 25


def scenario_crumbs(row: PlanScenario | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Plan scenarios"), reverse("dispatch:plan-scenarios"))]
    if row is not None:
        crumbs.append(Crumb(row.name, row.get_absolute_url()))
    return crumbs


def to_scenario(row: PlanScenario) -> str:
    return row.get_absolute_url()


@require_safe
@page
def scenario_list(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.read")
    return list_response(
        request,
        table_class=ScenarioTable,
        rows=scenario_queries.scenarios(actor),
        title=_("Plan scenarios"),
        export_name="plan-scenarios",
        template="dispatch/scenarios.html",
        context={"may_write": plans(actor) and decide(actor, "dispatch.write").allowed},
    )


@require_http_methods(BOTH)
@page
def new_scenario(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "dispatch.write")
    if not plans(actor):
        raise NotFoundInScopeError("This role writes no plans.", model="PlanScenario")
    asked: dict[str, Any] = {"agreements": request.GET.getlist("agreement")} if "agreement" in request.GET else {}
    if "pairing" in request.GET:
        asked["pairing"] = request.GET["pairing"]
    form = ScenarioForm(actor, None, request.POST or None, asked)
    about = FormPage(
        title=gettext_lazy("New plan scenario"),
        submit_label=gettext_lazy("Make the scenario"),
        cancel_url=reverse("dispatch:plan-scenarios"),
        done=gettext_lazy("The scenario is made. Search for a plan, or add lines by hand."),
        crumbs=scenario_crumbs(),
    )
    return _scenario_form(
        request, form, about, lambda: commands.create_scenario(command_context(request), form.new_scenario())
    )


@require_http_methods(BOTH)
@page
def change_scenario(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    require_on_scenario(actor, "dispatch.write", row)
    form = ScenarioForm(actor, row, request.POST or None, {})
    about = FormPage(
        title=gettext_lazy("Rules and settings"),
        submit_label=gettext_lazy("Save"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The scenario is changed. Search again, so that the lines follow it."),
        crumbs=scenario_crumbs(row),
    )

    def run() -> PlanScenario:
        seen = form.cleaned_data["expected_version"]
        version = seen if isinstance(seen, int) else row.version
        return commands.change_scenario(command_context(request), row, form.new_scenario(), version)

    return _scenario_form(request, form, about, run)


def _scenario_form(
    request: HttpRequest, form: ScenarioForm, about: FormPage, run: Callable[[], PlanScenario]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        row = form.attempt(run)
        if row is not None:
            messages.success(request, str(about.done))
            return redirect(to_scenario(row))
    return form_response(
        request,
        form=form,
        title=str(about.title),
        submit_label=str(about.submit_label),
        cancel_url=about.cancel_url,
        context={"breadcrumbs": about.crumbs},
        template="dispatch/scenario_form.html",
    )


@require_safe
@page
def scenario_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the board: who goes where and when, what stays open and why, what is broken, what may be done."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    data = plan_data(actor, row)
    lines = list(scenario_queries.lines_of(actor, row))
    unmet = scenario_queries.unmet_of(actor, row)
    teller = Teller(row, unmet)
    pages = Paginator(board_of(data, lines), SITES_ON_A_PAGE)
    is_on, may_write = is_searching(row), may_on_scenario(actor, "dispatch.write", row)
    log_list_reading(request, PlanLine, len(lines))
    labels = data.horizon.labels
    context = {
        "title": row.name,
        "scenario": row,
        "tone": STATE_TONES[row.state],
        "agreements": list(row.agreements.order_by("code")),
        "last_day": last_day_of(row),
        "labels": labels,
        "years": columns_by_year(labels),
        "short_labels": [label[5:] for label in labels],
        "sites_page": pages.get_page(request.GET.get("page")),
        "lines": lines,
        "open_needs": [teller.open_need(each) for each in unmet],
        "breaches": teller.breaches(),
        "changes": teller.changes(),
        "outside": data.outside,
        "asked": asked_words(data.demands),
        "unknown": [data.needs[key] for key in row.figures.get("unknown_numbers", ()) if key in data.needs],
        "goals": _goals(row),
        "is_searching": is_on,
        "run": run_context(actor, row),
        "may_write": may_write,
        "may": {name: may_write and may(row, name, is_on=is_on) for name in _OFFERED},
        "others": len(scenario_queries.side_by_side(actor, row)) - 1,
        "breadcrumbs": scenario_crumbs(),
    }
    return render(request, "dispatch/scenario.html", context)


_OFFERED = ("change", "search", "edit_lines", "hand_over", "repair", "put_aside", "take_up")


def _goals(row: PlanScenario) -> list[dict[str, Any]]:
    return [
        {
            "word": GOAL_WORDS[each["goal"]],
            "value": each["value"],
            "bound": each["bound"],
            "gap": None if each["gap"] is None else each["gap"] * 100,
            "is_proved": each["stop_reason"] == "optimal",
        }
        for each in row.figures.get("goals", ())
    ]


@require_safe
@page
def scenario_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the lines of a scenario as a table, to sort and to take along."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    return list_response(
        request,
        table_class=PlanLineTable,
        rows=scenario_queries.lines_of(actor, row),
        title=_("Lines of “%(scenario)s”") % {"scenario": row.name},
        export_name="plan-lines",
        context={"breadcrumbs": scenario_crumbs(row)},
    )


@require_safe
@page
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the scenarios of the same agreements side by side."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    found = scenario_queries.side_by_side(actor, row)
    context = {
        "title": _("Scenarios side by side"),
        "here": row,
        "scenarios": found,
        "rows": _compared(found),
        "breadcrumbs": scenario_crumbs(row),
    }
    return render(request, "dispatch/scenario_compare.html", context)


def _compared(found: list[PlanScenario]) -> list[dict[str, Any]]:
    """Return the figures as rows: a word, a value for each scenario, and which is best."""
    asked: list[tuple[str, Callable[[dict[str, Any]], float | None], Callable[[dict[str, Any]], str], int]] = [
        (_("Needs met in full"), _value("needs_met"), _of("needs_met", "needs"), 1),
        (_("Person-periods met"), _value("met"), _of("met", "wanted"), 1),
        (
            _("Presence: periods with somebody there"),
            _value("site_periods_covered"),
            _of("site_periods_covered", "site_periods"),
            1,
        ),
        (_("Longest away, earlier postings counted (months)"), _value("most_months"), _plain("most_months"), -1),
        (
            _("Months sent per member of staff, most"),
            _value("months_per_staff_most"),
            _plain("months_per_staff_most"),
            -1,
        ),
        (_("Home departments left short (people × periods)"), _value("home_cover"), _plain("home_cover"), -1),
        (_("Travel (hours)"), _value("travel_hours"), _plain("travel_hours"), -1),
        (_("People sent"), _value("people"), _plain("people"), 0),
        (_("Lines"), _value("lines"), _plain("lines"), 0),
        (_("Rules broken"), _value("broken"), _plain("broken"), -1),
        (_("Gap to what is proved possible, people missing"), _gap, _gap_word, -1),
    ]
    rows = []
    for word, value_of, word_of, sense in asked:
        values = [value_of(each.figures) for each in found]
        known = [value for value in values if value is not None]
        best = None if not sense or len(set(known)) < 2 else (max(known) if sense > 0 else min(known))  # noqa: PLR2004
        cells = [
            {"word": word_of(each.figures) if value is not None else "—", "is_best": best is not None and value == best}
            for each, value in zip(found, values, strict=True)
        ]
        rows.append({"word": word, "cells": cells})
    return rows


def _value(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda figures: figures.get(name)


def _plain(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda figures: f"{figures[name]:g}"


def _of(part: str, whole: str) -> Callable[[dict[str, Any]], str]:
    return lambda figures: f"{figures[part]} / {figures[whole]}"


def _gap(figures: dict[str, Any]) -> float | None:
    return next((each["gap"] for each in figures.get("goals", ()) if each["goal"] == "need"), None)


def _gap_word(figures: dict[str, Any]) -> str:
    gap = _gap(figures)
    return "—" if gap is None else f"{gap * 100:.1f} %"


@require_http_methods(BOTH)
@page
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.scenario(acting(request), pk)
    about = FormPage(
        title=gettext_lazy("Copy as a new scenario"),
        submit_label=gettext_lazy("Copy"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("The scenario is copied with its lines and locks."),
        crumbs=scenario_crumbs(row),
    )
    return _named(request, row, about, commands.copy_scenario)


@require_http_methods(BOTH)
@page
def repair(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.scenario(acting(request), pk)
    about = FormPage(
        title=gettext_lazy("Repair the plan"),
        submit_label=gettext_lazy("Begin the repair"),
        cancel_url=row.get_absolute_url(),
        done=gettext_lazy("Lock what must not move, then search: as few people as possible change."),
        crumbs=scenario_crumbs(row),
        intro=gettext_lazy(
            "Somebody fell ill, a need was added, a hospital withdrew: first record that. The repair then keeps "
            "whatever is still possible, and says of everybody who changes why."
        ),
    )
    return _named(request, row, about, commands.repair_scenario)


def _named(request: HttpRequest, row: PlanScenario, about: FormPage, make: Callable[..., PlanScenario]) -> HttpResponse:
    require_on_scenario(acting(request), "dispatch.write", row)
    form = NameForm(request.POST or None, initial={"name": _next_name(row)})
    return run_form(
        request, form, about, lambda: make(command_context(request), row, form.cleaned_data["name"]), to_scenario
    )


def _next_name(row: PlanScenario) -> str:
    return f"{row.name[:90]} · {row.copies.count() + 2}"


@require_POST
@page
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.scenario(acting(request), pk)
    commands.put_aside_scenario(command_context(request), row, row.version)
    messages.success(request, _("The scenario is put aside."))
    return redirect(to_scenario(row))


@require_POST
@page
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    row = scenario_queries.scenario(acting(request), pk)
    commands.take_up_scenario(command_context(request), row, row.version)
    messages.success(request, _("The scenario is taken up again."))
    return redirect(to_scenario(row))


@require_http_methods(BOTH)
@page
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what handing over will do, and do it."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    require_on_scenario(actor, "dispatch.write", row)
    form = CommandForm(request.POST or None, initial={"expected_version": row.version})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["expected_version"]
        version = seen if isinstance(seen, int) else row.version
        done = form.attempt(lambda: commands.hand_over_scenario(command_context(request), row, version))
        if done is not None:
            messages.success(request, _("The lines are drafts of the agreements' plans now, and wait for approval."))
            return redirect(to_scenario(row))
    plan = hand_over_of(plan_data(actor, row), row)
    context = {
        "plan": plan,
        "problems": [(line, BAR_WORDS[code]) for line, code in plan.problems],
        "is_possible": not plan.problems and not plan.unlawful,
        "scenario": row,
        "breadcrumbs": scenario_crumbs(row),
    }
    return form_response(
        request,
        form=form,
        title=_("Hand the plan over"),
        submit_label=_("Hand the plan over"),
        cancel_url=row.get_absolute_url(),
        context=context,
        template="dispatch/scenario_hand_over.html",
    )
