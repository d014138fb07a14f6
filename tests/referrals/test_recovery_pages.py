"""Stages of recovery from the page of a case, returns that bounced, and what units lacked."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals.commands.returns import NewStage, begin_stage, end_stage
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.models import CapabilityFinding, RecoveryStage, ReturnNeed
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words
from tests.referrals.story import Story


def test_a_receiver_begins_and_ends_a_stage_from_the_page_of_the_case(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    client = client_of(story.duty_jia)
    assert "Begin a stage" in words(page_of(client, "referrals:case", leg.pk))
    today = timezone.localdate().isoformat()
    page = page_of(client, "referrals:stage-begin", leg.pk)
    assert "Barthel" in page
    begun = send(client, "referrals:stage-begin", leg.pk, institution_id=story.scene.jia.pk, stage="acute",
                 started_on=today, scale="Barthel", score_in="35")  # fmt: skip
    assert begun.status_code == 302
    stage = RecoveryStage.objects.get()
    assert (stage.institution_id, stage.score_in) == (story.scene.jia.pk, Decimal(35))
    text = words(page_of(client, "referrals:case", leg.pk))
    assert "acute care · 甲市第一医院" in text
    ended = send(
        client, "referrals:stage-end", stage.pk, ended_on=today, score_out="60", expected_version=stage.version
    )
    assert ended.status_code == 302
    stage.refresh_from_db()
    assert (stage.ended_on, stage.score_out) == (timezone.localdate(), Decimal(60))


def test_no_stage_begins_for_somebody_who_has_died(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    story.step(leg, "send_outcome", story.duty_jia, disposition="died", text="样例结果")
    assert "Begin a stage" not in words(page_of(client_of(story.duty_jia), "referrals:case", leg.pk))
    refused = send(client_of(story.duty_jia), "referrals:stage-begin", leg.pk, institution_id=story.scene.jia.pk,
                   stage="acute", started_on=timezone.localdate().isoformat())  # fmt: skip
    assert refused.status_code == 422
    assert "has died" in refused.content.decode()
    other = story.under_care(urgency="urgent")
    story.step(other, "record_death", story.duty_jia, died_at=timezone.now(), place="样例")
    with pytest.raises(GuardRefusedError, match="has died"):
        stage_at_jia(story, other)
    assert not RecoveryStage.objects.exists()


def test_a_stage_begins_only_at_an_institution_of_ones_own(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    html = page_of(client_of(story.duty_jia), "referrals:stage-begin", leg.pk)
    assert "山县人民医院" not in html[html.index("<form") :]
    assert status_of(client_of(story.duty_lin), "referrals:stage-begin", leg.pk) == 404


def test_a_stage_that_would_end_before_it_began_comes_back_on_the_form(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    stage = stage_at_jia(story, leg)
    before = (stage.started_on - datetime.timedelta(days=1)).isoformat()
    response = send(client_of(story.duty_jia), "referrals:stage-end", stage.pk, ended_on=before,
                    expected_version=stage.version)  # fmt: skip
    assert response.status_code == 422


def stage_at_jia(story: Story, leg) -> RecoveryStage:  # type: ignore[no-untyped-def]
    new = NewStage(institution_id=story.scene.jia.pk, stage="acute", started_on=timezone.localdate())
    return begin_stage(acting_as(story.duty_jia), leg.request.journey_id, new)


def test_who_only_reads_ends_no_stage(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    stage = stage_at_jia(story, leg)
    reader = actor_for("reader-jia", story.scene.jia.pk, "supported_office")
    with pytest.raises(NotPermittedError):
        end_stage(acting_as(reader), stage.pk, timezone.localdate(), None, stage.version)
    assert status_of(client_of(reader), "referrals:stage-end", stage.pk) == 403


def declined_return(story: Story) -> CapabilityFinding:
    """Let 山县 decline a return for want of equipment."""
    back = story.returning(story.under_care(urgency="urgent"))
    story.step(back, "open", story.duty_shan)
    story.step(back, "decline", story.duty_shan, reason_code="equipment_or_drug", text="样例缺设备",
               hand_to_coordinator=True)  # fmt: skip
    return CapabilityFinding.objects.get()


def test_a_finding_is_read_by_those_who_may_open_the_case(story: Story) -> None:
    finding = declined_return(story)
    assert finding.kind == ReturnNeed.Kind.EQUIPMENT
    text = words(page_of(client_of(story.head_jia), "referrals:findings"))
    assert "山县人民医院 0 1 0 0" in text
    assert "样例缺设备" not in text
    outside = page_of(client_of(story.duty_lin), "referrals:findings")
    assert "山县人民医院" not in outside
    assert "样例缺设备" not in outside


def test_an_office_that_only_counts_sees_that_something_lacks_but_no_words(story: Story) -> None:
    declined_return(story)
    text = words(page_of(client_of(story.scene.office_jia), "referrals:findings"))
    assert "山县人民医院 0 fewer than 5 0 0" in text
    assert "样例缺设备" not in text
    planner = words(
        page_of(client_of(actor_for("planner", story.scene.jia.pk, "dispatch_planner")), "referrals:findings")
    )
    assert "山县人民医院 0 fewer than 5 0 0" in planner
    assert "样例缺设备" not in planner
    steward = client_of(actor_for("steward", story.scene.jia.pk, "registry_steward"))
    assert status_of(steward, "referrals:findings") == 403
