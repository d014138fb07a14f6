"""Standards of resources and what counts as which resource: the shipped files, and what a file may not say."""

from __future__ import annotations

from datetime import date

import pytest

from lianyi.rules import load_resource_groups, load_resource_standards
from lianyi.rules.errors import (
    DuplicateRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    RuleFileError,
    UnknownRuleSetError,
)
from lianyi.rules.resource_standards import ResourceMeasure

STANDARD = """
id = "local-2026"
title = { zh = "地方标准", en = "Local standard" }
jurisdiction = { code = "CN-5223", name_zh = "黔西南州", name_en = "Qianxinan" }
valid_from = 2026-01-01
valid_to = 2026-12-31
source = "Local notice."
confidence = "local"

[[requirements]]
id = "beds"
name = { zh = "床位", en = "Beds" }
measure = "beds_per_10000"
minimum = 40
place_levels = ["county"]
confidence = "local"
"""
GROUPS = """
id = "local-groups"
title = { zh = "归类", en = "Groups" }
valid_from = 2026-01-01
source = "Local notice."
confidence = "local"
[professions]
doctors = ["doctor"]
nurses = ["nurse"]
[specialties]
general_practice = ["02"]
[beds]
not_counted = []
[institutions]
with_staff = ["general_hospital"]
with_beds = ["general_hospital"]
with_patients = ["general_hospital"]
hospitals = ["general_hospital"]
"""


def added(tmp_path, folder: str, text: str):
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "local.toml").write_text(text, encoding="utf-8")
    return [tmp_path]


def test_the_shipped_standards_hold_the_numbers_of_their_documents():
    book = load_resource_standards()
    assert book.ids == ("tiered-care-2015", "who-core-staff-2016", "who-service-availability")
    minimum = {(each.id, one.id): one.minimum for each in book.standards for one in each.requirements}
    assert minimum["tiered-care-2015", "general-practitioners"] == 2
    assert minimum["who-service-availability", "core-staff"] == 23
    assert minimum["who-core-staff-2016", "core-staff"] == 44.5
    assert minimum["who-service-availability", "beds"] == 25
    tiered = book.get("tiered-care-2015")
    assert tiered.document_number == "国办发〔2015〕70号"
    assert [one.population_above for one in tiered.requirements[:2]] == [300_000, 300_000]


def test_what_no_source_was_found_for_says_so():
    sara = load_resource_standards().get("who-service-availability")
    told = {one.id: one.confidence.value for one in sara.requirements}
    assert told == {
        "facilities": "unsourced",
        "beds": "unsourced",
        "core-staff": "sourced",
        "outpatient-visits": "unsourced",
        "discharges": "unsourced",
    }


def test_a_standard_holds_in_its_place_and_time_only(tmp_path):
    book = load_resource_standards(added(tmp_path, "resource_standards", STANDARD))
    here = [each.id for each in book.of_place("CN-522327", date(2026, 6, 1))]
    assert "local-2026" in here
    assert "local-2026" not in [each.id for each in book.of_place("CN-440311", date(2026, 6, 1))]
    assert "local-2026" not in [each.id for each in book.of_place("CN-522327", date(2027, 1, 1))]


def test_two_standards_of_one_id_are_refused(tmp_path):
    text = STANDARD.replace("local-2026", "tiered-care-2015")
    with pytest.raises(DuplicateRuleSetError, match="give the added one an id of its own"):
        load_resource_standards(added(tmp_path, "resource_standards", text))


def test_an_unknown_standard_names_the_nearest():
    with pytest.raises(UnknownRuleSetError, match="tiered-care-2015"):
        load_resource_standards().get("tiered-care-2016")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('measure = "beds_per_10000"', 'measure = "beds"', "beds_per_10000"),
        ('place_levels = ["county"]', "", "levels of place"),
        ('measure = "beds_per_10000"', 'measure = "general_practitioners_in_institution"', "kinds of institution"),
        ("minimum = 40", "minimum = -1", "0 or more"),
        ("valid_to = 2026-12-31", "valid_to = 2025-12-31", "not before 2026-01-01"),
        ('code = "CN-5223"', 'code = "China"', "CN or CN-1303"),
        ("minimum = 40", "minimun = 40", "minimum"),
    ],
)
def test_a_broken_standard_is_refused_with_place_and_what_is_accepted(tmp_path, old, new, told):
    with pytest.raises(RuleFileError, match=told):
        load_resource_standards(added(tmp_path, "resource_standards", STANDARD.replace(old, new)))


def test_an_id_twice_in_one_standard_is_refused(tmp_path):
    part = STANDARD[STANDARD.index("[[requirements]]") :]
    with pytest.raises(RuleFileError, match="twice"):
        load_resource_standards(added(tmp_path, "resource_standards", STANDARD + part))


def test_rates_tell_for_how_many_people():
    assert ResourceMeasure.BEDS_PER_10000.persons_of_rate == 10_000
    assert ResourceMeasure.INSTITUTIONS_IN_PLACE.persons_of_rate is None
    assert ResourceMeasure.GENERAL_PRACTITIONERS_IN_INSTITUTION.is_of_institution


def test_professions_belong_to_one_resource_each():
    groups = load_resource_groups().on(date(2026, 1, 1))
    assert [groups.group_of(code) for code in ("doctor", "assistant_doctor", "public_health_doctor")] == ["doctors"] * 3
    assert groups.group_of("village_doctor") == "village_doctors"
    assert groups.group_of("pharmacist") == "other_staff"
    assert set(groups.kinds_with_beds) < set(groups.kinds_with_staff)
    assert set(groups.hospitals) <= set(groups.kinds_with_beds)


def test_groups_of_a_bureau_hold_from_their_day(tmp_path):
    book = load_resource_groups(added(tmp_path, "resource_groups", GROUPS))
    assert book.on(date(2025, 12, 31)).id == "resource-groups"
    assert book.on(date(2026, 1, 1)).id == "local-groups"
    with pytest.raises(NoApplicableRuleSetError):
        book.on(date(1999, 1, 1))


def test_two_groupings_from_one_day_are_refused(tmp_path):
    text = GROUPS.replace("2026-01-01", "2000-01-01")
    with pytest.raises(OverlappingRuleSetsError, match="give the added one the day"):
        load_resource_groups(added(tmp_path, "resource_groups", text))


def test_an_unknown_profession_is_refused(tmp_path):
    with pytest.raises(RuleFileError, match="surgeon"):
        load_resource_groups(added(tmp_path, "resource_groups", GROUPS.replace('["doctor"]', '["surgeon"]')))
