"""Rule checks, the calendar of presence, and the rows behind a counted duty."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from lianyi.accounts.models import ReadEvent
from lianyi.dispatch import commands
from lianyi.dispatch.findings import asked_word, quantity_word
from lianyi.dispatch.presence_strip import year_strips
from lianyi.dispatch.stationed import StationedRule, stationed_figures
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.commands import NewPopulation, set_population
from lianyi.rules import Unit
from tests.cast import Scene, acting_as, as_service, day, make_staff
from tests.dispatch.page_parts import client_of, many_postings, page_of, queries_for, words

RULES = "tertiary-to-county-2021"


def test_each_requirement_stands_with_its_source_and_verdict(scene: Scene) -> None:
    agreement = scene.agreement(rule_set=RULES)
    scene.stayed(agreement, scene.ding, "2024-01-01", "2024-08-31")
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "“十四五”时期三级医院对口帮扶县级医院工作方案" in text
    assert "At least 5 management and technical staff in a year not met" in text
    assert "2024 1 person at least 5 persons not met" in text
    assert "样例丁 8 months at least 6 months met" in text
    assert "without a source: days of a break that still count as unbroken" in text
    assert "Nobody on site from 2024-09-01 to 2024-12-31 (122 days)" in text


def test_findings_lead_to_their_postings(scene: Scene) -> None:
    agreement = scene.agreement(rule_set=RULES)
    row = scene.stayed(agreement, scene.ding, "2024-01-01", "2024-08-31")
    client = client_of(scene.office_jia)
    html = page_of(client, "dispatch:rules", agreement.pk)
    address = f"{reverse('dispatch:postings')}?ids={row.pk}"
    assert f'href="{address}"' in html
    assert row.code in client.get(address).content.decode()


def test_an_agreement_without_a_rule_set_says_what_to_do(scene: Scene) -> None:
    agreement = scene.agreement()
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "This agreement names no rule set." in text


def test_the_list_of_rule_checks_holds_only_agreements_with_rules_within_reach(scene: Scene) -> None:
    scene.agreement("JS-1", rule_set=RULES)
    scene.agreement("JS-2")
    text = words(page_of(client_of(scene.office_jia), "dispatch:rule-checks"))
    assert "JS-1" in text
    assert "JS-2" not in text
    assert "JS-1" not in words(page_of(client_of(scene.office_lin), "dispatch:rule-checks"))


def test_the_calendar_divides_every_year_into_days_with_and_without_anybody() -> None:
    there = [DateSpan(day("2023-12-15"), day("2024-01-10")), DateSpan(day("2024-03-01"), day("2024-12-31"))]
    first, second = year_strips(there, DateSpan(day("2023-12-01"), day("2024-12-31")), day("2025-01-01"))
    assert (first.label, first.covered_days, first.gap_days) == ("2023", 17, 14)
    assert (second.label, second.covered_days, second.gap_days) == ("2024", 366 - 50, 50)
    assert [gap.title for gap in second.gaps] == ["Nobody on site from 2024-01-11 to 2024-02-29 (50 days)"]


def test_absences_are_taken_off_the_calendar(scene: Scene) -> None:
    agreement = scene.agreement(rule_set=RULES)
    row = scene.stayed(agreement, scene.ding, "2024-01-01", "2024-12-31")
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-05-01"), day("2024-05-07"), "home_leave")
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "2024 359 7 Nobody on site from 2024-05-01 to 2024-05-07 (7 days)" in text


def test_the_stationed_figure_counts_doctors_at_primary_institutions_with_enough_days(scene: Scene) -> None:
    set_population(as_service(), scene.county, NewPopulation(2023, 50_000))
    agreement = scene.agreement(rule_set="stationed-doctors-2024", starts_on="2024-11-01", ends_on="2025-12-31")
    junior = make_staff(scene.jia, "J1", "样例初", title_rank="junior")
    nurse = make_staff(scene.jia, "N1", "样例护", profession="nurse")
    for staff, until in ((scene.an, "2025-07-02"), (junior, "2025-12-31"), (nurse, "2025-12-31")):
        scene.stayed(agreement, staff, "2025-01-01", until, to=scene.xiang)
    scene.stayed(agreement, scene.cai, "2025-01-01", "2025-06-01", to=scene.xiang)
    scene.stayed(agreement, scene.ding, "2025-01-01", "2025-12-31", to=scene.shan)
    rows = list(agreement.postings.select_related("staff", "to_institution__place"))
    figures = stationed_figures(rows, StationedRule(2, 183), agreement.term, day("2026-01-01"))
    last = figures[-1]
    assert (last.year, last.doctors, last.short) == (2025, 1, 1)
    assert (last.residents, last.residents_year, last.per_10000) == (50_000, 2023, Decimal("0.2"))
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "2025 1 1 0.92 0.2 0.184 50000 · 山县 2023" in text


def test_without_a_population_there_is_a_count_and_no_rate(scene: Scene) -> None:
    agreement = scene.agreement(rule_set="stationed-doctors-2024", starts_on="2024-11-01", ends_on="2025-12-31")
    scene.stayed(agreement, scene.an, "2025-01-01", "2025-12-31", to=scene.xiang)
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "2025 1 0 1 — — no population known, so no rate" in text


@pytest.mark.parametrize(
    ("value", "unit", "word"),
    [
        (0.9863, Unit.SHARE, "98.6 %"),
        (1.0, Unit.SHARE, "100 %"),
        (1, Unit.PERSON, "1 person"),
        (6, Unit.MONTH, "6 months"),
    ],
)
def test_figures_are_written_with_their_unit(value: float, unit: Unit, word: str) -> None:
    assert quantity_word(value, unit) == word


def test_what_is_asked_is_said_with_both_bounds(scene: Scene) -> None:
    words_asked = {
        asked_word(requirement) for rule_set in rule_book().rule_sets for requirement in rule_set.requirements
    }
    assert "at least 5 persons" in words_asked
    assert all(text for text in words_asked)


def test_the_rules_page_costs_the_same_for_30_and_for_300_postings(scene: Scene) -> None:
    agreement = scene.agreement(rule_set=RULES)
    client = client_of(scene.office_jia)
    many_postings(scene, agreement, 30)
    few = queries_for(client, "dispatch:rules", agreement.pk)
    many_postings(scene, agreement, 300)
    assert queries_for(client, "dispatch:rules", agreement.pk) == few


def test_evidence_shows_the_figures_and_the_rows_behind_them(scene: Scene) -> None:
    agreement = scene.agreement()
    inside = scene.stayed(agreement, scene.ding, "2024-02-01", "2024-04-30")
    scene.stayed(scene.agreement("JS-X"), scene.an, "2024-02-01", "2024-04-30")
    duty = agreement.duties.get(code="D01")
    text = words(page_of(client_of(scene.office_shan), "dispatch:evidence", duty.pk, "2024-01-01"))
    assert "Promised 5" in text
    assert "Delivered 1" in text
    assert inside.code in text
    assert "样例甲" not in text
    assert ReadEvent.objects.filter(page="dispatch:evidence").count() == 1


def test_evidence_of_a_share_has_numerator_denominator_and_gaps(scene: Scene) -> None:
    agreement = scene.agreement()
    duty = scene.duty(agreement, "D02", "unbroken_presence", "1", "share", "year")
    scene.stayed(agreement, scene.ding, "2024-01-01", "2024-06-30")
    text = words(page_of(client_of(scene.office_jia), "dispatch:evidence", duty.pk, "2024-01-01"))
    assert "Delivered 49.7% Numerator 182 Denominator 366" in text
    assert "2024-07-01 – 2024-12-31 184 days" in text


def test_evidence_of_a_period_that_is_none_is_not_found(scene: Scene) -> None:
    duty = scene.agreement().duties.get()
    client = client_of(scene.office_jia)
    assert client.get(reverse("dispatch:evidence", args=[duty.pk, "2024-01-02"])).status_code == 404
    assert client.get(reverse("dispatch:evidence", args=[duty.pk, "tomorrow"])).status_code == 422
