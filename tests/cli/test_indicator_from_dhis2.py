"""`lianyi indicator from-dhis2`: an export becomes a table that the site imports, and an account of it."""

from __future__ import annotations

import csv
import gzip
import json

import pytest


@pytest.fixture
def files(tmp_path):
    (tmp_path / "export.csv").write_text(
        "dataElement,period,orgUnit,value\n"
        "tested,202401,East,40\npositive,202401,East,10\ntested,202402,East,\ntested,202401,North,5\nbirths,202401,East,2\n",
        encoding="utf-8",
    )
    (tmp_path / "mapping.csv").write_text(
        "data_element,indicator_code,part\ntested,positive-share,denominator\npositive,positive-share,numerator\n",
        encoding="utf-8",
    )
    (tmp_path / "units.csv").write_text("org_unit,unit_code\nEast,E1\n", encoding="utf-8")
    return tmp_path


def test_the_table_and_the_account(lianyi, files):
    found = lianyi(
        *("indicator", "from-dhis2", files / "export.csv", "--mapping", files / "mapping.csv"),
        *("--units", files / "units.csv", "--out", files / "values.csv", "--json"),
    )

    assert found.exit_code == 0
    assert json.loads(found.stdout) == {
        "values": 1,
        "empty_cells": 1,
        "unmapped": {"births": 1},
        "not_used": [{"row": 5, "column": 4, "why": "the unit “North” is not in the table of units"}],
    }
    with (files / "values.csv").open(encoding="utf-8", newline="") as table:
        assert list(csv.DictReader(table)) == [
            {
                "indicator_code": "positive-share",
                "unit_code": "E1",
                "period": "2024-01",
                "numerator": "10",
                "denominator": "40",
                "provenance": "reported",
            }
        ]


def test_a_mapping_without_its_columns_is_refused(lianyi, files):
    (files / "mapping.csv").write_text("element,indicator\ntested,x\n", encoding="utf-8")
    refused = lianyi(
        *("indicator", "from-dhis2", files / "export.csv", "--mapping", files / "mapping.csv"),
        *("--out", files / "values.csv"),
    )

    assert refused.exit_code != 0
    assert "data_element" in refused.stderr
    assert not (files / "values.csv").exists()


@pytest.mark.realdata
def test_the_malawi_panel_keeps_every_figure_and_no_empty_cell(lianyi, files, real_data):
    source = real_data / "mw_malaria_monthly" / "monthly_cases.csv.gz"
    if not source.exists():
        pytest.skip("the Malawi panel is not here")
    with gzip.open(source, "rt", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    lines = [
        f'{element},{row["month"].replace("-", "")},"{row["facility"]}",{row[element]}'
        for row in rows
        for element in ("rdt", "microscopy")
    ]
    (files / "mw.csv").write_text("\n".join(["dataElement,period,orgUnit,value", *lines]) + "\n", encoding="utf-8")
    (files / "mw_map.csv").write_text(
        "data_element,indicator_code,part\nrdt,malaria-cases,numerator\nmicroscopy,malaria-slides,numerator\n",
        encoding="utf-8",
    )
    found = lianyi(
        *("indicator", "from-dhis2", files / "mw.csv", "--mapping", files / "mw_map.csv"),
        *("--out", files / "mw_values.csv", "--json"),
    )
    account = json.loads(found.stdout)
    given = sum(bool(row[element].strip()) for row in rows for element in ("rdt", "microscopy"))

    assert account["not_used"] == []
    assert (account["values"], account["empty_cells"]) == (given, 2 * len(rows) - given)
    with (files / "mw_values.csv").open(encoding="utf-8", newline="") as table:
        total = sum(int(row["numerator"]) for row in csv.DictReader(table) if row["indicator_code"] == "malaria-cases")
    assert total == sum(int(float(row["rdt"])) for row in rows if row["rdt"].strip())
