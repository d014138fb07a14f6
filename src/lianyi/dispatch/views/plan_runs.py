"""Searches for plans: asked for, watched while they run, stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands, pairing_queries, plan_queue, plan_run_queries, rounds_queries, scenario_queries
from lianyi.dispatch.authority import may_on_run, require_on_plan
from lianyi.dispatch.models import ACTIVE_RUNS, PlanRun, RunKind, RunState
from lianyi.dispatch.pairing_words import PAIRING_GOAL_WORDS
from lianyi.dispatch.rounds_folder import folder_data, refuse_unplannable
from lianyi.dispatch.rounds_visit_forms import PlanDaysForm, RoundSearchForm
from lianyi.dispatch.scenario_words import GOAL_WORDS, RUN_ERROR, RUN_ERROR_WORDS, RUN_TONES, STAGE_WORDS
from lianyi.dispatch.views.round_parts import BOTH, round_crumbs
from lianyi.methods.periods import DateSpan
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

LIVE_SECONDS = 2


def run_context(actor: Actor, row: plan_run_queries.Planned) -> dict[str, Any] | None:
    """Return what the page shows of the last search; None where there was none."""
    run = plan_run_queries.last_run(actor, row)
    if run is None:
        return None
    share = min(99, round(100 * run.seconds_gone / run.seconds)) if run.state == RunState.RUNNING else 0
    words = PAIRING_GOAL_WORDS if run.kind == RunKind.PAIRING else GOAL_WORDS
    reached = [
        {"word": words[each["goal"]], "value": each["value"], "bound": each["bound"]}
        for each in run.best.get("goals", ())
    ]
    return {
        "row": run,
        "is_on": run.state in ACTIVE_RUNS,
        "tone": RUN_TONES[run.state],
        "stage": STAGE_WORDS.get(run.stage, ""),
        "share": share,
        "seconds": round(run.seconds_gone),
        "best": _best_word(run),
        "reached": reached,
        "before": plan_run_queries.searches_before(run) if run.state == RunState.QUEUED else 0,
        "is_untaken": run.state in ACTIVE_RUNS and plan_queue.untaken(timezone.now()) is not None,
        "error": RUN_ERROR_WORDS.get(run.error_code, RUN_ERROR) if run.state == RunState.FAILED else "",
        "live_seconds": LIVE_SECONDS,
        "live_url": reverse(_PROGRESS[RunKind(run.kind)], args=[row.pk]),
        "may_stop": run.state in ACTIVE_RUNS and not run.is_stop_asked and may_on_run(actor, "dispatch.write", run),
    }


_PROGRESS = {
    RunKind.POSTINGS: "dispatch:plan-scenario-progress",
    RunKind.ROUNDS: "dispatch:round-search-progress",
    RunKind.PAIRING: "dispatch:pairing-progress",
}


def _best_word(run: PlanRun) -> str:
    """Say what a search has by now; nothing where it has nothing yet."""
    if run.kind == RunKind.POSTINGS:
        lines = len(run.best.get("lines", ()))
        words = ngettext("best so far: %(lines)s line", "best so far: %(lines)s lines", lines)
        return words % {"lines": lines} if lines else ""
    if run.kind == RunKind.PAIRING:
        pairs = len(run.best.get("pairs", ()))
        words = ngettext("best so far: %(pairs)s pair", "best so far: %(pairs)s pairs", pairs)
        return words % {"pairs": pairs} if pairs else ""
    if "visits" not in run.best:
        return ""
    visits = run.best["visits"]
    words = ngettext(
        "best so far: %(visits)s visit, %(missing)s left open",
        "best so far: %(visits)s visits, %(missing)s left open",
        visits,
    )
    return words % {"visits": visits, "missing": run.best["missing"]}


@require_POST
@page
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a search; a process of its own takes it up within seconds."""
    row = scenario_queries.scenario(acting(request), pk)
    commands.ask_for_run(command_context(request), row)
    return redirect(f"{row.get_absolute_url()}#search")


@require_POST
@page
def search_pairs(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a search for pairs; a process of its own takes it up within seconds."""
    row = pairing_queries.pairing(acting(request), pk)
    commands.ask_for_pairing_run(command_context(request), row)
    return redirect(f"{row.get_absolute_url()}#search")


@require_http_methods(BOTH)
@page
def search_rounds(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a plan of rounds; a process of its own searches it, and it is shown before anything is planned."""
    actor = acting(request)
    row = rounds_queries.programme(actor, pk)
    require_on_plan(actor, "dispatch.write", row.agreement)
    today = timezone.localdate()
    form = RoundSearchForm(row, request.POST or None, initial=PlanDaysForm.usual_days(row, today))
    plans_url = reverse("dispatch:round-plans", args=[row.pk])
    about = FormPage(
        title=gettext_lazy("Search a plan"),
        submit_label=gettext_lazy("Start the search"),
        cancel_url=plans_url,
        done=gettext_lazy("The search waits for its turn. You may leave this page; the plan will stand here."),
        crumbs=round_crumbs(row),
        intro=gettext_lazy(
            "The search plans from the stops, teams, closures, visits and ways as they stand. Visits that are planned "
            "within these days stay where they can. Nothing is planned before you have seen what would change."
        ),
    )

    def run() -> PlanRun:
        wish = form.wish()
        refuse_unplannable(folder_data(actor, row, DateSpan(wish.first_day, wish.last_day), today))
        return commands.ask_for_round_run(command_context(request), row, wish)

    return run_form(request, form, about, run, lambda _run: f"{plans_url}#search")


@require_safe
@page
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    return _progress(request, scenario_queries.scenario(acting(request), pk))


@require_safe
@page
def progress_of_rounds(request: HttpRequest, pk: int) -> HttpResponse:
    return _progress(request, rounds_queries.programme(acting(request), pk))


@require_safe
@page
def progress_of_pairs(request: HttpRequest, pk: int) -> HttpResponse:
    return _progress(request, pairing_queries.pairing(acting(request), pk))


def _progress(request: HttpRequest, row: plan_run_queries.Planned) -> HttpResponse:
    """Show how far the search is; the whole page is loaded again when it has ended."""
    run = run_context(acting(request), row)
    if run is not None and not run["is_on"] and getattr(request, "htmx", False):
        return HttpResponseClientRefresh()
    return render(request, "dispatch/_plan_run.html", {"run": run})


@require_POST
@page
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    run = plan_run_queries.run(acting(request), pk)
    commands.stop_run(command_context(request), run)
    messages.success(request, _("The search stops, and the best so far is kept."))
    return redirect(f"{_page_of(run)}#search")


def _page_of(run: PlanRun) -> str:
    worksheet = run.scenario or run.pairing
    if worksheet is not None:
        return worksheet.get_absolute_url()
    return reverse("dispatch:round-plans", args=[run.programme_id])
