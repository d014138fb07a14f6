"""What rounds are planned from is checked once, with messages that name who and what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.coordinates import Position
from lianyi.methods.errors import RoundDataError, RoundTravelError
from lianyi.methods.periods import DateSpan, PeriodUnit
from lianyi.methods.round_plans.problem import (
    Closure,
    Published,
    RoundPrices,
    RoundProblem,
    Team,
    Village,
    Visit,
    dues_of,
)
from lianyi.methods.round_plans.travel_times import TravelTimes
from lianyi.methods.travel import TravelParameters

MARCH = DateSpan(date(2027, 3, 1), date(2027, 3, 31))
TRAVEL = TravelTimes.of_legs([("Town", "A", 30, 20), ("A", "B", 10, 6)])


def problem_of(**changes):
    given = {"days": MARCH, "villages": (Village("A", 60), Village("B", 60)), "teams": (Team("Bus", "Town"),)}
    return RoundProblem(**{**given, "travel": TRAVEL, **changes})


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Village("A", -1.0), "The village A has service_minutes -1.0; give a finite number of 0 or more."),
        (lambda: Village("A", 1, least_days=0), "The village A has least_days 0; give a number of at least 1."),
        (
            lambda: Village("A", 1, least_days=7, most_days=6),
            "The village A has most_days 6; give a number of at least 7.",
        ),
        (
            lambda: Village("A", 1, weekdays=frozenset({0})),
            "The village A has the weekdays [0]; give some of 1 (Monday) to 7 (Sunday).",
        ),
        (
            lambda: Village("A", 1, unit=PeriodUnit.YEAR),
            "The village A has the period “year”; give week, month, quarter.",
        ),
        (lambda: Village(" ", 1), "A village has no id; give each one."),
        (
            lambda: Team("T", "Town", starts_at=600, ends_at=600),
            "The team T works from minute 600 to 600; give 0 to 1440.",
        ),
        (
            lambda: Team("T", "Town", break_minutes=540),
            "The team T has a break of 540 minutes; it must be shorter than the working hours.",
        ),
        (
            lambda: Team("T", "Town", break_from=1100),
            "The team T has its break from minute 1100; it must lie in the working hours.",
        ),
        (
            lambda: Team("T", "Town", most_nights=1),
            "The team T may stay overnight but nowhere; name the places in stays.",
        ),
        (
            lambda: Team("T", "Town", travel_factor=0),
            "The team T has the travel factor 0; give a number above 0.",
        ),
        (
            lambda: Closure(MARCH, "A", "A"),
            "A closure of A names one place twice; give two, or one alone.",
        ),
        (
            lambda: RoundPrices(night=-1),
            "The price table has night -1; give a finite number of 0 or more.",
        ),
        (
            lambda: problem_of(villages=(Village("A", 1), Village("A", 2))),
            "The village A stands twice; give each once.",
        ),
        (
            lambda: problem_of(villages=(Village("A", 1, teams=frozenset({"Boat"})),)),
            "The village A names the team “Boat”, which is not listed.",
        ),
        (
            lambda: problem_of(villages=(Village("A", 1, last_visit=date(2027, 3, 1)),)),
            "The village A had its last visit on 2027-03-01, which is not before the plan.",
        ),
        (lambda: problem_of(teams=()), "The plan needs a village and a team at least."),
        (
            lambda: problem_of(days=DateSpan(date(2027, 1, 1), date(2028, 12, 31))),
            "The plan has 731 days; give 400 at most.",
        ),
        (
            lambda: problem_of(published=Published(frozenset(), date(2027, 5, 1))),
            "The published plan is changed from 2027-05-01, outside the days of the plan.",
        ),
        (
            lambda: Published(frozenset(), MARCH.start, frozenset({Visit(MARCH.start, "Bus", "A")})),
            "The visit to A on 2027-03-01 is done but not before today, 2027-03-01.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(build, message):
    with pytest.raises(RoundDataError) as refused:
        build()
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: problem_of(villages=(Village("C", 1),)), "The place C is not in the table of travel times."),
        (
            lambda: TravelTimes(("A", "A"), np.zeros((2, 2))),
            "The place A stands twice; give each once.",
        ),
        (
            lambda: TravelTimes(("A", "B"), np.array([[0.0, -1.0], [1.0, 0.0]])),
            "The way from A to B takes -1.0 minutes; give 0 or more.",
        ),
        (
            lambda: TravelTimes(("A", "B"), np.zeros((2, 3))),
            "The minutes have the shape (2, 3); 2 places need 2 rows and columns.",
        ),
        (
            lambda: TravelTimes.of_legs([("A", "B", 1, None), ("A", "B", 2, None)]),
            "The way from A to B stands twice.",
        ),
    ],
)
def test_travel_that_cannot_be_used_is_refused(build, message):
    with pytest.raises(RoundTravelError) as refused:
        build()
    assert str(refused.value) == message


def test_travel_takes_the_quickest_open_way_and_counts_its_kilometres():
    ways = TravelTimes.of_legs([("T", "A", 30, 20), ("A", "B", 10, 6), ("T", "B", 50, 9), ("B", "A", 12, None)])
    town, a, b = (ways.number_of(place) for place in ("T", "A", "B"))
    assert (ways.minutes[town, b], ways.km[town, b]) == (40.0, 26.0)
    # The other direction of the way was given by itself, without kilometres.
    assert ways.minutes[b, a] == 12.0
    assert np.isnan(ways.km[b, a])
    minutes, km = ways.quickest_without((), [(b, a)])
    assert (minutes[town, b], km[town, b]) == (50.0, 9.0)
    minutes, _km = ways.quickest_without([a], ())
    assert (minutes[town, a], minutes[town, b]) == (np.inf, 50.0)


def test_positions_give_estimated_minutes_and_kilometres():
    positions = [Position(116.0, 40.0), Position(116.0, 40.5)]
    ways = TravelTimes.of_positions(["X", "Y"], positions, TravelParameters(1.5, 30.0))
    assert ways.km[0, 1] == pytest.approx(55.6 * 1.5, abs=0.1)
    assert ways.minutes[0, 1] == pytest.approx(ways.km[0, 1] * 2)


@given(st.integers(0, 9), st.sampled_from(["week", "month", "quarter"]), st.lists(st.integers(1, 60), min_size=1))
def test_plans_that_follow_one_another_ask_together_for_what_the_whole_periods_ask_for(visits, unit, lengths):
    village = Village("A", 60, visits=visits, unit=PeriodUnit(unit))
    first, due, asked = date(2027, 1, 1), {}, {}
    for length in lengths:
        span = DateSpan(first, first + timedelta(days=length - 1))
        for each in dues_of(village, span):
            assert each.visits >= 0
            due[each.period] = due.get(each.period, 0) + each.visits
            asked[each.period] = asked.get(each.period, 0) + each.within.days
        first = span.end + timedelta(days=1)
    whole = {"week": 7, "month": 31, "quarter": 92}[unit]
    for period, days in asked.items():
        if days == whole:
            assert due[period] == visits


def test_a_population_that_is_not_known_counts_as_a_middle_one():
    villages = (Village("A", 60, population=300), Village("B", 60))
    problem = problem_of(villages=villages)
    assert [problem.weight_of(each) for each in villages] == [1.0, 1.0]
    problem = problem_of(villages=(villages[0], replace(villages[1], population=100)))
    assert [problem.weight_of(each) for each in problem.villages] == [1.5, 0.5]


def test_a_village_is_open_by_weekday_and_season():
    market = Village("A", 60, weekdays=frozenset({3}), seasons=(DateSpan(date(2027, 3, 8), date(2027, 3, 31)),))
    assert [day.day for day in problem_of().dates if market.may_be_visited(day)] == [10, 17, 24, 31]
    team = Team("Bus", "Town", absent=(DateSpan(date(2027, 3, 2), date(2027, 3, 30)),))
    assert [day.day for day in problem_of().dates if team.works_on(day)] == [1, 31]
