"""The question over data frames of every kind: the method that is chosen, the effect, gaps, controls, refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lianyi.analysis.columns import TableColumnError
from lianyi.analysis.interrupted_series import (
    SeriesFamilyError,
    SeriesNotToldError,
    SeriesOffsetError,
    SeriesQuestion,
    SeriesRecordError,
    interrupted_series,
)
from lianyi.methods.interrupted_series import Impact, SeriesModelError, SeriesOutcomeError, SeriesPointsError
from tests.methods.interrupted_series.invented_series import sicily_like
from tests.proposition_99 import PACKS, YEARS

CALIFORNIA = {"year": list(YEARS), "packs": list(PACKS)}
NEWEY_WEST = SeriesQuestion("year", "packs", 1989, lag=1)
USUAL = SeriesQuestion("year", "packs", 1989)


def months(count, first=2019):
    return [f"{first + place // 12}-{place % 12 + 1:02d}" for place in range(count)]


def flat(count=48, start=24, step=0.0, seed=8):
    noise = np.random.default_rng(seed).normal(0, 0.05, count)
    return (100 * np.exp(noise + step * (np.arange(count) >= start))).round(3).tolist()


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame], ids=["mapping", "pandas", "polars"])
def test_every_kind_of_table_gives_the_published_figures(kind):
    found = interrupted_series(kind(CALIFORNIA), NEWEY_WEST)
    assert found["method"]["code"] == "gaussian-newey-west"
    assert (found["level"]["estimate"], found["level"]["se"]) == (
        pytest.approx(-20.0581, abs=5e-5),
        pytest.approx(4.724394, abs=2e-6),
    )
    assert (found["slope"]["estimate"], found["slope"]["se"]) == (
        pytest.approx(-1.494652, abs=5e-7),
        pytest.approx(0.4368201, abs=1e-7),
    )
    assert found["slope_after"]["estimate"] == pytest.approx(-3.274126, abs=5e-7)
    assert [term["name"] for term in found["terms"]] == ["intercept", "slope", "level_change", "slope_change"]
    assert found["residuals"]["durbin_watson"] == pytest.approx(0.535, abs=5e-4)
    assert (found["points"]["before"], found["points"]["after"], found["points"]["degrees_of_freedom"]) == (19, 12, 27)
    assert {"newey-west", "autocorrelation"} <= set(found["warning_codes"])
    json.dumps(found, allow_nan=False)


def test_rows_in_any_order_and_times_as_days_give_the_same():
    order = np.random.default_rng(4).permutation(31).tolist()
    shuffled = {name: [values[place] for place in order] for name, values in CALIFORNIA.items()}
    plain = interrupted_series(CALIFORNIA, USUAL)
    assert interrupted_series(shuffled, USUAL) == plain
    days = {"year": [f"{year}-01-01" for year in YEARS], "packs": list(PACKS)}
    dated = interrupted_series(days, SeriesQuestion("year", "packs", "1989-01-01"))
    assert dated["time"]["unit"] == "year"
    assert dated["terms"] == plain["terms"]


def test_without_family_and_lag_the_log_rate_is_taken_and_said():
    found = interrupted_series(CALIFORNIA, USUAL)
    assert (found["method"]["code"], found["method"]["link"], found["method"]["lag"]) == ("reml-ar1", "log", None)
    assert found["level"]["ratio"] == pytest.approx(math.exp(found["level"]["estimate"]))
    assert "AR(1)" in found["method"]["words"]


def test_outcomes_of_0_are_taken_as_they_are_and_that_is_said():
    values = [0.0, *flat()[1:]]
    found = interrupted_series({"m": months(48), "y": values}, SeriesQuestion("m", "y", "2021-01"))
    assert (found["method"]["code"], found["method"]["link"]) == ("reml-ar1-identity", "identity")
    assert found["warnings"][0].startswith("Some outcomes are 0 or below")


def test_a_step_is_found_and_no_step_is_told_as_plainly():
    question = SeriesQuestion("m", "y", "2021-01")
    stepped = interrupted_series({"m": months(48), "y": flat(step=-0.3)}, question)
    assert stepped["level"]["is_detectable"]
    assert stepped["level"]["ratio_low"] < math.exp(-0.3) < stepped["level"]["ratio_high"] < 1
    still = interrupted_series({"m": months(48), "y": flat()}, question)
    assert not still["level"]["is_detectable"]
    assert still["level"]["ratio_low"] < 1 < still["level"]["ratio_high"]


def test_counts_with_a_population_as_in_the_study_of_sicily():
    deaths, offsets = sicily_like()
    table = {"m": list(range(1, 60)), "y": deaths.tolist(), "lp": offsets.tolist()}
    question = SeriesQuestion(
        "m", "y", 37, offset="lp", family="quasipoisson", harmonic_pairs=2, season=12, impact=Impact.LEVEL
    )
    found = interrupted_series(table, question)
    assert found["level"]["ratio_low"] < math.exp(-0.12) < found["level"]["ratio_high"]
    assert found["slope"] is None
    assert found["slope_after"] == found["slope_before"]
    last = found["effect"][0]
    assert last["counterfactual"]["estimate"] > last["with_measure"]["estimate"]
    assert last["relative"]["estimate"] == pytest.approx(found["level"]["ratio"] - 1)
    plain = interrupted_series(table, SeriesQuestion("m", "y", 37, offset="lp", family="poisson"))
    assert "overdispersion" in plain["warning_codes"]


def test_the_effect_at_chosen_times_is_level_and_slope_change_together():
    question = SeriesQuestion("year", "packs", 1989, lag=1, at=(1989, 1999))
    found = interrupted_series(CALIFORNIA, question)
    assert [effect["time"] for effect in found["effect"]] == ["1989", "1999"]
    absolute = [effect["absolute"]["estimate"] for effect in found["effect"]]
    assert absolute == [pytest.approx(-20.05810, abs=1e-5), pytest.approx(-20.05810 - 14.94652, abs=1e-4)]
    assert found["effect"][0]["absolute"]["low"] == pytest.approx(-29.7518, abs=6e-5)


def test_missing_points_are_left_out_and_named():
    table = {"m": months(48), "y": flat()}
    del table["m"][5], table["y"][5]
    table["y"][10] = None
    found = interrupted_series(table, SeriesQuestion("m", "y", "2021-01", phase_in_points=2))
    assert found["points"]["left_out"] == [
        {"time": "2019-06", "reason": "there is no record"},
        {"time": "2019-12", "reason": "the outcome is missing"},
        {"time": "2021-01", "reason": "phase-in"},
        {"time": "2021-02", "reason": "phase-in"},
    ]
    assert found["points"]["used"] == 44
    assert found["time"]["level_change_at"] == "2021-03"
    assert found["rows"][5]["observed"] is None
    assert not found["rows"][24]["is_used"]


def test_a_control_takes_away_what_happened_to_both():
    shared = [1.4 if place >= 24 else 1.0 for place in range(48)]
    helped = [a * b for a, b in zip(flat(step=-0.3, seed=1), shared, strict=True)]
    other = [a * b for a, b in zip(flat(seed=2), shared, strict=True)]
    table = {"m": months(48) * 2, "y": helped + other, "group": ["county"] * 48 + ["others"] * 48}
    question = SeriesQuestion("m", "y", "2021-01", control="group", treated="county")
    found = interrupted_series(table, question)
    assert found["level"]["ratio_low"] < math.exp(-0.3) < found["level"]["ratio_high"] < 1
    alone = interrupted_series({"m": months(48), "y": helped}, SeriesQuestion("m", "y", "2021-01"))
    assert not alone["level"]["ratio_low"] < math.exp(-0.3) < alone["level"]["ratio_high"]
    assert len(found["control_rows"]) == 48
    numbered = dict(table, group=[1] * 48 + [0] * 48)
    assert interrupted_series(numbered, SeriesQuestion("m", "y", "2021-01", control="group"))["terms"] == found["terms"]


def test_placebo_dates_stand_beside_the_true_one():
    found = interrupted_series(
        {"m": months(60), "y": flat(60, 40, -0.3)}, SeriesQuestion("m", "y", "2022-05", asks_placebos=True)
    )
    assert len(found["placebo"]["dates"]) == 25
    assert found["placebo"]["share_as_far"] == pytest.approx(1 / 26)
    few = interrupted_series(
        {"m": months(20), "y": flat(20, 10)}, SeriesQuestion("m", "y", "2019-11", asks_placebos=True)
    )
    assert few["placebo"] is None
    assert few["warnings"][-1].startswith("There are too few points before the start for placebo dates")


def test_few_points_with_a_season_are_warned_of():
    table = {"m": months(40), "y": flat(40, 33)}
    assert (
        "few-points"
        in interrupted_series(table, SeriesQuestion("m", "y", "2021-10", harmonic_pairs=1))["warning_codes"]
    )
    assert "few-points" in interrupted_series(table, SeriesQuestion("m", "y", "2021-10"))["warning_codes"]
    assert "few-points" not in interrupted_series(table, SeriesQuestion("m", "y", "2020-09"))["warning_codes"]


def question_of(start, **more):
    return SeriesQuestion("m", "y", start, **more)


def series(values, **more):
    return {"m": list(range(len(values))), "y": values, **more}


PACKS_OF = {"m": list(YEARS), "y": list(PACKS)}
REFUSED = [
    (CALIFORNIA, SeriesQuestion("year", "cases", 1989), TableColumnError, "no column cases"),
    ({"m": [1, 2, 2], "y": [1, 2, 3]}, question_of(2), SeriesRecordError, "Records 2 and 3 both are of 2"),
    (PACKS_OF, question_of(2040), SeriesModelError, "31 lie before the start and 0"),
    (PACKS_OF, question_of(1989, harmonic_pairs=7), SeriesModelError, "6 pairs at most"),
    (PACKS_OF, question_of(1989, lag=31), SeriesModelError, "The lag is 31"),
    (series([9] * 20, lp=[1] * 20), question_of(10, lag=1, offset="lp"), SeriesFamilyError, "no offset"),
    (PACKS_OF, question_of(1989, control="y"), SeriesRecordError, "Exactly two labels"),
    (series([1, 2, 3, 4, 5]), question_of(2, harmonic_pairs=1), SeriesPointsError, "5 points"),
    (series([1.0, 1.1] * 5 + [None] * 9 + [2.0]), question_of(10), SeriesNotToldError, "too few points"),
    (series([-1.0] * 20), question_of(10, family="poisson"), SeriesOutcomeError, "counts of 0 or more"),
    (series([0.0] * 20), question_of(10, family="poisson"), SeriesNotToldError, "only zeros"),
    (series([9] * 20, p=[364_000] * 20), question_of(10, offset="p"), SeriesOffsetError, "An offset is a logarithm"),
    (series([0] * 20, lp=[1] * 20), question_of(10, offset="lp"), SeriesOutcomeError, "no logarithm"),
]


@pytest.mark.parametrize(("table", "question", "error", "told"), REFUSED)
def test_what_cannot_be_answered_is_refused_with_the_reason(table, question, error, told):
    with pytest.raises(error, match=told):
        interrupted_series(table, question)
