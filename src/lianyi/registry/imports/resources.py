"""Tables of beds, services, equipment and yearly workload."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import (
    INSTITUTION_CODE,
    PROVENANCE,
    SOURCE,
    choice,
    day,
    listed,
    moment,
    whole,
    year,
    yes_no,
)
from lianyi.registry.imports.institution_parts import DEPARTMENT_CODE, InstitutionParts, institutions_of
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.planning import (
    Decided,
    FieldReader,
    Problems,
    RowStore,
    Values,
    apply_rows,
    order_problems,
    plan_rows,
)
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import BedCount, Equipment, ServiceOffered, YearlyWorkload
from lianyi.tabular.columns import Choice
from lianyi.tabular.rows import ParsedRow

_COUNTED_AT = moment("counted_at", "Counted at", "清点时间")
BED_COLUMNS = (
    INSTITUTION_CODE,
    DEPARTMENT_CODE,
    listed("bed_type", "Bed type", "床位类型", "bed_types", required=True),
    _COUNTED_AT,
    whole("beds_open", "Open beds", "开放床位", required=True),
    whole("beds_occupied", "Occupied beds", "占用床位"),
    whole("beds_reserved", "Reserved beds", "预留床位"),
    SOURCE,
    PROVENANCE,
)
SERVICE_COLUMNS = (
    INSTITUTION_CODE,
    listed("service", "Service", "服务能力", "services", required=True),
    yes_no("is_24_hours", "24 hours", "24小时服务"),
    choice(
        "capacity",
        "Capacity",
        "接收状态",
        (
            Choice("open", "Open", "可接收"),
            Choice("assess_first", "Ask first", "需先评估"),
            Choice("waiting_list", "Waiting list", "需排队"),
            Choice("full", "Full", "已满"),
        ),
    ),
    day("since", "Since", "开始日期"),
    day("until", "Until", "结束日期"),
    PROVENANCE,
)
EQUIPMENT_COLUMNS = (
    INSTITUTION_CODE,
    listed("equipment_kind", "Equipment", "设备类别", "equipment_kinds", required=True),
    whole("units", "Units", "台数", required=True),
    whole("units_working", "Units working", "可用台数"),
    _COUNTED_AT,
    PROVENANCE,
)
MEASURE_CHOICES = (
    Choice("outpatient_visits", "Outpatient visits", "门诊人次"),
    Choice("emergency_visits", "Emergency visits", "急诊人次"),
    Choice("admissions", "Admissions", "入院人数"),
    Choice("discharges", "Discharges", "出院人数"),
    Choice("bed_days", "Bed days", "实际占用总床日数"),
    Choice("operations", "Operations", "手术人次"),
    Choice("deliveries", "Deliveries", "分娩人数"),
)
WORKLOAD_COLUMNS = (
    INSTITUTION_CODE,
    DEPARTMENT_CODE,
    year("year", "Year", "年份"),
    choice(
        "measure",
        "Measure",
        "指标",
        MEASURE_CHOICES,
        required=True,
    ),
    whole("quantity", "Quantity", "数量", required=True, most=1_000_000_000_000),
    SOURCE,
    PROVENANCE,
)


def _read_moment(row: ParsedRow, values: Values) -> Problems:
    given = row.values["counted_at"]
    if not isinstance(given, datetime.datetime):
        return ()
    values["counted_at"] = lookups.aware(given)
    if values["counted_at"] > timezone.now() + datetime.timedelta(hours=1):
        return (refusal("not-on-record-yet", _COUNTED_AT, given=given),)
    return ()


def _among_beds(wanted: Sequence[Values]) -> QuerySet[BedCount, Any]:
    moments = {values["counted_at"] for values in wanted}
    return BedCount.objects.filter(institutions_of(wanted), counted_at__in=moments)


_BEDS = RowStore(
    BedCount,
    ("institution_id", "department_id", "bed_type", "counted_at"),
    ("institution_code", "department_code", "bed_type", "counted_at"),
    BED_COLUMNS,
    _among_beds,
    "registry.bed_count.import",
)


def plan_beds(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    names = ("bed_type", "beds_open", "beds_occupied", "beds_reserved", "source", "provenance")
    reader = FieldReader(BedCount, {name: name for name in names})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        problems = [*parts.institution_and_department(row, values), *_read_moment(row, values)]
        taken = (values.get("beds_occupied") or 0) + (values.get("beds_reserved") or 0)
        if taken > values["beds_open"] and not values.get("source"):
            column = column_named(BED_COLUMNS, "beds_open")
            problems.append(refusal("needs-note", column, given=taken, open=values["beds_open"]))
        return values, tuple(problems)

    return plan_rows(_BEDS, rows, resolve)


def export_beds(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, BedCount.objects.select_related("institution", "department"))
    for row in rows.order_by("institution__code", "counted_at", "pk").iterator():
        yield {
            **_part_codes(row),
            "bed_type": row.bed_type,
            "counted_at": lookups.as_written(row.counted_at),
            "beds_open": row.beds_open,
            "beds_occupied": row.beds_occupied,
            "beds_reserved": row.beds_reserved,
            "source": row.source,
            "provenance": row.provenance,
        }


def _part_codes(row: BedCount | YearlyWorkload) -> Values:
    department = row.department
    return {
        "institution_code": row.institution.code,
        "department_code": None if department is None else department.code,
    }


def _among_services(wanted: Sequence[Values]) -> QuerySet[ServiceOffered, Any]:
    return ServiceOffered.objects.filter(institutions_of(wanted))


_SERVICES = RowStore(
    ServiceOffered,
    ("institution_id", "service"),
    ("institution_code", "service"),
    SERVICE_COLUMNS,
    _among_services,
    "registry.service.import",
)


def plan_services(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    names = ("service", "is_24_hours", "capacity", "since", "until", "provenance")
    reader = FieldReader(ServiceOffered, {name: name for name in names})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        problems = (*parts.institution(row, values), *order_problems(row, SERVICE_COLUMNS, "since", "until"))
        return values, problems

    return plan_rows(_SERVICES, rows, resolve)


def apply_services(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write services; what an import changes is stated at the moment of the import."""
    stated_at = context.occurred_at or timezone.now()
    stated = [
        replace(plan, values={**plan.values, "stated_at": stated_at})
        if plan.action in (RowAction.CREATE, RowAction.UPDATE)
        else plan
        for plan in plans
    ]
    apply_rows(_SERVICES, context, stated)


