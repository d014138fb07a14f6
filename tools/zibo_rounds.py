"""The rounds of the mobile hospital of Zichuan in the last months of 2026: invented stops, teams and visits.

The report names the walking doctors and mobile hospitals of Zichuan and gives no figure; everything here is sample.
"""

from __future__ import annotations

import datetime
import math
import random
from collections.abc import Iterator

from case_tables import Row
from zibo_villages import DISTRICTS, ZICHUAN, clinic_code, rows_of_villages

SEED = 40
PROGRAMME = "ZC-MOBILE-2026"
FIRST_DAY, LAST_DAY, LAST_RECORDED = (datetime.date(2026, *rest) for rest in ((9, 1), (12, 31), (11, 20)))
HOSPITAL, HOSPITAL_POINT = "ZCYL01", (118.02, 36.56)
TEAMS = ("M01", "M02")
STOPS_A_DAY = 3
SERVICE_MINUTES = 90
KM_PER_HOUR, DETOUR = 30.0, 1.4
KM_PER_DEGREE = 111.2
MISSED, SHORTENED = 0.06, 0.04
REASONS = ("weather", "road", "vehicle", "crew_short", "people_away")
WORDS = {
    "weather": "样例：大雾封路",
    "road": "样例：村道施工",
    "vehicle": "样例：车辆检修",
    "crew_short": "样例：队员请假",
    "people_away": "样例：村民赶集",
}
# Two villages that cannot be reached for some days, each with a visit planned in them.
CLOSED = (
    (7, (2026, 11, 23), (2026, 12, 1), "weather", "样例：山路积雪"),
    (40, (2026, 12, 7), (2026, 12, 11), "road", "样例：修路"),
)


def _villages() -> list[tuple[int, float, float]]:
    district = DISTRICTS[0]
    return [(number, east, north) for where, number, _code, east, north in rows_of_villages() if where is district]


def _minutes(one: tuple[float, float], other: tuple[float, float]) -> int:
    east = (one[0] - other[0]) * math.cos(math.radians(36.5))
    km = math.hypot(east, one[1] - other[1]) * KM_PER_DEGREE * DETOUR
    return max(5, round(km / KM_PER_HOUR * 60))


def programmes() -> list[Row]:
    return [
        {
            "agreement_code": ZICHUAN,
            "code": PROGRAMME,
            "name_zh": "淄川流动医院 2026年秋冬样例",
            "name_en": "Mobile hospital of Zichuan, sample of autumn and winter 2026",
            "kind": "mobile_hospital",
            "starts_on": FIRST_DAY,
            "ends_on": LAST_DAY,
            "required_visits": 1,
            "period": "month",
            "least_days_between": 14,
        }
    ]


def crews() -> list[Row]:
    return [
        {
            "programme_code": PROGRAMME,
            "team_code": team,
            "start_code": HOSPITAL,
            "vehicle": f"样例流动医疗车 {number:02d}",
            "weekdays": "12345",
            "day_starts_at": "08:00",
            "day_ends_at": "17:30",
            "break_minutes": 45,
            "break_from": "12:00",
            "most_nights": 0,
            "skills": "02 03",
        }
        for number, team in enumerate(TEAMS, start=1)
    ]


def stops() -> list[Row]:
    return [
        {
            "programme_code": PROGRAMME,
            "code": f"V{number:03d}",
            "institution_code": clinic_code(number),
            "service_minutes": SERVICE_MINUTES,
            "offers_night": "no",
        }
        for number, _east, _north in _villages()
    ]


def closures() -> list[Row]:
    return [
        {
            "programme_code": PROGRAMME,
            "stop_code": f"V{number:03d}",
            "starts_on": datetime.date(*first),
            "ends_on": datetime.date(*last),
            "kind": kind,
            "reason": words,
        }
        for number, first, last, kind, words in CLOSED
    ]


def visits() -> list[Row]:
    """Every village once a month: the teams share the villages by direction, and drive on Tuesdays and Thursdays."""
    chance = random.Random(SEED)  # noqa: S311 - invented visits, nothing secret
    around = sorted(_villages(), key=lambda each: math.atan2(each[2] - HOSPITAL_POINT[1], each[1] - HOSPITAL_POINT[0]))
    half = len(around) // len(TEAMS)
    rows = []
    for month in range(FIRST_DAY.month, LAST_DAY.month + 1):
        for at, team in enumerate(TEAMS):
            own = around[at * half : (at + 1) * half]
            for day, group in zip(_days(month), _groups(own), strict=False):
                rows += [_told(chance, row) for row in _day(team, day, group)]
    return rows


def _days(month: int) -> Iterator[datetime.date]:
    day = datetime.date(2026, month, 1)
    while day.month == month:
        if day.isoweekday() in (2, 4) and (day.month, day.day) != (10, 1):
            yield day
        day += datetime.timedelta(days=1)


def _groups(villages: list[tuple[int, float, float]]) -> Iterator[list[tuple[int, float, float]]]:
    for start in range(0, len(villages), STOPS_A_DAY):
        yield villages[start : start + STOPS_A_DAY]


def _day(team: str, day: datetime.date, group: list[tuple[int, float, float]]) -> Iterator[Row]:
    clock, here = datetime.datetime.combine(day, datetime.time(8)), HOSPITAL_POINT
    for position, (number, east, north) in enumerate(group, start=1):
        way = _minutes(here, (east, north))
        pause = 45 if position == STOPS_A_DAY else 0
        arrival = clock + datetime.timedelta(minutes=way + pause)
        clock, here = arrival + datetime.timedelta(minutes=SERVICE_MINUTES), (east, north)
        yield {
            "programme_code": PROGRAMME,
            "day": day,
            "team_code": team,
            "stop_code": f"V{number:03d}",
            "position": position,
            "arrives_at": f"{arrival:%H:%M}",
            "departs_at": f"{clock:%H:%M}",
            "travel_minutes": way,
            "was_planned": "yes",
            "state": "planned",
        }


def _told(chance: random.Random, row: Row) -> Row:
    """Say what became of a visit whose day is over."""
    lot, people = chance.random(), chance.randint(9, 42)
    reason = REASONS[chance.randrange(len(REASONS))]
    day = row["day"]
    if not isinstance(day, datetime.date) or day > LAST_RECORDED:
        return row
    if lot < MISSED:
        return {**row, "state": "missed", "reason_code": reason, "reason": WORDS[reason]}
    counts = (
        f"consultation={people - people // 4}; follow_up={people // 4}; test={people // 3}; referred={people // 20}"
    )
    held = {**row, "state": "done", "held_on": day, "people_seen": people, "services": counts}
    if lot < MISSED + SHORTENED:
        return {**held, "state": "shortened", "reason_code": reason, "reason": WORDS[reason]}
    return held
