"""How many people a service should know and manage, as shares of a population: dated conventions in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.parsing import read_words
from lianyi.rules.schema import Confidence, Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "expected_numbers"
"""The folder of expected numbers in the package, and in each directory that a bureau names."""

_KEYS = (*HEAD_KEYS, "groups")
_GROUP_KEYS = ("code", "name", "shares", "shares_are", "least_managed", "confidence")


@dataclass(frozen=True, slots=True)
class ExpectedGroup:
    """Whom a service should know: the population times all ``shares``; of these at least ``least_managed``.

    Shares are exact decimals, as they are written in the file.
    """

    code: str
    name: Words
    shares: tuple[Decimal, ...]
    shares_are: Words
    least_managed: Decimal
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ExpectedNumberRules(Headed):
    """One set of groups."""

    groups: tuple[ExpectedGroup, ...]


class ExpectedNumberBook(SuccessionBook[ExpectedNumberRules]):
    """All sets of groups."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No expected numbers are set on {day}; the first hold from {self.sets[0].valid_from}.",
            reason="expected-numbers",
            on=day,
        )


def load_expected_numbers(directories: Sequence[Path] = ()) -> ExpectedNumberBook:
    """Read the groups of the package and every ``expected_numbers/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return ExpectedNumberBook(succession(parse_folder(FOLDER, directories, parse_expected_numbers)))


def parse_expected_numbers(file: str, content: bytes) -> ExpectedNumberRules:
    """Read one set of groups.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    groups: list[ExpectedGroup] = []
    for entry in table.tables("groups", _GROUP_KEYS, named_by="code"):
        group = _group(entry)
        if any(each.code == group.code for each in groups):
            raise entry.refuse("code", repr(group.code), "a code that stands once")
        groups.append(group)
    return ExpectedNumberRules(**head_of(table, file), groups=tuple(groups))


def _group(entry: Table) -> ExpectedGroup:
    shares = tuple(_share(entry, "shares", value) for value in entry.numbers("shares"))
    return ExpectedGroup(
        code=entry.text("code"),
        name=read_words(entry.table("name", ("zh", "en"))),
        shares=shares,
        shares_are=read_words(entry.table("shares_are", ("zh", "en"))),
        least_managed=_share(entry, "least_managed", entry.number("least_managed")),
        confidence=entry.choice("confidence", Confidence),
    )


def _share(entry: Table, key: str, value: float) -> Decimal:
    if not 0.0 < value <= 1.0:
        raise entry.refuse(key, f"{value:g}", "shares above 0 and at most 1")
    # As it is written: 0.188 is not a binary number.
    return Decimal(str(value))
