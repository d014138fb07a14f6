"""Make or renew the virtual environment ``.venv``: ``python3 tools/environment.py run`` (or ``test``, ``bench``).

Installs the pinned packages with their hashes, then Lianyi itself as an editable package. A stamp file remembers what
was installed, so that nothing is done again until a pin, the packaging file or Python itself changes. Needs nothing
but Python and its venv module.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
OLDEST_PYTHON = (3, 11)
PINS = {
    "run": ("requirements/run.txt", "requirements/build.txt"),
    # test.txt holds every pin of run.txt and build.txt, at the same versions.
    "test": ("requirements/test.txt",),
    # bench.txt holds every pin of test.txt.
    "bench": ("requirements/bench.txt",),
}
# An environment made for tests is good enough to run the site.
SERVES = {"run": ("run", "test", "bench"), "test": ("test", "bench"), "bench": ("bench",)}


def say(text: str) -> None:
    print(f"environment: {text}", flush=True)


def stamp_of(profile: str) -> Path:
    return ENVIRONMENT / f".lianyi-{profile}"


def fingerprint(profile: str) -> str:
    """Return one value for what the environment is made from: Python, place, pins and packaging file."""
    digest = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for name in (*PINS[profile], "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_current(profile: str) -> bool:
    if not PYTHON.exists():
        return False
    return any(
        stamp_of(made_for).is_file() and stamp_of(made_for).read_text(encoding="ascii") == fingerprint(made_for)
        for made_for in SERVES[profile]
    )


def works() -> bool:
    """Whether the environment's Python starts, is the one that runs this script, and has pip."""
    question = "import sys, pip; print(sys.version)"
    try:
        answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version


def make_environment() -> None:
    if works():
        return
    if ENVIRONMENT.exists():
        if not (ENVIRONMENT / "pyvenv.cfg").is_file():
            sys.exit(f"{ENVIRONMENT} is there but is no virtual environment. Move it away and try again.")
        say("replacing .venv, which was made by another Python")
        shutil.rmtree(ENVIRONMENT)
    say(f"making .venv with Python {'.'.join(map(str, sys.version_info[:3]))}")
    made = subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=False)
    if made.returncode:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        sys.exit("No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv")


def install(profile: str) -> None:
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if not sys.stdout.isatty():
        pip.append("--quiet")
    pins: list[str | Path] = [argument for name in PINS[profile] for argument in ("-r", ROOT / name)]
    say(f"installing the packages of {' and '.join(PINS[profile])}")
    subprocess.run([*pip, "--require-hashes", *pins], check=True)
    say("installing lianyi as an editable package")
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make or renew .venv.")
    parser.add_argument("profile", choices=sorted(PINS))
    profile = parser.parse_args().profile
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"This is Python {sys.version.split()[0]}; Lianyi needs 3.11 or newer. Name one: make PYTHON=python3.11 ..."
        )
    if is_current(profile):
        return 0
    make_environment()
    try:
        install(profile)
    except subprocess.CalledProcessError as error:
        say("pip failed; its message is above. Nothing was recorded, so the next run tries again.")
        return error.returncode
    stamp_of(profile).write_text(fingerprint(profile), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
