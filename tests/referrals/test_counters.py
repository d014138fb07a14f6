"""Duties are counted from referrals; the map and the time line of an agreement tell numbers, never patients."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from lianyi.accounts.actors import service_actor
from lianyi.methods.periods import DateSpan
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.evidence import CountRequest, counter_of
from lianyi.partnerships.models import Duty
from lianyi.partnerships.promises import accounts_of
from tests.dispatch.page_parts import client_of, page_of, status_of, words
from tests.referrals.small_world import SmallWorld

APRIL = DateSpan(datetime.date(2026, 4, 1), datetime.date(2026, 4, 30))
MAY = DateSpan(datetime.date(2026, 5, 1), datetime.date(2026, 5, 31))


@pytest.fixture
def in_time(world: SmallWorld) -> Duty:
    return world.scene.duty(world.story.agreement, "D90", "referrals_answered_in_time", "0.95", "share", "quarter")


@pytest.fixture
def back(world: SmallWorld) -> Duty:
    return world.scene.duty(world.story.agreement, "D91", "patients_transferred_back", "2", "patient", "quarter")


def count(duty: Duty, span: DateSpan):  # type: ignore[no-untyped-def]
    counter = counter_of(duty.evidence_kind)
    assert counter is not None
    [found] = counter.count([CountRequest(duty, span)])
    return found


def test_answers_in_time_are_counted_as_the_figures_are(world: SmallWorld, in_time: Duty) -> None:
    found = count(in_time, APRIL)
    # In April: A BB D G JL in time; B and E late, F silent. H was told by telephone; C came in May.
    assert (found.numerator, found.denominator, found.value) == (5, 8, Decimal("0.6250"))
    assert set(found.row_ids) == world.ids("A B BB D E F G JL")
    assert count(in_time, MAY).value == 1


def test_a_duty_may_speak_of_the_green_channel_only(world: SmallWorld, in_time: Duty) -> None:
    in_time.parameters = {"urgencies": ["emergency"]}
    found = count(in_time, APRIL)
    assert (found.numerator, found.denominator) == (1, 3)


def test_a_quarter_without_a_referral_is_neither_kept_nor_broken(world: SmallWorld, in_time: Duty) -> None:
    assert count(in_time, DateSpan(datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))) is None
    [account] = accounts_of([in_time], timezone.localdate())
    states = {period.label: (period.state, period.delivered) for period in account.periods}
    assert states["2026-Q1"] == ("not_measured", None)
    assert states["2026-Q2"][0] == "short"


def test_patients_count_as_transferred_back_when_they_arrive(world: SmallWorld, back: Duty) -> None:
    found = count(back, APRIL)
    assert (found.value, set(found.row_ids)) == (1, world.ids("BB"))
    assert count(back, MAY).value == 0


def test_many_duties_cost_a_fixed_number_of_queries(
    world: SmallWorld, in_time: Duty, back: Duty, django_assert_num_queries: object
) -> None:
    for duty in (in_time, back):
        counter = counter_of(duty.evidence_kind)
        assert counter is not None
        with django_assert_num_queries(2):  # type: ignore[operator]
            counter.count([CountRequest(duty, APRIL), CountRequest(duty, MAY)] * 5)


def test_the_rows_behind_a_duty_are_those_the_reader_may_open(world: SmallWorld, in_time: Duty) -> None:
    first_day = "2026-04-01"
    sender = words(page_of(client_of(world.story.coordinator), "referrals:duty-evidence", in_time.pk, first_day))
    assert "6 of 9" in sender
    assert world.legs["E"].request.journey.number in sender
    office = words(page_of(client_of(world.scene.office_jia), "referrals:duty-evidence", in_time.pk, first_day))
    # 3 of the 9 were late: a small number, so the office, which only counts, learns neither it nor the 9.
    assert "hidden: few" in office
    assert not re.search(r"\b[69]\b", office.split("Cases behind the figure")[0].split("Delivered")[1])
    assert "not kept" in office
    assert world.legs["E"].request.journey.number not in office
    assert status_of(client_of(world.scene.office_lin), "referrals:duty-evidence", in_time.pk, first_day) == 404
    assert status_of(client_of(world.scene.office_jia), "referrals:duty-evidence", in_time.pk, "2026-04-02") == 404


def test_who_only_watches_learns_no_small_number_of_a_promise(world: SmallWorld, in_time: Duty, back: Duty) -> None:
    today = timezone.localdate()
    agreement = world.story.agreement
    for reader, expected in (
        (world.story.coordinator, (Decimal(1), Decimal("0.6667"))),
        (world.scene.office_jia, None),
    ):
        accounts = {each.duty.code: each for each in partnerships.promises(reader, agreement, today)}
        spring = [next(p for p in accounts[code].periods if p.label == "2026-Q2") for code in ("D91", "D90")]
        if expected is None:
            assert [(p.delivered, p.share, p.is_hidden) for p in spring] == [(None, None, True)] * 2
        else:
            assert [p.delivered for p in spring] == list(expected)
        # Whether the promise was kept is no secret to a reader of the agreement.
        assert [p.state for p in spring] == ["short", "short"]


def test_the_page_of_a_promise_says_that_a_small_number_is_hidden(world: SmallWorld, back: Duty) -> None:
    office, sender = client_of(world.scene.office_jia), client_of(world.story.coordinator)
    assert "hidden: few" in words(page_of(office, "partnerships:duty", back.pk))
    assert "hidden: few" not in words(page_of(sender, "partnerships:duty", back.pk))


def test_a_paper_hides_small_numbers_whoever_makes_it(world: SmallWorld, in_time: Duty, back: Duty) -> None:
    agreement, today = world.story.agreement, timezone.localdate()
    for maker in (world.story.coordinator, service_actor()):
        found = partnerships.promises_on_paper(maker, agreement, today)
        spring = [p for each in found for p in each.periods if p.label == "2026-Q2"]
        assert [(p.delivered, p.is_hidden) for p in spring] == [(None, True)] * 2


def test_many_promises_are_veiled_with_a_fixed_number_of_queries(
    world: SmallWorld, in_time: Duty, back: Duty, django_assert_max_num_queries: object
) -> None:
    rows = list(partnerships.agreements(world.scene.office_jia))
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        partnerships.standings(world.scene.office_jia, rows * 5, timezone.localdate())


def test_the_map_tells_small_flows_only_to_those_whose_they_are(world: SmallWorld) -> None:
    scene = world.scene
    told = {(each.kind, each.persons) for each in partnerships.flows(scene.office_jia, world.story.agreement)}
    # 11 went up to 甲市, one of them was asked of 邻县 too, and one came back: only the first is no small number.
    assert told == {("patients_up", 11)}
    mine = {(each.kind, each.persons) for each in partnerships.flows(world.story.coordinator, world.story.agreement)}
    assert mine == {("patients_up", 11), ("patients_up", 1), ("patients_down", 1)}
    assert partnerships.flows(scene.office_lin, world.story.agreement) == []


def test_the_time_line_tells_the_year_in_numbers(world: SmallWorld) -> None:
    entries = partnerships.timeline(world.story.coordinator, world.story.agreement)
    told = {(each.text_en, each.precision) for each in entries if each.kind == "referral"}
    assert told == {("11 referrals up within the year", "year"), ("1 transfers back within the year", "year")}
    office = partnerships.timeline(world.scene.office_jia, world.story.agreement)
    assert [each.text_en for each in office if each.kind == "referral"] == ["11 referrals up within the year"]
