"""Promised against delivered, against values counted by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test.utils import CaptureQueriesContext

from lianyi.dispatch import commands as dispatch
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships import promises, queries
from lianyi.partnerships.promises import PromiseState
from tests.cast import Scene, acting_as, as_service, day


def states(scene: Scene, kind: str, quantity: str, period: str, today: str, **more: object) -> list[tuple[object, ...]]:
    row = queries.agreements(scene.office_jia).get()
    duty = scene.duty(row, "D09", kind, quantity, "x", period, **more)
    account = promises.accounts_of([duty], day(today))[0]
    return [(each.label, each.delivered, each.state) for each in account.periods]


@pytest.fixture
def two_years(scene: Scene) -> Scene:
    """Two years: An stays 1 March to 31 August 2022, Cai 1 August 2022 to 30 June 2023, Ding from May 2023."""
    agreement = scene.agreement(starts_on="2022-01-01", ends_on="2023-12-31")
    scene.stayed(agreement, scene.an, "2022-03-01", "2022-08-31")
    first = scene.stayed(agreement, scene.cai, "2022-08-01", "2023-06-30")
    dispatch.add_absence(acting_as(scene.office_jia), first, day("2022-10-01"), day("2022-10-07"), "home_leave")
    scene.stayed(agreement, scene.ding, "2023-05-01", "2023-09-30", to=scene.xiang)
    return scene


def test_persons_are_counted_once_in_each_year_in_which_they_were_there(two_years: Scene) -> None:
    assert states(two_years, "persons_posted", "2", "year", "2024-06-01") == [
        ("2022", Decimal(2), PromiseState.MET),
        ("2023", Decimal(2), PromiseState.MET),
    ]


def test_person_days_leave_absences_out(two_years: Scene) -> None:
    # 2022: An 1 March to 31 August 184 days; Cai 1 August to 31 December 153 days less 7 of leave. 2023: 181 and 153.
    assert states(two_years, "person_days_on_site", "400", "year", "2024-06-01") == [
        ("2022", Decimal(184 + 153 - 7), PromiseState.SHORT),
        ("2023", Decimal(181 + 153), PromiseState.SHORT),
    ]


def test_presence_is_a_share_of_days_with_its_numerator_and_denominator(two_years: Scene) -> None:
    row = queries.agreements(two_years.office_jia).get()
    duty = two_years.duty(row, "D09", "unbroken_presence", "1", "share", "year")
    first, second = promises.accounts_of([duty], day("2024-06-01"))[0].periods
    # 2022: nobody in January and February (59 days) nor on the 7 days of leave, when An had gone.
    assert first.evidence is not None
    assert second.evidence is not None
    assert (first.evidence.numerator, first.evidence.denominator) == (Decimal(365 - 59 - 7), Decimal(365))
    assert first.evidence.detail["gaps"] == [("2022-01-01", "2022-02-28"), ("2022-10-01", "2022-10-07")]
    # 2023: 1 January to 30 June at the supported hospital; Ding works elsewhere until September.
    assert (second.evidence.numerator, second.evidence.denominator) == (Decimal(181), Decimal(365))
    assert (first.state, second.state) == (PromiseState.SHORT, PromiseState.SHORT)


def test_presence_counts_at_any_place_only_where_the_duty_says_so(two_years: Scene) -> None:
    row = queries.agreements(two_years.office_jia).get()
    duty = two_years.duty(row, "D09", "unbroken_presence", "1", "share", "year", parameters={"any_site": True})
    _first, second = promises.accounts_of([duty], day("2024-06-01"))[0].periods
    assert second.evidence is not None
    assert second.evidence.numerator == Decimal(273)


def test_presence_of_several_supported_hospitals_is_that_of_the_worst_with_the_mean_beside_it(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31")
    partnerships.add_party(as_service(), agreement, scene.xiang.pk, "supported", day("2023-01-01"))
    scene.stayed(agreement, scene.an, "2023-01-01", "2023-12-31")
    scene.stayed(agreement, scene.cai, "2023-01-01", "2023-07-19", to=scene.xiang)
    duty = scene.duty(agreement, "D09", "unbroken_presence", "1", "share", "year")
    evidence = promises.accounts_of([duty], day("2024-06-01"))[0].periods[0].evidence
    assert evidence is not None
    # 1 January to 19 July are 200 of 365 days.
    assert (evidence.numerator, evidence.denominator) == (Decimal(200), Decimal(365))
    assert (evidence.detail["site"], evidence.detail["sites"]) == (scene.xiang, 2)
    assert evidence.detail["mean"] == Decimal("0.7740")


def test_specialties_name_what_is_missing(two_years: Scene) -> None:
    row = queries.agreements(two_years.office_jia).get()
    needs = {"specialties": ["20", "04.02", "05"]}
    duty = two_years.duty(row, "D09", "specialties_covered", "3", "specialty", parameters=needs)
    period = promises.accounts_of([duty], day("2024-06-01"))[0].periods[0]
    assert period.evidence is not None
    assert (period.delivered, period.state, period.evidence.detail["missing"]) == (Decimal(2), "short", ["05"])


def test_a_condition_on_the_title_leaves_the_others_out(two_years: Scene) -> None:
    found = states(
        two_years, "persons_posted", "2", "term", "2024-06-01", parameters={"title_rank": "associate_senior"}
    )
    assert [(delivered, state) for _label, delivered, state in found] == [(Decimal(2), PromiseState.MET)]


def test_sites_and_stationed_doctors_are_counted_from_the_same_postings(two_years: Scene) -> None:
    row = queries.agreements(two_years.office_jia).get()
    sites = two_years.duty(row, "D08", "sites_served", "2", "site")
    doctors = two_years.duty(
        row, "D09", "stationed_mid_grade_doctors", "1", "person", "year", parameters={"minimum_days": 183}
    )
    accounts = promises.accounts_of([sites, doctors], day("2024-06-01"))
    assert accounts[0].periods[0].delivered == Decimal(2)
    # In 2022 An has 184 days, Cai 146; in 2023 Cai 181 and Ding 153: both below 183.
    assert [period.delivered for period in accounts[1].periods] == [Decimal(1), Decimal(0)]


def test_what_nothing_measures_is_neither_zero_nor_a_failure(two_years: Scene) -> None:
    assert states(two_years, "training_sessions", "12", "year", "2024-06-01") == [
        ("2022", None, PromiseState.NOT_MEASURED),
        ("2023", None, PromiseState.NOT_MEASURED),
    ]


def test_a_period_that_has_not_begun_is_not_judged_and_one_that_runs_is_counted_to_today(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2024-01-01", ends_on="2025-12-31")
    scene.stayed(agreement, scene.an, "2024-01-01", "2024-02-29")
    duty = scene.duty(agreement, "D09", "person_days_on_site", "50", "day", "year")
    account = promises.accounts_of([duty], day("2024-02-10"))[0]
    assert [(each.label, each.delivered, each.state) for each in account.periods] == [
        ("2024", Decimal(41), PromiseState.RUNNING),
        ("2025", None, PromiseState.NOT_BEGUN),
    ]
    assert account.current(day("2024-02-10")).label == "2024"


def test_a_share_of_a_running_year_is_not_called_kept_before_the_year_is_over(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2024-01-01", ends_on="2024-12-31")
    scene.stayed(agreement, scene.an, "2024-01-01", "2024-12-31")
    duty = scene.duty(agreement, "D09", "unbroken_presence", "1", "share", "year")
    assert promises.accounts_of([duty], day("2024-06-30"))[0].periods[0].state == PromiseState.RUNNING
    assert promises.accounts_of([duty], day("2025-01-01"))[0].periods[0].state == PromiseState.MET


def test_part_of_a_year_is_marked_as_such(scene: Scene) -> None:
    agreement = scene.agreement(starts_on="2024-05-01", ends_on="2025-12-31")
    account = promises.accounts_of(agreement.duties.all(), day("2026-01-01"))[0]
    assert [each.is_part_of_a_period for each in account.periods] == [True, False]


def test_a_list_of_many_agreements_costs_as_many_queries_as_one(
    scene: Scene, django_assert_num_queries: CaptureQueriesContext
) -> None:
    for number in range(6):
        agreement = scene.agreement(f"A{number}", starts_on=f"20{10 + number}-01-01", ends_on=f"20{10 + number}-12-31")
        scene.stayed(agreement, scene.an, f"20{10 + number}-02-01", f"20{10 + number}-06-30")
        scene.duty(agreement, "D02", "unbroken_presence", "1", "share", "year")
    rows = list(queries.agreements(scene.office_jia))
    with django_assert_num_queries(6):  # type: ignore[operator]
        one = queries.standings(scene.office_jia, rows[:1], day("2024-01-01"))
    with django_assert_num_queries(6):  # type: ignore[operator]
        all_of_them = queries.standings(scene.office_jia, rows, day("2024-01-01"))
    assert one[0].counts == all_of_them[0].counts
    assert [standing.counts.short for standing in all_of_them] == [2] * 6
