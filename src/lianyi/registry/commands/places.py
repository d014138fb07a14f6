"""Every write about places: the administrative tree, how codes gave way to others, and who lives there."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.registry import nodes
from lianyi.registry.changing import (
    Change,
    change_record,
    check_facts,
    check_level,
    correct_record,
    create_history,
    refuse_taken_code,
)
from lianyi.registry.checks import GivenPosition, checked
from lianyi.registry.errors import DuplicateCodeError, NothingToChangeError
from lianyi.registry.models import Place, PlacePopulation, PlaceSuccession


@dataclass(frozen=True, slots=True)
class NewPlace:
    """What is to be known of a new place. Without ``parent`` it is the root of a tree."""

    code: str
    name_zh: str
    level: str
    parent: Place | None = None
    name_en: str = ""
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    position: GivenPosition | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewPopulation:
    """How many people of a group live in a place in a year."""

    year: int
    persons: int
    group: str = PlacePopulation.Group.RESIDENT
    source: str = ""
    provenance: str = Provenance.RECORDED


@command("registry.place.create")
def create_place(context: CommandContext, new: NewPlace) -> Place:
    """Add a place below another. The root of a tree is made by the installer only."""
    _require_place_keeping(context, new.parent)
    position = {} if new.position is None else new.position.as_kept()
    values = checked(
        Place,
        {
            "code": new.code,
            "name_zh": new.name_zh,
            "name_en": new.name_en,
            "level": new.level,
            "valid_from": new.valid_from,
            "valid_to": new.valid_to,
            "provenance": new.provenance,
            **position,
        },
    )
    check_facts(Place, values)
    check_level(values["level"], new.parent)
    place = Place(parent=new.parent, **values)
    refuse_taken_code(place, place.code)
    parent_node = None if new.parent is None else new.parent.node
    place.node = nodes.new_place_node(parent_node, place.code, place.name_zh, place.name_en)
    place.node.save(force_insert=True)
    place.node_id = place.node.pk
    place.save(force_insert=True)
    create_history(context, place)
    record(context, "registry.place.create", place, before=None, after=creation_facts(place))
    return place


def _require_place_keeping(context: CommandContext, place: Place | None) -> None:
    if place is not None:
        require(context.actor, "registry.decide", place)
    elif not context.actor.is_service:
        raise NotPermittedError(
            "The highest place of a tree is made on the server, by importing places.",
            reason="highest-place",
            permission="registry.decide",
        )


def require_new_parent(context: CommandContext, changes: Mapping[str, Any]) -> None:
    """Ask for permission on the place that a change would put another under; the highest place is the installer's.

    Raises
    ------
    NotPermittedError
    """
    if "parent_id" in changes:
        _require_place_keeping(context, Place.objects.filter(pk=changes["parent_id"]).first())


@command("registry.place.update")
def update_place(
    context: CommandContext,
    place: Place,
    changes: Mapping[str, Any],
    effective_on: datetime.date,
    expected_version: int,
) -> Place:
    """Change a place's names or days of validity from a day on; wrong data are mended by ``correct_place``."""
    require(context.actor, "registry.decide", place)
    require_new_parent(context, changes)
    return change_record(context, place, Change(changes, effective_on, expected_version, "registry.place.update"))


@command("registry.place.correct")
def correct_place(context: CommandContext, place: Place, changes: Mapping[str, Any], expected_version: int) -> Place:
    """Mend what was wrong about a place all along: code, level, coordinates, names."""
    require(context.actor, "registry.decide", place)
    require_new_parent(context, changes)
    change = Change(changes, datetime.date.min, expected_version, "registry.place.correct")
    return correct_record(context, place, change)


@command("registry.place.move")
def move_place(
    context: CommandContext, place: Place, parent: Place, effective_on: datetime.date, expected_version: int
) -> Place:
    """Make a place part of another; the paths of everything below follow."""
    require(context.actor, "registry.decide", place)
    require(context.actor, "registry.decide", parent)
    change = Change({"parent_id": parent.pk}, effective_on, expected_version, "registry.place.move")
    return change_record(context, place, change)


@command("registry.place.close")
def close_place(context: CommandContext, place: Place, valid_to: datetime.date, expected_version: int) -> Place:
    """End a place's code; ``valid_to`` is its last day, and may be announced ahead."""
    require(context.actor, "registry.decide", place)
    effective_on = min(valid_to, timezone.localdate())
    return change_record(
        context, place, Change({"valid_to": valid_to}, effective_on, expected_version, "registry.place.close")
    )


@command("registry.place.record_succession")
def record_succession(
    context: CommandContext, predecessor: Place, successor: Place, kind: str, effective_on: datetime.date
) -> PlaceSuccession:
    """Note that a place's code gave way to another's on a day."""
    require(context.actor, "registry.decide", predecessor)
    values = checked(PlaceSuccession, {"kind": kind})
    if predecessor.pk == successor.pk:
        raise NothingToChangeError(
            f"{predecessor} cannot give way to itself. Name the place that came after it.", field="successor"
        )
    succession = PlaceSuccession(predecessor=predecessor, successor=successor, effective_on=effective_on, **values)
    known = PlaceSuccession.objects.filter(predecessor=predecessor, successor=successor, effective_on=effective_on)
    if known.exists():
        raise DuplicateCodeError(
            f"That {predecessor} gave way to {successor} on {effective_on} is on record already.", field="successor"
        )
    succession.save()
    after = creation_facts(succession)
    record(context, "registry.place.record_succession", succession, before=None, after=after)
    return succession


@command("registry.place.set_population")
def set_population(
    context: CommandContext, place: Place, new: NewPopulation, expected_version: int | None = None
) -> PlacePopulation:
    """State the population of a place in a year; a second statement of the same figure replaces the first."""
    require(context.actor, "registry.write", place)
    values = checked(
        PlacePopulation,
        {
            "year": new.year,
            "group": new.group,
            "persons": new.persons,
            "source": new.source,
            "provenance": new.provenance,
        },
    )
    known = PlacePopulation.objects.filter(place=place, year=values["year"], group=values["group"]).first()
    if known is None:
        population = PlacePopulation.objects.create(place=place, **values)
        after = creation_facts(population)
        record(context, "registry.place.set_population", population, before=None, after=after)
        return population
    before = snapshot(known, values)
    if before != values:
        save_changes(known, values, expected_version)
        after = snapshot(known, values)
        record(context, "registry.place.set_population", known, before=before, after=after)
    return known
