"""`lianyi plan postings`: read a folder, plan, and explain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import Columns, NeedTrace, columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import PostingProblem
from lianyi.methods.postings.reasons import Unmet, reasons_of
from lianyi.methods.postings.remedies import Remedy, remedies_of
from lianyi.methods.postings.repairing import Repair, repair
from lianyi.methods.postings.replanning import Change, changes_of, changes_of_repair
from lianyi.methods.postings.solving import Plan, plan_with
from lianyi.methods.postings.staged_plans import Rounds, StagedPlan
from lianyi.methods.postings.stages import plan_in_stages
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.console import Stage
from lianyi.operations.errors import PlanFileError
from lianyi.operations.planning.posting_files import PostingFolder, read_folder

Tell = Callable[[str], None]


class Way(StrEnum):
    """How to plan."""

    IN_ORDER = "in_order"  # each goal least, one after the other
    IN_STAGES = "in_stages"  # the sum of all goals, for many recipients
    REPAIR = "repair"  # what was lost of the published plan brought back with the fewest people changed


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What to plan and how, how long, and how long to look for reasons afterwards.

    ``solvers`` and ``rounds`` are those of `lianyi.methods.postings.stages.plan_in_stages`.
    """

    folder: Path
    limits: SearchLimits
    reason_seconds: float
    way: Way = Way.IN_ORDER
    solvers: int = 1
    rounds: Rounds | None = None


@dataclass(frozen=True, slots=True)
class PlanAccount:
    """A plan with all that is told of it."""

    folder: PostingFolder
    plan: Plan
    unmet: tuple[tuple[Unmet, tuple[Remedy, ...]], ...]
    changes: tuple[Change, ...]
    columns: int
    staged: StagedPlan | None = None
    repaired: Repair | None = None

    @property
    def problem(self) -> PostingProblem:
        return self.folder.problem


def account_of(wish: PlanWish, stage: Stage, tell: Tell) -> PlanAccount:
    """Read, say what cannot be met before anything is solved, plan, and find the reasons of what stays open.

    Raises
    ------
    PlanFileError
        When a plan is to be repaired, and the folder holds none that was published.
    """
    with stage("Reading"):
        folder = read_folder(wish.folder)
        if wish.way is Way.REPAIR and folder.problem.published is None:
            message = f"There is nothing to repair: {wish.folder} holds no published.csv. Give it, or plan anew."
            raise PlanFileError(message, file="published.csv")
        columns = columns_of(folder.problem)
    for sentence in warnings_before(folder.problem, columns):
        tell(sentence)
    limits = SearchLimits(wish.reason_seconds, 0.0, wish.limits.seed)
    with ExitStack() as open_solvers:
        solver, *others = [open_solvers.enter_context(SolverProcess()) for _ in range(wish.solvers)]
        staged = repaired = None
        with stage("Planning"):
            model = model_of(folder.problem, columns)
            if wish.way is Way.IN_STAGES:
                staged = plan_in_stages(solver, model, wish.limits, others, wish.rounds)
                plan = staged.plan
            elif wish.way is Way.REPAIR:
                repaired = repair(solver, model, wish.limits)
                plan = repaired.plan
            else:
                plan = plan_with(solver, model, wish.limits)
        with stage("Finding reasons"):
            reasons = reasons_of(solver, model, plan, limits)
            unmet = tuple((each, _remedies(solver, model, plan, each, limits, len(reasons))) for each in reasons)
            tell_changes = changes_of if repaired is None else changes_of_repair
            changes = tell_changes(solver, model, plan, limits)
    return PlanAccount(folder, plan, unmet, changes, len(columns), staged, repaired)


def _remedies(
    solver: SolverProcess, model: PostingModel, plan: Plan, unmet: Unmet, limits: SearchLimits, needs: int
) -> tuple[Remedy, ...]:
    share = SearchLimits(limits.seconds / needs, 0.0, limits.seed)
    return remedies_of(solver, model, plan, unmet, share)


def warnings_before(problem: PostingProblem, columns: Columns) -> list[str]:
    """Say which needs nobody in the pool could ever serve, and which were planned as one person."""
    told = []
    for trace in columns.traces:
        if trace.is_hopeless:
            told.append(f"Nobody in the pool can ever serve the need {trace.need}: {_bars_told(trace)}.")
        elif trace.uncovered:
            periods = ", ".join(problem.horizon.labels[period] for period in trace.uncovered)
            told.append(f"Nobody in the pool can serve the need {trace.need} in {periods}: {_bars_told(trace)}.")
    unknown = [need.id for need in problem.needs if not need.is_number_known]
    if unknown:
        told.append(f"How many people are needed is not known and planned as one: {', '.join(unknown)}.")
    return told


def _bars_told(trace: NeedTrace) -> str:
    if not trace.qualified:
        return "no one has the specialty and the title"
    barred = "; ".join(f"{len(ids)} by {bar}" for bar, ids in trace.barred.items())
    able = f"{len(trace.able)} can only at other times" if trace.able else ""
    return "; ".join(part for part in (f"{trace.qualified} are qualified", barred, able) if part)
