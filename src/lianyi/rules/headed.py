"""What stands at the head of every dated convention in TOML: its name, from when it holds, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

from lianyi.rules.parsing import read_words
from lianyi.rules.schema import Confidence, Words

if TYPE_CHECKING:
    from datetime import date

    from lianyi.rules.tables import Table

HEAD_KEYS: Final = ("id", "title", "valid_from", "source", "confidence", "note")


@dataclass(frozen=True, slots=True)
class Headed:
    """A convention by its head; ``file`` is where it stands."""

    id: str
    title: Words
    valid_from: date
    source: str
    confidence: Confidence
    note: str
    file: str


class Head(TypedDict):
    """The fields of `Headed`, as they are read."""

    id: str
    title: Words
    valid_from: date
    source: str
    confidence: Confidence
    note: str
    file: str


def head_of(table: Table, file: str) -> Head:
    """Read the head of a file.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    return Head(
        id=table.text("id"),
        title=read_words(table.table("title", ("zh", "en"))),
        valid_from=table.day("valid_from"),
        source=table.text("source"),
        confidence=table.choice("confidence", Confidence),
        note=table.optional_text("note") or "",
        file=file,
    )
