"""A kind of table said in short: where its rows are kept, its plain columns, what its codes name, its own rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, entry_of, record_many
from lianyi.accounts.roles import Permission
from lianyi.partnerships.models import (
    Agreement,
)
from lianyi.registry.imports import lookups
from lianyi.registry.imports.kinds import RowPlan, TableKind
from lianyi.registry.imports.planning import (
    Decided,
    FieldReader,
    Problems,
    RowStore,
    Values,
    apply_rows,
    plan_rows,
)
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.imports.specialties import specialty_of
from lianyi.registry.models import Institution
from lianyi.tabular.columns import Column
from lianyi.tabular.rows import ParsedRow

IN_FILE = "named_in_the_same_file"
Lookup = Callable[[Actor, Collection[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names another record by its code, and the field that keeps it."""

    column: str
    field: str
    find: Lookup


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of table said in short: where it is kept, its plain columns, its references, its own rules."""

    name: str
    columns: tuple[Column, ...]
    model: type[Model]
    key: tuple[str, ...]
    key_columns: tuple[str, ...]
    fields: Mapping[str, str]
    references: tuple[Reference, ...]
    among: Callable[[Sequence[Values]], QuerySet[Any, Any]]
    export: Callable[[Actor], Iterable[Mapping[str, Any]]]
    refine: Callable[[ParsedRow, Values], Problems] = lambda _row, _values: ()
    check: Callable[[Actor, Decided], Problems] = lambda _actor, _decided: ()
    after: Callable[[CommandContext, Sequence[RowPlan]], None] = lambda _context, _plans: None
    within: Reference | None = None
    """A column that may name another row of the same file by its code."""


def kind_of(shape: Shape, permission: str, title: tuple[str, str]) -> TableKind:
    """Make the kind of table that the importer knows from its short form."""
    store = RowStore(
        shape.model,
        shape.key,
        shape.key_columns,
        shape.columns,
        shape.among,
        f"{shape.model._meta.label_lower}.import",
        beside=frozenset({IN_FILE}),
    )

    def plan(actor: Actor, rows: Sequence[ParsedRow]) -> list[RowPlan]:
        references = (*shape.references, shape.within) if shape.within else shape.references
        found = [
            (reference, reference.find(actor, lookups.given_codes(rows, reference.column))) for reference in references
        ]
        asked = _Asked(shape, FieldReader(shape.model, shape.fields), found, lookups.given_codes(rows, "code"))
        return plan_rows(store, rows, lambda row: _resolve(asked, row), lambda each: shape.check(actor, each))

    def apply(context: CommandContext, plans: Sequence[RowPlan]) -> None:
        apply_rows(store, context, [_without_link(each) for each in plans])
        _link_within(context, shape, plans)
        shape.after(context, plans)

    return TableKind(
        name=shape.name,
        title_en=title[0],
        title_zh=title[1],
        columns=shape.columns,
        key=shape.key_columns,
        permission=permission,
        plan=plan,
        apply=apply,
        export=shape.export,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One file being planned: its shape, what its codes lead to, and the codes of its own rows."""

    shape: Shape
    reader: FieldReader
    found: Sequence[tuple[Reference, Mapping[str, int]]]
    own_codes: Collection[str]


def _resolve(asked: _Asked, row: ParsedRow) -> tuple[Values, Problems]:
    shape = asked.shape
    values = asked.reader.read(row)
    problems: list[Any] = []
    for reference, known in asked.found:
        if reference.column not in row.values:
            continue
        code = row.values[reference.column]
        if code is None:
            values[reference.field] = None
        elif str(code) in known:
            values[reference.field] = known[str(code)]
        elif reference is shape.within and str(code) in asked.own_codes:
            values[IN_FILE] = str(code)
        else:
            column = column_named(shape.columns, reference.column)
            problems.append(refusal("not-in-reach", column, given=code))
    if not problems:
        problems += shape.refine(row, values)
    return values, tuple(problems)


def _without_link(plan: RowPlan) -> RowPlan:
    values = {name: value for name, value in plan.values.items() if name != IN_FILE}
    return RowPlan(plan.row, plan.action, values, plan.existing_id)


def _link_within(context: CommandContext, shape: Shape, plans: Sequence[RowPlan]) -> None:
    """Point the new rows at the rows of the same file that they name, now that both have keys."""
    linked = {plan.values["code"]: plan.values[IN_FILE] for plan in plans if IN_FILE in plan.values}
    if shape.within is None or not linked:
        return
    manager = shape.model._default_manager
    rows = {row.code: row for row in manager.filter(code__in={*linked, *linked.values()})}  # type: ignore[attr-defined]
    entries = []
    for code, named in linked.items():
        setattr(rows[code], shape.within.field, rows[named].pk)
        entries.append(entry_of(f"{shape.model._meta.label_lower}.link", rows[code], None, {"names": named}))
    manager.bulk_update([rows[code] for code in linked], [shape.within.field.removesuffix("_id")])
    record_many(context, entries)


def institutions_known(_actor: Actor, codes: Collection[str]) -> dict[str, int]:
    """Look up institutions by code without scope: a party names its counterpart before they share anything."""
    rows = Institution.objects.filter(code__in=list(codes))
    return dict(rows.values_list("code", "pk"))


def places_known(_actor: Actor, codes: Collection[str]) -> dict[str, int]:
    return {code: pk for code, (pk, _level) in lookups.places_by_code(codes).items()}


def agreements_for(permission: str) -> Lookup:
    """Return the look-up of agreements on which the actor may do this."""

    def find(actor: Actor, codes: Collection[str]) -> dict[str, int]:
        rows = scoped_for(actor, Agreement.objects.filter(code__in=list(codes)), Permission.parse(permission))
        return dict(rows.values_list("code", "pk"))

    return find


def plain(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def rows_by(field: str, model: type[Model]) -> Callable[[Sequence[Values]], QuerySet[Any, Any]]:
    def among(wanted: Sequence[Values]) -> QuerySet[Any, Any]:
        rows = model._default_manager.filter(**{f"{field}__in": {values[field] for values in wanted}})
        return rows.order_by("pk")

    return among


def exporter(
    rows: Callable[[], QuerySet[Any, Any]], values: Mapping[str, str]
) -> Callable[[Actor], Iterable[Mapping[str, Any]]]:
    """Return an export that reads ``values`` (column: look-up) of the rows within reach."""

    def export(actor: Actor) -> Iterable[Mapping[str, Any]]:
        names = list(values)
        for found in scoped(actor, rows()).values_list(*values.values()):
            yield dict(zip(names, found, strict=True))

    return export


def specialty_problems(row: ParsedRow, values: Values, columns: tuple[Column, ...]) -> Problems:
    """Replace the specialty as given by its code; refuse one that the national list does not have."""
    given = row.values.get("specialty")
    if given is None:
        return ()
    code = specialty_of(given)
    if code is None:
        return (refusal("unknown-specialty", column_named(columns, "specialty"), given=given),)
    values["specialty"] = code
    return ()
