"""What groups of people and minutes are called, and how a straight line usually becomes a drive."""

from __future__ import annotations

import math
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.methods.travel import TravelParameters

GROUP_WORDS: Mapping[str, str | Promise] = {
    "all": gettext_lazy("all residents"),
    "aged": gettext_lazy("aged 65 and over"),
    "poor": gettext_lazy("poor places"),
}
USUAL_TRAVEL: Mapping[str, float] = {
    "detour": TravelParameters().detour_factor,
    "speed": TravelParameters().speed_km_per_hour,
}


def minutes_text(minutes: float) -> str:
    return _("%(minutes)s min") % {"minutes": round(minutes)} if math.isfinite(minutes) else _("out of reach")
