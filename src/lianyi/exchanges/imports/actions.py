"""The table of actions, as an office kept them in a workbook. A file never stands for an independent check."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.errors import InvalidInputError
from lianyi.exchanges.commands.actions import check_action, note_of_action
from lianyi.exchanges.imports.columns import COLUMNS
from lianyi.exchanges.imports.shared import (
    StaffColumns,
    VisitTable,
    as_it_would_be,
    discreet,
    problems_of,
    set_staff,
    visits_to_write,
)
from lianyi.exchanges.models import Action, ActionState, Point, PointKind, PointState
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.partnerships.models import Duty
from lianyi.partnerships.table_shapes import Reference, institutions_known, rows_by
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.tabular.rows import ParsedRow

_NAME = "visit_actions"
_AGREED = (ActionState.AGREED, ActionState.DOING, ActionState.DONE, ActionState.VERIFIED, ActionState.CLOSED)
_DONE = (ActionState.DONE, ActionState.VERIFIED, ActionState.CLOSED)
_CHECKED = (ActionState.VERIFIED, ActionState.CLOSED)
# The visit is only the way to the point.
_OF_VISIT = Reference("visit_code", "point_id", visits_to_write)


def _refine(row: ParsedRow, values: Values) -> Problems:
    columns = COLUMNS[_NAME]
    visit_id, number = values.pop("point_id"), row.values["point_number"]
    point = Point.objects.select_related("visit__agreement").filter(visit_id=visit_id, number=int(str(number))).first()
    if point is None:
        return (refusal("point-unknown", column_named(columns, "point_number"), given=number),)
    values["point_id"] = point.pk
    values["code"] = f"{point.visit.code}-{point.number}"
    is_new = not Action.objects.filter(point=point).exists()
    if is_new and values.get("done_on") is not None:
        # A file tells no moment: the end of the day is the latest that can be meant.
        last = datetime.datetime.combine(values["done_on"], datetime.time.max)
        values["done_recorded_at"] = timezone.make_aware(last)
    staff = StaffColumns("owner_code", "owner_staff_code", "owner_staff_id", "staff_institution_code")
    return (*set_staff(_NAME, staff, row, values), *_set_duty(point, row, values))


def _set_duty(point: Point, row: ParsedRow, values: Values) -> Problems:
    """Look the duty up: of the agreement that the row names, else of that of the visit."""
    given, agreement = row.values.get("duty_code"), point.visit.agreement
    if given is None:
        return ()
    lines = [] if agreement is None else agreements_in_line(agreement)
    named = row.values.get("duty_agreement_code") or (None if agreement is None else agreement.code)
    rows = Duty.objects.filter(agreement_id__in=lines, agreement__code=named, code=str(given))
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        return (refusal("not-in-reach", column_named(COLUMNS[_NAME], "duty_code"), given=given),)
    values["duty_id"] = found
    return ()


def _check(actor: Actor, decided: Decided) -> Problems:
    columns, values = COLUMNS[_NAME], decided.plan.values
    # Of a difficulty nobody learns by a file that it is there.
    if not scoped(actor, Point.objects.filter(pk=values["point_id"])).exists():
        number = decided.plan.row.values["point_number"]
        return (refusal("point-unknown", column_named(columns, "point_number"), given=number),)
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    if decided.kept is not None:
        state = Action.objects.values_list("state", flat=True).get(pk=decided.kept["pk"])
        return (refusal("action-moves-here", column_named(columns, "state"), given=values["code"], state=state),)
    if values.get("state") in _CHECKED and not actor.is_service:
        return (refusal("action-checked-here", column_named(columns, "state")),)
    return problems_of(lambda: _check_new(as_it_would_be(Action, decided)))


def _check_new(row: Action) -> None:
    """Ask of an action of a file what its state asks for.

    Raises
    ------
    InvalidInputError
    """
    check_action(row)
    if row.point.state not in (PointState.RAISED, PointState.ACTION):
        raise InvalidInputError("The point was answered already.", field="point_number", reason="action-of-answered")
    if row.state in _AGREED and (row.owner_id is None or row.due_on is None):
        raise InvalidInputError("Say who does it and until when.", field="owner", reason="action-without-owner")
    if row.state in _DONE and (row.done_on is None or not row.evidence):
        raise InvalidInputError(
            "Say on which day it was done, and what shows it.", field="evidence", reason="action-without-evidence"
        )
    by_owner = row.checked_by_institution_id in (None, row.owner_id)
    raised_by_another = row.point.raised_by_institution_id not in (None, row.owner_id)
    unchecked = row.checked_on is None or not row.check_words or not row.checked_by or (raised_by_another and by_owner)
    if row.state in _CHECKED and unchecked:
        raise InvalidInputError("Say what the check found.", field="check_words", reason="action-without-check")
    if (row.state == ActionState.CLOSED) is (row.closed_on is None):
        raise InvalidInputError(
            "A closed action has the day on which it was closed, and no other has.",
            field="closed_on",
            reason="action-closed-when",
        )


def _after(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Let the points say what became of them, those that came back lead to the action, and note who wrote it."""
    for plan in plans:
        if plan.action is RowAction.REFUSE:
            continue
        row = Action.objects.select_related("point").get(point_id=plan.values["point_id"])
        if row.events.exists():
            continue
        Point.objects.filter(pk=row.point_id).update(state=PointState.ACTION)
        Point.objects.filter(recurs_of_id=row.point_id, state=PointState.RAISED).update(
            state=PointState.MERGED, merged_into_id=row.point_id
        )
        note_of_action(context, row, "import", "", {}).save()


def _is_quiet(plan: RowPlan) -> bool:
    point_id = plan.values.get("point_id")
    return point_id is not None and Point.objects.filter(pk=point_id, kind=PointKind.DIFFICULTY).exists()


def register() -> None:
    """Register the table; once, when the application starts."""
    table = VisitTable(
        _NAME,
        Action,
        ("point_id",),
        ("visit_code", "point_number"),
        (
            _OF_VISIT,
            Reference("owner_code", "owner_id", institutions_known),
            Reference("supporter_code", "supporter_id", institutions_known),
            Reference("checked_by_code", "checked_by_institution_id", institutions_known),
        ),
        rows_by("point_id", Action),
        lambda: Action.objects.exclude(point__kind=PointKind.DIFFICULTY).order_by(
            "point__visit__code", "point__number"
        ),
        {
            "visit_code": "point__visit__code",
            "point_number": "point__number",
            "owner_code": "owner__code",
            "owner_staff_code": "owner_staff__code",
            "staff_institution_code": "owner_staff__institution__code",
            "supporter_code": "supporter__code",
            "duty_agreement_code": "duty__agreement__code",
            "duty_code": "duty__code",
            "checked_by_code": "checked_by_institution__code",
        },
        _refine,
        _check,
        _after,
    )
    register_table_kind(discreet(table.kind(), Action, _is_quiet))
