"""Problems of rounds made from a seed: valleys round a county town, with villages wanted weekly to quarterly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from lianyi.methods.periods import DateSpan, PeriodUnit
from lianyi.methods.round_plans.problem import Closure, RoundProblem, Team, Village
from lianyi.methods.round_plans.travel_times import TravelTimes

FIRST_DAY = date(2027, 3, 1)
# Visits, period, least and most days between two, minutes at a visit.
_KINDS = (
    (1, PeriodUnit.WEEK, 4, 12, 60),
    (2, PeriodUnit.MONTH, 7, 24, 75),
    (1, PeriodUnit.MONTH, 14, 50, 90),
    (1, PeriodUnit.QUARTER, 20, None, 120),
)
_SHARES = (0.1, 0.25, 0.45, 0.2)


def valleys(seed, villages=40, teams=2, weeks=4, *, road_factor=1.3):
    """A county town in the middle and a village in one of some valleys each; minutes by distance over 40 km/h."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0.0, 22.0, (max(2, villages // 7), 2))
    where = centres[rng.integers(len(centres), size=villages)] + rng.normal(0.0, 4.0, (villages, 2))
    places = ("Town", *(f"V{number:02}" for number in range(villages)))
    positions = np.vstack([[0.0, 0.0], where])
    steps = positions[:, None] - positions[None]
    km = np.round(np.hypot(steps[..., 0], steps[..., 1]) * road_factor, 1)
    kinds = rng.choice(len(_KINDS), villages, p=_SHARES)
    return RoundProblem(
        DateSpan(FIRST_DAY, FIRST_DAY + timedelta(days=7 * weeks - 1)),
        tuple(_village(places[1 + number], *_KINDS[kind], rng) for number, kind in enumerate(kinds)),
        tuple(Team(f"Team {number + 1}", "Town", break_minutes=60) for number in range(teams)),
        TravelTimes(places, np.round(km / 40 * 60), km),
    )


def _village(name, visits, unit, least, most, minutes, rng):
    population = float(rng.integers(200, 2000))
    return Village(name, minutes, visits, unit, least, most, population=population)


def with_hours(problem, seed):
    """The same problem, with a break for the teams, and opening hours for most villages."""
    rng = np.random.default_rng(seed)
    hours = ((None, None), (540, 660), (None, 600), (630, None), (600, 720))
    villages = []
    for village in problem.villages:
        opens, closes = hours[int(rng.integers(len(hours)))]
        villages.append(replace(village, opens_at=opens, closes_at=closes))
    teams = tuple(
        replace(team, break_minutes=int(rng.integers(0, 3)) * 20, break_from=int(rng.integers(500, 640)))
        for team in problem.teams
    )
    return replace(problem, villages=tuple(villages), teams=teams)


def tiny(seed):
    """A few villages and days, with skills, weekdays, closures and spacing, to be planned by hand."""
    rng = np.random.default_rng(seed)
    count, teams = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    positions = rng.integers(0, 60, (count + 1, 2)).astype(float)
    steps = positions[:, None] - positions[None]
    minutes = np.round(np.abs(steps).sum(axis=2))
    days = DateSpan(FIRST_DAY, FIRST_DAY + timedelta(days=int(rng.integers(2, 5))))
    villages = tuple(
        Village(
            f"V{number}",
            float(rng.integers(30, 120)),
            visits=int(rng.integers(1, 3)),
            unit=PeriodUnit.WEEK,
            least_days=int(rng.integers(1, 4)),
            most_days=None if rng.random() < 0.6 else 3,
            weekdays=None if rng.random() < 0.7 else frozenset({1, 2, 4}),
            skills=frozenset({"ultrasound"}) if rng.random() < 0.3 else frozenset(),
            population=float(rng.integers(100, 1000)),
        )
        for number in range(count)
    )
    crews = tuple(
        Team(
            f"T{number}",
            "Town",
            skills=frozenset({"ultrasound"}) if number == 0 else frozenset(),
            ends_at=480 + int(rng.integers(180, 420)),
            break_from=500,
        )
        for number in range(teams)
    )
    closures = (Closure(DateSpan(days.start, days.start), "V0"),) if rng.random() < 0.4 else ()
    places = ("Town", *(village.id for village in villages))
    return RoundProblem(days, villages, crews, TravelTimes(places, minutes), closures)
