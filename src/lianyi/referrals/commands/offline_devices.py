"""Devices on which a person works without network: set up, given their key, blocked."""

from __future__ import annotations

import secrets
import uuid

from django.utils import timezone

from lianyi.accounts.access import require, scoped
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.models import Affiliation
from lianyi.accounts.records import save_changes
from lianyi.accounts.roles import Act
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import OfflineDevice

SALT_BYTES = 32
LONGEST_NAME = 60
MOST_DEVICES = 8


@command("referrals.offline_device.register")
def register_device(context: CommandContext, name: str) -> OfflineDevice:
    """Let this browser keep the person's own cases; it belongs to the affiliation in which it was set up."""
    require(context.actor, "referral.read")
    affiliation = Affiliation.objects.get(pk=context.actor.affiliation_id or 0)
    given = " ".join(name.split())
    if not given or len(given) > LONGEST_NAME:
        raise FactsRefusedError(
            f"A device needs a name of 1 to {LONGEST_NAME} characters; {len(given)} were given.",
            field="name",
            reason="device-name",
            given=len(given),
            most=LONGEST_NAME,
        )
    in_use = OfflineDevice.objects.filter(user_id=context.actor.user_id, revoked_at__isnull=True).count()
    if in_use >= MOST_DEVICES:
        raise GuardRefusedError(
            f"You have {in_use} devices already, and {MOST_DEVICES} are allowed. Block one that you no longer use.",
            reason="device-too-many",
            given=in_use,
            most=MOST_DEVICES,
        )
    device = OfflineDevice.objects.create(
        user_id=context.actor.user_id,
        affiliation=affiliation,
        handle=uuid.uuid4().hex,
        salt=secrets.token_hex(SALT_BYTES),
        name=given,
    )
    record(context, "referrals.offline_device.register", device, before=None, after={"name": given})
    return device


@command("referrals.offline_device.give_key")
def give_key_again(context: CommandContext, device_id: int) -> OfflineDevice:
    """Note that the person asked for the device's key again, because the code that locks it was forgotten."""
    device = OfflineDevice.objects.get(pk=device_id, user_id=context.actor.user_id)
    record(context, "referrals.offline_device.give_key", device, before=None, after={"key": "given"})
    return device


@command("referrals.offline_device.revoke")
def revoke_device(context: CommandContext, device_id: int) -> OfflineDevice:
    """Block a device: it gets its key no more, and wipes what it keeps at the next contact."""
    mine = OfflineDevice.objects.filter(user_id=context.actor.user_id)
    device = (mine | scoped(context.actor, OfflineDevice.objects.all(), Act.WRITE)).filter(pk=device_id).first()
    if device is None:
        raise NotFoundInScopeError("There is no such device within your reach.", model="OfflineDevice")
    if device.revoked_at is not None:
        raise GuardRefusedError("This device is blocked already.", reason="device-revoked")
    save_changes(device, {"revoked_at": timezone.now(), "revoked_by_id": context.actor.user_id}, device.version)
    record(context, "referrals.offline_device.revoke", device, before={"revoked": False}, after={"revoked": True})
    return device


def note_contact(device: OfflineDevice) -> None:
    """Note when a device was last in contact; it says nothing about a case, so it stands in no trail."""
    OfflineDevice.objects.filter(pk=device.pk).update(last_seen_at=timezone.now())
