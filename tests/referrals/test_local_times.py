"""A time in a message is that of the clock on the wall, in the page's words and in the command's own."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone, translation

import lianyi.referrals
from lianyi.pages.errors import message_of
from lianyi.referrals.commands.duty import NewRoster, create_roster
from lianyi.referrals.commands.steps import record_milestone
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.moments import in_local_time, sound_moment
from tests.cast import acting_as
from tests.referrals.story import Story

# Noon in Shanghai.
NOON = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
# Here a moment is brought to local time before it is written, or nobody but a programmer reads it.
WRITES_MOMENTS = {
    "moments.py",
    "duty_grid.py",
    "opinion_paper.py",
    "commands/duty.py",
    "models/duty.py",
    "views/duty.py",
}


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def both_words(refusal: FactsRefusedError) -> tuple[str, str]:
    with translation.override("zh-hans"):
        return refusal.message, message_of(refusal)


def test_a_step_told_for_the_future_names_local_time(noon, story: Story) -> None:
    leg = story.accepted()
    with pytest.raises(FactsRefusedError) as refusal:
        story.step(leg, "arrive", story.duty_jia, at=NOON + datetime.timedelta(hours=3))
    for words in both_words(refusal.value):
        assert "2026-11-23 15:00" in words
        assert "07:00" not in words


def test_a_milestone_of_the_future_names_local_time(noon, story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    with pytest.raises(FactsRefusedError) as refusal:
        record_milestone(acting_as(story.doctor_shan), leg.pk, "ecg", NOON + datetime.timedelta(hours=1))
    for words in both_words(refusal.value):
        assert "2026-11-23 13:00" in words


def test_a_due_time_before_the_step_names_both_in_local_time(noon, story: Story) -> None:
    leg = story.under_care()
    with pytest.raises(FactsRefusedError) as refusal:
        story.step(leg, "hold", story.duty_jia, reason_code="patient_wish", ball_side="receiver",
                   due_at=NOON - datetime.timedelta(hours=2))  # fmt: skip
    for words in both_words(refusal.value):
        assert "2026-11-23 10:00" in words
        assert "2026-11-23 12:00" in words


def test_a_roster_that_ends_before_it_starts_names_local_time(noon, story: Story) -> None:
    new = NewRoster(
        institution_id=story.scene.jia.pk,
        condition="chest_pain",
        starts_at=NOON,
        ends_at=NOON - datetime.timedelta(hours=1),
        duty_phone="000-1",
    )
    with pytest.raises(FactsRefusedError) as refusal:
        create_roster(acting_as(story.head_jia), new)
    for words in both_words(refusal.value):
        assert "2026-11-23 12:00" in words
        assert "2026-11-23 11:00" in words


def test_an_impossible_moment_is_told_with_its_bounds_in_local_time() -> None:
    with pytest.raises(FactsRefusedError) as refusal:
        sound_moment("starts_at", NOON, not_before=NOON + datetime.timedelta(hours=1), not_after=timezone.now())
    assert "2026-11-23 12:00 cannot be right" in refusal.value.message
    assert "from 2026-11-23 13:00 to" in refusal.value.message


def test_the_edge_of_the_calendar_can_be_said() -> None:
    # No other zone has the last moment of the calendar; it is said as it stands.
    last = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    assert in_local_time(last) == "9999-12-31 23:59"
    first = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    assert in_local_time(first).endswith("01-01 08:05")


def test_no_other_module_writes_moments_by_itself() -> None:
    home = Path(lianyi.referrals.__file__).parent
    found = {
        path.relative_to(home).as_posix()
        for path in home.rglob("*.py")
        if re.search(r"\{[^{}]*:[^{}]*%H:%M\}", path.read_text(encoding="utf-8"))
    }
    assert found <= WRITES_MOMENTS
