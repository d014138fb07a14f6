"""Fixtures of the referral tests."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.cast import Scene
from tests.referrals.small_world import AFTERWARDS, SmallWorld, build_small_world, travelling
from tests.referrals.story import Story, tell


@pytest.fixture(scope="module")
def told_once(written_scene: Scene | None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    """Tell the story once for all tests of a module, inside a transaction that is never kept."""
    assert written_scene is not None, "tests that commit tell a story of their own"
    with django_db_blocker.unblock(), transaction.atomic():
        yield tell(written_scene)
        transaction.set_rollback(True)


@pytest.fixture
def story(told_once: Story, db: None) -> Story:
    """Return the story; what a test makes of it, here or in the database, no other test sees."""
    return copy.deepcopy(told_once)


@pytest.fixture(scope="module")
def written_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SmallWorld]:
    """Write the small world once for all tests of a module, inside a transaction that is never kept."""
    with django_db_blocker.unblock(), transaction.atomic():
        with travelling() as traveller:
            world = build_small_world(traveller)
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(written_once: SmallWorld, db: None) -> Iterator[SmallWorld]:
    """The small world on 2026-07-01; what a test adds to it is undone."""
    with travelling() as traveller:
        written_once.traveller = traveller
        written_once.at(AFTERWARDS)
        before = dict(written_once.legs)
        yield written_once
        written_once.legs = before
