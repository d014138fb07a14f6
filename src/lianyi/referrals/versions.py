"""The versions of a referral: the ask is frozen once sent, and a new version takes the place of the earlier one."""

from __future__ import annotations

from lianyi.referrals import machine
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.models import Leg, Request


def earlier(request: Request) -> list[Request]:
    """Return the requests that a request replaces, the newest first: the earlier version, and those before it."""
    found: list[Request] = []
    before = request.replaces
    while before is not None:
        found.append(before)
        before = before.replaces
    return found


def require_free(request: Request) -> None:
    """Refuse a version whose earlier one was taken by a hospital, or was replaced by another version that was sent."""
    versions = earlier(request)
    if Leg.objects.filter(request__in=versions, state__in=machine.TAKEN).exists():
        raise GuardRefusedError(
            "A hospital has taken the earlier version. Go on with that case: write to the hospital, or cancel it "
            "first.",
            reason="version-taken",
        )
    others = Request.objects.filter(replaces__in=versions, sent_at__isnull=False).exclude(pk=request.pk)
    if others.exclude(pk__in=[each.pk for each in versions]).exists():
        raise GuardRefusedError(
            "Another version has taken the place of the earlier one. Write the new version of that one.",
            reason="version-replaced",
        )
