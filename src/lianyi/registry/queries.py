"""Every reading of the registry, within the asker's reach."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import CommandReceipt, OrganisationNode
from lianyi.accounts.roles import Act
from lianyi.registry.authority import holds_second_level
from lianyi.registry.models import (
    BedCount,
    ChangeRequest,
    Department,
    DepartmentStatusChange,
    Equipment,
    ImportRun,
    Institution,
    Place,
    PlacePopulation,
    PlaceSuccession,
    RegistryEvent,
    ServiceOffered,
    Staff,
    StaffTransfer,
    StaffUnavailability,
    YearlyWorkload,
)
from lianyi.registry.models.institutions import open_on

NO_DEPARTMENT = 0
MOST_SUGGESTIONS = 20


def named(text: str, *fields: str) -> Q:
    """Return the condition that one of the fields holds the text."""
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": text})
    return condition


def institutions(actor: Actor) -> QuerySet[Institution, Any]:
    return scoped(actor, Institution.objects.select_related("node", "place", "parent")).order_by("code")


def institution(actor: Actor, pk: int) -> Institution:
    """Return one institution.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Institution.objects.select_related("node", "place__node", "parent__node"), pk)


def institution_with_code(actor: Actor, code: str) -> Institution | None:
    return institutions(actor).filter(code=code).first()


def institutions_named(actor: Actor, text: str) -> QuerySet[Institution, Any]:
    """Return the first open institutions whose code begins so, or whose name holds the text."""
    found = institutions(actor).filter(Q(code__istartswith=text) | named(text, "name_zh", "name_en", "alias"))
    return found.filter(open_on(timezone.localdate()))[:MOST_SUGGESTIONS]


def branches(actor: Actor, row: Institution) -> QuerySet[Institution, Any]:
    return institutions(actor).filter(parent=row)


def departments(actor: Actor, row: Institution) -> QuerySet[Department, Any]:
    """Return an institution's departments with where each stood since when, newest first."""
    since = Prefetch("status_changes", queryset=DepartmentStatusChange.objects.order_by("-since"))
    return scoped(actor, Department.objects.filter(institution=row)).prefetch_related(since).order_by("code")


def department(actor: Actor, pk: int) -> Department:
    return get_in_scope(actor, Department.objects.select_related("node", "institution__node"), pk)


def latest_bed_counts(actor: Actor, row: Institution) -> QuerySet[BedCount, Any]:
    """Return the last count of each type of bed in each department, and in the house as a whole."""
    keyed = BedCount.objects.annotate(department_key=Coalesce("department_id", NO_DEPARTMENT))
    same = keyed.filter(
        institution_id=OuterRef("institution_id"),
        bed_type=OuterRef("bed_type"),
        department_key=OuterRef("department_key"),
    )
    last = same.order_by("-counted_at", "-pk").values("pk")[:1]
    counts = keyed.filter(institution=row).annotate(last=Subquery(last)).filter(pk=F("last"))
    return scoped(actor, counts.select_related("department")).order_by("bed_type", "department_key")


def stale_bed_institutions(actor: Actor, oldest: datetime.datetime) -> QuerySet[Institution, Any]:
    """Return the open institutions on which the actor may write and whose last count of some bed type is older."""
    newest = (
        BedCount.objects.order_by()
        .values("institution_id", "department_id", "bed_type")
        .annotate(newest=Max("counted_at"))
        .filter(newest__lt=oldest)
        .values("institution_id")
    )
    return scoped(actor, Institution.objects.filter(open_on(timezone.localdate()), pk__in=newest), Act.WRITE)


def bed_count(actor: Actor, pk: int) -> BedCount:
    return get_in_scope(actor, BedCount.objects.select_related("institution__node", "department"), pk)


def services(actor: Actor, row: Institution) -> QuerySet[ServiceOffered, Any]:
    return scoped(actor, ServiceOffered.objects.filter(institution=row)).order_by("service")


def service(actor: Actor, pk: int) -> ServiceOffered:
    return get_in_scope(actor, ServiceOffered.objects.select_related("institution__node"), pk)


def equipment_of(actor: Actor, row: Institution) -> QuerySet[Equipment, Any]:
    return scoped(actor, Equipment.objects.filter(institution=row)).order_by("equipment_kind")


def equipment(actor: Actor, pk: int) -> Equipment:
    return get_in_scope(actor, Equipment.objects.select_related("institution__node"), pk)


def workloads(actor: Actor, row: Institution) -> QuerySet[YearlyWorkload, Any]:
    found = scoped(actor, YearlyWorkload.objects.filter(institution=row).select_related("department"))
    return found.order_by("measure", "department__code", "year")


def workload(actor: Actor, pk: int) -> YearlyWorkload:
    return get_in_scope(actor, YearlyWorkload.objects.select_related("institution__node", "department"), pk)


def events(actor: Actor, node_id: int) -> list[RegistryEvent]:
    """Return the dated changes of a record, oldest first."""
    found = scoped(actor, RegistryEvent.objects.filter(node_id=node_id).select_related("other_node"))
    return list(found.order_by("effective_on", "pk"))


def names_of_nodes(pks: Iterable[int]) -> dict[int, OrganisationNode]:
    """Return the nodes of records that facts within reach name; what a fact names may be read with the fact."""
    return {node.pk: node for node in OrganisationNode.objects.filter(pk__in=set(pks))}


