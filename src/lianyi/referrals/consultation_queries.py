"""Every reading of consultations, within the asker's reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import assigned_nodes, get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.methods.clocks import ClockReading
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.referrals import queries
from lianyi.referrals.consulting_guards import items_of
from lianyi.referrals.models import (
    Consultation,
    ConsultationClock,
    ConsultationEvent,
    ConsultationPacket,
    Journey,
    Leg,
    Opinion,
    PatientIdentity,
)
from lianyi.referrals.packets import without_identity
from lianyi.referrals.policies import policy_of
from lianyi.referrals.spans import reading_of
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import PacketItem

_SHOWN = ("from_institution", "to_institution", "ball_institution", "journey", "expert", "coordinator", "agreement")


def consultations(actor: Actor) -> QuerySet[Consultation, Any]:
    """Return the consultations within reach: what somebody must do first, the most overdue on top, then the rest."""
    rows = scoped(actor, Consultation.objects.select_related(*_SHOWN))
    return rows.order_by("-is_open", F("due_at").asc(nulls_last=True), "-id")


def consultation(actor: Actor, pk: int) -> Consultation:
    """Return one consultation.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, Consultation.objects.select_related(*_SHOWN, "written_by", "converted_to"), pk)


def _mine(actor: Actor, field: str) -> Q:
    own = Q(**{f"{field}__in": nodes_in_reach(actor).values("pk")})
    return own | Q(**{f"{field}__in": assigned_nodes(actor).values("target_id")})


def waiting_for(actor: Actor) -> QuerySet[Consultation, Any]:
    """Return the consultations on which the actor's side must act now."""
    return consultations(actor).filter(_mine(actor, "ball_institution_id")).exclude(ball_side="")


def asked_by(actor: Actor) -> Q:
    return _mine(actor, "from_institution_id")


def asked_of(actor: Actor) -> Q:
    return _mine(actor, "to_institution_id")


def journey(actor: Actor, pk: int) -> Journey:
    return get_in_scope(actor, Journey.objects.all(), pk)


def identities_of(actor: Actor, rows: Iterable[Consultation]) -> dict[int, PatientIdentity]:
    """Return who the patients are, by journey: only those whose grant opens the identity."""
    found = scoped(actor, PatientIdentity.objects.filter(journey_id__in=[row.journey_id for row in rows]))
    return {each.journey_id: each for each in found}


@dataclass(frozen=True, slots=True)
class PacketLine:
    """One item of the form with its answer."""

    item: PacketItem
    value: Any


@dataclass(frozen=True, slots=True)
class ShownConsultationClock:
    """A clock with its raw, paused and net time up to now."""

    clock: ConsultationClock
    reading: ClockReading
    is_late: bool


@dataclass(frozen=True, slots=True)
class ConsultationCase:
    """One consultation with everything about it that the reader may see; ``packet`` is None before acceptance."""

    row: Consultation
    identity: PatientIdentity | None
    packet: ConsultationPacket | None
    lines: list[PacketLine]
    events: list[ConsultationEvent]
    opinions: list[Opinion]
    referral: Leg | None
    sees_journey: bool
    clocks: list[ShownConsultationClock]


def case_of(actor: Actor, pk: int) -> ConsultationCase:
    """Return one consultation as the reader may see it."""
    row = consultation(actor, pk)
    packet = scoped(actor, ConsultationPacket.objects.filter(consultation=row)).first()
    events = scoped(actor, ConsultationEvent.objects.filter(consultation=row).select_related("user", "acting_node"))
    legs = scoped(actor, Leg.objects.filter(request__from_consultation=row)).order_by("number")
    identity = scoped(actor, PatientIdentity.objects.filter(journey_id=row.journey_id)).first()
    return ConsultationCase(
        row=row,
        identity=identity,
        packet=packet,
        lines=_lines(row, packet, is_identified=identity is not None),
        events=list(events.order_by("id")),
        opinions=opinions_of(actor, row),
        referral=legs.first(),
        sees_journey=scoped(actor, Journey.objects.filter(pk=row.journey_id)).exists(),
        clocks=clocks_of(actor, row),
    )


def clocks_of(actor: Actor, row: Consultation) -> list[ShownConsultationClock]:
    rows = ConsultationClock.objects.filter(consultation=row).select_related("institution").prefetch_related("pauses")
    now = timezone.now()
    return [
        ShownConsultationClock(each, reading_of(each, now), each.is_late_at(now))
        for each in scoped(actor, rows).order_by("id")
    ]


def opinions_of(actor: Actor, row: Consultation) -> list[Opinion]:
    rows = Opinion.objects.filter(consultation=row).select_related("signed_by", "adds_to__consultation", "consultation")
    return list(scoped(actor, rows).order_by("id"))


def _lines(row: Consultation, packet: ConsultationPacket | None, *, is_identified: bool) -> list[PacketLine]:
    """Return what was answered in the order of the form; experts advise without knowing who the patient is."""
    if packet is None:
        return []
    items = items_of(row, policy_of(row.policy))
    values = packet.values if is_identified else without_identity(packet.values, items)
    return [PacketLine(item, values[item.code]) for item in items if item.code in values]


def agreements_for(actor: Actor) -> QuerySet[Agreement, Any]:
    """Return the agreements that run today and that an institution of the actor takes part in."""
    day = timezone.localdate()
    own = Institution.objects.filter(queries.own_institutions(actor))
    parts = AgreementParty.objects.taking_part_on(day).filter(institution__in=own)
    rows = scoped(actor, Agreement.objects.filter(pk__in=parts.values("agreement_id")))
    running = [row.pk for row in rows if row.is_running_on(day)]
    return scoped(actor, Agreement.objects.filter(pk__in=running)).order_by("code")
