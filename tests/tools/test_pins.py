"""What is installed is pinned with hashes, without any registry address, and alike everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)")
LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
LOCKED = {name: package for name, package in LOCK["packages"].items() if name}


def pins(file: str) -> dict[str, str]:
    lines = (REQUIREMENTS / file).read_text(encoding="utf-8").splitlines()
    return {match["name"]: match["version"] for line in lines if (match := PIN.match(line))}


@pytest.mark.parametrize("file", ["run.txt", "build.txt"])
def test_the_tests_use_the_versions_that_the_site_runs_with(file):
    in_tests = pins("test.txt")

    assert {name: in_tests.get(name) for name in pins(file)} == pins(file)


@pytest.mark.parametrize("file", sorted(path.name for path in REQUIREMENTS.glob("*.txt")))
def test_every_pin_has_a_hash_and_no_address(file):
    text = (REQUIREMENTS / file).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert [entry.split()[0] for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry] == []
    assert re.search(r"://|--(extra-)?index-url|--find-links", text) is None


def test_the_browser_packages_have_hashes_and_no_address():
    assert [name for name, package in LOCKED.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in LOCKED.items() if "resolved" in package] == []


def test_the_lock_file_holds_what_the_package_file_asks_for():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]

    assert {name: LOCKED[f"node_modules/{name}"]["version"] for name in wanted} == wanted
