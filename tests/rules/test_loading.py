from __future__ import annotations

from datetime import date

import pytest

from lianyi.errors import LianyiError
from lianyi.rules import load_rule_sets
from lianyi.rules.errors import (
    DuplicateRuleSetError,
    ExpiredRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    RuleDirectoryError,
    RuleFileError,
    UnknownRuleSetError,
)

LOCAL = """
id = "sample-county-2026"
family = "programme"
programme_kind = "tertiary_to_county"
title = { zh = "样例县对口帮扶", en = "Support in Sample county" }
jurisdiction = { code = "CN-1303", zh = "样例市", en = "Sample city" }
valid_from = 2026-01-01
valid_to = 2026-12-31
source = "an invented document"
confidence = "local"

[[requirements]]
id = "staff"
zh = "不少于4人"
en = "At least 4 staff"
measure = "headcount_in_year"
minimum = 4
unit = "person"
per = "pairing"
period = "year"
confidence = "local"
"""


@pytest.fixture
def directory(tmp_path):
    path = tmp_path / "rules"
    path.mkdir()
    return path


def put(directory, name, *replacements):
    text = LOCAL
    for old, new in replacements:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (directory / name).write_text(text, encoding="utf-8")


def test_a_bureau_adds_its_rules_as_a_file(directory):
    put(directory, "local.toml")
    book = load_rule_sets([directory])
    added = book.require_valid("sample-county-2026", date(2026, 6, 1))
    assert added.requirement("staff").minimum == 4
    assert added.file == str(directory / "local.toml")
    assert set(book.ids) == {*load_rule_sets().ids, "sample-county-2026"}


def test_a_local_kind_of_programme_needs_no_code(directory):
    put(directory, "local.toml", ('"tertiary_to_county"', '"local_walking_doctors"'))
    found = load_rule_sets([directory]).applicable("local_walking_doctors", "CN-130302", date(2026, 1, 1))
    assert found.id == "sample-county-2026"


def test_a_requirement_that_a_set_does_not_have_is_none():
    assert load_rule_sets().get("tibet-2016").requirement("staff") is None


def test_files_that_are_not_toml_are_left_alone(directory):
    (directory / "README.md").write_text("About these rules.", encoding="utf-8")
    assert load_rule_sets([directory]).ids == load_rule_sets().ids


def test_a_directory_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RuleDirectoryError, match="nowhere is not a directory"):
        load_rule_sets([tmp_path / "nowhere"])


def test_an_unknown_id_is_answered_with_the_nearest():
    with pytest.raises(UnknownRuleSetError, match="no rule set 'hebei-2091'; the nearest known ids are: hebei-2019"):
        load_rule_sets().get("hebei-2091")


def test_an_id_near_to_none_is_answered_with_all():
    with pytest.raises(UnknownRuleSetError, match=r"ids are: community-centre-2024, .*xinjiang-pishan-2019"):
        load_rule_sets().get("§")


@pytest.mark.parametrize("day", [date(2021, 1, 1), date(2025, 12, 31)])
def test_a_set_is_in_force_on_its_first_and_last_day(day):
    assert load_rule_sets().require_valid("tertiary-to-county-2021", day).valid_from == date(2021, 1, 1)


@pytest.mark.parametrize("day", [date(2020, 12, 31), date(2026, 1, 1)])
def test_a_set_outside_its_days_is_refused_with_its_validity(day):
    with pytest.raises(
        ExpiredRuleSetError,
        match=f"'tertiary-to-county-2021' is in force from 2021-01-01 to 2025-12-31, not on {day}; choose a set",
    ):
        load_rule_sets().require_valid("tertiary-to-county-2021", day)


def test_a_set_without_a_last_day_stays_in_force():
    assert load_rule_sets().require_valid("mobile-medicine-2024", date(2099, 1, 1)).valid_to is None


def test_a_set_without_a_last_day_has_a_first_one():
    with pytest.raises(ExpiredRuleSetError, match="is in force from 2024-06-18, not on 2024-06-17"):
        load_rule_sets().require_valid("mobile-medicine-2024", date(2024, 6, 17))


@pytest.mark.parametrize(
    ("jurisdiction", "day", "rule_set"),
    [
        ("CN-44", date(2021, 6, 1), "guangdong-2019"),
        ("CN-441302", date(2021, 6, 1), "guangdong-2019"),
        ("CN-52", date(2021, 6, 1), "tertiary-to-county-2021"),
        ("CN", date(2021, 6, 1), "tertiary-to-county-2021"),
        ("CN-44", date(2022, 1, 1), "tertiary-to-county-2021"),
    ],
)
def test_the_most_specific_set_in_force_applies(jurisdiction, day, rule_set):
    assert load_rule_sets().applicable("tertiary_to_county", jurisdiction, day).id == rule_set


