"""Copies of an embedded database, taken while the site writes, and put in its place in one step."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from lianyi.operations.console import Progress
from lianyi.operations.errors import BackupDamagedError, SiteNotReadyError, SiteRunningError
from lianyi.operations.working_folder import replace_durably, write_through

PAGES_AT_ONCE = 512
SECONDS_TO_WAIT = 5.0


def copy_online(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database as it stands at this moment; writers go on meanwhile.

    Raises
    ------
    SiteNotReadyError
        When there is no database yet.
    """
    if not source.is_file():
        raise SiteNotReadyError(f"There is no database at {source} yet. Run: lianyi init", path=str(source))
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source, isolation_level=None)) as reading, closing(sqlite3.connect(target)) as writing:
        # Inside a read transaction every step of the copy sees the same moment; without it each write of the site
        # would make the copy start again from its first page, and under steady writing it would never end.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reading.backup(
            writing,
            pages=PAGES_AT_ONCE,
            progress=lambda _status, remaining, total: progress(total - remaining, total),
        )
        reading.execute("ROLLBACK")


def check_integrity(path: Path) -> None:
    """Have the engine look at every page, index and reference of a copy.

    Raises
    ------
    BackupDamagedError
        With the first things it found.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            found += [
                f"{row[0]} refers to a missing {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
            ]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found:
        raise BackupDamagedError(
            f"The database inside the backup does not hold together: {'; '.join(found[:5])}. Use another backup.",
            found=found[:5],
        )


def put_in_place(copy: Path, target: Path, kept_as: Path) -> bool:
    """Put a checked copy in place of the database; the one replaced stays under its new name.

    Return whether there was one to replace. At every moment either the old or the new database is there, whole.

    Raises
    ------
    SiteRunningError
        When another process has the database open.
    """
    _fold_log_into_file(copy)
    if not target.exists():
        replace_durably(copy, target)
        return False
    with closing(sqlite3.connect(target, timeout=SECONDS_TO_WAIT, isolation_level=None)) as old:
        is_readable = _take_alone(old, target)
        _keep(target, kept_as)
        if not is_readable:
            _set_logs_aside(target, kept_as)
        replace_durably(copy, target)
    return True


def _fold_log_into_file(path: Path) -> None:
    """Leave nothing beside the file: a log of one database next to another would ruin it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _take_alone(old: sqlite3.Connection, target: Path) -> bool:
    """Fold the log in, which the engine does only for the last user, and let nobody in until the swap is done.

    Return False when the engine cannot read the file at all: a ruined database is what people restore for.
    """
    try:
        mode = old.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        old.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _in_use(target) from error
        return False
    if mode != "delete":
        raise _in_use(target)
    return True


def _set_logs_aside(target: Path, kept_as: Path) -> None:
    """Move the logs of a ruined database away: next to another one they would ruin that too."""
    for suffix in ("-wal", "-shm", "-journal"):
        log = target.with_name(target.name + suffix)
        if log.exists():
            log.rename(kept_as.with_name(kept_as.name + suffix))


def _in_use(target: Path) -> SiteRunningError:
    return SiteRunningError(
        f"Another process has {target} open. Stop the site and every other lianyi command, then restore again.",
        path=str(target),
    )


def _keep(target: Path, kept_as: Path) -> None:
    try:
        os.link(target, kept_as)
    except OSError:
        # A file system without hard links; the copy is complete before the original gives way.
        shutil.copy2(target, kept_as)
    write_through(kept_as)


def remove(target: Path) -> None:
    """Delete a database that nobody has open.

    Raises
    ------
    SiteRunningError
    """
    with closing(sqlite3.connect(target, timeout=SECONDS_TO_WAIT, isolation_level=None)) as connection:
        _take_alone(connection, target)
        target.unlink()
