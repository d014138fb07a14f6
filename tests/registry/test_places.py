from __future__ import annotations

import datetime

import pytest

from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent, OrganisationNode
from lianyi.registry import commands
from lianyi.registry.checks import GivenPosition
from lianyi.registry.errors import (
    CycleError,
    DatesOutOfOrderError,
    DuplicateCodeError,
    FutureDateError,
    ImpossibleCountError,
    PlaceLevelError,
    UnknownCodeError,
)
from lianyi.registry.models import Place, PlacePopulation, RegistryEvent
from tests.registry.factories import acting, context, make_department, make_institution, make_place, make_region

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2024, 6, 1)


def test_a_new_place_stands_below_its_parent_by_both_paths():
    province = make_place("44", "province")
    county = make_place("441302", "county", province)
    node = OrganisationNode.objects.get(pk=county.pk)
    assert node.path == f"{province.node.path}{node.key}/"
    assert node.management_path == node.path
    assert province.node.path == f"/{province.node.key}/"
    assert (node.code, node.kind, node.parent_id, len(node.key)) == ("441302", "place", province.pk, 10)


def test_moving_a_place_rewrites_the_paths_of_everything_below_and_nothing_else():
    region = make_region()
    elsewhere = make_place("45", "province")
    commands.move_place(context(), region.prefecture, elsewhere, TODAY, region.prefecture.version)
    region.hospital.node.refresh_from_db()
    region.surgery.node.refresh_from_db()
    region.province.node.refresh_from_db()
    prefecture = OrganisationNode.objects.get(pk=region.prefecture.pk)
    county = OrganisationNode.objects.get(pk=region.county.pk)
    assert prefecture.path == f"{elsewhere.node.path}{prefecture.key}/"
    assert county.path == county.management_path == f"{prefecture.path}{county.key}/"
    assert region.hospital.node.path == f"{county.path}{region.hospital.node.key}/"
    assert region.hospital.node.management_path == f"/{region.hospital.node.key}/"
    assert region.surgery.node.path == f"{region.hospital.node.path}{region.surgery.node.key}/"
    assert region.province.node.path == f"/{region.province.node.key}/"


def test_a_place_cannot_become_part_of_a_lower_or_equal_level():
    region = make_region()
    with pytest.raises(PlaceLevelError, match="cannot be part of"):
        commands.move_place(context(), region.county, region.other_county, TODAY, 1)
    with pytest.raises(PlaceLevelError):
        make_place("1", "province", region.county)
    with pytest.raises(PlaceLevelError, match="has parts of the level county"):
        commands.correct_place(context(), region.prefecture, {"level": "county"}, 1)


def test_a_place_cannot_become_part_of_what_is_below_it_even_when_its_level_changes():
    region = make_region()
    with pytest.raises((CycleError, PlaceLevelError)):
        commands.correct_place(context(), region.province, {"parent_id": region.county.pk, "level": "village"}, 1)


def test_a_code_taken_by_another_place_is_refused():
    make_place("44", "province")
    with pytest.raises(DuplicateCodeError, match="'44' is taken"):
        make_place("44", "province")


def test_validity_that_ends_before_it_begins_is_refused():
    with pytest.raises(DatesOutOfOrderError, match="valid_to is 2001-01-01, before valid_from, 2002-01-01"):
        make_place("44", "province", valid_from=datetime.date(2002, 1, 1), valid_to=datetime.date(2001, 1, 1))


def test_an_unknown_level_is_refused_with_the_accepted_ones():
    with pytest.raises(UnknownCodeError, match="country, province, prefecture"):
        make_place("44", "state")


def test_coordinates_are_kept_as_wgs84():
    place = make_place("44", "province", position=GivenPosition(114.41, 23.11, "gcj02"))
    assert (place.longitude, place.latitude) == pytest.approx((114.4049, 23.1127), abs=2e-3)
    assert place.given_coordinate_system == "gcj02"


