from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianyi.accounts.models import ReadEvent, User
from tests.web.factories import affiliate, make_user, signed_in

LIST = "/accounts/users/"


@pytest.fixture
def client(world):
    return signed_in("admin")


@pytest.fixture
def many(world):
    for number in range(60):
        affiliate(make_user(f"nurse{number:02d}"), world.hospital, "trainer")


def names(page: str) -> list[str]:
    return re.findall(r'<td><a href="/accounts/users/\d+/">([^<]+)</a>', page)


def test_a_list_tells_how_many_there_are_and_how_many_fit_the_filter(client, many):
    assert "63 entries" in client.get(LIST).content.decode()
    assert "10 of 63" in client.get(LIST, {"q": "nurse1"}).content.decode()


def test_a_list_is_paged_and_the_page_size_is_one_of_three(client, many):
    assert len(names(client.get(LIST).content.decode())) == 25
    assert len(names(client.get(LIST, {"per_page": "50"}).content.decode())) == 50
    assert len(names(client.get(LIST, {"per_page": "1000000"}).content.decode())) == 25
    assert len(names(client.get(LIST, {"page": "99"}).content.decode())) == 13
    assert names(client.get(LIST, {"page": "x"}).content.decode())[0] == "admin"


def test_the_pages_of_a_sorted_list_hold_every_row_once(client, many):
    found = [
        name for page in "123" for name in names(client.get(LIST, {"sort": "is_active", "page": page}).content.decode())
    ]
    assert len(found) == len(set(found)) == 63


def test_a_list_is_sorted_and_says_so(client):
    page = client.get(LIST, {"sort": "-username"}).content.decode()
    assert names(page) == ["office", "doctor", "admin"]
    assert re.findall(r'aria-sort="(\w+)"', page) == ["descending"]
    assert 'href="?sort=username"' in page


def test_a_part_of_the_page_holds_the_list_alone(client):
    answer = client.get(LIST, {"q": "doc"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="list"')
    assert names(page) == ["doctor"]
    assert "HX-Request" in answer.headers["Vary"]
    back = client.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert back.content.decode().startswith("<!doctype html>")


def test_a_filter_that_fits_nothing_says_what_to_do(client):
    page = client.get(LIST, {"q": "no such person"}).content.decode()
    assert "Nothing fits the filter." in page
    assert "clear the filter" in page


def test_a_filter_that_cannot_be_understood_shows_its_error_and_no_rows(client):
    page = client.get("/accounts/audit/", {"since": "yesterday"}).content.decode()
    assert "Enter a valid date." in page
    assert "<td" not in page


def test_a_list_without_rows_says_what_to_do(world):
    page = signed_in("admin").get("/accounts/readings/").content.decode()
    assert "Nobody has read data about persons yet within your reach." in page


def test_the_number_of_queries_does_not_grow_with_the_rows(client, many):
    counts = []
    for per_page in ("25", "50"):
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"per_page": per_page, "q": "nurse"})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_exported_workbook_holds_the_filtered_rows_as_values(client, many):
    User.objects.filter(username="nurse11").update(display_name="=1+1", last_login="2026-05-01T02:03:04Z")
    answer = client.get(LIST, {"export": "xlsx", "q": "nurse1", "sort": "-username"})
    assert re.fullmatch(r'attachment; filename="users-\d{4}-\d\d-\d\d\.xlsx"', answer.headers["Content-Disposition"])
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    assert [cell.value for cell in rows[0]] == ["User name", "Name", "Affiliations", "State", "Last signed in"]
    assert [row[0].value for row in rows[1:]] == [f"nurse1{number}" for number in range(9, -1, -1)]
    shown = {row[0].value: row for row in rows[1:]}["nurse11"]
    assert (shown[1].value, shown[1].data_type) == ("=1+1", "s")
    assert shown[4].value.isoformat() == "2026-05-01T10:03:04"
    assert shown[3].value == "active"


def test_an_exported_text_table_is_safe_against_formulas(client):
    User.objects.filter(username="doctor").update(display_name="=HYPERLINK()")
    answer = client.get(LIST, {"export": "csv", "q": "doctor"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][:4] == ["doctor", "'=HYPERLINK()", "Referring clinician · Sample County Hospital", "active"]


def test_an_unknown_export_is_refused(client):
    answer = client.get(LIST, {"export": "pdf"})
    assert answer.status_code == 422
    assert "Accepted: xlsx, csv." in answer.content.decode()


def test_an_export_of_persons_is_noted_with_the_number_of_all_rows(client, many):
    client.get(LIST, {"export": "csv"})
    assert ReadEvent.objects.get().rows == 63
