"""A small world of referrals counted by hand: every figure, its rows, and that a past spring stays as it was."""

from __future__ import annotations

import dataclasses
import datetime

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.methods.periods import DateSpan
from lianyi.referrals.models import Clock, Leg
from lianyi.referrals.running import pause_clock, resume_clock
from lianyi.referrals.states import LegState
from lianyi.referrals.statistics import Statistics, statistics_of
from lianyi.referrals.statistics_queries import AnswerKind, Selection, answers
from lianyi.referrals.walking import allowed_actions, take_step
from tests.cast import acting_as, actor_for
from tests.properties import examples
from tests.referrals.sayings import said_with
from tests.referrals.small_world import AFTERWARDS, SmallWorld, moment

SPRING = DateSpan(datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))


def selection(span: DateSpan = SPRING) -> Selection:
    return Selection(Leg.objects.exclude(state=LegState.ENTERED_IN_ERROR), span, timezone.now())


def counted(span: DateSpan = SPRING) -> Statistics:
    return statistics_of(selection(span))


# What the head of the module small_world says, added up on paper: letters of numerator and of denominator.
BY_HAND = {
    "acceptance": ("A B BB D G H JL", "A B BB C D E F G H JL"),
    "refusal": ("C E", "A B BB C D E F G H JL"),
    "no-response": ("F", "A B BB C D E F G H JL"),
    "in-time": ("A BB C D G JL", "A B BB C D E F G JL"),
    "in-time-emergency": ("D", "D E F"),
    "in-time-urgent": ("A BB C JL", "A B BB C JL"),
    "in-time-routine": ("G", "G"),
    "arrival": ("A B BB D", "A B BB D G"),
    "withdrawn": ("G", "A B BB D G"),
    "never-came": ("", "A B BB D G"),
    "feedback-7": ("A", "A B D I"),
    "feedback-14": ("A B", "A B D I"),
    "feedback-30": ("A B", "A B D I"),
    "transfer-back": ("B", "A B"),
    "onward": ("", "A B"),
    "bounce-back": ("BB", "BB"),
}


def test_every_share_is_the_one_counted_by_hand(world: SmallWorld) -> None:
    found = counted()
    for key, (numerator, denominator) in BY_HAND.items():
        figure = found.figure(key)
        assert figure is not None
        told = (key, set(figure.numerator), set(figure.denominator))
        assert told == (key, world.ids(numerator), world.ids(denominator))


def test_a_patient_asked_of_two_hospitals_counts_once_as_a_referral(world: SmallWorld) -> None:
    found = counted()
    assert (found.requests_sent, found.legs_sent) == (12, 13)
    assert (len(found.sent_up), set(found.sent_down)) == (11, world.ids("BB"))
    assert {kind: set(legs) for kind, legs in found.apart.items()} == {
        AnswerKind.PASSED_OVER: world.ids("J"),
        AnswerKind.CAME_FIRST: world.ids("I"),
        AnswerKind.TAKEN_BACK: world.ids("K"),
    }


def test_times_to_the_answer_are_kept_raw_paused_and_net(world: SmallWorld) -> None:
    by_urgency = {each.urgency: each for each in counted().times}
    emergency, urgent, routine = (by_urgency[name] for name in ("emergency", "urgent", "routine"))
    # D 9 and E 25; F was never answered and has no time.
    assert (emergency.net.count, emergency.net.median.minutes) == (2, 17.0)
    # A 30, B 180, BB 60, C 20, JL 15; H was told by telephone, I came first.
    assert (urgent.net.count, urgent.net.median.minutes, urgent.net.p90.minutes) == (5, 30.0, 132.0)
    assert (urgent.spoken, urgent.afterwards) == (1, 1)
    assert (routine.gross.median.minutes, routine.paused.median.minutes, routine.net.median.minutes) == (420, 180, 240)


def test_refusals_by_reason_and_by_place(world: SmallWorld) -> None:
    found = counted()
    assert dict(found.reasons) == {"no_bed": (world.legs["C"].pk,), "no_specialist": (world.legs["E"].pk,)}
    scene = world.scene
    assert [(site.institution_id, site.accepted, site.declined, site.no_response) for site in found.sites] == sorted(
        [(scene.jia.pk, 5, 2, 1), (scene.shan.pk, 1, 0, 0), (scene.lin.pk, 1, 0, 0)]
    )


def test_a_bounce_is_counted_at_both_sides(world: SmallWorld) -> None:
    told = {(each.institution_id, each.side, each.bounced, each.returned) for each in counted().bounces}
    assert told == {(world.scene.shan.pk, "lower", 1, 1), (world.scene.jia.pk, "upper", 1, 1)}


def test_a_referral_after_the_days_of_the_policy_is_no_bounce(world: SmallWorld) -> None:
    world.at("2026-05-21 12:00")
    late = DateSpan(datetime.date(2026, 5, 20), datetime.date(2026, 6, 30))
    figure = counted(late).figure("bounce-back")
    assert figure is not None
    # The thirtieth day after 04-20 10:00 is 05-20 10:00: the return is judged on that day, in that span.
    assert set(figure.denominator) == world.ids("BB")
    earlier = counted(DateSpan(datetime.date(2026, 4, 1), datetime.date(2026, 5, 19))).figure("bounce-back")
    assert earlier is not None
    assert earlier.share.value is None


def test_months_hold_what_happened_in_them(world: SmallWorld) -> None:
    months = {each.label: each for each in counted().months}
    april, may = months["2026-04"], months["2026-05"]
    assert (april.accepted, april.declined, april.no_response, april.up, april.down) == (7, 1, 1, 10, 1)
    assert (may.accepted, may.declined, may.no_response, may.up, may.down) == (0, 1, 0, 1, 0)
    assert months["2026-06"].accepted == 0


