from __future__ import annotations

import datetime

import pytest

from lianyi.registry import commands
from lianyi.registry.models import Place
from tests.registry.factories import Region, context, make_institution, make_place, make_region
from tests.registry.pages import address, browser, key, steward, text_of

LIST_QUERIES = 7
PAGE_QUERIES = 14


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


def send(client, name: str, place: Place, **changes: str):
    """Send the form of a place as its page gives it, with some fields changed."""
    url = address(name, place.pk)
    form = client.get(url).context["form"]
    kept = {field.name: str(field.value()) for field in form if field.value() not in (None, "")}
    return client.post(url, {**kept, "command_key": key(), **changes})


def test_a_place_is_renamed_from_a_day_on_and_its_page_tells_the_old_name(region):
    client = steward(region)
    answer = send(
        client, "place-rename", region.county, name_zh="样例新区", effective_on="2020-01-01", reason="撤县设区"
    )
    assert answer.status_code == 302
    region.county.refresh_from_db()
    assert (region.county.name_zh, region.county.node.name_zh) == ("样例新区", "样例新区")
    page = text_of(client.get(address("place-detail", region.county.pk)))
    assert "2020-01-01 renamed Chinese name: 样例441302 → 样例新区 撤县设区" in page


def test_a_place_moves_below_another_with_everything_in_it(region):
    elsewhere = make_place("4414", "prefecture", region.province)
    provincial = browser("registry_steward", region.province.pk, "provincial")
    assert send(provincial, "place-move", region.county, parent="4414", effective_on="2020-01-01").status_code == 302
    region.county.refresh_from_db()
    region.hospital.node.refresh_from_db()
    assert region.county.parent == elsewhere
    assert region.hospital.node.path.startswith(elsewhere.node.path)


def test_a_place_does_not_move_below_one_of_its_own_parts_or_out_of_the_stewards_reach(region):
    part = make_place("441302001", "township", region.county)
    client = steward(region)
    refused = send(client, "place-move", region.county, parent=part.code, effective_on="2020-01-01")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["parent"])
    make_place("4414", "prefecture", region.province)
    assert send(client, "place-move", region.county, parent="4414", effective_on="2020-01-01").status_code == 403


def test_a_place_is_corrected_with_a_reason_and_its_position_is_left_as_it_is(region):
    client = steward(region)
    first = send(
        client,
        "place-correct",
        region.county,
        longitude="114.42",
        latitude="23.10",
        coordinate_system="gcj02",
        reason="a",
    )
    assert first.status_code == 302
    region.county.refresh_from_db()
    kept = (region.county.longitude, region.county.latitude)
    assert send(client, "place-correct", region.county, name_en="Sample county").context["form"].errors["reason"]
    sent = send(client, "place-correct", region.county, name_en="Sample county", code="441399", reason="b")
    assert sent.status_code == 302
    region.county.refresh_from_db()
    region.county.node.refresh_from_db()
    assert (region.county.name_en, region.county.code, region.county.node.code) == ("Sample county", "441399", "441399")
    assert (region.county.longitude, region.county.latitude) == kept


def test_the_code_of_a_place_ends_on_a_day_and_a_correction_takes_the_end_back(region):
    client = steward(region)
    assert send(client, "place-close", region.county, valid_to="2023-12-31", reason="合并").status_code == 302
    page = text_of(client.get(address("place-detail", region.county.pk)))
    assert "The code is not in use any more; its last day was 2023-12-31." in page
    assert "End the code" not in page
    assert send(client, "place-correct", region.county, valid_to="", reason="误录").status_code == 302
    region.county.refresh_from_db()
    assert region.county.valid_to is None
    assert "End the code" in text_of(client.get(address("place-detail", region.county.pk)))


def test_two_stewards_who_save_the_same_place_meet_on_the_conflict_page(region):
    client = steward(region)
    seen = client.get(address("place-rename", region.county.pk)).context["form"]["expected_version"].value()
    commands.update_place(context(), region.county, {"name_zh": "样例先存"}, datetime.date(2020, 1, 1), 1)
    later = {"command_key": key(), "expected_version": seen, "name_zh": "样例后存", "effective_on": "2020-01-01"}
    answer = client.post(address("place-rename", region.county.pk), later)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "样例先存" in page
    assert "样例后存" in page


def test_buttons_that_change_a_place_stand_only_where_they_would_work(region):
    words = ("Rename", "Make part of another", "Correct the record", "End the code", "Propose a change")
    reader = browser("referring_clinician", region.hospital.pk, "clinician")
    page = text_of(reader.get(address("place-detail", region.county.pk)))
    assert not [word for word in words if word in page]
    page = text_of(steward(region).get(address("place-detail", region.county.pk)))
    assert all(word in page for word in words)
    for name in ("place-rename", "place-move", "place-correct", "place-close", "place-propose"):
        assert reader.get(address(name, region.county.pk)).status_code == 403


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
