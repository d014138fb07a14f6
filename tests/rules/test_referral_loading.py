"""Which referral policy holds where and when, how a bureau adds its own, and what a faulty file is told."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest

from lianyi.rules import load_referral_policies, load_rule_sets
from lianyi.rules.errors import (
    DuplicateRuleSetError,
    ExpiredRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    RuleDirectoryError,
    RuleFileError,
    UnknownRuleSetError,
)
from lianyi.rules.referral_policy import ClockKind, ClockTarget, LadderPost, ReferralUrgency, TimeUnit

BOOK = load_referral_policies([])
POLICY = BOOK.get("general-2026")
EMERGENCY, URGENT, _ROUTINE = ReferralUrgency
IN_FORCE = date(2026, 6, 1)
TEN_MINUTES = ClockTarget(10, TimeUnit.MINUTE)


def test_a_policy_is_found_by_its_id_and_day():
    assert BOOK.valid_on("general-2026", date(2026, 1, 1)) is POLICY


def test_an_unknown_policy_is_refused_by_name():
    with pytest.raises(UnknownRuleSetError, match=r"no referral policy 'general-2062'; .* known ids are: general-2026"):
        BOOK.valid_on("general-2062", IN_FORCE)


def test_a_policy_before_its_first_day_is_refused_by_name():
    with pytest.raises(
        ExpiredRuleSetError, match="'general-2026' is in force from 2026-01-01, not on 2025-12-31"
    ) as no:
        BOOK.valid_on("general-2026", date(2025, 12, 31))
    assert no.value.params["reason"] == "referral-policy-not-yet"


def test_the_default_of_the_country_holds_where_there_is_no_other():
    assert BOOK.default_on(IN_FORCE, "CN-522301") is POLICY


@pytest.mark.parametrize(("day", "place"), [(date(2025, 12, 31), "CN"), (IN_FORCE, "KE")])
def test_where_no_default_holds_the_defaults_there_are_are_named(day, place):
    with pytest.raises(NoApplicableRuleSetError, match=r"the defaults are: general-2026 \(CN, from 2026-01-01\)"):
        BOOK.default_on(day, place)


OWN = """
id = "sample-city-2026"
based_on = "general-2026"
title = { zh = "样例市转诊规则", en = "Referral in Sample city" }
jurisdiction = { code = "CN-1303", zh = "样例市", en = "Sample city" }
valid_from = 2026-03-01
valid_to = 2026-12-31
source = "an invented agreement"
confidence = "local"

[clocks.decision]
emergency = { amount = 10, unit = "minute" }

[[packet]]
code = "blood_glucose"
required_for = ["urgent"]

[[packet]]
code = "pending_results"
left_out = true

