"""What would fix an open need: each proposal is tried by solving again with everything else as good as now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.pairing.arcs import Bar, arcs_of
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.problem import Donor, Need, Pair, PairingProblem, PairStatus, Recipient, Strength
from lianyi.methods.pairing.reasons import Unmet, column_of, not_worse
from lianyi.methods.pairing.rules import RuleId
from lianyi.methods.pairing.solving import Plan
from lianyi.methods.rule_conflicts import Clause
from lianyi.methods.solver_process import SolverProcess


class RemedyKind(StrEnum):
    """What is changed."""

    ONE_MORE_PERSON = "one_more_person"  # subject: donor/specialty; amount: its people of it then, or all its people
    ALLOW_PAIR = "allow_pair"  # subject: donor/recipient
    LOWER_LEVEL = "lower_level"  # subject: the need; amount: the least level then
    RAISE_LIMIT = "raise_limit"  # subject: whose limit; amount: the limit then


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that was tried, and what is missing before and after; ``rule`` is the limit that is raised."""

    kind: RemedyKind
    subject: str
    amount: float
    missing_before: int
    missing_after: int
    rule: RuleId | None = None


@dataclass(frozen=True, slots=True)
class _Proposal:
    kind: RemedyKind
    subject: str
    amount: float
    problem: PairingProblem
    rule: RuleId | None = None


def remedies_of(
    solver: SolverProcess, model: PairingModel, plan: Plan, unmet: Unmet, limits: SearchLimits
) -> tuple[Remedy, ...]:
    """Return what helps, what helps most first; what did not help or was not decided in the time is left out."""
    clock = Clock(limits, silent)
    found: list[Remedy] = []
    for proposal in _proposals(model.problem, unmet):
        seconds = clock.seconds_left()
        if seconds <= 0.0:
            break
        left = _missing_then(solver, model, plan, proposal.problem, unmet, replace(limits, seconds=seconds))
        if left is not None and left < unmet.missing:
            found.append(Remedy(proposal.kind, proposal.subject, proposal.amount, unmet.missing, left, proposal.rule))
    return tuple(sorted(found, key=lambda remedy: remedy.missing_after))


def _missing_then(
    solver: SolverProcess, model: PairingModel, plan: Plan, changed: PairingProblem, unmet: Unmet, limits: SearchLimits
) -> int | None:
    other = model_of(changed, arcs_of(changed))
    program, _clauses = not_worse(model, plan, other, unmet)
    costs = np.zeros(program.columns)
    costs[column_of(other, unmet)] = 1.0
    found = solver.solve(program.with_objective(costs), SolveWish(limits.seconds, seed=limits.seed))
    return round(found.objective) if found.has_values else None


def _proposals(problem: PairingProblem, unmet: Unmet) -> Iterator[_Proposal]:
    if unmet.need is not None:
        yield from _one_more_person(problem, unmet.need)
        yield from _lower_level(problem, unmet)
    yield from _allow_pair(problem, unmet)
    yield from _raise_limits(problem, unmet)


def _one_more_person(problem: PairingProblem, need: Need) -> Iterator[_Proposal]:
    """Give one more specialist, strong enough, to each donor that may help; the nearest first."""
    near = sorted(problem.pairs, key=lambda pair: (pair.travel_hours, pair.donor))
    for pair in near:
        if pair.recipient != need.recipient or not pair.is_possible:
            continue
        known = problem.strength_of.get((pair.donor, need.specialty), Strength(pair.donor, need.specialty, 0))
        donor = problem.donor_of[pair.donor]
        if known.level < need.least_level or (known.people is None and donor.most_people is None):
            continue
        more = replace(known, people=_more(known.people))
        others = tuple(
            each for each in problem.strengths if (each.donor, each.specialty) != (more.donor, more.specialty)
        )
        changed = _with_donor(problem, replace(donor, most_people=_more(donor.most_people)))
        amount = more.people if more.people is not None else _more(donor.most_people)
        subject = f"{pair.donor}/{need.specialty}"
        yield _Proposal(RemedyKind.ONE_MORE_PERSON, subject, amount or 1, replace(changed, strengths=(*others, more)))


