"""What `lianyi plan pairing` writes: pairs, open needs, changes, blocking pairs, and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lianyi.methods.location.limits import StopReason
from lianyi.methods.pairing.lines import PairLine
from lianyi.methods.pairing.problem import PairingProblem
from lianyi.methods.pairing.reasons import Unmet
from lianyi.methods.pairing.remedies import Remedy
from lianyi.methods.pairing.replanning import Change
from lianyi.methods.pairing.rules import SENTENCES, RuleId
from lianyi.operations.planning.pairing import PairingAccount
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
from lianyi.tabular.arrays import write_arrays

FORMAT: Final = 1
_PAIR: Final = (
    *("donor", "recipient", "status", "policy", "travel_hours", "least_team", "tie_years", "is_new", "locked"),
    *("people", "people_by_specialty", "meets", "why", "worse_goal", "worse_now", "worse_then", "instead"),
)
_UNMET: Final = (
    *("need", "recipient", "specialty", "priority", "number_known", "missing", "reason", "able", "barred"),
    *("conflict", "conflict_is_smallest", "fixes", "why_needed"),
)
_CHANGE: Final = ("donor", "recipient", "kind", "before", "after", "worse_goal", "worse_now", "worse_then")


def write_account(account: PairingAccount, out: Path) -> Document:
    """Write pairs.csv, unmet.csv, changes.csv and blocking.csv where there is cause, and summary.json; return it."""
    out.mkdir(parents=True, exist_ok=True)
    problem = account.problem
    pairs = [_pair_row(problem, line) for line in account.lines]
    write_arrays(out / "pairs.csv", table_of(_PAIR, pairs))
    write_arrays(out / "unmet.csv", table_of(_UNMET, [_unmet_row(account, *each) for each in account.unmet]))
    if problem.published is not None:
        write_arrays(out / "changes.csv", table_of(_CHANGE, [_change_row(change) for change in account.changes]))
    if any(pair.is_ranked for pair in problem.pairs):
        rows = [{"donor": donor, "recipient": recipient} for donor, recipient in account.blocking]
        write_arrays(out / "blocking.csv", table_of(("donor", "recipient"), rows))
    document = summary_of(account)
    write_summary(document, out)
    return document


def _pair_row(problem: PairingProblem, line: PairLine) -> Document:
    pair = line.pair
    people: Counter[str] = Counter()
    meets = []
    for name, number in line.people.items():
        need = problem.need_of[name]
        people[need.specialty] += number
        level = problem.strength_of[pair.donor, need.specialty].level
        meets.append(f"{name}: {number} of {need.wanted} {need.specialty}, level {level:g}")
    return {
        "donor": pair.donor,
        "recipient": pair.recipient,
        # The pair is decided: a posting plan that reads this table takes it as given.
        "status": "fixed",
        "policy": pair.status.value,
        "travel_hours": pair.travel_hours,
        "least_team": pair.least_team,
        "tie_years": pair.tie_years,
        "is_new": pair.tie_years == 0,
        "locked": problem.published is not None and pair.key in problem.published.locked,
        "people": sum(people.values()),
        "people_by_specialty": _by_specialty(people),
        "meets": "; ".join(meets),
        "why": line.kind.value,
        **worse_told(line.worse),
        "instead": "; ".join(line.instead),
    }


def _by_specialty(people: Mapping[str, int] | None) -> str | None:
    return None if people is None else "; ".join(f"{name}={number}" for name, number in sorted(people.items()))


def _unmet(account: PairingAccount, unmet: Unmet, remedies: tuple[Remedy, ...]) -> Document:
    need, trace = unmet.need, unmet.trace
    return {
        "need": need.id if need else None,
        "recipient": unmet.recipient,
        "specialty": need.specialty if need else None,
        "priority": need.priority if need else None,
        "number_known": need.people is not None if need else None,
        "missing": unmet.missing,
        "reason": unmet.kind.value,
        "able": list(trace.able) if trace else [],
        **why_open(unmet.conflict, remedies, trace.barred if trace else None),
        "why_needed": account.folder.why.get(need.id, "") if need else "",
    }


def _unmet_row(account: PairingAccount, unmet: Unmet, remedies: tuple[Remedy, ...]) -> Document:
    told = _unmet(account, unmet, remedies)
    return {**told, **why_open_in_cells(told), "able": "; ".join(told["able"])}


def _change_row(change: Change) -> Document:
    return {
        "donor": change.donor,
        "recipient": change.recipient,
        "kind": change.kind.value,
        "before": _by_specialty(change.before),
        "after": _by_specialty(change.after),
        **worse_told(change.worse),
    }


def summary_of(account: PairingAccount) -> Document:
    """Return the whole account as one document."""
    problem, plan, blocks = account.problem, account.plan, account.blocks
    helped = {recipient for _donor, recipient in plan.pairing.pairs}
    return {
        "format": FORMAT,
        "donors": len(problem.donors),
        "recipients": len(problem.recipients),
        "needs": len(problem.needs),
        "possible_pairs": sum(pair.is_possible for pair in problem.pairs),
        "possible_helps": account.arcs,
        "pairs": len(plan.pairing.pairs),
        "people_wanted": sum(need.wanted for need in problem.needs),
        "people_missing": sum(unmet.missing for unmet, _remedies in account.unmet if unmet.need is not None),
        "is_optimal": plan.is_optimal if blocks is None else blocks.stop_reason is StopReason.OPTIMAL,
        "levels": [level_with_bound(level) if blocks is None else level_alone(level) for level in plan.levels],
        "sum": None if blocks is None else sum_of_goals(blocks, blocks.steps),
        "rules": rules_told(problem.rules, SENTENCES),
        "stable_pairs_asked_for": account.folder.is_stable,
        "blocking_pairs": [{"donor": donor, "recipient": recipient} for donor, recipient in account.blocking],
        "hopeless_needs": [
            trace.need for trace in plan.traces if trace.is_hopeless and problem.need_of[trace.need].wanted
        ],
        "number_unknown": [need.id for need in problem.needs if need.people is None],
        "recipients_without_donor": [each.id for each in problem.recipients if each.id not in helped],
        "burden": _burden(account),
        "breaches": breaches_told(plan.verdict.breaches, RuleId.NEED),
        "unmet": [_unmet(account, *each) for each in account.unmet],
        "changes": [_change_row(change) for change in account.changes],
    }


def _burden(account: PairingAccount) -> list[Document]:
    """Tell for each donor the people sent now and before, its fair share, and how many of its staff each stands for."""
    sent: Counter[str] = Counter()
    for (donor, _need), people in account.plan.pairing.people.items():
        sent[donor] += people
    return [
        {
            "donor": donor.id,
            "people": sent[donor.id],
            "past_people": donor.past_people,
            "fair_people": account.problem.fair_people(donor),
            "people_per_1000_staff": 1000.0 * sent[donor.id] / donor.staff if donor.staff else None,
        }
        for donor in account.problem.donors
    ]