def export_services(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, ServiceOffered.objects.select_related("institution"))
    for row in rows.order_by("institution__code", "service").iterator():
        yield {
            "institution_code": row.institution.code,
            "service": row.service,
            "is_24_hours": row.is_24_hours,
            "capacity": row.capacity,
            "since": row.since,
            "until": row.until,
            "provenance": row.provenance,
        }


def _among_equipment(wanted: Sequence[Values]) -> QuerySet[Equipment, Any]:
    return Equipment.objects.filter(institutions_of(wanted))


_EQUIPMENT = RowStore(
    Equipment,
    ("institution_id", "equipment_kind"),
    ("institution_code", "equipment_kind"),
    EQUIPMENT_COLUMNS,
    _among_equipment,
    "registry.equipment.import",
)


def plan_equipment(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    names = ("equipment_kind", "units", "units_working", "provenance")
    reader = FieldReader(Equipment, {name: name for name in names})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        problems = [*parts.institution(row, values), *_read_moment(row, values)]
        working = values.get("units_working")
        if working is not None and working > values["units"]:
            column = column_named(EQUIPMENT_COLUMNS, "units_working")
            problems.append(refusal("part-above-whole", column, given=working, whole=values["units"]))
        return values, tuple(problems)

    return plan_rows(_EQUIPMENT, rows, resolve, _refuse_older_count)


def _refuse_older_count(decided: Decided) -> Problems:
    kept, values = decided.kept, decided.plan.values
    if kept is None or values["counted_at"] >= kept["counted_at"]:
        return ()
    known = lookups.as_written(kept["counted_at"])
    return (refusal("older-than-record", _COUNTED_AT, given=decided.plan.row.values["counted_at"], known=known),)


def export_equipment(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, Equipment.objects.select_related("institution"))
    for row in rows.order_by("institution__code", "equipment_kind").iterator():
        yield {
            "institution_code": row.institution.code,
            "equipment_kind": row.equipment_kind,
            "units": row.units,
            "units_working": row.units_working,
            "counted_at": lookups.as_written(row.counted_at),
            "provenance": row.provenance,
        }


def _among_workloads(wanted: Sequence[Values]) -> QuerySet[YearlyWorkload, Any]:
    years = {values["year"] for values in wanted}
    return YearlyWorkload.objects.filter(institutions_of(wanted), year__in=years)


_WORKLOADS = RowStore(
    YearlyWorkload,
    ("institution_id", "department_id", "year", "measure"),
    ("institution_code", "department_code", "year", "measure"),
    WORKLOAD_COLUMNS,
    _among_workloads,
    "registry.workload.import",
)


def plan_workloads(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    names = ("year", "measure", "quantity", "source", "provenance")
    reader = FieldReader(YearlyWorkload, {name: name for name in names})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        return values, (*_year_ahead(row), *parts.institution_and_department(row, values))

    return plan_rows(_WORKLOADS, rows, resolve)


def _year_ahead(row: ParsedRow) -> Problems:
    given = row.values["year"]
    if not isinstance(given, int) or given <= timezone.localdate().year:
        return ()
    return (refusal("not-on-record-yet", column_named(WORKLOAD_COLUMNS, "year"), given=given),)


def export_workloads(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, YearlyWorkload.objects.select_related("institution", "department"))
    for row in rows.order_by("institution__code", "year", "measure", "pk").iterator():
        yield {
            **_part_codes(row),
            "year": row.year,
            "measure": row.measure,
            "quantity": row.quantity,
            "source": row.source,
            "provenance": row.provenance,
        }


KINDS = (
    TableKind(
        "bed_counts",
        "Beds",
        "床位",
        BED_COLUMNS,
        _BEDS.key_columns,
        "registry.write",
        plan_beds,
        partial(apply_rows, _BEDS),
        export_beds,
    ),
    TableKind(
        "services",
        "Services",
        "服务能力",
        SERVICE_COLUMNS,
        _SERVICES.key_columns,
        "registry.write",
        plan_services,
        apply_services,
        export_services,
    ),
    TableKind(
        "equipment",
        "Equipment",
        "设备",
        EQUIPMENT_COLUMNS,
        _EQUIPMENT.key_columns,
        "registry.write",
        plan_equipment,
        partial(apply_rows, _EQUIPMENT),
        export_equipment,
    ),
    TableKind(
        "yearly_workloads",
        "Yearly workload",
        "年度业务量",
        WORKLOAD_COLUMNS,
        _WORKLOADS.key_columns,
        "registry.write",
        plan_workloads,
        partial(apply_rows, _WORKLOADS),
        export_workloads,
    ),
)
