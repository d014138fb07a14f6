"""Plan pairs and find out why they stand, why needs stay open and what changes; no database is touched here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.blocks import RECIPIENTS_IN_A_BLOCK, BlockPlan, plan_in_blocks
from lianyi.methods.pairing.lines import PairLine, lines_of
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.problem import Key, PairingProblem
from lianyi.methods.pairing.reasons import Unmet, reasons_of
from lianyi.methods.pairing.remedies import Remedy, remedies_of
from lianyi.methods.pairing.replanning import Change, changes_of
from lianyi.methods.pairing.solving import Plan, SearchAround, plan_with
from lianyi.methods.pairing.stable import blocking_keys
from lianyi.methods.solver_process import SolverProcess

# More open needs than this are told without what would fix them: each remedy is a search of its own.
MOST_REMEDIED = 40
MEMORY_BYTES = 3 * 2**30


@dataclass(frozen=True, slots=True)
class PairingAnswer:
    """A checked plan, why each pair stands, why needs stay open with what would fix them, and what changes.

    ``problem`` is the one that was planned: with stable pairs asked for, all others are forbidden in it. ``blocks`` is
    there where the goals were weighed together.
    """

    problem: PairingProblem
    plan: Plan
    lines: tuple[PairLine, ...]
    unmet: tuple[tuple[Unmet, tuple[Remedy, ...]], ...]
    changes: tuple[Change, ...]
    blocking: tuple[Key, ...]
    blocks: BlockPlan | None = None


def is_large(problem: PairingProblem) -> bool:
    """Tell whether the goals are weighed together in blocks, because one after the other would take too long."""
    return len(problem.recipients) > RECIPIENTS_IN_A_BLOCK


def plan_first(
    solver: SolverProcess, problem: PairingProblem, limits: SearchLimits, around: SearchAround
) -> tuple[PairingModel, Plan, BlockPlan | None]:
    """Make the plan; raises as `lianyi.methods.pairing.solving.plan_with`."""
    model = model_of(problem, arcs_of(problem))
    if is_large(problem):
        blocks = plan_in_blocks(solver, problem, limits, around=around)
        return model, blocks.plan_of(model), blocks
    return model, plan_with(solver, model, limits, around), None


def explain(
    solver: SolverProcess, model: PairingModel, plan: Plan, limits: SearchLimits, blocks: BlockPlan | None = None
) -> PairingAnswer:
    """Find the reasons of pairs, open needs and changes, and what would fix them; the time is shared by all."""
    share = replace(limits, seconds=limits.seconds / 4)
    reasons = reasons_of(solver, model, plan, share)
    each = replace(share, seconds=share.seconds / max(1, min(len(reasons), MOST_REMEDIED)))
    unmet = tuple(
        (reason, remedies_of(solver, model, plan, reason, each) if number < MOST_REMEDIED else ())
        for number, reason in enumerate(reasons)
    )
    return PairingAnswer(
        problem=model.problem,
        plan=plan,
        lines=lines_of(solver, model, plan, share),
        unmet=unmet,
        changes=changes_of(solver, model, plan, share),
        blocking=blocking_keys(model.problem, plan.pairing.pairs),
        blocks=blocks,
    )
