"""What `lianyi plan postings` writes: postings, open needs, changes, and the summary."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lianyi.methods.location.limits import StopReason
from lianyi.methods.postings.columns import months_short
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.reasons import Unmet
from lianyi.methods.postings.remedies import Remedy
from lianyi.methods.postings.replanning import Change
from lianyi.methods.postings.rules import SENTENCES, Goal, RuleId
from lianyi.operations.planning.plan_results import (
    Document,
    breaches_told,
    level_alone,
    level_with_bound,
    rules_told,
    sum_of_goals,
    why_open,
    why_open_in_cells,
    worse_told,
    write_summary,
)
from lianyi.operations.planning.plan_tables import table_of
from lianyi.operations.planning.postings import PlanAccount
from lianyi.tabular.arrays import write_arrays

FORMAT: Final = 1
_POSTING: Final = (
    *("person", "donor", "need", "recipient", "department", "specialty", "first", "last"),
    *("first_day", "last_day", "months", "locked", "months_short"),
)
_UNMET: Final = (
    *("need", "recipient", "department", "specialty", "priority", "number_known", "missing", "periods", "reason"),
    *("qualified", "able", "barred", "conflict", "conflict_is_smallest", "fixes", "why_needed"),
)
_CHANGE: Final = ("person", "kind", "before", "after", "bar", "worse_goal", "worse_now", "worse_then")


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
    write_summary(document, out)
    return document


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
        "months_short": months_short(problem, need, line.first, line.last),
    }


def _unmet(account: PlanAccount, unmet: Unmet, remedies: tuple[Remedy, ...]) -> Document:
    labels, need = account.problem.horizon.labels, unmet.need
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
        **why_open(unmet.conflict, remedies, unmet.trace.barred),
        "why_needed": account.folder.why.get(need.id, ""),
    }


def _unmet_row(account: PlanAccount, unmet: Unmet, remedies: tuple[Remedy, ...]) -> Document:
    told = _unmet(account, unmet, remedies)
    periods = "; ".join(f"{label}={count}" for label, count in told["periods"].items())
    return {**told, **why_open_in_cells(told), "periods": periods}


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
        **worse_told(change.worse),
    }


def summary_of(account: PlanAccount) -> Document:
    """Return the whole account as one document."""
    problem, plan, staged = account.problem, account.plan, account.staged
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
        "is_optimal": plan.is_optimal if staged is None else staged.stop_reason is StopReason.OPTIMAL,
        "levels": [level_with_bound(level) if staged is None else level_alone(level) for level in plan.levels],
        "sum": None if staged is None else sum_of_goals(staged, staged.steps),
        "coverage": _coverage(account),
        "repair": _repair(account),
        "rules": rules_told(problem.rules, SENTENCES),
        "hopeless_needs": [trace.need for trace in plan.traces if trace.is_hopeless],
        "number_unknown": [need.id for need in problem.needs if not need.is_number_known],
        "breaches": breaches_told(plan.verdict.breaches, RuleId.NEED),
        "unmet": [_unmet(account, *each) for each in account.unmet],
        "changes": [_change_row(problem, change) for change in account.changes],
    }


def _coverage(account: PlanAccount) -> Document:
    """Tell the weighted share of what is wanted that stays open, and what of it no plan fills.

    What no plan fills: periods that nobody in the pool could serve, and, where the goal of needs has a bound, that.
    """
    problem, plan = account.problem, account.plan
    periods = problem.horizon.periods
    wanted = missing = never = 0.0
    open_in = {unmet.need.id: unmet.missing for unmet, _remedies in account.unmet}
    for need, trace in zip(problem.needs, plan.traces, strict=True):
        heads = need.planned_heads(periods)
        wanted += need.priority * sum(heads)
        missing += need.priority * sum(open_in.get(need.id, ()))
        never += need.priority * sum(heads[period] for period in trace.uncovered)
    level = plan.level(Goal.NEED)
    price = 0.0 if problem.rules.is_hard(RuleId.NEED) else problem.rules.price_of(RuleId.NEED)
    has_bound = account.staged is None and price > 0.0 and level.bound > 0.0
    bound = max(never, level.bound / price) if has_bound else never
    return {
        "weighted_wanted": wanted,
        "weighted_missing": missing,
        "missing_share": missing / wanted if wanted else 0.0,
        "least_missing_share": min(bound, missing) / wanted if wanted else 0.0,
    }


def _repair(account: PlanAccount) -> Document | None:
    repaired = account.repaired
    if repaired is None:
        return None
    return {
        "scope": repaired.scope.value,
        "weighted_lost": repaired.lost,
        "least_weighted_lost": repaired.least_lost,
        "changed": repaired.changed,
        "least_changed": repaired.least_changed,
        "is_least": repaired.is_least,
    }
