from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.registry import commands, queries
from lianyi.registry.models import ChangeRequest
from tests.registry.factories import acting, context, make_department, make_institution, make_region

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def fill(region, number: int) -> None:
    for each in range(number):
        department = make_department(f"D{number}{each}", region.hospital)
        counted_at = timezone.now() - datetime.timedelta(days=each)
        count = commands.NewBedCount("general", 10 + each, counted_at, beds_occupied=4, department=department)
        commands.count_beds(context(), region.hospital, count)
        commands.set_workload(context(), region.hospital, commands.NewWorkload(2000 + number + each, "operations", 1))
        make_institution(f"B{number}{each}", region.county, parent=region.hospital)


def test_an_institution_is_shown_with_all_that_hangs_on_it_in_a_constant_number_of_queries(
    django_assert_num_queries,
):
    region = make_region()
    actor = acting("commission_viewer", region.prefecture.pk)
    fill(region, 2)
    with django_assert_num_queries(9):
        small = queries.institution_detail(actor, region.hospital.pk)
        place, parent = small.institution.place, small.institution.parent
    fill(region, 6)
    with django_assert_num_queries(9):
        large = queries.institution_detail(actor, region.hospital.pk)
        [(department.status_changes.all(), department.name_zh) for department in large.departments]
    assert (place, parent) == (region.county, None)
    assert (len(small.departments), len(large.departments), len(large.branches)) == (3, 9, 9)
    assert len(large.workloads) == 8


def test_the_latest_count_of_each_type_of_bed_has_its_age():
    region = make_region()
    for text, number in (("2024-05-01", 10), ("2024-05-20", 12)):
        counted_at = timezone.make_aware(datetime.datetime.fromisoformat(text))
        count = commands.NewBedCount("general", number, counted_at, beds_occupied=5, beds_reserved=1)
        commands.count_beds(context(), region.hospital, count)
    now = timezone.make_aware(datetime.datetime.fromisoformat("2024-06-01"))
    actor = acting("registry_steward", region.county.pk)
    (beds,) = queries.institution_detail(actor, region.hospital.pk, now).beds
    assert (beds.count.beds_open, beds.beds_free, beds.age_days) == (12, 6, 12)


def test_another_institution_in_the_same_role_sees_nothing():
    region = make_region()
    stranger = acting("supported_office", region.other_hospital.pk)
    with pytest.raises(NotFoundInScopeError):
        queries.institution_detail(stranger, region.hospital.pk)
    with pytest.raises(NotFoundInScopeError):
        queries.institution_as_of(stranger, region.hospital.pk, day("2020-01-01"))
    assert [row.code for row in queries.institutions(stranger)] == ["H2"]
    assert list(queries.staff(stranger)) == []


def test_an_institution_as_of_a_day_has_the_names_places_and_departments_of_that_day():
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

    def on(text):
        return queries.institution_as_of(actor, row.pk, day(text))

    assert [on(text).facts["name_zh"] for text in ("2011-06-01", "2013-01-01")] == ["样例医院H1", "样例新名"]
    assert [on(text).place for text in ("2013-12-31", "2014-01-01")] == [region.county, region.other_county]
    assert [on(text).parent for text in ("2016-01-01", "2018-01-01")] == [None, region.other_hospital]
    assert [on(text).is_open for text in ("1980-01-01", "2019-12-31", "2020-01-01")] == [False, True, False]
    lines = [(each.name_zh, each.status) for each in on("2017-06-01").departments]
    assert lines == [("样例科S", None), ("样例科W", "weak")]
    assert [each.name_zh for each in on("2014-06-01").departments] == ["样例科S"]
    assert [each.name_zh for each in on("2019-01-01").departments] == ["样例科S", "样例新科"]
    assert [event.kind for event in on("2013-01-01").events] == ["opened", "renamed"]


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
