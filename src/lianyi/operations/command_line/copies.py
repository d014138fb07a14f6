"""backup and restore."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, progress_bar, say, start_django
from lianyi.operations.exit_codes import NOT_INTACT

if TYPE_CHECKING:
    from lianyi.operations.archive import Manifest


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE if it exists, once the new backup is complete.")
@click.option(
    "--with-secret-key", is_flag=True, help="Put the secret key in too: whoever holds the file can forge sessions."
)
@options.as_json
def backup(file: Path, *, replace: bool, with_secret_key: bool, as_json: bool) -> None:
    """Write a consistent copy of database and documents into FILE, while the site runs.

    FILE becomes a .tar.gz that only you can read, with a digest of each part. If FILE is a folder, the backup gets a
    name with the time in it. The copy is read back and checked before it gets its name, so a backup that is there is
    a whole one. On PostgreSQL the program pg_dump must be on PATH.

    The audit trail in the copy is walked too. If it is not intact the backup is kept all the same, and the command ends
    with 4.
    """
    start_django()
    from lianyi.operations.backup import BackupWish, take_backup
    from lianyi.operations.initialising import config, require_database

    require_database()
    done = take_backup(config(), BackupWish(file, replace, with_secret_key), progress_bar)
    if as_json:
        document = {"file": done.file, "bytes": done.size_bytes, "broken_trail": done.broken_trail}
        print_json({**document, **_described(done.manifest)})
    else:
        click.echo(f"{done.file}: {done.size_bytes:,} bytes; {_in_words(done.manifest)}")
    if done.broken_trail:
        say(f"lianyi: the backup is written, but {done.broken_trail}")
        sys.exit(NOT_INTACT)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--verify-only", is_flag=True, help="Check the backup and change nothing.")
@click.option("--with-secret-key", is_flag=True, help="Take the secret key of the backup over too.")
@click.option("--force", is_flag=True, help="Do not ask whether the site is served; on PostgreSQL cut its connections.")
@click.option("--accept-broken-trail", is_flag=True, help="Restore although the audit trail inside is not intact.")
@options.as_json
def restore(
    file: Path, *, verify_only: bool, with_secret_key: bool, force: bool, accept_broken_trail: bool, as_json: bool
) -> None:
    """Check a backup wholly, and only then put it in place of the present data.

    Before anything is replaced the backup is unpacked beside the data, its digests are compared, the database inside
    is opened, its integrity checked, its rows counted and its audit trail walked. Then its documents are added and
    the database changes places in one step; a restore that is killed leaves either the old or the new one, whole.

    The database replaced is kept: on SQLite beside it, as NAME.before-restore-TIME; on PostgreSQL on the same server,
    as NAME_before_restore_TIME. There the backup is first loaded into a new database (the user needs the right to
    make one) and then the names are swapped in one transaction. Delete what was kept when you no longer need it.

    Stop the site first: the restore is refused while it is served. On SQLite it is refused, with --force too, while
    any process has the database open. After restoring a backup of an older version run `lianyi init`.
    """
    start_django()
    from lianyi.operations.initialising import config
    from lianyi.operations.restoring import RestoreWish, checked_copy
    from lianyi.operations.restoring import restore as run

    wish = RestoreWish(file, with_secret_key, force, accept_broken_trail)
    if verify_only:
        with checked_copy(config(), wish, progress_bar) as copy:
            document = {"restored": False, "broken_trail": copy.broken_trail, **_described(copy.manifest)}
            words = f"{file} is intact; {_in_words(copy.manifest)}"
            pending = copy.pending_migrations
    else:
        done = run(config(), wish, progress_bar)
        added = {"kept_as": done.kept_as, "documents_added": done.documents_added}
        document = {"restored": True, **added, "broken_trail": done.broken_trail, **_described(done.manifest)}
        words = f"Restored {file}; {_in_words(done.manifest)}" + (
            f"\nThe database replaced is kept as {done.kept_as}" if done.kept_as else ""
        )
        pending = done.pending_migrations
    if pending:
        say(f"The backup is of an older version: {len(pending)} migrations are to be applied. Run: lianyi init")
    if as_json:
        print_json({**document, "migrations_pending": pending})
    else:
        click.echo(words)


def _described(manifest: Manifest) -> dict[str, Any]:
    return {"manifest": asdict(manifest)}


def _in_words(manifest: Manifest) -> str:
    rows = sum(manifest.rows.values())
    return (
        f"taken {manifest.taken_at} by Lianyi {manifest.lianyi} on {manifest.engine}, {rows:,} rows in "
        f"{len(manifest.rows)} tables, {manifest.audit_events:,} audit events, {len(manifest.documents)} documents"
    )
