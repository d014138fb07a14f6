from __future__ import annotations

import datetime

import pytest

from lianyi.registry import commands
from lianyi.registry.models import Place
from tests.registry.factories import Region, context, make_institution, make_place, make_region
from tests.registry.pages import address, browser, key, steward, text_of

LIST_QUERIES = 7
PAGE_QUERIES = 11


@pytest.fixture
def region(db) -> Region:
    return make_region()


def test_the_tree_begins_below_the_root_and_its_parts_come_when_opened(region):
    client = steward(region)
    page = text_of(client.get(address("places")))
    assert "样例44 44 · province" in page
    assert "样例4413 4413 · prefecture or city · 2 parts" in page
    parts = client.get(address("place-parts", region.prefecture.pk), headers={"HX-Request": "true"})
    assert text_of(parts) == "样例441302 441302 · county or district 样例441322 441322 · county or district"


def test_the_page_of_a_place_shows_population_by_year_institutions_and_successions(region):
    for year, persons in ((2010, 900_000), (2020, 1_100_000)):
        commands.set_population(context(), region.county, commands.NewPopulation(year, persons, source="census"))
    later = make_place("441303", "county", region.prefecture)
    commands.record_succession(context(), region.county, later, "merged", datetime.date(2024, 1, 1))
    answer = steward(region).get(address("place-detail", region.county.pk))
    page = text_of(answer)
    assert "2020 residents 1,100,000 census" in page
    option = answer.context["chart"].option
    assert option["series"][0]["data"] == [900_000, *[None] * 9, 1_100_000]
    assert "2024-01-01 merged into 样例441302 441302 → 样例441303 441303" in page
    assert "General hospital 1" in page
    assert "Township health centre 1" in page


def test_places_are_added_given_a_population_and_a_successor_from_their_pages(region):
    client = steward(region)
    new = {"command_key": key(), "code": "441302001", "name_zh": "样例镇", "level": "township"}
    assert client.post(address("place-create", region.county.pk), new).status_code == 302
    town = Place.objects.get(code="441302001")
    assert (town.parent, town.node.path.startswith(region.county.node.path)) == (region.county, True)
    figure = {"command_key": key(), "year": "2020", "group": "resident", "persons": "31000"}
    for _time in range(2):
        assert client.post(address("place-population", town.pk), figure).status_code == 302
    assert list(town.populations.values_list("year", "persons")) == [(2020, 31000)]
    after = {"command_key": key(), "successor": "441322", "kind": "merged", "effective_on": "2024-01-01"}
    assert client.post(address("place-succession", town.pk), after).status_code == 302
    assert town.successions.get().successor == region.other_county


def test_a_new_place_may_only_be_of_a_lower_level(region):
    answer = steward(region).get(address("place-create", region.county.pk))
    assert [value for value, _label in answer.context["form"].fields["level"].choices] == ["township", "village"]


def test_everybody_reads_places_but_only_their_stewards_change_them(region):
    clinician = browser("referring_clinician", region.hospital.pk, "clinician")
    assert clinician.get(address("place-detail", region.other_county.pk)).status_code == 200
    assert clinician.get(address("place-create", region.county.pk)).status_code == 403
    elsewhere = browser("registry_steward", region.other_county.pk, "other-steward")
    assert elsewhere.get(address("place-population", region.county.pk)).status_code == 403
    page = text_of(elsewhere.get(address("place-detail", region.county.pk)))
    assert "No open institution within your reach." in page


def test_suggestions_give_codes_with_names(region):
    answer = steward(region).get(f"{address('place-suggestions')}?place=44132")
    assert answer.content.decode().strip() == '<option value="441322">样例441322 · 样例4413</option>'


@pytest.mark.parametrize("number", [3, 30])
def test_the_tree_and_the_page_ask_a_fixed_number_of_queries(region, number, django_assert_num_queries):
    for position in range(number):
        place = make_place(f"441302{position:03d}", "township", region.county)
        make_institution(f"T{position}", place, kind="township_health_centre")
        commands.set_population(context(), region.county, commands.NewPopulation(1990 + position, 1000 + position))
        commands.record_succession(context(), region.county, place, "split", datetime.date(2024, 1, 1))
    client = steward(region)
    client.get(address("places"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(address("places"))
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(address("place-detail", region.county.pk))
