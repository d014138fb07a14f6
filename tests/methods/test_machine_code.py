"""Machine code is kept, found again, and never that of an earlier version of any file it is made of."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from lianyi.methods import machine_code

CALLER = """
from lianyi.methods.compiling import compiled
from lianyi.methods.parts.step import step

@compiled
def walk(count):
    return count * step(2.0)

found = walk(3)
hits = sum(walk.stats.cache_hits.values())
print(found, hits)
"""
CALLED = """
from lianyi.methods.compiling import compiled_into_callers
from lianyi.methods.parts.pace import PACE

@compiled_into_callers
def step(length):
    return PACE * length
"""


@pytest.fixture
def package(tmp_path):
    """The compiling part of the methods alone, with a function that calls one of another file."""
    methods = tmp_path / "lianyi" / "methods"
    parts = methods / "parts"
    parts.mkdir(parents=True)
    for folder in (tmp_path / "lianyi", methods, parts):
        (folder / "__init__.py").touch()
    for module in ("machine_code", "compiling"):
        shutil.copy(f"{machine_code._METHODS}/{module}.py", methods)
    for name, text in {"walk": CALLER, "step": CALLED, "pace": "PACE = 10.0\n"}.items():
        (parts / f"{name}.py").write_text(text)
    return parts


def run(parts, **settings):
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    ended = subprocess.run(
        [sys.executable, "-c", "import lianyi.methods.parts.walk"],
        cwd=parts.parents[2],
        env={**environment, "PYTHONPATH": str(parts.parents[2]), **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.split()


def test_a_change_in_a_file_that_is_only_called_or_only_gives_a_number_is_never_missed(package):
    assert run(package) == ["60.0", "0"]
    assert run(package) == ["60.0", "1"]
    (package / "step.py").write_text(CALLED.replace("PACE * length", "PACE + length"))
    assert run(package) == ["36.0", "0"]
    (package / "pace.py").write_text("PACE = 1.0\n")
    assert run(package) == ["9.0", "0"]


def test_code_is_kept_in_the_folder_that_is_named_or_beside_the_program(package, tmp_path):
    run(package, NUMBA_CACHE_DIR=str(tmp_path / "named"))
    assert list((tmp_path / "named" / "lianyi").rglob("walk.walk-*.nbc"))
    run(package)
    assert list((package.parent / "__pycache__" / "machine-code").rglob("walk.walk-*.nbc"))


def test_without_a_folder_that_may_be_written_the_functions_work_all_the_same(package, tmp_path):
    (tmp_path / "full").touch()
    assert run(package, NUMBA_CACHE_DIR=str(tmp_path / "full")) == ["60.0", "0"]


def test_every_compiled_function_of_the_methods_counts():
    files = {
        path.relative_to(machine_code._METHODS).as_posix()
        for path in machine_code.compiled_files(machine_code._METHODS)
    }
    assert {"surface/steps.py", "surface/bucket_queue.py", "access/weight_kernels.py", "coordinates.py"} <= files
    assert "disclosure.py" not in files


@pytest.fixture
def in_folder(monkeypatch):
    """Keep machine code in another folder, as a start with this setting does."""

    def choose(folder):
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
        machine_code.code_folder.cache_clear()

    yield choose
    monkeypatch.undo()
    machine_code.code_folder.cache_clear()


def test_that_all_is_compiled_holds_for_one_folder_only(in_folder, tmp_path):
    in_folder(tmp_path / "one")
    assert not machine_code.is_complete()
    machine_code.mark_complete()
    assert machine_code.is_complete()
    in_folder(tmp_path / "other")
    assert not machine_code.is_complete()
    (tmp_path / "full").touch()
    in_folder(tmp_path / "full")
    machine_code.mark_complete()
    assert not machine_code.is_complete()
