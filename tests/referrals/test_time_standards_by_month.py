"""Time standards month by month: a small cohort counted by hand, what is hidden of it, the page and the table."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.methods.periods import DateSpan
from lianyi.referrals.models import Leg
from lianyi.referrals.statistics_queries import Selection, TimedRequest
from lianyi.referrals.statistics_standard_lines import series_of
from lianyi.referrals.statistics_standards import StandardResult, standards_of
from lianyi.referrals.statistics_veil import DrawnVeil, OpenVeil
from tests.dispatch.page_parts import client_of, page_of, queries_for, status_of, words
from tests.referrals.small_world import SmallWorld

PAGE = "referrals:statistics-standards"
SPRING = {"first": "2026-04", "last": "2026-06"}
POLICY = "general-2026"


def at(day: str, minute: int = 0) -> datetime.datetime:
    noon = timezone.make_aware(datetime.datetime.fromisoformat(f"{day} 12:00"))
    return noon + datetime.timedelta(minutes=minute)


def chest_pain(leg_id: int, day: str, ecg_after: int | None) -> TimedRequest:
    moments = {"first_contact": at(day)} | ({} if ecg_after is None else {"ecg": at(day, ecg_after)})
    return TimedRequest(leg_id, leg_id, POLICY, "chest_pain", at(day), moments)


def held(requests: list[TimedRequest]) -> dict[str, StandardResult]:
    span = DateSpan(datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
    selection = Selection(Leg.objects.none(), span, at("2026-07-01"))
    return {each.standard.id: each for each in standards_of(selection, requests)}


# First contact to ECG, below 10 minutes. April: 8, 9, 12 and 10 (which is not below 10): 2 of 4, mean 39 / 4 = 9.75.
# May: 5 and 7: 2 of 2, mean 6; one more has no ECG, one an ECG before the contact. June: nobody.
COHORT = [
    *(chest_pain(number, "2026-04-10", minutes) for number, minutes in enumerate((8, 9, 12, 10), 1)),
    *(chest_pain(number, "2026-05-20", minutes) for number, minutes in enumerate((5, 7), 5)),
    chest_pain(7, "2026-05-21", None),
    chest_pain(8, "2026-05-22", -3),
]


def test_each_month_has_its_patients_its_share_and_its_mean() -> None:
    found = held(COHORT)["contact-ecg-share"]
    told = [
        (each.label, each.patients.numerator, each.patients.denominator, each.mean_minutes) for each in found.months
    ]
    assert told == [
        ("2026-04", (1, 2), (1, 2, 3, 4), 9.75),
        ("2026-05", (5, 6), (5, 6), 6.0),
        ("2026-06", (), (), None),
    ]
    assert [each.missing for each in found.months] == [0, 1, 0]


def test_the_months_add_up_to_the_whole() -> None:
    found = held(COHORT)["contact-ecg-share"]
    assert (found.share.numerator, found.share.denominator, found.missing, found.out_of_order) == (4, 6, 1, 1)
    assert sum(len(each.patients.denominator) for each in found.months) == 6
    # Two means of months, 9.75 and 6, both below 10; June has none and does not count.
    means = held(COHORT)["contact-ecg-mean"]
    assert (means.share.numerator, means.share.denominator) == (2, 2)
    assert len(means.patients.denominator) == 6


def test_a_month_without_a_patient_has_no_value() -> None:
    june = series_of([held(COHORT)["contact-ecg-share"]], OpenVeil())[0].months[2]
    assert (june.line.numerator, june.line.denominator, june.line.value, june.line.low) == (0, 0, None, None)
    assert june.mean_minutes is None


def test_every_month_stands_with_its_interval() -> None:
    april = series_of([held(COHORT)["contact-ecg-share"]], OpenVeil())[0].months[0]
    # Wilson for 2 of 4: 15.0 to 85.0 per cent.
    assert (april.line.low, april.line.high) == (pytest.approx(15.0, abs=0.05), pytest.approx(85.0, abs=0.05))


def test_the_picture_leaves_gaps_and_draws_the_limit() -> None:
    share, mean = series_of([held(COHORT)[name] for name in ("contact-ecg-share", "contact-ecg-mean")], OpenVeil())
    assert share.chart is not None
    assert share.chart.option["series"][0]["data"] == [50.0, 100.0, None]
    assert share.chart.option["series"][0]["markLine"]["data"] == [{"yAxis": 75.0}]
    assert mean.chart is not None
    assert mean.chart.option["series"][0]["data"] == [9.8, 6.0, None]
    assert mean.chart.option["series"][0]["markLine"]["data"] == [{"yAxis": 10}]


def months_of(april: tuple[int, int], may: tuple[int, int]) -> StandardResult:
    """Return months with so many within the limit and so many beyond."""
    rows = []
    for day, (within, beyond) in (("2026-04-10", april), ("2026-05-10", may)):
        rows += [(day, 8)] * within + [(day, 30)] * beyond
    return held([chest_pain(number, day, minutes) for number, (day, minutes) in enumerate(rows, 1)])[
        "contact-ecg-share"
    ]


def test_large_months_are_shown_to_who_only_counts() -> None:
    [found] = series_of([months_of((8, 6), (9, 7))], DrawnVeil(5))
    assert [(each.line.numerator, each.line.denominator) for each in found.months[:2]] == [(8, 14), (9, 16)]


def test_a_small_month_hides_what_would_betray_it() -> None:
    # 2 within the limit in April: April's 12 beyond, and May's cells in both columns, go with it; the totals stay.
    [found] = series_of([months_of((2, 12), (9, 7))], DrawnVeil(5))
    assert [(each.line.numerator, each.line.denominator) for each in found.months[:2]] == [(None, 14), (None, 16)]
    assert all(each.line.value is None for each in found.months)


def test_months_that_would_tell_a_hidden_whole_are_left_out() -> None:
    # 3 beyond the limit in all: the line above hides the share, so no month is shown.
    [found] = series_of([months_of((8, 3), (9, 0))], DrawnVeil(5))
    assert (found.months, found.chart) == ((), None)


def test_the_page_shows_each_standard_with_counts_and_interval(world: SmallWorld) -> None:
    # D: first contact 07:40, ECG 07:49. E was sent in April and has no times. Wilson for 1 of 1: 20.7 to 100.
    text = words(page_of(client_of(world.story.coordinator), PAGE, **SPRING))
    assert "First medical contact to first ECG, share within the limit 1 of 1 · 100.0 % (20.7 – 100.0 %)" in text
    assert "2026-04 1 1 100.0 % few cases 20.7 – 100.0 % 9.0 min 1" in text
    # May and June had no such patient: left out, not zero.
    assert "2026-05 0" not in text
    # Nobody has both times of the way out of the first institution; D and E are missing there.
    assert "Door in to door out at the first institution patients ≤ 30 min 2" in text


def test_each_month_opens_its_cases(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    key = "standard--general-2026--contact-ecg-share--2026-04"
    assert f"statistics/{key}/" in page_of(client, PAGE, **SPRING)
    html = page_of(client, "referrals:statistics-rows", key, **SPRING, part="denominator")
    assert world.legs["D"].request.journey.number in html
    assert world.legs["E"].request.journey.number not in html
    assert status_of(client, "referrals:statistics-rows", "standard--general-2026--league-table") == 404


def test_who_only_counts_sees_no_month_of_few(world: SmallWorld) -> None:
    html = page_of(client_of(world.scene.office_jia), PAGE, **SPRING)
    assert "statistics/standard--" not in html
    assert "1 of 1" not in words(html)
    assert "The months are left out" in words(html)


def test_the_months_are_taken_along_as_a_table(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    response = client.get(reverse(PAGE), {**SPRING, "export": "csv"})
    content = response.getvalue() if response.streaming else response.content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    april = next(row for row in rows if row["Month"] == "2026-04" and row["Time standard"].endswith("within the limit"))
    assert (april["Within the limit"], april["Patients"], april["Share (%)"]) == ("1", "1", "100.0")
    assert (april["Mean (min)"], april["Limit"]) == ("9.0", "patients < 10 min")
    assert april["Sent in the month, without both times"] == "1"


def test_the_page_costs_a_fixed_number_of_queries(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    first = queries_for(client, PAGE, **SPRING)
    assert queries_for(client, PAGE, first="2025-01", last="2026-06") == first
    assert first <= 32


def test_a_month_that_is_none_is_refused(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    assert client.get(reverse(PAGE), {"first": "2026-13", "last": "2026-06"}).status_code == 422
