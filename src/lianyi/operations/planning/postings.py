"""`lianyi plan postings`: read a folder, plan, explain, and write the tables and the summary."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.methods.goal_search import Level
from lianyi.methods.location.limits import SearchLimits, StopReason
from lianyi.methods.postings.columns import Columns, NeedTrace, columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.reasons import Unmet, reasons_of
from lianyi.methods.postings.remedies import Remedy, remedies_of
from lianyi.methods.postings.replanning import Change, changes_of
from lianyi.methods.postings.rules import HARD, SENTENCES, Goal, RuleId
from lianyi.methods.postings.solving import Plan, plan_with
from lianyi.methods.postings.stages import StagedPlan, plan_in_stages
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.console import Stage
from lianyi.operations.planning.plan_tables import table_of
from lianyi.operations.planning.posting_files import PostingFolder, read_folder
from lianyi.operations.working_folder import replace_durably
from lianyi.tabular.arrays import write_arrays

Tell = Callable[[str], None]
Document = dict[str, Any]
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What to plan, how long, and how long to look for reasons afterwards."""

    folder: Path
    limits: SearchLimits
    reason_seconds: float
    in_stages: bool = False


@dataclass(frozen=True, slots=True)
class PlanAccount:
    """A plan with all that is told of it."""

    folder: PostingFolder
    plan: Plan
    unmet: tuple[tuple[Unmet, tuple[Remedy, ...]], ...]
    changes: tuple[Change, ...]
    columns: int
    staged: StagedPlan | None = None

    @property
    def problem(self) -> PostingProblem:
        return self.folder.problem


def account_of(wish: PlanWish, stage: Stage, tell: Tell) -> PlanAccount:
    """Read, say what cannot be met before anything is solved, plan, and find the reasons of what stays open."""
    with stage("Reading"):
        folder = read_folder(wish.folder)
        columns = columns_of(folder.problem)
    for sentence in warnings_before(folder.problem, columns):
        tell(sentence)
    limits = SearchLimits(wish.reason_seconds, 0.0, wish.limits.seed)
    with SolverProcess() as solver:
        with stage("Planning"):
            model = model_of(folder.problem, columns)
            staged = plan_in_stages(solver, model, wish.limits) if wish.in_stages else None
            plan = staged.plan if staged is not None else plan_with(solver, model, wish.limits)
        with stage("Finding reasons"):
            reasons = reasons_of(solver, model, plan, limits)
            unmet = tuple((each, _remedies(solver, model, plan, each, limits, len(reasons))) for each in reasons)
            changes = changes_of(solver, model, plan, limits)
    return PlanAccount(folder, plan, unmet, changes, len(columns), staged)


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


def write_account(account: PlanAccount, out: Path) -> Document:
    """Write postings.csv, unmet.csv, changes.csv (where a plan was published) and summary.json; return the summary."""
    out.mkdir(parents=True, exist_ok=True)
    write_arrays(
        out / "postings.csv", table_of(_POSTING, [_posting(account.problem, line) for line in account.plan.lines])
    )
    write_arrays(out / "unmet.csv", table_of(_UNMET, [_unmet_row(account, *each) for each in account.unmet]))
    if account.problem.published is not None:
        write_arrays(
            out / "changes.csv", table_of(_CHANGE, [_change_row(account.problem, each) for each in account.changes])
        )
    document = summary_of(account)
    made = out / ".summary.json.part"
    made.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    replace_durably(made, out / "summary.json")
    return document


_POSTING: Final = (
    *("person", "donor", "need", "recipient", "department", "specialty", "first", "last"),
    *("first_day", "last_day", "months", "locked"),
)
_UNMET: Final = (
    *("need", "recipient", "department", "specialty", "priority", "number_known", "missing", "periods", "reason"),
    *("qualified", "able", "barred", "conflict", "conflict_is_smallest", "fixes", "why_needed"),
)
_CHANGE: Final = ("person", "kind", "before", "after", "bar", "worse_goal", "worse_now", "worse_then")


def _posting(problem: PostingProblem, line: Line) -> Document:
    need, horizon = problem.need_of[line.need], problem.horizon
    locked = problem.published is not None and line in problem.published.locked
    return {
        "person": line.person,
        "donor": problem.person_of[line.person].donor,
        "need": need.id,
        "recipient": need.recipient,
        "department": need.department,
        "specialty": need.specialty,
        "first": horizon.labels[line.first],
        "last": horizon.labels[line.last],
        "first_day": horizon.first_day_of(line.first),
        "last_day": horizon.last_day_of(line.last),
        "months": (line.last - line.first + 1) * horizon.months_per_period,
        "locked": locked,
    }


