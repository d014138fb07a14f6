"""Make the home folder, the database and the static files of an installation; a second time changes nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from lianyi.config import Config
from lianyi.operations.database_facts import pending_migrations
from lianyi.operations.errors import SiteNotReadyError

FINGERPRINT = ".fingerprint"
MANIFEST = "staticfiles.json"
AN_ASSET = "vendor/bootstrap/bootstrap.min.css"


@dataclass(frozen=True, slots=True)
class Initialised:
    """What was done; empty and False where everything was there already."""

    home: str
    database: str
    migrations_applied: tuple[str, ...]
    static_files_collected: bool
    has_browser_assets: bool


def config() -> Config:
    found: Config = settings.CONFIG
    return found


def initialise() -> Initialised:
    """Bring the installation up to this version."""
    home = config().home
    home.mkdir(parents=True, exist_ok=True)
    (home / "documents").mkdir(mode=0o700, exist_ok=True)
    applied = migrate()
    collected = collect_static_files()
    return Initialised(
        home=str(home),
        database=config().database.without_secret(),
        migrations_applied=applied,
        static_files_collected=collected,
        has_browser_assets=has_browser_assets(),
    )


def migrate() -> tuple[str, ...]:
    """Apply what is pending and return its names."""
    address = config().database
    if address.is_embedded and not Path(address.name).exists():
        Path(address.name).parent.mkdir(parents=True, exist_ok=True)
        # Data about people: nobody else on the machine may read the file or the logs beside it.
        Path(address.name).touch(mode=0o600)
    pending = pending_migrations()
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
    return pending


def collect_static_files() -> bool:
    """Copy, name by content and compress the browser's files, unless they are as they were the last time."""
    root = Path(settings.STATIC_ROOT)
    fingerprint = _fingerprint_of_sources()
    kept = root / FINGERPRINT
    if kept.is_file() and kept.read_text(encoding="ascii") == fingerprint and (root / MANIFEST).is_file():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    kept.write_text(fingerprint, encoding="ascii")
    return True


def _fingerprint_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def has_browser_assets() -> bool:
    """Tell whether the collected files hold what the build fetches."""
    manifest = Path(settings.STATIC_ROOT) / MANIFEST
    return manifest.is_file() and AN_ASSET in json.loads(manifest.read_text(encoding="utf-8"))["paths"]


def require_database() -> None:
    """Refuse to work on a database that this version does not fit.

    Raises
    ------
    SiteNotReadyError
        Naming the migrations that are missing.
    """
    pending = pending_migrations()
    if pending:
        raise SiteNotReadyError(
            f"The database {config().database.without_secret()} lacks {len(pending)} migrations of this version "
            f"(the first is {pending[0]}). Run: lianyi init",
            pending=pending,
        )


def require_static_files() -> None:
    """Refuse to serve pages without their files.

    Raises
    ------
    SiteNotReadyError
    """
    if not (Path(settings.STATIC_ROOT) / MANIFEST).is_file():
        raise SiteNotReadyError(f"The static files are not in {settings.STATIC_ROOT}. Run: lianyi init")
    if not has_browser_assets():
        raise SiteNotReadyError(
            f"The browser assets ({AN_ASSET} and others) are missing. In a source tree run `make assets` and then "
            "`lianyi init`; an installed wheel brings them along."
        )
