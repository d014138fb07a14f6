"""Standards held against places and institutions: met, short, short as far as known, not known, not for them."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from django.utils import timezone

from lianyi.registry import commands as registry
from lianyi.registry.models import Institution
from lianyi.rules import ResourceMeasure, ResourceRequirement, Words, load_resource_standards
from lianyi.survey.amounts import inventory
from lianyi.survey.shortfalls import Finding, Reason, Standing, findings, jurisdiction_of
from tests.cast import actor_for, as_service
from tests.registry.pages import text_of
from tests.survey.world import County, employ, page, populate, publish, reader

SHORTFALL_QUERIES = 17
TIERED = load_resource_standards().get("tiered-care-2015")
SARA = load_resource_standards().get("who-service-availability")


def found(county: County, requirement: str, standard=TIERED, actor=None) -> list[Finding]:
    counted = inventory(actor or county.viewer, county.place, timezone.localdate())
    return [each for each in findings(actor or county.viewer, counted, standard) if each.requirement.id == requirement]


def only(county: County, measure: ResourceMeasure, minimum: float, **more: object) -> list[Finding]:
    """Hold one requirement against the county."""
    given = {"place_levels": ("county",), **more}
    requirement = ResourceRequirement(
        id="one", name=Words("一", "one"), measure=measure, minimum=minimum, confidence=TIERED.confidence, **given
    )
    standard = dataclasses.replace(TIERED, requirements=(requirement,))
    return findings(county.viewer, inventory(county.viewer, county.place, timezone.localdate()), standard)


def test_a_smaller_county_is_not_asked_for_a_level_2a_hospital(county):
    [line] = found(county, "county-general-hospital")
    assert (line.standing, line.reason, line.missing) == (Standing.NOT_APPLICABLE, Reason.SMALLER_PLACE, None)


def test_a_larger_county_whose_hospital_has_no_grade_on_record_is_not_known(county):
    populate(county.place, 310_000, year=2024)
    [line] = found(county, "county-general-hospital")
    assert (line.standing, line.reason, line.present) == (Standing.UNKNOWN, Reason.NOT_GRADED, 0)
    Institution.objects.filter(pk=county.scene.shan.pk).update(tier="secondary", grade="A")
    [line] = found(county, "county-general-hospital")
    assert (line.standing, line.present) == (Standing.MET, 1)
    [line] = found(county, "county-tcm-hospital")
    assert (line.standing, line.required, line.present, line.missing) == (Standing.SHORT, 1, 0, 1)


def test_general_practitioners_are_counted_for_the_people_and_for_each_township_centre(county):
    [line] = found(county, "general-practitioners")
    assert (line.required, line.present, line.missing) == (20, 1, 19)
    assert line.standing is Standing.SHORT_AS_KNOWN
    assert (line.coverage.known, line.coverage.expected) == (3, 5)
    by_centre = {each.institution.code: each for each in found(county, "township-general-practitioner")}
    assert {code: each.standing for code, each in by_centre.items()} == {
        "T1": Standing.SHORT,
        "T2": Standing.MET,
        "XIANG": Standing.UNKNOWN,
    }
    assert by_centre["T1"].missing == 1
    assert by_centre["XIANG"].reason is Reason.NOT_STATED


def test_a_rate_asks_for_the_next_whole_number(county):
    [line] = only(county, ResourceMeasure.BEDS_PER_10000, 12.00001)
    assert (line.required, line.present) == (121, 120)
    [line] = only(county, ResourceMeasure.BEDS_PER_10000, 12)
    assert (line.required, line.standing) == (120, Standing.MET)


def test_what_is_short_is_short_for_sure_once_everybody_stated_it(county):
    for institution in (county.scene.xiang, county.scene.cun):
        employ(institution, "nurse", 1)
    [line] = only(county, ResourceMeasure.CORE_STAFF_PER_10000, 23)
    assert (line.required, line.present, line.standing) == (230, 26, Standing.SHORT)


def test_without_people_on_record_nothing_is_asked(county):
    county.scene.county.populations.all().delete()
    [line] = only(county, ResourceMeasure.BEDS_PER_10000, 25)
    assert (line.standing, line.reason, line.required) == (Standing.UNKNOWN, Reason.NO_POPULATION, None)


def test_use_is_that_of_the_last_year_with_figures(county):
    for year, institution, quantity in ((2022, county.t1, 90_000), (2023, county.t1, 4_000), (2023, county.t2, 6_000)):
        registry.set_workload(as_service(), institution, registry.NewWorkload(year, "outpatient_visits", quantity))
    [line] = [each for each in found(county, "outpatient-visits", SARA) if each.place == county.place]
    assert (line.required, line.present, line.year) == (500_000, 10_000, 2023)
    assert line.resource is None


def test_whoever_sees_no_institution_is_told_that_it_is_not_known(county):
    stranger = actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    populate(county.place, 310_000, year=2024)
    [line] = found(county, "county-general-hospital", actor=stranger)
    assert (line.standing, line.reason) == (Standing.UNKNOWN, Reason.OUT_OF_REACH)
    assert found(county, "township-general-practitioner", actor=stranger) == []


def test_standards_hold_for_china_below_it_and_references_anywhere(county):
    assert jurisdiction_of(county.place) == "CN-512000"
    assert jurisdiction_of(county.scene.country) == "CN"
    ids = [each.id for each in load_resource_standards().of_place("CN-512000", date(2026, 1, 1))]
    assert ids == ["tiered-care-2015", "who-core-staff-2016", "who-service-availability"]


def test_the_page_tells_document_source_and_how_well_each_number_is_supported(county):
    text = text_of(reader().get(page("shortfalls", place="512000")))
    assert "国办发〔2015〕70号" in text
    assert "since 2015-09-08" in text
    assert "short, as far as known" in text
    assert "sourced 山县 20 1 3/5 19 short, as far as known Put forward" in text
    other = text_of(reader().get(page("shortfalls", place="512000", standard="who-service-availability")))
    assert "no source found" in other


def test_an_unknown_standard_is_refused_beside_its_field(county):
    assert reader().get(page("shortfalls", place="512000", standard="nothing")).status_code == 422


@pytest.mark.parametrize("more", [0, 3])
def test_the_page_asks_a_fixed_number_of_queries(county, more, django_assert_max_num_queries):
    for at in range(more):
        publish(county.east, 2010 + at, beds=5)
        employ(county.t1, "nurse", 1, specialty=f"0{at + 3}")
    client = reader()
    client.get(page("shortfalls"))
    with django_assert_max_num_queries(SHORTFALL_QUERIES):
        client.get(page("shortfalls"))
