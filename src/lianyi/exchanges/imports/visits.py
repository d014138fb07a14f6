"""The tables of visits: the visits themselves, programme, participants, contributions."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from lianyi.accounts.access import covers
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.exchanges.commands.visits import check_part, check_visit, note_of_visit
from lianyi.exchanges.imports.columns import COLUMNS, REFUSALS
from lianyi.exchanges.imports.shared import (
    OF_VISIT,
    PERMISSION,
    StaffColumns,
    VisitTable,
    as_it_would_be,
    asking,
    problems_of,
    read_times,
    set_staff,
)
from lianyi.exchanges.machines.visits import WRITABLE
from lianyi.exchanges.models import (
    HELD_STATES,
    Contribution,
    ExchangeVisit,
    ProgrammeLine,
    VisitEvent,
    VisitInstitution,
    VisitPart,
    VisitParticipant,
    VisitState,
)
from lianyi.partnerships.table_shapes import Reference, agreements_for, institutions_known, places_known, rows_by
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values, order_problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.tabular.rows import ParsedRow


def _refine_visit(row: ParsedRow, values: Values) -> Problems:
    columns = COLUMNS["exchange_visits"]
    state = values.get("state", VisitState.PLANNED)
    if state in (VisitState.MINUTES_WRITTEN, VisitState.MINUTES_AGREED):
        values.setdefault("minutes_side", "host")
    if state in HELD_STATES and values["starts_on"] > timezone.localdate():
        return (refusal("not-on-record-yet", column_named(columns, "starts_on"), given=values["starts_on"]),)
    return order_problems(row, columns, "starts_on", "ends_on")


def _check_visit(actor: Actor, decided: Decided) -> Problems:
    """Refuse visits without an agreement of which neither side is the own, and states that steps move."""
    if decided.plan.action is RowAction.UNCHANGED:
        return ()
    columns, values = COLUMNS["exchange_visits"], decided.plan.values
    if values.get("agreement_id") is None and not (
        covers(actor, values["host_id"]) or covers(actor, values["guest_id"])
    ):
        return (refusal("not-in-reach", column_named(columns, "host_code"), given=values["code"]),)
    if decided.kept is not None:
        kept = ExchangeVisit.objects.values_list("state", flat=True).get(pk=decided.kept["pk"])
        if kept not in WRITABLE or values.get("state", kept) != kept:
            reason = "state-by-step" if kept in WRITABLE else "visit-settled"
            return (refusal(reason, column_named(columns, "state"), given=values["code"], state=kept),)
    return problems_of(lambda: check_visit(as_it_would_be(ExchangeVisit, decided)))


def _note_visits(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    codes = [plan.values["code"] for plan in plans if plan.action in (RowAction.CREATE, RowAction.UPDATE)]
    rows = ExchangeVisit.objects.filter(code__in=codes).order_by("pk")
    VisitEvent.objects.bulk_create([note_of_visit(context, row, "import", "") for row in rows], batch_size=1000)


def _refine_participant(row: ParsedRow, values: Values) -> Problems:
    columns = StaffColumns("institution_code", "staff_code", "staff_id", "staff_institution_code")
    return set_staff("visit_participants", columns, row, values)


def _part(name: str, model: type[VisitPart], **more: object) -> VisitTable:
    paths = {
        "visit_code": "visit__code",
        "institution_code": "institution__code",
        "staff_institution_code": "staff__institution__code",
        "staff_code": "staff__code",
    }
    references = [OF_VISIT]
    if model in (VisitParticipant, VisitInstitution):
        references.append(Reference("institution_code", "institution_id", institutions_known))
    return VisitTable(
        name,
        model,
        ("visit_id", "position"),
        ("visit_code", "position"),
        tuple(references),
        rows_by("visit_id", model),
        lambda: model._default_manager.filter(is_void=False).order_by("visit__code", "position"),
        paths,
        check=asking(model, check_part),
        **more,  # type: ignore[arg-type]
    )


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    visits = VisitTable(
        "exchange_visits",
        ExchangeVisit,
        ("code",),
        ("code",),
        (
            Reference("agreement_code", "agreement_id", agreements_for(PERMISSION)),
            Reference("host_code", "host_id", institutions_known),
            Reference("guest_code", "guest_id", institutions_known),
            Reference("place_code", "place_id", places_known),
        ),
        rows_by("code", ExchangeVisit),
        lambda: ExchangeVisit.objects.order_by("code"),
        {
            "agreement_code": "agreement__code",
            "host_code": "host__code",
            "guest_code": "guest__code",
            "place_code": "place__code",
        },
        _refine_visit,
        _check_visit,
        _note_visits,
    )
    parts = (
        _part("visit_institutions", VisitInstitution),
        _part("visit_programme", ProgrammeLine, refine=read_times("visit_programme")),
        _part("visit_participants", VisitParticipant, refine=_refine_participant),
        _part("visit_contributions", Contribution),
    )
    for table in (visits, *parts):
        register_table_kind(table.kind())
