"""What a pairing plan is made from: donors and their strengths, recipients and their needs, who may help whom.

Every amount is checked once, here; what is computed from it needs no further checks.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from lianyi.methods.errors import PairingDataError
from lianyi.methods.pairing.rules import PairingRules
from lianyi.methods.plan_data import DataChecks

_CHECKS = DataChecks(PairingDataError)
Key = tuple[str, str]
"""A donor and a recipient."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What a donor can do in one specialty.

    Parameters
    ----------
    donor, specialty
        Whose, and in what.
    people
        Most people of it that the donor can send; None without a limit.
    level
        How strong the donor is in it, from 0 to 1.
    """

    donor: str
    specialty: str
    people: int | None = None
    level: float = 1.0

    def __post_init__(self) -> None:
        who = f"The strength of {self.donor} in {self.specialty}"
        _CHECKS.least(who, "people", self.people, 0)
        _CHECKS.share(who, "level", self.level)


@dataclass(frozen=True, slots=True)
class Donor:
    """An institution or region that helps.

    Parameters
    ----------
    id
        Which.
    most_people, most_recipients
        What it can give at most; None without a limit.
    staff
        All its staff, for its fair share of the burden; None where not known: its burden then does not count.
    past_people
        People sent in earlier plans that count as burden carried already.
    fair_people
        People it may fairly be asked for; None for its share by staff of all people wanted.
    """

    id: str
    most_people: int | None = None
    most_recipients: int | None = None
    staff: float | None = None
    past_people: float = 0.0
    fair_people: float | None = None

    def __post_init__(self) -> None:
        for name in ("most_people", "most_recipients", "staff", "past_people", "fair_people"):
            _CHECKS.least(f"The donor {self.id}", name, getattr(self, name), 0)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An institution or region that is helped.

    Parameters
    ----------
    id
        Which.
    most_donors, least_donors
        How many may and how many should help it; None without a limit.
    least_coverage
        Share of the people that it wants, over all its needs, which it should get at least.
    """

    id: str
    most_donors: int | None = None
    least_donors: int = 0
    least_coverage: float = 0.0

    def __post_init__(self) -> None:
        who = f"The recipient {self.id}"
        for name in ("most_donors", "least_donors"):
            _CHECKS.least(who, name, getattr(self, name), 0)
        _CHECKS.share(who, "least_coverage", self.least_coverage)


@dataclass(frozen=True, slots=True)
class Need:
    """A weakness of a recipient: people wanted in a specialty.

    Parameters
    ----------
    id, recipient, specialty
        Which need, whose, and what is wanted.
    people
        How many; None where people are needed but the number is not known: one is then planned, and said to be so.
    priority
        Weight of one missing person.
    least_level
        A donor below this level is too weak.
    """

    id: str
    recipient: str
    specialty: str
    people: int | None
    priority: float = 1.0
    least_level: float = 0.0

    def __post_init__(self) -> None:
        who = f"The need {self.id}"
        _CHECKS.least(who, "people", self.people, 0)
        _CHECKS.share(who, "least_level", self.least_level)
        if not 0.0 < self.priority < math.inf:
            raise _CHECKS.wrong(who, f"has the priority {self.priority}; give a number above 0")

    @property
    def wanted(self) -> int:
        """The people to plan for; one where the number is not known."""
        return 1 if self.people is None else self.people


