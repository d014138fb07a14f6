"""init, serve and status, as real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
from contextlib import closing

import pytest

import lianyi
from lianyi.accounts.models import AuditEvent
from tests.cli.conftest import PASSWORD, Installation, answer_of, free_port


def files_and_times(home):
    return {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file() and path.suffix != ".sqlite3"}


def test_a_new_home_is_made_and_a_second_time_changes_nothing(empty):
    first = empty.json("init")
    assert first["home"] == str(empty.home)
    assert "registry.0001_initial" in first["migrations_applied"]
    assert first["static_files_collected"] is True
    for private in (empty.database, empty.home / "secret-key"):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = files_and_times(empty.home)
    second = empty.json("init")
    assert (second["migrations_applied"], second["static_files_collected"]) == ([], False)
    assert second["searches_compiled"] is False
    assert files_and_times(empty.home) == before


def test_the_first_administrator_is_made_once_and_acts_at_the_top_of_the_tree(installation):
    with_password = Installation(installation.home, (("LIANYI_ADMIN_PASSWORD", PASSWORD),))
    made = with_password.json("init", "--admin", "root", "--admin-name", "管理员样例")
    assert made["administrator"] == {"username": "root", "is_new": True, "at": "CN"}
    again = installation.json("init", "--admin", "root")
    assert again["administrator"] == {"username": "root", "is_new": False, "at": "CN"}
    (root,) = [user for user in installation.json("user", "list") if user["username"] == "root"]
    assert [(each["code"], each["role"]) for each in root["affiliations"]] == [("CN", "administrator")]


def test_an_administrator_without_places_is_told_what_to_do_next(initialised, empty):
    shutil.copytree(initialised, empty.home)
    with_password = Installation(empty.home, (("LIANYI_ADMIN_PASSWORD", PASSWORD),))
    ended = with_password.done("init", "--admin", "root")
    assert "lianyi user affiliate root --at CODE --role administrator" in ended.stderr


def test_a_command_before_init_says_to_run_init(empty):
    for arguments in (("user", "list"), ("serve",), ("export", "places"), ("backup", "x.tar.gz")):
        ended = empty.run(*arguments)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "Run: lianyi init" in ended.stderr
    status = empty.json("status")
    assert status["database"]["migrations_pending"]


def test_to_look_at_the_status_leaves_nothing_behind(empty):
    status = empty.json("status")
    assert status["database"]["is_reachable"] is True
    assert not empty.home.exists()


def test_the_site_is_served_and_stops_cleanly(installation):
    port = free_port()
    process = installation.start("serve", "--port", port, stderr=subprocess.PIPE)
    try:
        told = answer_of(f"http://127.0.0.1:{port}/healthz", process)
        assert told == {"status": "ok", "database": "ok", "version": lianyi.__version__}
        served = installation.json("status")["served"]
        assert served == {"purpose": "serve", "process_id": process.pid, "address": f"http://127.0.0.1:{port}"}
        second = installation.run("serve", "--port", free_port())
        assert second.returncode == 1
        assert f"is served at http://127.0.0.1:{port} (process {process.pid})" in second.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        _out, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"Lianyi is at http://127.0.0.1:{port}/" in said
    assert said.rstrip().endswith("Lianyi has stopped.")
    assert installation.json("status")["served"] is None


def test_an_interrupt_stops_the_site_like_a_termination(installation):
    port = free_port()
    process = installation.start("serve", "--port", port, stderr=subprocess.PIPE)
    answer_of(f"http://127.0.0.1:{port}/healthz", process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_port_in_use_is_refused_with_its_name(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = installation.run("serve", "--port", port)
    assert ended.returncode == 1
    assert f"cannot listen on http://127.0.0.1:{port}" in ended.stderr


def test_a_setting_that_cannot_be_used_is_refused_by_name(installation):
    ended = Installation(installation.home, (("LIANYI_LANGUAGE", "fr"),)).run("status")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "lianyi: LIANYI_LANGUAGE is 'fr', which cannot be used. Accepted: zh-hans, en.\n"


def test_a_home_that_cannot_be_written_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("", encoding="ascii")
    ended = Installation(tmp_path / "file" / "home").run("init")
    assert ended.returncode == 1
    assert str(tmp_path / "file") in ended.stderr
    assert "Traceback" not in ended.stderr


def test_status_tells_what_there_is(installation):
    status = installation.json("status")
    assert status["version"] == lianyi.__version__
    assert status["home"] == str(installation.home)
    assert status["time_zone"] == "Asia/Shanghai"
    assert status["served"] is None
    assert status["last_backup"] is None
    assert status["disk_free_bytes"] > 0
    database = status["database"]
    assert (database["engine"], database["is_reachable"], database["migrations_pending"]) == ("sqlite", True, [])
    assert (database["rows"]["registry.place"], database["rows"]["accounts.user"]) == (4, 1)
    with closing(sqlite3.connect(installation.database)) as connection:
        head = connection.execute("SELECT sequence, hash FROM accounts_chainhead").fetchone()
    assert (database["audit"]["events"], database["audit"]["last_hash"]) == head
    in_force = {each["id"]: each["is_in_force"] for each in status["rule_sets"]}
    assert (in_force["group-style-2022"], in_force["guangdong-2019"]) == (True, False)
    words = installation.done("status").stdout
    assert "place 4" in words
    assert next(line.split() for line in words.splitlines() if line.startswith("guangdong-2019"))[1] == "NO"


def test_the_password_of_a_database_is_never_shown(tmp_path):
    address = "postgresql://someone:geheim@127.0.0.1:9/lianyi"
    elsewhere = Installation(tmp_path / "home", (("LIANYI_DATABASE", address),))
    status = elsewhere.run("status", "--json")
    assert json.loads(status.stdout)["database"]["address"] == "postgresql://someone@127.0.0.1:9/lianyi"
    assert json.loads(status.stdout)["database"]["is_reachable"] is False
    listed = elsewhere.run("user", "list")
    assert (listed.returncode, "The database does not answer" in listed.stderr) == (1, True)
    assert "geheim" not in status.stdout + status.stderr + listed.stdout + listed.stderr


def test_a_changed_audit_event_is_found(installation):
    assert installation.run("check", "--audit").returncode in (0, 3)
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute("UPDATE accounts_auditevent SET reason = 'nothing to see' WHERE sequence = 2")
    ended = installation.run("check", "--audit", "--json")
    assert ended.returncode == 4
    assert json.loads(ended.stdout)["audit"] == {
        "is_intact": False,
        "error": "The audit trail is not intact: event 2 was changed after it was written. "
        "Compare with the last backup that verifies.",
    }
    assert installation.run("check").returncode in (0, 3)


def test_pending_migrations_are_a_problem(empty):
    ended = empty.run("check", "--json")
    assert ended.returncode == 3
    assert json.loads(ended.stdout)["migrations_pending"]


def test_a_broken_rule_file_is_a_problem_that_names_the_file(installation, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "ours.toml").write_text("id = 'ours'\n", encoding="utf-8")
    ended = Installation(installation.home, (("LIANYI_RULES", str(rules)),)).run("check", "--json")
    assert ended.returncode == 3
    assert str(rules / "ours.toml") in json.loads(ended.stdout)["rule_file_error"]
    checked = installation.run("rules", "check", rules)
    assert (checked.returncode, str(rules / "ours.toml") in checked.stderr) == (1, True)


def test_a_broken_referral_policy_is_a_problem_that_names_the_file(installation, tmp_path):
    folder = tmp_path / "referral_policies"
    folder.mkdir()
    (folder / "ours.toml").write_text("id = 'ours'\nbased_on = 'general-1926'\n", encoding="utf-8")
    checked = installation.run("rules", "check", tmp_path)
    assert (checked.returncode, str(folder / "ours.toml") in checked.stderr) == (1, True)


def test_a_broken_file_of_quality_limits_is_a_problem_that_names_the_file(installation, tmp_path):
    folder = tmp_path / "quality_limits"
    folder.mkdir()
    (folder / "ours.toml").write_text("id = 'ours'\n", encoding="utf-8")
    checked = installation.run("rules", "check", tmp_path)
    assert (checked.returncode, str(folder / "ours.toml") in checked.stderr) == (1, True)


def test_referral_policies_are_listed_beside_the_rule_sets(lianyi):
    listed = {each["id"]: each for each in json.loads(lianyi("rules", "list", "--json").stdout)}
    general = listed["general-2026"]
    assert (general["programme"], general["jurisdiction"], general["valid_to"]) == ("referral_policy", "CN", None)


def test_rule_sets_are_listed_with_their_validity(lianyi):
    listed = json.loads(lianyi("rules", "list", "--json").stdout)
    one = next(each for each in listed if each["id"] == "guangdong-2019")
    assert (one["valid_from"], one["valid_to"], one["is_in_force"]) == ("2019-01-01", "2021-12-31", False)


@pytest.mark.django_db
def test_an_intact_trail_is_told_with_its_last_hash(lianyi, places):
    told = json.loads(lianyi("check", "--audit", "--json").stdout)["audit"]
    last = AuditEvent.objects.order_by("-sequence").first()
    assert told == {"is_intact": True, "events": last.sequence, "last_hash": last.hash}


def test_a_lock_is_gone_with_the_process_that_held_it(installation):
    port = free_port()
    process = installation.start("serve", "--port", port, stderr=subprocess.DEVNULL, start_new_session=True)
    answer_of(f"http://127.0.0.1:{port}/healthz", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    assert installation.json("status")["served"] is None
