"""The tables by which exports of DHIS2 are understood: data elements, and organisation units."""

from __future__ import annotations

from lianyi.accounts.actors import Actor
from lianyi.indicators.imports.values_reading import nodes_within
from lianyi.indicators.models import ExportElement, ExportUnit
from lianyi.indicators.models.exports import IndicatorPart
from lianyi.indicators.values_definitions import versions_of
from lianyi.indicators.values_machine import WRITE
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, text, yes_no
from lianyi.registry.imports.kinds import RowAction, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.columns import Column

REFUSALS = {
    "export-indicator": (
        "“{given}” is no indicator. The list of indicators names all codes.",
        "“{given}”不是指标代码，请查看指标目录。",
    ),
    "export-no-denominator": (
        "“{given}” has no denominator; map its data element to the numerator.",
        "“{given}”没有分母，请将数据元素对应到分子。",
    ),
}
_KEEPER = code("keeper_code", "Kept by (unit code)", "维护单位代码", 64, required=True)
_USED = yes_no("is_used", "In use", "是否使用")
ELEMENT_COLUMNS: tuple[Column, ...] = (
    _KEEPER,
    text("data_element", "Data element", "数据元素", 200, required=True),
    code("indicator_code", "Indicator code", "指标代码", 64, required=True),
    choice("part", "Part of the indicator", "对应部分", choices_of(IndicatorPart.choices), required=True),
    _USED,
    PROVENANCE,
)
UNIT_COLUMNS: tuple[Column, ...] = (
    _KEEPER,
    text("org_unit", "Organisation unit of the export", "导出文件中的单位", 200, required=True),
    code("unit_code", "Unit code", "单位代码", 64, required=True),
    _USED,
    PROVENANCE,
)


def _check_element(_actor: Actor, decided: Decided) -> Problems:
    values = decided.plan.values
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    versions = versions_of(str(values["code"]))
    if not versions:
        return (refusal("export-indicator", column_named(ELEMENT_COLUMNS, "indicator_code"), given=values["code"]),)
    if values["part"] == IndicatorPart.DENOMINATOR and not any(each.needs_denominator for each in versions):
        return (refusal("export-no-denominator", column_named(ELEMENT_COLUMNS, "part"), given=values["code"]),)
    return ()


def register() -> None:
    """Register both tables; an import of exports needs them."""
    register_refusals(REFUSALS)
    keeper = Reference("keeper_code", "keeper_id", nodes_within)
    elements = Shape(
        "export_elements",
        ELEMENT_COLUMNS,
        ExportElement,
        ("keeper_id", "element", "code", "part"),
        ("keeper_code", "data_element", "indicator_code", "part"),
        {"data_element": "element", "indicator_code": "code", **plain("part", "is_used", "provenance")},
        (keeper,),
        rows_by("keeper_id", ExportElement),
        exporter(
            lambda: ExportElement.objects.order_by("keeper__code", "code", "part", "element"),
            {
                "keeper_code": "keeper__code",
                "data_element": "element",
                "indicator_code": "code",
                **plain("part", "is_used", "provenance"),
            },
        ),
        check=_check_element,
    )
    register_table_kind(kind_of(elements, WRITE, ("Data elements of exports", "导出数据元素对应表")))
    units = Shape(
        "export_units",
        UNIT_COLUMNS,
        ExportUnit,
        ("keeper_id", "org_unit"),
        ("keeper_code", "org_unit"),
        plain("org_unit", "is_used", "provenance"),
        (keeper, Reference("unit_code", "node_id", nodes_within)),
        rows_by("keeper_id", ExportUnit),
        exporter(
            lambda: ExportUnit.objects.order_by("keeper__code", "org_unit"),
            {
                "keeper_code": "keeper__code",
                "unit_code": "node__code",
                **plain("org_unit", "is_used", "provenance"),
            },
        ),
    )
    register_table_kind(kind_of(units, WRITE, ("Organisation units of exports", "导出单位对应表")))
