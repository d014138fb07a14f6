"""What the checks of data quality are called, in a few words, on the page that lists their findings."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.registry.quality.findings import Severity

SEVERITY_TONES: Mapping[str, str] = {Severity.ERROR: "bad", Severity.WARNING: "warning", Severity.NOTICE: "info"}
SEVERITY_ORDER: Mapping[str, int] = {severity: place for place, severity in enumerate(Severity.values)}

CHECK_NAMES: Mapping[str, Promise] = {
    "place-not-valid": _("Place no longer valid"),
    "department-of-closed-institution": _("Open department of a closed institution"),
    "branch-of-closed-institution": _("Open branch of a closed institution"),
    "staff-of-closed-institution": _("Staff of a closed institution"),
    "staff-without-department": _("Staff without a department"),
    "staff-in-closed-department": _("Staff in a closed department"),
    "more-beds-taken-than-open": _("More beds taken than open"),
    "more-working-than-units": _("More units working than there are"),
    "more-aged-than-residents": _("More aged people than residents"),
    "parts-above-whole": _("Parts above the whole"),
    "more-bed-days-than-beds": _("More bed days than the beds can give"),
    "double-by-name-and-distance": _("Perhaps the same: alike by name and near"),
    "double-by-name-in-place": _("Perhaps the same: alike by name in one place"),
    "stale-beds": _("Bed count out of date"),
    "stale-services": _("Services out of date"),
    "stale-equipment": _("Equipment out of date"),
    "stale-population": _("Population out of date"),
    "far-from-place": _("Far from its place"),
    "code-of-wrong-form": _("Code of an unusual form"),
    "code-apart-from-parent": _("Code unlike that of the place above"),
}


def check_name(check: str) -> str:
    """Return the name of a check; the code of one that has none."""
    return str(CHECK_NAMES.get(check, check))
