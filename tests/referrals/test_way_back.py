"""The way back down has due times, forecasts and duties of its own: somebody awaits the patient at every moment."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from lianyi.methods.periods import DateSpan
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, Escalation, Leg
from lianyi.referrals.statistics_queries import Selection, breaches
from tests.cast import actor_for
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
