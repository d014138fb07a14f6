"""One search for a plan of rounds: read, planned, kept as a proposal.

It plans from the same tables that the site gives out for `lianyi plan rounds`, so that a button and the command line
never plan from different data.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.dispatch import rounds_queries
from lianyi.dispatch.commands import NewRoundPlan
from lianyi.dispatch.commands.plan_runs import finish_round_run
from lianyi.dispatch.models import PlanRun, RoundPlan, RoundProgramme
from lianyi.dispatch.rounds_comparison import PlanLine
from lianyi.dispatch.rounds_folder import archive_of, folder_data
from lianyi.dispatch.rounds_values import time_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.round_plans import plan as planned
from lianyi.methods.round_plans.drafts import Draft, missing_in
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.keeping import KeptDraft, draft_of, kept_of
from lianyi.methods.round_plans.problem import RoundProblem
from lianyi.methods.round_plans.routes import RouteProcess
from lianyi.methods.round_plans.search import RoundLimits, Search
from lianyi.methods.round_plans.solving import plan_with
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.plan_watch import Watch, context_of
from lianyi.operations.planning.round_files import read_folder

MEMORY_BYTES: Final = 3 * 2**30
_SHARE_DIGITS: Final = 4


def search_rounds(run: PlanRun, actor: Actor, watch: Watch) -> PlanRun:
    """Plan the days that were asked for, and keep the plan as a proposal that somebody looks at."""
    watch.tell("reading-rounds")
    programme, span = _asked_of(run)
    row = rounds_queries.programme(actor, programme.pk)
    problem = _problem_of(archive_of(folder_data(actor, row, span, timezone.localdate())))
    watch.tell("planning")
    found = _planned(run, problem, watch)
    watch.end()
    return finish_round_run(context_of(actor, run), run, new_plan(row, problem, found), watch.state())


def _asked_of(run: PlanRun) -> tuple[RoundProgramme, DateSpan]:
    if run.programme is None or run.first_day is None or run.last_day is None:
        raise ValueError(f"The search {run.pk} is not for rounds.")
    return run.programme, DateSpan(run.first_day, run.last_day)


def _problem_of(archive: bytes) -> RoundProblem:
    with tempfile.TemporaryDirectory(prefix="lianyi-rounds-") as name:
        with zipfile.ZipFile(BytesIO(archive)) as tables:
            tables.extractall(name)
        return read_folder(Path(name))


def _planned(run: PlanRun, problem: RoundProblem, watch: Watch) -> planned.RoundPlan:
    facts = Facts(problem)
    limits = RoundLimits(watch.seconds_left(), None, run.seed)
    with SolverProcess(MEMORY_BYTES) as solver, RouteProcess(MEMORY_BYTES) as router:
        watch.guard(solver, router)
        search = Search(
            facts,
            solver,
            router,
            limits,
            is_stopped=lambda: watch.is_stopped,
            take=lambda draft: watch.take(_best_of(facts, draft)),
        )
        return plan_with(search, draft_of(facts, KeptDraft.of(run.best)))


def _best_of(facts: Facts, draft: Draft) -> dict[str, Any]:
    """Return what is kept of the best draft so far: the draft, and what the page tells of it."""
    own = draft.days_of(facts)
    missing = sum(sum(missing_in(periods, days)) for periods, days in zip(facts.periods, own, strict=True))
    kept = kept_of(facts, draft)
    return {**kept.document(), "visits": kept.visits, "missing": missing}


def new_plan(programme: RoundProgramme, problem: RoundProblem, found: planned.RoundPlan) -> NewRoundPlan:
    """Return a plan of the search as the proposal of a programme. Visits made before stand in no plan again."""
    stops = {row.code: row for row in programme.stops.all()}
    crews = {row.team.code: row for row in programme.crews.select_related("team")}
    lines = [
        PlanLine(
            stop_id=stops[stop.village].pk,
            crew_id=crews[route.team].pk,
            day=route.day,
            position=position,
            arrives_at=time_of(round(stop.arrives_at)),
            departs_at=time_of(round(stop.departs_at)),
            travel_minutes=round(stop.travel_minutes),
        )
        for route in found.routes
        for position, stop in enumerate(route.stops, start=1)
    ]
    return NewRoundPlan(
        starts_on=problem.days.start,
        ends_on=problem.days.end,
        lines=lines,
        origin=RoundPlan.Origin.PLANNED,
        unmet=[_open_visit(each) for each in found.missed],
        figures=_figures(found.figures),
    )


def _open_visit(each: planned.Missed) -> Mapping[str, Any]:
    return {
        "stop_code": each.village,
        "period": each.period,
        "missing": each.visits,
        "reason": each.reason.value,
    }


def _figures(figures: planned.RoundFigures) -> Mapping[str, Any]:
    """Return the figures that the page of the plan names."""
    return {
        "coverage": round(figures.coverage, _SHARE_DIGITS),
        "travel_minutes": round(figures.travel_minutes),
        "travel_km": None if figures.travel_km is None else round(figures.travel_km),
        "team_days": figures.team_days,
        "nights": figures.nights,
        "long_gaps": figures.long_gaps,
    }
