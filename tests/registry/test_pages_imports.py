from __future__ import annotations

import dataclasses
import io
import re

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from lianyi.accounts.models import ReadEvent
from lianyi.registry import commands
from lianyi.registry.models import ImportRun, Institution
from tests.registry.factories import Region, context, make_region
from tests.registry.pages import address, browser, key, steward, text_of

GOOD = "code,name_zh,name_en,kind,place_code,color\nN1,样例新一,New One,general_hospital,441302,red\n"
BAD = "N2,样例新二,New Two,flying_hospital,441302,blue\n"
KNOWN = "H2,样例医院H2,,general_hospital,441322,\n"
TOTAL = "合计,,,,,\n"


@pytest.fixture
def region(db) -> Region:
    return make_region()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keep uploads of a test in a folder of its own."""
    monkeypatch.setattr(settings, "CONFIG", dataclasses.replace(settings.CONFIG, home=tmp_path))
    return tmp_path / "documents" / "imports"


def upload(client, content: str | bytes, name: str = "hospitals.csv", kind: str = "institutions"):
    data = content.encode() if isinstance(content, str) else content
    return client.post(address("imports"), {"kind": kind, "file": SimpleUploadedFile(name, data)})


def token_of(answer) -> str:
    assert answer.status_code == 302, text_of(answer)
    return re.search(r"/files/([0-9a-f]{32})/", answer.headers["Location"])[1]


def test_a_file_is_looked_at_and_then_imported_once(region, home):
    client = steward(region)
    token = token_of(upload(client, GOOD + KNOWN + TOTAL))
    page = text_of(client.get(address("import-preview", token)))
    assert "Would be created 1 Would be updated 0 Unchanged 1 Refused 0 Rows not read 1" in page
    assert "Not known, so not read: color" in page
    assert "A total of other rows (“合计”), not read." in page
    assert "2 created N1 样例新一 New One" in page
    assert not Institution.objects.filter(code="N1").exists()
    sent = {"command_key": key(), "mode": "all_or_nothing"}
    answers = [client.post(address("import-run", token), sent) for _time in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [address("import-runs")] * 2
    assert Institution.objects.get(code="N1").name_en == "New One"
    run = ImportRun.objects.get()
    assert (run.file_name, run.rows_created, run.rows_unchanged) == ("hospitals.csv", 1, 1)
    assert list(home.iterdir()) == []
    assert "Institutions hospitals.csv" in text_of(client.get(address("import-runs")))


@pytest.mark.parametrize(
    ("language", "reason", "heading"),
    [
        ("en", "Kind: “flying_hospital” is not one of the accepted values.", "Rows with a problem"),
        ("zh-hans", "“flying_hospital”不在可选范围内", "有问题的行数"),
    ],
)
def test_refused_rows_are_told_in_the_readers_language_and_marked_in_the_returned_workbook(
    region, language, reason, heading
):
    client = steward(region, language)
    token = token_of(upload(client, GOOD + BAD))
    assert reason in text_of(client.get(address("import-preview", token)))
    answer = client.get(address("import-returned", token))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book.worksheets[0].values)
    assert rows[0][-1] == "Problem / 问题"
    assert rows[1][:2] == ("N1", "样例新一")
    assert rows[1][-1] is None
    assert reason in rows[2][-1]
    assert heading in [row[0] for row in book.worksheets[1].values]


def test_a_file_with_bad_rows_is_imported_whole_or_for_its_good_rows_only(region):
    client = steward(region)
    token = token_of(upload(client, GOOD + BAD))
    whole = client.post(address("import-run", token), {"command_key": key(), "mode": "all_or_nothing"}, follow=True)
    assert "1 of 2 rows cannot be taken, so nothing was imported." in text_of(whole)
    assert not Institution.objects.filter(code="N1").exists()
    assert "Import the 1 good row only" in text_of(whole)
    client.post(address("import-run", token), {"command_key": key(), "mode": "good_rows"})
    assert set(Institution.objects.filter(code__startswith="N").values_list("code", flat=True)) == {"N1"}


def workbook_of(**sheets: str) -> bytes:
    """Return a workbook with one sheet for each text table."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in sheets.items():
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append([cell or None for cell in line.split(",")])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_of_several_sheets_the_best_is_read_until_another_is_chosen_and_the_chosen_one_is_imported(region, home):
    client = steward(region)
    other = GOOD.replace("N1", "N7").replace(",color", "").replace(",red", "")
    book = workbook_of(First=GOOD, Second=other + BAD.replace(",blue", ""), Notes="nothing,here\n")
    token = token_of(upload(client, book, "two.xlsx"))
    first = client.get(address("import-preview", token))
    assert "was read from the sheet “First”" in text_of(first)
    assert "Sheet First Second Notes Read this sheet" in text_of(first)
    second = client.get(address("import-preview", token), {"sheet": "Second"})
    assert "was read from the sheet “Second”" in text_of(second)
    assert "Would be created 1" in text_of(second)
    assert 'name="sheet" value="Second"' in second.content.decode()
    returned = client.get(f"{address('import-returned', token)}?sheet=Second")
    assert [row[0] for row in openpyxl.load_workbook(io.BytesIO(returned.content)).worksheets[0].values][1] == "N7"
    whole = {"command_key": key(), "mode": "all_or_nothing", "sheet": "Second"}
    refused = client.post(address("import-run", token), whole)
    assert refused.headers["Location"] == f"{address('import-preview', token)}?sheet=Second"
    client.post(address("import-run", token), {"command_key": key(), "mode": "good_rows", "sheet": "Second"})
    assert set(Institution.objects.filter(code__startswith="N").values_list("code", flat=True)) == {"N7"}


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ("Notes", "No row names the columns of this kind of table."),
        ("Gone", "The file has no visible sheet “Gone”. Its sheets: First, Notes."),
    ],
)
def test_a_sheet_that_does_not_serve_leads_back_to_the_one_that_does(region, sheet, told):
    client = steward(region)
    token = token_of(upload(client, workbook_of(First=GOOD, Notes="nothing,here\n"), "two.xlsx"))
    page = text_of(client.get(address("import-preview", token), {"sheet": sheet}, follow=True))
    assert told in page
    assert "was read from the sheet “First”" in page


