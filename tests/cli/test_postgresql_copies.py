"""backup, restore and init on a PostgreSQL server; they run where LIANYI_DATABASE names one."""

from __future__ import annotations

import os
import secrets
import subprocess
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.cli.conftest import PASSWORD, PLACES, Installation, answer_of, free_port

ADDRESS = os.environ.get("LIANYI_DATABASE", "")
pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(not ADDRESS.startswith("postgres"), reason="LIANYI_DATABASE names no PostgreSQL"),
]


def address_of(name):
    return urlunsplit(urlsplit(ADDRESS)._replace(path=f"/{name}"))


@contextmanager
def server():
    with psycopg.connect(address_of("postgres"), autocommit=True) as connection:
        yield connection


def databases_like(name):
    with server() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]).fetchall()
        return sorted(row[0] for row in rows)


def facts(installation):
    status = installation.json("status")["database"]
    return status["rows"], status["audit"]


@pytest.fixture
def installation(tmp_path):
    name = f"lianyi_cli_{secrets.token_hex(4)}"
    with server() as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    made = Installation(tmp_path / "home", (("LIANYI_DATABASE", address_of(name)),))
    made.done("init")
    places = tmp_path / "places.csv"
    places.write_text(PLACES, encoding="utf-8")
    made.done("import", "places", places)
    made.done("user", "add", "zhang", "--name", "张示例", "--password-stdin", given=PASSWORD)
    yield made
    with server() as connection:
        for database in databases_like(name):
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def name_of(installation):
    return urlsplit(installation.environment["LIANYI_DATABASE"]).path[1:]


def test_a_backup_is_restored_and_the_database_replaced_is_kept(installation, tmp_path):
    before = facts(installation)
    manifest = installation.json("backup", tmp_path / "backup.tar.gz")["manifest"]
    assert (manifest["engine"], manifest["rows"]["registry_place"]) == ("postgresql", 4)
    installation.done("user", "lock", "zhang")
    changed = facts(installation)
    assert changed != before
    told = installation.json("restore", tmp_path / "backup.tar.gz")
    assert facts(installation) == before
    assert databases_like(name_of(installation)) == sorted([name_of(installation), told["kept_as"]])
    kept = Installation(installation.home, (("LIANYI_DATABASE", address_of(told["kept_as"])),))
    assert facts(kept) == changed
    assert installation.json("check", "--audit")["audit"]["is_intact"]


def test_a_damaged_backup_is_refused_and_no_database_is_left_behind(installation, tmp_path):
    backup = tmp_path / "backup.tar.gz"
    installation.done("backup", backup)
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0x20
    backup.write_bytes(content)
    before = facts(installation)
    assert installation.run("restore", backup).returncode == 4
    assert facts(installation) == before
    assert databases_like(name_of(installation)) == [name_of(installation)]


def test_a_restore_waits_for_nobody_and_cuts_connections_only_by_force(installation, tmp_path):
    backup = tmp_path / "backup.tar.gz"
    installation.done("backup", backup)
    with psycopg.connect(address_of(name_of(installation))) as other:
        other.execute("SELECT 1")
        refused = installation.run("restore", backup)
        assert (refused.returncode, "Somebody is connected" in refused.stderr) == (1, True)
        assert databases_like(name_of(installation)) == [name_of(installation)]
        installation.done("restore", backup, "--force")
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")


def test_without_the_programs_of_postgresql_the_reason_is_told(installation, tmp_path):
    bare = Installation(installation.home, (*installation.settings, ("PATH", str(tmp_path))))
    ended = bare.run("backup", tmp_path / "backup.tar.gz")
    assert (ended.returncode, "pg_dump is not on PATH" in ended.stderr) == (1, True)
    assert not (tmp_path / "backup.tar.gz").exists()


def test_the_site_is_served_by_several_processes(installation):
    port = free_port()
    process = installation.start("serve", "--port", port, "--workers", "2", stderr=subprocess.DEVNULL)
    try:
        assert answer_of(f"http://127.0.0.1:{port}/healthz", process)["status"] == "ok"
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert process.returncode == 0
