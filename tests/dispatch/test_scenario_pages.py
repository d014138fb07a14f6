"""The pages of plan scenarios: made, searched, changed by hand, compared, handed over."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.dispatch import commands
from lianyi.dispatch.models import PlanLine, PlanRun, PlanScenario, Posting
from lianyi.dispatch.scenario_words import GOAL_WORDS
from lianyi.operations.plan_solving import solve_one
from tests.cast import Scene, acting_as
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.plan_story import Planning, first_day, lines_of, planning, with_a_watch


@pytest.fixture
def story(scene: Scene) -> Planning:
    return planning(scene)


@pytest.fixture
def office(story: Planning) -> Client:
    return client_of(story.scene.office_jia)


def facts(story: Planning, **more: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "name": "样例方案",
        "agreements": [str(story.agreement.pk)],
        "first_day": first_day().isoformat(),
        "periods": "6",
        "months_per_period": "1",
        "seconds": "20",
        "most_postings": "1",
        "rest_months": "0",
        "least_on_site": "0",
        "seed": "0",
        "price_need": "1",
        "cost_travel_hour": "1",
        "cost_hardship_month": "1",
        "cost_not_preferred": "5",
        **{f"goal_{goal}": str(place) for place, goal in enumerate(GOAL_WORDS, start=1)},
    }
    return {**usual, **more}


@with_a_watch
def test_a_scenario_is_made_searched_and_handed_over_on_the_pages(story: Planning, office: Client) -> None:
    need = story.need(people=3)
    assert "No plan scenario is on record" in page_of(office, "dispatch:plan-scenarios")
    assert "New plan scenario" in page_of(office, "dispatch:plan-scenario-new")
    answer = office.post(reverse("dispatch:plan-scenario-new"), {"command_key": "new-1", **facts(story)})
    row = PlanScenario.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    html = page_of(office, "dispatch:plan-scenario", row.pk)
    assert "Search for a plan" in html
    assert send(office, "dispatch:plan-scenario-search", row.pk).status_code == 302
    assert "hx-get" in page_of(office, "dispatch:plan-scenario", row.pk)
    assert solve_one() is not None
    html = words(page_of(office, "dispatch:plan-scenario", row.pk))
    assert "12 / 18 person-periods met" in html
    assert "Somebody could come, but not while all of these hold:" in html
    assert "enough people on duty in the home department – 急诊科" in html
    assert "样例甲" in html
    shown = page_of(office, "dispatch:plan-scenario-hand-over", row.pk)
    assert "Lines to write" in shown
    answer = send(office, "dispatch:plan-scenario-hand-over", row.pk, expected_version=version_in(shown))
    assert answer.status_code == 302
    assert {posting.need_id for posting in Posting.objects.all()} == {need.pk}
    assert "handed over" in page_of(office, "dispatch:plan-scenario", row.pk)


@with_a_watch
def test_the_progress_is_polled_until_the_search_has_ended(story: Planning, office: Client) -> None:
    story.need()
    row = story.scenario()
    send(office, "dispatch:plan-scenario-search", row.pk)
    address = reverse("dispatch:plan-scenario-progress", args=[row.pk])
    answer = office.get(address, headers={"hx-request": "true"})
    assert "It begins within seconds." in answer.content.decode()
    solve_one()
    assert office.get(address, headers={"hx-request": "true"})["HX-Refresh"] == "true"


@with_a_watch
def test_a_waiting_search_is_stopped_at_once(story: Planning, office: Client) -> None:
    story.need()
    row = story.scenario()
    send(office, "dispatch:plan-scenario-search", row.pk)
    run = PlanRun.objects.get()
    assert send(office, "dispatch:plan-run-stop", run.pk).status_code == 302
    run.refresh_from_db()
    assert (run.state, solve_one()) == ("stopped", None)


def test_a_line_is_added_moved_locked_and_taken_out_by_hand(story: Planning, office: Client) -> None:
    need = story.need(people=2)
    row = story.scenario()
    given = {"need": need.pk, "staff": story.scene.an.pk, "first": 0, "last": 2}
    shown = page_of(office, "dispatch:plan-verdict", row.pk, **given)
    assert "No rule stands in the way." in shown
    assert "shorter than the need asks for" in page_of(office, "dispatch:plan-verdict", row.pk, **{**given, "last": 1})
    assert send(office, "dispatch:plan-line-new", row.pk, **given).status_code == 302
    line = PlanLine.objects.get()
    assert (line.is_locked, line.origin) == (True, "by_hand")
    send(office, "dispatch:plan-line-move", line.pk, need=need.pk, first=3, expected_version=line.version)
    assert lines_of(row) == [("样例甲", need.code, 3, 5)]
    send(office, "dispatch:plan-line-move", line.pk, need=need.pk, first=4, expected_version=line.version + 1)
    assert lines_of(row) == [("样例甲", need.code, 3, 5)]
    assert "shorter than the need asks for" in page_of(office, "dispatch:plan-scenario", row.pk)
    send(office, "dispatch:plan-line-unlock", line.pk)
    line.refresh_from_db()
    assert not line.is_locked
    send(office, "dispatch:plan-line-lock", line.pk)
    answer = send(
        office, "dispatch:plan-line", line.pk, **{**given, "first": 1, "last": 4}, expected_version=line.version + 1
    )
    assert answer.status_code == 302
    assert lines_of(row) == [("样例甲", need.code, 1, 4)]
    row.refresh_from_db()
    assert (row.figures["met"], row.figures["wanted"], row.is_touched) == (4, 12, True)
    send(office, "dispatch:plan-line-remove", line.pk)
    assert lines_of(row) == []


@with_a_watch
def test_scenarios_stand_side_by_side_with_the_best_figure_marked(story: Planning, office: Client) -> None:
    story.need(people=2)
    row = story.scenario("甲案")
    story.searched(row)
    other = commands.copy_scenario(acting_as(story.scene.office_jia), row, "乙案")
    commands.remove_line(acting_as(story.scene.office_jia), other.lines.first(), other.lines.first().version)
    html = words(page_of(office, "dispatch:plan-scenario-compare", row.pk))
    assert re.search(r"Person-periods met 12 / 12 best 6 / 12", html)


@with_a_watch
def test_lines_are_taken_along_as_a_table(story: Planning, office: Client) -> None:
    story.need()
    row = story.scenario()
    story.searched(row)
    answer = office.get(reverse("dispatch:plan-scenario-lines", args=[row.pk]), {"export": "csv"})
    first, second, *_rest = answer.content.decode("utf-8-sig").splitlines()
    assert first.startswith('"Person","Title","From","Home department","To","Need"')
    assert second.split(",")[4:6] == ['"山县人民医院"', '"N0001"']


@with_a_watch
def test_nobody_of_another_institution_sees_a_scenario(story: Planning) -> None:
    story.need()
    row = story.scenario()
    story.searched(row)
    line, run = row.lines.get(), row.runs.get()
    for actor in (story.scene.office_lin, story.scene.office_shan):
        client = client_of(actor)
        assert "样例方案" not in page_of(client, "dispatch:plan-scenarios")
        pages = ("scenario", "scenario-lines", "scenario-compare", "scenario-progress", "scenario-hand-over")
        assert {status_of(client, f"dispatch:plan-{name}", row.pk) for name in pages} == {404}
        assert status_of(client, "dispatch:plan-line", line.pk) == 404
        assert send(client, "dispatch:plan-run-stop", run.pk).status_code == 404


def test_the_board_costs_no_more_queries_with_more_lines(story: Planning, office: Client) -> None:
    need = story.need(people=2)
    row = story.scenario()
    story.line(row, story.scene.an, need, 0, 2)
    before = queries_for(office, "dispatch:plan-scenario", row.pk)
    story.line(row, story.scene.cai, need, 0, 5)
    assert queries_for(office, "dispatch:plan-scenario", row.pk) <= before
