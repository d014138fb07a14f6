"""What visits and actions show on pages of other applications."""

from __future__ import annotations

from lianyi.exchanges import sections


def register() -> None:
    sections.register()
