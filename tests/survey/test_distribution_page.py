"""The distribution page on the constructed example of the design (six counties A-F in two regions)."""

from __future__ import annotations

import pytest

from lianyi.registry.models import Place
from tests.cast import actor_for, make_place
from tests.registry.pages import text_of
from tests.survey.test_pages_account import lines_of
from tests.survey.world import County, page, populate, publish, reader

COUNTIES = (
    # code, region, thousand people, doctors, km2, income
    ("530101", "A", 100, 150, 2000, 2.0),
    ("530102", "A", 200, 360, 1500, 2.5),
    ("530103", "A", 300, 480, 2500, 3.0),
    ("530201", "B", 150, 450, 500, 6.0),
    ("530202", "B", 150, 375, 500, 5.0),
    ("530203", "B", 100, 185, 3000, 4.0),
)
DISTRIBUTION_QUERIES = 16


@pytest.fixture
def province(db) -> Place:
    country = make_place("CN", "样例国", "country")
    province = make_place("530000", "丙省", "province", country)
    regions = {
        "A": make_place("530100", "甲区", "prefecture", province),
        "B": make_place("530200", "乙区", "prefecture", province),
    }
    for code, region, thousands, doctors, area, income in COUNTIES:
        place = make_place(code, f"县{code}", "county", regions[region])
        populate(place, thousands * 1000)
        publish(place, doctors=doctors, area_km2=area, income_per_head=income)
    actor_for("province-viewer", province.pk, "commission_viewer")
    return province


def asked(**query: object) -> str:
    given = {"place": "530000", "basis": "published", "resource": "doctors", "units": "parts_of_parts", **query}
    return page("distribution", **given)


def test_the_figures_are_those_of_the_constructed_example(province):
    answer = reader("province-viewer").get(asked())
    text = text_of(answer)
    assert "Gini by population 0.1346" in text
    assert "Gini by area 0.4704" in text
    assert "Theil index 0.03029" in text
    assert "of it between the parts 73.2 % 0.02219" in text
    assert "of it within the parts 26.8 % 0.00810" in text
    assert "Concentration index 0.1226" in text


def test_agglomeration_of_each_place_and_the_terms_of_each_part_are_taken_along(province):
    client = reader("province-viewer")
    parts = lines_of(client.get(asked(table="parts", export="csv")))
    hrad = [float(line[-3]) for line in parts[1:]]
    assert hrad == pytest.approx([0.375, 1.2, 0.96, 4.5, 3.75, 0.308333], abs=1e-6)
    assert [float(line[-1]) for line in parts[1:]] == pytest.approx([0.75, 0.9, 0.8, 1.5, 1.25, 0.925], abs=1e-6)
    groups = lines_of(client.get(asked(table="theil", export="csv")))
    assert [line[0] for line in groups[1:]] == ["甲区", "乙区"]
    assert sum(float(line[-1]) for line in groups[1:]) == pytest.approx(1, abs=1e-5)


def test_the_curve_goes_from_nothing_to_everything(province):
    [chart] = reader("province-viewer").get(asked()).context["charts"]
    by_people, by_area, even = (series["data"] for series in chart.option["series"])
    assert by_people[0] == by_area[0] == [0, 0]
    assert by_people[-1] == [100, 100]
    assert len(by_people) == 7
    assert even == [[0, 0], [100, 100]]


def test_places_without_the_figure_are_left_out_by_name(province):
    more = make_place("530104", "丁县", "county", Place.objects.get(code="530100"))
    populate(more, 5000)
    text = text_of(reader("province-viewer").get(asked()))
    assert "Left out, because the population or the figure is not known: 丁县" in text
    assert "Gini by population 0.1346" in text


def test_a_place_with_nothing_takes_the_other_form_of_theil(province):
    more = make_place("530104", "丁县", "county", Place.objects.get(code="530100"))
    populate(more, 5000)
    publish(more, doctors=0, area_km2=10, income_per_head=1)
    assert "sum Y ln(Y/P): a part has none of it" in text_of(reader("province-viewer").get(asked()))


def test_one_place_is_nothing_to_compare(county: County):
    text = text_of(reader().get(page("distribution", place="512000", resource="beds")))
    assert "Too little is known to compare the parts." in text
    assert "西镇 , 北镇" in text


def test_records_give_densities_of_the_towns(county: County):
    lines = lines_of(reader().get(page("distribution", place="512000", resource="doctors", export="csv")))
    # 2 for 10,000 and 4 for 20,000: the same for everybody.
    assert [line[4] for line in lines[1:]] == ["0.2", "0.2"]
    assert "Gini by population 0.0000" in text_of(reader().get(page("distribution", place="512000")))


def test_two_regions_stand_side_by_side(county: County):
    client = reader()
    assert "Name the second region above." in text_of(client.get(page("compare")))
    lines = lines_of(client.get(page("compare", place="512000", other="512000001", export="csv")))
    found = {line[0]: line[1:] for line in lines}
    assert found["Residents"][0::2][:2] == ["100000", "10000"]
    doctors = found["Doctors per 1,000"]
    assert (doctors[0], doctors[2]) == ("0.11", "0.2")


def test_a_region_out_of_reach_is_said_to_be(county: County):
    text = text_of(reader().get(page("compare", place="512000", other="523000")))
    assert "邻县: 1 institution is not within your reach and is not counted." in text
    assert "Institutions 5 — —" in text


def test_the_number_of_queries_does_not_grow(province, django_assert_max_num_queries):
    client = reader("province-viewer")
    client.get(asked())
    with django_assert_max_num_queries(DISTRIBUTION_QUERIES):
        client.get(asked())
