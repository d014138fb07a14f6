"""The pages of projects: list, picture, project, forms, rows behind a duty, time standards."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.growth.models import Milestone, Project
from tests.cast import Scene, actor_for
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.growth.projects_story import Building, building

pytestmark = pytest.mark.database


@pytest.fixture
def story(scene: Scene) -> Building:
    return building(scene)


@pytest.fixture
def home(story: Building) -> Client:
    return client_of(story.home)


@pytest.fixture
def partner(story: Building) -> Client:
    return client_of(story.partner)


def test_a_project_is_written_with_a_template_and_shown_over_time(story: Building, home: Client) -> None:
    fields = {
        "code": "STROKE",
        "title_zh": "样例卒中中心",
        "kind": "stroke_centre",
        "template": "stroke-centre-2026",
        "institution": "SHAN",
        "agreement": story.agreement.pk,
        "planned_from": "2024-03-01",
        "target_on": "2025-06-30",
    }
    wrong = send(home, "growth:project-new", **{**fields, "template": "sub-centre-2026"})
    assert (wrong.status_code, "for another kind" in wrong.content.decode()) == (422, True)
    response = send(home, "growth:project-new", **fields)
    row = Project.objects.get(code="STROKE")
    assert response.url == reverse("growth:project", args=[row.pk])
    assert "0 of 4 (0 %), 0 signed" in words(page_of(home, "growth:project", row.pk))
    both = page_of(home, "growth:project-gantt", agreement="JS-2024")
    assert both.count("gantt-band") == 2
    assert page_of(home, "growth:project-gantt", institution="LIN").count("gantt-band") == 0
    assert "STROKE" in page_of(home, "growth:projects", kind="stroke_centre")


def test_home_says_reached_and_the_partner_signs(story: Building, home: Client, partner: Client) -> None:
    row = story.milestone(1)
    version = version_in(page_of(home, "growth:milestone-reach", row.pk))
    said = {"on": "2024-02-20", "evidence": "样例成立文件", "evidence_file": "a.pdf", "expected_version": version}
    assert send(home, "growth:milestone-reach", row.pk, **said).status_code == 302
    assert reverse("growth:milestone-sign", args=[row.pk]) not in page_of(home, "growth:project", story.project.pk)
    text = page_of(partner, "growth:project", story.project.pk)
    assert reverse("growth:milestone-sign", args=[row.pk]) in text
    assert "reached, not signed yet" in text
    refused = send(home, "growth:milestone-sign", row.pk)
    assert (refused.status_code, "does not sign it" in refused.content.decode()) == (422, True)
    assert send(partner, "growth:milestone-sign", row.pk).status_code == 302
    assert Milestone.objects.get(pk=row.pk).verified_side == "partner"
    rows = page_of(partner, "growth:project-evidence", story.duty.pk, "2024-01-01")
    assert "样例成立文件" in rows


def test_a_move_shows_its_reason_and_the_sum_of_days(story: Building, home: Client) -> None:
    row = story.milestone(2)
    days = {"planned_from": "2024-02-01", "planned_to": "2024-06-30"}
    wrong = send(home, "growth:milestone-move", row.pk, **days)
    assert wrong.status_code == 422
    given = {**days, "reason_code": "money", "reason": "样例：拨款推迟"}
    assert send(home, "growth:milestone-move", row.pk, **given).status_code == 302
    assert "money came late: 61 days" in words(page_of(home, "growth:project", story.project.pk))


def test_a_stale_form_answers_with_both_versions(story: Building, home: Client) -> None:
    row = story.milestone(1)
    story.moved(1, "2024-03-31")
    given = {"planned_from": "2024-01-01", "planned_to": "2024-05-31", "reason_code": "money", "reason": "样例"}
    stale = send(home, "growth:milestone-move", row.pk, **given, expected_version=row.version)
    assert stale.status_code == 409


def test_money_is_noted_and_corrected_on_the_page(story: Building, home: Client) -> None:
    line = {"kind": "spent", "money_source": "county", "on": "2024-02-01", "purpose": "样例设备"}
    assert send(home, "growth:project-money-new", story.project.pk, **line, amount_yuan="1200.50").status_code == 302
    first = story.project.money.get()
    assert send(home, "growth:project-money-correct", first.pk, **line, amount_yuan="120.50").status_code == 302
    text = words(page_of(home, "growth:project", story.project.pk))
    assert "line 2 counts instead" in text
    assert "120.50" in text


def test_a_step_is_taken_with_its_reason(story: Building, home: Client) -> None:
    address = ("growth:project-step", story.project.pk, "pause")
    assert send(home, *address, on="2024-03-01").status_code == 422
    assert send(home, *address, on="2024-03-01", reason="样例：资金未到").status_code == 302
    assert "paused" in words(page_of(home, "growth:project", story.project.pk))
    # What does not follow has a page of its own.
    assert status_of(home, "growth:project-step", story.project.pk, "start") == 422


def test_a_viewer_reads_and_sees_no_names_and_no_buttons(story: Building) -> None:
    viewer = client_of(actor_for("viewer", story.scene.county.pk, "commission_viewer"))
    text = page_of(viewer, "growth:project", story.project.pk)
    assert "Names of people are not shown to your role." in text
    assert "/reach/" not in text
    assert status_of(viewer, "growth:project-new") == 404
    assert "No time of this pathway was recorded" in page_of(viewer, "growth:project-times", story.project.pk)


def test_the_list_costs_the_same_for_one_project_and_for_many(story: Building, home: Client) -> None:
    story.reached(1, "2024-02-20")
    story.signed(1)
    pages = (
        ("growth:projects",),
        ("growth:project-gantt",),
        ("growth:project-evidence", story.duty.pk, "2024-01-01"),
        ("partnerships:duty", story.duty.pk),
    )
    few = [queries_for(home, *each) for each in pages]
    for number in range(6):
        copy = Project.objects.get(pk=story.project.pk)
        copy.pk, copy.code = None, f"COPY-{number}"
        copy.save()
        for each in story.project.milestones.all():
            each.pk, each.project = None, copy
            each.save()
    assert [queries_for(home, *each) for each in pages] == few