def test_a_set_of_a_city_comes_before_that_of_its_province(directory):
    put(directory, "province.toml", ('"CN-1303"', '"CN-13"'), ('"sample-county-2026"', '"sample-province-2026"'))
    put(directory, "city.toml")
    book = load_rule_sets([directory])
    assert book.applicable("tertiary_to_county", "CN-130302", date(2026, 5, 1)).id == "sample-county-2026"
    assert book.applicable("tertiary_to_county", "CN-1306", date(2026, 5, 1)).id == "sample-province-2026"


def test_a_time_without_rules_is_refused_with_what_there_is():
    with pytest.raises(
        NoApplicableRuleSetError,
        match=r"'tertiary_to_county' is in force in CN-52 on 2026-01-01; of this programme there are: .*"
        r"tertiary-to-county-2021 \(CN, from 2021-01-01 to 2025-12-31\). Add a file",
    ):
        load_rule_sets().applicable("tertiary_to_county", "CN-52", date(2026, 1, 1))


def test_a_programme_without_rules_is_refused_with_the_programmes_there_are():
    with pytest.raises(NoApplicableRuleSetError, match="the programmes with rules are: community_centre_stationing, "):
        load_rule_sets().applicable("tertiary_to_country", "CN", date(2021, 6, 1))


def test_another_country_is_not_covered():
    with pytest.raises(NoApplicableRuleSetError):
        load_rule_sets().applicable("mobile_medicine", "KE", date(2025, 1, 1))


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        ("CN", "CN-13", True),
        ("CN-13", "CN-13", True),
        ("CN-13", "CN-1303", True),
        ("CN-1303", "CN-13", False),
        ("CN-13", "CN-14", False),
        ("CN-13", "KE-13", False),
        ("GB-E", "GB-ENG", False),
    ],
)
def test_jurisdictions_nest_by_the_digits_of_their_codes(outer, inner, covered, directory):
    put(directory, "local.toml", ('"CN-1303"', f'"{outer}"'), ('"tertiary_to_county"', '"local_scheme"'))
    assert load_rule_sets([directory]).get("sample-county-2026").jurisdiction.covers(inner) is covered


def test_an_id_used_twice_is_refused_with_both_files(directory):
    put(directory, "local.toml", ('"sample-county-2026"', '"mobile-medicine-2024"'))
    with pytest.raises(DuplicateRuleSetError, match="'mobile-medicine-2024'; give the added one") as refused:
        load_rule_sets([directory])
    assert set(refused.value.params["files"]) == {"mobile-medicine-2024.toml", str(directory / "local.toml")}


def test_a_second_set_for_the_same_place_and_days_overrides_nothing_silently(directory):
    put(directory, "local.toml", ('"CN-1303"', '"CN"'), ("valid_from = 2026-01-01", "valid_from = 2025-12-31"))
    with pytest.raises(OverlappingRuleSetsError, match="both hold for tertiary_to_county in CN; end one before"):
        load_rule_sets([directory])


def test_a_set_that_begins_when_the_other_has_ended_follows_it(directory):
    put(directory, "local.toml", ('"CN-1303"', '"CN"'))
    book = load_rule_sets([directory])
    assert book.applicable("tertiary_to_county", "CN-52", date(2025, 12, 31)).id == "tertiary-to-county-2021"
    assert book.applicable("tertiary_to_county", "CN-52", date(2026, 1, 1)).id == "sample-county-2026"


