"""All leads together: no alarm where nothing moves, however many leads; a drift is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lianyi.methods.comparison_groups import (
    NEVER,
    Draws,
    Panel,
    dynamic_average,
    event_study,
    group_time_effects,
    leads_test,
    pre_trend,
    pre_trend_of_study,
)
from lianyi.methods.comparison_groups.leads import comparison_degrees

DRAWS = Draws(seed=1)


def panel_where_nothing_moves(generator, clusters: int, periods: int, starts: tuple[int, ...]) -> Panel:
    """Four units in each cluster, which share a part of their noise; help is given to whole clusters."""
    own = np.repeat(np.arange(clusters), 4)
    outcomes = generator.normal(size=(own.size, periods)) + 0.5 * generator.normal(size=(clusters, periods))[own]
    places = generator.permutation(clusters)
    helped = clusters // (len(starts) + 1)
    of_cluster = np.full(clusters, NEVER)
    for number, start in enumerate(starts):
        of_cluster[places[number * helped : (number + 1) * helped]] = start
    return Panel(outcomes, of_cluster[own], own, tuple(range(own.size)), tuple(range(periods)))


@pytest.mark.parametrize(
    ("clusters", "periods", "starts"), [(50, 30, (20,)), (40, 30, (8, 16)), (97, 40, (10, 20, 30))]
)
def test_many_leads_give_no_more_alarms_than_chance(clusters, periods, starts):
    generator = np.random.default_rng(7)
    found = [
        pre_trend(
            dynamic_average(group_time_effects(panel_where_nothing_moves(generator, clusters, periods, starts))), DRAWS
        ).p
        for _panel in range(120)
    ]
    # 5 of 100 are meant; 120 panels tell that to 4. A Wald test gives 38 to 52 of 100 here.
    assert np.mean(np.array(found) < 0.05) <= 0.12


def test_an_event_study_with_many_leads_gives_no_more_alarms_than_chance():
    generator = np.random.default_rng(8)
    panels = [panel_where_nothing_moves(generator, 50, 24, (16,)) for _panel in range(80)]
    found = [pre_trend_of_study(event_study(panel), panel, DRAWS).p for panel in panels]
    assert np.mean(np.array(found) < 0.05) <= 0.125


def test_independent_leads_have_the_p_of_the_largest_of_them():
    # Of ten independent normal figures the largest is beyond 2.8 with probability 1 - (1 - p)^10.
    values = np.array([2.8, *[0.1] * 9])
    expected = 1 - (1 - 2 * stats.norm.sf(2.8)) ** 10
    found = leads_test(values, np.eye(10), 1e9, Draws(seed=3, count=100_000))
    assert found.p == pytest.approx(expected, abs=0.002)
    assert (found.largest, found.leads) == (2.8, 10)


def test_leads_that_are_one_and_the_same_count_once():
    found = leads_test(np.full(8, 2.5), np.ones((8, 8)), 20, Draws(seed=3, count=50_000))
    assert found.p == pytest.approx(2 * stats.t.sf(2.5, 20), abs=0.002)


def test_degrees_of_freedom_are_those_of_welch():
    panel = panel_where_nothing_moves(np.random.default_rng(1), 30, 6, (3,))
    # 15 clusters beside 15: as many as both together less two.
    assert comparison_degrees(panel) == pytest.approx(28)
    mixed = Panel(panel.outcomes, panel.starts, np.arange(120) % 10, panel.units, panel.periods)
    assert comparison_degrees(mixed) == 9


def test_without_leads_there_is_no_test():
    assert leads_test(np.empty(0), np.empty((0, 0)), 10, DRAWS) is None
