"""Published differences in differences. The files are no part of the project; absent, these are skipped."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from lianyi.methods.comparison_groups import (
    Covariates,
    Draws,
    PanelColumns,
    calendar_average,
    dynamic_average,
    group_average,
    group_time_effects,
    panel_of,
    placebo_units,
    simple_average,
    two_way_fixed_effects,
)

pytestmark = pytest.mark.realdata


@pytest.fixture
def records(real_data):
    def read(path):
        file = real_data / path
        if not file.exists():
            pytest.skip(f"{path} is not here")
        return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))

    return read


@pytest.fixture
def teen_employment(records):
    """County teen employment and minimum wages, the example of Callaway and Sant'Anna (2021)."""
    rows = records("evaluation/mpdta.csv")
    units, years, outcomes, starts = (
        [float(row[name]) for row in rows] for name in ("countyreal", "year", "lemp", "first.treat")
    )
    panel, left_out = panel_of(PanelColumns(units, years, outcomes, starts))
    assert (len(panel.units), left_out.always_treated) == (500, ())
    people = {float(row["countyreal"]): float(row["lpop"]) for row in rows}
    values = np.repeat([[people[unit]] for unit in panel.units], 5, axis=1)[None]
    return panel, Covariates(values, ("lpop",))


def test_teen_employment_by_cohort_and_year(teen_employment):
    found = group_time_effects(teen_employment[0])
    assert np.round(found.effects, 4).tolist() == [
        *(-0.0105, -0.0704, -0.1373, -0.1008),
        *(0.0065, -0.0028, -0.0046, -0.0412),
        *(0.0305, -0.0027, -0.0311, -0.0261),
    ]
    assert found.control_units.tolist() == [309] * 12
    assert found.treated_units.tolist() == [20] * 4 + [40] * 4 + [131] * 4


def test_teen_employment_on_average(teen_employment):
    effects = group_time_effects(teen_employment[0])
    simple = simple_average(effects).overall_estimate()
    assert (round(simple.value, 4), round(simple.standard_error, 4)) == (-0.0400, 0.0120)
    dynamic = dynamic_average(effects)
    assert dynamic.labels == (-3, -2, -1, 0, 1, 2, 3)
    assert np.round(dynamic.values, 4).tolist() == [0.0305, -0.0006, -0.0245, -0.0199, -0.0510, -0.1373, -0.1008]
    overall = dynamic.overall_estimate()
    assert (round(overall.value, 4), round(overall.standard_error, 4)) == (-0.0772, 0.0200)
    # As the authors' package prints them.
    assert np.round(group_average(effects).values, 4).tolist() == [-0.0797, -0.0229, -0.0261]
    assert round(group_average(effects).overall, 4) == -0.0310
    assert round(calendar_average(effects).overall, 4) == -0.0417


def test_teen_employment_with_population(teen_employment):
    found = group_time_effects(*teen_employment[:1], "never", teen_employment[1])
    assert round(simple_average(found).overall, 4) == -0.0418


def test_organ_donation_in_california(records):
    """Kessler and Roth (2014): active choice lowered registrations by 2.2 points; one treated state of 27."""
    rows = records("us_organ_donation_did/organ_donations.csv")
    quarters = [f"{row['Quarter'][2:]}{row['Quarter'][:2]}" for row in rows]
    starts = ["2011Q3" if row["State"] == "California" else None for row in rows]
    states, rates = [row["State"] for row in rows], [float(row["Rate"]) for row in rows]
    panel, _left_out = panel_of(PanelColumns(states, quarters, rates, starts))
    found = two_way_fixed_effects(panel)
    assert round(found.value, 3) == -0.022
    # The clustered error knows nothing of a single treated state; the exchange of states does.
    assert found.standard_error < 0.01
    placebo = placebo_units(panel, Draws(seed=1))
    assert (placebo.placebo_estimates.size, placebo.is_every_choice) == (27, True)
    assert placebo.p == pytest.approx(round(placebo.p * 27) / 27)
    assert placebo.p > 0.05
