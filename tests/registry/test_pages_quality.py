from __future__ import annotations

import datetime

import pytest
from django.utils import timezone, translation

from lianyi.accounts.models import ReadEvent
from lianyi.pages.home import home_items
from lianyi.registry import commands
from lianyi.registry.quality.findings import WORDINGS
from lianyi.registry.quality_names import CHECK_NAMES
from tests.registry.factories import Region, acting, context, make_department, make_institution, make_region
from tests.registry.pages import address, browser, steward, text_of

PAGE_QUERIES = 26


@pytest.fixture
def region(db) -> Region:
    return make_region()


def break_things(region: Region) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=90)
    commands.count_beds(context(), region.hospital, commands.NewBedCount("icu", 10, long_ago))
    commands.add_staff(context(), region.centre, commands.NewStaff("A1", "样例甲", "doctor"))
    make_department("D", region.centre, name_en="Sample Ward")
    commands.close_institution(context(), region.centre, datetime.date(2024, 1, 1), region.centre.version)


def test_every_check_has_a_name():
    assert set(CHECK_NAMES) == set(WORDINGS)


def test_findings_are_grouped_by_check_and_lead_to_their_records(region):
    break_things(region)
    answer = steward(region).get(address("data-quality"))
    page = text_of(answer)
    assert "Open department of a closed institution 1 cannot be" in page
    assert "Bed count out of date 1 old or unusual" in page
    assert "The latest count of beds is 90 days old (30 are accepted). Count the beds again." in page
    lines = {(line.check, line.label, line.url) for line in answer.context["table"].data.data}
    assert ("stale-beds", "样例医院H1", address("institution-detail", region.hospital.pk)) in lines
    ward = ("department-of-closed-institution", "Sample Ward", address("institution-detail", region.centre.pk))
    assert ward in lines
    member = region.centre.staff.get()
    assert ("staff-of-closed-institution", "样例甲", address("staff-detail", member.pk)) in lines
    assert ReadEvent.objects.get().rows == 1


def test_findings_are_filtered_and_exported(region):
    break_things(region)
    client = steward(region)
    page = text_of(client.get(f"{address('data-quality')}?severity=error"))
    assert "2 of" in page
    exported = client.get(f"{address('data-quality')}?check=stale-beds&export=csv").content.decode("utf-8-sig")
    assert [line.split(",")[:3] for line in exported.splitlines()[1:]] == [
        ['"old or unusual"', '"样例医院H1"', '"Bed count out of date"']
    ]


def test_people_elsewhere_see_none_of_it(region):
    break_things(region)
    stranger = browser("registry_steward", region.other_county.pk, "stranger")
    page = text_of(stranger.get(address("data-quality")))
    assert "样例医院H1" not in page
    assert "样例甲" not in page


def test_the_home_page_tells_what_cannot_be_and_which_beds_are_out_of_date(region):
    break_things(region)
    keeper = acting("registry_steward", region.prefecture.pk, name="keeper")
    with translation.override("en"):
        told = {(item.text, item.count) for item in home_items(keeper)}
        assert ("Records that cannot be as they stand", 2) in told
        assert ("Institution with a bed count out of date", 1) in told
        assert home_items(acting("commission_viewer", region.prefecture.pk, name="viewer")) == []
    page = text_of(browser("registry_steward", region.county.pk, "local").get(f"{address('institutions')}?beds=stale"))
    assert "1 of 2" in page


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_asks_a_fixed_number_of_queries(region, number, django_assert_num_queries):
    long_ago = timezone.now() - datetime.timedelta(days=90)
    for position in range(number):
        row = make_institution(f"Q{position}", region.county, name_zh=f"样例县人民医院东城分院{position}")
        commands.count_beds(context(), row, commands.NewBedCount("icu", 10, long_ago))
        make_department("D", row)
        commands.add_staff(context(), row, commands.NewStaff("A1", "样例甲", "doctor"))
    client = steward(region)
    client.get(address("institutions"))
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"{address('data-quality')}?per_page=100")
