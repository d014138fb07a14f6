"""How long a turn of the worker takes over 100,000 open clocks of which few are due.

    python benchmarks/bench_escalation.py [--clocks 100000] [--due 10] [--repeat 5]

Uses the database that LIANYI_DATABASE names (a new SQLite file in a temporary folder when it is not set); `make bench`
runs it on both engines. Prints how long a turn takes with nothing due, and with so many clocks due that each climbs one
rung, in milliseconds. The aim is a turn with few due under one second.
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("LIANYI_HOME", tempfile.mkdtemp(prefix="lianyi-bench-"))
os.environ.setdefault("LIANYI_SECRET_KEY", "the-benchmark-uses-a-key-that-protects-nothing")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from tests.cast import build_scene
from tests.referrals.story import Story, tell

from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, Escalation, Journey, Leg, Request

AIM_MS = 1000.0
CHUNK = 5000
DAY = datetime.timedelta(days=1)


def make_rows(clocks: int) -> Story:
    """Fill the database with opened urgent referrals, each with a clock that is due tomorrow."""
    started = time.perf_counter()
    story = tell(build_scene())
    pattern = story.sent(urgency="urgent")
    story.step(pattern, "open", story.duty_jia)
    request, journey = Request.objects.get(pk=pattern.request_id), Journey.objects.get()
    clock = Clock.objects.get(leg=pattern, kind="decision", stopped_at__isnull=True)
    clock.due_at = clock.next_call_at = timezone.now() + DAY
    clock.save()
    Leg.objects.update(answer_by=timezone.now() + DAY)
    pattern.refresh_from_db()
    for first in range(0, clocks, CHUNK):
        numbers = range(first, min(first + CHUNK, clocks))
        journeys = Journey.objects.bulk_create(_copy(journey, number=f"B{number:07d}") for number in numbers)
        requests = Request.objects.bulk_create(_copy(request, journey=row) for row in journeys)
        legs = Leg.objects.bulk_create(_copy(pattern, request=row) for row in requests)
        Clock.objects.bulk_create(_copy(clock, leg=row) for row in legs)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"{Clock.objects.filter(stopped_at__isnull=True).count():,} open clocks on {connection.vendor}, "
        f"made in {time.perf_counter() - started:.0f} s"
    )
    return story


def _copy(row: Any, **changes: object) -> Any:  # noqa: ANN401 - a row of any model
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    for name, value in changes.items():
        facts[row._meta.get_field(name).attname] = getattr(value, "pk", value)
    return type(row)(**facts)


def turn_ms() -> tuple[float, int]:
    """Take one turn of a fresh worker, which does everything including what is not done in every turn."""
    started = time.perf_counter()
    handled = Worker().turn().handled
    return (time.perf_counter() - started) * 1000, handled


def main() -> int:
    """Measure, print, and return 1 when the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clocks", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    make_rows(options.clocks)
    turn_ms()
    idle = [turn_ms()[0] for _each in range(options.repeat)]
    busy = []
    waiting = list(Clock.objects.filter(stopped_at__isnull=True, rung=0).order_by("pk").values_list("pk", flat=True))
    for number in range(options.repeat):
        due = waiting[number * options.due : (number + 1) * options.due]
        moment = timezone.now()
        Clock.objects.filter(pk__in=due).update(due_at=moment, next_call_at=moment)
        before = Escalation.objects.count()
        busy.append(turn_ms()[0])
        called = Escalation.objects.count() - before
        if called != len(due):
            print(f"{len(due)} clocks were due and {called} calls were made")
            return 1
    print(f"nothing due:      median {statistics.median(idle):7.1f} ms, longest {max(idle):7.1f} ms")
    print(
        f"{options.due:4d} clocks due:  median {statistics.median(busy):7.1f} ms, longest {max(busy):7.1f} ms "
        f"(aim {AIM_MS:.0f} ms)"
    )
    return int(statistics.median(busy) > AIM_MS)


if __name__ == "__main__":
    sys.exit(main())
