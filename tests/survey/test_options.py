"""Options: a site is found or chosen, everything stands before and after, and it can be kept."""

from __future__ import annotations

import pytest

from lianyi.accounts.models import AuditEvent
from lianyi.registry.models import ServiceOffered
from lianyi.survey import commands, queries
from lianyi.survey.models import Scenario
from tests.cast import acting_as, actor_for
from tests.registry.pages import text_of
from tests.survey.test_pages_account import lines_of
from tests.survey.world import County, key, page, reader

OPTION_QUERIES = 16


def asked(**query: object) -> str:
    return page("options", **{"place": "512000", **query})


def changes(answer) -> dict[str, list[str]]:
    return {line[0]: line[1:] for line in lines_of(answer)}


def test_one_more_site_goes_where_it_covers_most_people(county):
    answer = reader().get(asked())
    text = text_of(answer)
    assert "北镇 · proved: no other choice is better" in text
    found = changes(reader().get(asked(table="change", export="csv")))
    assert found["all residents within 15 min"] == ["0.5", "1.0", "50.0"]
    assert found["aged 65 and over within 15 min"][1] == "1.0"
    assert found["Longest way, minutes"][1] == "0.0"
    assert float(found["Gini of access"][1]) < float(found["Gini of access"][0])
    sites = lines_of(reader().get(asked(table="sites", export="csv")))
    assert sites[1] == ["北镇", "512000003", "30000"]


@pytest.mark.parametrize("aim", ["least_travel", "shortest_longest"])
def test_the_other_aims_find_the_far_town_too(county, aim):
    assert "北镇 · proved" in text_of(reader().get(asked(aim=aim)))


def test_sites_may_be_chosen_by_hand(county):
    text = text_of(reader().get(asked(aim="hand", sites="512000001", minutes=60)))
    assert "东镇 Estimated" in text
    assert "proved" not in text
    refused = reader().get(asked(aim="hand"))
    assert refused.status_code == 422
    assert "Choose at least one site, or let another aim choose." in text_of(refused)


def test_an_institution_is_raised_to_give_a_service(county):
    ServiceOffered.objects.create(institution=county.t1, service="ct_24h")
    answer = reader().get(asked(facilities="ct_24h", kind="institutions", resource="doctors", capacity=0))
    assert "西镇卫生院 · proved" in text_of(answer)
    found = changes(reader().get(asked(facilities="ct_24h", kind="institutions", table="change", export="csv")))
    assert found["all residents within 15 min"][:2] == ["0.166667", "0.5"]
    assert reader().get(asked(kind="institutions")).status_code == 422


def test_where_everybody_is_within_the_limit_it_says_so(county):
    assert "Everybody is within the limit already." in text_of(reader().get(asked(minutes=60)))


def test_a_region_without_people_at_places_refuses_in_words(county):
    actor_for("city-viewer", county.scene.city.pk, "commission_viewer")
    text = text_of(reader("city-viewer").get(page("options")))
    assert "Nothing can be placed here" in text
    assert "Keep as a scenario" not in text


def kept(county: County, client, **query: object) -> Scenario:
    address = page("option-keep", place="512000", **query)
    assert client.get(address).status_code == 200
    answer = client.post(address, {"command_key": key(), "name": "北镇建院", "note": "样例说明"})
    assert answer.status_code == 302
    return Scenario.objects.latest("pk")


def test_an_option_is_kept_with_what_was_assumed_and_what_came_out(county):
    client = reader()
    row = kept(county, client, count=1)
    assert (row.place, row.owner_id, row.provenance) == (county.place, county.place.pk, "recorded")
    assert row.parameters["sites"] == ["512000003"]
    assert (row.parameters["minutes"], row.parameters["speed"]) == (15, 50)
    assert (row.result["before"]["covered"], row.result["after"]["covered"]) == (30_000, 60_000)
    assert row.result["search"]["stop_reason"] == "optimal"
    client.get(page("scenario", row.pk))
    text = text_of(client.get(page("scenario", row.pk)))
    assert "all residents within 15 min 50.0 % 100.0 % +50.0 points" in text
    assert AuditEvent.objects.filter(action="survey.scenario.keep", object_id=row.pk).count() == 1
    # Later records do not change what was found.
    ServiceOffered.objects.create(institution=county.t1, service="ct_24h")
    county.t1.staff.all().delete()
    assert text_of(client.get(page("scenario", row.pk))) == text


def test_the_same_key_keeps_it_once(county):
    client = reader()
    data = {"command_key": key(), "name": "北镇建院"}
    for _time in range(2):
        client.post(page("option-keep", place="512000"), data)
    assert Scenario.objects.count() == 1


def test_a_scenario_is_renamed_and_withdrawn_never_deleted(county):
    client = reader()
    row = kept(county, client)
    renamed = {"command_key": key(), "name": "新名", "note": "", "expected_version": row.version}
    client.post(page("scenario-rename", row.pk), renamed)
    row.refresh_from_db()
    assert (row.name, row.version) == ("新名", 2)
    assert client.post(page("scenario-rename", row.pk), {**renamed, "command_key": key()}).status_code == 409
    gone = {"command_key": key(), "expected_version": row.version}
    assert client.post(page("scenario-withdraw", row.pk), gone).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert "Withdrawn at" in text_of(client.get(page("scenario", row.pk)))
    again = {"command_key": key(), "expected_version": row.version}
    assert "The scenario was withdrawn already." in text_of(client.post(page("scenario-withdraw", row.pk), again))
    assert "新名" in text_of(client.get(page("scenarios", state="withdrawn")))
    assert "新名" not in text_of(client.get(page("scenarios", state="kept")))


def test_a_scenario_is_read_by_its_office_and_those_above_and_changed_by_no_other(county):
    row = kept(county, reader())
    above = actor_for("above", county.scene.country.pk, "commission_viewer")
    elsewhere = actor_for("elsewhere", county.scene.outside.pk, "commission_viewer")
    hospital = actor_for("hospital", county.scene.shan.pk, "supported_office")
    assert list(queries.scenarios(above)) == [row]
    assert list(queries.scenarios(elsewhere)) == []
    assert list(queries.scenarios(hospital)) == []
    for name in ("scenario", "scenario-rename", "scenario-withdraw"):
        assert reader("elsewhere").get(page(name, row.pk)).status_code == 404


def test_a_hospital_keeps_a_scenario_of_its_county_for_itself(county):
    office = actor_for("hospital", county.scene.shan.pk, "supported_office")
    new = commands.NewScenario("医院方案", {"kind": "places"}, {"before": {}, "after": {}})
    row = commands.keep_scenario(acting_as(office), county.place, new)
    assert row.owner_id == county.scene.shan.pk
    assert list(queries.scenarios(office)) == [row]
    assert list(queries.scenarios(county.viewer)) == [row]


def test_the_number_of_queries_is_fixed(county, django_assert_max_num_queries):
    client = reader()
    client.get(asked())
    with django_assert_max_num_queries(OPTION_QUERIES):
        client.get(asked())
