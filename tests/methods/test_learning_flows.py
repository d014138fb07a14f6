"""Flows of learning and their picture: people counted once, bands that fit their bars."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import NegativeQuantityError
from lianyi.methods.learning_flows import Passage, Way, flows_of, lay_out, passages_within
from lianyi.methods.periods import DateSpan

FIRST = date(2024, 1, 1)


def passage(person: str | None, at: int = 0, reached: int | None = None, **more: object) -> Passage:
    day = FIRST + timedelta(days=at)
    facts: dict[str, object] = {"way": Way.COURSE, "subject": "ECG", "giver": "city", "learner": "county", **more}
    reached_on = None if reached is None else FIRST + timedelta(days=reached)
    return Passage(person=person, span=DateSpan(day, day), row=at, reached_on=reached_on, **facts)  # type: ignore[arg-type]


def test_a_person_counts_once_however_often_they_came() -> None:
    [flow] = flows_of([passage("a"), passage("a", 7), passage("b", 3)])
    assert (flow.people, flow.first_on, flow.last_on, flow.rows) == (2, FIRST, date(2024, 1, 8), (0, 7, 3))


def test_somebody_nobody_wrote_down_makes_a_flow_and_is_not_counted() -> None:
    [flow] = flows_of([passage(None, reached=0)])
    assert (flow.people, flow.reached) == (0, 0)


def test_what_was_reached_later_than_asked_is_not_told() -> None:
    rows = [passage("a", reached=10), passage("b", reached=30)]
    [flow] = flows_of(rows, FIRST + timedelta(days=20))
    assert (flow.people, flow.reached) == (2, 1)


def test_a_passage_counts_in_a_period_in_which_it_has_a_day() -> None:
    rows = [passage("a", 0), passage("b", 40)]
    assert [row.person for row in passages_within(rows, DateSpan(date(2024, 2, 1), date(2024, 2, 29)))] == ["b"]


def test_the_smallest_ends_stand_together_where_there_are_too_many() -> None:
    paths = [((f"g{at}", "x"), float(9 - at)) for at in range(5)]
    drawn = lay_out(paths, most_bars=3, least_height=1.0, unit=1.0, gap=0.0)
    assert [(bar.name, bar.weight, bar.members) for bar in drawn.columns[0]] == [
        ("g0", 9, 1),
        ("g1", 8, 1),
        (None, 18, 3),
    ]


def test_a_flow_without_weight_is_refused() -> None:
    with pytest.raises(NegativeQuantityError):
        lay_out([(("a", "b"), 0.0)], most_bars=3, least_height=1.0, unit=1.0, gap=0.0)


@given(
    st.lists(st.tuples(st.tuples(*[st.integers(0, 5)] * 3), st.integers(1, 9).map(float)), min_size=1, max_size=30),
    st.integers(1, 6),
)
def test_no_weight_is_lost_and_bands_stay_within_their_bars(
    paths: list[tuple[tuple[int, int, int], float]], most: int
) -> None:
    drawn = lay_out(paths, most_bars=most, least_height=5.0, unit=2.0, gap=3.0)
    whole = sum(weight for _ends, weight in paths)
    for column in drawn.columns:
        assert len(column) <= most
        assert sum(bar.weight for bar in column) == pytest.approx(whole)
        for above, below in pairwise(column):
            assert above.top + above.height + 3.0 == pytest.approx(below.top)
    for at, bands in enumerate(drawn.bands):
        assert sum(band.width for band in bands) == pytest.approx(2 * whole)
        for band in bands:
            source, target = drawn.columns[at][band.source], drawn.columns[at + 1][band.target]
            assert source.top - 1e-6 <= band.leaves_at <= source.top + source.height - band.width + 1e-6
            assert target.top - 1e-6 <= band.arrives_at <= target.top + target.height - band.width + 1e-6


def test_the_same_person_at_two_ends_counts_at_each() -> None:
    found = flows_of([passage("a"), passage("a", learner="town")])
    assert [(flow.learner, flow.people) for flow in found] == [("county", 1), ("town", 1)]
