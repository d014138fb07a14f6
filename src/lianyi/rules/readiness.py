"""How ready a service must be at least, and which of its items ask for people: a dated convention in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.reference import codes_of
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "readiness_thresholds"
"""The folder of thresholds in the package, and in each directory that a bureau names."""

_KEYS = (*HEAD_KEYS, "people_domains", "thresholds")


@dataclass(frozen=True, slots=True)
class ReadinessThresholds(Headed):
    """The least readiness of services as a share from 0 to 1, and the domains whose items ask for people."""

    people_domains: tuple[str, ...]
    least_by_service: Mapping[str, float]

    def least(self, service: str) -> float | None:
        """Return the least readiness of a service; None where no threshold is set."""
        return self.least_by_service.get(service)


class ReadinessThresholdsBook(SuccessionBook[ReadinessThresholds]):
    """All sets of thresholds."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No thresholds of readiness hold on {day}; the first begin on {self.sets[0].valid_from}.",
            reason="readiness-thresholds",
            on=day,
        )


def load_readiness_thresholds(directories: Sequence[Path] = ()) -> ReadinessThresholdsBook:
    """Read the thresholds of the package and every ``readiness_thresholds/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return ReadinessThresholdsBook(succession(parse_folder(FOLDER, directories, parse_readiness_thresholds)))


def parse_readiness_thresholds(file: str, content: bytes) -> ReadinessThresholds:
    """Read one set of thresholds.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    return ReadinessThresholds(
        **head_of(table, file),
        people_domains=table.texts("people_domains", codes_of("readiness_domains")),
        least_by_service=_least_by_service(table.optional_tables("thresholds", ("least", "services", "note"))),
    )


def _least_by_service(entries: Sequence[Table]) -> dict[str, float]:
    found: dict[str, float] = {}
    for entry in entries:
        least = entry.number("least")
        if not 0.0 < least <= 1.0:
            raise entry.refuse("least", f"{least:g}", "a share above 0 and at most 1")
        for service in entry.texts("services", codes_of("services")):
            if service in found:
                raise entry.refuse("services", repr(service), "a service that no other threshold names")
            found[service] = least
    return found
