"""Take a consistent copy of everything an installation keeps, while the site runs, into one file."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

import lianyi
from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.config import Config
from lianyi.operations import postgresql_copies, sqlite_copies
from lianyi.operations.archive import DOCUMENTS, KEY_PART, Manifest, Part, files_below, read_archive, write_archive
from lianyi.operations.console import Progress, Stage
from lianyi.operations.database_facts import DatabaseFacts, pointed_at, read_facts
from lianyi.operations.errors import BackupDamagedError, TargetExistsError
from lianyi.operations.working_folder import replace_durably, working_folder, write_through

WORKING_PREFIX = ".lianyi-backup-"
LAST_BACKUP = "last-backup.json"
SQLITE_PART = "database.sqlite3"
POSTGRESQL_PART = "database.dump"


@dataclass(frozen=True, slots=True)
class BackupWish:
    """Where to, and what beyond the data. A ``target`` that is a folder gets a file named by the time."""

    target: Path
    may_replace: bool = False
    with_secret_key: bool = False


@dataclass(frozen=True, slots=True)
class BackupDone:
    """``broken_trail`` says what is wrong with the audit trail inside; empty when it is intact."""

    file: str
    size_bytes: int
    manifest: Manifest
    broken_trail: str = ""


def take_backup(config: Config, wish: BackupWish, stage: Stage) -> BackupDone:
    """Copy the database as of one moment and the documents it names, read the copy back, and only then name it.

    A broken audit trail is told and does not stop the backup: whoever mends it needs a copy first.

    Raises
    ------
    TargetExistsError, SiteNotReadyError, ProgramMissingError, ProgramFailedError, BackupDamagedError
    """
    taken_at = timezone.now()
    target = _target_of(wish, taken_at)
    with working_folder(target.parent, WORKING_PREFIX) as folder:
        with stage("Copying the database") as progress:
            copied = _copy_database(config, folder, progress)
        # Documents after the database: they are only ever added, so none that the copy names can be missing.
        files = {copied.file.name: copied.file, **dict(files_below(documents_folder(), DOCUMENTS))}
        if wish.with_secret_key:
            files[KEY_PART] = _secret_key(config, folder)
        made = folder / "archive.tar.gz"
        made.touch(mode=0o600)
        manifest_of = partial(_manifest, taken_at=taken_at, config=config, copied=copied)
        with stage("Writing the backup") as progress:
            manifest = write_archive(made, files, manifest_of, progress)
        with stage("Reading it back") as progress:
            _read_back(made, folder / "read-back", manifest, progress)
        size = made.stat().st_size
        replace_durably(made, target)
    done = BackupDone(str(target), size, manifest, copied.broken_trail)
    _remember(config, done)
    return done


def _target_of(wish: BackupWish, taken_at: datetime.datetime) -> Path:
    target = wish.target.expanduser().absolute()
    if target.is_dir():
        target /= f"lianyi-{timezone.localtime(taken_at):%Y%m%d-%H%M%S}.tar.gz"
    if not target.parent.is_dir():
        raise TargetExistsError(f"There is no folder {target.parent}. Make it, or name another.", given=str(target))
    if target.exists() and not wish.may_replace:
        raise TargetExistsError(
            f"{target} exists already. Name another file, a folder, or add --replace.", given=str(target)
        )
    return target


def documents_folder() -> Path:
    return Path(default_storage.path(""))


@dataclass(frozen=True, slots=True)
class _Copied:
    file: Path
    facts: DatabaseFacts
    broken_trail: str


def _copy_database(config: Config, folder: Path, progress: Progress) -> _Copied:
    if config.database.is_embedded:
        copy = folder / SQLITE_PART
        sqlite_copies.copy_online(Path(config.database.name), copy, progress)
        with pointed_at(str(copy)):
            facts, broken_trail = read_facts(), _fault_of_trail()
        write_through(copy)
        return _Copied(copy, facts, broken_trail)
    postgresql_copies.require_program("pg_dump")
    dumped = folder / POSTGRESQL_PART
    with postgresql_copies.one_moment() as snapshot:
        facts, broken_trail = read_facts(), _fault_of_trail()
        postgresql_copies.dump(config.database, snapshot, dumped)
    progress(1, 1)
    return _Copied(dumped, facts, broken_trail)


def _fault_of_trail() -> str:
    try:
        verify_chain()
    except AuditChainBrokenError as error:
        return error.message
    return ""


def _secret_key(config: Config, folder: Path) -> Path:
    copy = folder / KEY_PART
    copy.touch(mode=0o600)
    copy.write_text(config.secret_key, encoding="utf-8")
    return copy


def _manifest(
    parts: tuple[Part, ...],
    *,
    taken_at: datetime.datetime,
    config: Config,
    copied: _Copied,
) -> Manifest:
    return Manifest(
        lianyi=lianyi.__version__,
        taken_at=taken_at.isoformat(),
        engine=config.database.engine,
        database_part=copied.file.name,
        migrations=copied.facts.migrations,
        rows=copied.facts.rows,
        audit_events=copied.facts.audit_events,
        audit_hash=copied.facts.audit_hash,
        parts=parts,
    )


def _read_back(made: Path, folder: Path, written: Manifest, progress: Progress) -> None:
    folder.mkdir(mode=0o700)
    if read_archive(made, folder, progress) != written:
        raise BackupDamagedError(f"{made} reads back differently from what was written. Is the disk failing?")
    if written.database_part == SQLITE_PART:
        sqlite_copies.check_integrity(folder / SQLITE_PART)


def _remember(config: Config, done: BackupDone) -> None:
    facts = {"file": done.file, "bytes": done.size_bytes, "taken_at": done.manifest.taken_at}
    (config.home / LAST_BACKUP).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def last_backup(config: Config) -> dict[str, object] | None:
    """Return file, size and moment of the last backup that this home folder knows of."""
    path = config.home / LAST_BACKUP
    if not path.is_file():
        return None
    facts: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return {**facts, "is_there": Path(str(facts["file"])).is_file()}
