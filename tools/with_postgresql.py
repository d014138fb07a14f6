"""Run a command beside a PostgreSQL of its own: ``python tools/with_postgresql.py -- pytest tests/registry``.

The server lives in a temporary folder, listens on a free port of 127.0.0.1 only and is gone when the command ends,
also when it is interrupted. The command finds its address in LIANYI_DATABASE. Data safety is switched off: this is
for tests and benchmarks.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

NAME = "lianyi"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
TRIES = 3
FAST_AND_LOOSE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB", "jit=off")


class PostgresqlError(Exception):
    """The server could not be started; the message says why."""


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server here: on PATH, or where Debian puts them."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    complete = [folder for folder in folders if all((folder / name).is_file() for name in ("initdb", "postgres"))]
    return max(complete, key=version, default=None)


def version(folder: Path) -> tuple[int, ...]:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    number = re.search(r"\d+(?:\.\d+)*", answer.stdout)
    return tuple(map(int, number.group().split("."))) if number else (0,)


def unprivileged_user() -> str | None:
    """Return whom the server runs as: PostgreSQL refuses root. None means ourselves."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - there is no such module where nobody is root

    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise PostgresqlError("PostgreSQL refuses to run as root and there is no user 'postgres' or 'nobody' to run it as.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One PostgreSQL in one folder."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self.bin_folder = bin_folder
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.user = unprivileged_user()
        self.password = secrets.token_urlsafe(16)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"postgresql://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def initialise(self) -> None:
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password, encoding="ascii")
        if self.user:
            shutil.chown(self.folder, self.user)
            shutil.chown(secret, self.user)
        command: list[str | Path] = [
            self.bin_folder / "initdb",
            "--pgdata",
            self.data,
            "--username",
            NAME,
            "--pwfile",
            secret,
        ]
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(
            [*command, *options], user=self.user, capture_output=True, text=True, cwd=self.folder, check=False
        )
        if made.returncode:
            raise PostgresqlError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def start(self) -> None:
        """Start on a free port; another program may take it in between, so a few times if need be."""
        for _ in range(TRIES):
            self.port = free_port()
            settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={self.port}", *FAST_AND_LOOSE)
            command: list[str | Path] = [self.bin_folder / "postgres", "-D", self.data]
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [*command, *(part for setting in settings for part in ("-c", setting))],
                    user=self.user,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    # Ctrl-C reaches this script, which then stops the server in order.
                    start_new_session=True,
                )
            if self.answers():
                return
        raise PostgresqlError(f"PostgreSQL did not start:\n{self.log.read_text(encoding='utf-8', errors='replace')}")

    def answers(self) -> bool:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            if self.client("pg_isready", "--quiet").returncode == 0:
                return True
            time.sleep(0.1)
        self.stop()
        return False

    def create_database(self) -> None:
        made = self.client("createdb", NAME)
        if made.returncode:
            raise PostgresqlError(f"createdb failed:\n{made.stderr}")

    def client(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", NAME]
        command: list[str | Path] = [self.bin_folder / program, *where, *arguments]
        environment = {**os.environ, "PGPASSWORD": self.password}
        return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=self.folder, check=False)

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        # SIGINT is PostgreSQL's fast shutdown: it drops the clients and ends in order.
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def temporary_postgresql() -> Iterator[str]:
    """Start a server, create a database in it, give its address, and remove everything afterwards."""
    bin_folder = programs()
    if bin_folder is None:
        raise PostgresqlError("No PostgreSQL server was found. On Debian and Ubuntu: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="lianyi-postgresql-"))
    server = Server(bin_folder, folder)
    try:
        server.initialise()
        server.start()
        server.create_database()
        yield server.address
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run_beside(command: list[str], environment: Mapping[str, str]) -> int:
    """Run the command with LIANYI_DATABASE set and return its exit code."""
    with temporary_postgresql() as address:
        process = subprocess.Popen(command, env={**environment, "LIANYI_DATABASE": address})
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command beside a temporary PostgreSQL.")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments, after --")
    command = parser.parse_args().command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        parser.error("name the command to run, after --")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, leave)
    try:
        return run_beside(command, os.environ)
    except (PostgresqlError, FileNotFoundError) as error:
        print(f"with_postgresql: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
