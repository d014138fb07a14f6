"""Who reaches what in which time, on three towns whose distances are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from django.utils import timezone

from lianyi.methods.travel import TravelParameters
from lianyi.registry import commands as registry
from lianyi.registry.models import ServiceOffered
from lianyi.survey.amounts import inventory
from lianyi.survey.models import PlaceFigure
from lianyi.survey.reach import Drive, Reach, demand_of, facilities_of, reach_of
from tests.cast import actor_for, as_service
from tests.registry.pages import text_of
from tests.survey.test_pages_account import lines_of
from tests.survey.world import County, page, populate, reader, town

ACCESS_QUERIES = 16
# 0.3 degrees of latitude, by road at 50 km/h with a detour of 1.4.
NORTH_TO_EAST = 0.3 * 111.195 * 1.4 / 50 * 60


def reach(county: County, which: str = "any", resource: str = "doctors") -> Reach:
    counted = inventory(county.viewer, county.place, timezone.localdate())
    facilities = facilities_of(county.viewer, counted, which)
    return reach_of(demand_of(county.viewer, county.place), facilities, resource, Drive(TravelParameters()))


def test_people_stand_at_the_smallest_places_and_the_rest_is_told(county):
    demand = demand_of(county.viewer, county.place)
    assert [each.place.code for each in demand.places] == ["512000001", "512000002", "512000003"]
    assert demand.people_without_position == 40_000
    assert demand.places_without_aged == 0


def test_minutes_are_the_straight_line_times_detour_over_speed(county):
    found = reach(county)
    assert found.minutes.tolist() == pytest.approx([0, 0, NORTH_TO_EAST], abs=0.01)
    assert found.facilities.rows[int(found.nearest[2])].institution == county.t1


def test_shares_are_given_for_all_for_the_old_and_for_the_poor(county):
    by_group = {line.group: line for line in reach(county).cover}
    assert by_group["all"].covered == [30_000, 30_000, 60_000]
    assert by_group["aged"].covered == [3_500, 3_500, 9_500]
    # East has the lowest income and less than a fifth of the people, so north is poor as well.
    assert (by_group["poor"].people, by_group["poor"].covered[0]) == (40_000, 10_000)
    assert by_group["all"].mean_minutes == pytest.approx(NORTH_TO_EAST / 2, abs=0.01)


def test_access_by_the_enhanced_two_step_method_gives_out_exactly_what_there_is(county):
    found = reach(county)
    assert found.access is not None
    ratio_1, ratio_2 = 2 / (10_000 + 0.68 * 20_000 + 0.22 * 30_000), 4 / (20_000 + 0.68 * 10_000)
    expected = [ratio_1 + 0.68 * ratio_2, 0.68 * ratio_1 + ratio_2, 0.22 * ratio_1]
    assert found.access.access.tolist() == pytest.approx(expected, rel=1e-9)
    assert float(found.access.access @ np.array([10_000, 20_000, 30_000])) == pytest.approx(6)


def test_poor_places_cannot_be_told_while_an_income_is_missing(county):
    PlaceFigure.objects.filter(place=county.north, measure="income_per_head").delete()
    demand = demand_of(county.viewer, county.place)
    assert (demand.knows_incomes, demand.groups) == (False, ["all", "aged"])


def test_only_those_that_give_the_service_are_gone_to(county):
    ServiceOffered.objects.create(institution=county.t2, service="ct_24h")
    found = reach(county, "ct_24h")
    assert [row.institution for row in found.facilities.rows] == [county.t2]
    assert math.isclose(found.minutes[1], 0)
    ServiceOffered.objects.update(until="2020-01-01")
    assert np.isinf(reach(county, "ct_24h").minutes).all()


def test_hospitals_stand_at_the_position_of_their_place_for_want_of_their_own(county):
    assert [row.institution.code for row in reach(county, "hospitals").facilities.without_position] == ["SHAN"]
    correction = {"longitude": 104.1, "latitude": 30.1, "given_coordinate_system": "wgs84"}
    type(county.place).objects.filter(pk=county.place.pk).update(**correction)
    found = reach(county, "hospitals")
    [row] = found.facilities.rows
    assert (row.institution.code, row.has_own_position, row.position) == ("SHAN", False, (104.1, 30.1))


def test_the_page_says_what_is_estimated_and_what_is_left_out(county):
    text = text_of(reader().get(page("access")))
    assert "Estimated, not measured" in text
    assert "40,000 residents live at places whose position or population is not on record" in text
    assert "3 institutions have no position and are left out." in text
    assert "all residents 60,000 30,000 50.0 % 30,000 50.0 % 60,000 100.0 % 28.0" in text
    rows = lines_of(reader().get(page("access", place="512000", table="places", export="csv")))
    assert [line[0] for line in rows[1:]] == ["北镇", "东镇", "西镇"]
    assert float(rows[1][-1]) == pytest.approx(0.22 * 2 / 30_200 * 1000, abs=1e-6)


def test_a_faster_road_changes_the_minutes(county):
    rows = lines_of(reader().get(page("access", place="512000", speed=100, detour=1, table="places", export="csv")))
    minutes = float(rows[1][rows[0].index("Minutes to the nearest")])
    assert minutes == pytest.approx(0.3 * 111.195 / 100 * 60, abs=0.01)
    assert reader().get(page("access", place="512000", speed=0)).status_code == 422


def test_nothing_is_said_about_people_where_no_institution_is_within_reach(county):
    actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    text = text_of(reader("stranger").get(page("access", place="512000")))
    assert "No such institution of this region is within your reach." in text
    assert "0.0 %" not in text


def test_a_region_without_positions_says_what_to_enter(county):
    actor_for("city-viewer", county.scene.city.pk, "commission_viewer")
    text = text_of(reader("city-viewer").get(page("access")))
    assert "No place here has both a population and a position." in text


@pytest.mark.parametrize("towns", [1, 5])
def test_the_number_of_queries_does_not_grow_with_the_towns(county, towns, django_assert_max_num_queries):
    for at in range(towns):
        more = town(f"51200001{at}", f"新镇{at}", county.place, (104.5 + at / 10, 30.1))
        populate(more, 5000, 500)
    client = reader()
    client.get(page("access"))
    with django_assert_max_num_queries(ACCESS_QUERIES):
        client.get(page("access"))


def test_a_place_that_ended_holds_no_people(county):
    today = timezone.localdate()
    registry.close_place(as_service(), county.north, today, county.north.version)
    assert len(demand_of(county.viewer, county.place).places) == 2
