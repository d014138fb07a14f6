from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from lianyi.accounts.actors import service_actor
from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent, OrganisationNode, ReadEvent
from lianyi.registry import commands
from lianyi.registry.errors import ImportRefusedError, UnknownFileInFolderError, UnknownTableKindError
from lianyi.registry.imports.exporting import export_table, template_of
from lianyi.registry.imports.kinds import RowAction, table_kinds
from lianyi.registry.imports.running import import_folder, import_table, preview_table, read_source
from lianyi.registry.models import (
    BedCount,
    Department,
    DepartmentStatusChange,
    Equipment,
    ImportRun,
    Institution,
    Place,
    PlacePopulation,
    PlaceSuccession,
    RegistryEvent,
    ServiceOffered,
    Staff,
    StaffUnavailability,
    YearlyWorkload,
)
from lianyi.tabular.errors import TableFileError, TableHeaderError
from lianyi.tabular.reading import read_tables
from tests.registry.factories import acting, context, make_institution, make_region
from tests.registry.tables import counts, load, preview, reasons, table

pytestmark = pytest.mark.django_db

PLACES = (
    {"code": "441302001", "name_zh": "样例街道", "level": "township", "parent_code": "441302"},
    {"code": "441302", "name_zh": "样例区", "level": "县级", "parent_code": "4413"},
    {"code": "44", "name_zh": "样例省", "level": "province", "valid_from": "1949-10-01"},
    {"code": "4413", "name_zh": "样例市", "level": "prefecture", "parent_code": "44"},
)
INSTITUTIONS = (
    {"code": "B1", "name_zh": "样例分院", "kind": "medical_sub_centre", "place_code": "441302", "parent_code": "A1"},
    {
        "code": "A1",
        "name_zh": "样例人民医院",
        "kind": "综合医院",
        "place_code": "441302",
        "tier": "三级",
        "grade": "甲等",
        "longitude": "114.41",
        "latitude": "23.11",
        "coordinate_system": "gcj02",
        "opened_on": "1951-03-01",
    },
    {"code": "V1", "name_zh": "样例村卫生室", "kind": "village_clinic", "place_code": "441302001", "parent_code": "B1"},
)
TABLES: dict[str, tuple[dict[str, Any], ...]] = {
    "places": PLACES,
    "place_populations": (
        {"place_code": "44", "year": 2020, "persons": 126012510},
        {"place_code": "44", "year": 2020, "group": "aged_65_plus", "persons": 10812000},
    ),
    "institutions": INSTITUTIONS,
    "departments": (
        {"institution_code": "A1", "code": "S", "name_zh": "外科", "specialty": "04", "status": "established"},
        {"institution_code": "A1", "code": "N", "name_zh": "神经外科", "specialty": "4.02"},
    ),
    "department_status_changes": (
        {"institution_code": "A1", "department_code": "S", "since": "2019-01-01", "status": "weak"},
        {"institution_code": "A1", "department_code": "S", "since": "2022-01-01", "status": "key"},
    ),
    "staff": (
        {
            "institution_code": "A1",
            "code": "001",
            "name_zh": "样例甲",
            "department_code": "S",
            "profession": "doctor",
            "title_rank": "正高级",
            "specialty": "04",
        },
    ),
    "staff_unavailabilities": (
        {
            "institution_code": "A1",
            "staff_code": "001",
            "starts_on": "2024-02-01",
            "ends_on": "2024-02-09",
            "kind": "leave",
        },
    ),
    "bed_counts": (
        {"institution_code": "A1", "bed_type": "general", "counted_at": "2024-05-01", "beds_open": 500},
        {
            "institution_code": "A1",
            "department_code": "S",
            "bed_type": "icu",
            "counted_at": "2024-05-01 08:30",
            "beds_open": 10,
            "beds_occupied": 12,
            "source": "加床",
        },
    ),
    "services": ({"institution_code": "A1", "service": "primary_pci_24h", "is_24_hours": "是", "capacity": "full"},),
    "equipment": ({"institution_code": "A1", "equipment_kind": "ct", "units": 3, "counted_at": "2024-05-01"},),
    "yearly_workloads": (
        {"institution_code": "A1", "year": 2023, "measure": "operations", "quantity": 9000},
        {"institution_code": "A1", "department_code": "S", "year": 2023, "measure": "operations", "quantity": 900},
    ),
}
MODELS: tuple[type[Model], ...] = (
    *(Place, PlacePopulation, PlaceSuccession, Institution, Department, DepartmentStatusChange, Staff),
    *(StaffUnavailability, BedCount, ServiceOffered, Equipment, YearlyWorkload),
)


