"""Whether the worker turns: without it nobody is called, so a silent worker is said on the pages."""

from __future__ import annotations

import datetime

from django.db.models import F

from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Role
from lianyi.referrals.models import Clock, WorkerHeartbeat

NAME = "worker"
LATE_AFTER = datetime.timedelta(minutes=2)
TOLD_TO = (Role.REFERRAL_COORDINATOR, Role.ADMINISTRATOR)


def beat(now: datetime.datetime, handled: int) -> None:
    """Note that the worker has turned, and how much it has done so far."""
    WorkerHeartbeat.objects.get_or_create(name=NAME, defaults={"beat_at": now})
    WorkerHeartbeat.objects.filter(name=NAME).update(beat_at=now, handled=F("handled") + handled)


def last_beat() -> WorkerHeartbeat | None:
    return WorkerHeartbeat.objects.filter(name=NAME).first()


def is_late(heartbeat: WorkerHeartbeat | None, now: datetime.datetime) -> bool:
    return heartbeat is None or now - heartbeat.beat_at > LATE_AFTER


def is_missed_by(actor: Actor, now: datetime.datetime) -> bool:
    """Tell whether this reader has to know that nobody is called: the worker is silent and clocks run."""
    if actor.role not in TOLD_TO or not is_late(last_beat(), now):
        return False
    return Clock.objects.filter(stopped_at__isnull=True, next_call_at__isnull=False).exists()
