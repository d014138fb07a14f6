"""Tables of staff and of the days on which they cannot be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.checks import LONGEST_DEPARTMENT_CODE
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import (
    INSTITUTION_CODE,
    PROVENANCE,
    choice,
    code,
    day,
    listed,
    text,
)
from lianyi.registry.imports.kinds import RowPlan, TableKind
from lianyi.registry.imports.planning import (
    FieldReader,
    Problems,
    RowStore,
    Values,
    apply_rows,
    order_problems,
    plan_rows,
)
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.specialties import SPECIALTY, read_specialty
from lianyi.registry.models import Staff, StaffUnavailability
from lianyi.tabular.columns import Choice
from lianyi.tabular.rows import ParsedRow

STAFF_COLUMNS = (
    INSTITUTION_CODE,
    code("code", "Staff number", "工号", 32, required=True, aliases=("员工编号", "人员编号")),
    text("name_zh", "Chinese name", "姓名", 60, required=True, aliases=("中文姓名",)),
    text("name_en", "English name", "英文姓名", 60),
    code("department_code", "Department code", "科室代码", LONGEST_DEPARTMENT_CODE),
    listed("profession", "Profession", "专业类别", "professions", required=True),
    listed("title_rank", "Title rank", "职称等级", "title_ranks"),
    text("title", "Title", "职称", 60),
    SPECIALTY,
    code("licence_number", "Licence number", "执业证书编号", 40),
    day("employed_from", "Employed from", "入职日期"),
    day("employed_to", "Employed to", "离职日期"),
    PROVENANCE,
)
UNAVAILABILITY_COLUMNS = (
    INSTITUTION_CODE,
    code("staff_code", "Staff number", "工号", 32, required=True),
    day("starts_on", "From", "开始日期", required=True),
    day("ends_on", "To", "结束日期", required=True),
    choice(
        "kind",
        "Kind",
        "类型",
        (
            Choice("leave", "Leave", "休假"),
            Choice("training", "Training", "培训"),
            Choice("family", "Family reasons", "家庭原因"),
            Choice("other", "Other", "其他"),
        ),
        required=True,
    ),
    PROVENANCE,
)
_STAFF_FIELDS = (
    *("code", "name_zh", "name_en", "profession", "title_rank", "title", "licence_number"),
    *("employed_from", "employed_to", "provenance"),
)


def _among_staff(wanted: Sequence[Values]) -> QuerySet[Staff, Any]:
    return Staff.objects.filter(
        institution_id__in={values["institution_id"] for values in wanted},
        code__in={values["code"] for values in wanted},
    )


_STAFF = RowStore(
    Staff,
    ("institution_id", "code"),
    ("institution_code", "code"),
    STAFF_COLUMNS,
    _among_staff,
    "registry.staff.import",
)


def plan_staff(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    institutions = lookups.institutions_in_reach(actor, "staff.write", lookups.given_codes(rows, "institution_code"))
    departments = lookups.departments_of(institutions.values())
    reader = FieldReader(Staff, {name: name for name in _STAFF_FIELDS})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        problems = [*order_problems(row, STAFF_COLUMNS, "employed_from", "employed_to"), *read_specialty(row, values)]
        institution = institutions.get(str(row.values["institution_code"]))
        if institution is None:
            problems.append(refusal("not-in-reach", INSTITUTION_CODE, given=row.values["institution_code"]))
            return values, tuple(problems)
        values["institution_id"] = institution
        if "department_code" in row.values:
            given = row.values["department_code"]
            values["department_id"] = None if given is None else departments.get((institution, str(given)))
            if given is not None and values["department_id"] is None:
                column = column_named(STAFF_COLUMNS, "department_code")
                problems.append(refusal("not-in-reach", column, given=given))
        return values, tuple(problems)

    return plan_rows(_STAFF, rows, resolve)


def export_staff(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, Staff.objects.select_related("institution", "department"))
    for row in rows.order_by("institution__code", "code").iterator():
        yield {
            "institution_code": row.institution.code,
            "department_code": None if row.department is None else row.department.code,
            "specialty": row.specialty,
            **{name: getattr(row, name) for name in _STAFF_FIELDS},
        }


def _among_unavailabilities(wanted: Sequence[Values]) -> QuerySet[StaffUnavailability, Any]:
    return StaffUnavailability.objects.filter(staff_id__in={values["staff_id"] for values in wanted})


_UNAVAILABILITIES = RowStore(
    StaffUnavailability,
    ("staff_id", "starts_on"),
    ("institution_code", "staff_code", "starts_on"),
    UNAVAILABILITY_COLUMNS,
    _among_unavailabilities,
    "registry.staff_unavailability.import",
)


def plan_unavailabilities(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    institutions = lookups.institutions_in_reach(actor, "staff.write", lookups.given_codes(rows, "institution_code"))
    staff = lookups.staff_of(institutions.values())
    names = ("starts_on", "ends_on", "kind", "provenance")
    reader = FieldReader(StaffUnavailability, {name: name for name in names})
    column = column_named(UNAVAILABILITY_COLUMNS, "staff_code")

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        problems = order_problems(row, UNAVAILABILITY_COLUMNS, "starts_on", "ends_on")
        institution = institutions.get(str(row.values["institution_code"]))
        if institution is None:
            given = row.values["institution_code"]
            return values, (*problems, refusal("not-in-reach", INSTITUTION_CODE, given=given))
        values["staff_id"] = staff.get((institution, str(row.values["staff_code"])))
        if values["staff_id"] is None:
            return values, (*problems, refusal("not-in-reach", column, given=row.values["staff_code"]))
        return values, problems

    return plan_rows(_UNAVAILABILITIES, rows, resolve)


def export_unavailabilities(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, StaffUnavailability.objects.select_related("staff__institution"))
    for row in rows.order_by("staff__institution__code", "staff__code", "starts_on").iterator():
        yield {
            "institution_code": row.staff.institution.code,
            "staff_code": row.staff.code,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "kind": row.kind,
            "provenance": row.provenance,
        }


KINDS = (
    TableKind(
        "staff",
        "Staff",
        "人员",
        STAFF_COLUMNS,
        _STAFF.key_columns,
        "staff.write",
        plan_staff,
        partial(apply_rows, _STAFF),
        export_staff,
    ),
    TableKind(
        "staff_unavailabilities",
        "Days on which staff cannot be sent",
        "人员不可派日期",
        UNAVAILABILITY_COLUMNS,
        _UNAVAILABILITIES.key_columns,
        "staff.write",
        plan_unavailabilities,
        partial(apply_rows, _UNAVAILABILITIES),
        export_unavailabilities,
    ),
)
