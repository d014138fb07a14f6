"""Whom a referral asks: the candidates, the leg of each, and who may choose another one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, serves
from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.roles import role_holds
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.machine import BY_NAME, TAKEN
from lianyi.referrals.models import ExternalPartner, Leg, LegEvent, Request
from lianyi.referrals.policies import policy_of
from lianyi.referrals.running import start_clock
from lianyi.referrals.sides import ROUTE
from lianyi.referrals.states import EntryMode, LegState, Side
from lianyi.referrals.walk import NOTHING_SAID, Move, Walk
from lianyi.registry.models import Department, Institution
from lianyi.rules.referral_policy import ClockKind

MOST_RECEIVERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One candidate: an institution of the registry, or a partner without an account."""

    institution_id: int | None = None
    department_id: int | None = None
    external_partner_id: int | None = None


def checked_receivers(wanted: Sequence[Receiver], sender_id: int) -> list[Receiver]:
    """Return the candidates when each of them can be asked, and each is named once."""
    if not wanted:
        raise FactsRefusedError("Choose at least one receiver.", field="receivers", reason="no-receiver")
    if len(wanted) > MOST_RECEIVERS:
        raise FactsRefusedError(
            f"{len(wanted)} receivers were chosen; at most {MOST_RECEIVERS} are asked at once.",
            field="receivers",
            reason="too-many-receivers",
            given=len(wanted),
            most=MOST_RECEIVERS,
        )
    keys = [(each.institution_id, each.external_partner_id) for each in wanted]
    if len(keys) != len(dict.fromkeys(keys)):
        raise FactsRefusedError("A receiver is named twice.", field="receivers", reason="receiver-twice")
    for each in wanted:
        _check_receiver(each, sender_id)
    return list(wanted)


def _check_receiver(receiver: Receiver, sender_id: int) -> None:
    if receiver.external_partner_id is not None:
        partners = ExternalPartner.objects.filter(kept_by_id=sender_id, is_active=True)
        if not partners.filter(pk=receiver.external_partner_id).exists():
            raise FactsRefusedError(
                "The partner outside the network is not on your institution's list.",
                field="receivers",
                reason="partner-unknown",
            )
        return
    institution = Institution.objects.filter(pk=receiver.institution_id).first()
    if institution is None or institution.pk == sender_id:
        raise FactsRefusedError(
            "Choose a receiver of the registry other than the sender.", field="receivers", reason="receiver-unknown"
        )
    if not institution.is_open_on(timezone.localdate()):
        raise GuardRefusedError(
            f"{institution.name_zh} is closed and takes no patients. Choose another institution.",
            reason="institution-closed",
            institution=institution.name_zh,
        )
    departments = Department.objects.filter(institution=institution)
    if receiver.department_id is not None and not departments.filter(pk=receiver.department_id).exists():
        raise FactsRefusedError(
            "The department named belongs to another institution.", field="receivers", reason="department-elsewhere"
        )


def draft_leg(context: CommandContext, request: Request, number: int, receiver: Receiver, at: datetime.datetime) -> Leg:
    """Write the leg of one candidate; it is a draft and the sender's to send."""
    leg = Leg.objects.create(
        request=request,
        number=number,
        from_institution=request.from_institution,
        to_institution_id=receiver.institution_id,
        to_department_id=receiver.department_id,
        external_partner_id=receiver.external_partner_id,
        ball_side=Side.SENDER,
        ball_institution=request.from_institution,
        responsible=request.from_institution,
        provenance=request.provenance,
    )
    record(context, "referrals.leg.draft", leg, before=None, after=creation_facts(leg))
    move = Move(leg, BY_NAME["draft"], Side.SENDER, policy_of(request.policy), timezone.now())
    walk = Walk(context, move, NOTHING_SAID, at, EntryMode.LIVE)
    clock = start_clock(walk, LegState.DRAFT, ClockKind.DRAFT)
    if clock is not None:
        Leg.objects.filter(pk=leg.pk).update(due_at=clock.due_at)
    LegEvent.objects.create(
        leg=leg,
        rule="R01",
        step="draft",
        from_state="",
        to_state=LegState.DRAFT,
        side=Side.SENDER,
        user_id=context.actor.user_id,
        acting_node_id=context.actor.node_id,
        acting_role=context.actor.role,
        occurred_at=at,
        recorded_at=timezone.now(),
        command_key=context.key,
    )
    leg.refresh_from_db()
    return leg


@command("referrals.request.add_receiver")
def add_receiver(context: CommandContext, request_id: int, receiver: Receiver) -> Leg:
    """Add a candidate to a referral that has none left, or beside those who still look at it."""
    request = require_routing(context, request_id)
    asked = Leg.objects.filter(request=request, is_open=True, to_institution_id=receiver.institution_id)
    if receiver.institution_id is not None and asked.exists():
        raise FactsRefusedError(
            "This institution has the referral already.", field="receivers", reason="receiver-asked-already"
        )
    _check_receiver(receiver, request.from_institution_id)
    last = Leg.objects.filter(request=request).order_by("-number").values_list("number", flat=True).first() or 0
    return draft_leg(context, request, last + 1, receiver, timezone.now())


def require_routing(context: CommandContext, request_id: int) -> Request:
    """Return a request that still looks for a receiver, and for which the actor may choose one."""
    request = get_in_scope(context.actor, Request.objects.select_related("journey", "from_institution"), request_id)
    may_route = role_holds(context.actor.role, ROUTE) and serves(context.actor, request.coordinator_id)
    if not may_route and not serves(context.actor, request.from_institution_id):
        raise NotPermittedError(
            "Only the sender or the coordinator chooses another receiver.",
            reason="referral-relation",
            permission="route",
        )
    require(context.actor, "referral.write")
    if request.is_revoked:
        raise GuardRefusedError(
            "This referral was taken back. Write a new one of the same journey.", reason="request-revoked"
        )
    if Leg.objects.filter(request=request, state__in=(*TAKEN, LegState.DIED)).exists():
        raise GuardRefusedError(
            "A hospital has this patient already, or the case is over. Write a new referral of the same journey.",
            reason="request-taken",
        )
    return request
