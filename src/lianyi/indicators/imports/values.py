"""The tables of indicators: who reports, sheets, and values; a value's sheet is begun with it where there is none."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.indicators.commands.values import check_assignment, check_sheet, note_sheet_event
from lianyi.indicators.imports.values_figures import value_kind
from lianyi.indicators.imports.values_reading import NODE, PERIOD, nodes_within, refine_period
from lianyi.indicators.models import IndicatorSheet, PeriodKind, ReportingAssignment, SheetState
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_machine import DECIDE, RECEIVED, WRITE
from lianyi.indicators.values_periods import period_code
from lianyi.partnerships.import_columns import choices_of
from lianyi.partnerships.table_shapes import Reference, Shape, exporter, kind_of, plain, rows_by
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, whole
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.imports.refused_checks import said
from lianyi.tabular.columns import Column

MOST_DUE_DAYS = 366
REFUSALS = {
    "sheet-not-drafted": (
        "the sheet of this unit and period is no draft any more. Have it sent back or opened again on its page.",
        "该单位该时期的报表已不是草稿，请先在页面上退回或重新打开。",
    ),
    "sheet-state-by-steps": (
        "a table brings drafts only; submit, check, accept and lock on the pages.",
        "表格只能导入草稿，提交、审核、认定和锁定请在页面上进行。",
    ),
    "indicator-unknown": (
        "“{given}” is no indicator that is reported for {period}. The list of indicators names all.",
        "“{given}”不是{period}填报的指标，请查看指标目录。",
    ),
    "value-says-nothing": (
        "neither a figure nor a reason is given. Give the figures, or why there are none; or leave the row out.",
        "既没有数值也没有原因，请填写数值，或说明无法提供的原因，或删除该行。",
    ),
    "value-not-recorded": (
        "a table brings reported figures; only what the program counts itself is recorded. Write reported.",
        "表格导入的是报送数值，只有系统自行统计的才是“登记”，请填写“报道”。",
    ),
    "value-needs-correction": (
        "this figure was read by somebody before. Change it on the page of its sheet, with the reason.",
        "该数值已有人审核过，请在报表页面修改并说明原因。",
    ),
}
_FAMILY = code("family", "Family of indicators", "指标类别", 48, required=True)
ASSIGNMENT_COLUMNS: tuple[Column, ...] = (
    NODE,
    _FAMILY,
    choice("period", "Period", "填报周期", choices_of(PeriodKind.choices), required=True),
    day("starts_on", "From", "开始日期", required=True),
    day("ends_on", "To", "结束日期"),
    whole("due_days", "Due after (days)", "期末后多少天内报送", required=True, most=MOST_DUE_DAYS),
    PROVENANCE,
)
SHEET_COLUMNS: tuple[Column, ...] = (
    NODE,
    _FAMILY,
    PERIOD,
    choice("state", "State", "状态", choices_of(SheetState.choices)),
    day("received_on", "Received on", "收到日期"),
    PROVENANCE,
)


def _check_assignment(_actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    kept = None if decided.kept is None else ReportingAssignment.objects.get(pk=decided.kept["pk"])
    row = kept or ReportingAssignment()
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    return said(lambda: check_assignment(row))


def _check_sheet(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    values = decided.plan.values
    state = values.get("state", SheetState.DRAFT)
    kept_state = SheetState.DRAFT if decided.kept is None else decided.kept.get("state", SheetState.DRAFT)
    if not actor.is_service and (state != SheetState.DRAFT or kept_state != SheetState.DRAFT):
        return (refusal("sheet-state-by-steps", column_named(SHEET_COLUMNS, "state")),)
    if not actor.is_service and decided.plan.row.values.get("received_on") is not None:
        return (refusal("sheet-state-by-steps", column_named(SHEET_COLUMNS, "received_on")),)
    return said(lambda: check_sheet(IndicatorSheet(**values)))


def _after_sheets(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write a line of history for each sheet that a table wrote, with the day on which it was received."""
    for plan in plans:
        if plan.action not in (RowAction.CREATE, RowAction.UPDATE):
            continue
        names = ("node_id", "family", "period", "period_start")
        row = IndicatorSheet.objects.get(**{name: plan.values[name] for name in names})
        event = note_sheet_event(context, row, "import", SheetState.DRAFT, {})
        received = plan.row.values.get("received_on")
        if isinstance(received, datetime.date):
            event.effective_on = received
        event.save()


def _exported_sheets(actor: Actor) -> Iterable[Mapping[str, object]]:
    for row in queries.with_events(queries.sheets(actor)).order_by("period_start", "node__code", "family", "pk"):
        received = [each for each in row.events.all() if each.to_state in RECEIVED and each.from_state == "draft"]
        yield {
            "unit_code": row.node.code,
            "family": row.family,
            "period": period_code(row.period, row.period_start),
            "state": row.state,
            "received_on": received[-1].effective_on if received and row.state in RECEIVED else None,
            "provenance": row.provenance,
        }


def register() -> None:
    """Register the tables: who reports, the sheets, then the values on them."""
    register_refusals(REFUSALS)
    nodes = Reference("unit_code", "node_id", nodes_within)
    plain_columns = ("family", "period", "starts_on", "ends_on", "due_days", "provenance")
    assignments = Shape(
        "reporting_assignments",
        ASSIGNMENT_COLUMNS,
        ReportingAssignment,
        ("node_id", "family", "period", "starts_on"),
        ("unit_code", "family", "period", "starts_on"),
        plain(*plain_columns),
        (nodes,),
        rows_by("node_id", ReportingAssignment),
        exporter(
            lambda: ReportingAssignment.objects.order_by("node__code", "family", "starts_on"),
            {**{name: name for name in plain_columns}, "unit_code": "node__code"},
        ),
        check=_check_assignment,
    )
    register_table_kind(kind_of(assignments, DECIDE, ("Who reports indicators", "指标填报单位")))
    sheets = Shape(
        "indicator_sheets",
        SHEET_COLUMNS,
        IndicatorSheet,
        ("node_id", "family", "period", "period_start"),
        ("unit_code", "family", "period"),
        plain("family", "state", "provenance"),
        (nodes,),
        rows_by("node_id", IndicatorSheet),
        _exported_sheets,
        refine=refine_period,
        check=_check_sheet,
        after=_after_sheets,
    )
    register_table_kind(kind_of(sheets, WRITE, ("Sheets of indicators", "指标报表")))
    register_table_kind(value_kind())
