"""The pages of quality control: wall, chart, funnel, cases; their tables; what they cost."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.indicators.models import QualityAction, QualityCase
from lianyi.registry.imports.kinds import table_kind
from tests.cast import Scene, acting_as, as_service, make_institution
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.indicators.quality_story import MINUTES, QUIET, SHARE, Quality, keep, quality_story, waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def quality(scene: Scene, settings: Any, tmp_path: Path) -> Quality:
    settings.LIANYI_RULES_DIRECTORIES = (tmp_path,)
    return quality_story(scene, tmp_path)


@pytest.fixture
def analyst(quality: Quality) -> Client:
    return client_of(quality.analyst)


def test_the_wall_shows_each_unit_with_the_alarms_to_expect_by_chance(quality: Quality, analyst: Client) -> None:
    quality.raised()
    keep(quality.scene.xiang.node, waits([60, 61]))
    html = page_of(analyst, "indicators:charts", code=MINUTES)
    text = words(html)
    told = text[text.index("Charts") :]
    assert re.search(
        r"Charts 1 With a signal at their latest value 1 Of these expected by chance 0\.0 – 0\.\d Kept", told
    )
    assert "Kept after false discovery 1" in told
    assert "no measure of success" in text
    assert "Too few values for a chart: three at least are needed. There are 2 values." in text
    assert html.count('class="small-chart"') == 1
    assert "signal for the worse" in text
    assert "%s" not in text


def test_the_wall_is_filtered_and_sorted_and_never_by_its_values(quality: Quality, analyst: Client) -> None:
    quality.raised()
    keep(quality.scene.xiang.node, waits(QUIET))
    both = page_of(analyst, "indicators:charts", code=MINUTES, sort="signal")
    assert both.index("山县人民医院") < both.index("东乡卫生院"), "the signal stands first"
    by_name = page_of(analyst, "indicators:charts", code=MINUTES)
    assert by_name.index("东乡卫生院") < by_name.index("山县人民医院")
    only = page_of(analyst, "indicators:charts", code=MINUTES, only="worse")
    assert "山县人民医院" in only
    assert "东乡卫生院" not in only
    assert "东乡卫生院" in page_of(analyst, "indicators:charts", code=MINUTES, level="township")
    assert "No unit fits." in page_of(analyst, "indicators:charts", code=MINUTES, words="nowhere")
    assert 'value="value"' not in both


def test_the_wall_goes_out_as_a_file_with_limits_and_rules(quality: Quality, analyst: Client) -> None:
    quality.raised()
    response = analyst.get(reverse("indicators:charts"), {"code": MINUTES, "export": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Unit","Settled values","Latest period","Latest value","Mean","Lower limit"')
    assert "signal for the worse" in lines[1]
    assert "yes" in lines[1]


def test_a_wall_of_two_hundred_units_costs_no_more_queries_than_one_of_two(quality: Quality, analyst: Client) -> None:
    for number in range(2):
        keep(
            make_institution(f"W{number:03d}", f"样例{number}", "general_hospital", quality.scene.county).node,
            waits(QUIET),
        )
    small = queries_for(analyst, "indicators:charts", code=MINUTES)
    for number in range(2, 30):
        keep(
            make_institution(f"W{number:03d}", f"样例{number}", "general_hospital", quality.scene.county).node,
            waits(QUIET),
        )
    assert queries_for(analyst, "indicators:charts", code=MINUTES) == small
    assert small < 30


def test_one_chart_shows_signals_by_rule_and_opens_a_case_once(quality: Quality, analyst: Client) -> None:
    quality.raised()
    page = ("indicators:chart", MINUTES, quality.shan.pk)
    text = words(page_of(analyst, *page))
    assert "beyond a limit" in text or "seven or more in a row on one side of the mean" in text
    assert "nobody needs to explain them one by one" in text
    address = ("indicators:quality-case-open", MINUTES, quality.shan.pk, "2024-08-01")
    response = send(analyst, *address)
    case = QualityCase.objects.get()
    assert response.url == case.get_absolute_url()
    assert case.code in page_of(analyst, *page)
    assert "Open a case" not in page_of(analyst, *page)
    again = send(analyst, *address)
    assert again.status_code == 422
    assert f"The case {case.code} about this is open already" in words(again.content.decode())


def test_a_chart_begins_anew_on_its_page_and_the_reason_stands_there(quality: Quality, analyst: Client) -> None:
    quality.raised()
    page = ("indicators:chart", MINUTES, quality.shan.pk)
    sent = {"period_start": "2024-01-01", "reason": "one room of two is shut"}
    assert send(analyst, "indicators:chart-begin-anew", MINUTES, quality.shan.pk, **sent).status_code == 302
    text = words(page_of(analyst, *page))
    assert "one room of two is shut" in text
    assert "begins anew" in text
    assert "The chart shows no signal." in text
    rebase = quality.shan.chart_rebases.get()
    send(analyst, "indicators:chart-rebase-withdraw", rebase.pk, reason="the room was open")
    text = words(page_of(analyst, *page))
    assert "the room was open" in text
    assert "The chart shows no signal." not in text
    assert status_of(client_of(quality.owner), "indicators:chart-begin-anew", MINUTES, quality.shan.pk) == 403


def test_a_case_is_walked_on_its_pages_and_the_checker_cannot_sign_too_early(quality: Quality, analyst: Client) -> None:
    quality.raised(after=QUIET[:2])
    case, owner, doer = quality.opened(), client_of(quality.owner), client_of(quality.doer)
    due = (timezone.localdate() + datetime.timedelta(days=30)).isoformat()
    step = ("indicators:quality-case-step", case.pk)
    send(analyst, *step, "assign", owner=quality.owner.user_id, owner_words="", due_on=due)
    assert "1 Quality control case of yours" in words(page_of(owner, "home"))
    send(owner, *step, "find_cause", cause_kind="staff", cause="second room shut")
    send(owner, *step, "agree", what="open it again", owner=quality.doer.user_id, owner_words="", due_on=due)
    action = QualityAction.objects.get(case=case)
    assert status_of(client_of(quality.stranger), "indicators:quality-action-done", action.pk) == 404
    sent = {"done_on": "2024-08-20", "evidence": "roster seen"}
    assert send(doer, "indicators:quality-action-done", action.pk, **sent).status_code == 302
    assert "1 Corrective action waits for your check" in words(page_of(analyst, "home"))
    assert "waits for your check" not in words(page_of(doer, "home"))
    text = words(page_of(analyst, "indicators:quality-case", case.pk))
    assert "too early to tell" in text
    send(analyst, *step, "start_check")
    refused = send(analyst, *step, "sign_worked", words="seen")
    assert refused.status_code == 422
    assert "2 periods since the action are too few to tell" in words(refused.content.decode())
    assert status_of(doer, "indicators:quality-case-step", case.pk, "sign_worked") == 422


def test_cases_are_listed_filtered_and_exported_at_a_fixed_cost(quality: Quality, analyst: Client) -> None:
    quality.raised()
    case = quality.owned(quality.opened())
    text = words(page_of(analyst, "indicators:quality-cases"))
    assert case.code in text
    assert "has an owner" in text
    few = queries_for(analyst, "indicators:quality-cases")
    for number in range(12):
        QualityCase.objects.create(
            code=f"MORE-{number}", node=quality.shan, indicator=f"gone-{number}", period="month",
            signal_start=case.signal_start, side="high", rule="shift", opened_on=case.opened_on,
        )  # fmt: skip
    assert queries_for(analyst, "indicators:quality-cases") == few
    assert case.code not in words(page_of(analyst, "indicators:quality-cases", waiting="late"))
    assert case.code in words(page_of(client_of(quality.owner), "indicators:quality-cases", waiting="mine"))
    assert case.code in words(page_of(analyst, "indicators:quality-cases", indicator=MINUTES))
    response = analyst.get(reverse("indicators:quality-cases"), {"export": "csv"})
    assert case.code in response.content.decode("utf-8-sig")


def test_the_page_of_an_institution_lists_its_cases(quality: Quality) -> None:
    quality.raised()
    case = quality.opened()
    text = page_of(client_of(quality.owner), "registry:institution-detail", quality.shan.pk)
    assert case.code in text


def test_the_funnel_says_who_lies_outside_and_ranks_nobody(quality: Quality, analyst: Client) -> None:
    county = quality.scene.county
    sizes = {
        "V1": (50, 500),
        "V2": (48, 500),
        "V3": (52, 500),
        "V4": (10, 100),
        "V5": (150, 500),
        "V6": (1, 8),
        "V7": (50, 510),
    }
    for code, figures in sizes.items():
        keep(make_institution(code, f"样例{code}", "general_hospital", county).node, [figures], SHARE)
    html = page_of(analyst, "indicators:funnel", code=SHARE)
    text = words(html)
    assert "too few cases to say anything" in text
    assert "makes no ranks and cannot be sorted by the value" in text
    assert "data-small-table" not in html
    assert "Expected by chance" in text
    by_size = page_of(analyst, "indicators:funnel", code=SHARE, sort="size")
    table = by_size[by_size.index("<tbody>") :]
    assert table.index("样例V7") < table.index("样例V4") < table.index("样例V6")
    as_by_value = page_of(analyst, "indicators:funnel", code=SHARE, sort="value")
    assert [as_by_value.index(f">样例V{at}<") for at in range(1, 8)] == sorted(
        as_by_value.index(f">样例V{at}<") for at in range(1, 8)
    )


def test_a_funnel_of_several_months_leaves_out_whoever_misses_one(quality: Quality, analyst: Client) -> None:
    county = quality.scene.county
    for code in ("V1", "V2", "V3"):
        keep(make_institution(code, f"样例{code}", "general_hospital", county).node, [(5, 50), (6, 60)], SHARE)
    keep(make_institution("V4", "样例V4", "general_hospital", county).node, [None, (6, 60)], SHARE)
    text = words(page_of(analyst, "indicators:funnel", code=SHARE, span=3))
    assert "A funnel compares three units or more" in text, "nobody has three months"
    assert "样例V4" in words(page_of(analyst, "indicators:funnel", code=SHARE))


def test_without_settled_values_the_pages_say_what_is_missing(quality: Quality, analyst: Client) -> None:
    assert "Charts are made of sheets that were accepted or locked." in page_of(analyst, "indicators:charts")
    assert "A funnel needs events" in page_of(analyst, "indicators:funnel")
    assert status_of(analyst, "indicators:chart", "no-such-indicator", quality.shan.pk) == 404


CASE = {
    "code": "QC-1", "unit_code": "SHAN", "indicator_code": MINUTES, "period": "2024-05", "side": "high",
    "rule": "shift", "state": "owned", "opened_on": "2024-06-10", "owner_words": "head of the clinic",
    "due_on": "2024-07-01",
}  # fmt: skip


def table_of(*rows: dict[str, str]) -> str:
    names = list(rows[0])
    return "\n".join([",".join(names), *(",".join(row[name] for name in names) for row in rows)])


def refused(quality: Quality, kind: str, row: dict[str, str]) -> str:
    return only_reason(preview_of(quality.analyst, kind, table_of(row)))


def test_cases_come_in_and_go_out_as_a_table_but_no_signed_check(quality: Quality) -> None:
    context = acting_as(quality.analyst)
    load(context, "quality_cases", table_of(CASE))
    case = QualityCase.objects.get(code="QC-1")
    assert (case.state, case.owner_words, case.node_id) == ("owned", "head of the clinic", quality.shan.pk)
    assert [event.step for event in case.events.all()] == ["import"]
    (line,) = table_kind("quality_cases").export(quality.analyst)
    assert {name: str(line[name]) for name in CASE} == CASE
    for change, told in (
        ({"code": "QC-2", "side": "low", "state": "worked"}, "a table does not sign"),
        ({"code": "QC-3"}, "is open already"),
        ({"code": "QC-4", "side": "low", "due_on": ""}, "needs due_on"),
        ({"code": "QC-5", "side": "low", "indicator_code": "nothing"}, "no indicator"),
        ({"due_on": "2024-08-01"}, "under way here"),
    ):
        assert told in refused(quality, "quality_cases", {**CASE, **change}), change


def test_actions_come_in_with_their_evidence_and_checks_only_from_the_installer(quality: Quality) -> None:
    load(acting_as(quality.analyst), "quality_cases", table_of(CASE))
    action = {
        "case_code": "QC-1",
        "number": "1",
        "what": "open the room",
        "owner_words": "matron",
        "due_on": "2024-07-01",
    }
    load(acting_as(quality.analyst), "quality_actions", table_of(action))
    assert QualityAction.objects.get().is_open
    late = {**action, "number": "2", "done_on": "2024-07-01"}
    assert "needs evidence" in refused(quality, "quality_actions", late)
    check = {
        "case_code": "QC-1", "checked_on": "2025-03-01", "verdict": "worked", "finding": "better", "points": "8",
        "words": "seen", "signed_by": "somebody",
    }  # fmt: skip
    assert "does not sign" in refused(quality, "quality_checks", check)
    load(as_service(), "quality_checks", table_of(check))
    assert QualityCase.objects.get().checks.get().signed_by == "somebody"
