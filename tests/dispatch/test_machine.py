"""The table of a posting's life: walked at random, and never left."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.dispatch import commands
from lianyi.dispatch.errors import StepRefusedError
from lianyi.dispatch.machine import BY_NAME, FINAL, REASONS, STEPS, steps_from
from lianyi.dispatch.models import Posting, PostingState
from lianyi.dispatch.queries import allowed_steps
from lianyi.errors import InvalidInputError
from tests.cast import Scene, acting_as, day
from tests.properties import examples

STEP_NAMES = sorted(BY_NAME)


def test_every_state_is_reached_by_the_table_and_only_final_ones_have_no_way_on() -> None:
    reached = {PostingState.DRAFT} | {step.to_state for step in STEPS}
    assert reached == set(PostingState)
    assert {state for state in PostingState if not steps_from(state)} == set(FINAL) - {PostingState.CANCELLED}


def test_every_negative_step_asks_for_a_reason() -> None:
    negative = {"cancel", "void", "return_early"}
    assert {step.name for step in STEPS if step.needs_reason} == negative | {"extend"}


@examples(15, HealthCheck.function_scoped_fixture)
@given(names=st.lists(st.sampled_from(STEP_NAMES), max_size=8))
def test_a_random_walk_does_what_the_table_says_and_nothing_else(scene: Scene, names: list[str]) -> None:
    code = f"W{Posting.objects.count()}-{len(names)}-{hash(tuple(names)) % 10**8}"
    agreement = scene.agreement(code, ends_on="2025-12-31")
    posting = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    for name in names:
        before = Posting.objects.get(pk=posting.pk)
        actor = scene.office_shan if name == "appraise" else scene.office_jia
        on = before.ends_on if name == "end" else day("2024-03-05")
        facts = commands.StepFacts(on, text="样例文字", ends_on=before.ends_on + datetime.timedelta(30))
        context = acting_as(actor, "样例理由", "other")
        in_table = before.state in BY_NAME[name].from_states
        events = before.events.count()
        if in_table:
            commands.take_step(context, before, name, facts, before.version)
        else:
            with pytest.raises(StepRefusedError) as refused:
                commands.take_step(context, before, name, facts, before.version)
            assert refused.value.params["allowed"] == [step.name for step in steps_from(before.state)]
        after = Posting.objects.get(pk=posting.pk)
        assert after.state == (BY_NAME[name].to_state if in_table else before.state)
        assert after.events.count() == events + in_table
    # So that the next walk of the same test may send the same person on the same days.
    Posting.objects.filter(pk=posting.pk).update(state="void")


def test_the_offered_steps_are_those_that_succeed(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    assert [step.name for step in allowed_steps(scene.office_jia, posting)] == ["depart", "arrive", "cancel", "void"]
    assert allowed_steps(scene.office_lin, posting) == []
    scene.step(posting, "arrive", "2024-03-02")
    scene.step(posting, "end", "2024-05-31")
    assert [step.name for step in allowed_steps(scene.office_jia, posting)] == ["hand_over"]
    assert [step.name for step in allowed_steps(scene.office_shan, posting)] == ["hand_over", "appraise"]


def test_a_whole_life_leaves_one_event_for_each_step_with_its_own_day(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    scene.step(posting, "depart", "2024-02-28")
    scene.step(posting, "arrive", "2024-03-01")
    scene.step(
        posting, "extend", "2024-05-20", ends_on=day("2024-07-31"), reason="仍需要", reason_code="need_continues"
    )
    scene.step(posting, "end", "2024-07-31")
    scene.step(posting, "hand_over", "2024-08-01", text="病区交接")
    scene.step(posting, "appraise", "2024-08-05", text="优秀")
    scene.step(posting, "close", "2024-08-10")
    assert [(event.step, event.to_state) for event in posting.events.order_by("pk")] == [
        ("draft", "draft"),
        ("publish", "planned"),
        ("depart", "travelling"),
        ("arrive", "on_site"),
        ("extend", "extended"),
        ("end", "ended"),
        ("hand_over", "handed_over"),
        ("appraise", "appraised"),
        ("close", "closed"),
    ]
    assert (posting.arrived_on, posting.left_on, posting.ends_on) == (
        day("2024-03-01"),
        day("2024-07-31"),
        day("2024-07-31"),
    )


def test_a_fact_is_not_recorded_before_it_happens(scene: Scene) -> None:
    agreement = scene.agreement("FUTURE", starts_on="2024-01-01", ends_on="2030-12-31")
    posting = scene.published(agreement, scene.ding, "2029-03-01", "2029-05-31")
    with pytest.raises(InvalidInputError, match="is in the future"):
        scene.step(posting, "arrive", "2029-03-01")


def test_nobody_leaves_before_they_came(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    scene.step(posting, "arrive", "2024-03-10")
    with pytest.raises(InvalidInputError, match="before the arrival on 2024-03-10"):
        scene.step(posting, "end", "2024-03-09")


def test_a_reason_comes_from_the_list_and_has_words(scene: Scene) -> None:
    agreement = scene.agreement()
    posting = scene.published(agreement, scene.ding, "2024-03-01", "2024-05-31")
    for code, words in (("", "家中有事"), ("family", ""), ("bored", "厌倦")):
        with pytest.raises(InvalidInputError, match=next(iter(REASONS))):
            scene.step(posting, "cancel", "2024-02-01", reason=words, reason_code=code)
    assert Posting.objects.get(pk=posting.pk).state == "planned"
