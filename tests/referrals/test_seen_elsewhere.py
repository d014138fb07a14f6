"""What another case shows about a patient: applied as what it is, and told to whoever must move."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lianyi.referrals import proposal_queries
from lianyi.referrals.commands.steps import apply_proposal, refuse_proposal
from lianyi.referrals.escalating import Worker
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import ClosingProposal, Leg, LegEvent, Notice
from lianyi.registry.models import Institution
from tests.cast import acting_as
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals import ways
from tests.referrals.story import Story, patient

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


@pytest.fixture
def known() -> PatientFacts:
    """Return somebody whom two cases know by the same identity card."""
    return patient(born_on=datetime.date(1949, 12, 31), id_number="11010519491231002X", id_kind="resident")


def comes_to_lin(story: Story, who: PatientFacts) -> Leg:
    """Let the same person come to 邻县 with another problem."""
    other = story.sent(story.scene.lin, patient=who, problem_code="S72")
    story.step(other, "open", story.duty_lin)
    story.step(other, "accept", story.duty_lin, **ways.YES)
    return story.step(other, "arrive", story.duty_lin)


def proposed_to(leg: Leg, fact: str, where: Institution | None) -> ClosingProposal:
    return ClosingProposal.objects.create(
        leg=leg, fact=fact, institution=where, happened_at=timezone.now(), source="HIS", is_exact=False
    )


def test_who_arrives_elsewhere_is_treated_elsewhere_and_did_not_arrive_here(
    clock_on_the_wall, story: Story, known: PatientFacts
) -> None:
    leg = story.accepted(patient=known)
    comes_to_lin(story, known)
    proposal = ClosingProposal.objects.get(leg=leg)
    assert (proposal.fact, proposal.institution_id, proposal.is_exact) == ("arrived", story.scene.lin.pk, True)
    clock_on_the_wall.shift(25 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    proposal.refresh_from_db()
    assert (leg.state, leg.arrived_at, leg.responsible_id) == ("handled-elsewhere", None, None)
    assert proposal.state == "applied"
    event = LegEvent.objects.get(leg=leg, step="record_elsewhere")
    assert (event.facts["institution_id"], event.entry_mode) == (story.scene.lin.pk, "automatic")


def test_the_button_of_the_page_does_the_same_as_the_program(story: Story, known: PatientFacts) -> None:
    leg = story.accepted(patient=known)
    comes_to_lin(story, known)
    proposal = ClosingProposal.objects.get(leg=leg)
    address = reverse("referrals:proposal-answer", args=[leg.pk, proposal.pk])
    client_of(story.doctor_shan).post(address, {"answer": "apply", "command_key": "apply-1"})
    leg.refresh_from_db()
    assert (leg.state, leg.arrived_at) == ("handled-elsewhere", None)
    assert LegEvent.objects.get(leg=leg, step="record_elsewhere").entry_mode == "live"


@pytest.mark.parametrize(("way", "step"), [("opened", "arrive_unannounced"), ("bed-reserved", "arrive")])
def test_who_was_admitted_here_has_arrived_here_also_before_an_answer(story: Story, way: str, step: str) -> None:
    leg = ways.WAYS[way](story)
    proposal = proposed_to(leg, "admitted", story.scene.jia)
    apply_proposal(acting_as(story.duty_jia), proposal.pk)
    leg.refresh_from_db()
    assert (leg.state, leg.arrived_at, leg.responsible_id) == ("arrived", proposal.happened_at, story.scene.jia.pk)
    assert LegEvent.objects.get(leg=leg, to_state="arrived").step == step


def test_nobody_is_taken_out_of_care_without_a_person(clock_on_the_wall, story: Story, known: PatientFacts) -> None:
    leg = story.under_care(patient=known)
    comes_to_lin(story, known)
    proposal = ClosingProposal.objects.get(leg=leg)
    assert (proposal.is_exact, proposal.apply_at) == (True, None)
    # One that was certain while the patient was still on the way here finds the patient in care.
    ClosingProposal.objects.filter(pk=proposal.pk).update(apply_at=timezone.now() + HOUR)
    clock_on_the_wall.shift(25 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    proposal.refresh_from_db()
    assert (leg.state, proposal.state, proposal.failure) == ("under-care", "open", "referral-step")
    assert Notice.objects.filter(kind="proposal_failed", institution=story.scene.jia).count() == 1


def test_a_hospital_that_has_the_patient_is_not_told_that_the_patient_is_there(
    story: Story, known: PatientFacts
) -> None:
    first = story.under_care(patient=known)
    second = story.accepted(patient=known, problem_code="S72")
    story.step(second, "arrive", story.duty_jia)
    assert not ClosingProposal.objects.filter(leg=first).exists()


def test_a_death_is_told_to_other_cases_with_the_time_of_death(
    clock_on_the_wall, story: Story, known: PatientFacts
) -> None:
    leg = story.accepted(patient=known)
    other = story.sent(story.scene.lin, patient=known, problem_code="S72")
    died_at = timezone.now() - 50 * MINUTE
    clock_on_the_wall.shift(2 * HOUR)
    story.step(other, "record_death", story.doctor_shan, died_at=died_at)
    proposal = ClosingProposal.objects.get(leg=leg)
    assert (proposal.fact, proposal.happened_at) == ("died", died_at)
    clock_on_the_wall.shift(25 * HOUR)
    Worker().turn()
    event = LegEvent.objects.get(leg=leg, step="record_death")
    assert datetime.datetime.fromisoformat(event.facts["died_at"]) == died_at


def test_who_must_move_and_the_coordinator_are_told_before_anything_is_applied(
    clock_on_the_wall, story: Story, known: PatientFacts
) -> None:
    leg = ways.opened(story, patient=known)
    comes_to_lin(story, known)
    told = Notice.objects.filter(kind="propose_closing", leg=leg)
    assert sorted(told.values_list("institution__code", flat=True)) == ["JIA1", "SHAN"]
    assert "样例病人" not in str(told.values_list("params", flat=True))
    assert ClosingProposal.objects.get(leg=leg).apply_at == timezone.now() + 24 * HOUR


def test_what_is_to_answer_stands_on_a_list_and_on_the_home_page_until_it_is_answered(
    story: Story, known: PatientFacts
) -> None:
    leg = ways.opened(story, patient=known)
    comes_to_lin(story, known)
    number = leg.request.journey.number
    for actor, follows in ((story.doctor_shan, True), (story.duty_jia, False)):
        client = client_of(actor)
        assert "Another record shows something about a patient: say what follows" in words(page_of(client, "home"))
        listed = words(page_of(client, "referrals:proposals"))
        assert number in listed
        assert f"arrived {story.scene.lin.name_en or story.scene.lin.name_zh}" in listed
        assert "Treated elsewhere" in listed
        case = words(page_of(client, "referrals:case", leg.pk))
        # The sender may close the case; the receiver sees it and may only say that it changes nothing.
        assert ("Apply it: Treated elsewhere" in case) is follows
        assert "It changes nothing" in case
    assert number not in words(page_of(client_of(story.duty_lin), "referrals:proposals"))
    proposal = ClosingProposal.objects.get(leg=leg)
    refuse_proposal(acting_as(story.doctor_shan), proposal.pk)
    assert number not in words(page_of(client_of(story.doctor_shan), "referrals:proposals"))
    assert "say what follows" not in words(page_of(client_of(story.doctor_shan), "home"))


def test_a_hospital_that_is_only_asked_has_no_say_while_the_sender_must_move(story: Story, known: PatientFacts) -> None:
    leg = ways.opened(story, patient=known)
    story.step(leg, "ask", story.duty_jia, text="样例提问")
    comes_to_lin(story, known)
    assert list(proposal_queries.to_answer(story.duty_jia)) == []
    assert [row.leg_id for row in proposal_queries.to_answer(story.coordinator)] == [leg.pk]
