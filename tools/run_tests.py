"""Run everything that can be wrong with Lianyi: ``make test``.

Every stage runs, also after one has failed. A table at the end tells what each stage found; then, loudly, what could
not be run on this machine; and the very last line adds it all up. With LIANYI_TEST_REQUIRE_ALL=1 a missing PostgreSQL,
Chromium or gettext is a failure instead. Name stages to run only them: ``python tools/run_tests.py types sqlite``.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import system_parts
from system_parts import CHROMIUM, GETTEXT, JAVA, POSTGRESQL, Part

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".cache" / "test-results"
FONTS = ROOT / "src" / "lianyi" / "web" / "fonts"
REQUIRE_ALL = "LIANYI_TEST_REQUIRE_ALL"
# Settings of this machine's own installation must not reach the tests; these are meant for them.
KEPT_VARIABLES = ("LIANYI_REAL_DATA", "LIANYI_TEST_RANDOM", REQUIRE_ALL)
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q")
# Neighbouring tests stay on one worker, which then makes what a module shares only once.
WORKERS = ("-n", str(max(2, min(os.cpu_count() or 2, 8))), "--dist=worksteal")
EVERYDAY = "not browser and not wheel and not engines and not long"
LONG = "long and not browser"
BESIDE_POSTGRESQL = (PYTHON, "tools/with_postgresql.py", "--")
NO_TESTS_COLLECTED = 5
# One state of the code gives one answer: the order of sets is fixed, as the examples of property tests are.
REPEATABLE = (("PYTHONHASHSEED", "0"),)
RANDOM = (("LIANYI_TEST_RANDOM", "10"),)


@dataclass(frozen=True)
class Stage:
    """One command whose exit code, or whose report of tests, tells what is wrong.

    Those ``beside`` use one processor only and are run while the others go on; their text follows when they end.
    """

    name: str
    command: tuple[str, ...]
    needs: Part | None = None
    counts_tests: bool = False
    may_be_empty: bool = False
    on_request_only: bool = False
    tells_only_failures: bool = False
    is_beside: bool = False
    settings: tuple[tuple[str, str], ...] = REPEATABLE

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.xml"


@dataclass(frozen=True)
class Outcome:
    """What one stage found."""

    stage: Stage
    passed: int
    failed: int
    skipped: int
    seconds: float = 0.0
    missing: Part | None = field(default=None)

    @property
    def word(self) -> str:
        if self.failed:
            return "FAILED"
        return "not run" if self.missing else "passed"


def pytest_stage(
    name: str,
    *arguments: str,
    needs: Part | None = None,
    may_be_empty: bool = False,
    on_request_only: bool = False,
    is_beside: bool = False,
    settings: tuple[tuple[str, str], ...] = REPEATABLE,
) -> Stage:
    before = BESIDE_POSTGRESQL if needs in {POSTGRESQL, JAVA} else ()
    return Stage(
        name,
        (*before, *PYTEST, *arguments),
        needs=needs,
        counts_tests=True,
        may_be_empty=may_be_empty,
        on_request_only=on_request_only,
        is_beside=is_beside,
        settings=settings,
    )


DJANGO = (PYTHON, "-m", "django")
SETTINGS = ("--settings", "lianyi.settings")
STAGES = (
    # What the survey calculates with is compiled before any test asks for it, else two workers do it at once.
    Stage("compile", ("lianyi", "survey", "warm-up"), is_beside=True),
    Stage("format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    Stage("lint", (PYTHON, "-m", "ruff", "check", ".")),
    Stage("types", (PYTHON, "-m", "mypy", "--strict", "src", "tools")),
    Stage("imports", ("lint-imports", "--no-cache")),
    Stage("django", (*DJANGO, "check", *SETTINGS, "--fail-level", "WARNING")),
    Stage("migrations", (*DJANGO, "makemigrations", *SETTINGS, "--check", "--dry-run")),
    Stage("messages", (PYTHON, "tools/make_messages.py", "--check"), needs=GETTEXT),
    # A test file that cannot be imported is told here within seconds, not after minutes of other tests.
    Stage("collect", (*PYTEST, "-q", "--collect-only", "tests"), tells_only_failures=True),
    pytest_stage("sqlite", *WORKERS, "-m", EVERYDAY, "tests"),
    pytest_stage("postgresql", *WORKERS, "-m", f"database and {EVERYDAY}", "tests", needs=POSTGRESQL),
    # The journeys of a file share a site, and later ones go on where earlier ones left it.
    pytest_stage("browser", *WORKERS, "--dist=loadfile", "-m", "browser and not long", "tests/browser", needs=CHROMIUM),
    # The same indicators on DuckDB, PostgreSQL and a Spark cluster of two workers.
    pytest_stage("engines", "-m", "engines and not long", "tests", needs=JAVA, may_be_empty=True),
    pytest_stage("wheel", "-m", "wheel", "tests/wheel", is_beside=True),
    pytest_stage(
        "docs",
        "--doctest-modules",
        "--doctest-glob=*.md",
        "src/lianyi/analysis",
        "src/lianyi/methods",
        "src/lianyi/rules",
        "docs",
        "README.md",
        may_be_empty=True,
    ),
    pytest_stage(
        "random", *WORKERS, "-m", f"hypothesis and {EVERYDAY}", "tests", on_request_only=True, settings=RANDOM
    ),
    pytest_stage("long-sqlite", "-m", LONG, "tests", may_be_empty=True, on_request_only=True, settings=()),
    pytest_stage(
        "long-postgresql", "-m", LONG, "tests", needs=POSTGRESQL, may_be_empty=True, on_request_only=True, settings=()
    ),
    pytest_stage(
        "long-browser", "-m", "browser and long", "tests/browser", needs=CHROMIUM, on_request_only=True, settings=()
    ),
)


def counts_in(report: Path) -> tuple[int, int, int]:
    """Read how many tests passed, failed and were skipped from pytest's JUnit report."""
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest has just written it
    tests = failed = skipped = 0
    for suite in suites:
        tests += int(suite.attrib["tests"])
        failed += int(suite.attrib["failures"]) + int(suite.attrib["errors"])
        skipped += int(suite.attrib["skipped"])
    return max(0, tests - failed - skipped), failed, skipped


