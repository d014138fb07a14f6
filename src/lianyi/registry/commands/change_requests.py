"""Proposed changes of registry records, and the way each goes until it is made or not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import Enum
from typing import Any

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, plain, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import SeparationOfDutiesError, StaleVersionError, StateRefusedError
from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.accounts.records import save_changes
from lianyi.registry.authority import SECOND_LEVEL_FIELDS, require_second_level
from lianyi.registry.changing import Change, change_record, checked_changes
from lianyi.registry.checks import check_not_ahead
from lianyi.registry.commands.places import require_new_parent
from lianyi.registry.errors import (
    MissingValueError,
    NothingToChangeError,
    PendingChangeExistsError,
)
from lianyi.registry.models import ChangeRequest, Department, Institution, Place

State = ChangeRequest.State
PENDING = (State.PROPOSED, State.COUNTY_APPROVED)


class Step(Enum):
    """What can be done with a change request."""

    APPROVE_ONLY_LEVEL = "approve"
    APPROVE_FIRST_LEVEL = "approve at the first level"
    APPROVE_SECOND_LEVEL = "approve at the second level"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.PROPOSED, Step.APPROVE_ONLY_LEVEL): State.APPLIED,
    (State.PROPOSED, Step.APPROVE_FIRST_LEVEL): State.COUNTY_APPROVED,
    (State.COUNTY_APPROVED, Step.APPROVE_SECOND_LEVEL): State.APPLIED,
    (State.PROPOSED, Step.REFUSE): State.REFUSED,
    (State.COUNTY_APPROVED, Step.REFUSE): State.REFUSED,
    (State.PROPOSED, Step.WITHDRAW): State.WITHDRAWN,
    (State.COUNTY_APPROVED, Step.WITHDRAW): State.WITHDRAWN,
    (State.PROPOSED, Step.SUPERSEDE): State.SUPERSEDED,
    (State.COUNTY_APPROVED, Step.SUPERSEDE): State.SUPERSEDED,
}


def state_after(state: str, step: Step) -> State:
    """Return the state to which a step leads.

    Raises
    ------
    StateRefusedError
        Naming the steps that the state allows.
    """
    try:
        return TRANSITIONS[State(state), step]
    except KeyError:
        open_steps = ", ".join(each.value for start, each in TRANSITIONS if start == state) or "none"
        raise StateRefusedError(
            f"A change request that is {state} does not allow: {step.value}. Steps it allows: {open_steps}.",
            state=state,
            step=step.value,
        ) from None


def record_of_node(node: OrganisationNode) -> Place | Institution | Department:
    """Return the place, institution or department that a node stands for."""
    if node.kind == NodeKind.PLACE:
        return Place.objects.select_related("node", "parent").get(pk=node.pk)
    if node.kind == NodeKind.INSTITUTION:
        return Institution.objects.select_related("node", "place", "parent").get(pk=node.pk)
    return Department.objects.select_related("node", "institution").get(pk=node.pk)


@command("registry.change_request.propose")
def propose_change(
    context: CommandContext,
    row: Place | Institution | Department,
    changes: Mapping[str, Any],
    effective_on: datetime.date,
    expected_version: int,
) -> ChangeRequest:
    """Propose new values for a record's kept fields, with the reason; old values are noted beside them."""
    require(context.actor, "registry.write", row)
    check_not_ahead(effective_on)
    _require_reason(context, "A proposal needs a reason for those who decide about it.")
    _refuse_stale(row, expected_version, changes)
    old_and_new = _old_and_new(row, changes)
    if ChangeRequest.objects.filter(node_id=row.pk, state__in=PENDING).exists():
        raise PendingChangeExistsError(
            f"A change of {row} waits for a decision already. Withdraw it, or wait until it is decided.",
            record=str(row),
        )
    request = ChangeRequest.objects.create(
        node_id=row.pk,
        changes=old_and_new,
        effective_on=effective_on,
        needs_second_level=bool(SECOND_LEVEL_FIELDS & set(old_and_new)),
        base_version=expected_version,
        reason=context.reason.strip(),
        proposed_by_id=context.actor.user_id,
    )
    record(context, "registry.change_request.propose", request, before=None, after=creation_facts(request))
    return request


def _require_reason(context: CommandContext, why: str) -> None:
    if not context.reason.strip():
        raise MissingValueError(f"{why} Write one or two sentences.", field="reason")


def _refuse_stale(row: Place | Institution | Department, expected: int, wanted: Mapping[str, Any]) -> None:
    if row.version != expected:
        raise StaleVersionError(
            f"The record was saved by somebody else in the meantime (you had version {expected}, "
            f"now it is version {row.version}). Compare both versions and propose again.",
            current=row,
            wanted=dict(wanted),
            expected_version=expected,
        )


