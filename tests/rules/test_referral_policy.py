"""The referral policy that ships, number by number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.rules import Confidence, codes_of, load_referral_policies
from lianyi.rules.referral_policy import (
    ClockKind,
    ClockTarget,
    LadderPost,
    ReferralDirection,
    ReferralUrgency,
    TimeStatistic,
    TimeUnit,
)

POLICY = load_referral_policies([]).get("general-2026")
EMERGENCY, URGENT, ROUTINE = ReferralUrgency
IN_FORCE = date(2026, 6, 1)
CONDITIONS = ("chest_pain", "stroke", "trauma", "critical_mother", "critical_newborn_child", "other")
MINUTES = {TimeUnit.MINUTE: 1, TimeUnit.HOUR: 60, TimeUnit.DAY: 1440, TimeUnit.WORKING_DAY: 1440}


def target(text):
    """Read "15 minute", or "1 day remind", or "1 day remind again" for one that only reminds; "-" is no clock."""
    if text == "-":
        return None
    amount, unit, *rest = text.split()
    return ClockTarget(int(amount), TimeUnit(unit), escalates=not rest, repeats="again" in rest)


# --- The numbers that ship ---

# clock | emergency | urgent | routine: the table of the design. It has no emergency for the back answer; the case that
# came as one and is to go back needs a due time all the same.
DESIGNED = """
delivery        | 1 minute      | 15 minute    | 1 day
seen            | 5 minute      | 30 minute    | 1 working_day
decision        | 15 minute     | 2 hour       | 2 working_day
departure       | 60 minute     | 4 hour       | -
hand_over       | 10 minute     | 1 hour       | 8 hour
outcome         | 24 hour       | 48 hour      | 5 working_day
acknowledge     | 1 day remind  | 3 day remind | 14 day remind
back_answer     | 8 hour        | 8 hour       | 1 working_day
first_follow_up | -             | 3 day        | 7 day
"""
# the clocks that the design names without numbers
PROPOSED = """
draft           | 10 minute remind | 4 hour remind | 2 working_day remind
question        | 10 minute        | 1 hour        | 2 working_day
booking         | 10 minute        | 2 hour        | 3 working_day
rebooking       | 10 minute        | 2 hour        | 3 working_day
transit         | 3 hour           | 6 hour        | 1 day
care_review     | 1 day remind again | 3 day remind again | 7 day remind again
hold_review     | 4 hour           | 1 day         | 7 day
waiting_review  | 1 hour           | 1 day         | 14 day
no_show_contact | 30 minute        | 4 hour        | 2 working_day
reroute         | 5 minute         | 1 hour        | 1 working_day
cancel_answer   | 10 minute        | 2 hour        | 1 working_day
breach          | 4 hour           | 1 day         | 14 day
"""
CLOCKS = [tuple(part.strip() for part in line.split("|")) for line in (DESIGNED + PROPOSED).split("\n") if line]


@pytest.mark.parametrize("row", CLOCKS, ids=lambda row: row[0])
def test_the_shipped_due_time_is_that_of_the_design(row):
    kind, *texts = row
    found = tuple(POLICY.target(ClockKind(kind), urgency) for urgency in ReferralUrgency)
    assert found == tuple(target(text) for text in texts)


def test_no_clock_is_left_out_of_the_comparison():
    assert {row[0] for row in CLOCKS} == set(ClockKind) == set(POLICY.clocks)
    assert len(CLOCKS) == len(ClockKind) == 21


@pytest.mark.parametrize(
    ("kind", "condition", "expected"),
    [
        ("departure", "chest_pain", "30 minute"),
        ("departure", "stroke", "30 minute"),
        ("departure", "trauma", "30 minute"),
        ("departure", "critical_mother", "30 minute"),
        ("departure", "critical_newborn_child", "60 minute"),
        ("departure", "other", "60 minute"),
        ("departure", "", "60 minute"),
        ("breach", "chest_pain", "2 hour"),
        ("breach", "stroke", "3 hour"),
        ("breach", "trauma", "2 hour"),
        ("breach", "critical_mother", "2 hour"),
        ("breach", "critical_newborn_child", "4 hour"),
        ("decision", "stroke", "15 minute"),
    ],
)
def test_an_emergency_runs_by_the_clock_of_its_condition_where_there_is_one(kind, condition, expected):
    assert POLICY.target(ClockKind(kind), EMERGENCY, condition) == target(expected)


def test_a_condition_changes_the_emergency_only():
    assert POLICY.target(ClockKind.DEPARTURE, URGENT, "stroke") == target("4 hour")
    assert POLICY.target(ClockKind.DEPARTURE, ROUTINE, "stroke") is None


def test_the_more_urgent_never_waits_longer():
    for kind in ClockKind:
        waits = [found.amount * MINUTES[found.unit] for each in ReferralUrgency if (found := POLICY.target(kind, each))]
        assert waits == sorted(waits), kind


LADDER = """
duty_person     | 0 minute  | 0 minute  | 0 minute
deputy          | 3 minute  | 15 minute | 1 working_day
department_head | 6 minute  | 30 minute | 2 working_day
hospital_duty   | 10 minute | 1 hour    | 3 working_day
coordinator     | 15 minute | 2 hour    | 4 working_day
alliance_lead   | 30 minute | 4 hour    | 5 working_day
"""


def test_the_ladder_calls_every_post_in_the_order_of_the_design():
    expected = [tuple(part.strip() for part in line.split("|")) for line in LADDER.strip().split("\n")]
    found = [(rung.post, *(rung.after[urgency] for urgency in ReferralUrgency)) for rung in POLICY.ladder]
    assert found == [(post, *(target(text) for text in texts)) for post, *texts in expected]
    assert tuple(rung.post for rung in POLICY.ladder) == tuple(LadderPost)


def test_the_top_of_the_ladder_is_called_again_while_nobody_acts():
    assert POLICY.repeat.posts == 2
    every = [POLICY.repeat.every[urgency] for urgency in ReferralUrgency]
    assert every == [target(text) for text in ("15 minute", "1 hour", "1 working_day")]


def test_the_single_numbers_are_those_of_the_design():
    limits = POLICY.limits
    assert (limits.reopen_days, limits.acknowledge_days, limits.bounce_back_days) == (30, 14, 30)
    assert limits.break_glass_minutes == 3 * 60
    assert (limits.no_show_tries, limits.roster_days_ahead, limits.home_visit_days) == (2, 7, 3)
    assert (limits.grace_days, limits.bed_state_minutes, limits.reservation_hours) == (14, 120, 12)
    assert (limits.no_show_grace_hours, limits.guest_link_hours, limits.elective_validity_days) == (24, 24, 30)
    assert (limits.attachment_megabytes, limits.attachments_per_request, limits.small_cell) == (20, 20, 5)
    assert limits.authors_hours == 24


def test_the_policy_says_that_it_is_a_proposal():
    assert (POLICY.confidence, POLICY.jurisdiction.code, POLICY.is_default) == (Confidence.LOCAL, "CN", True)
    assert (POLICY.valid_from, POLICY.valid_to) == (date(2026, 1, 1), None)
    assert "proposal" in POLICY.source


# --- The working days ---


def test_the_holidays_of_2026_are_those_of_the_notice():
    def days(first, last):
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        return {start + timedelta(days=number) for number in range((end - start).days + 1)}

    assert set(POLICY.holidays) == (
        days("2026-01-01", "2026-01-03")
        | days("2026-02-15", "2026-02-23")
        | days("2026-04-04", "2026-04-06")
        | days("2026-05-01", "2026-05-05")
        | days("2026-06-19", "2026-06-21")
        | days("2026-09-25", "2026-09-27")
        | days("2026-10-01", "2026-10-07")
    )
    assert len(POLICY.holidays) == 33
    assert {day.isoformat() for day in POLICY.makeup_workdays} == {
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    }


def test_days_worked_in_exchange_are_days_of_rest_otherwise():
    assert POLICY.working_week == (1, 2, 3, 4, 5)
    assert all(day.isoweekday() not in POLICY.working_week for day in POLICY.makeup_workdays)


# --- Conditions, milestones, standards, triggers ---

# id | condition | from | to | minutes | statistic | share | confidence
STANDARDS = """
contact-ecg-mean         chest_pain first_contact ecg 10 monthly_mean - sourced
contact-ecg-share        chest_pain first_contact ecg 10 share_within 0.75 sourced
ecg-read-mean            chest_pain ecg ecg_read 10 monthly_mean - sourced
troponin-mean            chest_pain troponin_drawn troponin_result 20 monthly_mean - sourced
door-in-door-out         chest_pain first_door door_out 30 share_within - unsourced
contact-needle           chest_pain first_contact sender_needle 30 share_within - unsourced
contact-wire             chest_pain first_contact wire 120 share_within - unsourced
cath-lab-mean            chest_pain cath_lab_called cath_lab_ready 30 monthly_mean - sourced
door-wire-mean           chest_pain door_in wire 90 monthly_mean - sourced
door-wire-share          chest_pain door_in wire 90 share_within 0.75 sourced
stroke-assessed          stroke door_in assessed 10 share_within - sourced
stroke-imaging           stroke door_in imaging 45 share_within - sourced
stroke-needle            stroke door_in needle 60 share_within - sourced
stroke-sender-needle     stroke first_door sender_needle 60 share_within - uncertain
stroke-onset-needle      stroke onset needle 270 share_within - unsourced
stroke-puncture          stroke door_in puncture 90 share_within - unsourced
stroke-door-in-door-out  stroke first_door door_out 90 share_within - unsourced
trauma-imaging           trauma door_in imaging 30 share_within - unsourced
trauma-incision          trauma door_in incision 60 share_within - uncertain
decision-delivery        critical_mother delivery_decision delivery 30 share_within - uncertain
child-antibiotic         critical_newborn_child door_in antibiotic 60 share_within - uncertain
"""
STANDARD_ROWS = [tuple(line.split()) for line in STANDARDS.strip().split("\n")]


@pytest.mark.parametrize("row", STANDARD_ROWS, ids=lambda row: row[0])
def test_the_shipped_time_standard_is_the_published_one(row):
    standard_id, condition, start, end, minutes, statistic, share, confidence = row
    found = next(entry for entry in POLICY.standards_of(condition, IN_FORCE) if entry.id == standard_id)
    assert (found.start, found.end, found.limit_minutes) == (start, end, float(minutes))
    assert found.statistic == TimeStatistic(statistic)
    assert found.target_share == (None if share == "-" else float(share))
    assert found.confidence == Confidence(confidence)
    assert found.source


def test_a_limit_that_the_text_puts_as_below_excludes_itself():
    assert {entry.id for entry in POLICY.standards if entry.excludes_limit} == {
        "contact-ecg-mean",
        "contact-ecg-share",
        "ecg-read-mean",
        "cath-lab-mean",
    }


def test_no_time_standard_is_left_out_of_the_comparison():
    assert [entry.id for entry in POLICY.standards] == [row[0] for row in STANDARD_ROWS]


def test_a_time_standard_holds_from_its_first_day():
    assert POLICY.standards_of("stroke", date(2025, 12, 31)) == ()
    assert len(POLICY.standards_of("stroke", date(2026, 1, 1))) == 7


def test_the_conditions_are_those_of_the_design():
    assert tuple(condition.code for condition in POLICY.conditions) == CONDITIONS
    assert POLICY.condition("sunburn") is None
    for condition in POLICY.conditions:
        assert set(condition.specialties) <= codes_of("specialties")
        assert set(condition.services) <= codes_of("services")
        assert set(condition.equipment) <= codes_of("equipment_kinds")


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_way_runs_from_onset_over_contact_request_and_departure_to_arrival(condition):
    codes = [milestone.code for milestone in POLICY.milestones_of(condition)]
    common = ["onset", "first_contact", "first_door", "decision", "request_sent", "answer", "door_out", "door_in"]
    assert [code for code in codes if code in common] == common


def test_a_condition_that_is_not_in_the_policy_has_no_milestones():
    assert POLICY.milestones_of("") == POLICY.milestones_of("sunburn") == ()


def test_every_milestone_is_on_the_way_of_a_condition():
    used = {code for condition in POLICY.conditions for code in condition.milestones}
    assert used == {milestone.code for milestone in POLICY.milestones}


def test_the_critical_signs_are_marked_as_an_example():
    assert POLICY.triggers_id == "critical-triggers-example"
    assert {trigger.confidence for trigger in POLICY.triggers} == {Confidence.UNCERTAIN}
    assert [trigger.condition for trigger in POLICY.triggers if trigger.condition != "other"] == [
        "chest_pain",
        "stroke",
        "trauma",
    ]
    assert len(POLICY.triggers) == 8


# --- The packet ---


def required(urgency, direction, condition=""):
    return [item.code for item in POLICY.required_items(urgency, direction, condition)]


@pytest.mark.parametrize("condition", ["", *CONDITIONS])
@pytest.mark.parametrize("direction", ReferralDirection)
def test_an_emergency_asks_for_at_most_eight_answers(direction, condition):
    assert 5 < len(required(EMERGENCY, direction, condition)) <= 8


def test_a_stroke_emergency_asks_for_what_decides_the_treatment():
    assert required(EMERGENCY, "up", "stroke") == [
        "main_problem",
        "last_known_well",
        "stroke_signs",
        "consciousness",
        "systolic_pressure",
        "heart_rate",
        "oxygen_saturation",
        "treatment_given",
    ]


def test_a_transfer_back_hands_over_what_the_design_names():
    assert required(EMERGENCY, "down") == [
        "final_diagnosis",
        "care_given",
        "drugs_to_continue",
        "devices",
        "warning_signs",
        "send_back_if",
        "follow_up_date",
        "named_doctor",
    ]
    more = {"down_reason", "present_state", "drug_days_left", "care_needed", "family_agrees", "allergy"}
    assert set(required(ROUTINE, "down")) == {
        *required(EMERGENCY, "down"),
        *more,
        "infection_risk",
        "family_contact",
    }


def test_a_routine_referral_needs_reason_findings_and_a_question():
    assert required(ROUTINE, "up") == [
        "main_problem",
        "question",
        "up_reason",
        "history",
        "findings",
        "diagnosis",
        "current_drugs",
        "allergy",
        "infection_risk",
        "family_contact",
    ]


def test_an_expert_is_asked_a_question_and_told_nothing_that_identifies():
    assert required(ROUTINE, "consult")[0] == "consult_question"
    assert not any(item.is_identifying for item in POLICY.packet_items(ROUTINE, "consult"))


def test_only_the_telephone_of_the_family_identifies():
    assert [item.code for item in POLICY.packet if item.is_identifying] == ["family_contact"]


def test_no_blood_pressure_is_asked_of_a_newborn():
    assert "systolic_pressure" in required(EMERGENCY, "up", "other")
    assert "systolic_pressure" not in required(EMERGENCY, "up", "critical_newborn_child")
    assert {"weight", "child_temperature"} <= set(required(EMERGENCY, "up", "critical_newborn_child"))


def test_what_belongs_to_a_condition_is_not_asked_without_one():
    assert not {"ecg_finding", "weight"} & {item.code for item in POLICY.packet_items(EMERGENCY, "up", "")}


def test_reasons_are_the_grounds_of_the_published_list():
    reasons = {item.code: [choice.code for choice in item.choices] for item in POLICY.packet}
    assert len(reasons["up_reason"]) == 7
    assert len(reasons["down_reason"]) == 6


@given(
    urgency=st.sampled_from(ReferralUrgency),
    direction=st.sampled_from(ReferralDirection),
    condition=st.sampled_from(["", *CONDITIONS]),
)
def test_what_is_required_is_asked_and_in_the_order_of_the_file(urgency, direction, condition):
    asked = POLICY.packet_items(urgency, direction, condition)
    needed = POLICY.required_items(urgency, direction, condition)
    assert [item for item in asked if item in needed] == list(needed)
    assert [item for item in POLICY.packet if item in asked] == list(asked)
    assert len({item.name.zh for item in asked}) == len({item.name.en for item in asked}) == len(asked)


def test_every_item_is_asked_somewhere():
    asked = {
        item.code
        for urgency in ReferralUrgency
        for direction in ReferralDirection
        for condition in ("", *CONDITIONS)
        for item in POLICY.packet_items(urgency, direction, condition)
    }
    assert asked == {item.code for item in POLICY.packet}
