"""What changed against the published pairs, and why nothing less would do.

A pair whose donor or recipient is gone, or that policy forbids by now, must end. Every other change is asked about once
more: the plan is made again with that pair as before, and the first goal that becomes worse is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError
from lianyi.methods.goal_search import Worse
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.lines import compared, held_pair, without_pair
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.problem import Key, Pairing, PairingProblem
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import Plan, solve_goals
from lianyi.methods.solver_process import SolverProcess

_MOST_SECONDS = 1e-6


class ChangeKind(StrEnum):
    """What became of a pair."""

    DONOR_GONE = "donor_gone"  # no longer among the donors
    RECIPIENT_GONE = "recipient_gone"
    NOT_POSSIBLE = "not_possible"  # policy forbids it by now, or lists it no more
    ENDED = "ended"
    BEGUN = "begun"
    PEOPLE = "people"  # other people than published


@dataclass(frozen=True, slots=True)
class Change:
    """A pair that differs: people by specialty before (None where not told) and after, and what would be worse else.

    ``worse`` is None where the pair had to change, where an equally good plan without this change exists or its loss
    was not proved in the time, and where no plan at all would be left.
    """

    donor: str
    recipient: str
    kind: ChangeKind
    before: Mapping[str, int] | None = None
    after: Mapping[str, int] | None = None
    worse: Worse[Goal] | None = None

    @property
    def key(self) -> Key:
        return (self.donor, self.recipient)


def changes_between(problem: PairingProblem, after: Pairing) -> tuple[Change, ...]:
    """Return what differs from the published plan, by recipient and donor; nothing where no plan was published.

    Examples
    --------
    >>> from lianyi.methods.pairing.problem import Donor, Pair, Published, Recipient
    >>> problem = PairingProblem(
    ...     (Donor("Sanjia"),), (Recipient("Ceheng"),), (), (), (Pair("Sanjia", "Ceheng"),),
    ...     published=Published(frozenset({("Huaxi", "Ceheng")})),
    ... )
    >>> for change in changes_between(problem, Pairing(frozenset({("Sanjia", "Ceheng")}), {})):
    ...     print(change.donor, change.kind)
    Huaxi donor_gone
    Sanjia begun
    """
    if problem.published is None:
        return ()
    changes = []
    for key in sorted({*problem.published.pairs, *after.pairs}, key=lambda key: (key[1], key[0])):
        before, now = problem.published.people.get(key), _people(problem, after, key)
        kind = _kind(problem, after, key, before, now)
        if kind is not None:
            changes.append(Change(*key, kind, before, now if key in after.pairs else None))
    return tuple(changes)


def _kind(
    problem: PairingProblem, after: Pairing, key: Key, before: Mapping[str, int] | None, now: Mapping[str, int]
) -> ChangeKind | None:
    was_there = problem.published is not None and key in problem.published.pairs
    if key in after.pairs:
        told = {name: people for name, people in (before or {}).items() if people}
        has_other_people = before is not None and told != now
        return (ChangeKind.PEOPLE if has_other_people else None) if was_there else ChangeKind.BEGUN
    if key[0] not in problem.donor_of:
        return ChangeKind.DONOR_GONE
    if key[1] not in problem.recipient_of:
        return ChangeKind.RECIPIENT_GONE
    pair = problem.pair_of.get(key)
    return ChangeKind.ENDED if pair is not None and pair.is_possible else ChangeKind.NOT_POSSIBLE


def _people(problem: PairingProblem, plan: Pairing, key: Key) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for need in problem.needs_at.get(key[1], ()):
        people = plan.people.get((key[0], need.id), 0)
        if people:
            found[need.specialty] += people
    return dict(found)


def changes_of(solver: SolverProcess, model: PairingModel, plan: Plan, limits: SearchLimits) -> tuple[Change, ...]:
    """Return what differs from the published plan, and what would be worse without each change."""
    clock = Clock(limits, silent)
    changes = []
    for change in changes_between(model.problem, plan.pairing):
        seconds = clock.seconds_left()
        is_chosen = change.kind in {ChangeKind.ENDED, ChangeKind.BEGUN, ChangeKind.PEOPLE}
        if is_chosen and seconds > _MOST_SECONDS:
            worse = _worse_without(solver, model, plan, change, replace(limits, seconds=seconds))
            changes.append(replace(change, worse=worse))
        else:
            changes.append(change)
    return tuple(changes)


def _worse_without(
    solver: SolverProcess, model: PairingModel, plan: Plan, change: Change, limits: SearchLimits
) -> Worse[Goal] | None:
    """Plan again with this pair as before, and find the first goal that is worse."""
    try:
        _values, levels = solve_goals(solver, _as_before(model, change), limits)
    except (PairingPlanImpossibleError, PairingPlanNotFoundError):
        return None
    return compared(plan, levels)[1]


def _as_before(model: PairingModel, change: Change) -> PairingModel:
    if change.kind is ChangeKind.BEGUN:
        return without_pair(model, change.key)
    published = model.problem.published
    if change.kind is ChangeKind.ENDED or published is None:
        return held_pair(model, change.key)
    kept = replace(published, locked=published.locked | {change.key})
    problem = replace(model.problem, published=kept)
    return model_of(problem, arcs_of(problem))
