"""The wall of a duty room: emergencies on their way, clocks, milestones, who is on duty; nobody's name."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.models import ReadEvent, User
from lianyi.referrals.commands.duty import DailyDuty, NewRoster, create_roster, fill_duty, publish_roster
from lianyi.referrals.models import Leg
from tests.cast import acting_as, affiliate
from tests.dispatch.page_parts import client_of, page_of, queries_for, status_of, words
from tests.referrals.story import Story

WALL = "referrals:wall"
NOON = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)


@pytest.fixture
def noon(story: Story) -> Iterator[time_machine.Traveller]:
    """Freeze time at a Monday noon in Shanghai."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def emergency(story: Story, **more: object) -> Leg:
    return story.sent(urgency="emergency", condition="chest_pain", **more)


def test_an_emergency_stands_on_both_walls_without_a_name(noon: time_machine.Traveller, story: Story) -> None:
    leg = emergency(story)
    for actor in (story.duty_jia, story.coordinator):
        html = page_of(client_of(actor), WALL)
        assert leg.request.journey.number in html
        assert "样例病人" not in html
        text = words(html)
        assert "chest pain" in text.lower()
        assert f"{leg.request.age_band} · female" in text
    assert leg.request.journey.number not in page_of(client_of(story.duty_lin), WALL)


def test_the_name_stays_away_after_acceptance_too(noon: time_machine.Traveller, story: Story) -> None:
    leg = emergency(story)
    story.step(leg, "accept", story.duty_jia, contact="样例联系人", capacity_confirmed=True)
    html = page_of(client_of(story.duty_jia), WALL)
    assert "样例病人" not in html
    assert "样例联系人" not in html


def test_the_move_of_the_own_side_is_marked(noon: time_machine.Traveller, story: Story) -> None:
    emergency(story)
    assert "your move" in words(page_of(client_of(story.duty_jia), WALL))
    assert "your move" not in words(page_of(client_of(story.doctor_shan), WALL))


def test_the_clock_runs_out_in_colour_and_in_words(noon: time_machine.Traveller, story: Story) -> None:
    leg = emergency(story)
    story.step(leg, "open", story.duty_jia)
    client = client_of(story.duty_jia)
    assert 'class="wall-case wall-calm wall-mine"' in page_of(client, WALL)
    noon.shift(datetime.timedelta(minutes=12))
    assert 'class="wall-case wall-near wall-mine"' in page_of(client, WALL)
    noon.shift(datetime.timedelta(minutes=10))
    html = page_of(client, WALL)
    assert 'class="wall-case wall-over wall-mine"' in html
    assert "7 min over" in html


def test_most_urgent_first_and_who_is_taken_over_is_only_counted(noon: time_machine.Traveller, story: Story) -> None:
    slow, quick = emergency(story), emergency(story)
    story.step(slow, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    html = page_of(client_of(story.duty_jia), WALL)
    assert html.index(quick.request.journey.number) < html.index(slow.request.journey.number)
    story.step(slow, "arrive", story.duty_jia)
    story.step(slow, "take_over", story.duty_jia)
    html = page_of(client_of(story.duty_jia), WALL)
    assert slow.request.journey.number not in html
    assert "1 on the way or waiting · 1 taken over" in words(html)


def test_a_refused_emergency_stays_on_the_senders_wall(noon: time_machine.Traveller, story: Story) -> None:
    leg = emergency(story)
    story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)
    assert leg.request.journey.number in page_of(client_of(story.coordinator), WALL)


def test_other_referrals_and_drafts_do_not_stand_there(noon: time_machine.Traveller, story: Story) -> None:
    story.sent(urgency="urgent")
    story.draft(urgency="emergency", condition="chest_pain")
    assert "No emergency is on its way." in page_of(client_of(story.doctor_shan), WALL)


def test_milestones_are_drawn_and_counted(noon: time_machine.Traveller, story: Story) -> None:
    leg = emergency(story)
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    story.step(leg, "depart", story.doctor_shan, expected_at=timezone.now() + datetime.timedelta(minutes=50))
    html = page_of(client_of(story.duty_jia), WALL)
    assert html.count("wall-step-done") == 4  # decided, sent, answered, and left the first institution
    assert "arrives about 12:50" in words(html)


def test_who_is_on_duty_now_and_who_comes_next(noon: time_machine.Traveller, story: Story) -> None:
    publish_duty(story)
    text = words(page_of(client_of(story.duty_jia), WALL))
    assert "样例 duty-jia ☎ 000-1120 deputy 样例 deputy-jia until 20:00" in text
    assert "then 样例 deputy-jia from 11-23 20:00" in text


def publish_duty(story: Story) -> None:
    """Let Duty Jia stand by day and the deputy by night for chest pain."""
    affiliate("deputy-jia", story.scene.jia.pk, "duty_clinician")
    people = {name: User.objects.get(username=name).pk for name in ("duty-jia", "deputy-jia")}
    head, today = acting_as(story.head_jia), timezone.localdate()
    morning = datetime.datetime.combine(today, datetime.time(8), tzinfo=timezone.get_default_timezone())
    new = NewRoster(
        institution_id=story.scene.jia.pk,
        condition="chest_pain",
        starts_at=morning,
        ends_at=morning + datetime.timedelta(days=8),
        duty_phone="000-1120",
    )
    roster = create_roster(head, new)
    shifts = ((8, 20, "duty-jia", "deputy-jia"), (20, 8, "deputy-jia", "duty-jia"))
    for begins, ends, person, deputy in shifts:
        duty = DailyDuty(
            first_day=today,
            last_day=today + datetime.timedelta(days=7),
            begins=datetime.time(begins),
            ends=datetime.time(ends),
            person_id=people[person],
            deputy_id=people[deputy],
        )
        fill_duty(acting_as(story.head_jia), roster.pk, duty)
    roster.refresh_from_db()
    publish_roster(acting_as(story.head_jia), roster.pk, roster.version)


def test_the_part_that_changes_comes_alone(noon: time_machine.Traveller, story: Story) -> None:
    emergency(story)
    client = client_of(story.duty_jia)
    part = client.get(reverse(WALL), headers={"HX-Request": "true", "HX-Target": "wall"}).content.decode()
    assert part.startswith('<div id="wall"')
    assert "<html" not in part
    assert 'hx-trigger="every 5s"' in part


def test_opening_the_wall_is_noted_once_and_not_at_every_look(noon: time_machine.Traveller, story: Story) -> None:
    emergency(story)
    client = client_of(story.duty_jia)
    before = ReadEvent.objects.count()
    page_of(client, WALL)
    client.get(reverse(WALL), headers={"HX-Request": "true", "HX-Target": "wall"})
    assert ReadEvent.objects.count() == before + 1


def test_who_only_counts_has_no_wall(noon: time_machine.Traveller, story: Story) -> None:
    assert status_of(client_of(story.scene.office_jia), WALL) == 403


def test_the_wall_costs_a_fixed_number_of_queries(noon: time_machine.Traveller, story: Story) -> None:
    emergency(story)
    client = client_of(story.duty_jia)
    first = queries_for(client, WALL)
    for _each in range(3):
        emergency(story)
    assert queries_for(client, WALL) == first
