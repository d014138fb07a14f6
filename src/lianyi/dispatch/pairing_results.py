"""What a search for pairs found, kept with the pairing plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from lianyi.accounts.records import save_changes
from lianyi.dispatch.models import PairingPlan, PairingState, PlannedPair
from lianyi.dispatch.pairing_problem import Asked, PairingData
from lianyi.dispatch.pairing_solving import PairingAnswer
from lianyi.methods.goal_search import Level, Worse
from lianyi.methods.location.limits import StopReason
from lianyi.methods.pairing.lines import PairLine
from lianyi.methods.pairing.reasons import Unmet
from lianyi.methods.pairing.remedies import Remedy
from lianyi.methods.pairing.replanning import Change
from lianyi.methods.pairing.rules import Goal


def keep_answer(plan: PairingPlan, data: PairingData, answer: PairingAnswer) -> None:
    """Put the pairs of a search in the place of those before, with everything that is told of them."""
    plan.pairs.all().delete()
    PlannedPair.objects.bulk_create([_pair(plan, data, line) for line in answer.lines])
    changes: dict[str, Any] = {
        "figures": figures_of(data, answer),
        # Institutions may state wishes while a search is on.
        "is_touched": plan.wishes.filter(updated_at__gt=data.read_at).exists(),
        "solved_at": timezone.now(),
        "state": PairingState.READY,
    }
    save_changes(plan, changes, None)


def _pair(plan: PairingPlan, data: PairingData, line: PairLine) -> PlannedPair:
    key = line.pair.key
    way = data.hours[key]
    meets = [
        {
            **told_of(data.asked[need]),
            "sent": people,
            "level": data.problem.strength_of[key[0], data.asked[need].word].level,
        }
        for need, people in line.people.items()
    ]
    return PlannedPair(
        plan=plan,
        donor_id=int(key[0]),
        recipient_id=int(key[1]),
        standing=PlannedPair.Standing.KEPT if key in data.ties else PlannedPair.Standing.NEW,
        people=sum(line.people.values()),
        meets=meets,
        travel_hours=None if way is None else round(way, 2),
        tie_years=line.pair.tie_years,
        why=line.kind.value,
        worse=_worse(line.worse) or {},
        instead=[int(each) for each in line.instead],
    )


def told_of(each: Asked) -> dict[str, Any]:
    """Return what is kept of what was asked for, so that it can be told when the need is gone."""
    return {
        "id": each.id,
        "recipient": each.recipient.pk,
        "profession": each.profession,
        "specialty": each.specialty,
        "title": each.least_title_rank,
        "people": each.people,
        "need": None if each.need is None else each.need.pk,
        "code": "" if each.need is None else each.need.code,
    }


def figures_of(data: PairingData, answer: PairingAnswer) -> dict[str, Any]:
    """Return everything that the page tells of a plan, but its pairs."""
    problem, plan = answer.problem, answer.plan
    helped = {recipient for _donor, recipient in plan.pairing.pairs}
    planned, today = plan.pairing.pairs, frozenset(data.ties)
    unmet = [each for each, _remedies in answer.unmet if each.need is not None]
    wanted, missing = sum(need.wanted for need in problem.needs), sum(each.missing for each in unmet)
    return {
        "donors": len(problem.donors),
        "recipients": len(problem.recipients),
        "pairs": len(planned),
        "wanted": wanted,
        "met": wanted - missing,
        "needs": len(problem.needs),
        "needs_met": len(problem.needs) - len(unmet),
        "kept": len(planned & today),
        "new": len(planned - today),
        "ended": len(today - planned),
        "helped": len(helped),
        "is_optimal": plan.is_optimal if answer.blocks is None else answer.blocks.stop_reason is StopReason.OPTIMAL,
        "goals": [level_of(level, alone=answer.blocks is not None) for level in plan.levels],
        "sum": _sum(answer),
        "burden": _burden(data, answer),
        "unmet": [_unmet(data, *each) for each in answer.unmet],
        "changes": [_change(answer, each) for each in answer.changes],
        "blocking": [[int(donor), int(recipient)] for donor, recipient in answer.blocking],
        "unasked": sorted(int(each.id) for each in problem.recipients if not problem.needs_at[each.id]),
        "unhelped": sorted(
            int(each.id) for each in problem.recipients if problem.needs_at[each.id] and each.id not in helped
        ),
        "unknown_numbers": [told_of(each) for each in data.unknown_numbers],
        "breaches": [
            {"rule": str(each.rule), "subject": each.subject, "amount": each.amount}
            for each in plan.verdict.breaches
            if each.rule != "need"
        ],
    }


def level_of(level: Level[Goal], *, alone: bool = False) -> dict[str, Any]:
    """Return a goal with its bound; ``alone`` where only the sum of all goals has one."""
    return {
        "goal": level.goal.value,
        "value": level.value,
        "bound": None if alone else level.bound,
        "gap": None if alone else level.gap,
        "is_proved": not alone and level.stop_reason is StopReason.OPTIMAL,
    }


def _sum(answer: PairingAnswer) -> dict[str, Any] | None:
    blocks = answer.blocks
    return None if blocks is None else {"value": blocks.value, "bound": blocks.bound, "gap": blocks.gap}


def _burden(data: PairingData, answer: PairingAnswer) -> list[dict[str, Any]]:
    """Tell of each donor the people sent now and before, its fair share, and its staff where they are known."""
    sent: Counter[str] = Counter()
    for (donor, _need), people in answer.plan.pairing.people.items():
        sent[donor] += people
    return [
        {
            "donor": int(donor.id),
            "people": sent[donor.id],
            "before": donor.past_people,
            "fair": data.problem.fair_people(donor),
            "staff": donor.staff,
        }
        for donor in data.problem.donors
    ]


def _unmet(data: PairingData, unmet: Unmet, remedies: Collection[Remedy]) -> dict[str, Any]:
    trace, conflict = unmet.trace, unmet.conflict
    return {
        "recipient": int(unmet.recipient),
        "asked": None if unmet.need is None else told_of(data.asked[unmet.need.id]),
        "missing": unmet.missing,
        "kind": unmet.kind.value,
        "able": [] if trace is None else [int(each) for each in trace.able],
        "barred": {}
        if trace is None
        else {bar.value: [int(each) for each in donors] for bar, donors in trace.barred.items()},
        "conflict": []
        if conflict is None
        else [{"rule": str(clause.rule), "subject": clause.subject} for clause in conflict.clauses],
        "is_smallest": conflict is not None and conflict.is_smallest,
        "remedies": [
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
    }


def _change(answer: PairingAnswer, change: Change) -> dict[str, Any]:
    able = (trace for trace in answer.plan.traces if change.donor in trace.able)
    return {
        "donor": int(change.donor),
        "recipient": int(change.recipient),
        "kind": change.kind.value,
        # Whether the donor could meet anything that is asked for there.
        "can": any(answer.problem.need_of[trace.need].recipient == change.recipient for trace in able),
        "worse": _worse(change.worse),
    }


def _worse(worse: Worse[Goal] | None) -> Mapping[str, Any] | None:
    return None if worse is None else {"goal": worse.goal.value, "now": worse.now, "then": worse.then}
