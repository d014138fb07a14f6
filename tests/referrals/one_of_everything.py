"""A world with one row of everything that a page of the referrals names, and the words that no outsider may read.

Doctor Shan sent a chest pain to 甲市第一医院, which said yes on the telephone, took the patient over and sent back.
Beside it stand a case that is only asked, with a question, a draft, a partner outside the network, consultations,
rosters of duty, and what carries the notices. Every free text that an outsider may not read begins with 秘密.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Model
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.partnerships.models import Duty
from lianyi.referrals.commands.attachments import NewAttachment, add_attachment
from lianyi.referrals.commands.duty import DailyDuty, NewRoster, create_roster, fill_duty, publish_roster
from lianyi.referrals.commands.merging import merge_decision
from lianyi.referrals.commands.offline_devices import register_device
from lianyi.referrals.commands.outgoing import add_webhook
from lianyi.referrals.commands.partners import PartnerFacts, add_partner, make_guest_link
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.results import ResultFacts, record_result
from lianyi.referrals.commands.returns import NewStage, begin_stage
from lianyi.referrals.commands.steps import record_milestone, write_message
from lianyi.referrals.commands.terms import TermsFacts, settle_terms
from lianyi.referrals.facts import ReturnNeedFact, StepFacts
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import (
    ClosingProposal,
    Consultation,
    ConsultationPacket,
    Delivery,
    DutySlot,
    FollowUp,
    Journey,
    Leg,
    LegEvent,
    MergeConflict,
    Notice,
    Packet,
    Request,
    ReturnNeed,
)
from lianyi.referrals.policies import policy_for
from tests.cast import acting_as, actor_for, affiliate
from tests.referrals import consulting_story as consulting
from tests.referrals.story import Story
from tests.referrals.test_attachments import JPEG

WEBHOOK = "https://his.example/secret-hook"
PARTNER = "秘密外院"
NIGHT = datetime.time(20), datetime.time(8)
DAYLIGHT = datetime.time(8), datetime.time(20)


@dataclass
class Everything:
    """The rows by what the pages call them."""

    story: Story
    rows: dict[str, Model]
    admin_jia: Actor
    first_day: str = ""

    def pk(self, name: str) -> int:
        return int(self.rows[name].pk)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the words that stand on no page of somebody without a part: people, numbers, houses, free texts."""
        numbers = Journey.objects.values_list("number", flat=True)
        asked = Consultation.objects.values_list("number", flat=True)
        words = ("秘密", *WORDS_OF_CASE, "甲市第一医院", "山县人民医院", "secret-hook", "RF-1")
        return (*words, *numbers, *asked)


# What the story lets people say, and who they are.
WORDS_OF_CASE = ("样例病人", "TEST-", "样例联系人", "样例理由", "样例 doctor-shan", "样例 duty-jia", "样例 head-jia")


# Who the patients are of whom 甲市第一医院 was only asked: what it may not read before it says yes.
WORDS_BEFORE_ACCEPTANCE = (
    *("秘密候诊", "SECRETID候诊", "000-8383", "1949-04-05"),
    *("秘密求诊", "SECRETID求诊", "秘密会诊内容"),
)


def secret_patient(name: str, phone: str = "000-5151", born_on: str = "1951-02-17") -> PatientFacts:
    return PatientFacts(
        name=f"秘密{name}",
        sex="female",
        born_on=datetime.date.fromisoformat(born_on),
        id_kind="passport",
        id_number=f"SECRETID{name}",
        phone=phone,
        address=f"秘密{name}村",
        contact_name=f"秘密{name}女儿",
    )


def build_everything(story: Story) -> Everything:
    """Let everybody of the story do everything once."""
    admin = actor_for("admin-jia", story.scene.jia.pk, "administrator")
    made = Everything(story, {}, admin)
    made.rows["webhook"] = add_webhook(acting_as(admin), story.scene.jia.pk, WEBHOOK)
    _terms_and_promise(made)
    _care(made)
    _beside_the_care(made)
    _still_asked(made)
    _partner(made)
    _consultations(made)
    _duty(made)
    _carriers(made)
    return made


