"""Whether a device may still work: whose it is, whether it was blocked, whether its person still belongs there."""

from __future__ import annotations

from enum import StrEnum

from lianyi.accounts.actors import Actor, actor_of
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import User
from lianyi.accounts.roles import Act, Family, Permission, role_holds
from lianyi.referrals.models import OfflineDevice


class Standing(StrEnum):
    """What a device is told about itself; on ``ENDED`` it wipes what it keeps."""

    NONE = "none"
    IN_USE = "in_use"
    ENDED = "ended"
    OTHER_PERSON = "other_person"


def device_named(handle: str) -> OfflineDevice | None:
    rows = OfflineDevice.objects.select_related("user", "affiliation__user", "affiliation__node")
    return rows.filter(handle=handle).first() if handle else None


def standing_of(device: OfflineDevice | None, handle: str, user: User | None) -> Standing:
    """Tell how a device stands; that it has ended is told also to whoever is not signed in."""
    if not handle:
        return Standing.NONE
    if device is None or _has_ended(device):
        return Standing.ENDED
    return Standing.OTHER_PERSON if user is not None and user.pk != device.user_id else Standing.IN_USE


def _has_ended(device: OfflineDevice) -> bool:
    actor = actor_of(device.affiliation)
    # A person whose role no longer reads referrals keeps no cases either.
    reads = actor is not None and role_holds(actor.role, Permission(Family.REFERRAL, Act.READ))
    return device.revoked_at is not None or not reads


def actor_behind(device: OfflineDevice | None, handle: str, user: User) -> Actor:
    """Return who acts through a device: its person in the affiliation in which it was set up.

    Raises
    ------
    NotPermittedError
        When the device was blocked, its affiliation has ended, or it belongs to somebody else.
    """
    standing = standing_of(device, handle, user)
    actor = None if device is None else actor_of(device.affiliation)
    if standing is not Standing.IN_USE or actor is None:
        reason = "device-other-person" if standing is Standing.OTHER_PERSON else "device-ended"
        raise NotPermittedError(
            "This device may not work with your cases: it was blocked, its affiliation has ended, or it belongs to "
            "somebody else.",
            reason=reason,
            permission="referral.offline",
        )
    return actor