def pending_change(actor: Actor, node_id: int) -> ChangeRequest | None:
    pending = (ChangeRequest.State.PROPOSED, ChangeRequest.State.COUNTY_APPROVED)
    return scoped(actor, ChangeRequest.objects.filter(node_id=node_id, state__in=pending)).first()


def places(actor: Actor) -> QuerySet[Place, Any]:
    return scoped(actor, Place.objects.select_related("parent")).order_by("code")


def place(actor: Actor, pk: int) -> Place:
    return get_in_scope(actor, Place.objects.select_related("node", "parent__node"), pk)


def place_with_code(actor: Actor, code: str) -> Place | None:
    return scoped(actor, Place.objects.select_related("node")).filter(code=code).first()


def places_named(actor: Actor, text: str) -> QuerySet[Place, Any]:
    return places(actor).filter(Q(code__startswith=text) | named(text, "name_zh", "name_en"))[:MOST_SUGGESTIONS]


def parts_of(actor: Actor, row: Place | None) -> QuerySet[Place, Any]:
    """Return the places directly below one, or the highest of all, with how many parts each has itself."""
    below = scoped(actor, Place.objects.filter(parent=row))
    return below.annotate(part_count=Count("children")).order_by("code")


def line_above(actor: Actor, row: Place) -> list[Place]:
    """Return the places that a place is part of, the highest first."""
    keys = row.node.path.strip("/").split("/")[:-1]
    found = scoped(actor, Place.objects.filter(node__key__in=keys).select_related("node"))
    return sorted(found, key=lambda each: len(each.node.path))


def populations(actor: Actor, row: Place) -> list[PlacePopulation]:
    return list(scoped(actor, PlacePopulation.objects.filter(place=row)).order_by("year", "group"))


def successions(actor: Actor, row: Place) -> list[PlaceSuccession]:
    """Return what a place came from and what it gave way to, oldest first."""
    either = Q(predecessor=row) | Q(successor=row)
    found = PlaceSuccession.objects.filter(either).select_related("predecessor", "successor")
    return list(scoped(actor, found).order_by("effective_on", "pk"))


def institutions_within(actor: Actor, row: Place) -> QuerySet[Institution, Any]:
    return institutions(actor).filter(node__path__startswith=row.node.path)


def staff(actor: Actor) -> QuerySet[Staff, Any]:
    return scoped(actor, Staff.objects.select_related("institution", "department")).order_by(
        "institution__code", "code"
    )


def staff_member(actor: Actor, pk: int) -> Staff:
    return get_in_scope(actor, Staff.objects.select_related("institution__node", "department"), pk)


def transfers(actor: Actor, member: Staff) -> list[StaffTransfer]:
    """Return the moves of a person between institutions, as far as the actor covers one side of each."""
    found = StaffTransfer.objects.filter(staff=member).select_related("from_institution", "to_institution")
    return list(scoped(actor, found).order_by("-moved_on", "-pk"))


def unavailabilities(actor: Actor, member: Staff) -> list[StaffUnavailability]:
    return list(scoped(actor, StaffUnavailability.objects.filter(staff=member)).order_by("-starts_on"))


def unavailability(actor: Actor, pk: int) -> StaffUnavailability:
    return get_in_scope(actor, StaffUnavailability.objects.select_related("staff__institution"), pk)


def change_requests(actor: Actor) -> QuerySet[ChangeRequest, Any]:
    people = ("proposed_by", "decided_by", "first_level_by")
    return scoped(actor, ChangeRequest.objects.select_related("node", *people)).order_by("-created_at", "-pk")


def change_request(actor: Actor, pk: int) -> ChangeRequest:
    return get_in_scope(actor, ChangeRequest.objects.select_related("node", "proposed_by", "decided_by"), pk)


def to_decide(actor: Actor, rows: QuerySet[ChangeRequest, Any]) -> QuerySet[ChangeRequest, Any]:
    """Return those of the proposals about which the actor may decide next."""
    within = scoped(actor, ChangeRequest.objects.all(), Act.DECIDE).values("pk")
    waiting = Q(state=ChangeRequest.State.PROPOSED)
    if holds_second_level(actor):
        waiting |= Q(state=ChangeRequest.State.COUNTY_APPROVED)
    own = Q(proposed_by_id=actor.user_id) | Q(first_level_by_id=actor.user_id)
    return rows.filter(waiting, pk__in=within).exclude(pk__in=ChangeRequest.objects.filter(own).values("pk"))


def import_runs(actor: Actor) -> QuerySet[ImportRun, Any]:
    return scoped(actor, ImportRun.objects.select_related("user")).order_by("-created_at", "-pk")


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many institutions of one kind a place holds."""

    kind: str
    number: int


def institution_counts(actor: Actor, row: Place) -> list[PlaceCount]:
    """Return how many institutions of each kind within reach are open in a place, the most frequent first."""
    found = institutions_within(actor, row).filter(open_on(timezone.localdate())).order_by()
    counted = found.values("kind").annotate(number=Count("pk")).order_by("-number", "kind")
    return [PlaceCount(each["kind"], each["number"]) for each in counted]


def import_of_command(actor: Actor, key: str) -> ImportRun | None:
    """Return the import that the actor's command with this key made, if it was done already."""
    receipt = CommandReceipt.objects.filter(key=key, user_id=actor.user_id, command="registry.table.import").first()
    if receipt is None or receipt.object_id is None:
        return None
    return ImportRun.objects.filter(pk=receipt.object_id).first()
