"""One search for the pairs of a pairing plan: read, planned, explained, kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from lianyi.accounts.actors import Actor
from lianyi.dispatch.commands.plan_runs import finish_pairing_run
from lianyi.dispatch.models import PairingPlan, PlanRun
from lianyi.dispatch.pairing_problem import PairingData, pairing_data
from lianyi.dispatch.pairing_results import level_of
from lianyi.dispatch.pairing_solving import MEMORY_BYTES, PairingAnswer, explain, is_large, plan_first
from lianyi.methods.goal_search import Level
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.blocks import BlockPlan
from lianyi.methods.pairing.model import PairingModel
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import Plan, SearchAround
from lianyi.methods.pairing.stable import with_stable_pairs
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.plan_watch import Watch, context_of

_MOST_REASON_SECONDS: Final = 60.0
_REASON_SECONDS_AFTER_STOP: Final = 8.0


def search_pairs(run: PlanRun, actor: Actor, watch: Watch) -> PlanRun:
    """Make a pairing plan, find the reasons of its pairs and of what stays open, and keep all of it."""
    watch.tell("reading-pairs")
    data = pairing_data(actor, _plan_of(run))
    problem = with_stable_pairs(data.problem, run.seed) if data.choice.stable else data.problem
    seconds = watch.seconds_left()
    limits = SearchLimits(seconds, 0.0, run.seed)
    watch.tell("planning")
    model, plan, blocks = _planned(problem, _start_of(run), limits, watch)
    watch.tell("explaining")
    reasons = SearchLimits(min(_MOST_REASON_SECONDS, max(5.0, seconds)), 0.0, run.seed)
    with SolverProcess(MEMORY_BYTES) as solver:
        watch.guard(solver)
        answer = explain(solver, model, plan, reasons, blocks)
    if watch.is_stopped:
        # The solver that was ended answers nothing any more; a new one says in short what it can.
        with SolverProcess(MEMORY_BYTES) as solver:
            answer = explain(solver, model, plan, replace(reasons, seconds=_REASON_SECONDS_AFTER_STOP), blocks)
    return _kept(run, actor, data, answer, watch)


def _planned(
    problem: PairingProblem, start: Pairing | None, limits: SearchLimits, watch: Watch
) -> tuple[PairingModel, Plan, BlockPlan | None]:
    alone = is_large(problem)

    def take(pairing: Pairing, levels: tuple[Level[Goal], ...]) -> None:
        watch.take(best_of(pairing, levels, alone=alone))

    with SolverProcess(MEMORY_BYTES) as solver:
        watch.guard(solver)
        return plan_first(solver, problem, limits, SearchAround(start, take, lambda: watch.is_stopped))


def best_of(pairing: Pairing, levels: tuple[Level[Goal], ...], *, alone: bool = False) -> dict[str, Any]:
    """Return what is kept of the best so far: pairs and people by their keys, and the goals reached.

    ``alone`` where only the sum of all goals has a bound.
    """
    return {
        "pairs": sorted(list(key) for key in pairing.pairs),
        "people": [[donor, need, number] for (donor, need), number in sorted(pairing.people.items())],
        "goals": [level_of(level, alone=alone) for level in levels],
    }


def _start_of(run: PlanRun) -> Pairing | None:
    """Return the best pairs that a lost process left; the method looks whether they still obey the rules."""
    if "pairs" not in run.best:
        return None
    pairs = frozenset((str(donor), str(recipient)) for donor, recipient in run.best["pairs"])
    people = {(str(donor), str(need)): int(number) for donor, need, number in run.best["people"]}
    return Pairing(pairs, people)


def _plan_of(run: PlanRun) -> PairingPlan:
    if run.pairing is None:
        raise ValueError(f"The search {run.pk} is not for pairs.")
    return run.pairing


def _kept(run: PlanRun, actor: Actor, data: PairingData, answer: PairingAnswer, watch: Watch) -> PlanRun:
    watch.end()
    return finish_pairing_run(context_of(actor, run), run, data, answer, watch.state())
