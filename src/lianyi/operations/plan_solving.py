"""One search for a plan, in this process: taken from the queue, watched, kept or failed.

The process that does this is neither that of the pages nor the worker's; the solver runs in one more below it, with
little memory of its own and killed when it runs over its time. A watch beside the search gives signs of life, obeys a
stop, and ends the whole process when it runs far over the time.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DatabaseError, close_old_connections, connections

from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.dispatch import plan_queue
from lianyi.dispatch.commands.plan_runs import fail_run, finish_run
from lianyi.dispatch.errors import ScenarioRefusedError
from lianyi.dispatch.models import PlanRun, RunState
from lianyi.dispatch.scenario_problem import PlanData, line_of, plan_data
from lianyi.dispatch.scenario_solving import MEMORY_BYTES, Answer, Asked, explain, plan_first, plan_known
from lianyi.errors import LianyiError
from lianyi.methods.errors import PostingPlanNotFoundError
from lianyi.methods.goal_search import Level
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.problem import Line
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.solving import Plan, SearchAround
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.initialising import require_database

_BEAT_SECONDS: Final = 1.0
# Reading, building and explaining take their time too; whoever takes so much more is lost.
_SECONDS_OF_GRACE: Final = 300.0
_MOST_REASON_SECONDS: Final = 60.0
_REASON_SECONDS_AFTER_STOP: Final = 6.0
_EXIT_LOST: Final = 3
_NICENESS: Final = 10
MOST_OWN_BYTES: Final = 4 * 2**30
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SolverWish:
    """How often to look into the queue; with ``parent_id`` the process ends with that one."""

    interval_seconds: float = 2.0
    parent_id: int | None = None


def solve_waiting() -> list[PlanRun]:
    """Take up searches until none waits, and return them."""
    _be_modest()
    require_database()
    done = []
    while (run := solve_one()) is not None:
        done.append(run)
    return done


def solve_always(wish: SolverWish, on_start: Callable[[], None]) -> None:
    """Take up searches as they come, until SIGINT or SIGTERM; a search under way is then left to the next process."""
    _be_modest()
    require_database()
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda _number, _frame: sys.exit(0))
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    on_start()
    while not stop.wait(wish.interval_seconds):
        close_old_connections()
        if wish.parent_id is not None and os.getppid() != wish.parent_id:
            return
        try:
            solve_one()
        except DatabaseError as error:
            _log.warning("The database does not answer (%s); the search waits.", type(error).__name__)


def _be_modest() -> None:
    """Leave the processor to the pages and the calls, and take no more memory than there may be."""
    os.nice(_NICENESS)
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_OWN_BYTES if hard == resource.RLIM_INFINITY else min(MOST_OWN_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def solve_one() -> PlanRun | None:
    """Take up one search and bring it to its end; None where none waits or another is on."""
    run = plan_queue.claim()
    return None if run is None else _solve(run)


def _solve(run: PlanRun) -> PlanRun:
    if run.attempts > plan_queue.MOST_ATTEMPTS:
        text = f"The search was taken up {plan_queue.MOST_ATTEMPTS} times and its process was lost each time."
        return fail_run(_context(service_actor(), run), run, "search-lost-often", text)
    actor = _actor_of(run)
    if actor is None:
        return fail_run(_context(service_actor(), run), run, "asker-gone", "Whoever asked may no longer act.")
    watch = _Watch(run)
    watch.start()
    try:
        return _searched(run, actor, watch)
    finally:
        watch.end()


def _searched(run: PlanRun, actor: Actor, watch: _Watch) -> PlanRun:
    """Search, or end the search with the reason why it found nothing."""
    try:
        return _search(run, actor, watch)
    except ScenarioRefusedError as error:
        _log.warning("The search %s is held by another process or has ended: %s", run.pk, error)
        return run
    except LianyiError as error:
        return fail_run(_context(actor, run), run, error.code, str(error))
    except MemoryError:
        return fail_run(_context(actor, run), run, "memory", "The search needs more memory than it may take.")


def _actor_of(run: PlanRun) -> Actor | None:
    return service_actor() if run.asked_as is None else actor_of(run.asked_as)


def _context(actor: Actor, run: PlanRun) -> CommandContext:
    # Each taking up has a key of its own: what a lost process wrote last is not mistaken for this one's.
    return CommandContext(actor, f"plan-run-{run.pk}-{run.attempts}", request_id="plan-solver")


def _search(run: PlanRun, actor: Actor, watch: _Watch) -> PlanRun:
    scenario = run.scenario
    watch.tell("reading")
    data = plan_data(actor, scenario)
    start = _start_of(run, data)
    seconds = max(1.0, scenario.seconds - run.seconds_gone)
    asked = Asked(data.problem, start, SearchLimits(seconds, 0.0, scenario.seed), _MOST_REASON_SECONDS)
    watch.tell("planning")
    model, plan = _planned(asked, watch)
    watch.tell("explaining")
    limits = SearchLimits(min(_MOST_REASON_SECONDS, max(5.0, seconds)), 0.0, scenario.seed)
    with SolverProcess(MEMORY_BYTES) as solver:
        watch.guard(solver)
        answer = explain(solver, model, plan, limits)
    if watch.is_stopped:
        # The solver that was ended answers nothing any more; a new one says in short what it can.
        with SolverProcess(MEMORY_BYTES) as solver:
            answer = explain(solver, model, plan, SearchLimits(_REASON_SECONDS_AFTER_STOP, 0.0, scenario.seed))
    return _kept(run, actor, data, answer, watch)


def _planned(asked: Asked, watch: _Watch) -> tuple[PostingModel, Plan]:
    """Make the plan; where a stop came before anything was found, take the lines that the search began with."""
    try:
        with SolverProcess(MEMORY_BYTES) as solver:
            watch.guard(solver)
            return plan_first(solver, asked, SearchAround(asked.start, watch.take))
    except PostingPlanNotFoundError:
        if not watch.is_stopped or not asked.start:
            raise
        with SolverProcess(MEMORY_BYTES) as solver:
            known = plan_known(solver, asked)
        if known is None:
            raise
        return known


def _kept(run: PlanRun, actor: Actor, data: PlanData, answer: Answer, watch: _Watch) -> PlanRun:
    watch.end()
    state = RunState.STOPPED if watch.is_stopped else RunState.DONE
    return finish_run(_context(actor, run), run, data, answer, state)


def _start_of(run: PlanRun, data: PlanData) -> tuple[Line, ...]:
    """Return the best lines that a lost process left, else those of the scenario, as far as they still exist."""
    best = [Line(str(who), str(what), first, last) for who, what, first, last in run.best.get("lines", [])]
    lines = best or [line_of(row) for row in run.scenario.lines.all()]
    return tuple(line for line in lines if line.person in data.staff and line.need in data.needs)


@dataclass
class _Watch:
    """The thread beside a search; it alone writes signs of life, on a connection of its own."""

    run: PlanRun
    is_stopped: bool = False
    _facts: dict[str, Any] = field(default_factory=dict)
    _solver: SolverProcess | None = None
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

    def guard(self, solver: SolverProcess) -> None:
        with self._lock:
            self._solver = solver
            if self.is_stopped:
                solver.stop()

    def tell(self, stage: str) -> None:
        with self._lock:
            self._facts["stage"] = stage

    def take(self, lines: tuple[Line, ...], levels: tuple[Level[Goal], ...]) -> None:
        """Take the best lines so far, as the search tells them."""
        best = {
            "lines": [[int(line.person), int(line.need), line.first, line.last] for line in lines],
            "goals": [{"goal": level.goal.value, "value": level.value, "bound": level.bound} for level in levels],
        }
        with self._lock:
            self._facts["best"] = best

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
            if gone > self.run.scenario.seconds + _SECONDS_OF_GRACE:
                self._leave()
        connections.close_all()

    def _stop(self) -> None:
        with self._lock:
            self.is_stopped = True
            solver = self._solver
        if solver is not None:
            solver.stop()

    def _leave(self) -> None:
        """End this process and its solver at once; whoever takes the search up goes on from the best so far."""
        _log.error("The search %s took far longer than its time; its process ends.", self.run.pk)
        if self._solver is not None:
            self._solver.stop()
        os._exit(_EXIT_LOST)
