"""How gaps and specialties are ranked: weights as a dated convention in TOML, and a bureau's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "gap_rankings"
"""The folder of rankings in the package, and in each directory that a bureau names."""
GAP_PARTS = ("priority", "distance", "need")
SUPPORT_PARTS = ("weakness", "workload", "away")
FIGURE_ORIGINS = ("wisn_gap", "readiness_gap", "referred_away", "transfer_back", "survey_gap")

_KEYS = (*HEAD_KEYS, "gap_weights", "support_weights", "figures")


@dataclass(frozen=True, slots=True)
class FigureRule:
    """How a figure from elsewhere becomes a gap: its priority from 1 to 3, and the figure that is a whole distance."""

    priority: int
    whole: float


@dataclass(frozen=True, slots=True)
class GapRanking(Headed):
    """The weights of a ranking of gaps and of one of specialties, and how figures from elsewhere enter it."""

    gap_weights: Mapping[str, float]
    support_weights: Mapping[str, float]
    figures: Mapping[str, FigureRule]


class GapRankingBook(SuccessionBook[GapRanking]):
    """All rankings."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No ranking of gaps holds on {day}; the first begins on {self.sets[0].valid_from}.",
            reason="gap-ranking",
            on=day,
        )


def load_gap_rankings(directories: Sequence[Path] = ()) -> GapRankingBook:
    """Read the ranking of the package and every ``gap_rankings/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return GapRankingBook(succession(parse_folder(FOLDER, directories, parse_gap_ranking)))


def parse_gap_ranking(file: str, content: bytes) -> GapRanking:
    """Read one ranking.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    return GapRanking(
        **head_of(table, file),
        gap_weights=_weights(table, "gap_weights", GAP_PARTS),
        support_weights=_weights(table, "support_weights", SUPPORT_PARTS),
        figures=_figures(table.table("figures", FIGURE_ORIGINS)),
    )


def _weights(table: Table, key: str, names: Sequence[str]) -> dict[str, float]:
    given = table.table(key, names)
    found = {name: given.number(name) for name in names}
    if not sum(found.values()):
        raise table.refuse(key, "only zeros", "at least one weight above 0")
    return found


def _figures(table: Table) -> dict[str, FigureRule]:
    found = {}
    for origin in FIGURE_ORIGINS:
        entry = table.table(origin, ("priority", "whole"))
        rule = FigureRule(entry.integer("priority"), entry.number("whole"))
        if not 1 <= rule.priority <= 3 or rule.whole <= 0:  # noqa: PLR2004 - as of checklists
            raise table.refuse(origin, f"{rule}", "a priority from 1 to 3 and a whole above 0")
        found[origin] = rule
    return found
