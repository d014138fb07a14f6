"""The index of an assessment, the order of gaps and what became of them: worked examples and properties."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.capability import (
    AssessedItem,
    GapParts,
    GapResult,
    ItemState,
    Limit,
    SupportCandidate,
    distance_from,
    moved_by_hand,
    rank_gaps,
    rank_support,
    result_of_gap,
    score_items,
)
from lianyi.methods.errors import CapabilityWeightError

WEIGHTS = {"priority": 0.4, "distance": 0.35, "need": 0.25}
EXAMPLE = {
    "amenities": (5, 7),
    "equipment": (5, 6),
    "precautions": (8, 9),
    "diagnostics": (4, 8),
    "medicines": (12, 14),
}
PARTS = st.floats(0, 1, allow_nan=False)
STATES = st.sampled_from(list(ItemState))
ITEMS = st.lists(st.tuples(st.sampled_from("abc"), STATES), min_size=1, max_size=30).map(
    lambda pairs: [AssessedItem(f"i{at}", domain, state) for at, (domain, state) in enumerate(pairs)]
)
GAPS = st.lists(st.tuples(PARTS, PARTS, PARTS), min_size=1, max_size=12).map(
    lambda rows: [GapParts(f"G{at:02d}", *row) for at, row in enumerate(rows)]
)


def items_of(counts: dict[str, tuple[int, int]]) -> list[AssessedItem]:
    return [
        AssessedItem(f"{domain}-{at}", domain, ItemState.MET if at < met else ItemState.NOT_MET)
        for domain, (met, together) in counts.items()
        for at in range(together)
    ]


def test_the_worked_example_gives_the_mean_of_the_domains() -> None:
    found = score_items(items_of(EXAMPLE))
    assert [round(100 * (each.share or 0), 2) for each in found.domains] == [71.43, 83.33, 88.89, 50.00, 85.71]
    assert round(100 * (found.index or 0), 2) == 75.87
    assert round(100 * (found.items.share or 0), 2) == 77.27
    assert found.index_low == found.index == found.index_high


def test_a_domain_that_nobody_looked_at_leaves_the_index_unknown_between_bounds() -> None:
    items = [
        AssessedItem("a1", "a", ItemState.MET),
        AssessedItem("a2", "a", ItemState.NOT_MET),
        AssessedItem("b1", "b", ItemState.NOT_ASSESSED),
    ]
    found = score_items(items)
    assert (found.index, found.index_low, found.index_high) == (None, 0.25, 0.75)


def test_a_domain_in_which_nothing_applies_is_no_domain_of_the_index() -> None:
    items = [AssessedItem("a1", "a", ItemState.MET), AssessedItem("b1", "b", ItemState.NOT_APPLICABLE)]
    found = score_items(items)
    assert (found.index, found.domains[1].share, found.domains[1].low) == (1.0, None, None)
    assert score_items(items[1:]).index is None


@given(ITEMS)
def test_the_index_lies_between_its_bounds_and_they_close_when_all_is_assessed(items: list[AssessedItem]) -> None:
    found = score_items(items)
    if found.index_low is None or found.index_high is None:
        assert all(each.state is ItemState.NOT_APPLICABLE for each in items)
        return
    assert 0 <= found.index_low <= found.index_high <= 1
    if all(each.state is not ItemState.NOT_ASSESSED for each in items):
        assert found.index_low == found.index == found.index_high
    for answer in (ItemState.MET, ItemState.NOT_MET):
        told = [
            AssessedItem(each.code, each.domain, answer if each.state is ItemState.NOT_ASSESSED else each.state)
            for each in items
        ]
        index = score_items(told).index
        assert index is not None
        assert found.index_low - 1e-9 <= index <= found.index_high + 1e-9


@given(ITEMS)
def test_items_that_do_not_apply_change_nothing(items: list[AssessedItem]) -> None:
    more = [*items, AssessedItem("more", "a", ItemState.NOT_APPLICABLE)]
    assert score_items(more).items == score_items(items).items
    assert score_items(more).index == score_items(items).index


@pytest.mark.parametrize(
    ("limit", "value", "distance"),
    [
        (Limit(most=90), 90, 0.0),
        (Limit(below=10), 10, 0.01),
        (Limit(most=90), 120, 0.25),
        (Limit(least=0.75), 0.45, 0.4),
        (Limit(least=3), 0, 1.0),
        (Limit(most=0), 5, 1.0),
        (Limit(least=5), None, 1.0),
    ],
)
def test_the_distance_is_the_share_that_is_missing_or_too_much(
    limit: Limit, value: float | None, distance: float
) -> None:
    assert distance_from(limit, value) == pytest.approx(distance)


@given(st.floats(0.1, 1000), st.floats(0, 10_000), st.sampled_from(["least", "most"]))
def test_a_distance_is_nothing_exactly_when_the_limit_is_met(limit: float, value: float, kind: str) -> None:
    asked = Limit(**{kind: limit})
    distance = distance_from(asked, value)
    assert 0 <= distance <= 1
    assert (distance == 0) == asked.is_met_by(value)


@given(GAPS, st.randoms())
def test_the_order_of_gaps_depends_on_nothing_but_their_parts(gaps: list[GapParts], random: object) -> None:
    shuffled = list(gaps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank_gaps(shuffled, WEIGHTS) == rank_gaps(gaps, WEIGHTS)


@given(GAPS)
def test_gaps_stand_by_their_points_and_equal_ones_by_code(gaps: list[GapParts]) -> None:
    ranked = rank_gaps(gaps, WEIGHTS)
    assert [each.rank for each in ranked] == list(range(1, len(gaps) + 1))
    for one, other in itertools.pairwise(ranked):
        assert one.score > other.score or (one.score == other.score and one.code < other.code)
    assert all(sum(each.points.values()) == pytest.approx(each.score, abs=1e-3) for each in ranked)
    assert all(0 <= each.score <= 100.001 for each in ranked)


@given(GAPS, st.integers(0, 11), st.sampled_from(["priority", "distance", "need"]))
def test_a_gap_that_grows_never_falls_behind(gaps: list[GapParts], at: int, part: str) -> None:
    one = gaps[at % len(gaps)]
    grown = [
        GapParts(each.code, **{**{name: getattr(each, name) for name in WEIGHTS}, part: 1.0}) if each is one else each
        for each in gaps
    ]
    before = {each.code: each.rank for each in rank_gaps(gaps, WEIGHTS)}
    after = {each.code: each.rank for each in rank_gaps(grown, WEIGHTS)}
    assert after[one.code] <= before[one.code]


@pytest.mark.parametrize("weights", [{"priority": 1}, {"priority": 0, "distance": 0, "need": 0},
                                     {"priority": -1, "distance": 1, "need": 1}])  # fmt: skip
def test_weights_that_cannot_be_used_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(CapabilityWeightError):
        rank_gaps([GapParts("G1", 1, 1, 1)], weights)


@given(st.permutations(list("ABCDEF")), st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 9)))
def test_a_gap_put_somewhere_by_hand_stands_there_and_the_others_keep_their_order(
    order: list[str], places: dict[str, int]
) -> None:
    moved = moved_by_hand(order, places)
    assert sorted(moved) == sorted(order)
    assert [each for each in moved if each not in places] == [each for each in order if each not in places]
    if len(places) == 1:
        ((code, place),) = places.items()
        assert moved.index(code) == min(place, len(order)) - 1


@pytest.mark.parametrize(
    ("before", "after", "result"),
    [
        (1.0, 0.0, GapResult.CLOSED),
        (0.5, 0.2, GapResult.NARROWER),
        (0.5, 0.5, GapResult.SAME),
        (0.2, 0.5, GapResult.WIDER),
        (0.2, None, GapResult.NOT_ASSESSED_AGAIN),
    ],
)
def test_what_became_of_a_gap_is_told_by_its_distance(before: float, after: float | None, result: GapResult) -> None:
    assert result_of_gap(before, after) is result


SUPPORT = {"weakness": 0.5, "workload": 0.25, "away": 0.25}


def test_a_specialty_is_ranked_by_what_is_known_and_the_bounds_tell_the_rest() -> None:
    found = rank_support(
        [
            SupportCandidate("21", {"weakness": 0.6, "workload": 0.4, "away": 0.2}),
            SupportCandidate("04.02", {"weakness": 0.9, "workload": None, "away": 0.5}),
            SupportCandidate("13", {"weakness": None, "workload": None, "away": None}),
        ],
        SUPPORT,
    )
    assert [each.code for each in found] == ["04.02", "21", "13"]
    assert (found[0].score, found[0].low, found[0].high) == (pytest.approx(76.6667, abs=1e-3), 57.5, 82.5)
    assert (found[1].score, found[1].low, found[1].high) == (45.0, 45.0, 45.0)
    assert found[2].unknown == ("weakness", "workload", "away")
    assert (found[2].low, found[2].high) == (0.0, 100.0)


@given(st.lists(st.tuples(st.none() | PARTS, st.none() | PARTS, st.none() | PARTS), min_size=1, max_size=8))
def test_the_points_of_a_specialty_lie_between_its_bounds(rows: list[tuple[float | None, ...]]) -> None:
    candidates = [SupportCandidate(f"{at}", dict(zip(SUPPORT, row, strict=True))) for at, row in enumerate(rows)]
    for each in rank_support(candidates, SUPPORT):
        known = each.unknown != tuple(SUPPORT)
        assert not known or each.low - 0.01 <= each.score <= each.high + 0.01
