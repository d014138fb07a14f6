"""What refusals beside the steps of a case say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-facts.message-length": _("A message has 1 to %(most)s characters; %(given)s were given."),
    "referral-guard.milestone-there": _(
        "This milestone is recorded already. Correct it instead of adding a second one."
    ),
    "referral-facts.document-missing": _(
        "Give the number of an identity document: a name alone may be that of somebody else."
    ),
    "not-permitted.receiver-confirms": _("The receiver confirms what was said on the telephone."),
    "referral-guard.nothing-to-confirm": _("There is nothing to confirm here."),
    "referral-guard.proposal-answered": _("This proposal is answered already."),
    "referral-guard.conflict-settled": _("Say how the conflict was settled; one that is settled stays as it is."),
}
