"""The way back down has due times, forecasts and duties of its own: somebody awaits the patient at every moment."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from lianyi.methods.periods import DateSpan
from lianyi.referrals import queries
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, Escalation, FollowUp, Leg
from lianyi.referrals.statistics_queries import Selection, breaches
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of, page_of
from tests.referrals.story import Story

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


def asked_back(story: Story, **more: Any) -> tuple[Leg, Leg]:
    """Return a case of which 甲市 proposes the return, and the way back that 山县 has to answer."""
    above = story.under_care(**more)
    back = story.returning(above)
    above.refresh_from_db()
    return above, back


def taken_back(story: Story, back: Leg, **said: Any) -> Leg:
    return story.step(back, "accept", story.duty_shan, contact="样例", needs=story.yes_to_all_needs(back), **said)


def turns(wall: Any, hours: float, times: int = 3) -> None:
    wall.shift(hours * HOUR)
    for _ in range(times):
        Worker().turn()


def test_the_lower_unit_has_eight_hours_and_both_sides_see_the_same_due_time(wall, story: Story) -> None:
    above, back = asked_back(story, urgency="urgent")
    due = timezone.now() + 8 * HOUR
    assert (above.due_at, back.due_at, back.answer_by) == (due, due, due)
    story.step(back, "open", story.duty_shan)
    assert back.due_at == due
    running = Clock.objects.filter(leg=back, stopped_at__isnull=True).values_list("kind", "institution_id")
    assert list(running) == [("back_answer", story.scene.shan.pk)]


def test_a_routine_return_is_answered_within_one_working_day(wall, story: Story) -> None:
    above, back = asked_back(story)
    # Asked on Monday: the end of Tuesday in Shanghai.
    assert back.answer_by == above.due_at == datetime.datetime(2026, 11, 24, 16, 0, tzinfo=datetime.UTC)


def test_an_upper_hospital_that_gives_more_time_gives_it_on_both(wall, story: Story) -> None:
    above = story.under_care(urgency="urgent")
    until = timezone.now() + 20 * HOUR
    story.step(
        above,
        "propose_return",
        story.duty_jia,
        institution_id=story.scene.shan.pk,
        stability={"vital_signs_stable": True},
        agreed_by="patient",
        plan=story.plan(),
        due_at=until,
    )
    back = Leg.objects.get(request__based_on_id=above.request_id, request__direction="down")
    assert (above.due_at, back.due_at, back.answer_by) == (until, until, until)


def test_nobody_is_called_before_the_eight_hours_and_each_post_once_afterwards(wall, story: Story) -> None:
    _above, back = asked_back(story, urgency="urgent")
    turns(wall, 7.9)
    assert not Escalation.objects.exists()
    back.refresh_from_db()
    assert back.state == "delivered"
    turns(wall, 0.2, times=8)
    called = Escalation.objects.order_by("pk").values_list("clock__leg_id", "clock__kind", "post")
    assert list(called) == [(back.pk, "back_answer", "duty_person")]
    turns(wall, 2, times=8)
    posts = list(Escalation.objects.filter(clock__leg=back).order_by("pk").values_list("post", flat=True))
    assert posts == ["duty_person", "deputy", "department_head", "hospital_duty", "coordinator"]
    assert not Escalation.objects.exclude(clock__leg=back).exists()


def test_a_silent_lower_unit_ends_the_asking_only_after_the_whole_ladder(wall, story: Story) -> None:
    above, back = asked_back(story, urgency="urgent")
    turns(wall, 8.5, times=8)
    back.refresh_from_db()
    assert back.state == "delivered"
    turns(wall, 4, times=10)
    back.refresh_from_db()
    above.refresh_from_db()
    assert (back.state, above.ball_side, above.ball_institution_id) == ("no-response", "receiver", story.scene.jia.pk)


def test_a_question_about_a_routine_return_moves_the_due_time_of_both_sides(wall, story: Story) -> None:
    above, back = asked_back(story)
    due = back.answer_by
    assert due is not None
    story.step(back, "open", story.duty_shan)
    story.step(back, "ask", story.duty_shan, text="样例提问")
    wall.shift(3 * HOUR)
    writer = actor_for("writer-jia", story.scene.jia.pk, "referring_clinician")
    story.step(back, "supply", writer, text="样例回答")
    above.refresh_from_db()
    assert (back.answer_by, back.due_at, above.due_at) == (due + 3 * HOUR,) * 3
    assert Clock.objects.get(leg=above, kind="back_answer").next_call_at is None


def test_a_late_answer_to_a_return_counts_as_one_breach(wall, story: Story) -> None:
    above, back = asked_back(story, urgency="urgent")
    wall.shift(9 * HOUR)
    taken_back(story, back)
    now = timezone.now()
    today = timezone.localdate()
    within = Selection(legs=Leg.objects.all(), span=DateSpan(today - 2 * DAY, today), now=now)
    assert above.pk != back.pk
    found = [(each.leg_id, each.holder_id) for each in breaches(within) if each.kind == "back_answer"]
    assert found == [(back.pk, story.scene.shan.pk)]


def test_the_upper_hospital_forecasts_the_return_with_its_yes_and_anew_when_it_takes_over(story: Story) -> None:
    today = timezone.localdate()
    leg = story.sent(urgency="urgent")
    story.step(
        leg,
        "accept",
        story.duty_jia,
        contact="样例",
        capacity_confirmed=True,
        expected_return_on=today + 9 * DAY,
    )
    assert leg.expected_return_on == today + 9 * DAY
    awaited = queries.expected_returns(story.doctor_shan)
    assert [(each.pk, each.expected_return_on) for each in awaited] == [(leg.pk, today + 9 * DAY)]
    story.step(leg, "arrive", story.duty_jia)
    story.step(leg, "take_over", story.duty_jia, expected_return_on=today + 5 * DAY)
    assert leg.expected_return_on == today + 5 * DAY


def test_a_return_is_not_forecast_for_a_day_gone_by(story: Story) -> None:
    leg = story.under_care()
    with pytest.raises(FactsRefusedError, match="expected_return_on"):
        story.step(leg, "note", story.duty_jia, text="样例", expected_return_on=timezone.localdate() - DAY)
    story.step(leg, "note", story.duty_jia, text="样例", expected_return_on=timezone.localdate())
    assert leg.expected_return_on == timezone.localdate()


def test_the_form_of_a_yes_asks_for_the_forecast_upwards_only(story: Story) -> None:
    leg = story.sent(urgency="urgent")
    assert 'name="expected_return_on"' in page_of(client_of(story.duty_jia), "referrals:step", leg.pk, "accept")
    _above, back = asked_back(story, urgency="urgent")
    shown = page_of(client_of(story.duty_shan), "referrals:step", back.pk, "accept")
    assert 'name="expected_return_on"' not in shown


def test_who_does_not_come_back_after_a_plain_yes_is_visited_after_three_days(wall, story: Story) -> None:
    _above, back = asked_back(story, urgency="urgent")
    taken_back(story, back)
    wall.shift(2.9 * DAY)
    Worker().turn()
    back.refresh_from_db()
    assert back.state == "accepted"
    wall.shift(0.2 * DAY)
    Worker().turn()
    back.refresh_from_db()
    assert (back.state, back.no_shows) == ("no-show", 1)
    visit = FollowUp.objects.get(leg=back, kind="home_visit")
    assert (visit.institution_id, visit.due_on, visit.state) == (
        story.scene.shan.pk,
        timezone.localdate() + 3 * DAY,
        "open",
    )


def test_the_lower_unit_says_itself_that_a_patient_did_not_come_at_the_time_agreed(wall, story: Story) -> None:
    _above, back = asked_back(story, urgency="urgent")
    taken_back(story, back, expected_at=timezone.now() + 5 * HOUR)
    with pytest.raises(GuardRefusedError, match="may still come"):
        story.step(back, "record_no_show", story.duty_shan)
    wall.shift(6 * HOUR)
    story.step(back, "record_no_show", story.duty_shan)
    assert back.state == "no-show"


def test_a_patient_on_the_way_up_is_not_missed_before_a_bed_or_appointment_is_given(wall, story: Story) -> None:
    leg = story.sent(urgency="urgent")
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    wall.shift(5 * DAY)
    with pytest.raises(GuardRefusedError, match="may still come"):
        story.step(leg, "record_no_show", story.duty_jia)


def come_back(story: Story, days: int) -> Leg:
    """Return a way back, arrived at 山县, whose plan asks for the first follow-up after so many days."""
    above = story.under_care(urgency="urgent")
    back = story.returning(above, follow_up_on=(timezone.localdate() + days * DAY,))
    taken_back(story, back)
    story.step(back, "arrive", story.duty_shan)
    return story.step(back, "take_over", story.duty_shan)


def test_the_first_follow_up_is_due_on_the_day_of_the_plan_and_calls_nobody_before(wall, story: Story) -> None:
    back = come_back(story, 20)
    clock = Clock.objects.get(leg=back, kind="first_follow_up")
    # 13 December, 23:59 in Shanghai.
    assert clock.due_at == clock.next_call_at == datetime.datetime(2026, 12, 13, 15, 59, tzinfo=datetime.UTC)


def test_a_plan_for_a_day_before_the_patient_came_leaves_the_days_of_the_policy(wall, story: Story) -> None:
    above = story.under_care(urgency="urgent")
    back = story.returning(above, follow_up_on=(timezone.localdate() + DAY,))
    taken_back(story, back)
    wall.shift(2 * DAY)
    story.step(back, "arrive", story.duty_shan)
    clock = Clock.objects.get(leg=back, kind="first_follow_up")
    assert clock.due_at == timezone.now() + 3 * DAY


@pytest.mark.parametrize("disposition", ["died", "against_advice"])
def test_no_first_visit_is_owed_where_the_lower_unit_has_the_patient_no_more(wall, story: Story, disposition) -> None:
    back = come_back(story, 20)
    story.step(back, "send_outcome", story.duty_shan, disposition=disposition, text="样例")
    assert list(FollowUp.objects.filter(leg=back).exclude(kind="death_review").values_list("state", flat=True)) == [
        "void"
    ]
    assert Clock.objects.get(leg=back, kind="first_follow_up").stop == "void"


def test_a_patient_sent_up_again_is_not_followed_up_below(wall, story: Story) -> None:
    back = come_back(story, 20)
    again = story.sent(based_on_id=back.request_id, patient=None, urgency="urgent")
    story.step(back, "send_outcome", story.duty_shan, disposition="onward", text="样例")
    assert (again.state, back.state) == ("sent", "outcome-sent")
    assert [(each.kind, each.state) for each in FollowUp.objects.filter(leg=back)] == [("first_after_return", "void")]


def test_a_patient_goes_back_only_when_somebody_agreed_and_the_plan_keeps_who(story: Story) -> None:
    above = story.under_care(urgency="urgent")
    said = {"institution_id": story.scene.shan.pk, "stability": {"vital_signs_stable": True}, "plan": story.plan()}
    with pytest.raises(FactsRefusedError, match="agreed_by"):
        story.step(above, "propose_return", story.duty_jia, **said)
    with pytest.raises(FactsRefusedError, match="cannot agree"):
        story.step(above, "propose_return", story.duty_jia, agreed_by="doctor", **said)
    story.step(above, "propose_return", story.duty_jia, agreed_by="family", **said)
    back = Leg.objects.get(request__based_on_id=above.request_id, request__direction="down")
    assert (back.request.has_consent, back.request.return_plan.agreed_by) == (True, "family")
    # Back to where the patient came from; nothing outside the rules is claimed.
    assert back.request.override_code == ""
    assert "the family, for the patient" in page_of(client_of(story.duty_shan), "referrals:case", back.pk)


def test_a_return_to_a_place_without_an_agreement_says_why(story: Story) -> None:
    above = story.under_care(urgency="urgent")
    said = {"stability": {"vital_signs_stable": True}, "plan": story.plan(), "agreed_by": "patient"}
    said["institution_id"] = story.scene.lin.pk
    with pytest.raises(FactsRefusedError, match="No agreement joins"):
        story.step(above, "propose_return", story.duty_jia, **said)
    more = {"override_code": "patient_wish", "override_text": "样例:住在邻县"}
    story.step(above, "propose_return", story.duty_jia, **said, **more)
    back = Leg.objects.get(request__based_on_id=above.request_id, request__direction="down")
    assert (back.to_institution_id, back.request.override_code) == (story.scene.lin.pk, "patient_wish")
    assert back.request.override_text == "样例:住在邻县"
