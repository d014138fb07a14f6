"""What becomes of a point: actions are agreed, done, checked by another, closed; and come back when the point does."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction

from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.errors import InvalidInputError
from lianyi.exchanges import commands
from lianyi.exchanges.errors import ActionStepRefusedError, PointStepRefusedError
from lianyi.exchanges.machines.actions import ACTION_STEPS, OVER, action_steps_from
from lianyi.exchanges.models import KEPT_STATES, Action, ActionState, PointState
from lianyi.exchanges.queries import actions as queries
from lianyi.exchanges.queries import points as point_queries
from lianyi.exchanges.texts import ACTION_TONES, STANDING_TONES, STANDING_WORDS
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and
from tests.exchanges.visits_story import Visiting, visiting


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


def test_an_action_goes_from_the_point_to_its_end_with_every_step_on_record(story: Visiting) -> None:
    row = story.closed(story.made())
    assert (row.state, row.checked_by_institution, row.closed_on) == ("closed", story.scene.jia, today_and(0))
    steps = [(event.step, event.to_state) for event in queries.events_of_action(story.shan, row)]
    assert steps == [
        ("make", "sorted"),
        ("agree", "agreed"),
        ("finish", "done"),
        ("verify", "verified"),
        ("close", "closed"),
    ]
    row.point.refresh_from_db()
    assert row.point.state == "action"


def test_whoever_owns_or_did_an_action_does_not_check_it(story: Visiting) -> None:
    row = story.done(story.made())
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "verify", story.shan, check_words="没问题")
    # Jia raised the point, so another person of the owner institution is not enough.
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "verify", story.chief_shan, check_words="没问题")
    assert queries.to_check(story.chief_shan) == []
    assert queries.to_check(story.jia) == [row]
    story.step(row, "verify", story.head_jia, check_words="已核对")
    assert row.checked_by == "样例 head-jia"


def test_another_person_is_enough_where_the_owner_raised_the_point_itself(story: Visiting) -> None:
    row = story.done(story.made(story.raised(actor=story.shan, raised_by_institution_id=story.scene.shan.pk)))
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "verify", story.shan, check_words="没问题")
    story.step(row, "verify", story.chief_shan, check_words="已核对")
    assert row.state == "verified"


def test_the_owner_in_person_does_not_check_even_from_elsewhere(story: Visiting) -> None:
    owner = story.ownership(owner_id=story.scene.jia.pk, owner_staff_id=story.member.pk)
    point = story.raised(raised_by_institution_id=story.scene.shan.pk, actor=story.shan)
    row = story.made(point, ownership=owner)
    story.step(row, "finish", story.posted, done_on=today_and(-1), evidence="照片")
    with pytest.raises(NotPermittedError):
        story.step(row, "verify", story.posted, check_words="好")
    story.step(row, "verify", story.shan, check_words="现场查看")
    assert row.state == "verified"


def test_nobody_but_the_owner_says_that_it_is_done(story: Visiting) -> None:
    row = story.made()
    with pytest.raises(NotPermittedError):
        story.step(row, "finish", story.jia, done_on=today_and(-1), evidence="听说")
    with pytest.raises(InvalidInputError):
        story.step(row, "finish", story.shan, done_on=today_and(1), evidence="明天")
    with pytest.raises(InvalidInputError):
        story.step(row, "finish", story.shan, done_on=today_and(-1))


def test_there_is_no_way_from_done_to_closed_around_the_check(story: Visiting) -> None:
    row = story.done(story.made())
    with pytest.raises(ActionStepRefusedError) as refused:
        story.step(row, "close", story.jia)
    assert refused.value.params["allowed"] == ["send_back", "verify"]
    story.step(row, "send_back", story.jia, reason="只有计划，没有到岗")
    assert (row.state, row.done_on) == ("doing", None)


def test_a_point_that_is_raised_again_brings_the_action_back_and_is_counted(story: Visiting) -> None:
    row = story.closed(story.made())
    later = story.held("NEXT", -5)
    again = story.raised(later, former_id=row.point_id)
    assert (again.state, again.merged_into, again.recurs_of) == ("merged", row.point, row.point)
    assert (story.stands(row), story.seen_by(story.jia, row).recurrence_count) == ("came_back", 1)
    assert [each.pk for each in queries.came_back(story.jia)] == [row.pk]
    story.step(row, "take_up", story.jia, ownership=story.ownership(60))
    assert (row.state, row.closed_on, story.stands(row)) == ("agreed", None, "agreed")
    story.closed(row, on=-1)
    assert (story.stands(row), story.seen_by(story.jia, row).recurrence_count) == ("closed", 1)
    with pytest.raises(PointStepRefusedError):
        commands.sort_point(acting_as(story.jia, "重来"), again, "sort_again", again.version)


def test_what_came_up_before_it_was_done_brings_nothing_back(story: Visiting) -> None:
    row = story.made()
    story.raised(story.held("MID", -20), former_id=row.point_id)
    story.closed(row, on=-10)
    assert (story.stands(row), story.seen_by(story.jia, row).recurrence_count) == ("closed", 1)


def test_on_the_day_itself_the_order_of_recording_decides(story: Visiting) -> None:
    later = story.held("SAME", -10)
    first = story.made(story.raised())
    story.raised(later, former_id=first.point_id)
    story.done(first, on=-10)
    second = story.done(story.made(story.raised()), on=-10)
    story.raised(later, former_id=second.point_id)
    assert (story.stands(first), story.stands(second)) == ("done", "came_back")


def test_days_move_with_a_reason_and_late_is_told_by_the_day(story: Visiting) -> None:
    row = story.made(due=-20)
    [found] = point_queries.standings(story.jia, [row.point], today_and(0))
    assert (found.standing, found.is_late, found.days_open) == ("agreed", True, 100)
    with pytest.raises(InvalidInputError):
        commands.hand_over_action(acting_as(story.jia), row, story.ownership(40), row.version)
    commands.hand_over_action(acting_as(story.jia, "等待编制批复"), row, story.ownership(40), row.version)
    event = queries.events_of_action(story.jia, row)[-1]
    assert (event.step, event.before["due_on"]) == ("move_day", today_and(-20).isoformat())
    [found] = point_queries.standings(story.jia, [row.point], today_and(0))
    assert not found.is_late


def test_no_action_is_lost_when_its_owner_leaves(story: Visiting) -> None:
    owner = story.ownership(-1, owner_id=story.scene.jia.pk, owner_staff_id=story.member.pk)
    row = story.made(ownership=owner)
    assert (list(queries.mine(story.posted)), list(queries.mine(story.jia))) == ([row], [])
    Staff.objects.filter(pk=story.member.pk).update(employed_to=today_and(-1))
    seen = story.seen_by(story.jia, row)
    assert (queries.owner_has_left(seen, today_and(0)), list(queries.mine(story.jia))) == (True, [row])
    heir = story.ownership(-1, owner_id=story.scene.jia.pk, owner_staff_id=story.scene.cai.pk)
    commands.hand_over_action(acting_as(story.jia, "原负责人离任"), seen, heir, seen.version)
    assert (seen.owner_staff, list(queries.mine(story.jia))) == (story.scene.cai, [])


def test_a_point_is_answered_noted_refused_or_merged_and_may_be_sorted_again(story: Visiting) -> None:
    first, other = story.raised(), story.raised()
    with pytest.raises(InvalidInputError):
        commands.sort_point(acting_as(story.jia), first, "answer", first.version)
    commands.sort_point(acting_as(story.jia, "下月起有轮转医生"), first, "answer", first.version)
    assert (first.state, first.answer) == ("answered", "下月起有轮转医生")
    with pytest.raises(PointStepRefusedError):
        commands.sort_point(acting_as(story.jia), first, "note", first.version)
    commands.sort_point(acting_as(story.jia, "仍未解决"), first, "sort_again", first.version)
    commands.sort_point(acting_as(story.jia), first, "merge", first.version, other.pk)
    assert (first.state, first.merged_into) == ("merged", other)
    with pytest.raises(InvalidInputError):
        commands.sort_point(acting_as(story.jia), other, "merge", other.version, first.pk)
    row = story.made(other)
    back = story.raised(story.held("NEXT", -5), former_id=first.pk)
    assert (back.recurs_of, story.seen_by(story.jia, row).recurrence_count) == (other, 1)


def test_whoever_only_writes_reports_an_action_and_another_sorts_it_in(story: Visiting) -> None:
    doctor = actor_for("doctor-shan", story.scene.shan.pk, "referring_clinician")
    row = story.made(story.raised(), actor=doctor)
    assert (row.state, row.owner) == ("reported", None)
    story.step(row, "sort", story.jia)
    story.step(row, "agree", story.jia, ownership=story.ownership())
    assert row.state == "agreed"


def test_an_action_serves_a_duty_of_its_own_agreement_only(story: Visiting) -> None:
    own = story.scene.duty(story.agreement, "D9", "actions_closed", "2", "action")
    elsewhere = story.scene.agreement("OTHER")
    with pytest.raises(InvalidInputError):
        story.made(duty_id=elsewhere.duties.get().pk)
    assert story.made(duty_id=own.pk, indicator_code="IND-1").duty == own


def test_of_two_who_move_an_action_at_once_one_is_told(story: Visiting) -> None:
    row = story.made()
    seen = row.version
    commands.take_action_step(acting_as(story.shan), row, "start", commands.ActionFacts(), seen)
    said = commands.ActionFacts(done_on=today_and(-1), evidence="名单")
    with pytest.raises(StaleVersionError):
        commands.take_action_step(acting_as(story.chief_shan), row, "finish", said, seen)


def test_every_state_of_the_table_leads_to_an_end_and_has_words() -> None:
    assert ActionState.CAME_BACK not in {step.to_state for step in ACTION_STEPS}
    assert {state for state in ActionState if not action_steps_from(state)} == {ActionState.CLOSED}
    assert set(ACTION_TONES) == set(ActionState)
    assert set(STANDING_WORDS) == set(STANDING_TONES) == {*ActionState, *PointState}
    assert set(OVER) <= set(KEPT_STATES)


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "came_back"},
        {"state": "done"},
        {"state": "closed", "closed_on": datetime.date(2024, 1, 1)},
        {"owner": None},
    ],
)
def test_the_database_keeps_no_action_closed_without_evidence_and_check(
    story: Visiting, broken: dict[str, object]
) -> None:
    row = story.made()
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=row.pk).update(**broken)
