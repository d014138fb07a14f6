"""What every kind of table does with its rows: tell new from known, compare, refuse keys given twice, write in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import NOT_PROVIDED, F, Field, Model, QuerySet
from django.utils import timezone

from lianyi.accounts import audit
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.records import VersionedRecord
from lianyi.registry.checks import is_code
from lianyi.registry.imports.kinds import RowAction, RowPlan
from lianyi.registry.imports.refusals import column_named, refusal
from lianyi.registry.models import Department, Institution, Place, Staff
from lianyi.tabular.columns import Column
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

CREATE_BATCH = 5000
UPDATE_BATCH = 1000
COMPARE_BATCH = 2000
_WITH_OWN_CODE = (Place, Institution, Department, Staff)

Values = dict[str, Any]
Problems = tuple[CellProblem, ...]
Resolver = Callable[[ParsedRow], tuple[Values, Problems]]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class RowStore:
    """Where the rows of one kind of table are kept.

    ``key`` are the fields of the natural key and ``key_columns`` the columns that say them. ``among`` narrows the rows
    of the model to those that may have one of the given keys. ``beside`` are entries of a row's values that are no
    fields. ``compare`` tells which entries of the values differ from what is kept.
    """

    model: type[Model]
    key: tuple[str, ...]
    key_columns: tuple[str, ...]
    columns: tuple[Column, ...]
    among: Callable[[Sequence[Values]], QuerySet[Any, Any]]
    action: str
    beside: frozenset[str] = frozenset()
    compare: Callable[[Mapping[str, Any], Values], tuple[str, ...]] | None = None

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.key)

    def differing(self, kept: Mapping[str, Any], values: Values) -> tuple[str, ...]:
        if self.compare is not None:
            return self.compare(kept, values)
        return differing_fields(kept, values)


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan beside what is kept now, for the checks that need to know both."""

    plan: RowPlan
    kept: Mapping[str, Any] | None
    changed: tuple[str, ...]


Check = Callable[[Decided], Problems]


def differing_fields(kept: Mapping[str, Any], values: Values) -> tuple[str, ...]:
    """Name the entries that differ from what is kept; an entry that is no field always does."""
    return tuple(name for name, value in values.items() if name not in kept or kept[name] != value)


class FieldReader:
    """Reads the columns that stand for fields of a model one to one.

    An empty cell clears a text, a number or a date. Where the field always holds a value (tier, provenance), an empty
    cell leaves what is there, and a new row gets the usual value. A column that is not in the file changes nothing.
    """

    def __init__(self, model: type[Model], columns: Mapping[str, str]) -> None:
        self._fields = [
            (column, field, *_when_empty(model._meta.get_field(field))) for column, field in columns.items()
        ]

    def read(self, row: ParsedRow) -> Values:
        values: Values = {}
        given = row.values
        for column, field, clears, empty in self._fields:
            if column not in given:
                continue
            value = given[column]
            if value is not None:
                values[field] = value
            elif clears:
                values[field] = empty
        return values


def _when_empty(field: Any) -> tuple[bool, Any]:  # noqa: ANN401 - get_field has three types
    """Tell whether an empty cell clears the field, and to what."""
    if not isinstance(field, Field):
        raise TypeError(f"{field} is no field with a column of its own.")
    if field.null:
        return True, None
    if field.blank and field.empty_strings_allowed and field.default in (NOT_PROVIDED, ""):
        return True, ""
    return False, None


def plan_rows(
    store: RowStore, rows: Sequence[ParsedRow], resolve: Resolver, check: Check | None = None
) -> list[RowPlan]:
    """Decide what would become of each row, in the order of the file.

    ``resolve`` turns a row into field values or says what is wrong; ``check`` looks at a row beside what is kept.
    """
    plans = refuse_given_twice(store, [_resolved(row, resolve) for row in rows])
    decided: list[RowPlan] = []
    for start in range(0, len(plans), COMPARE_BATCH):
        decided += [_checked(store, each, check) for each in _decide(store, plans[start : start + COMPARE_BATCH])]
    return decided


def _resolved(row: ParsedRow, resolve: Resolver) -> RowPlan:
    if row.problems:
        return RowPlan(row, RowAction.REFUSE, {}, problems=row.problems)
    values, problems = resolve(row)
    return RowPlan(row, RowAction.REFUSE if problems else RowAction.CREATE, values, problems=problems)


def refuse_given_twice(store: RowStore, plans: list[RowPlan]) -> list[RowPlan]:
    """Refuse all rows that say the same key, each naming another row that says it."""
    places: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for position, plan in enumerate(plans):
        if plan.action is not RowAction.REFUSE:
            places[store.key_of(plan.values)].append(position)
    twice = [positions for positions in places.values() if len(positions) > 1]
    if not twice:
        return plans
    column = column_named(store.columns, store.key_columns[-1])
    for positions in twice:
        first = positions[0]
        for position in positions:
            other = positions[1] if position == first else position
            row = plans[position].row
            given = " · ".join(str(row.values[name]) for name in store.key_columns if row.values.get(name) is not None)
            problem = refusal(
                "given-twice",
                column,
                given=given,
                first_row=plans[first].row.row_number,
                second_row=plans[other].row.row_number,
            )
            plans[position] = plans[position].refused(problem)
    return plans


