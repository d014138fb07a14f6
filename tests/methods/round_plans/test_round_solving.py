"""Plans of rounds, each small enough to know the right answer by heart."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from tests.methods.round_plans.instances import tiny, valleys
from tests.methods.round_plans.story import (
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    TWO_WEEKS,
    WEDNESDAY,
    WEEK,
    bus,
    rounds,
    village,
    when,
)

from lianyi.methods.errors import SearchLimitError
from lianyi.methods.periods import DateSpan, PeriodUnit
from lianyi.methods.round_plans import search
from lianyi.methods.round_plans.drafts import Draft
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.insertion import with_what_fits
from lianyi.methods.round_plans.plan import FixKind, MissReason
from lianyi.methods.round_plans.problem import Closure, RoundPrices
from lianyi.methods.round_plans.reasons import hopeless_of, minutes_wanted
from lianyi.methods.round_plans.search import RoundLimits, Search
from lianyi.methods.round_plans.solving import plan_of, plan_with


def test_villages_of_one_valley_are_visited_on_one_way(planned):
    plan = planned(rounds(village("Shan"), village("He"), village("Dao")))
    assert plan.figures.travel_minutes == 40 + 15 + 55 + 60
    assert plan.figures.travel_km == 25 + 9 + 34 + 40
    assert when(plan, "Shan") == when(plan, "He")


def test_the_times_of_a_day_hold_way_visit_break_and_way_home(planned):
    team = bus(break_minutes=60, break_from=600, vehicle="Van")
    [route] = planned(rounds(village("Shan", 90), village("He", 30), teams=[team])).routes
    assert (route.leaves_at, route.start, route.end, route.home) == (480, "Town", "Town", "Town")
    first, second = route.stops
    if first.village == "Shan":
        assert (first.arrives_at, first.departs_at) == (520, 610)
        assert (route.break_at, route.break_before) == (610, 1)
        assert (second.arrives_at, second.departs_at, route.back_at) == (685, 715, 770)
    else:
        assert (first.arrives_at, first.departs_at) == (535, 565)
        assert (second.arrives_at, second.departs_at) == (580, 670)
        assert (route.break_at, route.break_before, route.back_at) == (670, 2, 770)
    assert (route.work_minutes, route.service_minutes, route.travel_minutes) == (230, 120, 110)


def test_a_team_that_is_home_before_its_break_takes_it_there(planned):
    [route] = planned(rounds(village("Dao", 30), teams=[bus(break_minutes=60)])).routes
    assert (route.break_at, route.back_at) == (None, 570)


def test_visits_keep_their_distance_and_begin_from_the_latest_one_before_the_plan(planned):
    fortnightly = village("Shan", unit=PeriodUnit.WEEK, least_days=7, last_visit=date(2027, 2, 25))
    plan = planned(rounds(fortnightly, days=TWO_WEEKS))
    first, second = when(plan, "Shan")
    assert first >= THURSDAY
    assert (second - first).days >= 7


def test_a_village_is_visited_on_its_market_day_by_a_team_with_its_skills(planned):
    market = village("Shan", weekdays=frozenset({3}), skills=frozenset({"x-ray"}))
    plan = planned(rounds(market, teams=[bus("Bus"), bus("Van", skills=frozenset({"x-ray", "ecg"}))]))
    assert [(visit.day, visit.team) for visit in plan.visits] == [(WEDNESDAY, "Van")]


def test_only_the_teams_that_a_village_names_come(planned):
    plan = planned(rounds(village("Dao", teams=frozenset({"Van"})), teams=[bus("Bus"), bus("Van", travel_factor=2)]))
    assert [visit.team for visit in plan.visits] == ["Van"]
    assert plan.figures.travel_minutes == 120


def test_while_a_way_is_closed_travel_goes_round_it_and_a_closed_place_waits(planned):
    ways = (("Town", "Shan", 40, 25), ("Shan", "He", 15, 9), ("Town", "He", 90, 50))
    whole = Closure(WEEK, "Shan", "He")
    plan = planned(rounds(village("He"), ways=ways, closures=(whole,)))
    assert (plan.figures.travel_minutes, plan.figures.travel_km) == (180, 100)
    plan = planned(rounds(village("He"), closures=(Closure(DateSpan(MONDAY, THURSDAY), "He"),)))
    assert when(plan, "He") == [FRIDAY]
    plan = planned(rounds(village("He"), holidays=frozenset({FRIDAY}), closures=(Closure(WEEK, "Shan"),)))
    assert [(missed.village, missed.reason) for missed in plan.missed] == [("He", MissReason.NO_WAY)]


def test_a_team_stays_overnight_where_the_day_is_too_short(planned):
    team = bus(most_nights=1, stays=("Yuan",), weekdays=frozenset({1, 2}))
    plan = planned(rounds(village("Yuan"), teams=[team]), steps=12)
    first, second = plan.routes
    assert (first.day, first.start, first.end) == (MONDAY, "Town", "Yuan")
    assert (second.day, second.start, second.end) == (TUESDAY, "Yuan", "Town")
    assert [night.place for night in plan.nights] == ["Yuan"]
    # 255 minutes there, 255 back, and the price of the night.
    assert (plan.figures.nights, plan.figures.value) == (1, 255 + 255 + 60)


def test_nobody_stays_overnight_where_that_is_dearer_than_the_way(planned):
    team = bus(most_nights=1, stays=("Shan",))
    plan = planned(rounds(village("Shan"), village("He"), teams=[team]), steps=12)
    assert (plan.figures.nights, plan.figures.travel_minutes) == (0, 110)


def test_visits_that_lie_too_far_apart_are_told(planned):
    rare = village("Shan", unit=PeriodUnit.MONTH, visits=2, most_days=10)
    plan = planned(rounds(rare, days=DateSpan(date(2027, 3, 1), date(2027, 3, 31))))
    # Two visits leave three gaps in 32 days, of which one must be longer than ten.
    [gap] = plan.long_gaps
    assert (gap.village, gap.most_days, plan.figures.long_gaps) == ("Shan", 10, 1)
    days = [date(2027, 2, 28), *when(plan, "Shan"), date(2027, 4, 1)]
    assert [(after - before).days for before, after in pairwise(days) if (after - before).days > 10] == [gap.days]


@pytest.mark.parametrize(
    ("problem", "reason", "fix"),
    [
        (
            rounds(village("Shan", skills=frozenset({"x-ray"}))),
            MissReason.NO_SKILL,
            (FixKind.SKILL, "Bus", None, None, ("x-ray",)),
        ),
        (
            rounds(village("Shan", weekdays=frozenset({1})), closures=(Closure(WEEK, "Shan"),)),
            MissReason.CLOSED,
            (FixKind.OPEN_DAYS, "", None, None, ()),
        ),
        (
            rounds(village("Shan", weekdays=frozenset({7}))),
            MissReason.NO_TEAM_DAY,
            (FixKind.TEAM_DAY, "Bus", 1.0, date(2027, 3, 7), ()),
        ),
        (rounds(village("Yuan")), MissReason.TOO_FAR, (FixKind.LONGER_DAY, "Bus", 30.0, MONDAY, ())),
        (
            rounds(village("Shan", visits=2, least_days=5)),
            MissReason.SPACING,
            (FixKind.FEWER_DAYS_BETWEEN, "", 4, None, ()),
        ),
        (
            rounds(village("Dao"), closures=(Closure(WEEK, "Town", "Dao"),)),
            MissReason.NO_WAY,
            (FixKind.OPEN_DAYS, "", None, None, ()),
        ),
    ],
)
def test_what_no_plan_can_hold_is_known_before_with_what_would_mend_it(planned, problem, reason, fix):
    [missed] = hopeless_of(Facts(problem))
    assert (missed.reason, missed.visits) == (reason, 1)
    first = missed.fixes[0]
    assert (first.kind, first.team, first.amount, first.day, first.skills) == fix
    [after] = planned(problem, steps=2).missed
    assert (after.village, after.period, after.reason) == (missed.village, "2027-W09", reason)


def test_what_would_mend_a_missed_visit_mends_it(planned):
    """Each fix is made, and the visit is there."""
    far = rounds(village("Yuan"))
    longer = hopeless_of(Facts(far))[0].fixes[0]
    mended = replace(far, teams=(replace(far.teams[0], ends_at=far.teams[0].ends_at + int(longer.amount)),))
    assert planned(mended).missed == ()
    near = rounds(village("Shan", visits=2, least_days=5))
    nearer = hopeless_of(Facts(near))[0].fixes[0]
    mended = replace(near, villages=(replace(near.villages[0], least_days=int(nearer.amount)),))
    assert planned(mended).missed == ()


def test_where_time_is_short_the_larger_village_is_visited_and_the_missing_minutes_are_told(planned):
    team = bus(ends_at=480 + 170, weekdays=frozenset({1}), break_from=500)
    small, large = village("Dao", 60, population=100), village("Shan", 60, population=900)
    problem = rounds(small, large, teams=[team])
    assert minutes_wanted(Facts(problem)) == (120, 170)
    plan = planned(problem)
    assert [visit.village for visit in plan.visits] == ["Shan"]
    [missed] = plan.missed
    longer, more_days = missed.fixes
    assert (missed.village, missed.reason) == ("Dao", MissReason.NO_TIME)
    # Both take 140 and 120 minutes; the day has 170.
    assert (longer.kind, longer.amount, longer.day) == (FixKind.LONGER_DAY, 90.0, MONDAY)
    assert (more_days.kind, more_days.day) == (FixKind.TEAM_DAY, TUESDAY)
    assert plan.figures.coverage == pytest.approx(0.9)
    weekdays = frozenset({1, more_days.day.isoweekday()})
    assert planned(replace(problem, teams=(replace(team, weekdays=weekdays),))).missed == ()
    assert planned(replace(problem, teams=(replace(team, ends_at=team.ends_at + 90),))).missed == ()


def test_the_load_of_the_teams_and_its_balance_are_told(planned):
    plan = planned(rounds(village("Shan"), teams=[bus("Bus"), bus("Van", absent=(WEEK,))]))
    assert plan.figures.load_by_team == {"Bus": pytest.approx(140 / (5 * 540))}
    assert plan.figures.balance == 1.0
    assert (plan.figures.longest_day_minutes, plan.figures.shortest_day_minutes) == (140, 140)


def test_a_team_that_goes_out_may_cost_so_that_fewer_days_are_better(planned):
    problem = rounds(village("Shan"), village("Dao"), prices=RoundPrices(team_day=100))
    plan = planned(problem)
    assert (plan.figures.team_days, plan.figures.value) == (1, 80 + 60 + 100)


def test_a_search_that_is_stopped_returns_the_best_plan_so_far(solver, router):
    asked = []

    def is_stopped():
        asked.append(True)
        return len(asked) > 20

    search = Search(Facts(rounds(village("Shan"))), solver, router, RoundLimits(600), is_stopped=is_stopped)
    assert plan_with(search).figures.planned == 1


@pytest.mark.parametrize("seed", range(4))
def test_little_time_never_means_no_plan(solver, router, seed):
    problem = valleys(seed, villages=20, weeks=4)
    facts = Facts(problem)
    tightened = RoundLimits(seconds=1e-6)
    plan = plan_with(Search(facts, solver, router, tightened))
    # Its own check has confirmed it; here nothing but room in a day can keep a visit out.
    assert plan.figures.planned == plan.figures.due
    assert plan.routes == plan_with(Search(facts, solver, router, tightened, is_stopped=lambda: True)).routes


def test_what_fits_without_any_search_keeps_closed_roads_skills_and_distances():
    for seed in range(60):
        facts = Facts(tiny(seed))
        draft = with_what_fits(facts, Draft())
        plan = plan_of(facts, draft)
        assert plan.figures.planned + sum(each.visits for each in plan.missed) == plan.figures.due
        assert with_what_fits(facts, draft) == draft


def test_limits_below_zero_are_refused():
    with pytest.raises(SearchLimitError, match="The steps of the search are -1"):
        RoundLimits(steps=-1)
    with pytest.raises(SearchLimitError, match="must be above 0"):
        RoundLimits(seconds=0)


_SCRIPT = """
import sys
from tests.methods.round_plans.instances import valleys
from lianyi.methods.round_plans.solving import RoundLimits, plan_rounds
plan = plan_rounds(valleys(5, villages=8, weeks=2), RoundLimits(300, steps=4, seed=7))
# The routing solver lives in its own process only.
assert "pyvrp" not in sys.modules
print([(str(r.day), r.team, [s.village for s in r.stops]) for r in plan.routes], plan.figures.value)
"""


def test_the_same_seed_gives_the_same_plan_in_processes_that_hash_differently():
    def told(hash_seed):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run(
            [sys.executable, "-c", _SCRIPT], env=environment, check=True, capture_output=True, text=True
        )
        return run.stdout

    assert told("1") == told("4711")


def test_the_generator_makes_the_same_problem_of_a_seed():
    one, other = valleys(5), valleys(5)
    assert (one.villages, one.travel.minutes.tolist()) == (other.villages, other.travel.minutes.tolist())


def test_teams_that_are_alike_share_the_work_and_others_do_not(planned):
    villages = [village(name, 200, visits=2) for name in ("Shan", "He", "Dao")]
    alike = planned(rounds(*villages, teams=[bus("Bus"), bus("Van")]), steps=4).figures
    assert alike.balance > 0.5
    only = planned(
        rounds(*[replace(each, teams=frozenset({"Bus"})) for each in villages], teams=[bus("Bus"), bus("Van")]), steps=4
    ).figures
    assert (only.load_by_team["Van"], only.travel_minutes) == (0.0, alike.travel_minutes)


def test_the_days_of_many_villages_are_chosen_some_sectors_at_a_time(planned, monkeypatch):
    problem = valleys(4, villages=20, weeks=2)
    monkeypatch.setattr(search, "_MOST_PLACES", 60)
    apart = planned(problem, steps=0).figures
    monkeypatch.undo()
    assert (apart.planned, apart.due) == (planned(problem, steps=0).figures.planned, apart.due)
