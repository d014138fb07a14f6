"""Giving a referral without a receiver to another one, as the sender or the coordinator: one step, not two."""

from __future__ import annotations

import dataclasses

from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.referrals.commands.writing import Receiver, add_receiver
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import Leg
from lianyi.referrals.walking import take_step


@command("referrals.request.route")
def route_again(context: CommandContext, request_id: int, receiver: Receiver) -> Leg:
    """Add a receiver to a referral that was sent, and send it there at once."""
    leg = add_receiver(dataclasses.replace(context, key=f"{context.key}.add"), request_id, receiver)
    own = dataclasses.replace(context, key=f"{context.key}.send")
    return take_step(own, leg.pk, "send", StepFacts(), leg.version)
