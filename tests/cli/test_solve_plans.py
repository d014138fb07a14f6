"""Searches for plans as real processes: killed in the middle, stopped and kept, beside a worker that goes on."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lianyi.dispatch.plan_queue import SECONDS_UNTIL_LOST
from tests.cli.conftest import ROOT, Installation
from tests.cli.test_worker import SECONDS, wait_until

POSTINGS = Path(__file__).with_name("planned_home.py")
ROUNDS = Path(__file__).with_name("rounds_home.py")
NEEDS = 16


@pytest.fixture
def asked(tmp_path):
    """Give an installation with needs for twice as many people as there are, and a search that waits."""
    made = Installation(tmp_path / "home")
    made.done("init")
    helper(made, "fill", NEEDS)
    helper(made, "ask")
    return made


def helper(made, *arguments, script=POSTINGS):
    environment = {**made.environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def asked_of(made, query):
    with sqlite3.connect(made.database, timeout=30) as connection:
        return connection.execute(query).fetchone()[0]


def has_best(made):
    best = asked_of(made, "SELECT best FROM dispatch_planrun ORDER BY id DESC LIMIT 1")
    found = json.loads(best)
    return bool(found.get("lines") or found.get("days"))


@pytest.mark.long
def test_a_search_killed_in_the_middle_is_taken_up_again_and_then_stopped_with_the_best_kept(asked):
    process = asked.start("solve-plans", stderr=subprocess.DEVNULL)
    wait_until(lambda: has_best(asked), process)
    process.send_signal(signal.SIGKILL)
    process.wait(SECONDS)
    told = helper(asked, "tell")
    assert (told["state"], told["attempts"], told["lines"]) == ("running", 1, 0)
    assert told["best"] > 0
    made_old(asked)
    again = asked.start("solve-plans", stderr=subprocess.DEVNULL)
    wait_until(lambda: asked_of(asked, "SELECT attempts FROM dispatch_planrun") > 1, again)
    helper(asked, "stop")
    wait_until(lambda: asked_of(asked, "SELECT state FROM dispatch_planrun") != "running", again)
    again.send_signal(signal.SIGTERM)
    again.wait(SECONDS)
    ended = helper(asked, "tell")
    assert (ended["state"], ended["error"], ended["unlawful"]) == ("stopped", "", 0)
    assert ended["lines"] >= told["best"]
    assert asked.json("check", "--audit")["audit"]["is_intact"]


@pytest.mark.long
def test_a_search_for_rounds_killed_in_the_middle_goes_on_from_its_best_and_is_stopped_with_it_kept(tmp_path):
    made = Installation(tmp_path / "home")
    made.done("init")
    helper(made, "fill", 30, script=ROUNDS)
    helper(made, "ask", script=ROUNDS)
    process = made.start("solve-plans", stderr=subprocess.DEVNULL)
    wait_until(lambda: has_best(made), process)
    process.send_signal(signal.SIGKILL)
    process.wait(SECONDS)
    told = helper(made, "tell", script=ROUNDS)
    assert (told["state"], told["attempts"], told["lines"]) == ("running", 1, 0)
    assert told["best"] > 30
    made_old(made)
    again = made.start("solve-plans", stderr=subprocess.DEVNULL)
    wait_until(lambda: asked_of(made, "SELECT attempts FROM dispatch_planrun") > 1, again)
    helper(made, "stop", script=ROUNDS)
    wait_until(lambda: asked_of(made, "SELECT state FROM dispatch_planrun") != "running", again)
    again.send_signal(signal.SIGTERM)
    again.wait(SECONDS)
    ended = helper(made, "tell", script=ROUNDS)
    assert (ended["state"], ended["error"]) == ("stopped", "")
    assert ended["lines"] >= told["best"]
    # 32 stops in each of four weeks: what is not planned is told.
    assert ended["lines"] + ended["open"] == 128
    assert made.json("check", "--audit")["audit"]["is_intact"]


def made_old(made):
    """Let the last sign of life be older than a search is waited for."""
    with sqlite3.connect(made.database, timeout=30) as connection:
        connection.execute(
            "UPDATE dispatch_planrun SET heartbeat_at = datetime(heartbeat_at, ?)",
            (f"-{SECONDS_UNTIL_LOST + 5} seconds",),
        )


@pytest.mark.long
def test_the_worker_starts_the_search_and_goes_on_with_its_turns(asked):
    process = asked.start("worker", "--interval", 1, stderr=subprocess.DEVNULL)
    wait_until(lambda: has_best(asked), process)
    before = asked_of(asked, "SELECT max(beat_at) FROM referrals_workerheartbeat")
    wait_until(lambda: asked_of(asked, "SELECT max(beat_at) FROM referrals_workerheartbeat") > before, process)
    assert asked_of(asked, "SELECT state FROM dispatch_planrun") == "running"
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    assert "solve-plans" not in "".join(commands_of_children(process.pid))


def commands_of_children(parent):
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == parent:
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_search_that_nobody_asked_for_does_not_begin(installation):
    assert installation.json("solve-plans", "--once") == {"searches": []}
