"""Small worlds for the tests of the registry, made through the commands themselves."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import uuid4

from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import Affiliation, User
from lianyi.registry import commands
from lianyi.registry.models import Department, Institution, Place

LONG_AGO = datetime.date(2000, 1, 1)


def context(actor: Actor | None = None, reason: str = "") -> CommandContext:
    return CommandContext(actor=actor or service_actor(), key=uuid4().hex, reason=reason)


def make_place(code: str, level: str, parent: Place | None = None, **more: object) -> Place:
    new = commands.NewPlace(code=code, name_zh=f"样例{code}", level=level, parent=parent, **more)  # type: ignore[arg-type]
    return commands.create_place(context(), new)


def make_institution(code: str, place: Place, **more: object) -> Institution:
    given = {"name_zh": f"样例医院{code}", "kind": "general_hospital", **more}
    return commands.open_institution(context(), commands.NewInstitution(code=code, place=place, **given))  # type: ignore[arg-type]


def make_department(code: str, institution: Institution, **more: object) -> Department:
    given = {"name_zh": f"样例科{code}", "specialty": "03", **more}
    return commands.open_department(context(), institution, commands.NewDepartment(code=code, **given))  # type: ignore[arg-type]


def acting(role: str, node_id: int, *, name: str = "") -> Actor:
    """Return somebody who acts in a role for a place or an institution."""
    username = name or uuid4().hex[:12]
    user, _made = User.objects.get_or_create(username=username, defaults={"display_name": f"样例{username}"})
    affiliation = Affiliation.objects.create(user=user, node_id=node_id, role=role, valid_from=LONG_AGO)
    actor = actor_of(affiliation)
    assert actor is not None
    return actor


@dataclass(frozen=True)
class Region:
    """A province with two counties of one prefecture, a hospital in each, and a centre below the first."""

    province: Place
    prefecture: Place
    county: Place
    other_county: Place
    hospital: Institution
    other_hospital: Institution
    centre: Institution
    surgery: Department


def make_region() -> Region:
    province = make_place("44", "province")
    prefecture = make_place("4413", "prefecture", province)
    county = make_place("441302", "county", prefecture)
    other_county = make_place("441322", "county", prefecture)
    hospital = make_institution("H1", county, tier="secondary", grade="B", opened_on=datetime.date(1990, 5, 1))
    other_hospital = make_institution("H2", other_county)
    centre = make_institution("C1", county, kind="township_health_centre", parent=hospital)
    surgery = make_department("S", hospital, specialty="04")
    return Region(province, prefecture, county, other_county, hospital, other_hospital, centre, surgery)
