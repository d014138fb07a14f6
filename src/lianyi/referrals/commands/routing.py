"""Giving a referral without a receiver to another one, as the sender or the coordinator: one step, not two."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals import access
from lianyi.referrals.commands.receivers import Receiver, add_receiver, require_routing
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import Leg, Request
from lianyi.referrals.states import LegState
from lianyi.referrals.walking import take_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Why a patient goes where no agreement leads: a code of the list and a sentence."""

    code: str
    text: str


@command("referrals.request.route")
def route_again(context: CommandContext, request_id: int, receiver: Receiver, override: Override | None = None) -> Leg:
    """Send a referral to another receiver at once: one of the sender's short list, or a new one."""
    leg = _of_short_list(require_routing(context, request_id), receiver)
    if leg is None:
        leg = add_receiver(dataclasses.replace(context, key=f"{context.key}.add"), request_id, receiver)
    # The draft was the sender's own until now; whoever chooses among its receivers has to reach it.
    access.open_to_coordinator(context, leg)
    if override is not None:
        _keep_override(context, request_id, override)
    own = dataclasses.replace(context, key=f"{context.key}.send")
    return take_step(own, leg.pk, "send", StepFacts(), leg.version)


def _of_short_list(request: Request, receiver: Receiver) -> Leg | None:
    """Return the leg that the sender wrote for this receiver and has not sent yet."""
    if receiver.institution_id is None:
        return None
    waiting = Leg.objects.filter(request=request, state=LegState.DRAFT, to_institution_id=receiver.institution_id)
    return waiting.select_related("request").order_by("number").first()


def _keep_override(context: CommandContext, request_id: int, override: Override) -> None:
    """Keep the reason with the request; who may choose its receivers was asked before."""
    if override.code not in Request.Override.values:
        raise FactsRefusedError(
            f"'{override.code}' is no reason for going outside the rules. Accepted: "
            f"{', '.join(Request.Override.values)}.",
            field="override_code",
            reason="choice-unknown",
            fact="override_code",
            given=override.code,
            accepted=[str(label) for label in Request.Override.labels],
        )
    if not override.text.strip():
        raise FactsRefusedError(
            "Say in a sentence why the patient goes there.", field="override_text", reason="override-text-missing"
        )
    request = get_in_scope(context.actor, Request.objects.all(), request_id)
    before = {"override_code": request.override_code}
    changes = {"override_code": override.code, "override_text": override.text.strip()}
    save_changes(request, changes, request.version)
    # The sentence may tell who the patient is; the trail keeps the code.
    record(context, "referrals.request.override", request, before=before, after={"override_code": override.code})