def load_all() -> dict[str, ImportRun]:
    return {kind: load(kind, *rows) for kind, rows in TABLES.items()}


def test_a_tree_is_loaded_with_parents_in_any_order():
    run = load("places", *PLACES)
    nodes = {node.code: node for node in OrganisationNode.objects.all()}
    street = nodes["441302001"]
    assert counts(run) == (4, 0, 0, 0)
    assert street.path == "/" + "".join(f"{nodes[code].key}/" for code in ("44", "4413", "441302", "441302001"))
    assert (street.management_path, street.parent_id) == (street.path, nodes["441302"].pk)
    assert Place.objects.get(code="441302").level == "county"
    assert RegistryEvent.objects.get().effective_on == datetime.date(1949, 10, 1)


def test_institutions_are_loaded_below_parents_of_the_same_file():
    load("places", *PLACES)
    load("institutions", *INSTITUTIONS)
    hospital, branch, clinic = (Institution.objects.get(code=code) for code in ("A1", "B1", "V1"))
    street = Place.objects.get(code="441302001")
    assert (branch.parent, clinic.parent) == (hospital, branch)
    assert clinic.node.path == f"{street.node.path}{clinic.node.key}/"
    assert clinic.node.management_path == f"/{hospital.node.key}/{branch.node.key}/{clinic.node.key}/"
    assert (hospital.kind, hospital.tier, hospital.grade, branch.tier) == (
        "general_hospital",
        "tertiary",
        "A",
        "ungraded",
    )
    assert hospital.longitude == pytest.approx(114.4049, abs=2e-3)
    assert hospital.longitude != 114.41
    assert RegistryEvent.objects.get(node_id=hospital.pk).kind == "opened"


def test_all_tables_are_loaded_and_loading_them_again_changes_nothing():
    assert {kind: counts(run)[0] for kind, run in load_all().items()} == {k: len(rows) for k, rows in TABLES.items()}
    events, history = AuditEvent.objects.count(), RegistryEvent.objects.count()
    rows = {model: list(model._default_manager.order_by("pk").values()) for model in MODELS}
    again = load_all()
    assert {kind: counts(run) for kind, run in again.items()} == {k: (0, 0, len(t), 0) for k, t in TABLES.items()}
    assert (AuditEvent.objects.count(), RegistryEvent.objects.count()) == (events, history)
    assert {model: list(model._default_manager.order_by("pk").values()) for model in MODELS} == rows
    assert verify_chain().events == events


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_exported_is_read_back_as_unchanged(file_format, language):
    load_all()
    for kind, rows in TABLES.items():
        content = export_table(service_actor(), kind, file_format, language)
        found = preview_table(service_actor(), kind, content, f"{kind}.{file_format}", language)
        assert found.counts == {
            RowAction.CREATE: 0,
            RowAction.UPDATE: 0,
            RowAction.UNCHANGED: len(rows),
            RowAction.REFUSE: 0,
        }, (kind, [found.reasons(plan) for plan in found.refused])


def test_an_export_fills_an_empty_registry_with_the_same(tmp_path):
    load_all()
    for kind in TABLES:
        (tmp_path / f"{kind}.csv").write_bytes(export_table(service_actor(), kind, "csv", "en"))
    before = {model: sorted(_comparable(model), key=str) for model in MODELS}
    for model in reversed(MODELS):
        RegistryEvent.objects.all().delete()
        model._default_manager.all()._raw_delete("default")
    OrganisationNode.objects.all()._raw_delete("default")
    import_folder(context(), tmp_path)
    assert {model: sorted(_comparable(model), key=str) for model in MODELS} == before


def _comparable(model: type[Model]) -> Any:
    skip = {"created_at", "updated_at", "stated_at", "given_coordinate_system", "version"}
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key and not f.is_relation]
    return model._default_manager.order_by("pk").values_list(*(name for name in fields if name not in skip))


