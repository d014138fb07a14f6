"""The pages of performance assessments: list, scores line by line, steps, both scores, paper, schemes, tables."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.indicators.commands import performance as commands
from lianyi.indicators.models import PerformanceAssessment
from lianyi.indicators.performance_checks import FindingEntry
from lianyi.indicators.performance_machine import Party
from lianyi.indicators.performance_snapshot import snapshot_of
from lianyi.registry.imports.kinds import table_kind
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.indicators.performance_story import ALLIANCE, CHEST, COUNTY, Assessing, assessing, in_days

pytestmark = pytest.mark.django_db
ROUNDS = "code,scheme,institution_code,agreement_code,period_from,period_to,state,note,provenance\n"
SCORES = "assessment_code,item,side,grade,value,out_of,attained,reason\n"


@pytest.fixture
def story(scene: Scene) -> Assessing:
    return assessing(scene)


@pytest.fixture
def office(story: Assessing) -> Client:
    return client_of(story.scene.office_shan)


def take(client: Client, row: PerformanceAssessment, name: str, **fields: object) -> None:
    row.refresh_from_db()
    response = send(client, "indicators:performance-step", row.pk, name, expected_version=row.version, **fields)
    assert response.status_code == 302, words(response.content.decode())[:3000]


def test_a_round_is_played_from_self_score_to_frozen(story: Assessing, office: Client) -> None:
    response = send(
        office, "indicators:performance-new", institution="SHAN", scheme=ALLIANCE, agreement=story.agreement.pk,
        period_from="2024-01-01", period_to="2024-12-31", due_on="2024-03-01",
    )  # fmt: skip
    row = PerformanceAssessment.objects.get()
    assert response.url == row.get_absolute_url()
    assert "1 Performance assessment to self-score" in words(page_of(office, "home"))
    version = version_in(page_of(office, "indicators:performance-scores", row.pk, "assessed"))
    sent = {"g-plan": "full", "g-charter": "full", "v-primary-members": "1", "v-other-members": "5",
            "o-other-members": "6", "v-primary-share": "61%", "expected_version": version}  # fmt: skip
    assert send(office, "indicators:performance-scores", row.pk, "assessed", **sent).status_code == 302
    evidence = {"what": "样例章程第三条", "holder": "县医院帮扶办", "items": ["charter", "plan"], "agreement": "on"}
    assert send(office, "indicators:performance-evidence-new", row.pk, **evidence).status_code == 302
    text = words(page_of(office, "indicators:performance", row.pk))
    assert "12.67 of 14 points" in text
    assert "12.67 to 22.67 of 24 once nothing is missing" in text
    assert "points unknown, shown and not scored" in text
    assert "61 % entered by a person" in text
    for name in ("self_score", "submit"):
        take(office, row, name)
    scorer, answerer = client_of(story.scorer), client_of(story.answerer)
    agreed = {f"agree-{item}": "on" for item in ("plan", "primary-members", "other-members", "primary-share")}
    page = page_of(scorer, "indicators:performance-scores", row.pk, "outside")
    scored = {**agreed, "g-charter": "half", "expected_version": version_in(page)}
    refused = send(scorer, "indicators:performance-scores", row.pk, "outside", **scored)
    assert refused.status_code == 422
    assert "Give the reason in words" in words(refused.content.decode())
    scored["r-charter"] = "没有执行记录"
    assert send(scorer, "indicators:performance-scores", row.pk, "outside", **scored).status_code == 302
    take(scorer, row, "score")
    take(scorer, row, "open", objections_until=in_days(10))
    text = words(page_of(scorer, "indicators:performance-compare", row.pk))
    assert "1 item is scored differently from outside" in text
    send(office, "indicators:performance-objection-new", row.pk, "charter", text="执行记录在帮扶办")
    objection = row.objections.get()
    assert "Answer" not in words(page_of(scorer, "indicators:performance", row.pk)).split("What happened")[0]
    answer = {"answer": "upheld", "text": "已核对", "grade": "full", "expected_version": objection.version}
    assert send(answerer, "indicators:performance-objection-answer", objection.pk, **answer).status_code == 302
    take(office, row, "accept")
    take(answerer, row, "finish")
    take(answerer, row, "freeze", purpose="money")
    row.refresh_from_db()
    text = words(page_of(office, "indicators:performance", row.pk))
    assert row.snapshot_sha256 in text
    assert "gives the same result when it is scored again" in text
    assert "No place is told: 0 complete frozen rounds" in text
    assert row.state == "frozen"


def test_a_wrong_line_is_told_at_its_line_and_nothing_typed_is_lost(story: Assessing, office: Client) -> None:
    row = story.begun()
    version = version_in(page_of(office, "indicators:performance-scores", row.pk, "assessed"))
    sent = {"g-plan": "full", "r-plan": "有方案三份", "v-primary-members": "viele", "v-other-members": "7",
            "o-other-members": "6", "expected_version": version}  # fmt: skip
    response = send(office, "indicators:performance-scores", row.pk, "assessed", **sent)
    text = words(response.content.decode()).replace("&#x27;", "'")
    assert response.status_code == 422
    assert "'viele' is no number" in text
    assert "有方案三份" in response.content.decode()
    sent["v-primary-members"] = "0.5"
    text = words(send(office, "indicators:performance-scores", row.pk, "assessed", **sent).content.decode())
    assert "0.5 is no whole number" in text
    assert "7 is more than 6, of which it is a part" in text
    assert not row.findings.exists()


def test_a_measure_is_typed_with_its_cases_and_grades_show_a_verdict(story: Assessing, office: Client) -> None:
    row = story.begun(CHEST)
    version = version_in(page_of(office, "indicators:performance-scores", row.pk, "assessed"))
    sent = {"v-ecg": "4.8", "a-ecg": "80", "o-ecg": "100", "g-ecg": "stable", "v-troponin": "25",
            "expected_version": version}  # fmt: skip
    assert send(office, "indicators:performance-scores", row.pk, "assessed", **sent).status_code == 302
    text = words(page_of(office, "indicators:performance", row.pk))
    assert "4.8 min · 80 of 100 cases within the limit · stable" in text
    assert "Items that must be passed and are not: 4." in text
    county = story.begun(COUNTY)
    story.own(county, {"lead": "A", "powers": "C"})
    text = words(page_of(office, "indicators:performance", county.pk))
    assert "A 1 · B 0 · C 1 · not judged 9 · By its grades not: tight" in text


def test_lists_papers_and_schemes_open_and_a_list_costs_the_same_for_many_rounds(
    story: Assessing, office: Client
) -> None:
    row = story.frozen()
    assert office.get(reverse("indicators:performance-pdf", args=[row.pk])).content.startswith(b"%PDF")
    paper = words(page_of(office, "indicators:performance-paper", row.pk))
    assert row.snapshot_sha256 in paper
    assert "已核对执行记录" in paper
    text = words(page_of(office, "indicators:performance-schemes"))
    assert "proposal without a source" in text
    assert "at least 7 A and at most 0 C" in text
    story.begun(COUNTY)
    one = queries_for(office, "indicators:performances")
    for year in range(2019, 2024):
        story.begun(period_from=day(f"{year}-01-01"), period_to=day(f"{year}-12-31"))
    assert queries_for(office, "indicators:performances") == one
    waiting = words(page_of(office, "indicators:performances", waiting="self"))
    assert "PA0007" in waiting
    assert row.code not in waiting
    assert office.get(reverse("indicators:performance-compare", args=[row.pk]), {"export": "xlsx"}).status_code == 200


def test_outsiders_and_the_wrong_side_find_no_door(story: Assessing) -> None:
    row = story.submitted()
    stranger, viewer = client_of(story.scene.office_lin), client_of(story.scene.office_jia)
    assert status_of(stranger, "indicators:performance", row.pk) == 404
    assert status_of(viewer, "indicators:performance", row.pk) == 200
    assert status_of(viewer, "indicators:performance-scores", row.pk, "assessed") == 403
    assert status_of(viewer, "indicators:performance-scores", row.pk, "outside") == 403


def test_self_scores_come_in_from_a_table_with_an_error_for_each_wrong_row(story: Assessing) -> None:
    office = story.scene.office_shan
    line = f"R1,{ALLIANCE},SHAN,PERF,2024-01-01,2024-12-31,,样例,recorded\n"
    load(acting_as(office), "performance_assessments", ROUNDS + line)
    good = "R1,plan,self,full,,,,有方案\nR1,other-members,self,,5,6,,\n"
    run = load(acting_as(office), "performance_findings", SCORES + good)
    assert (run.rows_created, run.rows_refused) == (2, 0)
    row = PerformanceAssessment.objects.get(code="R1")
    assert row.findings.get(item="other-members").out_of == 6
    for bad, reason in (
        ("R1,plan,outside,half,,,,不同意\n", "self-scores only"),
        ("R1,nothing,self,full,,,,\n", "no item"),
        ("R1,other-members,self,,9,6,,\n", "is more than 6"),
        ("R1,sent-down,self,,19,,,\n", "records of duties give this number"),
        ("R1,plan,self,A,,,,\n", "is no finding of this item"),
    ):
        assert reason in only_reason(preview_of(office, "performance_findings", SCORES + bad))
    text = ROUNDS + line.replace(",,样例", ",final,样例")
    assert "drafts only" in only_reason(preview_of(office, "performance_assessments", text))
    other = ROUNDS + line.replace("R1", "R2").replace("PERF", "")
    assert "may not begin" in only_reason(preview_of(story.scene.office_jia, "performance_assessments", other))


def test_what_is_exported_reads_back_unchanged(story: Assessing) -> None:
    row = story.own(story.begun())
    kind = table_kind("performance_findings")
    lines = list(kind.export(story.scene.office_shan))
    assert {line["assessment_code"] for line in lines} == {row.code}
    header = ",".join(column.name for column in kind.columns)
    body = "\n".join(
        ",".join("" if line.get(column.name) is None else str(line[column.name]) for column in kind.columns)
        for line in lines
    )
    preview = preview_of(story.scene.office_shan, "performance_findings", f"{header}\n{body}\n")
    assert [plan.action.value for plan in preview.plans] == ["unchanged"] * len(lines)


def test_few_patients_are_hidden_from_who_reads_no_cases_and_kept_in_full(story: Assessing) -> None:
    row = story.begun(CHEST)
    entries = [
        FindingEntry("ecg", "improving", Decimal(4), Decimal(40), 37),
        FindingEntry("ecg-sent", "improving", Decimal("0.4")),
    ]
    commands.save_findings(acting_as(story.scene.office_shan), row, Party.ASSESSED, entries, row.version)
    reader = actor_for("shan-referrals", story.scene.shan.pk, "referral_coordinator")
    for actor, word in ((story.scorer, "too few cases to be shown"), (reader, "37 of 40 cases within the limit")):
        for name in ("performance", "performance-compare", "performance-paper"):
            assert word in words(page_of(client_of(actor), f"indicators:{name}", row.pk)), (actor.role, name)
    assert row.findings.get(item="ecg").attained == 37


def test_few_patients_transferred_back_are_told_as_few_and_the_snapshot_keeps_their_number(story: Assessing) -> None:
    row = story.submitted()
    row.findings.create(item="sent-back", side="self", value=3, user_id=story.scorer.user_id)
    text = words(page_of(client_of(story.scorer), "indicators:performance-scores", row.pk, "outside"))
    assert "fewer than 5 patients, not shown" in text
    assert snapshot_of(row, "money")["findings"][-1]["value"] == "3"
    export = table_kind("performance_findings").export
    reader = actor_for("shan-coordinator", story.scene.shan.pk, "referral_coordinator")
    assert [item in {each["item"] for each in export(reader)} for item in ("plan", "sent-back")] == [True, True]
    assert [item in {each["item"] for each in export(story.scorer)} for item in ("plan", "sent-back")] == [True, False]
