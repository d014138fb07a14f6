"""A rough drive between two institutions, for where nobody has measured one."""

from __future__ import annotations

from lianyi.methods.coordinates import Position
from lianyi.methods.travel import MINUTES_PER_HOUR, estimated_travel
from lianyi.registry.models import Institution


def hours_between(donor: Institution, site: Institution) -> float | None:
    """Return a rough drive of one way; None where nobody knows where one of the two is."""
    places = [position_of(donor), position_of(site)]
    if places[0] is None or places[1] is None:
        return None
    return estimated_travel(places[0], places[1]).minutes / MINUTES_PER_HOUR


def position_of(row: Institution) -> Position | None:
    """Return where an institution is, or its place where its own position is not known."""
    for each in (row, row.place):
        if each.longitude is not None and each.latitude is not None:
            return Position(each.longitude, each.latitude)
    return None
