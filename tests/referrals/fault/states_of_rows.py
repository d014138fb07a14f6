"""What the rows must say after a process was killed: every acknowledged command once, none half done."""

from __future__ import annotations

import functools
from typing import Any

from django.db import transaction

from lianyi.accounts.audit import lock_chain, verify_chain
from lianyi.accounts.models import AuditEvent, CommandReceipt, Grant
from lianyi.referrals.models import Clock, Leg, LegEvent, Notice, Packet, PatientIdentity, Request
from lianyi.referrals.policies import policy_book
from lianyi.referrals.targets import LEG_BASIS, RECORD_TARGET
from lianyi.rules.referral_policy import ReferralUrgency
from tests.referrals import laws
from tests.referrals.story import filler


@functools.cache
def complete_form() -> dict[str, Any]:
    policy = policy_book().get("general-2026")
    return {item.code: filler(item) for item in policy.packet_items(ReferralUrgency.ROUTINE, "up", "")}


def counts() -> dict[str, int]:
    return {"events": LegEvent.objects.count(), "audit": AuditEvent.objects.count(), "legs": Leg.objects.count()}


def problems(acknowledged: dict[str, str]) -> list[str]:
    """Return in words whatever is not whole; ``acknowledged`` names the step that was answered for each key."""
    with transaction.atomic():
        # The line of writers stands still while everything is looked at.
        lock_chain()
        found = [*_of_keys(acknowledged), *_of_receipts(), *_of_legs(), *_of_requests()]
        verify_chain()
    return found


def _of_keys(acknowledged: dict[str, str]) -> list[str]:
    found = []
    own: dict[str, list[str]] = {}
    for key, step, side in LegEvent.objects.values_list("command_key", "step", "side"):
        if side != "system":
            own.setdefault(key, []).append(step)
    receipts = set(CommandReceipt.objects.filter(object_id__isnull=False).values_list("key", flat=True))
    audited = set(AuditEvent.objects.values_list("command_key", flat=True))
    for key, step in acknowledged.items():
        times = own.get(key, []).count(step)
        if step != "draft" and times != 1:
            found.append(f"{step} {key} was acknowledged and is there {times} times")
        if step == "draft" and set(own.get(key, [])) != {"draft"}:
            found.append(f"draft {key} was acknowledged and is not there")
        if key not in receipts or key not in audited:
            found.append(f"{step} {key} has no receipt or no audit event")
    return found


def _of_receipts() -> list[str]:
    """Whatever has a receipt is done whole; what has none is not done at all."""
    steps = set(CommandReceipt.objects.filter(command="referrals.leg.step").values_list("key", flat=True))
    drafts = set(CommandReceipt.objects.filter(command="referrals.request.draft").values_list("key", flat=True))
    told = set(LegEvent.objects.values_list("command_key", flat=True))
    half = CommandReceipt.objects.filter(object_id__isnull=True, command__startswith="referrals.")
    found = [f"a receipt without result: {each.key}" for each in half]
    found += [f"a receipt without event: {key}" for key in (steps | drafts) - told]
    found += [f"an event without receipt: {key}" for key in told - steps - drafts]
    return found


def _of_legs() -> list[str]:
    legs = list(Leg.objects.select_related("request").prefetch_related("events", "clocks").order_by("pk"))
    for law in (
        laws.only_rows_of_the_table_were_walked,
        laws.at_most_one_hospital_has_said_yes,
        laws.every_open_leg_has_a_holder_a_due_time_and_somebody_who_answers,
    ):
        law(legs)
    laws.gross_time_is_net_and_paused({leg.pk: leg for leg in legs})
    laws.an_outcome_is_true_and_a_closed_journey_is_over()
    opened = set(
        Grant.objects.filter(basis_type=LEG_BASIS, target_type=RECORD_TARGET, revoked_at__isnull=True).values_list(
            "basis_id", "holder_node_id"
        )
    )
    told = set(Notice.objects.filter(kind="send").values_list("leg_id", flat=True))
    found = []
    for leg in legs:
        events = list(leg.events.all())
        if leg.version != len(events):
            found.append(f"leg {leg.pk} has version {leg.version} after {len(events)} events")
        has_identity = (leg.pk, leg.to_institution_id) in opened
        if has_identity != (leg.was_accepted and leg.state not in ("withdrawn-by-receiver", "cancelled-by-sender")):
            found.append(f"leg {leg.pk} is {leg.state} and its receiver sees the identity: {has_identity}")
        if any(event.step == "send" for event in events) != (leg.pk in told):
            found.append(f"leg {leg.pk}: sent and told are not the same")
        running = [clock for clock in leg.clocks.all() if clock.stopped_at is None]
        if leg.is_open and leg.due_at not in [clock.due_at for clock in running]:
            found.append(f"leg {leg.pk} is due when no clock of it is")
    return found


def _of_requests() -> list[str]:
    found = []
    if Clock.objects.filter(leg__isnull=True).exists():
        found.append("a clock without leg")
    whole = Request.objects.count()
    if Packet.objects.count() != whole or PatientIdentity.objects.count() != whole:
        found.append("a request without packet or patient")
    if Request.objects.filter(legs__isnull=True).exists():
        found.append("a request without legs")
    return found
