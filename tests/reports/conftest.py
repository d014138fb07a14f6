from __future__ import annotations

import pytest

from lianyi.dispatch import commands as dispatch
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, acting_as, day


@pytest.fixture
def two_years(scene: Scene) -> Agreement:
    """Two years: An stays 1 March to 31 August 2022, Cai 1 August 2022 to 30 June 2023, away 1 to 7 October."""
    agreement = scene.agreement(starts_on="2022-01-01", ends_on="2023-12-31")
    scene.stayed(agreement, scene.an, "2022-03-01", "2022-08-31")
    second = scene.stayed(agreement, scene.cai, "2022-08-01", "2023-06-30")
    dispatch.add_absence(acting_as(scene.office_jia), second, day("2022-10-01"), day("2022-10-07"), "home_leave")
    scene.duty(agreement, "D09", "persons_posted", "3", "person", "year")
    return agreement
