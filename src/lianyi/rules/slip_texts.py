"""What the patient's slip says, one TOML file for each language: those of the package and those a hospital adds."""

from __future__ import annotations

import string
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.rules.dated import parse_folder
from lianyi.rules.errors import OverlappingRuleSetsError
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

FOLDER = "slip_texts"
"""The folder of texts in the package, and in each directory that a hospital names."""

MOST_CODE_LETTERS = 10
# Every text by its key, with what is put in while the slip is written.
TEXTS: Mapping[str, frozenset[str]] = {
    "title": frozenset(),
    "number": frozenset({"number"}),
    "where": frozenset(),
    "when": frozenset(),
    "when_unknown": frozenset(),
    "bed": frozenset(),
    "call": frozenset(),
    "sender": frozenset(),
    "bring_title": frozenset(),
    "bring_slip": frozenset(),
    "bring_cards": frozenset(),
    "bring_reports": frozenset(),
    "bring_drugs": frozenset(),
    "bring_family": frozenset(),
    "note": frozenset({"emergency_telephone"}),
}
BROUGHT = ("bring_slip", "bring_cards", "bring_reports", "bring_drugs", "bring_family")
_KEYS = ("language", "name", "direction", "valid_from", "source", "checked_by", "emergency_telephone", "texts")


class Direction(StrEnum):
    """Which way a script is read, as HTML names it."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


@dataclass(frozen=True, slots=True)
class SlipTexts:
    """The texts of one language from a day on.

    ``language`` is a tag such as ``ar`` or ``zh-Hans``, ``name`` what its speakers call it. ``checked_by`` is empty
    until a native speaker has read the texts.
    """

    language: str
    name: str
    direction: Direction
    valid_from: date
    source: str
    checked_by: str
    emergency_telephone: str
    texts: Mapping[str, str]
    file: str

    @property
    def code(self) -> str:
        """The tag in small letters, as it is kept with a patient."""
        return self.language.lower()

    def text(self, key: str, **put_in: str) -> str:
        return self.texts[key].format(**put_in)


@dataclass(frozen=True, slots=True)
class SlipBook:
    """Every language's texts. From its first day on a later file of a language stands for the earlier one.

    Raises
    ------
    OverlappingRuleSetsError
        Naming the files, when two of one language begin on the same day.
    """

    found: tuple[SlipTexts, ...]

    def __post_init__(self) -> None:
        seen: dict[tuple[str, date], SlipTexts] = {}
        for each in self.found:
            other = seen.setdefault((each.code, each.valid_from), each)
            if other is not each:
                message = (
                    f"{other.file} and {each.file} both hold the slip in {each.language} from {each.valid_from}. "
                    "Give the one that shall be used a later day."
                )
                raise OverlappingRuleSetsError(
                    message, rule_sets=(other.language, each.language), files=(other.file, each.file)
                )

    def on(self, day: date) -> dict[str, SlipTexts]:
        """Return the texts in force on a day by the code of their language, in the order of the codes."""
        in_force = [each for each in self.found if each.valid_from <= day]
        return {each.code: each for each in sorted(in_force, key=lambda each: (each.code, each.valid_from))}


def load_slip_texts(directories: Sequence[Path] = ()) -> SlipBook:
    """Read the texts of the package and every ``slip_texts/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError
        When a directory is not there; the folder inside it may be missing.
    RuleFileError
        When a file lacks a text or a placeholder of it, or has one that is not put in.
    OverlappingRuleSetsError
        When two files hold the same language from the same day.
    """
    return SlipBook(tuple(parse_folder(FOLDER, directories, parse_slip_texts)))


def parse_slip_texts(file: str, content: bytes) -> SlipTexts:
    """Read one file.

    Raises
    ------
    RuleFileError
    """
    table = table_of_file(file, content, _KEYS)
    language = table.text("language")
    if len(language) > MOST_CODE_LETTERS or not language.isascii() or not language.replace("-", "").isalnum():
        raise table.refuse("language", repr(language), f"a tag of at most {MOST_CODE_LETTERS} letters, such as ar")
    inner = table.table("texts", TEXTS)
    texts = {}
    for key, wanted in TEXTS.items():
        texts[key] = inner.text(key)
        found = _placeholders(texts[key])
        if found != wanted:
            raise inner.refuse(key, _named(found), _named(wanted))
    return SlipTexts(
        language=language,
        name=table.text("name"),
        direction=table.choice("direction", Direction),
        valid_from=table.day("valid_from"),
        source=table.text("source"),
        checked_by=table.optional_text("checked_by") or "",
        emergency_telephone=table.text("emergency_telephone"),
        texts=texts,
        file=file,
    )


def _placeholders(text: str) -> frozenset[str] | None:
    """Return the names in braces; None where the braces cannot be read."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    if any(spec or conversion for _text, _name, spec, conversion in parts):
        return None
    return frozenset(name for _text, name, _spec, _conversion in parts if name is not None)


def _named(names: frozenset[str] | None) -> str:
    if names is None:
        return "braces that do not close, or hold more than a name"
    if not names:
        return "a text without braces"
    return "a text with " + " and ".join(f"{{{name}}}" for name in sorted(names))
