"""What refusals about work without network say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-facts.offline-entry": _(
        "The entry cannot be read (%(fact)s). The page on the device is older than the site: load it again."
    ),
    "referral-facts.offline-too-many": _("%(given)s entries were sent; at most %(most)s are taken at once."),
    "referral-facts.device-name": _("A device needs a name of 1 to %(most)s characters; %(given)s were given."),
    "referral-guard.device-too-many": _(
        "You have %(given)s devices already, and %(most)s are allowed. Block one that you no longer use."
    ),
    "referral-guard.device-revoked": _("This device is blocked already."),
    "not-permitted.device-ended": _(
        "This device was blocked, or your affiliation has ended. It keeps no cases any more."
    ),
    "not-permitted.device-other-person": _("This device was set up by another person. Sign in as that person."),
}
