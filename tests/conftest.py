"""Fixtures of all tests."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests.cast import Scene, build_scene
from tests.properties import choose_profile

choose_profile()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database of the run: the stage on PostgreSQL repeats these tests, and no others."""
    for item in items:
        if touches_database(item):
            item.add_marker(pytest.mark.database)


def touches_database(item: pytest.Item) -> bool:
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or not {"db", "transactional_db", "live_server"}.isdisjoint(_fixtures_of(item))
        or (isinstance(case, type) and issubclass(case, TransactionTestCase))
    )


def commits(item: pytest.Item) -> bool:
    """Tell whether a test works outside of a transaction and empties the tables afterwards."""
    mark = item.get_closest_marker("django_db")
    return (mark is not None and bool(mark.kwargs.get("transaction"))) or "transactional_db" in _fixtures_of(item)


def _fixtures_of(item: pytest.Item) -> frozenset[str]:
    return frozenset(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="module")
def written_scene(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene | None]:
    """Write the shared cast once for all tests of a module, inside a transaction that is never kept.

    None for a module with tests that commit: their tables could not be emptied while that transaction is open.
    """
    if any(commits(item) for item in request.session.items if item.path == request.node.path):
        yield None
        return
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_scene()
        transaction.set_rollback(True)


@pytest.fixture
def scene(written_scene: Scene | None, db: None) -> Scene:
    """The shared cast; what a test does to it, here or in the database, no other test sees."""
    return build_scene() if written_scene is None else copy.deepcopy(written_scene)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files, which are no part of the project; tests that want it skip where it is absent."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("LIANYI_REAL_DATA", root.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"real data are not at {folder}")
    return folder
