"""The form of the tables that ``make_case_data.py`` writes, and of the people in them.

Names of invented people can be told from names of people at a glance: 样例, where they work, a number.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, object]

COLUMNS: Mapping[str, str] = {
    "places": "code name_zh name_en level parent_code valid_from valid_to longitude latitude coordinate_system"
    " provenance",
    "institutions": "code name_zh name_en alias kind tier grade ownership place_code parent_code address longitude"
    " latitude coordinate_system opened_on closed_on is_open_24_hours provenance",
    "departments": "institution_code code name_zh name_en specialty status minimum_staff_on_duty opened_on closed_on"
    " provenance",
    "staff": "institution_code code name_zh name_en department_code profession title_rank title specialty"
    " licence_number employed_from employed_to provenance",
    "staff_unavailabilities": "institution_code staff_code starts_on ends_on kind provenance",
    "agreement_parties": "agreement_code institution_code side valid_from valid_to provenance",
    "batches": "agreement_code number name_zh name_en starts_on ends_on provenance",
    "teams": "agreement_code code name_zh name_en batch_number leader_institution_code leader_staff_code provenance",
    "postings": "agreement_code code kind staff_institution_code staff_code to_institution_code to_department_code"
    " specialty batch_number team_code predecessor_code starts_on ends_on arrived_on left_on tasks provenance",
    "posting_absences": "agreement_code posting_code starts_on ends_on kind provenance",
    "round_programmes": "agreement_code code name_zh name_en kind starts_on ends_on required_visits period"
    " least_days_between most_days_between rule provenance",
    "round_crews": "programme_code team_code start_code vehicle weekdays day_starts_at day_ends_at break_minutes"
    " break_from most_nights skills ends_on provenance",
    "round_stops": "programme_code code institution_code place_code service_minutes required_visits period weekdays"
    " opens_at closes_at skills offers_night starts_on ends_on provenance",
    "round_closures": "programme_code stop_code starts_on ends_on kind reason provenance",
    "round_visits": "programme_code day team_code stop_code position arrives_at departs_at travel_minutes was_planned"
    " state held_on began_at ended_at reason_code reason people_seen services note provenance",
}
TITLES = {"junior": "医师", "intermediate": "主治医师", "associate_senior": "副主任医师"}
SPECIALTIES = {
    "EM": ("急诊", "Emergency", "20", "急诊科", "Emergency Department"),
    "GP": ("全科", "General Practice", "02", "全科医疗科", "General Practice"),
    "IM": ("内科", "Medicine", "03", "内科", "Internal Medicine"),
    "OG": ("妇产科", "Obstetrics", "05", "妇产科", "Obstetrics and Gynaecology"),
    "OR": ("骨科", "Orthopaedics", "04.03", "骨科", "Orthopaedics"),
    "PD": ("儿科", "Paediatrics", "07", "儿科", "Paediatrics"),
    "RD": ("放射", "Radiology", "32", "医学影像科", "Medical Imaging"),
    "SU": ("外科", "Surgery", "04", "外科", "Surgery"),
    "TC": ("中医", "Chinese Medicine", "50", "中医科", "Traditional Chinese Medicine"),
}


@dataclass(frozen=True)
class Group:
    """People of one department who are told apart by a number only."""

    institution: str
    department: str
    tag_zh: str
    tag_en: str
    letters: str

    def member(self, number: int, rank: str, digits: int = 2) -> Row:
        return {
            "institution_code": self.institution,
            "code": f"{self.letters}{number:0{digits}d}",
            "name_zh": f"样例{self.tag_zh} {number:0{digits}d}",
            "name_en": f"Sample {self.tag_en} {number:0{digits}d}",
            "department_code": self.department,
            "profession": "doctor",
            "title_rank": rank,
            "title": TITLES[rank],
            "specialty": SPECIALTIES[self.department][2],
        }


def write_table(folder: Path, name: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one table; a row that does not say where it comes from is a sample."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS[name].split(), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({"provenance": "sample", **row} for row in rows)
