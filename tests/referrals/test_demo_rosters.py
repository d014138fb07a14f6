"""The demonstration never stands without anybody on duty, however long after its loading it is started again."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.accounts.records import Provenance
from lianyi.operations.demo_rosters import DAYS_LEFT_AT_LEAST, DAYS_WRITTEN, extend_rosters
from lianyi.referrals.commands.duty import withdraw_roster
from lianyi.referrals.duty import double_duties, holes_ahead, on_duty
from lianyi.referrals.models import DutyRoster
from tests.cast import acting_as, affiliate
from tests.referrals.story import Story

ZONE = timezone.get_default_timezone()
FIRST_DAY = datetime.date(2026, 11, 22)


def shift(begins: str, ends: str, person: str, deputy: str) -> dict[str, str]:
    return {"begins": begins, "ends": ends, "person": person, "deputy": deputy}


def noon(days: int) -> datetime.datetime:
    return datetime.datetime.combine(FIRST_DAY, datetime.time(12), tzinfo=ZONE) + datetime.timedelta(days=days)


def midnight(days: int) -> datetime.datetime:
    return noon(days) - datetime.timedelta(hours=12)


@pytest.fixture
def wanted(story: Story) -> dict[str, object]:
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    by_day, by_night = ("duty-jia", "deputy-jia"), ("deputy-jia", "duty-jia")
    return {
        "institution": story.scene.jia.code,
        "by": "head-jia",
        "duty_phone": "样例值班电话",
        "channels": [
            {
                "condition": "chest_pain",
                "shifts": [shift("08:00", "20:00", *by_day), shift("20:00", "08:00", *by_night)],
            },
            {"condition": "other", "shifts": [shift("08:00", "20:00", *by_night), shift("20:00", "08:00", *by_day)]},
        ],
    }


def start_demo(wanted: dict[str, object], days: int) -> int:
    with time_machine.travel(noon(days), tick=False):
        return extend_rosters(wanted)


def spans(condition: str) -> list[tuple[datetime.datetime, datetime.datetime]]:
    rows = DutyRoster.objects.filter(condition=condition, state=DutyRoster.State.PUBLISHED)
    return list(rows.order_by("starts_at").values_list("starts_at", "ends_at"))


def test_the_first_start_names_somebody_for_every_hour_from_midnight_on_by_day_and_by_night(story, wanted):
    assert start_demo(wanted, 0) == 2
    assert spans("chest_pain") == spans("other") == [(midnight(0), midnight(DAYS_WRITTEN))]
    by_hour = {
        hour: on_duty(story.scene.jia.pk, "chest_pain", midnight(0) + datetime.timedelta(hours=hour))
        for hour in (0, 9, 21)
    }
    assert {hour: (slot.person.username, slot.deputy.username) for hour, slot in by_hour.items()} == {
        0: ("deputy-jia", "duty-jia"),
        9: ("duty-jia", "deputy-jia"),
        21: ("deputy-jia", "duty-jia"),
    }
    assert set(DutyRoster.objects.values_list("provenance", flat=True)) == {Provenance.SAMPLE}


def test_a_channel_without_a_roster_of_its_own_is_served_and_nobody_is_first_on_two_at_the_same_hour(story, wanted):
    start_demo(wanted, 0)
    assert on_duty(story.scene.jia.pk, "trauma", noon(0)).person.username == "deputy-jia"
    assert [double_duties(roster) for roster in DutyRoster.objects.all()] == [[], []]


def test_a_start_while_the_rosters_last_changes_nothing(wanted):
    start_demo(wanted, 0)
    assert start_demo(wanted, 0) == 0
    assert start_demo(wanted, DAYS_WRITTEN - DAYS_LEFT_AT_LEAST - 1) == 0


def test_a_start_shortly_before_their_end_writes_them_further_without_a_gap(wanted):
    start_demo(wanted, 0)
    assert start_demo(wanted, DAYS_WRITTEN - DAYS_LEFT_AT_LEAST) == 2
    assert spans("other") == [
        (midnight(0), midnight(DAYS_WRITTEN)),
        (midnight(DAYS_WRITTEN), midnight(2 * DAYS_WRITTEN)),
    ]


def test_a_start_three_months_later_begins_with_that_day(wanted):
    start_demo(wanted, 0)
    assert start_demo(wanted, 95) == 2
    assert spans("other")[-1] == (midnight(95), midnight(95 + DAYS_WRITTEN))
    with time_machine.travel(noon(95), tick=False):
        assert holes_ahead(timezone.now(), DAYS_LEFT_AT_LEAST) == []


def test_a_roster_that_was_withdrawn_while_trying_things_out_is_there_again_at_the_next_start(story, wanted):
    start_demo(wanted, 0)
    with time_machine.travel(noon(1), tick=False):
        row = DutyRoster.objects.get(condition="other")
        withdraw_roster(acting_as(story.head_jia, reason="样例理由"), row.pk, row.version)
    assert start_demo(wanted, 1) == 1
    assert spans("other") == [(midnight(1), midnight(1 + DAYS_WRITTEN))]