def _unmet(account: PlanAccount, unmet: Unmet, remedies: tuple[Remedy, ...]) -> Document:
    labels, need, conflict = account.problem.horizon.labels, unmet.need, unmet.conflict
    return {
        "need": need.id,
        "recipient": need.recipient,
        "department": need.department,
        "specialty": need.specialty,
        "priority": need.priority,
        "number_known": need.is_number_known,
        "missing": unmet.total,
        "periods": {labels[period]: count for period, count in enumerate(unmet.missing) if count},
        "reason": unmet.kind.value,
        "qualified": unmet.trace.qualified,
        "able": len(unmet.trace.able),
        "barred": {bar.value: list(ids) for bar, ids in unmet.trace.barred.items()},
        "conflict": [{"rule": clause.rule.value, "subject": clause.subject} for clause in conflict.clauses]
        if conflict
        else [],
        "conflict_is_smallest": conflict.is_smallest if conflict else None,
        "fixes": [
            {
                "kind": remedy.kind.value,
                "rule": remedy.rule.value if remedy.rule else None,
                "subject": remedy.subject,
                "amount": remedy.amount,
                "missing_after": remedy.missing_after,
            }
            for remedy in remedies
        ],
        "why_needed": account.folder.why.get(need.id, ""),
    }


def _unmet_row(account: PlanAccount, unmet: Unmet, remedies: tuple[Remedy, ...]) -> Document:
    told = _unmet(account, unmet, remedies)
    fixes = (
        f"{each['kind']} {each['rule'] + ' ' if each['rule'] else ''}{each['subject']} {each['amount']}: "
        f"{each['missing_after']} missing"
        for each in told["fixes"]
    )
    return {
        **told,
        "periods": "; ".join(f"{label}={count}" for label, count in told["periods"].items()),
        "barred": "; ".join(f"{bar}={','.join(ids)}" for bar, ids in told["barred"].items()),
        "conflict": "; ".join(f"{each['rule']} {each['subject']}".strip() for each in told["conflict"]),
        "fixes": "; ".join(fixes),
    }


def _change_row(problem: PostingProblem, change: Change) -> Document:
    labels = problem.horizon.labels
    told = [
        "; ".join(f"{line.need} {labels[line.first]} to {labels[line.last]}" for line in lines)
        for lines in (change.before, change.after)
    ]
    return {
        "person": change.person,
        "kind": change.kind.value,
        "before": told[0],
        "after": told[1],
        "bar": change.bar.value if change.bar else None,
        "worse_goal": change.worse.goal.value if change.worse else None,
        "worse_now": change.worse.now if change.worse else None,
        "worse_then": change.worse.then if change.worse else None,
    }


def summary_of(account: PlanAccount) -> Document:
    """Return the whole account as one document."""
    problem, plan = account.problem, account.plan
    wanted = sum(sum(need.planned_heads(problem.horizon.periods)) for need in problem.needs)
    missing = sum(unmet.total for unmet, _remedies in account.unmet)
    return {
        "format": FORMAT,
        "periods": list(problem.horizon.labels),
        "people": len(problem.people),
        "needs": len(problem.needs),
        "possible_postings": account.columns,
        "postings": len(plan.lines),
        "people_times_periods_wanted": wanted,
        "people_times_periods_missing": missing,
        "is_optimal": plan.is_optimal if account.staged is None else account.staged.stop_reason is StopReason.OPTIMAL,
        "levels": [_level(level, has_bound=account.staged is None) for level in plan.levels],
        "sum": None if account.staged is None else _sum(account.staged),
        "rules": [
            {
                "rule": rule.value,
                "sentence": SENTENCES[rule],
                "price": None if problem.rules.price_of(rule) == HARD else problem.rules.price_of(rule),
            }
            for rule in RuleId
        ],
        "hopeless_needs": [trace.need for trace in plan.traces if trace.is_hopeless],
        "number_unknown": [need.id for need in problem.needs if not need.is_number_known],
        "breaches": [
            {"rule": str(each.rule), "subject": each.subject, "amount": each.amount, "what": each.what}
            for each in plan.verdict.breaches
            if each.rule != RuleId.NEED
        ],
        "unmet": [_unmet(account, *each) for each in account.unmet],
        "changes": [_change_row(problem, change) for change in account.changes],
    }


def _level(level: Level[Goal], *, has_bound: bool) -> Document:
    """Tell a goal; in stages only the sum of all goals has a bound."""
    return {
        "goal": level.goal.value,
        "value": level.value,
        "bound": level.bound if has_bound else None,
        "gap": level.gap if has_bound and np.isfinite(level.gap) else None,
        "stop_reason": level.stop_reason.value if has_bound else None,
    }


def _sum(staged: StagedPlan) -> Document:
    return {
        "value": staged.value,
        "bound": staged.bound,
        "gap": staged.gap if np.isfinite(staged.gap) else None,
        "stop_reason": staged.stop_reason.value,
        "steps": [{"step": step.name, "value": step.value} for step in staged.steps],
    }
