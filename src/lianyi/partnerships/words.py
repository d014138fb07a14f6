"""Words of partnerships outside the records: units of duties, and the flows that later applications name."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# Units as they are written into agreements; a unit of the users' own is shown as it stands.
SHARE = "share"
UNITS: Mapping[str, str | Promise] = {
    "person": pgettext_lazy("unit", "persons"),
    "person-day": pgettext_lazy("unit", "person-days"),
    "day": pgettext_lazy("unit", "person-days"),
    SHARE: "",
    "specialty": pgettext_lazy("unit", "specialties"),
    "site": pgettext_lazy("unit", "sites"),
    "village": pgettext_lazy("unit", "villages"),
    "batch": pgettext_lazy("unit", "batches"),
    "session": pgettext_lazy("unit", "sessions"),
    "clinic": pgettext_lazy("unit", "free clinics"),
    "technique": pgettext_lazy("unit", "techniques"),
    "milestone": pgettext_lazy("unit", "milestones"),
    "visit": pgettext_lazy("unit", "visits"),
    "round": pgettext_lazy("unit", "rounds"),
    "team": pgettext_lazy("unit", "teams"),
    "pair": pgettext_lazy("unit", "pairs"),
    "action": pgettext_lazy("unit", "actions"),
    "case": pgettext_lazy("unit", "cases"),
    "institution": pgettext_lazy("unit", "institutions"),
    "patient": pgettext_lazy("unit", "patients"),
    "indicator": pgettext_lazy("unit", "indicators"),
    "unit": pgettext_lazy("unit", "units"),
}

_FLOW_WORDS: dict[str, str | Promise] = {}


def register_flow_words(words: Mapping[str, str | Promise]) -> None:
    """Name the kinds of flow that an application tells of."""
    _FLOW_WORDS.update(words)


def flow_words() -> Mapping[str, str | Promise]:
    return dict(_FLOW_WORDS)


def unit_name(unit: str) -> str:
    """Return the unit of a duty in the active language."""
    return str(UNITS.get(unit, unit))
