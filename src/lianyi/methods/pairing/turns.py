"""Recipients choose their donors in turns, each from what the others leave.

In its turn a recipient looks at the sets of donors that may help it, gives each set's people to its needs, the most
worthwhile first, and takes the cheapest set. Limits of donors are kept even where they have a price. Pairs that are
locked stay with the people as published, and their recipients have no turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lianyi.methods.pairing.places import Help, Place, lacking_of, places_of
from lianyi.methods.pairing.prices import Prices
from lianyi.methods.pairing.problem import Key, Pairing, PairingProblem
from lianyi.methods.pairing.rules import Goal

_NO_LIMIT = 10**9
_ROUNDING = 1e-9
_Offers = Sequence[tuple[float, Help]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a recipient has: its donors, their people by help, and what all of it costs but the burden of the donors."""

    donors: frozenset[int]
    people: tuple[tuple[Help, int], ...]
    cost: float


class Turns:
    """The choices of all recipients, what they leave of the donors, and the weighted sum of the goals.

    ``people_changed`` against a published plan is not in the sum.

    Parameters
    ----------
    problem
        The problem.
    prices
        What people and partners of donors are worth to others, where a turn counts them; None for nothing.

    Examples
    --------
    >>> from lianyi.methods.pairing.problem import Donor, Need, Pair, Recipient, Strength
    >>> problem = PairingProblem(
    ...     (Donor("Sanjia", most_people=1),),
    ...     (Recipient("Ceheng"), Recipient("Wangmo")),
    ...     (Strength("Sanjia", "03.04"),),
    ...     (Need("N1", "Ceheng", "03.04", 1), Need("N2", "Wangmo", "03.04", 1, priority=2.0)),
    ...     (Pair("Sanjia", "Ceheng"), Pair("Sanjia", "Wangmo")),
    ... )
    >>> turns = Turns(problem)
    >>> turns.turn_of(1), turns.turn_of(0)
    (True, False)
    >>> turns.pairing().people
    {('Sanjia', 'N2'): 1}
    """

    def __init__(self, problem: PairingProblem, prices: Prices | None = None) -> None:
        self._problem = problem
        donors = {donor.id: number for number, donor in enumerate(problem.donors)}
        self._specialties = {name: at for at, name in enumerate(sorted({each.specialty for each in problem.needs}))}
        self._places = places_of(problem, self._specialties)
        self._lacking = lacking_of(problem)
        self._people_left = [_or_none(donor.most_people) for donor in problem.donors]
        self._partners_left = [_or_none(donor.most_recipients) for donor in problem.donors]
        self._specialty_left = [[0] * len(self._specialties) for _donor in problem.donors]
        for each in problem.strengths:
            if each.specialty in self._specialties:
                self._specialty_left[donors[each.donor]][self._specialties[each.specialty]] = _or_none(each.people)
        self._sent = [donor.past_people for donor in problem.donors]
        self._steps = [self._steps_of(number) for number in range(len(problem.donors))]
        self._weight_of_burden = problem.rules.weight_of(Goal.BURDEN)
        self._price, self._partner_price = self._prices(prices)
        nobody = Choice(frozenset(), (), 0.0)
        self.choices = [nobody] * len(self._places)
        self.value = sum(self._burden(number) for number in range(len(problem.donors)))
        locked = problem.published.locked if problem.published is not None else frozenset()
        self.is_locked = [any(key[1] == recipient.id for key in locked) for recipient in problem.recipients]
        for number, place in enumerate(self._places):
            self.take(number, self._held(place, recipient=number) if self.is_locked[number] else self._nothing(place))

    def _steps_of(self, donor: int) -> tuple[float, ...]:
        fair = self._problem.fair_people(self._problem.donors[donor])
        return () if fair is None else tuple(step * fair for step in self._problem.rules.burden_steps)

    def _prices(self, prices: Prices | None) -> tuple[list[list[float]], list[float]]:
        """Return prices of a person of each donor and specialty, and of a partner; the burden is counted as it is."""
        count = len(self._problem.donors)
        if prices is None:
            return [[0.0] * len(self._specialties) for _donor in range(count)], [0.0] * count
        people = [
            [prices.total[donor] + prices.specialty.get((donor, name), 0.0) for name in self._specialties]
            for donor in range(count)
        ]
        return people, prices.recipients.tolist()

    # What there is

    def pairing(self) -> Pairing:
        """Return the choices as a plan."""
        donors, needs, recipients = self._problem.donors, self._problem.needs, self._problem.recipients
        pairs: set[Key] = set()
        people: dict[Key, int] = {}
        for recipient, choice in zip(recipients, self.choices, strict=True):
            pairs |= {(donors[each].id, recipient.id) for each in choice.donors}
            people |= {(donors[each.donor].id, needs[each.need].id): number for each, number in choice.people}
        return Pairing(frozenset(pairs), people)

    # Turns

    def turn_of(self, recipient: int, factor: float = 0.0) -> bool:
        """Let a recipient choose anew, with prices at a factor; return whether it has somebody now that it had not."""
        before = self.give_back(recipient)
        self.take(recipient, self.best(recipient, factor))
        return bool(set(self.choices[recipient].people) - set(before.people))

    def best(self, recipient: int, factor: float) -> Choice:
        """Return the cheapest choice of a recipient that has nothing."""
        place = self._places[recipient]
        offers = self._offers(place, factor)
        there = {each.donor for _cost, each in offers}
        if place.sets is None:
            return self._grown(place, offers, there, factor)
        best, least = self._nothing(place), np.inf
        for donors in place.sets:
            if donors - place.held <= there:
                choice, cost = self._filled(place, donors, offers, factor)
                if choice is not None and cost < least - _ROUNDING:
                    best, least = choice, cost
        return best

    def _grown(self, place: Place, offers: _Offers, there: set[int], factor: float) -> Choice:
        """Add the most worthwhile donor again and again, where all sets are too many to be looked at."""
        held, least = self._filled(place, place.held, offers, factor)
        best = held or self._nothing(place)
        while len(best.donors) < place.most_donors:
            grown = [self._filled(place, best.donors | {each}, offers, factor) for each in sorted(there - best.donors)]
            better = [
                (cost, number) for number, (choice, cost) in enumerate(grown) if choice and cost < least - _ROUNDING
            ]
            if not better:
                break
            least, number = min(better)
            best = grown[number][0] or best
        return best

    def _offers(self, place: Place, factor: float) -> _Offers:
        """Return what donors with people and partners to spare can do, at today's burden, the most worthwhile first."""
        burden: dict[int, float] = {}
        found = []
        for each in place.helps:
            donor = each.donor
            if donor not in burden:
                burden[donor] = self._burden_of_next(donor)
            has_room = self._partners_left[donor] > 0 and self._people_left[donor] > 0
            if has_room and self._specialty_left[donor][each.specialty] > 0:
                found.append((each.cost + burden[donor] + factor * self._price[donor][each.specialty], each))
        found.sort(key=lambda offer: offer[0])
        return found

    def _filled(
        self, place: Place, donors: frozenset[int], offers: _Offers, factor: float
    ) -> tuple[Choice | None, float]:
        """Give a set's people to the needs; return choice and cost with prices, none where a donor sends nobody."""
        wanted, sent, used = dict(place.wanted), Counter[int](), Counter[tuple[int, int]]()
        taken: list[tuple[Help, int]] = []
        cost = true_cost = 0.0
        people = 0
        for price, each in offers:
            donor, specialty = each.donor, each.specialty
            if donor not in donors:
                continue
            below_share = place.least_people - people
            if price >= 0.0 and not (below_share > 0 and price < self._lacking.share):
                break
            room = min(
                wanted[each.need] if price < 0.0 else min(wanted[each.need], below_share),
                self._specialty_left[donor][specialty] - used[donor, specialty],
                self._people_left[donor] - sent[donor],
            )
            if room <= 0:
                continue
            wanted[each.need] -= room
            used[donor, specialty] += room
            sent[donor] += room
            people += room
            taken.append((each, room))
            cost += room * price
            true_cost += room * each.cost
        if any(donor not in sent and donor not in place.held for donor in donors):
            return None, np.inf
        fixed = self._lack(place, donors, sent, people) + sum(place.pair_costs[donor] for donor in donors)
        partners = factor * sum(self._partner_price[donor] for donor in donors)
        return Choice(donors, tuple(taken), place.base + true_cost + fixed), cost + fixed + partners

    def _lack(self, place: Place, donors: frozenset[int], sent: Mapping[int, int], people: int) -> float:
        cost = self._lacking.share * max(0, place.least_people - people)
        cost += self._lacking.donors * max(0, place.least_donors - len(donors))
        short = sum(max(0, place.teams.get(donor, 0) - sent.get(donor, 0)) for donor in donors)
        return cost + self._lacking.team * short

    def _nothing(self, place: Place) -> Choice:
        lack = self._lack(place, place.held, {}, 0)
        return Choice(place.held, (), place.base + lack + sum(place.pair_costs[donor] for donor in place.held))

    def _held(self, place: Place, recipient: int) -> Choice:
        """Return the fixed and locked pairs of a recipient, with the people of locked ones as published."""
        name = self._problem.recipients[recipient].id
        donors = {donor.id: number for number, donor in enumerate(self._problem.donors)}
        people = tuple(self._published(place, name, donors))
        locked = self._problem.published.locked if self._problem.published is not None else frozenset()
        all_held = place.held | {donors[key[0]] for key in locked if key[1] == name}
        sent = Counter[int]()
        for each, number in people:
            sent[each.donor] += number
        cost = place.base + sum(each.cost * number for each, number in people)
        cost += self._lack(place, all_held, sent, sum(sent.values()))
        return Choice(all_held, people, cost + sum(place.pair_costs[donor] for donor in all_held))

    def _published(self, place: Place, name: str, donors: Mapping[str, int]) -> Iterator[tuple[Help, int]]:
        published = self._problem.published
        wanted = dict(place.wanted)
        for key in sorted(published.locked if published is not None else ()):
            told = published.people.get(key, {}) if published is not None and key[1] == name else {}
            for specialty, people in sorted(told.items()):
                mine = [
                    each
                    for each in place.helps
                    if each.donor == donors[key[0]] and each.specialty == self._specialties.get(specialty)
                ]
                left = people
                for at, each in enumerate(mine):
                    # What is published beyond all that is wanted by now stays with the last need.
                    number = left if at == len(mine) - 1 else min(left, wanted[each.need])
                    left -= number
                    wanted[each.need] = max(0, wanted[each.need] - number)
                    if number:
                        yield each, number

    # Giving and taking

    def give_back(self, recipient: int) -> Choice:
        """Let a recipient give back all that it has, and return that."""
        choice = self.choices[recipient]
        self._count(choice, -1)
        self.choices[recipient] = Choice(frozenset(), (), 0.0)
        return choice

    def take(self, recipient: int, choice: Choice) -> None:
        """Let a recipient that has nothing have what it chose."""
        self._count(choice, 1)
        self.choices[recipient] = choice

    def _count(self, choice: Choice, sign: int) -> None:
        self.value += sign * choice.cost
        for donor in choice.donors:
            self._partners_left[donor] -= sign
            self.value -= self._burden(donor)
        for each, people in choice.people:
            self._people_left[each.donor] -= sign * people
            self._specialty_left[each.donor][each.specialty] -= sign * people
            self._sent[each.donor] += sign * people
        self.value += sum(self._burden(donor) for donor in choice.donors)

    def _burden(self, donor: int) -> float:
        sent = self._sent[donor]
        return self._weight_of_burden * sum(max(0.0, sent - step) for step in self._steps[donor])

    def _burden_of_next(self, donor: int) -> float:
        """Return what one person more of a donor adds to the burden."""
        sent = self._sent[donor]
        return self._weight_of_burden * sum(min(1.0, max(0.0, sent + 1.0 - step)) for step in self._steps[donor])


def _or_none(most: int | None) -> int:
    return _NO_LIMIT if most is None else most
