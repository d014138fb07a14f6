"""demo: the five cases and a login for each part in them."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import stat
import tomllib
from contextlib import closing
from functools import partial

import pytest

from lianyi.cases import case_folders
from tests.cli.conftest import Installation
from tests.made_once import made_once

CASES = [
    tomllib.loads((folder / "case.toml").read_text("utf-8"))
    for folder in case_folders()
    if (folder / "case.toml").is_file()
]
LOGINS = list(csv.DictReader((case_folders()[0].parent / "logins.csv").read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def demo(initialised, tmp_path_factory):
    """Give a demo of the module's own; all workers together load it once."""
    loaded = made_once(tmp_path_factory, "loaded-demo", partial(load_demo, initialised))
    home = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(loaded / "home", home)
    return Installation(home), json.loads((loaded / "told.json").read_text("utf-8"))


def load_demo(initialised, folder):
    shutil.copytree(initialised, folder / "home")
    told = Installation(folder / "home").done("demo", "--no-serve", "--json")
    (folder / "told.json").write_text(told.stdout, encoding="utf-8")


def rows(installation, statement):
    with closing(sqlite3.connect(installation.database)) as connection:
        return connection.execute(statement).fetchall()


def test_every_case_is_loaded_with_its_agreements_in_force(demo):
    installation, told = demo
    assert [(case["id"], case["was_loaded"]) for case in told["cases"]] == [(case["id"], True) for case in CASES]
    agreements = {code for case in CASES for code in case["agreements"]}
    in_force = rows(installation, "SELECT code FROM partnerships_agreement WHERE state = 'in_force'")
    assert {row[0] for row in in_force} == agreements


def table(folder, name):
    path = folder / f"{name}.csv"
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines())) if path.is_file() else []


def test_postings_are_published_except_those_that_wait_for_an_approval(demo):
    installation, _told = demo
    drafts = rows(
        installation,
        "SELECT a.code || '/' || p.code FROM dispatch_posting p JOIN partnerships_agreement a ON a.id = p.agreement_id"
        " WHERE p.state = 'draft'",
    )
    waiting = {
        f"{posting['agreement_code']}/{posting['code']}"
        for folder in case_folders()
        for agreement in table(folder, "agreements")
        for posting in table(folder, "postings")
        if agreement["approvals"] and posting["agreement_code"] == agreement["code"] and not posting["arrived_on"]
    }
    assert {row[0] for row in drafts} == waiting


def test_every_login_is_made_with_one_password_and_kept_for_its_owner_only(demo):
    installation, told = demo
    assert [login["username"] for login in told["logins"]] == [row["username"] for row in LOGINS]
    kept = installation.home / "demo-logins.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text(encoding="utf-8")
    assert f"Password: {told['password']}\n" in text
    assert all(row["username"] in text for row in LOGINS)
    must_change = rows(installation, "SELECT count(*) FROM accounts_user WHERE must_change_password")
    assert must_change == [(0,)]


def test_logins_are_linked_with_staff_where_the_table_says_so(demo):
    installation, _told = demo
    wanted = {(row["username"], row["staff_code"]) for row in LOGINS if row["staff_code"]}
    linked = rows(
        installation, "SELECT u.username, s.code FROM registry_staff s JOIN accounts_user u ON u.id = s.user_id"
    )
    assert set(linked) == wanted


def test_a_second_run_changes_nothing(demo):
    installation, told = demo
    before = installation.facts()
    again = installation.json("demo", "--no-serve")
    assert [case["was_loaded"] for case in again["cases"]] == [False] * len(CASES)
    assert (again["password"], again["logins"]) == (told["password"], told["logins"])
    assert installation.facts() == before
    assert installation.run("check", "--audit").returncode in (0, 3)


def test_the_demo_does_not_mix_with_other_records(installation):
    before = installation.facts()
    for arguments in (("demo", "--no-serve"), ("demo", "--no-serve", "--reset")):
        refused = installation.run(*arguments)
        assert (refused.returncode, "the demo did not make" in refused.stderr) == (1, True)
    assert installation.facts() == before


def test_a_password_of_ones_own_holds_for_every_login_and_a_reset_starts_anew(demo):
    installation, told = demo
    own = Installation(installation.home, (("LIANYI_DEMO_PASSWORD", "Gelbe-Wolke-3318"),))
    assert own.json("demo", "--no-serve")["password"] == "Gelbe-Wolke-3318"
    anew = installation.json("demo", "--no-serve", "--reset")
    assert all(case["was_loaded"] for case in anew["cases"])
    assert anew["password"] != "Gelbe-Wolke-3318"
    assert anew["logins"] == told["logins"]


def test_somebody_is_on_duty_today_for_the_green_channels_of_the_receiving_hospital(demo):
    installation, _told = demo
    now = rows(
        installation,
        "SELECT r.condition, p.username, d.username, r.provenance, s.provenance FROM referrals_dutyslot s"
        " JOIN referrals_dutyroster r ON r.id = s.roster_id JOIN accounts_user p ON p.id = s.person_id"
        " JOIN accounts_user d ON d.id = s.deputy_id WHERE r.state = 'published' AND NOT s.is_void"
        " AND s.starts_at <= datetime('now') AND s.ends_at > datetime('now') ORDER BY r.condition",
    )
    assert [(row[0], {row[1], row[2]}) for row in now] == [
        ("chest_pain", {"changzhi-duty", "changzhi-deputy"}),
        ("other", {"changzhi-duty", "changzhi-deputy"}),
    ]
    assert now[0][1] != now[1][1]
    assert {mark for row in now for mark in row[3:]} == {"sample"}


def test_one_consultation_is_answered_and_one_waits(demo):
    installation, _told = demo
    found = rows(installation, "SELECT kind, state, ball_side, provenance FROM referrals_consultation ORDER BY id")
    assert found == [("live", "opinion-issued", "sender", "sample"), ("advice", "asked", "receiver", "sample")]
    told = rows(installation, "SELECT count(*) FROM referrals_notice WHERE seen_at IS NULL")
    assert told == [(0,)]


def test_a_referral_waits_for_the_receiving_hospital_and_every_one_sent_was_delivered_in_time(demo):
    installation, _told = demo
    waiting = rows(
        installation,
        "SELECT r.urgency FROM referrals_leg l JOIN referrals_request r ON r.id = l.request_id"
        " JOIN accounts_organisationnode n ON n.id = l.to_institution_id"
        " WHERE n.code = 'CZ2YY' AND l.state = 'delivered'",
    )
    assert waiting == [("routine",)]
    late = rows(
        installation,
        "SELECT count(*), sum(stopped_at IS NULL OR stopped_at > due_at) FROM referrals_clock WHERE kind = 'delivery'",
    )
    # A transfer back is answered within one clock of its own and has none of delivery.
    assert late == [(16, 0)]
