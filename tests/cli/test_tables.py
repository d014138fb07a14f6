"""import, export and template."""

from __future__ import annotations

import json

import openpyxl
import pytest

from lianyi.accounts.models import AuditEvent
from lianyi.registry.models import ImportRun, Place
from tests.cli.conftest import PASSWORD, PLACES

pytestmark = pytest.mark.django_db
ONE_BAD = PLACES + "522399,无父县,,county,529999\n"


@pytest.fixture
def bad(tmp_path):
    table = tmp_path / "bad.csv"
    table.write_text(ONE_BAD, encoding="utf-8")
    return table


def test_a_table_is_imported_and_told_as_json(lianyi, tmp_path):
    table = tmp_path / "places.csv"
    table.write_text(PLACES, encoding="utf-8")
    answer = lianyi("import", "places", table, "--json")
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    run = ImportRun.objects.get()
    assert told == {
        "kind": "places",
        "file": str(table),
        "format": told["format"],
        "encoding": told["encoding"],
        "sheet": told["sheet"],
        "sheets": [told["sheet"]],
        "imported": True,
        "import_id": run.pk,
        "rows": {"create": 4, "update": 0, "unchanged": 0, "refuse": 0},
        "columns": ["code", "name_zh", "name_en", "level", "parent_code"],
        "unknown_headings": [],
        "ignored": [],
        "problems": [],
        "returned": None,
    }
    assert sorted(Place.objects.values_list("code", flat=True)) == ["520000", "522300", "522327", "CN"]


def test_the_same_table_twice_changes_nothing(lianyi, places):
    before = AuditEvent.objects.count()
    told = json.loads(lianyi("import", "places", places, "--json").stdout)
    assert told["rows"] == {"create": 0, "update": 0, "unchanged": 4, "refuse": 0}
    assert AuditEvent.objects.count() == before


def test_one_bad_row_refuses_the_whole_table_and_is_marked_in_the_returned_workbook(lianyi, bad, tmp_path):
    returned = tmp_path / "returned.xlsx"
    answer = lianyi("import", "places", bad, "--returned", returned, "--language", "en", "--json")
    assert answer.exit_code == 1
    told = json.loads(answer.stdout)
    assert (told["imported"], told["import_id"], told["returned"]) == (False, None, str(returned))
    assert [problem["row"] for problem in told["problems"]] == [6]
    assert "529999" in told["problems"][0]["reasons"][0]
    assert not Place.objects.exists()
    assert "Mend the rows" in answer.stderr
    sheet = openpyxl.load_workbook(returned).worksheets[0]
    assert "529999" in str(sheet.cell(6, sheet.max_column).value)


def test_reasons_are_told_in_the_language_asked_for(lianyi, bad):
    answer = lianyi("import", "places", bad, "--language", "zh-hans")
    assert answer.exit_code == 1
    assert "row 6: " in answer.stdout
    assert "系统中没有" in answer.stdout or "不" in answer.stdout


def test_good_rows_are_taken_when_that_is_asked_for(lianyi, bad):
    answer = lianyi("import", "places", bad, "--good-rows")
    assert answer.exit_code == 3
    assert Place.objects.count() == 4


def test_good_rows_of_which_there_are_none_import_nothing_and_say_so(lianyi, tmp_path):
    table = tmp_path / "bad.csv"
    table.write_text(f"{PLACES.splitlines()[0]}\n522399,无父县,,county,529999\n", encoding="utf-8")
    answer = lianyi("import", "places", table, "--good-rows", "--json")
    assert answer.exit_code == 1
    told = json.loads(answer.stdout)
    assert (told["imported"], told["import_id"], told["rows"]["refuse"]) == (False, None, 1)
    assert "no row can be taken" in answer.stderr
    assert not ImportRun.objects.exists()


@pytest.fixture
def two_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Whole"
    for line in PLACES.splitlines():
        book.active.append(line.split(","))
    part = book.create_sheet("Part")
    for line in PLACES.splitlines()[:2]:
        part.append(line.split(","))
    file = tmp_path / "places.xlsx"
    book.save(file)
    return file


def test_of_several_sheets_the_named_one_is_imported(lianyi, two_sheets):
    looked = lianyi("import", "places", two_sheets, "--preview")
    assert "Read from the sheet Whole; to read another add --sheet NAME: Part" in looked.stdout
    assert lianyi("import", "places", two_sheets, "--sheet", "Part").exit_code == 0
    assert list(Place.objects.values_list("code", flat=True)) == ["CN"]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(lianyi, two_sheets):
    answer = lianyi("import", "places", two_sheets, "--sheet", "Gone")
    assert answer.exit_code == 1
    assert "no visible sheet “Gone”. Its sheets: Whole, Part." in answer.stderr
    assert lianyi("import", "--folder", two_sheets.parent, "--sheet", "Part").exit_code == 2
    assert not Place.objects.exists()


