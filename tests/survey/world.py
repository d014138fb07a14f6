"""A county for the tests of the survey: the shared cast, with three towns, people in them, and what two of them have.

512000 山县, 100,000 residents ── SHAN 100 beds, 5 doctors (1 of public health), 10 nurses
├─ 512000001 东镇 10,000 residents, 1,500 of 65 and over, 50 km², poorest ── T1 20 beds, 2 doctors, 3 nurses
├─ 512000002 西镇 20,000 residents, 2,000 of 65 and over, 150 km² ── T2 no bed count, 4 doctors, one of general practice
└─ 512000003 北镇 30,000 residents, 6,000 of 65 and over, 100 km², no institution
XIANG and CUN of the cast stand in the county itself and stated nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.registry import commands as registry
from lianyi.registry.checks import GivenPosition
from lianyi.registry.models import Institution, Place
from lianyi.survey.models import PlaceFigure
from tests.cast import Scene, actor_for, as_service, build_scene, make_staff
from tests.web.factories import signed_in

YEAR = 2023
_keys = itertools.count(1)


def populate(place: Place, residents: int, aged: int | None = None, year: int = YEAR) -> None:
    registry.set_population(as_service(), place, registry.NewPopulation(year, residents, source="census"))
    if aged is not None:
        new = registry.NewPopulation(year, aged, group="aged_65_plus", source="census")
        registry.set_population(as_service(), place, new)


def publish(place: Place, year: int = YEAR, **figures: float) -> None:
    """State published figures of a place."""
    for measure, quantity in figures.items():
        PlaceFigure.objects.create(
            place=place, year=year, measure=measure, quantity=Decimal(str(quantity)), source="yearbook"
        )


def town(code: str, name: str, county: Place, position: tuple[float, float]) -> Place:
    new = registry.NewPlace(code, name, "township", county, position=GivenPosition(*position, "wgs84"))
    return registry.create_place(as_service(), new)


def centre(code: str, name: str, place: Place) -> Institution:
    position = GivenPosition(place.longitude or 0, place.latitude or 0, "wgs84")
    new = registry.NewInstitution(code, name, "township_health_centre", place, tier="primary", position=position)
    return registry.open_institution(as_service(), new)


def beds(institution: Institution, number: int, bed_type: str = "general") -> None:
    registry.count_beds(as_service(), institution, registry.NewBedCount(bed_type, number, timezone.now()))


def employ(institution: Institution, profession: str, number: int, **more: str) -> None:
    for at in range(number):
        code = f"{profession[:2].upper()}{more.get('specialty', '')}{at}".replace(".", "")
        make_staff(institution, code, f"样例员工{profession}{at}", profession=profession, **more)


@dataclass
class County:
    """Everything the tests need by name."""

    scene: Scene
    east: Place
    west: Place
    north: Place
    t1: Institution
    t2: Institution
    viewer: Actor

    @property
    def place(self) -> Place:
        return self.scene.county


def build_county() -> County:
    scene = build_scene()
    county = scene.county
    populate(county, 100_000, 12_000)
    east, west, north = (
        town("512000001", "东镇", county, (104.0, 30.0)),
        town("512000002", "西镇", county, (104.2, 30.0)),
        town("512000003", "北镇", county, (104.0, 30.3)),
    )
    for place, residents, aged, area, income in (
        (east, 10_000, 1_500, 50, 9_000),
        (west, 20_000, 2_000, 150, 15_000),
        (north, 30_000, 6_000, 100, 12_000),
    ):
        populate(place, residents, aged)
        publish(place, area_km2=area, income_per_head=income)
    t1, t2 = centre("T1", "东镇卫生院", east), centre("T2", "西镇卫生院", west)
    beds(scene.shan, 100)
    beds(scene.shan, 8, "emergency_observation")
    beds(t1, 20)
    employ(scene.shan, "doctor", 4)
    employ(scene.shan, "public_health_doctor", 1)
    employ(scene.shan, "nurse", 10)
    employ(t1, "doctor", 2, title_rank="junior")
    employ(t1, "nurse", 3)
    employ(t2, "doctor", 3, title_rank="junior")
    employ(t2, "doctor", 1, specialty="02")
    viewer = actor_for("county-viewer", county.pk, "commission_viewer")
    return County(scene, east, west, north, t1, t2, viewer)


def page(name: str, *args: object, **query: object) -> str:
    """Return the address of a page of the survey."""
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"survey:{name}", args=args) + (f"?{words}" if words else "")


def reader(username: str = "county-viewer", language: str = "en") -> Client:
    return signed_in(username, language=language)


def key() -> str:
    return f"survey-test-{next(_keys)}"
