"""Plan rounds: search, write the times, find the reasons, check by hand.

Examples
--------
>>> from datetime import date
>>> from lianyi.methods.periods import DateSpan
>>> from lianyi.methods.round_plans.problem import RoundProblem, Team, Village
>>> from lianyi.methods.round_plans.travel_times import TravelTimes
>>> problem = RoundProblem(
...     DateSpan(date(2027, 3, 1), date(2027, 3, 7)),
...     villages=(Village("Shan", 120, unit="week"), Village("He", 90, unit="week"), Village("Dao", 60, unit="week")),
...     teams=(Team("Bus", home="Town"),),
...     travel=TravelTimes.of_legs([("Town", "Shan", 40, 25), ("Shan", "He", 15, 9), ("Town", "Dao", 30, 20)]),
... )
>>> plan = plan_rounds(problem, RoundLimits(seconds=60, steps=4))
>>> plan.figures.travel_minutes, plan.figures.coverage, plan.missed
(170.0, 1.0, ())
"""

from __future__ import annotations

from collections.abc import Callable

from lianyi.methods.errors import RoundPlanWrongError
from lianyi.methods.location.limits import Progress, silent
from lianyi.methods.round_plans.balancing import balanced
from lianyi.methods.round_plans.checking import faults_of
from lianyi.methods.round_plans.drafts import Draft, missing_in
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.figures import figures_of, gaps_of
from lianyi.methods.round_plans.plan import RoundPlan
from lianyi.methods.round_plans.problem import RoundProblem
from lianyi.methods.round_plans.reasons import hopeless_of, missed_of
from lianyi.methods.round_plans.replanning import repaired_draft
from lianyi.methods.round_plans.routes import RouteProcess
from lianyi.methods.round_plans.schedules import routes_of
from lianyi.methods.round_plans.search import RoundLimits, Search, never
from lianyi.methods.solver_process import SolverProcess

__all__ = ["RoundLimits", "plan_of", "plan_rounds", "plan_with"]


def plan_rounds(
    problem: RoundProblem,
    limits: RoundLimits | None = None,
    progress: Progress = silent,
    is_stopped: Callable[[], bool] = never,
) -> RoundPlan:
    """Plan rounds, or change a published plan as little as possible.

    Parameters
    ----------
    problem
        With ``published`` what can stay stays: see `lianyi.methods.round_plans.replanning`.
    limits
        How long to search; a minute where nothing is said.
    progress
        Told the share of the time that is gone.
    is_stopped
        Asked between steps; the best plan so far is returned once it says so.

    Raises
    ------
    RoundPlanWrongError
        When the independent check does not confirm the plan.
    """
    with SolverProcess() as solver, RouteProcess() as router:
        return plan_with(Search(Facts(problem), solver, router, limits or RoundLimits(), progress, is_stopped))


def plan_with(search: Search, start: Draft | None = None) -> RoundPlan:
    """Plan with processes that are there, from a draft where one is known; see `plan_rounds`."""
    if search.facts.problem.published is None:
        draft = balanced(search.facts, search.best(start))
    else:
        # Who changes a published plan must neither exchange its teams nor go on when nothing is left to mend.
        draft = repaired_draft(search) if start is None else start
        draft = draft if _holds_what_is_possible(search.facts, draft) else search.best(draft)
    return plan_of(search.facts, draft, tuple(search.log))


def _holds_what_is_possible(facts: Facts, draft: Draft) -> bool:
    missing = sum(
        sum(missing_in(periods, days)) for periods, days in zip(facts.periods, draft.days_of(facts), strict=True)
    )
    return missing == sum(missed.visits for missed in hopeless_of(facts))


def plan_of(facts: Facts, draft: Draft, steps: tuple[tuple[str, float], ...] = ()) -> RoundPlan:
    """Return a draft as a plan, once the independent check has confirmed it."""
    plan = unchecked_plan_of(facts, draft, steps)
    faults = faults_of(facts.problem, plan)
    if faults:
        raise RoundPlanWrongError(
            f"The check does not confirm the plan: {faults[0]}. Please report it, with the tables.", fault=faults[0]
        )
    return plan


def unchecked_plan_of(facts: Facts, draft: Draft, steps: tuple[tuple[str, float], ...] = ()) -> RoundPlan:
    """Return a draft as a plan that nobody has checked yet."""
    routes = routes_of(facts, draft)
    published = facts.problem.published
    return RoundPlan(
        routes,
        missed_of(facts, draft),
        gaps_of(facts, draft),
        figures_of(facts, draft, routes),
        tuple(sorted(published.done)) if published is not None else (),
        steps,
    )
