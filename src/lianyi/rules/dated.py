"""What every kind of dated rules shares: the files of its folder, and a book that knows which holds on a day."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from lianyi.rules.errors import (
    DuplicateRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    RuleDirectoryError,
    UnknownRuleSetError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path


class Named(Protocol):
    """One file of rules with an id of its own."""

    @property
    def id(self) -> str: ...

    @property
    def file(self) -> str: ...


class Dated(Named, Protocol):
    """One file of rules that holds from a day on."""

    @property
    def valid_from(self) -> date: ...


Rules = TypeVar("Rules", bound=Dated)
Found = TypeVar("Found", bound=Named)
Parsed = TypeVar("Parsed")
_NEAREST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class SuccessionBook(ABC, Generic[Rules]):
    """Rules of which each holds until the next begins, the earliest first.

    Raises
    ------
    OverlappingRuleSetsError
        When two begin on the same day.
    """

    sets: tuple[Rules, ...]

    def __post_init__(self) -> None:
        for one, other in zip(self.sets, self.sets[1:], strict=False):
            if one.valid_from == other.valid_from:
                raise OverlappingRuleSetsError(
                    f"{one.file} and {other.file} both begin on {one.valid_from}; give the added one the day from "
                    "which it holds.",
                    rule_sets=(one.id, other.id),
                    files=(one.file, other.file),
                )

    def on(self, day: date) -> Rules:
        """Return the rules that hold on a day.

        Raises
        ------
        NoApplicableRuleSetError
            When the day lies before all of them.
        """
        begun = [rules for rules in self.sets if rules.valid_from <= day]
        if not begun:
            raise self._before_all(day)
        return begun[-1]

    @abstractmethod
    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        """Return the refusal of a day before the first of the rules, in the words of their kind."""


def nearest_ids(given: str, known: Sequence[str]) -> str:
    """Return the known ids most like the one given, for a message; all of them where none is near."""
    return ", ".join(difflib.get_close_matches(given, known, n=_NEAREST_SHOWN, cutoff=0.4) or known)


def with_id(rules: Sequence[Found], given: str, kind: str, **params: object) -> Found:
    """Return the rules with an id; ``kind`` says what they are, as "scheme", ``params`` go to the texts of pages.

    Raises
    ------
    UnknownRuleSetError
        Naming the id and the nearest known ids.
    """
    for each in rules:
        if each.id == given:
            return each
    nearest = nearest_ids(given, tuple(each.id for each in rules))
    message = f"There is no {kind} {given!r}; the nearest known ids are: {nearest}."
    raise UnknownRuleSetError(message, given=given, nearest=nearest, **params)


def refuse_doubles(rules: Iterable[Named], kind: str) -> None:
    """Refuse rules of which two have the same id; ``kind`` says what they are, as "a scheme".

    Raises
    ------
    DuplicateRuleSetError
        Naming both files.
    """
    seen: dict[str, str] = {}
    for each in rules:
        if each.id in seen:
            message = (
                f"{seen[each.id]} and {each.file} both hold {kind} {each.id!r}; give the added one an id of its own, "
                "for instance with the year or the place."
            )
            raise DuplicateRuleSetError(message, rule_set=each.id, files=(seen[each.id], each.file))
        seen[each.id] = each.file


def parse_folder(folder: str, directories: Sequence[Path], parse: Callable[[str, bytes], Parsed]) -> Iterator[Parsed]:
    """Parse every ``*.toml`` of a folder in the package, then those of the folders that a bureau named.

    ``parse`` takes the name of a file, for messages, and its content.

    Raises
    ------
    RuleDirectoryError
        When a directory is not there.
    """
    for name, content in shipped_files(folder):
        yield parse(name, content)
    for path in added_files(directories, folder):
        yield parse(str(path), path.read_bytes())


def succession(sets: Iterable[Rules]) -> tuple[Rules, ...]:
    """Return rules in the order of their first days."""
    return tuple(sorted(sets, key=lambda rules: rules.valid_from))


def shipped_files(folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every ``*.toml`` of a folder in the package, by name."""
    for each in sorted(files("lianyi.rules").joinpath(folder).iterdir(), key=lambda entry: entry.name):
        if each.name.endswith(".toml"):
            yield each.name, each.read_bytes()


def added_files(directories: Iterable[Path], folder: str = "") -> Iterator[Path]:
    """Yield the ``*.toml`` files of directories that a bureau named, or of a folder inside them that may be missing.

    Raises
    ------
    RuleDirectoryError
        When a directory is not there.
    """
    for directory in directories:
        if not directory.is_dir():
            message = f"{directory} is not a directory; name directories that hold rule sets as .toml files."
            raise RuleDirectoryError(message, directory=str(directory))
        yield from sorted((directory / folder).glob("*.toml"))
