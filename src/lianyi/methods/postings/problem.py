"""What a posting plan is made from: people, needs, hospitals, who may help whom, and what was published before.

All times are planning periods, counted from 0; `Horizon` says which months a period is. Every amount is checked once,
here; what is computed from it needs no further checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from lianyi.methods.errors import PostingDataError
from lianyi.methods.plan_data import DataChecks
from lianyi.methods.postings.horizon import Horizon
from lianyi.methods.postings.rules import PostingRules
from lianyi.methods.postings.team_rules import TeamRule

__all__ = [
    "Couple",
    "CoupleWish",
    "Donor",
    "Horizon",
    "Line",
    "Need",
    "Pair",
    "Person",
    "PostingProblem",
    "Published",
    "Recipient",
    "Ward",
    "missed_specialties",
]

_HIGHEST_RANK = 4
_CHECKS = DataChecks(PostingDataError)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be sent.

    Parameters
    ----------
    id, donor
        Who, and the hospital that sends.
    specialties
        What this person may do.
    rank
        Title, from 0 (none) over 1 (junior), 2 (intermediate), 3 (associate senior) to 4 (senior).
    available
        The periods in which the person may be away; None for all.
    longest_periods
        Longest term; None without a limit.
    highest_altitude_m, hardest_level
        Where health or family set a limit; None without one.
    past_months
        Months away in earlier plans: the burden carried already.
    prefers, refuses
        Ids of recipients.
    ward
        The home department, where that keeps people on duty (`Ward`); empty without one.
    missed_as
        The specialties in which the own hospital misses this person (`Donor.most_away_by_specialty`); None where it is
        those of the need that is served.
    """

    id: str
    donor: str
    specialties: tuple[str, ...]
    rank: int = 0
    available: frozenset[int] | None = None
    longest_periods: int | None = None
    highest_altitude_m: float | None = None
    hardest_level: int | None = None
    past_months: float = 0.0
    prefers: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    ward: str = ""
    missed_as: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        who = f"The person {self.id}"
        _check_rank(who, self.rank)
        _CHECKS.least(who, "longest_periods", self.longest_periods, 1)
        _CHECKS.least(who, "past_months", self.past_months, 0)
        if not self.specialties:
            raise _CHECKS.wrong(who, "has no specialty; give at least one")

    def is_available(self, period: int) -> bool:
        return self.available is None or period in self.available


@dataclass(frozen=True, slots=True)
class Need:
    """People wanted in a department.

    Parameters
    ----------
    id, recipient, specialty
        Which need, whose, and what is wanted.
    heads
        People wanted in each period. None where people are needed but the number is not known: one is then planned in
        each period of ``span``, and said to be so.
    span
        First and last period of a need without numbers; not used where there are numbers.
    least_rank
        Least title.
    priority
        Weight of one missing person in one period.
    least_periods
        Least continuous term.
    overlap_periods
        So many periods the successor is there together with the predecessor. A posting that does not begin with the
        need counts as head only after them.
    is_training
        The heads are seats for people who come to learn: they count neither as staff on site nor as help that is given,
        and come only from hospitals that this one helps.
    missed_as
        The specialties in which the own hospital misses whoever serves this need and says nothing else; None for
        ``specialty`` alone.
    """

    id: str
    recipient: str
    specialty: str
    heads: tuple[int, ...] | None
    span: tuple[int, int] | None = None
    department: str = ""
    least_rank: int = 0
    priority: float = 1.0
    least_periods: int = 1
    overlap_periods: int = 0
    is_training: bool = False
    missed_as: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        who = f"The need {self.id}"
        _check_rank(who, self.least_rank)
        _CHECKS.least(who, "least_periods", self.least_periods, 1)
        _CHECKS.least(who, "overlap_periods", self.overlap_periods, 0)
        if not self.priority > 0.0:
            raise _CHECKS.wrong(who, f"has the priority {self.priority}; give a number above 0")
        if any(heads < 0 for heads in self.heads or ()):
            raise _CHECKS.wrong(who, "wants fewer than 0 people in a period; give 0 where nobody is wanted")
        if self.heads is None and self.span is None:
            raise _CHECKS.wrong(who, "has neither numbers of people nor periods; give the periods at least")

    @property
    def is_number_known(self) -> bool:
        return self.heads is not None

    def planned_heads(self, periods: int) -> tuple[int, ...]:
        """Return the people to plan for in each period; one where the number is not known."""
        if self.heads is not None:
            return self.heads
        first, last = self.span or (0, periods - 1)
        return tuple(int(first <= period <= last) for period in range(periods))


