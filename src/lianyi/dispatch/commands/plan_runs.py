"""Searches for the lines of a scenario: asked for, stopped, and kept by the process that searched."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.dispatch.authority import require_on_scenario
from lianyi.dispatch.errors import ScenarioRefusedError
from lianyi.dispatch.models import ACTIVE_RUNS, PlanRun, PlanScenario, RunState
from lianyi.dispatch.scenario_machine import require_act
from lianyi.dispatch.scenario_problem import PlanData
from lianyi.dispatch.scenario_results import keep_answer
from lianyi.dispatch.scenario_solving import Answer


@command("dispatch.plan_run.ask")
def ask_for_run(context: CommandContext, scenario: PlanScenario) -> PlanRun:
    """Put a search into the queue; a process of its own takes it up."""
    require_on_scenario(context.actor, "dispatch.write", scenario)
    require_act(scenario, "search")
    run = PlanRun.objects.create(
        scenario=scenario,
        asked_by_id=context.actor.user_id,
        asked_as_id=context.actor.affiliation_id,
        asked_at=timezone.now(),
    )
    record(context, "dispatch.plan_run.ask", run, before=None, after=creation_facts(run))
    return run


@command("dispatch.plan_run.stop")
def stop_run(context: CommandContext, run: PlanRun) -> PlanRun:
    """Ask a search to stop and keep the best so far; one that still waits ends at once."""
    require_on_scenario(context.actor, "dispatch.write", run.scenario)
    run.refresh_from_db()
    if run.state not in ACTIVE_RUNS:
        raise ScenarioRefusedError("The search has ended already.", reason="search-over", scenario=run.scenario.name)
    waited = PlanRun.objects.filter(pk=run.pk, state=RunState.QUEUED)
    if not waited.update(state=RunState.STOPPED, finished_at=timezone.now(), is_stop_asked=True):
        PlanRun.objects.filter(pk=run.pk).update(is_stop_asked=True)
    record(context, "dispatch.plan_run.stop", run, before=None, after={"is_stop_asked": True})
    run.refresh_from_db()
    return run


@command("dispatch.plan_run.finish")
def finish_run(context: CommandContext, run: PlanRun, data: PlanData, answer: Answer, state: RunState) -> PlanRun:
    """Keep what a search found, as the process that holds it; one that lost it keeps nothing."""
    require_on_scenario(context.actor, "dispatch.write", run.scenario)
    _end(run, {"state": state})
    require_act(run.scenario, "keep_answer")
    keep_answer(run.scenario, data, answer)
    lines = len(answer.plan.lines)
    record(context, "dispatch.plan_run.finish", run, before=None, after={"state": state.value, "lines": lines})
    return run


@command("dispatch.plan_run.fail")
def fail_run(context: CommandContext, run: PlanRun, code: str, text: str) -> PlanRun:
    """End a search that found nothing, with the reason."""
    _end(run, {"state": RunState.FAILED, "error_code": code, "error": text})
    record(context, "dispatch.plan_run.fail", run, before=None, after={"error_code": code})
    return run


def _end(run: PlanRun, changes: dict[str, Any]) -> None:
    held = PlanRun.objects.filter(pk=run.pk, state=RunState.RUNNING, token=run.token)
    if not held.update(finished_at=timezone.now(), **changes):
        raise ScenarioRefusedError(
            "This search is held by another process by now.", reason="search-lost", scenario=run.scenario.name
        )
    run.refresh_from_db()
    run.scenario.refresh_from_db()
