"""What the targets of indicators register when the application starts."""

from __future__ import annotations

from lianyi.indicators import values_target_counter


def register() -> None:
    values_target_counter.register()
