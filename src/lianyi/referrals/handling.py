"""Who may write on a case of their own side: whoever refers or decides. Whoever only reads, only reads."""

from __future__ import annotations

from django.db.models import Model

from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor


def may_handle(actor: Actor, row: Model | None = None) -> bool:
    """Tell whether the actor may write beside the case: messages, milestones, files, answers to proposals."""
    return decide(actor, "referral.decide", row).allowed or decide(actor, "referral.write", row).allowed


def require_handling(actor: Actor, row: Model | None = None) -> None:
    """Refuse whose role only reads referrals.

    Raises
    ------
    NotPermittedError
    """
    if not decide(actor, "referral.decide", row).allowed:
        require(actor, "referral.write", row)
