"""What resources, ranks and levels are called on the survey's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RESOURCE_WORDS: Mapping[str, str | Promise] = {
    "institutions": _("Institutions"),
    "beds": _("Beds"),
    "doctors": _("Doctors"),
    "nurses": _("Nurses"),
    "village_doctors": _("Village doctors"),
    "other_staff": _("Other staff"),
    "core_staff": _("Doctors and nurses"),
    "general_practitioners": _("General practitioners"),
}
CONFIDENCE_WORDS: Mapping[str, str | Promise] = {
    "sourced": _("sourced"),
    "uncertain": _("uncertain"),
    "unsourced": _("no source found"),
    "local": _("set here"),
}
CONFIDENCE_TONES: Mapping[str, str] = {
    "sourced": "good",
    "uncertain": "warning",
    "unsourced": "warning",
    "local": "info",
}
