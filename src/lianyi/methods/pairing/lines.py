"""Why this donor: what a pair meets, and the next best plan without it, with what it would have cost.

For each pair that nobody holds, the plan is made again without it; the first goal that becomes worse is the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError
from lianyi.methods.goal_search import Level, Worse, first_difference, proved_worse
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.pairing.model import PairingModel
from lianyi.methods.pairing.problem import Key, Pair, PairStatus
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import Plan, solve_goals
from lianyi.methods.solver_process import SolverProcess

_MOST_SECONDS = 1e-6


class WhyKind(StrEnum):
    """Why a pair stands in the plan."""

    FIXED = "fixed"  # policy fixes it
    LOCKED = "locked"  # it was published and must stay
    BEST = "best"  # without it a goal would be worse
    ONLY = "only"  # without it there would be no plan at all
    EQUAL = "equal"  # an equally good plan without it exists
    NOT_PROVED = "not_proved"  # the time ended


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair of the plan, its people by need, and why it is there.

    ``instead`` are the donors that would help the recipient anew in the next best plan, which has everything but this
    pair; ``worse`` is what that plan would cost.
    """

    pair: Pair
    people: Mapping[str, int]
    kind: WhyKind
    worse: Worse[Goal] | None = None
    instead: tuple[str, ...] = ()


def lines_of(solver: SolverProcess, model: PairingModel, plan: Plan, limits: SearchLimits) -> tuple[PairLine, ...]:
    """Tell of each pair why it is there, by recipient and donor; ``limits`` are for all of them together."""
    clock = Clock(limits, silent)
    keys = sorted(plan.pairing.pairs, key=lambda key: (key[1], key[0]))
    return tuple(
        _line(solver, model, plan, key, replace(limits, seconds=max(clock.seconds_left(), _MOST_SECONDS)))
        for key in keys
    )


def people_of(model: PairingModel, plan: Plan, key: Key) -> Mapping[str, int]:
    """Return the people of a pair by need, in the order of the needs."""
    found = {need.id: plan.pairing.people.get((key[0], need.id), 0) for need in model.problem.needs_at[key[1]]}
    return {need: people for need, people in found.items() if people}


def _line(solver: SolverProcess, model: PairingModel, plan: Plan, key: Key, limits: SearchLimits) -> PairLine:
    problem = model.problem
    pair = problem.pair_of[key]
    line = PairLine(pair, people_of(model, plan, key), WhyKind.NOT_PROVED)
    if problem.published is not None and key in problem.published.locked:
        return replace(line, kind=WhyKind.LOCKED)
    if pair.status is PairStatus.FIXED:
        return replace(line, kind=WhyKind.FIXED)
    if limits.seconds <= _MOST_SECONDS:
        return line
    without = without_pair(model, key)
    try:
        values, levels = solve_goals(solver, without, limits)
    except PairingPlanImpossibleError:
        return replace(line, kind=WhyKind.ONLY)
    except PairingPlanNotFoundError:
        return line
    helping = {donor for donor, recipient in plan.pairing.pairs if recipient == key[1]}
    then = {donor for donor, recipient in model.pairing_in(values).pairs if recipient == key[1]}
    kind, worse = compared(plan, levels)
    return replace(line, kind=kind, worse=worse, instead=tuple(sorted(then - helping)))


def without_pair(model: PairingModel, key: Key) -> PairingModel:
    """Return the model in which two are no pair."""
    number = model.problem.pairs.index(model.problem.pair_of[key])
    upper = model.program.upper.copy()
    upper[model.helping[number]] = 0.0
    return replace(model, program=replace(model.program, upper=upper))


def compared(plan: Plan, levels: tuple[Level[Goal], ...]) -> tuple[WhyKind, Worse[Goal] | None]:
    """Return the first goal that differs; it is proved to be worse only by its bound."""
    level = first_difference(plan, levels)
    if level is None:
        return WhyKind.EQUAL, None
    worse = proved_worse(plan, level)
    return (WhyKind.NOT_PROVED if worse is None else WhyKind.BEST), worse


def held_pair(model: PairingModel, key: Key) -> PairingModel:
    """Return the model in which two are a pair, whatever it costs."""
    number = model.problem.pairs.index(model.problem.pair_of[key])
    lower = model.program.lower.copy()
    lower[model.helping[number]] = np.float64(1.0)
    return replace(model, program=replace(model.program, lower=lower))
