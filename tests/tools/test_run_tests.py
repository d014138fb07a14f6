from __future__ import annotations

import pytest
import run_tests
import system_parts

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1"/>
</testsuites>
"""
STATIC = run_tests.Stage("lint", ("true",))


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setattr(run_tests, "RESULTS", tmp_path)
    return run_tests.pytest_stage("sqlite", "tests")


def numbers(outcome):
    return outcome.passed, outcome.failed, outcome.skipped


def test_the_report_of_pytest_is_counted_with_errors_as_failures(stage):
    stage.report.write_text(REPORT, encoding="utf-8")

    assert numbers(run_tests.outcome_of(stage, 1, 0.0)) == (4, 3, 3)


@pytest.mark.parametrize("code", [2, 3, 5, 127])
def test_a_run_that_ended_before_it_could_count_is_a_failure(stage, code):
    assert numbers(run_tests.outcome_of(stage, code, 0.0)) == (0, 1, 0)


def test_a_stage_that_may_be_empty_passes_without_tests(tmp_path, monkeypatch):
    monkeypatch.setattr(run_tests, "RESULTS", tmp_path)
    stage = run_tests.pytest_stage("docs", "docs", may_be_empty=True)

    assert numbers(run_tests.outcome_of(stage, 5, 0.0)) == (0, 0, 0)


@pytest.mark.parametrize(("code", "expected"), [(0, (1, 0, 0)), (1, (0, 1, 0))])
def test_a_static_check_counts_as_one(code, expected):
    assert numbers(run_tests.outcome_of(STATIC, code, 0.0)) == expected


@pytest.mark.parametrize(("required", "expected"), [("1", (0, 1, 0)), ("", (0, 0, 1))])
def test_a_missing_part_fails_only_where_all_parts_are_required(stage, monkeypatch, required, expected):
    monkeypatch.setenv(run_tests.REQUIRE_ALL, required)

    assert numbers(run_tests.not_run(stage, system_parts.POSTGRESQL)) == expected


def test_what_could_not_be_run_is_said_last_but_for_the_sum(stage, capsys, monkeypatch):
    monkeypatch.delenv(run_tests.REQUIRE_ALL, raising=False)
    outcomes = [run_tests.outcome_of(STATIC, 0, 1.0), run_tests.not_run(stage, system_parts.CHROMIUM)]

    run_tests.print_summary(outcomes, 1.0)

    *_, warning, total = capsys.readouterr().out.splitlines()
    assert warning == "!!! NOT RUN: sqlite. Chromium is missing; install the package chromium."
    assert total == "1 passed, 0 failed, 1 skipped"


def test_the_settings_of_an_installation_here_do_not_reach_the_tests(stage, monkeypatch):
    monkeypatch.setenv("LIANYI_DATABASE", "postgresql://somewhere/else")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "another.settings")
    monkeypatch.setenv("LIANYI_REAL_DATA", "/real")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    environment = run_tests.environment_for_tests("/home-of-the-tests")

    assert "LIANYI_DATABASE" not in environment
    assert "DJANGO_SETTINGS_MODULE" not in environment
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert (environment["LIANYI_REAL_DATA"], environment["LIANYI_HOME"]) == ("/real", "/home-of-the-tests")


def test_every_stage_has_a_name_of_its_own():
    names = [stage.name for stage in run_tests.STAGES]

    assert len(names) == len(set(names))


def test_a_test_file_that_cannot_be_imported_is_told_before_any_test_runs():
    names = [stage.name for stage in run_tests.STAGES]

    assert names.index("collect") < min(names.index(name) for name in ("sqlite", "postgresql", "browser", "wheel"))


@pytest.mark.parametrize(("code", "shown"), [(0, ""), (3, "what was found\n")])
def test_a_stage_with_much_to_say_says_it_only_when_it_fails(code, shown):
    command = [run_tests.PYTHON, "-c", f"print('what was found'); raise SystemExit({code})"]
    stage = run_tests.Stage("collect", tuple(command), tells_only_failures=True)

    assert run_tests.code_and_text_of(command, stage, {}) == (code, shown)


def test_a_program_that_is_not_there_is_a_failure():
    stage = run_tests.Stage("format", ("no-such-program",))

    code, told = run_tests.code_and_text_of(list(stage.command), stage, {})
    assert (code, told.startswith("format: ")) == (127, True)


def test_stages_beside_go_on_meanwhile_and_are_told_in_the_usual_order(capfd, monkeypatch):
    monkeypatch.delenv(run_tests.REQUIRE_ALL, raising=False)
    beside, after = (f"import time; time.sleep({seconds}); print('{name}')" for seconds, name in ((0.3, "A"), (0, "B")))
    stages = [
        run_tests.Stage("first", (run_tests.PYTHON, "-c", beside), is_beside=True),
        run_tests.Stage("second", (run_tests.PYTHON, "-c", after)),
        run_tests.Stage("third", ("true",), needs=system_parts.CHROMIUM),
    ]

    outcomes = run_tests.run_all(stages, {system_parts.CHROMIUM}, {})

    assert [(each.stage.name, each.word) for each in outcomes] == [
        ("first", "passed"),
        ("second", "passed"),
        ("third", "not run"),
    ]
    told = capfd.readouterr().out.split()
    assert [told.count(word) for word in ("===", "A", "B")] == [2, 1, 1]
