"""How long the server takes for the main pages at 1,000 partnerships, 100,000 postings and 1 million audit events.

    python benchmarks/bench_pages.py [--agreements 1000] [--postings 100000] [--events 1000000] [--repeat 15]

Uses the database that LIANYI_DATABASE names (a new SQLite file in a temporary folder when it is not set); `make bench`
runs it on both engines. The rows are invented from a seed. For each page it prints the median and the longest time in
milliseconds, the number of queries, and at the end the peak memory of the process.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("LIANYI_HOME", tempfile.mkdtemp(prefix="lianyi-bench-"))
os.environ.setdefault("LIANYI_SECRET_KEY", "the-benchmark-uses-a-key-that-protects-nothing")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast

from lianyi.accounts.audit import Entry, record_many
from lianyi.accounts.models import Grant, User
from lianyi.dispatch.models import Posting
from lianyi.partnerships.models import Agreement, AgreementParty, Duty
from lianyi.registry.models import Department, Institution, Staff

SEED = 20261122
DONORS = 100
STAFF_PER_DONOR = 60


def make_rows(agreements: int, postings: int, events: int) -> tuple[Agreement, cast.Scene]:
    """Fill the database: one country, hospitals in pairs, their agreements, duties, staff and postings."""
    draw = random.Random(SEED)  # noqa: S311 - invented rows, no secret
    scene = cast.build_scene()
    started = time.perf_counter()
    hospitals = [
        cast.make_institution(f"H{n:04d}", f"样例医院{n:04d}", "general_hospital", scene.city)
        for n in range(DONORS + agreements)
    ]
    departments = {row.pk: cast.make_department(row, "GP", "全科", "02") for row in hospitals[:DONORS]}
    staff = _staff(hospitals[:DONORS], departments)
    today = timezone.localdate()
    rows = Agreement.objects.bulk_create(
        Agreement(
            code=f"B{n:05d}",
            title_zh=f"样例协议{n:05d}",
            kind="counterpart_support",
            state="in_force",
            starts_on=datetime.date(2024, 1, 1),
            ends_on=datetime.date(2027, 12, 31),
            rule_set="",
        )
        for n in range(agreements)
    )
    _parties_and_duties(rows, hospitals)
    _postings(rows, staff, hospitals, postings, today, draw)
    _events(events)
    print(f"filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return rows[0], scene


def _staff(hospitals: list[Institution], departments: dict[int, Department]) -> dict[int, list[Staff]]:
    made = Staff.objects.bulk_create(
        [
            Staff(
                institution=hospital,
                department=departments[hospital.pk],
                code=f"S{n:03d}",
                name_zh=f"样例{hospital.code}{n:03d}",
                profession="doctor",
                title_rank=("junior", "intermediate", "associate_senior", "senior")[n % 4],
                specialty=("02", "03", "04.02", "05")[n % 4],
            )
            for hospital in hospitals
            for n in range(STAFF_PER_DONOR)
        ],
        batch_size=2000,
    )
    found: dict[int, list[Staff]] = {}
    for row in made:
        found.setdefault(row.institution_id, []).append(row)
    return found


def _parties_and_duties(rows: list[Agreement], hospitals: list[Institution]) -> None:
    parties, duties, grants = [], [], []
    now = timezone.now()
    for n, row in enumerate(rows):
        giver, taker = hospitals[n % DONORS], hospitals[DONORS + n]
        for hospital, side in ((giver, "supporting"), (taker, "supported")):
            parties.append(
                AgreementParty(
                    agreement=row, institution=hospital, side=side, valid_from=row.starts_on, confirmed_at=now
                )
            )
            grants.append(
                Grant(
                    kind="G2",
                    holder_node_id=hospital.pk,
                    target_type="partnerships.agreement",
                    target_id=row.pk,
                    basis_type="bench",
                    basis_id=row.pk,
                    valid_from=now,
                )
            )
        for code, kind, quantity in (
            ("D1", "persons_posted", 5),
            ("D2", "unbroken_presence", 1),
            ("D3", "person_days_on_site", 900),
            ("D4", "training_sessions", 12),
        ):
            duties.append(
                Duty(
                    agreement=row,
                    code=code,
                    title_zh=code,
                    evidence_kind=kind,
                    quantity=quantity,
                    unit="",
                    period="year",
                )
            )
    AgreementParty.objects.bulk_create(parties, batch_size=2000)
    Grant.objects.bulk_create(grants, batch_size=2000)
    Duty.objects.bulk_create(duties, batch_size=2000)


def _postings(
    rows: list[Agreement],
    staff: dict[int, list[Staff]],
    hospitals: list[Institution],
    number: int,
    today: datetime.date,
    draw: random.Random,
) -> None:
    made = []
    for n in range(number):
        agreement = rows[n % len(rows)]
        giver, taker = hospitals[(n % len(rows)) % DONORS], hospitals[DONORS + n % len(rows)]
        person = draw.choice(staff[giver.pk])
        start = datetime.date(2024, 1, 1) + datetime.timedelta(days=draw.randrange(1000))
        end = start + datetime.timedelta(days=draw.randrange(60, 365))
        has_come, has_gone = start <= today, end < today
        made.append(
            Posting(
                agreement=agreement,
                code=f"P{n:06d}",
                kind="team",
                state="ended" if has_gone else ("on_site" if has_come else "planned"),
                staff=person,
                from_institution=giver,
                from_department_id=person.department_id,
                to_institution=taker,
                specialty=person.specialty,
                starts_on=start,
                ends_on=end,
                arrived_on=start if has_come else None,
                left_on=end if has_gone else None,
            )
        )
    Posting.objects.bulk_create(made, batch_size=2000)


def _events(number: int) -> None:
    from django.db import transaction  # noqa: PLC0415 - after django.setup

    context = cast.as_service()
    step = 20_000
    for start in range(0, number, step):
        with transaction.atomic():
            entries = [
                Entry("bench.act", "bench.row", n, None, {"n": n}) for n in range(start, min(start + step, number))
            ]
            record_many(context, entries)


def measure(client: Client, address: str, repeat: int) -> tuple[list[float], int]:
    """Return the times in milliseconds of repeated requests, and how many queries one of them made."""
    client.get(address)
    queries: list[str] = []

    def count(execute: Callable[..., object], sql: str, params: object, many: object, context: object) -> object:
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        response = client.get(address)
    if response.status_code != 200:  # noqa: PLR2004 - the page itself
        raise SystemExit(f"{address} answered {response.status_code}; a page that fails is not measured.")
    times = []
    for _round in range(repeat):
        started = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - started) * 1000)
    return times, len(queries)


def main() -> None:
    """Fill the database, measure every page, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=1000)
    parser.add_argument("--postings", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=15)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    agreement, scene = make_rows(given.agreements, given.postings, given.events)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    cast.affiliate("bench-viewer", scene.country.pk, "lead_office")
    cast.affiliate("bench-admin", scene.country.pk, "administrator")
    cast.affiliate("bench-office", Institution.objects.get(code="H0000").pk, "lead_office")
    pages = {
        "home, country": ("bench-viewer", reverse("home")),
        "home, hospital": ("bench-office", reverse("home")),
        "agreements": ("bench-viewer", reverse("partnerships:agreements")),
        "agreement": ("bench-viewer", reverse("partnerships:agreement", args=[agreement.pk])),
        "board, country": ("bench-viewer", reverse("dispatch:board")),
        "board, hospital": ("bench-office", reverse("dispatch:board")),
        "board of one agreement": ("bench-viewer", reverse("dispatch:board") + f"?agreement={agreement.code}"),
        "on site today, country": ("bench-viewer", reverse("dispatch:on-site")),
        "on site today, hospital": ("bench-office", reverse("dispatch:on-site")),
        "postings, country": ("bench-viewer", reverse("dispatch:postings")),
        "postings, hospital": ("bench-office", reverse("dispatch:postings")),
        "rule checks": ("bench-viewer", reverse("dispatch:rules", args=[agreement.pk])),
        "audit trail": ("bench-admin", reverse("accounts:audit")),
    }
    engine = connection.vendor
    print(f"{engine}: {given.agreements} agreements, {given.postings} postings, {given.events} audit events")
    print(f"{'page':<26}{'median ms':>10}{'longest ms':>12}{'queries':>9}")
    for name, (username, address) in pages.items():
        client = Client()
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        times, queries = measure(client, address, given.repeat)
        print(f"{name:<26}{statistics.median(times):>10.0f}{max(times):>12.0f}{queries:>9}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {memory:.0f} MiB")


if __name__ == "__main__":
    main()
