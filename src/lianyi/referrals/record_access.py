"""Who reaches the record of a request, with the patient's identity and the files (tier T2)."""

from __future__ import annotations

from lianyi.accounts.access import active_grants, assigned_nodes, decide, serves
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import Grant
from lianyi.referrals.models import Request
from lianyi.referrals.targets import RECORD_TARGET


def reaches_record(actor: Actor, request: Request) -> bool:
    """Tell whether the actor's side holds the record: the sender, the coordinator, the receiver that has said yes."""
    if actor.is_service or serves(actor, request.from_institution_id):
        return True
    if active_grants(actor, RECORD_TARGET).filter(target_id=request.pk).exists():
        return True
    theirs = Grant.objects.filter(
        holder_node_id__in=assigned_nodes(actor).values("target_id"),
        target_type=RECORD_TARGET,
        target_id=request.pk,
        revoked_at__isnull=True,
    )
    return theirs.exists()


def may_change_record(actor: Actor, request: Request) -> bool:
    """Tell whether the actor may add to the record: whoever holds it and may write or decide on referrals."""
    permitted = any(decide(actor, f"referral.{act}", request).allowed for act in ("write", "decide"))
    return permitted and reaches_record(actor, request)


def require_record(actor: Actor, request: Request) -> None:
    """Refuse whoever may not add to the record.

    Raises
    ------
    NotPermittedError
    """
    if not may_change_record(actor, request):
        raise NotPermittedError(
            "Only the sides that hold the record may do this: the sender, the coordinator, and the receiver that has "
            "accepted the patient.",
            reason="record-relation",
            permission="referral.write",
        )
