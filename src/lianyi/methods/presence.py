"""Who was on site, when, and for how long without a break.

All functions take the stays they are to count: a caller who wants actual presence only, or one site, or one programme,
passes those stays. Days are whole days, both ends counted. A person who holds two stays on the same day is one person
on that day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import AbsenceOutsideStayError, NegativeQuantityError
from lianyi.methods.periods import (
    DateSpan,
    calendar_months_between,
    gaps_within,
    merge_spans,
    spans_within,
    spans_without,
    year_span,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class StayBasis(StrEnum):
    """Whether a stay is on the plan or has been recorded as it happened."""

    PLANNED = "planned"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class Stay:
    """One posting of one person at one site.

    Parameters
    ----------
    key, person, site
        Identifiers of the caller; they come back in every result.
    span
        First and last day of the posting.
    absences
        Days off site inside ``span``; they may overlap one another.
    title_rank
        Rank of the professional title, higher is more senior, 0 for none.
    specialty
        Code of the specialty the person works in.
    basis
        Planned or actual.

    Raises
    ------
    AbsenceOutsideStayError
        When an absence has a day that ``span`` does not have.
    NegativeQuantityError
        When ``title_rank`` is below 0.
    """

    key: str
    person: str
    site: str
    span: DateSpan
    absences: tuple[DateSpan, ...] = ()
    title_rank: int = 0
    specialty: str = ""
    basis: StayBasis = StayBasis.ACTUAL

    def __post_init__(self) -> None:
        for absence in self.absences:
            if absence.start < self.span.start or absence.end > self.span.end:
                message = (
                    f"An absence from {absence.start} to {absence.end} leaves the stay {self.key}, which runs from "
                    f"{self.span.start} to {self.span.end}; trim the absence or correct the stay."
                )
                raise AbsenceOutsideStayError(message, stay=self.key, absence=absence, span=self.span)
        check_not_negative("title rank", self.title_rank)

    @property
    def on_site(self) -> tuple[DateSpan, ...]:
        """The days on site: the stay without its absences, as the fewest spans in order."""
        return gaps_within(self.absences, self.span)


@dataclass(frozen=True, slots=True)
class Headcount:
    """Number of distinct persons with at least one day on site in ``window``."""

    window: DateSpan
    persons: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.persons)


@dataclass(frozen=True, slots=True)
class ContinuousPosting:
    """One unbroken posting of a person at a site, from the first to the last day on site.

    ``stays`` holds the keys joined into it; ``bridged`` the gaps that were short enough to be passed over.
    """

    person: str
    site: str
    span: DateSpan
    stays: tuple[str, ...]
    bridged: tuple[DateSpan, ...]

    @property
    def months(self) -> int:
        """Whole calendar months, by `lianyi.methods.periods.calendar_months_between`."""
        return calendar_months_between(self.span.start, self.span.end)


@dataclass(frozen=True, slots=True)
class CalendarCoverage:
    """On how many days of ``window`` at least one person was on site."""

    window: DateSpan
    covered: tuple[DateSpan, ...]
    gaps: tuple[DateSpan, ...]

    @property
    def covered_days(self) -> int:
        return total_days(self.covered)

    @property
    def window_days(self) -> int:
        return self.window.days

    @property
    def share(self) -> float:
        """Covered days over the days of the window, 0 to 1."""
        return self.covered_days / self.window_days


@dataclass(frozen=True, slots=True)
class HandoverOverlap:
    """The days on which predecessor and successor were both on site."""

    predecessor: str
    successor: str
    shared: tuple[DateSpan, ...]

    @property
    def days(self) -> int:
        return total_days(self.shared)


@dataclass(frozen=True, slots=True)
class PersonDays:
    """Days on site in ``window``, summed over persons; ``by_person`` is sorted by person."""

    window: DateSpan
    by_person: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(days for _, days in self.by_person)


@dataclass(frozen=True, slots=True)
class ServiceDays:
    """The days of one stay inside ``window`` for a service certificate.

    ``span`` is the stay trimmed to the window, None when they share no day; ``absent`` and ``present`` divide it.
    """

    stay: str
    person: str
    window: DateSpan
    span: DateSpan | None
    absent: tuple[DateSpan, ...]
    present: tuple[DateSpan, ...]

    @property
    def calendar_days(self) -> int:
        return 0 if self.span is None else self.span.days

    @property
    def absent_days(self) -> int:
        return total_days(self.absent)

    @property
    def present_days(self) -> int:
        return total_days(self.present)


def total_days(spans: Iterable[DateSpan]) -> int:
    """Sum the days of spans that do not overlap."""
    return sum(span.days for span in spans)


def check_not_negative(name: str, value: int) -> None:
    """Refuse a count below zero.

    Raises
    ------
    NegativeQuantityError
        Naming the quantity and the value.
    """
    if value < 0:
        message = f"The {name} is {value}; it must be 0 or more."
        raise NegativeQuantityError(message, quantity=name, given=value)


def on_site_by_person(stays: Iterable[Stay], window: DateSpan) -> dict[str, tuple[DateSpan, ...]]:
    """Return for each person with a day on site in ``window`` those days, as the fewest spans, sorted by person."""
    spans: defaultdict[str, list[DateSpan]] = defaultdict(list)
    for stay in stays:
        present = spans_within(stay.on_site, window)
        if present:
            spans[stay.person].extend(present)
    return {person: merge_spans(spans[person]) for person in sorted(spans)}


def headcount(stays: Iterable[Stay], window: DateSpan) -> Headcount:
    """Count the distinct persons with at least one day on site in ``window``.

    A person whose stay reaches into the window only by an absence is not counted.
    """
    return Headcount(window, tuple(on_site_by_person(stays, window)))


def headcount_in_year(stays: Iterable[Stay], year: int) -> Headcount:
    """Count the distinct persons with at least one day on site in a calendar year.

    Examples
    --------
    >>> from datetime import date
    >>> stay = Stay("P1", "Sample A", "county", DateSpan(date(2023, 12, 1), date(2024, 1, 1)))
    >>> headcount_in_year([stay], 2024).count
    1
    """
    return headcount(stays, year_span(year))


def continuous_postings(stays: Iterable[Stay], *, gap_tolerance_days: int) -> tuple[ContinuousPosting, ...]:
    """Join the days on site of each person at each site into unbroken postings.

    What matters is the days on site: a gap between two stays and an absence inside one stay are the same thing here.
    A gap of at most ``gap_tolerance_days`` days is passed over, a longer one ends the posting.

    Returns
    -------
    tuple of ContinuousPosting
        Sorted by person, site and first day.

    Raises
    ------
    NegativeQuantityError
        When the tolerance is below 0.

    Examples
    --------
    >>> from datetime import date
    >>> first = Stay("P1", "Sample A", "county", DateSpan(date(2021, 5, 10), date(2021, 8, 31)))
    >>> second = Stay("P2", "Sample A", "county", DateSpan(date(2021, 9, 4), date(2021, 11, 9)))
    >>> [posting.months for posting in continuous_postings([first, second], gap_tolerance_days=3)]
    [6]
    >>> [posting.months for posting in continuous_postings([first, second], gap_tolerance_days=2)]
    [3, 2]
    """
    check_not_negative("gap tolerance in days", gap_tolerance_days)
    grouped: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        grouped[stay.person, stay.site].append(stay)
    return tuple(posting for group in sorted(grouped) for posting in _joined(group, grouped[group], gap_tolerance_days))


def _joined(group: tuple[str, str], stays: list[Stay], gap_tolerance_days: int) -> Iterable[ContinuousPosting]:
    runs: list[list[DateSpan]] = []
    for span in merge_spans(span for stay in stays for span in stay.on_site):
        if runs and (span.start - runs[-1][-1].end).days - 1 <= gap_tolerance_days:
            runs[-1].append(span)
        else:
            runs.append([span])
    for run in runs:
        whole = DateSpan(run[0].start, run[-1].end)
        keys = tuple(sorted(stay.key for stay in stays if spans_within(stay.on_site, whole)))
        yield ContinuousPosting(*group, span=whole, stays=keys, bridged=gaps_within(run, whole))


def calendar_coverage(stays: Iterable[Stay], window: DateSpan) -> CalendarCoverage:
    """Return on which days of ``window`` at least one person was on site.

    Examples
    --------
    >>> from datetime import date
    >>> stay = Stay("P1", "Sample A", "county", DateSpan(date(2024, 1, 1), date(2024, 6, 30)))
    >>> coverage = calendar_coverage([stay], year_span(2024))
    >>> coverage.covered_days, coverage.window_days, len(coverage.gaps)
    (182, 366, 1)
    """
    covered = spans_within((span for stay in stays for span in stay.on_site), window)
    return CalendarCoverage(window, covered, gaps_within(covered, window))


def handover_overlap(predecessor: Stay, successor: Stay) -> HandoverOverlap:
    """Return the days on which both were on site; absences of either are taken off.

    Examples
    --------
    >>> from datetime import date
    >>> leaving = Stay("P1", "Sample A", "county", DateSpan(date(2024, 1, 1), date(2024, 6, 30)))
    >>> arriving = Stay("P2", "Sample B", "county", DateSpan(date(2024, 6, 24), date(2024, 12, 31)))
    >>> handover_overlap(leaving, arriving).days
    7
    """
    shared = tuple(span for there in predecessor.on_site for span in spans_within(successor.on_site, there))
    return HandoverOverlap(predecessor.key, successor.key, merge_spans(shared))


def person_days(stays: Iterable[Stay], window: DateSpan) -> PersonDays:
    """Sum the days on site over persons; a person at two sites on one day counts one day.

    Examples
    --------
    >>> from datetime import date
    >>> leave = DateSpan(date(2024, 2, 9), date(2024, 2, 18))
    >>> stay = Stay("P1", "Sample A", "county", DateSpan(date(2024, 1, 1), date(2024, 2, 29)), (leave,))
    >>> person_days([stay], year_span(2024)).total
    50
    """
    days = on_site_by_person(stays, window)
    return PersonDays(window, tuple((person, total_days(spans)) for person, spans in days.items()))


def service_days(stay: Stay, window: DateSpan) -> ServiceDays:
    """Return exact dates, days, absences and days present of one stay inside ``window``.

    Examples
    --------
    >>> from datetime import date
    >>> stay = Stay("P1", "Sample A", "county", DateSpan(date(2023, 9, 1), date(2024, 8, 31)))
    >>> service_days(stay, year_span(2024)).present_days
    244
    """
    span = stay.span.trimmed_to(window)
    if span is None:
        return ServiceDays(stay.key, stay.person, window, None, (), ())
    absent = spans_within(stay.absences, span)
    return ServiceDays(stay.key, stay.person, window, span, absent, spans_without((span,), absent))
