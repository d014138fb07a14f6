"""The catalogue of techniques of this installation, and what one technique of a department asks for by it."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings

from lianyi.growth.models import DepartmentTechnique
from lianyi.methods.technique_ladder import LadderNeeds
from lianyi.methods.technique_preconditions import EquipmentNeed, Precondition, ServiceNeed, StaffNeed
from lianyi.rules import TechniqueBook, load_techniques, title_ranks
from lianyi.rules.techniques import EquipmentAsked, LadderNumbers, Listed, StaffAsked

MOST_REMEMBERED = 4096


@functools.cache
def technique_book() -> TechniqueBook:
    """Return every catalogue; files are read once, so a new file needs a restart of the site."""
    return load_techniques(settings.LIANYI_RULES_DIRECTORIES)


def listed_of(row: DepartmentTechnique) -> Listed | None:
    """Return the technique as the catalogue described it when it was chosen; None for one of the department's own."""
    return _listed(row.item, row.chosen_on) if row.item else None


@functools.lru_cache(maxsize=MOST_REMEMBERED)
def _listed(item: str, on: datetime.date) -> Listed | None:
    """Look a technique up once for each day of choice; a long list asks for the same ones again and again."""
    return technique_book().find(item, on)


def needs_of(row: DepartmentTechnique) -> LadderNeeds:
    """Return how many cases the rungs of this technique ask for."""
    listed = listed_of(row)
    return ladder_needs(technique_book().own_on(row.chosen_on) if listed is None else listed.technique.ladder)


def ladder_needs(numbers: LadderNumbers) -> LadderNeeds:
    return LadderNeeds(
        numbers.observed,
        numbers.assisted,
        numbers.supervised,
        numbers.least_in_period,
        numbers.period_months,
        numbers.lapse_months,
    )


def least_lapse_months() -> int:
    """Return the fewest months without a case alone after which any technique of any catalogue has lapsed."""
    catalogues = technique_book().catalogues
    numbers = [each.ladder for catalogue in catalogues for each in catalogue.techniques]
    return min(each.lapse_months for each in (*numbers, *(one.own for one in catalogues if one.own is not None)))


def preconditions_of(row: DepartmentTechnique) -> tuple[Precondition, ...]:
    """Return what the catalogue asks for before the technique is begun."""
    listed = listed_of(row)
    return () if listed is None else preconditions_in(listed)


def preconditions_in(listed: Listed) -> tuple[Precondition, ...]:
    ranks = {item.code: item.rank for item in title_ranks()}
    found: list[Precondition] = []
    for asked in listed.technique.preconditions:
        if isinstance(asked, StaffAsked):
            professions = frozenset(asked.professions)
            rank = ranks[asked.least_title_rank]
            found.append(StaffNeed(asked.key, asked.number, professions, asked.specialties, rank))
        elif isinstance(asked, EquipmentAsked):
            found.append(EquipmentNeed(asked.key, asked.kind, asked.units))
        else:
            found.append(ServiceNeed(asked.key, asked.service))
    return tuple(found)


def specialties_of(row: DepartmentTechnique) -> frozenset[str]:
    """Return the fields in which the technique is at home: those of the catalogue and that of the department."""
    listed = listed_of(row)
    return frozenset({row.department.specialty, *(() if listed is None else listed.technique.specialties)})
