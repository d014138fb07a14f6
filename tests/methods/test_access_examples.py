"""Published figures of the floating catchment family, each with its source."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.methods.access import (
    Edge,
    GivenWeights,
    PairTable,
    Power,
    Zones,
    catchment,
    measure_access,
)
from lianyi.methods.errors import AccessMethodError, SurveyAmountError, SurveyLengthError


def whole_table(matrix):
    """Every pair of a matrix with a row for each demand place."""
    rows, columns = np.nonzero(np.ones_like(matrix, dtype=bool))
    return PairTable(rows, columns, np.asarray(matrix, float).ravel(), *np.shape(matrix))


# The R package catchment of the University of Virginia (introduction and catchment_ratio.R, commit 732cf5c).
THREE_PLACES = whole_table([[0.9, 0.0], [0.9, 0.2], [0.0, 0.9]]).catchments(GivenWeights())


@pytest.mark.parametrize(
    ("method", "expected", "total"),
    [
        ("2sfca", [0.25, 0.5, 0.25], 10.0),
        ("e2sfca", [0.25, 0.3409091, 0.4090909], 10.0),
        ("kd2sfca", [0.25, 0.3409091, 0.4090909], 10.0),
        ("3sfca", [0.275, 0.2444175, 0.4805825], 10.0),
        ("m2sfca", [0.225, 0.2431818, 0.3681818], 8.363636),
        ("bfca", [0.1375, 0.2144231, 0.3461538], 6.980769),
    ],
)
def test_the_introduction_of_the_r_package_catchment(method, expected, total):
    found = measure_access(THREE_PLACES, [10, 10, 10], [5, 5], method)
    assert found.access == pytest.approx(expected, abs=5e-8)
    assert found.distributed == pytest.approx(total, abs=5e-7)


# The manual of the same package: consumers, providers and costs; the zones are its example too.
MINUTES = whole_table([[5, 55], [35, 15], [40, 25]])
PEOPLE, BEDS = [5, 10, 50], [5, 10]


def test_the_manual_of_catchment_with_one_radius_that_excludes_its_edge():
    ways = MINUTES.catchments(catchment(30, Edge.EXCLUSIVE))
    assert measure_access(ways, PEOPLE, BEDS, "2sfca").access == pytest.approx([1, 1 / 6, 1 / 6])


@pytest.mark.parametrize(
    ("method", "expected", "total"),
    [
        ("e2sfca", [0.157951, 0.295965, 0.225012], 15.0),
        ("m2sfca", [0.119902, 0.272210, 0.153008], 10.97201),
        # By hand: ratios 5 / 23.8507416 and 10 / 23.1507416; the digest of the field prints 0.314816 for the second.
        ("3sfca", [0.188970, 0.314814, 0.218140], 15.0),
    ],
)
def test_the_manual_of_catchment_with_three_zones(method, expected, total):
    ways = MINUTES.catchments(Zones(((20, 1), (40, 0.68), (60, 0.22))))
    found = measure_access(ways, PEOPLE, BEDS, method)
    assert found.access == pytest.approx(expected, abs=5e-7)
    assert found.distributed == pytest.approx(total, abs=5e-6)


def hospital_roads(into_town, out_of_town, between_villages):
    """Three places with doctors; costs of the hospital example of PySAL access (test_hospital_example.py)."""
    return whole_table(
        [[1, between_villages, into_town], [between_villages, 1, into_town], [out_of_town, out_of_town, 1]]
    )


RESIDENTS, DOCTORS = [100, 50, 10], [15, 20, 100]
GRIDLOCK = hospital_roads(40, 40, 80)


def hospital_access(table, method="e2sfca"):
    everywhere = table.catchments(Power(exponent=1, reach=1000))
    return measure_access(table.catchments(Power(1, reach=61)), RESIDENTS, DOCTORS, method, choices=everywhere).access


def test_the_hospital_example_of_pysal_access():
    assert hospital_access(GRIDLOCK) == pytest.approx([0.331444, 0.579828, 7.286418], abs=5e-7)
    assert np.dot(hospital_access(GRIDLOCK), RESIDENTS) == pytest.approx(135)
    faster = hospital_access(hospital_roads(20, 20, 40))
    assert faster == pytest.approx([0.442568, 0.666758, 5.740525], abs=5e-7)


def test_the_hospital_example_in_three_steps_lets_people_choose_beyond_the_catchment():
    assert hospital_access(GRIDLOCK, "3sfca") == pytest.approx([0.156257, 0.406216, 9.906352], abs=5e-7)


def test_people_who_choose_within_the_catchment_only_get_slightly_other_figures():
    within = measure_access(GRIDLOCK.catchments(Power(1, reach=61)), RESIDENTS, DOCTORS, "3sfca")
    assert within.access == pytest.approx([0.156332, 0.406293, 9.905212], abs=5e-7)
    assert within.conservation_gap == pytest.approx(0, abs=1e-12)


def test_a_faster_road_into_town_helps_the_villages_and_one_out_of_town_the_town():
    slow, into, out = (hospital_access(hospital_roads(*way, 80)) for way in ((40, 40), (20, 40), (40, 20)))
    assert (into > slow).tolist() == [True, True, False]
    assert (out > slow).tolist() == [False, False, True]


# The R package fca (tests/testthat): W is the matrix 1..24 with a column for each of 4 places.
FCA = whole_table(np.arange(1, 25).reshape(4, 6)).catchments(GivenWeights())


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("2sfca", [2.1, 2.1, 2.1, 2.1]),
        ("3sfca", [0.6686168, 1.3565093, 2.0921208, 2.8355005]),
        ("mh3sfca", [9.617634, 21.717421, 34.325798, 47.032856]),
    ],
)
def test_the_tests_of_the_r_package_fca(method, expected):
    assert measure_access(FCA, [1, 2, 3, 4], [1, 2, 3, 4, 5, 6], method).access == pytest.approx(expected, abs=5e-7)


def test_a_catchment_as_large_as_the_region_gives_everybody_supply_over_demand():
    # The grid tests of PySAL access (test_floating_catchment_area.py): a lattice of 5 by 5.
    x, y = np.divmod(np.arange(25), 5)
    table = whole_table(np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y)))
    people, supply = np.arange(1, 26), np.full(25, 3)
    everywhere = measure_access(table.catchments(catchment(100)), people, supply, "2sfca")
    assert everywhere.access == pytest.approx(np.full(25, 75 / 325))
    at_home = measure_access(table.catchments(catchment(0.9)), people, people, "2sfca")
    assert at_home.access == pytest.approx(np.ones(25))


def test_gravity_knows_no_competition():
    found = measure_access(MINUTES.catchments(Zones(((30, 1), (60, 0.5)))), PEOPLE, BEDS, "gravity")
    assert found.access.tolist() == [10.0, 12.5, 12.5]
    assert np.isnan(found.ratio).all()
    assert found.conservation_gap is None


def test_a_facility_that_nobody_reaches_is_listed_and_adds_nothing():
    table = PairTable([0, 1], [0, 2], [10, 10], demand_count=3, facility_count=4)
    found = measure_access(table.catchments(catchment(30)), [100, 0, 50], [5, 6, 7, 8], "2sfca")
    # Facility 2 is reached from a place without people only.
    assert found.unreached.tolist() == [1, 2, 3]
    assert found.access.tolist() == [0.05, 0.0, 0.0]
    assert (found.supply_in_range, found.supply_unreached) == (5.0, 21.0)
    assert found.people_without_access == 50.0
    assert np.isnan(found.ratio).tolist() == [False, True, True, True]


def test_nobody_anywhere_is_no_division_by_zero():
    empty = PairTable([], [], [], 2, 1).catchments(catchment(30))
    for method in ("2sfca", "3sfca", "bfca", "mh3sfca", "gravity"):
        found = measure_access(empty, [1, 1], [1], method)
        assert (found.access.tolist(), found.unreached.tolist()) == ([0.0, 0.0], [0])


def test_progress_ends_at_the_whole():
    told = []
    measure_access(THREE_PLACES, [10, 10, 10], [5, 5], "bfca", told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_an_unknown_measure_is_refused_with_the_known_ones():
    with pytest.raises(AccessMethodError, match="'4sfca'; the measures are 2sfca, e2sfca"):
        measure_access(THREE_PLACES, [1, 1, 1], [1, 1], "4sfca")


@pytest.mark.parametrize("population", [[1, -1, 1], [1, np.nan, 1], [1, np.inf, 1]])
def test_a_population_that_is_missing_or_negative_is_refused(population):
    with pytest.raises(SurveyAmountError, match="Record 2: the population is"):
        measure_access(THREE_PLACES, population, [1, 1])


def test_too_few_figures_are_refused():
    with pytest.raises(SurveyLengthError, match="There are 1 numbers of capacity for 2 places"):
        measure_access(THREE_PLACES, [1, 1, 1], [1])
