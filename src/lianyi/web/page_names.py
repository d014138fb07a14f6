"""What people call the pages that show data about persons; the log of readings keeps only their addresses' names."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.web.navigation import SECTIONS

NAMES: Mapping[str, str | Promise] = {
    **{entry.url_name: entry.label for section in SECTIONS for entry in section.entries},
    "accounts:user": _("User record"),
    "dispatch:approvals": _("Postings waiting for my answer"),
    "dispatch:batch-record": _("Record for a whole batch"),
    "dispatch:certificate": _("Certificate"),
    "dispatch:certificate-pdf": _("Certificate as PDF"),
    "dispatch:evidence": _("Postings behind the figure"),
    "dispatch:person": _("Postings of a person"),
    "dispatch:plan": _("Plan of an agreement"),
    "dispatch:posting": _("Posting"),
    "dispatch:rules": _("Rule check of an agreement"),
    "dispatch:verify": _("Verify a certificate"),
    "referrals:consultation": _("Consultation"),
    "referrals:consultation-change": _("Draft of a consultation"),
    "referrals:consultation-convert": _("Consultation made a referral"),
    "referrals:consultation-opinion-pdf": _("Opinion as PDF"),
    "referrals:consultation-step": _("Step of a consultation"),
    "referrals:conflict": _("Conflict of a late entry"),
    "referrals:offline-sync": _("Cases for work without network"),
    "registry:staff-change": _("Change of a staff record"),
    "registry:staff-detail": _("Staff record"),
    "registry:staff-move": _("Move of a staff member"),
    "registry:staff-end": _("Leaving of a staff member"),
    "registry:unavailability-add": _("Days on which the person cannot be sent"),
    "registry:unavailability-end": _("Days on which the person cannot be sent"),
    # Exports note this one, whether a page or the command line asked for them.
    "registry.export": _("Export of a table"),
}


def page_name(url_name: str) -> str:
    """Return what the page is called in the active language, or its address's name when it has none."""
    return str(NAMES.get(url_name, url_name))
