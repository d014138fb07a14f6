"""The board of a scenario: for each institution and need a row of periods, and below it a row for each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.dispatch.models import Need, PlanLine, Posting
from lianyi.dispatch.needs_texts import wanted_word
from lianyi.dispatch.scenario_problem import PlanData
from lianyi.dispatch.stays import expected_span
from lianyi.methods.postings.columns import months_short
from lianyi.registry.models import Institution


@dataclass(frozen=True, slots=True)
class Seat:
    """A need in one period: people there and people wanted."""

    period: int
    there: int
    wanted: int

    @property
    def is_short(self) -> bool:
        return self.there < self.wanted

    @property
    def is_open(self) -> bool:
        """Whether somebody is wanted at all."""
        return self.wanted > 0


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as one row: free periods before and after it, how many it takes, and the months it lacks of its term."""

    row: PlanLine
    before: tuple[int, ...]
    width: int
    after: tuple[int, ...]
    is_known: bool
    months_short: int


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """A posting that is promised already and that this scenario leaves as it is."""

    posting: Posting
    before: int
    width: int
    after: int


@dataclass(frozen=True, slots=True)
class NeedRows:
    """A need with its seats, the lines that fill it and what is promised already."""

    need: Need
    wanted: str
    seats: tuple[Seat, ...]
    lines: tuple[LineRow, ...]
    promised: tuple[PromisedRow, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Site:
    """An institution that is helped, with its needs."""

    institution: Institution
    needs: tuple[NeedRows, ...]


def board_of(data: PlanData, rows: Sequence[PlanLine]) -> list[Site]:
    """Lay out the lines of a scenario; needs whose time has passed are shown as long as lines name them."""
    by_need: defaultdict[str, list[PlanLine]] = defaultdict(list)
    for row in rows:
        by_need[str(row.need_id)].append(row)
    needs = dict(data.needs)
    needs |= {key: found[0].need for key, found in by_need.items() if key not in needs}
    by_site: defaultdict[int, list[NeedRows]] = defaultdict(list)
    sites: dict[int, Institution] = {}
    for key, need in needs.items():
        if need.institution is None:
            continue
        sites[need.institution.pk] = need.institution
        by_site[need.institution.pk].append(_need_rows(data, need, by_need.get(key, [])))
    ordered = sorted(sites.values(), key=lambda site: site.code)
    return [Site(site, tuple(by_site[site.pk])) for site in ordered]


def _need_rows(data: PlanData, need: Need, rows: Sequence[PlanLine]) -> NeedRows:
    wanted = data.problem.need_of.get(str(need.pk))
    periods = data.horizon.periods
    heads = (0,) * periods if wanted is None else wanted.planned_heads(periods)
    there = [sum(row.first <= period <= row.last for row in rows) for period in range(periods)]
    seats = tuple(Seat(period, there[period], heads[period]) for period in range(periods))
    lines = tuple(_line_row(data, row) for row in rows)
    missing = sum(max(0, seat.wanted - seat.there) for seat in seats)
    return NeedRows(need, wanted_word(need), seats, lines, tuple(_promised(data, need)), missing)


def _line_row(data: PlanData, row: PlanLine) -> LineRow:
    last = min(row.last, data.horizon.periods - 1)
    is_known = str(row.staff_id) in data.staff and str(row.need_id) in data.needs
    before, after = range(row.first), range(last + 1, data.horizon.periods)
    need = data.problem.need_of.get(str(row.need_id))
    short = 0 if need is None else months_short(data.problem, need, row.first, last)
    return LineRow(row, tuple(before), max(1, last - row.first + 1), tuple(after), is_known, short)


def _promised(data: PlanData, need: Need) -> list[PromisedRow]:
    found = []
    for posting in data.postings:
        span = expected_span(posting)
        if posting.need_id != need.pk or span is None:
            continue
        calendar = data.horizon.calendar
        touched = [number for number, period in enumerate(calendar) if period.whole.overlaps(span)]
        if touched:
            after = len(calendar) - touched[-1] - 1
            found.append(PromisedRow(posting, touched[0], len(touched), after))
    return found


def columns_by_year(labels: Sequence[str]) -> list[tuple[str, int]]:
    """Return the years over the periods, each with how many of them it has."""
    years: dict[str, int] = {}
    for label in labels:
        years[label[:4]] = years.get(label[:4], 0) + 1
    return list(years.items())
