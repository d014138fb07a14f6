"""The facts of places, institutions and departments as pages show them: now, on a day, and change by change."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import ForeignKey, Model
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.pages.names import name_of
from lianyi.pages.values import FieldDifference, field_of, label_of, shown, shown_field
from lianyi.registry import history, queries
from lianyi.registry.checks import REFERENCE_LISTS
from lianyi.registry.models import ChangeRequest, Department, Institution, Place, RegistryEvent
from lianyi.registry.reference_names import reference_name

Kept = Place | Institution | Department
Names = Mapping[int, OrganisationNode]

# What a branch or a department took along is told by the event, but is no field of the record.
_HIDDEN = frozenset({"given_coordinate_system"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One field as people read it; ``differs`` from today where the page shows another day."""

    label: str
    value: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One dated change of a record."""

    event: RegistryEvent
    differences: tuple[FieldDifference, ...]
    other: OrganisationNode | None

    @property
    def was_recorded_later(self) -> bool:
        return timezone.localdate(self.event.recorded_at) > self.event.effective_on


def fact_text(model: type[Model], name: str, value: Any, names: Names) -> str:  # noqa: ANN401 - any field's value
    """Return the text of a kept value: words for codes, names for the records it points to."""
    field = field_of(model, name)
    if value in (None, ""):
        return shown(None)
    if isinstance(field, ForeignKey):
        node = names.get(int(value))
        return f"#{value}" if node is None else name_of(node)
    if field is not None and (model, field.name) in REFERENCE_LISTS:
        return reference_name(REFERENCE_LISTS[model, field.name], str(value))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return shown(value if field is None else field.to_python(value))


def facts_of(row: Kept, values: Mapping[str, Any], names: Names) -> list[Fact]:
    """Return the values of a record's kept fields, marked where they are not today's."""
    model = type(row)
    return [
        Fact(label_of(model, name), fact_text(model, name, value, names), value != getattr(row, name))
        for name, value in values.items()
    ]


@dataclass(frozen=True, slots=True)
class Past:
    """What the history of a record tells: every change, and the facts on the asked day."""

    lines: list[HistoryLine]
    facts: list[Fact]


def past_of(actor: Actor, row: Kept, day: datetime.date) -> Past:
    """Read a record's history; for those who may not, no lines and today's facts."""
    events = queries.events(actor, row.pk)
    now = {name: getattr(row, name) for name in history.FACTS[type(row)]}
    then = history.facts_on(type(row), now, events, day) if events else now
    names = queries.names_of_nodes(_named(type(row), events, now))
    return Past([_line(type(row), event, names) for event in reversed(events)], facts_of(row, then, names))


def _named(model: type[Model], events: Iterable[RegistryEvent], now: Mapping[str, Any]) -> set[int]:
    """Return the keys of all records that the facts and the events point to."""
    pointing = [name for name in now if isinstance(field_of(model, name), ForeignKey)]
    values = [now, *(each for event in events for each in (event.before, event.after))]
    return {int(each[name]) for each in values for name in pointing if each.get(name) is not None}


def _line(model: type[Model], event: RegistryEvent, names: Names) -> HistoryLine:
    known = [name for name in event.after if field_of(model, name) is not None and name not in _HIDDEN]
    differences = tuple(
        FieldDifference(
            label_of(model, name),
            fact_text(model, name, event.before.get(name), names),
            fact_text(model, name, event.after[name], names),
        )
        for name in known
        if event.kind != RegistryEvent.Kind.OPENED
    )
    return HistoryLine(event, differences, event.other_node)


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field of a proposal: what the record says beside where the new value is typed."""

    field: forms.BoundField
    present: str


def present_values(actor: Actor, row: Kept, form: forms.Form) -> list[ComparedField]:
    """Return the form's fields, each beside what the record says now; fields of the proposal itself have none."""
    model = type(row)
    compared = []
    for bound in form.visible_fields():
        kept = field_of(model, "given_coordinate_system" if bound.name == "coordinate_system" else bound.name)
        if kept is None:
            compared.append(ComparedField(bound, ""))
            continue
        value = getattr(row, kept.attname)
        pair = (model, kept.name)
        text = (
            reference_name(REFERENCE_LISTS[pair], value)
            if pair in REFERENCE_LISTS
            else shown_field(actor, model, kept.name, getattr(row, kept.name))
        )
        compared.append(ComparedField(bound, text))
    return compared


def proposed_differences(request: ChangeRequest, model: type[Model]) -> list[FieldDifference]:
    """Return old and new values of a proposal as people read them."""
    pairs: Mapping[str, Mapping[str, Any]] = request.changes
    pointing = [name for name in pairs if isinstance(field_of(model, name), ForeignKey)]
    keys = {int(value) for name in pointing for value in pairs[name].values() if value is not None}
    names = queries.names_of_nodes(keys) if keys else {}
    return [
        FieldDifference(
            label_of(model, name),
            fact_text(model, name, pair["old"], names),
            fact_text(model, name, pair["new"], names),
        )
        for name, pair in pairs.items()
    ]


def summary_of(request: ChangeRequest, model: type[Model]) -> str:
    """Return which fields a proposal is about, for lists."""
    labels: Sequence[str] = [label_of(model, name) for name in request.changes if name not in _HIDDEN]
    return ", ".join(labels)
