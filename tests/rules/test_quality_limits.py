"""Limits of the data-quality checks: dated, checked, replaced from a day on by those of a bureau."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest

from lianyi.rules import load_quality_limits
from lianyi.rules.errors import NoApplicableRuleSetError, OverlappingRuleSetsError, RuleFileError

SHIPPED = files("lianyi.rules").joinpath("quality_limits", "registry.toml").read_text(encoding="utf-8")


def added(folder, text: str):
    (folder / "quality_limits").mkdir()
    (folder / "quality_limits" / "ours.toml").write_text(text, encoding="utf-8")
    return [folder]


def test_the_limits_of_the_package():
    limits = load_quality_limits().on(date(2026, 1, 1))
    ages = (limits.beds_days, limits.services_days, limits.equipment_days, limits.population_years)
    assert ages == (30, 180, 365, 3)
    assert (limits.double_similarity, limits.double_distance_km, limits.parts_above_whole_share) == (0.85, 0.5, 0.02)
    assert limits.place_radius_km == {
        "country": 3500,
        "province": 1000,
        "prefecture": 300,
        "county": 120,
        "township": 40,
        "village": 15,
    }


def test_limits_that_a_bureau_adds_hold_from_their_day_on(tmp_path):
    text = SHIPPED.replace("valid_from = 2000-01-01", "valid_from = 2026-07-01").replace(
        "beds_days = 30", "beds_days = 7"
    )
    book = load_quality_limits(added(tmp_path, text))
    assert (book.on(date(2026, 6, 30)).beds_days, book.on(date(2026, 7, 1)).beds_days) == (30, 7)


def test_two_sets_from_the_same_day_are_refused(tmp_path):
    with pytest.raises(OverlappingRuleSetsError, match="both begin on 2000-01-01"):
        load_quality_limits(added(tmp_path, SHIPPED))


def test_a_day_before_all_limits_is_refused():
    with pytest.raises(NoApplicableRuleSetError, match="the first begin on 2000-01-01"):
        load_quality_limits().on(date(1999, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("similarity = 0.85", "similarity = 85", "doubles.similarity"),
        ("beds_days = 30", "beds_days = -1", "ages.beds_days"),
        ("beds_days = 30", "bed_days = 30", "ages.bed_days"),
        ("village = 15", "", "place_radius_km.village"),
    ],
)
def test_a_file_that_breaks_the_schema_names_the_place(tmp_path, old, new, place):
    with pytest.raises(RuleFileError) as caught:
        load_quality_limits(added(tmp_path, SHIPPED.replace(old, new)))
    assert caught.value.params["place"] == place