MINIMUM = "minimum = 4"
MEASURE = 'measure = "headcount_in_year"'
PER = 'per = "pairing"'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # Misspelt keys, at every depth.
        (
            "valid_from =",
            "valid_form =",
            r"valid_form: given an unknown key; perhaps valid_from is meant; accepted: confid",
        ),
        (MINIMUM, "minumum = 4", r"requirements\[0\].minumum: given an unknown key; perhaps minimum is meant"),
        (
            'en = "Sample city"',
            'english = "Sample city"',
            "jurisdiction.english: given an unknown key; accepted: code, en, zh",
        ),
        # What is missing.
        ('source = "an invented document"', "", "source: given nothing; accepted: a text"),
        ("valid_from = 2026-01-01", "", "valid_from: given nothing; accepted: a date such as"),
        (MINIMUM, "", r"requirements\[0\].minimum: given nothing; accepted: a minimum, a maximum or both"),
        (PER, "", r"per: given nothing; accepted: a value, which headcount_in_year cannot be computed without"),
        # Names out of closed lists.
        ('family = "programme"', 'family = "program"', "family: given 'program'; accepted: programme"),
        (
            MEASURE,
            'measure = "headcont"',
            r"requirements\[0\].measure: given 'headcont'; accepted: headcount_in_year, ",
        ),
        (MEASURE, "measure = 5", r"requirements\[0\].measure: given 5; accepted: headcount_in_year, "),
        ('unit = "person"', 'unit = "month"', "unit: given 'month'; accepted: person for headcount_in_year"),
        ('"tertiary_to_county"', '"tertiary"', "programme_kind: given 'tertiary'; accepted: .* begins with local_"),
        ('"CN-1303"', '"130300"', "jurisdiction.code: given '130300'; accepted: a country such as CN"),
        ('"sample-county-2026"', '"Sample 2026"', "id: given 'Sample 2026'; accepted: small letters and digits"),
        (
            PER,
            f'{PER}\napplies_to = ["hospital"]',
            "applies_to: given 'hospital'; accepted: administration, assistant_doctor",
        ),
        (PER, f'{PER}\nexcept_for = "tcm_hospital"', "except_for: given 'tcm_hospital'; accepted: a list of"),
        (
            PER,
            f'{PER}\nunsourced = ["note"]',
            "unsourced: given 'note'; accepted: keys that this table gives a value for",
        ),
        (PER, f"{PER}\ntitle_rank = 9", "title_rank: given 9; accepted: one of the ranks 0, 1, 2, 3, 4"),
        (PER, f"{PER}\ntitle_rank = true", "title_rank: given True; accepted: a whole number"),
        (PER, f"{PER}\ngap_tolerance_days = 1.5", "gap_tolerance_days: given 1.5; accepted: a whole number"),
        # Numbers and dates.
        (MINIMUM, "minimum = -4", "minimum: given -4; accepted: a number of 0 or more"),
        (MINIMUM, "minimum = true", "minimum: given True; accepted: a number of 0 or more"),
        (MINIMUM, "minimum = nan", "minimum: given nan; accepted: a number of 0 or more"),
        (MINIMUM, "minimum = 4.5", "minimum: given 4.5; accepted: a whole number of the unit person"),
        (MINIMUM, "minimum = 4\nmaximum = 3", r"maximum: given 3; accepted: 4 \(minimum\) or more"),
        (
            f'{MEASURE}\n{MINIMUM}\nunit = "person"',
            'measure = "calendar_coverage"\nminimum = 100\nunit = "share"',
            "minimum: given 100; accepted: a share from 0 to 1",
        ),
        (
            "valid_to = 2026-12-31",
            "valid_to = 2025-12-31",
            r"valid_to: given 2025-12-31; accepted: 2026-01-01 \(valid_from\)",
        ),
        (
            "valid_to = 2026-12-31",
            'valid_to = "2026-12-31"',
            "valid_to: given '2026-12-31'; accepted: a date without quotes",
        ),
        ("valid_to = 2026-12-31", "valid_to = 2026-12-31T00:00:00", "accepted: a date without quotes and without time"),
        # Shapes.
        ('source = "an invented document"', 'source = " "', "source: given ' '; accepted: a text that is not empty"),
        (
            'title = { zh = "样例县对口帮扶", en = "Support in Sample county" }',
            'title = "x"',
            "title: given 'x'; accepted: a table",
        ),
        ("[[requirements]]", "[requirements]", "requirements: given .*; accepted: a list of at least one table"),
        ("valid_from = 2026-01-01", "valid_from = 2026-13-01", "whole file: given .*; accepted: TOML in UTF-8"),
    ],
)
def test_a_faulty_file_is_refused_with_file_place_given_and_accepted(directory, old, new, message):
    put(directory, "local.toml", (old, new))
    with pytest.raises(RuleFileError, match=message) as refused:
        load_rule_sets([directory])
    assert refused.value.params["file"] == str(directory / "local.toml")
    assert set(refused.value.params) == {"file", "place", "given", "accepted"}


def test_a_requirement_listed_twice_is_refused(directory):
    again = LOCAL[LOCAL.index("[[requirements]]") :]
    (directory / "local.toml").write_text(LOCAL + again, encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"requirements\[1\].id: given 'staff'; accepted: an id not used before"):
        load_rule_sets([directory])


def test_a_file_in_another_encoding_is_refused(directory):
    (directory / "local.toml").write_bytes(LOCAL.encode("gb18030"))
    with pytest.raises(RuleFileError, match=r"whole file: given .*; accepted: TOML in UTF-8"):
        load_rule_sets([directory])


def test_every_refusal_has_a_code_of_its_own():
    errors = [
        DuplicateRuleSetError,
        ExpiredRuleSetError,
        NoApplicableRuleSetError,
        OverlappingRuleSetsError,
        RuleDirectoryError,
        RuleFileError,
        UnknownRuleSetError,
    ]
    assert all(issubclass(error, LianyiError) for error in errors)
    assert len({error.code for error in errors}) == len(errors)
