"""Plans of rounds: shown beside what is planned, taken over from today on, done visits untouched."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.commands import NewClosure, NewRoundPlan
from lianyi.dispatch.errors import RoundPlanRefusedError
from lianyi.dispatch.models import RoundPlan, RoundVisit
from lianyi.dispatch.rounds_comparison import ChangeKind, Comparison, comparison_of
from lianyi.dispatch.rounds_plan_file import plan_in
from lianyi.dispatch.rounds_texts import PROBLEM_TEXTS, problem_words
from lianyi.errors import InvalidInputError
from tests.cast import Scene, acting_as
from tests.dispatch.needs_story import today_and
from tests.dispatch.rounds_story import Driving, at, driving, next_monday

ONE_DAY = datetime.timedelta(days=1)
TABLE = "day,team_code,stop_code,position,arrives_at,departs_at,travel_minutes\n"


@pytest.fixture
def story(scene: Scene) -> Driving:
    return driving(scene)


def compared(plan: RoundPlan) -> Comparison:
    return comparison_of(plan, timezone.localdate())


def planned(story: Driving) -> list[tuple[str, datetime.date, str]]:
    rows = rounds_queries.visits(story.office).order_by("day", "stop__code")
    return [(row.stop.code, row.day, row.state) for row in rows]


def test_a_plan_is_shown_before_it_is_taken_over_and_then_becomes_visits(story: Driving) -> None:
    monday = next_monday()
    plan = story.proposed(story.line(story.xiang, monday), story.line(story.cun, monday, 2, "13:00"))
    assert (plan.number, plan.state, planned(story)) == (1, "proposed", [])
    assert compared(plan).counts == {"new": 2}
    story.taken_over(plan)
    assert planned(story) == [("C", monday, "planned"), ("X", monday, "planned")]
    visit = RoundVisit.objects.get(stop=story.cun)
    assert (visit.position, visit.arrives_at, visit.departs_at, visit.plan) == (2, at("13:00"), at("15:00"), plan)
    assert [event.step for event in visit.events.all()] == ["plan"]
    actions = AuditEvent.objects.filter(object_type__startswith="dispatch.round").order_by("sequence")
    assert [event.action for event in actions][-4:] == [
        "dispatch.round_plan.propose",
        "dispatch.round_plan.take_over",
        "dispatch.round_visit.plan",
        "dispatch.round_visit.plan",
    ]
    with pytest.raises(RoundPlanRefusedError):
        story.taken_over(plan)


def test_when_weather_closes_a_road_only_what_must_changes_and_done_visits_stay(story: Driving) -> None:
    monday = next_monday()
    week = [story.line(story.xiang, monday), story.line(story.cun, monday + ONE_DAY)]
    later = [story.line(story.xiang, monday + 7 * ONE_DAY), story.line(story.cun, monday + 8 * ONE_DAY)]
    story.taken_over(story.proposed(*week, *later))
    story.record(story.planned(story.cun, today_and(-1)), state="done", held_on=today_and(-1), people_seen=5)
    closure = NewClosure(starts_on=monday + ONE_DAY, ends_on=monday + ONE_DAY, kind="weather")
    commands.close_stops(acting_as(story.office), story.programme, [story.cun.pk], closure)
    kept = [week[0], *later]
    with pytest.raises(RoundPlanRefusedError) as refused:
        story.proposed(*kept, week[1])
    [problem] = refused.value.params["problems"]  # type: ignore[misc]
    assert (problem.reason, problem.stop) == ("closed", story.cun)
    assert problem_words([problem])[0].endswith(str(PROBLEM_TEXTS["closed"]))
    moved = story.proposed(*kept, story.line(story.cun, monday + 2 * ONE_DAY))
    found = compared(moved)
    assert found.counts == {"same": 3, "moved": 1}
    [change] = found.of_kind(ChangeKind.MOVED)
    assert change.visit is not None
    assert change.line is not None
    assert (change.visit.day, change.line.day) == (monday + ONE_DAY, monday + 2 * ONE_DAY)
    untouched = {row.pk: row.version for row in RoundVisit.objects.exclude(pk=change.visit.pk)}
    story.taken_over(moved)
    assert {row.pk: row.version for row in RoundVisit.objects.exclude(pk=change.visit.pk)} == untouched
    visit = RoundVisit.objects.get(pk=change.visit.pk)
    assert (visit.day, visit.state) == (monday + 2 * ONE_DAY, "planned")
    assert [event.step for event in visit.events.order_by("pk")] == ["plan", "move"]
    assert RoundVisit.objects.get(day=today_and(-1)).people_seen == 5


def test_a_new_plan_withdraws_what_it_does_not_have_and_only_retimes_what_it_keeps(story: Driving) -> None:
    monday = next_monday()
    story.taken_over(story.proposed(story.line(story.xiang, monday), story.line(story.cun, monday, 2, "13:00")))
    plan = story.proposed(story.line(story.cun, monday, 1, "09:00"))
    assert compared(plan).counts == {"retimed": 1, "withdrawn": 1}
    story.taken_over(plan)
    assert planned(story) == [("C", monday, "planned")]
    gone = RoundVisit.objects.get(stop=story.xiang)
    assert (gone.state, [event.step for event in gone.events.order_by("pk")]) == ("withdrawn", ["plan", "withdraw"])


def test_days_that_are_over_are_left_out_and_recorded_visits_stay(story: Driving) -> None:
    today = today_and(0)
    past = next(today - ONE_DAY * back for back in range(1, 8) if (today - ONE_DAY * back).isoweekday() < 6)
    monday = next_monday()
    done = story.planned(story.cun, monday)
    RoundVisit.objects.filter(pk=done.pk).update(state="missed", reason_code="road")
    plan = story.proposed(story.line(story.xiang, past), story.line(story.cun, monday))
    found = compared(plan)
    assert (found.counts, found.lines_over, [row.pk for row in found.recorded]) == ({}, 1, [done.pk])
    story.taken_over(plan)
    assert planned(story) == [("C", monday, "missed")]


def test_lines_that_cannot_be_are_refused_with_every_reason(story: Driving) -> None:
    monday = next_monday()
    sunday = monday - ONE_DAY
    lines = [
        story.line(story.xiang, sunday),
        story.line(story.xiang, monday, 1, "09:00"),
        story.line(story.cun, monday, 2, "10:00"),
        story.line(story.cun, monday, 2, "10:00"),
        story.line(story.cun, monday + ONE_DAY, 1, "16:00"),
    ]
    with pytest.raises(RoundPlanRefusedError) as refused:
        story.proposed(*lines)
    problems = refused.value.params["problems"]
    assert sorted({each.reason for each in problems}) == ["hours", "overlap", "twice", "weekday"]  # type: ignore[attr-defined]
    assert {each.reason for each in problems} <= set(PROBLEM_TEXTS)  # type: ignore[attr-defined]
    empty = NewRoundPlan(starts_on=monday, ends_on=monday, lines=(), origin="imported")
    with pytest.raises(InvalidInputError):
        commands.propose_plan(acting_as(story.office), story.programme, empty)


def test_a_closure_after_the_plan_was_made_stops_its_taking_over(story: Driving) -> None:
    monday = next_monday()
    plan = story.proposed(story.line(story.cun, monday))
    closure = NewClosure(starts_on=monday, ends_on=monday, kind="road")
    commands.close_stops(acting_as(story.office), story.programme, [story.cun.pk], closure)
    with pytest.raises(RoundPlanRefusedError):
        story.taken_over(plan)
    assert (RoundPlan.objects.get().state, planned(story)) == ("proposed", [])


def test_a_plan_is_put_aside_by_whoever_plans_and_by_nobody_with_an_old_version(story: Driving) -> None:
    plan = story.proposed(story.line(story.cun, next_monday()))
    with pytest.raises(NotPermittedError):
        commands.put_plan_aside(acting_as(story.scene.office_lin), plan, plan.version)
    with pytest.raises(StaleVersionError):
        commands.put_plan_aside(acting_as(story.office), plan, plan.version + 1)
    commands.put_plan_aside(acting_as(story.office), plan, plan.version)
    assert (plan.state, plan.settled_at is not None) == ("put_aside", True)


def test_a_file_of_visits_is_read_as_a_plan(story: Driving) -> None:
    monday = next_monday()
    text = f"{TABLE}{monday},T1,X,1,8:40,10:40,40\n{monday + ONE_DAY},T1,C,1,09:00,11:00,\n"
    new = plan_in(story.programme, text.encode(), "visits.csv")
    assert (new.starts_on, new.ends_on, new.origin) == (monday, monday + ONE_DAY, "imported")
    first, second = new.lines
    assert (first.stop_id, first.arrives_at, first.travel_minutes) == (story.xiang.pk, at("08:40"), 40)
    assert (second.crew_id, second.departs_at, second.travel_minutes) == (story.bus.pk, at("11:00"), None)


@pytest.mark.parametrize(
    "row", ["{monday},T1,NOWHERE,1,,,", "{monday},T7,X,1,,,", "{monday},T1,X,1,late,,", "soon,T1,X,1,,,"]
)
def test_a_row_that_is_no_visit_of_the_programme_is_named(story: Driving, row: str) -> None:
    text = TABLE + row.format(monday=next_monday()) + "\n"
    with pytest.raises(RoundPlanRefusedError) as refused:
        plan_in(story.programme, text.encode(), "visits.csv")
    assert str(refused.value.params["rows"]).startswith("2: ")
