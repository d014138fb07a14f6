"""Searches for plans of rounds: asked for on the site, taken from the queue, shown before anything is planned."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands, plan_queue
from lianyi.dispatch.commands import NewClosure, RoundSearchWish
from lianyi.dispatch.errors import PlanRunRefusedError
from lianyi.dispatch.models import PlanRun, RoundPlan, RoundVisit
from lianyi.dispatch.rounds_comparison import comparison_of
from lianyi.errors import InvalidInputError
from lianyi.operations.plan_solving import solve_one
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.dispatch.plan_story import planning, with_a_watch
from tests.dispatch.rounds_story import Driving, at, driving, next_monday

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def story(scene: Scene) -> Driving:
    found = driving(scene, required_visits=1, period="week", least_days_between=2)
    for code, east, north in (("JIA1", 104.0, 30.0), ("XIANG", 104.2, 30.1), ("CUN", 104.3, 30.05)):
        Institution.objects.filter(code=code).update(longitude=east, latitude=north, given_coordinate_system="wgs84")
    return found


def wish(weeks: int = 1, seconds: int = 1) -> RoundSearchWish:
    return RoundSearchWish(next_monday(), next_monday() + (7 * weeks - 1) * ONE_DAY, seconds)


def asked(story: Driving, wanted: RoundSearchWish | None = None) -> PlanRun:
    return commands.ask_for_round_run(acting_as(story.office), story.programme, wanted or wish())


def searched(story: Driving, wanted: RoundSearchWish | None = None) -> PlanRun:
    asked(story, wanted)
    run = solve_one()
    assert run is not None
    return run


def visits_of(plan: RoundPlan) -> list[tuple[int, str]]:
    return sorted((line["stop"], line["day"]) for line in plan.lines)


@with_a_watch
def test_a_search_makes_a_proposal_and_nothing_is_planned_before_it_is_taken_over(story: Driving) -> None:
    run = searched(story)
    assert (run.kind, run.state, run.error_code, run.attempts) == ("rounds", "done", "", 1)
    plan = RoundPlan.objects.get()
    assert run.plan == plan
    assert (plan.state, plan.origin, plan.made_by.username) == ("proposed", "planned", run.asked_by.username)
    assert (plan.starts_on, plan.ends_on) == (next_monday(), next_monday() + 6 * ONE_DAY)
    assert sorted(line["stop"] for line in plan.lines) == [story.xiang.pk, story.cun.pk]
    # One tour to both drives less than two ways there and back.
    assert len({line["day"] for line in plan.lines}) == 1
    assert (plan.figures["coverage"], plan.figures["team_days"], plan.unmet) == (1.0, 1, [])
    assert not RoundVisit.objects.exists()
    story.taken_over(plan)
    assert [row.travel_minutes is not None for row in RoundVisit.objects.all()] == [True, True]
    actions = AuditEvent.objects.filter(action__startswith="dispatch.plan_run").order_by("sequence")
    assert [event.action for event in actions] == ["dispatch.plan_run.ask_rounds", "dispatch.plan_run.finish_rounds"]


@with_a_watch
def test_a_search_changes_what_is_planned_as_little_as_a_closed_road_allows(story: Driving) -> None:
    monday = next_monday()
    story.taken_over(story.proposed(story.line(story.xiang, monday), story.line(story.cun, monday + ONE_DAY)))
    closure = NewClosure(starts_on=monday + ONE_DAY, ends_on=monday + ONE_DAY, kind="weather")
    commands.close_stops(acting_as(story.office), story.programme, [story.cun.pk], closure)
    run = searched(story)
    assert run.plan is not None, (run.error_code, run.error)
    found = comparison_of(run.plan, timezone.localdate())
    assert found.counts.get("moved") == 1
    assert {change.line.stop_id for change in found.changes if change.line and change.kind != "moved"} == {
        story.xiang.pk
    }


@with_a_watch
def test_visits_left_open_keep_their_reason(story: Driving) -> None:
    commands.change_stop(acting_as(story.office), story.cun, {"skills": "05"}, story.cun.version)
    run = searched(story)
    assert run.plan is not None, (run.error_code, run.error)
    assert [(each["stop_code"], each["missing"], each["reason"]) for each in run.plan.unmet] == [("C", 1, "no_skill")]
    assert [line["stop"] for line in run.plan.lines] == [story.xiang.pk]


@with_a_watch
def test_a_search_keeps_the_hours_of_stops_and_tells_the_visits_that_they_leave_open(story: Driving) -> None:
    hours = {"opens_at": at("13:00"), "closes_at": at("17:00")}
    commands.change_stop(acting_as(story.office), story.cun, hours, story.cun.version)
    commands.change_stop(acting_as(story.office), story.xiang, {"closes_at": at("08:30")}, story.xiang.version)
    run = searched(story)
    assert run.plan is not None, (run.error_code, run.error)
    [line] = run.plan.lines
    assert (line["stop"], line["arrives"], line["departs"]) == (story.cun.pk, "13:00", "15:00")
    assert [(each["stop_code"], each["missing"], each["reason"]) for each in run.plan.unmet] == [("X", 1, "hours")]
    assert run.plan.figures["coverage"] == 0.5
    text = words(page_of(client_of(story.office), "dispatch:round-plan", run.plan.pk))
    assert "no team can be there while the stop is open" in text


def test_a_search_of_rounds_stands_in_the_same_queue_as_one_of_postings(story: Driving, scene: Scene) -> None:
    other = planning(scene)
    other.need()
    first = commands.ask_for_run(acting_as(scene.office_jia), other.scenario())
    second = asked(story)
    assert plan_queue.claim() == first
    assert plan_queue.claim() is None
    PlanRun.objects.filter(pk=first.pk).update(state="stopped")
    taken = plan_queue.claim()
    assert taken == second
    assert taken is not None
    assert taken.programme == story.programme


@with_a_watch
def test_a_search_whose_process_is_lost_is_taken_up_from_the_best_so_far(story: Driving) -> None:
    run = asked(story)
    lost = plan_queue.claim()
    assert lost is not None
    friday = (next_monday() + 4 * ONE_DAY).isoformat()
    best = {"days": [["T1", next_monday().isoformat(), ["X"]], ["T1", friday, ["C"]]], "trips": []}
    assert plan_queue.beat(lost, best=best, seconds_gone=1.0)
    assert plan_queue.claim() is None
    long_ago = timezone.now() - datetime.timedelta(seconds=plan_queue.SECONDS_UNTIL_LOST + 1)
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)
    done = solve_one()
    assert done is not None
    assert (done.attempts, done.error_code) == (2, "")
    assert done.plan is not None
    assert len(done.plan.lines) == 2
    with pytest.raises(PlanRunRefusedError):
        commands.stop_run(acting_as(story.office), done)


@with_a_watch
def test_a_best_so_far_that_is_no_longer_possible_is_not_taken_up(story: Driving) -> None:
    run = asked(story)
    assert plan_queue.claim() is not None
    sunday = (next_monday() + 6 * ONE_DAY).isoformat()
    best = {"days": [["T1", sunday, ["X", "C"]], ["gone", sunday, ["C"]]], "trips": []}
    long_ago = timezone.now() - datetime.timedelta(seconds=plan_queue.SECONDS_UNTIL_LOST + 1)
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago, best=best)
    done = solve_one()
    assert done is not None
    assert done.plan is not None
    assert sunday not in {line["day"] for line in done.plan.lines}


@with_a_watch
def test_a_search_that_can_plan_nothing_fails_with_the_reason(story: Driving) -> None:
    for stop in (story.xiang, story.cun):
        commands.change_stop(acting_as(story.office), stop, {"skills": "05"}, stop.version)
    run = searched(story)
    assert (run.state, run.error_code, run.plan) == ("failed", "invalid-input", None)
    text = words(page_of(client_of(story.office), "dispatch:round-plans", story.programme.pk))
    assert "No visit could be planned" in text


def test_a_programme_has_one_search_at_a_time_and_only_for_days_it_has(story: Driving) -> None:
    asked(story)
    with pytest.raises(PlanRunRefusedError) as refused:
        asked(story)
    assert refused.value.params["reason"] == "search-on"
    PlanRun.objects.update(state="stopped")
    over = RoundSearchWish(today_and(-20), today_and(-10))
    reversed_days = RoundSearchWish(next_monday() + ONE_DAY, next_monday())
    long = RoundSearchWish(today_and(-190), today_and(399))
    hours = RoundSearchWish(next_monday(), next_monday(), seconds=3601)
    for wrong, reason in (
        (over, "round-search-over"),
        (reversed_days, "round-search-days"),
        (long, "round-search-long"),
        (hours, "scenario-seconds"),
    ):
        with pytest.raises(InvalidInputError) as invalid:
            asked(story, wrong)
        assert invalid.value.params["reason"] == reason


def test_a_search_belongs_to_one_thing_and_the_database_sees_to_it(story: Driving) -> None:
    run = asked(story)
    for wrong in ({"kind": "postings"}, {"programme": None}, {"last_day": None}, {"last_day": today_and(-400)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanRun.objects.filter(pk=run.pk).update(**wrong)
    facts = {name: getattr(run, name) for name in ("kind", "programme", "first_day", "last_day", "asked_by")}
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRun.objects.create(**facts, asked_at=timezone.now())


def test_only_who_plans_the_agreement_asks_for_a_search_and_stops_it(story: Driving) -> None:
    with pytest.raises(NotPermittedError):
        commands.ask_for_round_run(acting_as(story.scene.office_lin), story.programme, wish())
    run = asked(story)
    with pytest.raises(NotPermittedError):
        commands.stop_run(acting_as(story.scene.office_lin), run)
    stopped = commands.stop_run(acting_as(story.office), run)
    assert (stopped.state, solve_one()) == ("stopped", None)


@with_a_watch
def test_the_office_asks_on_the_page_watches_stops_and_opens_the_plan(story: Driving) -> None:
    office = client_of(story.office)
    given = {"first": next_monday(), "last": next_monday() + 6 * ONE_DAY, "seconds": 1}
    sent = send(office, "dispatch:round-search", story.programme.pk, **given)
    assert sent.status_code == 302, sent.content.decode()[:3000]
    text = words(page_of(office, "dispatch:round-plans", story.programme.pk))
    assert "It begins within seconds." in text
    assert "Stop and keep the best so far" in text
    again = send(office, "dispatch:round-search", story.programme.pk, **given)
    assert (again.status_code, "is on. Wait for it" in again.content.decode()) == (422, True)
    run = plan_queue.claim()
    assert run is not None
    plan_queue.beat(run, best={"visits": 7, "missing": 2}, stage="planning", seconds_gone=0.4)
    text = words(page_of(office, "dispatch:round-search-progress", story.programme.pk))
    assert "best so far: 7 visits, 2 left open" in text
    assert "making the plan" in text
    send(office, "dispatch:plan-run-stop", run.pk)
    assert "it stops" in words(page_of(office, "dispatch:round-search-progress", story.programme.pk))
    long_ago = timezone.now() - datetime.timedelta(seconds=plan_queue.SECONDS_UNTIL_LOST + 1)
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago, is_stop_asked=False)
    assert solve_one() is not None
    text = words(page_of(office, "dispatch:round-plans", story.programme.pk))
    assert "made by the planner" in text
    page = words(page_of(office, "dispatch:round-plan", RoundPlan.objects.get().pk))
    assert "Visits planned of those due, by residents 100.0 %" in page


def test_what_cannot_be_planned_is_said_before_a_search_waits(story: Driving) -> None:
    Institution.objects.filter(code="CUN").update(longitude=None, latitude=None, given_coordinate_system="")
    given = {"first": next_monday(), "last": next_monday() + 6 * ONE_DAY, "seconds": 1}
    sent = send(client_of(story.office), "dispatch:round-search", story.programme.pk, **given)
    assert (sent.status_code, "东村卫生室" in sent.content.decode()) == (422, True)
    assert not PlanRun.objects.exists()


def test_the_parties_of_the_agreement_see_the_search(story: Driving) -> None:
    asked(story)
    text = words(page_of(client_of(story.scene.office_shan), "dispatch:round-plans", story.programme.pk))
    assert "It begins within seconds." in text
