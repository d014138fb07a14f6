"""Parts of a pairing problem: some recipients with all that may help them, and what the others leave of the donors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lianyi.methods.pairing.problem import Donor, Need, Pair, Pairing, PairingProblem, Published, Strength
from lianyi.methods.pairing.rules import RuleId


class Parts:
    """Makes the problems of some recipients out of the whole one."""

    def __init__(self, problem: PairingProblem) -> None:
        self.problem = problem
        self._pairs_at: dict[str, list[Pair]] = defaultdict(list)
        for pair in problem.pairs:
            self._pairs_at[pair.recipient].append(pair)
        self._strengths_of: dict[str, list[Strength]] = defaultdict(list)
        for strength in problem.strengths:
            self._strengths_of[strength.donor].append(strength)
        self._fair = {donor.id: problem.fair_people(donor) for donor in problem.donors}
        self._recipients_of: dict[str, list[int]] = defaultdict(list)
        for number, recipient in enumerate(problem.recipients):
            for pair in self._pairs_at[recipient.id]:
                self._recipients_of[pair.donor].append(number)

    def near(self, recipient: int) -> Counter[int]:
        """Return how many donors each other recipient shares with one."""
        shared: Counter[int] = Counter()
        for pair in self._pairs_at[self.problem.recipients[recipient].id]:
            shared.update(self._recipients_of[pair.donor])
        del shared[recipient]
        return shared

    def blocks(self, size: int) -> list[list[int]]:
        """Divide all recipients into blocks that share donors as far as may be."""
        left = dict.fromkeys(range(len(self.problem.recipients)))
        made: list[list[int]] = []
        while left:
            block = [next(iter(left))]
            del left[block[0]]
            shared = self.near(block[0])
            while left and len(block) < size:
                near = [(count, -number) for number, count in shared.items() if number in left]
                chosen = -max(near)[1] if near else next(iter(left))
                del left[chosen]
                block.append(chosen)
                shared.update(self.near(chosen))
            made.append(sorted(block))
        return made

    def only(self, recipients: Iterable[int]) -> PairingProblem:
        """Return the problem of some recipients, for which the donors have all that they have."""
        return self._made([self.problem.recipients[number].id for number in recipients], None)

    def beside(self, recipients: Iterable[int], plan: Pairing) -> PairingProblem:
        """Return the problem of some recipients, for which the donors have what the plan does not give to others."""
        ids = [self.problem.recipients[number].id for number in recipients]
        return self._made(ids, without(self.problem, plan, set(ids)))

    def _made(self, ids: Sequence[str], others: Pairing | None) -> PairingProblem:
        problem, here = self.problem, set(ids)
        pairs = [pair for each in ids for pair in self._pairs_at[each]]
        donors = sorted({pair.donor for pair in pairs})
        used = _Used(problem, others)
        needs: list[Need] = [need for each in ids for need in problem.needs_at[each]]
        return replace(
            problem,
            donors=tuple(used.donor(problem.donor_of[each], self._fair[each]) for each in donors),
            recipients=tuple(problem.recipient_of[each] for each in ids),
            strengths=tuple(used.strength(strength) for each in donors for strength in self._strengths_of[each]),
            needs=tuple(needs),
            pairs=tuple(pairs),
            published=_published(problem.published, here),
        )


class _Used:
    """What other recipients take of each donor."""

    def __init__(self, problem: PairingProblem, others: Pairing | None) -> None:
        self._people: Counter[str] = Counter()
        self._specialty: Counter[tuple[str, str]] = Counter()
        self._recipients: Counter[str] = Counter()
        if others is not None:
            self._recipients.update(donor for donor, _recipient in others.pairs)
            for (donor, name), people in others.people.items():
                self._people[donor] += people
                self._specialty[donor, problem.need_of[name].specialty] += people

    def donor(self, donor: Donor, fair: float | None) -> Donor:
        people = self._people[donor.id]
        return replace(
            donor,
            most_people=_left(donor.most_people, people),
            most_recipients=_left(donor.most_recipients, self._recipients[donor.id]),
            past_people=donor.past_people + people,
            fair_people=fair,
            staff=None,
        )

    def strength(self, strength: Strength) -> Strength:
        used = self._specialty[strength.donor, strength.specialty]
        return replace(strength, people=_left(strength.people, used)) if used else strength


def _left(most: int | None, used: int) -> int | None:
    return None if most is None else max(0, most - used)


def _published(published: Published | None, recipients: set[str]) -> Published | None:
    if published is None:
        return None
    pairs = frozenset(key for key in published.pairs if key[1] in recipients)
    people = {key: told for key, told in published.people.items() if key in pairs}
    return Published(pairs, people, published.locked & pairs)


def without(problem: PairingProblem, plan: Pairing, recipients: set[str]) -> Pairing:
    """Return a plan without some recipients."""
    return Pairing(
        frozenset(key for key in plan.pairs if key[1] not in recipients),
        {arc: people for arc, people in plan.people.items() if problem.need_of[arc[1]].recipient not in recipients},
    )


def joined(first: Pairing, second: Pairing) -> Pairing:
    """Return two plans of different recipients as one."""
    return Pairing(first.pairs | second.pairs, {**first.people, **second.people})


def unlimited(problem: PairingProblem) -> PairingProblem:
    """Return a problem in which only hard limits of donors stand, and burden does not count: what prices pay for."""
    rules = problem.rules
    total, recipients, specialty = (
        rules.is_hard(rule) for rule in (RuleId.DONOR_TOTAL, RuleId.DONOR_RECIPIENTS, RuleId.DONOR_SPECIALTY)
    )
    donors = tuple(
        replace(
            donor,
            most_people=donor.most_people if total else None,
            most_recipients=donor.most_recipients if recipients else None,
            fair_people=None,
            staff=None,
        )
        for donor in problem.donors
    )
    strengths = problem.strengths if specialty else tuple(replace(each, people=None) for each in problem.strengths)
    return replace(problem, donors=donors, strengths=strengths)
