from __future__ import annotations

import dataclasses
import datetime
import doctest
import random
from itertools import combinations

import pytest
from django.utils import timezone
from django.utils.translation import override

from lianyi.accounts.actors import service_actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.methods.coordinates import Position, haversine_km
from lianyi.methods.similarity import best_name_similarity
from lianyi.registry import commands, likenesses
from lianyi.registry.checks import GivenPosition
from lianyi.registry.errors import UnknownCodeError
from lianyi.registry.imports import lines, specialties
from lianyi.registry.likenesses import NamedSite, find_likenesses
from lianyi.registry.models import Institution, PlacePopulation
from lianyi.registry.quality import Severity, check_names, find_problems, limits_on
from lianyi.registry.quality import codes as code_checks
from lianyi.registry.quality.findings import WORDINGS
from tests.registry.factories import acting, context, make_department, make_institution, make_region

DAY = datetime.date(2024, 6, 1)


def moment(text: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.fromisoformat(text))


def found(*only: str, actor=None, **parameters) -> list[tuple[str, str]]:
    problems = find_problems(
        actor or service_actor(), dataclasses.replace(limits_on(DAY), **parameters), only=only, day=DAY
    )
    return [(each.check, each.label) for each in problems]


@pytest.mark.django_db
def test_a_registry_without_faults_has_no_findings_but_those_of_codes():
    make_region()
    checks = [name for name in check_names() if name != "place-codes"]
    assert found(*checks) == []


@pytest.mark.django_db
def test_orphans_are_found():
    region = make_region()
    member = commands.NewStaff("1", "样例甲", "doctor", department=region.surgery)
    commands.add_staff(context(), region.hospital, member)
    commands.add_staff(context(), region.other_hospital, commands.NewStaff("2", "样例乙", "nurse"))
    commands.close_institution(context(), region.hospital, datetime.date(2024, 1, 1), 1)
    ended = {"valid_to": datetime.date(2023, 12, 31)}
    commands.update_place(context(), region.other_county, ended, datetime.date(2023, 12, 31), 1)
    assert found("ended-places", "closed-institutions", "closed-parents", "staff") == [
        ("place-not-valid", "样例医院H2"),
        ("department-of-closed-institution", "样例科S"),
        ("branch-of-closed-institution", "样例医院C1"),
        ("staff-of-closed-institution", "样例甲"),
        ("staff-without-department", "样例乙"),
    ]


@pytest.mark.django_db
def test_staff_in_a_closed_department_are_found():
    region = make_region()
    commands.add_staff(
        context(), region.hospital, commands.NewStaff("1", "样例甲", "doctor", department=region.surgery)
    )
    commands.close_department(context(), region.surgery, datetime.date(2024, 1, 1), 1)
    assert found("staff") == [("staff-in-closed-department", "样例甲")]


@pytest.mark.django_db
def test_impossible_totals_are_found():
    region = make_region()
    count = commands.NewBedCount("general", 10, moment("2024-05-01 08:00"), beds_occupied=12, source="加床")
    commands.count_beds(context(), region.hospital, count)
    commands.set_workload(context(), region.hospital, commands.NewWorkload(2023, "bed_days", 3651))
    commands.set_workload(context(), region.hospital, commands.NewWorkload(2024, "bed_days", 3660))
    for place, persons in ((region.prefecture, 1000), (region.county, 700), (region.other_county, 330)):
        commands.set_population(context(), place, commands.NewPopulation(2020, persons))
    aged = commands.NewPopulation(2020, 331, group=PlacePopulation.Group.AGED_65_PLUS)
    commands.set_population(context(), region.other_county, aged)
    totals = ("beds-taken", "equipment-working", "aged-residents", "parts-and-whole", "bed-days")
    assert found(*totals) == [
        ("more-beds-taken-than-open", "样例医院H1"),
        ("more-aged-than-residents", "样例441322"),
        ("parts-above-whole", "样例4413"),
        ("more-bed-days-than-beds", "样例医院H1"),
    ]
    assert found("parts-and-whole", parts_above_whole_share=0.05) == []


@pytest.mark.django_db
def test_only_the_latest_count_of_beds_is_judged():
    region = make_region()
    for text, occupied in (("2024-05-01 08:00", 12), ("2024-05-02 08:00", 9)):
        count = commands.NewBedCount("general", 10, moment(text), beds_occupied=occupied, source="加床")
        commands.count_beds(context(), region.hospital, count)
    assert found("beds-taken") == []


@pytest.mark.django_db
def test_old_figures_are_found():
    region = make_region()
    commands.count_beds(context(), region.hospital, commands.NewBedCount("general", 10, moment("2024-05-01 08:00")))
    commands.count_equipment(context(), region.hospital, commands.NewEquipment("ct", 1, moment("2024-05-01 08:00")))
    commands.set_population(context(), region.county, commands.NewPopulation(2020, 5))
    assert found("old-beds", "old-equipment", "old-populations") == [
        ("stale-beds", "样例医院H1"),
        ("stale-population", "样例441302"),
    ]
    assert found("old-beds", beds_days=31) == []


