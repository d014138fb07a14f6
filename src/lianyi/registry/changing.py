"""The one way in which places, institutions and departments change: row, node, history and audit together.

Commands, approved change requests and imports all end here. Permission is asked by whoever calls.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from lianyi.accounts import audit
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.records import save_changes
from lianyi.registry import history, nodes
from lianyi.registry.checks import check_not_ahead, check_order, checked
from lianyi.registry.errors import (
    CycleError,
    DuplicateCodeError,
    IncompletePositionError,
    NothingToChangeError,
    PlaceLevelError,
    UnchangeableFieldError,
)
from lianyi.registry.models import Department, Institution, Place, PlaceLevel, RegistryEvent

Kept = TypeVar("Kept", bound=Place | Institution | Department)

_RANK = {level: rank for rank, level in enumerate(PlaceLevel.values)}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a record's fields, from which day, and from which version the asker started."""

    changes: Mapping[str, Any]
    effective_on: datetime.date
    expected_version: int | None
    action: str


def change_record(context: CommandContext, row: Kept, change: Change) -> Kept:
    """Change kept fields from a day on.

    A change that took effect before a later one of the same field goes into the history and leaves the record as the
    later one made it.

    Raises
    ------
    FutureDateError, NothingToChangeError, UnchangeableFieldError, StaleVersionError
        And what the checks of the single fields raise.
    """
    check_not_ahead(change.effective_on)
    wanted = checked_changes(row, change.changes)
    check_order("the first day", history.first_day(row), "effective_on", change.effective_on)
    events = history.events_of_node(row.pk)
    then = history.facts_on(type(row), _facts_now(row), events, change.effective_on)
    after = {name: value for name, value in wanted.items() if value != then[name]}
    _refuse_nothing(row, after)
    superseded = history.fields_changed_after(events, change.effective_on)
    made = history.events_of_changes(row, then, after, change.effective_on, context.reason)
    current = {name: value for name, value in after.items() if name not in superseded}
    return _written(context, row, current, change, made)


def correct_record(context: CommandContext, row: Kept, change: Change) -> Kept:
    """Mend fields that were wrong from the beginning; ``change.effective_on`` is not asked.

    Raises
    ------
    NothingToChangeError, UnchangeableFieldError, StaleVersionError
        And what the checks of the single fields raise.
    """
    wanted = checked_changes(row, change.changes)
    after = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    _refuse_nothing(row, after)
    before = {name: getattr(row, name) for name in after}
    event = history.correction_event(row, before, after, history.events_of_node(row.pk), context.reason)
    return _written(context, row, after, change, [event])


def _written(
    context: CommandContext, row: Kept, current: Mapping[str, Any], change: Change, events: list[RegistryEvent]
) -> Kept:
    before = audit.snapshot(row, current)
    save_changes(row, current, change.expected_version)
    move_in_tree(row, set(current))
    RegistryEvent.objects.bulk_create(events)
    said = [{"kind": event.kind, "effective_on": audit.plain(event.effective_on), **event.after} for event in events]
    after = {**audit.snapshot(row, current), "events": said}
    audit.record(context, change.action, row, before=before, after=after)
    return row


def move_in_tree(row: Place | Institution | Department, changed: set[str]) -> None:
    """Bring the nodes up to date after a record's code, name, place or parent changed."""
    if changed & {"code", "name_zh", "name_en"}:
        code = row.code
        if isinstance(row, Department):
            code = nodes.department_node_code(row.institution.code, row.code)
        nodes.rename_nodes({row.pk: (code, row.name_zh, row.name_en)})
    if isinstance(row, Institution):
        if "code" in changed:
            nodes.recode_departments(row)
        if changed & {"place_id", "parent_id"}:
            nodes.replant_institutions([row.pk])
    elif isinstance(row, Place) and "parent_id" in changed:
        nodes.move_place_node(row.node, None if row.parent is None else row.parent.node)


def _facts_now(row: Place | Institution | Department) -> dict[str, Any]:
    return {name: getattr(row, name) for name in history.FACTS[type(row)]}


def _refuse_nothing(row: Place | Institution | Department, after: Mapping[str, Any]) -> None:
    if not after:
        raise NothingToChangeError(
            f"{row} says this already; nothing was changed. Give a value that differs.", record=str(row)
        )


