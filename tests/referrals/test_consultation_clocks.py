"""A consultation's clocks: what each waits for, against whom, pauses apart, and who is called when it ran out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.referrals.consulting import tick
from lianyi.referrals.models import Consultation, ConsultationCall, ConsultationClock, ConsultationClockPause, Notice
from lianyi.referrals.spans import reading_of
from tests.properties import examples
from tests.referrals import consulting_story as tale
from tests.referrals.story import Story
from tests.referrals.test_who_is_called import on_duty

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# A Monday noon in Shanghai.
START = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)


@pytest.fixture
def wall(story: Story) -> Iterator[time_machine.Traveller]:
    """Freeze time; tests move it on."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def clock(row: Consultation, kind: str) -> ConsultationClock:
    return ConsultationClock.objects.filter(consultation=row, kind=kind).latest("pk")


def minutes(row: Consultation, kind: str, now: datetime.datetime) -> tuple[float, float, float]:
    read = reading_of(clock(row, kind), now)
    return tuple(span.total_seconds() / 60 for span in (read.gross, read.paused, read.net))  # type: ignore[return-value]


def test_every_state_of_written_advice_has_its_clock_in_turn(wall: time_machine.Traveller, story: Story) -> None:
    row = tale.closed(story)
    found = ConsultationClock.objects.filter(consultation=row).order_by("pk")
    jia, shan = story.scene.jia.pk, story.scene.shan.pk
    assert list(found.values_list("kind", "institution_id", "stop")) == [
        ("draft", shan, "met"),
        ("answer", jia, "met"),
        ("arrangement", jia, "met"),
        ("reading", shan, "met"),
        ("closing", shan, "met"),
    ]
    assert not found.filter(stopped_at=None).exists()


def test_a_question_stops_the_clock_of_an_answer_that_can_wait(wall: time_machine.Traveller, story: Story) -> None:
    row = tale.asked(story)
    before = clock(row, "answer").due_at
    wall.shift(2 * HOUR)
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    assert (row.ball_side, clock(row, "information").institution_id) == ("sender", story.scene.shan.pk)
    assert clock(row, "answer").paused_since == START + 2 * HOUR
    wall.shift(5 * HOUR)
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    waiting = clock(row, "answer")
    assert (waiting.due_at, waiting.paused_seconds) == (before + 5 * HOUR, 5 * 3600)
    assert (row.due_at, row.next_call_at, row.rung) == (waiting.due_at, waiting.due_at, 0)
    wall.shift(HOUR)
    tale.step(row, "accept", story.duty_jia)
    assert minutes(row, "answer", START + 30 * DAY) == (8 * 60, 5 * 60, 3 * 60)
    pause = ConsultationClockPause.objects.get(clock__consultation=row)
    assert (pause.started_at, pause.ended_at) == (START + 2 * HOUR, START + 7 * HOUR)


def test_the_clock_of_an_urgent_answer_goes_on_while_a_question_is_open(
    wall: time_machine.Traveller, story: Story
) -> None:
    row = tale.asked(story, urgency="urgent")
    due = clock(row, "answer").due_at
    assert due == START + 2 * HOUR
    wall.shift(HOUR)
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    wall.shift(90 * MINUTE)
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    assert (row.due_at, clock(row, "answer").paused_seconds) == (due, 0)
    wall.shift(MINUTE)
    tale.step(row, "accept", story.duty_jia)
    assert minutes(row, "answer", START + DAY) == (151, 0, 151)
    assert clock(row, "answer").breached_at == due


def test_what_ran_out_before_a_pause_stays_known(wall: time_machine.Traveller, story: Story) -> None:
    row = tale.asked(story)
    due = clock(row, "answer").due_at
    wall.move_to(due + MINUTE)
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    wall.shift(DAY)
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    assert clock(row, "answer").breached_at == due
    assert clock(row, "answer").is_late_at(due + 2 * DAY)


def test_who_was_called_before_a_question_is_not_called_for_the_same_rung_again(
    wall: time_machine.Traveller, story: Story
) -> None:
    row = tale.asked(story, urgency="urgent")
    for _rung in range(2):
        row.refresh_from_db()
        assert row.next_call_at is not None
        wall.move_to(row.next_call_at)
        assert tick(row.next_call_at) == 1
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    assert row.rung == 0
    wall.shift(MINUTE)
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    assert row.rung == 2
    wall.move_to(row.next_call_at)
    tick(row.next_call_at)
    rungs = ConsultationCall.objects.filter(clock=clock(row, "answer")).order_by("pk").values_list("rung", flat=True)
    assert list(rungs) == [1, 2, 3]