def test_the_preview_shows_second_names_that_were_taken_out_of_brackets(region):
    client = steward(region)
    text = "code,name_zh,kind,place_code\nN1,样例新一医院（样例第二医院）,general_hospital,441302\n"
    page = text_of(client.get(address("import-preview", token_of(upload(client, text)))))
    assert "Row What happens Institution code Chinese name Kind Place code Other name" in page
    assert "2 created N1 样例新一医院 General hospital 441302 样例第二医院" in page
    assert "left as they are: English name, Tier" in page


def test_a_file_with_one_sheet_offers_no_choice(region):
    client = steward(region)
    token = token_of(upload(client, GOOD))
    assert "Read this sheet" not in text_of(client.get(address("import-preview", token)))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7 nothing", "The file is no table."),
        (b"", "empty"),
        ("a,b\n1,2\n", "No row names the columns of this kind of table."),
        ("code,name_en\nX,Y\n", "Columns that are needed are missing: Chinese name, Kind, Place code."),
    ],
)
def test_what_is_no_such_table_is_refused_beside_the_field_and_not_kept(region, home, content, told):
    answer = upload(steward(region), content)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert told in text_of(answer)
    assert not home.exists() or list(home.iterdir()) == []


def test_a_file_for_the_command_line_is_refused_with_the_command(region, monkeypatch):
    monkeypatch.setattr("lianyi.registry.views.imports.MOST_ROWS_IN_BROWSER", 1)
    answer = upload(steward(region), GOOD + KNOWN, "my hospitals.csv")
    assert answer.context["form"].errors["file"] == [
        (
            "The file has 2 rows; at most 1 are taken in the browser. Put it on the server and run: "
            "lianyi import institutions 'my hospitals.csv'"
        )
    ]


def test_a_file_above_the_size_limit_is_refused(region, monkeypatch):
    monkeypatch.setattr("lianyi.registry.forms.imports.BYTES_IN_MEGABYTE", 1)
    answer = upload(steward(region), GOOD)
    assert f"at most {settings.CONFIG.upload_megabytes} MB are taken here" in text_of(answer)


def test_a_kept_file_is_for_its_sender_in_the_same_role_only(region):
    token = token_of(upload(steward(region), GOOD))
    stranger = browser("registry_steward", region.prefecture.pk, "stranger")
    for name in ("import-preview", "import-returned"):
        assert stranger.get(address(name, token)).status_code == 404
    assert stranger.post(address("import-run", token), {"command_key": key(), "mode": "good_rows"}).status_code == 404
    stranger.post(address("import-discard", token))
    assert not Institution.objects.filter(code="N1").exists()


def test_a_file_is_thrown_away_at_wish(region, home):
    client = steward(region)
    token = token_of(upload(client, GOOD))
    assert len(list(home.iterdir())) == 2
    client.post(address("import-discard", token))
    assert list(home.iterdir()) == []
    assert client.get(address("import-preview", token)).status_code == 404


@pytest.mark.parametrize("token", ["..%2f..%2fsecret-key", "0" * 32, "x"])
def test_a_guessed_file_is_not_found(region, token):
    assert steward(region).get(f"/registry/imports/files/{token}/").status_code == 404


def test_rows_out_of_reach_are_refused(region):
    office = browser("registry_steward", region.other_county.pk, "other")
    token = token_of(upload(office, GOOD))
    page = text_of(office.get(address("import-preview", token)))
    assert "Would be created 0" in page
    assert "“441302” is not known here, or not within your reach." in page


def test_templates_and_exports_come_in_the_language_of_the_page(region):
    client = steward(region, "zh-hans")
    book = openpyxl.load_workbook(io.BytesIO(client.get(address("import-template", "institutions")).content))
    assert book.sheetnames[0] == "填写说明"
    exported = client.get(address("export", "institutions", "csv"))
    lines = exported.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ['"C1"', '"H1"', '"H2"']
    token = token_of(upload(client, exported.content, "机构.csv"))
    preview = client.get(address("import-preview", token))
    assert (preview.context["lines"].unchanged, preview.context["lines"].good) == (3, 0)


def test_the_export_of_staff_is_noted_as_a_reading(region):
    commands.add_staff(context(), region.hospital, commands.NewStaff("A1", "样例甲", "doctor"))
    client = steward(region)
    assert "样例甲" in client.get(address("export", "staff", "csv")).content.decode()
    assert ReadEvent.objects.get().rows == 1


def test_who_may_import_nothing_is_refused_and_unknown_kinds_are_named(region):
    viewer = browser("commission_viewer", region.county.pk, "viewer")
    assert viewer.get(address("imports")).status_code == 403
    assert viewer.get(address("import-template", "institutions")).status_code == 403
    assert viewer.get(address("export", "institutions", "xlsx")).status_code == 200
    assert viewer.get(address("export", "staff", "xlsx")).status_code == 403
    assert viewer.get(address("export", "nonsense", "xlsx")).status_code == 422
    assert viewer.get(address("export", "institutions", "pdf")).status_code == 422
