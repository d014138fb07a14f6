"""Every number that ships, against the digest of the frameworks, with its mark of how well it is supported."""

from __future__ import annotations

from datetime import date

import pytest

from lianyi.rules import Confidence, Measure, Per, Period, Unit, load_rule_sets

BOOK = load_rule_sets()

# rule set, requirement, measure, minimum, maximum, unit, per, period, confidence
NUMBERS = """
tertiary-to-county-2021 staff-in-year headcount_in_year 5 - person pairing year sourced
tertiary-to-county-2021 continuous-months continuous_months 6 - month person - sourced
tertiary-to-county-2021 year-round calendar_coverage 1 - share pairing year sourced
group-style-2022 team-size headcount_in_batch 5 7 person county batch sourced
group-style-2022 continuous-months continuous_months 12 - month person - sourced
hebei-2019 team-size headcount_in_batch 5 - person pairing batch sourced
hebei-2019 team-size-tcm headcount_in_batch 3 - person pairing batch sourced
hebei-2019 associate-senior title_mix_minimum 1 - person pairing batch sourced
hebei-2019 continuous-months continuous_months 12 - month - batch sourced
guangdong-2019 programme-length programme_months 36 - month programme programme sourced
guangdong-2019 in-county-admissions in_county_admission_share 0.85 - share county - sourced
guangdong-2019 sending-hospitals sending_institutions 54 - institution programme programme sourced
guangdong-2019 supported-hospitals supported_institutions 78 - institution programme programme sourced
guangdong-2019 sending-general-hospitals sending_institutions 37 - institution programme programme sourced
guangdong-2019 supported-general-hospitals supported_institutions 57 - institution programme programme sourced
guangdong-2019 sending-tcm-hospitals sending_institutions 17 - institution programme programme sourced
guangdong-2019 supported-tcm-hospitals supported_institutions 21 - institution programme programme sourced
xinjiang-pishan-2019 team-size headcount_in_year 13 - person pairing year local
xinjiang-pishan-2019 managers headcount_in_year 7 - person pairing year local
xinjiang-pishan-2019 managers-continuous-months continuous_months 12 - month person - local
xinjiang-pishan-2019 doctors headcount_in_year 6 - person pairing year local
xinjiang-pishan-2019 doctors-continuous-months continuous_months 6 - month person - local
tibet-2016 programme-length programme_months 36 - month programme programme sourced
tibet-2016 continuous-months continuous_months 12 - month - batch sourced
community-centre-2024 staff-per-hospital headcount_in_year 3 - person hospital year sourced
community-centre-2024 working-days working_days_per_week 3 - day community_centre week sourced
township-centre-2024 fixed-doctor fixed_persons_per_site 1 - person township_centre - sourced
township-centre-2024 continuous-months continuous_months 6 - month person - sourced
mobile-medicine-2024 county-rounds rounds_per_period 1 - round county quarter sourced
mobile-medicine-2024 township-rounds rounds_per_period 1 - round township month sourced
mobile-medicine-2024 village-rounds rounds_per_period 1 - round village week sourced
first-village-doctor-2015 continuous-months continuous_months 12 - month person - unsourced
first-village-doctor-2015 doctor-per-village fixed_persons_per_site 1 - person village - unsourced
stationed-doctors-2024 minimum-days stationed_minimum_days 183 - day person year unsourced
"""
ROWS = [tuple(line.split()) for line in NUMBERS.strip().splitlines()]

# rule set, programme, jurisdiction, first day, last day, confidence, which of its dates or places no text gives
SETS = """
tertiary-to-county-2021 tertiary_to_county CN 2021-01-01 2025-12-31 sourced -
group-style-2022 group_style_assistance CN 2022-01-01 - sourced valid_from
hebei-2019 tertiary_to_county CN-13 2019-01-01 2020-12-31 sourced valid_from,valid_to
guangdong-2019 tertiary_to_county CN-44 2019-01-01 2021-12-31 sourced valid_from,valid_to
xinjiang-pishan-2019 inter_provincial_support CN-653223 2019-01-01 2019-12-31 local valid_from,valid_to
tibet-2016 group_style_assistance CN-54 2016-01-01 2018-12-31 sourced valid_from,valid_to
community-centre-2024 community_centre_stationing CN 2024-06-18 - sourced -
township-centre-2024 township_centre_stationing CN 2024-06-18 - sourced -
mobile-medicine-2024 mobile_medicine CN 2024-06-18 - sourced -
first-village-doctor-2015 first_village_doctor CN 2015-01-01 - unsourced valid_from,jurisdiction
stationed-doctors-2024 primary_stationing_indicator CN 2024-11-01 - sourced -
"""
SET_ROWS = [tuple(line.split()) for line in SETS.strip().splitlines()]


