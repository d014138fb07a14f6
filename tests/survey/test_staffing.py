"""The work of cadres on record: loaded from tables, held against staff by WISN, shown step by step."""

from __future__ import annotations

import csv
import io

import pytest

from lianyi.accounts.models import AuditEvent
from lianyi.registry import commands as registry
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.imports.running import preview_table
from lianyi.survey.models import CadreWorkload, WorkloadComponent
from lianyi.survey.staffing import StaffingStanding, Unknown
from lianyi.survey.staffing_queries import latest_staffing, staffing_of, years_of
from tests.cast import actor_for, as_service, make_department
from tests.dispatch.page_parts import client_of, queries_for
from tests.registry.pages import text_of
from tests.registry.tables import counts, load, preview, reasons
from tests.survey.work import MIDWIVES, WORK, component, load_midwives
from tests.survey.world import County, page, reader

LIST_QUERIES = 18
TABLES = ("cadre_workloads", "workload_components")


def test_midwives_of_the_published_example_need_one_more(county: County):
    load_midwives()
    [found] = latest_staffing(county.viewer)
    assert (found.existing, found.rounded, found.missing, found.standing) == (2, 3, 1, StaffingStanding.SHORT)
    assert found.required == pytest.approx(2.88873, abs=5e-6)
    assert (found.difference, found.ratio) == (pytest.approx(-0.88873, abs=5e-6), pytest.approx(0.6923, abs=5e-5))
    assert AuditEvent.objects.filter(action="survey.cadre_workload.import").count() == 1
    assert AuditEvent.objects.filter(action="survey.workload_component.import").count() == len(WORK)


def test_a_clinic_of_eight_hour_days_needs_eighteen_and_a_half(county: County):
    """Human Resources for Health 15 (2017) s12960-017-0186-3, table 3: 100,000 visits of a quarter of an hour."""
    cadre = {**MIDWIVES, "existing_staff": 18, "days_per_week": "4.5", "public_holidays": 10, "annual_leave": 30}
    load("cadre_workloads", {**cadre, "sick_leave": 15, "other_absence": 0})
    visits = component("activity", "门诊", 4, "per_hour", volume=100_000)
    load("workload_components", visits, component("support", "会议与培训", 80, "hours_per_year"))
    [found] = latest_staffing(county.viewer)
    assert found.found is not None
    assert found.found.basic_staff == pytest.approx(17.46, abs=0.005)
    assert found.required == pytest.approx(18.49, abs=0.005)
    assert (found.rounded, found.missing) == (18, 0)


def test_a_volume_is_taken_from_the_yearly_workload_and_a_missing_one_is_no_zero(county: County):
    load("cadre_workloads", MIDWIVES)
    load("workload_components", component("activity", "分娩", 99, "minutes", measure="deliveries"))
    [found] = latest_staffing(county.viewer)
    assert (found.found, found.unknown, found.measures_missing) == (None, Unknown.NO_VOLUME, ("deliveries",))
    assert "The yearly workload is not on record: deliveries." in text_of(reader().get(page("staffing")))
    unit = make_department(county.scene.shan, "OG", "产科", "05")
    new = registry.NewWorkload(2025, "deliveries", 6000, department=unit)
    registry.set_workload(as_service(), county.scene.shan, new)
    [found] = latest_staffing(county.viewer)
    assert found.required == pytest.approx(6000 * 1.65 / 1696)
    registry.set_workload(as_service(), county.scene.shan, registry.NewWorkload(2025, "deliveries", 300))
    [found] = latest_staffing(county.viewer)
    assert found.required == pytest.approx(300 * 1.65 / 1696)


def test_a_cadre_without_activities_or_without_time_left_says_so(county: County):
    load("cadre_workloads", MIDWIVES)
    [found] = latest_staffing(county.viewer)
    assert (found.unknown, found.standing) == (Unknown.NO_ACTIVITY, StaffingStanding.UNKNOWN)
    load("workload_components", *WORK, component("support", "其他", 8, "hours_per_day"))
    [found] = latest_staffing(county.viewer)
    assert (found.required, found.unknown) == (None, Unknown.NO_TIME_LEFT)
    text = text_of(reader().get(found.workload.get_absolute_url()))
    assert "Support activities take all working time; correct their times." in text


def test_the_last_year_of_a_cadre_counts_and_the_others_stand_on_its_page(county: County):
    load_midwives(year=2024, existing_staff=1)
    load_midwives()
    make_department(county.scene.shan, "OG", "产科", "05")
    load("cadre_workloads", {**MIDWIVES, "department_code": "OG", "year": 2023})
    found = latest_staffing(county.viewer)
    assert [(each.workload.department_id is None, each.workload.year) for each in found] == [
        (True, 2025),
        (False, 2023),
    ]
    row = CadreWorkload.objects.get(year=2025)
    assert [each.workload.year for each in years_of(county.viewer, row)] == [2025, 2024]
    text = text_of(reader().get(row.get_absolute_url()))
    assert "2024 1 2.89 3 -1.89 0.35" in text


