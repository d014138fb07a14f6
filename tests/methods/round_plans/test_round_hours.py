"""Opening hours of villages: teams wait, take their break where it keeps the hours, and say what the hours forbid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.methods.round_plans.instances import valleys, with_hours
from tests.methods.round_plans.story import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, bus, rounds, village, when

from lianyi.methods.errors import RoundDataError
from lianyi.methods.round_plans.day_times import Call, timed
from lianyi.methods.round_plans.drafts import Draft
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.plan import FixKind, MissReason
from lianyi.methods.round_plans.problem import Published, Visit
from lianyi.methods.round_plans.reasons import hopeless_of

NOON = 720


def times(calls, back=30, **team):
    return timed(bus(**team), [Call(*each) for each in calls], back)


def test_a_team_waits_until_a_village_opens_and_leaves_home_later_where_it_would_wait_for_the_first_one():
    found = times([(40, 60, 600.0, 1440.0), (20, 30, 750.0, 800.0)])
    # Not earlier at the door than ten; there is time until half past twelve for the other one.
    assert (found.leaves_at, found.begins, found.back_at, found.is_on_time) == (560.0, (600.0, 750.0), 810.0, True)


def test_a_break_is_taken_early_or_late_where_only_that_keeps_the_hours():
    noon = {"break_minutes": 60, "break_from": NOON}
    # Left at 11:50: with the break at noon it would be there at 13:10, after the last moment; so it comes later.
    late = times([(50, 180), (10, 60, 0.0, 800.0)], **noon)
    assert (late.begins[1], late.break_at, late.break_before) == (720.0, 780.0, 2)
    # The other one opens in the afternoon only, so there is time to wait for the break before driving on.
    early = times([(50, 180), (10, 60, 810.0, 1440.0)], **noon)
    assert (early.begins[1], early.break_at, early.break_before) == (810.0, 720.0, 1)
    assert early.back_at == 900.0


def test_hours_that_cannot_be_kept_are_told_with_the_minutes_that_lack():
    assert times([(40, 90, 0.0, 600.0)]).minutes_late == 10.0
    assert times([(40, 90, 960.0, 1440.0)]).minutes_late == 60.0


def test_two_morning_villages_of_two_valleys_are_visited_on_two_days(planned):
    mornings = [village(name, 90, closes_at=630) for name in ("Shan", "Dao")]
    plan = planned(rounds(*mornings, village("He", 30)))
    assert len({*when(plan, "Shan"), *when(plan, "Dao")}) == 2
    assert plan.missed == ()
    both_days = planned(rounds(*(replace(each, closes_at=None) for each in mornings)))
    assert when(both_days, "Shan") == when(both_days, "Dao")


def test_visits_stand_in_the_order_of_the_hours_not_of_the_shortest_way(planned):
    # The shortest way round passes Shan, He, Dao or back; Shan opens in the afternoon.
    problem = rounds(village("Shan", opens_at=840), village("He", closes_at=660), teams=[bus(break_minutes=45)])
    [route] = planned(problem).routes
    assert [stop.village for stop in route.stops] == ["He", "Shan"]
    assert [stop.arrives_at for stop in route.stops] == [535.0, 840.0]
    assert (route.leaves_at, route.back_at) == (480.0, 940.0)


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        # There at 8:40 at the earliest; the visit takes two hours.
        ({"closes_at": 600}, 40.0),
        ({"opens_at": 540, "closes_at": 640}, 20.0),
        # Home at 17:00 at the latest: done at 16:20.
        ({"opens_at": 900}, 40.0),
    ],
)
def test_hours_that_no_team_can_keep_are_told_before_any_search(hours, minutes):
    [missed] = hopeless_of(Facts(rounds(village("Shan", 120, **hours))))
    assert (missed.reason, missed.visits) == (MissReason.HOURS, 1)
    [fix] = missed.fixes
    assert (fix.kind, fix.team, fix.amount) == (FixKind.LONGER_HOURS, "Bus", minutes)


def test_a_village_too_far_away_is_not_blamed_on_its_hours():
    [missed] = hopeless_of(Facts(rounds(village("Yuan", 60, closes_at=NOON))))
    assert missed.reason is MissReason.TOO_FAR


def test_a_night_near_by_makes_the_hours_possible(planned):
    early = village("Shan", 60, closes_at=560)
    assert planned(rounds(early)).missed[0].reason is MissReason.HOURS
    team = bus(most_nights=1, stays=("He",))
    plan = planned(rounds(early, village("He", 60), teams=[team]), steps=24)
    assert plan.missed == ()
    assert plan.figures.nights == 1


def test_a_draft_leaves_out_what_hours_leave_no_time_for_rather_the_light_one():
    hours = {"closes_at": 610}
    problem = rounds(village("Shan", 60, population=900, **hours), village("Dao", 60, population=90, **hours))
    facts = Facts(problem)
    assert Draft({(0, 0): (0, 1)}).on_time(facts).orders == {(0, 0): (0,)}
    assert Draft({(0, 0): (1, 0)}).on_time(facts).orders == {(0, 0): (0,)}


def test_a_day_that_is_lost_is_mended_within_the_hours(planned):
    # Each morning has time for one of the two.
    mornings = [village(name, 120, closes_at=650, visits=2, least_days=2) for name in ("Shan", "Dao")]
    days = {"Shan": (MONDAY, WEDNESDAY), "Dao": (TUESDAY, THURSDAY)}
    told = frozenset(Visit(day, "Bus", name) for name, own in days.items() for day in own)
    problem = rounds(*mornings, holidays=frozenset({THURSDAY}), published=Published(told, MONDAY))
    plan = planned(problem)
    assert plan.missed == ()
    assert when(plan, "Dao") == [TUESDAY, FRIDAY]
    assert when(plan, "Shan") == [MONDAY, WEDNESDAY]


def test_of_many_villages_with_hours_nearly_all_visits_are_planned(planned):
    problem = with_hours(valleys(5, villages=24, teams=3, weeks=4), 5)
    teams = tuple(replace(team, break_minutes=60, break_from=NOON) for team in problem.teams)
    figures = planned(replace(problem, teams=teams), steps=6).figures
    assert figures.coverage > 0.9


@pytest.mark.parametrize("hours", [{"opens_at": 600, "closes_at": 600}, {"closes_at": 1500}, {"opens_at": -1}])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(RoundDataError, match="The village Shan opens at minute"):
        village("Shan", **hours)
