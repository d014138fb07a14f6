"""What the checks of data quality go by: dated limits in TOML, those of the package and those that a bureau adds."""

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

FOLDER = "quality_limits"
"""The folder of limits in the package, and in each directory that a bureau names."""

PLACE_LEVELS = ("country", "province", "prefecture", "county", "township", "village")
_KEYS = (*HEAD_KEYS, "ages", "doubles", "totals", "place_radius_km")
_AGES = ("beds_days", "services_days", "equipment_days", "population_years")


@dataclass(frozen=True, slots=True)
class QualityLimits(Headed):
    """One set of limits.

    ``*_days`` and ``*_years`` are ages beyond which a figure is old; ``double_similarity`` is a share of letter pairs
    (0 to 1); ``parts_above_whole_share`` is how much more the parts may have than the whole; ``place_radius_km`` is
    how far from the centre of a place of each level an institution may stand.
    """

    beds_days: int
    services_days: int
    equipment_days: int
    population_years: int
    double_similarity: float
    double_distance_km: float
    parts_above_whole_share: float
    place_radius_km: Mapping[str, float]


class QualityLimitsBook(SuccessionBook[QualityLimits]):
    """All sets of limits."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No limits of data quality hold on {day}; the first begin on {self.sets[0].valid_from}.",
            reason="quality-limits",
            on=day,
        )


def load_quality_limits(directories: Sequence[Path] = ()) -> QualityLimitsBook:
    """Read the limits of the package and every ``quality_limits/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return QualityLimitsBook(succession(parse_folder(FOLDER, directories, parse_quality_limits)))


def parse_quality_limits(file: str, content: bytes) -> QualityLimits:
    """Read one set of limits.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    ages = table.table("ages", _AGES)
    doubles = table.table("doubles", ("similarity", "distance_km"))
    radius = table.table("place_radius_km", PLACE_LEVELS)
    return QualityLimits(
        **head_of(table, file),
        beds_days=ages.integer("beds_days"),
        services_days=ages.integer("services_days"),
        equipment_days=ages.integer("equipment_days"),
        population_years=ages.integer("population_years"),
        double_similarity=_share(doubles, "similarity"),
        double_distance_km=doubles.number("distance_km"),
        parts_above_whole_share=_share(table.table("totals", ("parts_above_whole_share",)), "parts_above_whole_share"),
        place_radius_km={level: radius.number(level) for level in PLACE_LEVELS},
    )


def _share(table: Table, key: str) -> float:
    value = table.number(key)
    if value > 1:
        raise table.refuse(key, repr(value), "a share from 0 to 1")
    return value
