"""A consultation is asked, answered with a signed opinion, read and closed; each side acts in its turn."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent, Grant
from lianyi.referrals.commands.consultations import (
    ConsultationChange,
    NewConsultation,
    change_consultation,
    draft_consultation,
)
from lianyi.referrals.consulting import take_consulting_step, tick
from lianyi.referrals.consulting_facts import ConsultingFacts
from lianyi.referrals.consulting_machine import OPEN
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError, OpinionSignedError
from lianyi.referrals.models import (
    Consultation,
    ConsultationEvent,
    ConsultationPacket,
    Journey,
    Leg,
    Notice,
    Opinion,
    PatientIdentity,
)
from lianyi.referrals.numbers import is_sound
from lianyi.referrals.signing import is_as_signed
from tests.cast import acting_as, actor_for
from tests.referrals import consulting_story as tale
from tests.referrals.story import Story


def test_written_advice_from_the_question_to_the_closing(story: Story) -> None:
    row = tale.closed(story)
    assert is_sound(row.number)
    assert (row.state, row.is_open, row.ball_side, row.due_at, row.followed) == ("closed", False, "", None, "yes")
    steps = ConsultationEvent.objects.filter(consultation=row).values_list("step", flat=True)
    assert list(steps) == ["draft", "ask", "accept", "sign_opinion", "read", "close"]
    assert row.journey.closed_at is not None or Journey.objects.get(pk=row.journey_id).closed_at is not None
    assert verify_chain().events > 10


def test_a_live_consultation_with_two_sessions(story: Story) -> None:
    row = tale.in_session(story)
    assert (row.state, row.sessions, row.ball_side) == ("in-session", 1, "receiver")
    tale.step(row, "end_session", story.doctor_shan)
    assert row.session_ended_at is not None
    tale.step(row, "schedule", story.duty_jia, scheduled_for=tale.in_an_hour(), meeting="样例会议室")
    tale.step(row, "start", story.doctor_shan)
    assert (row.sessions, row.session_ended_at) == (2, None)
    tale.step(row, "sign_opinion", story.duty_jia, opinion="样例意见")
    assert (row.state, row.ball_institution_id) == ("opinion-issued", story.scene.shan.pk)
    assert row.session_ended_at is not None


def test_a_session_that_nobody_ended_holds_up_no_other(story: Story) -> None:
    first, second = tale.in_session(story), tale.scheduled(story)
    assert "start" in tale.names(story.duty_jia, second)
    tale.step(second, "start", story.duty_jia)
    third = tale.scheduled(story, journey_id=first.journey_id, patient=None)
    tale.step(third, "start", story.duty_jia)
    assert Consultation.objects.filter(state="in-session").count() == 3
    late = ConsultingFacts(occurred_at=timezone.now() - datetime.timedelta(seconds=1), entered_offline=True)
    take_consulting_step(acting_as(story.doctor_shan), first.pk, "end_session", late, None)
    assert ConsultationEvent.objects.filter(consultation=first).latest("pk").entry_mode == "retrospective"


def test_several_specialties_each_sign_their_view(story: Story) -> None:
    row = tale.in_session(story, kind="multi_specialist")
    tale.step(row, "give_view", story.duty_jia, opinion="样例一", specialty="04.02")
    tale.step(row, "give_view", story.head_jia, opinion="样例二", specialty="20")
    with pytest.raises(FactsRefusedError, match="none of the specialties"):
        tale.step(row, "give_view", story.head_jia, opinion="样例三", specialty="03")
    tale.step(row, "sign_opinion", story.head_jia, opinion="样例综合意见")
    parts = Opinion.objects.filter(consultation=row).values_list("part", "specialty", "signed_by__username")
    assert list(parts) == [("view", "04.02", "duty-jia"), ("view", "20", "head-jia"), ("opinion", "", "head-jia")]


def test_the_experts_see_the_content_only_from_acceptance_until_closing_and_grace(story: Story) -> None:
    packets = ConsultationPacket.objects.all()
    row = tale.drafted(story)
    assert not scoped(story.duty_jia, Consultation.objects.all()).exists()
    tale.step(row, "ask", story.doctor_shan)
    assert list(scoped(story.duty_jia, Consultation.objects.all())) == [row]
    assert not scoped(story.duty_jia, packets).exists()
    tale.step(row, "accept", story.duty_jia)
    assert scoped(story.duty_jia, packets).count() == 1
    assert not scoped(story.duty_jia, PatientIdentity.objects.all()).exists()
    tale.step(row, "sign_opinion", story.duty_jia, opinion="样例意见")
    tale.step(row, "read", story.doctor_shan)
    tale.step(row, "close", story.doctor_shan, followed="yes")
    assert scoped(story.duty_jia, packets).count() == 1
    Grant.objects.filter(basis_type="referrals.consultation", valid_to__isnull=False).update(
        valid_to=timezone.now() - datetime.timedelta(seconds=1)
    )
    assert not scoped(story.duty_jia, packets).exists()
    assert scoped(story.doctor_shan, packets).count() == 1
    # The signed opinion stays in the record of both sides.
    assert scoped(story.duty_jia, Opinion.objects.all()).count() == 1
    for model in (Consultation, ConsultationPacket, Opinion, ConsultationEvent):
        assert not scoped(story.duty_lin, model.objects.all()).exists()


def test_who_withdraws_falls_back_to_what_was_asked_and_a_cancelled_one_is_gone(story: Story) -> None:
    row = tale.accepted(story)
    tale.step(row, "withdraw", story.duty_jia, reason_code="no_specialist")
    assert row.state == "declined"
    assert not scoped(story.duty_jia, ConsultationPacket.objects.all()).exists()
    assert scoped(story.duty_jia, Consultation.objects.all()).exists()
    other = tale.accepted(story)
    tale.step(other, "cancel", story.doctor_shan, reason_code="improved")
    assert list(scoped(story.duty_jia, Consultation.objects.all())) == [row]


def test_consent_is_asked_except_in_an_emergency(story: Story) -> None:
    row = tale.drafted(story, has_consent=False)
    with pytest.raises(GuardRefusedError, match="agreement"):
        tale.step(row, "ask", story.doctor_shan)
    urgent = tale.asked(story, kind="emergency", has_consent=False, condition="stroke")
    assert (urgent.state, urgent.ball_side) == ("asked", "receiver")
    assert urgent.due_at is not None
    assert urgent.due_at - urgent.asked_at == datetime.timedelta(minutes=15)
    assert "ask_information" not in tale.names(story.duty_jia, urgent)


def test_an_incomplete_form_is_not_asked_but_can_be_completed(story: Story) -> None:
    row = tale.drafted(story, complete=False)
    with pytest.raises(GuardRefusedError, match="lacks"):
        tale.step(row, "ask", story.doctor_shan)
    change = ConsultationChange(
        question="样例问题", has_consent=True, values={"history": "样例", "findings": "样例", "diagnosis": "样例"}
    )
    change_consultation(acting_as(story.doctor_shan), row.pk, change, row.version)
    packet = ConsultationPacket.objects.get(consultation=row)
    assert 0 < packet.items_given <= packet.items_required
    tale.step(tale.drafted(story), "ask", story.doctor_shan)
    frozen = tale.asked(story)
    with pytest.raises(GuardRefusedError, match="frozen"):
        change_consultation(acting_as(story.doctor_shan), frozen.pk, change, frozen.version)


def test_a_question_and_its_answer(story: Story) -> None:
    row = tale.asked(story)
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    assert (row.state, row.ball_institution_id) == ("awaiting-information", story.scene.shan.pk)
    with pytest.raises(GuardRefusedError, match="not over"):
        tale.step(row, "decline_unanswered", story.duty_jia, reason_code="information_missing")
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    assert (row.state, row.ball_institution_id) == ("asked", story.scene.jia.pk)


def test_each_side_takes_only_its_own_steps(story: Story) -> None:
    row = tale.asked(story)
    assert tale.names(story.duty_jia, row) == {"ask_information", "accept", "decline"}
    assert tale.names(story.doctor_shan, row) == {"convert", "cancel"}
    assert tale.names(story.duty_lin, row) == set()
    with pytest.raises(NotPermittedError, match="not for your side"):
        tale.step(row, "accept", story.doctor_shan)
    with pytest.raises(NotPermittedError, match="not for your side"):
        tale.step(row, "cancel", story.duty_jia, reason_code="improved")
    with pytest.raises(NotFoundInScopeError):
        tale.step(row, "accept", story.duty_lin)
    with pytest.raises(NotPermittedError, match="role"):
        tale.step(row, "accept", actor_for("writer-jia", story.scene.jia.pk, "referring_clinician"))


def test_a_stale_version_is_a_conflict_that_tells_what_is_possible_now(story: Story) -> None:
    row = tale.asked(story)
    seen = row.version
    tale.step(row, "accept", story.duty_jia)
    with pytest.raises(StaleVersionError) as refusal:
        take_consulting_step(acting_as(story.head_jia), row.pk, "decline", ConsultingFacts(), seen)
    assert "sign_opinion" in refusal.value.params["allowed"]  # type: ignore[operator]


def test_the_same_key_twice_is_one_step(story: Story) -> None:
    row = tale.asked(story)
    context = acting_as(story.duty_jia)
    for _time in range(2):
        take_consulting_step(context, row.pk, "accept", ConsultingFacts(), row.version)
    assert ConsultationEvent.objects.filter(consultation=row, step="accept").count() == 1


def test_what_is_not_in_the_table_is_refused(story: Story) -> None:
    row = tale.asked(story)
    with pytest.raises(CaseStepRefusedError, match="does not follow"):
        tale.step(row, "sign_opinion", story.duty_jia, opinion="x")
    with pytest.raises(FactsRefusedError, match="does not take"):
        tale.step(row, "accept", story.duty_jia, followed="yes")
    with pytest.raises(FactsRefusedError, match="reason from the list"):
        tale.step(row, "decline", story.duty_jia, text="样例")


def test_a_live_opinion_needs_a_session_and_advice_has_none(story: Story) -> None:
    live = tale.scheduled(story)
    with pytest.raises(GuardRefusedError, match="follows a session"):
        tale.step(live, "sign_opinion", story.duty_jia, opinion="x")
    advice = tale.accepted(story)
    with pytest.raises(GuardRefusedError, match="no session"):
        tale.step(advice, "start", story.duty_jia)


def test_a_signed_opinion_is_never_changed(story: Story) -> None:
    row = tale.answered(story)
    opinion = Opinion.objects.get(consultation=row)
    assert is_as_signed(opinion)
    opinion.text = "别的意见"
    for change in (opinion.save, opinion.delete, Opinion.objects.all().delete):
        with pytest.raises(OpinionSignedError):
            change()
    with pytest.raises(OpinionSignedError):
        Opinion.objects.filter(pk=opinion.pk).update(text="别的意见")
    opinion.refresh_from_db()
    assert opinion.text == "样例意见"
    tale.step(row, "add_addendum", story.head_jia, opinion="样例补充")
    addendum = Opinion.objects.get(consultation=row, part="addendum")
    assert (addendum.adds_to_id, is_as_signed(addendum)) == (opinion.pk, True)


@pytest.mark.parametrize("field", ["text", "signed_by_id", "signed_at", "specialty", "part"])
def test_a_change_behind_the_back_of_the_site_shows_in_the_digest(story: Story, field: str) -> None:
    opinion = Opinion.objects.get(consultation=tale.answered(story))
    forged = {
        "text": "样例意见。",
        "signed_by_id": story.doctor_shan.user_id,
        "signed_at": opinion.signed_at + datetime.timedelta(microseconds=1),
        "specialty": "20",
        "part": "view",
    }
    setattr(opinion, field, forged[field])
    assert not is_as_signed(opinion)


def test_not_following_an_opinion_needs_a_reason(story: Story) -> None:
    row = tale.read(story)
    with pytest.raises(FactsRefusedError, match="why"):
        tale.step(row, "close", story.doctor_shan, followed="partly")
    tale.step(row, "close", story.doctor_shan, followed="no", text="样例原因")
    assert (row.followed, row.followed_why) == ("no", "样例原因")


def test_a_consultation_becomes_a_referral_of_the_same_journey(story: Story) -> None:
    row = tale.read(story)
    tale.step(row, "convert", story.doctor_shan, referral=tale.wish(story))
    request = row.converted_to
    assert request is not None
    assert (request.journey_id, request.from_consultation, request.question) == (row.journey_id, row, row.question)
    assert Leg.objects.get(request=request).to_institution_id == story.scene.jia.pk
    given, kept = row.packet.values, request.packet.values
    assert kept["history"] == given["history"]
    assert set(kept) <= set(given)
    assert request.status == "draft"
    assert "convert" not in tale.names(story.doctor_shan, row)
    assert row.state == "read"
    with pytest.raises(GuardRefusedError, match="already"):
        tale.step(row, "convert", story.doctor_shan, referral=tale.wish(story))
    assert Journey.objects.count() == 1


def test_a_consultation_begins_from_a_journey_that_is_there(story: Story) -> None:
    leg = story.under_care()
    row = tale.asked(story, journey_id=leg.request.journey_id, patient=None, problem_code="")
    assert row.journey_id == leg.request.journey_id
    stranger = NewConsultation(
        from_institution_id=story.scene.lin.pk,
        to_institution_id=story.scene.jia.pk,
        kind="advice",
        urgency="routine",
        question="样例",
        specialties=["20"],
        journey_id=leg.request.journey_id,
    )
    with pytest.raises(NotFoundInScopeError):
        draft_consultation(acting_as(actor_for("doctor-lin", story.scene.lin.pk, "referring_clinician")), stranger)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kind": "emergency", "urgency": "routine"}, "emergency-mismatch"),
        ({"question": " "}, "question-missing"),
        ({"specialties": []}, "specialties"),
        ({"specialties": ["no-such"]}, "specialties"),
        ({"kind": "multi_specialist", "specialties": ["20"]}, "specialties"),
        ({"kind": "strange"}, "choice-unknown"),
        ({"condition": "strange"}, "choice-unknown"),
        ({"problem_code": ""}, "problem-missing"),
        ({"patient": None}, "patient-missing"),
    ],
)
def test_a_wrong_form_is_refused_with_its_reason(story: Story, changed: dict[str, object], reason: str) -> None:
    with pytest.raises(FactsRefusedError) as refusal:
        tale.drafted(story, **{"urgency": "routine", **changed})
    assert refusal.value.params["reason"] == reason


def test_words_stay_out_of_the_trail(story: Story) -> None:
    row = tale.asked(story, question="密语问题")
    tale.step(row, "ask_information", story.duty_jia, text="密语提问")
    tale.step(row, "supply", story.doctor_shan, text="密语回答")
    tale.step(row, "accept", story.duty_jia)
    tale.step(row, "sign_opinion", story.duty_jia, opinion="密语意见")
    tale.step(row, "read", story.doctor_shan)
    tale.step(row, "close", story.doctor_shan, followed="no", text="密语原因")
    trail = " ".join(str((each.before, each.after, each.reason)) for each in AuditEvent.objects.all())
    notices = " ".join(str(each.params) for each in Notice.objects.all())
    assert "密语" not in trail + notices
    assert "样例病人" not in trail + notices


def test_each_step_is_told_to_the_other_side(story: Story) -> None:
    row = tale.answered(story)
    told = Notice.objects.filter(consultation=row).order_by("pk").values_list("kind", "institution_id")
    jia, shan = story.scene.jia.pk, story.scene.shan.pk
    assert list(told) == [
        ("consultation_ask", jia),
        ("consultation_accept", shan),
        ("consultation_sign_opinion", shan),
    ]


def _later(row: Consultation) -> datetime.datetime:
    row.refresh_from_db()
    assert row.next_call_at is not None
    return row.next_call_at


def test_silence_calls_post_after_post_and_ends_the_consultation(story: Story) -> None:
    row = tale.asked(story, kind="emergency", condition="stroke")
    assert tick(timezone.now()) == 0
    due = _later(row)
    version = row.version
    for rung in range(1, 7):
        now = _later(row)
        assert (tick(now), tick(now)) == (1, 0)
        row.refresh_from_db()
        assert (row.rung, row.state) == (rung, "asked")
    assert row.version == version
    told = Notice.objects.filter(consultation=row, kind="consultation_overdue").order_by("pk")
    posts = [each.params["post"] for each in told]
    assert list(dict.fromkeys(posts)) == [
        "duty_person", "deputy", "department_head", "hospital_duty", "coordinator", "alliance_lead",
    ]  # fmt: skip
    last = _later(row)
    assert last > due + datetime.timedelta(minutes=30)
    tick(last)
    row.refresh_from_db()
    assert (row.state, row.ball_side, row.next_call_at) == ("expired", "", None)
    assert not scoped(story.duty_jia, Consultation.objects.all()).exists()


def test_an_opinion_that_nobody_writes_is_called_for_again_and_again(story: Story) -> None:
    row = tale.accepted(story, kind="emergency", condition="stroke")
    for _rung in range(6):
        tick(_later(row))
    row.refresh_from_db()
    assert (row.state, row.rung) == ("accepted", 6)
    before = Notice.objects.filter(consultation=row, kind="consultation_overdue").count()
    top = _later(row)
    for at in (top, top, top + datetime.timedelta(minutes=14), top + datetime.timedelta(minutes=15)):
        tick(at)
    row.refresh_from_db()
    assert row.rung == 9
    again = Notice.objects.filter(consultation=row, kind="consultation_overdue").order_by("pk")[before:]
    posts = [each.params["post"] for each in again]
    assert list(dict.fromkeys(posts)) == ["coordinator", "alliance_lead"]


def test_a_session_that_nobody_began_counts_as_not_held(story: Story) -> None:
    row = tale.scheduled(story)
    assert row.due_at == row.scheduled_for
    tick(_later(row))
    row.refresh_from_db()
    assert (row.state, row.rung) == ("scheduled", 1)
    tick(_later(row))
    row.refresh_from_db()
    assert (row.state, row.no_shows, row.ball_side) == ("no-show", 1, "receiver")
    tale.step(row, "schedule", story.duty_jia, scheduled_for=tale.in_an_hour())
    assert row.state == "scheduled"


def test_either_side_may_say_that_the_other_did_not_come(story: Story) -> None:
    for actor, absent in ((story.doctor_shan, "receiver"), (story.duty_jia, "sender")):
        row = tale.scheduled(story)
        with pytest.raises(GuardRefusedError, match="not over"):
            tale.step(row, "no_show", actor, absent_side=absent)
        Consultation.objects.filter(pk=row.pk).update(scheduled_for=timezone.now() - datetime.timedelta(minutes=1))
        with pytest.raises(FactsRefusedError, match="did not come"):
            tale.step(row, "no_show", actor)
        tale.step(row, "no_show", actor, absent_side=absent)
        assert (row.state, row.ball_side) == ("no-show", "receiver")


def test_every_open_consultation_has_one_holder_and_a_due_time(story: Story) -> None:
    for make in (tale.drafted, tale.asked, tale.accepted, tale.scheduled, tale.in_session, tale.answered, tale.read):
        row = make(story)
        row.refresh_from_db()
        assert row.state in OPEN
        assert (bool(row.ball_side), row.ball_institution_id is not None, row.due_at is not None) == (True,) * 3


def test_a_journey_that_holds_only_consultations_ends_with_the_last_of_them(story: Story) -> None:
    first = tale.closed(story)
    journey = Journey.objects.get(pk=first.journey_id)
    assert journey.closed_at is not None
    tale.asked(story, journey_id=journey.pk, patient=None)
    journey.refresh_from_db()
    assert journey.closed_at is None
