"""The thread beside a search for a plan: it gives signs of life, tells the best so far, and obeys a stop."""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DatabaseError, close_old_connections, connections

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.dispatch import plan_queue
from lianyi.dispatch.models import PlanRun, RunState
from lianyi.methods.array_process import ArrayProcess

_BEAT_SECONDS: Final = 1.0
# Reading, building and explaining take their time too; whoever takes so much more is lost.
_SECONDS_OF_GRACE: Final = 300.0
_EXIT_LOST: Final = 3
_log = logging.getLogger(__name__)


def context_of(actor: Actor, run: PlanRun) -> CommandContext:
    """Return what a search writes with: each taking up has a key, so what a lost process wrote is not mistaken."""
    return CommandContext(actor, f"plan-run-{run.pk}-{run.attempts}", request_id="plan-solver")


@dataclass
class Watch:
    """The thread beside a search; it alone writes signs of life, on a connection of its own."""

    run: PlanRun
    is_stopped: bool = False
    _facts: dict[str, Any] = field(default_factory=dict)
    _processes: tuple[ArrayProcess, ...] = ()
    _ending: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _began: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._watch, name="plan-watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def guard(self, *processes: ArrayProcess) -> None:
        """End these processes at a stop, in the place of those named before."""
        with self._lock:
            self._processes = processes
            if self.is_stopped:
                self._end_processes()

    def tell(self, stage: str) -> None:
        with self._lock:
            self._facts["stage"] = stage

    def take(self, best: dict[str, Any]) -> None:
        """Take the best so far, as the search tells it."""
        with self._lock:
            self._facts["best"] = best

    def seconds_left(self) -> float:
        """Return the time that the search has, less what lost processes used of it."""
        return max(1.0, self.run.seconds - self.run.seconds_gone)

    def state(self) -> RunState:
        """Return how a search that kept something ended."""
        return RunState.STOPPED if self.is_stopped else RunState.DONE

    def _watch(self) -> None:
        before = self.run.seconds_gone
        while not self._ending.wait(_BEAT_SECONDS):
            gone = time.monotonic() - self._began
            with self._lock:
                facts, self._facts = self._facts, {}
            try:
                close_old_connections()
                is_held = plan_queue.beat(self.run, seconds_gone=before + gone, **facts)
                # What another process holds by now is not kept here: the command refuses it.
                if not self.is_stopped and (not is_held or plan_queue.is_stop_asked(self.run)):
                    self._stop()
            except DatabaseError as error:
                _log.warning("The database does not answer (%s); the search goes on.", type(error).__name__)
                with self._lock:
                    self._facts = {**facts, **self._facts}
            if gone > self.run.seconds + _SECONDS_OF_GRACE:
                self._leave()
        connections.close_all()

    def _stop(self) -> None:
        with self._lock:
            self.is_stopped = True
            self._end_processes()

    def _end_processes(self) -> None:
        for process in self._processes:
            process.stop()

    def _leave(self) -> None:
        """End this process and its solvers at once; whoever takes the search up goes on from the best so far."""
        _log.error("The search %s took far longer than its time; its process ends.", self.run.pk)
        self._end_processes()
        os._exit(_EXIT_LOST)
