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
from lianyi.referrals.models import CapabilityFinding, Leg, Request
from lianyi.referrals.need_proposals import not_taken_back, referred_away
from lianyi.registry.models import Institution, YearlyWorkload
from lianyi.survey.commands import NewGap, put_forward_gap
from lianyi.survey.models import CadreWorkload, Gap
from tests.cast import Scene, acting_as, actor_for, make_department
from tests.dispatch.needs_story import needing, stands, today_and
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words
from tests.referrals.story import Story, tell
from tests.registry.tables import load
from tests.survey.work import GENERAL, MIDWIVES, NEWBORN, component, load_midwives


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


def test_a_planner_sees_the_counts_of_institutions_covered_and_no_case(scene: Scene, planner: Actor) -> None:
    story = tell(scene)
    sent_away(story, 5, "04.02")
    assert found(planner, NeedOrigin.REFERRED_AWAY) == [("away:SHAN:04.02", 5, None)]
    client = client_of(planner)
    shown = words(page_of(client, "dispatch:need-proposals"))
    assert "5 cases of Neurosurgery referred away" in shown
    assert "样例病人" not in shown
    leg = Leg.objects.latest("pk")
    assert leg.request.journey.number not in shown
    assert status_of(client, "referrals:case", leg.pk) in (403, 404)
    assert "样例病人" not in page_of(client, "referrals:statistics")
    elsewhere = actor_for("planner-outside", scene.outside.pk, "dispatch_planner")
    assert found(elsewhere, NeedOrigin.REFERRED_AWAY) == []
    sender = actor_for("planner-jia", scene.jia.pk, "dispatch_planner")
    assert found(sender, NeedOrigin.REFERRED_AWAY) == []


def test_small_counts_stay_hidden_from_planners(scene: Scene, planner: Actor) -> None:
    story = tell(scene)
    sent_away(story, 4, "04.02")
    assert found(planner, NeedOrigin.REFERRED_AWAY) == []
    sent_away(story, 1, "04.02")
    sent_away(story, 1, "03")
    assert found(planner, NeedOrigin.REFERRED_AWAY) == []


def test_a_role_that_counts_no_referrals_is_told_so(scene: Scene) -> None:
    sent_away(tell(scene), 5, "04.02")
    steward = actor_for("steward", scene.county.pk, "registry_steward")
    for source in (referred_away, not_taken_back):
        answer = source(steward)
        assert (answer.proposals, "does not see counts of referrals" in str(answer.why_nothing)) == ((), True)


# Work and readiness


def test_of_work_and_readiness_the_page_says_what_is_missing(scene: Scene, planner: Actor) -> None:
    shown = words(page_of(client_of(planner), "dispatch:need-proposals"))
    assert "No work of a cadre and no yearly workload is on record within your reach." in shown
    assert "No assessment of readiness is on record within your reach." in shown
    YearlyWorkload.objects.create(institution=scene.shan, year=2025, measure="admissions", quantity=700)
    shown = words(page_of(client_of(planner), "dispatch:need-proposals"))
    assert "Yearly workload is on record for 1 institution, but neither the minutes" in shown


