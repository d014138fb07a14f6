"""What is counted of a scenario's lines: the goals, and the figures by which scenarios are compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from lianyi.dispatch.scenario_problem import PlanData
from lianyi.methods.goal_search import Level
from lianyi.methods.postings.checking import Verdict, check
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.rules import Goal

Document = dict[str, Any]
# So many broken rules are kept for the page; how many there are is kept of all.
MOST_BREACHES = 200


def figures_of(data: PlanData, lines: Collection[Line], levels: Sequence[Level[Goal]] = ()) -> Document:
    """Count lines with the independent check; ``levels`` of the search add bounds that its plan was proved against."""
    problem = data.problem
    verdict = check(problem, lines)
    bounds = {level.goal: level for level in levels}
    broken = [breach for breach in verdict.breaches if breach.rule != "need"]
    return {
        "goals": [_goal(goal, verdict, bounds.get(goal)) for goal in problem.rules.goals],
        "lines": len(lines),
        "people": len({line.person for line in lines}),
        **_needs(problem, lines),
        **_presence(problem, lines),
        **_fairness(problem, lines),
        "home_cover": round(sum(breach.amount for breach in verdict.breaches if breach.rule == "home_cover")),
        "wards": len(problem.wards),
        "travel_hours": round(sum(2 * _hours(problem, line) for line in lines), 1),
        "travel_unknown": sum(_pair(problem, line) in data.unmeasured for line in lines),
        "broken": len(broken),
        "breaches": [
            {"rule": str(breach.rule), "subject": breach.subject, "amount": breach.amount, "what": breach.what}
            for breach in broken[:MOST_BREACHES]
        ],
        "unlawful": len(verdict.unlawful),
        "unknown_numbers": [key for key, need in data.needs.items() if need.people is None],
        "outside": [row.pk for row in data.outside],
    }


def missing_of(problem: PostingProblem, lines: Collection[Line]) -> dict[str, tuple[int, ...]]:
    """Return the people missing in each period of the needs in which somebody is, counted from the lines alone."""
    there: defaultdict[str, np.ndarray[Any, Any]] = defaultdict(lambda: np.zeros(problem.horizon.periods, np.int64))
    for line in lines:
        there[line.need][line.first : line.last + 1] += 1
    found = {}
    for need in problem.needs:
        wanted = np.array(need.planned_heads(problem.horizon.periods))
        missing = np.maximum(wanted - there[need.id], 0)
        if missing.any():
            found[need.id] = tuple(missing.tolist())
    return found


def _goal(goal: Goal, verdict: Verdict, level: Level[Goal] | None) -> Document:
    value = verdict.values.get(goal)
    known = level is not None and value is not None and np.isfinite(level.bound)
    bound = min(level.bound, value) if known and level is not None and value is not None else None
    gap = None if bound is None or not value else (value - bound) / value
    return {
        "goal": goal.value,
        "value": value,
        "bound": bound,
        "gap": 0.0 if bound is not None and bound == value else gap,
        "stop_reason": level.stop_reason.value if level is not None else None,
    }


def _needs(problem: PostingProblem, lines: Collection[Line]) -> Document:
    periods = problem.horizon.periods
    wanted = sum(sum(need.planned_heads(periods)) for need in problem.needs)
    missing = missing_of(problem, lines)
    return {
        "needs": len(problem.needs),
        "needs_met": len(problem.needs) - len(missing),
        "wanted": wanted,
        "met": wanted - sum(sum(each) for each in missing.values()),
    }


def _presence(problem: PostingProblem, lines: Collection[Line]) -> Document:
    """Count the periods in which somebody is at an institution that wants somebody then."""
    wanted, there = set(), set()
    for need in problem.needs:
        heads = need.planned_heads(problem.horizon.periods)
        wanted |= {(need.recipient, period) for period, count in enumerate(heads) if count}
    for line in lines:
        recipient = problem.need_of[line.need].recipient
        there |= {(recipient, period) for period in line.periods}
    return {"site_periods": len(wanted), "site_periods_covered": len(wanted & there)}


def _fairness(problem: PostingProblem, lines: Collection[Line]) -> Document:
    """Count the months of whoever is away longest, earlier postings counted, and what each donor sends for its size."""
    months: defaultdict[str, float] = defaultdict(float)
    for line in lines:
        months[line.person] += len(line.periods) * problem.horizon.months_per_period
    total = {person: problem.person_of[person].past_months + more for person, more in months.items()}
    sent: defaultdict[str, float] = defaultdict(float)
    for person, more in months.items():
        sent[problem.person_of[person].donor] += more
    staff = {donor.id: donor.staff or 0.0 for donor in problem.donors}
    per_head = [sent[key] / people for key, people in staff.items() if people]
    return {
        "most_months": round(max(total.values(), default=0.0), 1),
        "months_per_staff_most": round(max(per_head, default=0.0), 3),
        "months_per_staff_least": round(min(per_head, default=0.0), 3),
    }


def _hours(problem: PostingProblem, line: Line) -> float:
    return problem.pair_of[_pair(problem, line)].travel_hours


def _pair(problem: PostingProblem, line: Line) -> tuple[str, str]:
    return (problem.person_of[line.person].donor, problem.need_of[line.need].recipient)
