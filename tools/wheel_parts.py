"""Refuse to build a wheel that would lack what git does not keep: browser assets, fonts, compiled messages.

Hatchling runs this hook for every way to build Lianyi, also for ``pip install`` of a checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PARTS = {
    "src/lianyi/web/static/vendor/manifest.json": "the browser assets",
    "src/lianyi/web/fonts/NotoSansSC-Regular.ttf": "the fonts of the PDFs",
    "src/lianyi/locale/zh_Hans/LC_MESSAGES/django.mo": "the compiled messages",
}


class MissingPartError(Exception):
    """A part that the wheel must carry was not made yet."""


class WheelParts(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        if version == "editable":
            return
        missing = [f"{what} ({path})" for path, what in PARTS.items() if not (Path(self.root) / path).is_file()]
        if missing:
            raise MissingPartError(f"Not made yet: {', '.join(missing)}. Run `make wheel`, which makes them first.")
