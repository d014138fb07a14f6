"""The table of published yearly figures of places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import QuerySet

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import PROVENANCE, SOURCE, choice, code, year
from lianyi.registry.imports.kinds import RowPlan, TableKind, register_table_kind
from lianyi.registry.imports.planning import FieldReader, Problems, RowStore, Values, apply_rows, plan_rows
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.survey import readiness_imports, workload_imports
from lianyi.survey.models import PlaceFigure
from lianyi.tabular.columns import Choice, Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

COLUMNS = (
    code("place_code", "Place code", "区划代码", 12, required=True, aliases=("行政区划代码",)),
    year("year", "Year", "年份"),
    choice(
        "measure",
        "Measure",
        "指标",
        (
            Choice("area_km2", "Area (km²)", "面积(平方公里)", ("面积", "土地面积")),
            Choice("income_per_head", "Disposable income per head (yuan)", "人均可支配收入(元)", ("人均可支配收入",)),
            Choice("institutions", "Health institutions", "医疗卫生机构数"),
            Choice("beds", "Beds", "床位数"),
            Choice("doctors", "Doctors", "执业(助理)医师数", ("医师数",)),
            Choice("nurses", "Nurses", "注册护士数"),
            Choice("staff", "Health staff", "卫生技术人员数"),
        ),
        required=True,
    ),
    Column(
        "quantity",
        "Quantity",
        "数值",
        ColumnKind.DECIMAL,
        required=True,
        minimum=Decimal(0),
        maximum=Decimal(10_000_000_000),
    ),
    SOURCE,
    PROVENANCE,
)


def _among(wanted: Sequence[Values]) -> QuerySet[PlaceFigure, Any]:
    return PlaceFigure.objects.filter(
        place_id__in={values["place_id"] for values in wanted}, year__in={values["year"] for values in wanted}
    )


_STORE = RowStore(
    PlaceFigure,
    ("place_id", "year", "measure"),
    ("place_code", "year", "measure"),
    COLUMNS,
    _among,
    "survey.place_figure.import",
)


def plan_figures(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    known = lookups.places_by_code(lookups.given_codes(rows, "place_code"))
    reach = lookups.in_reach(actor, "registry.write", {pk for pk, _level in known.values()})
    names = ("year", "measure", "quantity", "source", "provenance")
    reader = FieldReader(PlaceFigure, {name: name for name in names})

    def resolve(row: ParsedRow) -> tuple[Values, Problems]:
        values = reader.read(row)
        place = known.get(str(row.values["place_code"]))
        if place is None or place[0] not in reach:
            column = column_named(COLUMNS, "place_code")
            return values, (refusal("not-in-reach", column, given=row.values["place_code"]),)
        values["place_id"] = place[0]
        return values, ()

    return plan_rows(_STORE, rows, resolve)


def export_figures(actor: Actor) -> Iterable[Mapping[str, Any]]:
    rows = scoped(actor, PlaceFigure.objects.select_related("place"))
    for row in rows.order_by("place__code", "measure", "year").iterator():
        yield {
            "place_code": row.place.code,
            "year": row.year,
            "measure": row.measure,
            "quantity": row.quantity,
            "source": row.source,
            "provenance": row.provenance,
        }


KIND = TableKind(
    "place_figures",
    "Published figures of places",
    "区划年度数据",
    COLUMNS,
    _STORE.key_columns,
    "registry.write",
    plan_figures,
    partial(apply_rows, _STORE),
    export_figures,
)


def register() -> None:
    """Register the tables of the survey and the sentences of their refusals; once, when the application starts."""
    register_refusals({**workload_imports.REFUSALS, **readiness_imports.REFUSALS})
    for kind in (KIND, *workload_imports.KINDS, readiness_imports.KIND):
        register_table_kind(kind)
