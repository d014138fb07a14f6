"""Make the goals least, one after the other, and let nobody see a plan that the independent check does not confirm."""

from __future__ import annotations

from dataclasses import dataclass, field

from lianyi.methods.arrays import Floats
from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError
from lianyi.methods.goal_search import GoalSearch, Level, LevelledPlan, Refusals
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import NeedTrace, arcs_of
from lianyi.methods.pairing.checking import Verdict, check
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.rules import SENTENCES, Goal
from lianyi.methods.solver_process import SolverProcess

REFUSALS = Refusals(PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError, SENTENCES)


@dataclass(frozen=True, slots=True)
class Plan(LevelledPlan[Goal]):
    """A plan that was checked, the level of each goal in their order, and who could help which need.

    ``values`` are those of the columns of the model.
    """

    pairing: Pairing
    levels: tuple[Level[Goal], ...]
    verdict: Verdict
    traces: tuple[NeedTrace, ...]
    values: Floats = field(repr=False, compare=False)


def plan_pairs(problem: PairingProblem, limits: SearchLimits | None = None) -> Plan:
    """Plan in a solver process of its own.

    Raises
    ------
    PairingPlanImpossibleError
        When no plan obeys all hard rules; the message names a smallest set of them that contradict one another.
    PairingPlanNotFoundError
        When the time ended before any plan was found.
    PairingPlanWrongError
        When the check does not confirm what the solver found.

    Examples
    --------
    See `lianyi.methods.pairing`.
    """
    with SolverProcess() as solver:
        return plan_with(solver, model_of(problem, arcs_of(problem)), limits or SearchLimits())


def plan_with(solver: SolverProcess, model: PairingModel, limits: SearchLimits) -> Plan:
    """Plan with a solver that is there already. Raises as `plan_pairs`."""
    values, levels = solve_goals(solver, model, limits)
    pairing = model.pairing_in(values)
    verdict = check(model.problem, pairing)
    return Plan(pairing, REFUSALS.confirmed(levels, verdict), verdict, model.arcs.traces, values)


def solve_goals(
    solver: SolverProcess, model: PairingModel, limits: SearchLimits
) -> tuple[Floats, tuple[Level[Goal], ...]]:
    """Make each goal least under ceilings for those before it, beginning each search with the plan known by then."""
    return GoalSearch(solver, model, model.problem.rules, REFUSALS, limits).solved()
