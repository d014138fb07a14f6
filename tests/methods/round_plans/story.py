"""A town with two valleys, for tests that are read like a story."""

from __future__ import annotations

from datetime import date

from lianyi.methods.periods import DateSpan, PeriodUnit
from lianyi.methods.round_plans.problem import RoundProblem, Team, Village
from lianyi.methods.round_plans.travel_times import TravelTimes

WEEK = DateSpan(date(2027, 3, 1), date(2027, 3, 7))
TWO_WEEKS = DateSpan(date(2027, 3, 1), date(2027, 3, 14))
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 3, number) for number in range(1, 6))
# Shan and He lie in one valley, Dao in another, Yuan behind a pass.
WAYS = (("Town", "Shan", 40, 25), ("Shan", "He", 15, 9), ("Town", "Dao", 30, 20), ("He", "Yuan", 200, 90))


def village(name, minutes=60, **more):
    return Village(name, minutes, **{"unit": PeriodUnit.WEEK, **more})


def bus(name="Bus", **more):
    return Team(name, "Town", **more)


def rounds(*villages, teams=(), days=WEEK, ways=WAYS, **more):
    travel = TravelTimes.of_legs(ways)
    return RoundProblem(days, villages, tuple(teams) or (bus(),), travel, **more)


def when(plan, name):
    return [visit.day for visit in plan.visits if visit.village == name]
