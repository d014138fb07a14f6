"""Installations of their own for commands that run as real processes, and a runner for those that need none."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from lianyi.cli import main
from tests.made_once import made_once

ROOT = Path(__file__).resolve().parents[2]
LIANYI = Path(sys.executable).parent / "lianyi"
SECONDS_TO_START = 240
PASSWORD = "Blaue-Pferde-7491"
PLACES = (
    "code,name_zh,name_en,level,parent_code\n"
    "CN,中国,China,country,\n"
    "520000,贵州省,Guizhou,province,CN\n"
    "522300,黔西南州,Qianxinan,prefecture,520000\n"
    "522327,册亨县,Ceheng,county,522300\n"
)


@dataclass(frozen=True)
class Installation:
    """One home folder, and the command line run in it as a process that knows of nothing else."""

    home: Path
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        return {**kept, "LIANYI_HOME": str(self.home), **dict(self.settings)}

    @property
    def database(self):
        return self.home / "lianyi.sqlite3"

    def start(self, *arguments, **options):
        command = [str(LIANYI), *map(str, arguments)]
        return subprocess.Popen(command, env=self.environment, text=True, cwd=ROOT, **options)

    def run(self, *arguments, given=None):
        process = self.start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(given, timeout=400)  # the first of them may compile the searches
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def done(self, *arguments, given=None):
        ended = self.run(*arguments, given=given)
        assert ended.returncode == 0, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def json(self, *arguments):
        return json.loads(self.done(*arguments, "--json").stdout)

    def facts(self):
        """Return what must not change: how many rows each table holds, and the last link of the audit trail."""
        with closing(sqlite3.connect(self.database)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            own = [name for name in names if not name.startswith("sqlite_")]
            rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in own}  # noqa: S608
            return rows, connection.execute("SELECT sequence, hash FROM accounts_chainhead").fetchone()


@pytest.fixture(scope="session")
def initialised(tmp_path_factory):
    """The home of a new installation; tests copy it."""
    return made_once(tmp_path_factory, "initialised", lambda home: Installation(home).done("init"))


@pytest.fixture(scope="session")
def made_installation(initialised, tmp_path_factory):
    return Installation(made_once(tmp_path_factory, "with-places", partial(make_places, initialised, tmp_path_factory)))


def make_places(initialised, tmp_path_factory, home):
    shutil.copytree(initialised, home, dirs_exist_ok=True)
    made = Installation(home)
    places = tmp_path_factory.mktemp("places") / "places.csv"
    places.write_text(PLACES, encoding="utf-8")
    made.done("import", "places", places)
    made.done("user", "add", "zhang", "--name", "张示例", "--password-stdin", given=PASSWORD)


@pytest.fixture
def installation(made_installation, tmp_path):
    """Give an installation with four places and the user zhang, to be spoilt at will."""
    shutil.copytree(made_installation.home, tmp_path / "home")
    return Installation(tmp_path / "home")


@pytest.fixture
def empty(tmp_path):
    return Installation(tmp_path / "home")


@pytest.fixture
def lianyi():
    """Run a command inside this process, on the tests' own database."""

    def run(*arguments, given=None):
        return CliRunner().invoke(main, [str(each) for each in arguments], input=given)

    return run


@pytest.fixture
def places(lianyi, db, tmp_path):
    table = tmp_path / "places.csv"
    table.write_text(PLACES, encoding="utf-8")
    assert lianyi("import", "places", table).exit_code == 0
    return table


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer_of(address, process):
    """Wait for the site and return what it says."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.loads(answer.read())
        except OSError:  # a busy machine answers late, so also that it did not answer in time
            time.sleep(0.1)
    pytest.fail(f"the site at {address} did not start")


def wait_for(condition, process):
    """Wait until something has happened that a running process does."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        assert process.poll() is None, "the process ended before it did what is waited for"
    return pytest.fail("nothing happened")
