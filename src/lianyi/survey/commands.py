"""Every write of the survey: scenarios that are kept, gaps that are put forward."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import covers, require, require_acting_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import StateRefusedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.registry.checks import checked
from lianyi.registry.models import Institution, Place
from lianyi.survey.errors import NoShortfallError
from lianyi.survey.handing import tell_receivers
from lianyi.survey.models import Gap, Scenario


@dataclass(frozen=True, slots=True)
class NewScenario:
    """What is kept of an option: its name, what was assumed, and what came out."""

    name: str
    parameters: Mapping[str, Any]
    result: Mapping[str, Any]
    note: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewGap:
    """A shortfall with what it was counted against."""

    resource: str
    required: Decimal
    present: Decimal
    basis_zh: str
    basis_en: str
    counted_on: datetime.date
    institution: Institution | None = None
    scenario: Scenario | None = None
    note: str = ""
    provenance: str = field(default=Provenance.RECORDED.value)


def _owner_id(actor: Actor, place: Place) -> int:
    """Return the office for which something is kept; the installer keeps it for the place itself."""
    return place.pk if actor.node_id is None else actor.node_id


@command("survey.scenario.keep")
def keep_scenario(context: CommandContext, place: Place, new: NewScenario) -> Scenario:
    """Keep an option for the acting office. It changes no record of the registry."""
    require(context.actor, "registry.read", place)
    values = checked(Scenario, {"name": new.name, "note": new.note, "provenance": new.provenance})
    row = Scenario.objects.create(
        place=place,
        owner_id=_owner_id(context.actor, place),
        made_by_id=context.actor.user_id,
        parameters=dict(new.parameters),
        result=dict(new.result),
        **values,
    )
    record(context, "survey.scenario.keep", row, before=None, after=creation_facts(row))
    return row


@command("survey.scenario.rename")
def rename_scenario(context: CommandContext, row: Scenario, name: str, note: str, expected_version: int) -> Scenario:
    """Give a scenario another name or note; what it holds stays as it was counted."""
    _require_own(context.actor, row.owner_id, "change a scenario")
    values = checked(Scenario, {"name": name, "note": note})
    before = {name: getattr(row, name) for name in values}
    row = save_changes(row, values, expected_version)
    record(context, "survey.scenario.rename", row, before=before, after=values)
    return row


@command("survey.scenario.withdraw")
def withdraw_scenario(context: CommandContext, row: Scenario, expected_version: int) -> Scenario:
    """Take a scenario out of the list. It is not deleted: gaps may name it.

    Raises
    ------
    StateRefusedError
        When it was withdrawn already.
    """
    _require_own(context.actor, row.owner_id, "withdraw a scenario")
    if row.withdrawn_at is not None:
        raise StateRefusedError("The scenario was withdrawn already.", reason="scenario-withdrawn")
    values = {"withdrawn_at": timezone.now()}
    row = save_changes(row, values, expected_version)
    record(context, "survey.scenario.withdraw", row, before={"withdrawn_at": None}, after=values)
    return row


@command("survey.gap.put_forward")
def put_forward_gap(context: CommandContext, place: Place, new: NewGap) -> Gap:
    """Put a shortfall forward to those who plan postings.

    Raises
    ------
    NotPermittedError
        When the actor's affiliation covers neither the place nor the institution that is short.
    NoShortfallError
        When what is present is not less than what is required.
    """
    require(context.actor, "registry.read", place)
    owner = _owner_id(context.actor, place)
    if new.institution is None or not covers(context.actor, new.institution.pk):
        require_acting_for(context.actor, place.pk, "put forward its gaps")
    if new.required <= new.present:
        raise NoShortfallError(
            f"{new.present} are present and {new.required} required, so nothing is missing.",
            present=new.present,
            required=new.required,
        )
    facts = ("resource", "required", "present", "basis_zh", "basis_en", "counted_on", "note", "provenance")
    row = Gap.objects.create(
        place=place,
        owner_id=owner,
        institution=new.institution,
        scenario=new.scenario,
        made_by_id=context.actor.user_id,
        **checked(Gap, {name: getattr(new, name) for name in facts}),
    )
    record(context, "survey.gap.put_forward", row, before=None, after=creation_facts(row))
    tell_receivers(context, row)
    return row


@command("survey.gap.take_up")
def take_up_gap(context: CommandContext, row: Gap, answer: str, expected_version: int) -> Gap:
    """Say what will be done about a gap: those who plan postings for the place answer it."""
    require(context.actor, "dispatch.write")
    _require_own(context.actor, row.place_id, "take up gaps of this place")
    values = {**checked(Gap, {"answer": answer}), "state": Gap.State.TAKEN_UP.value}
    return _settle(context, "survey.gap.take_up", row, values, expected_version)


def hand_gap_on(context: CommandContext, row: Gap, answer: str) -> Gap:
    """Note, within the command of a receiver, that a gap is in its hands now."""
    values = {**checked(Gap, {"answer": answer}), "state": Gap.State.TAKEN_UP.value}
    return _settle(context, "survey.gap.take_up", row, values, row.version)


@command("survey.gap.withdraw")
def withdraw_gap(context: CommandContext, row: Gap, expected_version: int) -> Gap:
    """Take a gap back that is not there any more, or was put forward by mistake; the reason stays with it."""
    _require_own(context.actor, row.owner_id, "withdraw a gap")
    values = {"answer": context.reason, "state": Gap.State.WITHDRAWN.value}
    return _settle(context, "survey.gap.withdraw", row, values, expected_version)


def _settle(context: CommandContext, action: str, row: Gap, values: dict[str, Any], expected_version: int) -> Gap:
    if row.state != Gap.State.PUT_FORWARD:
        raise StateRefusedError("The gap was answered or withdrawn already.", reason="gap-settled")
    before = {name: getattr(row, name) for name in values}
    row = save_changes(row, values, expected_version)
    record(context, action, row, before=before, after=values)
    return row


def _require_own(actor: Actor, node_id: int, what: str) -> None:
    require(actor, "registry.read")
    require_acting_for(actor, node_id, what)
