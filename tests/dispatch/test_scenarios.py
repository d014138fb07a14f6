"""Scenarios of a plan: what is planned from, the search, lines by hand, handing over, repairing."""

from __future__ import annotations

import pytest

from lianyi.dispatch import commands
from lianyi.dispatch.models import PoolMember, Posting, UnmetNeed
from lianyi.dispatch.scenario_problem import plan_data
from lianyi.methods.periods import last_day_of_term
from tests.cast import Scene, acting_as, make_staff
from tests.dispatch.plan_story import MONTHS, Planning, lines_of, planning, with_a_watch


@pytest.fixture
def story(scene: Scene) -> Planning:
    return planning(scene)


def test_the_problem_holds_the_needs_the_people_and_what_the_home_wards_can_miss(story: Planning) -> None:
    need = story.need(people=2)
    data = plan_data(story.scene.office_jia, story.scenario())
    assert [(each.id, each.heads) for each in data.problem.needs] == [(str(need.pk), (2,) * MONTHS)]
    assert sorted(person.id for person in data.problem.people) == sorted(
        str(row.pk) for row in (story.scene.an, story.scene.bo, story.scene.cai)
    )
    assert [(each.id, each.spare) for each in data.problem.wards] == [(str(story.scene.emergency.pk), (2,) * MONTHS)]


@with_a_watch
def test_a_search_fills_what_it_can_and_says_why_the_rest_stays_open(story: Planning) -> None:
    story.need(people=3)
    row = story.scenario()
    run = story.searched(row)
    assert (run.state, run.error, row.state) == ("done", "", "ready")
    assert sorted(lines_of(row)) == [("样例丙", "N0001", 0, 5), ("样例甲", "N0001", 0, 5)]
    [unmet] = UnmetNeed.objects.filter(scenario=row)
    assert (unmet.kind, unmet.missing) == ("conflict", [1] * MONTHS)
    assert row.figures["met"] == 12
    assert row.figures["goals"][1] == {
        "goal": "need", "value": 12.0, "bound": 12.0, "gap": 0.0, "stop_reason": "optimal"
    }  # fmt: skip


@with_a_watch
def test_handing_over_makes_drafts_once(story: Planning) -> None:
    need = story.need(people=1)
    row = story.scenario()
    story.searched(row)
    context = acting_as(story.scene.office_jia)
    commands.hand_over_scenario(context, row, row.version)
    commands.hand_over_scenario(context, row, row.version)
    [posting] = Posting.objects.all()
    assert (posting.state, posting.need, posting.batch.number) == ("draft", need, 1)
    assert row.lines.get().posting == posting
    row.refresh_from_db()
    assert row.state == "published"


@with_a_watch
def test_a_repair_changes_as_few_people_as_possible_and_says_why(story: Planning) -> None:
    need = story.need(people=2)
    row = story.scenario()
    story.searched(row)
    story.handed_over(row)
    before = {posting.staff.name_zh: posting for posting in Posting.objects.all()}
    assert set(before) == {"样例甲", "样例丙"}
    story.scene.cai.unavailabilities.create(starts_on=need.starts_on, ends_on=need.ends_on, kind="leave")
    other = make_staff(story.scene.jia, "F1", "样例己", department=story.scene.emergency)
    repair = commands.repair_scenario(acting_as(story.scene.office_jia), row, "修补")
    story.searched(repair)
    assert sorted(line[0] for line in lines_of(repair)) == ["样例己", "样例甲"]
    told = {each["person"]: (each["kind"], each["bar"]) for each in repair.changes}
    assert told == {str(story.scene.cai.pk): ("not_possible", "unavailable"), str(other.pk): ("new", None)}
    story.handed_over(repair)
    states = {posting.staff.name_zh: posting.state for posting in Posting.objects.order_by("pk")}
    assert states == {"样例甲": "draft", "样例丙": "cancelled", "样例己": "draft"}
    assert repair.lines.get(staff=story.scene.an).posting == before["样例甲"]


@with_a_watch
def test_the_pool_binds_the_plan(story: Planning) -> None:
    story.need(people=2)
    member = PoolMember.objects.create(staff=story.scene.an, standing="paused")
    PoolMember.objects.create(staff=story.scene.cai, longest_term_months=4)
    row = story.scenario()
    story.searched(row)
    assert {(line[0], line[3] - line[2] + 1) for line in lines_of(row)} <= {("样例丙", 4), ("样例丙", 3)}
    member.standing = "willing"
    member.save()
    story.searched(row)
    assert {line[0] for line in lines_of(row)} == {"样例甲", "样例丙"}


def test_a_published_posting_fills_its_seat_and_keeps_its_person_away(story: Planning) -> None:
    need = story.need(people=2)
    end = last_day_of_term(need.starts_on, MONTHS)
    story.scene.published(story.agreement, story.scene.an, str(need.starts_on), str(end), need_id=need.pk)
    data = plan_data(story.scene.office_jia, story.scenario())
    assert data.problem.needs[0].heads == (1,) * MONTHS
    assert data.problem.person_of[str(story.scene.an.pk)].available == frozenset()
    assert data.problem.wards[0].spare == (1,) * MONTHS


@with_a_watch
def test_the_same_question_gives_the_same_plan(story: Planning) -> None:
    story.need(people=2)
    first, second = story.scenario("甲案"), story.scenario("乙案")
    story.searched(first)
    story.searched(second)
    assert lines_of(first) == lines_of(second)
    assert first.figures == second.figures


@with_a_watch
def test_lines_copied_with_locks_stay_and_the_rest_is_searched_again(story: Planning) -> None:
    need = story.need(people=2)
    row = story.scenario()
    story.line(row, story.scene.cai, need, 0, 2)
    copy = commands.copy_scenario(acting_as(story.scene.office_jia), row, "乙案")
    story.searched(copy)
    assert ("样例丙", need.code, 0, 2) in lines_of(copy)
    assert row.lines.count() == 1
