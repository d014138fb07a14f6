from __future__ import annotations

from dataclasses import dataclass

import pytest

from lianyi.accounts.models import NodeKind, OrganisationNode, User
from lianyi.accounts.roles import Role
from tests.web.factories import affiliate, make_node, make_user


@dataclass(frozen=True)
class World:
    """One county with a hospital, another hospital elsewhere, and people at work in them."""

    county: OrganisationNode
    hospital: OrganisationNode
    elsewhere: OrganisationNode
    admin: User
    office: User
    doctor: User
    stranger: User


@pytest.fixture
def world(db) -> World:
    county = make_node("441302", "样例县", "Sample County", kind=NodeKind.PLACE)
    other_county = make_node("441303", "另一县", "Other County", kind=NodeKind.PLACE)
    hospital = make_node("H1", "样例县人民医院", "Sample County Hospital", parent=county)
    elsewhere = make_node("H2", "另一医院", "Other Hospital", parent=other_county)
    admin, office, doctor, stranger = (make_user(name) for name in ("admin", "office", "doctor", "stranger"))
    affiliate(admin, county, Role.ADMINISTRATOR)
    affiliate(office, hospital, Role.SUPPORTED_OFFICE)
    affiliate(office, elsewhere, Role.LEAD_OFFICE)
    affiliate(doctor, hospital, Role.REFERRING_CLINICIAN)
    affiliate(stranger, elsewhere, Role.ADMINISTRATOR)
    return World(county, hospital, elsewhere, admin, office, doctor, stranger)