def checked_changes(row: Kept, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes as they would be kept, checked against the record and its place in the tree.

    Raises
    ------
    InvalidInputError
        One subclass for each reason.
    """
    model = type(row)
    strange = sorted(set(changes) - set(history.FACTS[model]))
    if strange:
        raise UnchangeableFieldError(
            f"{', '.join(strange)} cannot be changed here. Accepted: {', '.join(history.FACTS[model])}.",
            field=strange[0],
            given=tuple(strange),
            expected=history.FACTS[model],
        )
    wanted = checked(model, changes)
    as_it_will_be = {**_facts_now(row), **wanted}
    check_facts(model, as_it_will_be)
    if "code" in wanted and wanted["code"] != row.code:
        refuse_taken_code(row, wanted["code"])
    if isinstance(row, Institution) and wanted.get("parent_id") is not None:
        _refuse_cycle(row, Institution.objects.select_related("node").get(pk=wanted["parent_id"]))
    if isinstance(row, Place) and {"parent_id", "level"} & set(wanted):
        _check_place_in_tree(row, as_it_will_be)
    return wanted


def check_facts(model: type[Model], facts: Mapping[str, Any]) -> None:
    """Check what the fields of one record must be to one another.

    Raises
    ------
    DatesOutOfOrderError, IncompletePositionError
    """
    first, last = ("valid_from", "valid_to") if model is Place else ("opened_on", "closed_on")
    check_order(first, facts.get(first), last, facts.get(last))
    position = [facts.get(name) for name in ("longitude", "latitude")]
    if position.count(None) == 1 or (None not in position and not facts.get("given_coordinate_system")):
        raise IncompletePositionError(
            "Longitude, latitude and coordinate system belong together: give all three or none of them.",
            field="coordinate_system",
        )


def refuse_taken_code(row: Place | Institution | Department, code: str) -> None:
    """Refuse a code that another record has.

    Raises
    ------
    DuplicateCodeError
    """
    others: QuerySet[Any, Any]
    if isinstance(row, Department):
        others = Department.objects.filter(institution_id=row.institution_id)
    else:
        others = type(row)._default_manager.all()
    if others.filter(code=code).exclude(pk=row.pk).exists():
        raise DuplicateCodeError(
            f"The code '{code}' is taken by another record. Give another code, or change the existing record.",
            field="code",
            given=code,
        )


def _refuse_cycle(row: Institution, parent: Institution) -> None:
    if parent.node.management_path.startswith(row.node.management_path):
        raise CycleError(
            f"{parent} is {row} itself or stands below it, so {row} cannot be placed under it. Choose another.",
            field="parent",
            given=parent.code,
        )


def _check_place_in_tree(row: Place, facts: Mapping[str, Any]) -> None:
    parent = Place.objects.select_related("node").filter(pk=facts["parent_id"]).first()
    check_level(facts["level"], parent)
    if parent is not None and parent.node.path.startswith(row.node.path):
        raise CycleError(
            f"{parent} is {row} itself or stands below it, so {row} cannot become part of it. Choose another.",
            field="parent",
            given=parent.code,
        )
    highest = min((_RANK[level] for level in row.children.values_list("level", flat=True)), default=len(_RANK))
    if highest <= _RANK[facts["level"]]:
        raise PlaceLevelError(
            f"{row} has parts of the level {PlaceLevel.values[highest]}, so it cannot be a {facts['level']} itself.",
            field="level",
            given=facts["level"],
        )


def check_level(level: str, parent: Place | None) -> None:
    """Refuse a parent that does not stand higher.

    Raises
    ------
    PlaceLevelError
    """
    if parent is not None and not stands_above(parent.level, level):
        raise PlaceLevelError(
            f"A {level} cannot be part of {parent}, which is a {parent.level}. "
            f"Levels from the highest: {', '.join(PlaceLevel.values)}.",
            field="parent",
            given=parent.code,
        )


def stands_above(level: str, other: str) -> bool:
    return _RANK[level] < _RANK[other]


def create_history(context: CommandContext, row: Place | Institution | Department) -> None:
    """Write the events of a new record."""
    RegistryEvent.objects.bulk_create(history.opening_events([row], context.reason))
