"""What the tests of indicators share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words that no page asks for are in English, whatever the installation's language is."""
    with translation.override("en"):
        yield
