"""How long it takes to import an invented region with all its institutions, and how much memory.

    python benchmarks/bench_import.py --rows 100000 --runs 3

Each measurement runs in a process of its own against an empty database: the SQLite file of a temporary folder, or the
PostgreSQL database that LIANYI_DATABASE names (whose tables are emptied; use one made for the purpose).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
SEED = 20240601
INSTITUTION_HEADINGS = (
    *("code", "name_zh", "name_en", "kind", "tier", "grade", "ownership", "place_code", "parent_code", "address"),
    *("longitude", "latitude", "coordinate_system", "opened_on", "is_open_24_hours", "provenance"),
)
_KINDS = (
    *(("general_hospital", "secondary", "综合医院"), ("tcm_hospital", "secondary", "中医医院")),
    *(("township_health_centre", "primary", "卫生院"), ("village_clinic", "ungraded", "卫生室")),
)


def invented_places(towns: int) -> list[tuple[object, ...]]:
    """Return a province with counties of twenty towns each."""
    rows: list[tuple[object, ...]] = [("99", "样例省", "province", "")]
    for town in range(towns):
        county = f"99{town // 20:04d}"
        if town % 20 == 0:
            rows.append((county, f"样例县{town // 20}", "county", "99"))
        rows.append((f"{county}{town % 20:03d}", f"样例镇{town}", "township", county))
    return rows


def invented_institutions(count: int, towns: int, seed: int) -> list[tuple[object, ...]]:
    """Return institutions of which most have one above them, in no order."""
    chance = random.Random(seed)  # noqa: S311 - nothing to protect
    rows: list[tuple[object, ...]] = []
    for number in range(count):
        town = chance.randrange(towns)
        kind, tier, word = _KINDS[0 if number % 50 == 0 else chance.choice((1, 2, 3, 3, 3))]
        above = "" if number % 50 == 0 else f"I{number // 50 * 50:07d}"
        opened = f"{chance.randrange(1950, 2024)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        position = (round(114 + chance.random(), 6), round(23 + chance.random(), 6), "gcj02")
        rows.append(
            (
                *(f"I{number:07d}", f"样例{number}{word}", f"Sample {number}", kind, tier, "none", "public"),
                *(f"99{town // 20:04d}{town % 20:03d}", above, f"样例路{number}号", *position),
                *(opened, "no", "sample"),
            )
        )
    chance.shuffle(rows)
    return rows


def as_text(headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> bytes:
    lines = [",".join(headings), *(",".join(map(str, row)) for row in rows)]
    return "\n".join(lines).encode("utf-8")


def as_workbook(headings: tuple[str, ...], rows: list[tuple[object, ...]]) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only this format needs it

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Data")
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def measure(kind_of_file: str, folder: Path) -> dict[str, float]:
    """Import the files of the folder into an empty database, in this process."""
    import django  # noqa: PLC0415 - settings are chosen by the environment just set

    django.setup()
    from uuid import uuid4  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415

    from lianyi.accounts.actors import service_actor  # noqa: PLC0415
    from lianyi.accounts.audit import CommandContext  # noqa: PLC0415
    from lianyi.registry.imports.running import import_table, preview_table, read_source  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    actor = service_actor()
    context = CommandContext(actor=actor, key=uuid4().hex)
    import_table(context, read_source("places", folder / "places.csv", "places.csv"))
    path = folder / f"institutions.{kind_of_file}"
    started, used = time.perf_counter(), time.process_time()
    source = read_source("institutions", path, path.name)
    read = time.perf_counter()
    run = import_table(CommandContext(actor=actor, key=uuid4().hex), source)
    done, cpu = time.perf_counter(), time.process_time() - used
    preview = preview_table(actor, "institutions", path, path.name, "en")
    again = import_table(CommandContext(actor=actor, key=uuid4().hex), preview.source)
    finished = time.perf_counter()
    assert run.rows_created == again.rows_unchanged == len(source.table.rows)  # noqa: S101 - a wrong run measures nothing
    return {
        "read_s": read - started,
        "import_s": done - read,
        "total_s": done - started,
        "total_cpu_s": cpu,
        "again_with_preview_s": finished - done,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def in_new_process(kind_of_file: str, folder: Path) -> dict[str, float]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "DJANGO_SETTINGS_MODULE": "lianyi.settings",
        "LIANYI_HOME": str(folder / "home"),
    }
    command = [sys.executable, __file__, "--measure", kind_of_file, "--folder", str(folder)]
    finished = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="institutions in the file (default 100000)")
    parser.add_argument("--towns", type=int, default=2_000, help="townships they stand in (default 2000)")
    parser.add_argument("--runs", type=int, default=3, help="measurements of which the median is told (default 3)")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the invented file")
    parser.add_argument("--formats", nargs="+", default=["csv", "xlsx"], choices=["csv", "xlsx"])
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home").mkdir()
        places = invented_places(asked.towns)
        institutions = invented_institutions(asked.rows, asked.towns, asked.seed)
        (folder / "places.csv").write_bytes(as_text(("code", "name_zh", "level", "parent_code"), places))
        (folder / "institutions.csv").write_bytes(as_text(INSTITUTION_HEADINGS, institutions))
        (folder / "institutions.xlsx").write_bytes(as_workbook(INSTITUTION_HEADINGS, institutions))
        database = "PostgreSQL" if "postgres" in os.environ.get("LIANYI_DATABASE", "") else "SQLite"
        print(f"{asked.rows} institutions in {asked.towns} townships, seed {asked.seed}, {database}")
        for kind_of_file in asked.formats:
            runs = [in_new_process(kind_of_file, folder) for _run in range(asked.runs)]
            medians = {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}
            print(f".{kind_of_file}, median of {asked.runs}: {medians}")


if __name__ == "__main__":
    main()
