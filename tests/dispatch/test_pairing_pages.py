"""The pages of pairing plans: made, searched, looked at, changed by hand, decided, taken over."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.dispatch import commands, plan_queue
from lianyi.dispatch.models import PairingMark, PairingPlan, PlanRun, PlanScenario
from lianyi.dispatch.pairing_rules import PairingChoice
from lianyi.operations.plan_solving import solve_one
from tests.cast import Scene, acting_as
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.pairing_story import Pairing, pairing, pairs_of
from tests.dispatch.plan_story import with_a_watch


@pytest.fixture
def story(scene: Scene) -> Pairing:
    return pairing(scene)


@pytest.fixture
def bureau(story: Pairing) -> Client:
    return client_of(story.bureau)


def facts(story: Pairing, **more: object) -> dict[str, object]:
    new = story.new()
    usual: dict[str, object] = {
        "name": new.name,
        "donors": [str(each) for each in new.donor_ids],
        "recipients": [str(each) for each in new.recipient_ids],
        "first_day": new.first_day.isoformat(),
        "last_day": new.last_day.isoformat(),
        "emphasis": "fair",
        "seconds": "20",
        "least_level": "0.0",
        "most_donors": "3",
        "least_donors": "0",
        "least_share": "0",
        "least_team": "0",
        "past_months": "0",
        "seed": "0",
        "cost_travel_hour": "1",
        "cost_new_pair": "10",
        "cost_broken_tie": "10",
    }
    return {**usual, **more}


@with_a_watch
def test_a_plan_is_made_searched_decided_and_taken_over_on_the_pages(story: Pairing, bureau: Client) -> None:
    scene = story.scene
    story.need(scene.shan, "04.02", people=2)
    story.need(scene.xiang, "20", people=2)
    assert "No pairing plan is on record" in page_of(bureau, "dispatch:pairings")
    assert "JIA1 甲市第一医院" in page_of(bureau, "dispatch:pairing-new")
    answer = bureau.post(reverse("dispatch:pairing-new"), {"command_key": "new-1", **facts(story)})
    plan = PairingPlan.objects.get()
    assert answer["Location"] == plan.get_absolute_url()
    assert plan.owner_id == story.bureau.node_id
    assert "Search for pairs" in page_of(bureau, "dispatch:pairing", plan.pk)
    assert send(bureau, "dispatch:pairing-search", plan.pk).status_code == 302
    assert "hx-get" in page_of(bureau, "dispatch:pairing", plan.pk)
    assert solve_one() is not None
    html = words(page_of(bureau, "dispatch:pairing", plan.pk))
    assert "3 / 4 people asked for that come" in html
    assert "1 / 2 needs met in full" in html
    assert "Somebody could come, but not while all of these hold:" in html
    assert "what the hospital can miss of a specialty – 甲市第一医院" in html
    assert "one more person: 甲市第一医院" in html
    assert "People for each 100 staff" in html
    assert send(bureau, "dispatch:pairing-step", plan.pk, "decide").status_code == 302
    plan.refresh_from_db()
    assert plan.state == "kept"
    html = page_of(bureau, "dispatch:pairing-take-over", plan.pk)
    assert f"agreement={story.ties[0].pk}" in html
    assert "to be written by one of the two" in html
    # The search for pairs wrote nothing that others see: no agreement and no scenario.
    assert not PlanScenario.objects.exists()
    form = page_of(bureau, "dispatch:plan-scenario-new", agreement=story.ties[0].pk, pairing=plan.pk)
    assert f'<option value="{plan.pk}" selected>' in form


def test_the_data_that_are_missing_are_told_institution_by_institution(story: Pairing, bureau: Client) -> None:
    story.need(story.scene.shan, people=None)
    plan = story.plan()
    html = words(page_of(bureau, "dispatch:pairing", plan.pk))
    assert "Givers without limits on record: 2" in html
    assert "Needs whose number is not known: 1" in html
    assert "Institutions without a position: 4" in html
    html = words(page_of(bureau, "dispatch:pairing-known", plan.pk))
    assert "position: ways count as the longest known one" in html
    assert "needs: nobody is planned to come" in html


def test_without_anything_asked_for_the_page_says_so_and_offers_no_search(story: Pairing, bureau: Client) -> None:
    plan = story.plan()
    html = page_of(bureau, "dispatch:pairing", plan.pk)
    assert "there is nothing to search for" in html
    assert reverse("dispatch:pairing-search", args=[plan.pk]) not in html
    assert send(bureau, "dispatch:pairing-search", plan.pk).status_code == 422


def test_a_pair_tells_what_speaks_for_it_and_is_held_by_hand(story: Pairing, bureau: Client) -> None:
    scene = story.scene
    story.need(scene.shan, "03")
    plan = story.plan()
    html = page_of(bureau, "dispatch:pairing-pair", plan.pk, story.yi.pk, scene.shan.pk)
    assert "nobody to spare" in words(html)
    html = page_of(bureau, "dispatch:pairing-pair", plan.pk, scene.jia.pk, scene.shan.pk)
    assert "has not the specialty" in words(html)
    answer = send(
        bureau,
        "dispatch:pairing-pair",
        plan.pk,
        scene.jia.pk,
        scene.shan.pk,
        hold="fixed",
        donor_rank=2,
        expected_version=version_in(html),
    )
    assert answer.status_code == 302
    mark = PairingMark.objects.get()
    assert (mark.hold, mark.donor_rank, mark.recipient_rank) == ("fixed", 2, None)
    assert "always a pair" in page_of(bureau, "dispatch:pairing", plan.pk)
    stale = send(
        bureau,
        "dispatch:pairing-pair",
        plan.pk,
        scene.jia.pk,
        scene.shan.pk,
        hold="",
        expected_version=version_in(html),
    )
    assert stale.status_code == 409


def test_wishes_are_written_for_one_institution_at_a_time(story: Pairing, bureau: Client) -> None:
    scene = story.scene
    plan = story.plan()
    html = page_of(bureau, "dispatch:pairing-wishes", plan.pk, "recipient", scene.shan.pk)
    given = {f"rank_{scene.jia.pk}": 1, f"rank_{story.yi.pk}": "", "expected_version": version_in(html)}
    assert send(bureau, "dispatch:pairing-wishes", plan.pk, "recipient", scene.shan.pk, **given).status_code == 302
    [mark] = PairingMark.objects.all()
    assert (mark.donor, mark.recipient, mark.recipient_rank, mark.donor_rank) == (scene.jia, scene.shan, 1, None)
    assert status_of(bureau, "dispatch:pairing-wishes", plan.pk, "donor", scene.shan.pk) == 404


@with_a_watch
def test_pairs_are_sorted_filtered_and_taken_along(story: Pairing, bureau: Client) -> None:
    scene = story.scene
    story.need(scene.shan, "04.02")
    story.need(scene.xiang, "20", people=2)
    plan = story.plan()
    story.searched(plan)
    address = reverse("dispatch:pairing-pairs", args=[plan.pk])
    answer = bureau.get(address, {"export": "csv", "standing": "new"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Code of who gives"], row["Code of who receives"], row["People"]) for row in rows] == [
        ("JIA1", "XIANG", "1")
    ]
    assert rows[0]["Why this pair"].startswith("Otherwise “")
    assert "established department" in rows[0]["What it meets"]
    answer = bureau.get(address, {"export": "csv", "sort": "-donor"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Code of who gives"] for row in rows] == ["YI1", "JIA1", "JIA1"]
    assert "甲市第一医院" not in page_of(bureau, "dispatch:pairing-pairs", plan.pk, donor="YI1")


@with_a_watch
def test_the_progress_is_told_and_a_search_is_stopped(story: Pairing, bureau: Client) -> None:
    story.need(story.scene.shan)
    plan = story.plan()
    send(bureau, "dispatch:pairing-search", plan.pk)
    address = reverse("dispatch:pairing-progress", args=[plan.pk])
    assert "It begins within seconds." in bureau.get(address).content.decode()
    run = plan_queue.claim()
    assert run is not None
    best = {"pairs": [["1", "2"]], "people": [], "goals": [{"goal": "need", "value": 2.0, "bound": 1.0}]}
    plan_queue.beat(run, best=best, stage="planning", seconds_gone=3.0)
    text = words(bureau.get(address).content.decode())
    assert "best so far: 1 pair" in text
    assert "People missing, by priority: 2" in text
    send(bureau, "dispatch:plan-run-stop", run.pk)
    assert "it stops" in words(bureau.get(address).content.decode())
    PlanRun.objects.filter(pk=run.pk).update(state="stopped")
    assert bureau.get(address, headers={"hx-request": "true"})["HX-Refresh"] == "true"


def test_a_new_agreement_knows_the_pair_that_it_is_drafted_for(story: Pairing) -> None:
    office = client_of(story.scene.office_jia)
    query = {"first_party": "JIA1", "first_side": "supporting", "second_party": "XIANG", "second_side": "supported"}
    html = page_of(office, "partnerships:agreement-new", **query)
    assert 'value="XIANG"' in html


@with_a_watch
def test_an_office_plans_with_what_it_sees_of_its_partner(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "20")
    plan = story.plan(actor=scene.office_shan, donor_ids=[scene.jia.pk], recipient_ids=[scene.shan.pk])
    commands.ask_for_pairing_run(acting_as(scene.office_shan), plan)
    assert solve_one() is not None
    plan.refresh_from_db()
    assert pairs_of(plan) == [("JIA1", "SHAN", 1, "kept")]
    commands.take_pairing_step(acting_as(scene.office_shan), plan, "decide", plan.version)
    html = page_of(client_of(scene.office_shan), "dispatch:pairing-take-over", plan.pk)
    assert "Plan postings for these pairs" in html


@with_a_watch
def test_nobody_of_another_institution_sees_a_plan(story: Pairing) -> None:
    story.need(story.scene.shan)
    plan = story.plan()
    story.searched(plan)
    run = plan.runs.get()
    for actor in (story.scene.office_lin, story.scene.office_jia):
        client = client_of(actor)
        assert "样例结对" not in page_of(client, "dispatch:pairings")
        pages = ("", "-pairs", "-known", "-progress", "-change", "-copy", "-take-over")
        assert {status_of(client, f"dispatch:pairing{name}", plan.pk) for name in pages} == {404}
        pair = (plan.pk, story.scene.jia.pk, story.scene.shan.pk)
        assert status_of(client, "dispatch:pairing-pair", *pair) == 404
        assert send(client, "dispatch:plan-run-stop", run.pk).status_code == 404


def test_the_page_costs_no_more_queries_with_more_needs_and_pairs(story: Pairing, bureau: Client) -> None:
    scene = story.scene
    story.need(scene.shan, "20")
    plan = story.plan(choice=PairingChoice(past_months=12))
    before = [queries_for(bureau, f"dispatch:pairing{name}", plan.pk) for name in ("", "-known", "-pairs")]
    for specialty in ("04.02", "03", "05"):
        story.need(scene.xiang, specialty)
    story.mark(plan, scene.jia, scene.xiang, hold="fixed")
    story.mark(plan, story.yi, scene.shan, hold="forbidden")
    after = [queries_for(bureau, f"dispatch:pairing{name}", plan.pk) for name in ("", "-known", "-pairs")]
    assert after <= before
