"""What the audit trail calls the actions of the referral desk; those of duty and consultations stand with theirs."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.pages.action_names import register_action_names
from lianyi.referrals.machine import BY_NAME

_STEP_OF_A_CASE = _("Step of a referral")

ACTIONS: Mapping[str, str | Promise] = {
    # The case and what stands beside it.
    "referrals.journey.begin": _("Journey of a patient begun"),
    "referrals.identity.write": _("Identity of a patient written"),
    "referrals.identity.correct": _("Identity of a patient corrected"),
    "referrals.request.draft": _("Referral written"),
    "referrals.request.change_draft": _("Draft of a referral changed"),
    "referrals.request.finish": _("Draft of a referral finished"),
    "referrals.request.write_and_send": _("Referral written and sent"),
    "referrals.request.add_receiver": _("Receiver added to a referral"),
    "referrals.request.route": _("Referral sent to another receiver"),
    "referrals.request.override": _("Reason for going outside the rules given"),
    "referrals.request.approve": _("Referral approved"),
    "referrals.request.attach": _("Files added to a referral"),
    "referrals.request.return": _("Transfer back written"),
    "referrals.packet.write": _("Form of a referral written"),
    "referrals.packet.change": _("Form of a referral changed"),
    "referrals.attachment.add": _("File added"),
    "referrals.attachment.void": _("File marked as entered in error"),
    "referrals.message.write": _("Message beside a case written"),
    "referrals.milestone.record": _("Milestone recorded"),
    "referrals.request.walk_in": _("Referral written for a patient who came first"),
    "referrals.presence.tell": _("Told that a patient is there"),
    "referrals.event.confirm": _("Answer by telephone confirmed"),
    "referrals.exception.open": _("Identity opened by exception"),
    "referrals.terms.settle": _("Terms of referral settled"),
    # Steps and what follows from them.
    "referrals.leg.step": _STEP_OF_A_CASE,
    "referrals.leg.automatic_step": _("Step of a referral by itself"),
    "referrals.leg.draft": _("Receiver put on a referral"),
    "referrals.leg.settled": _("Ended leg asks nothing more"),
    "referrals.leg.asked_again": _("Another receiver asked for again"),
    "referrals.leg.return_answered": _("Transfer back answered"),
    **{f"referrals.leg.{name}": step.label for name, step in BY_NAME.items() if name != "draft"},
    "referrals.conflict.keep": _("Conflict of a late entry kept"),
    "referrals.conflict.settle": _("Conflict of a late entry settled"),
    "referrals.proposal.apply": _("What another record shows applied"),
    "referrals.proposal.refuse": _("What another record shows refused"),
    "referrals.proposal.answer": _("What another record shows answered"),
    "referrals.proposal.hand_over": _("What another record shows put before a person"),
    # The way back and afterwards.
    "referrals.return_plan.write": _("Plan of a transfer back written"),
    "referrals.return_need.answer": _("Need of a transfer back answered"),
    "referrals.return_need.provide": _("Need of a transfer back promised"),
    "referrals.finding.create": _("What a unit lacked noted"),
    "referrals.follow_up.plan": _("Follow-up planned"),
    "referrals.follow_up.record": _("Follow-up recorded"),
    "referrals.follow_up.void": _("Follow-up no longer needed"),
    "referrals.recovery.begin": _("Stage of recovery begun"),
    "referrals.recovery.end": _("Stage of recovery ended"),
    # Partners outside the network.
    "referrals.partner.add": _("Partner put on the list"),
    "referrals.partner.change": _("Partner changed"),
    "referrals.partner.retire": _("Partner taken off the list"),
    "referrals.guest_link.make": _("Link for a guest made"),
    "referrals.guest_link.revoke": _("Link for a guest taken back"),
    "referrals.guest_link.open": _("Link for a guest opened"),
    "referrals.guest_link.answer": _("Answer of a guest"),
    # Devices without network.
    "referrals.offline_device.register": _("Device for work without network registered"),
    "referrals.offline_device.give_key": _("Key given to a device"),
    "referrals.offline_device.revoke": _("Device for work without network shut out"),
    "referrals.offline.fact": _("Fact entered without network"),
    "referrals.offline.decision": _("Decision entered without network"),
    "referrals.offline.milestone": _("Milestone entered without network"),
    "referrals.offline.follow_up": _("Follow-up entered without network"),
    "referrals.result.record": _("What became of a result that came along"),
    # Duty.
    "referrals.roster.fill": _("Duties put on a roster"),
    "referrals.roster.copy_week": _("Duties copied from the week before"),
    "referrals.slot.replace": _("Duty replaced"),
    "referrals.notice.see_up_to": _("Notices seen"),
    "referrals.consultation.step": _("Step of a consultation"),
}


def register() -> None:
    """Tell the pages; once, when the application starts."""
    register_action_names(ACTIONS)
