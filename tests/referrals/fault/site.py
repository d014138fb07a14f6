"""A database of its own with the cast in it, and processes of ``server.py`` on it that may be killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.made_once import made_once

PROGRAM = Path(__file__).with_name("server.py")
ROOT = PROGRAM.parents[3]
SECONDS_TO_ANSWER = 60


class GoneError(Exception):
    """The process went away before it answered: the command may be done or not."""


class Client:
    """One connection to a process."""

    def __init__(self, port: int) -> None:
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_ANSWER)
        except OSError as error:
            raise GoneError from error
        self.file = self.socket.makefile("rwb")

    def ask(self, **asked: Any) -> dict[str, Any]:
        try:
            self.file.write(json.dumps(asked).encode() + b"\n")
            self.file.flush()
            line = self.file.readline()
        except OSError as error:
            raise GoneError from error
        if not line.endswith(b"\n"):
            raise GoneError
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.file.close()
        self.socket.close()


@dataclass
class Site:
    """One database, and the processes that serve it."""

    environment: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self) -> tuple[subprocess.Popen[str], int]:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM)], env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told.strip(), "the server did not start"
        return process, int(told)

    def kill(self, process: subprocess.Popen[str]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
            if process.stdout is not None:
                process.stdout.close()


def environment_for(home: Path, database: str | None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    more = {} if database is None else {"LIANYI_DATABASE": database}
    return {**kept, "LIANYI_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **more}


def _made(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, str(PROGRAM), "make"], env=environment, cwd=ROOT, check=True)


@contextlib.contextmanager
def _embedded(folder: Path, factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = made_once(factory, "embedded-site", lambda home: _made(environment_for(home, None)))
    shutil.copytree(made, folder / "home")
    site = Site(environment_for(folder / "home", None))
    try:
        yield site
    finally:
        site.close()
        shutil.rmtree(folder / "home", ignore_errors=True)


@contextlib.contextmanager
def _on_server(folder: Path, address: str) -> Iterator[Site]:
    from django.db import connection  # noqa: PLC0415 - the engine of this run

    name = f"lianyi_fault_{uuid.uuid4().hex[:8]}"
    import psycopg  # noqa: PLC0415 - installed where PostgreSQL is used

    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    own = urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    site = Site(environment_for(folder / "home", own))
    try:
        _made(site.environment)
        yield site
    finally:
        site.close()
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert connection.vendor == "postgresql"


@contextlib.contextmanager
def site_of_its_own(folder: Path, factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a site on the engine that this run of the tests uses."""
    address = os.environ.get("LIANYI_DATABASE", "")
    if address.startswith("postgres"):
        with _on_server(folder, address) as site:
            yield site
        return
    with _embedded(folder, factory) as site:
        yield site


def until_it_answers(port: int) -> Client:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        with contextlib.suppress(GoneError):
            return Client(port)
    return pytest.fail("nobody answers")