def test_a_refused_row_stops_the_whole_file_and_changes_nothing():
    load("places", *PLACES)
    before = (AuditEvent.objects.count(), Institution.objects.count(), ImportRun.objects.count())
    bad = {"code": "X", "name_zh": "样例", "kind": "nonsense", "place_code": "441302"}
    with pytest.raises(ImportRefusedError, match="1 of 4 rows cannot be taken, so nothing was imported") as caught:
        load("institutions", *INSTITUTIONS, bad)
    assert "row 5: Kind: “nonsense” is not one of the accepted values" in str(caught.value)
    assert (AuditEvent.objects.count(), Institution.objects.count(), ImportRun.objects.count()) == before


def test_good_rows_are_taken_when_asked_for():
    load("places", *PLACES)
    bad = {"code": "X", "name_zh": "样例", "kind": "nonsense", "place_code": "441302"}
    run = load("institutions", *INSTITUTIONS, bad, mode="good_rows")
    assert (counts(run), run.mode, run.rows_read) == ((3, 0, 0, 1), "good_rows", 4)
    assert not Institution.objects.filter(code="X").exists()


def test_who_stands_below_a_refused_row_is_refused_too():
    load("places", *PLACES)
    hospital = {**INSTITUTIONS[1], "closed_on": "1950-01-01"}
    found = preview("institutions", INSTITUTIONS[0], hospital, INSTITUTIONS[2])
    assert reasons(found) == {2: ["parent-refused"], 3: ["dates-out-of-order"], 4: ["parent-refused"]}
    with pytest.raises(ImportRefusedError, match="3 of 3 rows cannot be taken"):
        load("institutions", INSTITUTIONS[0], hospital, INSTITUTIONS[2], mode="good_rows")
    assert not ImportRun.objects.filter(kind="institutions").exists()


def test_a_new_code_that_no_address_can_carry_is_refused_and_a_kept_one_stays():
    load("places", *PLACES)
    odd = {**INSTITUTIONS[1], "code": "中 文/../"}
    assert reasons(preview("institutions", odd)) == {2: ["not-a-code"]}
    load("institutions", *INSTITUTIONS)
    Institution.objects.filter(code=INSTITUTIONS[1]["code"]).update(code="A 1")
    known = preview("institutions", {**INSTITUTIONS[1], "code": "A 1"})
    assert known.counts[RowAction.REFUSE] == 0


def test_a_workload_of_a_year_to_come_is_refused():
    load("places", *PLACES)
    load("institutions", *INSTITUTIONS)
    row = {"institution_code": INSTITUTIONS[1]["code"], "measure": "admissions", "quantity": "5"}
    row["year"] = str(timezone.localdate().year + 1)
    assert reasons(preview("yearly_workloads", row)) == {2: ["not-on-record-yet"]}


def test_a_row_given_twice_is_refused_in_both_places():
    found = preview("places", *PLACES, {**PLACES[2], "name_zh": "样例省二"})
    assert reasons(found) == {
        2: ["parent-refused"],
        3: ["parent-refused"],
        4: ["given-twice"],
        5: ["parent-refused"],
        6: ["given-twice"],
    }
    assert found.reasons(found.refused[2]) == (
        "Place code: “44” is given twice, in rows 4 and 6. Keep one of the two.",
    )


def test_lines_of_command_that_run_in_a_circle_are_refused():
    load("places", *PLACES)
    ring = [
        {"code": a, "name_zh": "样例", "kind": "village_clinic", "place_code": "441302", "parent_code": b}
        for a, b in (("R1", "R2"), ("R2", "R3"), ("R3", "R1"))
    ]
    assert reasons(preview("institutions", *ring)) == {2: ["cycle"], 3: ["cycle"], 4: ["cycle"]}
    load("institutions", *INSTITUTIONS)
    below = {"code": "A1", "name_zh": "样例", "kind": "综合医院", "place_code": "441302", "parent_code": "V1"}
    assert reasons(preview("institutions", below)) == {2: ["cycle"]}


def test_levels_that_do_not_fit_are_refused():
    found = preview("places", *PLACES[:3], {**PLACES[3], "level": "village"})
    assert reasons(found) == {2: ["parent-refused"], 3: ["level-not-above"]}
    load("places", *PLACES)
    assert reasons(preview("places", {**PLACES[3], "level": "township"})) == {2: ["level-not-above"]}


