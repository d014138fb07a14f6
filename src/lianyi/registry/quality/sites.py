"""Institutions that may be doubles, and institutions that stand where they cannot."""

from __future__ import annotations

from collections.abc import Iterator

from lianyi.methods.coordinates import Position, haversine_km
from lianyi.registry.likenesses import NamedSite, find_likenesses
from lianyi.registry.other_names import with_names_in_brackets
from lianyi.registry.quality.findings import Finding
from lianyi.registry.quality.scoping import Checking, finding

_METRES = 1000
_ONE_KM = 1.0


def doubles(checking: Checking) -> Iterator[Finding]:
    """Find pairs of institutions that may be one; the later record of a pair is named first."""
    fields = ("pk", "name_zh", "alias", "place_id", "longitude", "latitude", "parent_id")
    sites = [
        NamedSite(
            pk=pk,
            name=with_names_in_brackets(name, alias),
            place_id=place_id,
            position=None if longitude is None or latitude is None else Position(longitude, latitude),
            line=frozenset({pk, parent_id} - {None}),
        )
        for pk, name, alias, place_id, longitude, latitude, parent_id in checking.institutions()
        .order_by("pk")
        .values_list(*fields)
    ]
    found = list(
        find_likenesses(
            sites,
            least_similarity=checking.limits.double_similarity,
            most_km=checking.limits.double_distance_km,
        )
    )
    rows = checking.institutions().in_bulk({pk for pair in found for pk in (pair.first, pair.second)})
    for pair in found:
        similarity = round(pair.similarity * 100)
        if pair.distance_km is None:
            check, distance = "double-by-name-in-place", ""
        else:
            check, distance = "double-by-name-and-distance", _distance_text(pair.distance_km)
        other = f"{rows[pair.first]} ({rows[pair.first].code})"
        yield finding(check, rows[pair.second], other=other, similarity=similarity, distance=distance)


def _distance_text(distance_km: float) -> str:
    return f"{distance_km:.1f} km" if distance_km >= _ONE_KM else f"{distance_km * _METRES:.0f} m"


def far_from_place(checking: Checking) -> Iterator[Finding]:
    """Compare each institution's position with the centre of its place, since no boundaries are shipped."""
    rows = checking.institutions().filter(longitude__isnull=False, place__longitude__isnull=False)
    for row in rows.select_related("place").order_by("code").iterator():
        limit = checking.limits.place_radius_km[row.place.level]
        here = Position(row.longitude or 0.0, row.latitude or 0.0)
        centre = Position(row.place.longitude or 0.0, row.place.latitude or 0.0)
        distance = haversine_km(here, centre)
        if distance > limit:
            yield finding("far-from-place", row, distance=round(distance), place=row.place, limit=f"{limit:g}")
