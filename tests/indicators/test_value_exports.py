"""Exports of DHIS2 on the page: names kept once, an export told about, its values checked and imported as a table."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from lianyi.indicators.models import ExportElement, IndicatorValue
from lianyi.registry.imports.kinds import table_kind
from tests.cast import acting_as
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.indicators.values_story import COUNT, SHARE, Reporting

pytestmark = pytest.mark.django_db
ELEMENTS = "keeper_code,data_element,indicator_code,part,is_used\n"
UNITS = "keeper_code,org_unit,unit_code\n"
LONG = """dataElement,period,orgUnit,value
Referred,202405,Shan Hospital,9
Seen,202405,Shan Hospital,100
Referred,202405,North Post,3
Referred,202413,Shan Hospital,4
Seen,202406,Shan Hospital,many
Births,202405,Shan Hospital,7
"""


@pytest.fixture
def analyst(story: Reporting) -> Client:
    return client_of(story.analyst)


def keep_names(story: Reporting) -> None:
    county = story.scene.county.code
    lines = (
        f"{county},Referred,{SHARE},numerator,yes\n{county},Seen,{SHARE},denominator,yes\n"
        f"{county},Seen,{COUNT},numerator,yes\n{county},Births,{COUNT},numerator,no\n"
    )
    load(acting_as(story.analyst), "export_elements", ELEMENTS + lines)
    load(acting_as(story.analyst), "export_units", f"{UNITS}{county},Shan Hospital,SHAN\n")


def upload(client: Client, story: Reporting, text: str) -> HttpResponse:
    file = SimpleUploadedFile("may.csv", text.encode(), "text/csv")
    return send(client, "indicators:exports", keeper=story.scene.county.code, file=file)


def test_without_names_no_export_is_read_and_the_page_says_what_to_do(story: Reporting, analyst: Client) -> None:
    text = words(page_of(analyst, "indicators:exports"))
    assert "No data element is kept yet, so no export can be read." in text
    assert 'type="file"' not in page_of(analyst, "indicators:exports")
    assert status_of(client_of(story.scene.office_jia), "indicators:exports") == 403


def test_an_export_is_told_about_cell_by_cell_and_nothing_is_imported(story: Reporting, analyst: Client) -> None:
    keep_names(story)
    response = upload(analyst, story, LONG)
    text = words(response.content.decode())
    assert response.status_code == 200
    assert "Values found 2" in text
    assert "4 4 The unit “North Post” is not in the table of organisation units." in text
    assert "5 4 “202413” is no month, quarter or year." in text
    assert "6 4 “many” is no number of 0 or more." in text
    assert "Births 1" in text, "what is not in use counts as not mapped"
    assert not IndicatorValue.objects.exists()


def test_its_values_go_through_the_import_of_values(story: Reporting, analyst: Client) -> None:
    keep_names(story)
    page = upload(analyst, story, LONG).content.decode()
    found = re.search(r"/registry/imports/files/([0-9a-f]{32})/", page)
    assert found is not None
    preview = words(page_of(analyst, "registry:import-preview", found[1]))
    assert SHARE in preview
    run = analyst.post(reverse("registry:import-run", args=[found[1]]), {"command_key": "k1", "mode": "all_or_nothing"})
    assert run.status_code == 302
    kept = {each.code: (each.numerator, each.denominator, each.source) for each in IndicatorValue.objects.all()}
    assert kept == {SHARE: (Decimal(9), Decimal(100), "uploaded"), COUNT: (Decimal(100), None, "uploaded")}


def test_what_the_values_break_is_told_with_its_row_before_anything_is_written(
    story: Reporting, analyst: Client
) -> None:
    keep_names(story)
    page = upload(analyst, story, LONG.replace("Shan Hospital,9", "Shan Hospital,900")).content.decode()
    found = re.search(r"/registry/imports/files/([0-9a-f]{32})/", page)
    assert found is not None
    assert "is part of the denominator 100" in words(page_of(analyst, "registry:import-preview", found[1]))
    assert not IndicatorValue.objects.exists()


def test_a_file_that_is_no_export_is_refused_in_words(story: Reporting, analyst: Client) -> None:
    keep_names(story)
    response = upload(analyst, story, "name,age\nx,1\n")
    assert response.status_code == 422
    assert "The file is no export that can be read." in words(response.content.decode())


def test_names_go_out_and_in_and_wrong_ones_are_told_with_their_row(story: Reporting) -> None:
    keep_names(story)
    county = story.scene.county.code
    exported = [dict(each) for each in table_kind("export_elements").export(story.analyst)]
    assert {(each["data_element"], each["part"], each["is_used"]) for each in exported} == {
        ("Referred", "numerator", True),
        ("Seen", "denominator", True),
        ("Seen", "numerator", True),
        ("Births", "numerator", False),
    }
    wrong = preview_of(story.analyst, "export_elements", f"{ELEMENTS}{county},Deaths,no-such,numerator,yes\n")
    assert "“no-such” is no indicator." in only_reason(wrong)
    wrong = preview_of(story.analyst, "export_elements", f"{ELEMENTS}{county},Deaths,{COUNT},denominator,yes\n")
    assert "has no denominator" in only_reason(wrong)
    wrong = preview_of(story.analyst, "export_units", f"{UNITS}{county},Far,JIA1\n")
    assert "not within your reach" in only_reason(wrong)
    assert list(table_kind("export_elements").export(story.stranger)) == []
    assert ExportElement.objects.count() == 4
