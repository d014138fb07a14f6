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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, close_old_connections

from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.dispatch import plan_queue
from lianyi.dispatch.commands.plan_runs import fail_run
from lianyi.dispatch.errors import PairingRefusedError, PlanRunRefusedError, ScenarioRefusedError
from lianyi.dispatch.models import PlanRun, RunKind
from lianyi.errors import LianyiError
from lianyi.operations.initialising import require_database
from lianyi.operations.pairing_search import search_pairs
from lianyi.operations.plan_watch import Watch, context_of
from lianyi.operations.posting_search import search_postings
from lianyi.operations.round_search import search_rounds

_NICENESS: Final = 10
MOST_OWN_BYTES: Final = 4 * 2**30
# Each reads, searches and keeps what it found.
_SEARCHES: Final[Mapping[RunKind, Callable[[PlanRun, Actor, Watch], PlanRun]]] = {
    RunKind.POSTINGS: search_postings,
    RunKind.ROUNDS: search_rounds,
    RunKind.PAIRING: search_pairs,
}
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
        return fail_run(context_of(service_actor(), run), run, "search-lost-often", text)
    actor = _actor_of(run)
    if actor is None:
        return fail_run(context_of(service_actor(), run), run, "asker-gone", "Whoever asked may no longer act.")
    watch = Watch(run)
    watch.start()
    try:
        return _searched(run, actor, watch)
    finally:
        watch.end()


def _searched(run: PlanRun, actor: Actor, watch: Watch) -> PlanRun:
    """Search, or end the search with the reason why it found nothing."""
    try:
        return _SEARCHES[RunKind(run.kind)](run, actor, watch)
    except (PairingRefusedError, PlanRunRefusedError, ScenarioRefusedError) as error:
        _log.warning("The search %s is held by another process or has ended: %s", run.pk, error)
        return run
    except LianyiError as error:
        return fail_run(context_of(actor, run), run, error.code, str(error))
    except MemoryError:
        return fail_run(context_of(actor, run), run, "memory", "The search needs more memory than it may take.")


def _actor_of(run: PlanRun) -> Actor | None:
    return service_actor() if run.asked_as is None else actor_of(run.asked_as)
