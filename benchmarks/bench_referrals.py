"""How many referral commands a site takes from 16 clients, and how long a busy hospital waits for its list of work.

    python benchmarks/bench_referrals.py [--clients 16] [--seconds 20] [--legs 1000000] [--few 10000] [--repeat 25]

Uses the engine that LIANYI_DATABASE names (SQLite files in a temporary folder when it is not set); `make bench` runs it
on both. The commands are those of whole referrals, from the draft to the closed case, sent over sockets to one server
process; its processor time for each command and its peak memory are read from the system, without the time of a
PostgreSQL server. The legs for the lists are invented from a seed: the busy hospital has the same open cases in the
small and in the large database, and a share of all that is over.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("LIANYI_HOME", tempfile.mkdtemp(prefix="lianyi-bench-"))
os.environ.setdefault("LIANYI_SECRET_KEY", "the-benchmark-uses-a-key-that-protects-nothing")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from tests import cast
from tests.referrals.fault.site import Client, Site, site_of_its_own
from tests.referrals.fault.test_kills import STEPS

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import Grant
from lianyi.referrals import queries
from lianyi.referrals.machine import STATE_ROWS, WorkList
from lianyi.referrals.models import Journey, Leg, Request
from lianyi.referrals.targets import CASE_TARGET, LEG_BASIS, LEG_TARGET
from lianyi.registry.models import Institution

SEED = 20261122
HOSPITALS = 100
OPEN_OF_THE_BUSY = 400
# Of the legs between the other hospitals so many in a thousand are open. The open cases of the busy one stay the same.
OPEN_OF_THE_OTHERS = 20
SHARE_OF_THE_BUSY = 20
LEGS_PER_REQUEST = 2
BATCH = 5000
OPEN_STATES = ("sent", "opened", "accepted", "bed-reserved", "in-transit", "arrived", "under-care", "outcome-sent")
LIMIT = 1.5


# commands


class Worker(threading.Thread):
    """One client that walks whole referrals until the time is over."""

    def __init__(self, port: int, number: int, until: float) -> None:
        super().__init__()
        self.port, self.number, self.until = port, number, until
        self.waits: list[float] = []

    def run(self) -> None:
        client = Client(self.port)
        count = 0
        while time.monotonic() < self.until:
            count += 1
            name = f"b{self.number}-{count}"
            drafted = self.ask(client, do="draft", key=f"{name}-draft", receivers=["JIA1"])
            leg = drafted["legs"][0]  # type: ignore[index]
            for actor, step, said in STEPS:
                if time.monotonic() >= self.until:
                    break
                which = {"leg": leg["leg"], "version": leg["version"]}
                leg = self.ask(client, do="step", key=f"{name}-{step}", actor=actor, name=step, said=said, **which)
        client.close()

    def ask(self, client: Client, **asked: object) -> dict[str, object]:
        started = time.perf_counter()
        answer = client.ask(**asked)
        self.waits.append((time.perf_counter() - started) * 1000)
        if "refused" in answer:
            raise SystemExit(f"A command of the benchmark was refused: {answer['said']}")
        return answer


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def measure_commands(site: Site, clients: int, seconds: int) -> None:
    process, port = site.start()
    warm = Worker(port, 99, time.monotonic() + 2)
    warm.start()
    warm.join()
    before, started = processor_seconds(process.pid), time.monotonic()
    workers = [Worker(port, number, started + seconds) for number in range(clients)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took, used = time.monotonic() - started, processor_seconds(process.pid) - before
    waits = sorted(wait for worker in workers for wait in worker.waits)
    late = waits[int(len(waits) * 0.95)]
    print(
        f"commands: {len(waits) / took:.0f} per second from {clients} clients, "
        f"{used / len(waits) * 1000:.1f} CPU-ms each, "
        f"median wait {statistics.median(waits):.0f} ms, 95th percentile {late:.0f} ms"
    )
    print(f"commands: peak memory of the server {peak_memory(process.pid):.0f} MiB")


# lists of work


def fill(hospitals: list[Institution], busy: Institution, legs: int, draw: random.Random) -> None:
    """Add so many legs that are over; the open ones of the busy hospital are among the first."""
    now = timezone.now()
    busy_share = max(legs // SHARE_OF_THE_BUSY, OPEN_OF_THE_BUSY)
    made = Leg.objects.count()
    for start in range(made, legs, BATCH * LEGS_PER_REQUEST):
        number = min(BATCH, (legs - start + LEGS_PER_REQUEST - 1) // LEGS_PER_REQUEST)
        with transaction.atomic():
            _batch(list(_senders(hospitals, number, draw)), busy, now, draw, busy_share / legs)


def _senders(hospitals: list[Institution], number: int, draw: random.Random) -> Iterator[Institution]:
    for _each in range(number):
        yield draw.choice(hospitals)


def _batch(
    senders: list[Institution], busy: Institution, now: datetime.datetime, draw: random.Random, share: float
) -> None:
    others = [each for each in {sender.pk: sender for sender in senders}.values() if each.pk != busy.pk]
    begun = [now - datetime.timedelta(minutes=draw.randrange(1_000_000)) for _sender in senders]
    series = Journey.objects.count()
    journeys = Journey.objects.bulk_create(
        Journey(number=f"B{series + n:09d}", origin_institution=sender, problem_code="I20", opened_at=begun[n])
        for n, sender in enumerate(senders)
    )
    requests = Request.objects.bulk_create(
        Request(
            journey=journey,
            direction="up",
            urgency="routine",
            reason="other",
            status="completed",
            from_institution=sender,
            coordinator=sender,
            policy="general-2026",
            written_by_id=WRITER[0],
            sent_at=journey.opened_at,
        )
        for journey, sender in zip(journeys, senders, strict=True)
    )
    has_open = Leg.objects.filter(ball_institution=busy).exists()
    legs = []
    for n, request in enumerate(requests):
        to_busy = draw.random() < share or (not has_open and n < OPEN_OF_THE_BUSY)
        is_open = not has_open and n < OPEN_OF_THE_BUSY and request.from_institution_id != busy.pk
        is_open_elsewhere = draw.randrange(1000) < OPEN_OF_THE_OTHERS and not (
            to_busy or request.from_institution_id == busy.pk
        )
        legs += [_leg(request, number, busy if to_busy and number == 1 else None, others, draw,
                      is_open=is_open or is_open_elsewhere)
                 for number in range(1, LEGS_PER_REQUEST + 1)]  # fmt: skip
    rows = Leg.objects.bulk_create(legs)
    Grant.objects.bulk_create(_grants(rows, now))


def _leg(
    request: Request,
    number: int,
    busy: Institution | None,
    others: list[Institution],
    draw: random.Random,
    *,
    is_open: bool,
) -> Leg:
    sender = request.from_institution_id
    to = busy.pk if busy is not None and busy.pk != sender else next(
        each.pk for each in (draw.choice(others), *others) if each.pk != sender
    )  # fmt: skip
    state = draw.choice(OPEN_STATES) if is_open and number == 1 else ("closed" if number == 1 else "not-selected")
    row = STATE_ROWS[state]
    holder = {"sender": sender, "receiver": to, "transport": sender}.get(row.ball or "")
    return Leg(
        request=request,
        number=number,
        from_institution_id=sender,
        to_institution_id=to,
        state=state,
        task_status=row.task_status,
        is_open=not row.is_final,
        was_accepted=number == 1,
        ball_side=row.ball or "",
        ball_institution_id=holder,
        due_at=None if row.ball is None else request.sent_at + datetime.timedelta(days=700),
        responsible_id=sender,
        sent_at=request.sent_at,
    )


def _grants(rows: list[Leg], now: datetime.datetime) -> Iterator[Grant]:
    for leg in rows:
        for target, pk in ((LEG_TARGET, leg.pk), (CASE_TARGET, leg.request_id)):
            yield Grant(
                kind="G3",
                holder_node_id=leg.to_institution_id,
                target_type=target,
                target_id=pk,
                basis_type=LEG_BASIS,
                basis_id=leg.pk,
                valid_from=leg.sent_at,
                valid_to=None if leg.is_open else min(leg.sent_at + datetime.timedelta(days=14), now),
            )


WRITER: list[int] = []


def lists_of(actor: Actor) -> dict[str, Callable[[], object]]:
    return {
        "to move, first 50": lambda: list(queries.to_move(actor)[:50]),
        "to decide, first 50": lambda: list(queries.work_list(actor, WorkList.TO_DECIDE)[:50]),
        "counts of all lists": lambda: queries.counts_by_list(actor),
        "expected arrivals, first 50": lambda: list(queries.expected_arrivals(actor)[:50]),
    }


def medians(actor: Actor, repeat: int) -> dict[str, float]:
    found = {}
    for name, ask in lists_of(actor).items():
        ask()
        times = []
        for _round in range(repeat):
            started = time.perf_counter()
            ask()
            times.append((time.perf_counter() - started) * 1000)
        found[name] = statistics.median(times)
    return found


def measure_lists(few: int, many: int, repeat: int) -> bool:
    """Measure the lists in a small and a large database, and tell whether none grew by more than half."""
    call_command("migrate", verbosity=0)
    draw = random.Random(SEED)  # noqa: S311 - invented rows, no secret
    scene = cast.build_scene()
    hospitals = [
        cast.make_institution(f"H{n:04d}", f"样例医院{n:04d}", "general_hospital", scene.city) for n in range(HOSPITALS)
    ]
    busy = hospitals[0]
    actor = cast.actor_for("bench-duty", busy.pk, "duty_clinician")
    WRITER.append(actor.user_id)
    measured = []
    for number in (few, many):
        started = time.perf_counter()
        fill(hospitals, busy, number, draw)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{number} legs filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        measured.append(medians(actor, repeat))
    print(f"{'list of a busy hospital, ms':<32}{few:>12}{many:>12}{'times':>8}")
    for name, small in measured[0].items():
        large = measured[1][name]
        print(f"{name:<32}{small:>12.2f}{large:>12.2f}{large / small:>8.2f}")
    return all(measured[1][name] <= LIMIT * small for name, small in measured[0].items())


def main() -> int:
    """Measure the commands, then the lists; fail when a list of the large database is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--legs", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=25)
    given = parser.parse_args()
    print(f"{connection.vendor}")
    with tempfile.TemporaryDirectory(prefix="lianyi-bench-") as folder, site_of_its_own(Path(folder)) as site:
        measure_commands(site, given.clients, given.seconds)
    is_even = measure_lists(given.few, given.legs, given.repeat)
    if not is_even:
        print(f"A list takes more than {LIMIT} times as long among {given.legs} legs.")
    return 0 if is_even else 1


if __name__ == "__main__":
    sys.exit(main())