def missed_specialties(person: Person, need: Need) -> tuple[str, ...]:
    """Return the specialties in which a hospital misses this person while the need is served.

    Examples
    --------
    >>> surgeon = Person("Wang", "Sanjia", ("04.01",), missed_as=("04", "04.01"))
    >>> missed_specialties(surgeon, Need("N1", "Ceheng", "04.01", (1,)))
    ('04', '04.01')
    """
    if person.missed_as is not None:
        return person.missed_as
    return (need.specialty,) if need.missed_as is None else need.missed_as


@dataclass(frozen=True, slots=True)
class Donor:
    """A hospital that sends people, and how many it can miss at the same time; None without a limit.

    ``already_away``, ``seniors_already_away`` and ``already_away_by_specialty`` are the people of these limits who are
    away in each period for other reasons; empty where there are none.
    """

    id: str
    staff: float | None = None
    most_away: int | None = None
    most_seniors_away: int | None = None
    most_away_by_specialty: Mapping[str, int] = field(default_factory=dict)
    most_recipients: int | None = None
    already_away: tuple[int, ...] = ()
    seniors_already_away: tuple[int, ...] = ()
    already_away_by_specialty: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        who = f"The donor {self.id}"
        for name in ("most_away", "most_seniors_away", "most_recipients", "staff"):
            _CHECKS.least(who, name, getattr(self, name), 0)
        if any(people < 0 for away in self.all_already_away for people in away):
            raise _CHECKS.wrong(who, "has fewer than 0 people away already; give 0 where nobody is")
        for specialty, most in self.most_away_by_specialty.items():
            _CHECKS.least(who, f"most_away_by_specialty {specialty}", most, 0)

    @property
    def all_already_away(self) -> tuple[tuple[int, ...], ...]:
        """Return the numbers by period of each limit that knows of people who are away already."""
        return (self.already_away, self.seniors_already_away, *self.already_away_by_specialty.values())

    def room(self, period: int) -> int | None:
        """Return how many more people it can miss in a period; None without a limit."""
        return _left(self.most_away, self.already_away, period)

    def senior_room(self, period: int) -> int | None:
        """Return how many more people of senior title it can miss in a period; None without a limit."""
        return _left(self.most_seniors_away, self.seniors_already_away, period)

    def specialty_room(self, specialty: str, period: int) -> int | None:
        """Return how many more people of a specialty it can miss in a period; None without a limit."""
        most, away = self.most_away_by_specialty.get(specialty), self.already_away_by_specialty.get(specialty, ())
        return _left(most, away, period)


def _left(most: int | None, away: tuple[int, ...], period: int) -> int | None:
    return None if most is None else max(0, most - (away[period] if away else 0))


