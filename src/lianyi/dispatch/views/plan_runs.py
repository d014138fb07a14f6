"""Searches for plans: asked for, watched while they run, stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands, scenario_queries
from lianyi.dispatch.authority import may_on_scenario
from lianyi.dispatch.models import ACTIVE_RUNS, PlanScenario, RunState
from lianyi.dispatch.scenario_words import GOAL_WORDS, RUN_ERROR, RUN_ERROR_WORDS, RUN_TONES, STAGE_WORDS
from lianyi.pages.requests import acting, command_context, page

LIVE_SECONDS = 2


def run_context(actor: Actor, scenario: PlanScenario) -> dict[str, Any] | None:
    """Return what the page shows of the last search; None where there was none."""
    run = scenario_queries.last_run(actor, scenario)
    if run is None:
        return None
    share = min(99, round(100 * run.seconds_gone / scenario.seconds)) if run.state == RunState.RUNNING else 0
    reached = [
        {"word": GOAL_WORDS[each["goal"]], "value": each["value"], "bound": each["bound"]}
        for each in run.best.get("goals", ())
    ]
    return {
        "row": run,
        "is_on": run.state in ACTIVE_RUNS,
        "tone": RUN_TONES[run.state],
        "stage": STAGE_WORDS.get(run.stage, ""),
        "share": share,
        "seconds": round(run.seconds_gone),
        "lines": len(run.best.get("lines", ())),
        "reached": reached,
        "before": scenario_queries.searches_before(run) if run.state == RunState.QUEUED else 0,
        "error": RUN_ERROR_WORDS.get(run.error_code, RUN_ERROR) if run.state == RunState.FAILED else "",
        "live_seconds": LIVE_SECONDS,
        "may_stop": run.state in ACTIVE_RUNS
        and not run.is_stop_asked
        and may_on_scenario(actor, "dispatch.write", scenario),
    }


@require_POST
@page
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a search; a process of its own takes it up within seconds."""
    row = scenario_queries.scenario(acting(request), pk)
    commands.ask_for_run(command_context(request), row)
    return redirect(f"{row.get_absolute_url()}#search")


@require_safe
@page
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the search is; the whole page is loaded again when it has ended."""
    actor = acting(request)
    row = scenario_queries.scenario(actor, pk)
    run = run_context(actor, row)
    if run is not None and not run["is_on"] and getattr(request, "htmx", False):
        return HttpResponseClientRefresh()
    return render(request, "dispatch/_plan_run.html", {"run": run, "scenario": row})


@require_POST
@page
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    run = scenario_queries.run(acting(request), pk)
    commands.stop_run(command_context(request), run)
    messages.success(request, _("The search stops, and the best lines so far are kept."))
    return redirect(f"{run.scenario.get_absolute_url()}#search")
