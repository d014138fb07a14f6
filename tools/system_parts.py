"""The programs that only some tests need: a PostgreSQL server, Chromium, GNU gettext, a Java.

``python3 tools/system_parts.py`` installs the missing ones through apt-get where it may (root on Debian or Ubuntu) and
says what is still missing. Needs nothing but Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import with_postgresql

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.d")


def chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def gettext() -> str | None:
    return shutil.which("xgettext") and shutil.which("msgmerge")


def java() -> str | None:
    """Return the Java that Spark starts: the one JAVA_HOME names, or the first on the path."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


@dataclass(frozen=True)
class Part:
    """One thing of the system that some stage of the tests needs."""

    name: str
    find: Callable[[], object]
    package: str
    needed_for: str


POSTGRESQL = Part("PostgreSQL", with_postgresql.programs, "postgresql", "the tests on PostgreSQL")
CHROMIUM = Part("Chromium", chromium, "chromium", "the browser tests")
GETTEXT = Part("gettext", gettext, "gettext", "the check that every message is in the translation file")
JAVA = Part("Java", java, "openjdk-17-jre-headless", "the tests of indicators on Spark")
PARTS = (POSTGRESQL, CHROMIUM, GETTEXT, JAVA)


def missing(parts: Iterable[Part]) -> list[Part]:
    return [part for part in dict.fromkeys(parts) if not part.find()]


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


@contextmanager
def without_a_cluster() -> Iterator[None]:
    """Keep Debian's package from making and starting a database server of its own, which nobody asked for."""
    if Path("/etc/postgresql-common/createcluster.conf").exists():
        yield
        return
    note = CLUSTER_SETTINGS / "lianyi-tests.conf"
    CLUSTER_SETTINGS.mkdir(parents=True, exist_ok=True)
    note.write_text("create_main_cluster = false\n", encoding="ascii")
    try:
        yield
    finally:
        note.unlink()


def install(parts: list[Part]) -> None:
    """Install through apt-get; what fails is seen afterwards, when the program is looked for again."""
    print(f"system: installing {', '.join(part.name for part in parts)} through apt-get", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    packages = [part.package for part in parts]
    with without_a_cluster():
        subprocess.run([*apt, "update"], env=environment, check=False)
        subprocess.run(
            [*apt, "install", "-y", "--no-install-recommends", *packages],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )


def provide(parts: Iterable[Part] = PARTS) -> list[Part]:
    """Install what is missing where that is allowed, and return what is missing still."""
    lacking = missing(parts)
    if lacking and may_install():
        install(lacking)
    return missing(lacking)


def main() -> int:
    lacking = provide()
    for part in lacking:
        print(f"system: {part.name} is missing, needed for {part.needed_for} (package {part.package})", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
