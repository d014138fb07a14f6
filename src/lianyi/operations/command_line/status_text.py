"""The status of an installation as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from lianyi.operations.console import print_table

GIGABYTE = 1_000_000_000


def print_status(status: Mapping[str, Any]) -> None:
    click.echo(f"Lianyi {status['version']}")
    for name, value in _lines(status):
        click.echo(f"{name + ':':<16} {value}")
    click.echo("\nRule sets")
    print_table(
        ("id", "in force", "from", "to"),
        [
            (each["id"], "yes" if each["is_in_force"] else "NO", each["valid_from"], each["valid_to"] or "")
            for each in status["rule_sets"]
        ],
    )


def _lines(status: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Home", status["home"]
    yield "Time zone", f"{status['time_zone']} (now {status['now']})"
    yield from _database_lines(status["database"])
    yield "Static files", "collected" if status["static_files"] else "missing (run: lianyi init)"
    yield "Served", _served(status["served"])
    yield "Disk free", f"{status['disk_free_bytes'] / GIGABYTE:.1f} GB"
    yield "Last backup", _backup(status["last_backup"])


def _database_lines(database: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Database", database["address"]
    if not database["is_reachable"]:
        yield "", f"cannot be reached: {database['error']}"
        return
    pending = database["migrations_pending"]
    yield (
        "Migrations",
        f"{database['migrations_applied']} applied"
        + (f", {len(pending)} PENDING (run: lianyi init)" if pending else ""),
    )
    if not pending:
        yield "Records", ", ".join(f"{name.partition('.')[2]} {count:,}" for name, count in database["rows"].items())
        yield (
            "Audit trail",
            f"{database['audit']['events']:,} events, last hash {database['audit']['last_hash'] or '-'}",
        )
        yield "Worker", _worker(database["worker"])


def _worker(worker: Mapping[str, Any]) -> str:
    if worker["last_turn"] is None:
        return "has never turned: nobody is called (run: lianyi serve, or lianyi worker)"
    turned = f"last turn {worker['last_turn']}, {worker['seconds_ago']:,} s ago"
    return turned if worker["is_turning"] else f"SILENT: {turned}; nobody is called (run: lianyi worker)"


def _served(holder: Mapping[str, Any] | None) -> str:
    if holder is None:
        return "no"
    if holder["purpose"] == "serve":
        return f"yes, at {holder['address']} (process {holder['process_id']})"
    return f"no; '{holder['purpose']}' is at work (process {holder['process_id']})"


def _backup(last: Mapping[str, Any] | None) -> str:
    if last is None:
        return "none known"
    where = last["file"] if last["is_there"] else f"{last['file']} (no longer there)"
    return f"{last['taken_at']}, {last['bytes']:,} bytes, {where}"
