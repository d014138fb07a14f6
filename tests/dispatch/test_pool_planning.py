"""What a plan learns of the pool: who is free when, within which limits, with what behind them."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianyi.dispatch import commands
from lianyi.dispatch.pool_planning import Closed, PlanningPerson, people_to_plan
from lianyi.dispatch.scenario_people import candidates
from lianyi.methods.periods import DateSpan
from lianyi.registry import commands as registry
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, as_service, make_staff
from tests.dispatch.needs_story import Needing, today_and
from tests.dispatch.pool_story import Pooling, pooling

WINDOW = DateSpan(today_and(0), today_and(99))


@pytest.fixture
def story(scene: Scene) -> Pooling:
    return pooling(scene)


def seen(story: Pooling, window: DateSpan = WINDOW) -> dict[str, PlanningPerson]:
    return {each.code: each for each in people_to_plan(story.office, [story.scene.jia.pk], window)}


def days(first: int, last: int) -> DateSpan:
    return DateSpan(today_and(first), today_and(last))


def test_a_plan_learns_of_everybody_who_may_be_planned_with_all_their_limits(story: Pooling) -> None:
    scene = story.scene
    story.entered(
        scene.cai,
        longest_term_months=6,
        highest_altitude_m=3000,
        hardest_hardship=2,
        preferred=(scene.shan.pk,),
        refused=(scene.xiang.pk,),
    )
    story.entered(scene.an, standing="paused")
    story.entered(scene.bo, standing="left")
    [person] = people_to_plan(story.office, [scene.jia.pk], WINDOW)
    assert (person.code, person.name, person.institution_id) == ("C1", "样例丙", scene.jia.pk)
    assert (person.department_id, person.specialty, person.title_rank) == (scene.emergency.pk, "20", 3)
    assert (person.longest_term_months, person.highest_altitude_m, person.hardest_hardship) == (6, 3000, 2)
    assert (person.preferred, person.refused) == (frozenset({scene.shan.pk}), frozenset({scene.xiang.pk}))
    assert (person.free_spans, person.past_months, person.past_postings) == ((WINDOW,), 0.0, 0)
    assert (person.may_serve(scene.shan.pk), person.may_serve(scene.xiang.pk)) == (True, False)


def test_leave_postings_the_end_of_employment_and_own_days_close_days_with_their_reason(story: Pooling) -> None:
    scene = story.scene
    story.entered(scene.an, not_before=today_and(5), not_after=today_and(90))
    registry.add_unavailability(
        as_service(), scene.an, registry.NewUnavailability(today_and(20), today_and(29), "leave")
    )
    scene.published(story.agreement, scene.an, today_and(40).isoformat(), today_and(59).isoformat())
    Staff.objects.filter(pk=scene.an.pk).update(employed_to=today_and(80))
    person = seen(story)["A1"]
    assert [(each.why, each.span) for each in person.closed] == [
        (Closed.OWN_LIMIT, days(0, 4)),
        (Closed.LEAVE, days(20, 29)),
        (Closed.POSTED, days(40, 59)),
        (Closed.NOT_EMPLOYED, days(81, 99)),
        (Closed.OWN_LIMIT, days(91, 99)),
    ]
    assert person.free_spans == (days(5, 19), days(30, 39), days(60, 80))
    assert (person.is_free(days(60, 80)), person.is_free(days(30, 40))) == (True, False)


def test_free_days_and_closed_days_are_the_whole_window_day_by_day(story: Pooling) -> None:
    scene = story.scene
    story.entered(scene.an, not_before=today_and(3))
    for first, last in ((0, 10), (8, 30), (99, 120), (50, 50)):
        new = registry.NewUnavailability(today_and(first), today_and(last), "training")
        registry.add_unavailability(as_service(), scene.an, new)
    person = seen(story)["A1"]
    closed = {day for each in person.closed for day in _days_of(each.span)}
    free = [day for span in person.free_spans for day in _days_of(span)]
    assert sorted([*closed, *free]) == _days_of(WINDOW)
    assert len(free) == 100 - 31 - 1 - 1


def _days_of(span: DateSpan) -> list[datetime.date]:
    return [span.start + datetime.timedelta(days=each) for each in range((span.end - span.start).days + 1)]


def test_who_is_closed_on_every_day_stands_there_without_a_free_day(story: Pooling) -> None:
    story.entered(story.scene.an, not_before=today_and(100))
    story.entered(story.scene.bo, not_before=today_and(99))
    people = seen(story)
    assert (people["A1"].free_spans, people["B1"].free_spans) == ((), (days(99, 99),))
    # Left out here, a plan would take them for somebody who set no limit.
    planned = candidates(story.office, [story.scene.jia.pk], WINDOW, pool_only=False)
    assert planned.own_closed(story.scene.an.pk) == (WINDOW,)


def test_the_burden_carried_is_months_away_before_the_plan_by_real_days(story: Pooling) -> None:
    scene = story.scene
    story.entered(scene.an)
    scene.stayed(story.agreement, scene.an, today_and(-300).isoformat(), today_and(-201).isoformat())
    scene.published(story.agreement, scene.an, today_and(-10).isoformat(), today_and(9).isoformat())
    person = seen(story)["A1"]
    # 100 days of the stay that ended, and the ten days before the plan begins.
    assert person.past_months == pytest.approx(110 / 30.4375)
    assert (person.past_postings, person.last_back_on) == (2, today_and(-201))
    assert person.free_spans == (days(10, 99),)


def test_a_family_limit_asks_first_and_an_answer_opens_exactly_what_was_asked(story: Pooling) -> None:
    scene = story.scene
    story.entered(scene.an, has_family_limit=True)
    assert seen(story)["A1"].may_serve(scene.shan.pk) is False
    needs = Needing(scene, story.agreement, actor_for("chief-shan", scene.shan.pk, "supported_office"))
    one, other = needs.opened(), needs.opened()
    story.step(story.invited(scene.an, need=one), "refuse", story.an, reason_code="term")
    assert seen(story)["A1"].refused_needs == {one.pk}
    story.step(story.invited(scene.an, need=one), "agree", story.an)
    person = seen(story)["A1"]
    assert (person.refused_needs, person.agreed_needs) == (frozenset(), {one.pk})
    assert person.may_serve(scene.shan.pk, one.pk) is True
    assert person.may_serve(scene.xiang.pk) is False
    story.step(story.invited(scene.an, need=other), "refuse", story.an, reason_code="time")
    assert seen(story)["A1"].may_serve(scene.shan.pk, other.pk) is False


def test_what_the_office_declines_binds_nobody(story: Pooling) -> None:
    story.entered(story.scene.an)
    story.step(story.applied(recipient=story.scene.shan), "decline", reason_code="nobody_free")
    person = seen(story)["A1"]
    assert (person.refused_needs, person.agreed_recipients) == (frozenset(), frozenset())


def test_couples_bind_a_plan_once_both_agreed(story: Pooling) -> None:
    scene = story.scene
    for staff in (scene.an, scene.bo, scene.cai):
        story.entered(staff)
    together = commands.propose_couple(acting_as(story.an), scene.an, scene.bo, "together")
    apart = commands.propose_couple(acting_as(story.office), scene.cai, scene.an, "apart")
    assert seen(story)["A1"].together_with == frozenset()
    commands.take_couple_step(acting_as(story.bo), together, "agree", together.version)
    commands.take_couple_step(acting_as(story.an), apart, "agree", apart.version)
    people = seen(story)
    assert (people["A1"].together_with, people["A1"].apart_from) == ({scene.bo.pk}, {scene.cai.pk})
    assert (people["B1"].together_with, people["C1"].apart_from) == ({scene.an.pk}, {scene.an.pk})


def test_only_pools_that_the_planner_keeps_are_planned_with(story: Pooling) -> None:
    scene = story.scene
    story.entered(scene.an)
    donors = [scene.jia.pk, scene.lin.pk]
    assert len(people_to_plan(story.planner, donors, WINDOW)) == 1
    for actor in (scene.office_shan, scene.office_lin, story.head, story.colleague, story.an):
        assert people_to_plan(actor, donors, WINDOW) == ()
    assert people_to_plan(story.planner, [scene.lin.pk], WINDOW) == ()


def test_the_number_of_queries_does_not_grow_with_the_pool(story: Pooling) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            seen(story)
        return len(captured)

    story.entered(story.scene.an)
    few = cost()
    for number in range(5):
        story.entered(make_staff(story.scene.jia, f"X{number}", f"样例{number}"), preferred=(story.scene.shan.pk,))
    assert (cost(), len(seen(story))) == (few, 6)
