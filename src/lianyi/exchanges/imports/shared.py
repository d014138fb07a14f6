"""What the tables of visits share: look-ups, times, the questions of the commands, discretion about difficulties."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet
from django.utils import timezone
from django.utils.translation import override

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, record_many, snapshot
from lianyi.accounts.roles import Permission
from lianyi.errors import LianyiError
from lianyi.exchanges.confidence import plain_facts
from lianyi.exchanges.imports.columns import COLUMNS, TITLES
from lianyi.exchanges.models import ExchangeVisit
from lianyi.pages.errors import message_of
from lianyi.partnerships.table_shapes import Reference, Shape, kind_of, plain
from lianyi.registry.imports.kinds import RowAction, RowPlan, TableKind
from lianyi.registry.imports.planning import Decided, Problems, Values
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import Staff
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "visit.write"
TIMES = ("starts_at", "ends_at")
Refine = Callable[[ParsedRow, Values], Problems]
Check = Callable[[Actor, Decided], Problems]


@dataclass(frozen=True, slots=True)
class VisitTable:
    """One table of visits: where its rows are kept, what its codes name, what its export reads."""

    name: str
    model: type[Model]
    key: tuple[str, ...]
    key_columns: tuple[str, ...]
    references: tuple[Reference, ...]
    among: Callable[[Sequence[Values]], QuerySet[Any, Any]]
    exported: Callable[[], QuerySet[Any, Any]]
    paths: Mapping[str, str]
    refine: Refine = lambda _row, _values: ()
    check: Check = lambda _actor, _decided: ()
    after: Callable[[CommandContext, Sequence[RowPlan]], None] = lambda _context, _plans: None

    def kind(self) -> TableKind:
        """Return the kind of table that the importer knows."""
        columns = COLUMNS[self.name]
        own = {field.name for field in self.model._meta.concrete_fields if not field.is_relation}
        shape = Shape(
            self.name,
            columns,
            self.model,
            self.key,
            self.key_columns,
            plain(*(each.name for each in columns if each.name in own - set(TIMES))),
            self.references,
            self.among,
            self._export,
            refine=self.refine,
            check=self.check,
            after=self.after,
        )
        return kind_of(shape, PERMISSION, TITLES[self.name])

    def _export(self, actor: Actor) -> Iterable[Mapping[str, Any]]:
        names = [column.name for column in COLUMNS[self.name]]
        lookups = [self.paths.get(name, name) for name in names]
        for found in scoped(actor, self.exported()).values_list(*lookups):
            yield {name: _written(value) for name, value in zip(names, found, strict=True)}


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    return f"{value:%H:%M}" if isinstance(value, datetime.time) else value


def visits_to_write(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    rows = ExchangeVisit.objects.filter(code__in=list(codes))
    return dict(scoped_for(actor, rows, Permission.parse(PERMISSION)).values_list("code", "pk"))


OF_VISIT = Reference("visit_code", "visit_id", visits_to_write)


def read_times(table: str) -> Refine:
    """Return what reads the times of day that a row gives."""

    def refine(row: ParsedRow, values: Values) -> Problems:
        problems = []
        for name in TIMES:
            if name not in row.values:
                continue
            given = row.values[name]
            try:
                values[name] = None if given is None else datetime.time.fromisoformat(_padded(str(given)))
            except ValueError:
                problems.append(refusal("exchange-time", column_named(COLUMNS[table], name), given=given))
        return tuple(problems)

    return refine


def _padded(text: str) -> str:
    """Write 8:30 as 08:30; a workbook also gives seconds."""
    hour, mark, rest = text.strip().replace("：", ":").partition(":")
    return f"{hour:0>2}{mark}{rest}"


@dataclass(frozen=True, slots=True)
class StaffColumns:
    """The two columns that name a person together, and the field that keeps the person.

    ``home`` names the column for those whose institution is not the one of the row; where it is empty, it is.
    """

    institution: str
    staff: str
    field: str
    home: str = ""


def set_staff(table: str, columns: StaffColumns, row: ParsedRow, values: Values) -> Problems:
    """Look a person up by institution and staff number; an empty number stands for nobody on record."""
    if columns.staff not in row.values:
        return ()
    given = row.values[columns.staff]
    if given is None:
        values[columns.field] = None
        return ()
    home = row.values.get(columns.home) or row.values.get(columns.institution)
    rows = Staff.objects.filter(institution__code=home, code=str(given))
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        return (refusal("not-in-reach", column_named(COLUMNS[table], columns.staff), given=given),)
    values[columns.field] = found
    return ()


def asking(model: type[Model], check: Callable[[Any], None]) -> Check:
    """Ask of a row of a table what the commands ask of what people type."""

    def ask(_actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        return problems_of(lambda: check(as_it_would_be(model, decided)))

    return ask


def as_it_would_be(model: type[Model], decided: Decided) -> Any:  # noqa: ANN401 - a row of the model
    """Return the row as the file would leave it, unsaved."""
    row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    return row


def problems_of(run: Callable[[], None]) -> Problems:
    """Run a question of the commands and return its refusal as a problem of the row."""
    try:
        run()
    except LianyiError as error:
        with override("en"):
            english = message_of(error)
        with override("zh-hans"):
            chinese = message_of(error)
        return (CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese}),)
    return ()


def discreet(kind: TableKind, model: type[Model], is_about_member: Callable[[RowPlan], bool]) -> TableKind:
    """Return the kind of table with the rows about difficulties written so that the trail keeps no word of them."""

    def apply(context: CommandContext, plans: Sequence[RowPlan]) -> None:
        quiet = [plan for plan in plans if is_about_member(plan)]
        _write_quietly(context, model, quiet)
        # What is written already is there for the links and notes of the table, and not written again.
        kind.apply(context, [dataclasses.replace(plan, action=_kept_action(plan, quiet)) for plan in plans])

    return dataclasses.replace(kind, apply=apply)


def _kept_action(plan: RowPlan, quiet: Sequence[RowPlan]) -> RowAction:
    return RowAction.UNCHANGED if plan in quiet else plan.action


def _write_quietly(context: CommandContext, model: type[Model], plans: Sequence[RowPlan]) -> None:
    name = f"{model._meta.label_lower}.import"
    entries = []
    for plan in plans:
        values = {field: value for field, value in plan.values.items() if field in _attnames(model)}
        if plan.action is RowAction.CREATE:
            row = model(**values)
            row.save()
            entries.append(entry_of(name, row, None, plain_facts(creation_facts(row))))
        elif plan.action is RowAction.UPDATE:
            row = model._default_manager.get(pk=plan.existing_id)
            before = snapshot(row, values)
            model._default_manager.filter(pk=row.pk).update(
                **values, version=F("version") + 1, updated_at=timezone.now()
            )
            row.refresh_from_db()
            entries.append(entry_of(name, row, plain_facts(before), plain_facts(snapshot(row, values))))
    record_many(context, entries)


def _attnames(model: type[Model]) -> set[str]:
    return {field.attname for field in model._meta.concrete_fields}
