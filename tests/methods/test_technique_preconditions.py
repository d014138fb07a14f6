"""Preconditions of a technique beside what the registry knows."""

from __future__ import annotations

import pytest

from lianyi.methods.technique_preconditions import (
    EquipmentNeed,
    OnRecord,
    Person,
    PreconditionState,
    ServiceNeed,
    StaffNeed,
    check,
)

SURGEONS = StaffNeed("surgeons", 2, frozenset({"doctor"}), ("04.02", "12"), 2)


@pytest.mark.parametrize(
    ("people", "state", "has"),
    [
        ((), PreconditionState.NOT_ON_RECORD, None),
        ((Person("doctor", "04.02", 2),), PreconditionState.NOT_MET, 1),
        ((Person("doctor", "04.02", 2), Person("doctor", "12.05", 4)), PreconditionState.MET, 2),
        ((Person("doctor", "04.02", 1), Person("doctor", "12", 3)), PreconditionState.NOT_MET, 1),
        ((Person("nurse", "04.02", 3), Person("doctor", "04.03", 3)), PreconditionState.NOT_MET, 0),
        ((Person("doctor", "120", 3), Person("doctor", "04", 3)), PreconditionState.NOT_MET, 0),
    ],
)
def test_people_count_by_profession_specialty_and_title(people, state, has):
    [verdict] = check([SURGEONS], OnRecord(people, {}, {}))
    assert (verdict.state, verdict.has, verdict.needs) == (state, has, 2)


@pytest.mark.parametrize(
    ("units", "state"),
    [
        ({}, PreconditionState.NOT_ON_RECORD),
        ({"ct": 0}, PreconditionState.NOT_MET),
        ({"ct": 1}, PreconditionState.MET),
    ],
)
def test_broken_equipment_is_on_record_and_does_not_meet(units, state):
    [verdict] = check([EquipmentNeed("ct", "ct", 1)], OnRecord((), units, {}))
    assert verdict.state is state


@pytest.mark.parametrize(
    ("services", "state"),
    [
        ({}, PreconditionState.NOT_ON_RECORD),
        ({"trauma_24h": False}, PreconditionState.NOT_MET),
        ({"trauma_24h": True}, PreconditionState.MET),
    ],
)
def test_a_service_that_ended_does_not_meet_and_one_never_stated_is_not_on_record(services, state):
    [verdict] = check([ServiceNeed("trauma", "trauma_24h")], OnRecord((), {}, services))
    assert verdict.state is state