@dataclass(frozen=True, slots=True)
class Ward:
    """A home department, and how many of its people it can miss in each period.

    People who are away for other reasons are taken off ``spare`` already.
    """

    id: str
    spare: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(people < 0 for people in self.spare):
            raise _CHECKS.wrong(f"The ward {self.id}", "can miss fewer than 0 people; give 0 where it can miss nobody")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A hospital that is helped.

    ``least_on_site`` people, and somebody of a senior title where ``needs_senior``, are wanted there in every period of
    the plan. ``hardship`` is a level from 0.
    """

    id: str
    altitude_m: float = 0.0
    hardship: int = 0
    most_donors: int | None = None
    least_on_site: int = 0
    needs_senior: bool = False

    def __post_init__(self) -> None:
        who = f"The recipient {self.id}"
        for name in ("hardship", "most_donors", "least_on_site"):
            _CHECKS.least(who, name, getattr(self, name), 0)


@dataclass(frozen=True, slots=True)
class Pair:
    """A donor that may help a recipient.

    Parameters
    ----------
    travel_hours
        One way.
    least_team
        People of this donor wanted there in every period once it helps at all.
    starts
        Periods in which a term may begin; None for all.
    is_fixed
        The two are partners whether somebody is sent or not.
    is_new
        They were no partners before.
    old_team
        People of the donor who are there before the plan begins: somebody of them is to stay in its first period.
    keeps_seniors
        Of two batches that follow one another at least one is to leave somebody of senior title there.
    """

    donor: str
    recipient: str
    travel_hours: float = 0.0
    least_team: int = 0
    starts: frozenset[int] | None = None
    is_fixed: bool = False
    is_new: bool = False
    old_team: frozenset[str] = frozenset()
    keeps_seniors: bool = False

    def __post_init__(self) -> None:
        who = f"The pair {self.donor} and {self.recipient}"
        _CHECKS.least(who, "travel_hours", self.travel_hours, 0)
        _CHECKS.least(who, "least_team", self.least_team, 0)

    @property
    def key(self) -> tuple[str, str]:
        return (self.donor, self.recipient)

    def batches(self, periods: int) -> tuple[int, ...]:
        """Return the periods after the first in which people may come and go."""
        return tuple(each for each in range(1, periods) if self.starts is None or each in self.starts)


class CoupleWish(StrEnum):
    """What two people who belong together asked for."""

    APART = "apart"  # never both away at the same time
    TOGETHER = "together"  # only both at the same recipient at the same time


@dataclass(frozen=True, slots=True)
class Couple:
    """Two people of whom one wish holds."""

    first: str
    second: str
    wish: CoupleWish

    @property
    def id(self) -> str:
        return f"{self.first}+{self.second}"


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of a plan: a person in a need from a first to a last period, both counted."""

    person: str
    need: str
    first: int
    last: int

    @property
    def periods(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class Published:
    """What was decided before: all lines, and those of them that must stay as they are.

    ``missing`` are the people that were missing then, by need and period; a need that is not named had all its people,
    or is new. None where that is not known: whatever the lines leave open may then stay open in a repair.
    """

    lines: frozenset[Line]
    locked: frozenset[Line] = frozenset()
    missing: Mapping[str, tuple[int, ...]] | None = None


@dataclass(frozen=True)
class PostingProblem:
    """All of it, checked against one another.

    ``held`` are lines that must stay although they were never published; to keep them is no merit.

    Raises
    ------
    PostingDataError
        When an id stands twice, a reference leads nowhere, or a need has not one number for each period.
    """

    horizon: Horizon
    people: tuple[Person, ...]
    needs: tuple[Need, ...]
    donors: tuple[Donor, ...]
    recipients: tuple[Recipient, ...]
    pairs: tuple[Pair, ...]
    rules: PostingRules = field(default_factory=PostingRules)
    couples: tuple[Couple, ...] = ()
    published: Published | None = None
    wards: tuple[Ward, ...] = ()
    held: frozenset[Line] = frozenset()
    team_rules: tuple[TeamRule, ...] = ()

    def __post_init__(self) -> None:
        _CHECKS.unique("person", (each.id for each in self.people))
        _CHECKS.unique("need", (each.id for each in self.needs))
        _CHECKS.unique("donor", (each.id for each in self.donors))
        _CHECKS.unique("recipient", (each.id for each in self.recipients))
        _CHECKS.unique("pair", (f"{each.donor} and {each.recipient}" for each in self.pairs))
        for person in self.people:
            _CHECKS.known(f"The person {person.id}", "donor", person.donor, self.donor_of)
        self._check_wards()
        self._check_donors()
        for need in self.needs:
            _CHECKS.known(f"The need {need.id}", "recipient", need.recipient, self.recipient_of)
            self._check_periods(need)
        for pair in self.pairs:
            _CHECKS.known("A pair", "donor", pair.donor, self.donor_of)
            _CHECKS.known("A pair", "recipient", pair.recipient, self.recipient_of)
        for couple in self.couples:
            for one in (couple.first, couple.second):
                _CHECKS.known(f"The couple {couple.id}", "person", one, self.person_of)
            if couple.first == couple.second:
                raise _CHECKS.wrong(f"The couple {couple.id}", "is one person; give two")
        self._check_locked()
        self._check_team_rules()

    def _check_team_rules(self) -> None:
        _CHECKS.unique("team rule", (each.id for each in self.team_rules))
        for rule in self.team_rules:
            who = f"The team rule {rule.id}"
            _CHECKS.known(who, "recipient", rule.recipient, self.recipient_of)
            for need in sorted(rule.needs or ()):
                _CHECKS.known(who, "need", need, self.need_of)
            for donor in sorted(rule.donors or ()):
                _CHECKS.known(who, "donor", donor, self.donor_of)
            if rule.already and len(rule.already) != self.horizon.periods:
                raise _CHECKS.wrong(who, f"tells of {len(rule.already)} periods; the plan has {self.horizon.periods}")

    def _check_wards(self) -> None:
        _CHECKS.unique("ward", (each.id for each in self.wards))
        for ward in self.wards:
            if len(ward.spare) != self.horizon.periods:
                raise _CHECKS.wrong(
                    f"The ward {ward.id}", f"has {len(ward.spare)} numbers for {self.horizon.periods} periods"
                )
        for person in self.people:
            if person.ward:
                _CHECKS.known(f"The person {person.id}", "ward", person.ward, self.ward_of)

    def _check_donors(self) -> None:
        periods = self.horizon.periods
        for donor in self.donors:
            for away in donor.all_already_away:
                if away and len(away) != periods:
                    raise _CHECKS.wrong(f"The donor {donor.id}", f"has {len(away)} numbers for {periods} periods")

    def _check_locked(self) -> None:
        if self.published is not None and not self.published.locked <= self.published.lines:
            raise _CHECKS.wrong("The published plan", "locks a line that it does not hold")
        for line in self.locked:
            who = f"The locked line of {line.person}"
            _CHECKS.known(who, "person", line.person, self.person_of)
            _CHECKS.known(who, "need", line.need, self.need_of)

    def _check_periods(self, need: Need) -> None:
        periods = self.horizon.periods
        if need.heads is not None and len(need.heads) != periods:
            raise _CHECKS.wrong(f"The need {need.id}", f"has {len(need.heads)} numbers of people for {periods} periods")
        if need.span is not None and not 0 <= need.span[0] <= need.span[1] < periods:
            raise _CHECKS.wrong(
                f"The need {need.id}", f"lasts from period {need.span[0]} to {need.span[1]} of {periods}"
            )

    @cached_property
    def locked(self) -> frozenset[Line]:
        """Return the lines that must stay, published or not."""
        return self.held if self.published is None else self.held | self.published.locked

    @cached_property
    def person_of(self) -> Mapping[str, Person]:
        return {each.id: each for each in self.people}

    @cached_property
    def need_of(self) -> Mapping[str, Need]:
        return {each.id: each for each in self.needs}

    @cached_property
    def donor_of(self) -> Mapping[str, Donor]:
        return {each.id: each for each in self.donors}

    @cached_property
    def recipient_of(self) -> Mapping[str, Recipient]:
        return {each.id: each for each in self.recipients}

    @cached_property
    def ward_of(self) -> Mapping[str, Ward]:
        return {each.id: each for each in self.wards}

    @cached_property
    def pair_of(self) -> Mapping[tuple[str, str], Pair]:
        return {each.key: each for each in self.pairs}


def _check_rank(who: str, rank: int) -> None:
    if not 0 <= rank <= _HIGHEST_RANK:
        raise _CHECKS.wrong(who, f"has the title rank {rank}; give 0 (none) to {_HIGHEST_RANK} (senior)")
