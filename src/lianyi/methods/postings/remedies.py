"""What would fix an open need: each proposal is tried by solving again with everything else as good as now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Donor, Need, Person, PostingProblem
from lianyi.methods.postings.reasons import Unmet, not_worse
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.solving import Plan
from lianyi.methods.solver_process import SolverProcess

_NEW_PERSON = "+1"


class RemedyKind(StrEnum):
    """What is changed."""

    ONE_MORE_PERSON = "one_more_person"  # subject: the donor; amount: the title rank
    SHORTER_TERM = "shorter_term"  # subject: the need; amount: the least periods then
    LOWER_TITLE = "lower_title"  # subject: the need; amount: the least title rank then
    LEND_MORE = "lend_more"  # subject: whose limit; amount: the limit then


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that was tried, and the people times periods missing before and after.

    ``rule`` is the limit that is raised, for `RemedyKind.LEND_MORE`.
    """

    kind: RemedyKind
    subject: str
    amount: int
    missing_before: int
    missing_after: int
    rule: RuleId | None = None

    @property
    def fixes_all(self) -> bool:
        return self.missing_after == 0


@dataclass(frozen=True, slots=True)
class _Proposal:
    kind: RemedyKind
    subject: str
    amount: int
    problem: PostingProblem
    rule: RuleId | None = None


def remedies_of(
    solver: SolverProcess, model: PostingModel, plan: Plan, unmet: Unmet, limits: SearchLimits
) -> tuple[Remedy, ...]:
    """Return what helps, what helps most first; what did not help or was not decided in the time is left out."""
    clock = Clock(limits, silent)
    number = model.problem.needs.index(unmet.need)
    found: list[Remedy] = []
    for proposal in _proposals(model.problem, unmet):
        seconds = clock.seconds_left()
        if seconds <= 0.0:
            break
        left = _missing_then(solver, model, plan, proposal.problem, number, replace(limits, seconds=seconds))
        if left is not None and left < unmet.total:
            found.append(Remedy(proposal.kind, proposal.subject, proposal.amount, unmet.total, left, proposal.rule))
    return tuple(sorted(_largest_terms(found), key=lambda remedy: remedy.missing_after))


def _largest_terms(found: list[Remedy]) -> list[Remedy]:
    """Leave out a lower title or a shorter term that helps no more than a milder one."""
    kept: list[Remedy] = []
    for remedy in found:
        milder = [each for each in kept if each.kind is remedy.kind and each.subject == remedy.subject]
        if all(each.missing_after > remedy.missing_after for each in milder):
            kept.append(remedy)
    return kept


def _missing_then(
    solver: SolverProcess, model: PostingModel, plan: Plan, changed: PostingProblem, number: int, limits: SearchLimits
) -> int | None:
    other = model_of(changed, columns_of(changed))
    program, _clauses = not_worse(model, plan, other)
    costs = np.zeros(program.columns)
    costs[other.unmet[number][other.unmet[number] >= 0]] = 1.0
    found = solver.solve(program.with_objective(costs), SolveWish(limits.seconds, seed=limits.seed))
    return round(found.objective) if found.has_values else None


def _proposals(problem: PostingProblem, unmet: Unmet) -> Iterator[_Proposal]:
    need = unmet.need
    yield from _one_more_person(problem, need)
    for least in range(need.least_periods - 1, 0, -1):
        shorter = replace(need, least_periods=least)
        yield _Proposal(RemedyKind.SHORTER_TERM, need.id, least, _with_need(problem, shorter))
    for rank in range(need.least_rank - 1, -1, -1):
        lower = replace(need, least_rank=rank)
        yield _Proposal(RemedyKind.LOWER_TITLE, need.id, rank, _with_need(problem, lower))
    yield from _lend_more(problem, unmet)


def _one_more_person(problem: PostingProblem, need: Need) -> Iterator[_Proposal]:
    partners = [pair for pair in problem.pairs if pair.recipient == need.recipient and pair.donor != need.recipient]
    for pair in sorted(partners, key=lambda pair: (pair.travel_hours, pair.donor)):
        somebody = Person(_NEW_PERSON, pair.donor, (need.specialty,), need.least_rank)
        changed = replace(problem, people=(*problem.people, somebody))
        yield _Proposal(RemedyKind.ONE_MORE_PERSON, pair.donor, need.least_rank, changed)


def _with_need(problem: PostingProblem, need: Need) -> PostingProblem:
    return replace(problem, needs=tuple(need if each.id == need.id else each for each in problem.needs))


def _lend_more(problem: PostingProblem, unmet: Unmet) -> Iterator[_Proposal]:
    """Raise by one each limit of a hospital that stands in the conflict."""
    for clause in unmet.conflict.clauses if unmet.conflict is not None else ():
        if not isinstance(clause.rule, RuleId):
            continue
        raised = _raised(problem, clause.rule, clause.subject)
        if raised is not None:
            changed, limit = raised
            yield _Proposal(RemedyKind.LEND_MORE, clause.subject, limit, changed, clause.rule)


def _raised(problem: PostingProblem, rule: RuleId, subject: str) -> tuple[PostingProblem, int] | None:
    if rule is RuleId.RECIPIENT_DONORS:
        recipient = problem.recipient_of[subject]
        limit = (recipient.most_donors or 0) + 1
        others = tuple(replace(each, most_donors=limit) if each is recipient else each for each in problem.recipients)
        return replace(problem, recipients=others), limit
    fields = {
        RuleId.DONOR_TOTAL: "most_away",
        RuleId.DONOR_SENIORS: "most_seniors_away",
        RuleId.DONOR_RECIPIENTS: "most_recipients",
    }
    if rule in fields:
        donor = problem.donor_of[subject]
        limit = (getattr(donor, fields[rule]) or 0) + 1
        change: dict[str, Any] = {fields[rule]: limit}
        return _with_donor(problem, replace(donor, **change)), limit
    if rule is RuleId.DONOR_SPECIALTY:
        name, _, specialty = subject.rpartition("/")
        donor = problem.donor_of[name]
        limit = donor.most_away_by_specialty[specialty] + 1
        limits = {**donor.most_away_by_specialty, specialty: limit}
        return _with_donor(problem, replace(donor, most_away_by_specialty=limits)), limit
    return None


def _with_donor(problem: PostingProblem, donor: Donor) -> PostingProblem:
    return replace(problem, donors=tuple(donor if each.id == donor.id else each for each in problem.donors))
