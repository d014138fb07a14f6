"""The users of the demonstration stand in the tables of the cases."""

from __future__ import annotations

import csv

from lianyi.cases import case_folders
from tests.cases.contract import by_key, rows
from tests.cases.reports import CASES


def every_login():
    file = case_folders()[0].parent / "logins.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_case_has_logins_that_stand_somewhere_with_a_role():
    logins = every_login()
    columns = (
        "username display_name language role node_kind node_code department_code case staff_institution_code staff_code"
    )
    assert list(logins[0]) == columns.split()
    assert len({row["username"] for row in logins}) == len(logins)
    wanted = (
        "commission_viewer lead_office supported_office department_head dispatch_planner registry_steward posted_staff"
        " indicator_analyst"
    )
    of_patients = {"referring_clinician", "duty_clinician", "village_clinician"}
    more_in = {
        "guangming-chengdu": {"assessor"},
        "liupanshui-shuicheng": {"assessor"},
        "zibo-shizhu": {"assessor"},
        "changzhi-lucheng": of_patients | {"referral_coordinator"},
        "huicheng-ceheng": of_patients,
    }
    for case in CASES:
        more = more_in.get(case, set())
        assert {row["role"] for row in logins if row["case"] == case} == set(wanted.split()) | more
    nodes = {("place", row["code"]) for row in rows("places")} | {
        ("institution", row["code"]) for row in rows("institutions")
    }
    departments = set(by_key("departments"))
    for row in logins:
        assert (row["node_kind"], row["node_code"]) in nodes, row
        assert not row["department_code"] or (row["node_code"], row["department_code"]) in departments, row
        assert row["language"] in ("zh-hans", "en")
    assert [row["node_code"] for row in logins if row["role"] == "administrator"] == ["CN"]


def test_every_posted_login_is_a_person_who_is_on_site():
    people = by_key("staff")
    on_site = {
        (row["staff_institution_code"], row["staff_code"])
        for row in rows("postings")
        if row["arrived_on"] and not row["left_on"]
    }
    logins = [row for row in every_login() if row["role"] == "posted_staff" or row["staff_code"]]
    assert len(logins) == len(CASES)
    for row in logins:
        key = (row["staff_institution_code"], row["staff_code"])
        assert row["display_name"] in (people[key]["name_zh"], people[key]["name_en"])
        assert (row["node_code"], row["department_code"]) == (key[0], people[key]["department_code"])
        assert key in on_site
