"""Put a backup in place of the present data, after everything about it was found sound.

Nothing of the present installation is touched before the copy has been unpacked, compared with its digests, opened,
counted and its audit trail walked. Then documents are added, and the database changes places in one step.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.config import Config
from lianyi.errors import InvalidInputError
from lianyi.operations import postgresql_copies, sqlite_copies
from lianyi.operations.archive import DOCUMENTS, KEY_PART, Manifest, read_archive
from lianyi.operations.backup import documents_folder
from lianyi.operations.console import Progress, Stage
from lianyi.operations.database_facts import known_migrations, pending_migrations, pointed_at, read_facts
from lianyi.operations.errors import BackupDamagedError, BackupUnfitError
from lianyi.operations.site_lock import held_site
from lianyi.operations.working_folder import replace_durably, working_folder

WORKING_PREFIX = ".lianyi-restore-"


@dataclass(frozen=True, slots=True)
class RestoreWish:
    source: Path
    with_secret_key: bool = False
    force: bool = False
    accepts_broken_trail: bool = False


@dataclass(frozen=True, slots=True)
class CheckedCopy:
    """A backup found sound. ``database`` is a file for SQLite, the name of a new database for PostgreSQL."""

    manifest: Manifest
    folder: Path
    database: str
    pending_migrations: tuple[str, ...]
    broken_trail: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    kept_as: str
    documents_added: int
    pending_migrations: tuple[str, ...]
    broken_trail: str


@contextmanager
def checked_copy(config: Config, wish: RestoreWish, stage: Stage) -> Iterator[CheckedCopy]:
    """Unpack a backup beside the present data and check everything about it; the copy is gone after the block.

    Raises
    ------
    BackupDamagedError, BackupUnfitError, AuditChainBrokenError
    """
    if not wish.source.is_file():
        raise InvalidInputError(f"There is no file {wish.source}. Name a backup made by `lianyi backup`.")
    place = Path(config.database.name).parent if config.database.is_embedded else config.home
    place.mkdir(parents=True, exist_ok=True)
    with working_folder(place, WORKING_PREFIX) as folder:
        with stage("Unpacking the backup") as progress:
            manifest = read_archive(wish.source, folder, progress)
        _check_fit(config, wish, manifest)
        with _opened_copy(config, manifest, folder) as database:
            with pointed_at(database), stage("Walking the audit trail") as progress:
                _compare_facts(manifest)
                broken = _walk_trail(wish, manifest, progress)
                pending = pending_migrations()
            yield CheckedCopy(manifest, folder, database, pending, broken)


def _check_fit(config: Config, wish: RestoreWish, manifest: Manifest) -> None:
    if manifest.engine != config.database.engine:
        raise BackupUnfitError(
            f"The backup holds a {manifest.engine} database and LIANYI_DATABASE names {config.database.engine}. "
            f"Point LIANYI_DATABASE to {manifest.engine} and restore there.",
            given=manifest.engine,
        )
    unknown = sorted(set(manifest.migrations) - known_migrations())
    if unknown:
        raise BackupUnfitError(
            f"The backup was made by Lianyi {manifest.lianyi} and holds tables that this version does not know "
            f"({unknown[0]}). Install that version or a later one.",
            unknown=unknown,
        )
    if wish.with_secret_key and not manifest.has_secret_key:
        raise BackupUnfitError(
            "The backup holds no secret key: it was made without --with-secret-key. Restore without that option.",
        )


@contextmanager
def _opened_copy(config: Config, manifest: Manifest, folder: Path) -> Iterator[str]:
    part = folder / manifest.database_part
    if config.database.is_embedded:
        sqlite_copies.check_integrity(part)
        yield str(part)
        return
    name = postgresql_copies.neighbour_name(config.database, f"_restore_{_stamp()}")
    try:
        postgresql_copies.load(config.database, part, name)
        yield name
    finally:
        # After a swap there is no database of this name any more.
        postgresql_copies.drop(config.database, name)


def _compare_facts(manifest: Manifest) -> None:
    facts = read_facts()
    differing = [
        table for table in {**manifest.rows, **facts.rows} if manifest.rows.get(table) != facts.rows.get(table)
    ]
    if differing or facts.migrations != manifest.migrations:
        raise BackupDamagedError(
            "The database inside the backup does not hold what the manifest says; different are: "
            f"{', '.join(sorted(differing)) or 'the migrations'}. Use another backup.",
            tables=sorted(differing),
        )
    if (facts.audit_events, facts.audit_hash) != (manifest.audit_events, manifest.audit_hash):
        raise BackupDamagedError("The audit trail inside the backup does not end where the manifest says.")


def _walk_trail(wish: RestoreWish, manifest: Manifest, progress: Progress) -> str:
    try:
        verify_chain(lambda done: progress(done, manifest.audit_events))
    except AuditChainBrokenError as error:
        if not wish.accepts_broken_trail:
            raise
        return error.message
    return ""


def restore(config: Config, wish: RestoreWish, stage: Stage) -> Restored:
    """Check a backup and put it in place; the database replaced is kept under another name.

    Raises
    ------
    SiteRunningError
        When the site is served from this home folder, or its database is in use.
    BackupDamagedError, BackupUnfitError, AuditChainBrokenError
        With nothing changed.
    """
    site = nullcontext() if wish.force else held_site(config.home, "restore")
    with site, checked_copy(config, wish, stage) as copy:
        added = _add_documents(copy)
        kept_as = _swap_database(config, wish, copy)
        if wish.with_secret_key:
            _put_file(copy.folder / KEY_PART, config.home / "secret-key")
        return Restored(copy.manifest, kept_as, added, copy.pending_migrations, copy.broken_trail)


def _add_documents(copy: CheckedCopy) -> int:
    """Add what is missing. A name is made from its content, so a file that differs is damaged; it is kept aside."""
    root = documents_folder()
    added = 0
    for part in copy.manifest.documents:
        source = copy.folder / part.name
        target = root / Path(part.name).relative_to(DOCUMENTS)
        if target.is_file() and _is_same(source, target):
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            target.rename(target.with_name(f"{target.name}.before-restore-{_stamp()}"))
        _put_file(source, target)
        added += 1
    return added


def _put_file(source: Path, target: Path) -> None:
    """Copy a file to where it belongs, perhaps on another file system, so that it is never there in part."""
    made = target.with_name(f"{target.name}.part")
    made.touch(mode=0o600)
    shutil.copyfile(source, made)
    replace_durably(made, target)


def _is_same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _swap_database(config: Config, wish: RestoreWish, copy: CheckedCopy) -> str:
    if config.database.is_embedded:
        target = Path(config.database.name)
        kept_as = target.with_name(f"{target.name}.before-restore-{_stamp()}")
        return str(kept_as) if sqlite_copies.put_in_place(Path(copy.database), target, kept_as) else ""
    kept_name = postgresql_copies.neighbour_name(config.database, f"_before_restore_{_stamp()}")
    if wish.force:
        postgresql_copies.cut_connections(config.database)
    postgresql_copies.swap_names(config.database, copy.database, kept_name)
    return kept_name


def _stamp() -> str:
    return f"{timezone.localtime():%Y%m%d%H%M%S}"