def test_the_page_of_a_region_shows_the_largest_shortage_first_and_its_file_has_the_same(county: County):
    load_midwives()
    load("cadre_workloads", {**MIDWIVES, "institution_code": "T1", "cadre": "医师", "profession": "doctor"})
    load(
        "workload_components",
        {**component("activity", "门诊", 1, "hours", volume=16_960), "institution_code": "T1", "cadre": "医师"},
    )
    text = text_of(reader().get(page("staffing", place="512000")))
    assert "Cadres counted 2 Cadres short of staff 2 People missing 9" in text
    assert text.index("东镇卫生院") < text.index("山县人民医院")
    answer = reader().get(page("staffing", place="512000", table="cadres", export="csv"))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["东镇卫生院", "山县人民医院"]
    assert "东镇卫生院" not in text_of(reader().get(page("staffing", place="512000002")))


def test_the_page_of_a_cadre_shows_every_step(county: County):
    load_midwives()
    row = CadreWorkload.objects.get()
    text = text_of(reader().get(row.get_absolute_url()))
    assert "Existing 2 Required 2.89 In whole persons 3 Difference -0.89 Ratio 0.69" in text
    assert "1,696.0 hours a year" in text
    assert "2.24 × 1.2320 + 0.1321 = 2.89" in text
    assert "产前检查 4,000 39 minutes for each 2,609.2 1.53" in text
    assert "5 days of 8 hours, 52 weeks a year" in text
    chinese = text_of(reader(language="zh-hans").get(row.get_absolute_url()))
    assert "助产士" in chinese


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        ("cadre_workloads", {**MIDWIVES, "institution_code": "XXXX"}, "not-in-reach"),
        ("cadre_workloads", {**MIDWIVES, "department_code": "XXXX"}, "not-in-reach"),
        ("cadre_workloads", {**MIDWIVES, "year": 2199}, "not-on-record-yet"),
        ("cadre_workloads", {**MIDWIVES, "annual_leave": 300}, "no-working-time"),
        ("cadre_workloads", {**MIDWIVES, "specialty": "99"}, "unknown-specialty"),
        ("workload_components", component("activity", "分娩", 99, "minutes"), "volume-of-activity"),
        (
            "workload_components",
            component("activity", "分娩", 99, "minutes", volume=3, measure="deliveries"),
            "volume-of-activity",
        ),
        ("workload_components", component("support", "例会", 2, "hours_per_week", volume=3), "volume-of-activity"),
        ("workload_components", component("activity", "分娩", 99, "percent", volume=3), "unit-of-kind"),
        ("workload_components", component("additional", "带教", 5, "percent"), "unit-of-kind"),
        ("workload_components", component("support", "例会", 2, "hours_per_week", staff=2), "staff-of-additional"),
        ("workload_components", {**component("support", "例会", 2, "hours_per_week"), "cadre": "护士"}, "not-in-reach"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(county: County, kind, row, reason):
    load("cadre_workloads", MIDWIVES)
    assert reasons(preview(kind, row)) == {2: [reason]}


def test_a_broken_file_loads_nothing(county: County):
    load("cadre_workloads", MIDWIVES)
    bad = component("support", "例会", "many", "hours_per_week")
    assert list(reasons(preview("workload_components", WORK[0], bad))) == [3]
    twice = preview("workload_components", WORK[0], WORK[0])
    assert set(reasons(twice)) == {2, 3}
    assert not WorkloadComponent.objects.exists()


def test_steward_loads_for_the_own_place_only(county: County):
    steward = actor_for("steward", county.place.pk, "registry_steward")
    outsider = actor_for("outsider", county.scene.outside.pk, "registry_steward")
    assert reasons(preview("cadre_workloads", MIDWIVES, actor=outsider)) == {2: ["not-in-reach"]}
    assert counts(load("cadre_workloads", MIDWIVES, actor=steward)) == (1, 0, 0, 0)
    assert counts(load("cadre_workloads", {**MIDWIVES, "existing_staff": 3}, actor=steward)) == (0, 1, 0, 0)
    assert counts(load("cadre_workloads", {**MIDWIVES, "existing_staff": 3}, actor=steward)) == (0, 0, 1, 0)


def test_an_export_reads_back_as_unchanged(county: County):
    load_midwives()
    load("workload_components", component("activity", "剖宫产", 2, "hours", measure="operations"))
    steward = actor_for("steward", county.place.pk, "registry_steward")
    for kind, rows in zip(TABLES, (1, len(WORK) + 1), strict=True):
        content = export_table(steward, kind, "xlsx", "zh-hans")
        found = preview_table(steward, kind, content, f"{kind}.xlsx", "zh-hans")
        assert found.counts[RowAction.UNCHANGED] == rows, reasons(found)


def test_what_an_outsider_asks_for_is_not_there(county: County):
    load_midwives()
    row = CadreWorkload.objects.get()
    stranger = actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    assert latest_staffing(stranger) == []
    assert client_of(stranger).get(row.get_absolute_url()).status_code == 404
    assert "助产士" not in text_of(client_of(stranger).get(page("staffing", place="512000")))
    office = actor_for("office", county.scene.shan.pk, "supported_office")
    assert staffing_of(office, row.pk).missing == 1


@pytest.mark.parametrize("cadres", [1, 8])
def test_the_list_asks_a_fixed_number_of_queries(county: County, cadres):
    for at in range(cadres):
        load("cadre_workloads", {**MIDWIVES, "cadre": f"样例岗位{at}"})
        load("workload_components", {**WORK[0], "cadre": f"样例岗位{at}"})
    client = client_of(county.viewer)
    client.get(page("staffing"))
    assert queries_for(client, "survey:staffing") <= LIST_QUERIES
