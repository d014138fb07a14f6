"""Who reaches which row of the registry.

An institution's own rows are reached through its affiliations (G1) and, for reading, by the institutions it has an
agreement with (G2 on its node). Places are public codes and names; staff are reached by their own institution only:
partners meet them through postings.
"""

from __future__ import annotations

from lianyi.accounts.access import NODE_TARGET, READING, RelationPath, ScopeRule, register_scope
from lianyi.accounts.roles import Family
from lianyi.registry import models


def _of_institution(lookup: str) -> ScopeRule:
    return ScopeRule(family=Family.REGISTRY, nodes=(lookup,), relations=(RelationPath(NODE_TARGET, lookup, READING),))


def register() -> None:
    public = "Codes, names and population figures of administrative units are published."
    register_scope(models.Place, ScopeRule(family=Family.REGISTRY, nodes=("node_id",), reference=public))
    register_scope(models.PlacePopulation, ScopeRule(family=Family.REGISTRY, nodes=("place_id",), reference=public))
    register_scope(
        models.PlaceSuccession, ScopeRule(family=Family.REGISTRY, nodes=("predecessor_id",), reference=public)
    )
    register_scope(models.Institution, _of_institution("node_id"))
    register_scope(models.RegistryEvent, ScopeRule(family=Family.REGISTRY, nodes=("node_id",)))
    register_scope(models.ChangeRequest, ScopeRule(family=Family.REGISTRY, nodes=("node_id",)))
    register_scope(models.ImportRun, ScopeRule(family=Family.REGISTRY, nodes=("node_id",)))
    for model in (
        models.Department,
        models.BedCount,
        models.ServiceOffered,
        models.Equipment,
        models.YearlyWorkload,
    ):
        register_scope(model, _of_institution("institution_id"))
    register_scope(models.DepartmentStatusChange, _of_institution("department__institution_id"))
    register_scope(models.Staff, ScopeRule(family=Family.STAFF, nodes=("institution_id",), person_level=True))
    register_scope(
        models.StaffUnavailability,
        ScopeRule(family=Family.STAFF, nodes=("staff__institution_id",), person_level=True),
    )
    register_scope(
        models.StaffTransfer,
        ScopeRule(family=Family.STAFF, nodes=("from_institution_id", "to_institution_id"), person_level=True),
    )
