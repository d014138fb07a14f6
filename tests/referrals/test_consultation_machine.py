"""The table of consultations: every state is reached, and nothing happens that is not in the table."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.errors import LianyiError
from lianyi.referrals.consulting import allowed_consulting_actions, take_consulting_step
from lianyi.referrals.consulting_effects import EFFECTS
from lianyi.referrals.consulting_facts import FACT_NAMES, ConsultingFacts
from lianyi.referrals.consulting_guards import GUARDS, SAID
from lianyi.referrals.consulting_machine import BY_NAME, FINAL, OPEN, SAME, STATES, STEPS, ConsultingStep
from lianyi.referrals.models import (
    Consultation,
    ConsultationEvent,
    ConsultationPacket,
    ConsultationState,
    Opinion,
    Request,
)
from lianyi.referrals.states import Side
from tests.cast import acting_as
from tests.properties import examples
from tests.referrals import consulting_story as tale
from tests.referrals.story import Story

MOVING = [each for each in STEPS if each.from_states and Side.SYSTEM not in each.sides]


def test_every_state_of_the_model_is_in_the_table_and_reached() -> None:
    assert {row.state for row in STATES} == set(ConsultationState)
    reached, grown = {ConsultationState.DRAFT}, True
    while grown:
        targets = {ConsultationState(s.to_state) for s in STEPS if s.to_state != SAME and reached & {*s.from_states}}
        grown = not targets <= reached
        reached |= targets
    assert reached == set(ConsultationState)


def test_open_states_have_a_holder_a_clock_and_a_way_out_and_final_ones_have_none() -> None:
    for row in STATES:
        leaving = [each for each in STEPS if row.state in each.from_states and each.to_state not in (SAME, row.state)]
        if row.is_final:
            assert (row.ball, row.awaits, row.policy_clock, leaving) == (None, None, None, []), row.state
        else:
            assert row.ball is not None
            assert row.awaits is not None
            assert leaving, row.state


def test_every_name_in_the_table_exists_and_none_is_left_over() -> None:
    assert {name for each in STEPS for name in each.guards} == set(GUARDS)
    assert {name for each in STEPS for name in each.effects} == set(EFFECTS)
    assert {name for each in STEPS for name in (*each.asks, *each.takes)} <= FACT_NAMES
    assert set(SAID) <= set(BY_NAME)
    assert len(BY_NAME) == len(STEPS)


def test_every_negative_step_asks_a_reason() -> None:
    for name in ("decline", "decline_unanswered", "withdraw", "cancel", "reschedule"):
        assert BY_NAME[name].reasons is not None


def facts_for(story: Story, step: ConsultingStep) -> ConsultingFacts:
    """Return everything that a step asks."""
    said: dict[str, Any] = {
        "text": "样例",
        "opinion": "样例意见",
        "followed": "partly",
        "specialty": "20",
        "scheduled_for": tale.in_an_hour(),
        "referral": tale.wish(story, override_code="new_episode"),
    }
    given = {name: said[name] for name in step.asks}
    if step.reasons is not None:
        reason = "information_missing" if step.name == "decline_unanswered" else "other"
        given |= {"reason_code": reason, "text": "样例理由"}
    if step.name == "no_show":
        given["absent_side"] = "sender"
    if step.name == "close":
        given["text"] = "样例原因"
    return ConsultingFacts(**given)


def _try(story: Story, actor: Actor, row: Consultation, step: ConsultingStep) -> bool:
    """Take a step if the walk lets it, and tell whether it was taken."""
    try:
        take_consulting_step(acting_as(actor), row.pk, step.name, facts_for(story, step), row.version)
    except LianyiError:
        return False
    return True


# Two of three draws take something that is open to somebody, so that walks go far; the third tries anything.
DRAWS = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 50), st.sampled_from(MOVING))


def _drawn(people: tuple[Actor, ...], row: Consultation, draw: tuple[int, int, int, ConsultingStep]) -> ConsultingStep:
    wildness, who, choice, any_step = draw
    mine = [each.step for each in allowed_consulting_actions(people[who], row) if each.step.name != "cancel"]
    return mine[choice % len(mine)] if mine and wildness else any_step


@pytest.mark.django_db
@examples(12, HealthCheck.function_scoped_fixture)
@given(
    kind=st.sampled_from(["advice", "live", "emergency", "multi_specialist"]),
    walk=st.lists(DRAWS, min_size=5, max_size=18),
)
def test_random_steps_of_anybody_do_only_what_the_table_has(
    story: Story, kind: str, walk: list[tuple[int, int, int, ConsultingStep]]
) -> None:
    row = tale.asked(story, kind=kind)
    people = (story.doctor_shan, story.duty_jia, story.duty_lin)
    for draw in walk:
        # The time of a session comes by itself.
        Consultation.objects.filter(pk=row.pk, state="scheduled").update(scheduled_for=timezone.now())
        row.refresh_from_db()
        before, actor = row.state, people[draw[1]]
        step = _drawn(people, row, draw)
        is_open = step.name in {each.step.name for each in allowed_consulting_actions(actor, row)}
        assert _try(story, actor, row, step) == is_open, (before, step.name, actor.user_id)
        row.refresh_from_db()
        if not is_open:
            assert row.state == before
            continue
        assert before in step.from_states
        assert row.state == (before if step.to_state == SAME else step.to_state)
    _check_at_the_end(story, row)


def _check_at_the_end(story: Story, row: Consultation) -> None:
    assert row.is_open == (row.state in OPEN) == (row.state not in FINAL)
    assert (row.ball_side != "") == row.is_open
    assert row.is_open == (row.due_at is not None)
    events = list(ConsultationEvent.objects.filter(consultation=row).order_by("pk"))
    assert [each.from_state for each in events[1:]] == [each.to_state for each in events[:-1]]
    assert events[-1].to_state == row.state
    assert Opinion.objects.filter(consultation=row, part="opinion").count() <= 1
    assert Request.objects.filter(from_consultation=row).count() <= 1
    sees = scoped(story.duty_jia, ConsultationPacket.objects.filter(consultation=row)).exists()
    was_accepted = row.accepted_at is not None and row.state not in ("declined", "cancelled", "expired")
    assert sees == was_accepted
    assert not scoped(story.duty_lin, Consultation.objects.filter(pk=row.pk)).exists()