def _terms_and_promise(made: Everything) -> None:
    story, today = made.story, timezone.localdate()
    facts = TermsFacts(policy=policy_for(None, today).id)
    settle_terms(acting_as(story.scene.office_jia), story.agreement, facts, None)
    duty: Duty = story.scene.duty(story.agreement, "D90", "referrals_answered_in_time", "0.9", "share", "year")
    made.rows |= {"agreement": story.agreement, "promise": duty}
    made.first_day = f"{today.year}-01-01"


def _written(request_id: int, family: str) -> None:
    """Put a secret into every answer of the form that is written in words."""
    packet = Packet.objects.get(request_id=request_id)
    values = {code: "秘密内容" if value == "样例" else value for code, value in packet.values.items()}
    Packet.objects.filter(pk=packet.pk).update(values=values | {"family_contact": family})


def _care(made: Everything) -> None:
    """A case from the ask to the way back, with an answer on the telephone and one that came too late."""
    story = made.story
    jia, shan = story.duty_jia, story.doctor_shan
    care = story.sent(urgency="emergency", condition="chest_pain", question="秘密问题", patient=secret_patient("病人"))
    story.step(care, "open", jia)
    said = {"contact": "秘密联系人 000-1111", "capacity_confirmed": True, "spoken_by": "秘密医生"}
    story.step(care, "accept", shan, **said)
    _written(care.request_id, "秘密家属")
    late = StepFacts(contact="秘密联系人", capacity_confirmed=True, text="秘密晚到")
    merge_decision(acting_as(jia), care.pk, "accept", late, timezone.now())
    for name in ("arrive", "take_over"):
        story.step(care, name, jia, text="秘密经过")
    secret = {name: f"秘密{name}" for name in ("diagnosis", "done", "warning_signs", "send_back_if", "doctor_name")}
    back = story.returning(care, needs=(ReturnNeedFact(kind="skill", description="秘密技能"),), **secret)
    story.step(back, "open", story.duty_shan)
    needs = story.yes_to_all_needs(back)
    story.step(back, "accept", story.duty_shan, contact="秘密联系人", capacity_confirmed=True, needs=needs)
    for name in ("arrive", "take_over"):
        story.step(back, name, story.duty_shan)
    made.rows |= {
        "leg": care,
        "request": Request.objects.get(pk=care.request_id),
        "back": back,
        "need": ReturnNeed.objects.get(request_id=back.request_id),
        "spoken": LegEvent.objects.get(leg=care, entry_mode="spoken"),
        "conflict": MergeConflict.objects.get(leg=care),
        "follow-up": FollowUp.objects.filter(leg=back).earliest("pk"),
    }


def _beside_the_care(made: Everything) -> None:
    story, care = made.story, made.rows["leg"]
    assert isinstance(care, Leg)
    file = NewAttachment(name="秘密心电图.jpg", kind="tracing", content=JPEG)
    write_message(acting_as(story.doctor_shan), care.pk, "秘密留言")
    record_milestone(acting_as(story.doctor_shan), care.pk, "ecg", timezone.now() - datetime.timedelta(hours=1))
    today = timezone.localdate()
    result = ResultFacts(use="recognised", kind="ecg", done_on=today, decided_on=today)
    record_result(acting_as(story.duty_jia), care.pk, result)
    stage = NewStage(
        institution_id=story.scene.jia.pk, stage="acute", started_on=timezone.localdate(), scale="秘密量表"
    )
    made.rows |= {
        "attachment": add_attachment(acting_as(story.doctor_shan), care.request_id, file),
        "stage": begin_stage(acting_as(story.duty_jia), care.request.journey_id, stage),
        "proposal": ClosingProposal.objects.create(
            leg=made.rows["back"], fact="died", happened_at=timezone.now(), source="秘密来源", is_exact=False
        ),
    }


