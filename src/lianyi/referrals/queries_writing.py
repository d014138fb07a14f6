"""What the page of a new referral offers: senders, agreements, partners, and the case it goes on from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, scoped
from lianyi.accounts.actors import Actor
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.referrals import queries
from lianyi.referrals.models import Attachment, ExternalPartner, GuestLink, Leg, Packet, PatientIdentity, Request
from lianyi.referrals.packets import items_of, without_identity
from lianyi.referrals.policies import policy_of
from lianyi.registry.models import Department, Institution


def senders(actor: Actor) -> list[Institution]:
    """Return the open institutions that the actor writes referrals for, the own one first."""
    require(actor, "referral.write")
    day = timezone.localdate()
    rows = Institution.objects.filter(queries.own_institutions(actor)).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    )
    found = list(rows.select_related("place").order_by("code"))
    return sorted(found, key=lambda row: (row.pk != actor.node_id, row.code))


def departments_of(sender: Institution) -> QuerySet[Department, Any]:
    """Return the open departments of an institution that the actor writes for."""
    return Department.objects.filter(institution=sender, closed_on__isnull=True).order_by("code")


def running_agreements(actor: Actor, sender: Institution, day: datetime.date) -> list[Agreement]:
    """Return the agreements in force that the sender is a party to."""
    parts = AgreementParty.objects.taking_part_on(day).filter(institution=sender)
    rows = scoped(actor, Agreement.objects.filter(pk__in=parts.values("agreement_id"))).order_by("code")
    return [row for row in rows if row.is_running_on(day)]


def partners(actor: Actor) -> QuerySet[ExternalPartner, Any]:
    """Return the partners outside the network on the lists within reach."""
    return scoped(actor, ExternalPartner.objects.select_related("kept_by")).order_by("-is_active", "name")


def partner(actor: Actor, pk: int) -> ExternalPartner:
    return get_in_scope(actor, ExternalPartner.objects.select_related("kept_by"), pk)


def partners_of(actor: Actor, sender: Institution) -> QuerySet[ExternalPartner, Any]:
    return partners(actor).filter(kept_by=sender, is_active=True)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The request that a new one goes on from, with as much of it as the reader may see."""

    request: Request
    identity: PatientIdentity | None
    values: dict[str, Any]


def earlier(actor: Actor, leg_id: int) -> Earlier:
    """Return the case that an onward referral or a new version starts from."""
    leg = queries.leg(actor, leg_id)
    row = queries.request(actor, leg.request_id)
    identity = scoped(actor, PatientIdentity.objects.filter(journey_id=row.journey_id)).first()
    packet = scoped(actor, Packet.objects.filter(request=row)).first()
    values = {} if packet is None else dict(packet.values)
    if identity is None:
        values = without_identity(values, items_of(row, policy_of(row.policy)))
    return Earlier(row, identity, values)


@dataclass(frozen=True, slots=True)
class Draft:
    """A referral that is not sent, for the page on which it is finished."""

    request: Request
    packet: Packet
    identity: PatientIdentity | None
    legs: list[Leg]
    attachments: list[Attachment]


def draft(actor: Actor, pk: int) -> Draft:
    row = queries.request(actor, pk)
    legs = scoped(actor, Leg.objects.filter(request=row).select_related("to_institution", "external_partner"))
    return Draft(
        request=row,
        packet=get_in_scope(actor, Packet.objects.filter(request=row), Packet.objects.get(request=row).pk),
        identity=scoped(actor, PatientIdentity.objects.filter(journey_id=row.journey_id)).first(),
        legs=list(legs.order_by("number")),
        attachments=attachments(actor, row),
    )


def attachments(actor: Actor, row: Request) -> list[Attachment]:
    """Return the files of a request, those entered in error too, which are shown struck out."""
    return list(scoped(actor, Attachment.objects.filter(request=row).select_related("added_by")).order_by("id"))


def attachment(actor: Actor, pk: int) -> Attachment:
    return get_in_scope(actor, Attachment.objects.select_related("request__journey"), pk)


def guest_links(actor: Actor, leg: Leg) -> list[GuestLink]:
    return list(scoped(actor, GuestLink.objects.filter(leg=leg).select_related("made_by")).order_by("-id"))


def guest_link(actor: Actor, pk: int) -> GuestLink:
    return get_in_scope(actor, GuestLink.objects.select_related("leg"), pk)