def test_staff_whom_the_work_requires_are_proposed_with_the_figures_that_say_so(scene: Scene, planner: Actor) -> None:
    unit = make_department(scene.shan, "OG", "产科", "05.02")
    load_midwives()
    CadreWorkload.objects.update(department=unit)
    key = f"wisn:{scene.shan.pk}:{unit.pk}:助产士"
    assert found(planner, NeedOrigin.WISN_GAP) == [(key, 1, 1)]
    need = proposal(planner, "wisn_gap", key).need
    assert (need.institution, need.department, need.profession, need.specialty) == (scene.shan, unit, "nurse", "05.02")
    assert need.words_en == (
        "助产士, 2025: 1 missing; the work requires 2.89 (3 in whole persons) by WISN, 2 there, ratio 0.69"
    )
    assert need.words_zh == "2025年助产士缺1人：按工作量（WISN）应有2.89人（取整3人），现有2人，比值0.69"
    assert need.counted_on == datetime.date(2025, 12, 31)
    client = client_of(planner)
    shown = words(page_of(client, "dispatch:need-proposals"))
    assert "山县人民医院 · 产科 Obstetrics · Registered nurse 1" in shown
    assert "No work of a cadre" not in shown
    send(client, "dispatch:proposal-accept", origin="wisn_gap", about=key)
    row = Need.objects.get()
    assert (row.people, row.department, row.profession, row.reason_code) == (1, unit, "nurse", "too_few")
    assert found(planner, NeedOrigin.WISN_GAP) == []
    assert reverse("survey:staffing") in page_of(client, "dispatch:need", row.pk)


def test_the_largest_shortage_is_proposed_first_and_what_is_enough_not_at_all(scene: Scene, planner: Actor) -> None:
    load_midwives(existing_staff=3)
    assert found(planner, NeedOrigin.WISN_GAP) == []
    load_midwives(existing_staff="0.5")
    doctors = {"cadre": "医师", "profession": "doctor", "specialty": "03"}
    load("cadre_workloads", {**MIDWIVES, **doctors})
    load("workload_components", {**component("activity", "门诊", 1, "hours", volume=16_960), "cadre": "医师"})
    load("cadre_workloads", {**MIDWIVES, "cadre": "药师"})
    assert [each[1:] for each in found(planner, NeedOrigin.WISN_GAP)] == [(8, 8), (3, 3)]
    shown = words(page_of(client_of(planner), "dispatch:need-proposals"))
    assert "For 1 cadre on record it cannot be told how many staff the work requires" in shown


def test_missing_staff_and_training_are_proposed_by_profession_with_the_number_unknown(
    scene: Scene, planner: Actor
) -> None:
    load("readiness_items", *NEWBORN, *GENERAL)
    key = f"ready:{scene.shan.pk}:newborn_care:doctor:07"
    other = f"ready:{scene.shan.pk}:newborn_care::"
    assert found(planner, NeedOrigin.READINESS_GAP) == [(other, 60, None), (key, 60, None)]
    need = proposal(planner, "readiness_gap", key).need
    assert need.words_en == (
        "Newborn care, assessed on 2026-03-02, 40% ready, below the threshold of 80%, "
        "not there: 新生儿专科医师, 新生儿复苏培训"
    )
    assert need.words_zh == "新生儿护理，2026-03-02评估：准备度40%，低于下限80%，缺新生儿专科医师、新生儿复苏培训"
    row = commands.accept_proposal(acting_as(planner), NeedOrigin.READINESS_GAP, need)
    assert (row.people, row.profession, row.specialty, row.reason_code) == (None, "doctor", "07", "skill_missing")
    assert found(planner, NeedOrigin.READINESS_GAP) == [(other, 60, None)]


def test_a_service_below_its_threshold_for_want_of_other_things_is_proposed_without_a_profession(
    scene: Scene, planner: Actor
) -> None:
    drugs = [{**each, "domain": "medicines"} for each in NEWBORN]
    load("readiness_items", *drugs)
    key = f"ready:{scene.shan.pk}:newborn_care::"
    assert found(planner, NeedOrigin.READINESS_GAP) == [(key, 60, None)]
    assert proposal(planner, "readiness_gap", key).need.words_en.endswith("not there: Medicines and commodities 3")
    load("readiness_items", *({**each, "service": "pathology"} for each in drugs))
    assert found(planner, NeedOrigin.READINESS_GAP) == [(key, 60, None)]


def test_work_and_readiness_of_others_propose_nothing(scene: Scene) -> None:
    load_midwives()
    load("readiness_items", *NEWBORN)
    for actor in (scene.office_lin, scene.office_jia):
        assert gather(actor).proposals == ()


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
