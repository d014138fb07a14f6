"""The pages of assessments: list, items line by line, steps, two beside one another, checklists, PDF, tables."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.growth.models import CapabilityAssessment
from lianyi.registry.imports.kinds import table_kind
from lianyi.survey.models import ReadinessItem
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.assessments_story import CHEST, DEPARTMENT, GENERAL, Growing, example_results, growing

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(scene: Scene) -> Growing:
    return growing(scene)


@pytest.fixture
def office(story: Growing) -> Client:
    return client_of(story.scene.office_shan)


def test_an_assessment_is_begun_filled_submitted_checked_and_printed(story: Growing, office: Client) -> None:
    response = send(
        office,
        "growth:assessment-new",
        institution="SHAN",
        department="神经外科",
        checklist=DEPARTMENT,
        agreement=story.agreement.pk,
        assessed_on="2024-05-01",
        assessed_by="样例甲",
    )
    row = CapabilityAssessment.objects.get()
    assert (row.department_id, row.kind, row.code) == (story.surgery.pk, "self", "A0001")
    assert response.url == reverse("growth:assessment-items", args=[row.pk])
    version = version_in(page_of(office, "growth:assessment-items", row.pk))
    sent = {"r-leader": "met", "e-leader": "任命文件", "r-three": "not_met", "expected_version": version}
    assert send(office, "growth:assessment-items", row.pk, **sent).status_code == 302
    text = words(page_of(office, "growth:assessment", row.pk))
    assert "12.5 %" in text, "2 of 16 items were assessed"
    assert "任命文件" in text
    row.refresh_from_db()
    assert send(office, "growth:assessment-step", row.pk, "submit", expected_version=row.version).status_code == 302
    assert "somebody else checks it" in words(page_of(office, "growth:assessment", row.pk))
    checker = client_of(story.checker_jia)
    assert "1 Assessment waits to be checked" in words(page_of(checker, "home"))
    for name in ("check", "finish"):
        row.refresh_from_db()
        assert send(checker, "growth:assessment-step", row.pk, name, expected_version=row.version).status_code == 302
    row.refresh_from_db()
    assert row.is_final
    sheet = office.get(reverse("growth:assessment-sheet", args=[row.pk]))
    assert sheet.content.startswith(b"%PDF")
    assert "was assessed by a checklist" in words(page_of(office, "partnerships:timeline", story.agreement.pk))


def test_a_wrong_line_is_told_at_its_line_and_nothing_typed_is_lost(story: Growing, office: Client) -> None:
    row = story.begun(CHEST)
    version = version_in(page_of(office, "growth:assessment-items", row.pk))
    sent = {
        "r-balloon-mean": "met", "v-balloon-mean": "120", "r-committee": "met", "e-committee": "会议记录三份",
        "v-ecg-share": "viele", "expected_version": version,
    }  # fmt: skip
    response = send(office, "growth:assessment-items", row.pk, **sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "'viele' is no number" in words(text).replace("&#x27;", "'")
    assert "会议记录三份" in text
    assert not row.items.exists()
    sent["v-ecg-share"] = "80%"
    response = send(office, "growth:assessment-items", row.pk, **sent)
    assert "the item counts as: not met" in words(response.content.decode())
    sent["r-balloon-mean"] = "not_met"
    assert send(office, "growth:assessment-items", row.pk, **sent).status_code == 302
    assert dict(row.items.values_list("item", "value")) == {
        "balloon-mean": 120.0, "committee": None, "ecg-share": 0.8,
    }  # fmt: skip


def test_two_assessments_stand_beside_one_another(story: Growing, office: Client) -> None:
    first = story.final(
        DEPARTMENT, {"leader": "not_met", "three": "not_met", "beds": "met"}, "2023-05-01", story.surgery
    )
    second = story.final(
        DEPARTMENT, {"leader": "met", "three": "not_met", "beds": "not_met"}, "2024-05-01", story.surgery
    )
    text = words(page_of(office, "growth:assessment-compare", second.pk, first.pk))
    assert "1 gaps closed" in text
    assert "1 still there" in text
    assert "1 new gaps" in text
    assert reverse("growth:assessment-compare", args=[second.pk, first.pk]) in page_of(
        office, "growth:assessment", second.pk
    )
    other = story.begun(GENERAL)
    assert status_of(office, "growth:assessment-compare", second.pk, other.pk) == 404


def test_lists_filter_and_cost_no_more_for_more_rows(story: Growing, office: Client) -> None:
    story.filled(story.begun(GENERAL), example_results())
    page_of(office, "growth:assessments")
    before = queries_for(office, "growth:assessments")
    for at in range(4):
        story.filled(story.begun(GENERAL, on=f"2024-06-0{at + 1}"), example_results())
    assert queries_for(office, "growth:assessments") == before
    assert "75.9 %" in page_of(office, "growth:assessments", checklist=GENERAL)
    assert "A0001" not in page_of(office, "growth:assessments", waiting="yes")
    text = words(page_of(office, "growth:checklists"))
    assert "Time standards of a chest pain centre" in text
    assert "own proposal, no source" in text


def test_who_has_no_part_sees_nothing_and_who_only_reads_writes_nothing(story: Growing) -> None:
    row = story.begun()
    elsewhere = client_of(story.scene.office_lin)
    for name in ("assessment", "assessment-items", "assessment-sheet", "assessment-change"):
        assert status_of(elsewhere, f"growth:{name}", row.pk) == 404
    viewer = client_of(actor_for("viewer", story.scene.county.pk, "commission_viewer"))
    assert status_of(viewer, "growth:assessment", row.pk) == 200
    assert status_of(viewer, "growth:assessment-items", row.pk) == 403
    assert status_of(viewer, "growth:assessment-new") == 404


def test_what_the_survey_of_readiness_found_is_a_beginning_and_nothing_more(story: Growing, office: Client) -> None:
    site = {"institution": story.scene.shan, "domain": "amenities"}
    for item, on, available in (
        ("供电", "2024-04-01", False),
        ("Water", "2024-04-01", True),
        ("供电", "2024-06-01", True),
    ):
        ReadinessItem.objects.create(item=item, assessed_on=day(on), available=available, **site)
    row = story.begun(GENERAL)
    text = page_of(office, "growth:assessment-items", row.pk)
    assert "survey of readiness of 2024-04-01" in text
    assert 'name="r-ame-01" value="not_met" checked' in text
    assert 'name="r-ame-02" value="met" checked' in text
    assert 'name="r-ame-03" value="not_assessed" checked' in text
    assert not row.items.exists()
    story.filled(row, {"ame-01": "met"})
    assert "survey of readiness of" not in page_of(office, "growth:assessment-items", row.pk)


HEAD = "code,institution_code,agreement_code,department_code,checklist,assessed_on,kind,state\n"
ITEMS = "assessment_code,item,result,value,evidence\n"


def test_a_table_brings_drafts_with_their_items_and_the_export_says_the_same(story: Growing) -> None:
    office = story.scene.office_shan
    load(acting_as(office), "capability_assessments", f"{HEAD}X1,SHAN,GROW,NS,{DEPARTMENT},2024-05-01,self,\n")
    load(acting_as(office), "assessment_items", f"{ITEMS}X1,leader,met,,任命文件\nX1,three,not_met,,\n")
    row = CapabilityAssessment.objects.get(code="X1")
    assert (row.department, row.agreement, row.state) == (story.surgery, story.agreement, "draft")
    assert dict(row.items.values_list("item", "evidence")) == {"leader": "任命文件", "three": ""}
    kind = table_kind("assessment_items")
    assert kind is not None
    assert [each["item"] for each in kind.export(office)] == ["leader", "three"]
    assert list(kind.export(story.scene.office_lin)) == []


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("capability_assessments", f"{HEAD}X1,SHAN,,,nothing,2024-05-01,self,\n", "is no checklist"),
        ("capability_assessments", f"{HEAD}X1,SHAN,,NS,{DEPARTMENT},2024-05-01,self,final\n", "brings drafts only"),
        ("capability_assessments", f"{HEAD}X1,SHAN,,XX,{DEPARTMENT},2024-05-01,self,\n", "not known here"),
        ("capability_assessments", f"{HEAD}X1,SHAN,,NS,{DEPARTMENT},2024-05-01,outside,\n", "another kind"),
        ("capability_assessments", f"{HEAD}X1,LIN,,,{GENERAL},2024-05-01,self,\n", "may not assess"),
        ("assessment_items", f"{ITEMS}A0001,balloon-mean,met,120,\n", "counts as: not met"),
        ("assessment_items", f"{ITEMS}A0001,committee,met,3,\n", "is not measured"),
        ("assessment_items", f"{ITEMS}ZZZ9,committee,met,,\n", "not known here"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(story: Growing, kind: str, text: str, said: str) -> None:
    story.begun(CHEST)
    assert said in only_reason(preview_of(story.scene.office_shan, kind, text))
