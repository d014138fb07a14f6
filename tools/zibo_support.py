"""The people whom Zibo sent to Shizhu, and those who came to Zibo to learn, as invented for ``make_case_data.py``.

The report gives 19 people, three levels of institution and one visit; who went where and when is sample. The
continuation of 2026 keeps the demonstration alive: people on site, an early return, a gap, a plan for 2027.
"""

from __future__ import annotations

from collections.abc import Mapping

SUPPORT, CONTINUATION = "ZB-SZ-2018", "ZB-SZ-2026"
MENTORING = "带教与专科建设 / Teaching, building of services"
LEARNING = "跟班学习 / Learning on the job"
LEADING = "业务院长：规范建设、质量管理 / Executive dean: standards, quality"

SPECIALTY_OF = {
    "EM": "20",
    "GP": "02",
    "IM": "03",
    "OG": "05",
    "OR": "04.03",
    "PD": "07",
    "RD": "32",
    "SU": "04",
    "TC": "50",
}
DEPARTMENTS_OF = {"SZFY": ("OG", "PD"), "SZYL01": ("EM", "IM", "OR", "SU"), "ZBFY": ("OG", "PD")}

# code, person, receiving institution, batch, predecessor
_SENT = """
P01 ZBFY/OG01   SZFY    1 -
P02 ZBFY/PD01   SZFY    1 -
P03 ZBYL01/IM01 SZYL01  1 -
P04 ZBYL01/SU01 SZYL01  1 -
P05 ZBYL01/GP01 SZWSY01 1 -
P06 ZBYL01/TC01 SZWSY02 1 -
P07 ZBYL01/GP02 SZWSY03 1 -
P08 ZBYL01/GP03 SZSQ01  1 -
P09 ZBFY/OG02   SZSQ02  1 -
P10 ZBFY/OG03   SZFY    2 P01
P11 ZBYL01/EM01 SZYL01  2 -
P12 ZBYL01/OR01 SZYL01  2 -
P13 ZBYL01/GP04 SZWSY01 2 P05
P14 ZBYL01/TC02 SZWSY02 2 P06
P15 ZBYL01/GP05 SZWSY03 2 P07
P16 ZBYL01/RD01 SZWSY04 2 -
P17 ZBYL01/GP06 SZWSY04 2 -
P18 ZBYL01/GP07 SZSQ01  2 P08
P19 ZBFY/OG04   SZSQ02  2 P09
"""
_SPANS = {"1": ("2018-06-01", "2019-05-31"), "2": ("2019-05-27", "2020-05-31")}

# code, person, receiving institution, batch, predecessor, planned from and to, arrived, left
_CONTINUED = """
P01 ZBYL01/GP08 SZWSY01 1 -   2026-02-02 2027-01-31 2026-02-02 -
P02 ZBYL01/TC03 SZWSY02 1 -   2026-02-02 2026-07-31 2026-02-02 2026-07-31
P03 ZBYL01/GP09 SZWSY02 1 P02 2026-10-09 2027-04-08 2026-10-09 -
P04 ZBYL01/GP10 SZWSY03 1 -   2026-02-02 2027-01-31 2026-02-02 2026-05-29
P05 ZBYL01/GP11 SZWSY03 1 P04 2026-06-15 2027-01-31 2026-06-15 -
P06 ZBYL01/IM02 SZWSY04 1 -   2026-02-02 2027-01-31 2026-02-04 -
P07 ZBYL01/GP12 SZSQ01  1 -   2026-02-02 2027-01-31 2026-02-02 -
P08 ZBFY/OG05   SZSQ02  1 -   2026-02-02 2027-01-31 2026-02-02 -
P09 ZBFY/OG06   SZFY    1 -   2026-02-02 2027-01-31 2026-02-02 -
P10 ZBYL01/IM03 SZWSY01 1 -   2026-04-01 2027-03-31 2026-04-01 -
P11 ZBYL01/GP13 SZWSY01 2 P01 2027-01-25 2027-06-30 -          -
P12 ZBYL01/GP14 SZWSY03 2 P05 2027-01-25 2027-06-30 -          -
P13 ZBFY/OG07   SZFY    2 P09 2027-01-25 2027-06-30 -          -
P14 ZBYL01/TC04 SZSQ01  2 P07 2027-01-25 2027-06-30 -          -
"""

