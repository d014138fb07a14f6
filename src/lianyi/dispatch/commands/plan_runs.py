"""Searches for plans: asked for, stopped, and kept by the process that searched."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.dispatch import pairing_results
from lianyi.dispatch.authority import require_on_run, require_on_scenario
from lianyi.dispatch.commands.round_plans import MOST_DAYS, NewRoundPlan, new_proposal
from lianyi.dispatch.errors import PairingRefusedError, PlanRunRefusedError, ScenarioRefusedError
from lianyi.dispatch.models import ACTIVE_RUNS, PairingPlan, PlanRun, PlanScenario, RoundProgramme, RunKind, RunState
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.dispatch.pairing_machine import require_act as require_pairing_act
from lianyi.dispatch.pairing_problem import PairingData, pairing_data
from lianyi.dispatch.pairing_solving import PairingAnswer
from lianyi.dispatch.scenario_machine import require_act
from lianyi.dispatch.scenario_problem import PlanData, plan_data
from lianyi.dispatch.scenario_results import keep_answer
from lianyi.dispatch.scenario_solving import Answer
from lianyi.errors import InvalidInputError

_ASKED = {RunKind.POSTINGS: "ask", RunKind.ROUNDS: "ask_rounds", RunKind.PAIRING: "ask_pairs"}


@dataclass(frozen=True, slots=True)
class RoundSearchWish:
    """Which days of a programme of rounds are to be planned, and how long the search may take."""

    first_day: datetime.date
    last_day: datetime.date
    seconds: int = 60
    seed: int = 0


@command("dispatch.plan_run.ask")
def ask_for_run(context: CommandContext, scenario: PlanScenario) -> PlanRun:
    """Put a search for the lines of a scenario into the queue; a process of its own takes it up."""
    require_on_scenario(context.actor, "dispatch.write", scenario)
    require_act(scenario, "search")
    _require_needs(context, scenario)
    return _asked(
        context, PlanRun(kind=RunKind.POSTINGS, scenario=scenario, seconds=scenario.seconds, seed=scenario.seed)
    )


def _require_needs(context: CommandContext, scenario: PlanScenario) -> None:
    """Refuse a search that has nothing to plan; lines of needs that are over are still searched, to go."""
    if not scenario.lines.exists() and not plan_data(context.actor, scenario).problem.needs:
        raise ScenarioRefusedError(
            f"No need is open for help in the months of “{scenario.name}”, so there is nothing to plan. Open needs "
            "under its agreements, or choose other months.",
            reason="scenario-without-needs",
            scenario=scenario.name,
        )


@command("dispatch.plan_run.ask_pairs")
def ask_for_pairing_run(context: CommandContext, plan: PairingPlan) -> PlanRun:
    """Put a search for the pairs of a pairing plan into the queue; a process of its own takes it up."""
    require_on_scenario(context.actor, "dispatch.write", plan)
    require_pairing_act(plan, "search")
    data = pairing_data(context.actor, plan)
    if not data.asked:
        raise PairingRefusedError(
            f"Nobody asks for help in the days of “{plan.name}”, so there is nothing to pair.",
            reason="pairing-without-needs",
            plan=plan.name,
        )
    if data.choice.stable and not any(pair.is_ranked for pair in data.problem.pairs):
        raise PairingRefusedError(
            f"“{plan.name}” wants stable pairs, and no two named one another yet.",
            reason="pairing-without-wishes",
            plan=plan.name,
        )
    return _asked(context, PlanRun(kind=RunKind.PAIRING, pairing=plan, seconds=plan.seconds, seed=plan.seed))


@command("dispatch.plan_run.ask_rounds")
def ask_for_round_run(context: CommandContext, programme: RoundProgramme, wish: RoundSearchWish) -> PlanRun:
    """Put a search for a plan of rounds into the queue; what it finds is shown before anything is planned."""
    run = PlanRun(
        kind=RunKind.ROUNDS,
        programme=programme,
        first_day=wish.first_day,
        last_day=wish.last_day,
        seconds=wish.seconds,
        seed=wish.seed,
    )
    require_on_run(context.actor, "dispatch.write", run)
    _check_wish(programme, wish)
    if programme.plan_runs.filter(state__in=ACTIVE_RUNS).exists():
        raise PlanRunRefusedError("A search for this plan is on.", reason="search-on", subject=str(programme))
    return _asked(context, run)


def _asked(context: CommandContext, run: PlanRun) -> PlanRun:
    run.asked_by_id = context.actor.user_id
    run.asked_as_id = context.actor.affiliation_id
    run.asked_at = timezone.now()
    run.save()
    record(context, f"dispatch.plan_run.{_ASKED[RunKind(run.kind)]}", run, before=None, after=creation_facts(run))
    return run


def _check_wish(programme: RoundProgramme, wish: RoundSearchWish) -> None:
    first, last = wish.first_day, wish.last_day
    if not programme.starts_on <= first <= last <= programme.ends_on:
        raise InvalidInputError(
            f"The days {first} to {last} are not two days in order within the programme.",
            field="last",
            reason="round-search-days",
        )
    if (last - first).days >= MOST_DAYS:
        raise InvalidInputError(
            f"{MOST_DAYS} days at most are planned at once.", field="last", reason="round-search-long", days=MOST_DAYS
        )
    if last < timezone.localdate():
        raise InvalidInputError("These days are over.", field="last", reason="round-search-over")
    if not 1 <= wish.seconds <= LONGEST_SEARCH_SECONDS:
        raise InvalidInputError(
            f"A search takes 1 to {LONGEST_SEARCH_SECONDS} seconds.",
            field="seconds",
            reason="scenario-seconds",
            most=LONGEST_SEARCH_SECONDS,
        )


@command("dispatch.plan_run.stop")
def stop_run(context: CommandContext, run: PlanRun) -> PlanRun:
    """Ask a search to stop and keep the best so far; one that still waits ends at once."""
    require_on_run(context.actor, "dispatch.write", run)
    run.refresh_from_db()
    if run.state not in ACTIVE_RUNS:
        raise PlanRunRefusedError("The search has ended already.", reason="search-over", subject=str(run.subject))
    waited = PlanRun.objects.filter(pk=run.pk, state=RunState.QUEUED)
    if not waited.update(state=RunState.STOPPED, finished_at=timezone.now(), is_stop_asked=True):
        PlanRun.objects.filter(pk=run.pk).update(is_stop_asked=True)
    record(context, "dispatch.plan_run.stop", run, before=None, after={"is_stop_asked": True})
    run.refresh_from_db()
    return run


@command("dispatch.plan_run.finish")
def finish_run(context: CommandContext, run: PlanRun, data: PlanData, answer: Answer, state: RunState) -> PlanRun:
    """Keep the lines that a search found, as the process that holds it; one that lost it keeps nothing."""
    require_on_run(context.actor, "dispatch.write", run)
    _end(run, {"state": state})
    scenario = PlanScenario.objects.get(runs=run)
    require_act(scenario, "keep_answer")
    keep_answer(scenario, data, answer)
    lines = len(answer.plan.lines)
    record(context, "dispatch.plan_run.finish", run, before=None, after={"state": state.value, "lines": lines})
    return run


@command("dispatch.plan_run.finish_rounds")
def finish_round_run(context: CommandContext, run: PlanRun, new: NewRoundPlan, state: RunState) -> PlanRun:
    """Keep the plan of rounds that a search found as a proposal, as the process that holds the search."""
    require_on_run(context.actor, "dispatch.write", run)
    plan = new_proposal(context, RoundProgramme.objects.get(plan_runs=run), new)
    _end(run, {"state": state, "plan": plan})
    facts = {"state": state.value, "plan": plan.number}
    record(context, "dispatch.plan_run.finish_rounds", run, before=None, after=facts)
    return run


@command("dispatch.plan_run.finish_pairs")
def finish_pairing_run(
    context: CommandContext, run: PlanRun, data: PairingData, answer: PairingAnswer, state: RunState
) -> PlanRun:
    """Keep the pairs that a search found, as the process that holds it; one that lost it keeps nothing."""
    require_on_run(context.actor, "dispatch.write", run)
    _end(run, {"state": state})
    plan = PairingPlan.objects.get(runs=run)
    require_pairing_act(plan, "keep_answer")
    pairing_results.keep_answer(plan, data, answer)
    facts = {"state": state.value, "pairs": len(answer.lines)}
    record(context, "dispatch.plan_run.finish_pairs", run, before=None, after=facts)
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
        raise PlanRunRefusedError(
            "This search is held by another process by now.", reason="search-lost", subject=str(run.subject)
        )
    run.refresh_from_db()
