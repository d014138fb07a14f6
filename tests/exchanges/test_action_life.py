"""The life of actions, whatever people try: nothing closes unchecked, nothing is lost, and days decide."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.errors import LianyiError
from lianyi.exchanges.machines.actions import (
    ACTION_STEP_BY_NAME,
    ACTION_STEPS,
    ENDED,
    Recurrence,
    action_steps_from,
    standing_of,
)
from lianyi.exchanges.models import Action, ActionState, Point, PointState
from tests.cast import Scene
from tests.dispatch.needs_story import today_and
from tests.exchanges.visits_story import Visiting, visiting
from tests.properties import examples

START = datetime.date(2024, 1, 1)
NOON = datetime.datetime(2024, 6, 1, 12, tzinfo=datetime.UTC)
DAYS = st.integers(0, 60)
MINUTES = st.integers(0, 10_000)
STEP_NAMES = st.sampled_from([step.name for step in ACTION_STEPS])
STATES = st.sampled_from([state for state in ActionState if state is not ActionState.CAME_BACK])


def recurrence(day: int, minute: int) -> Recurrence:
    return Recurrence(START + datetime.timedelta(days=day), NOON + datetime.timedelta(minutes=minute))


def stands(state: str, done: tuple[int, int], again: list[tuple[int, int]]) -> ActionState:
    day, minute = done
    done_on, recorded = START + datetime.timedelta(days=day), NOON + datetime.timedelta(minutes=minute)
    return standing_of(state, done_on, recorded, [recurrence(*each) for each in again])


@given(STATES, st.tuples(DAYS, MINUTES), st.lists(st.tuples(DAYS, MINUTES), max_size=6), st.randoms())
def test_where_an_action_stands_does_not_depend_on_the_order_of_its_recurrences(
    state: str, done: tuple[int, int], again: list[tuple[int, int]], chance: object
) -> None:
    shuffled = list(again)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stands(state, done, again) == stands(state, done, shuffled)


@given(STATES, DAYS, st.lists(DAYS, max_size=6), st.lists(MINUTES, min_size=7, max_size=7))
def test_between_different_days_only_the_days_decide_however_late_they_are_recorded(
    state: str, done: int, again: list[int], minutes: list[int]
) -> None:
    others = [day for day in again if day != done]
    found = stands(state, (done, minutes[-1]), list(zip(others, minutes, strict=False)))
    is_back = state in ENDED and any(day > done for day in others)
    assert found == (ActionState.CAME_BACK if is_back else state)


@given(STATES, st.tuples(DAYS, MINUTES), st.lists(st.tuples(DAYS, MINUTES), max_size=6), st.tuples(DAYS, MINUTES))
def test_one_more_recurrence_never_makes_an_action_come_back_less(
    state: str, done: tuple[int, int], again: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    if stands(state, done, again) == ActionState.CAME_BACK:
        assert stands(state, done, [*again, more]) == ActionState.CAME_BACK


@given(st.lists(STEP_NAMES, max_size=30), st.lists(st.booleans(), min_size=30, max_size=30))
def test_no_walk_through_the_table_reaches_the_end_without_a_check_after_the_last_report(
    names: list[str], backs: list[bool]
) -> None:
    state, walked = ActionState.REPORTED, []
    for name, is_back in zip(names, backs, strict=False):
        at = ActionState.CAME_BACK if is_back and state in ENDED else state
        step = ACTION_STEP_BY_NAME[name]
        if step in action_steps_from(at):
            state = step.to_state
            walked.append(name)
    if state is ActionState.CLOSED:
        last = len(walked) - 1 - walked[::-1].index("finish")
        assert walked[last:] == ["finish", "verify", "close"]


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


TRIES = st.lists(
    st.tuples(STEP_NAMES, st.sampled_from(["jia", "shan", "chief", "head"]), st.integers(-60, 0), st.booleans()),
    min_size=4,
    max_size=14,
)


@examples(25, HealthCheck.function_scoped_fixture)
@given(tries=TRIES)
def test_whatever_four_people_try_no_action_closes_unchecked_and_no_point_is_lost(
    story: Visiting, tries: list[tuple[str, str, int, bool]]
) -> None:
    with transaction.atomic():
        try_all(story, tries)
        transaction.set_rollback(True)


def try_all(story: Visiting, tries: list[tuple[str, str, int, bool]]) -> None:
    people = {"jia": story.jia, "shan": story.shan, "chief": story.chief_shan, "head": story.head_jia}
    row = story.made()
    again = 0
    for number, (name, who, day, raises) in enumerate(tries):
        facts = {"ownership": story.ownership(), "done_on": today_and(day), "evidence": "依据", "check_words": "已查"}
        before = row.events.count()
        try:
            story.step(row, name, people[who], reason="理由", **facts)
        except LianyiError:
            assert row.events.count() == before
        else:
            assert row.events.count() == before + 1
        if raises:
            story.raised(story.held(f"H{number}", day), former_id=row.point_id)
            again += 1
    row = Action.objects.get(pk=row.pk)
    if row.state in (ActionState.VERIFIED, ActionState.CLOSED):
        steps = list(row.events.order_by("pk").values_list("step", "user_id"))
        check = max(at for at, (step, _user) in enumerate(steps) if step == "verify")
        doers = {user for step, user in steps if step in ("start", "finish")}
        assert steps[check][1] not in doers
        assert row.checked_by_institution == story.scene.jia
        assert (bool(row.evidence), row.done_on is not None) == (True, True)
    assert story.seen_by(story.jia, row).recurrence_count == again
    points = Point.objects.filter(visit__agreement=story.agreement)
    assert points.count() == again + 1
    assert not points.filter(state=PointState.RAISED).exists()
