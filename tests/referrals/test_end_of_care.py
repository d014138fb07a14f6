"""Care has ended: from then the outcome is due, and whoever owes it is called before anybody has sent it."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, Escalation, Leg, Notice
from tests.referrals import ways
from tests.referrals.laws import names_open_to
from tests.referrals.story import Story

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
OUTCOME_WITHIN = 48 * HOUR


@pytest.fixture
def wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


def in_care(wall, story: Story) -> Leg:
    """Return an urgent case that has been in care for a day."""
    leg = story.under_care(urgency="urgent")
    wall.shift(DAY)
    return leg


def outcome_clock(leg: Leg) -> Clock:
    return Clock.objects.get(leg=leg, kind="outcome", stopped_at__isnull=True)


def outcome_calls(leg: Leg) -> list[str]:
    return list(Escalation.objects.filter(clock__leg=leg, clock__kind="outcome").values_list("post", flat=True))


def test_the_outcome_is_due_from_the_end_of_care_and_the_hospital_sees_it(wall, story: Story) -> None:
    leg = in_care(wall, story)
    ended = timezone.now() - 3 * HOUR
    story.step(leg, "end_care", story.duty_jia, care_ended_at=ended)
    clock = outcome_clock(leg)
    assert (clock.started_at, clock.due_at, clock.institution_id) == (
        ended,
        ended + OUTCOME_WITHIN,
        story.scene.jia.pk,
    )
    assert (leg.state, leg.ball_side, leg.due_at) == ("under-care", "receiver", ended + OUTCOME_WITHIN)
    # Nobody is reminded any more to look whether the care goes on.
    assert Clock.objects.get(leg=leg, kind="care_review").stop == "void"
    told = Notice.objects.filter(kind="end_care").values_list("institution_id", flat=True)
    assert list(told) == [story.scene.shan.pk]


def test_the_worker_calls_the_receiving_side_when_the_outcome_is_due(wall, story: Story) -> None:
    leg = in_care(wall, story)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    wall.shift(OUTCOME_WITHIN - MINUTE)
    Worker().turn()
    assert outcome_calls(leg) == []
    wall.shift(MINUTE)
    Worker().turn()
    Worker().turn()
    assert outcome_calls(leg) == ["duty_person"]
    called = Notice.objects.get(kind="escalation", params__clock="outcome")
    assert called.institution_id == story.scene.jia.pk
    wall.shift(2 * HOUR)
    Worker().turn()
    assert outcome_calls(leg) == ["duty_person", "deputy", "department_head", "hospital_duty", "coordinator"]
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例结果")
    clock = Clock.objects.get(leg=leg, kind="outcome")
    assert (clock.stop, clock.breached_at, clock.next_call_at) == ("met", clock.due_at, None)
    wall.shift(30 * DAY)
    Worker().turn()
    assert len(outcome_calls(leg)) == 5


def test_an_outcome_in_time_after_the_end_of_care_is_no_breach(wall, story: Story) -> None:
    leg = in_care(wall, story)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    wall.shift(OUTCOME_WITHIN)
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例结果")
    clock = Clock.objects.get(leg=leg, kind="outcome")
    assert (clock.stop, clock.breached_at, clock.stopped_at - clock.started_at) == ("met", None, OUTCOME_WITHIN)
    assert outcome_calls(leg) == []


def test_an_end_of_care_told_so_late_that_the_outcome_is_overdue_calls_at_once(wall, story: Story) -> None:
    leg = in_care(wall, story)
    wall.shift(3 * DAY)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now() - OUTCOME_WITHIN - MINUTE)
    Worker().turn()
    assert outcome_calls(leg) == ["duty_person"]


def test_said_again_the_end_of_care_is_corrected(wall, story: Story) -> None:
    leg = in_care(wall, story)
    first, second = timezone.now() - 5 * HOUR, timezone.now() - 2 * HOUR
    story.step(leg, "end_care", story.duty_jia, care_ended_at=first)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=second)
    assert [clock.stop for clock in Clock.objects.filter(leg=leg, kind="outcome").order_by("pk")] == ["void", ""]
    assert outcome_clock(leg).started_at == second
    assert leg.due_at == second + OUTCOME_WITHIN


def test_care_that_goes_on_after_all_owes_no_outcome(wall, story: Story) -> None:
    leg = in_care(wall, story)
    assert ("let_care_go_on", False) not in names_open_to(story.duty_jia, leg)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    story.step(leg, "let_care_go_on", story.duty_jia, reason_code="care_continues")
    assert not Clock.objects.filter(leg=leg, kind="outcome", stopped_at__isnull=True).exists()
    review = Clock.objects.get(leg=leg, kind="care_review", stopped_at__isnull=True)
    assert (leg.state, leg.due_at, review.due_at) == ("under-care", review.due_at, timezone.now() + 3 * DAY)
    wall.shift(OUTCOME_WITHIN + MINUTE)
    Worker().turn()
    assert outcome_calls(leg) == []


def test_a_pause_after_the_end_of_care_does_not_put_the_outcome_off(wall, story: Story) -> None:
    leg = in_care(wall, story)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    due = leg.due_at
    said = {"reason_code": "other", "due_at": timezone.now() + 10 * DAY, "ball_side": "receiver"}
    story.step(leg, "hold", story.duty_jia, **said)
    story.step(leg, "resume", story.duty_jia)
    assert (leg.due_at, outcome_clock(leg).due_at, outcome_clock(leg).paused_seconds) == (due, due, 0)


def test_care_that_goes_on_after_a_pause_is_due_when_it_is_looked_at_again(wall, story: Story) -> None:
    leg = in_care(wall, story)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    said = {"reason_code": "other", "due_at": timezone.now() + 10 * DAY, "ball_side": "receiver"}
    story.step(leg, "hold", story.duty_jia, **said)
    story.step(leg, "resume", story.duty_jia)
    story.step(leg, "let_care_go_on", story.duty_jia, reason_code="care_continues")
    review = Clock.objects.get(leg=leg, kind="care_review", stopped_at__isnull=True)
    assert (leg.due_at, review.due_at) == (timezone.now() + 3 * DAY, timezone.now() + 3 * DAY)


@pytest.mark.parametrize("ended", [-2 * DAY, HOUR])
def test_an_end_of_care_before_the_arrival_or_ahead_is_refused(wall, story: Story, ended: datetime.timedelta) -> None:
    leg = in_care(wall, story)
    with pytest.raises(FactsRefusedError) as refused:
        story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now() + ended)
    assert refused.value.params["reason"] == "moment-impossible"
    assert not Clock.objects.filter(leg=leg, kind="outcome").exists()


def test_the_lower_unit_has_its_own_clock_and_no_end_of_care(wall, story: Story) -> None:
    back = story.returning(in_care(wall, story))
    needs = story.yes_to_all_needs(back)
    story.step(back, "accept", story.duty_shan, needs=needs, **ways.YES)
    story.step(back, "arrive", story.duty_shan)
    story.step(back, "take_over", story.duty_shan)
    assert {"end_care", "let_care_go_on"} & {name for name, _spoken in names_open_to(story.duty_shan, back)} == set()
    with pytest.raises(GuardRefusedError, match="send the outcome when it is known"):
        story.step(back, "end_care", story.duty_shan, care_ended_at=timezone.now())


def test_a_patient_kept_in_care_after_a_return_fell_through_owes_no_outcome(wall, story: Story) -> None:
    leg = in_care(wall, story)
    story.step(leg, "end_care", story.duty_jia, care_ended_at=timezone.now())
    story.returning(leg)
    story.step(leg, "keep_in_care", story.duty_jia, reason_code="patient_worse")
    assert Clock.objects.get(leg=leg, kind="outcome").stop == "void"
