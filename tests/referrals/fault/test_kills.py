"""The server is killed in the middle of its work, again and again, and nothing that it said yes to is lost or doubled.

Clients write referrals and take steps with keys. When the connection breaks they do not know whether the command was
done; they ask again with the same key, as a browser or a device does. SIGKILL comes at moments drawn from a seed.

SQLite runs as in an installation: write-ahead log with ``synchronous=FULL``, so that an answered command is on disk.
PostgreSQL runs as the tests start it; the killed process is the site's, the database server goes on.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.referrals.fault.site import Client, GoneError, Site, site_of_its_own

pytestmark = pytest.mark.database

CLIENTS = 4
SEED = 20261122
STEPS = (
    ("doctor-shan", "send", {}),
    ("duty-jia", "open", {}),
    ("duty-jia", "accept_with_bed", {"contact": "样例", "capacity_confirmed": True, "expects": True}),
    ("doctor-shan", "depart", {}),
    ("duty-jia", "arrive", {}),
    ("duty-jia", "take_over", {}),
    ("duty-jia", "send_outcome", {"disposition": "home", "text": "样例"}),
    ("doctor-shan", "acknowledge", {}),
)


class Load:
    """Clients that work until they are told to stop, and everything that was answered."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.process, self.port = site.start()
        self.acknowledged: dict[str, str] = {}
        self.surprises: list[str] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(CLIENTS)]

    def begin(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)
            assert not thread.is_alive()

    def kill_and_restart(self) -> None:
        self.site.kill(self.process)
        self.process, self.port = self.site.start()

    def wait_for_an_answer(self) -> None:
        """Let the clients come to work after a restart: a server that does nothing is not worth killing."""
        before, deadline = len(self.acknowledged), time.monotonic() + 60
        while len(self.acknowledged) == before:
            assert time.monotonic() < deadline, "no command was answered"
            time.sleep(0.01)

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Ask until there is an answer, always with the same key."""
        while True:
            port = self.port
            try:
                client = Client(port)
                try:
                    return client.ask(**asked)
                finally:
                    client.close()
            except GoneError:
                time.sleep(0.02)

    def work(self, number: int) -> None:
        count = 0
        while not self.stopping.is_set():
            count += 1
            self.one_patient(f"c{number}-{count}")

    def one_patient(self, name: str) -> None:
        drafted = self.command(f"{name}-draft", "draft", do="draft", receivers=["JIA1", "LIN"])
        if drafted is None:
            return
        leg, other = drafted["legs"]
        self.command(f"{name}-other", "send", do="step", actor="doctor-shan", name="send", **_of(other))
        for actor, step, said in STEPS:
            if self.stopping.is_set():
                return
            done = self.command(f"{name}-{step}", step, do="step", actor=actor, name=step, said=said, **_of(leg))
            if done is None:
                return
            leg = done

    def command(self, key: str, step: str, **asked: Any) -> dict[str, Any] | None:
        answer = self.ask(key=key, **asked)
        with self.lock:
            if "refused" in answer:
                self.surprises.append(f"{key}: {answer['said']}")
                return None
            self.acknowledged[key] = step
        return answer


def _of(leg: dict[str, Any]) -> dict[str, Any]:
    return {"leg": leg["leg"], "version": leg["version"]}


def kill_again_and_again(folder: Path, factory: pytest.TempPathFactory, times: int) -> dict[str, int]:
    """Let clients work while the server is killed so many times; return what there was to lose."""
    draw = random.Random(SEED)  # noqa: S311 - moments, no secret
    with site_of_its_own(folder, factory) as site:
        load = Load(site)
        load.begin()
        try:
            for number in range(times):
                load.wait_for_an_answer()
                time.sleep(draw.uniform(0.0, 1.0))
                load.kill_and_restart()
                if number % 25 == 24:
                    with load.lock:
                        so_far = dict(load.acknowledged)
                    assert load.ask(do="check", acknowledged=so_far) == {"problems": []}
        finally:
            load.end()
        assert load.surprises == []
        assert load.ask(do="check", acknowledged=load.acknowledged) == {"problems": []}
        counted: dict[str, int] = load.ask(do="count")
        return {**counted, "acknowledged": len(load.acknowledged)}


def test_what_was_acknowledged_outlives_three_kills(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    counted = kill_again_and_again(tmp_path, tmp_path_factory, 3)
    assert counted["acknowledged"] >= 3


@pytest.mark.long
def test_what_was_acknowledged_outlives_two_hundred_kills(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    counted = kill_again_and_again(tmp_path, tmp_path_factory, 200)
    print(f"200 kills: {counted}")  # noqa: T201 - the figures for the docs
    assert counted["acknowledged"] >= 200