[[packet]]
code = "insurance"
zh = "医保类型"
en = "Insurance"
kind = "choice"
choices = [{ code = "resident", zh = "居民", en = "Resident" }, { code = "none", zh = "无", en = "None" }]
"""


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "referral_policies").mkdir()
    return tmp_path


def put(directory, *replacements, name="own.toml"):
    text = OWN
    for old, new in replacements:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (directory / "referral_policies" / name).write_text(text, encoding="utf-8")


def test_a_bureau_writes_only_what_it_changes(directory):
    put(directory)
    own = load_referral_policies([directory]).get("sample-city-2026")
    assert own.target(ClockKind.DECISION, EMERGENCY) == TEN_MINUTES
    assert own.target(ClockKind.DECISION, URGENT) == POLICY.target(ClockKind.DECISION, URGENT)
    assert (own.ladder, own.standards, own.holidays) == (POLICY.ladder, POLICY.standards, POLICY.holidays)
    kept = [item.code for item in POLICY.packet if item.code != "pending_results"]
    assert [item.code for item in own.packet] == [*kept, "insurance"]
    glucose = next(item for item in own.packet if item.code == "blood_glucose")
    assert (glucose.required_for, glucose.unit.en) == ((URGENT,), "mmol/L")


def test_what_a_policy_is_based_on_lends_it_no_source_and_no_days(directory):
    put(directory)
    own = load_referral_policies([directory]).get("sample-city-2026")
    assert (own.source, own.note, own.valid_to) == ("an invented agreement", "", date(2026, 12, 31))
    assert own.file == str(directory / "referral_policies" / "own.toml")


def test_the_policy_that_ships_stays_as_it_is(directory):
    put(directory)
    assert load_referral_policies([directory]).get("general-2026") == POLICY


def test_the_narrower_place_has_its_own_default(directory):
    put(directory)
    book = load_referral_policies([directory])
    assert book.default_on(IN_FORCE, "CN-130302").id == "sample-city-2026"
    assert book.default_on(IN_FORCE, "CN-1306").id == "general-2026"
    assert book.default_on(date(2027, 1, 1), "CN-130302").id == "general-2026"


def test_a_policy_after_its_last_day_is_refused_by_name(directory):
    put(directory)
    with pytest.raises(ExpiredRuleSetError, match=r"'sample-city-2026' is in force from .* not on 2027-01-01") as over:
        load_referral_policies([directory]).valid_on("sample-city-2026", date(2027, 1, 1))
    assert (over.value.params["reason"], over.value.params["valid_to"]) == ("referral-policy-over", date(2026, 12, 31))


def test_a_policy_for_agreements_only_is_no_default(directory):
    put(directory, ('"CN-1303"', '"CN"'), ("valid_from =", "is_default = false\nvalid_from ="))
    book = load_referral_policies([directory])
    assert book.default_on(IN_FORCE, "CN").id == "general-2026"
    assert book.valid_on("sample-city-2026", IN_FORCE).target(ClockKind.DECISION, EMERGENCY) == TEN_MINUTES


def test_a_second_default_of_the_same_place_and_days_is_refused(directory):
    put(directory, ('"CN-1303"', '"CN"'))
    with pytest.raises(OverlappingRuleSetsError, match="both the default of CN; end one before"):
        load_referral_policies([directory])


def test_a_default_that_begins_when_the_other_has_ended_follows_it(directory):
    put(directory)
    put(
        directory,
        ('"sample-city-2026"', '"sample-city-2027"'),
        ("valid_from = 2026-03-01\nvalid_to = 2026-12-31", "valid_from = 2027-01-01"),
        name="next.toml",
    )
    book = load_referral_policies([directory])
    assert book.default_on(date(2026, 12, 31), "CN-1303").id == "sample-city-2026"
    assert book.default_on(date(2027, 1, 1), "CN-1303").id == "sample-city-2027"


def test_an_id_used_twice_is_refused_with_both_files(directory):
    put(directory, ('"sample-city-2026"', '"general-2026"'))
    with pytest.raises(DuplicateRuleSetError, match="both hold a referral policy 'general-2026'") as refused:
        load_referral_policies([directory])
    assert set(refused.value.params["files"]) == {
        "general-2026.toml",
        str(directory / "referral_policies" / "own.toml"),
    }


def test_a_directory_needs_no_folder_of_policies(tmp_path):
    assert load_referral_policies([tmp_path]).ids == BOOK.ids


def test_a_directory_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RuleDirectoryError, match="nowhere is not a directory"):
        load_referral_policies([tmp_path / "nowhere"])


def test_policies_and_rule_sets_of_one_directory_keep_apart(directory):
    put(directory)
    assert load_rule_sets([directory]).ids == load_rule_sets().ids


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'based_on = "general-2026"',
            'based_on = "general-2062"',
            "based_on: given 'general-2062'; accepted: a policy",
        ),
        ('based_on = "general-2026"', "", "milestones: given nothing; accepted: a list of tables"),
        ('source = "an invented agreement"', "", "source: given nothing; accepted: a text"),
        ('confidence = "local"', "", "confidence: given nothing"),
        ("valid_to = 2026-12-31", "valid_to = 2026-02-28", r"valid_to: given 2026-02-28; accepted: 2026-03-01"),
        ("[clocks.decision]", "[clocks.decison]", "clocks.decison: given an unknown key; perhaps decision is meant"),
        ("amount = 10", "amount = 0", r"clocks.decision.emergency.amount: given 0; .* leave the urgency out"),
        (
            'unit = "minute"',
            'unit = "minute", repeats = true',
            "repeats: given true; accepted: escalates = false beside",
        ),
        ('unit = "minute"', 'unit = "week"', "emergency.unit: given 'week'; accepted: minute, hour, day, working_day"),
        ('unit = "minute"', 'unit = "working_day"', "an emergency does not wait for a working day"),
        ('code = "blood_glucose"', 'code = "blood glucose"', "given 'blood glucose'; accepted: small letters and"),
        ('required_for = ["urgent"]', 'required = ["urgent"]', r"packet\[blood_glucose\].required: given an unknown"),
        ('required_for = ["urgent"]', 'required_for = ["soon"]', r"packet\[blood_glucose\].required_for: given 'soon'"),
        ('required_for = ["urgent"]', 'directions = ["sideways"]', "directions: given 'sideways'; accepted: consult"),
        ('required_for = ["urgent"]', 'conditions = ["sunburn"]', "conditions: given 'sunburn'; accepted: chest_pain"),
        (
            'required_for = ["urgent"]',
            'kind = "text"',
            r"packet\[blood_glucose\].unit: given a value; accepted: a unit",
        ),
        ('required_for = ["urgent"]', "maximum = 0\nminimum = 5", r"maximum: given 0; accepted: 5 \(minimum\) or more"),
        (
            'required_for = ["urgent"]',
            'required_for = ["urgent"]\nurgencies = ["routine"]',
            "required_for: given 'urgent'; accepted: urgencies at which the item is asked",
        ),
        (
            'required_for = ["urgent"]',
            'conditions = ["stroke"]\nexcept_conditions = ["trauma"]',
            "except_conditions: given .*; accepted: either conditions or exceptions",
        ),
        ("left_out = true", "left_out = false", r"packet\[pending_results\].left_out: given an unknown key"),
        ('code = "pending_results"', 'code = "blood_glucose"', r"packet\[blood_glucose\].left_out: given an unknown"),
        ('code = "insurance"', 'code = "Insurance"', r"packet\[Insurance\].code: given 'Insurance'; accepted: small"),
        (
            'required_for = ["urgent"]',
            'unit = "mmol"',
            r"packet\[blood_glucose\].unit: given 'mmol'; accepted: a table",
        ),
        (
            "left_out = true",
            'kind = "choice"',
            r"packet\[pending_results\].choices: given nothing; accepted: a list of",
        ),
        ('kind = "choice"', 'kind = "list"', r"packet\[insurance\].kind: given 'list'; accepted: text, long_text"),
        ('kind = "choice"', 'kind = "text"', "choices: given 2 choices; accepted: choices only where kind is choice"),
        ('{ code = "none"', '{ code = "resident"', r"choices\[resident\].code: given 'resident'; .* not used before"),
    ],
)
def test_a_faulty_policy_is_refused_with_file_place_given_and_accepted(directory, old, new, message):
    put(directory, (old, new))
    with pytest.raises(RuleFileError, match=message) as refused:
        load_referral_policies([directory])
    assert refused.value.params["file"] == str(directory / "referral_policies" / "own.toml")


STANDARD = """
[[standards]]
id = "stroke-needle"
"""


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ("[calendar]\nworking_week = [1, 8]", "working_week: given 8; accepted: a list of numbers among 1, 2"),
        ("[calendar]\nworking_week = []", r"working_week: given \[\]; accepted: a list of numbers"),
        ("[calendar]\nworking_week = [true]", r"working_week: given \[True\]; accepted: a list of numbers"),
        ("[calendar]\nworking_week = [1, 1]", "working_week: given 1; accepted: a list of numbers"),
        ("[calendar]\nholidays = [2026-01-04]", "makeup_workdays: given 2026-01-04; accepted: days that are not"),
        ("[calendar]\nholidays = 2026", "holidays: given 2026; accepted: a list of dates"),
        ('[calendar]\nholidays = ["2026-01-01"]', "holidays: given 2026-01-01; accepted: a list of dates"),
        ("[calendar]\nholidays = [2026-01-01, 2026-01-01]", "holidays: given 2026-01-01; accepted: .* none twice"),
        ("[limits]\nreopen_days = -1", "limits.reopen_days: given -1; accepted: a whole number"),
        ("[limits]\nreopen_hours = 1", "limits.reopen_hours: given an unknown key"),
        ("[clocks.seen.conditions.sunburn]", "clocks.seen.conditions.sunburn: given an unknown key"),
        (
            '[clocks.seen]\nroutine = { amount = 1, unit = "day", escalates = "no" }',
            "clocks.seen.routine.escalates: given 'no'; accepted: true or false",
        ),
        ('[[ladder]]\npost = "night_watch"', r"ladder\[night_watch\].post: given 'night_watch'; accepted: duty_person"),
        ("[repeat]\nposts = 0", "repeat.posts: given 0; accepted: a whole number of 1 or more"),
        ('[repeat]\nurgent = { amount = 0, unit = "hour" }', "repeat.urgent.amount: given 0; accepted: a whole number"),
        ('[[milestones]]\ncode = "onset"\nleft_out = true', r"conditions\[chest_pain\].milestones: given 'onset'"),
        (
            '[[milestones]]\ncode = "onset"\nside = "family"',
            r"milestones\[onset\].side: given 'family'; accepted: send",
        ),
        ('[[conditions]]\ncode = "stroke"\nspecialties = ["99"]', r"conditions\[stroke\].specialties: given '99'"),
        ('[[conditions]]\ncode = "stroke"\nservices = ["tea"]', r"conditions\[stroke\].services: given 'tea'"),
        ('[[conditions]]\ncode = "other"\nmilestones = []', r"conditions\[other\].milestones: given \[\]; .* at least"),
        (
            '[[conditions]]\ncode = "other"\nmilestones = ["onset", "onset"]',
            r"milestones: given \['onset', 'onset'\]; accepted: at least one milestone, none twice",
        ),
        (f'{STANDARD}condition = "sunburn"', r"standards\[stroke-needle\].condition: given 'sunburn'; .* chest_pain"),
        (f'{STANDARD}end = "delivery"', r"standards\[stroke-needle\].end: given 'delivery'; accepted: onset, call"),
        (f'{STANDARD}end = "onset"', "end: given 'onset'; accepted: a milestone that comes after door_in in stroke"),
        (f"{STANDARD}limit_minutes = 0", "limit_minutes: given 0; accepted: a number of minutes above 0"),
        (f"{STANDARD}target_share = 75", "target_share: given 75; accepted: a share above 0, up to 1"),
        (
            f'{STANDARD}statistic = "median"\ntarget_share = 0.5',
            "target_share: given 0.5; accepted: a share only where statistic is share_within",
        ),
        ('[[triggers.items]]\ncode = "coma_score_12"\ncondition = "x"', r"triggers.items\[coma_score_12\].condition"),
    ],
)
def test_a_faulty_part_is_refused_by_its_own_name(directory, addition, message):
    put(directory, ("[clocks.decision]", f"{addition}\n\n[clocks.decision]"))
    with pytest.raises(RuleFileError, match=message):
        load_referral_policies([directory])


RUNG = """
[[ladder]]
post = "{post}"
emergency = {{ amount = {minutes}, unit = "minute" }}
urgent = {{ amount = {minutes}, unit = "minute" }}
routine = {{ amount = {minutes}, unit = "minute" }}
"""


def test_a_bureau_replaces_the_ladder_as_a_whole(directory):
    rungs = RUNG.format(post="duty_person", minutes=0) + RUNG.format(post="coordinator", minutes=20)
    put(directory, ("[clocks.decision]", f"{rungs}\n[clocks.decision]"))
    own = load_referral_policies([directory]).get("sample-city-2026")
    assert [(rung.post, rung.after[EMERGENCY].amount) for rung in own.ladder] == [
        (LadderPost.DUTY_PERSON, 0),
        (LadderPost.COORDINATOR, 20),
    ]


@pytest.mark.parametrize(
    ("posts", "message"),
    [
        ([("duty_person", 0), ("deputy", 9), ("coordinator", 8)], "given 8 minute; accepted: no less than for deputy"),
        ([("duty_person", 0), ("duty_person", 5)], "given 'duty_person'; accepted: a post not used before"),
        ([("deputy", 1), ("coordinator", 5)], r"ladder\[deputy\].emergency: given 1 minute; accepted: 0 for the first"),
    ],
)
def test_a_ladder_that_goes_back_in_time_or_repeats_is_refused(directory, posts, message):
    rungs = "".join(RUNG.format(post=post, minutes=minutes) for post, minutes in posts)
    put(directory, ("[clocks.decision]", f"{rungs}\n[clocks.decision]"))
    with pytest.raises(RuleFileError, match=message):
        load_referral_policies([directory])


def test_two_standards_with_one_id_are_refused(directory):
    repeated = "\n\n".join(
        f"""
[[standards]]
id = "own-standard"
zh = "标准{number}"
en = "Standard {number}"
condition = "stroke"
start = "onset"
end = "needle"
limit_minutes = 200
statistic = "median"
valid_from = 2026-01-01
confidence = "local"
source = "an invented agreement"
"""
        for number in (1, 2)
    )
    put(directory, ("[clocks.decision]", f"{repeated}\n[clocks.decision]"))
    with pytest.raises(RuleFileError, match=r"standards\[own-standard\].id: .* an id not used before in this list"):
        load_referral_policies([directory])


def test_a_clock_without_any_target_is_refused(directory):
    shipped = files("lianyi.rules") / "referral_policies" / POLICY.file
    whole = shipped.read_text(encoding="utf-8").replace('id = "general-2026"', 'id = "whole-2026"', 1)
    start, end = whole.index("[clocks.seen]"), whole.index("[clocks.decision]")
    broken = whole[:start] + "[clocks.seen]\n\n" + whole[end:]
    (directory / "referral_policies" / "whole.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"clocks\.seen\.emergency: given nothing; accepted: a target for one of"):
        load_referral_policies([directory])
