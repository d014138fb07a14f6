"""Fixtures of the referral tests."""

from __future__ import annotations

import pytest

from tests.cast import Scene
from tests.referrals.story import Story, tell


@pytest.fixture
def story(scene: Scene) -> Story:
    return tell(scene)
