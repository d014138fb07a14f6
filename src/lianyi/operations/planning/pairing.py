"""`lianyi plan pairing`: read a folder, plan, explain, and write the tables and the summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import NeedTrace, arcs_of
from lianyi.methods.pairing.blocks import BlockPlan, plan_in_blocks
from lianyi.methods.pairing.lines import PairLine, lines_of
from lianyi.methods.pairing.model import model_of
from lianyi.methods.pairing.problem import Key, PairingProblem
from lianyi.methods.pairing.reasons import Unmet, reasons_of
from lianyi.methods.pairing.remedies import Remedy, remedies_of
from lianyi.methods.pairing.replanning import Change, changes_of
from lianyi.methods.pairing.solving import Plan, plan_with
from lianyi.methods.pairing.stable import blocking_keys, with_stable_pairs
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.console import Stage
from lianyi.operations.planning.pairing_files import PairingFolder, read_folder

Tell = Callable[[str], None]
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PairingWish:
    """What to plan, how long, and how long to look for reasons afterwards."""

    folder: Path
    limits: SearchLimits
    reason_seconds: float
    in_blocks: bool = False


@dataclass(frozen=True, slots=True)
class PairingAccount:
    """A plan with all that is told of it."""

    folder: PairingFolder
    plan: Plan
    lines: tuple[PairLine, ...]
    unmet: tuple[tuple[Unmet, tuple[Remedy, ...]], ...]
    changes: tuple[Change, ...]
    blocking: tuple[Key, ...]
    arcs: int
    blocks: BlockPlan | None = None

    @property
    def problem(self) -> PairingProblem:
        return self.folder.problem


def account_of(wish: PairingWish, stage: Stage, tell: Tell) -> PairingAccount:
    """Read, say what cannot be met before anything is solved, plan, and find the reasons of lines and of open needs."""
    with stage("Reading"):
        folder = read_folder(wish.folder)
        if folder.is_stable:
            folder = replace(folder, problem=with_stable_pairs(folder.problem, wish.limits.seed))
        problem = folder.problem
        arcs = arcs_of(problem)
    for sentence in warnings_before(problem, arcs.traces):
        tell(sentence)
    limits = SearchLimits(wish.reason_seconds, 0.0, wish.limits.seed)
    with SolverProcess() as solver:
        with stage("Planning"):
            model = model_of(problem, arcs)
            blocks = plan_in_blocks(solver, problem, wish.limits) if wish.in_blocks else None
            plan = blocks.plan_of(model) if blocks is not None else plan_with(solver, model, wish.limits)
        with stage("Finding reasons"):
            reasons = reasons_of(solver, model, plan, limits)
            share = replace(limits, seconds=limits.seconds / max(1, len(reasons)))
            unmet = tuple((each, remedies_of(solver, model, plan, each, share)) for each in reasons)
            changes = changes_of(solver, model, plan, limits)
            lines = lines_of(solver, model, plan, limits)
    return PairingAccount(
        folder, plan, lines, unmet, changes, blocking_keys(problem, plan.pairing.pairs), len(arcs), blocks
    )


def warnings_before(problem: PairingProblem, traces: tuple[NeedTrace, ...]) -> list[str]:
    """Say which needs no donor could ever meet, and which were planned as one person."""
    told = [
        f"No donor can ever meet the need {trace.need}: {_bars_told(trace)}."
        for need, trace in zip(problem.needs, traces, strict=True)
        if trace.is_hopeless and need.wanted
    ]
    unknown = [need.id for need in problem.needs if need.people is None]
    if unknown:
        told.append(f"How many people are needed is not known and planned as one: {', '.join(unknown)}.")
    return told


def _bars_told(trace: NeedTrace) -> str:
    if not trace.barred:
        return "none has the specialty"
    return "; ".join(f"{', '.join(donors)} by {bar}" for bar, donors in trace.barred.items())
