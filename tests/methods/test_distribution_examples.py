"""Published and constructed examples of the indices of distribution, and rows that cannot be used."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lianyi.methods import errors
from lianyi.methods.distribution import (
    Resampling,
    TheilForm,
    agglomeration,
    concentration_curve,
    concentration_index,
    density,
    gini,
    gini_of_values,
    grouped_concentration_index,
    lorenz_curve,
    percentile_intervals,
    resampled_gini,
    resampled_theil,
    resource_ratio,
    structure_shares,
    theil_l,
    theil_t,
)

# Six counties A to F in two regions, constructed so that every index can be worked out by hand: population in
# thousands, doctors, area in km2, GDP per resident.
POPULATION = [100, 200, 300, 150, 150, 100]
DOCTORS = [150, 360, 480, 450, 375, 185]
AREA = [2000, 1500, 2500, 500, 500, 3000]
REGION = {"region": ["ABC", "ABC", "ABC", "DEF", "DEF", "DEF"]}
GDP_PER_RESIDENT = [2, 2.5, 3, 6, 5, 4]
DOCTORS_PER_1000 = np.divide(DOCTORS, POPULATION)


def close(expected, digits=8):
    return pytest.approx(expected, abs=0.6 * 10**-digits)


def test_gini_of_the_six_counties_by_population_and_by_area():
    assert gini(DOCTORS, POPULATION) == close(0.134625, 12)
    assert gini(DOCTORS, AREA) == close(0.470375, 12)


def test_theil_of_the_six_counties_in_the_usual_form_of_china():
    found = theil_l(DOCTORS, POPULATION, REGION)
    assert found.value == close(0.03028823)
    assert (found.between, found.within) == (close(0.02218558), close(0.00810265))
    assert (found.between_share, found.within_share) == (close(0.73248, 5), close(0.26752, 5))
    assert found.convention == (
        "T = sum P ln(P/Y), P share of the base, Y share of the resource; natural logarithm; shares inside a group"
    )


def test_theil_of_the_six_counties_with_the_resource_in_front():
    found = theil_t(DOCTORS, POPULATION, REGION)
    assert found.value == close(0.03176212)
    assert (found.between, found.within) == (close(0.02248832), close(0.00927380))


def test_theil_of_the_six_counties_to_base_10():
    found = theil_l(DOCTORS, POPULATION, logarithm_base=10)
    assert found.value == close(0.01315401)
    assert "logarithm to base 10" in found.convention


def test_agglomeration_of_the_six_counties():
    found = agglomeration(DOCTORS, POPULATION, AREA)
    assert found.hrad == pytest.approx([0.375, 1.2, 0.96, 4.5, 3.75, 0.308333], abs=1e-6)
    assert found.pad == pytest.approx([0.5, 1.333333, 1.2, 3, 3, 0.333333], abs=1e-6)
    assert found.ratio == pytest.approx([0.75, 0.9, 0.8, 1.5, 1.25, 0.925], abs=1e-6)
    assert found.difference == pytest.approx(found.hrad - found.pad)


def test_concentration_of_the_six_counties_by_the_rank_of_their_gdp():
    assert concentration_index(DOCTORS_PER_1000, GDP_PER_RESIDENT, POPULATION) == close(0.122625, 12)
    assert grouped_concentration_index(DOCTORS_PER_1000, GDP_PER_RESIDENT, POPULATION) == close(0.122625, 12)


def test_concentration_of_deaths_of_children_in_india():
    """World Bank, Quantitative Techniques for Health Equity Analysis, technical note 7, table 1."""
    births = [29939, 28776, 26528, 24689, 19739]
    deaths_per_1000 = [154.7, 152.9, 119.5, 86.9, 54.3]
    fifths = [1, 2, 3, 4, 5]
    assert concentration_index(deaths_per_1000, fifths, births) == close(-0.16941677)
    assert grouped_concentration_index(deaths_per_1000, fifths, births) == close(-0.16941677)


def test_theil_of_two_halves_is_the_logarithm_of_two_and_all_of_it_between_them():
    """PySAL inequality, the example of its TheilD."""
    found = theil_t([0, 0, 0, 10, 10, 10], [1] * 6, {"half": [0, 0, 0, 1, 1, 1]})
    assert found.value == close(0.6931471806, 10)
    assert found.between == close(0.6931471806, 10)
    assert found.within == 0.0
    assert gini_of_values([0, 0, 0, 10, 10, 10]) == 0.5


def test_contributions_of_regions_sum_to_the_whole_and_one_may_be_negative():
    found = theil_l(DOCTORS, POPULATION, REGION)
    assert math.fsum(group.share for group in found.groups) == close(1, 12)
    assert math.fsum(group.between for group in found.groups) == close(found.between, 12)
    assert math.fsum(group.within for group in found.groups) == close(found.within, 12)
    abc, def_ = found.groups
    assert (abc.label, abc.base_share, abc.resource_share) == ("ABC", close(0.6, 12), close(0.495, 12))
    assert def_.between < 0
    inside = theil_l(DOCTORS[:3], POPULATION[:3])
    assert (abc.index, abc.within) == (close(inside.value, 12), close(0.6 * inside.value, 12))


def test_levels_within_levels_divide_what_lies_inside():
    levels = {"region": list("AAAABBBB"), "city": list("xxyyxxyy")}
    doctors, people = [1, 2, 3, 4, 5, 6, 7, 9], [2, 2, 1, 4, 3, 3, 5, 2]
    found = theil_l(doctors, people, levels)
    assert [part.level for part in found.components] == ["region", "city", "rows"]
    # A city is one within its region: x of A and x of B are two.
    cities = theil_l(doctors, people, {"city": ["Ax", "Ax", "Ay", "Ay", "Bx", "Bx", "By", "By"]})
    regions = theil_l(doctors, people, {"region": levels["region"]})
    assert found.value == close(cities.value, 12)
    assert found.between == close(regions.between, 12)
    assert found.components[0].value + found.components[1].value == close(cities.between, 12)
    assert found.components[2].value == close(cities.within, 12)
    assert found.within == close(regions.within, 12)


def test_an_even_distribution_has_no_parts():
    found = theil_l([2, 4, 6], [1, 2, 3], {"region": ["A", "A", "B"]})
    assert found.value == close(0, 14)
    assert (found.between_share, found.within_share) == (None, None)
    assert gini([2, 4, 6], [1, 2, 3]) == close(0, 14)


def test_a_lorenz_curve_sorts_by_density_and_leaves_the_order_readable():
    curve = lorenz_curve(DOCTORS, POPULATION)
    assert curve.order.tolist() == [0, 2, 1, 5, 4, 3]
    assert curve.base_shares.tolist() == pytest.approx([0, 0.1, 0.4, 0.6, 0.7, 0.85, 1])
    assert curve.resource_shares.tolist() == pytest.approx([0, 0.075, 0.315, 0.495, 0.5875, 0.775, 1])


def test_a_hospital_where_nobody_lives_stands_last_on_the_curve():
    curve = lorenz_curve([5, 0, 5], [0, 0, 10])
    assert curve.order.tolist() == [2, 0, 1]
    assert curve.gini == close(0.5, 12)


def test_amounts_are_told_for_each_row_and_as_total_over_total():
    found = density(DOCTORS, np.multiply(POPULATION, 1000), per=1000)
    assert found.values == pytest.approx([1.5, 1.8, 1.6, 3, 2.5, 1.85])
    assert found.overall == 2.0
    assert np.isnan(density([1, 1], [0, 10]).values[0])
    nurses = resource_ratio([100, 50], [120, 30])
    assert (nurses.values.tolist(), nurses.overall) == ([1.2, 0.6], 1.0)


def test_a_structure_has_shares_of_kinds_and_none_of_nothing():
    found = structure_shares({"senior": [1, 0, 0], "junior": [3, 4, 0]})
    assert found.kinds == ("senior", "junior")
    assert found.shares[:2].tolist() == [[0.25, 0.75], [0, 1]]
    assert np.isnan(found.shares[2]).all()
    assert found.overall.tolist() == [0.125, 0.875]


def test_a_concentration_curve_runs_from_the_poorest():
    people, held = concentration_curve([3, 1, 1], [20, 10, 10], [2, 1, 1])
    assert people.tolist() == [0, 0.5, 1]
    assert held.tolist() == [0, 0.25, 1]


def test_intervals_are_the_same_with_the_same_seed_and_hold_the_figure():
    generator = np.random.default_rng(11)
    doctors, people = generator.gamma(2, 100, 80), generator.gamma(2, 10_000, 80)
    regions = {"region": generator.integers(4, size=80)}
    for figures in (resampled_gini(doctors, people), resampled_theil(doctors, people, regions)):
        first = percentile_intervals(figures, 80, Resampling(seed=5, resamples=300))
        assert first == percentile_intervals(figures, 80, Resampling(seed=5, resamples=300))
        assert first != percentile_intervals(figures, 80, Resampling(seed=6, resamples=300))
        whole = figures(np.ones(80))
        assert all(each.low < value < each.high for each, value in zip(first, whole, strict=True))
        wider = percentile_intervals(figures, 80, Resampling(seed=5, resamples=300, confidence=0.99))
        assert all(wide.low < each.low and each.high < wide.high for wide, each in zip(wider, first, strict=True))


@pytest.mark.parametrize("form", list(TheilForm))
def test_the_resampled_index_of_the_table_as_it_is_is_its_index(form):
    function = theil_l if form is TheilForm.BASE_FIRST else theil_t
    found = function(DOCTORS, POPULATION, REGION)
    drawn = resampled_theil(DOCTORS, POPULATION, REGION, form)(np.ones(6))
    assert drawn == pytest.approx((found.value, found.between, found.between_share))
    assert resampled_theil(DOCTORS, POPULATION, form=form)(np.ones(6)) == pytest.approx((found.value,))
    assert resampled_gini(DOCTORS, AREA)(np.ones(6)) == pytest.approx((0.470375,))


def test_a_row_drawn_twice_counts_as_two_rows():
    counts = np.array([2.0, 0, 1, 1, 2, 0])
    rows = np.repeat(np.arange(6), counts.astype(int))
    doctors, people = np.array(DOCTORS)[rows], np.array(POPULATION)[rows]
    regions = {"region": np.array(REGION["region"])[rows]}
    found = theil_l(doctors, people, regions)
    assert resampled_gini(DOCTORS, POPULATION)(counts) == pytest.approx((gini(doctors, people),))
    drawn = resampled_theil(DOCTORS, POPULATION, REGION)(counts)
    assert drawn == pytest.approx((found.value, found.between, found.between_share))


def test_an_interval_of_hardly_ever_defined_figures_is_none():
    assert percentile_intervals(lambda _counts: (math.nan,), 4, Resampling(seed=1, resamples=10)) == (None,)


@pytest.mark.parametrize("function", [gini, theil_l, theil_t, density])
@pytest.mark.parametrize(
    ("doctors", "people", "kind", "words"),
    [
        ([1, math.nan], [1, 1], errors.SurveyAmountError, "Record 2: the resource is nan. Missing is not 0"),
        ([1, -2], [1, 1], errors.SurveyAmountError, "Record 2: the resource is -2; it must be 0 or more"),
        ([1, 2], [1, math.inf], errors.SurveyAmountError, "Record 2: the base is inf"),
        ([1, 2], [1], errors.SurveyLengthError, "resource 2, base 1"),
        ([], [], errors.SurveyLengthError, "one column of at least one row"),
        ([[1], [2]], [1, 2], errors.SurveyLengthError, r"the shape \(2, 1\)"),
        ([1, 1], [0, 0], errors.ZeroTotalError, "The base is 0 in every row"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(function, doctors, people, kind, words):
    with pytest.raises(kind, match=words):
        function(doctors, people)


def test_theil_is_infinite_where_people_have_nothing_and_says_so():
    with pytest.raises(
        errors.UndefinedLogarithmError, match=r"Record 2 has some base and no resource, as 1 records do"
    ):
        theil_l([1, 0], [1, 1])
    with pytest.raises(errors.UndefinedLogarithmError, match="use Theil's L, which allows it"):
        theil_t([1, 1], [1, 0])
    assert theil_t([1, 0], [1, 1]).value == close(math.log(2), 12)
    assert theil_l([1, 1], [1, 0]).value == close(math.log(2), 12)


@pytest.mark.parametrize("base", [0, 1, -2, math.nan, math.inf])
def test_a_logarithm_has_a_base(base):
    with pytest.raises(errors.LogarithmBaseError):
        theil_l([1, 2], [1, 1], logarithm_base=base)


def test_a_place_covers_land():
    with pytest.raises(errors.SurveyAmountError, match="Record 2 has an area of 0"):
        agglomeration([1, 1], [1, 1], [1, 0])


def test_where_nobody_lives_there_is_no_ratio_of_agglomerations():
    found = agglomeration([1, 1], [0, 1], [1, 1])
    assert np.isnan(found.ratio[0])
    assert found.difference.tolist() == [1.0, -1.0]


@pytest.mark.parametrize("wish", [{"resamples": 1}, {"resamples": 0}, {"seed": -1}])
def test_a_bootstrap_needs_draws_and_a_seed(wish):
    with pytest.raises(errors.ResamplingError):
        Resampling(**{"seed": 1, **wish})
    with pytest.raises(errors.ProbabilityError):
        Resampling(seed=1, confidence=95)
    with pytest.raises(errors.ResamplingError):
        percentile_intervals(lambda _counts: (1.0,), 0, Resampling(seed=1))


def test_columns_of_a_data_frame_are_taken():
    class Column:
        """What pandas and polars give: an object that NumPy can read."""

        def __init__(self, values):
            self.values = values

        def __array__(self, dtype=None, copy=None):
            return np.array(self.values, dtype=dtype)

    found = theil_l(Column(DOCTORS), Column(POPULATION), {"region": Column(REGION["region"])})
    assert found == theil_l(DOCTORS, POPULATION, REGION)
