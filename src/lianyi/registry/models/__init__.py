"""Places, institutions, departments, staff, beds, services, equipment and workload: what there is, and since when.

The row of a place, an institution and a department shares its key with its organisation node, so a filter by scope
needs no join. Current facts stand in the row; what they were before stands in ``RegistryEvent`` with the day on which
each change took effect.
"""

from __future__ import annotations

from lianyi.registry.models.changes import ChangeRequest, ImportRun, RegistryEvent
from lianyi.registry.models.departments import Department, DepartmentStatus, DepartmentStatusChange
from lianyi.registry.models.institutions import Institution, InstitutionGrade, InstitutionTier, Ownership
from lianyi.registry.models.people import Staff, StaffTransfer, StaffUnavailability
from lianyi.registry.models.places import Place, PlaceLevel, PlacePopulation, PlaceSuccession
from lianyi.registry.models.positions import CoordinateSystem, Located
from lianyi.registry.models.resources import BedCount, Equipment, ServiceOffered, WorkloadMeasure, YearlyWorkload

__all__ = [
    "BedCount",
    "ChangeRequest",
    "CoordinateSystem",
    "Department",
    "DepartmentStatus",
    "DepartmentStatusChange",
    "Equipment",
    "ImportRun",
    "Institution",
    "InstitutionGrade",
    "InstitutionTier",
    "Located",
    "Ownership",
    "Place",
    "PlaceLevel",
    "PlacePopulation",
    "PlaceSuccession",
    "RegistryEvent",
    "ServiceOffered",
    "Staff",
    "StaffTransfer",
    "StaffUnavailability",
    "WorkloadMeasure",
    "YearlyWorkload",
]
