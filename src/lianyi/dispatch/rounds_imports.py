"""The tables of rounds: programmes, teams, stops, ways, closures, visits."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import override

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.roles import Permission
from lianyi.dispatch.authority import plans as plans_at_all
from lianyi.dispatch.commands.round_visits import check_written_visit, note_of_visit
from lianyi.dispatch.models import (
    RECORDED_STATES,
    RoundClosure,
    RoundCrew,
    RoundProgramme,
    RoundStop,
    RoundVisit,
    RoundVisitEvent,
    RoundWay,
    Team,
    VisitService,
    VisitState,
)
from lianyi.dispatch.rounds_checks import check_closure, check_crew, check_programme, check_stop
from lianyi.dispatch.rounds_columns import COLUMNS, REFUSALS, TIMES, TITLES
from lianyi.dispatch.rounds_values import clock
from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.partnerships.rulebook import rule_book
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    agreements_for,
    institutions_known,
    kind_of,
    places_known,
    plain,
    rows_by,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values, order_problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Institution
from lianyi.tabular.columns import Column
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "dispatch.write"
Refine = Callable[[ParsedRow, Values], Problems]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of rounds: its plain columns, what it refuses, and what its export reads."""

    name: str
    model: type[Model]
    key: tuple[str, ...]
    key_columns: tuple[str, ...]
    references: tuple[Reference, ...]
    refine: Refine
    check: Callable[[Any], None]
    rows: Callable[[], QuerySet[Any, Any]]
    exported: Mapping[str, str]
    among: Callable[[Sequence[Values]], QuerySet[Any, Any]]

    @property
    def columns(self) -> tuple[Column, ...]:
        return COLUMNS[self.name]

    @property
    def fields(self) -> dict[str, str]:
        """Columns that stand for a field of the same name and are text, numbers, days or choices as they are."""
        own = {field.name for field in self.model._meta.concrete_fields if not field.is_relation}
        return plain(*(each.name for each in self.columns if each.name in own - TIMES - {"services"}))


