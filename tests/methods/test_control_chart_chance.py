"""How many alarms come by chance, and what that means for a wall of charts."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.methods.process_control import (
    ChartOptions,
    Draws,
    MovingRanges,
    alarm_chances,
    autocorrelation,
    in_control,
    typical_correlation,
    wall_alarms,
    xmr_charts,
)
from lianyi.methods.process_control.errors import AlarmChanceError

SCREENED = ChartOptions(MovingRanges.SCREENED)
MANY = Draws(seed=20240601, series=8000)


# Shares of in-control series with an alarm, as measured for this design with the rules of NHSRplotthedots; rounded to
# whole percents there, so 0.5 points of rounding and about 1.5 of sampling are allowed.
@pytest.mark.parametrize(
    ("points", "correlation", "any_point", "runs"),
    [
        (24, 0.0, 0.19, 0.03),
        (36, 0.0, 0.29, 0.04),
        (60, 0.0, 0.47, 0.04),
        (24, 0.2, 0.35, 0.10),
        (36, 0.2, 0.52, 0.15),
        (60, 0.2, 0.75, 0.20),
        (24, 0.4, 0.58, 0.24),
        (36, 0.4, 0.78, 0.38),
        (60, 0.4, 0.94, 0.54),
    ],
)
def test_the_share_of_quiet_series_with_an_alarm(points, correlation, any_point, runs):
    chances = alarm_chances(points, correlation, SCREENED, MANY)

    assert chances.any_point == pytest.approx(any_point, abs=0.02)
    assert chances.runs == pytest.approx(runs, abs=0.02)


def test_the_latest_point_of_quiet_series_rarely_alarms():
    assert alarm_chances(24, 0.0, SCREENED, MANY).last_point == pytest.approx(0.017, abs=0.004)
    assert alarm_chances(36, 0.2, SCREENED, MANY).last_point == pytest.approx(0.04, abs=0.006)
    assert alarm_chances(60, 0.4, SCREENED, MANY).last_point == pytest.approx(0.095, abs=0.012)


def test_the_same_seed_gives_the_same_chances_and_another_seed_others():
    draws = Draws(seed=5, series=500)

    first = alarm_chances(30, 0.1, SCREENED, draws)
    alarm_chances.cache_clear()

    assert alarm_chances(30, 0.1, SCREENED, draws) == first
    assert alarm_chances(30, 0.1, SCREENED, Draws(seed=6, series=500)) != first


def test_a_wall_in_control_gives_about_the_alarms_that_are_expected():
    charts = xmr_charts(in_control(48, 0.3, Draws(seed=99, series=2000)), MovingRanges.SCREENED)

    alarms = wall_alarms(charts, SCREENED)

    assert alarms.autocorrelation == pytest.approx(0.3, abs=0.051)
    assert alarms.found == pytest.approx(alarms.expected, rel=0.08)
    assert alarms.found_latest == pytest.approx(alarms.expected_latest, rel=0.35)
    assert alarms.false_share > 0.7


def test_series_of_different_length_are_expected_to_alarm_by_their_length():
    values = in_control(60, 0.0, Draws(seed=3, series=200))
    values[100:, :36] = np.nan

    alarms = wall_alarms(xmr_charts(values), correlation=0.0)

    each = [alarm_chances(points).any_point for points in (60, 24)]
    assert alarms.expected == pytest.approx(100 * each[0] + 100 * each[1])


def test_many_true_changes_leave_few_false_alarms():
    values = in_control(24, 0.0, Draws(seed=4, series=300))
    values[:150, -1] += 8

    alarms = wall_alarms(xmr_charts(values), correlation=0.0)

    assert alarms.found_latest >= 140
    assert alarms.false_share < 0.05


def test_the_correction_brings_short_series_back_to_the_truth():
    charts = xmr_charts(in_control(24, 0.4, Draws(seed=12, series=4000)))

    found = autocorrelation(charts)

    assert float(np.median(found.estimates)) < 0.32
    assert float(found.corrected.mean()) == pytest.approx(0.4, abs=0.02)
    assert typical_correlation(charts) == pytest.approx(0.4, abs=0.051)


@pytest.mark.parametrize(("points", "correlation"), [(1, 0.0), (24, 1.0), (24, -1.2)])
def test_what_has_no_chance_is_refused(points, correlation):
    with pytest.raises(AlarmChanceError, match="have no chance of alarms"):
        alarm_chances(points, correlation)
