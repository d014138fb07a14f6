"""Walls of charts: alarms by chance on charts of counts, and the alarms that are kept after false discovery."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.methods.process_control import (
    CountsOf,
    Draws,
    Phases,
    Rebase,
    count_wall_alarms,
    in_control,
    kept_alarms,
    latest_p_values,
    latest_runs,
    proportion_charts,
    rate_charts,
    xmr_charts,
)
from lianyi.methods.process_control.errors import SeriesShapeError


@pytest.mark.parametrize("points", [12, 24, 48])
def test_strange_latest_points_are_no_more_frequent_than_their_p_value_says_when_nothing_changes(points: int) -> None:
    p_values = latest_p_values(xmr_charts(in_control(points, 0.0, Draws(seed=3, series=8000))))
    for level in (0.01, 0.05, 0.1):
        # The limits come from the same few points, so a little more than the level is what can be had.
        assert (p_values <= level).mean() < level * 1.5 + 0.004


def test_nothing_is_kept_of_a_wall_on_which_nothing_changed_and_true_changes_are() -> None:
    values = in_control(36, 0.0, Draws(seed=11, series=200))
    assert kept_alarms(xmr_charts(values)).sum() <= 1
    values[:10, -2:] += 9.0
    kept = kept_alarms(xmr_charts(values))
    assert kept[:10].all()
    assert kept[10:].sum() <= 1


def test_a_chart_without_variation_or_with_two_points_says_nothing() -> None:
    charts = xmr_charts([[3.0, 3.0, 3.0, 3.0], [1.0, np.nan, 5.0, np.nan], [1.0, 2.0, 1.0, 2.0]])
    assert np.isnan(latest_p_values(charts)).tolist() == [True, True, False]


def test_a_run_begins_anew_at_a_rebase_and_passes_over_what_is_missing() -> None:
    values = [1.0, 1.0, 5.0, 5.0, 5.0, 8.0, 9.0, np.nan, 9.0]
    assert latest_runs(xmr_charts(values)).tolist() == [3]
    rebased = xmr_charts(values, phases=Phases(rebases=(Rebase(6, "a second unit began"),)))
    assert latest_runs(rebased).tolist() == [0], "nine is the mean of the new phase"


def test_alarms_by_chance_on_p_charts_are_those_that_a_large_wall_in_control_gives() -> None:
    random = np.random.default_rng(5)
    cases = np.tile(random.integers(50, 400, (200, 24)).astype(float), (10, 1))
    wall = proportion_charts(random.binomial(cases.astype(int), 0.1).astype(float), cases)
    seen, seen_latest = (wall.signals > 0).any(axis=1).sum() / 10, (wall.last_signals > 0).sum() / 10
    one = proportion_charts(random.binomial(cases[:200].astype(int), 0.1).astype(float), cases[:200])
    alarms = count_wall_alarms(one, cases[:200], CountsOf.CASES)
    assert alarms.series == 200
    assert alarms.expected == pytest.approx(seen, rel=0.15)
    assert alarms.expected_latest == pytest.approx(seen_latest, abs=1.2)


def test_the_same_wall_of_u_charts_gives_the_same_alarms_again_in_any_order() -> None:
    random = np.random.default_rng(6)
    areas = random.integers(500, 900, (30, 18)).astype(float)
    areas[4, 3] = np.nan
    events = random.poisson(np.nan_to_num(areas) * 0.01).astype(float)
    charts = rate_charts(events, areas)
    first, second = (count_wall_alarms(charts, areas, CountsOf.EXPOSURE) for _time in range(2))
    assert first == second
    turned = rate_charts(events[::-1], areas[::-1])
    assert count_wall_alarms(turned, areas[::-1], CountsOf.EXPOSURE).expected == pytest.approx(first.expected, abs=1.0)


def test_sizes_of_another_shape_are_refused() -> None:
    charts = proportion_charts([2, 3, 1], [20, 20, 20])
    with pytest.raises(SeriesShapeError):
        count_wall_alarms(charts, np.full((1, 4), 20.0), CountsOf.CASES)
