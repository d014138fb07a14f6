"""The table of readiness: items of an assessment, there and functioning or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, SOURCE, code, day, listed, text, yes_no
from lianyi.registry.imports.institution_parts import InstitutionParts, institutions_of
from lianyi.registry.imports.kinds import RowPlan, TableKind
from lianyi.registry.imports.planning import FieldReader, Problems, RowStore, Values, apply_rows, plan_rows
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.specialties import SPECIALTY, read_specialty
from lianyi.survey.models import ReadinessItem
from lianyi.tabular.rows import ParsedRow

REFUSALS: dict[str, tuple[str, str]] = {
    "readiness-of-something": (
        "give the domain of general readiness, or the service that the item belongs to.",
        "请填写该项目所属的评估内容（总体准备度），或所属的服务能力。",
    ),
}
# The command for plain files calls the institution a facility, so that one table serves both.
FACILITY = code(
    "institution_code",
    "Institution code",
    "机构代码",
    32,
    required=True,
    aliases=(*INSTITUTION_CODE.aliases, "facility"),
)
COLUMNS = (
    FACILITY,
    listed("service", "Service", "服务能力", "services"),
    listed("domain", "Domain", "评估内容", "readiness_domains"),
    text("item", "Item", "项目", 120, required=True),
    yes_no("available", "There and functioning", "具备且可用"),
    listed("profession", "Profession", "专业类别", "professions"),
    SPECIALTY,
    day("assessed_on", "Assessed on", "评估日期", required=True),
    SOURCE,
    PROVENANCE,
)
_FIELDS = tuple(column.name for column in COLUMNS if column is not FACILITY)


def _among(wanted: Sequence[Values]) -> QuerySet[ReadinessItem, Any]:
    days = {values["assessed_on"] for values in wanted}
    return ReadinessItem.objects.filter(institutions_of(wanted), assessed_on__in=days)


_STORE = RowStore(
    ReadinessItem,
    ("institution_id", "service", "domain", "item", "assessed_on"),
    ("institution_code", "service", "domain", "item", "assessed_on"),
    COLUMNS,
    _among,
    "survey.readiness_item.import",
)


def plan_items(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    parts = InstitutionParts(actor, rows)
    reader = FieldReader(ReadinessItem, {name: name for name in _FIELDS})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = {"service": "", "domain": "", **reader.read(row)}
        problems = (*parts.institution(row, values), *read_specialty(row, values), *_own_problems(row, values))
        return values, problems

    return plan_rows(_STORE, rows, resolve)


def _own_problems(row: ParsedRow, values: Values) -> Problems:
    problems = []
    if not values["service"] and not values["domain"]:
        problems.append(refusal("readiness-of-something", column_named(COLUMNS, "domain")))
    if values["assessed_on"] > timezone.localdate():
        given = row.values["assessed_on"]
        problems.append(refusal("not-on-record-yet", column_named(COLUMNS, "assessed_on"), given=given))
    return tuple(problems)


def export_items(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, ReadinessItem.objects.select_related("institution"))
    for row in rows.order_by("institution__code", "service", "assessed_on", "pk").iterator():
        yield {"institution_code": row.institution.code, **{name: _written(getattr(row, name)) for name in _FIELDS}}


def _written(value: Any) -> Any:  # noqa: ANN401 - a field of any kind
    return None if value == "" else value


KIND = TableKind(
    "readiness_items",
    "Items of readiness",
    "服务准备度评估项目",
    COLUMNS,
    _STORE.key_columns,
    "registry.write",
    plan_items,
    partial(apply_rows, _STORE),
    export_items,
)