def test_silence_after_the_whole_ladder_and_a_question_leaves_time_for_the_answer(
    wall: time_machine.Traveller, story: Story
) -> None:
    row = tale.asked(story, urgency="urgent")
    for _rung in range(6):
        row.refresh_from_db()
        wall.move_to(row.next_call_at)
        tick(row.next_call_at)
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    wall.shift(MINUTE)
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    row.refresh_from_db()
    assert (row.state, row.next_call_at - row.events.latest("pk").occurred_at) == ("asked", 2 * HOUR)
    wall.shift(HOUR)
    assert tick(wall_now(row, HOUR)) == 0


def wall_now(row: Consultation, since: datetime.timedelta) -> datetime.datetime:
    return row.events.latest("pk").occurred_at + since


def test_a_session_put_off_has_a_new_clock_and_the_old_one_is_not_needed(
    wall: time_machine.Traveller, story: Story
) -> None:
    row = tale.scheduled(story)
    tale.step(row, "reschedule", story.doctor_shan, reason_code="other", scheduled_for=START + 3 * HOUR)
    found = ConsultationClock.objects.filter(consultation=row, kind="session").order_by("pk")
    assert list(found.values_list("due_at", "stop")) == [(START + HOUR, "void"), (START + 3 * HOUR, "")]
    wall.shift(2 * HOUR)
    tale.step(row, "start", story.duty_jia)
    assert not clock(row, "session").is_late_at(START + DAY)
    assert clock(row, "opinion").started_at == START + 2 * HOUR


def test_a_consultation_taken_back_needs_no_clock(wall: time_machine.Traveller, story: Story) -> None:
    row = tale.asked(story)
    tale.step(row, "cancel", story.doctor_shan, reason_code="improved")
    assert (clock(row, "answer").stop, clock(row, "draft").stop) == ("void", "met")


def test_the_ladder_calls_people_by_name_and_keeps_each_call(wall: time_machine.Traveller, story: Story) -> None:
    on_duty(story, "other", "duty-jia", "head-jia")
    row = tale.asked(story, urgency="urgent")
    for _rung in range(3):
        row.refresh_from_db()
        wall.move_to(row.next_call_at)
        tick(row.next_call_at)
    calls = ConsultationCall.objects.filter(clock__consultation=row).order_by("rung")
    assert list(calls.values_list("rung", "post", "user__username")) == [
        (1, "duty_person", "duty-jia"),
        (2, "deputy", "head-jia"),
        (3, "department_head", "head-jia"),
    ]
    assert clock(row, "answer").breached_at == clock(row, "answer").due_at
    told = Notice.objects.filter(consultation=row, kind="consultation_overdue").order_by("pk")
    assert list(told.values_list("institution__code", "user__username")) == [
        (story.scene.jia.code, "duty-jia"),
        (story.scene.jia.code, "head-jia"),
        (story.scene.jia.code, "head-jia"),
    ]


STEPS_OF_WAITING = st.lists(st.integers(1, 60 * 24 * 3), min_size=1, max_size=6)


@pytest.mark.django_db
@examples(8, HealthCheck.function_scoped_fixture)
@given(waits=STEPS_OF_WAITING, urgency=st.sampled_from(["routine", "urgent"]))
def test_gross_is_net_and_paused_however_often_is_asked_back(story: Story, waits: list[int], urgency: str) -> None:
    with time_machine.travel(START, tick=False) as wall:
        row = tale.asked(story, urgency=urgency)
        paused = gone = 0
        for count, wait in enumerate(waits):
            wall.shift(wait * MINUTE)
            gone += wait
            is_question = count % 2 == 0
            actor = story.duty_jia if is_question else story.doctor_shan
            tale.step(row, "ask_information" if is_question else "supply", actor, text="样例")
            paused += 0 if is_question or urgency == "urgent" else wait
        now = START + gone * MINUTE
        assert minutes(row, "answer", now) == (gone, paused, gone - paused)
        kept = clock(row, "answer")
        assert kept.paused_seconds == paused * 60


def test_rungs_climbed_before_there_were_clocks_are_not_climbed_again_after_a_question(
    wall: time_machine.Traveller, story: Story
) -> None:
    row = tale.asked(story, urgency="urgent")
    # As an installation stands that was brought up to date: how far it climbed is known, whom it called is not.
    Consultation.objects.filter(pk=row.pk).update(rung=2)
    wall.shift(DAY)
    tick(START + DAY)
    row.refresh_from_db()
    tale.step(row, "ask_information", story.duty_jia, text="样例提问")
    tale.step(row, "supply", story.doctor_shan, text="样例回答")
    assert row.rung == 3
    for hours in range(8, 56, 8):
        wall.shift(8 * HOUR)
        tick(START + DAY + hours * HOUR)
    row.refresh_from_db()
    assert row.state == "expired"
    assert list(ConsultationCall.objects.order_by("rung").values_list("rung", flat=True)) == [3, 4, 5, 6]
