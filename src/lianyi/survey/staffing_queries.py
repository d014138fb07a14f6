"""Every reading of the work of cadres, within the asker's reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.models import Place, YearlyWorkload
from lianyi.survey.models import CadreWorkload, WorkloadComponent
from lianyi.survey.staffing import Staffing, Volumes, staffing

_NAMED = ("institution__node", "institution__place", "department")


def latest_staffing(actor: Actor, place: Place | None = None) -> list[Staffing]:
    """Apply WISN to the last year on record of each cadre, in a place or wherever the actor reads."""
    later = CadreWorkload.objects.annotate(unit=Coalesce("department_id", 0)).filter(
        institution=OuterRef("institution"), unit=OuterRef("unit"), cadre=OuterRef("cadre"), year__gt=OuterRef("year")
    )
    rows = CadreWorkload.objects.annotate(unit=Coalesce(F("department_id"), 0)).filter(~Exists(later))
    if place is not None:
        rows = rows.filter(institution__node__path__startswith=place.node.path)
    whole_first = F("department__code").asc(nulls_first=True)
    found = scoped(actor, rows.select_related(*_NAMED)).order_by("institution__code", whole_first, "cadre", "pk")
    return _worked_out(actor, list(found))


def staffing_of(actor: Actor, pk: int) -> Staffing:
    """Apply WISN to one record.

    Raises
    ------
    NotFoundInScopeError
    """
    [found] = _worked_out(actor, [get_in_scope(actor, CadreWorkload.objects.select_related(*_NAMED), pk)])
    return found


def years_of(actor: Actor, row: CadreWorkload) -> list[Staffing]:
    """Apply WISN to every year of the same cadre in the same unit, the newest first."""
    same = CadreWorkload.objects.filter(
        institution_id=row.institution_id, department_id=row.department_id, cadre=row.cadre
    )
    return _worked_out(actor, list(scoped(actor, same.select_related(*_NAMED)).order_by("-year")))


def components_of(actor: Actor, rows: Iterable[CadreWorkload]) -> dict[int, list[WorkloadComponent]]:
    """Return the components of each calculation in the order in which they were given."""
    found: defaultdict[int, list[WorkloadComponent]] = defaultdict(list)
    wanted = WorkloadComponent.objects.filter(workload__in=[row.pk for row in rows])
    for each in scoped(actor, wanted).order_by("workload_id", "pk"):
        found[each.workload_id].append(each)
    return found


def volumes_of(actor: Actor, rows: Sequence[CadreWorkload]) -> Volumes:
    """Return the yearly workload of the units and years of calculations.

    Of a whole institution it is the house's own figure, else the sum of its departments.
    """
    wanted = YearlyWorkload.objects.filter(
        institution__in={row.institution_id for row in rows}, year__in={row.year for row in rows}
    )
    stated = _in_scope(actor, wanted)
    volumes: dict[tuple[int, int | None, int, str], int] = {
        (each["institution_id"], each["department_id"], each["year"], each["measure"]): each["quantity"]
        for each in stated.values("institution_id", "department_id", "year", "measure", "quantity")
    }
    houses = stated.values("institution_id", "year", "measure").annotate(
        house=Max("quantity", filter=Q(department__isnull=True)),
        departments=Sum("quantity", filter=Q(department__isnull=False)),
    )
    for each in houses:
        whole = each["departments"] if each["house"] is None else each["house"]
        volumes[each["institution_id"], None, each["year"], each["measure"]] = int(whole)
    return volumes


def _in_scope(actor: Actor, rows: QuerySet[YearlyWorkload, Any]) -> QuerySet[YearlyWorkload, Any]:
    return scoped(actor, rows).order_by()


def _worked_out(actor: Actor, rows: Sequence[CadreWorkload]) -> list[Staffing]:
    if not rows:
        return []
    components, volumes = components_of(actor, rows), volumes_of(actor, rows)
    return [staffing(row, components[row.pk], volumes) for row in rows]
