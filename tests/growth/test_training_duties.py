"""Conditions of duties about training: set on the form and by a table, told in words, looked at by the counter."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from lianyi.partnerships.models import Duty
from lianyi.partnerships.promises import accounts_of
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from tests.cast import Scene, as_service
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.training_story import Teaching, teaching

HEAD = "agreement_code,code,title_zh,evidence_kind,quantity,unit"
FACTS = {"title_zh": "带教查房", "evidence_kind": "training_sessions", "quantity": "2", "unit": "session"}
MORE = {"period": "term", "owner_side": "supporting"}


@pytest.fixture
def story(scene: Scene) -> Teaching:
    return teaching(scene)


def test_the_form_sets_what_counts_and_the_page_says_it_in_words(story: Teaching) -> None:
    office = client_of(story.office)
    asked = {"code": "T9", "kinds": ["ward_round", "case_discussion"], "least_minutes": "45"}
    send(office, "partnerships:duty-add", story.agreement.pk, **FACTS, **MORE, **asked)
    duty = Duty.objects.get(code="T9")
    assert duty.parameters == {"kinds": ["ward_round", "case_discussion"], "least_minutes": 45}
    page = words(page_of(office, "partnerships:duty", duty.pk))
    assert "Kinds that count teaching ward round · case discussion" in page
    assert "Least minutes of each 45" in page
    story.held("S1", kind="ward_round", held_minutes=40)
    story.held("S2", kind="ward_round", held_minutes=50)
    story.held("S3", kind="lecture", held_minutes=90)
    [account] = accounts_of([duty], today_and(0))
    assert account.periods[0].delivered == Decimal(1)


def test_a_change_keeps_what_the_form_does_not_show_and_takes_away_what_was_emptied(story: Teaching) -> None:
    office = client_of(story.office)
    given = {"kinds": ["lecture"], "minimum_days": 7}
    duty = story.scene.duty(story.agreement, "T9", "training_sessions", "2", "session", parameters=given)
    html = page_of(office, "partnerships:duty-change", duty.pk)
    assert 'value="lecture" id="id_kinds_4" checked' in html.replace(' class="form-check-input"', "")
    said = {**FACTS, **MORE, "least_minutes": "30", "reason": "补充约定", "expected_version": version_in(html)}
    send(office, "partnerships:duty-change", duty.pk, **said)
    duty.refresh_from_db()
    assert duty.parameters == {"minimum_days": 7, "least_minutes": 30}


def test_other_duties_have_no_such_condition(story: Teaching) -> None:
    office = client_of(story.office)
    given = {**FACTS, **MORE, "code": "T9", "evidence_kind": "persons_posted", "kinds": ["lecture"]}
    answer = send(office, "partnerships:duty-add", story.agreement.pk, **given)
    assert (answer.status_code, Duty.objects.filter(code="T9").exists()) == (422, False)
    assert "no such condition" in answer.content.decode()


def test_a_table_sets_the_conditions_and_what_goes_out_comes_in_the_same(story: Teaching) -> None:
    row = "JS-NOW,T9,带教查房,training_sessions,2,session,ward_round;lecture,45\n"
    load(as_service(), "duties", f"{HEAD},kinds,least_minutes\n{row}")
    assert Duty.objects.get(code="T9").parameters == {"kinds": ["ward_round", "lecture"], "least_minutes": 45}
    content = export_table(as_service().actor, "duties", "xlsx", "zh-hans")
    preview = running.preview_table(as_service().actor, "duties", content, "duties.xlsx", "zh-hans")
    assert preview.counts[RowAction.UNCHANGED] == len(preview.plans) == Duty.objects.count()


def test_a_table_that_does_not_speak_of_a_condition_leaves_it(story: Teaching) -> None:
    given = {"kinds": ["lecture"], "least_minutes": 30}
    story.scene.duty(story.agreement, "T9", "training_sessions", "2", "session", parameters=given)
    load(as_service(), "duties", f"{HEAD},title_rank\nJS-NOW,T9,带教查房,training_sessions,3,session,junior\n")
    duty = Duty.objects.get(code="T9")
    assert (duty.quantity, duty.parameters) == (3, {**given, "title_rank": "junior"})


def test_a_kind_that_does_not_exist_and_a_condition_elsewhere_are_refused_by_row(story: Teaching) -> None:
    actor = as_service().actor
    unknown = f"{HEAD},kinds\nJS-NOW,T9,带教查房,training_sessions,2,session,picnic\n"
    assert "“picnic” is none of" in only_reason(preview_of(actor, "duties", unknown))
    elsewhere = f"{HEAD},kinds\nJS-NOW,T9,派驻,persons_posted,2,person,lecture\n"
    assert "count training_sessions only" in only_reason(preview_of(actor, "duties", elsewhere))


def test_the_form_shows_the_conditions_in_both_languages(story: Teaching) -> None:
    office = client_of(story.office)
    address = reverse("partnerships:duty-add", args=[story.agreement.pk])
    assert "计入的活动类型" in office.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "Kinds that count" in office.get(address).content.decode()
