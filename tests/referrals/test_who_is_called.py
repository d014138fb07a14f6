"""Calls and announcements reach people by name, the sender telephones when nothing arrives, holes are seen twice."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.accounts.models import User
from lianyi.referrals.commands.duty import DailyDuty, NewRoster, create_roster, fill_duty, publish_roster
from lianyi.referrals.commands.terms import TermsFacts, settle_terms
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, Delivery, Escalation, Leg, Notice
from tests.cast import acting_as, affiliate
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals.story import Story

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


def on_duty(story: Story, condition: str, person: str, deputy: str) -> None:
    """Let two people of 甲市 be on duty this week."""
    today = timezone.localdate()
    start = datetime.datetime.combine(today, datetime.time.min, tzinfo=timezone.get_default_timezone())
    new = NewRoster(
        institution_id=story.scene.jia.pk,
        condition=condition,
        starts_at=start,
        ends_at=start + 8 * DAY,
        duty_phone="000-1200",
    )
    roster = create_roster(acting_as(story.head_jia), new)
    people = {name: User.objects.get(username=name).pk for name in (person, deputy)}
    duty = DailyDuty(
        first_day=today,
        last_day=today + 7 * DAY,
        begins=datetime.time(0),
        ends=datetime.time(0),
        person_id=people[person],
        deputy_id=people[deputy],
    )
    fill_duty(acting_as(story.head_jia), roster.pk, duty)
    roster.refresh_from_db()
    publish_roster(acting_as(story.head_jia), roster.pk, roster.version)


def told(leg: Leg, kind: str, **only: object) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(leg=leg, kind=kind, **only).select_related("user", "institution").order_by("id")
    return [(row.institution.code, row.user.username if row.user else "") for row in rows]


@pytest.fixture
def general_duty(clock_on_the_wall, story: Story) -> None:
    """Let Night Jia have the general duty of 甲市 with Deputy Jia behind, and the county a lead with mail."""
    affiliate("night-jia", story.scene.jia.pk, "duty_clinician")
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    on_duty(story, "general_duty", "night-jia", "deputy-jia")


def test_the_upper_rungs_call_people_by_name_and_their_mail_leaves(
    general_duty, clock_on_the_wall, story: Story, settings
) -> None:
    settings.LIANYI_SENDS_EMAIL = True
    for name in ("night-jia", "coordinator-shan", "head-jia"):
        User.objects.filter(username=name).update(email=f"{name}@example.org")
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    story.step(leg, "open", story.duty_jia)
    clock_on_the_wall.shift(50 * MINUTE)
    Worker().turn()
    rows = Escalation.objects.filter(clock__leg=leg, clock__kind="decision").order_by("rung")[:6]
    assert [(row.post, row.institution.code, row.user.username if row.user else "") for row in rows] == [
        ("duty_person", "JIA1", ""),
        ("deputy", "JIA1", ""),
        ("department_head", "JIA1", "head-jia"),
        ("hospital_duty", "JIA1", "night-jia"),
        ("coordinator", "SHAN", "coordinator-shan"),
        # 甲市 has no coordinator of its own: whoever has the general duty there answers for the alliance.
        ("alliance_lead", "JIA1", "night-jia"),
    ]
    decision = {"params__clock": "decision"}
    # The desks of the upper posts hear of it as well; their screens and webhooks hang on it.
    assert told(leg, "escalation", params__post="hospital_duty", **decision) == [
        ("JIA1", "night-jia"),
        ("JIA1", "deputy-jia"),
        ("JIA1", ""),
    ]
    assert told(leg, "escalation", params__post="coordinator", **decision) == [
        ("SHAN", "coordinator-shan"),
        ("SHAN", ""),
    ]
    mails = Delivery.objects.filter(channel="email", notice__leg=leg, notice__params__clock="decision")
    assert sorted(mails.values_list("address", flat=True)) == [
        "coordinator-shan@example.org",
        "head-jia@example.org",
        "night-jia@example.org",
        "night-jia@example.org",
    ]


def test_the_general_duty_takes_the_place_of_no_green_channel(general_duty, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    assert told(leg, "green_channel") == []
    page = words(page_of(client_of(story.head_jia), "referrals:rosters"))
    assert "general duty of the hospital" in page


def test_a_roster_is_for_a_green_channel_or_the_general_duty(clock_on_the_wall, story: Story) -> None:
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    with pytest.raises(FactsRefusedError, match="general_duty"):
        on_duty(story, "night_watch", "duty-jia", "deputy-jia")


@pytest.mark.parametrize(
    ("urgency", "condition", "kind", "people"),
    [
        ("emergency", "chest_pain", "green_channel", ["duty-jia", "deputy-jia"]),
        ("urgent", "", "urgent_referral", ["duty-jia", "deputy-jia"]),
        ("routine", "", "urgent_referral", []),
    ],
)
def test_person_and_deputy_on_duty_are_told_of_what_cannot_wait(
    clock_on_the_wall, story: Story, urgency: str, condition: str, kind: str, people: list[str]
) -> None:
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    on_duty(story, "other", "duty-jia", "deputy-jia")
    leg = story.sent(urgency=urgency, condition=condition)
    assert told(leg, kind) == [("JIA1", name) for name in people]
    # The desk hears of every referral.
    assert told(leg, "send") == [("JIA1", "")]


def test_the_sender_is_asked_once_to_telephone_when_nobody_has_got_it(clock_on_the_wall, story: Story) -> None:
    # Nobody at 东村卫生室 has an account.
    leg = story.sent(story.scene.cun, urgency="urgent")
    clock_on_the_wall.shift(14 * MINUTE)
    Worker().turn()
    assert told(leg, "telephone_receiver") == []
    clock_on_the_wall.shift(MINUTE)
    Worker().turn()
    assert told(leg, "telephone_receiver") == [("SHAN", ""), ("SHAN", "doctor-shan")]
    clock_on_the_wall.shift(30 * MINUTE)
    Worker().turn()
    assert Clock.objects.get(leg=leg, kind="delivery").rung > 1
    assert len(told(leg, "telephone_receiver")) == 2
    page = words(page_of(client_of(story.doctor_shan), "referrals:notices"))
    assert "Telephone the receiver now" in page


def test_a_hole_in_a_roster_is_told_to_the_hospital_and_to_who_coordinates(clock_on_the_wall, story: Story) -> None:
    facts = TermsFacts(policy="general-2026", coordinator_id=story.scene.shan.pk)
    settle_terms(acting_as(story.scene.office_jia), story.agreement, facts, None)
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    on_duty(story, "chest_pain", "duty-jia", "deputy-jia")
    clock_on_the_wall.shift(DAY)
    Worker().turn()
    Worker().turn()
    holes = Notice.objects.filter(kind="roster_hole").order_by("id")
    assert [row.institution.code for row in holes] == ["JIA1", "SHAN"]
    page = words(page_of(client_of(story.coordinator), "referrals:notices"))
    assert "Nobody is on duty for the green channel" in page
    assert "甲市第一医院" in page
