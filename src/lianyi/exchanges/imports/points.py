"""The table of points. Difficulties come in through the offices that read them, and go out in no file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.exchanges.commands.points import check_point, note_of_point
from lianyi.exchanges.confidence import answers_for_members
from lianyi.exchanges.imports.columns import COLUMNS
from lianyi.exchanges.imports.shared import (
    OF_VISIT,
    StaffColumns,
    VisitTable,
    as_it_would_be,
    discreet,
    problems_of,
    set_staff,
)
from lianyi.exchanges.models import ExchangeVisit, Point, PointKind, PointState
from lianyi.partnerships.table_shapes import IN_FILE, Reference, institutions_known, rows_by
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import Department
from lianyi.tabular.rows import ParsedRow

_NAME = "visit_points"
# States that a file may give; an action and a merger are known by the rows that they lead to.
_PLAIN = (PointState.RAISED, PointState.ANSWERED, PointState.NOTED, PointState.REFUSED)


def _refine(row: ParsedRow, values: Values) -> Problems:
    if values.get("state") not in _PLAIN:
        values.pop("state", None)
    if values.get("raised_on") is None:
        values["raised_on"] = ExchangeVisit.objects.values_list("starts_on", flat=True).get(pk=values["visit_id"])
    staff = StaffColumns("raised_by_institution_code", "raised_by_staff_code", "raised_by_staff_id")
    return (*set_staff(_NAME, staff, row, values), *_set_department(row, values), *_set_former(row, values))


def _set_department(row: ParsedRow, values: Values) -> Problems:
    if "department_code" not in row.values:
        return ()
    given = row.values["department_code"]
    if given is None:
        values["department_id"] = None
        return ()
    own = Department.objects.filter(institution_id=values.get("institution_id"), code=str(given))
    found = own.values_list("pk", flat=True).first()
    if found is None:
        return (refusal("not-in-reach", column_named(COLUMNS[_NAME], "department_code"), given=given),)
    values["department_id"] = found
    return ()


def _set_former(row: ParsedRow, values: Values) -> Problems:
    """Point at the former point; one of the same file is linked once both are there."""
    code, number = row.values.get("former_visit_code"), row.values.get("former_number")
    if code is None or number is None:
        return ()
    former = Point.objects.filter(visit__code=str(code), number=int(str(number))).first()
    if former is None:
        values[IN_FILE] = (str(code), number)
    else:
        values["recurs_of_id"] = former.merged_into_id or former.pk
    return ()


def _check(actor: Actor, decided: Decided) -> Problems:
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    columns, values = COLUMNS[_NAME], decided.plan.values
    visit = ExchangeVisit.objects.get(pk=values["visit_id"])
    if values["kind"] == PointKind.DIFFICULTY and not answers_for_members(actor, visit):
        return (refusal("difficulty-not-yours", column_named(columns, "kind")),)
    if decided.kept is not None:
        kept = Point.objects.get(pk=decided.kept["pk"])
        if kept.state != PointState.RAISED or values.get("state", kept.state) != kept.state:
            return (refusal("point-sorted", column_named(columns, "state"), given=kept.number, state=kept.state),)
        if kept.is_confidential is not (values["kind"] == PointKind.DIFFICULTY):
            return (refusal("difficulty-not-yours", column_named(columns, "kind")),)
    return problems_of(lambda: check_point(as_it_would_be(Point, decided)))


def _after(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Note who wrote each point, and point at the former ones of the same file."""
    written = [plan for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE) or _is_quiet(plan)]
    for plan in written:
        row = Point.objects.get(visit_id=plan.values["visit_id"], number=plan.values["number"])
        if IN_FILE in plan.values:
            code, number = plan.values[IN_FILE]
            row.recurs_of = Point.objects.get(visit__code=code, number=number)
            row.save(update_fields=["recurs_of"])
        if not row.events.exists():
            note_of_point(context, row, "import", "").save()


def _is_quiet(plan: RowPlan) -> bool:
    return plan.values.get("kind") == PointKind.DIFFICULTY


def _knowing_its_file(kind: TableKind) -> TableKind:
    """Let a row name a former point of the same file, and refuse it where that is in neither place."""

    def plan(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
        plans = kind.plan(actor, rows)
        here = {(str(row.values.get("visit_code")), row.values.get("number")) for row in rows}
        column = column_named(COLUMNS[_NAME], "former_number")
        return [
            each.refused(refusal("point-unknown", column, given=each.values[IN_FILE][1]))
            if each.values.get(IN_FILE, next(iter(here), None)) not in here
            else each
            for each in plans
        ]

    def apply(context: CommandContext, plans: Sequence[RowPlan]) -> None:
        kind.apply(context, [_without_link(each) for each in plans])
        _after(context, plans)

    return dataclasses.replace(kind, plan=plan, apply=apply)


def _without_link(plan: RowPlan) -> RowPlan:
    values = {name: value for name, value in plan.values.items() if name != IN_FILE}
    return dataclasses.replace(plan, values=values)


def register() -> None:
    """Register the table; once, when the application starts."""
    table = VisitTable(
        _NAME,
        Point,
        ("visit_id", "number"),
        ("visit_code", "number"),
        (
            OF_VISIT,
            Reference("raised_by_institution_code", "raised_by_institution_id", institutions_known),
            Reference("institution_code", "institution_id", institutions_known),
        ),
        rows_by("visit_id", Point),
        lambda: Point.objects.exclude(kind=PointKind.DIFFICULTY).order_by("visit__code", "number"),
        {
            "visit_code": "visit__code",
            "raised_by_institution_code": "raised_by_institution__code",
            "raised_by_staff_code": "raised_by_staff__code",
            "institution_code": "institution__code",
            "department_code": "department__code",
            "former_visit_code": "recurs_of__visit__code",
            "former_number": "recurs_of__number",
        },
        _refine,
        _check,
    )
    register_table_kind(_knowing_its_file(discreet(table.kind(), Point, _is_quiet)))
