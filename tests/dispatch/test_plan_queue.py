"""The queue of searches: one at a time, taken up again when its process is lost, kept only by who holds it."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from lianyi.dispatch import commands, plan_queue
from lianyi.dispatch.commands.plan_runs import fail_run
from lianyi.dispatch.errors import PlanRunRefusedError, ScenarioRefusedError
from lianyi.dispatch.models import PlanRun
from lianyi.operations.plan_solving import solve_one
from tests.cast import Scene, acting_as, actor_for, as_service
from tests.dispatch.page_parts import client_of, page_of, words
from tests.dispatch.plan_story import Planning, lines_of, planning, with_a_watch


@pytest.fixture
def story(scene: Scene) -> Planning:
    return planning(scene)


def asked(story: Planning, name: str) -> PlanRun:
    return commands.ask_for_run(acting_as(story.scene.office_jia), story.scenario(name))


def test_searches_are_taken_up_one_at_a_time_in_the_order_asked(story: Planning) -> None:
    story.need()
    first, second = asked(story, "甲案"), asked(story, "乙案")
    assert plan_queue.waiting()
    assert plan_queue.claim() == first
    assert plan_queue.claim() is None
    first.refresh_from_db()
    fail_run(as_service(), first, "memory", "…")
    assert plan_queue.claim() == second


def home_of(client: Client) -> str:
    return words(client.get("/").content.decode())


def test_a_search_that_nothing_takes_up_is_told_on_its_page_and_to_the_administrator(story: Planning) -> None:
    story.need()
    administrator = client_of(actor_for("keeper", story.scene.jia.pk, "administrator"))
    warning = "A search for a plan waits and no process takes it up. On the server, “lianyi check” tells"
    first, second = asked(story, "甲案"), asked(story, "乙案")

    def told(run: PlanRun) -> str:
        return words(page_of(client_of(story.scene.office_jia), "dispatch:plan-scenario-progress", run.scenario_id))

    assert "It begins within seconds." in told(first)
    assert warning not in home_of(administrator)
    long_ago = timezone.now() - plan_queue.UNTAKEN_AFTER - datetime.timedelta(seconds=1)
    PlanRun.objects.update(asked_at=long_ago)
    assert "no process takes searches up" in told(first)
    assert "no process takes searches up" in told(second)
    assert warning in home_of(administrator)
    assert warning not in home_of(client_of(story.scene.office_jia))
    assert plan_queue.claim() == first
    assert "1 search comes first." in told(second)
    PlanRun.objects.filter(pk=first.pk).update(heartbeat_at=long_ago)
    assert "no process takes searches up" in told(first)
    # Whoever waited for another one has not waited in vain.
    PlanRun.objects.filter(pk=first.pk).update(state="stopped", finished_at=timezone.now())
    assert "It begins within seconds." in told(second)


@with_a_watch
def test_a_search_whose_process_is_lost_is_taken_up_again_from_the_best_so_far(story: Planning) -> None:
    need = story.need()
    run = asked(story, "甲案")
    lost = plan_queue.claim()
    assert lost is not None
    best = {"lines": [[story.scene.an.pk, need.pk, 0, 5]], "goals": []}
    assert plan_queue.beat(lost, best=best, seconds_gone=4.0)
    assert plan_queue.claim() is None
    long_ago = timezone.now() - datetime.timedelta(seconds=plan_queue.SECONDS_UNTIL_LOST + 1)
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)
    assert plan_queue.waiting()
    done = solve_one()
    assert done is not None
    assert (done.state, done.attempts) == ("done", 2)
    assert len(lines_of(done.scenario)) == 1
    with pytest.raises(PlanRunRefusedError):
        fail_run(as_service(), lost, "memory", "…")
    assert not plan_queue.beat(lost)


@with_a_watch
def test_a_search_that_loses_its_process_again_and_again_fails(story: Planning) -> None:
    story.need()
    run = asked(story, "甲案")
    PlanRun.objects.filter(pk=run.pk).update(attempts=plan_queue.MOST_ATTEMPTS)
    done = solve_one()
    assert done is not None
    assert (done.state, done.error_code) == ("failed", "search-lost-often")


@with_a_watch
def test_a_locked_line_that_is_no_longer_possible_ends_the_search_with_the_reason(story: Planning) -> None:
    need = story.need()
    row = story.scenario()
    line = story.line(row, story.scene.an, need, 0, 5)
    story.scene.an.unavailabilities.create(starts_on=need.starts_on, ends_on=need.starts_on, kind="leave")
    run = story.searched(row)
    assert (run.state, run.error_code) == ("failed", "locked-line")
    commands.unlock_line(acting_as(story.scene.office_jia), line, line.version)
    assert story.searched(row).state == "done"
    assert [found[0] for found in lines_of(row)] != ["样例甲"]


def test_a_scenario_is_not_changed_under_the_hands_of_its_search(story: Planning) -> None:
    need = story.need()
    run = asked(story, "甲案")
    with pytest.raises(ScenarioRefusedError) as refused:
        story.line(run.scenario, story.scene.an, need, 0, 5)
    assert refused.value.params["reason"] == "scenario-searching"
    with pytest.raises(ScenarioRefusedError):
        commands.ask_for_run(acting_as(story.scene.office_jia), run.scenario)
