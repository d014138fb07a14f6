"""Burden of people and wards: values worked out by hand, and day by day by another way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.burden import Worker, person_burdens, ward_burdens
from lianyi.methods.periods import DateSpan

TWO_YEARS = DateSpan(date(2023, 1, 1), date(2024, 12, 31))  # 365 + 366 = 731 days
START = date(2024, 2, 20)


def span(first: str, last: str) -> DateSpan:
    return DateSpan(date.fromisoformat(first), date.fromisoformat(last))


def test_months_postings_years_and_peers_worked_out_by_hand() -> None:
    workers = [
        # 31 + 29 = 60 days over the turn of the year, and all of September: 30 days.
        Worker("A", "x", "W", TWO_YEARS, (span("2023-12-02", "2024-01-30"), span("2024-09-01", "2024-09-30"))),
        Worker("B", "x", "W", TWO_YEARS),
        # Employed for the last 61 days only, all of them away; the days before do not count.
        Worker("C", "x", "W", span("2024-11-01", "2025-06-30"), (span("2024-10-01", "2025-03-31"),)),
        Worker("D", "y", "V", TWO_YEARS),
    ]
    a, b, c, d = person_burdens(workers, TWO_YEARS)
    assert (a.days_away, a.postings, a.years_sent, a.peers) == (90, 2, (2023, 2024), 2)
    assert (a.months_away, a.months_per_year) == (pytest.approx(90 * 12 / 365.25), pytest.approx(12 * 90 / 731))
    assert a.peers_months_per_year == pytest.approx(12 * (0 + 61) / (731 + 61))
    assert a.above_peers == pytest.approx(12 * 90 / 731 - 12 * 61 / 792)
    assert (b.days_away, b.postings, b.years_sent) == (0, 0, ())
    assert b.above_peers == pytest.approx(-12 * (90 + 61) / (731 + 61))
    assert (c.days_away, c.days_employed, c.months_per_year) == (61, 61, 12.0)
    assert (d.peers, d.peers_months_per_year, d.above_peers) == (0, None, None)


def test_wards_by_share_with_the_day_on_which_most_were_away() -> None:
    workers = [
        Worker("A", "", "W", TWO_YEARS, (span("2024-03-01", "2024-03-31"),)),
        Worker("B", "", "W", TWO_YEARS, (span("2024-03-31", "2024-04-29"),)),
        Worker("C", "", "V", TWO_YEARS, (span("2024-03-01", "2024-03-31"), span("2024-04-01", "2024-04-30"))),
        Worker("D", "", "", TWO_YEARS, (TWO_YEARS,)),
        Worker("E", "", "Z", span("2025-01-01", "2025-02-01")),
    ]
    first, second = ward_burdens(workers, TWO_YEARS)
    assert (first.ward, first.people, first.days_away, first.most_away) == ("V", 1, 61, 1)
    assert (second.ward, second.people, second.days_away, second.most_away) == ("W", 2, 61, 2)
    assert (second.weeks_away, second.share_away) == (pytest.approx(61 / 7), pytest.approx(61 / 1462))


_spans = st.tuples(st.integers(0, 40), st.integers(0, 15)).map(
    lambda each: DateSpan(START + timedelta(days=each[0]), START + timedelta(days=each[0] + each[1]))
)
_workers = st.lists(
    st.builds(
        lambda peers, ward, employed, away: Worker("", peers, ward, employed, tuple(away)),
        st.sampled_from("xy"),
        st.sampled_from(["V", "W", ""]),
        _spans,
        st.lists(_spans, max_size=3),
    ),
    max_size=6,
)


@given(_workers, _spans)
def test_counting_day_by_day_gives_the_same(workers: list[Worker], window: DateSpan) -> None:
    days = [window.start + timedelta(days=each) for each in range(window.days)]

    def away(worker: Worker) -> set[date]:
        return {day for day in days if day in worker.employed and any(day in each for each in worker.away)}

    def employed(worker: Worker) -> list[date]:
        return [day for day in days if day in worker.employed]

    there = [worker for worker in workers if employed(worker)]
    found = person_burdens(workers, window)
    assert [each.worker for each in found] == there
    for position, each in enumerate(found):
        others = [w for at, w in enumerate(there) if w.peers == each.worker.peers and at != position]
        assert (each.days_away, each.days_employed) == (len(away(each.worker)), len(employed(each.worker)))
        assert each.years_sent == tuple(sorted({day.year for day in away(each.worker)}))
        if others:
            wanted = 12 * sum(len(away(w)) for w in others) / sum(len(employed(w)) for w in others)
            assert each.peers_months_per_year == pytest.approx(wanted)
        else:
            assert each.peers_months_per_year is None
    for ward in ward_burdens(workers, window):
        members = [worker for worker in there if worker.ward == ward.ward]
        assert (ward.people, ward.days_away) == (len(members), sum(len(away(w)) for w in members))
        assert ward.days_employed == sum(len(employed(w)) for w in members)
        assert ward.most_away == max(sum(day in away(w) for w in members) for day in days)
