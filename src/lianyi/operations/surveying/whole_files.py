"""Files that are there whole or not at all."""

from __future__ import annotations

from pathlib import Path


def write_text_whole(path: Path, text: str) -> None:
    """Write a text beside its place first, so that nobody finds half of it."""
    made = path.with_name(f".{path.name}.part")
    made.write_text(text, encoding="utf-8")
    made.replace(path)
