"""What a database holds, in the few numbers by which two copies of it are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lianyi.accounts.models import ChainHead


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """``migrations`` are the applied ones as ``app.name``; ``rows`` counts every table."""

    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    audit_events: int
    audit_hash: str


def read_facts() -> DatabaseFacts:
    """Count every table of the database that Django is pointed at."""
    head = ChainHead.objects.filter(pk=1).first() or ChainHead(pk=1)
    return DatabaseFacts(
        migrations=applied_migrations(),
        rows=count_rows(),
        audit_events=head.sequence,
        audit_hash=head.hash,
    )


def is_there() -> bool:
    """Tell whether there is a database to ask; to open one on SQLite that is not there would make it."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined] # SQLite's own
        return True
    return Path(connection.settings_dict["NAME"]).exists()


def applied_migrations() -> tuple[str, ...]:
    if not is_there():
        return ()
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    return tuple(sorted(f"{app}.{name}" for app, name in loader.applied_migrations))


def known_migrations() -> frozenset[str]:
    """Return the migrations that this version brings."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(f"{app}.{name}" for app, name in loader.disk_migrations)


def pending_migrations() -> tuple[str, ...]:
    """Return the migrations that this version brings and the database lacks."""
    return tuple(sorted(known_migrations() - set(applied_migrations())))


def count_rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            # Names of tables come from the database itself.
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = int(cursor.fetchone()[0])
    return counts


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Point Django at another database of the same engine: a copy of the file, or a neighbour on the same server."""
    connection.close()
    kept = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
