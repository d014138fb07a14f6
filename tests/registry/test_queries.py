from __future__ import annotations

import datetime

import pytest
from django.utils import timezone, translation

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.registry import commands, queries
from lianyi.registry.bed_ages import bed_lines
from lianyi.registry.department_lines import department_lines
from lianyi.registry.models import ChangeRequest
from lianyi.registry.page_facts import past_of
from tests.registry.factories import acting, context, make_department, make_region

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_the_latest_count_of_each_type_of_bed_says_how_many_are_free_and_whether_it_is_old():
    region = make_region()
    for text, number in (("2024-05-01", 10), ("2024-05-20", 12)):
        counted_at = timezone.make_aware(datetime.datetime.fromisoformat(text))
        count = commands.NewBedCount("general", number, counted_at, beds_occupied=5, beds_reserved=1)
        commands.count_beds(context(), region.hospital, count)
    actor = acting("registry_steward", region.county.pk)
    (beds,) = bed_lines(queries.latest_bed_counts(actor, region.hospital))
    assert (beds.count.beds_open, beds.free, beds.is_stale) == (12, 6, True)


def test_another_institution_in_the_same_role_sees_nothing():
    region = make_region()
    stranger = acting("supported_office", region.other_hospital.pk)
    with pytest.raises(NotFoundInScopeError):
        queries.institution(stranger, region.hospital.pk)
    assert past_of(stranger, region.hospital, day("2020-01-01")).lines == []
    assert [row.code for row in queries.institutions(stranger)] == ["H2"]
    assert list(queries.staff(stranger)) == []


@translation.override("en")
def test_records_on_a_day_have_the_names_places_and_departments_of_that_day():
    region = make_region()
    actor = acting("commission_viewer", region.prefecture.pk)
    ward = make_department("W", region.hospital, opened_on=day("2015-01-01"))
    commands.set_department_status(context(), ward, commands.NewStatus("weak", day("2016-01-01")), 1)
    ward.refresh_from_db()
    commands.rename_department(context(), ward, "样例新科", "", day("2018-01-01"), ward.version)
    row = commands.rename_institution(context(), region.hospital, commands.NewNames("样例新名"), day("2012-01-01"), 1)
    row = commands.move_institution(
        context(), row, commands.NewSite(place=region.other_county), day("2014-01-01"), row.version
    )
    row = commands.place_institution_under(context(), row, region.other_hospital, day("2017-01-01"), row.version)
    commands.close_institution(context(), row, day("2020-01-01"), row.version)

    def facts_on(record, text):
        return {fact.label: fact.value for fact in past_of(actor, record, day(text)).facts}

    def told(record, label, *days):
        return [facts_on(record, text)[label] for text in days]

    assert told(row, "Chinese name", "2011-06-01", "2013-01-01") == ["样例医院H1", "样例新名"]
    assert told(row, "Place", "2013-12-31", "2014-01-01") == ["样例441302", "样例441322"]
    assert told(row, "Branch or sub-centre of", "2016-01-01", "2018-01-01") == ["—", "样例医院H2"]
    assert told(row, "Closed on", "2019-12-31", "2020-01-01") == ["—", "2020-01-01"]
    assert told(ward, "Chinese name", "2017-06-01", "2018-01-01") == ["样例科W", "样例新科"]
    departments = list(queries.departments(actor, row))
    codes_and_status = {
        text: [(line.department.code, line.status) for line in department_lines(departments, day(text))]
        for text in ("2014-06-01", "2015-06-01", "2017-06-01")
    }
    assert codes_and_status == {
        "2014-06-01": [("S", "established")],
        "2015-06-01": [("S", "established"), ("W", "")],
        "2017-06-01": [("S", "established"), ("W", "weak")],
    }


def test_what_waits_for_me_are_proposals_i_may_decide_and_did_not_make():
    region = make_region()
    office = acting("supported_office", region.hospital.pk)
    request = commands.propose_change(
        context(office, "批复"), region.hospital, {"tier": "tertiary"}, day("2023-01-01"), 1
    )
    county = acting("registry_steward", region.county.pk)
    other = acting("registry_steward", region.other_county.pk)
    prefecture = acting("registry_steward", region.prefecture.pk)

    def waiting(actor):
        return list(queries.to_decide(actor, queries.change_requests(actor)))

    assert [waiting(actor) for actor in (county, other, office)] == [[request], [], []]
    commands.approve_change(context(county), request, 1)
    request = ChangeRequest.objects.get()
    assert [waiting(actor) for actor in (county, prefecture)] == [[], [request]]
