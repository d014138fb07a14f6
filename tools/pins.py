"""Renew the pins: ``make pins`` keeps what still fits, ``make pins UPGRADE=1`` takes the newest of everything.

The resolver (uv) writes pins with hashes for every platform and Python; it is installed into .cache for this and is
needed for nothing else. No registry address is written. See docs/developer/dependencies.md.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOLVER = ROOT / ".cache" / "resolver"
STYLE = ("--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version=3.11", "--quiet")
# The tests' pins come first; the others must agree with them, because one environment serves both.
AGREE = ("--constraints", "requirements/test.txt")
PINS = (
    ("requirements/test.txt", ("--extra=oidc", "--group=test", "pyproject.toml")),
    ("requirements/bench.txt", (*AGREE, "--extra=oidc", "--group=bench", "pyproject.toml")),
    ("requirements/run.txt", (*AGREE, "pyproject.toml")),
    ("requirements/build.txt", (*AGREE, "--group=build")),
    ("requirements/node.txt", ("--group=node",)),
)


def resolver() -> Path:
    if not (RESOLVER / "bin" / "uv").exists():
        subprocess.run([sys.executable, "-m", "venv", RESOLVER], check=True)
        subprocess.run([RESOLVER / "bin" / "pip", "install", "--quiet", "uv"], check=True)
    return RESOLVER / "bin" / "uv"


def pin_python_packages(*options: str) -> None:
    for target, sources in PINS:
        print(f"pins: {target}", flush=True)
        command = [resolver(), "pip", "compile", *STYLE, *options, *sources, "--output-file", target]
        subprocess.run(command, cwd=ROOT, check=True)


def pin_browser_packages() -> None:
    """Write package-lock.json anew from the exact versions in package.json."""
    npm = shutil.which("npm")
    if npm is None:
        print("pins: package-lock.json is left as it is: there is no npm here")
        return
    print("pins: package-lock.json", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "package.json", folder)
        options = ["--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit"]
        subprocess.run([npm, "install", *options, "--no-fund", "--loglevel=error"], cwd=folder, check=True)
        shutil.copy(Path(folder) / "package-lock.json", ROOT)


def main() -> int:
    parser = argparse.ArgumentParser(description="Renew the pinned packages.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml allows")
    pin_python_packages(*(["--upgrade"] if parser.parse_args().upgrade else []))
    pin_browser_packages()
    return 0


if __name__ == "__main__":
    sys.exit(main())
