"""The worker: takes turns over everything that time brings, and sends what waits to be sent."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from lianyi.dispatch import plan_queue
from lianyi.indicators.quality_watch import watch
from lianyi.operations.counting import DueCounter
from lianyi.operations.initialising import require_database
from lianyi.referrals import heartbeat
from lianyi.referrals.delivering import deliver_due
from lianyi.referrals.escalating import Worker
from lianyi.reports.batches import make_asked_reports
from lianyi.reports.making import make_due_reports

INTERVAL_SECONDS = 10
SECONDS_TO_FINISH = 15
SECONDS_BEFORE_RESTART = 5
SECONDS_BETWEEN_REPORTS = 600
SECONDS_BETWEEN_COUNTS = 600
_PARENT_LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerWish:
    """How often to turn; with ``parent_id`` the worker ends with that process."""

    interval_seconds: int = INTERVAL_SECONDS
    parent_id: int | None = None


def work_once() -> dict[str, Any]:
    """Take one turn, send once, and return what was done."""
    require_database()
    turn = Worker().turn()
    heartbeat.beat(timezone.now(), turn.handled)
    sent = deliver_due()
    return {
        "handled": turn.handled,
        "by_kind": turn.done,
        "failed": turn.failed,
        "deliveries": {"sent": sent.sent, "failed": sent.failed, "given_up": sent.dead},
        "reports": make_due_reports(timezone.localdate()) + make_asked_reports(timezone.localdate()),
        "counted_sheets": DueCounter().count(timezone.localdate()),
        "quality_cases": watch(timezone.localdate()),
    }


def work(wish: WorkerWish, on_start: Callable[[], None]) -> None:
    """Turn until SIGINT or SIGTERM; a piece of work under way is finished."""
    require_database()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    worker = Worker(should_stop=stop.is_set)

    def turn() -> None:
        heartbeat.beat(timezone.now(), worker.turn().handled)

    # Searches for plans take minutes and all of a processor: a process of their own does them.
    planner, due = _PlanSolver(), DueCounter()
    beside = [
        # A receiver that does not answer may hold up other sendings, but never a call.
        _beside("sender", lambda: deliver_due(stop.is_set), wish, stop),
        _beside("plan-starter", planner.start_where_needed, wish, stop),
        # A report of a large partnership takes a second or two, and no call waits for it.
        _beside(
            "reporter",
            lambda: make_due_reports(timezone.localdate()),
            replace(wish, interval_seconds=SECONDS_BETWEEN_REPORTS),
            stop,
        ),
        # Every chart is looked at for new signals that are kept among so many.
        _beside(
            "chart-watch",
            lambda: watch(timezone.localdate()),
            replace(wish, interval_seconds=SECONDS_BETWEEN_REPORTS),
            stop,
        ),
        # Sheets of a whole province are counted together, which takes seconds and holds up nothing.
        _beside(
            "counter",
            lambda: due.count(timezone.localdate(), stop.is_set),
            replace(wish, interval_seconds=SECONDS_BETWEEN_COUNTS),
            stop,
        ),
    ]
    # Somebody who asked for many reports watches them come: the next look is seconds away.
    asked = threading.Thread(
        target=_repeat,
        args=(lambda: make_asked_reports(timezone.localdate()), wish, stop),
        name="asked-reporter",
        daemon=True,
    )
    asked.start()
    on_start()
    _repeat(turn, wish, stop)
    for thread in beside:
        thread.join(SECONDS_TO_FINISH)
    planner.end()


def _beside(name: str, piece: Callable[[], object], wish: WorkerWish, stop: threading.Event) -> threading.Thread:
    """Do a piece of work again and again beside the turns."""
    thread = threading.Thread(target=_repeat, args=(piece, wish, stop), name=name, daemon=True)
    thread.start()
    return thread


class _PlanSolver:
    """The process that searches for plans: started when a search waits, gone when none does."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start_where_needed(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        if plan_queue.waiting():
            self._process = _own_program("solve-plans", "--once")

    def end(self) -> None:
        """End it at once: what it searches is taken up again from the best so far."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _repeat(piece: Callable[[], object], wish: WorkerWish, stop: threading.Event) -> None:
    """Do a piece of work again and again; a database that is away is waited for."""
    while not stop.is_set():
        close_old_connections()
        try:
            piece()
        except DatabaseError as error:
            _log.warning("The database does not answer (%s); the worker tries again.", type(error).__name__)
        except Exception:  # noqa: BLE001 - a worker that dies of a fault calls nobody any more
            _log.exception("The worker met a fault; it goes on with its next turn.")
        _wait(wish, stop)
    connections.close_all()


def _wait(wish: WorkerWish, stop: threading.Event) -> None:
    """Wait for the next turn, and no longer than the process that this one belongs to lives."""
    left = float(wish.interval_seconds)
    while left > 0 and not stop.wait(min(left, _PARENT_LOOK_SECONDS)):
        left -= _PARENT_LOOK_SECONDS
        if wish.parent_id is not None and os.getppid() != wish.parent_id:
            stop.set()


@contextmanager
def worker_beside() -> Iterator[None]:
    """Run a worker as a process of its own while the block runs; one that ends by itself is started again."""
    keeper = _Keeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper:
    """Starts the worker's process and looks after it.

    The first worker starts before the thread that looks after it. The site forks its own processes meanwhile: a copy
    of a half-made pipe in one of them would hold this thread for ever, so workers are spawned without one
    (``close_fds=False``; Python opens files so that they do not reach other programs).
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process = _worker_process()
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping.set()
            process = self._process
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS_TO_FINISH)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(SECONDS_TO_FINISH)

    def _keep(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.wait(SECONDS_BEFORE_RESTART):
                return
            _log.warning("The worker ended with %s; it is started again.", code)
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = _worker_process()


def _worker_process() -> subprocess.Popen[bytes]:
    return _own_program("worker", "--parent", str(os.getpid()))


def _own_program(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        [sys.executable, "-c", "from lianyi.cli import main; main()", *arguments],
        stdin=subprocess.DEVNULL,
        close_fds=False,
    )
