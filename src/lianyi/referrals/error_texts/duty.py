"""What refusals about duty rosters, webhooks and calls say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "duty-roster.holes": _(
        "%(count)s stretches of the roster have nobody on duty: %(holes)s. Name a person and a deputy for each."
    ),
    "referral-facts.slots-outside-roster": _("Duties are named outside the new times. Take them back first."),
    "referral-facts.withdrawal-without-reason": _(
        "Say why the published roster is taken back: its hours have nobody on duty then."
    ),
    "referral-facts.duty-days": _(
        "The duties run from %(start)s to %(end)s. Give days in this order, at most %(most)s of them."
    ),
    "referral-facts.duty-outside-roster": _("None of these hours lies within the roster. Give days of the roster."),
    "referral-facts.duty-over": _("This duty is over; who stood on it stays in the record."),
    "referral-guard.nothing-to-copy": _("No published duty of the week before fits a free hour of this roster."),
    "referral-guard.roster-over": _("The days of this roster are over; nobody can be on duty then."),
    "referral-guard.roster-overlaps": _(
        "A published roster covers part of this time already (%(other)s). Change its duties, or begin this one where "
        "that one ends."
    ),
    "referral-guard.roster-withdrawn": _("This roster was withdrawn. Write a new one."),
    "referral-guard.roster-published": _(
        "This roster is published. Replace a duty in it by another one, or withdraw it whole."
    ),
    "referral-facts.roster-times": _(
        "The roster runs from %(start)s to %(end)s. It ends after it starts, and at most %(most)s days later."
    ),
    "referral-facts.duty-phone-missing": _("Give the telephone that the person on duty answers."),
    "referral-facts.replacement-outside": _("The replacement does not lie within the duty (%(duty)s)."),
    "referral-facts.own-deputy": _("Nobody is their own deputy. Name somebody else."),
    "referral-facts.not-of-the-institution": _(
        "%(who)s does not work at this institution for the whole of %(duty)s. Name somebody who does, or give the "
        "person an affiliation first."
    ),
    "referral-facts.duty-taken": _("Somebody is on duty then already (%(duty)s). Replace or take back that duty."),
    "referral-guard.call-not-due": _("Nobody has to be called for this clock now."),
    "referral-facts.webhook-address": _(
        "'%(given)s' cannot be the address of a webhook. Give one that starts with https://, without a name and "
        "password in it."
    ),
    "referral-facts.webhook-there": _("The institution has this webhook already."),
    "referral-guard.webhook-retired": _("This webhook is retired already."),
    "referral-guard.delivery-not-dead": _("Only a delivery that was given up is sent again."),
}
