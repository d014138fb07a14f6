"""Write the large sample tables of the case zibo-shizhu: ``python3 tools/make_case_data.py [FOLDER]``.

The case reports five batches of first village doctors, 514 people in all, 50 medical service teams and 19 people
sent to Shizhu, and names nobody. This script invents whom it does not name: staff, villages, their clinics, postings,
teams, rounds. It writes these files, always the same for the same seed, and nothing else:

    places  institutions  departments  staff  staff_unavailabilities  agreement_parties  batches  teams  postings
    posting_absences  round_programmes  round_crews  round_stops  round_closures  round_visits

Everything else of the five cases is written by hand and kept in the files themselves: of this case the agreements,
the duties and what the report says (timeline_facts), and all tables of the other cases. Institutions that the report
names stand in this script with the provenance ``reported``; so do the parties among them. All else is ``sample``.

Needs nothing but Python.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from case_tables import SPECIALTIES, Group, Row, write_table
from zibo_rounds import HOSPITAL_POINT
from zibo_rounds import closures as round_closures
from zibo_rounds import crews as round_crews
from zibo_rounds import programmes as round_programmes
from zibo_rounds import stops as round_stops
from zibo_rounds import visits as round_visits
from zibo_support import CONTINUATION, SUPPORT, SUPPORT_ABSENCES, SUPPORT_BATCHES, SUPPORT_POSTINGS
from zibo_villages import (
    BOSHAN,
    DISTRICTS,
    VILLAGE,
    YIYUAN,
    ZICHUAN,
    clinic_code,
    rows_of_villages,
    village_batches,
    village_postings,
    village_staff,
)

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "lianyi" / "cases" / "zibo-shizhu"
DEANS = "ZB-DEAN-2019"
TEAMS_OF_BOSHAN = 50
NAMED_INSTITUTIONS = (
    ("ZBWJW", "淄博市卫生健康委员会", "Zibo Health Commission", "health_administration", "370300"),
    ("ZBFY", "淄博市妇幼保健院", "Zibo Maternal and Child Health Hospital", "maternal_child_hospital", "370300"),
    ("SZWJW", "石柱土家族自治县卫生健康委员会", "Shizhu County Health Commission", "health_administration", "500240"),
    (
        "SZFY",
        "石柱土家族自治县妇幼保健计划生育服务中心",
        "Shizhu County Maternal-Child Health and Family Planning Service Centre",
        "maternal_child_hospital",
        "500240",
    ),
)
SAMPLE_INSTITUTIONS = (
    ("ZBYL01", "淄博样例市医院", "Zibo Sample City Hospital", "general_hospital", "370300"),
    ("SZYL01", "石柱样例县医院", "Shizhu Sample County Hospital", "general_hospital", "500240"),
    ("SZWSY01", "西沱镇样例卫生院", "Xituo Town Sample Health Centre", "township_health_centre", "500240101"),
    ("SZWSY02", "临溪镇样例卫生院", "Linxi Town Sample Health Centre", "township_health_centre", "500240104"),
    ("SZWSY03", "沙子镇样例卫生院", "Shazi Town Sample Health Centre", "township_health_centre", "500240107"),
    ("SZWSY04", "黄水镇样例卫生院", "Huangshui Town Sample Health Centre", "township_health_centre", "500240105"),
    (
        "SZSQ01",
        "南宾街道样例社区卫生服务中心",
        "Nanbin Sample Community Health Centre",
        "community_health_centre",
        "500240001",
    ),
    (
        "SZSQ02",
        "万安街道样例社区卫生服务中心",
        "Wan'an Sample Community Health Centre",
        "community_health_centre",
        "500240002",
    ),
)
PRIMARY_KINDS = ("township_health_centre", "community_health_centre", "village_clinic")
# Institution, how its people are told apart in both languages, and how many it has in each department.
STAFF_PLAN: tuple[tuple[str, str, str, Mapping[str, int]], ...] = (
    ("ZBFY", "淄博妇幼", "Zibo MCH", {"OG": 10, "PD": 4}),
    ("ZBYL01", "淄博", "Zibo", {"EM": 3, "GP": 16, "IM": 6, "OR": 3, "RD": 3, "SU": 4, "TC": 5}),
    ("SZFY", "石柱妇幼", "Shizhu MCH", {"OG": 4, "PD": 3}),
    ("SZYL01", "石柱", "Shizhu", {"EM": 2, "IM": 3, "OR": 2, "SU": 3}),
    ("SZWSY01", "西沱", "Xituo", {"GP": 3}),
    ("SZWSY03", "沙子", "Shazi", {"GP": 2}),
)


def places() -> list[Row]:
    return [
        {
            "code": code,
            "name_zh": f"样例村 {number:03d}",
            "name_en": f"Sample Village {number:03d}",
            "level": "village",
            "parent_code": district.code,
            "longitude": longitude,
            "latitude": latitude,
            "coordinate_system": "wgs84",
        }
        for district, number, code, longitude, latitude in rows_of_villages()
    ]


def institution(entry: Sequence[str], provenance: str) -> Row:
    code, name_zh, name_en, kind, place = entry
    return {
        "code": code,
        "name_zh": name_zh,
        "name_en": name_en,
        "kind": kind,
        "tier": "primary" if kind in PRIMARY_KINDS else "",
        "place_code": place,
        "provenance": provenance,
    }


def institutions() -> list[Row]:
    rows = [institution(entry, "reported") for entry in NAMED_INSTITUTIONS]
    rows += [institution(entry, "sample") for entry in SAMPLE_INSTITUTIONS]
    for district in DISTRICTS:
        hospital = (f"{district.name_zh}样例医院", f"{district.name_en} Sample Hospital", "general_hospital")
        row = institution((district.hospital, *hospital, district.code), "sample")
        if district.mobile_agreement == ZICHUAN:
            # The teams of the sample rounds set out from here.
            row |= dict(zip(("longitude", "latitude", "coordinate_system"), (*HOSPITAL_POINT, "wgs84"), strict=True))
        rows.append(row)
        for number in (1, 2):
            name_zh, name_en = f"{district.name_zh}样例镇卫生院", f"{district.name_en} Sample Health Centre"
            names = (f"{name_zh} {number:02d}", f"{name_en} {number:02d}")
            entry = (district.health_centre(number), *names, "township_health_centre", district.code)
            rows.append(institution(entry, "sample"))
    for district, number, place, longitude, latitude in rows_of_villages():
        names = (f"样例村 {number:03d} 卫生室", f"Clinic of Sample Village {number:03d}")
        row = institution((clinic_code(number), *names, "village_clinic", place), "sample")
        row |= {"parent_code": district.health_centre(1 + number % 2), "coordinate_system": "wgs84"}
        rows.append(row | {"longitude": longitude, "latitude": latitude})
    return rows


def department(institution_code: str, code: str, minimum: int) -> Row:
    _label_zh, _label_en, specialty, name_zh, name_en = SPECIALTIES[code]
    return {
        "institution_code": institution_code,
        "code": code,
        "name_zh": name_zh,
        "name_en": name_en,
        "specialty": specialty,
        "status": "established",
        "minimum_staff_on_duty": minimum,
    }


def departments() -> list[Row]:
    planned = [(place, code) for place, _zh, _en, plan in STAFF_PLAN for code in plan]
    rows = [department(place, code, 0 if "WSY" in place else 1) for place, code in planned]
    for district in DISTRICTS:
        rows += [department(district.hospital, "GP", 4), department(district.hospital, "IM", 1)]
    return rows


def hospital_staff() -> list[Row]:
    """Everybody of the hospitals that support Shizhu, and of Shizhu itself."""
    ranks = ("associate_senior", "intermediate", "intermediate")
    rows = []
    for place, tag_zh, tag_en, plan in STAFF_PLAN:
        for code, people in plan.items():
            label_zh, label_en = SPECIALTIES[code][:2]
            group = Group(place, code, f"{tag_zh}·{label_zh}", f"{tag_en} {label_en}", code)
            rows += [group.member(number, ranks[number % 3]) for number in range(1, people + 1)]
    return rows


def district_staff() -> list[Row]:
    """Those who stay, the executive deans, and the leaders of the teams of Boshan."""
    rows = []
    for district in DISTRICTS:
        stay = Group(district.hospital, "GP", f"{district.name_zh}·全科", f"{district.name_en} General Practice", "GP")
        rows += [stay.member(number, "intermediate") for number in range(1, 7)]
        deans = Group(district.hospital, "IM", f"{district.name_zh}·内科", f"{district.name_en} Medicine", "IM")
        rows += [deans.member(number, "associate_senior") for number in range(1, 5)]
    leaders = Group("BSYL01", "GP", "博山·队长", "Boshan Team Leader", "TL")
    rows += [leaders.member(number, "intermediate") for number in range(1, TEAMS_OF_BOSHAN + 1)]
    return rows


def dean_postings() -> list[Row]:
    places_of_deans = [(district, number) for district in DISTRICTS for number in (1, 2)]
    return [
        {
            "agreement_code": DEANS,
            "code": f"P{count:02d}",
            "kind": "executive_dean",
            "staff_institution_code": district.hospital,
            "staff_code": f"IM{number:02d}",
            "to_institution_code": district.health_centre(number),
            "specialty": SPECIALTIES["IM"][2],
            "starts_on": "2019-03-18",
            "ends_on": "2020-12-31",
            "arrived_on": "2019-03-18",
            "left_on": "2020-12-31",
            "tasks": "业务院长：规范建设、质量管理、门诊 / Executive dean: standards, quality, clinics",
        }
        for count, (district, number) in enumerate(places_of_deans, start=1)
    ]


def teams() -> list[Row]:
    rows: list[Row] = [
        {
            "agreement_code": BOSHAN,
            "code": f"T{number:02d}",
            "name_zh": f"第{number:02d}医疗服务队",
            "name_en": f"Medical service team {number:02d}",
            "leader_institution_code": "BSYL01",
            "leader_staff_code": f"TL{number:02d}",
        }
        for number in range(1, TEAMS_OF_BOSHAN + 1)
    ]
    units = [
        (ZICHUAN, "ZCYL01", "流动医院", "Mobile hospital", 2),
        (ZICHUAN, "ZCYL01", "行走的医生小队", "Walking doctors", 4),
        (YIYUAN, "YYYL01", "流动医院", "Mobile hospital", 1),
    ]
    for agreement, hospital, name_zh, name_en, count in units:
        for number in range(1, count + 1):
            code = f"{'W' if 'Walking' in name_en else 'M'}{number:02d}"
            names = {"name_zh": f"{name_zh} {number:02d}", "name_en": f"{name_en} {number:02d}"}
            leader = {"leader_institution_code": hospital, "leader_staff_code": f"GP{len(rows) % 6 + 1:02d}"}
            rows.append({"agreement_code": agreement, "code": code, **names, **leader})
    return rows


def party(agreement: str, code: str, side: str, since: str, provenance: str = "sample") -> Row:
    facts = {"agreement_code": agreement, "institution_code": code, "side": side}
    return {**facts, "valid_from": since, "provenance": provenance}


def parties_of_shizhu(agreement: str, since: str, provenance: str) -> list[Row]:
    sides = {"ZBWJW": "organiser", "ZBFY": "supporting", "SZWJW": "supported", "SZFY": "supported"}
    rows = [party(agreement, code, side, since, provenance) for code, side in sides.items()]
    rows += [party(agreement, "ZBYL01", "supporting", since), party(agreement, "SZYL01", "supported", since)]
    centres = [entry[0] for entry in SAMPLE_INSTITUTIONS if entry[3] in PRIMARY_KINDS]
    return rows + [party(agreement, code, "site", since) for code in centres]


def agreement_parties() -> list[Row]:
    rows = parties_of_shizhu(SUPPORT, "2018-06-01", "reported")
    rows += parties_of_shizhu(CONTINUATION, "2026-01-01", "sample")
    rows.append(party(VILLAGE, "ZBWJW", "organiser", "2015-04-01", "reported"))
    rows += [party(VILLAGE, district.hospital, "supporting", "2015-04-01") for district in DISTRICTS]
    villages = rows_of_villages()
    rows += [party(VILLAGE, clinic_code(number), "site", "2015-04-01") for _district, number, *_ in villages]
    for district in DISTRICTS:
        agreement, since = district.mobile_agreement, "2018-01-01"
        rows.append(party(agreement, "ZBWJW", "organiser", since))
        rows.append(party(agreement, district.hospital, "supporting", since))
        own = [number for where, number, *_ in villages if where is district]
        rows += [party(agreement, clinic_code(number), "site", since) for number in own]
    rows.append(party(DEANS, "ZBWJW", "organiser", "2019-01-01"))
    for district in DISTRICTS:
        rows.append(party(DEANS, district.hospital, "supporting", "2019-01-01"))
        rows += [party(DEANS, district.health_centre(number), "supported", "2019-01-01") for number in (1, 2)]
    return rows


def tables() -> dict[str, Iterable[Mapping[str, object]]]:
    """Return the rows of every table that this script owns."""
    away = {"institution_code": "ZBYL01", "starts_on": "2026-11-02", "ends_on": "2026-12-31", "kind": "training"}
    return {
        "places": places(),
        "institutions": institutions(),
        "departments": departments(),
        "staff": [*hospital_staff(), *district_staff(), *village_staff()],
        "staff_unavailabilities": [{**away, "staff_code": "IM05"}, {**away, "staff_code": "TC05", "kind": "leave"}],
        "agreement_parties": agreement_parties(),
        "batches": [*SUPPORT_BATCHES, *village_batches()],
        "teams": teams(),
        "postings": [*SUPPORT_POSTINGS, *village_postings(), *dean_postings()],
        "posting_absences": SUPPORT_ABSENCES,
        "round_programmes": round_programmes(),
        "round_crews": round_crews(),
        "round_stops": round_stops(),
        "round_closures": round_closures(),
        "round_visits": round_visits(),
    }


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        write_table(folder, name, rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
