"""Another institution drives the patient: an ambulance unit, or the receiver's own team.

The ambulance unit here is 东乡卫生院, which has no other part in the case.
"""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.referrals import queries
from lianyi.referrals.commands.steps import apply_proposal, record_milestone, refuse_proposal
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.facts import Transport
from lianyi.referrals.machine import WorkList
from lianyi.referrals.models import (
    Attachment,
    Clock,
    ClosingProposal,
    Leg,
    LegEvent,
    Milestone,
    Notice,
    Packet,
    PatientIdentity,
)
from lianyi.referrals.walking import allowed_actions
from lianyi.registry.models import Institution
from tests.cast import LONG_AGO, acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals.story import Story

SAID = "样例接收医生 000-3333"


@pytest.fixture
def driver(story: Story) -> Actor:
    return actor_for("driver-xiang", story.scene.xiang.pk, "village_clinician")


def close(institution: Institution) -> None:
    Institution.objects.filter(pk=institution.pk).update(closed_on=LONG_AGO + datetime.timedelta(days=400))


def announced(story: Story, **more: object) -> Leg:
    """Return a chest pain to which 甲市 said yes, and which 东乡卫生院 drives."""
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    said = {"contact": "样例联系人", "capacity_confirmed": True, "transporter_id": story.scene.xiang.pk, **more}
    return story.step(leg, "accept", story.duty_jia, **said)


def names(actor: Actor, leg: Leg) -> set[str]:
    leg.refresh_from_db()
    return {each.transition.name for each in allowed_actions(actor, leg)}


def test_whoever_drives_is_chosen_with_the_yes_and_gets_the_short_form(story: Story, driver: Actor) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    with pytest.raises(NotFoundInScopeError):
        queries.leg(driver, leg.pk)
    leg = announced(story)
    assert leg.transport_institution_id == story.scene.xiang.pk
    assert Notice.objects.filter(leg=leg, institution=story.scene.xiang, kind="accept").count() == 1
    found = queries.case(driver, leg.pk)
    assert found.identity is not None
    assert found.identity.pk == PatientIdentity.objects.get(journey_id=leg.request.journey_id).pk
    asked = {item.code for item in queries.short_items(leg.request)}
    assert {line.item.code for line in found.lines} == asked
    assert 0 < len(asked) <= 8 < len(queries.case(story.duty_jia, leg.pk).lines)
    assert found.packet is None
    assert not scoped(driver, Packet.objects.all()).exists()
    assert not scoped(driver, Attachment.objects.all()).exists()
    assert names(driver, leg) == {"depart", "record_death"}


def test_the_drive_is_the_drivers_move_and_the_drivers_times(story: Story, driver: Actor) -> None:
    leg = announced(story)
    story.step(leg, "depart", driver, transport=Transport(vehicle="样例车"))
    assert (leg.state, leg.ball_side, leg.ball_institution_id) == ("in-transit", "transport", story.scene.xiang.pk)
    assert leg.responsible_id == story.scene.shan.pk
    clock = Clock.objects.get(leg=leg, kind="transit")
    assert clock.institution_id == story.scene.xiang.pk
    assert list(queries.work_list(driver, WorkList.ON_THE_WAY)) == [leg]
    assert list(queries.to_move(driver)) == [leg]
    assert LegEvent.objects.get(leg=leg, step="depart").side == "transport"
    told = Notice.objects.filter(leg=leg, kind="depart").values_list("institution__code", flat=True)
    assert sorted(told) == ["JIA1", "SHAN"]
    record_milestone(acting_as(driver), leg.pk, "ambulance_arrived", timezone.now() - datetime.timedelta(minutes=5))
    others = ((driver, "ecg"), (story.doctor_shan, "ambulance_arrived"), (story.duty_jia, "ambulance_arrived"))
    for actor, code in others:
        with pytest.raises(NotPermittedError):
            record_milestone(acting_as(actor), leg.pk, code, timezone.now())
    assert [row.code for row in scoped(driver, Milestone.objects.filter(is_typed=True))] == ["ambulance_arrived"]


def test_the_short_form_ends_a_day_after_the_patient_was_handed_over(story: Story, driver: Actor) -> None:
    leg = announced(story)
    story.step(leg, "depart", driver)
    story.step(leg, "arrive", story.duty_jia)
    story.step(leg, "take_over", story.duty_jia)
    assert queries.case(driver, leg.pk).identity is not None
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25), tick=True):
        with pytest.raises(NotFoundInScopeError):
            queries.leg(driver, leg.pk)
        assert not scoped(driver, PatientIdentity.objects.all()).exists()
        assert queries.case(story.duty_jia, leg.pk).identity is not None


def test_a_cancelled_drive_hides_who_the_patient_is_at_once(story: Story, driver: Actor) -> None:
    leg = announced(story)
    story.step(leg, "cancel", story.doctor_shan, reason_code="improved")
    assert queries.case(driver, leg.pk).identity is None
    assert queries.case(driver, leg.pk).lines == []
    assert Notice.objects.filter(leg=leg, institution=story.scene.xiang, kind="cancel").count() == 1


def test_without_a_name_the_sender_drives(story: Story, driver: Actor) -> None:
    leg = announced(story, transporter_id=None)
    story.step(leg, "depart", story.doctor_shan)
    assert (leg.transport_institution_id, leg.ball_side, leg.ball_institution_id) == (
        None, "transport", story.scene.shan.pk
    )  # fmt: skip
    with pytest.raises(NotFoundInScopeError):
        queries.leg(driver, leg.pk)