def _programmes(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    if not plans_at_all(actor):
        return {}
    rows = RoundProgramme.objects.filter(code__in=list(codes))
    return dict(scoped_for(actor, rows, Permission.parse(PERMISSION)).values_list("code", "pk"))


def _agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    return agreements_for(PERMISSION)(actor, codes) if plans_at_all(actor) else {}


_OF_PROGRAMME = Reference("programme_code", "programme_id", _programmes)


def _times(row: ParsedRow, values: Values, columns: tuple[Column, ...]) -> Problems:
    """Read the times of day that a row gives."""
    problems = []
    for name in TIMES & set(row.values):
        given = row.values[name]
        try:
            values[name] = None if given is None else datetime.time.fromisoformat(_padded(str(given)))
        except ValueError:
            problems.append(refusal("round-time", column_named(columns, name), given=given))
    return tuple(problems)


def _padded(text: str) -> str:
    """Write 8:30 as 08:30; a workbook also gives seconds."""
    hour, mark, rest = text.strip().replace("：", ":").partition(":")
    return f"{hour:0>2}{mark}{rest}"


def _refine_programme(row: ParsedRow, _values: Values) -> Problems:
    return order_problems(row, COLUMNS["round_programmes"], "starts_on", "ends_on")


def _refine_crew(row: ParsedRow, values: Values) -> Problems:
    columns = COLUMNS["round_crews"]
    agreement = RoundProgramme.objects.values_list("agreement_id", flat=True).get(pk=values["programme_id"])
    team = Team.objects.filter(agreement_id=agreement, code=row.values["team_code"]).first()
    if team is None:
        return (refusal("not-in-reach", column_named(columns, "team_code"), given=row.values["team_code"]),)
    values["team_id"] = team.pk
    return _times(row, values, columns)


def _refine_stop(row: ParsedRow, values: Values) -> Problems:
    columns = COLUMNS["round_stops"]
    institution = values.get("institution_id")
    if institution is not None:
        values["place_id"] = Institution.objects.values_list("place_id", flat=True).get(pk=institution)
    if values.get("place_id") is None:
        return (refusal("round-stop-of-nothing", column_named(columns, "institution_code")),)
    if values.get("required_visits") == 0:
        values["required_visits"] = None
    return (*_times(row, values, columns), *order_problems(row, columns, "starts_on", "ends_on"))


def _refine_way(row: ParsedRow, values: Values) -> Problems:
    columns, programme = COLUMNS["round_ways"], values["programme_id"]
    known = set(RoundStop.objects.filter(programme_id=programme).values_list("code", flat=True))
    known |= set(RoundCrew.objects.filter(programme_id=programme).values_list("start__code", flat=True))
    return tuple(
        refusal("round-way-unknown", column_named(columns, name), given=row.values[name])
        for name in ("origin", "target")
        if row.values[name] not in known
    )


def _stop_of(row: ParsedRow, values: Values, columns: tuple[Column, ...]) -> Problems:
    """Replace programme and code by the stop that they name."""
    programme = values.pop("programme_id")
    stop = RoundStop.objects.filter(programme_id=programme, code=row.values["stop_code"]).first()
    if stop is None:
        return (refusal("not-in-reach", column_named(columns, "stop_code"), given=row.values["stop_code"]),)
    values["stop_id"] = stop.pk
    return ()


def _refine_closure(row: ParsedRow, values: Values) -> Problems:
    columns = COLUMNS["round_closures"]
    return (*_stop_of(row, values, columns), *order_problems(row, columns, "starts_on", "ends_on"))


def _refine_visit(row: ParsedRow, values: Values) -> Problems:
    columns, programme = COLUMNS["round_visits"], values["programme_id"]
    crew = RoundCrew.objects.filter(programme_id=programme, team__code=row.values["team_code"]).first()
    if crew is None:
        return (refusal("not-in-reach", column_named(columns, "team_code"), given=row.values["team_code"]),)
    values["crew_id"] = crew.pk
    problems = (*_stop_of(row, values, columns), *_times(row, values, columns))
    if "services" not in row.values:
        return problems
    given = row.values["services"]
    services = services_in(str(given or ""))
    if services is None:
        return (*problems, refusal("round-services", column_named(columns, "services"), given=given))
    values["services"] = services
    return problems


def services_in(text: str) -> dict[str, int] | None:
    """Read ``consultation=12; test=3``; None where the text is no such list.

    >>> services_in("consultation=12; test=3"), services_in("many")
    ({'consultation': 12, 'test': 3}, None)
    """
    services = {}
    for part in filter(None, (each.strip() for each in text.replace("；", ";").split(";"))):
        name, _mark, count = part.partition("=")
        if name.strip() not in VisitService.values or not count.strip().isdecimal():
            return None
        services[name.strip()] = int(count)
    return services


def _as_it_would_be(model: type[Model], decided: Decided) -> Any:  # noqa: ANN401 - a row of one of the models
    row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    return row


def _checking(table: _Table) -> Callable[[Actor, Decided], Problems]:
    """Ask of a row of a table what the commands ask of what people type."""

    def check(_actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        if table.model is RoundVisit and decided.kept is not None:
            state = RoundVisit.objects.values_list("state", flat=True).get(pk=decided.kept["pk"])
            if state in RECORDED_STATES:
                return (refusal("round-recorded", state=state),)
        try:
            table.check(_as_it_would_be(table.model, decided))
        except LianyiError as error:
            with override("en"):
                english = message_of(error)
            with override("zh-hans"):
                chinese = message_of(error)
            return (CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese}),)
        return ()

    return check


def _exporting(table: _Table) -> Callable[[Actor], Iterable[Mapping[str, Any]]]:
    def export(actor: Actor) -> Iterable[Mapping[str, Any]]:
        names = list(table.exported)
        for found in scoped(actor, table.rows()).values_list(*table.exported.values()):
            yield {name: _written(value) for name, value in zip(names, found, strict=True)}

    return export


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, datetime.time):
        return clock(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}={count}" for name, count in value.items())
    return value


