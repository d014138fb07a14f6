"""What growth shows on pages of other applications."""

from __future__ import annotations

from lianyi.growth import sections


def register() -> None:
    sections.register()
