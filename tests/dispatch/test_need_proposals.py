"""Proposed needs: gaps of the survey that become drafts, counts of referrals without small ones, decisions kept."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StateRefusedError
from lianyi.dispatch import commands, needs_queries
from lianyi.dispatch.models import DismissedProposal, Need, NeedOrigin
from lianyi.dispatch.needs_proposals import gather, proposal
from lianyi.errors import InvalidInputError
from lianyi.pages.home import home_items
from lianyi.referrals.models import CapabilityFinding, Request
from lianyi.registry.models import Institution, YearlyWorkload
from lianyi.survey.commands import NewGap, put_forward_gap
from lianyi.survey.models import Gap
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import needing, stands, today_and
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.referrals.story import Story, tell


@pytest.fixture
def planner(scene: Scene) -> Actor:
    """Who plans postings for the whole county."""
    return actor_for("county-planner", scene.county.pk, "dispatch_planner")


@pytest.fixture
def office(scene: Scene) -> Actor:
    """The office of the county, which reads referrals too."""
    return actor_for("county-office", scene.county.pk, "supported_office")


def gap_of(scene: Scene, actor: Actor, institution: Institution | None = None, **more: object) -> Gap:
    facts: dict[str, object] = {
        "resource": "general_practitioners",
        "required": Decimal(3),
        "present": Decimal(1),
        "basis_zh": "每万人口2名",
        "basis_en": "2 per 10,000",
        "counted_on": timezone.localdate(),
        "note": "急需",
        "institution": institution,
    }
    return put_forward_gap(acting_as(actor), scene.county, NewGap(**{**facts, **more}))  # type: ignore[arg-type]


def found(actor: Actor, origin: NeedOrigin) -> list[tuple[str, int, int | None]]:
    return [(each.key, each.need.figure, each.need.people) for each in gather(actor).proposals if each.origin is origin]


# Gaps of the survey


def test_a_gap_of_people_that_is_put_forward_becomes_a_draft_with_its_reason_and_figure(
    scene: Scene, planner: Actor
) -> None:
    viewer = actor_for("viewer", scene.county.pk, "commission_viewer")
    gap = gap_of(scene, viewer, scene.xiang)
    row = Need.objects.get()
    assert (row.institution, row.people, row.profession, row.specialty) == (scene.xiang, 2, "doctor", "02")
    assert (row.origin, row.gap, row.reason_code) == ("survey_gap", gap, "below_standard")
    assert row.origin_en == "2 missing (1 of 3), counted against: 2 per 10,000"
    assert row.reason.endswith("急需")
    gap.refresh_from_db()
    assert (gap.state, "N0001" in gap.answer) == ("taken_up", True)
    texts = [item.text for item in home_items(planner)]
    assert "Draft need from a gap of the survey waits to be completed" in texts
    assert "Gap put forward waits for an answer" not in texts


def test_the_page_of_a_gap_shows_what_became_of_it(scene: Scene) -> None:
    viewer = actor_for("viewer", scene.county.pk, "commission_viewer")
    story = needing(scene)
    gap = gap_of(scene, viewer, scene.shan)
    assert "Need N0001 draft" in words(page_of(client_of(viewer), "survey:gap", gap.pk))
    row = Need.objects.get()
    changes = {"starts_on": today_and(0), "ends_on": today_and(90)}
    commands.change_need(acting_as(scene.office_shan), row, changes, row.version)
    story.step(row, "submit")
    assert "Need N0001 submitted" in words(page_of(client_of(viewer), "survey:gap", gap.pk))
    assert gap.get_absolute_url() in page_of(client_of(viewer), "dispatch:need", row.pk)


def test_a_gap_of_a_whole_place_asks_for_its_institution_before_it_is_submitted(scene: Scene, planner: Actor) -> None:
    gap_of(scene, actor_for("viewer", scene.county.pk, "commission_viewer"))
    row = Need.objects.get()
    assert (row.institution, row.place, stands(planner, row)) == (None, scene.county, "draft")
    assert "Choose the institution" in page_of(client_of(planner), "dispatch:need", row.pk)
    with pytest.raises(InvalidInputError, match="institution_id"):
        commands.take_need_step(acting_as(planner), row, "submit", row.version)
    commands.change_need(acting_as(planner), row, {"institution_id": scene.xiang.pk}, row.version)
    assert (row.institution, row.code) == (scene.xiang, "N0001")


def test_a_gap_of_beds_is_no_need_for_people(scene: Scene, planner: Actor) -> None:
    gap = gap_of(scene, planner, scene.xiang, resource="beds")
    assert (Need.objects.count(), gap.state) == (0, "put_forward")
    assert "Gap put forward waits for an answer" in [item.text for item in home_items(planner)]
    assert found(planner, NeedOrigin.SURVEY_GAP) == []


def test_a_gap_that_waited_before_needs_existed_is_proposed_and_taken_over(scene: Scene, planner: Actor) -> None:
    gap = gap_of(scene, planner, scene.xiang, resource="beds")
    Gap.objects.filter(pk=gap.pk).update(resource="doctors")
    assert found(planner, NeedOrigin.SURVEY_GAP) == [(f"gap:{gap.pk}", 2, 2)]
    client = client_of(planner)
    assert "2 missing (1 of 3)" in page_of(client, "dispatch:need-proposals")
    send(client, "dispatch:proposal-accept", origin="survey_gap", about=f"gap:{gap.pk}")
    row, _none = Need.objects.get(), gap.refresh_from_db()
    assert (row.gap, row.profession, gap.state) == (gap, "doctor", "taken_up")
    assert found(planner, NeedOrigin.SURVEY_GAP) == []


# Referrals


def last_month() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=35)


def sent_away(story: Story, number: int, specialty: str) -> None:
    for _each in range(number):
        leg = story.sent()
        Request.objects.filter(pk=leg.request_id).update(specialty=specialty, sent_at=last_month())


def test_cases_referred_away_are_proposed_by_specialty_and_a_small_count_hides_with_what_betrays_it(
    scene: Scene, office: Actor
) -> None:
    story = tell(scene)
    sent_away(story, 4, "04.02")
    assert found(office, NeedOrigin.REFERRED_AWAY) == []
    sent_away(story, 1, "04.02")
    assert found(office, NeedOrigin.REFERRED_AWAY) == [("away:SHAN:04.02", 5, None)]
    assert not proposal(office, "referred_away", "away:SHAN:04.02").need.is_sample
    Request.objects.update(provenance="sample")
    assert proposal(office, "referred_away", "away:SHAN:04.02").need.is_sample
    shown = words(page_of(client_of(office), "dispatch:need-proposals"))
    assert "5 cases of Neurosurgery referred away" in shown
    assert "样例病人" not in shown
    # One case of another specialty: beside the total it would be told by the five.
    sent_away(story, 1, "03")
    assert found(office, NeedOrigin.REFERRED_AWAY) == []


def test_skills_missing_for_returns_are_proposed_from_findings(scene: Scene, office: Actor) -> None:
    story = tell(scene)
    for at in range(6):
        leg = story.sent()
        Request.objects.filter(pk=leg.request_id).update(specialty="20")
        kind = "skill" if at < 5 else "drug"
        CapabilityFinding.objects.create(leg=leg, institution=scene.shan, kind=kind, found_at=last_month())
    assert found(office, NeedOrigin.TRANSFER_BACK) == [("back:SHAN:20", 5, None)]


def test_a_role_that_counts_no_referrals_is_told_so(scene: Scene, planner: Actor) -> None:
    sent_away(tell(scene), 5, "04.02")
    assert found(planner, NeedOrigin.REFERRED_AWAY) == []
    assert "does not see counts of referrals" in page_of(client_of(planner), "dispatch:need-proposals")


def test_of_work_and_readiness_the_page_says_what_is_missing(scene: Scene, planner: Actor) -> None:
    shown = words(page_of(client_of(planner), "dispatch:need-proposals"))
    assert "No yearly workload is on record within your reach." in shown
    assert "No readiness of institutions is on record" in shown
    YearlyWorkload.objects.create(institution=scene.shan, year=2025, measure="admissions", quantity=700)
    shown = words(page_of(client_of(planner), "dispatch:need-proposals"))
    assert "Yearly workload is on record for 1 institution, but neither the minutes" in shown


# Decisions


def test_a_proposal_that_is_taken_over_stays_away_while_its_need_runs(scene: Scene, office: Actor) -> None:
    sent_away(tell(scene), 5, "04.02")
    each = proposal(office, "referred_away", "away:SHAN:04.02")
    row = commands.accept_proposal(acting_as(office), each.origin, each.need)
    assert (row.people, row.profession, row.reason_code) == (None, "doctor", "referred_away")
    assert found(office, NeedOrigin.REFERRED_AWAY) == []
    with pytest.raises(StateRefusedError):
        commands.accept_proposal(acting_as(office), each.origin, each.need)
    assert reverse("referrals:statistics") in page_of(client_of(office), "dispatch:need", row.pk)
    context = acting_as(office, "已另行解决", "filled_otherwise")
    commands.take_need_step(context, row, "stand_down", row.version)
    assert found(office, NeedOrigin.REFERRED_AWAY) == [("away:SHAN:04.02", 5, None)]


def test_a_proposal_is_put_aside_with_a_reason_that_is_kept_and_comes_again_after_a_year(
    scene: Scene, office: Actor
) -> None:
    sent_away(tell(scene), 5, "04.02")
    each = proposal(office, "referred_away", "away:SHAN:04.02")
    with pytest.raises(InvalidInputError):
        commands.dismiss_proposal(acting_as(office), each.origin, each.need)
    client = client_of(office)
    address = f"{reverse('dispatch:proposal-dismiss')}?origin=referred_away&about=away:SHAN:04.02"
    assert "5 cases of Neurosurgery" in client.get(address).content.decode()
    assert client.post(address, {"command_key": "k1", "reason": "本县不设神经外科"}).status_code == 302
    assert found(office, NeedOrigin.REFERRED_AWAY) == []
    shown = words(page_of(client, "dispatch:need-proposals"))
    assert "本县不设神经外科" in shown
    assert list(needs_queries.dismissed_proposals(scene.office_lin)) == []
    DismissedProposal.objects.update(created_at=timezone.now() - datetime.timedelta(days=400))
    assert found(office, NeedOrigin.REFERRED_AWAY) == [("away:SHAN:04.02", 5, None)]


def test_nobody_decides_about_proposals_for_an_institution_of_others(scene: Scene, office: Actor) -> None:
    sent_away(tell(scene), 5, "04.02")
    each = proposal(office, "referred_away", "away:SHAN:04.02")
    for actor in (scene.office_lin, scene.office_jia):
        assert gather(actor).proposals == ()
        with pytest.raises(NotFoundInScopeError):
            proposal(actor, "referred_away", "away:SHAN:04.02")
        with pytest.raises(NotPermittedError):
            commands.accept_proposal(acting_as(actor), each.origin, each.need)
