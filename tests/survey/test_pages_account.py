"""The account of a region as a page, its files, and the rows behind its numbers."""

from __future__ import annotations

import csv
import io

import pytest

from lianyi.accounts.models import OrganisationNode
from lianyi.registry import commands as registry
from tests.cast import actor_for, as_service
from tests.registry.pages import text_of
from tests.survey.world import County, centre, employ, page, populate, publish, reader, town

ACCOUNT_QUERIES = 17
ROWS_QUERIES = 12


def lines_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_page_shows_sums_rates_and_coverage(county):
    text = text_of(reader().get(page("account")))
    assert "Resources: 山县" in text
    assert "Residents 2023 100,000" in text
    assert "Doctors 11 0.11 per 1,000" in text
    assert "Doctors to nurses 1 : 1.18" in text
    assert "Beds: stated by 2 of 4 institutions that keep beds." in text
    assert "Staff: on record at 3 of 5 institutions." in text
    assert "sample" not in text.lower().replace("sample figures", "")


def test_it_starts_with_the_own_region_and_shows_any_other(county):
    publish(county.scene.city, doctors=900)
    populate(county.scene.city, 300_000)
    text = text_of(reader().get(page("account", place="510100", basis="published")))
    assert "Resources: 甲市" in text
    assert "Doctors 900 3.00 per 1,000" in text


def test_a_region_of_which_nothing_is_known_shows_dashes(county):
    actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    text = text_of(reader("stranger").get(page("account")))
    assert "Residents — Institutions 1 Beds — Doctors — Nurses —" in text


def test_a_code_that_is_no_place_is_refused_beside_its_field(county):
    answer = reader().get(page("account", place="999999"))
    assert answer.status_code == 422
    assert "There is no place with the code &#x27;999999&#x27;" in answer.content.decode()


def test_the_tables_are_taken_along_as_files(county):
    answer = reader().get(page("account", place="512000", table="parts", export="csv"))
    lines = lines_of(answer)
    assert lines[0][:3] == ["Place", "Residents", "Residents *"]
    east = next(line for line in lines if line[0] == "东镇")
    assert (east[1], east[2]) == ("10000", "2023")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    levels = lines_of(reader().get(page("account", place="512000", table="levels", export="csv")))
    assert [line[0] for line in levels[1:]] == ["primary", "ungraded"]
    assert reader().get(page("account", place="512000", table="nothing", export="csv")).status_code == 404


def test_titles_of_few_people_are_hidden_from_those_who_only_count(county):
    employ(county.t1, "pharmacist", 2, title_rank="senior")
    address = page("account", place="512000", table="titles", export="csv")
    counting = lines_of(reader().get(address))
    assert counting[1] == ["Doctors", "11", "0", "5", "6", "0", "0", "0.0"]
    assert counting[-1] == ["Other staff", "2", "", "", "", "", "", ""]
    assert "Titles of fewer than 10 people are not shown" in text_of(reader().get(page("account")))
    actor_for("keeper", county.place.pk, "registry_steward")
    assert lines_of(reader("keeper").get(address))[-1] == ["Other staff", "2", "0", "0", "0", "0", "2", "1.0"]


def test_a_number_opens_the_institutions_behind_it_without_names_of_people(county):
    answer = reader().get(page("institutions", place="512000"))
    text = text_of(answer)
    assert "样例员工" not in text
    lines = lines_of(reader().get(page("institutions", place="512000", export="csv")))
    shan = next(line for line in lines if line[0] == "山县人民医院")
    assert (shan[4], shan[6], shan[7]) == ("100", "5", "10")
    silent = lines_of(reader().get(page("institutions", place="512000", figure="no-beds", export="csv")))
    assert {line[0] for line in silent[1:]} == {"东乡卫生院", "西镇卫生院"}
    assert "none" in text_of(reader().get(page("institutions", place="512000", figure="no-position")))
    elsewhere = lines_of(reader().get(page("institutions", place="512000", part="none", export="csv")))
    assert {line[0] for line in elsewhere[1:]} == {"山县人民医院", "东乡卫生院", "东村卫生室"}


def test_work_by_year_says_how_many_institutions_stated_it(county):
    for year, quantity, institution in ((2022, 4000, county.t1), (2023, 5000, county.t1), (2023, 700, county.t2)):
        new = registry.NewWorkload(year, "outpatient_visits", quantity)
        registry.set_workload(as_service(), institution, new)
    text = text_of(reader().get(page("account")))
    assert "2022 4,000 of 1 institution 2023 5,700 of 2 institutions" in text
    rows = text_of(reader().get(page("workload", place="512000", year=2023, measure="outpatient_visits")))
    assert "东镇卫生院" in rows
    assert "5000" in rows
    assert "2022" not in rows.replace("2022 of", "")


def test_published_figures_are_listed_with_their_source(county):
    publish(county.place, beds=520)
    text = text_of(reader().get(page("figures", place="512000")))
    assert "yearbook" in text
    assert "520" in text


def test_another_bureau_learns_how_many_institutions_there_are_and_nothing_else(county):
    actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    text = text_of(reader("stranger").get(page("account", place="512000")))
    assert "5 more institutions stand here whose records are not within your reach" in text
    assert "卫生院" not in text
    assert "11" not in text.split("By place")[0].replace("100,000", "")
    assert text_of(reader("stranger").get(page("institutions", place="512000"))).count("卫生院") == 0


def test_roles_without_the_registry_are_turned_away(county):
    actor_for("keeper", county.place.pk, "privacy_steward")
    for name in ("account", "institutions", "figures", "workload", "distribution", "shortfalls", "compare", "access"):
        assert reader("keeper").get(page(name)).status_code == 403, name
    for name in ("options", "option-keep", "scenarios", "gaps", "gap-new", "staffing", "readiness"):
        assert reader("keeper").get(page(name)).status_code == 403, name


def test_the_page_is_chinese_for_those_who_read_chinese(county):
    text = text_of(reader(language="zh-hans").get(page("account")))
    assert "区域资源：山县" in text
    assert "床位：应设床位的4家机构中，2家已填报。" in text


@pytest.mark.parametrize("towns", [1, 6])
def test_pages_ask_a_fixed_number_of_queries(county: County, towns, django_assert_max_num_queries):
    for at in range(towns):
        more = town(f"51200001{at}", f"新镇{at}", county.place, (104.0 + at / 10, 30.1))
        populate(more, 5000, 500)
        centre(f"N{at}", f"新镇卫生院{at}", more)
    client = reader()
    client.get(page("account"))
    with django_assert_max_num_queries(ACCOUNT_QUERIES):
        client.get(page("account"))
    with django_assert_max_num_queries(ROWS_QUERIES):
        client.get(page("institutions", place="512000"))


def test_a_site_without_places_says_what_to_import_first(db):
    node = OrganisationNode.objects.create(key="abc", kind="place", code="X", name_zh="样例", path="/abc/")
    OrganisationNode.objects.filter(pk=node.pk).update(management_path="/abc/")
    actor_for("early", node.pk, "registry_steward")
    for name in ("account", "distribution", "shortfalls", "access", "options", "staffing", "readiness"):
        answer = reader("early").get(page(name))
        assert (answer.status_code, "No place is on record yet." in text_of(answer)) == (200, True), name