def test_pathway_times_are_held_against_the_standard_of_their_day(world: SmallWorld) -> None:
    found = {each.standard.id: each for each in counted().standards}
    ecg = found["contact-ecg-share"]
    assert (ecg.share.numerator, ecg.share.denominator, ecg.times.median.minutes) == (1, 1, 9.0)
    # E was sent in the same days and nobody recorded its times: missing, not failed.
    assert ecg.missing == 1
    wire = found["door-wire-share"]
    assert (wire.share.value, wire.mean_minutes) == (1.0, 60.0)
    mean = found["contact-ecg-mean"]
    assert (mean.share.numerator, mean.share.denominator) == (1, 1)


def test_breaches_name_the_phase_and_who_had_the_clock(world: SmallWorld) -> None:
    found = {(each.kind, each.holder_id): set(each.legs) for each in counted().breaches}
    assert found["decision", world.scene.jia.pk] == world.ids("B E F")
    assert world.legs["A"].pk not in found.get(("decision", world.scene.jia.pk), set())


def test_what_ran_out_before_a_pause_stays_late(world: SmallWorld) -> None:
    leg = world.sent("P", "2026-07-02 09:00", urgency="urgent")
    world.step("P", "2026-07-02 09:05", "open", world.story.duty_jia)
    clock = Clock.objects.get(leg=leg, kind="decision")
    pause_clock(clock, moment("2026-07-02 15:00"))
    resume_clock(clock, moment("2026-07-03 15:00"))
    assert clock.breached_at is not None
    world.accepted("P", "2026-07-03 15:10", world.story.duty_jia)
    world.at("2026-07-04 08:00")
    july = selection(DateSpan(datetime.date(2026, 7, 1), datetime.date(2026, 7, 31)))
    [answer] = [each for each in answers(july) if each.leg_id == leg.pk]
    assert not answer.is_in_time


def test_an_empty_span_has_no_values_and_no_zeros(world: SmallWorld) -> None:
    found = counted(DateSpan(datetime.date(2026, 2, 1), datetime.date(2026, 2, 28)))
    assert found.legs_sent == 0
    assert {figure.share.value for figure in found.figures} == {None}


def test_the_number_of_queries_does_not_grow(world: SmallWorld, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(15):  # type: ignore[operator]
        counted()
    with django_assert_num_queries(12):  # type: ignore[operator]
        counted(DateSpan(datetime.date(2026, 2, 1), datetime.date(2026, 2, 28)))


APRIL = DateSpan(datetime.date(2026, 4, 1), datetime.date(2026, 4, 30))


def told(found: Statistics) -> object:
    """Return what must not change; what is missing of a pathway may still be added."""
    standards = tuple((each.standard.id, each.share, each.times) for each in found.standards)
    return (dataclasses.replace(found, standards=()), standards)


def test_a_case_that_is_opened_again_and_ends_otherwise_changes_nothing(world: SmallWorld) -> None:
    before = told(counted(APRIL))
    jia = world.story.duty_jia
    world.step("A", "2026-05-01 09:00", "reopen", world.story.head_jia, reason_code="care_continues")
    world.step("A", "2026-05-02 09:00", "send_outcome", jia, disposition="died", text="样例结果")
    world.step("H", "2026-05-05 10:00", "arrive", jia)
    world.step("G", "2026-05-05 11:00", "arrive_after_end", jia)
    world.step("D", "2026-05-05 12:00", "hold", jia, reason_code="patient_worse", ball_side="receiver",
               due_at=moment("2026-05-09 09:00"))  # fmt: skip
    world.at(AFTERWARDS)
    assert told(counted(APRIL)) == before


def test_an_entry_in_error_is_taken_out_again(world: SmallWorld) -> None:
    steward = actor_for("steward-shan", world.story.scene.shan.pk, "privacy_steward")
    world.step("H", "2026-05-05 10:00", "repair_error", steward, reason_code="wrong_patient")
    world.at(AFTERWARDS)
    figure = counted(APRIL).figure("acceptance")
    assert figure is not None
    assert world.legs["H"].pk not in figure.denominator


@examples(12, *HealthCheck)
@given(data=st.data())
def test_no_step_that_comes_later_changes_what_was_counted(world: SmallWorld, data: st.DataObject) -> None:
    """Random people take random steps in May; April stays as it was."""
    story = world.story
    people = [story.doctor_shan, story.duty_shan, story.duty_jia, story.duty_lin, story.coordinator]
    with transaction.atomic():
        world.at("2026-05-01 08:00")
        before = told(counted(APRIL))
        for _turn in range(data.draw(st.integers(1, 10))):
            world.traveller.shift(datetime.timedelta(hours=data.draw(st.sampled_from([1, 30, 200]))))
            leg = Leg.objects.get(pk=data.draw(st.sampled_from(sorted(leg.pk for leg in world.legs.values()))))
            actor = data.draw(st.sampled_from(people))
            # What was entered in error was never there; the test above says so.
            open_now = [each for each in allowed_actions(actor, leg) if each.transition.name != "mark_error"]
            if open_now:
                action = data.draw(st.sampled_from(open_now))
                said = {"spoken_by": "样例"} if action.is_spoken else {}
                name = action.transition.name
                take_step(acting_as(actor), leg.pk, name, said_with(story, leg, name, **said), leg.version)
        world.at("2026-12-31 08:00")
        assert told(counted(APRIL)) == before
        transaction.set_rollback(True)
