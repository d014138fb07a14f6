"""Rounds: programmes, crews, stops, what became of visits, how often, and what counts for a duty."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.commands import NewClosure, NewCrew, NewProgramme
from lianyi.dispatch.errors import RoundVisitRefusedError
from lianyi.dispatch.models import RoundVisit, VisitReason, VisitService
from lianyi.dispatch.rounds_calendar import span_of_week, week_of
from lianyi.dispatch.rounds_checks import Wanted
from lianyi.dispatch.rounds_counter import count_rounds
from lianyi.dispatch.rounds_frequency import ProgrammeAccount, account_of
from lianyi.dispatch.rounds_rules import frequency_rules, rule_of
from lianyi.dispatch.rounds_texts import shortfall_word
from lianyi.errors import InvalidInputError
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import CountRequest
from lianyi.partnerships.models import Duty
from lianyi.partnerships.rulebook import rule_book
from tests.cast import Scene, acting_as, actor_for, day, make_staff
from tests.dispatch.needs_story import today_and
from tests.dispatch.rounds_story import EIGHT, FIVE, NOON, Driving, at, driving, next_monday


@pytest.fixture
def story(scene: Scene) -> Driving:
    return driving(scene)


@pytest.fixture
def year_2024(scene: Scene) -> Driving:
    return driving(scene, "2024-01-01", "2024-12-31")


def refused(reason: str, run: Any, *args: Any, **more: Any) -> None:
    with pytest.raises((InvalidInputError, RoundVisitRefusedError)) as error:
        run(*args, **more)
    assert error.value.params["reason"] == reason


def test_the_rule_of_mobile_medicine_brings_its_frequency_and_refuses_another(story: Driving) -> None:
    asked = {rule.key: (rule.visits, rule.period) for rule in frequency_rules(rule_book())}
    assert asked["mobile-medicine-2024/village-rounds"] == (1, "week")
    assert asked["mobile-medicine-2024/township-rounds"] == (1, "month")
    assert asked["mobile-medicine-2024/county-rounds"] == (1, "quarter")
    assert rule_of(rule_book(), "mobile-medicine-2024/nothing") is None
    weekly = {"rule": "mobile-medicine-2024/village-rounds", "required_visits": 1, "period": "week"}
    row = commands.change_programme(
        acting_as(story.office), rule_book(), story.programme, weekly, story.programme.version
    )
    assert (row.period, row.rule) == ("week", "mobile-medicine-2024/village-rounds")
    refused(
        "round-rule-differs",
        commands.change_programme,
        acting_as(story.office),
        rule_book(),
        row,
        {"period": "month"},
        row.version,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "flying_hospital"}, "round-code-unknown"),
        ({"ends_on": day("2001-01-01")}, "round-dates-reversed"),
        ({"required_visits": 0}, "round-number"),
        ({"least_days_between": 9, "most_days_between": 3}, "round-number"),
        ({"rule": "mobile-medicine-2024/nothing"}, "round-rule-unknown"),
        ({"code": "OTHER"}, "fields-fixed"),
    ],
)
def test_what_no_programme_can_say_is_refused(story: Driving, changes: dict[str, Any], reason: str) -> None:
    row = story.programme
    refused(reason, commands.change_programme, acting_as(story.office), rule_book(), row, changes, row.version)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"weekdays": "89"}, "round-weekdays"),
        ({"weekdays": ""}, "round-number"),
        ({"skills": "99.99"}, "round-code-unknown"),
        ({"day_ends_at": EIGHT}, "round-hours-reversed"),
        ({"break_minutes": 60}, "round-break-without-time"),
        ({"break_minutes": 60, "break_from": at("18:00")}, "round-break-without-time"),
        ({"break_minutes": 540, "break_from": NOON}, "round-number"),
    ],
)
def test_what_no_team_on_the_road_can_say_is_refused(story: Driving, changes: dict[str, Any], reason: str) -> None:
    refused(reason, commands.change_crew, acting_as(story.office), story.bus, changes, story.bus.version)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"required_visits": 2}, "round-frequency-half"),
        ({"service_minutes": 0}, "round-number"),
        ({"opens_at": NOON, "closes_at": EIGHT}, "round-hours-reversed"),
        ({"starts_on": day("2024-05-01"), "ends_on": day("2024-04-01")}, "round-dates-reversed"),
    ],
)
def test_what_no_stop_can_say_is_refused(story: Driving, changes: dict[str, Any], reason: str) -> None:
    refused(reason, commands.change_stop, acting_as(story.office), story.cun, changes, story.cun.version)


def test_a_team_is_on_the_road_once_and_belongs_to_the_agreement(story: Driving) -> None:
    again = NewCrew(team_id=story.bus.team_id, start_id=story.scene.jia.pk, day_starts_at=EIGHT, day_ends_at=FIVE)
    refused("round-team-taken", commands.create_crew, acting_as(story.office), story.programme, again)
    other = story.scene.agreement("JS-OTHER")
    team = commands.create_team(acting_as(story.office), other, commands.NewTeam("T9", "别队"))
    foreign = NewCrew(team_id=team.pk, start_id=story.scene.jia.pk, day_starts_at=EIGHT, day_ends_at=FIVE)
    refused("round-team-elsewhere", commands.create_crew, acting_as(story.office), story.programme, foreign)
    refused("round-code-taken", story.stop, "X", story.scene.xiang)
    taken = NewProgramme(
        code="BUS",
        name_zh="又一个",
        kind="walking_doctor",
        starts_on=day("2024-01-01"),
        ends_on=day("2024-12-31"),
        required_visits=1,
        period="week",
    )
    refused("round-code-taken", commands.create_programme, acting_as(story.office), rule_book(), story.agreement, taken)


def test_who_has_no_part_in_the_agreement_finds_nothing_and_writes_nothing(story: Driving) -> None:
    lin, shan = story.scene.office_lin, story.scene.office_shan
    assert list(rounds_queries.programmes(lin)) == []
    with pytest.raises(NotFoundInScopeError):
        rounds_queries.programme(lin, story.programme.pk)
    with pytest.raises(NotPermittedError):
        commands.change_programme(
            acting_as(lin), rule_book(), story.programme, {"name_zh": "别名"}, story.programme.version
        )
    assert [row.code for row in rounds_queries.programmes(shan)] == ["BUS"]
    [row] = rounds_queries.programmes(shan)
    assert (row.stop_count, row.crew_count, row.last_held_on) == (2, 1, None)


def test_a_visit_planned_by_hand_keeps_to_days_hours_roads_and_skills(story: Driving) -> None:
    monday = next_monday()
    plan = commands.plan_visit
    context = acting_as(story.office)
    made = plan(context, Wanted(story.cun, story.bus, monday, at("09:00"), at("11:00")))
    assert (made.state, made.was_planned, made.day) == ("planned", True, monday)
    refused("twice", plan, acting_as(story.office), Wanted(story.cun, story.bus, monday))
    refused("weekday", plan, acting_as(story.office), Wanted(story.cun, story.bus, monday - datetime.timedelta(days=1)))
    late = Wanted(story.xiang, story.bus, monday, at("16:00"), at("18:00"))
    refused("hours", plan, acting_as(story.office), late)
    refused("round-day-over", plan, acting_as(story.office), Wanted(story.xiang, story.bus, today_and(-3)))
    closure = NewClosure(starts_on=monday, ends_on=monday, kind="weather", reason="大雪")
    commands.close_stops(acting_as(story.office), story.programme, [story.xiang.pk], closure)
    refused("closed", plan, acting_as(story.office), Wanted(story.xiang, story.bus, monday))
    [noted] = rounds_queries.closures(story.office, story.programme, monday)
    commands.take_back_closure(acting_as(story.office), noted, noted.version)
    asking = commands.change_stop(acting_as(story.office), story.xiang, {"skills": "05"}, story.xiang.version)
    refused("skills", plan, acting_as(story.office), Wanted(asking, story.bus, monday))
    after = story.programme.ends_on + datetime.timedelta(days=1)
    refused("outside-programme", plan, acting_as(story.office), Wanted(story.cun, story.bus, after))


def test_a_visit_is_recorded_with_counts_and_corrected_only_with_a_reason(story: Driving) -> None:
    visit = story.planned(story.cun, today_and(-5))
    story.record(
        visit,
        state="done",
        held_on=today_and(-5),
        began_at=at("09:20"),
        ended_at=at("11:30"),
        people_seen=23,
        services={"consultation": 20, "follow_up": 0},
        note="井边路滑",
    )
    assert (visit.state, visit.people_seen, visit.services) == ("done", 23, {"consultation": 20, "follow_up": 0})
    shorter = {"state": "shortened", "held_on": today_and(-5), "reason_code": "weather", "people_seen": 21}
    refused("round-correction-without-reason", story.record, visit, **shorter)
    story.record(visit, "复核登记本", **shorter)
    assert (visit.state, visit.people_seen, visit.services, visit.reason_code) == ("shortened", 21, {}, "weather")
    steps = [(event.step, event.to_state) for event in rounds_queries.events_of_visit(story.office, visit)]
    assert steps == [("record", "done"), ("correct", "shortened")]
    events = AuditEvent.objects.filter(object_type="dispatch.roundvisit", object_id=visit.pk).order_by("sequence")
    assert [event.action for event in events] == ["dispatch.round_visit.record", "dispatch.round_visit.correct"]
    assert events[1].before["people_seen"] == 23


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"state": "planned"}, "round-code-unknown"),
        ({"state": "missed"}, "round-shortfall-without-reason"),
        ({"state": "missed", "reason_code": "road", "people_seen": 3}, "round-missed-with-people"),
        ({"state": "shortened", "held_on": day("2024-05-06")}, "round-shortfall-without-reason"),
        ({"state": "done"}, "round-held-day"),
        ({"state": "done", "held_on": day("2124-05-06")}, "round-held-day"),
        ({"state": "done", "held_on": day("2024-05-06"), "services": {"surgery": 1}}, "round-code-unknown"),
        ({"state": "done", "held_on": day("2024-05-06"), "services": {"test": -1}}, "round-number"),
        ({"state": "done", "held_on": day("2024-05-06"), "began_at": NOON, "ended_at": EIGHT}, "round-hours-reversed"),
    ],
)
def test_what_no_record_of_a_visit_can_say_is_refused(story: Driving, said: dict[str, Any], reason: str) -> None:
    refused(reason, story.record, story.planned(story.cun, today_and(-5)), **said)


def test_a_visit_ahead_is_not_missed_and_a_withdrawn_one_is_not_recorded(story: Driving) -> None:
    visit = commands.plan_visit(acting_as(story.office), Wanted(story.cun, story.bus, next_monday()))
    refused("round-missed-ahead", story.record, visit, state="missed", reason_code="weather")
    refused("round-without-reason", commands.withdraw_visit, acting_as(story.office), visit, visit.version)
    commands.withdraw_visit(acting_as(story.office, "集市改期"), visit, visit.version)
    assert visit.state == "withdrawn"
    refused("round-withdrawn", story.record, visit, state="done", held_on=today_and(0))
    refused("round-not-planned", commands.withdraw_visit, acting_as(story.office, "再次"), visit, visit.version)
    assert list(rounds_queries.visits(story.office)) == []
    again = commands.plan_visit(acting_as(story.office), Wanted(story.cun, story.bus, visit.day))
    assert again.pk != visit.pk


def test_a_visit_that_no_plan_had_is_on_record_too(story: Driving) -> None:
    visit = story.held(story.cun, today_and(-2).isoformat(), people_seen=7)
    assert (visit.was_planned, visit.day, visit.held_on) == (False, today_and(-2), today_and(-2))
    refused("twice", story.held, story.cun, today_and(-2).isoformat())
    refused("round-unplanned-held", story.held, story.cun, "2024-05-06", state="missed", reason_code="road")


def test_a_person_of_the_team_records_its_visits_and_nobody_elses(story: Driving) -> None:
    scene = story.scene
    leader = actor_for("leader", scene.jia.pk, "posted_staff")
    other = actor_for("other", scene.jia.pk, "posted_staff")
    head = actor_for("head", scene.jia.pk, "department_head", scene.emergency.pk)
    staff = make_staff(scene.jia, "L1", "样例队长", department=scene.emergency)
    staff.user_id = leader.user_id
    staff.save(update_fields=["user"])
    story.bus.team.leader = staff
    story.bus.team.save(update_fields=["leader"])
    said = {"state": "done", "held_on": today_and(-1), "people_seen": 4}
    visit = story.planned(story.cun, today_and(-1))
    for actor in (other, head):
        with pytest.raises(NotPermittedError):
            story.record(visit, actor=actor, **said)
    story.record(visit, actor=leader, **said)
    assert visit.people_seen == 4
    with pytest.raises(NotPermittedError):
        commands.change_stop(acting_as(leader), story.cun, {"service_minutes": 30}, story.cun.version)


def test_the_database_refuses_a_visit_held_on_no_day_and_two_at_once(story: Driving) -> None:
    visit = story.planned(story.cun, today_and(3))
    for wrong in ({"state": "done"}, {"state": "missed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoundVisit.objects.filter(pk=visit.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        story.planned(story.cun, today_and(3))


def account(story: Driving, today: str) -> ProgrammeAccount:
    stops = list(rounds_queries.stops(story.office, story.programme))
    return account_of(story.programme, stops, rounds_queries.visits(story.office), day(today))


def test_coverage_weighs_each_stop_by_how_often_it_is_to_be_visited(year_2024: Driving) -> None:
    story = year_2024
    weekly = {"required_visits": 2, "period": "month"}
    commands.change_stop(acting_as(story.office), story.xiang, weekly, story.xiang.version)
    for on in ("2024-01-10", "2024-01-24", "2024-01-30", "2024-02-07"):
        story.held(story.xiang, on)
    story.held(story.cun, "2024-01-15")
    story.record(story.planned(story.cun, day("2024-02-12")), state="missed", reason_code="weather")
    found = account(story, "2024-03-05")
    cun, xiang = found.stops
    assert (cun.required, cun.counted, xiang.required, xiang.counted) == (2, 1, 4, 3)
    assert found.coverage == pytest.approx(4 / 6)
    assert (found.judged, found.fully_served) == (2, 0)
    assert (cun.last_held_on, cun.days_since) == (day("2024-01-15"), 50)
    assert [(each.period.period.label, each.reasons) for each in cun.shortfalls] == [("2024-02", ("weather",))]
    assert [(each.period.period.label, each.reasons) for each in xiang.shortfalls] == [("2024-02", ("not_planned",))]


def test_a_period_that_runs_is_not_judged_and_nothing_due_is_not_zero(year_2024: Driving) -> None:
    found = account(year_2024, "2024-01-31")
    assert (found.coverage, found.required, found.judged) == (None, 0, 0)
    assert account(year_2024, "2024-02-01").coverage == 0.0
    assert [each.days_since for each in found.stops] == [None, None]


def test_why_a_period_fell_short_is_told_from_records_closures_and_the_plan(year_2024: Driving) -> None:
    story = year_2024
    closure = NewClosure(starts_on=day("2024-01-20"), ends_on=day("2024-01-25"), kind="road")
    commands.close_stops(acting_as(story.office), story.programme, [story.cun.pk], closure)
    story.planned(story.cun, day("2024-02-12"))
    found = account(story, "2024-04-01")
    cun = next(each for each in found.stops if each.stop.code == "C")
    assert [each.reasons for each in cun.shortfalls] == [("closed",), ("not_recorded",), ("not_planned",)]
    assert [each.lacking for each in cun.shortfalls] == [1, 1, 1]
    assert cun.unrecorded == 1
    words = [shortfall_word(each.reasons) for each in cun.shortfalls]
    assert words == ["could not be reached", "planned, nothing recorded", "no visit was planned"]
    assert shortfall_word((VisitReason.ROAD, VisitReason.VEHICLE)) == "road closed, vehicle out of order"


def test_a_stop_counts_from_its_first_day_to_its_last(year_2024: Driving) -> None:
    story = year_2024
    half = {"starts_on": day("2024-02-01"), "ends_on": day("2024-04-30")}
    commands.change_stop(acting_as(story.office), story.cun, half, story.cun.version)
    found = account(story, "2024-12-31")
    assert {each.stop.code: each.required for each in found.stops} == {"C": 3, "X": 11}


def test_rounds_held_counts_visits_made_and_judges_nothing_without_a_programme(year_2024: Driving) -> None:
    story = year_2024
    duty = story.scene.duty(story.agreement, "D09", "rounds_held", "2", "round", "month")
    elsewhere = story.scene.duty(story.scene.agreement("JS-BARE"), "D09", "rounds_held", "2", "round", "month")
    story.held(story.cun, "2024-03-04")
    story.held(story.xiang, "2024-03-05", state="shortened", reason_code="ran_late")
    story.record(story.planned(story.cun, day("2024-03-18")), state="missed", reason_code="vehicle")
    # Planned for February, made in March: it counts where it was made.
    story.record(story.planned(story.xiang, day("2024-02-28")), state="done", held_on=day("2024-03-01"))
    asked = [_march(duty), _march(elsewhere), CountRequest(duty, DateSpan(day("2025-01-01"), day("2025-01-31")))]
    march, bare, after = count_rounds(asked)
    assert march is not None
    assert (int(march.value), len(march.row_ids), dict(march.detail)) == (3, 3, {"shortened": 1, "stops": 2})
    assert (bare, after) == (None, None)


def _march(duty: Duty) -> CountRequest:
    return CountRequest(duty, DateSpan(day("2024-03-01"), day("2024-03-31")))


def test_a_week_shows_each_visit_on_the_day_it_was_made(year_2024: Driving) -> None:
    story = year_2024
    story.record(story.planned(story.cun, day("2024-03-04")), state="done", held_on=day("2024-03-06"))
    story.planned(story.xiang, day("2024-03-08"))
    span = span_of_week(day("2024-03-07"))
    assert (span.start, span.end) == (day("2024-03-04"), day("2024-03-10"))
    visits = list(rounds_queries.visits_of(story.office, story.programme, span))
    [line] = week_of(span, list(rounds_queries.crews(story.office, story.programme)), visits, []).crews
    shown = [(each.day.isoformat(), [visit.stop.code for visit in each.visits], each.works) for each in line.days]
    assert shown[:3] == [("2024-03-04", [], True), ("2024-03-05", [], True), ("2024-03-06", ["C"], True)]
    assert shown[4:6] == [("2024-03-08", ["X"], True), ("2024-03-09", [], False)]


def test_every_service_and_reason_has_words_in_both_languages() -> None:
    assert all(str(each.label) for each in (*VisitService, *VisitReason))
