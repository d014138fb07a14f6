"""What a place, an institution or a department was on a day, and the events that say so.

An event holds the old and the new value of the fields it changed. The value of a field on a day is what the last event
up to that day made it; before the first event, what that event found. Corrections say that the record had been wrong:
what they found is never taken as having been true.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from lianyi.accounts.audit import plain
from lianyi.registry.models import Department, Institution, Place, RegistryEvent

Kind = RegistryEvent.Kind

_NAMES = ("name_zh", "name_en", "alias")
_POSITION = ("longitude", "latitude", "given_coordinate_system")

FACTS: Mapping[type[Model], tuple[str, ...]] = {
    Place: ("code", "name_zh", "name_en", "level", "parent_id", "valid_from", "valid_to", *_POSITION),
    Institution: (
        *("code", *_NAMES, "kind", "tier", "grade", "ownership", "place_id", "parent_id", "address", *_POSITION),
        *("opened_on", "closed_on", "is_open_24_hours"),
    ),
    Department: (*("code", "name_zh", "name_en", "specialty", "minimum_staff_on_duty", "opened_on", "closed_on"),),
}
"""The fields whose past is kept."""

_KIND_OF_FIELD: Mapping[type[Model], Mapping[str, Kind]] = {
    Place: {
        **dict.fromkeys(("name_zh", "name_en"), Kind.RENAMED),
        "parent_id": Kind.MOVED,
        "valid_to": Kind.CLOSED,
    },
    Institution: {
        **dict.fromkeys(_NAMES, Kind.RENAMED),
        **dict.fromkeys(("tier", "grade", "ownership"), Kind.REGRADED),
        **dict.fromkeys(("place_id", "address", *_POSITION), Kind.MOVED),
        "parent_id": Kind.PLACED_UNDER,
        "closed_on": Kind.CLOSED,
    },
    Department: {
        **dict.fromkeys(("name_zh", "name_en"), Kind.RENAMED),
        "closed_on": Kind.CLOSED,
    },
}
_FIRST_DAY: Mapping[type[Model], str] = {Place: "valid_from", Institution: "opened_on", Department: "opened_on"}
_LAST_DAY: Mapping[type[Model], str] = {Place: "valid_to", Institution: "closed_on", Department: "closed_on"}


def events_of_node(node_id: int) -> list[RegistryEvent]:
    """Return the events of one record, oldest first."""
    return list(RegistryEvent.objects.filter(node_id=node_id).order_by("effective_on", "pk"))


def facts_on(
    model: type[Model], now: Mapping[str, Any], events: Sequence[RegistryEvent], day: datetime.date
) -> dict[str, Any]:
    """Return the kept fields of a record as they were on ``day``.

    Parameters
    ----------
    now
        The fields as the record has them now.
    events
        All events of the record, oldest first.
    """
    facts = {}
    for name in FACTS[model]:
        known, value = _value_on(name, events, day)
        field = model._meta.get_field(name)
        facts[name] = field.to_python(value) if known else now[name]  # type: ignore[union-attr]
    return facts


def _value_on(name: str, events: Sequence[RegistryEvent], day: datetime.date) -> tuple[bool, Any]:
    made = [event for event in events if event.effective_on <= day and name in event.after]
    if made:
        return True, made[-1].after[name]
    found = [
        event for event in events if event.effective_on > day and name in event.before and event.kind != Kind.CORRECTED
    ]
    return (True, found[0].before[name]) if found else (False, None)


def fields_changed_after(events: Iterable[RegistryEvent], day: datetime.date) -> set[str]:
    """Return the fields about which an event after ``day`` speaks: what is recorded late does not change them now."""
    return {name for event in events if event.effective_on > day for name in event.after}


def first_day(row: Model) -> datetime.date | None:
    """Return the day on which a record's life began, where it is known."""
    found: datetime.date | None = getattr(row, _FIRST_DAY[type(row)])
    return found


def opening_events(rows: Iterable[Model], reason: str = "") -> list[RegistryEvent]:
    """Return the unsaved events of new records, as far as their first and last days are known.

    They hold only those days: a field that no event changed was always what the record says.
    """
    events = []
    for row in rows:
        model = type(row)
        first, last = first_day(row), getattr(row, _LAST_DAY[model])
        if first is not None:
            events.append(_event(row, Kind.OPENED, first, {}, {_FIRST_DAY[model]: plain(first)}, reason))
        if last is not None:
            name = _LAST_DAY[model]
            events.append(_event(row, Kind.CLOSED, last, {name: None}, {name: plain(last)}, reason))
    return events


def events_of_changes(
    row: Model, before: Mapping[str, Any], after: Mapping[str, Any], effective_on: datetime.date, reason: str
) -> list[RegistryEvent]:
    """Return the unsaved events of a change, one for each kind: a rename apart from a move.

    A closing takes effect on the day of closing itself; taking a closing back is a correction.
    """
    model = type(row)
    groups: dict[Kind, list[str]] = {}
    for name in after:
        kind = _KIND_OF_FIELD[model].get(name, Kind.CORRECTED)
        if kind is Kind.CLOSED and after[name] is None:
            kind = Kind.CORRECTED
        groups.setdefault(kind, []).append(name)
    return [
        _event(
            row,
            kind,
            after[_LAST_DAY[model]] if kind is Kind.CLOSED else effective_on,
            {name: plain(before[name]) for name in names},
            {name: plain(after[name]) for name in names},
            reason,
        )
        for kind, names in groups.items()
    ]


def correction_event(
    row: Model,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    events: Sequence[RegistryEvent],
    reason: str,
) -> RegistryEvent:
    """Return the unsaved event that mends wrong values from the day on which they were first said.

    It is dated on the last event that spoke of one of the fields, so that it wins over it and leaves older values.
    """
    spoke = [event.effective_on for event in events if any(name in event.after for name in after)]
    effective_on = max(spoke, default=first_day(row) or row.created_at.date())  # type: ignore[attr-defined]
    return _event(row, Kind.CORRECTED, effective_on, plain(before), plain(after), reason)


def merger_event(
    row: Model, kind: Kind, effective_on: datetime.date, other: Model, after: Mapping[str, Any], reason: str
) -> RegistryEvent:
    """Return the unsaved event of one side of a merger."""
    before = {name: None for name in after if name in FACTS[type(row)]}
    event = _event(row, kind, effective_on, before, plain(after), reason)
    event.other_node_id = other.pk
    return event


def _event(
    row: Model,
    kind: Kind,
    effective_on: datetime.date,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
) -> RegistryEvent:
    return RegistryEvent(
        node_id=row.pk, kind=kind, effective_on=effective_on, before=dict(before), after=dict(after), reason=reason
    )
