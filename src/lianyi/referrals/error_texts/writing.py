"""What refusals while writing a referral, and on the way back, say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-facts.walk-in-unit": _(
        "Name the unit that the patient came from, or that looks after the patient at home: an open one, not your own."
    ),
    "referral-facts.walk-in-text": _("Say in words how the patient came."),
    "referral-facts.walk-in-consent": _(
        "The unit hears of the patient only when the patient or family agrees. Tick it, or write no referral."
    ),
    "referral-guard.walk-in-live": _(
        "This patient is being referred for this problem already. Record the arrival on that case, or say that the "
        "patient is here."
    ),
    "live-referral": _(
        "This patient has a live referral for this problem already: %(where)s. Go on with that one, or say why a "
        "second one is needed."
    ),
    "referral-guard.request-revoked": _("This referral was taken back. Write a new one of the same journey."),
    "referral-guard.request-frozen": _(
        "The referral is sent and frozen. Answer a question, or write a new version that replaces it."
    ),
    "referral-guard.version-of-another": _(
        "Only the institution that wrote a referral writes a new version of it. Refer onward instead."
    ),
    "referral-guard.version-of-return": _(
        "A transfer back has no versions. Keep the patient in care, and propose the transfer back again."
    ),
    "referral-guard.version-taken": _(
        "A hospital has taken the earlier version. Go on with that case: write to the hospital, or cancel it first."
    ),
    "referral-guard.version-replaced": _(
        "Another version has taken the place of the earlier one. Write the new version of that one."
    ),
    "referral-guard.own-referral": _("You wrote this referral; somebody else at your institution approves it."),
    "referral-guard.need-not-open": _(
        "Only a need that the lower unit answered with no is provided: by drug, remote support or a visit."
    ),
    "referral-guard.needs-settled": _(
        "The needs of a transfer back are settled before the lower unit decides; it has decided, or is not asked."
    ),
    "referral-guard.follow-up-recorded": _("This follow-up is recorded already."),
    "referral-facts.sender-closed": _(
        "The sending institution is closed. Choose the affiliation of an institution that works."
    ),
    "referral-facts.choice-unknown": _("'%(given)s' is not on the list. Accepted: %(accepted)s."),
    "referral-facts.problem-missing": _(
        "Say what the problem is: choose it from the list, give its ICD-10 code, or choose another one and write it in "
        "words."
    ),
    "referral-facts.problem-unknown": _(
        "'%(given)s' is no code of a problem. Choose it from the list or give a code of ICD-10 such as I21; for "
        "anything else leave the code empty and write the problem in words."
    ),
    "referral-facts.override-text-missing": _("Say in a sentence why the patient goes there."),
    "referral-facts.resident-number": _(
        "This is no number of a resident identity card: it has 18 characters, and the last one checks the others. "
        "Compare it with the card, or choose another kind of document."
    ),
    "referral-facts.resident-birth": _(
        "The date of birth is not the one in the number of the identity card. Correct one of them."
    ),
    "referral-facts.agreement-not-running": _(
        "The agreement named is not in force. Choose another, or none with a reason."
    ),
    "referral-facts.patient-missing": _(
        "Give the patient's name; write “unknown” with the sex and about what age if nobody knows."
    ),
    "referral-facts.patient-choice": _("Sex or kind of document is not one of the list. Choose from the list."),
    "referral-facts.birth-impossible": _("The date of birth %(given)s cannot be. Give a day from %(least)s to today."),
    "referral-facts.no-receiver": _("Choose at least one receiver."),
    "referral-facts.too-many-receivers": _("%(given)s receivers were chosen; at most %(most)s are asked at once."),
    "referral-facts.receiver-twice": _("A receiver is named twice."),
    "referral-facts.receiver-unknown": _("Choose a receiver of the registry other than the sender."),
    "referral-facts.receiver-asked-already": _("This institution has the referral already."),
    "referral-facts.partner-unknown": _("The partner outside the network is not on your institution's list."),
    "referral-facts.item-unknown": _("The form has no item '%(item)s'. Open the page again."),
    "referral-facts.item-value": _("'%(given)s' cannot be taken here. Expected: %(expected)s."),
    "referral-facts.plan-missing": _("A transfer back needs its plan."),
    "referral-facts.plan-incomplete": _("The plan of the return is not complete. Fill in every field marked."),
    "referral-facts.follow-up-missing": _("The plan needs at least one follow-up day from today on."),
    "referral-facts.drug-days": _("The remaining days of a drug cannot be below zero."),
    "referral-facts.lower-unit-unknown": _("Choose a lower unit that is open and is not your own institution."),
    "referral-facts.need-kind": _("'%(given)s' is no kind of need: drug, equipment, skill, bed."),
    "referral-facts.need-answer": _("Answer each need with yes or no."),
    "referral-facts.follow-up-note": _("Say what was found, or why it was not possible."),
    "referral-guard.patient-died": _("The patient has died: no stage of recovery begins any more."),
    "referral-facts.stage-order": _("The stage began on %(begun)s. Give a day from then on."),
}