def test_coordinates_without_their_system_are_refused():
    load("places", *PLACES)
    hospital = {name: value for name, value in INSTITUTIONS[1].items() if name != "coordinate_system"}
    found = preview("institutions", hospital)
    assert reasons(found) == {2: ["position-incomplete"]}


def test_coordinates_of_a_chinese_system_outside_china_are_refused():
    load("places", *PLACES)
    found = preview(
        "institutions", {**INSTITUTIONS[1], "longitude": "-0.12", "latitude": "51.5", "coordinate_system": "bd09"}
    )
    assert reasons(found) == {2: ["position-outside"]}


def test_an_update_writes_history_nodes_and_only_what_changed():
    load_all()
    changed = {**INSTITUTIONS[1], "name_zh": "样例中心医院", "place_code": "441302001", "grade": "乙等"}
    run = load("institutions", changed)
    row = Institution.objects.get(code="A1")
    surgery = Department.objects.get(institution=row, code="S")
    kinds = set(RegistryEvent.objects.filter(node_id=row.pk).values_list("kind", flat=True))
    audit = AuditEvent.objects.filter(action="registry.institution.import").latest("sequence")
    street = Place.objects.get(code="441302001")
    assert counts(run) == (0, 1, 0, 0)
    assert (row.name_zh, row.node.name_zh, row.grade, row.version) == ("样例中心医院", "样例中心医院", "B", 2)
    assert row.node.path == f"{street.node.path}{row.node.key}/"
    assert surgery.node.path == f"{row.node.path}{surgery.node.key}/"
    assert kinds == {"opened", "renamed", "moved", "regraded"}
    assert (audit.before, audit.after) == (
        {"name_zh": "样例人民医院", "grade": "A", "place_id": Place.objects.get(code="441302").pk},
        {"name_zh": "样例中心医院", "grade": "B", "place_id": street.pk},
    )


def test_moving_a_place_by_import_moves_all_below():
    load_all()
    load("places", {"code": "45", "name_zh": "样例省二", "level": "province"})
    load("places", {**PLACES[3], "parent_code": "45"})
    province, clinic = Place.objects.get(code="45"), Institution.objects.get(code="V1")
    assert clinic.node.path.startswith(province.node.path)


def test_a_column_that_is_not_there_and_an_empty_cell_mean_different_things():
    load_all()
    load("institutions", {"code": "A1", "name_zh": "样例人民医院", "kind": "综合医院", "place_code": "441302"})
    row = Institution.objects.get(code="A1")
    assert (row.tier, row.opened_on, row.longitude is None) == ("tertiary", datetime.date(1951, 3, 1), False)
    load(
        "institutions",
        {
            "code": "A1",
            "name_zh": "样例人民医院",
            "kind": "综合医院",
            "place_code": "441302",
            "tier": "",
            "opened_on": "",
            "longitude": "",
            "latitude": "",
            "coordinate_system": "",
        },
    )
    row.refresh_from_db()
    assert (row.tier, row.opened_on, row.longitude, row.given_coordinate_system) == ("tertiary", None, None, "")


def test_an_unknown_institution_and_one_out_of_reach_get_the_same_answer():
    region = make_region()
    office = acting("supported_office", region.hospital.pk)
    rows = (
        {"institution_code": "H1", "code": "N", "name_zh": "内科", "specialty": "03"},
        {"institution_code": "H2", "code": "N", "name_zh": "内科", "specialty": "03"},
        {"institution_code": "H3", "code": "N", "name_zh": "内科", "specialty": "03"},
    )
    found = preview("departments", *rows, actor=office)
    known, unknown = (found.reasons(plan)[0] for plan in found.refused)
    assert reasons(found) == {3: ["not-in-reach"], 4: ["not-in-reach"]}
    assert known.replace("H2", "H3") == unknown
    assert counts(load("departments", *rows, actor=office, mode="good_rows")) == (1, 0, 0, 2)


