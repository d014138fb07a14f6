"""Control charts of real series against what other programs gave for them. The files are no part of the project."""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
import pytest

from lianyi.methods.process_control import (
    Direction,
    MovingRanges,
    Signal,
    Variation,
    count_charts,
    runs,
    xmr_charts,
)

pytestmark = pytest.mark.realdata

NAMES = {
    "Common Cause": (Signal.NONE, 0),
    "Above UCL": (Signal.OUTSIDE, 1),
    "Below LCL": (Signal.OUTSIDE, -1),
    "7 Point Trend (Increasing)": (Signal.TREND, 1),
    "7 Point Trend (Decreasing)": (Signal.TREND, -1),
    "2 in 3 Above CL": (Signal.TWO_OF_THREE, 1),
    "2 in 3 Below CL": (Signal.TWO_OF_THREE, -1),
    "7 Points Above CL": (Signal.SHIFT, 1),
    "7 Points Below CL": (Signal.SHIFT, -1),
}
TYPES = {
    "common_cause": Variation.COMMON_CAUSE,
    "special_cause_improvement": Variation.IMPROVEMENT,
    "special_cause_concern": Variation.CONCERN,
}


@pytest.fixture
def records(real_data):
    def read(name):
        path = real_data / "evaluation" / name
        if not path.exists():
            pytest.skip(f"{name} is not here")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


def test_every_flag_of_every_provider_is_that_of_nhsrplotthedots(records):
    """NHSRplotthedots 0.2.2 on breaches of 136 emergency departments; less is better, outliers screened."""
    providers = defaultdict(list)
    for row in records("nhsr_ptd_allorgs_breaches.csv"):
        providers[row["f"]].append(row)
    values = np.full((len(providers), max(map(len, providers.values()))), np.nan)
    for place, rows in enumerate(providers.values()):
        values[place, : len(rows)] = [float(row["y"]) for row in rows]

    charts = xmr_charts(values, MovingRanges.SCREENED)

    variation = charts.variation(Direction.DOWN)
    compared = 0
    for place, rows in enumerate(providers.values()):
        for time, row in enumerate(rows):
            told = (Signal(int(charts.signals[place, time])), int(charts.sides[place, time]))
            assert told == NAMES[row["special_cause_type"]], (row["f"], time)
            assert variation[place, time] == TYPES[row["point_type"]]
            for line, name in ((charts.centre, "mean_col"), (charts.lower, "lpl"), (charts.upper, "upl")):
                assert line[place, time] == pytest.approx(float(row[name]), rel=1e-11, abs=1e-9)
            compared += 1
    assert compared == 4866


def test_one_provider_with_its_zones(records):
    rows = records("nhsr_ptd_RRK_breaches.csv")

    charts = xmr_charts([float(row["y"]) for row in rows], MovingRanges.SCREENED)

    assert charts.centre[0, 0] == pytest.approx(3438.5555556)
    assert (charts.lower[0, 0], charts.upper[0, 0]) == (pytest.approx(2282.9064646), pytest.approx(4594.2046465))
    is_outside = [row["outside_limits"] == "TRUE" for row in rows]
    assert ((charts.rules[0] & Signal.OUTSIDE) > 0).tolist() == is_outside
    assert [row["special_cause_flag"] == "TRUE" for row in rows] == (charts.signals[0] > 0).tolist()


def test_the_c_chart_of_infections_is_that_of_qicharts2(records):
    values = [[float(row["n"]) for row in records("qi_cdi.csv")]]

    charts = count_charts(values)
    found = runs(values, charts.centre)

    assert charts.centre[0, 0] == pytest.approx(14.8333333333333)
    assert charts.upper[0, 0] == pytest.approx(26.3875533416247)
    assert charts.lower[0, 0] == pytest.approx(3.27911332504199)
    assert (charts.near_upper[0, 0], charts.near_lower[0, 0]) == (
        pytest.approx(22.5361466721942),
        pytest.approx(7.13051999447244),
    )
    assert (found.longest[0], found.longest_allowed[0]) == (17, 8)
    assert (found.crossings[0], found.crossings_needed[0]) == (5, 13)
    assert int(((charts.rules[0] & Signal.OUTSIDE) > 0).sum()) == 2


def test_the_chart_of_ages_is_that_of_qicharts2(records):
    """qicharts2 divides 3 by 1.128 where Making Data Count takes 2.66, so limits differ in the fourth digit."""
    rows = records("qicharts2_cabg_age_i_points.csv")

    charts = xmr_charts([float(row["y"]) for row in rows], MovingRanges.SCREENED)
    found = runs(charts.values, charts.centre)

    wider = 2.66 * 1.128 / 3
    assert charts.centre[0, 0] == pytest.approx(66.89594)
    assert charts.upper[0, 0] - 66.89594 == pytest.approx((88.1152163741135 - 66.89594) * wider)
    assert 66.89594 - charts.lower[0, 0] == pytest.approx((66.89594 - 45.6766636258865) * wider)
    assert (found.longest[0], found.longest_allowed[0]) == (8, 10)
    assert (found.crossings[0], found.crossings_needed[0]) == (44, 41)
    assert [row["sigma.signal"] == "TRUE" for row in rows] == ((charts.rules[0] & Signal.OUTSIDE) > 0).tolist()