def _still_asked(made: Everything) -> None:
    """A case before any answer with a file, one that nobody can take, and one that is not sent yet."""
    story = made.story
    asked = story.sent(urgency="routine", patient=secret_patient("候诊病人", "000-8383", "1949-04-05"))
    story.step(asked, "open", story.duty_jia)
    story.step(asked, "ask", story.duty_jia, text="样例提问")
    story.step(asked, "supply", story.doctor_shan, text="样例回答")
    _written(asked.request_id, "秘密候诊家属")
    file = NewAttachment(name="秘密候诊图.jpg", kind="tracing", content=JPEG)
    declined = story.sent(urgency="urgent", patient=secret_patient("退回病人"))
    story.step(declined, "open", story.duty_jia)
    story.step(declined, "decline", story.duty_jia, reason_code="equipment_or_drug", text="秘密缺设备")
    draft = story.draft(patient=secret_patient("草稿病人"), question="秘密草稿")
    made.rows |= {
        "asked": asked,
        "asked-file": add_attachment(acting_as(story.doctor_shan), asked.request_id, file),
        "declined": declined,
        "draft": draft,
        "draft-leg": Leg.objects.get(request=draft),
    }


def _partner(made: Everything) -> None:
    story = made.story
    facts = PartnerFacts(name=PARTNER, contact="秘密值班", phone="000-7171")
    partner = add_partner(acting_as(story.doctor_shan), story.scene.shan.pk, facts)
    leg = story.sent(receivers=[Receiver(external_partner_id=partner.pk)], patient=secret_patient("外院病人"))
    link = make_guest_link(acting_as(story.doctor_shan), leg.pk, "4821-0937-5516-2840", "秘密约定")
    made.rows |= {"partner": partner, "partner-leg": leg, "guest-link": link}


def _consultations(made: Everything) -> None:
    story = made.story
    said = {"question": "秘密会诊问题"}
    answered = consulting.accepted(story, **said, patient=secret_patient("会诊病人"))
    consulting.step(answered, "sign_opinion", story.duty_jia, opinion="秘密意见")
    asked = consulting.asked(story, patient=secret_patient("求诊病人", "000-8383", "1949-04-05"))
    written = consulting.drafted(story, **said, patient=secret_patient("会诊草稿病人"))
    for packet in ConsultationPacket.objects.all():
        values = {code: "秘密会诊内容" if value == "样例" else value for code, value in packet.values.items()}
        ConsultationPacket.objects.filter(pk=packet.pk).update(values=values)
    made.rows |= {"consultation": answered, "consultation-asked": asked, "consultation-draft": written}


def _duty(made: Everything) -> None:
    """A roster that calls people today, and one that is written."""
    story, today = made.story, timezone.localdate()
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    midnight = timezone.make_aware(datetime.datetime.combine(today, datetime.time.min))
    people = dict(User.objects.filter(username__endswith="-jia").values_list("username", "pk"))
    for condition, name in (("chest_pain", "roster-today"), ("stroke", "roster")):
        new = NewRoster(
            institution_id=story.scene.jia.pk,
            condition=condition,
            starts_at=midnight,
            ends_at=midnight + datetime.timedelta(days=2),
            duty_phone="秘密电话",
        )
        roster = create_roster(acting_as(story.head_jia), new)
        for first, (begins, ends) in ((today, DAYLIGHT), (today - datetime.timedelta(days=1), NIGHT)):
            shift = DailyDuty(
                first_day=first,
                last_day=today + datetime.timedelta(days=1),
                begins=begins,
                ends=ends,
                person_id=people["duty-jia"],
                deputy_id=people["deputy-jia"],
            )
            fill_duty(acting_as(story.head_jia), roster.pk, shift)
        roster.refresh_from_db()
        made.rows[name] = roster
    running = made.rows["roster-today"]
    publish_roster(acting_as(story.head_jia), running.pk, running.version)  # type: ignore[attr-defined]
    made.rows["slot"] = DutySlot.objects.filter(roster=made.rows["roster"]).earliest("pk")


def _carriers(made: Everything) -> None:
    """Notices, a delivery that was given up, and a device that keeps cases."""
    jia = made.story.scene.jia
    Delivery.objects.update(state="dead", last_error="秘密故障", attempts=8)
    made.rows |= {
        "delivery": Delivery.objects.filter(notice__institution=jia).latest("pk"),
        "notice": Notice.objects.filter(institution=jia, leg=made.rows["leg"]).latest("pk"),
        "device": register_device(acting_as(made.story.duty_jia), "秘密设备"),
    }
