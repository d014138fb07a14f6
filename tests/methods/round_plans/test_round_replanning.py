"""A day or a road is lost: what can stay stays, what was done stays, and little else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.methods.round_plans.instances import valleys
from tests.methods.round_plans.story import (
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WEEK,
    bus,
    rounds,
    village,
    when,
)
from tests.properties import examples

from lianyi.methods.periods import DateSpan
from lianyi.methods.round_plans.problem import Closure, Night, Published, Visit


def published(plan, today, done=()):
    ahead = frozenset(visit for visit in plan.visits if visit.day >= today)
    return Published(frozenset(plan.visits) | ahead, today, frozenset(done), frozenset(plan.nights))


def changed(plan, visits, today):
    return {visit for visit in visits if visit.day >= today} - set(plan.visits)


@pytest.fixture(scope="module")
def month(planned):
    problem = valleys(11, villages=14, weeks=4)
    return problem, planned(problem, steps=4)


def test_without_a_loss_nothing_changes(planned, month):
    problem, plan = month
    today = problem.dates[7]
    done = [visit for visit in plan.visits if visit.day < today]
    again = planned(replace(problem, published=published(plan, today, done)), steps=2)
    assert (again.visits, again.figures.changed) == (plan.visits, 0)
    assert set(again.done) == set(done)


def test_when_a_day_is_lost_only_its_visits_move(planned, month):
    problem, plan = month
    today = problem.dates[7]
    done = [visit for visit in plan.visits if visit.day < today]
    lost = next(visit.day for visit in plan.visits if visit.day > today)
    stormy = replace(problem, holidays=frozenset({lost}), published=published(plan, today, done))
    again = planned(stormy, steps=2)
    on_the_day = {visit for visit in plan.visits if visit.day == lost}
    assert on_the_day
    assert changed(again, plan.visits, today) == on_the_day
    assert again.figures.changed == len(on_the_day)
    assert set(done) <= set(again.visits)
    assert again.missed == plan.missed
    # A plan from nothing for the rest of the month changes more.
    fresh = planned(replace(stormy, published=Published(frozenset(), today, frozenset(done))), steps=2)
    assert len(changed(fresh, plan.visits, today)) > len(on_the_day)


def test_visits_that_were_planned_and_not_made_are_made_later_or_told(planned):
    problem = rounds(village("Shan"), village("Dao"))
    told = frozenset({Visit(MONDAY, "Bus", "Shan"), Visit(MONDAY, "Bus", "Dao")})
    half = Published(told, TUESDAY, frozenset({Visit(MONDAY, "Bus", "Dao")}))
    plan = planned(replace(problem, published=half), steps=2)
    assert when(plan, "Dao") == [MONDAY]
    assert when(plan, "Shan")[0] > MONDAY
    over = replace(half, today=WEEK.end + timedelta(days=1))
    plan = planned(replace(problem, published=over), steps=2)
    assert [(missed.village, missed.reason.value) for missed in plan.missed] == [("Shan", "past")]


def test_a_visit_moves_to_the_day_that_keeps_its_distance_from_visits_that_stay(planned):
    days = DateSpan(MONDAY, date(2027, 3, 14))
    shan = village("Shan", least_days=6)
    told = frozenset({Visit(WEDNESDAY, "Bus", "Shan"), Visit(date(2027, 3, 9), "Bus", "Shan")})
    problem = rounds(shan, days=days, holidays=frozenset({WEDNESDAY}), published=Published(told, MONDAY))
    plan = planned(problem, steps=2)
    assert when(plan, "Shan")[1] == date(2027, 3, 9)
    assert when(plan, "Shan")[0] in {MONDAY, TUESDAY}
    assert plan.figures.changed == 1


def test_when_a_road_is_lost_what_lies_behind_it_waits(planned):
    told = frozenset({Visit(TUESDAY, "Bus", "Shan"), Visit(TUESDAY, "Bus", "He"), Visit(WEDNESDAY, "Bus", "Dao")})
    snow = Closure(DateSpan(MONDAY, THURSDAY), "Shan", "He")
    problem = rounds(village("Shan"), village("He"), village("Dao"), closures=(snow,))
    plan = planned(replace(problem, published=Published(told, MONDAY)), steps=2)
    assert (when(plan, "Shan"), when(plan, "Dao"), when(plan, "He")) == ([TUESDAY], [WEDNESDAY], [FRIDAY])
    assert plan.figures.changed == 1


def test_a_team_that_is_away_hands_its_visits_to_another(planned):
    told = frozenset({Visit(TUESDAY, "Bus", "Shan"), Visit(TUESDAY, "Van", "Dao")})
    teams = [bus("Bus", absent=(WEEK,)), bus("Van")]
    plan = planned(rounds(village("Shan"), village("Dao"), teams=teams, published=Published(told, MONDAY)), steps=2)
    assert Visit(TUESDAY, "Van", "Dao") in plan.visits
    assert {visit.team for visit in plan.visits} == {"Van"}


def test_nights_of_the_published_plan_stay(planned):
    team = bus(most_nights=1, stays=("Yuan",))
    told = frozenset({Visit(WEDNESDAY, "Bus", "Yuan"), Visit(MONDAY, "Bus", "Dao")})
    nights = frozenset({Night(WEDNESDAY, "Bus", "Yuan")})
    problem = rounds(village("Yuan"), village("Dao"), teams=[team])
    plan = planned(replace(problem, published=Published(told, MONDAY, nights=nights)), steps=2)
    assert set(plan.visits) == told
    assert set(plan.nights) == nights


@pytest.mark.parametrize(
    ("nights", "changes", "kept"),
    [
        # More nights in a row than the team may stay now: the first ones remain.
        ([(MONDAY, "Yuan"), (TUESDAY, "Yuan"), (WEDNESDAY, "Yuan")], {}, [(MONDAY, "Yuan"), (TUESDAY, "Yuan")]),
        # On to another place without a night at home: the first place remains.
        ([(MONDAY, "Yuan"), (TUESDAY, "Dao")], {}, [(MONDAY, "Yuan")]),
        ([(MONDAY, "Yuan"), (WEDNESDAY, "Dao")], {}, [(MONDAY, "Yuan"), (WEDNESDAY, "Dao")]),
        # A place, a team, a day or a way that is not there any more.
        ([(MONDAY, "He"), (WEDNESDAY, "Dao")], {}, [(WEDNESDAY, "Dao")]),
        ([(MONDAY, "Yuan")], {"teams": (bus(),)}, []),
        ([(MONDAY, "Yuan"), (THURSDAY, "Yuan")], {"holidays": frozenset({TUESDAY})}, [(THURSDAY, "Yuan")]),
        ([(MONDAY, "Yuan")], {"closures": (Closure(DateSpan(TUESDAY, TUESDAY), "He", "Yuan"),)}, []),
        ([(FRIDAY, "Yuan")], {}, []),
    ],
)
def test_published_nights_stay_only_as_far_as_the_team_may_stay_now(planned, nights, changes, kept):
    problem = rounds(village("Shan"), teams=[bus(most_nights=2, stays=("Yuan", "Dao"))])
    told = Published(frozenset(), MONDAY, nights=frozenset(Night(day, "Bus", place) for day, place in nights))
    plan = planned(replace(problem, published=told, **changes), steps=1)
    assert [(night.day, night.place) for night in plan.nights] == kept
    assert len(when(plan, "Shan")) == 1


def test_a_repair_ends_when_nothing_is_left_to_mend(planned):
    told = frozenset({Visit(TUESDAY, "Bus", "Shan")})
    problem = rounds(village("Shan"), village("Yuan"), holidays=frozenset({TUESDAY}), published=Published(told, MONDAY))
    # Nobody reaches Yuan in a day; ten thousand steps would take an hour.
    plan = planned(problem, steps=10_000)
    assert (plan.figures.changed, [missed.village for missed in plan.missed]) == (1, ["Yuan"])


def test_what_does_not_fit_any_more_moves_others_where_that_saves_a_visit(planned):
    """The days are full: to make room for the visit of the lost day another one has to go to a later day."""
    days = DateSpan(MONDAY, FRIDAY)
    team = bus(ends_at=480 + 200, break_from=500, weekdays=frozenset({1, 2, 3}))
    shan, dao = village("Shan", 110, weekdays=frozenset({1, 2})), village("Dao", 130)
    told = frozenset({Visit(MONDAY, "Bus", "Shan"), Visit(TUESDAY, "Bus", "Dao")})
    problem = rounds(
        shan, dao, teams=[team], days=days, holidays=frozenset({MONDAY}), published=Published(told, MONDAY)
    )
    plan = planned(problem, steps=20)
    assert (when(plan, "Shan"), when(plan, "Dao"), plan.missed) == ([TUESDAY], [WEDNESDAY], ())


def test_a_visit_that_was_made_late_pushes_the_next_one_on(planned):
    days = DateSpan(MONDAY, date(2027, 3, 14))
    told = frozenset({Visit(MONDAY, "Bus", "Shan"), Visit(date(2027, 3, 8), "Bus", "Shan")})
    late = Published(told, FRIDAY, frozenset({Visit(THURSDAY, "Bus", "Shan")}))
    plan = planned(rounds(village("Shan", least_days=7), days=days, published=late), steps=2)
    assert when(plan, "Shan")[0] == THURSDAY
    assert when(plan, "Shan")[1] >= date(2027, 3, 11)
    assert plan.figures.changed == 1


def test_a_published_plan_that_asks_for_too_much_is_cut_to_what_is_due(planned):
    twice = frozenset({Visit(MONDAY, "Bus", "Shan"), Visit(MONDAY, "Van", "Shan"), Visit(TUESDAY, "Boat", "Dao")})
    problem = rounds(village("Shan"), village("Dao"), teams=[bus("Bus"), bus("Van")])
    plan = planned(replace(problem, published=Published(twice, MONDAY)), steps=2)
    assert (len(when(plan, "Shan")), len(when(plan, "Dao")), plan.figures.changed) == (1, 1, 2)


def whatever_happened(seed):
    """A plan given out at random, part of it done, and days lost."""
    rng = np.random.default_rng(seed)
    problem = valleys(seed, villages=8, weeks=2)
    problem = replace(
        problem,
        teams=tuple(replace(team, most_nights=1, stays=problem.travel.places[1:3]) for team in problem.teams),
    )
    names, teams = problem.travel.places[1:], [team.id for team in problem.teams]
    told = frozenset(
        Visit(problem.dates[int(rng.integers(14))], str(rng.choice(teams)), str(rng.choice(names))) for _ in range(14)
    )
    today = problem.dates[int(rng.integers(14))]
    done = frozenset(visit for visit in sorted(told) if visit.day < today and rng.random() < 0.7)
    # Sorted, since sets of text come in another order in each process.
    nights = frozenset(Night(visit.day, visit.team, names[0]) for visit in sorted(told) if rng.random() < 0.3)
    lost = frozenset(day for day in problem.dates if rng.random() < 0.2)
    return replace(problem, holidays=lost, published=Published(told, today, done, nights))


def confirm_what_happened(planned, seed):
    problem = whatever_happened(seed)
    # The check is run by the plan itself and refuses what it does not confirm.
    plan = planned(problem, steps=3, seed=seed)
    done, today = problem.published.done, problem.published.today
    assert set(plan.done) == set(done)
    assert all(visit.day >= today for visit in set(plan.visits) - done)


@examples(6, HealthCheck.function_scoped_fixture)
@given(st.integers(0, 10_000))
def test_whatever_was_published_and_done_the_changed_plan_is_confirmed_by_the_check(planned, seed):
    confirm_what_happened(planned, seed)


@pytest.mark.parametrize("seed", [306, 1078, 3199])
def test_published_nights_that_are_too_many_in_a_row_are_confirmed_by_the_check(planned, seed):
    confirm_what_happened(planned, seed)
