"""Copies of a PostgreSQL database by its own programs: a dump of one moment, and a swap of names to put it in place."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from lianyi.config import DatabaseAddress
from lianyi.operations.errors import ProgramFailedError, ProgramMissingError, SiteRunningError

MAINTENANCE = "postgres"
LAST_LINES = 5
LONGEST_NAME = 63


def require_program(name: str) -> None:
    """Refuse early when a program of PostgreSQL is missing.

    Raises
    ------
    ProgramMissingError
    """
    if shutil.which(name) is None:
        raise ProgramMissingError(
            f"The program {name} is not on PATH. Install PostgreSQL's client programs of at least the server's version "
            "(on Debian and Ubuntu: apt-get install postgresql-client).",
            program=name,
        )


@contextmanager
def one_moment() -> Iterator[str]:
    """Hold one moment of the database still and give its name, for the dump and for our own counting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def dump(address: DatabaseAddress, snapshot: str, target: Path) -> None:
    """Write the database as it stood at that moment, not compressed: the archive around it is."""
    target.touch(mode=0o600)
    options = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    _run(address, ["pg_dump", *options, f"--file={target}", *_where(address), address.name])


def load(address: DatabaseAddress, dumped: Path, name: str) -> None:
    """Make a new database beside the present one and fill it from a dump, whole or not at all."""
    with _administering(address) as administrator:
        try:
            administrator.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(_name(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ProgramFailedError(
                f"The user {address.user} may not make databases, and a restore first fills a new one. Have an "
                f'administrator of PostgreSQL run: ALTER ROLE "{address.user}" CREATEDB',
                program="CREATE DATABASE",
            ) from error
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={name}"]
    _run(address, ["pg_restore", *options, *_where(address), str(dumped)])


def drop(address: DatabaseAddress, name: str) -> None:
    with _administering(address) as administrator:
        administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(_name(name)))


def swap_names(address: DatabaseAddress, new: str, kept_as: str) -> None:
    """Give the new database the present one's name, both renamings in one transaction.

    Raises
    ------
    SiteRunningError
        When somebody is connected to the present database.
    """
    with _administering(address) as administrator:
        try:
            with administrator.transaction():
                administrator.execute(_rename(address.name, kept_as))
                administrator.execute(_rename(new, address.name))
        except psycopg.errors.ObjectInUse as error:
            raise SiteRunningError(
                f"Somebody is connected to the database {address.name}. Stop the site and every other program that "
                "uses it, or restore with --force, which cuts their connections.",
                database=address.name,
            ) from error


def cut_connections(address: DatabaseAddress) -> None:
    """End every other session on the present database."""
    with _administering(address) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [address.name],
        )


def neighbour_name(address: DatabaseAddress, suffix: str) -> str:
    """Return a name beside the present one that PostgreSQL does not cut off."""
    return address.name[: LONGEST_NAME - len(suffix)] + suffix


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _rename(old: str, new: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(_name(old), _name(new))


@contextmanager
def _administering(address: DatabaseAddress) -> Iterator[psycopg.Connection[Any]]:
    """Connect to the server's maintenance database: a database cannot be renamed from inside."""
    with closing(
        psycopg.connect(
            dbname=MAINTENANCE,
            user=address.user,
            password=address.password,
            host=address.host,
            port=address.port,
            autocommit=True,
        )
    ) as administrator:
        yield administrator


def _where(address: DatabaseAddress) -> list[str]:
    pairs = (("--host", address.host), ("--port", address.port), ("--username", address.user))
    return [f"{name}={value}" for name, value in pairs if value]


def _run(address: DatabaseAddress, command: Sequence[str]) -> None:
    require_program(command[0])
    # The password goes by the environment: arguments can be read by every user of the machine.
    environment = {**os.environ, "PGPASSWORD": address.password}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        raise ProgramFailedError(f"{command[0]} failed: {said}", program=command[0])