def test_a_steward_imports_institutions_only_where_the_own_region_is():
    region = make_region()
    steward = acting("registry_steward", region.county.pk)
    base = {"name_zh": "样例医院", "kind": "general_hospital"}
    found = preview(
        "institutions",
        {"code": "N1", "place_code": "441302", **base},
        {"code": "N2", "place_code": "441322", **base},
        {"code": "H2", "place_code": "441302", **base},
        {"code": "N3", "place_code": "441302", "parent_code": "H2", **base},
        actor=steward,
    )
    assert reasons(found) == {3: ["not-in-reach"], 4: ["not-in-reach"], 5: ["not-in-reach"]}
    assert found.plans[0].action is RowAction.CREATE


def test_a_county_cannot_regrade_by_import():
    region = make_region()
    row = {"code": "H1", "name_zh": "样例医院H1", "kind": "general_hospital", "place_code": "441302", "tier": "三级"}
    steward = acting("registry_steward", region.county.pk)
    assert reasons(preview("institutions", row, actor=steward)) == {2: ["needs-second-level"]}
    above = acting("registry_steward", region.prefecture.pk)
    assert reasons(preview("institutions", row, actor=above)) == {}


def test_who_may_not_write_such_rows_sees_no_preview():
    region = make_region()
    viewer = acting("commission_viewer", region.county.pk)
    with pytest.raises(NotPermittedError):
        preview("institutions", *INSTITUTIONS, actor=viewer)
    with pytest.raises(NotPermittedError):
        load("staff", *TABLES["staff"], actor=acting("village_clinician", region.hospital.pk))


def test_an_export_holds_what_its_reader_may_read_and_staff_leave_a_reading():
    region = make_region()
    commands.add_staff(context(), region.hospital, commands.NewStaff("1", "样例甲", "doctor"))
    commands.add_staff(context(), region.other_hospital, commands.NewStaff("1", "样例乙", "doctor"))
    office = acting("supported_office", region.hospital.pk)
    content = export_table(office, "staff", "csv", "en").decode("utf-8-sig")
    reading = ReadEvent.objects.get()
    assert ("样例甲" in content, "样例乙" in content) == (True, False)
    assert (reading.user_id, reading.object_type, reading.rows, reading.basis) == (
        office.user_id,
        "registry.staff",
        1,
        "G1",
    )


def test_a_status_in_the_departments_table_gives_way_to_dated_ones():
    load_all()
    assert Department.objects.get(code="S").status == "key"
    run = load("departments", {**TABLES["departments"][0], "status": "weak"})
    assert (counts(run), Department.objects.get(code="S").status) == ((0, 0, 1, 0), "key")


def test_a_note_explains_more_beds_taken_than_open():
    load_all()
    row = {**TABLES["bed_counts"][1], "source": ""}
    assert reasons(preview("bed_counts", row)) == {2: ["needs-note"]}


def test_an_older_count_of_equipment_does_not_replace_a_later_one():
    load_all()
    row = {**TABLES["equipment"][0], "units": 2, "counted_at": "2023-05-01"}
    assert reasons(preview("equipment", row)) == {2: ["older-than-record"]}


def test_a_code_gives_way_only_when_it_has_a_last_day():
    load("places", *PLACES)
    row = {"predecessor_code": "441302", "successor_code": "4413", "kind": "merged", "effective_on": "2020-01-01"}
    assert reasons(preview("place_successions", row)) == {2: ["predecessor-not-ended"]}
    load("places", {**PLACES[1], "valid_to": "2019-12-31"})
    assert counts(load("place_successions", row)) == (1, 0, 0, 0)
    assert counts(load("place_successions", row)) == (0, 0, 1, 0)
    same = {**row, "successor_code": "441302"}
    assert reasons(preview("place_successions", same)) == {2: ["same-place"]}


def test_moments_are_read_in_the_time_zone_of_the_installation():
    load_all()
    counted_at = BedCount.objects.get(bed_type="icu").counted_at
    assert timezone.localtime(counted_at).strftime("%Y-%m-%d %H:%M") == "2024-05-01 08:30"
    later = (timezone.now() + datetime.timedelta(days=3)).strftime("%Y-%m-%d")
    row = {**TABLES["bed_counts"][0], "counted_at": later}
    assert reasons(preview("bed_counts", row)) == {2: ["not-on-record-yet"]}