@pytest.mark.django_db
def test_doubles_are_found_by_name_and_distance_but_branches_are_none():
    region = make_region()
    here, near, far = ((114.41, 23.11), (114.4105, 23.11), (114.45, 23.11))
    first = make_institution("D1", region.county, name_zh="样例惠城人民医院", position=GivenPosition(*here, "wgs84"))
    for code, position in (("D2", near), ("D3", far)):
        name = "样例惠城 人民医院"
        make_institution(code, region.county, name_zh=name, position=GivenPosition(*position, "wgs84"))
    branch = GivenPosition(*here, "wgs84")
    make_institution("D4", region.county, name_zh="样例惠城人民医院", parent=first, position=branch)
    make_institution("D5", region.county, name_zh="样例另名(样例惠城人民医院)")
    problems = list(find_problems(service_actor(), only=["doubles"], day=DAY))
    pairs = {(each.check, Institution.objects.get(pk=each.object_id).code) for each in problems}
    assert ("double-by-name-and-distance", "D2") in pairs
    assert ("double-by-name-and-distance", "D3") not in pairs
    assert ("double-by-name-in-place", "D5") in pairs
    near_one = next(each for each in problems if each.check == "double-by-name-and-distance")
    with override("en"):
        assert near_one.message == "Is named nearly like 样例惠城人民医院 (D1) (100 %), 51 m away."
    assert all("D1" not in str(each.params["other"]) for each in problems if each.object_id == first.pk)


def test_blocking_finds_what_a_full_comparison_finds():
    chance = random.Random(7)  # noqa: S311
    words = ["样例", "惠城", "东平", "水口", "人民", "中心", "卫生院", "医院", "第二", "社区"]
    sites = [
        NamedSite(
            number,
            "".join(chance.sample(words, chance.choice((3, 4, 5)))),
            chance.randrange(3),
            None if number % 4 == 0 else Position(114 + chance.random() / 50, 23 + chance.random() / 50),
            frozenset({number}),
        )
        for number in range(300)
    ]
    expected = set()
    for one, other in combinations(sites, 2):
        if one.position and other.position:
            near = haversine_km(one.position, other.position) <= 0.5
        else:
            near = one.place_id == other.place_id
        if near and best_name_similarity(one.name, other.name) >= 0.85:
            expected.add((one.pk, other.pk))
    likenesses = find_likenesses(sites, least_similarity=0.85, most_km=0.5)
    assert {(pair.first, pair.second) for pair in likenesses} == expected
    assert len(expected) > 5


@pytest.mark.django_db
def test_a_position_far_from_its_place_is_found():
    region = make_region()
    commands.correct_place(
        context(),
        region.county,
        {"longitude": 114.4, "latitude": 23.1, "given_coordinate_system": "wgs84"},
        1,
    )
    swapped = GivenPosition(23.1, 88.0, "wgs84")
    make_institution("F1", region.county, name_zh="样例远", position=swapped)
    make_institution("F2", region.county, name_zh="样例近", position=GivenPosition(114.5, 23.2, "wgs84"))
    assert found("positions") == [("far-from-place", "样例远")]


@pytest.mark.django_db
def test_codes_of_another_form_are_found():
    region = make_region()
    commands.create_place(context(), commands.NewPlace("4499", "样例县", "county", parent=region.prefecture))
    commands.create_place(context(), commands.NewPlace("450101", "样例区", "county", parent=region.prefecture))
    spaced = make_institution("A1", region.county, name_zh="样例空格")
    # As records of an earlier version may be; a new code of this form is refused.
    Institution.objects.filter(pk=spaced.pk).update(code="A 1")
    make_institution("91350100M000100Y43", region.county, name_zh="样例对")
    make_institution("91350100M000100Y44", region.county, name_zh="样例错")
    assert found("place-codes", "institution-codes") == [
        ("code-of-wrong-form", "样例县"),
        ("code-apart-from-parent", "样例区"),
        ("code-of-wrong-form", "样例错"),
        ("code-of-wrong-form", "样例空格"),
    ]


@pytest.mark.django_db
def test_findings_stay_within_reach():
    region = make_region()
    for hospital in (region.hospital, region.other_hospital):
        count = commands.NewBedCount("general", 1, moment("2024-05-30 08:00"), beds_occupied=2, source="加床")
        commands.count_beds(context(), hospital, count)
    steward = acting("registry_steward", region.county.pk)
    assert found("beds-taken", actor=steward) == [("more-beds-taken-than-open", "样例医院H1")]
    with pytest.raises(NotPermittedError):
        found("beds-taken", actor=acting("administrator", region.county.pk))
    with pytest.raises(UnknownCodeError, match="Accepted: ended-places"):
        found("nonsense")


@pytest.mark.django_db
def test_every_wording_can_be_filled_and_says_how_to_mend(django_assert_max_num_queries):
    region = make_region()
    make_department("N", region.hospital)
    commands.close_institution(context(), region.hospital, datetime.date(2024, 1, 1), 1)
    for each in find_problems(service_actor(), day=DAY):
        assert "%(" not in each.message
        assert each.hint
        assert each.severity in Severity
    with django_assert_max_num_queries(80):
        list(find_problems(service_actor(), day=DAY))
    with override("en"):
        assert [name for name, wording in WORDINGS.items() if not str(wording.hint).endswith(".")] == []


@pytest.mark.parametrize("module", [lines, specialties, code_checks, likenesses])
def test_examples_in_docstrings_run(module):
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)
