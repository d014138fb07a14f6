"""The table of values: numerator and denominator of an indicator, of a unit, in a period.

The sheet that a value stands on is begun with it where there is none yet. A value that somebody has read before is
changed on its page, with the reason, and not by a table.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, plain, record_many
from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import Provenance
from lianyi.indicators.commands.values import check_sheet, note_sheet_event
from lianyi.indicators.counted_veil import count_veil
from lianyi.indicators.imports.values_reading import NODE, PERIOD, nodes_within, refine_period
from lianyi.indicators.models import (
    IndicatorSheet,
    IndicatorSheetEvent,
    IndicatorValue,
    IndicatorValueChange,
    SheetState,
    ValueSource,
)
from lianyi.indicators.queries import values as queries
from lianyi.indicators.values_checks import ValueEntry, problem_of_entry
from lianyi.indicators.values_definitions import indicator_book
from lianyi.indicators.values_machine import WRITE
from lianyi.indicators.values_periods import last_day, period_code
from lianyi.registry.imports import lookups
from lianyi.registry.imports.declaring import PROVENANCE, code, text
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.planning import (
    Decided,
    FieldReader,
    Problems,
    RowStore,
    Values,
    create_batch,
    plan_rows,
    update_batch,
    with_action,
)
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.refused_checks import said
from lianyi.rules.indicators import IndicatorDefinition
from lianyi.tabular.columns import Column, ColumnKind
from lianyi.tabular.rows import ParsedRow

LARGEST: Final = Decimal(10) ** 15
SHEET: Final = "sheet_of"
"""Beside the fields of a value: family and kind of period of the sheet that it stands on."""
VALUE_COLUMNS: tuple[Column, ...] = (
    code("indicator_code", "Indicator code", "指标代码", 64, required=True),
    NODE,
    PERIOD,
    Column("numerator", "Numerator", "分子", ColumnKind.DECIMAL, minimum=0, maximum=LARGEST),
    Column("denominator", "Denominator", "分母", ColumnKind.DECIMAL, minimum=0, maximum=LARGEST),
    text("unavailable_because", "Why not available", "无法提供的原因", 300),
    text("note", "Note", "备注", 400),
    PROVENANCE,
)
_SAID: Final = ("numerator", "denominator", "unavailable_because", "note", "provenance")
SheetKey = tuple[int, str, str, datetime.date]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the codes of a file lead to."""

    nodes: Mapping[str, int]
    reader: FieldReader

    def resolve(self, row: ParsedRow) -> tuple[Values, Problems]:
        values = self.reader.read(row)
        values.setdefault("provenance", Provenance.REPORTED)
        unit = str(row.values["unit_code"])
        if unit not in self.nodes:
            return values, (refusal("not-in-reach", NODE, given=unit),)
        values["node_id"] = self.nodes[unit]
        problems = refine_period(row, values)
        return values, problems or _refine_indicator(row, values)


def _refine_indicator(row: ParsedRow, values: Values) -> Problems:
    """Find the version of the definition that holds in the period, and check the figures against it."""
    given, period = str(row.values["indicator_code"]), values.pop("period")
    definition = _definition(given, period, values["period_start"])
    if definition is None:
        column = column_named(VALUE_COLUMNS, "indicator_code")
        return (refusal("indicator-unknown", column, given=given, period=row.values["period"]),)
    values["code"], values["definition_version"] = definition.code, definition.version
    values[SHEET] = (definition.family.id, period)
    entry = ValueEntry(
        given,
        values.get("numerator"),
        values.get("denominator"),
        values.get("unavailable_because") or "",
        values.get("note") or "",
    )

    def check() -> None:
        problem = problem_of_entry(definition, entry)
        if problem is not None:
            raise problem

    if entry.is_empty:
        return (refusal("value-says-nothing", column_named(VALUE_COLUMNS, "numerator")),)
    return said(check)


def _definition(given: str, period: str, start: datetime.date) -> IndicatorDefinition | None:
    held = indicator_book().in_force(last_day(period, start))
    fitting = (each for each in held if each.code == given and each.period == period)
    return next(fitting, None)


def _among(wanted: Sequence[Values]) -> QuerySet[Any, Any]:
    return IndicatorValue.objects.filter(
        node_id__in={each["node_id"] for each in wanted}, code__in={each["code"] for each in wanted}
    ).order_by("pk")


def _compare(kept: Mapping[str, Any], values: Values) -> tuple[str, ...]:
    return tuple(name for name in _SAID if name in values and kept.get(name) != values[name])


_STORE = RowStore(
    IndicatorValue,
    ("node_id", "code", "definition_version", "period_start"),
    ("indicator_code", "unit_code", "period"),
    VALUE_COLUMNS,
    _among,
    "indicators.value.import",
    beside=frozenset({SHEET}),
    compare=_compare,
)


def _key_of(values: Mapping[str, Any]) -> SheetKey:
    family, period = values[SHEET]
    return values["node_id"], family, period, values["period_start"]


