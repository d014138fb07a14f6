"""The change between two measurements of the same people, against published figures and plain facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import ProbabilityError
from lianyi.methods.paired_change import paired_change, share_reaching
from lianyi.methods.proportions import Share

# Student, Biometrika 6 (1908) 20: additional hours of sleep with two drugs, ten patients.
FIRST_DRUG = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND_DRUG = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
SLEEP = list(zip(FIRST_DRUG, SECOND_DRUG, strict=True))


def test_the_sleep_data_of_student_give_the_published_change_and_interval() -> None:
    # 1.58 stands in the paper; the limits 0.7001142 and 2.4598858 are those of R's help page of t.test.
    change = paired_change(SLEEP)
    assert change.interval is not None
    assert (change.pairs, change.mean_before, change.mean_after) == (10, pytest.approx(0.75), pytest.approx(2.33))
    assert change.mean_change == pytest.approx(1.58)
    assert change.interval.low == pytest.approx(0.7001142, abs=1e-7)
    assert change.interval.high == pytest.approx(2.4598858, abs=1e-7)


def test_whoever_was_measured_once_is_counted_and_changes_nothing() -> None:
    change = paired_change([*SLEEP, (40.0, None), (None, 90.0), (None, 95.0), (None, None)])
    assert (change.pairs, change.only_before, change.only_after, change.neither) == (10, 1, 2, 1)
    assert change.mean_change == pytest.approx(1.58)


def test_one_pair_and_pairs_without_spread_have_a_change_and_no_interval() -> None:
    assert (paired_change([(50, 70)]).mean_change, paired_change([(50, 70)]).interval) == (20, None)
    assert (paired_change([(50, 70), (30, 50)]).mean_change, paired_change([(50, 70), (30, 50)]).interval) == (20, None)
    assert (paired_change([]).mean_change, paired_change([]).mean_before) == (None, None)


def test_a_confidence_of_one_is_refused() -> None:
    with pytest.raises(ProbabilityError):
        paired_change(SLEEP, 1.0)


def test_the_share_reaching_a_mark_knows_only_those_measured() -> None:
    assert share_reaching([59.5, 60, None, 80], 60) == Share(2, 3)
    assert share_reaching([None], 60).value is None


scores = st.one_of(st.none(), st.integers(0, 100).map(float))


@given(st.lists(st.tuples(scores, scores), max_size=30))
def test_everybody_is_counted_once_and_the_change_lies_in_its_interval(
    measured: list[tuple[float | None, ...]],
) -> None:
    change = paired_change(measured)  # type: ignore[arg-type]
    assert change.pairs + change.only_before + change.only_after + change.neither == len(measured)
    if change.interval is not None:
        assert change.mean_change is not None
        assert change.interval.low < change.mean_change < change.interval.high
    if change.pairs:
        assert change.mean_before is not None
        assert change.mean_after is not None
        assert change.mean_change == pytest.approx(change.mean_after - change.mean_before, abs=1e-9)