def test_a_preview_tells_columns_headings_and_ignored_rows():
    load("places", *PLACES)
    text = (
        "机构登记表,,,\n机构代码,机构名称,机构类别,区划代码,电话\nA1,样例医院,综合医院,441302.0,1\n合计,1,,,\n".encode(
            "gb18030"
        )
    )
    found = preview_table(service_actor(), "institutions", text, "机构.csv", "zh-hans")
    assert found.matched_columns == ("code", "name_zh", "kind", "place_code")
    assert found.unknown_headings == ("电话",)
    assert [(row.row_number, row.reason.value) for row in found.ignored] == [(4, "total")]
    assert (found.counts[RowAction.CREATE], found.source.encoding) == (1, "gb18030")
    assert "parent_code" in found.missing_columns


def test_the_returned_workbook_tells_the_reason_beside_the_row_in_the_readers_language():
    content = table({"code": "A1", "name_zh": "样例医院", "kind": "综合医院", "place_code": "999999"})
    found = preview_table(service_actor(), "institutions", content, "机构.csv", "zh-hans")
    rows = read_tables(found.returned_workbook(), "returned.xlsx").sheets[0].rows
    assert rows[1][0] == "A1"
    assert any("系统中没有“999999”" in str(cell) for cell in rows[1])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", TableFileError),
        (b"%PDF-1.7 nothing", TableFileError),
        (b"PK\x03\x04broken", TableFileError),
        (b"a,b,c\n1,2,3\n", TableHeaderError),
    ],
)
def test_broken_files_are_refused_with_a_reason(content, error):
    with pytest.raises(error):
        preview_table(service_actor(), "places", content, "places.xlsx", "en")
    assert ImportRun.objects.count() == 0


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(UnknownTableKindError, match="places, place_populations"):
        preview_table(service_actor(), "hospitals", b"x", "x.csv", "en")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_has_a_template_that_names_all_its_columns(language):
    for kind in table_kinds():
        workbook = read_tables(template_of(kind.name, language), "template.xlsx")
        headings = {str(cell).rstrip(" *") for sheet in workbook.sheets for row in sheet.rows[:1] for cell in row}
        assert {column.label(language) for column in kind.columns} <= headings, kind.name


def test_a_folder_is_loaded_in_order_whole_and_only_once(tmp_path):
    for kind, rows in TABLES.items():
        (tmp_path / f"{kind}.csv").write_bytes(table(*rows))
    (tmp_path / "case.toml").write_text("title = 'not a table'", encoding="utf-8")
    given = context()
    seen: list[str] = []
    runs = import_folder(given, tmp_path, lambda kind, _done, _total: seen.append(kind))
    assert [run.kind for run in runs] == list(TABLES)
    assert list(dict.fromkeys(seen)) == list(TABLES)
    assert [run.pk for run in import_folder(given, tmp_path)] == [run.pk for run in runs]


def test_a_folder_with_one_bad_row_changes_nothing(tmp_path):
    (tmp_path / "places.csv").write_bytes(table(*PLACES))
    (tmp_path / "institutions.csv").write_bytes(table({**INSTITUTIONS[0], "kind": "nonsense"}))
    with pytest.raises(ImportRefusedError, match=r"institutions\.csv"):
        import_folder(context(), tmp_path)
    assert (Place.objects.count(), AuditEvent.objects.count(), ImportRun.objects.count()) == (0, 0, 0)


def test_a_folder_with_a_strange_table_is_refused(tmp_path):
    (tmp_path / "hospitals.csv").write_bytes(b"x")
    with pytest.raises(UnknownFileInFolderError, match=r"hospitals\.csv"):
        import_folder(context(), tmp_path)


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_max_num_queries):
    load("places", *PLACES)
    rows = [
        {"code": f"N{n}", "name_zh": f"样例{n}", "kind": "village_clinic", "place_code": "441302"} for n in range(400)
    ]
    with django_assert_max_num_queries(70):
        load("institutions", *rows)
    source = read_source("institutions", table(*rows), "institutions.csv")
    with django_assert_max_num_queries(20):
        import_table(context(), source)


def test_an_institution_made_by_hand_is_updated_by_a_file():
    region = make_region()
    make_institution("Z", region.county)
    run = load("institutions", {"code": "Z", "name_zh": "样例新名", "kind": "general_hospital", "place_code": "441302"})
    assert counts(run) == (0, 1, 0, 0)
