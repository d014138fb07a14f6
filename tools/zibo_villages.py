"""The first village doctors of Zibo: invented villages, five batches and 514 people for ``make_case_data.py``."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from case_tables import SPECIALTIES, Group, Row

SEED = 514
BATCH_SIZES = (98, 100, 102, 105, 109)
FIRST_BATCH_YEAR = 2015
EARLY_RETURNS = {(2, 17): 96, (4, 40): 121, (5, 63): 64}
"""Days before the end on which a village doctor came home, by batch and place in the batch."""

VILLAGE, ZICHUAN, BOSHAN, YIYUAN = "ZB-FVD-2015", "ZB-ZC-MOBILE", "ZB-BS-TEAMS", "ZB-YY-MOBILE"
RANKS_OF_VILLAGE_DOCTORS = ("intermediate",) * 6 + ("associate_senior",) * 2 + ("junior",) * 2


@dataclass(frozen=True)
class HillDistrict:
    """One of the three hill districts with its invented villages around an invented middle point."""

    code: str
    name_zh: str
    name_en: str
    letters: str
    villages: int
    longitude: float
    latitude: float
    mobile_agreement: str

    @property
    def hospital(self) -> str:
        return f"{self.letters}YL01"

    def health_centre(self, number: int) -> str:
        return f"{self.letters}WSY{number:02d}"


DISTRICTS = (
    HillDistrict("370302", "淄川", "Zichuan", "ZC", 40, 118.03, 36.52, ZICHUAN),
    HillDistrict("370304", "博山", "Boshan", "BS", 35, 117.92, 36.44, BOSHAN),
    HillDistrict("370323", "沂源", "Yiyuan", "YY", 35, 118.17, 36.13, YIYUAN),
)


def rows_of_villages() -> list[tuple[HillDistrict, int, str, float, float]]:
    """Return district, number, code, longitude and latitude of every invented village."""
    chance = random.Random(SEED)  # noqa: S311 - invented places, nothing secret
    villages = []
    number = 0
    for district in DISTRICTS:
        for _ in range(district.villages):
            number += 1
            longitude = round(district.longitude + chance.uniform(-0.14, 0.14), 4)
            latitude = round(district.latitude + chance.uniform(-0.11, 0.11), 4)
            villages.append((district, number, f"{district.code}V{number:03d}", longitude, latitude))
    return villages


def clinic_code(number: int) -> str:
    return f"ZBWSS{number:03d}"


def village_staff() -> list[Row]:
    chance = random.Random(SEED + 1)  # noqa: S311 - invented people, nothing secret
    rows = []
    for posting in village_postings():
        group = Group(str(posting["staff_institution_code"]), "GP", "第一村医", "First Village Doctor", "FV")
        number = int(str(posting["staff_code"]).removeprefix("FV"))
        rows.append(group.member(number, chance.choice(RANKS_OF_VILLAGE_DOCTORS), digits=3))
    return rows


def village_batches() -> list[Row]:
    return [
        {
            "agreement_code": VILLAGE,
            "number": number,
            "name_zh": f"第{'一二三四五'[number - 1]}批第一村医",
            "name_en": f"First village doctors, batch {number}",
            "starts_on": start,
            "ends_on": end,
        }
        for number, (start, end) in enumerate(batch_spans(), start=1)
    ]


def batch_spans() -> list[tuple[datetime.date, datetime.date]]:
    years = range(FIRST_BATCH_YEAR, FIRST_BATCH_YEAR + len(BATCH_SIZES))
    return [(datetime.date(year, 4, 1), datetime.date(year + 1, 3, 31)) for year in years]


def village_postings() -> list[Row]:
    """One line for each of the 514; each batch takes over the villages of the one before and adds a few."""
    order = [(district, number) for district, number, *_ in rows_of_villages()]
    random.Random(SEED + 2).shuffle(order)  # noqa: S311 - invented villages, nothing secret
    rows: list[Row] = []
    person = 0
    for batch, ((start, end), size) in enumerate(zip(batch_spans(), BATCH_SIZES, strict=True), start=1):
        for place, (district, village) in enumerate(order[:size], start=1):
            person += 1
            early = EARLY_RETURNS.get((batch, place), 0)
            taken_over = batch > 1 and place <= BATCH_SIZES[batch - 2]
            rows.append(
                {
                    "agreement_code": VILLAGE,
                    "code": f"V{batch}-{village:03d}",
                    "kind": "first_village_doctor",
                    "staff_institution_code": district.hospital,
                    "staff_code": f"FV{person:03d}",
                    "to_institution_code": clinic_code(village),
                    "specialty": SPECIALTIES["GP"][2],
                    "batch_number": batch,
                    "predecessor_code": f"V{batch - 1}-{village:03d}" if taken_over else "",
                    "starts_on": start,
                    "ends_on": end,
                    "arrived_on": start,
                    "left_on": end - datetime.timedelta(days=early),
                    "tasks": "村卫生室诊疗、公共卫生、带教村医 / Treatment, public health, teaching the village doctor",
                }
            )
    return rows
