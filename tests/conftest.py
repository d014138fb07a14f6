"""Fixtures of all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cast import Scene, build_scene


@pytest.fixture
def scene(db: None) -> Scene:
    """The shared cast, made anew for each test."""
    return build_scene()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files, which are no part of the project; tests that want it skip where it is absent."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("LIANYI_REAL_DATA", root.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"real data are not at {folder}")
    return folder
