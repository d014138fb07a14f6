"""The relations of a case (G3): what each step opens to the other side, and when it closes again."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, entry_of, plain, record_many
from lianyi.accounts.commands import NewGrant, close_grant_rows, open_grants
from lianyi.accounts.models import Grant, GrantKind
from lianyi.referrals.models import Leg
from lianyi.referrals.targets import (
    CASE_TARGET,
    IDENTITY_TARGET,
    JOURNEY_TARGET,
    LEG_BASIS,
    LEG_TARGET,
    PATHWAY_TARGET,
    RECORD_TARGET,
)

IDENTITY_TARGETS = (RECORD_TARGET, JOURNEY_TARGET)
SHORT_FORM = (IDENTITY_TARGET, PATHWAY_TARGET)
AFTER_THE_DRIVE = datetime.timedelta(days=1)


def open_case(context: CommandContext, leg: Leg) -> None:
    """Show a candidate receiver the case without identity (T1); the coordinator and the sender keep all of it (T2)."""
    request = leg.request
    wanted: list[tuple[int, str, int]] = []
    if leg.to_institution_id is not None:
        wanted += [(leg.to_institution_id, LEG_TARGET, leg.pk), (leg.to_institution_id, CASE_TARGET, request.pk)]
    if request.coordinator_id != leg.from_institution_id:
        wanted += [
            (request.coordinator_id, LEG_TARGET, leg.pk),
            (request.coordinator_id, CASE_TARGET, request.pk),
            (request.coordinator_id, RECORD_TARGET, request.pk),
            (request.coordinator_id, JOURNEY_TARGET, request.journey_id),
        ]
    if request.journey.origin_institution_id != leg.from_institution_id:
        wanted.append((leg.from_institution_id, JOURNEY_TARGET, request.journey_id))
    _open(context, leg, wanted)


def open_to_coordinator(context: CommandContext, leg: Leg) -> None:
    """Let the coordinator who routes a case reach a leg of it before it is sent."""
    if leg.request.coordinator_id != leg.from_institution_id:
        _open(context, leg, [(leg.request.coordinator_id, LEG_TARGET, leg.pk)])


def open_identity(context: CommandContext, leg: Leg) -> None:
    """Show the receiver that has said yes who the patient is, and the whole packet (T2)."""
    receiver = leg.to_institution_id
    if receiver is not None:
        _open(
            context,
            leg,
            [
                (receiver, LEG_TARGET, leg.pk),
                (receiver, CASE_TARGET, leg.request_id),
                (receiver, RECORD_TARGET, leg.request_id),
                (receiver, JOURNEY_TARGET, leg.request.journey_id),
            ],
        )


def open_transport(context: CommandContext, leg: Leg) -> None:
    """Show whoever drives the patient the short form: the leg, who the patient is, the moments of the way."""
    driver = leg.transport_institution_id
    if driver is not None and driver not in (leg.from_institution_id, leg.to_institution_id):
        _open(
            context,
            leg,
            [
                (driver, LEG_TARGET, leg.pk),
                (driver, IDENTITY_TARGET, leg.request.journey_id),
                (driver, PATHWAY_TARGET, leg.request_id),
            ],
        )


def close_transport(context: CommandContext, leg: Leg) -> None:
    """Hide who the patient is from whoever does not drive any more; what became of the drive stays for a day."""
    close_grant_rows(context, _of_driver(leg).filter(target_type__in=SHORT_FORM))
    let_transport_run_out(context, leg)


def let_transport_run_out(context: CommandContext, leg: Leg) -> None:
    """Let the short form end a day after the patient was handed over: until then the crew writes down its times."""
    _end(context, _of_driver(leg), timezone.now() + AFTER_THE_DRIVE)


def _of_driver(leg: Leg) -> QuerySet[Grant]:
    sides = [leg.from_institution_id, leg.request.coordinator_id]
    if leg.to_institution_id is not None:
        sides.append(leg.to_institution_id)
    of_leg = Q(target_type=LEG_TARGET) & ~Q(holder_node_id__in=sides)
    return _relations(leg).filter(Q(target_type__in=SHORT_FORM) | of_leg)


def _open(context: CommandContext, leg: Leg, wanted: list[tuple[int, str, int]]) -> None:
    now = timezone.now()
    # Access by exception lasts its minutes, whatever the case does meanwhile.
    mine = _relations(leg).filter(revoked_at__isnull=True)
    # A relation that was running out goes on when the case is reopened.
    driven = _of_driver(leg).values("pk")
    running_out = list(mine.filter(valid_to__isnull=False).exclude(pk__in=driven).order_by("pk"))
    for grant in running_out:
        grant.valid_to = None
    Grant.objects.filter(pk__in=[grant.pk for grant in running_out]).update(valid_to=None)
    record_many(context, [entry_of("accounts.grant.prolong", grant, None, {"valid_to": None}) for grant in running_out])
    there = set(mine.values_list("holder_node_id", "target_type", "target_id"))
    open_grants(
        context,
        [
            NewGrant(
                kind=GrantKind.RELATION,
                holder_node_id=holder,
                target_type=target_type,
                target_id=target_id,
                basis_type=LEG_BASIS,
                basis_id=leg.pk,
                valid_from=now,
            )
            for holder, target_type, target_id in wanted
            if (holder, target_type, target_id) not in there
        ],
    )


def _relations(leg: Leg) -> QuerySet[Grant]:
    return Grant.objects.filter(kind=GrantKind.RELATION, basis_type=LEG_BASIS, basis_id=leg.pk)


def _of_receiver(leg: Leg) -> QuerySet[Grant]:
    return _relations(leg).filter(holder_node_id=leg.to_institution_id)


def close_identity(context: CommandContext, leg: Leg) -> None:
    """Let a receiver that will not care for the patient fall back to the case without identity."""
    close_grant_rows(context, _of_receiver(leg).filter(target_type__in=IDENTITY_TARGETS))
    close_transport(context, leg)


def close_all(context: CommandContext, leg: Leg) -> None:
    """Close a cancelled or wrong case to everybody but the institution that wrote it, and the coordinator."""
    close_grant_rows(context, _of_receiver(leg))
    close_transport(context, leg)


def let_run_out(context: CommandContext, leg: Leg, until: datetime.datetime) -> None:
    """Let every relation of a closed leg end after the days of grace."""
    _end(context, _relations(leg), until)


def _end(context: CommandContext, grants: QuerySet[Grant], until: datetime.datetime) -> None:
    rows = list(grants.filter(revoked_at__isnull=True, valid_to__isnull=True).order_by("pk"))
    Grant.objects.filter(pk__in=[row.pk for row in rows]).update(valid_to=until)
    facts = {"valid_to": plain(until)}
    record_many(context, [entry_of("accounts.grant.run_out", row, None, facts) for row in rows])
