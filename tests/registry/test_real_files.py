"""Files from real registers, mapped to our columns: imports must bear their doubles, brackets, gaps and sizes."""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from lianyi.accounts.actors import service_actor
from lianyi.accounts.models import AuditEvent, OrganisationNode
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.imports.running import import_table, preview_table, read_source
from lianyi.registry.models import Institution, Place
from lianyi.registry.quality import find_problems, limits_on
from tests.registry.factories import context, make_place
from tests.registry.tables import counts, load, preview, reasons, table

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def chinese_places(folder: Path) -> list[dict[str, object]]:
    """Return provinces, prefectures, counties, and townships and villages of the six pairs, lowest first."""
    levels = (("provinces.csv", "province", ""), ("cities.csv", "prefecture", "provinceCode"))
    found: list[dict[str, object]] = []
    for name, level, above in (*levels, ("areas.csv", "county", "cityCode")):
        for row in rows_of(folder, f"cn_admin_codes/{name}"):
            parent = row[above] if above else ""
            found.append({"code": row["code"], "name_zh": row["name"], "level": level, "parent_code": parent})
    streets: dict[str, dict[str, object]] = {}
    for row in rows_of(folder, "cn_pair_villages/villages.csv"):
        street, county = row["streetCode"], row["areaCode"]
        streets[street] = {"code": street, "name_zh": row["street"], "level": "township", "parent_code": county}
        found.append({"code": row["code"], "name_zh": row["name"], "level": "village", "parent_code": street})
    return [*reversed(found), *streets.values()]


def test_five_levels_of_chinese_places_are_loaded_from_the_lowest_up(real_data):
    rows = chinese_places(real_data)
    run = load("places", *rows)
    levels = Counter(Place.objects.values_list("level", flat=True))
    assert counts(run) == (len(rows), 0, 0, 0)
    assert levels == {"province": 31, "prefecture": 342, "county": 2978, "township": 112, "village": 1056}
    village = Place.objects.select_related("node", "parent__parent__parent__parent").get(code="140406001001")
    line = [village, village.parent, village.parent.parent, village.parent.parent.parent]
    assert [place.name_zh for place in line] == ["东街社区居委会", "潞华街道", "潞城区", "长治市"]
    root = village.parent.parent.parent.parent
    assert OrganisationNode.objects.filter(path__startswith=root.node.path, code="140406001001").count() == 1
    assert village.node.path.count("/") == 6
    again = load("places", *rows)
    assert counts(again) == (0, 0, len(rows), 0)


def test_a_renamed_code_in_the_real_tree_moves_all_below(real_data):
    load("places", *chinese_places(real_data))
    load("places", {"code": "441302", "name_zh": "惠城区", "level": "county", "parent_code": "4403"})
    shenzhen = Place.objects.select_related("node").get(code="4403")
    below = OrganisationNode.objects.filter(path__startswith=shenzhen.node.path, code__startswith="441302")
    assert (
        below.count() == 1 + Place.objects.filter(code__startswith="441302", level__in=("township", "village")).count()
    )


def fever_clinics(folder: Path) -> list[dict[str, object]]:
    rows = []
    for number, row in enumerate(rows_of(folder, "cn_fever_clinics_2020/institutions.csv")):
        rows.append(
            {
                "code": f"F{number:05d}",
                "name_zh": row["name"],
                "kind": "general_hospital",
                "place_code": row["city_code"],
                "address": row["address"],
            }
        )
    return rows


