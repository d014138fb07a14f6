"""The ladder of a technique: no rung without its evidence, none skipped, and only dated facts decide."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import LadderNeedsError, NegativeQuantityError
from lianyi.methods.periods import DateSpan, add_calendar_months
from lianyi.methods.technique_ladder import (
    COUNTS_TOWARD,
    RUNGS,
    AfterTeam,
    CaseEvent,
    CheckState,
    LadderFacts,
    LadderNeeds,
    Part,
    Rung,
    Standing,
    after_team,
    cases_by_month,
    climb,
    standing_events,
)

START = datetime.date(2024, 1, 1)
NEEDS = LadderNeeds(observed=1, assisted=1, supervised=2, least_in_period=1, period_months=3, lapse_months=6)


def on(days: int) -> datetime.date:
    return START + datetime.timedelta(days=days)


def alone(*days: datetime.date) -> list[CaseEvent]:
    return [CaseEvent(100 + at, day, Part.ALONE) for at, day in enumerate(days)]


def taught() -> list[CaseEvent]:
    """Return the least cases that the rungs below alone ask for; the last on 31 January 2024."""
    return [
        CaseEvent(1, on(7), Part.OBSERVED),
        CaseEvent(2, on(14), Part.ASSISTED),
        CaseEvent(3, on(21), Part.SUPERVISED),
        CaseEvent(4, on(30), Part.SUPERVISED),
    ]


SIGNED_ON = datetime.date(2024, 2, 1)


def facts(*events: CaseEvent, signed: datetime.date | None = SIGNED_ON) -> LadderFacts:
    return LadderFacts(START, on(3), signed, [*taught(), *events])


def test_each_rung_is_reached_on_the_day_of_its_last_case_asked_for():
    ladder = climb(facts(signed=None), NEEDS, on(40))
    assert [step.reached_on for step in ladder.steps] == [START, on(3), on(7), on(14), on(30), None]
    assert [(step.has, step.needs) for step in ladder.steps[2:5]] == [(4, 1), (3, 1), (2, 2)]
    assert ladder.standing is Standing.SUPERVISED


def test_without_confirmed_preconditions_no_case_counts_and_afterwards_they_all_do():
    unready = replace(facts(signed=None), ready_on=None)
    assert climb(unready, NEEDS, on(40)).highest is Rung.CHOSEN
    ready_late = replace(unready, ready_on=on(38))
    ladder = climb(ready_late, NEEDS, on(40))
    assert (ladder.highest, ladder.reached_on(Rung.OBSERVED)) == (Rung.SUPERVISED, on(38))


def test_a_signature_does_not_stand_without_the_cases_under_supervision():
    short = LadderFacts(START, on(3), on(31), taught()[:3])
    ladder = climb(short, NEEDS, on(60))
    assert (ladder.highest, ladder.checks, ladder.lapses_on) == (Rung.ASSISTED, (), None)


def test_sustained_asks_for_the_least_cases_in_each_period():
    # Done alone from 1 February 2024; the periods begin in February, May, August and November.
    cases = alone(*(datetime.date(2024, month, 10) for month in (3, 6, 9)))
    half = climb(facts(*cases), NEEDS, datetime.date(2024, 8, 1))
    assert (half.standing, [check.state for check in half.checks]) == (
        Standing.SUSTAINED_6,
        [CheckState.SUSTAINED, CheckState.PENDING],
    )
    year = climb(facts(*cases), NEEDS, datetime.date(2025, 2, 1))
    assert (year.standing, year.checks[1].state) == (Standing.INDEPENDENT, CheckState.NOT_SUSTAINED)
    assert [each.cases for each in year.checks[1].periods] == [1, 1, 1, 0]
    with_late_record = alone(*(datetime.date(2024, month, 10) for month in (3, 6, 9, 12)))
    assert climb(facts(*with_late_record), NEEDS, datetime.date(2025, 2, 1)).standing is Standing.SUSTAINED_12


def test_it_lapses_on_the_day_that_the_rule_says_and_a_later_case_brings_it_back():
    case = alone(datetime.date(2024, 3, 10))
    assert climb(facts(*case), NEEDS, datetime.date(2024, 9, 9)).standing is Standing.INDEPENDENT
    lapsed = climb(facts(*case), NEEDS, datetime.date(2024, 9, 10))
    assert (lapsed.standing, lapsed.lapses_on) == (Standing.LAPSED, datetime.date(2024, 9, 10))
    back = climb(facts(*case, CaseEvent(50, datetime.date(2024, 10, 1), Part.ALONE)), NEEDS, datetime.date(2024, 10, 2))
    assert back.standing is Standing.INDEPENDENT


def test_who_never_did_it_alone_after_signing_lapses_from_the_signature():
    assert climb(facts(), NEEDS, datetime.date(2024, 8, 1)).standing is Standing.LAPSED


def test_put_aside_is_said_whatever_the_rungs_are():
    aside = replace(facts(), is_put_aside=True)
    assert climb(aside, NEEDS, on(40)).standing is Standing.PUT_ASIDE


@pytest.mark.parametrize(
    ("cases", "signed", "today", "state"),
    [
        ((), on(31), "2024-05-01", AfterTeam.TEAM_HERE),
        ((), None, "2024-08-01", AfterTeam.NOT_ALONE),
        ((), on(31), "2024-07-15", AfterTeam.TOO_EARLY),
        ((datetime.date(2024, 7, 20),), on(31), "2024-08-15", AfterTeam.KEPT),
        ((datetime.date(2024, 6, 20),), on(31), "2025-01-01", AfterTeam.LAPSED),
        ((datetime.date(2024, 7, 20),), on(31), "2025-02-01", AfterTeam.LAPSED),
    ],
)
def test_what_became_of_it_after_the_team_left_on_the_last_of_june(cases, signed, today, state):
    stays = [DateSpan(START, datetime.date(2024, 6, 30))]
    ladder = climb(facts(*alone(*cases), signed=signed), NEEDS, datetime.date.fromisoformat(today))
    found = after_team(ladder, stays, NEEDS.lapse_months)
    left_on = None if state is AfterTeam.TEAM_HERE else datetime.date(2024, 6, 30)
    assert (found.state, found.left_on) == (state, left_on)


def test_a_team_that_is_still_to_come_has_not_left():
    ladder = climb(facts(), NEEDS, on(40))
    assert after_team(ladder, [DateSpan(on(50), on(60))], 6).state is AfterTeam.NO_TEAM


def test_months_without_cases_stand_between_those_with_some():
    months = cases_by_month([*taught(), *alone(datetime.date(2024, 3, 10))], datetime.date(2024, 12, 31))
    assert [(each.label, each.visiting, each.supervised, each.alone) for each in months] == [
        ("2024-01", 2, 2, 0),
        ("2024-02", 0, 0, 0),
        ("2024-03", 0, 0, 1),
    ]
    assert cases_by_month([], START) == ()


@pytest.mark.parametrize(
    ("name", "value"), [("observed", -1), ("least_in_period", 0), ("lapse_months", 0), ("period_months", 4)]
)
def test_needs_that_cannot_be_are_refused(name, value):
    with pytest.raises(LadderNeedsError) as refused:
        replace(NEEDS, **{name: value})
    assert refused.value.params["field"] == name


def test_an_event_without_a_case_is_refused():
    with pytest.raises(NegativeQuantityError):
        CaseEvent(1, START, Part.ALONE, 0)


DAYS = st.integers(0, 500).map(on)
NUMBERS = st.integers(0, 4)
ALL_NEEDS = st.builds(
    LadderNeeds, NUMBERS, NUMBERS, NUMBERS, st.integers(1, 3), st.sampled_from([1, 2, 3, 6]), st.integers(1, 12)
)


@st.composite
def all_facts(draw: st.DrawFn) -> LadderFacts:
    days = draw(st.lists(st.tuples(DAYS, st.sampled_from(Part), st.integers(1, 3)), max_size=15))
    events = [CaseEvent(key, day, part, count) for key, (day, part, count) in enumerate(days)]
    for key in draw(st.lists(st.integers(0, 14), max_size=3, unique=True)):
        if key < len(days):
            event = events[key]
            events.append(CaseEvent(100 + key, event.day, event.part, event.count, reverses=event.key))
    maybe = st.one_of(DAYS, DAYS, st.none())
    return LadderFacts(START, draw(maybe), draw(maybe), events, is_put_aside=draw(st.booleans()))


@given(all_facts(), ALL_NEEDS, DAYS)
def test_no_rung_is_reached_without_its_evidence(given_facts, needs, today):
    ladder = climb(given_facts, needs, today)
    kept = standing_events(given_facts.events, today)
    for rung, parts in COUNTS_TOWARD.items():
        day = ladder.reached_on(rung)
        if day is not None:
            done = sum(event.count for event in kept if event.part in parts and event.day <= day)
            assert done >= getattr(needs, rung.value)
    day = ladder.reached_on(Rung.INDEPENDENT)
    if day is not None:
        assert given_facts.independent_from is not None
        assert given_facts.independent_from <= day <= today


@given(all_facts(), ALL_NEEDS, DAYS)
def test_no_rung_is_reached_before_the_one_below(given_facts, needs, today):
    days = [step.reached_on for step in climb(given_facts, needs, today).steps]
    reached = [day for day in days if day is not None]
    assert days == [*reached, *[None] * (len(RUNGS) - len(reached))]
    assert reached == sorted(reached)


@given(all_facts(), ALL_NEEDS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_recording_changes_nothing(given_facts, needs, today, random):
    shuffled = list(given_facts.events)
    random.shuffle(shuffled)
    assert climb(replace(given_facts, events=shuffled), needs, today) == climb(given_facts, needs, today)


@given(all_facts(), ALL_NEEDS, DAYS)
def test_what_was_taken_back_is_as_if_it_had_never_been(given_facts, needs, today):
    kept = standing_events(given_facts.events, datetime.date.max)
    assert climb(replace(given_facts, events=kept), needs, today) == climb(given_facts, needs, today)


@given(all_facts(), ALL_NEEDS, DAYS, DAYS)
def test_a_rung_reached_stays_reached_with_the_same_day_as_time_passes(given_facts, needs, one, other):
    first, later = sorted((one, other))
    before, after = climb(given_facts, needs, first), climb(given_facts, needs, later)
    for rung in RUNGS:
        if before.reached_on(rung) is not None and rung is not Rung.CHOSEN:
            assert after.reached_on(rung) == before.reached_on(rung)


@given(all_facts(), ALL_NEEDS, DAYS, DAYS, st.sampled_from(Part))
def test_one_more_case_never_takes_a_rung_away(given_facts, needs, today, day, part):
    more = replace(given_facts, events=[*given_facts.events, CaseEvent(999, day, part)])
    without, with_it = climb(given_facts, needs, today), climb(more, needs, today)
    for rung in RUNGS:
        reached = without.reached_on(rung)
        if reached is not None:
            now = with_it.reached_on(rung)
            assert now is not None
            assert now <= reached


@given(all_facts(), ALL_NEEDS, DAYS)
def test_a_settled_check_says_sustained_only_where_every_period_has_its_cases(given_facts, needs, today):
    quick = replace(needs, observed=0, assisted=0, supervised=0)
    ladder = climb(replace(given_facts, ready_on=START, independent_from=START), quick, today)
    alone_from = ladder.reached_on(Rung.INDEPENDENT)
    assert alone_from == START
    for check in ladder.checks:
        spans = [each.span for each in check.periods]
        assert check.due_on == add_calendar_months(alone_from, check.months)
        assert (check.state is CheckState.PENDING) == (today < check.due_on)
        assert len(spans) == check.months // needs.period_months
        assert spans == sorted(spans)
        if check.state is CheckState.SUSTAINED:
            assert all(each.cases >= needs.least_in_period for each in check.periods)
