"""Promises of indicators: reached by what was accepted, missed by it, and never broken by what nobody reported."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from lianyi.errors import InvalidInputError
from lianyi.indicators.values_targets import parse_target
from lianyi.methods.periods import DateSpan
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.evidence import CountRequest, Evidence, counter_of
from lianyi.partnerships.models import Duty
from lianyi.registry.imports.kinds import table_kind
from tests.cast import day
from tests.dispatch.page_parts import client_of, page_of, send, version_in, words
from tests.dispatch.test_imports import only_reason, preview_of
from tests.indicators.values_story import COUNT, MINUTES, SHARE, USUAL, Reporting

pytestmark = pytest.mark.django_db
HEADER = "agreement_code,code,title_zh,evidence_kind,quantity,unit,indicator_targets\n"
YEAR = DateSpan(day("2024-01-01"), day("2024-12-31"))


def promised(story: Reporting, *targets: str, quantity: str = "1") -> Duty:
    agreement = story.scene.agreement("AIMS")
    return story.scene.duty(
        agreement,
        "D95",
        "indicator_target",
        quantity,
        "indicator",
        "year",
        parameters={"indicator_targets": list(targets)},
    )


def counted(duty: Duty, span: DateSpan = YEAR) -> Evidence | None:
    counter = counter_of("indicator_target")
    assert counter is not None
    [found] = counter.count([CountRequest(duty, span)])
    return found


def test_the_newest_accepted_value_of_the_period_is_what_counts(story: Reporting) -> None:
    duty = promised(story, f"{SHARE}>=30@SHAN")
    story.locked("2024-03", {**USUAL, SHARE: (20, 100)})
    found = counted(duty)
    assert found is not None
    assert (found.value, found.numerator, found.denominator) == (0, 20, 100)
    row = story.locked("2024-06", {**USUAL, SHARE: (35, 100)})
    found = counted(duty)
    assert found is not None
    assert (found.value, found.numerator, found.row_ids) == (1, 35, (story.value(row, SHARE).pk,))
    assert counted(duty, DateSpan(day("2024-01-01"), day("2024-06-15"))) == counted(
        duty, DateSpan(day("2024-03-01"), day("2024-03-31"))
    ), "a month that is not over within the days does not count"


def test_what_nobody_accepted_is_not_reported_and_not_zero(story: Reporting) -> None:
    duty = promised(story, f"{SHARE}>=30")
    story.submitted("2024-03", {**USUAL, SHARE: (20, 100)})
    assert counted(duty) is None
    [account] = partnerships.accounts(story.scene.office_jia, [duty], timezone.localdate())
    period = next(each for each in account.periods if each.label == "2024")
    assert (period.state, period.delivered, period.nothing_yet) == ("not_measured", None, "not reported yet")


def test_a_promise_that_missing_values_could_still_make_up_is_not_judged(story: Reporting) -> None:
    duty = promised(story, f"{MINUTES}<=12", "county-income-ratio>=0.6", quantity="2")
    story.locked("2024-03")
    assert counted(duty) is None
    story.locked("2024-04", {**USUAL, MINUTES: (1500, 100)})
    found = counted(duty)
    assert found is not None, "one of the two is missed, so both can no more be reached"
    assert (found.value, found.detail["not_reported"]) == (0, 1)
    assert (found.numerator, found.denominator) == (1500, 100)


def test_few_people_stay_off_the_pages_of_the_agreement(story: Reporting) -> None:
    duty = promised(story, f"{SHARE}<=30")
    story.locked("2024-03", {**USUAL, SHARE: (3, 100)})
    found = counted(duty)
    assert found is not None
    assert (found.value, found.numerator, found.denominator) == (1, None, None)
    page = page_of(client_of(story.scene.office_jia), "indicators:target-evidence", duty.pk, "2024-01-01")
    assert "3.0 % — — 2024-03" in words(page)
    assert "1 value lies outside your reach" in words(page)
    assert f"/indicators/values/{found.row_ids[0]}/" not in page


def test_the_page_of_a_promise_shows_figures_period_version_and_the_way_to_the_value(story: Reporting) -> None:
    duty = promised(story, f"{SHARE}>=30", f"{COUNT}>=90@NAN")
    row = story.locked("2024-03", {**USUAL, SHARE: (35, 100)})
    client = client_of(story.scene.office_shan)
    shown = words(page_of(client, "partnerships:duty", duty.pk))
    assert "Sample share of referrals: at least 30.0 %" in shown
    assert "35 / 100" in shown
    page = page_of(client, "indicators:target-evidence", duty.pk, "2024-01-01")
    assert story.value(row, SHARE).get_absolute_url() in page
    text = words(page)
    assert "35.0 % 35 100 2024-03 1 locked reached" in text
    assert "not reported yet" in text


def test_targets_are_read_in_one_form_and_refused_with_what_is_wrong(story: Reporting) -> None:
    assert parse_target(f" {SHARE} ≥ 65.50 % @ SHAN").entry == f"{SHARE}>=65.5@SHAN"
    assert parse_target(f"{MINUTES}<=30").limit == Decimal(30)
    for text, reason in (
        (f"{SHARE}=65", "target-unreadable"),
        ("no-such-share>=65", "target-indicator"),
        (f"{SHARE}>=65@NOWHERE", "target-unit"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            parse_target(text)
        assert refused.value.params["reason"] == reason


def test_targets_are_typed_on_the_duty_and_go_out_and_in_by_the_table(story: Reporting) -> None:
    duty = promised(story, f"{SHARE}>=30")
    client = client_of(story.scene.office_jia)
    page = page_of(client, "partnerships:duty-change", duty.pk)
    assert f"{SHARE}&gt;=30" in page
    sent = {
        "title_zh": duty.title_zh, "evidence_kind": "indicator_target", "quantity": "2", "unit": "indicator",
        "period": "year", "owner_side": "supporting", "reason": "补充指标", "expected_version": version_in(page),
    }  # fmt: skip
    wrong = send(client, "partnerships:duty-change", duty.pk, **sent, indicator_targets=f"{SHARE}>=30\nnothing>=1")
    assert "is no indicator. The list of indicators names all codes." in words(wrong.content.decode())
    right = send(client, "partnerships:duty-change", duty.pk, **sent, indicator_targets=f"{SHARE} >= 40\n{COUNT}>=90")
    assert right.status_code == 302
    duty.refresh_from_db()
    assert duty.parameters == {"indicator_targets": [f"{SHARE}>=40", f"{COUNT}>=90"]}
    exported = next(each for each in table_kind("duties").export(story.scene.office_jia) if each["code"] == "D95")
    assert exported["indicator_targets"] == f"{SHARE}>=40;{COUNT}>=90"
    row = "AIMS,D96,新增目标,indicator_target,1,indicator,nothing>=1\n"
    refused = preview_of(story.scene.office_jia, "duties", f"{HEADER}{row}")
    assert "'nothing' is no indicator." in only_reason(refused)
