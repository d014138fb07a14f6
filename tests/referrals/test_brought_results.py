"""Results that came with a patient: who says what became of them, what is refused, and the figures counted by hand."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals.commands.attachments import NewAttachment, add_attachment
from lianyi.referrals.commands.results import ResultFacts, record_result
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import NONE_BROUGHT, BroughtResult
from lianyi.referrals.statistics import Statistics
from tests.cast import acting_as
from tests.dispatch.page_parts import client_of, page_of, status_of, words
from tests.referrals.small_world import AFTERWARDS, SmallWorld
from tests.referrals.test_attachments import JPEG
from tests.referrals.test_statistics import counted

SPRING = {"first": "2026-04", "last": "2026-06"}
PAGE = "referrals:statistics"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"2026-{text}")


def said(world: SmallWorld, letter: str, use: str, **more: Any) -> BroughtResult:
    """Let 甲市 say it while the case is open to it: on the evening of the day on which it decided."""
    facts = ResultFacts(**{"use": use, **more})
    world.at(f"{facts.decided_on} 20:00")
    row = record_result(acting_as(world.story.duty_jia), world.legs[letter].pk, facts)
    world.at(AFTERWARDS)
    return row


def write_cohort(world: SmallWorld) -> None:
    """Write what 甲市 did with the results of four patients.

    A  came 04-13. CT of 04-10 made again on 04-13, after 3 days of 14: it changes fast. ECG of 04-13 recognised.
    B  came 04-14. Blood count of 04-01 made again on 04-14: after 13 days of 7, so it was too old.
    D  came 04-15. CT of that day recognised.
    I  came 04-22 and brought nothing.
    """
    fast = "changes_fast"
    said(world, "A", "repeated", kind="ct", done_on=day("04-10"), decided_on=day("04-13"), ground=fast)
    said(world, "A", "recognised", kind="ecg", done_on=day("04-13"), decided_on=day("04-13"))
    said(world, "B", "repeated", kind="blood_count", done_on=day("04-01"), decided_on=day("04-14"), ground=fast)
    said(world, "D", "recognised", kind="ct", done_on=day("04-15"), decided_on=day("04-15"))
    said(world, "I", "none", decided_on=day("04-22"))


def told(found: Statistics, key: str) -> tuple[set[int], set[int]]:
    figure = found.figure(key)
    assert figure is not None
    return set(figure.numerator), set(figure.denominator)


def test_tests_made_again_are_counted_by_patient_among_valid_results(world: SmallWorld) -> None:
    write_cohort(world)
    found = counted()
    # A and D had a valid result; A had the CT again. B's was too old, I had none.
    assert told(found, "results-repeated") == (world.ids("A"), world.ids("A D"))
    assert told(found, "results-kind-ct") == (world.ids("A"), world.ids("A D"))
    assert told(found, "results-kind-ecg") == (set(), world.ids("A"))
    assert set(found.counted_legs("results-too-old")) == world.ids("B")
    assert set(found.counted_legs("results-ground-changes_fast")) == world.ids("A")


def test_of_the_cases_that_ended_those_are_counted_in_which_somebody_said_something(world: SmallWorld) -> None:
    # A and B had an outcome in spring; nobody said anything yet: 0 of 2, and no share of tests made again.
    assert told(counted(), "results-said") == (set(), world.ids("A B"))
    nothing = counted().figure("results-repeated")
    assert nothing is not None
    assert nothing.share.value is None
    write_cohort(world)
    assert told(counted(), "results-said") == (world.ids("A B"), world.ids("A B"))


def test_who_brought_nothing_is_said_but_has_no_result(world: SmallWorld) -> None:
    said(world, "A", "none", decided_on=day("04-13"))
    assert told(counted(), "results-said") == (world.ids("A"), world.ids("A B"))
    assert told(counted(), "results-repeated") == (set(), set())


def test_the_last_day_of_validity_still_counts_and_the_day_after_does_not(world: SmallWorld) -> None:
    # ECG: one day.
    said(world, "A", "recognised", kind="ecg", done_on=day("04-12"), decided_on=day("04-13"))
    said(world, "D", "recognised", kind="ecg", done_on=day("04-13"), decided_on=day("04-15"))
    assert told(counted(), "results-kind-ecg") == (set(), world.ids("A"))
    assert set(counted().counted_legs("results-too-old")) == world.ids("D")


def test_a_second_entry_of_a_kind_corrects_the_first_and_both_are_kept(world: SmallWorld) -> None:
    first = said(world, "A", "recognised", kind="ct", done_on=day("04-10"), decided_on=day("04-13"))
    second = said(world, "A", "repeated", kind="ct", done_on=day("04-10"), decided_on=day("04-14"), ground="decisive")
    assert second.corrects_id == first.pk
    assert BroughtResult.objects.filter(leg=world.legs["A"]).count() == 2
    assert told(counted(), "results-repeated") == (world.ids("A"), world.ids("A"))


def test_an_entry_by_mistake_is_taken_back_and_counts_nowhere(world: SmallWorld) -> None:
    said(world, "A", "recognised", kind="ct", done_on=day("04-10"), decided_on=day("04-13"))
    said(world, "A", "mistaken", kind="ct", decided_on=day("04-13"))
    assert told(counted(), "results-said") == (set(), world.ids("A B"))
    assert told(counted(), "results-repeated") == (set(), set())
    with pytest.raises(GuardRefusedError, match="no such entry"):
        said(world, "A", "mistaken", kind="ct", decided_on=day("04-13"))


def test_a_result_takes_the_place_of_none_brought_but_not_the_other_way_round(world: SmallWorld) -> None:
    none = said(world, "A", "none", decided_on=day("04-13"))
    row = said(world, "A", "recognised", kind="ct", done_on=day("04-10"), decided_on=day("04-13"))
    assert (none.kind, row.corrects_id) == (NONE_BROUGHT, none.pk)
    with pytest.raises(GuardRefusedError, match="recorded already"):
        said(world, "A", "none", decided_on=day("04-13"))


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"use": "recognised", "kind": "horoscope", "done_on": day("04-10")}, "not on the list of 'kind'"),
        ({"use": "guessed", "kind": "ct", "done_on": day("04-10")}, "not on the list of 'use'"),
        ({"use": "recognised", "kind": "ct"}, "on which day"),
        ({"use": "recognised", "kind": "ct", "done_on": day("04-20")}, "cannot be right for 'done_on'"),
        ({"use": "repeated", "kind": "ct", "done_on": day("04-10")}, "not on the list of 'ground'"),
        ({"use": "recognised", "kind": "ct", "done_on": day("04-10"), "ground": "other"}, "only to a test"),
        ({"use": "none", "decided_on": day("04-12")}, "cannot be right for 'decided_on'"),
        ({"use": "none", "decided_on": day("04-15")}, "cannot be right for 'decided_on'"),
        ({"use": "none", "kind": "ct"}, "not on the list of 'kind'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(world: SmallWorld, facts: dict[str, Any], message: str) -> None:
    world.at("2026-04-14 08:00")
    with pytest.raises(FactsRefusedError, match=message):
        record_result(
            acting_as(world.story.duty_jia),
            world.legs["A"].pk,
            ResultFacts(**{"decided_on": day("04-13"), **facts}),
        )
    assert not BroughtResult.objects.exists()


def test_only_the_receiver_says_it_and_only_of_a_patient_who_is_there(world: SmallWorld) -> None:
    facts = ResultFacts(use="none", decided_on=day("04-13"))
    world.at("2026-04-20 20:00")
    with pytest.raises(NotPermittedError, match="The receiver says"):
        record_result(acting_as(world.story.doctor_shan), world.legs["A"].pk, facts)
    with pytest.raises(GuardRefusedError, match="once the patient is there"):
        record_result(acting_as(world.story.duty_jia), world.legs["G"].pk, facts)
    with pytest.raises(GuardRefusedError, match="sent to"):
        record_result(
            acting_as(world.story.duty_shan), world.legs["BB"].pk, ResultFacts(use="none", decided_on=day("04-20"))
        )


def test_the_receiver_writes_it_on_a_form_and_both_sides_read_it_on_the_case(world: SmallWorld) -> None:
    world.at("2026-04-14 08:00")
    leg, jia = world.legs["A"], client_of(world.story.duty_jia)
    assert "Not said yet." in words(page_of(jia, "referrals:case", leg.pk))
    address = reverse("referrals:result-record", args=[leg.pk])
    given = {"use": "repeated", "kind": "ct", "done_on": "2026-04-10", "decided_on": "2026-04-13", "command_key": "r1"}
    refused = jia.post(address, given)
    assert refused.status_code == 422
    response = jia.post(address, {**given, "ground": "changes_fast", "command_key": "r2"})
    assert response.status_code == 302
    for reader in (jia, client_of(world.story.doctor_shan)):
        text = words(page_of(reader, "referrals:case", leg.pk))
        assert "CT: test made again · The result changes quickly in this disease" in text
    assert status_of(client_of(world.story.doctor_shan), "referrals:result-record", leg.pk) == 403


def test_the_page_of_figures_says_not_recorded_never_zero(world: SmallWorld) -> None:
    text = words(page_of(client_of(world.story.coordinator), PAGE, **SPRING))
    # 0 of 2, Wilson 0.0 to 65.8 per cent; a share of nothing has no value.
    assert "said what became of the results 0 2 0.0 % few cases 0.0 – 65.8 %" in text
    assert "a test was made again 0 0 — — not recorded: no receiver said" in text


def test_the_page_of_figures_shows_counts_interval_kinds_and_grounds(world: SmallWorld) -> None:
    write_cohort(world)
    client = client_of(world.story.coordinator)
    html = page_of(client, PAGE, **SPRING)
    # Wilson for 1 of 2: 9.5 to 90.5 per cent.
    assert "a test was made again 1 2 50.0 % few cases 9.5 – 90.5 %" in words(html)
    assert "CT, made again 1 2 50.0 %" in words(html)
    assert "ECG, made again 0 1 0.0 %" in words(html)
    assert "made again because: The result changes quickly in this disease 1 1 100.0 %" in words(html)
    assert "Patients with a result that was too old 1" in words(html)
    rows = page_of(client, "referrals:statistics-rows", "results-kind-ct", **SPRING, part="denominator")
    assert world.legs["D"].request.journey.number in rows


def test_who_only_counts_sees_none_of_the_few(world: SmallWorld) -> None:
    write_cohort(world)
    text = words(page_of(client_of(world.scene.office_jia), PAGE, **SPRING))
    assert "a test was made again hidden" in text
    assert "CT, made again hidden" in text
    assert "changes quickly in this disease hidden" in text


def ecg(world: SmallWorld, letter: str, when: str) -> None:
    world.at(when)
    file = NewAttachment(name="ecg.jpg", kind="tracing", content=JPEG)
    add_attachment(acting_as(world.story.doctor_shan), world.legs[letter].request_id, file)
    world.at(AFTERWARDS)


def test_an_ecg_counts_as_sent_ahead_only_before_the_arrival(world: SmallWorld) -> None:
    key = "measure--general-2026--ecg-ahead"
    # D with chest pain left at 08:30 and came at 09:10; E was declined and never came.
    assert told(counted(), key) == (set(), world.ids("D"))
    ecg(world, "D", "2026-04-15 09:30")
    assert told(counted(), key) == (set(), world.ids("D"))
    ecg(world, "D", "2026-04-15 08:20")
    assert told(counted(), key) == (world.ids("D"), world.ids("D"))


def test_what_nobody_records_here_is_named_with_what_it_needs(world: SmallWorld) -> None:
    text = words(page_of(client_of(world.story.coordinator), PAGE, **SPRING))
    # Wilson for 0 of 1: 0.0 to 79.3 per cent.
    assert "ECG sent before the patient arrived 0 1 0.0 % few cases 0.0 – 79.3 % target ≥ 30 %: not reached" in text
    assert "past emergency department and CCU — — — — not recorded here; it needs: through which doors" in text
    assert "past the CCU — — — — not recorded here; it needs: patients who come by themselves" in text


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
@pytest.mark.database
def test_two_who_say_it_at_once_wait_for_each_other(world: SmallWorld) -> None:
    """Otherwise both would find nothing to correct, and two rows of one kind would stand."""
    with CaptureQueriesContext(connection) as asked:
        said(world, "A", "recognised", kind="ecg", done_on=day("04-13"), decided_on=day("04-13"))
    locking = [each["sql"] for each in asked if 'FOR UPDATE OF "referrals_leg"' in each["sql"]]
    assert len(locking) == 1
