"""Writes about institutions as long as they live: opening, renaming, moving, regrading, placing under, correcting."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance
from lianyi.registry import nodes
from lianyi.registry.authority import require_second_level
from lianyi.registry.changing import (
    Change,
    change_record,
    check_facts,
    correct_record,
    create_history,
    refuse_taken_code,
)
from lianyi.registry.checks import GivenPosition, checked
from lianyi.registry.errors import UnchangeableFieldError
from lianyi.registry.models import Institution, InstitutionGrade, InstitutionTier, Ownership, Place


@dataclass(frozen=True, slots=True)
class NewInstitution:
    """What is to be known of a new institution."""

    code: str
    name_zh: str
    kind: str
    place: Place
    name_en: str = ""
    alias: str = ""
    tier: str = InstitutionTier.UNGRADED
    grade: str = InstitutionGrade.NONE
    ownership: str = Ownership.PUBLIC
    parent: Institution | None = None
    address: str = ""
    position: GivenPosition | None = None
    opened_on: datetime.date | None = None
    closed_on: datetime.date | None = None
    is_open_24_hours: bool = False
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewNames:
    """All names of an institution after a renaming."""

    name_zh: str
    name_en: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class NewStanding:
    """Tier, grade and owner of an institution after a regrading; None leaves what is there."""

    tier: str | None = None
    grade: str | None = None
    ownership: str | None = None

    def changes(self) -> dict[str, Any]:
        given = {"tier": self.tier, "grade": self.grade, "ownership": self.ownership}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class NewSite:
    """Where an institution stands after a move; None leaves what is there."""

    place: Place | None = None
    address: str | None = None
    position: GivenPosition | None = None

    def changes(self) -> dict[str, Any]:
        given = {} if self.position is None else self.position.as_kept()
        if self.place is not None:
            given["place_id"] = self.place.pk
        if self.address is not None:
            given["address"] = self.address
        return given


@command("registry.institution.open")
def open_institution(context: CommandContext, new: NewInstitution) -> Institution:
    """Add an institution in a place."""
    require(context.actor, "registry.decide", new.place)
    if new.parent is not None:
        require(context.actor, "registry.decide", new.parent)
    values = checked(Institution, _given(new))
    check_facts(Institution, values)
    institution = Institution(place=new.place, parent=new.parent, **values)
    refuse_taken_code(institution, institution.code)
    parent_node = None if new.parent is None else new.parent.node
    institution.node = nodes.new_institution_node(
        new.place.node, parent_node, institution.code, institution.name_zh, institution.name_en
    )
    institution.node.save(force_insert=True)
    institution.node_id = institution.node.pk
    institution.save(force_insert=True)
    create_history(context, institution)
    record(context, "registry.institution.open", institution, before=None, after=creation_facts(institution))
    return institution


def _given(new: NewInstitution) -> dict[str, Any]:
    return {
        "code": new.code,
        "name_zh": new.name_zh,
        "name_en": new.name_en,
        "alias": new.alias,
        "kind": new.kind,
        "tier": new.tier,
        "grade": new.grade,
        "ownership": new.ownership,
        "address": new.address,
        "opened_on": new.opened_on,
        "closed_on": new.closed_on,
        "is_open_24_hours": new.is_open_24_hours,
        "provenance": new.provenance,
        **({} if new.position is None else new.position.as_kept()),
    }


@command("registry.institution.rename")
def rename_institution(
    context: CommandContext,
    institution: Institution,
    names: NewNames,
    effective_on: datetime.date,
    expected_version: int,
) -> Institution:
    """Give an institution new names from a day on."""
    require(context.actor, "registry.decide", institution)
    changes = {"name_zh": names.name_zh, "name_en": names.name_en, "alias": names.alias}
    change = Change(changes, effective_on, expected_version, "registry.institution.rename")
    return change_record(context, institution, change)


@command("registry.institution.move")
def move_institution(
    context: CommandContext,
    institution: Institution,
    site: NewSite,
    effective_on: datetime.date,
    expected_version: int,
) -> Institution:
    """Note that an institution moved; its node and its departments' nodes follow into the new place."""
    require(context.actor, "registry.decide", institution)
    if site.place is not None:
        require(context.actor, "registry.decide", site.place)
    change = Change(site.changes(), effective_on, expected_version, "registry.institution.move")
    return change_record(context, institution, change)


@command("registry.institution.regrade")
def regrade_institution(
    context: CommandContext,
    institution: Institution,
    standing: NewStanding,
    effective_on: datetime.date,
    expected_version: int,
) -> Institution:
    """Change tier, grade or owner: at prefecture level or above; others propose it."""
    require(context.actor, "registry.decide", institution)
    require_second_level(context.actor, institution.pk)
    change = Change(standing.changes(), effective_on, expected_version, "registry.institution.regrade")
    return change_record(context, institution, change)


@command("registry.institution.place_under")
def place_institution_under(
    context: CommandContext,
    institution: Institution,
    parent: Institution | None,
    effective_on: datetime.date,
    expected_version: int,
) -> Institution:
    """Make an institution a branch or sub-centre of another, or (None) independent again; its branches follow."""
    require(context.actor, "registry.decide", institution)
    if parent is not None:
        require(context.actor, "registry.decide", parent)
    changes = {"parent_id": None if parent is None else parent.pk}
    change = Change(changes, effective_on, expected_version, "registry.institution.place_under")
    return change_record(context, institution, change)


@command("registry.institution.correct")
def correct_institution(
    context: CommandContext, institution: Institution, changes: Mapping[str, Any], expected_version: int
) -> Institution:
    """Mend fields that were wrong all along. Place and parent are changed by moving and placing under."""
    require(context.actor, "registry.decide", institution)
    elsewhere = sorted({"place_id", "parent_id"} & set(changes))
    if elsewhere:
        raise UnchangeableFieldError(
            f"{', '.join(elsewhere)} is not corrected; move the institution, or place it under another.",
            field=elsewhere[0],
        )
    if {"tier", "grade", "ownership"} & set(changes):
        require_second_level(context.actor, institution.pk)
    change = Change(changes, datetime.date.min, expected_version, "registry.institution.correct")
    return correct_record(context, institution, change)