def _more(limit: int | None) -> int | None:
    return None if limit is None else limit + 1


def _lower_level(problem: PairingProblem, unmet: Unmet) -> Iterator[_Proposal]:
    """Lower the least level to that of the strongest donor that is too weak."""
    need, trace = unmet.need, unmet.trace
    if need is None or trace is None or Bar.TOO_WEAK not in trace.barred:
        return
    level = max(problem.strength_of[donor, need.specialty].level for donor in trace.barred[Bar.TOO_WEAK])
    lower = replace(need, least_level=level)
    needs = tuple(lower if each.id == need.id else each for each in problem.needs)
    yield _Proposal(RemedyKind.LOWER_LEVEL, need.id, level, replace(problem, needs=needs))


def _allow_pair(problem: PairingProblem, unmet: Unmet) -> Iterator[_Proposal]:
    """Allow each pair that policy keeps apart, as far away as the farthest where its travel is not known."""
    farthest = max((pair.travel_hours for pair in problem.pairs), default=0.0)
    for donor in problem.donors:
        pair = problem.pair_of.get((donor.id, unmet.recipient))
        if pair is not None and pair.is_possible:
            continue
        if unmet.trace is not None and donor.id not in {
            *unmet.trace.barred.get(Bar.FORBIDDEN, ()),
            *unmet.trace.barred.get(Bar.NOT_LISTED, ()),
        }:
            continue
        allowed = Pair(donor.id, unmet.recipient, farthest) if pair is None else pair
        others = tuple(each for each in problem.pairs if each is not pair)
        changed = replace(problem, pairs=(*others, replace(allowed, status=PairStatus.ALLOWED)))
        yield _Proposal(RemedyKind.ALLOW_PAIR, f"{donor.id}/{unmet.recipient}", 1, changed)


def _raise_limits(problem: PairingProblem, unmet: Unmet) -> Iterator[_Proposal]:
    """Raise by one each limit that stands in the conflict."""
    for clause in unmet.conflict.clauses if unmet.conflict is not None else ():
        raised = _raised(problem, clause)
        if raised is not None and isinstance(clause.rule, RuleId):
            changed, limit = raised
            yield _Proposal(RemedyKind.RAISE_LIMIT, clause.subject, limit, changed, clause.rule)


def _raised(problem: PairingProblem, clause: Clause) -> tuple[PairingProblem, int] | None:
    if clause.rule is RuleId.RECIPIENT_DONORS:
        recipient = problem.recipient_of[clause.subject]
        limit = (recipient.most_donors or 0) + 1
        return _with_recipient(problem, replace(recipient, most_donors=limit)), limit
    if clause.rule is RuleId.DONOR_RECIPIENTS:
        donor = problem.donor_of[clause.subject]
        limit = (donor.most_recipients or 0) + 1
        return _with_donor(problem, replace(donor, most_recipients=limit)), limit
    if clause.rule is RuleId.DONOR_TOTAL:
        donor = problem.donor_of[clause.subject]
        limit = (donor.most_people or 0) + 1
        return _with_donor(problem, replace(donor, most_people=limit)), limit
    if clause.rule is RuleId.DONOR_SPECIALTY:
        name, _slash, specialty = clause.subject.rpartition("/")
        known = problem.strength_of[name, specialty]
        limit = (known.people or 0) + 1
        strengths = tuple(replace(each, people=limit) if each is known else each for each in problem.strengths)
        return replace(problem, strengths=strengths), limit
    return None


def _with_donor(problem: PairingProblem, donor: Donor) -> PairingProblem:
    return replace(problem, donors=tuple(donor if each.id == donor.id else each for each in problem.donors))


def _with_recipient(problem: PairingProblem, recipient: Recipient) -> PairingProblem:
    others = tuple(recipient if each.id == recipient.id else each for each in problem.recipients)
    return replace(problem, recipients=others)
