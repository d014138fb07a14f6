"""A visit at home, a planned follow-up and the review of a death remind when they are due, and climb a small ladder."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import FollowUp, Leg, Notice
from lianyi.referrals.policies import policy_of
from lianyi.referrals.visits import calls_until
from lianyi.rules.referral_policy import LadderPost
from tests.cast import acting_as
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals import ways
from tests.referrals.story import Story

DAY = datetime.timedelta(days=1)
HEAD, COORDINATOR, LEAD = LadderPost.DEPARTMENT_HEAD, LadderPost.COORDINATOR, LadderPost.ALLIANCE_LEAD


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


@pytest.fixture
def missed(clock_on_the_wall, story: Story) -> FollowUp:
    """Return the visit at home of somebody who did not come, due in three days."""
    leg = ways.scheduled(story)
    clock_on_the_wall.shift(4 * DAY)
    story.step(leg, "record_no_show", story.duty_jia)
    return FollowUp.objects.get(leg=leg, kind="home_visit")


def told(leg: Leg) -> list[tuple[str, str, str]]:
    rows = Notice.objects.filter(leg=leg, kind="visit_overdue").select_related("user", "institution").order_by("id")
    return [(row.params.get("post", ""), row.institution.code, row.user.username if row.user else "") for row in rows]


@pytest.mark.parametrize(
    ("days_late", "posts"),
    [
        (0, [None]),
        (1, [None]),
        (2, [None, HEAD]),
        (4, [None, HEAD, COORDINATOR]),
        (7, [None, HEAD, COORDINATOR, LEAD]),
        (13, [None, HEAD, COORDINATOR, LEAD]),
        (14, [None, HEAD, COORDINATOR, LEAD, COORDINATOR]),
        (28, [None, HEAD, COORDINATOR, LEAD, COORDINATOR, COORDINATOR, COORDINATOR]),
    ],
)
def test_the_policy_says_whom_an_overdue_visit_calls_and_when(days_late: int, posts: list[LadderPost | None]) -> None:
    today = datetime.date(2026, 11, 30)
    assert calls_until(policy_of("general-2026").limits, today - days_late * DAY, today) == posts


def test_a_visit_at_home_that_nobody_makes_reminds_and_climbs_until_somebody_goes(
    missed: FollowUp, clock_on_the_wall, story: Story
) -> None:
    leg = missed.leg
    clock_on_the_wall.shift(2 * DAY)
    Worker().turn()
    assert told(leg) == []
    expected: list[tuple[str, str, str]] = []
    on_day = {
        0: [("", "SHAN", "")],
        # 山县 has no head of department: the desk of the hospital is told.
        2: [("department_head", "SHAN", "")],
        4: [("coordinator", "SHAN", "coordinator-shan"), ("coordinator", "SHAN", "")],
        7: [("alliance_lead", "JIA1", "head-jia"), ("alliance_lead", "JIA1", "")],
        14: [("coordinator", "SHAN", "coordinator-shan"), ("coordinator", "SHAN", "")],
    }
    for late in range(16):
        clock_on_the_wall.shift(DAY)
        Worker().turn()
        Worker().turn()
        expected += on_day.get(late, [])
        assert told(leg) == expected, late
    missed.refresh_from_db()
    note, today = "样例:在家,愿意下周再来", timezone.localdate()
    record_follow_up(acting_as(story.doctor_shan), missed.pk, today, note, "done", missed.version)
    clock_on_the_wall.shift(30 * DAY)
    Worker().turn()
    assert told(leg) == expected


def test_a_worker_that_was_away_makes_the_last_call_and_not_all_that_it_missed(
    missed: FollowUp, clock_on_the_wall
) -> None:
    clock_on_the_wall.shift(9 * DAY)
    Worker().turn()
    assert told(missed.leg) == [("coordinator", "SHAN", "coordinator-shan"), ("coordinator", "SHAN", "")]


def test_a_planned_follow_up_after_a_return_reminds_the_unit_that_has_the_patient(
    clock_on_the_wall, story: Story
) -> None:
    above = story.under_care()
    plan_days = tuple(timezone.localdate() + days * DAY for days in (3, 10))
    leg = story.returning(above, follow_up_on=plan_days)
    story.step(leg, "open", story.doctor_shan)
    needs = story.yes_to_all_needs(leg)
    story.step(leg, "accept", story.doctor_shan, contact="样例病区", needs=needs, expected_at=ways.in_hours(5))
    story.step(leg, "arrive", story.doctor_shan)
    planned = FollowUp.objects.get(journey=leg.request.journey, kind="planned")
    clock_on_the_wall.move_to(datetime.datetime(2026, 12, 3, 4, 0, tzinfo=datetime.UTC))
    assert planned.due_on == timezone.localdate()
    Worker().turn()
    assert told(leg) == [("", "SHAN", "")]
    page = words(page_of(client_of(story.doctor_shan), "referrals:notices"))
    assert "A visit or follow-up of a patient is due and not recorded" in page
    assert "planned follow-up, due on 2026-12-03" in page
