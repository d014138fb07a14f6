"""Items of readiness on record: loaded from a table, scored by the methods of SARA, held against thresholds."""

from __future__ import annotations

import datetime
import json

import pytest
from click.testing import CliRunner

from lianyi.cli import main
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.imports.running import preview_table
from lianyi.survey.models import ReadinessItem
from lianyi.survey.readiness import ReadinessStanding, people_wanted
from lianyi.survey.readiness_queries import assessments_of, latest_assessments
from lianyi.survey.rulebook import thresholds_on
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of, queries_for
from tests.registry.pages import text_of
from tests.registry.tables import load, preview, reasons, table
from tests.survey.work import GENERAL, NEWBORN, item
from tests.survey.world import County, page, reader

LIST_QUERIES = 16
TODAY = datetime.date(2026, 11, 22)


def test_general_readiness_is_the_mean_of_the_domains_not_of_the_items(county: County):
    load("readiness_items", *GENERAL)
    [found] = latest_assessments(county.viewer)
    assert [round(each.share * 100, 2) for each in found.domains] == [71.43, 83.33, 88.89, 50.0, 85.71]
    assert round(found.share * 100, 2) == 75.87
    assert (found.present, found.assessed, found.standing) == (34, 44, ReadinessStanding.NO_THRESHOLD)


def test_a_service_is_held_against_the_threshold_of_the_day(county: County):
    load("readiness_items", *NEWBORN)
    [found] = latest_assessments(county.viewer)
    assert (found.share, found.least, found.present, found.assessed) == (0.4, 0.8, 2, 5)
    assert found.standing is ReadinessStanding.BELOW
    wanted = people_wanted(found, thresholds_on(TODAY))
    assert {people: [each.item for each in items] for people, items in wanted.items()} == {
        ("doctor", "07"): ["新生儿专科医师", "新生儿复苏培训"],
        ("", ""): ["新生儿诊疗规范"],
    }


def test_a_domain_that_was_not_assessed_leaves_the_index_open(county: County):
    load("readiness_items", *GENERAL[:7], item("", "staff", "全科医师", ""))
    [found] = latest_assessments(county.viewer)
    assert (found.share, found.standing) == (None, ReadinessStanding.UNKNOWN)
    assert people_wanted(found, thresholds_on(TODAY)) == {}


def test_the_last_assessment_counts_whole_and_the_earlier_ones_are_kept(county: County):
    load("readiness_items", *NEWBORN)
    later = [{**each, "available": "是", "assessed_on": "2026-09-01"} for each in NEWBORN[:4]]
    load("readiness_items", *later)
    [found] = latest_assessments(county.viewer)
    assert (found.share, found.assessed_on, found.standing) == (1.0, datetime.date(2026, 9, 1), ReadinessStanding.READY)
    assert [each.share for each in assessments_of(county.viewer, county.scene.shan)] == [1.0, 0.4]
    text = text_of(reader().get(page("readiness-of", county.scene.shan.pk)))
    assert "Earlier assessments" in text
    assert "2026-03-02 40.0 % 80 % 2 of 5 below the threshold" in text


def test_the_pages_show_what_is_not_there_and_who_is_wanted(county: County):
    load("readiness_items", *GENERAL, *NEWBORN)
    text = text_of(reader().get(page("readiness", place="512000")))
    assert "Institutions assessed 1 Assessments 2 Below the threshold 1" in text
    assert "Newborn care 2026-03-02 40.0 % 80 % 2 of 5 below the threshold" in text
    assert "General readiness 2026-03-02 75.9 % — 34 of 44 no threshold" in text
    assert "no source found" in text
    page_of_one = text_of(reader().get(page("readiness-of", county.scene.shan.pk)))
    assert "Newborn care Staff 新生儿专科医师 not there Licensed doctor · Paediatrics 样例" in page_of_one
    assert "表面活性物质 not assessed" in page_of_one
    assert "general readiness" not in text_of(reader().get(page("readiness", place="512000002"))).lower()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (item("", "", "电力", "是"), "readiness-of-something"),
        (item("", "amenities", "电力", "是", institution_code="XXXX"), "not-in-reach"),
        (item("", "amenities", "电力", "是", assessed_on="2199-01-01"), "not-on-record-yet"),
        (item("", "staff", "医师", "否", specialty="99"), "unknown-specialty"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(county: County, row, reason):
    assert reasons(preview("readiness_items", row)) == {2: [reason]}


@pytest.mark.parametrize(("column", "given"), [("available", "也许"), ("domain", "kitchen"), ("service", "singing")])
def test_a_word_that_is_no_answer_is_refused(county: County, column, given):
    assert list(reasons(preview("readiness_items", {**NEWBORN[0], column: given}))) == [2]
    assert not ReadinessItem.objects.exists()


def test_an_export_reads_back_as_unchanged(county: County):
    load("readiness_items", *GENERAL, *NEWBORN)
    steward = actor_for("steward", county.place.pk, "registry_steward")
    content = export_table(steward, "readiness_items", "xlsx", "zh-hans")
    found = preview_table(steward, "readiness_items", content, "items.xlsx", "zh-hans")
    assert found.counts[RowAction.UNCHANGED] == len(GENERAL) + len(NEWBORN), reasons(found)


def test_one_file_serves_the_site_and_the_command(county: County, tmp_path):
    rows = [
        {("facility" if name == "institution_code" else name): value for name, value in each.items()}
        for each in GENERAL
    ]
    load("readiness_items", *rows)
    [found] = latest_assessments(county.viewer)
    for name, given in (("facility", rows), ("institution_code", GENERAL)):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(table(*given))
        answer = CliRunner().invoke(main, ["survey", "readiness", str(path), "--json"])
        assert answer.exit_code == 0, answer.output
        [facility] = json.loads(answer.stdout)["facilities"]
        assert (facility["facility"], facility["index"]) == ("SHAN", pytest.approx(found.share))


def test_an_outsider_reads_nothing_of_it(county: County):
    load("readiness_items", *GENERAL)
    stranger = actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    assert latest_assessments(stranger) == []
    assert client_of(stranger).get(page("readiness-of", county.scene.shan.pk)).status_code == 404
    assert "山县人民医院" not in text_of(client_of(stranger).get(page("readiness", place="512000")))
    steward = actor_for("steward", county.scene.outside.pk, "registry_steward")
    assert reasons(preview("readiness_items", GENERAL[0], actor=steward)) == {2: ["not-in-reach"]}


@pytest.mark.parametrize("services", [1, 8])
def test_the_list_asks_a_fixed_number_of_queries(county: County, services):
    for code in ("newborn_care", "haemodialysis", "vaccination", "pathology", "ct_24h", "remote_ecg", "", "trauma_24h")[
        :services
    ]:
        load("readiness_items", *({**each, "service": code} for each in NEWBORN))
    client = client_of(county.viewer)
    client.get(page("readiness"))
    assert queries_for(client, "survey:readiness") <= LIST_QUERIES
