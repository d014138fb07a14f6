"""How the burden of being sent away is shared: by people against their peers, and by the wards that stay behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lianyi.methods.periods import DateSpan, spans_within
from lianyi.methods.presence import total_days

DAYS_IN_A_MONTH: Final = 365.25 / 12
MONTHS_IN_A_YEAR: Final = 12.0
DAYS_IN_A_WEEK: Final = 7.0


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who may be sent.

    Parameters
    ----------
    id
        Who.
    peers
        Those with whom the person is compared: the same title and specialty, say.
    ward
        The department that stays behind; empty for none.
    employed
        From the first to the last day of employment that is looked at.
    away
        Terms away, one for each posting; days outside the employment do not count.
    """

    id: str
    peers: str
    ward: str
    employed: DateSpan
    away: tuple[DateSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonBurden:
    """What one person carried in a window, beside what the peers carried.

    Parameters
    ----------
    days_away, days_employed
        Days of the window.
    postings, years_sent
        Terms that touch the window; calendar years of the window with a day away.
    peers
        Number of other people in the group that were employed in the window.
    months_per_year
        12 x days away / days employed.
    peers_months_per_year
        The same of all others in the group together; None where there is no other.
    """

    worker: Worker
    days_away: int
    days_employed: int
    postings: int
    years_sent: tuple[int, ...]
    peers: int
    months_per_year: float
    peers_months_per_year: float | None

    @property
    def months_away(self) -> float:
        """Months of 365.25 / 12 days."""
        return self.days_away / DAYS_IN_A_MONTH

    @property
    def above_peers(self) -> float | None:
        """Months a year more than the peers, below zero for fewer; None where there are no peers."""
        return None if self.peers_months_per_year is None else self.months_per_year - self.peers_months_per_year


@dataclass(frozen=True, slots=True)
class WardBurden:
    """What one ward gave in a window.

    Parameters
    ----------
    people
        Employed there for a day of the window or more.
    days_away, days_employed
        Days of all of them together.
    most_away
        The largest number of people away on one day.
    """

    ward: str
    people: int
    days_away: int
    days_employed: int
    most_away: int

    @property
    def weeks_away(self) -> float:
        """Person-weeks."""
        return self.days_away / DAYS_IN_A_WEEK

    @property
    def share_away(self) -> float:
        """Part of all person-weeks of the ward that was spent away, from 0 to 1."""
        return self.days_away / self.days_employed


def person_burdens(workers: Iterable[Worker], window: DateSpan) -> tuple[PersonBurden, ...]:
    """Return the burden of everybody who was employed in the window, in the order given.

    Peers are compared by what all others of the group carried together: twelve times their days away by their days
    employed, so that somebody employed for a month weighs as a month.

    Parameters
    ----------
    workers
        Each person once.
    window
        First and last day that count.

    Examples
    --------
    >>> from datetime import date
    >>> year = DateSpan(date(2025, 1, 1), date(2025, 12, 31))
    >>> half = DateSpan(date(2025, 1, 1), date(2025, 7, 2))
    >>> both = [Worker("Li", "surgeons", "S", year, (half,)), Worker("Wu", "surgeons", "S", year)]
    >>> found = person_burdens(both, year)
    >>> [(each.worker.id, round(each.months_per_year, 2), each.peers_months_per_year) for each in found]
    [('Li', 6.02, 0.0), ('Wu', 0.0, 6.016438356164383)]
    """
    kept = [(each, *_days_of(each, window)) for each in workers if each.employed.overlaps(window)]
    away: defaultdict[str, int] = defaultdict(int)
    employed: defaultdict[str, int] = defaultdict(int)
    people: defaultdict[str, int] = defaultdict(int)
    for worker, parts, days in kept:
        away[worker.peers] += total_days(parts)
        employed[worker.peers] += days
        people[worker.peers] += 1
    found = []
    for worker, parts, days in kept:
        own = total_days(parts)
        others = employed[worker.peers] - days
        found.append(
            PersonBurden(
                worker=worker,
                days_away=own,
                days_employed=days,
                postings=sum(_counts(each, worker, window) for each in worker.away),
                years_sent=tuple(
                    sorted({year for part in parts for year in range(part.start.year, part.end.year + 1)})
                ),
                peers=people[worker.peers] - 1,
                months_per_year=MONTHS_IN_A_YEAR * own / days,
                peers_months_per_year=MONTHS_IN_A_YEAR * (away[worker.peers] - own) / others if others else None,
            )
        )
    return tuple(found)


def ward_burdens(workers: Iterable[Worker], window: DateSpan) -> tuple[WardBurden, ...]:
    """Return the burden of every ward with somebody employed in the window, the largest share away first.

    Examples
    --------
    >>> from datetime import date
    >>> week = DateSpan(date(2025, 3, 3), date(2025, 3, 9))
    >>> [ward] = ward_burdens([Worker("Li", "", "S", week, (week,)), Worker("Wu", "", "S", week)], week)
    >>> ward.weeks_away, ward.share_away, ward.most_away
    (1.0, 0.5, 1)
    """
    wards: defaultdict[str, list[tuple[Sequence[DateSpan], int]]] = defaultdict(list)
    for worker in workers:
        if worker.ward and worker.employed.overlaps(window):
            wards[worker.ward].append(_days_of(worker, window))
    found = [
        WardBurden(
            ward,
            len(people),
            sum(total_days(parts) for parts, _days in people),
            sum(days for _parts, days in people),
            _most_at_once(part for parts, _days in people for part in parts),
        )
        for ward, people in wards.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.share_away, each.ward)))


def _days_of(worker: Worker, window: DateSpan) -> tuple[tuple[DateSpan, ...], int]:
    """Return the spans away and the number of days employed, both inside the window."""
    employed = worker.employed.intersection(window)
    if employed is None:
        return (), 0
    return spans_within(worker.away, employed), employed.days


def _years_of(spans: Sequence[DateSpan]) -> tuple[int, ...]:
    return tuple(sorted({year for span in spans for year in range(span.start.year, span.end.year + 1)}))


def _counts(term: DateSpan, worker: Worker, window: DateSpan) -> bool:
    inside = worker.employed.intersection(window)
    return inside is not None and term.overlaps(inside)


def _most_at_once(spans: Iterable[DateSpan]) -> int:
    """Return the largest number of spans that share one day; each span is one person's and theirs do not overlap."""
    changes: defaultdict[int, int] = defaultdict(int)
    for span in spans:
        changes[span.start.toordinal()] += 1
        changes[span.end.toordinal() + 1] -= 1
    now = most = 0
    for day in sorted(changes):
        now += changes[day]
        most = max(most, now)
    return most