def _sheets_of(plans: Iterable[Mapping[str, Any]]) -> dict[SheetKey, IndicatorSheet]:
    rows = IndicatorSheet.objects.filter(node_id__in={each["node_id"] for each in plans if "node_id" in each})
    return {(row.node_id, row.family, row.period, row.period_start): row for row in rows}


def plan(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
    """Decide what would become of each row; a value of a sheet that is no draft is refused."""
    fields = {name: name for name in _SAID}
    found = _Found(nodes_within(actor, lookups.given_codes(rows, "unit_code")), FieldReader(IndicatorValue, fields))
    sheets = _sheets_of([{"node_id": pk} for pk in found.nodes.values()])
    read = set(
        IndicatorSheetEvent.objects.filter(sheet__in=sheets.values(), step="submit").values_list("sheet_id", flat=True)
    )

    def check(decided: Decided) -> Problems:
        values, column = decided.plan.values, column_named(VALUE_COLUMNS, "numerator")
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        if values["provenance"] == Provenance.RECORDED:
            return (refusal("value-not-recorded", column_named(VALUE_COLUMNS, "provenance")),)
        sheet = sheets.get(_key_of(values))
        if sheet is None:
            return said(lambda: check_sheet(_new_sheet(values)))
        if actor.is_service or (sheet.state == SheetState.DRAFT and (decided.kept is None or sheet.pk not in read)):
            return ()
        name = "sheet-not-drafted" if sheet.state != SheetState.DRAFT else "value-needs-correction"
        return (refusal(name, column),)

    return plan_rows(_STORE, rows, found.resolve, check)


def _new_sheet(values: Mapping[str, Any]) -> IndicatorSheet:
    family, period = values[SHEET]
    return IndicatorSheet(
        node=OrganisationNode.objects.get(pk=values["node_id"]),
        family=family,
        period=period,
        period_start=values["period_start"],
        provenance=values["provenance"],
    )


def apply(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write the values, begin the sheets that they need, and keep what changed values were before."""
    written = [*with_action(plans, RowAction.CREATE), *with_action(plans, RowAction.UPDATE)]
    sheets = _with_new_sheets(context, [each.values for each in written])
    create_batch(
        _STORE,
        context,
        [IndicatorValue(**_fields(each.values, sheets)) for each in with_action(written, RowAction.CREATE)],
    )
    changed = [replace(each, values=_fields(each.values, sheets)) for each in with_action(written, RowAction.UPDATE)]
    now = timezone.now()
    IndicatorValueChange.objects.bulk_create(
        IndicatorValueChange(
            value=each.row,
            before=plain({**plain_figures(each.row), **each.before}),
            after=plain(plain_figures(each.row)),
            reason=context.reason,
            recorded_at=now,
            user_id=context.actor.user_id,
        )
        for each in update_batch(_STORE, context, changed)
    )
    for sheet in {sheets[_key_of(each.values)].pk: sheets[_key_of(each.values)] for each in written}.values():
        note_sheet_event(context, sheet, "fill", sheet.state, {}).save()


def plain_figures(row: IndicatorValue) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_SAID, "source")}


def _fields(values: Mapping[str, Any], sheets: Mapping[SheetKey, IndicatorSheet]) -> dict[str, Any]:
    own = {name: value for name, value in values.items() if name != SHEET}
    return {**own, "sheet_id": sheets[_key_of(values)].pk, "source": ValueSource.UPLOADED}


def _with_new_sheets(context: CommandContext, wanted: Sequence[Mapping[str, Any]]) -> dict[SheetKey, IndicatorSheet]:
    sheets = _sheets_of(wanted)
    entries = []
    for values in wanted:
        if _key_of(values) in sheets:
            continue
        row = _new_sheet(values)
        row.save()
        note_sheet_event(context, row, "start", SheetState.DRAFT, {}).save()
        entries.append(entry_of("indicators.sheet.start", row, None, creation_facts(row)))
        sheets[_key_of(values)] = row
    record_many(context, entries)
    return sheets


def export(actor: Actor) -> Iterable[Mapping[str, object]]:
    """Yield the values within reach; those counted of a few patients stay away from who reads no cases."""
    veil = count_veil(actor)
    for row in queries.values(actor).order_by("period_start", "code", "node__code", "pk"):
        if veil.hides_value(row):
            continue
        yield {
            "indicator_code": row.code,
            "unit_code": row.node.code,
            "period": period_code(row.sheet.period, row.period_start),
            **{name: getattr(row, name) for name in _SAID},
        }


def value_kind() -> TableKind:
    return TableKind(
        name="indicator_values",
        title_en="Values of indicators",
        title_zh="指标数值",
        columns=VALUE_COLUMNS,
        key=_STORE.key_columns,
        permission=WRITE,
        plan=plan,
        apply=apply,
        export=export,
    )