def _note_visits(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write a line of history for each visit that a table wrote or changed."""
    keys = {
        (plan.values["stop_id"], plan.values["crew_id"], plan.values["day"])
        for plan in plans
        if plan.action in (RowAction.CREATE, RowAction.UPDATE)
    }
    rows = RoundVisit.objects.filter(stop_id__in={stop for stop, _crew, _day in keys})
    written = [row for row in rows.exclude(state=VisitState.WITHDRAWN) if (row.stop_id, row.crew_id, row.day) in keys]
    events = [note_of_visit(context, row, "import", "", {}) for row in written]
    RoundVisitEvent.objects.bulk_create(events, batch_size=1000)


def _standing_visits(wanted: Sequence[Values]) -> QuerySet[RoundVisit, Any]:
    rows = RoundVisit.objects.filter(stop_id__in={values["stop_id"] for values in wanted})
    return rows.exclude(state=VisitState.WITHDRAWN).order_by("pk")


def _standing_closures(wanted: Sequence[Values]) -> QuerySet[RoundClosure, Any]:
    rows = RoundClosure.objects.filter(stop_id__in={values["stop_id"] for values in wanted}, is_void=False)
    return rows.order_by("pk")


def _exported_visits() -> QuerySet[RoundVisit, Any]:
    rows = RoundVisit.objects.exclude(state=VisitState.WITHDRAWN)
    return rows.order_by("stop__programme__code", "day", "crew__team__code", "position", "pk")


def _check_programme(row: RoundProgramme) -> None:
    check_programme(row, rule_book())


def _check_way(_row: RoundWay) -> None:
    """Everything about a way is asked where its codes are looked up."""


def _check_closure(row: RoundClosure) -> None:
    check_closure(row.starts_on, row.ends_on, row.kind)


def _own(name: str, **more: str) -> dict[str, str]:
    """Return the columns of a table with the fields that they read: of the same name, or as named."""
    return {column.name: more.get(column.name, column.name) for column in COLUMNS[name]}


def _tables() -> tuple[_Table, ...]:
    programme = {"programme_code": "programme__code"}
    at_stop = {"programme_code": "stop__programme__code", "stop_code": "stop__code"}
    institution = Reference("institution_code", "institution_id", institutions_known)
    return (
        _Table(
            "round_programmes", RoundProgramme, ("code",), ("code",),
            (Reference("agreement_code", "agreement_id", _agreements),), _refine_programme, _check_programme,
            lambda: RoundProgramme.objects.order_by("code"), _own("round_programmes", agreement_code="agreement__code"),
            rows_by("code", RoundProgramme),
        ),
        _Table(
            "round_crews", RoundCrew, ("programme_id", "team_id"), ("programme_code", "team_code"),
            (_OF_PROGRAMME, Reference("start_code", "start_id", institutions_known)), _refine_crew, check_crew,
            lambda: RoundCrew.objects.order_by("programme__code", "team__code"),
            _own("round_crews", **programme, team_code="team__code", start_code="start__code"),
            rows_by("programme_id", RoundCrew),
        ),
        _Table(
            "round_stops", RoundStop, ("programme_id", "code"), ("programme_code", "code"),
            (_OF_PROGRAMME, Reference("place_code", "place_id", places_known), institution), _refine_stop, check_stop,
            lambda: RoundStop.objects.order_by("programme__code", "code"),
            _own("round_stops", **programme, institution_code="institution__code", place_code="place__code"),
            rows_by("programme_id", RoundStop),
        ),
        _Table(
            "round_ways", RoundWay, ("programme_id", "origin", "target"), ("programme_code", "origin", "target"),
            (_OF_PROGRAMME,), _refine_way, _check_way,
            lambda: RoundWay.objects.order_by("programme__code", "origin", "target"), _own("round_ways", **programme),
            rows_by("programme_id", RoundWay),
        ),
        _Table(
            "round_visits", RoundVisit, ("stop_id", "crew_id", "day"),
            ("programme_code", "day", "team_code", "stop_code"), (_OF_PROGRAMME,), _refine_visit, check_written_visit,
            _exported_visits,
            _own("round_visits", **at_stop, team_code="crew__team__code"), _standing_visits,
        ),
        _Table(
            "round_closures", RoundClosure, ("stop_id", "starts_on"), ("programme_code", "stop_code", "starts_on"),
            (_OF_PROGRAMME,), _refine_closure, _check_closure,
            lambda: RoundClosure.objects.filter(is_void=False).order_by("stop__programme__code", "stop__code", "pk"),
            _own("round_closures", **at_stop), _standing_closures,
        ),
    )  # fmt: skip


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    for table in _tables():
        shape = Shape(
            table.name,
            table.columns,
            table.model,
            table.key,
            table.key_columns,
            table.fields,
            table.references,
            table.among,
            _exporting(table),
            refine=table.refine,
            check=_checking(table),
            after=_note_visits if table.model is RoundVisit else lambda _context, _plans: None,
        )
        register_table_kind(kind_of(shape, PERMISSION, TITLES[table.name]))