def test_a_preview_changes_nothing(lianyi, bad, places):
    before = AuditEvent.objects.count()
    answer = lianyi("import", "places", bad, "--preview", "--json")
    assert answer.exit_code == 3
    assert json.loads(answer.stdout)["rows"] == {"create": 0, "update": 0, "unchanged": 4, "refuse": 1}
    assert lianyi("import", "places", places, "--preview").exit_code == 0
    assert AuditEvent.objects.count() == before


def test_a_folder_is_imported_whole_or_not_at_all(lianyi, tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    population = "place_code,year,persons\n522327,2020,190000\n"
    (folder / "place_populations.csv").write_text(population + "999999,2020,1\n", encoding="utf-8")
    assert lianyi("import", "--folder", folder).exit_code == 1
    assert not Place.objects.exists()
    (folder / "place_populations.csv").write_text(population, encoding="utf-8")
    runs = json.loads(lianyi("import", "--folder", folder, "--json").stdout)
    assert [(run["kind"], run["create"]) for run in runs] == [("places", 4), ("place_populations", 1)]


def test_an_unknown_kind_lists_the_known_ones(lianyi, bad):
    for arguments in (("import", "plaices", bad), ("export", "plaices"), ("template", "plaices", "--out", bad)):
        answer = lianyi(*arguments)
        assert answer.exit_code == 1
        assert "no kind of table 'plaices'" in answer.stderr
        assert "places" in answer.stderr
        assert "institutions" in answer.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("import",),
        ("import", "places"),
        ("import", "places", "a.csv", "--folder", "b"),
        ("import", "--folder", "b", "--preview"),
    ],
)
def test_an_import_needs_a_kind_and_a_file_or_a_folder(lianyi, arguments):
    assert lianyi(*arguments).exit_code == 2


def test_a_file_that_is_missing_or_no_table_is_refused_without_a_traceback(lianyi, tmp_path):
    missing = lianyi("import", "places", tmp_path / "none.csv")
    assert (missing.exit_code, "No such file" in missing.stderr) == (1, True)
    noise = tmp_path / "noise.xlsx"
    noise.write_bytes(bytes(range(256)) * 8)
    assert lianyi("import", "places", noise).exit_code == 1


def test_what_is_exported_is_imported_as_unchanged(lianyi, places, tmp_path):
    for name in ("out.csv", "out.xlsx"):
        out = tmp_path / name
        assert lianyi("export", "places", "--out", out, "--language", "en").exit_code == 0
        told = json.loads(lianyi("import", "places", out, "--json").stdout)
        assert told["rows"] == {"create": 0, "update": 0, "unchanged": 4, "refuse": 0}


def test_without_a_file_an_export_goes_to_standard_output(lianyi, places):
    answer = lianyi("export", "places", "--language", "en")
    lines = answer.stdout_bytes.decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Place code","Chinese name"')
    assert len(lines) == 5


def test_a_template_is_read_back_as_a_table_without_rows(lianyi, tmp_path):
    out = tmp_path / "template.xlsx"
    assert lianyi("template", "institutions", "--out", out).exit_code == 0
    assert openpyxl.load_workbook(out).worksheets


def test_a_command_acts_with_the_rights_of_the_user_named(lianyi, places, tmp_path):
    lianyi("user", "add", "li", "--name", "李样例", "--password-stdin", given=PASSWORD)
    none = lianyi("import", "places", places, "--as", "li")
    assert (none.exit_code, "no affiliation that is valid" in none.stderr) == (1, True)
    lianyi("user", "affiliate", "li", "--at", "522327", "--role", "commission_viewer")
    viewer = lianyi("import", "places", places, "--as", "li")
    assert (viewer.exit_code, "You may not do this" in viewer.stderr) == (1, True)
    lianyi("user", "affiliate", "li", "--at", "CN", "--role", "registry_steward")
    unclear = lianyi("import", "places", places, "--as", "li")
    assert (unclear.exit_code, "more than one affiliation" in unclear.stderr) == (1, True)
    (user,) = json.loads(lianyi("user", "list", "--json").stdout)
    steward = next(each["id"] for each in user["affiliations"] if each["role"] == "registry_steward")
    assert lianyi("import", "places", places, "--as", f"li:{steward}").exit_code == 0
    assert ImportRun.objects.latest("pk").user.username == "li"