class PairStatus(StrEnum):
    """What policy says of a pair."""

    ALLOWED = "allowed"
    FIXED = "fixed"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Pair:
    """A donor and a recipient that policy knows of; those not listed may not be paired.

    Parameters
    ----------
    travel_hours
        One way.
    status
        Whether policy allows, fixes or forbids it.
    tie_years
        How long they have been partners; 0 for new ones.
    least_team
        People wanted from this donor once it helps at all.
    donor_rank, recipient_rank
        Which choice each is of the other, from 1; None where it did not name the other.
    """

    donor: str
    recipient: str
    travel_hours: float = 0.0
    status: PairStatus = PairStatus.ALLOWED
    tie_years: float = 0.0
    least_team: int = 0
    donor_rank: float | None = None
    recipient_rank: float | None = None

    def __post_init__(self) -> None:
        who = f"The pair {self.donor} and {self.recipient}"
        for name in ("travel_hours", "tie_years", "least_team"):
            _CHECKS.least(who, name, getattr(self, name), 0)
        for name in ("donor_rank", "recipient_rank"):
            _CHECKS.least(who, name, getattr(self, name), 1)

    @property
    def key(self) -> Key:
        return (self.donor, self.recipient)

    @property
    def is_possible(self) -> bool:
        return self.status is not PairStatus.FORBIDDEN

    @property
    def is_ranked(self) -> bool:
        """Whether each named the other."""
        return self.donor_rank is not None and self.recipient_rank is not None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A plan: who helps whom, and how many people of which donor go to which need.

    ``people`` has a number above 0 for a donor and a need.
    """

    pairs: frozenset[Key]
    people: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Published:
    """What was decided before: pairs, people of a pair by specialty where they were told, pairs that must stay."""

    pairs: frozenset[Key]
    people: Mapping[Key, Mapping[str, int]] = field(default_factory=dict)
    locked: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class PairingProblem:
    """All of it, checked against one another.

    Raises
    ------
    PairingDataError
        When an id stands twice, a reference leads nowhere, or a locked pair is not possible.
    """

    donors: tuple[Donor, ...]
    recipients: tuple[Recipient, ...]
    strengths: tuple[Strength, ...]
    needs: tuple[Need, ...]
    pairs: tuple[Pair, ...]
    rules: PairingRules = field(default_factory=PairingRules)
    published: Published | None = None

    def __post_init__(self) -> None:
        _CHECKS.unique("donor", (each.id for each in self.donors))
        _CHECKS.unique("recipient", (each.id for each in self.recipients))
        _CHECKS.unique("need", (each.id for each in self.needs))
        _CHECKS.unique("strength", (f"{each.donor} in {each.specialty}" for each in self.strengths))
        _CHECKS.unique("pair", (f"{each.donor} and {each.recipient}" for each in self.pairs))
        for strength in self.strengths:
            who = f"The strength in {strength.specialty}"
            _CHECKS.known(who, "donor", strength.donor, self.donor_of)
        for need in self.needs:
            _CHECKS.known(f"The need {need.id}", "recipient", need.recipient, self.recipient_of)
        for pair in self.pairs:
            _CHECKS.known("A pair", "donor", pair.donor, self.donor_of)
            _CHECKS.known("A pair", "recipient", pair.recipient, self.recipient_of)
        if self.published is not None:
            self._check_published(self.published)

    def _check_published(self, published: Published) -> None:
        if not published.locked <= published.pairs or not published.people.keys() <= published.pairs:
            raise _CHECKS.wrong("The published plan", "locks or tells people of a pair that it does not hold")
        for key in sorted(published.locked):
            who = f"The locked pair {key[0]} and {key[1]}"
            if key not in self.pair_of:
                raise _CHECKS.wrong(who, "is not listed among the pairs; list it, or unlock it")
            if not self.pair_of[key].is_possible:
                raise _CHECKS.wrong(who, "is forbidden; allow it, or unlock it")

    @cached_property
    def donor_of(self) -> Mapping[str, Donor]:
        return {each.id: each for each in self.donors}

    @cached_property
    def recipient_of(self) -> Mapping[str, Recipient]:
        return {each.id: each for each in self.recipients}

    @cached_property
    def need_of(self) -> Mapping[str, Need]:
        return {each.id: each for each in self.needs}

    @cached_property
    def pair_of(self) -> Mapping[Key, Pair]:
        return {each.key: each for each in self.pairs}

    @cached_property
    def strength_of(self) -> Mapping[tuple[str, str], Strength]:
        return {(each.donor, each.specialty): each for each in self.strengths}

    @cached_property
    def specialties_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return the specialties that each donor knows."""
        found: dict[str, list[str]] = defaultdict(list)
        for strength in self.strengths:
            found[strength.donor].append(strength.specialty)
        return {each.id: tuple(found[each.id]) for each in self.donors}

    @cached_property
    def needs_at(self) -> Mapping[str, tuple[Need, ...]]:
        """Return the needs of each recipient."""
        found: dict[str, list[Need]] = defaultdict(list)
        for need in self.needs:
            found[need.recipient].append(need)
        return {each.id: tuple(found[each.id]) for each in self.recipients}

    def locked_beyond(self, recipient: str, specialty: str) -> int:
        """Return how many people locked pairs send above what is wanted by now."""
        if self.published is None:
            return 0
        sent = sum(
            people.get(specialty, 0)
            for key, people in self.published.people.items()
            if key in self.published.locked and key[1] == recipient
        )
        wanted = sum(need.wanted for need in self.needs_at[recipient] if need.specialty == specialty)
        return max(0, sent - wanted)

    def fair_people(self, donor: Donor) -> float | None:
        """Return the people a donor may fairly be asked for; None where that is not known."""
        if donor.fair_people is not None or donor.staff is None:
            return donor.fair_people
        staff = math.fsum(each.staff or 0.0 for each in self.donors)
        return sum(need.wanted for need in self.needs) * donor.staff / staff if staff > 0 else None
