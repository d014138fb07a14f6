"""Many indicators of a country at once: each part equals the method asked alone, and chance is allowed for."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.analysis.comparison_groups import ComparisonWish, compare_groups
from lianyi.analysis.country_evaluation import CountryQuestion, CountryQuestionError, evaluate_country
from lianyi.analysis.panel_columns import PanelNames
from lianyi.methods.distribution.lorenz import gini_of_values
from lianyi.methods.interrupted_series import SegmentedModel, effects_at, fit_log_rates
from lianyi.methods.process_control import xmr_charts

PERIODS = 48
STARTS = (18, 26, 0, 0)


def country(counties: int = 60, effects: tuple[float, ...] = (0.0, 12.0), seed: int = 4) -> dict[str, list]:
    """A table of counties and months, one indicator for each effect; helpers are 20 hospitals."""
    generator = np.random.default_rng(seed)
    units, months = np.indices((counties, PERIODS))
    first = np.array([STARTS[(number % 20) % len(STARTS)] for number in range(counties)])
    rows = {
        "county": [f"county {number}" for number in units.ravel()],
        "month": (months.ravel() + 1).tolist(),
        "first": first[units.ravel()].tolist(),
        "helper": [f"hospital {number % 20}" for number in units.ravel()],
    }
    is_helped = (first[:, None] > 0) & (np.arange(1, PERIODS + 1) >= first[:, None])
    for number, effect in enumerate(effects):
        level = 50 + 5 * generator.normal(size=(counties, 1))
        rows[f"indicator {number}"] = (
            (level + 2 * generator.normal(size=(counties, PERIODS)) + effect * is_helped).ravel().tolist()
        )
    return rows


def asked(*outcomes: str, **wishes: object) -> CountryQuestion:
    return CountryQuestion("county", "month", "first", outcomes, "helper", **wishes)


def test_an_indicator_that_changed_is_named_and_one_that_did_not_is_not():
    found = evaluate_country(country(), asked("indicator 0", "indicator 1"))
    still, changed = found["indicators"]

    assert [still["verdict"], changed["verdict"]] == ["no detectable change", "rose"]
    assert changed["comparison"]["estimate"] == pytest.approx(12, abs=1.5)
    own = changed["own_series"]
    assert (own["helped"], own["told"], own["changed"], own["fell"]) == (30, 30, 30, 0)
    # Of thirty units without any change a nominal test names one or two; after allowing for chance none is left.
    assert still["own_series"]["changed"] == 0
    assert still["own_series"]["expected_by_chance"] == pytest.approx(1.5)


def test_the_comparison_is_that_of_the_command_for_one_indicator():
    rows = country()
    names = PanelNames("county", "month", "indicator 1", "first", "helper")
    alone = compare_groups(rows, names, ComparisonWish(method="group-time"))
    alone.pop("group_time")
    [found] = evaluate_country(rows, asked("indicator 1"))["indicators"]

    assert found["comparison"] == alone


def test_own_series_charts_and_evenness_are_those_of_their_methods():
    rows = country()
    values = np.array(rows["indicator 1"]).reshape(-1, PERIODS)
    [found] = evaluate_country(rows, asked("indicator 1"))["indicators"]

    # County 0 begins in the 18th month; its effect is told in the 12th month from then on.
    fits = fit_log_rates(SegmentedModel(points=PERIODS, start=17), values[0])
    effect = effects_at(fits, [17 + 11])
    [row] = [each for each in found["own_series"]["units"] if each["unit"] == "county 0"]
    assert row["start"] == 18
    assert row["estimate"] == pytest.approx(effect.relative.values[0, 0], rel=1e-6)
    assert row["low"] == pytest.approx(effect.relative.low[0, 0], rel=1e-6)
    latest = int((xmr_charts(values).last_signals > 0).sum())
    assert found["chart_wall"]["with_a_signal_at_the_latest_point"] == latest
    assert found["evenness"]["first"] == pytest.approx(gini_of_values(values[:, :12].mean(axis=1)))
    assert found["evenness"]["last"] == pytest.approx(gini_of_values(values[:, -12:].mean(axis=1)))


def test_of_many_indicators_without_effect_hardly_one_is_named():
    effects = (0.0,) * 40
    found = evaluate_country(country(effects=effects, seed=9), asked(*(f"indicator {number}" for number in range(40))))

    assert found["expected_by_chance"] == pytest.approx(2.0)
    assert sum(each["verdict"] != "no detectable change" for each in found["indicators"]) <= 1


def test_the_order_of_the_rows_changes_nothing():
    rows = country(counties=24)
    order = np.random.default_rng(2).permutation(len(rows["county"]))
    mixed = {name: [column[place] for place in order] for name, column in rows.items()}
    [one] = evaluate_country(rows, asked("indicator 1"))["indicators"]
    [other] = evaluate_country(mixed, asked("indicator 1"))["indicators"]

    assert other["comparison"]["estimate"] == pytest.approx(one["comparison"]["estimate"], rel=1e-12)
    by_unit = {each["unit"]: each["estimate"] for each in other["own_series"]["units"]}
    assert by_unit == pytest.approx({each["unit"]: each["estimate"] for each in one["own_series"]["units"]})
    assert other["evenness"]["last"] == pytest.approx(one["evenness"]["last"])


def test_units_with_few_points_on_one_side_are_not_told_and_counted():
    rows = country(counties=20)
    rows["first"] = [45 if start == 26 else start for start in rows["first"]]
    [found] = evaluate_country(rows, asked("indicator 1"))["indicators"]

    assert (found["own_series"]["told"], found["own_series"]["not_told"]) == (5, 5)


@pytest.mark.parametrize(
    ("outcomes", "wishes", "told"),
    [
        ((), {}, "name at least one"),
        (("a", "a"), {}, "none twice"),
        (("a",), {"false_discovery_rate": 1.0}, "between 0 and 1"),
    ],
)
def test_what_does_not_go_together_is_refused(outcomes, wishes, told):
    with pytest.raises(CountryQuestionError, match=told):
        asked(*outcomes, **wishes)
