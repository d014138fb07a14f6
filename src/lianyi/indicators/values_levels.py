"""Which kinds of reporter a unit is, so that its sheets hold the indicators that are told for it and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from lianyi.accounts.models import NodeKind, OrganisationNode
from lianyi.indicators.values_definitions import definitions_of
from lianyi.registry.models import Institution, Place, PlaceLevel
from lianyi.rules.indicators import IndicatorDefinition
from lianyi.rules.indicators import ReporterLevel as Level

_OF_PLACE: Final[Mapping[str, frozenset[Level]]] = {
    PlaceLevel.COUNTY: frozenset({Level.COUNTY, Level.ALLIANCE, Level.PARTNERSHIP}),
    PlaceLevel.PREFECTURE: frozenset({Level.CITY, Level.ALLIANCE, Level.PARTNERSHIP}),
    PlaceLevel.PROVINCE: frozenset({Level.PROVINCE}),
    PlaceLevel.TOWNSHIP: frozenset({Level.TOWNSHIP}),
    PlaceLevel.VILLAGE: frozenset({Level.VILLAGE}),
}
_OF_KIND: Final[Mapping[str, frozenset[Level]]] = {
    "village_clinic": frozenset({Level.VILLAGE}),
    "community_health_station": frozenset({Level.VILLAGE, Level.TOWNSHIP}),
    "township_health_centre": frozenset({Level.TOWNSHIP}),
    "community_health_centre": frozenset({Level.TOWNSHIP}),
    "medical_sub_centre": frozenset({Level.TOWNSHIP}),
    "county_medical_community": frozenset({Level.ALLIANCE, Level.COUNTY, Level.PARTNERSHIP}),
}
_HOSPITAL: Final = frozenset({Level.COUNTY_HOSPITAL, Level.SECONDARY_HOSPITAL, Level.TERTIARY_HOSPITAL})
_OF_TIER: Final[Mapping[str, frozenset[Level]]] = {
    "tertiary": frozenset({Level.TERTIARY_HOSPITAL}),
    "secondary": frozenset({Level.SECONDARY_HOSPITAL, Level.COUNTY_HOSPITAL}),
}


def levels_of_unit(node: OrganisationNode) -> frozenset[Level]:
    """Return what kinds of reporter a unit is; a hospital whose tier nobody has entered may be each of them."""
    if node.kind == NodeKind.PLACE:
        place = Place.objects.filter(pk=node.pk).values_list("level", flat=True).first()
        return levels_of_place(str(place))
    found = Institution.objects.filter(pk=node.pk).values_list("kind", "tier", "place__level").first()
    if node.kind != NodeKind.INSTITUTION or found is None:
        return frozenset()
    return levels_of_institution(*found)


def levels_of_place(level: str) -> frozenset[Level]:
    """Return what kinds of reporter a place of a level is."""
    return _OF_PLACE.get(level, frozenset())


def levels_of_institution(kind: str, tier: str, place_level: str) -> frozenset[Level]:
    """Return what kinds of reporter an institution is, by its kind, its tier and the level of its place."""
    if kind in _OF_KIND:
        return _OF_KIND[kind]
    in_county = {Level.COUNTY_HOSPITAL} if place_level == PlaceLevel.COUNTY else set()
    return _OF_TIER.get(tier, _HOSPITAL) | in_county | {Level.PARTNERSHIP, Level.ALLIANCE}


def told_by(definitions: Iterable[IndicatorDefinition], levels: frozenset[Level]) -> list[IndicatorDefinition]:
    return [each for each in definitions if levels.intersection(each.levels)]


def reported_by(node: OrganisationNode, family: str, period: str, on: date | None) -> list[IndicatorDefinition]:
    """Return the indicators of a family that a unit reports for a period: those of a day, or whichever ever held."""
    return told_by(definitions_of(family, period, on), levels_of_unit(node))
