"""The real site for browser tests: the demo's database, served by the command that operators use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSWORD = "quiet-harbour-27"
LIANYI = Path(sys.executable).parent / "lianyi"
START_SECONDS = 240


@dataclass(frozen=True)
class Site:
    """A running site, and who was there in which language: whose home page was looked at, with which cookies."""

    url: str
    home: Path = Path()
    welcomed: set[tuple[str, str]] = field(default_factory=set)
    kept_cookies: dict[tuple[str, str], list[Any]] = field(default_factory=dict)


def _environment(home: Path) -> dict[str, str]:
    """Leave out what belongs to the developer's own installation, or to the tests that run without a server."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIANYI_", "DJANGO_SETTINGS_MODULE", "PYTEST_", "COV_"))
    }
    return {**kept, "LIANYI_HOME": str(home), "LIANYI_DEMO_PASSWORD": PASSWORD}


def run_beside(site: Site, *command: str) -> str:
    """Run a command beside the running site, on its database, and return what it printed."""
    done = subprocess.run(
        [str(each) for each in command],
        env=_environment(site.home),
        cwd=site.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command[:3])} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def load_demo(home: Path) -> None:
    """Load the five cases into an empty folder."""
    done = subprocess.run(
        [LIANYI, "demo", "--no-serve"],
        env=_environment(home),
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"lianyi demo ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"


def _free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"lianyi serve ended with {process.returncode}:\n{log.read_text('utf-8')}"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s:\n{log.read_text('utf-8')}")


@contextmanager
def serving(demo: Path, folder: Path) -> Iterator[Site]:
    """Serve a copy of the demo, so that nothing written here is seen by another worker's tests."""
    home, log = folder / "home", folder / "serve.log"
    shutil.copytree(demo, home)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [LIANYI, "serve", "--port", str(port)], env=_environment(home), cwd=folder, stdout=out, stderr=out
        )
        try:
            _wait_until_it_answers(url, process, log)
            yield Site(url, home)
        finally:
            process.terminate()
            process.wait(timeout=120)
