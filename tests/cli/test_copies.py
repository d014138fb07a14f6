"""backup and restore with real processes: while others write, with damaged files, killed half-way."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

import lianyi
from lianyi.operations.working_folder import working_folder
from tests.cli.conftest import Installation, answer_of, free_port, wait_for
from tests.made_once import made_once

WRITER = Path(__file__).with_name("writing.py")
ROOT = WRITER.parents[2]


@pytest.fixture(scope="session")
def made_backup(made_installation, tmp_path_factory):
    return made_once(tmp_path_factory, "backed-up", partial(back_up, made_installation.home))


def back_up(home, folder):
    shutil.copytree(home, folder / "home")
    document = folder / "home" / "documents" / "agreements" / "signed.pdf"
    document.parent.mkdir(parents=True)
    document.write_bytes(b"%PDF-sample")
    Installation(folder / "home").done("backup", folder / "backup.tar.gz")


@pytest.fixture
def backup(installation, made_backup, tmp_path):
    """Give the installation a document, and return its backup."""
    shutil.copytree(made_backup / "home", installation.home, dirs_exist_ok=True)
    return Path(shutil.copy2(made_backup / "backup.tar.gz", tmp_path))


def contents(home):
    """Every byte that a refused restore must leave as it was."""
    kept = [path for path in sorted(home.rglob("*")) if path.is_file() and path.name != "site.lock"]
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


@contextmanager
def writer(installation):
    """Run a process that writes all the time, and count what it wrote."""
    process = subprocess.Popen(
        [sys.executable, str(WRITER)],
        env={**installation.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    written = []
    reader = threading.Thread(target=lambda: written.extend(process.stdout), daemon=True)
    reader.start()
    try:
        wait_for(lambda: written, process)
        yield written, process
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def test_a_backup_holds_everything_and_says_what(installation, backup):
    told = installation.json("backup", backup.with_name("second.tar.gz"))
    manifest = told["manifest"]
    rows, head = installation.facts()
    assert (manifest["lianyi"], manifest["engine"]) == (lianyi.__version__, "sqlite")
    assert manifest["rows"] == rows
    assert rows["registry_place"] == 4
    assert (manifest["audit_events"], manifest["audit_hash"]) == head
    assert [part["name"] for part in manifest["parts"]] == ["database.sqlite3", "documents/agreements/signed.pdf"]
    with tarfile.open(backup.with_name("second.tar.gz")) as archive:
        assert archive.getnames() == ["database.sqlite3", "documents/agreements/signed.pdf", "manifest.json"]
        for part in manifest["parts"]:
            content = archive.extractfile(part["name"]).read()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (part["size_bytes"], part["sha256"])
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    last = installation.json("status")["last_backup"]
    assert (last["file"], last["bytes"]) == (told["file"], told["bytes"])


def test_a_backup_of_a_broken_audit_trail_is_kept_and_ends_with_4(installation, tmp_path):
    with closing(sqlite3.connect(installation.database)) as connection, connection:
        connection.execute("UPDATE accounts_auditevent SET reason = 'changed' WHERE sequence = 2")
    ended = installation.run("backup", tmp_path / "kept.tar.gz", "--json")
    assert ended.returncode == 4
    assert "the backup is written, but The audit trail is not intact: event 2 was changed" in ended.stderr
    assert "event 2 was changed" in json.loads(ended.stdout)["broken_trail"]
    assert (tmp_path / "kept.tar.gz").is_file()
    assert installation.run("restore", tmp_path / "kept.tar.gz", "--verify-only").returncode == 4


def test_a_folder_gets_a_backup_named_by_the_time(installation, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    installation.done("backup", folder)
    (made,) = folder.iterdir()
    assert made.name.startswith("lianyi-20")
    assert made.name.endswith(".tar.gz")


def test_an_existing_backup_is_replaced_only_on_request(installation, backup):
    before = backup.read_bytes()
    refused = installation.run("backup", backup)
    assert (refused.returncode, "add --replace" in refused.stderr) == (1, True)
    assert backup.read_bytes() == before
    installation.done("backup", backup, "--replace")


def test_the_secret_key_travels_only_on_request(installation, backup, tmp_path):
    with tarfile.open(backup) as archive:
        assert "secret-key" not in archive.getnames()
    refused = installation.run("restore", backup, "--with-secret-key")
    assert (refused.returncode, "holds no secret key" in refused.stderr) == (1, True)
    installation.done("backup", tmp_path / "whole.tar.gz", "--with-secret-key")
    key = (installation.home / "secret-key").read_text(encoding="ascii")
    elsewhere = Installation(tmp_path / "elsewhere")
    elsewhere.done("restore", tmp_path / "whole.tar.gz", "--with-secret-key")
    assert (elsewhere.home / "secret-key").read_text(encoding="ascii") == key
    assert stat.S_IMODE((elsewhere.home / "secret-key").stat().st_mode) == 0o600


def test_a_backup_is_restored_on_an_empty_machine(installation, backup, tmp_path):
    elsewhere = Installation(tmp_path / "elsewhere")
    told = elsewhere.json("restore", backup)
    assert (told["restored"], told["kept_as"], told["documents_added"]) == (True, "", 1)
    assert elsewhere.facts() == installation.facts()
    assert (elsewhere.home / "documents/agreements/signed.pdf").read_bytes() == b"%PDF-sample"
    assert stat.S_IMODE(elsewhere.database.stat().st_mode) == 0o600


def test_a_restore_keeps_the_database_it_replaces(installation, backup):
    before = installation.facts()
    installation.done("user", "lock", "zhang")
    changed = installation.facts()
    told = installation.json("restore", backup)
    assert installation.facts() == before
    installation.database.unlink()
    Path(told["kept_as"]).rename(installation.database)
    assert installation.facts() == changed


def test_a_ruined_database_can_be_replaced(installation, backup):
    before = installation.facts()
    content = bytearray(installation.database.read_bytes())
    content[:4096] = os.urandom(4096)
    installation.database.write_bytes(content)
    assert installation.run("check").returncode != 0
    told = installation.json("restore", backup)
    assert installation.facts() == before
    assert Path(told["kept_as"]).read_bytes() == content


def test_verifying_only_changes_nothing(installation, backup):
    installation.done("user", "lock", "zhang")
    before = contents(installation.home)
    told = installation.json("restore", backup, "--verify-only")
    assert told["restored"] is False
    assert contents(installation.home) == before


@pytest.mark.parametrize("where", [0.01, 0.5, 0.9999])
def test_a_flipped_byte_anywhere_is_refused_and_nothing_changed(installation, backup, where):
    content = bytearray(backup.read_bytes())
    content[int(len(content) * where)] ^= 0x20
    backup.write_bytes(content)
    before = contents(installation.home)
    ended = installation.run("restore", backup)
    assert (ended.returncode, ended.stdout) == (4, "")
    assert f"{backup} is not intact" in ended.stderr
    assert contents(installation.home) == before


@pytest.mark.parametrize("kept", [0, 4000, -1])
def test_a_cut_off_backup_is_refused(installation, backup, kept):
    backup.write_bytes(backup.read_bytes()[:kept])
    before = contents(installation.home)
    ended = installation.run("restore", backup)
    assert (ended.returncode, "Traceback" in ended.stderr) == (4, False)
    assert contents(installation.home) == before


def rewritten(backup, change):
    """Pack a backup anew, its parts changed by someone who also mends every check sum."""
    with tarfile.open(backup) as archive:
        parts = {member.name: archive.extractfile(member).read() for member in archive}
    manifest = json.loads(parts.pop("manifest.json"))
    change(parts, manifest)
    for part in manifest["parts"]:
        content = parts[part["name"]]
        part |= {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with tarfile.open(backup, "w:gz") as archive:
        for name, content in {**parts, "manifest.json": json.dumps(manifest).encode()}.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))


def with_database(statement, tmp_path):
    def change(parts, _manifest):
        path = tmp_path / "changed.sqlite3"
        path.write_bytes(parts["database.sqlite3"])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
            connection.commit()
            connection.execute("PRAGMA journal_mode=DELETE")
        parts["database.sqlite3"] = path.read_bytes()

    return change


def test_a_changed_audit_event_inside_is_found_before_anything_is_replaced(installation, backup, tmp_path):
    rewritten(backup, with_database("UPDATE accounts_auditevent SET reason = 'x' WHERE sequence = 3", tmp_path))
    before = contents(installation.home)
    ended = installation.run("restore", backup)
    assert ended.returncode == 4
    assert "event 3 was changed after it was written" in ended.stderr
    assert contents(installation.home) == before
    accepted = installation.json("restore", backup, "--accept-broken-trail")
    assert "event 3 was changed" in accepted["broken_trail"]


def test_a_database_that_holds_other_rows_than_the_manifest_says_is_refused(installation, backup, tmp_path):
    rewritten(backup, with_database("DELETE FROM accounts_commandreceipt", tmp_path))
    ended = installation.run("restore", backup)
    assert ended.returncode == 4
    assert "different are: accounts_commandreceipt" in ended.stderr


def test_a_backup_of_a_newer_version_is_refused(installation, backup):
    rewritten(backup, lambda _parts, manifest: manifest["migrations"].append("registry.0999_future"))
    ended = installation.run("restore", backup)
    assert ended.returncode == 1
    assert "registry.0999_future" in ended.stderr


def test_a_backup_of_another_engine_is_refused(installation, backup):
    rewritten(backup, lambda _parts, manifest: manifest.update(engine="postgresql"))
    ended = installation.run("restore", backup)
    assert (ended.returncode, "holds a postgresql database" in ended.stderr) == (1, True)


def test_an_unknown_form_is_refused(installation, backup):
    rewritten(backup, lambda _parts, manifest: manifest.update(format_version=2))
    ended = installation.run("restore", backup)
    assert (ended.returncode, "this version reads lianyi-backup 1" in ended.stderr) == (1, True)


def test_an_entry_that_leads_out_of_the_folder_is_refused(installation, backup, tmp_path):
    rewritten(backup, lambda parts, _manifest: parts.update({"../escaped": b"x"}))
    assert installation.run("restore", backup).returncode == 4
    assert not list(tmp_path.rglob("escaped"))


def test_a_file_that_is_no_backup_is_refused(installation, tmp_path):
    strange = tmp_path / "strange.tar.gz"
    with gzip.open(strange, "wb") as file:
        file.write(b"hello" * 1000)
    assert installation.run("restore", strange).returncode == 4
    assert installation.run("restore", tmp_path / "none").returncode == 1


def test_a_restore_is_refused_while_the_site_is_served(installation, backup):
    port = free_port()
    process = installation.start("serve", "--port", port, stderr=subprocess.DEVNULL)
    try:
        answer_of(f"http://127.0.0.1:{port}/healthz", process)
        refused = installation.run("restore", backup)
        assert refused.returncode == 1
        assert f"is served at http://127.0.0.1:{port}" in refused.stderr
        installation.done("backup", backup.with_name("served.tar.gz"))
        installation.done("restore", backup.with_name("served.tar.gz"), "--verify-only")
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_a_restore_is_refused_while_another_process_has_the_database_open_even_by_force(installation, backup):
    before = installation.facts()
    with closing(sqlite3.connect(installation.database)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM registry_place").fetchone()
        refused = installation.run("restore", backup, "--force")
        assert (refused.returncode, "has" in refused.stderr and "open" in refused.stderr) == (1, True)
        other.execute("ROLLBACK")
    assert installation.facts() == before


def test_a_backup_while_another_process_writes_is_whole(installation, tmp_path):
    with writer(installation) as (written, process):
        before = installation.json("status")["database"]["audit"]["events"]
        manifests = []
        for number in range(3):
            manifests.append(installation.json("backup", tmp_path / f"{number}.tar.gz")["manifest"])
            seen = len(written)
            wait_for(lambda seen=seen: len(written) > seen, process)
        after = installation.json("status")["database"]["audit"]["events"]
    events = [manifest["audit_events"] for manifest in manifests]
    assert before < events[0] < events[1] < events[2] <= after
    for number, manifest in enumerate(manifests):
        assert manifest["rows"]["accounts_auditevent"] == manifest["audit_events"]
        elsewhere = Installation(tmp_path / f"home-{number}")
        elsewhere.done("restore", tmp_path / f"{number}.tar.gz")
        assert elsewhere.facts() == (manifest["rows"], (events[number], manifest["audit_hash"]))


def killed_at(installation, folder, pattern, *arguments, delay=0.0):
    """Start a command, let it come as far as its working folder and the delay, and kill it."""
    process = installation.start(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: list(folder.glob(pattern)), process)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)


def test_a_killed_backup_leaves_no_backup_and_the_next_one_clears_up(installation, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    before = installation.facts()
    killed_at(installation, folder, ".lianyi-backup-*", "backup", folder / "a.tar.gz")
    assert not (folder / "a.tar.gz").exists()
    assert list(folder.glob(".lianyi-backup-*"))
    installation.done("backup", folder / "a.tar.gz")
    assert [path.name for path in folder.iterdir()] == ["a.tar.gz"]
    assert installation.facts() == before


def test_a_folder_whose_maker_was_killed_before_its_lock_is_cleared_and_one_in_use_is_not(tmp_path):
    dead = tmp_path / ".lianyi-backup-dead"
    dead.mkdir()
    with working_folder(tmp_path, ".lianyi-backup-") as first, working_folder(tmp_path, ".lianyi-backup-") as second:
        assert not dead.exists()
        assert first.is_dir()
        assert second.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_restore_leaves_the_old_data_and_the_next_one_clears_up(installation, backup):
    restored = installation.facts()
    installation.done("user", "lock", "zhang")
    before = installation.facts()
    killed_at(installation, installation.home, ".lianyi-restore-*", "restore", backup)
    assert installation.facts() == before
    assert installation.run("check", "--audit").returncode in (0, 3)
    installation.done("restore", backup)
    assert not list(installation.home.glob(".lianyi-restore-*"))
    assert installation.facts() == restored


@pytest.mark.long
@pytest.mark.parametrize("delay", [step / 8 for step in range(12)])
def test_whenever_a_restore_is_killed_one_of_both_databases_is_there_whole(installation, backup, delay):
    restored = installation.facts()
    installation.done("user", "lock", "zhang")
    before = installation.facts()
    killed_at(installation, installation.home, ".lianyi-restore-*", "restore", backup, delay=delay)
    assert installation.facts() in (before, restored)
    assert installation.run("check", "--audit").returncode in (0, 3)


@pytest.mark.long
@pytest.mark.parametrize("delay", [step / 8 for step in range(12)])
def test_whenever_a_backup_is_killed_what_has_its_name_is_whole(installation, tmp_path, delay):
    folder = tmp_path / "backups"
    folder.mkdir()
    with writer(installation):
        killed_at(installation, folder, ".lianyi-backup-*", "backup", folder / "a.tar.gz", delay=delay)
    if (folder / "a.tar.gz").exists():
        installation.done("restore", folder / "a.tar.gz", "--verify-only")
    assert installation.run("check", "--audit").returncode in (0, 3)
