"""The synthetic control of one helped unit over data frames, and what it says in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lianyi.analysis.synthetic_control import (
    SyntheticNames,
    SyntheticWish,
    TreatedUnitError,
    lines_of,
    synthetic_control,
    verdict,
)
from lianyi.methods.comparison_groups import Draws
from lianyi.methods.comparison_groups.errors import DuplicatePanelRowError
from lianyi.methods.synthetic_control.errors import TooFewDonorsError, TooFewPeriodsError

NAMES = SyntheticNames("county", "year", "kept", treated="Ceheng", start="2019")


def table_of(more=0.0, counties=30, seed=5):
    """Return 24 years of counties that share three factors; Ceheng has more from 2019 on."""
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(3, 24)).cumsum(axis=1)
    kept = 60 + generator.dirichlet(np.ones(3), counties) @ factors + generator.normal(0, 0.2, (counties, 24))
    kept[0] += more * (np.arange(2000, 2024) >= 2019)
    names = ["Ceheng", *(f"D{number}" for number in range(1, counties))]
    return {
        "county": [name for name in names for _year in range(24)],
        "year": list(range(2000, 2024)) * counties,
        "kept": kept.ravel().tolist(),
    }


def test_pandas_polars_and_plain_columns_give_one_document():
    table = table_of()
    first = synthetic_control(table, NAMES)
    assert synthetic_control(pd.DataFrame(table), NAMES) == first
    assert synthetic_control(pl.DataFrame(table), NAMES) == first


def test_a_large_change_is_unusual_and_its_size_is_found():
    found = synthetic_control(table_of(more=5.0), NAMES)
    assert found["estimate"] == pytest.approx(5.0, abs=0.5)
    assert (found["rank"], found["ranked"], found["p"]) == (1, 30, pytest.approx(1 / 30))
    assert found["is_detectable"]
    assert verdict(found).startswith("Unusual: of 30 units Ceheng ranks 1")
    assert found["synthetic_difference"]["interval"]["low"] < 5.0 < found["synthetic_difference"]["interval"]["high"]
    assert sum(row["weight"] for row in found["weights"]) == pytest.approx(1.0, abs=0.01)
    gaps = [row["gap"] for row in found["series"] if row["period"] >= 2019]
    assert np.mean(gaps) == pytest.approx(found["estimate"])


def test_no_detectable_change_is_said_as_plainly():
    found = synthetic_control(table_of(), NAMES)
    assert not found["is_detectable"]
    assert any("No detectable change" in line and "not proof" in line for line in lines_of(found))


def test_units_kept_out_are_no_donors_and_named():
    free = synthetic_control(table_of(), NAMES)
    ring = tuple(row["donor"] for row in free["weights"][:2])
    names = SyntheticNames("county", "year", "kept", treated="Ceheng", start="2019", keep_out=ring)
    found = synthetic_control(table_of(), names)
    assert found["donors"] == free["donors"] - 2
    assert not {row["donor"] for row in found["weights"]} & set(ring)
    assert f"kept out: {ring[0]}, {ring[1]}." in lines_of(found)[0]


def test_a_donor_with_a_gap_is_left_out_and_named():
    table = table_of()
    table["kept"][24 * 3 + 5] = None
    found = synthetic_control(table, NAMES)
    assert found["with_gaps"] == ["D3"]
    assert any("D3" in warning and "Missing is not 0" in warning for warning in found["warnings"])


def test_a_poor_fit_and_few_donors_are_warned_of():
    table = table_of(counties=8)
    table["kept"][:24] = [value + 30 for value in table["kept"][:24]]
    warnings = synthetic_control(table, NAMES)["warnings"]
    assert any("do not fit the treated unit" in warning for warning in warnings)
    assert any("p cannot be below 0.125" in warning for warning in warnings)


def test_the_same_seed_gives_the_same_document():
    wish = SyntheticWish(Draws(seed=3, count=50))
    first = synthetic_control(table_of(), NAMES, wish)
    assert first == synthetic_control(table_of(), NAMES, wish)
    other = synthetic_control(table_of(), NAMES, SyntheticWish(Draws(seed=4, count=50)))
    assert other["synthetic_difference"] != first["synthetic_difference"]
    assert other["estimate"] == first["estimate"]


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"treated": "Wangmo"}, TreatedUnitError, "no unit “Wangmo”"),
        ({"keep_out": ("Nowhere",)}, TreatedUnitError, "no unit “Nowhere”"),
        ({"start": "1999"}, TreatedUnitError, "runs from 2000 to 2023"),
        ({"start": "2001"}, TooFewPeriodsError, "at least 2 before"),
        ({"keep_out": tuple(f"D{number}" for number in range(1, 29))}, TooFewDonorsError, "Only 1 donors"),
    ],
)
def test_what_is_not_there_is_refused_by_name(changes, error, told):
    asked = {"unit": "county", "time": "year", "outcome": "kept", "treated": "Ceheng", "start": "2019"} | changes
    with pytest.raises(error, match=told):
        synthetic_control(table_of(), SyntheticNames(**asked))


def test_a_unit_twice_in_a_year_is_refused():
    table = table_of()
    table["year"][1] = 2000
    with pytest.raises(DuplicatePanelRowError, match="Ceheng stands 2 times in the period 2000"):
        synthetic_control(table, NAMES)
