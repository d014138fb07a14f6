"""An overdue clock calls one person after the other, once each, and a silence ends; whatever is restarted."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.accounts.audit import verify_chain
from lianyi.accounts.models import User
from lianyi.referrals.commands.duty import DailyDuty, NewRoster, create_roster, fill_duty, publish_roster
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, ClosingProposal, DutyRoster, Escalation, Leg, LegEvent, Notice, Question
from tests.cast import acting_as, actor_for, affiliate
from tests.referrals.story import STABLE, Story

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


@pytest.fixture
def on_duty(clock_on_the_wall, story: Story) -> DutyRoster:
    """Let Duty Jia be on duty for chest pain this week, with Deputy Jia behind."""
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    return publish_week(story, "chest_pain", "duty-jia", "deputy-jia")


def publish_week(story: Story, condition: str, person: str, deputy: str) -> DutyRoster:
    today = timezone.localdate()
    zone = timezone.get_default_timezone()
    start = datetime.datetime.combine(today, datetime.time.min, tzinfo=zone)
    new = NewRoster(
        institution_id=story.scene.jia.pk,
        condition=condition,
        starts_at=start,
        ends_at=start + 8 * DAY,
        duty_phone="000-1200",
    )
    roster = create_roster(acting_as(story.head_jia), new)
    whole_days = DailyDuty(
        first_day=today,
        last_day=today + 7 * DAY,
        begins=datetime.time(0),
        ends=datetime.time(0),
        person_id=User.objects.get(username=person).pk,
        deputy_id=User.objects.get(username=deputy).pk,
    )
    fill_duty(acting_as(story.head_jia), roster.pk, whole_days)
    roster.refresh_from_db()
    return publish_roster(acting_as(story.head_jia), roster.pk, roster.version)


def called(leg: Leg, **only: str) -> list[tuple[str, str, str]]:
    rows = (
        Escalation.objects.filter(clock__leg=leg, **only)
        .select_related("user", "institution")
        .order_by("called_at", "id")
    )
    return [(row.post, row.institution.code, row.user.username if row.user else "") for row in rows]


def test_an_emergency_that_nobody_decides_climbs_to_the_top_and_ends(on_duty, clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "delivered"
    story.step(leg, "open", story.duty_jia)
    sent_at = timezone.now()
    clock = Clock.objects.get(leg=leg, kind="decision")
    reached: list[tuple[int, int]] = []
    for minute in range(1, 60):
        clock_on_the_wall.move_to(sent_at + minute * MINUTE)
        Worker().turn()
        clock.refresh_from_db()
        if not reached or clock.rung != reached[-1][1]:
            reached.append((minute, clock.rung))
    assert reached == [(1, 0), (15, 1), (18, 2), (21, 3), (25, 4), (30, 5), (45, 6)]
    assert called(leg, clock__kind="decision") == [
        ("duty_person", "JIA1", "duty-jia"),
        ("deputy", "JIA1", "deputy-jia"),
        ("department_head", "JIA1", "head-jia"),
        ("hospital_duty", "JIA1", ""),
        ("coordinator", "SHAN", "coordinator-shan"),
        ("alliance_lead", "JIA1", "head-jia"),
    ]
    leg.refresh_from_db()
    # Now the coordinator has to find a way on, and is called when it does not.
    assert called(leg, clock__kind="reroute")[0] == ("duty_person", "SHAN", "")
    assert (leg.state, leg.ball_side, leg.ball_institution_id) == ("no-response", "coordinator", story.scene.shan.pk)
    assert leg.request.status == "active"
    ended = LegEvent.objects.get(leg=leg, step="time_out")
    assert (ended.side, ended.entry_mode, ended.rule) == ("system", "automatic", "R10")
    assert clock.breached_at == clock.due_at
    assert verify_chain().events > 0


def test_the_person_on_duty_is_told_with_the_duty_telephone(on_duty, clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    clock_on_the_wall.shift(5 * MINUTE)
    Worker().turn()
    notice = Notice.objects.get(kind="escalation", params__clock="seen")
    assert notice.user is not None
    assert (notice.user.username, notice.institution.code, notice.leg_id) == ("duty-jia", "JIA1", leg.pk)
    assert notice.params["phone"] == "000-1200"
    assert notice.params["number"] == leg.request.journey.number
    assert "样例病人" not in str(notice.params)


def test_a_second_worker_in_the_same_minute_calls_nobody_again(on_duty, clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    clock_on_the_wall.shift(20 * MINUTE)
    Worker().turn()
    before = (called(leg), Notice.objects.count())
    assert Worker().turn().handled == 0
    assert (called(leg), Notice.objects.count()) == before


def test_a_worker_that_was_away_for_an_hour_calls_every_rung_it_missed(
    on_duty, clock_on_the_wall, story: Story
) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    story.step(leg, "open", story.duty_jia)
    clock_on_the_wall.shift(HOUR)
    Worker().turn()
    assert [post for post, _institution, _user in called(leg, clock__kind="decision")] == [
        "duty_person",
        "deputy",
        "department_head",
        "hospital_duty",
        "coordinator",
        "alliance_lead",
    ]
    leg.refresh_from_db()
    assert leg.state == "no-response"


def test_without_anybody_on_duty_the_desk_is_called(clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="urgent")
    Worker().turn()
    clock_on_the_wall.shift(30 * MINUTE)
    Worker().turn()
    assert called(leg) == [("duty_person", "JIA1", "")]


def test_an_answer_stops_the_ladder(on_duty, clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    clock_on_the_wall.shift(16 * MINUTE)
    Worker().turn()
    so_far = called(leg)
    story.step(leg, "open", story.duty_jia)
    story.step(
        leg,
        "accept_with_bed",
        story.duty_jia,
        contact="样例",
        expected_at=timezone.now() + HOUR,
        capacity_confirmed=True,
    )
    clock_on_the_wall.shift(20 * MINUTE)
    Worker().turn()
    assert called(leg) == so_far


def test_after_acceptance_the_side_that_has_to_act_is_called(clock_on_the_wall, story: Story) -> None:
    leg = story.accepted(urgency="urgent")
    clock_on_the_wall.shift(3 * HOUR)
    Worker().turn()
    assert called(leg) == [("duty_person", "SHAN", "")]
    clock_on_the_wall.shift(4 * HOUR)
    Worker().turn()
    assert [post for post, _i, _u in called(leg)][-1] == "alliance_lead"
    leg.refresh_from_db()
    assert leg.state == "bed-reserved"


def test_a_draft_left_lying_reminds_its_writer_and_calls_nobody(clock_on_the_wall, story: Story) -> None:
    leg = story.draft(urgency="urgent").legs.get()
    clock_on_the_wall.shift(5 * HOUR)
    Worker().turn()
    Worker().turn()
    assert called(leg) == []
    reminder = Notice.objects.get(kind="reminder")
    assert (reminder.institution_id, reminder.params["clock"]) == (story.scene.shan.pk, "draft")
    assert Clock.objects.get(leg=leg, kind="draft").breached_at is not None


def test_a_patient_in_care_is_asked_about_each_time_the_review_is_due(clock_on_the_wall, story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    reminders = Notice.objects.filter(kind="reminder", leg=leg, params__clock="care_review")
    for asked in (1, 2, 3):
        clock_on_the_wall.shift(72 * HOUR + MINUTE)
        Worker().turn()
        Worker().turn()
        assert reminders.count() == asked
    assert called(leg) == []
    clock = Clock.objects.get(leg=leg, kind="care_review")
    assert clock.next_call_at - timezone.now() == 72 * HOUR
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    assert not Clock.objects.filter(leg=leg, kind="care_review", stopped_at__isnull=True).exists()


def test_a_leg_does_not_time_out_while_the_sender_has_a_question_to_answer(clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="urgent")
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "ask", story.duty_jia, text="样例提问")
    clock_on_the_wall.shift(12 * HOUR)
    Worker().turn()
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "awaiting-information"
    story.step(leg, "supply", story.doctor_shan, text="样例回答")
    clock_on_the_wall.shift(HOUR)
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "no-response"


def test_the_sender_is_reminded_once_of_a_question(clock_on_the_wall, story: Story) -> None:
    leg = story.sent()
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "ask", story.duty_jia, text="样例提问")
    clock_on_the_wall.shift(5 * DAY)
    Worker().turn()
    Worker().turn()
    assert Question.objects.get(leg=leg).reminded_at == timezone.now()
    assert Notice.objects.get(kind="question_reminder").institution_id == story.scene.shan.pk
    story.step(leg, "decline_unanswered", story.duty_jia, reason_code="information_missing")
    assert leg.state == "declined"


def test_who_did_not_come_is_marked_after_the_grace(clock_on_the_wall, story: Story) -> None:
    leg = story.accepted()
    clock_on_the_wall.shift(26 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    # The bed is given free before; the patient is awaited on.
    assert (leg.state, leg.no_shows) == ("appointment-cancelled", 0)
    clock_on_the_wall.shift(2 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    assert (leg.state, leg.no_shows) == ("no-show", 1)
    assert LegEvent.objects.get(leg=leg, step="record_no_show").side == "system"


def test_an_outcome_that_nobody_reads_closes_as_not_acknowledged(clock_on_the_wall, story: Story) -> None:
    leg = story.under_care()
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    clock_on_the_wall.shift(13 * DAY)
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "outcome-sent"
    clock_on_the_wall.shift(2 * DAY)
    Worker().turn()
    leg.refresh_from_db()
    assert (leg.state, leg.is_acknowledged) == ("closed", False)


def test_a_routine_referral_that_nobody_books_expires(clock_on_the_wall, story: Story) -> None:
    leg = story.sent()
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    clock_on_the_wall.shift(31 * DAY)
    Worker().turn()
    leg.refresh_from_db()
    leg.request.refresh_from_db()
    assert (leg.state, leg.request.status) == ("expired", "revoked")


def test_a_certain_death_is_applied_when_its_notice_is_over(clock_on_the_wall, story: Story) -> None:
    leg = story.accepted()
    proposal = ClosingProposal.objects.create(
        leg=leg,
        fact="died",
        happened_at=timezone.now(),
        source="HIS",
        is_exact=True,
        apply_at=timezone.now() + HOUR,
    )
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "bed-reserved"
    clock_on_the_wall.shift(2 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    proposal.refresh_from_db()
    assert (leg.state, proposal.state) == ("died", "applied")


def test_an_uncertain_match_is_left_to_people(clock_on_the_wall, story: Story) -> None:
    leg = story.accepted()
    ClosingProposal.objects.create(leg=leg, fact="died", happened_at=timezone.now(), source="HIS", is_exact=False)
    clock_on_the_wall.shift(2 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "bed-reserved"


def test_an_institution_without_readers_is_not_taken_to_have_got_it(clock_on_the_wall, story: Story) -> None:
    # Nobody at 东村卫生室 has an account.
    leg = story.sent(story.scene.cun, urgency="urgent")
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "sent"
    clock_on_the_wall.shift(15 * MINUTE)
    Worker().turn()
    assert [post for post, _institution, _user in called(leg)] == ["duty_person"]


@pytest.mark.parametrize("role", ["supported_office", "referral_coordinator", "village_clinician"])
def test_people_who_cannot_answer_have_not_got_a_referral(clock_on_the_wall, story: Story, role: str) -> None:
    actor_for("somebody-cun", story.scene.cun.pk, role)
    leg = story.sent(story.scene.cun, urgency="urgent")
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "sent"
    clock_on_the_wall.shift(15 * MINUTE)
    Worker().turn()
    # The sender is told to telephone instead of waiting for somebody who can only look.
    assert Notice.objects.filter(kind="telephone_receiver", leg=leg).exists()
    actor_for("duty-cun", story.scene.cun.pk, "duty_clinician")
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "delivered"


@pytest.mark.parametrize(
    ("role", "state"),
    [("supported_office", "sent"), ("village_clinician", "delivered"), ("duty_clinician", "delivered")],
)
def test_a_transfer_back_has_come_where_a_clinician_can_answer_it(
    clock_on_the_wall, story: Story, role: str, state: str
) -> None:
    leg = story.under_care(urgency="urgent")
    said = {"stability": STABLE, "agreed_by": "family", "plan": story.plan(), "override_code": "nearest"}
    story.step(leg, "propose_return", story.duty_jia, institution_id=story.scene.cun.pk, **said)
    actor_for("somebody-cun", story.scene.cun.pk, role)
    Worker().turn()
    assert Leg.objects.get(request__based_on_id=leg.request_id).state == state


def test_hours_without_anybody_alarm_the_hospital_once_a_day(on_duty, clock_on_the_wall, story: Story) -> None:
    Worker().turn()
    assert not Notice.objects.filter(kind="roster_hole").exists()
    clock_on_the_wall.shift(DAY)
    Worker().turn()
    Worker().turn()
    alarm = Notice.objects.get(kind="roster_hole")
    assert (alarm.institution_id, alarm.params["condition"]) == (story.scene.jia.pk, "chest_pain")
    assert alarm.params["from"] == "2026-11-30T16:00:00+00:00"
    clock_on_the_wall.shift(DAY)
    Worker().turn()
    assert Notice.objects.filter(kind="roster_hole").count() == 2


def after_the_top(clock_on_the_wall, story: Story) -> Leg:
    """Return an emergency that nobody answered; the coordinator has the move, and its whole ladder was called."""
    leg = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    story.step(leg, "open", story.duty_jia)
    for _hour in range(3):
        clock_on_the_wall.shift(HOUR)
        Worker().turn()
    leg.refresh_from_db()
    assert (leg.state, leg.ball_side) == ("no-response", "coordinator")
    return leg


def test_after_the_top_the_last_posts_are_called_again_until_somebody_acts(on_duty, clock_on_the_wall, story) -> None:
    leg = after_the_top(clock_on_the_wall, story)
    before = len(called(leg, clock__kind="reroute"))
    for _minute in range(60):
        clock_on_the_wall.shift(MINUTE)
        Worker().turn()
    again = called(leg, clock__kind="reroute")[before:]
    assert [post for post, _institution, _user in again] == ["coordinator", "alliance_lead"] * 4
    rungs = Escalation.objects.filter(clock__leg=leg, clock__kind="reroute").order_by("rung").values_list("rung")
    assert [rung for (rung,) in rungs] == list(range(1, before + 8 + 1))
    assert Notice.objects.filter(leg=leg, kind="escalation", params__post="coordinator").count() >= 4
    story.step(leg, "end_ask", story.doctor_shan, reason_code="improved")
    clock_on_the_wall.shift(DAY)
    Worker().turn()
    assert len(called(leg, clock__kind="reroute")) == before + 8


def test_a_worker_that_was_away_for_days_calls_the_top_once_and_goes_on(on_duty, clock_on_the_wall, story) -> None:
    leg = after_the_top(clock_on_the_wall, story)
    before = len(called(leg, clock__kind="reroute"))
    clock_on_the_wall.shift(3 * DAY)
    Worker().turn()
    Worker().turn()
    assert len(called(leg, clock__kind="reroute")) == before + 2
    assert Clock.objects.get(leg=leg, kind="reroute").next_call_at == timezone.now() + 15 * MINUTE


def test_a_routine_bed_that_nobody_books_is_called_for_again_by_working_days(clock_on_the_wall, story: Story) -> None:
    leg = story.sent()
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    for _day in range(21):
        clock_on_the_wall.shift(DAY)
        Worker().turn()
    again = Escalation.objects.filter(clock__leg=leg, clock__kind="booking", rung__gt=6).order_by("rung")
    # A working day lasts to its end, so at noon of the day after it is over: Tuesday, Thursday, Saturday.
    assert [(row.post, timezone.localtime(row.called_at).isoweekday()) for row in again] == [
        ("coordinator", 2),
        ("alliance_lead", 2),
        ("coordinator", 4),
        ("alliance_lead", 4),
        ("coordinator", 6),
        ("alliance_lead", 6),
    ]