def _old_and_new(row: Place | Institution | Department, changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    wanted = checked_changes(row, changes)
    pairs = {
        name: {"old": plain(getattr(row, name)), "new": plain(value)}
        for name, value in wanted.items()
        if value != getattr(row, name)
    }
    if not pairs:
        raise NothingToChangeError(f"{row} says this already; there is nothing to propose.", record=str(row))
    return pairs


@command("registry.change_request.approve")
def approve_change(context: CommandContext, request: ChangeRequest, expected_version: int) -> ChangeRequest:
    """Agree to a proposal; the last level that agrees makes the change.

    Where the record moved on since the proposal, nothing is made: the request becomes superseded and says so.
    """
    require(context.actor, "registry.decide", request)
    step = _step_of_approval(request)
    state = state_after(request.state, step)
    _refuse_same_person(context, request)
    if step is Step.APPROVE_SECOND_LEVEL:
        require_second_level(context.actor, request.node_id)
    row = record_of_node(request.node)
    if row.version != request.base_version:
        return _superseded(context, request, row.version, expected_version)
    if state is State.APPLIED:
        _apply(context, request, row)
        return _step_taken(context, request, state, {"decided_by_id": context.actor.user_id}, expected_version)
    return _step_taken(context, request, state, {"first_level_by_id": context.actor.user_id}, expected_version)


def _step_of_approval(request: ChangeRequest) -> Step:
    if not request.needs_second_level:
        return Step.APPROVE_ONLY_LEVEL
    return Step.APPROVE_SECOND_LEVEL if request.state == State.COUNTY_APPROVED else Step.APPROVE_FIRST_LEVEL


def _refuse_same_person(context: CommandContext, request: ChangeRequest) -> None:
    if context.actor.user_id == request.proposed_by_id:
        raise SeparationOfDutiesError(
            "You proposed this change, so somebody else must decide about it.", reason="own-proposal", step="approve"
        )
    if context.actor.user_id == request.first_level_by_id:
        raise SeparationOfDutiesError(
            "You approved this change at the first level, so somebody else must decide at the second.",
            reason="own-first-approval",
            step="approve",
        )


def _apply(context: CommandContext, request: ChangeRequest, row: Place | Institution | Department) -> None:
    fields = type(row)._meta
    wanted = {
        name: fields.get_field(name).to_python(pair["new"])  # type: ignore[union-attr]
        for name, pair in request.changes.items()
    }
    _require_on_targets(context, row, wanted)
    change = Change(wanted, request.effective_on, request.base_version, "registry.change_request.apply")
    change_record(context, row, change)


def _require_on_targets(
    context: CommandContext, row: Place | Institution | Department, wanted: Mapping[str, Any]
) -> None:
    """Ask for permission where the record would go to, as the direct commands do."""
    if isinstance(row, Place):
        require_new_parent(context, wanted)
    if wanted.get("place_id") is not None:
        require(context.actor, "registry.decide", Place.objects.get(pk=wanted["place_id"]))
    if isinstance(row, Institution) and wanted.get("parent_id") is not None:
        require(context.actor, "registry.decide", Institution.objects.get(pk=wanted["parent_id"]))


def _superseded(context: CommandContext, request: ChangeRequest, version: int, expected_version: int) -> ChangeRequest:
    state = state_after(request.state, Step.SUPERSEDE)
    reason = (
        f"The record was changed after the proposal (it was version {request.base_version}, "
        f"now it is version {version}). Compare and propose again."
    )
    changes = {"decided_by_id": context.actor.user_id, "decision_reason": reason}
    return _step_taken(context, request, state, changes, expected_version)


@command("registry.change_request.refuse")
def refuse_change(context: CommandContext, request: ChangeRequest, expected_version: int) -> ChangeRequest:
    """Refuse a proposal, with the reason."""
    require(context.actor, "registry.decide", request)
    state = state_after(request.state, Step.REFUSE)
    _refuse_same_person(context, request)
    if request.state == State.COUNTY_APPROVED:
        require_second_level(context.actor, request.node_id)
    _require_reason(context, "The proposer wants to know why it was refused.")
    changes = {"decided_by_id": context.actor.user_id, "decision_reason": context.reason.strip()}
    return _step_taken(context, request, state, changes, expected_version)


@command("registry.change_request.withdraw")
def withdraw_change(context: CommandContext, request: ChangeRequest, expected_version: int) -> ChangeRequest:
    """Take back a proposal: only who made it may."""
    require(context.actor, "registry.write", request)
    state = state_after(request.state, Step.WITHDRAW)
    if context.actor.user_id != request.proposed_by_id:
        raise SeparationOfDutiesError(
            "Only the person who proposed a change may withdraw it; others approve or refuse it.",
            reason="proposal-of-another",
            step="withdraw",
        )
    return _step_taken(context, request, state, {"decision_reason": context.reason.strip()}, expected_version)


def _step_taken(
    context: CommandContext,
    request: ChangeRequest,
    state: State,
    changes: Mapping[str, Any],
    expected_version: int,
) -> ChangeRequest:
    wanted = {**changes, "state": state}
    before = snapshot(request, wanted)
    save_changes(request, wanted, expected_version)
    action = f"registry.change_request.{state.value}"
    record(context, action, request, before=before, after=snapshot(request, wanted))
    return request
