"""Who is on a team: titles, specialties, stationed doctors per resident, and what is left at home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.methods.errors import MoreAwayThanStaffError, ResidentPopulationError
from lianyi.methods.periods import ONE_DAY, DateSpan, spans_within, year_span
from lianyi.methods.presence import PersonDays, Stay, check_not_negative, person_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

RESIDENTS_PER_UNIT = 10_000


@dataclass(frozen=True, slots=True)
class TitleMix:
    """Persons on site in ``window`` by rank of title; a person counts once, with the highest rank held there."""

    window: DateSpan
    persons_by_rank: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def persons(self) -> int:
        return sum(len(persons) for _, persons in self.persons_by_rank)

    def count_at_least(self, title_rank: int) -> int:
        """Count the persons whose rank is ``title_rank`` or higher."""
        return sum(len(persons) for rank, persons in self.persons_by_rank if rank >= title_rank)

    def share_at_least(self, title_rank: int) -> float | None:
        """Return the share of persons with ``title_rank`` or higher, 0 to 1; None when nobody was on site."""
        return self.count_at_least(title_rank) / self.persons if self.persons else None


@dataclass(frozen=True, slots=True)
class SpecialtyCover:
    """Declared needs against the specialties on site in ``window``; each tuple is sorted."""

    window: DateSpan
    covered: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def needed(self) -> int:
        return len(self.covered) + len(self.missing)

    @property
    def share(self) -> float | None:
        """Covered over needed, 0 to 1; None when no need is declared."""
        return len(self.covered) / self.needed if self.needed else None


@dataclass(frozen=True, slots=True)
class StationedDoctors:
    """Doctors stationed in a calendar year who reached a minimum of days, per 10,000 residents.

    ``counted`` and ``short`` hold (person, days on site in the year).
    """

    year: int
    minimum_title_rank: int
    minimum_days: int
    residents: int
    counted: tuple[tuple[str, int], ...]
    short: tuple[tuple[str, int], ...]

    @property
    def doctors(self) -> int:
        return len(self.counted)

    @property
    def per_10000_residents(self) -> float:
        return self.doctors * RESIDENTS_PER_UNIT / self.residents


@dataclass(frozen=True, slots=True)
class AverageStationedDoctors:
    """Mean number of doctors on site over a calendar year, per 10,000 residents."""

    year: int
    minimum_title_rank: int
    residents: int
    presence: PersonDays

    @property
    def doctors(self) -> float:
        """Person-days over the days of the year."""
        return self.presence.total / self.presence.window.days

    @property
    def per_10000_residents(self) -> float:
        return self.doctors * RESIDENTS_PER_UNIT / self.residents


@dataclass(frozen=True, slots=True)
class CoverBreach:
    """Days on which a department has fewer people at home than it must keep."""

    span: DateSpan
    present: int
    minimum: int
    away: tuple[str, ...]


def title_mix(stays: Iterable[Stay], window: DateSpan) -> TitleMix:
    """Count the persons on site in ``window`` by rank of title, highest rank first.

    Examples
    --------
    >>> from datetime import date
    >>> year = year_span(2024)
    >>> team = [Stay(f"P{n}", f"Sample {n}", "county", year, title_rank=rank) for n, rank in enumerate((2, 2, 3, 4))]
    >>> title_mix(team, year).share_at_least(3)
    0.5
    """
    rank_of: dict[str, int] = {}
    for stay in stays:
        if spans_within(stay.on_site, window):
            rank_of[stay.person] = max(stay.title_rank, rank_of.get(stay.person, 0))
    persons: defaultdict[int, list[str]] = defaultdict(list)
    for person in sorted(rank_of):
        persons[rank_of[person]].append(person)
    return TitleMix(window, tuple((rank, tuple(persons[rank])) for rank in sorted(persons, reverse=True)))


def specialty_cover(stays: Iterable[Stay], needs: Iterable[str], window: DateSpan) -> SpecialtyCover:
    """Compare the specialties on site in ``window`` with the declared need list.

    Codes are compared as they stand: a need for ``03`` is not met by ``03.04``. Stays without a specialty are left out.
    """
    needed = frozenset(needs)
    present = frozenset(stay.specialty for stay in stays if stay.specialty and spans_within(stay.on_site, window))
    return SpecialtyCover(
        window,
        covered=tuple(sorted(needed & present)),
        missing=tuple(sorted(needed - present)),
        extra=tuple(sorted(present - needed)),
    )


def stationed_doctors(
    doctors: Iterable[Stay], year: int, *, minimum_title_rank: int, minimum_days: int, residents: int
) -> StationedDoctors:
    """Count the doctors stationed in ``year`` for at least ``minimum_days`` days, per 10,000 residents.

    Item 4 of the 2024 monitoring indicators of tight county medical communities: doctors of intermediate title or
    above, of institutions of level two or above, stationed at primary level per 10,000 residents. The days needed to
    count are set locally, so they have no default here. Stays of doctors are to be passed, of all primary sites; days
    are trimmed to the calendar year, absences taken off, and days under a title below the minimum do not count.

    Raises
    ------
    ResidentPopulationError
        When ``residents`` is below 1.
    NegativeQuantityError
        When ``minimum_days`` is below 0.

    Examples
    --------
    >>> from datetime import date
    >>> stay = Stay("P1", "Sample A", "town", DateSpan(date(2024, 1, 1), date(2024, 7, 1)), title_rank=2)
    >>> figure = stationed_doctors([stay], 2024, minimum_title_rank=2, minimum_days=183, residents=50_000)
    >>> figure.doctors, figure.per_10000_residents
    (1, 0.2)
    """
    check_not_negative("minimum of days", minimum_days)
    _check_residents(residents)
    presence = _senior_person_days(doctors, year, minimum_title_rank)
    return StationedDoctors(
        year=year,
        minimum_title_rank=minimum_title_rank,
        minimum_days=minimum_days,
        residents=residents,
        counted=tuple(pair for pair in presence.by_person if pair[1] >= minimum_days),
        short=tuple(pair for pair in presence.by_person if pair[1] < minimum_days),
    )


def average_stationed_doctors(
    doctors: Iterable[Stay], year: int, *, minimum_title_rank: int, residents: int
) -> AverageStationedDoctors:
    """Return the mean number of stationed doctors over ``year``: person-days over the days of the year.

    The other reading of the item described at `stationed_doctors`; no minimum of days applies.

    Raises
    ------
    ResidentPopulationError
        When ``residents`` is below 1.

    Examples
    --------
    >>> from datetime import date
    >>> stay = Stay("P1", "Sample A", "town", DateSpan(date(2024, 1, 1), date(2024, 7, 1)), title_rank=2)
    >>> average_stationed_doctors([stay], 2024, minimum_title_rank=2, residents=50_000).doctors
    0.5
    """
    _check_residents(residents)
    return AverageStationedDoctors(
        year, minimum_title_rank, residents, _senior_person_days(doctors, year, minimum_title_rank)
    )


def minimum_cover_breaches(
    window: DateSpan, *, staff: int, minimum: int, away: Mapping[str, Sequence[DateSpan]]
) -> tuple[CoverBreach, ...]:
    """Return the days of ``window`` on which fewer than ``minimum`` of ``staff`` people are at home.

    Parameters
    ----------
    staff
        People of the department, those away included.
    away
        For each person away the spans; a person with overlapping spans is away once.

    Returns
    -------
    tuple of CoverBreach
        In order of time; a new entry begins whenever the people away change.

    Raises
    ------
    MoreAwayThanStaffError
        When ``away`` names more people than ``staff``.
    NegativeQuantityError
        When ``staff`` or ``minimum`` is below 0.

    Examples
    --------
    >>> from datetime import date
    >>> may = DateSpan(date(2024, 5, 1), date(2024, 5, 31))
    >>> away = {"Sample A": [may], "Sample B": [DateSpan(date(2024, 5, 6), date(2024, 5, 10))]}
    >>> breaches = minimum_cover_breaches(may, staff=5, minimum=4, away=away)
    >>> [(breach.span.days, breach.present) for breach in breaches]
    [(5, 3)]
    """
    check_not_negative("number of staff", staff)
    check_not_negative("minimum cover", minimum)
    if len(away) > staff:
        message = f"{len(away)} people are away from a department of {staff}; count everyone who belongs to it."
        raise MoreAwayThanStaffError(message, away=len(away), staff=staff)
    off = {person: spans_within(spans, window) for person, spans in away.items()}
    return tuple(
        CoverBreach(span, staff - len(missing), minimum, missing)
        for span, missing in _days_by_people_away(off, window)
        if staff - len(missing) < minimum
    )


def _days_by_people_away(
    off: Mapping[str, tuple[DateSpan, ...]], window: DateSpan
) -> Iterable[tuple[DateSpan, tuple[str, ...]]]:
    leaving: defaultdict[date, set[str]] = defaultdict(set)
    returning: defaultdict[date, set[str]] = defaultdict(set)
    for person, spans in off.items():
        for span in spans:
            leaving[span.start].add(person)
            if span.end < window.end:
                returning[span.end + ONE_DAY].add(person)
    changes = sorted({window.start, *leaving, *returning})
    last_days = [*(change - ONE_DAY for change in changes[1:]), window.end]
    missing: set[str] = set()
    for first_day, last_day in zip(changes, last_days, strict=True):
        missing = (missing - returning[first_day]) | leaving[first_day]
        yield DateSpan(first_day, last_day), tuple(sorted(missing))


def _senior_person_days(doctors: Iterable[Stay], year: int, minimum_title_rank: int) -> PersonDays:
    return person_days((stay for stay in doctors if stay.title_rank >= minimum_title_rank), year_span(year))


def _check_residents(residents: int) -> None:
    if residents < 1:
        message = f"The resident population is {residents}; a rate per resident needs 1 or more."
        raise ResidentPopulationError(message, residents=residents)
