"""What the registry's templates need: ``{% load registry_pages %}``."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.registry import reference_names
from lianyi.registry.models import ServiceOffered

register = template.Library()
_CAPACITY_TONES: Mapping[str, str] = {
    ServiceOffered.Capacity.OPEN: "good",
    ServiceOffered.Capacity.ASSESS_FIRST: "info",
    ServiceOffered.Capacity.WAITING_LIST: "warning",
    ServiceOffered.Capacity.FULL: "bad",
}


@register.filter
def reference_name(code: str, list_name: str) -> str:
    """Show the name of a code: ``{{ count.bed_type|reference_name:"bed_types" }}``."""
    return reference_names.reference_name(list_name, code)


@register.filter
def age(moment: datetime.datetime) -> str:
    """Show how long ago something was counted, in whole days, or hours on the same day."""
    passed = timezone.now() - moment
    if passed.days > 0:
        return ngettext("%(days)d day ago", "%(days)d days ago", passed.days) % {"days": passed.days}
    hours = int(passed.total_seconds() // 3600)
    if hours > 0:
        return ngettext("%(hours)d hour ago", "%(hours)d hours ago", hours) % {"hours": hours}
    return _("less than an hour ago")


@register.filter
def capacity_tone(capacity: str) -> str:
    """Return the tone of the tag that says how open a service is."""
    return _CAPACITY_TONES.get(capacity, "neutral")
