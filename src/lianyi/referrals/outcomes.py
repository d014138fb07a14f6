"""An outcome that says where the patient went stays true only as long as somebody there has, or awaits, the patient."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet

from lianyi.accounts.audit import CommandContext
from lianyi.referrals import machine
from lianyi.referrals.models import FollowUp, Leg
from lianyi.referrals.states import Direction, Disposition
from lianyi.referrals.states import LegState as L

_CARRIES = Q(is_open=True) | Q(state__in=(*machine.TAKEN, L.DIED)) | Q(arrived_at__isnull=False)
# A referral onward that was turned away is still on its way while somebody looks for another receiver; a patient whose
# return was turned away is in the upper hospital's care.
_STILL_LOOKING = ~Q(ball_side="")


def legs_onward(leg: Leg) -> QuerySet[Leg]:
    """Return the legs of referrals onward out of this one's care that somebody still has in hand."""
    onward = Leg.objects.filter(request__based_on_id=leg.request_id, request__sent_at__isnull=False)
    return onward.exclude(request__direction=Direction.DOWN).filter(_CARRIES | _STILL_LOOKING)


def _legs_back(leg: Leg) -> QuerySet[Leg]:
    back = Leg.objects.filter(request__based_on_id=leg.request_id, request__direction=Direction.DOWN)
    return back.filter(_CARRIES)


def keep_true(context: CommandContext, ended: Leg, at: datetime.datetime) -> None:
    """Open the case above again when a leg ended on which its outcome rests: its hospital has the patient once more.

    The hospital then says anew what became of the patient. A death has nothing to say anew.
    """
    if ended.request.based_on_id is None or ended.is_open:
        return
    is_return = ended.request.direction == Direction.DOWN
    wanted = Disposition.RETURNED if is_return else Disposition.ONWARD
    rows = Leg.objects.filter(request_id=ended.request.based_on_id, disposition=wanted)
    above = rows.filter(state__in=(L.OUTCOME_SENT, L.CLOSED)).order_by("-pk").first()
    if above is None or _has_died(above) or _is_in_other_hands(above):
        return
    if not (_legs_back(above) if is_return else legs_onward(above)).exists():
        _reopen(context, above, at)


def _reopen(context: CommandContext, above: Leg, at: datetime.datetime) -> None:
    from lianyi.referrals.walking import system_step  # noqa: PLC0415 - the walk asks this module after each end

    said_at = above.closed_at or above.outcome_at or at
    system_step(context, above, "reopen", max(at, said_at))


def _has_died(leg: Leg) -> bool:
    journey_id = leg.request.journey_id
    died = Leg.objects.filter(Q(state=L.DIED) | Q(disposition=Disposition.DIED), request__journey_id=journey_id)
    reviews = FollowUp.objects.filter(journey_id=journey_id, kind=FollowUp.Kind.DEATH_REVIEW)
    return died.exists() or reviews.exists()


def _is_in_other_hands(leg: Leg) -> bool:
    """Tell whether another receiver of the same request has the patient by now."""
    others = Leg.objects.filter(request_id=leg.request_id, is_open=True, was_accepted=True)
    return others.exclude(pk=leg.pk).exists()
