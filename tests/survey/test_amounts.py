"""What is counted, what is not, and how much of it is known."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.registry import commands as registry
from lianyi.registry.models import BedCount, Staff
from lianyi.survey.amounts import Inventory, inventory
from lianyi.survey.lines import Basis, account
from tests.cast import actor_for, as_service, make_department, make_staff
from tests.survey.world import County, beds, publish


def counted(county: County) -> Inventory:
    return inventory(county.viewer, county.place, timezone.localdate())


def whole(county: County):
    return account(county.viewer, counted(county), Basis.RECORDS).whole


def test_a_county_adds_up_what_its_institutions_stated(county):
    line = whole(county)
    amounts = line.amounts
    assert (amounts.institutions, amounts.beds, amounts.doctors, amounts.nurses) == (5, 120, 11, 13)
    assert (line.doctors_per_1000, line.beds_per_1000) == (0.11, 1.2)
    assert line.nurses_per_doctor == 13 / 11
    assert line.nurses_per_bed == 13 / 120
    assert line.aged_share == 0.12


def test_observation_beds_are_no_beds_and_public_health_doctors_are_doctors(county):
    hospital = next(row for row in counted(county).rows if row.institution.code == "SHAN")
    assert (hospital.amount("beds"), hospital.amount("doctors"), hospital.amount("core_staff")) == (100, 5, 15)


def test_who_stated_nothing_lowers_the_coverage_and_adds_no_zero(county):
    amounts = whole(county).amounts
    assert (amounts.bed_coverage.known, amounts.bed_coverage.expected) == (2, 4)
    assert (amounts.staff_coverage.known, amounts.staff_coverage.expected) == (3, 5)
    found = account(county.viewer, counted(county), Basis.RECORDS)
    by_place = {line.place.code: line.amounts for line in found.parts}
    assert by_place["512000002"].beds is None
    assert by_place["512000003"].doctors is None
    assert by_place["512000003"].institutions == 0


def test_what_stands_in_no_part_has_a_line_of_its_own(county):
    found = account(county.viewer, counted(county), Basis.RECORDS)
    assert found.elsewhere is not None
    assert (found.elsewhere.amounts.institutions, found.elsewhere.amounts.doctors) == (3, 5)
    sums = sum(line.amounts.doctors or 0 for line in (*found.parts, found.elsewhere))
    assert sums == found.whole.amounts.doctors


def test_only_the_last_count_counts_and_departments_only_where_the_house_gave_none(county):
    shan = county.scene.shan
    later = timezone.now()
    BedCount.objects.create(institution=shan, bed_type="general", beds_open=90, counted_at=later)
    department = county.scene.shan_emergency
    BedCount.objects.create(institution=shan, department=department, bed_type="general", beds_open=7, counted_at=later)
    BedCount.objects.create(institution=shan, department=department, bed_type="icu", beds_open=4, counted_at=later)
    assert whole(county).amounts.beds == 90 + 4 + 20


def test_closed_institutions_and_people_who_left_are_not_counted(county):
    today = timezone.localdate()
    registry.close_institution(as_service(reason="合并"), county.t2, today, county.t2.version)
    someone = Staff.objects.filter(institution=county.t1, profession="doctor").first()
    Staff.objects.filter(pk=someone.pk).update(employed_to=today - datetime.timedelta(days=1))
    amounts = whole(county).amounts
    assert (amounts.institutions, amounts.doctors) == (4, 6)


def test_a_tally_of_nobody_knows_nothing(county):
    lin = account(county.viewer, inventory(county.viewer, county.scene.outside, timezone.localdate()), Basis.RECORDS)
    assert lin.inventory.out_of_reach == 1
    assert lin.whole.amounts.institutions is None
    assert lin.whole.amounts.beds is None
    assert lin.whole.doctors_per_1000 is None


def test_published_figures_stand_for_the_whole_place_with_their_year(county):
    publish(county.place, 2022, beds=500, doctors=200, nurses=260, staff=600)
    publish(county.place, 2023, beds=520)
    line = account(county.viewer, counted(county), Basis.PUBLISHED).whole
    assert (line.amounts.beds, line.amounts.doctors, line.amounts.other_staff) == (520, 200, 140)
    assert line.amounts.year == 2022
    assert line.beds_per_1000 == 5.2


def test_titles_are_counted_by_resource(county):
    found = {line.group: line for line in counted(county).titles}
    assert found["doctors"].by_rank == {"intermediate": 6, "junior": 5}
    assert found["doctors"].total == 11


def test_a_bureau_elsewhere_counts_nothing_here(county):
    stranger = actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    found = inventory(stranger, county.place, timezone.localdate())
    assert (list(found.rows), list(found.titles), found.out_of_reach) == ([], [], 5)


def test_a_village_doctor_is_counted_apart_from_doctors(county):
    make_staff(county.scene.cun, "V1", "样例村医", profession="village_doctor")
    clinic = next(row for row in counted(county).rows if row.institution.code == "CUN")
    assert (clinic.amount("doctors"), clinic.amount("village_doctors")) == (0, 1)


def test_samples_are_told(county):
    assert counted(county).has_samples is False
    BedCount.objects.filter(institution=county.t1).update(provenance="sample")
    assert counted(county).has_samples is True


def test_departments_do_not_change_in_which_part_an_institution_stands(county):
    make_department(county.t1, "IM", "内科", "03")
    beds(county.t1, 22)
    rows = {row.institution.code: row.part_id for row in counted(county).rows}
    assert rows["T1"] == county.east.pk
    assert rows["SHAN"] is None
