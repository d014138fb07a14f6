"""The table of points. Difficulties come in through the offices that read them, and go out in no file."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from django.db.models import Q

from lianyi.accounts.access import scoped
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
from lianyi.exchanges.partnership import of_partnership
from lianyi.partnerships.table_shapes import IN_FILE, Reference, institutions_known, rows_by
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import Department
from lianyi.tabular.rows import ParsedRow

_NAME = "visit_points"
Name = tuple[str, int]
# Which columns point at another point, and the field that keeps it.
_LINKS = {"former": "recurs_of_id", "merged": "merged_into_id"}
# States that a file may give; an action and a merger are known by the rows that they lead to.
_PLAIN = (PointState.RAISED, PointState.ANSWERED, PointState.NOTED, PointState.REFUSED)


def _refine(row: ParsedRow, values: Values) -> Problems:
    if values.get("state") not in _PLAIN:
        values.pop("state", None)
    if values.get("raised_on") is None:
        values["raised_on"] = ExchangeVisit.objects.values_list("starts_on", flat=True).get(pk=values["visit_id"])
    staff = StaffColumns(
        "raised_by_institution_code", "raised_by_staff_code", "raised_by_staff_id", "staff_institution_code"
    )
    _set_links(row, values)
    return (*set_staff(_NAME, staff, row, values), *_set_department(row, values))


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


def _named(row: ParsedRow, link: str) -> Name | None:
    code, number = row.values.get(f"{link}_visit_code"), row.values.get(f"{link}_number")
    return None if code is None or number is None else (str(code), int(str(number)))


def _set_links(row: ParsedRow, values: Values) -> None:
    """Point at the former point and at the one it is merged into; those of the same file once all are there."""
    waiting = {}
    for link, field in _LINKS.items():
        name = _named(row, link)
        if name is None:
            continue
        found = Point.objects.filter(visit__code=name[0], number=name[1]).first()
        if found is None:
            waiting[link] = name
        else:
            # A file that says itself into what a point is merged is taken at its word.
            values[field] = found.pk if _named(row, "merged") else (found.merged_into_id or found.pk)
    if values.get("merged_into_id") is not None:
        values["state"] = PointState.MERGED
    if waiting:
        values[IN_FILE] = waiting


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
    return _check_links(actor, visit, decided) or problems_of(lambda: check_point(as_it_would_be(Point, decided)))


def _check_links(actor: Actor, visit: ExchangeVisit, decided: Decided) -> Problems:
    """Refuse links to unknown points, to other partnerships, and between difficulties and what is none."""
    values, row = decided.plan.values, decided.plan.row
    difficulties = Q(kind=PointKind.DIFFICULTY)
    alike = difficulties if values["kind"] == PointKind.DIFFICULTY else ~difficulties
    known = scoped(actor, Point.objects.filter(alike, of_partnership(visit, "visit__")))
    for link, field in _LINKS.items():
        if values.get(field) is not None and not known.filter(pk=values[field]).exists():
            column = column_named(COLUMNS[_NAME], f"{link}_number")
            return (refusal("point-unknown", column, given=row.values[f"{link}_number"]),)
    return ()


def _after(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Note who wrote each point, and point at the former ones of the same file."""
    written = [plan for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE) or _is_quiet(plan)]
    for plan in written:
        row = Point.objects.get(visit_id=plan.values["visit_id"], number=plan.values["number"])
        for link, (code, number) in plan.values.get(IN_FILE, {}).items():
            target = Point.objects.get(visit__code=code, number=number)
            setattr(row, _LINKS[link], target.pk)
            if link == "merged":
                row.state = PointState.MERGED
            row.save(update_fields=[_LINKS[link], "state"])
        if not row.events.exists():
            note_of_point(context, row, "import", "").save()


def _is_quiet(plan: RowPlan) -> bool:
    return plan.values.get("kind") == PointKind.DIFFICULTY


def _knowing_its_file(kind: TableKind) -> TableKind:
    """Let a row name a former point of the same file, and refuse it where that is in neither place."""

    def plan(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
        plans = kind.plan(actor, rows)
        here = {(str(row.values.get("visit_code")), int(str(row.values.get("number") or 0))) for row in rows}
        return [_refused_without_target(each, here) for each in plans]

    def apply(context: CommandContext, plans: Sequence[RowPlan]) -> None:
        kind.apply(context, [_without_link(each) for each in plans])
        _after(context, plans)

    return dataclasses.replace(kind, plan=plan, apply=apply)


def _refused_without_target(plan: RowPlan, here: Collection[Name]) -> RowPlan:
    for link, name in plan.values.get(IN_FILE, {}).items():
        if name not in here:
            column = column_named(COLUMNS[_NAME], f"{link}_number")
            return plan.refused(refusal("point-unknown", column, given=name[1]))
    return plan


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
            "staff_institution_code": "raised_by_staff__institution__code",
            "institution_code": "institution__code",
            "department_code": "department__code",
            "former_visit_code": "recurs_of__visit__code",
            "former_number": "recurs_of__number",
            "merged_visit_code": "merged_into__visit__code",
            "merged_number": "merged_into__number",
        },
        _refine,
        _check,
    )
    register_table_kind(_knowing_its_file(discreet(table.kind(), Point, _is_quiet)))
