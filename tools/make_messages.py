"""Collect the texts for people from the code into the translation files: ``make messages``.

With ``--check`` nothing is changed; it fails when a text of the code is not in the files yet. Needs GNU gettext.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "lianyi"
LANGUAGES = ("zh_Hans",)
SHOWN = 20  # differences printed one by one
# It changes with every run and says nothing.
CREATION_DATE = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)
# The style that keeps differences small: no line numbers, no wrapping.
OPTIONS = ("--no-location", "--no-wrap", "--no-obsolete", "--ignore=static/vendor/*", "--verbosity=0")


def translation_files(package: Path) -> list[Path]:
    return sorted(package.glob("locale/*/LC_MESSAGES/*.po"))


def collect(package: Path) -> None:
    """Bring the translation files of a package folder up to what its code says."""
    (package / "locale").mkdir(exist_ok=True)
    languages = [f"--locale={language}" for language in LANGUAGES]
    subprocess.run([sys.executable, "-m", "django", "makemessages", *languages, *OPTIONS], cwd=package, check=True)
    for path in translation_files(package):
        path.write_text(CREATION_DATE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


def texts(path: Path) -> set[tuple[str, str]]:
    if not path.is_file():
        return set()
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(path)) if not entry.obsolete}


def differences() -> list[str]:
    """Compare with what a fresh collection in a copy finds."""
    found = []
    with tempfile.TemporaryDirectory(prefix="lianyi-messages-") as folder:
        copy = Path(folder) / "lianyi"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("vendor", "fonts", "__pycache__", "*.mo"))
        collect(copy)
        for fresh in translation_files(copy):
            name = fresh.relative_to(copy)
            there, wanted = texts(PACKAGE / name), texts(fresh)
            found += [f"{name}: missing: {text}" for _, text in sorted(wanted - there)]
            found += [f"{name}: no longer in the code: {text}" for _, text in sorted(there - wanted)]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Collect the texts for people into the translation files.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the files are not up to date")
    if not parser.parse_args().check:
        collect(PACKAGE)
        return 0
    found = differences()
    for line in found[:SHOWN]:
        print(line, file=sys.stderr)
    if found:
        print(f"{len(found)} differences. Run `make messages` and translate what is new.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
