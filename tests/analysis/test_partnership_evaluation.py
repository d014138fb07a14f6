"""A partnership evaluated: what was put into invented series is found again, and nothing is found where nothing was."""

from __future__ import annotations

import numpy as np
import pytest

from lianyi.analysis.partnership_evaluation import (
    EvaluationQuestion,
    EvaluationQuestionError,
    EvaluationUnitsError,
    evaluate_partnership,
)

MONTHS = [f"{year}-{month:02d}" for year in range(2018, 2024) for month in range(1, 13)]
START, LEFT = MONTHS.index("2020-01"), MONTHS.index("2021-12")
QUESTION = EvaluationQuestion("unit", "month", "level", ("cases",), "2020-01", "2021-12")


def series(seed: int, *, lift: float = 0.0, stays: bool = True, level: float = 50.0) -> np.ndarray:
    """Return 72 months with 5 % noise; ``lift`` is added from the start on, to the end or until the team left."""
    values = level * np.exp(np.random.default_rng(seed).normal(0, 0.05, len(MONTHS)))
    lifted = np.zeros(len(MONTHS))
    lifted[START : None if stays else LEFT] = lift
    return values + lifted


def panel(**units: tuple[str, np.ndarray]) -> dict[str, list[object]]:
    return {
        "unit": [name for name in units for _month in MONTHS],
        "level": [level for level, _values in units.values() for _month in MONTHS],
        "month": MONTHS * len(units),
        "cases": [float(value) for _level, values in units.values() for value in values],
    }


def verdicts(document: dict) -> dict[str, str]:
    return {each["level"]: each["verdict"] for each in document["outcomes"][0]["levels"]}


def test_levels_are_told_apart_and_no_change_is_said_as_plainly_as_a_rise():
    table = panel(
        city=("lead", series(1)), county=("recipient", series(2, lift=25)), village=("village", series(3, lift=-15))
    )

    assert verdicts(evaluate_partnership(table, QUESTION)) == {
        "lead": "no detectable change",
        "recipient": "rose",
        "village": "fell",
    }


def test_a_rise_that_went_with_the_team_is_no_longer_there_two_years_later():
    stayed = evaluate_partnership(panel(county=("recipient", series(4, lift=25))), QUESTION)
    faded_series = series(4)
    faded_series[START:] += 25 * np.clip(1 - (np.arange(len(MONTHS) - START)) / 40, 0, None)
    faded = evaluate_partnership(panel(county=("recipient", faded_series)), QUESTION)

    def after(document):
        return [
            (each["months"], each["time"], each["verdict"])
            for each in document["outcomes"][0]["levels"][0]["after_leaving"]
        ]

    assert after(stayed) == [(12, "2022-12", "rose"), (24, "2023-12", "rose")]
    assert after(faded)[1] == (24, "2023-12", "no detectable change")


def test_what_rose_everywhere_is_no_effect_beside_comparison_units():
    everywhere = {"county": ("recipient", series(5, lift=25)), "other": ("elsewhere", series(6, lift=25))}
    alone = evaluate_partnership(panel(county=everywhere["county"]), QUESTION)
    beside = evaluate_partnership(
        panel(**everywhere),
        EvaluationQuestion(
            *("unit", "month", "level", ("cases",), "2020-01", "2021-12"),
            comparison="elsewhere",
            why_comparable="same size and region, chosen before the figures were seen",
        ),
    )

    assert verdicts(alone) == {"recipient": "rose"}
    assert verdicts(beside) == {"recipient": "no detectable change"}
    assert "same size and region" in beside["question"]["why_comparable"]


def test_comparison_units_are_chosen_in_the_open():
    with pytest.raises(EvaluationQuestionError, match="nothing says why they are comparable"):
        EvaluationQuestion("unit", "month", "level", ("cases",), "2020-01", comparison="elsewhere")


