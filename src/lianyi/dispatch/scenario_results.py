"""What a search found, or a change by hand left, kept with the scenario."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from lianyi.accounts.records import save_changes
from lianyi.dispatch.models import PlanLine, PlanScenario, ScenarioState, UnmetNeed
from lianyi.dispatch.scenario_figures import figures_of, missing_of
from lianyi.dispatch.scenario_problem import PlanData, line_of
from lianyi.dispatch.scenario_solving import Answer
from lianyi.methods.postings.problem import Line
from lianyi.methods.postings.reasons import Unmet
from lianyi.methods.postings.remedies import Remedy
from lianyi.methods.postings.replanning import Change

# Why a need stays open when lines were changed by hand after the last search.
NOT_SEARCHED = "not_searched"


def keep_answer(scenario: PlanScenario, data: PlanData, answer: Answer) -> None:
    """Put the lines of a search in the place of those that were not locked, with everything that is told of them."""
    plan = answer.plan
    _keep_lines(scenario, set(plan.lines))
    scenario.unmet.all().delete()
    UnmetNeed.objects.bulk_create([_unmet(scenario, unmet, remedies) for unmet, remedies in answer.unmet])
    changes: dict[str, Any] = {
        "figures": figures_of(data, plan.lines, plan.levels),
        "changes": [_change(each) for each in answer.changes],
        "is_touched": False,
        "solved_at": timezone.now(),
        "state": ScenarioState.READY,
    }
    save_changes(scenario, changes, None)


def _keep_lines(scenario: PlanScenario, wanted: set[Line]) -> None:
    old = {line_of(row): row for row in scenario.lines.all()}
    gone = [row.pk for line, row in old.items() if line not in wanted]
    PlanLine.objects.filter(pk__in=gone).delete()
    PlanLine.objects.bulk_create(
        PlanLine(scenario=scenario, staff_id=int(line.person), need_id=int(line.need), first=line.first, last=line.last)
        for line in sorted(wanted - old.keys())
    )


def keep_touched(scenario: PlanScenario, data: PlanData) -> None:
    """Count a scenario again after a change by hand; reasons that were found for the same missing people stay."""
    lines = [line for line in map(line_of, scenario.lines.all()) if is_known(data, line)]
    _keep_missing(scenario, missing_of(data.problem, lines))
    changes: dict[str, Any] = {
        "figures": figures_of(data, lines),
        "is_touched": True,
        "state": ScenarioState.READY,
    }
    save_changes(scenario, changes, None)


def is_known(data: PlanData, line: Line) -> bool:
    """Tell whether the person and the need of a line still belong to the plan."""
    return line.person in data.staff and line.need in data.needs


def _keep_missing(scenario: PlanScenario, missing: Mapping[str, Collection[int]]) -> None:
    old = {str(row.need_id): row for row in scenario.unmet.all()}
    same = {key for key, row in old.items() if list(missing.get(key, ())) == row.missing}
    UnmetNeed.objects.filter(pk__in=[row.pk for key, row in old.items() if key not in same]).delete()
    UnmetNeed.objects.bulk_create(
        UnmetNeed(scenario=scenario, need_id=int(key), missing=list(people), kind=NOT_SEARCHED)
        for key, people in sorted(missing.items())
        if key not in same
    )


def _unmet(scenario: PlanScenario, unmet: Unmet, remedies: Collection[Remedy]) -> UnmetNeed:
    trace, conflict = unmet.trace, unmet.conflict
    return UnmetNeed(
        scenario=scenario,
        need_id=int(unmet.need.id),
        missing=list(unmet.missing),
        kind=unmet.kind.value,
        trace={
            "able": len(trace.able),
            "qualified": trace.qualified,
            "barred": {bar.value: len(ids) for bar, ids in trace.barred.items()},
            "without_specialty": trace.without_specialty,
        },
        conflict=[{"rule": str(clause.rule), "subject": clause.subject} for clause in conflict.clauses]
        if conflict is not None
        else [],
        is_smallest=conflict is not None and conflict.is_smallest,
        remedies=[
            {
                "kind": remedy.kind.value,
                "subject": remedy.subject,
                "amount": remedy.amount,
                "before": remedy.missing_before,
                "after": remedy.missing_after,
                "rule": None if remedy.rule is None else remedy.rule.value,
            }
            for remedy in remedies
        ],
    )


def _change(change: Change) -> dict[str, Any]:
    worse = change.worse
    return {
        "person": change.person,
        "kind": change.kind.value,
        "before": [[line.need, line.first, line.last] for line in change.before],
        "after": [[line.need, line.first, line.last] for line in change.after],
        "bar": None if change.bar is None else change.bar.value,
        "worse": None if worse is None else {"goal": worse.goal.value, "now": worse.now, "then": worse.then},
    }
