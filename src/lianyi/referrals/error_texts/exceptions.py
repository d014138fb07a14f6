"""What refusals about exceptions and terms say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-guard.identity-open": _("You may see who the patient is already."),
    "referral-facts.exception-reason": _(
        "Say in at least %(least)s characters why it cannot wait; %(given)s were given."
    ),
    "referral-facts.coordinator-no-party": _("The coordinating institution must be a party of the agreement."),
    "referral-step.not-possible": _("This is not possible on this case now. Open the case: it shows what is."),
}