def test_help_that_lifts_only_some_villages_makes_the_county_less_even():
    def told(lift):
        villages = {
            f"village {number}": ("village", series(10 + number, lift=lift if number % 2 else 0))
            for number in range(12)
        }
        return evaluate_partnership(panel(**villages), QUESTION)["outcomes"][0]["evenness"]

    even, uneven = told(0), told(150)
    assert even["verdict"] == "no detectable change"
    # Half of twelve villages near 50, the others near 200: the Gini of two such halves is 0.3.
    assert uneven["after"] == pytest.approx(0.3, abs=0.02)
    assert uneven["before"] < 0.02
    assert uneven["verdict"] == "less even"


def test_evenness_of_few_units_is_not_told():
    found = evaluate_partnership(panel(county=("recipient", series(2))), QUESTION)["outcomes"][0]["evenness"]

    assert (found["verdict"], found["units"]) == ("not told", 1)


def test_a_unit_that_missed_a_month_is_named_and_not_taken_as_zero():
    gaps = series(3)
    gaps[7] = np.nan
    table = panel(
        county=("recipient", series(2, lift=25)),
        clinic=("recipient", gaps),
        post=("village", gaps),
        station=("village", gaps),
    )
    found = {each["level"]: each for each in evaluate_partnership(table, QUESTION)["outcomes"][0]["levels"]}

    assert (found["recipient"]["units"], found["recipient"]["left_out"]) == (["county"], ["clinic"])
    assert (found["village"]["verdict"], found["village"]["left_out"]) == ("not told", ["post", "station"])


def test_a_unit_alone_at_its_level_keeps_its_gaps_and_no_gap_is_zero():
    whole, gaps = series(2, lift=25), series(2, lift=25)
    gaps[[7, 40]] = np.nan
    asked = panel(county=("recipient", gaps), **{f"village {at}": ("village", series(20 + at)) for at in range(5)})
    found = evaluate_partnership(asked, QUESTION)["outcomes"][0]
    level = found["levels"][0]

    assert (level["verdict"], level["left_out"]) == ("rose", [])
    assert [each["time"] for each in level["series"]["points"]["left_out"]] == [MONTHS[7], MONTHS[40]]
    [beside] = evaluate_partnership(panel(county=("recipient", whole)), QUESTION)["outcomes"][0]["levels"]
    effects = [each["series"]["effect"][-1]["relative"]["estimate"] for each in (level, beside)]
    assert effects[0] == pytest.approx(effects[1], abs=0.03)
    assert found["evenness"]["units"] == 5, "evenness is told of whole series only"


def test_the_order_of_rows_and_the_unit_of_money_change_no_verdict_and_no_share():
    table = panel(city=("lead", series(1)), county=("recipient", series(2, lift=25)))
    order = np.random.default_rng(7).permutation(len(table["unit"]))
    mixed = {name: [column[index] for index in order] for name, column in table.items()}
    scaled = {**table, "cases": [value * 100 for value in table["cases"]]}

    def relative(document):
        return {
            each["level"]: each["series"]["effect"][-1]["relative"]["estimate"]
            for each in document["outcomes"][0]["levels"]
        }

    plain = relative(evaluate_partnership(table, QUESTION))
    assert relative(evaluate_partnership(mixed, QUESTION)) == pytest.approx(plain, rel=1e-9)
    assert relative(evaluate_partnership(scaled, QUESTION)) == pytest.approx(plain, rel=1e-6)


def test_a_unit_at_two_levels_or_twice_in_a_month_is_refused():
    table = panel(county=("recipient", series(2)))
    two_levels = {**table, "level": ["lead", *table["level"][1:]]}
    twice = {**table, "month": [MONTHS[1], *MONTHS[1:]]}

    with pytest.raises(EvaluationUnitsError, match="stands at two levels"):
        evaluate_partnership(two_levels, QUESTION)
    with pytest.raises(EvaluationUnitsError, match="county has two rows for 2018-02"):
        evaluate_partnership(twice, QUESTION)


def test_the_same_seed_gives_the_same_answer():
    villages = panel(**{f"village {number}": ("village", series(number)) for number in range(6)})

    assert evaluate_partnership(villages, QUESTION) == evaluate_partnership(villages, QUESTION)
