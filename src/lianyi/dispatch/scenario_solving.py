"""Plan a scenario's problem and find out why needs stay open; no database is touched here."""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.reasons import Unmet, reasons_of
from lianyi.methods.postings.remedies import Remedy, remedies_of
from lianyi.methods.postings.repairing import repair
from lianyi.methods.postings.replanning import Change, changes_of_repair
from lianyi.methods.postings.solving import Plan, SearchAround, plan_of_lines, plan_with
from lianyi.methods.solver_process import SolverProcess

# More open needs than this are told without what would fix them: each remedy is a search of its own.
MOST_REMEDIED = 40
MEMORY_BYTES = 3 * 2**30


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be planned, from which lines on, and how long the plan and the reasons may take."""

    problem: PostingProblem
    start: tuple[Line, ...]
    limits: SearchLimits
    reason_seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked plan, why needs stay open with what would fix them, and what changed against what was handed over."""

    plan: Plan
    unmet: tuple[tuple[Unmet, tuple[Remedy, ...]], ...]
    changes: tuple[Change, ...]


def plan_first(solver: SolverProcess, asked: Asked, search: SearchAround) -> tuple[PostingModel, Plan]:
    """Make the plan, or repair what was handed over; raises as `lianyi.methods.postings.solving.plan_with`."""
    model = model_of(asked.problem, columns_of(asked.problem))
    if asked.problem.published is not None:
        return model, repair(solver, model, asked.limits).plan
    return model, plan_with(solver, model, asked.limits, search)


def plan_known(solver: SolverProcess, asked: Asked) -> tuple[PostingModel, Plan] | None:
    """Return the lines that the search began with as a plan; None where they make none."""
    model = model_of(asked.problem, columns_of(asked.problem))
    plan = plan_of_lines(solver, model, asked.start, asked.limits)
    return None if plan is None else (model, plan)


def explain(solver: SolverProcess, model: PostingModel, plan: Plan, limits: SearchLimits) -> Answer:
    """Find the reasons of what stays open, what would fix it, and why people change; the time is shared by all."""
    share = SearchLimits(limits.seconds / 3, 0.0, limits.seed)
    reasons = reasons_of(solver, model, plan, share)
    each = SearchLimits(share.seconds / max(1, min(len(reasons), MOST_REMEDIED)), 0.0, limits.seed)
    unmet = tuple(
        (reason, remedies_of(solver, model, plan, reason, each) if number < MOST_REMEDIED else ())
        for number, reason in enumerate(reasons)
    )
    return Answer(plan, unmet, changes_of_repair(solver, model, plan, share))
