"""What the tests of indicators share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from tests.cast import Scene
from tests.indicators.values_story import Reporting, reporting, write_definitions


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words that no page asks for are in English, whatever the installation's language is."""
    with translation.override("en"):
        yield


@pytest.fixture
def story(scene: Scene, settings: Any, tmp_path: Path) -> Reporting:
    """The cast with the sample indicators of a bureau's own file."""
    settings.LIANYI_RULES_DIRECTORIES = (write_definitions(tmp_path),)
    return reporting(scene)
