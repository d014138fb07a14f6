"""Units that might be compared with: what is shown of them ends where help began."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.analysis.comparison_candidates import before_start

MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]


def table(**units: np.ndarray) -> dict[str, list[object]]:
    return {
        "unit": [name for name in units for _month in MONTHS],
        "month": MONTHS * len(units),
        "visits": [float(value) for values in units.values() for value in values],
    }


def found(columns, start="2023-01"):
    rows = before_start(columns, unit="unit", time="month", outcome="visits", start=start, helped=["here"])
    return {each.unit: each for each in rows}


def test_what_comes_after_the_start_changes_nothing():
    rng = np.random.default_rng(3)
    here, there = 100 + rng.normal(0, 5, 24), 50 + rng.normal(0, 5, 24)
    other = there.copy()
    other[12:] *= 7

    assert found(table(here=here, there=there)) == found(table(here=here, there=other))


def test_size_course_and_likeness_of_what_was_put_in():
    season = 10 * np.sin(np.arange(24))
    units = found(table(here=100 + season, like=200 + 2 * season, unlike=80 - season, rising=100 + np.arange(24.0)))

    assert units["like"].mean == pytest.approx(200, abs=3)
    assert units["like"].correlation == pytest.approx(1)
    assert units["unlike"].correlation == pytest.approx(-1)
    # One more each month, of 105.5 on average: 12 of 105.5 in a year.
    assert units["rising"].change_a_year == pytest.approx(12 / 105.5)
    assert units["rising"].correlation is None, "a straight line has nothing beside itself"


def test_gaps_are_counted_and_no_zeros():
    visits = np.full(24, 30.0)
    visits[:3] = np.nan
    unit = found(table(here=100 + np.arange(24.0) % 5, gaps=visits))["gaps"]

    assert (unit.points, unit.missing, unit.mean) == (9, 3, 30.0)


def test_a_start_before_the_table_leaves_nothing_to_show():
    unit = found(table(here=np.arange(24.0), there=np.arange(24.0)), start="2021-01")["there"]

    assert (unit.points, unit.mean, unit.change_a_year, unit.correlation) == (0, None, None, None)
