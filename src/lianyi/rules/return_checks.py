"""When it is asked whether somebody who came back from a secondment works independently: a dated convention in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

FOLDER = "return_checks"
"""The folder of these rules in the package, and in each directory that a bureau names."""
MOST_MONTHS = 60
MOST_DAYS = 366

_KEYS = (*HEAD_KEYS, "months", "earliest_days_before", "late_after_days")


@dataclass(frozen=True, slots=True)
class ReturnCheckRule(Headed):
    """Months after the return at which it is asked, how early a check may be made, and from when it is late."""

    months: tuple[int, ...]
    earliest_days_before: int
    late_after_days: int


class ReturnCheckBook(SuccessionBook[ReturnCheckRule]):
    """All rules about these checks."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No rule about checks after a return holds on {day}; the first begins on {self.sets[0].valid_from}.",
            reason="return-checks",
            on=day,
        )


def load_return_checks(directories: Sequence[Path] = ()) -> ReturnCheckBook:
    """Read the rule of the package and every ``return_checks/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return ReturnCheckBook(succession(parse_folder(FOLDER, directories, parse_return_checks)))


def parse_return_checks(file: str, content: bytes) -> ReturnCheckRule:
    """Read one rule.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    days = {}
    for key in ("earliest_days_before", "late_after_days"):
        days[key] = table.integer(key)
        if not 0 <= days[key] <= MOST_DAYS:
            raise table.refuse(key, str(days[key]), f"0 to {MOST_DAYS} days")
    return ReturnCheckRule(
        **head_of(table, file),
        months=table.integers("months", range(1, MOST_MONTHS + 1)),
        earliest_days_before=days["earliest_days_before"],
        late_after_days=days["late_after_days"],
    )
