"""What quality control asks of the field: kinds of causes, and sourced targets of indicators; dated, in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.parsing import read_words
from lianyi.rules.schema import Words
from lianyi.rules.tables import Table, table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

FOLDER: Final = "quality_control"
"""The folder of these rules in the package, and in each directory that a bureau names."""

LONGEST_CODE: Final = 24
_KEYS = (*HEAD_KEYS, "causes", "targets")


@dataclass(frozen=True, slots=True)
class CauseKind:
    """One kind of cause."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class IndicatorTarget:
    """What an indicator should reach, in its unit; which way is better its definition says."""

    indicator: str
    value: float
    source: Words


@dataclass(frozen=True, slots=True)
class QualityControlRules(Headed):
    """The rules of one time."""

    causes: tuple[CauseKind, ...]
    targets: tuple[IndicatorTarget, ...]

    def target_of(self, indicator: str) -> IndicatorTarget | None:
        """Return the target of an indicator; None where none is known."""
        return next((each for each in self.targets if each.indicator == indicator), None)


class QualityControlBook(SuccessionBook[QualityControlRules]):
    """All rules, each until the next begin."""

    def cause_words(self, code: str) -> Words | None:
        """Return what a kind of cause is called by the latest rules that have it: old cases keep their words."""
        for each in reversed(self.sets):
            for cause in each.causes:
                if cause.code == code:
                    return cause.words
        return None

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No rules of quality control hold on {day}; the first begin on {self.sets[0].valid_from}.",
            reason="quality-control",
            on=day,
        )


def load_quality_control(directories: Sequence[Path] = ()) -> QualityControlBook:
    """Read the rules of the package and every ``quality_control/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return QualityControlBook(succession(parse_folder(FOLDER, directories, parse_quality_control)))


def parse_quality_control(file: str, content: bytes) -> QualityControlRules:
    """Read one file.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    return QualityControlRules(**head_of(table, file), causes=_causes(table), targets=_targets(table))


def _causes(table: Table) -> tuple[CauseKind, ...]:
    found: dict[str, CauseKind] = {}
    for entry in table.tables("causes", ("code", "zh", "en")):
        code = entry.text("code")
        if len(code) > LONGEST_CODE or code in found:
            raise entry.refuse("code", repr(code), f"a code of at most {LONGEST_CODE} letters, given once")
        found[code] = CauseKind(code, Words(entry.text("zh"), entry.text("en")))
    return tuple(found.values())


def _targets(table: Table) -> tuple[IndicatorTarget, ...]:
    found: dict[str, IndicatorTarget] = {}
    for entry in table.optional_tables("targets", ("indicator", "value", "source")):
        code = entry.text("indicator")
        if code in found:
            raise entry.refuse("indicator", repr(code), "each indicator once")
        found[code] = IndicatorTarget(code, entry.number("value"), read_words(entry.table("source", ("zh", "en"))))
    return tuple(found.values())
