"""What referrals put before the review of a partnership: clocks that ran out and what units lacked, counted by hand."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.methods.periods import DateSpan
from lianyi.partnerships.reviewing import review_parts
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import CapabilityFinding
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals.story import Story

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


@pytest.fixture
def year_gone_by(clock_on_the_wall, story: Story) -> None:
    """Let 甲市 open one urgent referral of two late, and 山县 say twice that it lacks a drug."""
    late = story.sent(urgency="urgent")
    Worker().turn()
    clock_on_the_wall.shift(HOUR)
    for leg in (late, story.sent(urgency="urgent")):
        story.step(leg, "open", story.duty_jia)
        story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    outside = story.sent(agreement_id=None)
    for leg in (late, late, outside):
        CapabilityFinding.objects.create(
            leg=leg, institution=story.scene.shan, kind="drug", description="样例药", found_at=timezone.now()
        )
    clock_on_the_wall.shift(HOUR)


def counted(story: Story, actor: object) -> list[list[tuple[str, int | None]]]:
    today = timezone.localdate()
    parts = review_parts(actor, story.agreement, DateSpan(today - datetime.timedelta(days=365), today))  # type: ignore[arg-type]
    return [[(str(line.text), line.number) for line in part.lines] for part in parts]


def test_the_review_counts_late_clocks_and_what_was_lacking_under_the_agreement(year_gone_by, story: Story) -> None:
    assert counted(story, story.duty_jia) == [
        [("opening · 甲市第一医院", 1)],
        [("drug · 山县人民医院", 2)],
    ]


def test_a_part_shows_nothing_of_other_days(year_gone_by, clock_on_the_wall, story: Story) -> None:
    story_of_today = counted(story, story.duty_jia)
    assert story_of_today[1] == [("drug · 山县人民医院", 2)]
    clock_on_the_wall.shift(datetime.timedelta(days=400))
    assert ("drug · 山县人民医院", 2) not in counted(story, story.duty_jia)[1]


def test_the_page_of_the_cycle_shows_it_and_hides_small_numbers_from_who_only_counts(
    year_gone_by, story: Story
) -> None:
    page = words(page_of(client_of(story.doctor_shan), "partnerships:cycle", story.agreement.pk))
    assert "For the review" in page
    assert "opening · 甲市第一医院 : 1" in page.replace("医院:", "医院 :")
    office = words(page_of(client_of(story.scene.office_jia), "partnerships:cycle", story.agreement.pk))
    assert "drug · 山县人民医院: few, hidden" in office
    assert "drug · 山县人民医院: 2" not in office


def test_who_may_count_no_referrals_is_shown_none_of_it(year_gone_by, story: Story) -> None:
    steward = actor_for("steward-shan", story.scene.shan.pk, "registry_steward")
    assert counted(story, steward) == []
