"""The queue of searches: taken up one at a time, watched by their sign of life, taken up again when it stops.

These writes are signs of life, not decisions: they stand in no trail. What is decided (asked, stopped, kept, failed)
goes through the commands.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from lianyi.dispatch.models import PlanRun, RunState

SECONDS_UNTIL_LOST = 30
# A search that took its process with it so often would do so again.
MOST_ATTEMPTS = 3
# A worker looks into the queue every ten seconds.
UNTAKEN_AFTER = datetime.timedelta(minutes=1)


def waiting(now: datetime.datetime | None = None) -> bool:
    """Tell whether a search waits for a process, or has lost its own."""
    return PlanRun.objects.filter(Q(state=RunState.QUEUED) | _lost(now or timezone.now())).exists()


def _lost(now: datetime.datetime) -> Q:
    return Q(state=RunState.RUNNING, heartbeat_at__lt=now - datetime.timedelta(seconds=SECONDS_UNTIL_LOST))


def untaken(now: datetime.datetime) -> PlanRun | None:
    """Return the search that should go on long ago: nothing is searched, and no process takes it up."""
    running = PlanRun.objects.filter(state=RunState.RUNNING).order_by("pk").first()
    if running is not None:
        is_given_up = running.heartbeat_at is not None and now - running.heartbeat_at > UNTAKEN_AFTER
        return running if is_given_up else None
    first = PlanRun.objects.filter(state=RunState.QUEUED).order_by("pk").first()
    since = None if first is None else max(first.asked_at, _last_end() or first.asked_at)
    return first if since is not None and now - since > UNTAKEN_AFTER else None


def _last_end() -> datetime.datetime | None:
    found: datetime.datetime | None = PlanRun.objects.aggregate(end=Max("finished_at"))["end"]
    return found


def claim(now: datetime.datetime | None = None) -> PlanRun | None:
    """Take up one search: first one that lost its process, else the one that waits longest; None while one is on."""
    moment = now or timezone.now()
    lost = PlanRun.objects.filter(_lost(moment)).order_by("pk").first()
    if lost is not None:
        return _taken(lost, moment, PlanRun.objects.filter(pk=lost.pk, heartbeat_at=lost.heartbeat_at))
    if PlanRun.objects.filter(state=RunState.RUNNING).exists():
        return None
    first = PlanRun.objects.filter(state=RunState.QUEUED).order_by("pk").first()
    if first is None:
        return None
    return _taken(first, moment, PlanRun.objects.filter(pk=first.pk, state=RunState.QUEUED))


def _taken(run: PlanRun, moment: datetime.datetime, still: Any) -> PlanRun | None:  # noqa: ANN401 - rows as they were
    """Take it if it is still as it was; of two processes that try, the database lets one."""
    changes = {
        "state": RunState.RUNNING,
        "token": str(uuid.uuid4()),
        "heartbeat_at": moment,
        "started_at": run.started_at or moment,
        "attempts": run.attempts + 1,
    }
    try:
        with transaction.atomic():
            taken = still.update(**changes)
    except IntegrityError:
        return None
    if not taken:
        return None
    related = ("scenario", "programme__agreement", "pairing", "asked_as__node", "asked_as__user")
    return PlanRun.objects.select_related(*related).get(pk=run.pk)


def beat(run: PlanRun, **facts: object) -> bool:
    """Give a sign of life with what is known by now; False when another process holds the search or it ended."""
    held = PlanRun.objects.filter(pk=run.pk, state=RunState.RUNNING, token=run.token)
    return bool(held.update(heartbeat_at=timezone.now(), **facts))


def is_stop_asked(run: PlanRun) -> bool:
    return PlanRun.objects.filter(pk=run.pk, is_stop_asked=True).exists()
