"""Serve the site with Granian, which brings its own HTTP server and needs no other program in front."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from lianyi.config import Config
from lianyi.operations.errors import AddressTakenError
from lianyi.operations.initialising import require_database, require_static_files
from lianyi.operations.site_lock import held_site
from lianyi.operations.surveying.warming import compiling_beside
from lianyi.operations.working import worker_beside

APPLICATION = "lianyi.operations.served:application"
MOST_THREADS = 8
THREADS_ON_POSTGRESQL = 4
SECONDS_TO_FINISH = 20


@dataclass(frozen=True, slots=True)
class ServeWish:
    """``workers`` None means one process for SQLite, one for each core for PostgreSQL.

    With ``calls`` a worker runs beside the site, which calls whoever has to be called.
    """

    host: str
    port: int
    workers: int | None = None
    calls: bool = True

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def workers_for(config: Config, wish: ServeWish) -> tuple[int, int]:
    """Return processes and threads in each.

    An embedded database has one writer at a time, so more processes would only wait for one another; threads still
    read side by side.
    """
    cores = len(os.sched_getaffinity(0))
    if config.database.is_embedded:
        return wish.workers or 1, min(MOST_THREADS, 2 * cores + 1)
    return wish.workers or cores, min(THREADS_ON_POSTGRESQL, 2 * cores + 1)


def serve(config: Config, wish: ServeWish, on_start: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished.

    Raises
    ------
    SiteNotReadyError, AddressTakenError, SiteRunningError
    """
    require_database()
    require_static_files()
    connections.close_all()
    with held_site(config.home, "serve", wish.address):
        _require_free(wish)
        workers, threads = workers_for(config, wish)
        server = Granian(
            APPLICATION,
            address=wish.host,
            port=wish.port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            workers_kill_timeout=SECONDS_TO_FINISH,
            websockets=False,
            log_level=LogLevels.warning,
        )
        server.on_startup(on_start)
        with compiling_beside(), worker_beside() if wish.calls else nullcontext():
            server.serve()


def _require_free(wish: ServeWish) -> None:
    family = socket.AF_INET6 if ":" in wish.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((wish.host, wish.port))
    except OSError as error:
        raise AddressTakenError(
            f"The site cannot listen on {wish.address} ({error.strerror}). Choose another --port, or stop what "
            "listens there; --host is an address of this machine, 0.0.0.0 for all of them.",
            host=wish.host,
            port=wish.port,
        ) from error