# agreement, code, person, from and to, left
_LEARNERS = """
ZB-SZ-2018 U01 SZFY/OG01    2019-03-01 2019-08-31 2019-08-31
ZB-SZ-2018 U02 SZFY/PD01    2019-06-03 2019-11-30 2019-11-30
ZB-SZ-2018 U03 SZFY/OG02    2019-09-02 2020-02-29 2020-02-29
ZB-SZ-2018 U04 SZWSY01/GP01 2019-10-08 2020-01-17 2020-01-17
ZB-SZ-2026 U01 SZFY/OG03    2026-09-01 2027-02-28 -
ZB-SZ-2026 U02 SZWSY01/GP02 2026-11-02 2027-01-29 -
"""


def _posting(agreement: str, code: str, kind: str, person: str, place: str) -> dict[str, object]:
    institution, staff = person.split("/")
    letters = staff[:2]
    return {
        "agreement_code": agreement,
        "code": code,
        "kind": kind,
        "staff_institution_code": institution,
        "staff_code": staff,
        "to_institution_code": place,
        "to_department_code": letters if letters in DEPARTMENTS_OF.get(place, ()) else "",
        "specialty": SPECIALTY_OF[letters],
    }


def _days(starts_on: str, ends_on: str, arrived_on: str, left_on: str) -> dict[str, object]:
    texts = {"starts_on": starts_on, "ends_on": ends_on, "arrived_on": arrived_on, "left_on": left_on}
    return {name: "" if text == "-" else text for name, text in texts.items()}


def _sent() -> list[dict[str, object]]:
    rows = []
    for code, person, place, batch, predecessor in map(str.split, _SENT.strip().splitlines()):
        starts_on, ends_on = _SPANS[batch]
        row = _posting(SUPPORT, code, "team", person, place) | _days(starts_on, ends_on, starts_on, ends_on)
        before = "" if predecessor == "-" else predecessor
        rows.append(row | {"batch_number": batch, "predecessor_code": before, "tasks": MENTORING})
    return rows


def _continued() -> list[dict[str, object]]:
    rows = []
    for code, person, place, batch, predecessor, *days in map(str.split, _CONTINUED.strip().splitlines()):
        is_dean = code == "P10"
        row = _posting(CONTINUATION, code, "executive_dean" if is_dean else "team", person, place) | _days(*days)
        before = "" if predecessor == "-" else predecessor
        tasks = LEADING if is_dean else MENTORING
        rows.append(row | {"batch_number": batch, "predecessor_code": before, "tasks": tasks})
    return rows


def _learners() -> list[dict[str, object]]:
    rows = []
    for agreement, code, person, starts_on, ends_on, left_on in map(str.split, _LEARNERS.strip().splitlines()):
        row = _posting(agreement, code, "secondment_up", person, "ZBFY")
        rows.append(row | _days(starts_on, ends_on, starts_on, left_on) | {"tasks": LEARNING})
    return rows


def _batch(agreement: str, number: int, names: tuple[str, str], span: tuple[str, str]) -> dict[str, object]:
    texts = {"name_zh": names[0], "name_en": names[1], "starts_on": span[0], "ends_on": span[1]}
    return {"agreement_code": agreement, "number": number, **texts}


def _absence(agreement: str, posting: str, starts_on: str, ends_on: str, kind: str) -> dict[str, object]:
    facts = {"agreement_code": agreement, "posting_code": posting, "kind": kind}
    return {**facts, "starts_on": starts_on, "ends_on": ends_on}


SUPPORT_POSTINGS: tuple[Mapping[str, object], ...] = (*_sent(), *_continued(), *_learners())
SUPPORT_BATCHES: tuple[Mapping[str, object], ...] = (
    _batch(SUPPORT, 1, ("第一批", "Batch 1"), _SPANS["1"]),
    _batch(SUPPORT, 2, ("第二批", "Batch 2"), _SPANS["2"]),
    _batch(CONTINUATION, 1, ("2026年样例批", "Sample batch of 2026"), ("2026-02-02", "2027-01-31")),
    _batch(CONTINUATION, 2, ("2027年样例批", "Sample batch of 2027"), ("2027-01-25", "2027-06-30")),
)
SUPPORT_ABSENCES: tuple[Mapping[str, object], ...] = (
    _absence(SUPPORT, "P03", "2019-02-02", "2019-02-11", "home_leave"),
    _absence(SUPPORT, "P08", "2018-10-01", "2018-10-05", "home_leave"),
    _absence(SUPPORT, "P13", "2020-01-22", "2020-01-31", "home_leave"),
    _absence(CONTINUATION, "P01", "2026-10-01", "2026-10-07", "home_leave"),
    _absence(CONTINUATION, "P07", "2026-11-16", "2026-11-27", "training"),
)