def outcome_of(stage: Stage, code: int, seconds: float) -> Outcome:
    if not stage.counts_tests:
        return Outcome(stage, passed=int(code == 0), failed=int(code != 0), skipped=0, seconds=seconds)
    passed, failed, skipped = counts_in(stage.report) if stage.report.is_file() else (0, 0, 0)
    if code == NO_TESTS_COLLECTED and stage.may_be_empty:
        code = 0
    if code and not failed:
        # It ended before it could count: a broken import, a crash, no test found.
        failed = 1
    return Outcome(stage, passed, failed, skipped, seconds)


def run(stage: Stage, environment: Mapping[str, str]) -> Outcome:
    command = list(stage.command)
    if stage.counts_tests:
        stage.report.unlink(missing_ok=True)
        command.append(f"--junit-xml={stage.report}")
    title = f"\n=== {stage.name}: {shlex.join(command).replace(PYTHON, 'python')}"
    if not stage.is_beside:
        print(title, flush=True)
    started = time.monotonic()
    code, told = code_and_text_of(command, stage, {**environment, **dict(stage.settings)})
    if stage.is_beside:
        print(title)
    if told:
        print(told, end="", flush=True)
    return outcome_of(stage, code, time.monotonic() - started)


def code_and_text_of(command: list[str], stage: Stage, environment: Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code, and what is to be printed yet."""
    is_kept = stage.is_beside or stage.tells_only_failures
    out, errors = (subprocess.PIPE, subprocess.STDOUT) if is_kept else (None, None)
    try:
        done = subprocess.run(command, env=environment, cwd=ROOT, check=False, text=True, stdout=out, stderr=errors)
    except FileNotFoundError as error:
        return 127, f"{stage.name}: {error}\n"
    told = "" if stage.tells_only_failures and not done.returncode else done.stdout or ""
    return done.returncode, told


def not_run(stage: Stage, part: Part) -> Outcome:
    required = os.environ.get(REQUIRE_ALL) == "1"
    return Outcome(stage, passed=0, failed=int(required), skipped=int(not required), missing=part)


def font_configuration() -> str:
    """Let Chromium draw Chinese with the font that the package carries, on machines without one too."""
    path = RESULTS / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n<dir>{FONTS}</dir>\n</fontconfig>\n',
        encoding="utf-8",
    )
    return str(path)


def environment_for_tests(home: str) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_VARIABLES or not name.startswith(("LIANYI_", "DJANGO_SETTINGS_MODULE"))
    }
    # Compiled modules are kept: the tests start Lianyi hundreds of times, and every worker rewrites what it imports.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["LIANYI_HOME"] = home
    environment["PATH"] = os.pathsep.join([str(Path(PYTHON).parent), environment.get("PATH", os.defpath)])
    environment["FONTCONFIG_FILE"] = font_configuration()
    browser = system_parts.chromium()
    if browser:
        environment["LIANYI_TEST_CHROMIUM"] = browser
    return environment


def closing_line(outcomes: list[Outcome]) -> str:
    passed, failed, skipped = (
        sum(getattr(outcome, name) for outcome in outcomes) for name in ("passed", "failed", "skipped")
    )
    return f"{passed} passed, {failed} failed, {skipped} skipped"


def print_summary(outcomes: list[Outcome], seconds: float) -> None:
    print(f"\n{'stage':<16}{'result':<10}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for outcome in outcomes:
        numbers = f"{outcome.passed:>8}{outcome.failed:>8}{outcome.skipped:>9}{outcome.seconds:>9.1f}"
        print(f"{outcome.stage.name:<16}{outcome.word:<10}{numbers}")
    print(f"{'in all':<51}{seconds:>9.1f}")
    for outcome in outcomes:
        if outcome.missing:
            part = outcome.missing
            print(f"!!! NOT RUN: {outcome.stage.name}. {part.name} is missing; install the package {part.package}.")
    print(closing_line(outcomes), flush=True)


def chosen(names: list[str]) -> list[Stage]:
    if not names:
        return [stage for stage in STAGES if not stage.on_request_only]
    return [stage for stage in STAGES if stage.name in names]


def run_all(stages: list[Stage], lacking: Collection[Part], environment: Mapping[str, str]) -> list[Outcome]:
    """Run one stage after the other, those beside meanwhile, also one after the other."""

    def outcome(stage: Stage) -> Outcome:
        if stage.needs is not None and stage.needs in lacking:
            return not_run(stage, stage.needs)
        return run(stage, environment)

    with ThreadPoolExecutor(1) as beside:
        later = {stage.name: beside.submit(outcome, stage) for stage in stages if stage.is_beside}
        now = {stage.name: outcome(stage) for stage in stages if not stage.is_beside}
        return [now[stage.name] if stage.name in now else later[stage.name].result() for stage in stages]


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests, stage by stage.")
    # No choices=: argparse would refuse the empty list that stands for all.
    parser.add_argument("stages", nargs="*", help=f"stages to run: {', '.join(stage.name for stage in STAGES)}")
    names = parser.parse_args().stages
    unknown = set(names) - {stage.name for stage in STAGES}
    if unknown:
        parser.error(f"no such stage: {', '.join(sorted(unknown))}. There are: {', '.join(s.name for s in STAGES)}")
    stages = chosen(names)
    RESULTS.mkdir(parents=True, exist_ok=True)
    lacking = system_parts.provide(stage.needs for stage in stages if stage.needs)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lianyi-tests-") as home:
        outcomes = run_all(stages, lacking, environment_for_tests(home))
    print_summary(outcomes, time.monotonic() - started)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
