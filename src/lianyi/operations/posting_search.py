"""One search for the lines of a plan scenario: read, planned, explained, kept."""

from __future__ import annotations

from typing import Final

from lianyi.accounts.actors import Actor
from lianyi.dispatch.commands.plan_runs import finish_run
from lianyi.dispatch.models import PlanRun, PlanScenario
from lianyi.dispatch.scenario_problem import PlanData, line_of, plan_data
from lianyi.dispatch.scenario_solving import MEMORY_BYTES, Answer, Asked, explain, plan_first, plan_known
from lianyi.methods.errors import PostingPlanNotFoundError
from lianyi.methods.goal_search import Level
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.problem import Line
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.solving import Plan, SearchAround
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.plan_watch import Watch, context_of

_MOST_REASON_SECONDS: Final = 60.0
_REASON_SECONDS_AFTER_STOP: Final = 6.0


def search_postings(run: PlanRun, actor: Actor, watch: Watch) -> PlanRun:
    """Make the plan of a scenario, find the reasons of what stays open, and keep both."""
    scenario = _scenario_of(run)
    watch.tell("reading")
    data = plan_data(actor, scenario)
    start = _start_of(run, data)
    seconds = watch.seconds_left()
    asked = Asked(data.problem, start, SearchLimits(seconds, 0.0, run.seed), _MOST_REASON_SECONDS)
    watch.tell("planning")
    model, plan = _planned(asked, watch)
    watch.tell("explaining")
    limits = SearchLimits(min(_MOST_REASON_SECONDS, max(5.0, seconds)), 0.0, run.seed)
    with SolverProcess(MEMORY_BYTES) as solver:
        watch.guard(solver)
        answer = explain(solver, model, plan, limits)
    if watch.is_stopped:
        # The solver that was ended answers nothing any more; a new one says in short what it can.
        with SolverProcess(MEMORY_BYTES) as solver:
            answer = explain(solver, model, plan, SearchLimits(_REASON_SECONDS_AFTER_STOP, 0.0, run.seed))
    return _kept(run, actor, data, answer, watch)


def _planned(asked: Asked, watch: Watch) -> tuple[PostingModel, Plan]:
    """Make the plan; where a stop came before anything was found, take the lines that the search began with."""

    def take(lines: tuple[Line, ...], levels: tuple[Level[Goal], ...]) -> None:
        watch.take(
            {
                "lines": [[int(line.person), int(line.need), line.first, line.last] for line in lines],
                "goals": [{"goal": level.goal.value, "value": level.value, "bound": level.bound} for level in levels],
            }
        )

    try:
        with SolverProcess(MEMORY_BYTES) as solver:
            watch.guard(solver)
            return plan_first(solver, asked, SearchAround(asked.start, take))
    except PostingPlanNotFoundError:
        if not watch.is_stopped or not asked.start:
            raise
        with SolverProcess(MEMORY_BYTES) as solver:
            known = plan_known(solver, asked)
        if known is None:
            raise
        return known


def _kept(run: PlanRun, actor: Actor, data: PlanData, answer: Answer, watch: Watch) -> PlanRun:
    watch.end()
    return finish_run(context_of(actor, run), run, data, answer, watch.state())


def _start_of(run: PlanRun, data: PlanData) -> tuple[Line, ...]:
    """Return the best lines that a lost process left, else those of the scenario, as far as they still exist."""
    best = [Line(str(who), str(what), first, last) for who, what, first, last in run.best.get("lines", [])]
    lines = best or [line_of(row) for row in _scenario_of(run).lines.all()]
    return tuple(line for line in lines if line.person in data.staff and line.need in data.needs)


def _scenario_of(run: PlanRun) -> PlanScenario:
    if run.scenario is None:
        raise ValueError(f"The search {run.pk} is not for a scenario.")
    return run.scenario
