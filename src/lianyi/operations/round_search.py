"""One search for a plan of rounds: read, planned, kept as a proposal.

It plans from the same tables that the site gives out for `lianyi plan rounds`, so that a button and the command line
never plan from different data.
"""

from __future__ import annotations

import datetime
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.dispatch import rounds_queries
from lianyi.dispatch.commands import NewRoundPlan
from lianyi.dispatch.commands.plan_runs import finish_round_run
from lianyi.dispatch.models import PlanRun, RoundCrew, RoundPlan, RoundProgramme, RoundStop
from lianyi.dispatch.rounds_checks import OUTSIDE_HOURS
from lianyi.dispatch.rounds_comparison import PlanLine
from lianyi.dispatch.rounds_folder import archive_of, folder_data
from lianyi.dispatch.rounds_values import minutes_of, time_of
from lianyi.methods.periods import DateSpan
from lianyi.methods.round_plans import plan as planned
from lianyi.methods.round_plans.drafts import Draft, missing_in
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.keeping import KeptDraft, draft_of, kept_of
from lianyi.methods.round_plans.problem import RoundProblem, dues_of
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
    lines, left_out = [], Counter[tuple[str, str]]()
    for route in found.routes:
        crew = crews[route.team]
        for position, (stop, timed) in enumerate(within_hours(route, stops, crew), start=1):
            if timed is None:
                left_out[stop.village, _period_of(problem, stop.village, route.day)] += 1
                continue
            arrives, departs = timed
            lines.append(
                PlanLine(
                    stop_id=stops[stop.village].pk,
                    crew_id=crew.pk,
                    day=route.day,
                    position=position,
                    arrives_at=time_of(round(arrives)),
                    departs_at=time_of(round(departs)),
                    travel_minutes=round(stop.travel_minutes),
                )
            )
    return NewRoundPlan(
        starts_on=problem.days.start,
        ends_on=problem.days.end,
        lines=lines,
        origin=RoundPlan.Origin.PLANNED,
        unmet=[*(_open_visit(each) for each in found.missed), *_outside_hours(left_out)],
        figures=_figures(problem, found.figures, left_out),
    )


def within_hours(
    route: planned.DayRoute, stops: Mapping[str, RoundStop], crew: RoundCrew
) -> list[tuple[planned.Stop, tuple[float, float] | None]]:
    """Let a team wait where it comes before a stop opens; without times, a visit for which its hours leave none.

    The search itself knows no hours. Who waits is later everywhere after it, and must still be back in time; a visit
    that is left out leaves its time free. As few as possible are left out: of every number of visits kept so far, the
    one way to be the least late is as good as all others for what comes after.
    """
    day_ends = float(minutes_of(crew.day_ends_at))
    ways: list[_Way] = [_Way(0.0, ())]
    for stop in route.stops:
        row = stops[stop.village]
        opens = 0.0 if row.opens_at is None else float(minutes_of(row.opens_at))
        closes = day_ends if row.closes_at is None else float(minutes_of(row.closes_at))
        ways = _least_late(
            [*(way.with_visit(stop, opens, closes) for way in ways), *(way.without(stop) for way in ways)]
        )
    kept = max((way for way in ways if route.back_at + way.late <= day_ends), key=lambda way: (way.visits, -way.late))
    return list(zip(route.stops, kept.times, strict=True))


@dataclass(frozen=True, slots=True)
class _Way:
    """The times of the stops so far, None where a visit is left out, and how late the team is by them."""

    late: float
    times: tuple[tuple[float, float] | None, ...]

    @property
    def visits(self) -> int:
        return sum(1 for each in self.times if each is not None)

    def with_visit(self, stop: planned.Stop, opens: float, closes: float) -> _Way | None:
        late = max(self.late, opens - stop.arrives_at)
        if stop.departs_at + late > closes:
            return None
        return _Way(late, (*self.times, (stop.arrives_at + late, stop.departs_at + late)))

    def without(self, stop: planned.Stop) -> _Way:
        return _Way(max(0.0, self.late - (stop.departs_at - stop.arrives_at)), (*self.times, None))


def _least_late(ways: Iterable[_Way | None]) -> list[_Way]:
    least: dict[int, _Way] = {}
    for way in ways:
        if way is not None and (way.visits not in least or way.late < least[way.visits].late):
            least[way.visits] = way
    return list(least.values())


def _period_of(problem: RoundProblem, village: str, day: datetime.date) -> str:
    return next(due.period for due in dues_of(problem.village_of[village], problem.days) if day in due.within)


def _outside_hours(left_out: Mapping[tuple[str, str], int]) -> Iterator[Mapping[str, Any]]:
    for (village, period), count in sorted(left_out.items()):
        yield {"stop_code": village, "period": period, "missing": count, "reason": OUTSIDE_HOURS}


def _open_visit(each: planned.Missed) -> Mapping[str, Any]:
    return {
        "stop_code": each.village,
        "period": each.period,
        "missing": each.visits,
        "reason": each.reason.value,
    }


def _figures(
    problem: RoundProblem, figures: planned.RoundFigures, left_out: Mapping[tuple[str, str], int]
) -> Mapping[str, Any]:
    """Return the figures that the page of the plan names; visits that hours leave out do not count as planned."""
    lost = sum(count * problem.weight_of(problem.village_of[village]) for (village, _), count in left_out.items())
    share = (figures.weighted_planned - lost) / figures.weighted_due if figures.weighted_due else 1.0
    return {
        "coverage": round(share, _SHARE_DIGITS),
        "travel_minutes": round(figures.travel_minutes),
        "travel_km": None if figures.travel_km is None else round(figures.travel_km),
        "team_days": figures.team_days,
        "nights": figures.nights,
        "long_gaps": figures.long_gaps,
    }
