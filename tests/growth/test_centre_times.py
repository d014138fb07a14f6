"""The time standards of a chest pain centre, from the referrals of the small world, counted by hand.

Two patients with chest pain went from 山县 to 甲市 on 15 April 2026. D: first contact 07:40, ECG 07:49 (9 minutes),
arrival 09:10, open vessel 10:10 (150 minutes after the contact, 60 after the arrival). E was declined, without times.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from lianyi.accounts.actors import Actor
from lianyi.growth.centre_times import times_of
from lianyi.growth.commands.projects import create_project
from lianyi.growth.models import Project
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, words
from tests.growth.projects_story import new_project
from tests.referrals.small_world import SmallWorld, build_small_world, travelling

pytestmark = pytest.mark.database
TODAY = datetime.date(2026, 7, 1)
ECG_SHARE = "First medical contact to first ECG, share within the limit"
CONTACT_WIRE = "First medical contact to open vessel, transferred patients"
DOOR_WIRE = "Door to open vessel, share within the limit"
TROPONIN = "Blood drawn to troponin result, mean"


@pytest.fixture
def world(db: None) -> Iterator[SmallWorld]:
    with travelling() as traveller:
        yield build_small_world(traveller)


@pytest.fixture
def centre(world: SmallWorld) -> Project:
    new = new_project(world.story.agreement, None, world.scene.shan.pk)
    return create_project(acting_as(world.scene.office_shan), new)


def counted(reader: Actor, centre: Project, today: datetime.date = TODAY) -> dict[str, tuple[int | None, int | None]]:
    times = times_of(reader, centre, today)
    assert times is not None
    return {each.measure: (each.numerator, each.denominator) for each in times.lines}


def test_the_standards_are_those_of_the_patients_whom_the_hospital_sent(world: SmallWorld, centre: Project) -> None:
    lines = counted(world.scene.office_shan, centre)
    assert [lines[name] for name in (ECG_SHARE, CONTACT_WIRE, DOOR_WIRE, TROPONIN)] == [(1, 1), (0, 1), (1, 1), (0, 0)]
    times = times_of(world.scene.office_shan, centre, TODAY)
    assert times is not None
    notes = {each.measure: each.note for each in times.lines}
    assert "mean 9.0 min" in notes[ECG_SHARE]
    assert "1 without both times" in notes[ECG_SHARE]
    assert "mean 150.0 min" in notes[CONTACT_WIRE]
    assert "mean 60.0 min" in notes[DOOR_WIRE]
    # The months of a year that ends today; only April has a patient.
    assert times.span.start == datetime.date(2025, 8, 1)
    [april] = next(each for each in times.series if each.title == DOOR_WIRE).filled_months
    assert (april.label, april.line.numerator, april.mean_minutes) == ("2026-04", 1, 60.0)


def test_a_patient_of_an_earlier_year_counts_no_more(world: SmallWorld, centre: Project) -> None:
    assert counted(world.scene.office_shan, centre, datetime.date(2027, 3, 31)) != {}
    assert counted(world.scene.office_shan, centre, datetime.date(2027, 4, 1)) == {}


def test_another_hospital_and_another_pathway_have_none_of_these_times(world: SmallWorld, centre: Project) -> None:
    centre.institution = world.scene.lin
    assert counted(world.scene.office_shan, centre) == {}
    centre.institution, centre.template = world.scene.shan, "stroke-centre-2026"
    assert counted(world.scene.office_shan, centre) == {}
    centre.template = "department-2026"
    assert times_of(world.scene.office_shan, centre, TODAY) is None


def test_who_only_counts_sees_no_small_number(world: SmallWorld, centre: Project) -> None:
    viewer = actor_for("viewer", world.scene.county.pk, "commission_viewer")
    times = times_of(viewer, centre, TODAY)
    assert times is not None
    assert times.hides
    assert [each.measure for each in times.lines if each.numerator] == []
    # A trainer builds the centre too, and counts no referrals at all.
    trainer = actor_for("trainer", world.scene.shan.pk, "trainer")
    assert times_of(trainer, centre, TODAY) is None


def test_the_page_shows_each_standard_with_its_share_and_its_patients(world: SmallWorld, centre: Project) -> None:
    text = words(page_of(client_of(world.scene.office_shan), "growth:project-times", centre.pk))
    assert f"{ECG_SHARE} 100.0 % (1 / 1)" in text
    assert f"{CONTACT_WIRE} 0.0 % (0 / 1)" in text