def test_renaming_a_place_writes_row_node_history_and_audit():
    place = make_place("44", "province")
    commands.update_place(context(reason="撤县设区"), place, {"name_zh": "样例新名"}, TODAY, 1)
    event = RegistryEvent.objects.get(node_id=place.pk)
    audit = AuditEvent.objects.latest("sequence")
    assert Place.objects.get(pk=place.pk).name_zh == "样例新名"
    assert OrganisationNode.objects.get(pk=place.pk).name_zh == "样例新名"
    assert (event.kind, event.effective_on, event.before, event.after, event.reason) == (
        "renamed",
        TODAY,
        {"name_zh": "样例44"},
        {"name_zh": "样例新名"},
        "撤县设区",
    )
    assert (audit.action, audit.before["name_zh"], audit.after["name_zh"]) == (
        "registry.place.update",
        "样例44",
        "样例新名",
    )


def test_a_change_from_a_day_that_has_not_come_is_refused():
    place = make_place("44", "province")
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)  # noqa: DTZ011
    with pytest.raises(FutureDateError):
        commands.update_place(context(), place, {"name_zh": "样例新名"}, tomorrow, 1)


def test_two_savers_of_one_place_get_a_conflict():
    place = make_place("44", "province")
    stale = Place.objects.get(pk=place.pk)
    commands.update_place(context(), place, {"name_zh": "样例甲"}, TODAY, 1)
    with pytest.raises(StaleVersionError) as caught:
        commands.update_place(context(), stale, {"name_zh": "样例乙"}, TODAY, 1)
    assert caught.value.params["current"].name_zh == "样例甲"
    assert RegistryEvent.objects.count() == 1


def test_only_the_installer_makes_the_root_of_a_tree():
    region = make_region()
    steward = acting("registry_steward", region.province.pk)
    with pytest.raises(NotPermittedError, match="made on the server"):
        commands.create_place(context(steward), commands.NewPlace("45", "样例省", "province"))
    made = commands.create_place(
        context(steward), commands.NewPlace("4402", "样例市", "prefecture", parent=region.province)
    )
    assert made.parent_id == region.province.pk


def test_a_steward_of_one_county_cannot_change_another():
    region = make_region()
    steward = acting("registry_steward", region.county.pk)
    with pytest.raises(NotPermittedError, match="no part in this record"):
        commands.update_place(context(steward), region.other_county, {"name_zh": "样例"}, TODAY, 1)


def test_nobody_puts_a_place_under_another_region_or_makes_it_a_root_by_a_plain_change():
    region = make_region()
    county = commands.create_place(context(), commands.NewPlace("441302001", "样例街道", "township", region.county))
    steward = acting("registry_steward", region.county.pk)
    for parent in (region.other_county.pk, None):
        with pytest.raises(NotPermittedError):
            commands.update_place(context(steward), county, {"parent_id": parent}, TODAY, 1)
        with pytest.raises(NotPermittedError):
            commands.correct_place(context(steward), county, {"parent_id": parent}, 1)


def test_stating_a_population_twice_replaces_it_and_leaves_no_trace_when_it_is_the_same():
    place = make_place("44", "province")
    new = commands.NewPopulation(year=2020, persons=126_012_510)
    commands.set_population(context(), place, new)
    before = AuditEvent.objects.count()
    commands.set_population(context(), place, new)
    assert AuditEvent.objects.count() == before
    commands.set_population(context(), place, commands.NewPopulation(year=2020, persons=126_012_511))
    row = PlacePopulation.objects.get()
    assert (row.persons, row.version) == (126_012_511, 2)
    with pytest.raises(ImpossibleCountError):
        commands.set_population(context(), place, commands.NewPopulation(year=2020, persons=-1))


def test_a_succession_is_recorded_once():
    old, new = make_place("44", "province"), make_place("45", "province")
    commands.record_succession(context(), old, new, "merged", TODAY)
    with pytest.raises(DuplicateCodeError, match="on record already"):
        commands.record_succession(context(), old, new, "merged", TODAY)


def test_moving_a_place_is_one_statement_for_any_number_of_descendants(django_assert_max_num_queries):
    region = make_region()
    for number in range(20):
        hospital = make_institution(f"X{number}", region.county)
        make_department("D", hospital)
    elsewhere = make_place("45", "province")
    with django_assert_max_num_queries(45):
        commands.move_place(context(), region.prefecture, elsewhere, TODAY, 1)
