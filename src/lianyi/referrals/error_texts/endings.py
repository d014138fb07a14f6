"""What refusals around the end of a case say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-facts.institution-unknown": _(
        "The institution named is not in the registry. Choose one of its institutions."
    ),
    "referral-facts.pause-side": _("Say who looks after the pause: the sender or the receiver."),
    "referral-guard.no-departments": _(
        "The registry knows no department of the receiver. Enter its departments first, or decide without one."
    ),
    "referral-guard.asked-no-more": _(
        "This leg asks nothing any more: the referral has gone on to another receiver, or is over."
    ),
    "referral-guard.request-taken": _(
        "A hospital has this patient already, or the case is over. Write a new referral of the same journey."
    ),
}