def test_another_driver_at_departure_takes_the_place_of_the_first(story: Story, driver: Actor) -> None:
    leg = announced(story)
    village = actor_for("driver-cun", story.scene.cun.pk, "village_clinician")
    story.step(leg, "depart", story.doctor_shan, transporter_id=story.scene.cun.pk)
    assert leg.ball_institution_id == story.scene.cun.pk
    assert queries.case(village, leg.pk).identity is not None
    close(story.scene.lin)
    other = announced(story, transporter_id=None)
    with pytest.raises(FactsRefusedError) as refusal:
        story.step(other, "depart", story.doctor_shan, transporter_id=story.scene.lin.pk)
    assert refusal.value.params["reason"] == "transporter-unknown"


def test_whoever_drives_answers_no_proposal_about_the_patient(story: Story, driver: Actor) -> None:
    leg = announced(story)
    seen = ClosingProposal.objects.create(leg=leg, fact="admitted", happened_at=timezone.now(), source="样例登记")
    for answer in (refuse_proposal, apply_proposal):
        with pytest.raises(NotPermittedError) as refusal:
            answer(acting_as(driver), seen.pk)
        assert refusal.value.params["reason"] == "driver-has-no-say"
    assert refuse_proposal(acting_as(story.doctor_shan), seen.pk).state == "refused"


def test_the_page_offers_who_drives(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    page = client_of(story.duty_jia).get(reverse("referrals:step", args=[leg.pk, "accept"])).content.decode()
    assert 'name="transporter"' in page


def test_the_case_says_before_the_departure_who_will_drive(story: Story) -> None:
    leg = announced(story)
    page = words(page_of(client_of(story.duty_jia), "referrals:case", leg.pk))
    assert page.count("东乡卫生院") >= 2
    assert "Transport by" in page or "转运" in page


def test_the_case_says_who_there_has_agreed_to_take_the_patient(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    said = {"institution_id": story.scene.lin.pk, "contact": SAID, "reason_code": "no_bed"}
    story.step(leg, "decline", story.duty_jia, **said)
    page = words(page_of(client_of(story.doctor_shan), "referrals:case", leg.pk))
    assert SAID in page
    assert "Who there agreed to take the patient" in page or "对方同意接收患者的人" in page


# The patient is taken to another hospital on the way, or another hospital is named with a no.


def test_a_diverted_patient_is_on_the_way_to_the_other_hospital_which_said_yes(story: Story, driver: Actor) -> None:
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        leg = announced(story)
        story.step(leg, "depart", driver)
        left = leg.departed_at
        traveller.shift(datetime.timedelta(minutes=20))
        lin = story.scene.lin.pk
        story.step(leg, "divert", driver, institution_id=lin, contact=SAID, reason_code="patient_worse")
        new = Leg.objects.get(diverted_from=leg)
        assert (leg.state, leg.ball_side) == ("diverted", "")
        assert (new.state, new.to_institution_id, new.contact) == ("in-transit", lin, SAID)
        assert (new.departed_at, new.transport_institution_id) == (left, story.scene.xiang.pk)
        assert (new.ball_side, new.ball_institution_id) == ("transport", story.scene.xiang.pk)
        assert not Clock.objects.filter(leg=new, kind__in=("delivery", "seen", "decision"), stopped_at=None).exists()
        spoken = LegEvent.objects.get(leg=new, step="accept")
        assert (spoken.entry_mode, spoken.spoken_by, spoken.side) == ("spoken", SAID, "receiver")
        assert queries.case(story.duty_lin, new.pk).identity is not None
        assert queries.case(story.duty_jia, leg.pk).identity is None
        assert queries.case(driver, new.pk).identity is not None
        story.step(new, "arrive", story.duty_lin)
        assert (new.state, new.responsible_id) == ("arrived", lin)


@pytest.mark.parametrize("name", ["decline", "withdraw", "divert"])
def test_who_is_named_to_take_the_patient_is_open_and_has_agreed(story: Story, name: str) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain") if name == "decline" else announced(story)
    if name == "divert":
        story.step(leg, "depart", story.doctor_shan)
    actor = story.doctor_shan if name == "divert" else story.duty_jia
    lin = story.scene.lin
    said = {"institution_id": lin.pk, "reason_code": "transport"}
    with pytest.raises(FactsRefusedError) as refusal:
        story.step(leg, name, actor, **said)
    assert refusal.value.params["reason"] in ("agreed-by-missing", "fact-missing")
    assert refusal.value.params["field"] == "contact"
    close(lin)
    with pytest.raises(FactsRefusedError) as refusal:
        story.step(leg, name, actor, **said, contact=SAID)
    assert (refusal.value.params["reason"], refusal.value.params["institution"]) == ("named-closed", lin.name_zh)
    Institution.objects.filter(pk=lin.pk).update(closed_on=None)
    story.step(leg, name, actor, **said, contact=SAID)
    event = LegEvent.objects.get(leg=leg, step=name)
    assert (event.facts["institution_id"], event.facts["contact"]) == (lin.pk, SAID)
    if name != "divert":
        assert leg.alternative_id == lin.pk


def test_who_never_came_is_hidden_from_the_hospital_again(story: Story) -> None:
    leg = story.accepted()
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        traveller.shift(datetime.timedelta(hours=4))
        story.step(leg, "record_no_show", story.duty_jia)
        assert queries.case(story.duty_jia, leg.pk).identity is not None
        story.step(leg, "give_up", story.doctor_shan, reason_code="patient_refused")
    assert leg.state == "no-show-final"
    assert queries.case(story.duty_jia, leg.pk).identity is None
    assert queries.case(story.doctor_shan, leg.pk).identity is not None
