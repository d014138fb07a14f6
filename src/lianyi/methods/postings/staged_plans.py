"""What a search that makes the weighted sum of all goals least gives back: a checked plan, a bound, and the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.goal_search import Level
from lianyi.methods.location.limits import StopReason, relative_gap
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.postings.solving import REFUSALS, Plan

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each step is done, where the same seed shall give the same plan whatever the machine.

    ``prices`` is how often every recipient is planned alone, ``parts`` how many parts are planned again. Each search
    within ends by its gap or its number of branches then; the seconds only stop what hangs.
    """

    prices: int
    parts: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the search and the sum of the goals after it."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class StagedPlan:
    """A checked plan, the weighted sum of its goals, and a bound below which no plan brings that sum.

    The levels of ``plan`` have no bounds of their own but 0. ``wanted`` is what all that is needed would weigh in the
    goal `need` if nobody came; what is missing of it is told beside the gap.
    """

    plan: Plan
    value: float
    bound: float
    stop_reason: StopReason
    steps: tuple[Step, ...]
    wanted: float = 0.0

    @property
    def missing_share(self) -> float:
        """Weighted people missing, as a share of all that are wanted."""
        return self.plan.level(Goal.NEED).value / self.wanted if self.wanted else 0.0

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)


def better_of(first: StagedPlan, second: StagedPlan) -> StagedPlan:
    """Return the better of two plans for the same problem, made one after the other, with the higher bound of both."""
    best = second if second.value < first.value else first
    bound = min(max(first.bound, second.bound), best.value)
    steps = (*first.steps, *(step for step in second.steps if step.value < first.value))
    reason = StopReason.OPTIMAL if bound >= best.value - _ROUNDING * max(1.0, abs(best.value)) else best.stop_reason
    return replace(best, bound=bound, steps=steps, stop_reason=reason)


def sum_of_goals(model: PostingModel) -> Floats:
    weights = model.problem.rules.weight_of
    found: Floats = np.sum([model.goals[goal] * weights(goal) for goal in Goal], axis=0)
    return found


def account(model: PostingModel, values: Floats, bound: float, steps: Sequence[Step], reason: StopReason) -> StagedPlan:
    """Return a plan given as values of the columns, once the independent check has confirmed it.

    ``bound`` and the steps do not count what all plans cost alike.
    """
    lines = model.lines_in(values)
    verdict = check(model.problem, lines)
    levels = tuple(_level(model, goal, values) for goal in model.problem.rules.goals)
    plan = Plan(lines, REFUSALS.confirmed(levels, verdict), verdict, model.columns.traces, values)
    weight_of = model.problem.rules.weight_of
    constant = sum(weight_of(goal) * value for goal, value in model.constants.items())
    value = sum(weight_of(goal) * value for goal, value in verdict.values.items())
    heads = (need.priority * sum(need.planned_heads(model.problem.horizon.periods)) for need in model.problem.needs)
    rules = model.problem.rules
    wanted = 0.0 if rules.is_hard(RuleId.NEED) else rules.price_of(RuleId.NEED) * sum(heads)
    told = tuple(replace(step, value=step.value + constant) for step in steps)
    return StagedPlan(plan, value, min(bound + constant, value), reason, told, wanted)


def _level(model: PostingModel, goal: Goal, values: Floats) -> Level[Goal]:
    value = float(model.goals[goal] @ values) + model.constants[goal]
    reason = StopReason.OPTIMAL if value <= _ROUNDING else StopReason.SEARCH_LIMIT
    return Level(goal, value, 0.0, reason)