def test_chinese_hospitals_with_two_names_are_loaded_and_their_doubles_found(real_data):
    rows = fever_clinics(real_data)
    for place in sorted({str(row["place_code"]) for row in rows}):
        make_place(place, "prefecture")
    assert counts(load("institutions", *rows)) == (2083, 0, 0, 0)
    nankou = Institution.objects.get(name_zh="北京市昌平区南口医院")
    assert nankou.alias == "北京市昌平区南口中西医结合医院"
    # 42 names have brackets: 21 hold a second name, the others a campus, or stand in the middle.
    assert Institution.objects.exclude(alias="").count() == 21
    assert Institution.objects.filter(name_zh="青岛大学附属医院（崂山院区）", alias="").exists()
    assert Institution.objects.filter(name_zh="福建省福能集团总医院福能（天湖山）医院", alias="").exists()
    written = Counter((row["place_code"], row["name_zh"]) for row in rows)
    twice = {str(name) for (_place, name), number in written.items() if number > 1}
    limits = dataclasses.replace(limits_on(timezone.localdate()), double_similarity=1.0)
    found = list(
        find_problems(
            service_actor(),
            limits,
            only=["doubles"],
        )
    )
    assert len(twice) == 8
    assert twice <= {each.label for each in found}
    # Campuses of one hospital have their own brackets and are no doubles.
    assert not [each for each in found if each.label.startswith("青岛大学附属医院（")]


def test_english_hospitals_bear_repeated_codes_and_a_missing_position(real_data):
    source = rows_of(real_data, "uk_hospitals_2014/hospitals.csv")
    make_place("ENG", "country")
    rows = [
        {
            "code": row["OrganisationCode"],
            "name_zh": row["OrganisationName"],
            "name_en": row["OrganisationName"],
            "kind": "specialist_hospital" if row["SubType"].startswith("Mental") else "general_hospital",
            "ownership": "public" if row["Sector"] == "NHS Sector" else "private",
            "place_code": "ENG",
            "longitude": row["Longitude"],
            "latitude": row["Latitude"],
            "coordinate_system": "wgs84" if row["Latitude"] else "",
        }
        for row in source
    ]
    frequency = Counter(row["code"] for row in rows)
    single = [row for row in rows if frequency[row["code"]] == 1]
    found = preview("institutions", *rows)
    assert found.counts[RowAction.CREATE] == len(single)
    assert {tuple(each) for each in reasons(found).values()} == {("given-twice",)}
    run = load("institutions", *rows, mode="good_rows")
    assert counts(run) == (len(single), 0, 0, len(rows) - len(single))
    content = export_table(service_actor(), "institutions", "xlsx", "en")
    again = preview_table(service_actor(), "institutions", content, "export.xlsx", "en")
    assert again.counts[RowAction.UNCHANGED] == len(single)


def test_american_hospitals_and_primary_care_are_loaded_at_their_size(real_data):
    sources = [("hospitals.csv.gz", "general_hospital"), ("primary_care.csv.gz", "community_health_centre")]
    rows: dict[str, dict[str, object]] = {}
    for name, kind in sources:
        for row in rows_of(real_data, f"us_hospitals_synthea/{name}"):
            rows.setdefault(
                f"{kind[:1]}-{row['provider_num']}-{row['npi']}",
                {
                    "name_zh": row["name"],
                    "kind": kind,
                    "place_code": row["state"],
                    "address": f"{row['city']} {row['zip']}",
                    "longitude": row["lon"],
                    "latitude": row["lat"],
                    "coordinate_system": "wgs84",
                    "is_open_24_hours": "yes" if row["emergency"] == "true" else "no",
                },
            )
    institutions = [{"code": code, **row} for code, row in rows.items()]
    make_place("US", "country")
    states = sorted({str(row["place_code"]) for row in institutions})
    load("places", *({"code": s, "name_zh": s, "level": "province", "parent_code": "US"} for s in states))
    content = table(*institutions)
    run = import_table(context(), read_source("institutions", content, "us.csv"))
    assert counts(run) == (len(institutions), 0, 0, 0)
    assert len(institutions) > 40_000
    events = AuditEvent.objects.count()
    again = import_table(context(), read_source("institutions", content, "us.csv"))
    assert (counts(again), AuditEvent.objects.count()) == ((0, 0, len(institutions), 0), events)
    limits = dataclasses.replace(limits_on(timezone.localdate()), double_distance_km=0.2)
    near = list(
        find_problems(
            service_actor(),
            limits,
            only=["doubles"],
        )
    )
    assert near
