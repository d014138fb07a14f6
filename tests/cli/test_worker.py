"""The worker as a real process: killed in the middle, run twice at once, beside the site."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import ROOT, Installation, answer_of, free_port
from tests.cli.test_postgresql_copies import ADDRESS, address_of, databases_like, server
from tests.made_once import made_once

HELPER = Path(__file__).with_name("overdue_home.py")
LEGS = 12
RUNGS = 6
# The coordinator and the lead of the alliance are called by name, and their desks beside.
CALLS = RUNGS + 2
SECONDS = 120


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def overdue(request, initialised, tmp_path, tmp_path_factory):
    """Give an installation with emergencies that nobody decided for two hours."""
    if request.param == "sqlite":
        filled_home = made_once(tmp_path_factory, "overdue", partial(fill_copy, initialised))
        shutil.copytree(filled_home, tmp_path / "home")
        yield Installation(tmp_path / "home")
        return
    if not ADDRESS.startswith("postgres"):
        pytest.skip("LIANYI_DATABASE names no PostgreSQL")
    name = f"lianyi_worker_{secrets.token_hex(4)}"
    with server() as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    made = Installation(tmp_path / "home", (("LIANYI_DATABASE", address_of(name)),))
    made.done("init")
    helper(made, "fill", LEGS)
    yield made
    with server() as connection:
        for database in databases_like(name):
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def fill_copy(initialised, home):
    shutil.copytree(initialised, home, dirs_exist_ok=True)
    helper(Installation(home), "fill", LEGS)


def helper(made, *arguments):
    environment = {**made.environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [sys.executable, str(HELPER), *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def wait_until(holds, process=None):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if holds():
            return
        assert process is None or process.poll() is None, "the process ended"
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def everything_once(made):
    told = helper(made, "tell")
    assert told == {
        "escalations": LEGS * RUNGS,
        "rungs": [RUNGS],
        "calls": [CALLS],
        "states": ["no-response"],
        "ends": LEGS,
    }
    assert made.json("check", "--audit")["audit"]["is_intact"]


def calls_made(made):
    """Count the calls without starting a process for it, so that the kill comes in the middle."""
    if "LIANYI_DATABASE" in made.environment:
        with psycopg.connect(made.environment["LIANYI_DATABASE"]) as connection:
            return connection.execute("SELECT count(*) FROM referrals_escalation").fetchone()[0]
    with sqlite3.connect(made.database, timeout=30) as connection:
        return connection.execute("SELECT count(*) FROM referrals_escalation").fetchone()[0]


def test_a_worker_killed_in_the_middle_loses_nothing_and_calls_nobody_twice(overdue):
    for share in (10, 35):
        process = overdue.start("worker", "--interval", 1, stderr=subprocess.DEVNULL)
        wait_until(lambda least=share: calls_made(overdue) >= least, process)
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
    assert 0 < calls_made(overdue) < LEGS * RUNGS * 2
    overdue.done("worker", "--once")
    everything_once(overdue)
    assert overdue.json("worker", "--once")["by_kind"] == {}


def test_workers_beside_each_other_do_everything_once(overdue):
    workers = [overdue.start("worker", "--once", stdout=subprocess.DEVNULL) for _each in range(3)]
    for process in workers:
        assert process.wait(SECONDS) == 0
    everything_once(overdue)


def test_the_worker_stops_cleanly_and_says_so(installation):
    process = installation.start("worker", "--interval", 1, stderr=subprocess.PIPE)
    wait_until(lambda: installation.json("status")["database"]["worker"]["is_turning"], process)
    process.send_signal(signal.SIGTERM)
    _out, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert said.splitlines() == ["The worker turns (Ctrl-C ends it)", "The worker has stopped."]


def test_the_site_runs_a_worker_and_takes_it_along_when_it_stops(installation):
    assert installation.json("status")["database"]["worker"]["last_turn"] is None
    assert "has never turned" in installation.done("status").stdout
    port = free_port()
    process = installation.start("serve", "--port", port, stderr=subprocess.DEVNULL)
    try:
        answer_of(f"http://127.0.0.1:{port}/healthz", process)
        wait_until(lambda: installation.json("status")["database"]["worker"]["is_turning"], process)
        (worker,) = workers_of(process.pid)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: workers_of(process.pid) not in ([], [worker]), process)
        (again,) = workers_of(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)
    assert process.returncode == 0
    wait_until(lambda: not Path(f"/proc/{again}").exists())


def test_a_worker_starts_at_once_while_the_site_makes_copies_of_itself(installation):
    # A copy that holds the end of a half-made pipe would let the start wait for as long as the copy lives.
    command = [sys.executable, str(Path(__file__).with_name("forking_site.py"))]
    done = subprocess.run(
        command, env=installation.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 10


def test_a_site_that_is_killed_leaves_no_worker_behind(installation):
    port = free_port()
    process = installation.start("serve", "--port", port, stderr=subprocess.DEVNULL)
    answer_of(f"http://127.0.0.1:{port}/healthz", process)
    wait_until(lambda: workers_of(process.pid), process)
    (worker,) = workers_of(process.pid)
    sites = [child for child in children_of(process.pid) if child != worker]
    process.kill()
    process.wait(SECONDS)
    for child in sites:
        os.kill(child, signal.SIGKILL)
    wait_until(lambda: not is_alive(worker))


def test_without_a_worker_the_site_runs_alone(installation):
    port = free_port()
    process = installation.start("serve", "--port", port, "--no-worker", stderr=subprocess.DEVNULL)
    try:
        answer_of(f"http://127.0.0.1:{port}/healthz", process)
        assert workers_of(process.pid) == []
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)


def children_of(process_id):
    text = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii")
    threads = Path(f"/proc/{process_id}/task").iterdir()
    found = {int(each) for thread in threads for each in (thread / "children").read_text(encoding="ascii").split()}
    return sorted(found | {int(each) for each in text.split()})


def workers_of(process_id):
    return [each for each in children_of(process_id) if "worker" in words_of(each)]


def words_of(process_id):
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes().decode().split("\0")
    except FileNotFoundError:
        return []


def is_alive(process_id):
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
