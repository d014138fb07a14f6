"""The page of figures: who sees which, what is hidden, the rows behind them, what is taken along."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.urls import reverse

from lianyi.accounts.models import ReadEvent
from lianyi.referrals.counting import counting_scope, hides_small_counts, own_scope
from lianyi.referrals.models import Leg
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of, page_of, queries_for, status_of, words
from tests.referrals.small_world import SmallWorld

PAGE = "referrals:statistics"
SPRING = {"first": "2026-04", "last": "2026-06"}


@pytest.fixture
def head(world: SmallWorld):  # type: ignore[no-untyped-def]
    return client_of(world.story.head_jia)


def test_who_treated_the_cases_sees_every_number(world: SmallWorld, head) -> None:  # type: ignore[no-untyped-def]
    text = words(page_of(head, PAGE, **SPRING))
    # Of the referrals that 甲市 sent or received all but the one that went to 邻县.
    assert "Accepted 6 9 66.7 %" in text
    assert "Green channel answered within the clock 1 3 33.3 %" in text
    assert "few cases" in text
    assert "hidden" not in text


def test_with_partners_cases_beside_the_own_a_difference_tells_nothing(world: SmallWorld, head) -> None:  # type: ignore[no-untyped-def]
    text = words(page_of(head, PAGE, **SPRING, reach="all"))
    # One referral of the partners' more than on the page of the own cases.
    assert "Accepted hidden" in text
    assert "Green channel answered within the clock hidden" in text
    assert "By receiving institution" not in text


def test_every_share_stands_with_its_interval(world: SmallWorld, head) -> None:  # type: ignore[no-untyped-def]
    # Wilson for 1 of 3: 6.1 to 79.2 per cent.
    text = words(page_of(head, PAGE, **SPRING))
    assert "Green channel answered within the clock 1 3 33.3 % few cases 6.1 – 79.2 %" in text


def test_who_only_counts_sees_no_small_number(world: SmallWorld) -> None:
    office = client_of(world.scene.office_jia)
    text = words(page_of(office, PAGE, **SPRING))
    assert "You see counts only" in text
    assert "Accepted 6" not in text
    assert "statistics/acceptance" not in page_of(office, PAGE, **SPRING)
    assert "Green channel answered within the clock hidden" in text


def test_a_large_number_is_shown_to_who_only_counts(world: SmallWorld) -> None:
    text = words(page_of(client_of(world.scene.office_jia), PAGE, **SPRING))
    assert "Referrals sent 12" in text
    assert "Sent up hidden" in text
    assert "Sent back down hidden" in text
    assert "Declined hidden of 10" in text


def test_the_scope_of_counting_is_own_institutions_and_agreements(world: SmallWorld) -> None:
    scene, story = world.scene, world.story
    everything = set(Leg.objects.exclude(pk=world.legs["X"].pk).values_list("pk", flat=True))
    assert set(counting_scope(scene.office_jia).values_list("pk", flat=True)) == everything
    assert set(counting_scope(scene.office_lin).values_list("pk", flat=True)) == world.ids("JL")
    assert set(own_scope(story.head_jia).values_list("pk", flat=True)) == everything - world.ids("JL")
    assert not counting_scope(actor_for("admin-jia", scene.jia.pk, "administrator")).exists()
    assert not hides_small_counts(story.doctor_shan, counting_scope(story.doctor_shan))
    # The leg to 邻县 is counted by 甲市 through the agreement, but it is not its own.
    assert hides_small_counts(story.head_jia, counting_scope(story.head_jia))
    assert not hides_small_counts(story.head_jia, own_scope(story.head_jia))


def test_the_rows_behind_a_figure_are_those_the_reader_may_open(world: SmallWorld) -> None:
    sender = client_of(world.story.coordinator)
    address = {**SPRING, "part": "numerator"}
    html = page_of(sender, "referrals:statistics-rows", "refusal", **address)
    for letter in ("C", "E"):
        assert world.legs[letter].request.journey.number in html
    assert world.legs["A"].request.journey.number not in html
    assert "2 cases" in words(html)
    everything = words(page_of(sender, "referrals:statistics-rows", "acceptance", **SPRING, part="denominator"))
    assert "everything the share is of: 10 cases" in everything


def test_no_rows_for_who_only_counts_nor_for_a_figure_that_is_none(world: SmallWorld) -> None:
    assert status_of(client_of(world.scene.office_jia), "referrals:statistics-rows", "refusal") == 403
    assert status_of(client_of(world.story.coordinator), "referrals:statistics-rows", "league-table") == 404
    assert status_of(client_of(actor_for("steward-jia", world.scene.jia.pk, "registry_steward")), PAGE) == 403


def test_a_planner_of_postings_counts_and_opens_no_case(world: SmallWorld) -> None:
    planner = client_of(actor_for("planner-jia", world.scene.jia.pk, "dispatch_planner"))
    assert status_of(planner, PAGE) == 200
    assert status_of(planner, "referrals:statistics-rows", "refusal") == 403
    assert status_of(planner, "referrals:case", world.legs["A"].pk) in (403, 404)
    text = page_of(planner, PAGE, **SPRING)
    for leg in world.legs.values():
        assert leg.request.journey.number not in text


def test_reading_rows_is_noted(world: SmallWorld) -> None:
    page_of(client_of(world.story.coordinator), "referrals:statistics-rows", "refusal", **SPRING)
    note = ReadEvent.objects.latest("pk")
    assert (note.object_type, note.rows) == ("referrals.leg", 2)


def test_the_figures_are_taken_along_as_a_table(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    response = client.get(reverse(PAGE), {**SPRING, "export": "csv"})
    content = response.getvalue() if response.streaming else response.content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    acceptance = next(row for row in rows if row["Measure"] == "Accepted")
    assert (acceptance["Numerator"], acceptance["Denominator"], acceptance["Unit"]) == ("7", "10", "%")
    assert float(acceptance["Value"]) == pytest.approx(70.0, abs=0.01)
    assert (acceptance["First day"], acceptance["Last day"]) == ("2026-04-01", "2026-06-30")
    assert client.get(reverse(PAGE), {**SPRING, "export": "xlsx"}).status_code == 200


def test_filters_narrow_what_is_counted(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    text = words(page_of(client, PAGE, **SPRING, condition="chest_pain"))
    assert "Accepted 1 2 50.0 %" in text
    down = words(page_of(client, PAGE, **SPRING, direction="down"))
    assert "Sent back down 1" in down
    lin = words(page_of(client, PAGE, **SPRING, institution=str(world.scene.lin.pk)))
    assert "Accepted 1 1 100.0 %" in lin
    mine = words(page_of(client, PAGE, **SPRING, agreement=str(world.story.agreement.pk)))
    assert "Accepted 7 10" in mine


def test_a_filter_beside_which_little_is_left_is_hidden_from_who_only_counts(world: SmallWorld) -> None:
    office = client_of(world.scene.office_jia)
    text = words(page_of(office, PAGE, **SPRING, direction="up"))
    # One transfer back was the whole difference to all directions.
    assert "Accepted hidden" in text
    assert "figures by place, reason and month are left out." in text
    assert "Refusals by reason" not in text


def test_a_month_that_is_none_is_refused_beside_its_field(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    response = client.get(reverse(PAGE), {"first": "2026-13", "last": "2026-06"})
    assert response.status_code == 422
    assert "is no month" in response.content.decode()
    later = client.get(reverse(PAGE), {"first": "2026-07", "last": "2026-06"})
    assert "lies before the first" in later.content.decode()


def test_a_month_without_a_case_shows_no_value_and_no_zero_per_cent(world: SmallWorld) -> None:
    text = words(page_of(client_of(world.story.coordinator), PAGE, first="2026-02", last="2026-02"))
    assert "Accepted 0 0 — —" in text
    assert "0.0 %" not in text


def test_no_patient_stands_on_the_page_of_figures(world: SmallWorld) -> None:
    html = page_of(client_of(world.story.coordinator), PAGE, **SPRING)
    assert "样例病人" not in html
    assert "样例理由" not in html


def test_the_page_costs_a_fixed_number_of_queries(world: SmallWorld) -> None:
    client = client_of(world.story.coordinator)
    first = queries_for(client, PAGE, **SPRING)
    assert queries_for(client, PAGE, first="2025-01", last="2026-06") == first
    assert first <= 32


def test_days_count_in_the_time_zone_of_the_site(world: SmallWorld) -> None:
    """E was sent at 20:00 in Shanghai; a month begins at its own midnight."""
    text = words(page_of(client_of(world.story.coordinator), PAGE, first="2026-05", last="2026-05"))
    assert "Declined 1 1 100.0 %" in text
    assert datetime.date(2026, 5, 5).isoformat() not in text


def test_a_bounced_return_is_listed_on_both_sides(world: SmallWorld) -> None:
    number = world.legs["BB"].request.journey.number
    lower = words(page_of(client_of(world.story.coordinator), "referrals:bounce-backs"))
    assert number in lower
    assert "2026-04-20 10:00 2026-05-05 10:00 15" in lower
    # The upper hospital sent the patient back itself.
    assert number in words(page_of(client_of(world.story.head_jia), "referrals:bounce-backs"))
    assert number not in words(page_of(client_of(world.story.duty_lin), "referrals:bounce-backs"))
    assert status_of(client_of(world.scene.office_jia), "referrals:bounce-backs") == 403
