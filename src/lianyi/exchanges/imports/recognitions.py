"""The table of recognition and thanks."""

from __future__ import annotations

from lianyi.accounts.access import covers
from lianyi.accounts.actors import Actor
from lianyi.exchanges.commands.recognitions import check_recognition
from lianyi.exchanges.imports.columns import COLUMNS
from lianyi.exchanges.imports.shared import (
    PERMISSION,
    StaffColumns,
    VisitTable,
    as_it_would_be,
    problems_of,
    set_staff,
    visits_to_write,
)
from lianyi.exchanges.models import ExchangeVisit, Recognition
from lianyi.partnerships.table_shapes import Reference, agreements_for, institutions_known, rows_by
from lianyi.registry.imports.kinds import RowAction, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.tabular.rows import ParsedRow

_NAME = "recognitions"


def _refine(row: ParsedRow, values: Values) -> Problems:
    visit_id = values.get("visit_id")
    if visit_id is not None:
        values["agreement_id"] = ExchangeVisit.objects.values_list("agreement_id", flat=True).get(pk=visit_id)
    return set_staff(_NAME, StaffColumns("to_institution_code", "to_staff_code", "to_staff_id"), row, values)


def _check(actor: Actor, decided: Decided) -> Problems:
    """Refuse what another institution gives: only the giver writes it down."""
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    giver = decided.plan.values["given_by_id"]
    if not covers(actor, giver):
        given = decided.plan.row.values["given_by_code"]
        return (refusal("not-in-reach", column_named(COLUMNS[_NAME], "given_by_code"), given=given),)
    return problems_of(lambda: check_recognition(as_it_would_be(Recognition, decided)))


def register() -> None:
    """Register the table; once, when the application starts."""
    table = VisitTable(
        _NAME,
        Recognition,
        ("code",),
        ("code",),
        (
            Reference("agreement_code", "agreement_id", agreements_for(PERMISSION)),
            Reference("visit_code", "visit_id", visits_to_write),
            Reference("given_by_code", "given_by_id", institutions_known),
        ),
        rows_by("code", Recognition),
        lambda: Recognition.objects.filter(is_void=False).order_by("code"),
        {
            "agreement_code": "agreement__code",
            "visit_code": "visit__code",
            "to_institution_code": "to_staff__institution__code",
            "to_staff_code": "to_staff__code",
            "given_by_code": "given_by__code",
        },
        _refine,
        _check,
    )
    register_table_kind(table.kind())
