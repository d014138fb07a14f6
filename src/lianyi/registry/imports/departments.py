"""Tables of departments and of where they stood from which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import OrganisationNode
from lianyi.registry import nodes
from lianyi.registry.checks import LONGEST_DEPARTMENT_CODE
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import (
    INSTITUTION_CODE,
    PROVENANCE,
    SOURCE,
    choice,
    code,
    day,
    text,
    whole,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.planning import (
    UPDATE_BATCH,
    FieldReader,
    Problems,
    RowStore,
    Values,
    apply_rows,
    batches,
    order_problems,
    plan_rows,
    update_batch,
    with_action,
)
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.specialties import specialty_of
from lianyi.registry.imports.tree_rows import create_in_tree, write_change_events
from lianyi.registry.models import Department, DepartmentStatusChange
from lianyi.tabular.columns import Choice, Column
from lianyi.tabular.rows import ParsedRow

_STATUSES = (
    Choice("weak", "Weak", "薄弱", ("薄弱专科",)),
    Choice("developing", "Developing", "建设中", ("在建",)),
    Choice("established", "Established", "已建成"),
    Choice("key", "Key specialty", "重点专科", ("重点",)),
)
_STATUS_HELP_EN = "Where dated statuses are kept (department_status_changes), the latest of them counts, not this one."
_STATUS_HELP_ZH = "已登记科室状态变更的，以其中最近一条为准，不以本列为准。"
COLUMNS = (
    INSTITUTION_CODE,
    code("code", "Department code", "科室代码", LONGEST_DEPARTMENT_CODE, required=True, aliases=("科室编码",)),
    text("name_zh", "Chinese name", "科室名称", 100, required=True, aliases=("名称", "中文名称")),
    text("name_en", "English name", "英文名称", 100),
    code("specialty", "Specialty", "诊疗科目代码", 20, required=True, aliases=("诊疗科目",)),
    Column(
        *("status", "Status", "状态"),
        choice("status", "Status", "状态", _STATUSES).kind,
        choices=_STATUSES,
        help_en=_STATUS_HELP_EN,
        help_zh=_STATUS_HELP_ZH,
    ),
    whole("minimum_staff_on_duty", "Staff who must stay", "最低在岗人数", most=10_000),
    day("opened_on", "Opened on", "开设日期"),
    day("closed_on", "Closed on", "撤销日期"),
    PROVENANCE,
)
STATUS_CHANGE_COLUMNS = (
    INSTITUTION_CODE,
    code("department_code", "Department code", "科室代码", LONGEST_DEPARTMENT_CODE, required=True),
    day("since", "Since", "起始日期", required=True),
    choice("status", "Status", "状态", _STATUSES, required=True),
    text("level_text", "Level", "级别说明", 100),
    SOURCE,
    PROVENANCE,
)
_FIELDS = ("code", "name_zh", "name_en", "status", "minimum_staff_on_duty", "opened_on", "closed_on", "provenance")


def _among(wanted: Sequence[Values]) -> QuerySet[Department, Any]:
    return Department.objects.filter(institution_id__in={values["institution_id"] for values in wanted})


_STORE = RowStore(
    Department,
    ("institution_id", "code"),
    ("institution_code", "code"),
    COLUMNS,
    _among,
    "registry.department.import",
)


def plan_departments(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    institutions = lookups.institutions_in_reach(actor, "registry.write", lookups.given_codes(rows, "institution_code"))
    dated = _with_dated_status(set(institutions.values()))
    reader = FieldReader(Department, {name: name for name in _FIELDS})
    column = column_named(COLUMNS, "specialty")

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        problems = [*order_problems(row, COLUMNS, "opened_on", "closed_on")]
        values["specialty"] = specialty_of(row.values["specialty"])
        if values["specialty"] is None:
            problems.append(refusal("unknown-specialty", column, given=row.values["specialty"]))
        institution = institutions.get(str(row.values["institution_code"]))
        if institution is None:
            problems.append(refusal("not-in-reach", INSTITUTION_CODE, given=row.values["institution_code"]))
        values["institution_id"] = institution
        if (institution, values["code"]) in dated:
            values.pop("status", None)
        return values, tuple(problems)

    return plan_rows(_STORE, rows, resolve)


def _with_dated_status(institutions: set[int]) -> set[tuple[int, str]]:
    rows = DepartmentStatusChange.objects.values_list("department__institution_id", "department__code").distinct()
    return {key for chunk in lookups.chunks(institutions) for key in rows.filter(department__institution_id__in=chunk)}


def apply_departments(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    create_in_tree(_STORE, context, plans, ("institution_id",), _node)
    for batch in batches(with_action(plans, RowAction.UPDATE), UPDATE_BATCH):
        written = update_batch(_STORE, context, batch)
        write_change_events(context, written)
        renamed = [each.row.pk for each in written if {"name_zh", "name_en"} & set(each.after)]
        rows = Department.objects.filter(pk__in=renamed).select_related("institution")
        nodes.rename_nodes(
            {
                row.pk: (nodes.department_node_code(row.institution.code, row.code), row.name_zh, row.name_en)
                for row in rows
            }
        )


def _node(values: Mapping[str, Any], above: Mapping[int, OrganisationNode]) -> OrganisationNode:
    return nodes.new_department_node(
        above[values["institution_id"]], values["code"], values["name_zh"], values.get("name_en", "")
    )


def export_departments(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, Department.objects.select_related("institution"))
    for row in rows.order_by("institution__code", "code").iterator():
        yield {
            "institution_code": row.institution.code,
            "specialty": row.specialty,
            **{name: getattr(row, name) for name in _FIELDS},
        }


def _among_status_changes(wanted: Sequence[Values]) -> QuerySet[DepartmentStatusChange, Any]:
    return DepartmentStatusChange.objects.filter(department_id__in={values["department_id"] for values in wanted})


_STATUS_CHANGES = RowStore(
    DepartmentStatusChange,
    ("department_id", "since"),
    ("institution_code", "department_code", "since"),
    STATUS_CHANGE_COLUMNS,
    _among_status_changes,
    "registry.department_status.import",
)


def plan_status_changes(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    institutions = lookups.institutions_in_reach(actor, "registry.write", lookups.given_codes(rows, "institution_code"))
    departments = lookups.departments_of(institutions.values())
    names = ("since", "status", "level_text", "source", "provenance")
    reader = FieldReader(DepartmentStatusChange, {name: name for name in names})
    column = column_named(STATUS_CHANGE_COLUMNS, "department_code")

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        institution = institutions.get(str(row.values["institution_code"]))
        if institution is None:
            return values, (refusal("not-in-reach", INSTITUTION_CODE, given=row.values["institution_code"]),)
        values["department_id"] = departments.get((institution, str(row.values["department_code"])))
        if values["department_id"] is None:
            return values, (refusal("not-in-reach", column, given=row.values["department_code"]),)
        return values, ()

    return plan_rows(_STATUS_CHANGES, rows, resolve)


def apply_status_changes(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write the dated statuses, then let each department's own status be that of its latest."""
    apply_rows(_STATUS_CHANGES, context, plans)
    touched = {plan.values["department_id"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)}
    latest = DepartmentStatusChange.objects.filter(department_id=OuterRef("pk")).order_by("-since")
    status_of = Subquery(latest.values("status")[:1])
    for chunk in lookups.chunks(touched):
        behind = Department.objects.filter(pk__in=chunk).exclude(status=status_of)
        behind.update(status=status_of, version=F("version") + 1, updated_at=timezone.now())


def export_status_changes(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, DepartmentStatusChange.objects.select_related("department__institution"))
    for row in rows.order_by("department__institution__code", "department__code", "since").iterator():
        yield {
            "institution_code": row.department.institution.code,
            "department_code": row.department.code,
            "since": row.since,
            "status": row.status,
            "level_text": row.level_text,
            "source": row.source,
            "provenance": row.provenance,
        }


KINDS = (
    TableKind(
        "departments",
        "Departments",
        "科室",
        COLUMNS,
        _STORE.key_columns,
        "registry.write",
        plan_departments,
        apply_departments,
        export_departments,
    ),
    TableKind(
        "department_status_changes",
        "Statuses of departments",
        "科室状态变更",
        STATUS_CHANGE_COLUMNS,
        _STATUS_CHANGES.key_columns,
        "registry.write",
        plan_status_changes,
        apply_status_changes,
        export_status_changes,
    ),
)