def _decide(store: RowStore, plans: Sequence[RowPlan]) -> Iterable[Decided]:
    wanted = [dict(plan.values) for plan in plans if plan.action is not RowAction.REFUSE]
    kept = _kept(store, wanted) if wanted else {}
    for plan in plans:
        row = None if plan.action is RowAction.REFUSE else kept.get(store.key_of(plan.values))
        if row is None:
            yield Decided(plan, None, ())
            continue
        changed = store.differing(row, dict(plan.values))
        action = RowAction.UPDATE if changed else RowAction.UNCHANGED
        yield Decided(RowPlan(plan.row, action, plan.values, row["pk"]), row, changed)


def _kept(store: RowStore, wanted: Sequence[Values]) -> dict[tuple[Any, ...], dict[str, Any]]:
    names = {name for values in wanted for name in values} | set(store.key)
    rows = store.among(wanted).values("pk", *sorted(names - store.beside))
    return {store.key_of(row): row for row in rows}


def _checked(store: RowStore, decided: Decided, check: Check | None) -> RowPlan:
    if decided.plan.action is RowAction.REFUSE:
        return decided.plan
    problems = (*_form_of_new_code(store, decided), *(() if check is None else check(decided)))
    return decided.plan.refused(*problems) if problems else decided.plan


def _form_of_new_code(store: RowStore, decided: Decided) -> Problems:
    """Refuse a new record whose own code no address could carry; one that is on record keeps its code."""
    given = decided.plan.values.get("code")
    if store.model not in _WITH_OWN_CODE or decided.kept is not None or not isinstance(given, str) or is_code(given):
        return ()
    return (refusal("not-a-code", column_named(store.columns, "code"), given=given),)


def batches(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def order_problems(row: ParsedRow, columns: Sequence[Column], first: str, last: str) -> Problems:
    """Refuse a last day before the first."""
    begins, ends = row.values.get(first), row.values.get(last)
    if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
        return (refusal("dates-out-of-order", column_named(columns, last), first=begins, last=ends),)
    return ()


def refuse_below_refused(plans: list[RowPlan], column: Column, *, known_parents: Collection[str] = ()) -> list[RowPlan]:
    """Refuse rows whose parent stands in the same file and is refused there, and so on downwards.

    ``known_parents`` are codes of records that are there already, so that their refused rows hold nobody back.
    """
    row_of = {plan.row.values.get("code"): plan.row.row_number for plan in plans}
    refused = {plan.row.values.get("code") for plan in plans if plan.action is RowAction.REFUSE}
    refused -= {None, *known_parents}
    while refused:
        newly: set[Any] = set()
        for position, plan in enumerate(plans):
            parent = plan.row.values.get(column.name)
            if plan.action is not RowAction.REFUSE and parent in refused:
                problem = refusal("parent-refused", column, given=parent, parent_row=row_of[parent])
                plans[position] = plan.refused(problem)
                newly.add(plan.row.values.get("code"))
        refused = newly - set(known_parents)
    return plans


def with_action(plans: Sequence[RowPlan], action: RowAction) -> list[RowPlan]:
    return [plan for plan in plans if plan.action is action]


def apply_rows(store: RowStore, context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write the new and the changed rows of a kind that has no nodes, with an audit event for each."""
    for batch in batches(with_action(plans, RowAction.CREATE), CREATE_BATCH):
        create_batch(store, context, [store.model(**plan.values) for plan in batch])
    for batch in batches(with_action(plans, RowAction.UPDATE), UPDATE_BATCH):
        update_batch(store, context, batch)


def create_batch(store: RowStore, context: CommandContext, rows: Sequence[Model]) -> None:
    """Write new rows and their audit events."""
    store.model._default_manager.bulk_create(rows)
    audit.record_many(context, [audit.entry_of(store.action, row, None, audit.creation_facts(row)) for row in rows])


@dataclass(frozen=True, slots=True)
class Written:
    """A row after its update, with the old and the new values of the fields that changed."""

    row: Any
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def update_batch(store: RowStore, context: CommandContext, plans: Sequence[RowPlan]) -> list[Written]:
    """Write changed rows, grouped by what changed so that no more than that is written, and their audit events."""
    manager = store.model._default_manager
    rows = manager.in_bulk([plan.existing_id for plan in plans])
    written = [_set(store, rows[plan.existing_id], plan) for plan in plans]
    groups: defaultdict[tuple[str, ...], list[Any]] = defaultdict(list)
    for each in written:
        groups[tuple(sorted(each.after))].append(each.row)
    for names, group in groups.items():
        manager.bulk_update(group, [_field_name(store.model, name) for name in names])
    if issubclass(store.model, VersionedRecord):
        changed = manager.filter(pk__in=[each.row.pk for each in written])
        changed.update(version=F("version") + 1, updated_at=timezone.now())
    audit.record_many(context, [audit.entry_of(store.action, each.row, each.before, each.after) for each in written])
    return written


def _field_name(model: type[Model], attname: str) -> str:
    return model._meta.get_field(attname).name


def _set(store: RowStore, row: Any, plan: RowPlan) -> Written:  # noqa: ANN401 - a row of any model
    values = {name: value for name, value in plan.values.items() if name not in store.beside}
    changed = store.differing({name: getattr(row, name) for name in values}, values)
    before = {name: getattr(row, name) for name in changed}
    for name in changed:
        setattr(row, name, values[name])
    return Written(row, before, {name: values[name] for name in changed})
