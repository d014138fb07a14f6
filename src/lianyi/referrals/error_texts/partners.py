"""What refusals about partners outside the network, drafts and guests say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-guard.partner-retired": _("This partner is out of use already."),
    "referral-facts.partner-name": _("A partner needs a name."),
    "referral-facts.partner-twice": _("“%(given)s” is on the list already. Change that entry."),
    "referral-guard.guest-needs-partner": _(
        "A link for a guest is only for a partner outside the network; the others sign in."
    ),
    "referral-guard.guest-needs-open-case": _("A link for a guest opens a case that is sent and not over."),
    "referral-facts.guest-secret": _("A code for a guest has %(least)s figures."),
    "referral-facts.guest-reason": _("Say why the link is made."),
    "referral-guard.guest-link-over": _("This link does not open anything any more. Ask the sender for a new one."),
    "referral-guard.guest-link-used": _(
        "This link was opened already, perhaps on another machine. Ask the sender for a new one."
    ),
    "referral-guard.guest-too-often": _("Too many attempts. Wait a few minutes, or telephone the sender."),
    "referral-facts.guest-step": _("A guest cannot take the step '%(given)s'."),
    "referral-facts.guest-name": _("Give your name and department."),
    "referral-guard.draft-sent": _("This referral is sent; what it says is frozen."),
}
