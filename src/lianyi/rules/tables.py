"""A typed view on one TOML table that names the place of every fault."""

from __future__ import annotations

import difflib
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from lianyi.rules.errors import RuleFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from enum import StrEnum

    EnumT = TypeVar("EnumT", bound=StrEnum)


class Table:
    """One table of a file. Every key must be read or it is refused as unknown, which catches misspelt keys."""

    def __init__(self, file: str, place: str, values: Mapping[str, object], known_keys: Iterable[str]) -> None:
        self.file = file
        self.place = place
        self._values = values
        self._refuse_unknown(frozenset(known_keys))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys given, in the order of the file."""
        return tuple(self._values)

    def refuse(self, key: str, given: str, accepted: str) -> RuleFileError:
        """Return the error for a fault at ``key``, to be raised by the caller."""
        return RuleFileError(file=self.file, place=self._at(key), given=given, accepted=accepted)

    def raw(self, key: str) -> object:
        """Return what stands under a key, unchecked; nothing there is refused."""
        return self._required(key, "a value")

    def text(self, key: str) -> str:
        value = self._required(key, "a text")
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, repr(value), "a text that is not empty")
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self else None

    def day(self, key: str) -> date:
        value = self._required(key, "a date such as 2024-06-18")
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(key, repr(value), "a date without quotes and without time, such as 2024-06-18")
        return value

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if key in self else None

    def days(self, key: str) -> tuple[date, ...]:
        """Return a list of dates; an absent key is an empty list."""
        accepted = "a list of dates without quotes and without time, none twice"
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise self.refuse(key, repr(value), accepted)
        found: list[date] = []
        for entry in value:
            if not isinstance(entry, date) or isinstance(entry, datetime) or entry in found:
                raise self.refuse(key, str(entry), accepted)
            found.append(entry)
        return tuple(found)

    def number(self, key: str) -> float:
        value = self._required(key, "a number of 0 or more")
        # A truth value is an integer to Python and must not pass as 0 or 1.
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise self.refuse(key, repr(value), "a number of 0 or more")
        return value

    def optional_number(self, key: str) -> float | None:
        return self.number(key) if key in self else None

    def numbers(self, key: str) -> tuple[float, ...]:
        """Return a list of at least one number of 0 or more."""
        accepted = "a list of at least one number of 0 or more"
        value = self._required(key, accepted)
        if not isinstance(value, list) or not value:
            raise self.refuse(key, repr(value), accepted)
        for entry in value:
            # A truth value is an integer to Python and must not pass as 0 or 1.
            if isinstance(entry, bool) or not isinstance(entry, int | float) or not 0 <= entry < float("inf"):
                raise self.refuse(key, repr(entry), accepted)
        return tuple(value)

    def integer(self, key: str) -> int:
        value = self._required(key, "a whole number of 0 or more")
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.refuse(key, repr(value), "a whole number of 0 or more")
        return value

    def optional_integer(self, key: str) -> int | None:
        return self.integer(key) if key in self else None

    def integers(self, key: str, accepted: Sequence[int]) -> tuple[int, ...]:
        """Return a list of at least one whole number, each one of ``accepted`` and none twice."""
        wanted = f"a list of numbers among {', '.join(map(str, accepted))}, none twice"
        value = self._required(key, wanted)
        # A truth value is an integer to Python and must not pass as 0 or 1.
        if not isinstance(value, list) or not value or any(isinstance(entry, bool) for entry in value):
            raise self.refuse(key, repr(value), wanted)
        for index, entry in enumerate(value):
            if entry not in accepted or entry in value[:index]:
                raise self.refuse(key, repr(entry), wanted)
        return tuple(value)

    def boolean(self, key: str) -> bool:
        value = self._required(key, "true or false")
        if not isinstance(value, bool):
            raise self.refuse(key, repr(value), "true or false")
        return value

    def choice(self, key: str, kind: type[EnumT]) -> EnumT:
        accepted = ", ".join(kind)
        value = self._required(key, accepted)
        if not isinstance(value, str) or value not in list(kind):
            raise self.refuse(key, repr(value), accepted)
        return kind(value)

    def optional_choice(self, key: str, kind: type[EnumT]) -> EnumT | None:
        return self.choice(key, kind) if key in self else None

    def texts(self, key: str, accepted: Iterable[str]) -> tuple[str, ...]:
        """Return a list of texts, each one of ``accepted``; an absent key is an empty list."""
        known = sorted(accepted)
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise self.refuse(key, repr(value), f"a list of {', '.join(known)}")
        for entry in value:
            if entry not in known:
                raise self.refuse(key, repr(entry), ", ".join(known))
        return tuple(value)

    def text_by_key(self, key: str, accepted: Iterable[str]) -> dict[str, str]:
        """Return a table of texts whose keys are among ``accepted``."""
        inner = self.table(key, accepted)
        return {name: inner.text(name) for name in inner.keys}

    def table(self, key: str, known_keys: Iterable[str]) -> Table:
        value = self._required(key, "a table")
        if not isinstance(value, dict):
            raise self.refuse(key, repr(value), "a table")
        return Table(self.file, self._at(key), value, known_keys)

    def tables(self, key: str, known_keys: Iterable[str], named_by: str = "") -> tuple[Table, ...]:
        """Return a list of tables with at least one entry.

        The place of a fault is told by what an entry has under ``named_by``, else by its number counted from 0.
        """
        value = self._required(key, "a list of tables")
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            raise self.refuse(key, repr(value), "a list of at least one table")
        keys = tuple(known_keys)
        return tuple(
            Table(self.file, f"{self._at(key)}[{entry.get(named_by, index)}]", entry, keys)
            for index, entry in enumerate(value)
        )

    def optional_tables(self, key: str, known_keys: Iterable[str], named_by: str = "") -> tuple[Table, ...]:
        """Return a list of tables; an absent key is an empty list."""
        return self.tables(key, known_keys, named_by) if key in self else ()

    def _required(self, key: str, accepted: str) -> object:
        if key not in self._values:
            raise self.refuse(key, "nothing", accepted)
        return self._values[key]

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _refuse_unknown(self, known: frozenset[str]) -> None:
        for key in self._values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"an unknown key; perhaps {near[0]} is meant" if near else "an unknown key"
                raise self.refuse(key, hint, ", ".join(sorted(known)))


def table_of_file(file: str, content: bytes, known_keys: Iterable[str]) -> Table:
    """Read the top table of a TOML file.

    Raises
    ------
    RuleFileError
        When the bytes are not UTF-8 or not TOML, or the top table has an unknown key.
    """
    return Table(file, "", values_of_file(file, content), known_keys)


def values_of_file(file: str, content: bytes) -> dict[str, object]:
    """Read what a TOML file holds, unchecked.

    Raises
    ------
    RuleFileError
        When the bytes are not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleFileError(file=file, place="whole file", given=str(error), accepted="TOML in UTF-8") from error
