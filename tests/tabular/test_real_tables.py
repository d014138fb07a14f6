"""Files as they really are. They are no part of the project; where they are absent these tests are skipped."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from lianyi.tabular import (
    Column,
    ColumnKind,
    IgnoredReason,
    ParseOptions,
    find_table,
    parse_sheet,
    read_tables,
    split_bracketed_name,
    write_table,
)

REPOSITORY = Path(__file__).parents[2]
REAL = Path(os.environ.get("LIANYI_REAL_DATA", REPOSITORY.parent / "shared" / "real"))
pytestmark = pytest.mark.realdata


def text(name, **more):
    return Column(name, name, name, ColumnKind.TEXT, **more)


def code(name, **more):
    return Column(name, name, name, ColumnKind.CODE, **more)


def number(name, kind=ColumnKind.DECIMAL):
    return Column(name, name, name, kind)


def data_of(path):
    file = REAL / path
    if not file.exists():
        pytest.skip(f"{path} is not here")
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def table_of(path, columns, options=None):
    sheet, _ = find_table(read_tables(data_of(path), path), columns)
    return parse_sheet(sheet, columns, options or ParseOptions())


ENGLISH_HOSPITAL = (
    code("OrganisationCode", required=True),
    text("OrganisationName", required=True),
    number("Latitude", ColumnKind.LATITUDE),
    number("Longitude", ColumnKind.LONGITUDE),
    code("ParentODSCode"),
)


def test_english_hospitals_are_read_with_their_parents():
    table = table_of("uk_hospitals_2014/hospitals.csv", ENGLISH_HOSPITAL)
    assert len(table.rows) == 2918
    assert len({row.values["ParentODSCode"] for row in table.rows} - {None}) == 322
    assert sum(row.values["Latitude"] is None for row in table.rows) == 1
    assert table.rows[0].values["OrganisationName"] == "West Park Hospital"
    assert table.rows_with_problems == []


def test_english_hospitals_survive_their_first_separator_and_encoding():
    sheet = read_tables(data_of("uk_hospitals_2014/hospitals.csv"), "hospitals.csv").sheets[0]
    original = "\r\n".join("¬".join(map(str, row)) for row in sheet.rows).encode("latin-1")
    book = read_tables(original, "Hospital.csv")
    mended = [[str(cell).replace("\x92", "’") for cell in row] for row in sheet.rows]
    assert (book.separator, book.encoding, book.sheets[0].rows) == ("¬", "windows-1252", mended)


def test_chinese_institutions_have_second_names_and_doubles():
    columns = (
        code("prov_code"),
        text("province"),
        code("city_code"),
        text("city"),
        text("name", required=True),
        text("address"),
    )
    table = table_of("cn_fever_clinics_2020/institutions.csv", columns)
    provinces = [row.values["province"] for row in table.rows]
    assert len(table.rows) == 2083
    assert {name: sum(name in province for province in provinces) for name in ("福建", "湖北", "天津")} == {
        "福建": 1115,
        "湖北": 461,
        "天津": 48,
    }
    assert split_bracketed_name(str(table.rows[0].values["name"])) == (
        "北京市昌平区南口医院",
        "北京市昌平区南口中西医结合医院",
    )
    assert sum(row.values["address"] is None for row in table.rows) / len(table.rows) == pytest.approx(0.89, abs=0.01)


@pytest.mark.parametrize(("name", "rows"), [("provinces", 31), ("cities", 342), ("areas", 2978)])
def test_administrative_codes_stay_text(name, rows):
    table = table_of(f"cn_admin_codes/{name}.csv", (code("code", required=True), text("name", required=True)))
    assert len(table.rows) == rows
    assert {len(str(row.values["code"])) for row in table.rows} == {{"provinces": 2, "cities": 4, "areas": 6}[name]}


def test_villages_keep_their_twelve_digits_even_through_a_workbook_and_gb18030():
    columns = (code("code", required=True), text("name", required=True), code("streetCode"), text("street"))
    table = table_of("cn_pair_villages/villages.csv", columns)
    values = [row.values for row in table.rows]
    assert (len(values), len({row["streetCode"] for row in values})) == (1056, 112)
    assert {len(str(row["code"])) for row in values} == {12}
    for data in (
        write_table(columns, values, "zh-hans", "xlsx"),
        write_table(columns, values, "zh-hans", "csv").decode("utf-8-sig").encode("gb18030"),
    ):
        sheet, _ = find_table(read_tables(data, "villages"), columns)
        assert [row.values for row in parse_sheet(sheet, columns).rows] == values


def test_kenyan_totals_are_left_out_and_the_parts_add_up_to_them():
    columns = (text("county"), text("subcounty", required=True), text("area"), number("population", ColumnKind.INTEGER))
    options = ParseOptions(key_columns=("subcounty", "area"), total_markers=frozenset({"County"}))
    every = table_of("ke_census2019/subcounty_population.csv", columns)
    parts = table_of("ke_census2019/subcounty_population.csv", columns, options)
    assert [(row.row_number, row.given) for row in every.ignored] == [(2, "Total")]
    assert len(every.rows) + len(every.ignored) == 396
    assert {row.reason for row in parts.ignored} == {IgnoredReason.TOTAL}
    assert len(parts.ignored) == 1 + 47
    assert sum(int(str(row.values["population"] or 0)) for row in parts.rows) == pytest.approx(47_564_296, abs=5)


def test_malawian_facility_codes_written_as_decimals_meet_those_written_whole():
    facilities = table_of("mw_health_system/facilities.csv", (code("Facility_ID", required=True), text("District")))
    columns = (code("Facility_ID", required=True), text("Officer_Category"), number("Staff_Count"))
    staff = table_of("mw_health_system/staff_actual.csv", columns)
    assert (len(facilities.rows), len(staff.rows)) == (133, 1197)
    assert staff.rows[0].values["Facility_ID"] == "0"
    assert {row.values["Facility_ID"] for row in staff.rows} == {row.values["Facility_ID"] for row in facilities.rows}
    assert sum(float(str(row.values["Staff_Count"])) for row in staff.rows) == pytest.approx(24_458, abs=1)


def test_american_hospitals_keep_codes_and_beds():
    columns = (
        code("provider_num", required=True),
        code("npi"),
        text("name", required=True),
        code("zip"),
        number("lat", ColumnKind.LATITUDE),
        number("lon", ColumnKind.LONGITUDE),
        number("bed_count", ColumnKind.INTEGER),
    )
    table = table_of("us_hospitals_synthea/hospitals.csv.gz", columns)
    beds = [row.values["bed_count"] for row in table.rows]
    assert len(table.rows) == 10_678
    assert sum(int(str(bed)) for bed in beds if bed) == 569_909


def test_european_hospitals_are_read_in_their_languages():
    columns = (
        code("id", required=True),
        text("hospital_name"),
        code("cc"),
        number("lat", ColumnKind.LATITUDE),
        number("lon", ColumnKind.LONGITUDE),
        number("cap_beds"),
    )
    table = table_of("eu_hospitals_gisco/hospitals.csv.gz", columns)
    assert (len(table.rows), len({row.values["cc"] for row in table.rows})) == (15_181, 34)
    beds = [float(str(row.values["cap_beds"])) for row in table.rows if row.values["cap_beds"] is not None]
    assert (len(beds), round(sum(beds))) == (3763, 755_004)
