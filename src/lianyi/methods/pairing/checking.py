"""The independent check of a pairing plan: each rule and each goal counted anew, from the data and the plan alone.

Nothing here is shared with the model, so that a mistake in either is seen.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lianyi.methods.pairing.problem import Need, Pairing, PairingProblem, PairStatus
from lianyi.methods.pairing.rules import GOAL_OF_RULE, Goal, RuleId
from lianyi.methods.plan_data import HARD

_PART = "part"


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the plan breaks, by how much, in words; ``part`` is a rule about one pair or one arc alone."""

    rule: RuleId | str
    subject: str
    amount: float
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every breach, those of hard rules, and the value of each goal."""

    breaches: tuple[Breach, ...]
    unlawful: tuple[Breach, ...]
    values: Mapping[Goal, float]

    @property
    def is_lawful(self) -> bool:
        return not self.unlawful


def check(problem: PairingProblem, plan: Pairing) -> Verdict:
    """Look at every rule and count every goal.

    Examples
    --------
    >>> from lianyi.methods.pairing.problem import Donor, Need, Pair, Recipient, Strength
    >>> problem = PairingProblem(
    ...     (Donor("Sanjia", most_people=1),), (Recipient("Ceheng"),), (Strength("Sanjia", "03.04"),),
    ...     (Need("N1", "Ceheng", "03.04", 2),), (Pair("Sanjia", "Ceheng"),),
    ... )
    >>> sent = Pairing(frozenset({("Sanjia", "Ceheng")}), {("Sanjia", "N1"): 2})
    >>> [breach.what for breach in check(problem, sent).unlawful]
    ['2 people are sent, 1 can be']
    """
    facts = _Facts(problem, plan)
    breaches = tuple(breach for find in _RULES for breach in find(facts))
    return Verdict(
        breaches,
        tuple(breach for breach in breaches if _price(problem, breach) == HARD),
        {
            **{goal: _priced(problem, breaches, goal) for goal in (Goal.BREACHES, Goal.NEED, Goal.COVERAGE)},
            Goal.PAIRS_CHANGED: float(len(_before(problem) ^ plan.pairs)) if problem.published else 0.0,
            Goal.PEOPLE_CHANGED: float(_people_changed(facts)),
            Goal.BURDEN: _burden(facts),
            Goal.MATCH: _match(facts),
            Goal.COST: _cost(facts),
            Goal.PAIRS: float(len(plan.pairs)),
        },
    )


class _Facts:
    """What is counted of a plan more than once."""

    def __init__(self, problem: PairingProblem, plan: Pairing) -> None:
        self.problem, self.plan = problem, plan
        self.needs = {need.id: need for need in problem.needs}
        self.needs_at: dict[str, list[Need]] = defaultdict(list)
        for need in problem.needs:
            self.needs_at[need.recipient].append(need)
        self.pairs = {(pair.donor, pair.recipient): pair for pair in problem.pairs}
        self.strengths = {(each.donor, each.specialty): each for each in problem.strengths}
        self.to_need: Counter[str] = Counter()
        self.of_donor: Counter[str] = Counter()
        self.of_specialty: Counter[tuple[str, str]] = Counter()
        self.of_pair: Counter[tuple[str, str]] = Counter()
        self.told: Counter[tuple[str, str, str]] = Counter()
        for (donor, name), people in plan.people.items():
            need = self.needs[name]
            self.to_need[name] += people
            self.of_donor[donor] += people
            self.of_specialty[donor, need.specialty] += people
            self.of_pair[donor, need.recipient] += people
            self.told[donor, need.recipient, need.specialty] += people

    def missing(self, name: str) -> int:
        return max(0, self.needs[name].wanted - self.to_need[name])


def _before(problem: PairingProblem) -> frozenset[tuple[str, str]]:
    return problem.published.pairs if problem.published is not None else frozenset()


def _locked(problem: PairingProblem) -> frozenset[tuple[str, str]]:
    return problem.published.locked if problem.published is not None else frozenset()


def _price(problem: PairingProblem, breach: Breach) -> float:
    if not isinstance(breach.rule, RuleId) or breach.rule not in GOAL_OF_RULE:
        return HARD
    return problem.rules.price_of(breach.rule)


def _priced(problem: PairingProblem, breaches: tuple[Breach, ...], goal: Goal) -> float:
    priority = {need.id: need.priority for need in problem.needs}
    return math.fsum(
        _price(problem, breach) * breach.amount * (priority[breach.subject] if breach.rule is RuleId.NEED else 1.0)
        for breach in breaches
        if isinstance(breach.rule, RuleId) and GOAL_OF_RULE.get(breach.rule) is goal and _price(problem, breach) < HARD
    )


def _parts(facts: _Facts) -> Iterator[Breach]:
    """Rules about one pair, or one donor and one need."""
    for key in sorted(facts.plan.pairs):
        pair, subject = facts.pairs.get(key), "/".join(key)
        if pair is None:
            yield Breach(_PART, subject, 1.0, "the pair is not listed")
        elif pair.status is PairStatus.FORBIDDEN:
            yield Breach(_PART, subject, 1.0, "the pair is forbidden")
        elif facts.of_pair[key] == 0 and pair.status is not PairStatus.FIXED and key not in _locked(facts.problem):
            yield Breach(RuleId.SENDS, subject, 1.0, "nobody is sent")
    for (donor, name), people in sorted(facts.plan.people.items()):
        need = facts.needs[name]
        strength = facts.strengths.get((donor, need.specialty))
        if people < 1:
            yield Breach(_PART, f"{donor}/{name}", 1.0, f"{people} people are sent")
        if (donor, need.recipient) not in facts.plan.pairs:
            yield Breach(_PART, f"{donor}/{name}", people, "people are sent without a pair")
        if strength is None or strength.level < need.least_level:
            yield Breach(_PART, f"{donor}/{name}", people, "the donor is not strong enough in the specialty")


def _needs(facts: _Facts) -> Iterator[Breach]:
    for name, need in facts.needs.items():
        missing = facts.missing(name)
        if missing:
            yield Breach(RuleId.NEED, name, missing, f"{missing} missing")
        most = need.wanted + _beyond(facts, need.recipient, need.specialty)
        if facts.to_need[name] > most:
            yield Breach(_PART, name, facts.to_need[name] - most, "more people are sent than are wanted")


def _beyond(facts: _Facts, recipient: str, specialty: str) -> int:
    """Return the people of locked pairs above what is wanted now."""
    published = facts.problem.published
    if published is None:
        return 0
    held = sum(published.people.get(key, {}).get(specialty, 0) for key in published.locked if key[1] == recipient)
    same = [need for need in facts.needs_at[recipient] if need.specialty == specialty]
    return max(0, held - sum(need.wanted for need in same))


def _donors(facts: _Facts) -> Iterator[Breach]:
    partners = Counter(donor for donor, _recipient in facts.plan.pairs)
    for donor in facts.problem.donors:
        sent, most = facts.of_donor[donor.id], donor.most_people
        if most is not None and sent > most:
            yield Breach(RuleId.DONOR_TOTAL, donor.id, sent - most, f"{sent} people are sent, {most} can be")
        helped, most = partners[donor.id], donor.most_recipients
        if most is not None and helped > most:
            yield Breach(RuleId.DONOR_RECIPIENTS, donor.id, helped - most, f"{helped} are helped, {most} may be")
    for (donor_id, specialty), strength in facts.strengths.items():
        sent, most = facts.of_specialty[donor_id, specialty], strength.people
        if most is not None and sent > most:
            subject = f"{donor_id}/{specialty}"
            yield Breach(RuleId.DONOR_SPECIALTY, subject, sent - most, f"{sent} people are sent, {most} can be")


def _recipients(facts: _Facts) -> Iterator[Breach]:
    donors = Counter(recipient for _donor, recipient in facts.plan.pairs)
    for recipient in facts.problem.recipients:
        here, most = donors[recipient.id], recipient.most_donors
        if most is not None and here > most:
            yield Breach(RuleId.RECIPIENT_DONORS, recipient.id, here - most, f"{here} donors help, {most} may")
        short = recipient.least_donors - here
        if short > 0:
            yield Breach(
                RuleId.LEAST_DONORS, recipient.id, short, f"{here} donors help, {recipient.least_donors} wanted"
            )
        own = facts.needs_at[recipient.id]
        wanted = sum(need.wanted for need in own)
        covered = wanted - sum(facts.missing(need.id) for need in own)
        lacks = math.ceil(recipient.least_coverage * wanted - 1e-9) - covered
        if lacks > 0:
            what = f"{covered} of {wanted} people come, {recipient.least_coverage:.0%} are wanted"
            yield Breach(RuleId.LEAST_COVERAGE, recipient.id, lacks, what)


def _held(facts: _Facts) -> Iterator[Breach]:
    for key, pair in facts.pairs.items():
        if pair.status is PairStatus.FIXED and key not in facts.plan.pairs:
            yield Breach(RuleId.FIXED, "/".join(key), 1.0, "a fixed pair is missing")
        short = pair.least_team - facts.of_pair[key]
        if key in facts.plan.pairs and short > 0:
            yield Breach(RuleId.TEAM, "/".join(key), short, f"{short} too few are sent")
    published = facts.problem.published
    for key in sorted(_locked(facts.problem)):
        if key not in facts.plan.pairs:
            yield Breach(RuleId.LOCKED, "/".join(key), 1.0, "a locked pair is missing")
        before = published.people.get(key) if published is not None else None
        if before is not None and _differing(facts, key, before):
            yield Breach(RuleId.LOCKED, "/".join(key), 1.0, "a locked pair has other people than published")


_RULES = (_parts, _needs, _donors, _recipients, _held)


def _differing(facts: _Facts, key: tuple[str, str], before: Mapping[str, int]) -> int:
    now = {specialty: people for (*pair, specialty), people in facts.told.items() if tuple(pair) == key}
    return sum(abs(now.get(name, 0) - before.get(name, 0)) for name in {*now, *before})


def _people_changed(facts: _Facts) -> int:
    published = facts.problem.published
    if published is None:
        return 0
    return sum(_differing(facts, key, before) for key, before in published.people.items())


def _burden(facts: _Facts) -> float:
    """Count people above the steps of the fair share, in proportion to staff where it is not given."""
    problem = facts.problem
    staff = sum(donor.staff or 0.0 for donor in problem.donors)
    wanted = sum(need.wanted for need in problem.needs)
    total = 0.0
    for donor in problem.donors:
        fair = donor.fair_people
        if fair is None:
            if donor.staff is None or staff <= 0:
                continue
            fair = wanted * donor.staff / staff
        carried = facts.of_donor[donor.id] + donor.past_people
        total += sum(max(0.0, carried - step * fair) for step in problem.rules.burden_steps)
    return total


def _match(facts: _Facts) -> float:
    total = 0.0
    for (donor, name), people in facts.plan.people.items():
        strength = facts.strengths.get((donor, facts.needs[name].specialty))
        total += facts.needs[name].priority * people * (1.0 - (strength.level if strength is not None else 0.0))
    return total


def _cost(facts: _Facts) -> float:
    prices, total = facts.problem.rules.cost, 0.0
    for key, pair in facts.pairs.items():
        is_pair = key in facts.plan.pairs
        total += prices.travel_hour * 2.0 * pair.travel_hours * facts.of_pair[key]
        if pair.tie_years > 0:
            total += 0.0 if is_pair else prices.broken_tie
        elif is_pair:
            total += prices.new_pair
    return total