def or_none(text, kind):
    return None if text == "-" else kind(text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}/{row[1]}")
def test_the_shipped_number_is_the_published_one(row):
    set_id, requirement_id, measure, minimum, maximum, unit, per, period, confidence = row
    requirement = BOOK.get(set_id).requirement(requirement_id)
    assert requirement.measure == Measure(measure)
    assert (requirement.minimum, requirement.maximum) == (or_none(minimum, float), or_none(maximum, float))
    assert (requirement.unit, requirement.per) == (Unit(unit), or_none(per, Per))
    assert requirement.period == or_none(period, Period)
    assert requirement.confidence == Confidence(confidence)


@pytest.mark.parametrize("row", SET_ROWS, ids=lambda row: row[0])
def test_the_shipped_set_holds_where_and_when_the_source_says(row):
    set_id, programme, jurisdiction, valid_from, valid_to, confidence, unsourced = row
    rule_set = BOOK.get(set_id)
    assert (rule_set.programme_kind, rule_set.jurisdiction.code) == (programme, jurisdiction)
    assert rule_set.valid_from == date.fromisoformat(valid_from)
    assert rule_set.valid_to == or_none(valid_to, date.fromisoformat)
    assert rule_set.confidence == Confidence(confidence)
    assert rule_set.unsourced == (() if unsourced == "-" else tuple(unsourced.split(",")))


def test_no_shipped_number_is_left_out_of_the_comparison():
    shipped = {(rule_set.id, entry.id) for rule_set in BOOK.rule_sets for entry in rule_set.requirements}
    assert shipped == {row[:2] for row in ROWS}
    assert set(BOOK.ids) == {row[0] for row in SET_ROWS}


def test_the_tolerance_for_leave_is_marked_as_unsourced_wherever_it_stands():
    tolerances = [
        entry for rule_set in BOOK.rule_sets for entry in rule_set.requirements if entry.gap_tolerance_days is not None
    ]
    assert {entry.gap_tolerance_days for entry in tolerances} == {15}
    assert all("gap_tolerance_days" in entry.unsourced for entry in tolerances)
    assert {entry.measure for entry in tolerances} == {Measure.CONTINUOUS_MONTHS}


def test_titles_asked_for_are_those_of_the_sources():
    assert BOOK.get("hebei-2019").requirement("associate-senior").title_rank == 3
    assert BOOK.get("stationed-doctors-2024").requirement("minimum-days").title_rank == 2


def test_document_titles_are_given_where_known_and_numbers_nowhere_without_a_source():
    titles = {rule_set.id: rule_set.document_title_zh for rule_set in BOOK.rule_sets if rule_set.document_title_zh}
    assert titles == {
        "tertiary-to-county-2021": "“十四五”时期三级医院对口帮扶县级医院工作方案",
        "stationed-doctors-2024": "紧密型县域医疗卫生共同体监测指标体系（2024版）",
    }
    assert {rule_set.document_number for rule_set in BOOK.rule_sets} == {None}


def test_a_smaller_team_is_allowed_for_hospitals_of_chinese_medicine_only():
    teams = BOOK.get("hebei-2019").requirements_for(Measure.HEADCOUNT_IN_BATCH)

    def asked_of(kind):
        return [entry.minimum for entry in teams if entry.applies(frozenset({kind, "county"}))]

    assert (asked_of("general_hospital"), asked_of("tcm_hospital")) == ([5], [3])


def test_rounds_are_asked_for_by_tier():
    rounds = BOOK.get("mobile-medicine-2024").requirements_for(Measure.ROUNDS_PER_PERIOD)
    assert {entry.applies_to: entry.period for entry in rounds} == {
        ("county",): Period.QUARTER,
        ("township",): Period.MONTH,
        ("village",): Period.WEEK,
    }


@pytest.mark.parametrize(("people", "met"), [(4, False), (5, True), (7, True), (8, False)])
def test_a_requirement_is_met_from_its_minimum_to_its_maximum(people, met):
    assert BOOK.get("group-style-2022").requirement("team-size").is_met_by(people) is met
