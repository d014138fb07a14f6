"""What stands at the head of every dated convention in TOML: its name, from when it holds, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

from lianyi.rules.parsing import read_words
from lianyi.rules.schema import JURISDICTION_CODE, Confidence, Jurisdiction, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from lianyi.rules.tables import Table

ANYWHERE: Final = "ANY"
"""Stands for a reference that belongs to no country."""
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


def jurisdiction_of(table: Table) -> tuple[Jurisdiction | None, Words]:
    """Read where a convention holds, None for anywhere, with its name.

    Raises
    ------
    RuleFileError
        When the code is neither one of a country or place nor ``ANY``.
    """
    given = table.table("jurisdiction", ("code", "name_zh", "name_en"))
    code, name = given.text("code"), Words(given.text("name_zh"), given.text("name_en"))
    if code == ANYWHERE:
        return None, name
    if not JURISDICTION_CODE.fullmatch(code):
        raise given.refuse("code", repr(code), f"a code such as CN or CN-1303, or {ANYWHERE}")
    return Jurisdiction(code, name), name


def refuse_twice(table: Table, key: str, codes: Sequence[str]) -> None:
    """Refuse a list of a file in which a code stands twice.

    Raises
    ------
    RuleFileError
    """
    for each in codes:
        if codes.count(each) > 1:
            raise table.refuse(key, f"{each!r} twice", "codes that differ")
