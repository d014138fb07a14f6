"""The tables of WISN: cadres with their working time, and the components of their work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.methods.errors import WorkingTimeError
from lianyi.methods.workload_units import ACTIVITY_UNITS, RECURRING_UNITS, SUPPORT_UNITS
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, SOURCE, choice, code, listed, text, year
from lianyi.registry.imports.institution_parts import DEPARTMENT_CODE, InstitutionParts, institutions_of
from lianyi.registry.imports.kinds import RowPlan, TableKind
from lianyi.registry.imports.planning import FieldReader, Problems, RowStore, Values, apply_rows, plan_rows
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.resources import MEASURE_CHOICES
from lianyi.registry.imports.specialties import SPECIALTY, read_specialty
from lianyi.survey.models import CadreWorkload, WorkloadComponent
from lianyi.survey.staffing import working_time
from lianyi.tabular.columns import Choice, Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

REFUSALS: dict[str, tuple[str, str]] = {
    "no-working-time": (
        "the working time leaves {days} days in the year. Give absences in working days, and leave some for work.",
        "按此计算全年可用工作日为 {days} 天，请以工作日填写各项缺勤天数，并保证有可用工作日。",
    ),
    "volume-of-activity": (
        "an activity gives its volume or the measure of yearly workload that holds it; other work gives neither.",
        "卫生服务活动必须且只能填写“年业务量”或“业务量指标”之一；辅助活动和附加活动两者都不填。",
    ),
    "unit-of-kind": (
        "“{given}” is no unit for this kind of work. Choose one of: {expected}.",
        "“{given}”不是此类工作的时间单位，可用单位：{expected}。",
    ),
    "staff-of-additional": (
        "only an additional activity says how many of the staff do it. Leave it empty.",
        "只有附加活动需要填写承担人数，请留空。",
    ),
}


def _days(name: str, english: str, chinese: str, *, required: bool = True) -> Column:
    return _decimal(name, english, chinese, required=required, most=366)


def _decimal(name: str, english: str, chinese: str, *, required: bool = False, most: int, least: str = "0") -> Column:
    bounds = {"minimum": Decimal(least), "maximum": Decimal(most)}
    return Column(name, english, chinese, ColumnKind.DECIMAL, required, **bounds)  # type: ignore[arg-type]


LONGEST_CADRE = 32
_CADRE = text("cadre", "Cadre", "岗位", LONGEST_CADRE, required=True)
INSTITUTION = code(
    "institution_code",
    "Institution code",
    "机构代码",
    32,
    required=True,
    aliases=(*INSTITUTION_CODE.aliases, "facility"),
)
CADRE_COLUMNS = (
    INSTITUTION,
    DEPARTMENT_CODE,
    _CADRE,
    listed("profession", "Profession", "专业类别", "professions"),
    SPECIALTY,
    year("year", "Year", "年份"),
    _decimal("existing_staff", "Existing staff", "现有人数", required=True, most=100_000),
    _decimal("days_per_week", "Working days per week", "每周工作日", required=True, most=7, least="0.5"),
    _decimal("hours_per_day", "Working hours per day", "每日工作小时", required=True, most=24, least="0.5"),
    _days("public_holidays", "Public holidays (working days)", "法定节假日（工作日）"),
    _days("annual_leave", "Annual leave (working days)", "年休假（工作日）"),
    _days("sick_leave", "Sick leave (working days)", "病假（工作日）"),
    _days("other_absence", "Other absence (working days)", "培训及其他缺勤（工作日）", required=False),
    _decimal("weeks_per_year", "Weeks per year", "全年周数", most=53, least="1"),
    SOURCE,
    PROVENANCE,
)
_UNITS = (
    Choice("minutes", "Minutes for each", "每次分钟", ("minutes each",)),
    Choice("hours", "Hours for each", "每次小时", ("hours each",)),
    Choice("per_hour", "So many in an hour", "每小时次数"),
    Choice("percent", "Percent of working time", "占工作时间百分比", ("%",)),
    *(
        Choice(f"{unit}_per_{per}", f"{english} a {per}", f"{chinese_per}{chinese}")
        for unit, english, chinese in (("minutes", "Minutes", "分钟"), ("hours", "Hours", "小时"))
        for per, chinese_per in (("day", "每日"), ("week", "每周"), ("month", "每月"), ("year", "每年"))
    ),
)
COMPONENT_COLUMNS = (
    INSTITUTION,
    DEPARTMENT_CODE,
    _CADRE,
    year("year", "Year", "年份"),
    choice(
        "kind",
        "Kind of work",
        "工作类别",
        (
            Choice("activity", "Health service activity", "卫生服务活动"),
            Choice("support", "Support activity of all", "全员辅助活动", ("support activity",)),
            Choice("additional", "Additional activity of some", "部分人员附加活动", ("additional activity",)),
        ),
        required=True,
    ),
    text("name", "Name", "名称", 120, required=True),
    _decimal("volume", "Volume of the year", "年业务量", most=1_000_000_000),
    choice("measure", "Measure of yearly workload", "业务量指标", MEASURE_CHOICES),
    _decimal("amount", "Time", "时间", required=True, most=1_000_000, least="0.0001"),
    choice("unit", "Unit of time", "时间单位", _UNITS, required=True),
    _decimal("staff", "Staff who do it", "承担人数", most=100_000),
    SOURCE,
    PROVENANCE,
)
_UNITS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "activity": ACTIVITY_UNITS,
    "support": SUPPORT_UNITS,
    "additional": RECURRING_UNITS,
}


def _among_cadres(wanted: Sequence[Values]) -> QuerySet[CadreWorkload, Any]:
    return CadreWorkload.objects.filter(institutions_of(wanted), year__in={values["year"] for values in wanted})


CADRES = RowStore(
    CadreWorkload,
    ("institution_id", "department_id", "cadre", "year"),
    ("institution_code", "department_code", "cadre", "year"),
    CADRE_COLUMNS,
    _among_cadres,
    "survey.cadre_workload.import",
)
_CADRE_FIELDS = tuple(
    column.name for column in CADRE_COLUMNS if column.name not in ("institution_code", "department_code")
)
_USUAL = {"other_absence": Decimal(0), "weeks_per_year": Decimal(52)}


def plan_cadres(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    reader = FieldReader(CadreWorkload, {name: name for name in _CADRE_FIELDS})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = _rounded(CadreWorkload, reader.read(row))
        problems = [
            *_year_ahead(row),
            *parts.institution_and_department(row, values),
            *read_specialty(row, values),
        ]
        try:
            working_time(CadreWorkload(**{**_USUAL, **values}))
        except WorkingTimeError as error:
            days = error.params.get("days", 0)
            problems.append(refusal("no-working-time", column_named(CADRE_COLUMNS, "annual_leave"), days=f"{days:g}"))
        return values, tuple(problems)

    return plan_rows(CADRES, rows, resolve)


def export_cadres(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, CadreWorkload.objects.select_related("institution", "department"))
    for row in rows.order_by("institution__code", "department__code", "cadre", "year").iterator():
        yield {**_codes(row), **{name: getattr(row, name) for name in _CADRE_FIELDS}}


def _among_components(wanted: Sequence[Values]) -> QuerySet[WorkloadComponent, Any]:
    return WorkloadComponent.objects.filter(workload_id__in={values["workload_id"] for values in wanted})


COMPONENTS = RowStore(
    WorkloadComponent,
    ("workload_id", "kind", "name"),
    ("institution_code", "department_code", "cadre", "year", "kind", "name"),
    COMPONENT_COLUMNS,
    _among_components,
    "survey.workload_component.import",
)
_COMPONENT_FIELDS = ("kind", "name", "volume", "measure", "amount", "unit", "staff", "source", "provenance")


def plan_components(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    reader = FieldReader(WorkloadComponent, {name: name for name in _COMPONENT_FIELDS})
    found = [_part_of(row, parts) for row in rows]
    known = _cadre_ids({values["institution_id"] for values, problems in found if not problems})
    of_row = {row.row_number: each for row, each in zip(rows, found, strict=True)}

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = _rounded(WorkloadComponent, reader.read(row))
        part, problems = of_row[row.row_number]
        if not problems:
            cadre = (part["institution_id"], part["department_id"], row.values["cadre"], row.values["year"])
            values["workload_id"] = known.get(cadre)
            if values["workload_id"] is None:
                given = f"{row.values['cadre']} {row.values['year']}"
                problems = (refusal("not-in-reach", _CADRE, given=given),)
        return values, (*problems, *_component_problems(row))

    return plan_rows(COMPONENTS, rows, resolve)


def _part_of(row: ParsedRow, parts: InstitutionParts) -> tuple[Values, Problems]:
    values: Values = {}
    return (values, row.problems) if row.problems else (values, parts.institution_and_department(row, values))


def _cadre_ids(institutions: set[int]) -> dict[tuple[Any, ...], int]:
    return {
        (row.institution_id, row.department_id, row.cadre, row.year): row.pk
        for chunk in lookups.chunks(institutions)
        for row in CadreWorkload.objects.filter(institution_id__in=chunk).only(
            "institution_id", "department_id", "cadre", "year"
        )
    }


def _component_problems(row: ParsedRow) -> Problems:
    given, problems = row.values, []
    has_volume, has_measure = given.get("volume") is not None, given.get("measure") is not None
    is_activity = given["kind"] == "activity"
    if (has_volume == has_measure) if is_activity else (has_volume or has_measure):
        problems.append(refusal("volume-of-activity", column_named(COMPONENT_COLUMNS, "volume")))
    accepted = _UNITS_OF_KIND[str(given["kind"])]
    if given["unit"] not in accepted:
        column = column_named(COMPONENT_COLUMNS, "unit")
        problems.append(refusal("unit-of-kind", column, given=given["unit"], expected=", ".join(accepted)))
    if given.get("staff") is not None and given["kind"] != "additional":
        problems.append(refusal("staff-of-additional", column_named(COMPONENT_COLUMNS, "staff")))
    return tuple(problems)


def export_components(actor: Actor) -> Iterable[Mapping[str, Any]]:
    named = ("workload__institution", "workload__department")
    rows = scoped(actor, WorkloadComponent.objects.select_related(*named))
    order = ("workload__institution__code", "workload__department__code", "workload__cadre", "workload__year", "pk")
    for row in rows.order_by(*order).iterator():
        yield {
            **_codes(row.workload),
            "cadre": row.workload.cadre,
            "year": row.workload.year,
            **{name: getattr(row, name) or None for name in _COMPONENT_FIELDS},
        }


def _codes(row: CadreWorkload) -> Values:
    return {
        "institution_code": row.institution.code,
        "department_code": None if row.department is None else row.department.code,
    }


def _rounded(model: type[Any], values: Values) -> Values:
    """Keep no more decimals than are kept, so that a file read twice changes nothing."""
    return {
        name: round(value, model._meta.get_field(name).decimal_places) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def _year_ahead(row: ParsedRow) -> Problems:
    given = row.values["year"]
    if not isinstance(given, int) or given <= timezone.localdate().year:
        return ()
    return (refusal("not-on-record-yet", column_named(CADRE_COLUMNS, "year"), given=given),)


KINDS = (
    TableKind(
        "cadre_workloads",
        "Cadres and their working time (WISN)",
        "岗位与工作时间（WISN）",
        CADRE_COLUMNS,
        CADRES.key_columns,
        "registry.write",
        plan_cadres,
        partial(apply_rows, CADRES),
        export_cadres,
    ),
    TableKind(
        "workload_components",
        "Components of workload (WISN)",
        "工作量构成（WISN）",
        COMPONENT_COLUMNS,
        COMPONENTS.key_columns,
        "registry.write",
        plan_components,
        partial(apply_rows, COMPONENTS),
        export_components,
    ),
)
