"""How high the shares of essential medicines must be at least, by tier of institution: dated thresholds in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.schema import Confidence
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "medicine_shares"
"""The folder of thresholds in the package, and in each directory that a bureau names."""
SHARES = ("variety", "volume", "value", "prescriptions")
TIERS = ("primary", "secondary", "tertiary")

_KEYS = (*HEAD_KEYS, "thresholds")


@dataclass(frozen=True, slots=True)
class ShareThreshold:
    """The least share, 0 to 1, of one kind at institutions of one tier, and how well it is supported."""

    share: str
    tier: str
    least: float
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class MedicineShareRules(Headed):
    """One set of thresholds."""

    thresholds: tuple[ShareThreshold, ...]

    def least(self, tier: str) -> Mapping[str, float]:
        """Return the least of each share that is set for a tier."""
        return {each.share: each.least for each in self.thresholds if each.tier == tier}


class MedicineShareBook(SuccessionBook[MedicineShareRules]):
    """All sets of thresholds."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No shares of essential medicines are set on {day}; the first hold from {self.sets[0].valid_from}.",
            reason="medicine-shares",
            on=day,
        )


def load_medicine_shares(directories: Sequence[Path] = ()) -> MedicineShareBook:
    """Read the thresholds of the package and every ``medicine_shares/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return MedicineShareBook(succession(parse_folder(FOLDER, directories, parse_medicine_shares)))


def parse_medicine_shares(file: str, content: bytes) -> MedicineShareRules:
    """Read one set of thresholds.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    entries = table.optional_tables("thresholds", ("share", "tier", "least", "confidence"))
    found: list[ShareThreshold] = []
    for entry in entries:
        threshold = _threshold(entry)
        if any((each.share, each.tier) == (threshold.share, threshold.tier) for each in found):
            raise entry.refuse("share", f"{threshold.share} of {threshold.tier} again", "each share of a tier once")
        found.append(threshold)
    return MedicineShareRules(**head_of(table, file), thresholds=tuple(found))


def _threshold(entry: Table) -> ShareThreshold:
    least = entry.number("least")
    if not 0.0 < least <= 1.0:
        raise entry.refuse("least", f"{least:g}", "a share above 0 and at most 1")
    return ShareThreshold(
        _one_of(entry, "share", SHARES), _one_of(entry, "tier", TIERS), least, entry.choice("confidence", Confidence)
    )


def _one_of(entry: Table, key: str, accepted: Sequence[str]) -> str:
    value = entry.text(key)
    if value not in accepted:
        raise entry.refuse(key, repr(value), ", ".join(accepted))
    return value
