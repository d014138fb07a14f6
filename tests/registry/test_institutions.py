from __future__ import annotations

import datetime

import pytest

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import OrganisationNode
from lianyi.registry import commands, history, queries
from lianyi.registry.checks import GivenPosition
from lianyi.registry.errors import (
    ClosedRecordError,
    CodeFormError,
    CycleError,
    DatesOutOfOrderError,
    DuplicateCodeError,
    MissingValueError,
    NothingToChangeError,
    SecondLevelNeededError,
    TextTooLongError,
    TooDeepError,
    UnchangeableFieldError,
    UnknownCodeError,
    UnseenCharactersError,
)
from lianyi.registry.models import Institution, RegistryEvent
from lianyi.registry.nodes import MAXIMUM_DEPTH
from tests.registry.factories import acting, context, make_department, make_institution, make_place, make_region

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def facts_on(institution: Institution, text: str) -> dict[str, object]:
    row = Institution.objects.get(pk=institution.pk)
    now = {name: getattr(row, name) for name in history.FACTS[Institution]}
    return history.facts_on(Institution, now, history.events_of_node(row.pk), day(text))


def test_an_institution_stands_in_its_place_and_starts_a_line_of_command():
    region = make_region()
    node = region.hospital.node
    assert node.path == f"{region.county.node.path}{node.key}/"
    assert node.management_path == f"/{node.key}/"
    assert region.centre.node.path == f"{region.county.node.path}{region.centre.node.key}/"
    assert region.centre.node.management_path == f"/{node.key}/{region.centre.node.key}/"
    assert region.surgery.node.path == f"{node.path}{region.surgery.node.key}/"
    assert region.surgery.node.code == "H1/S"


def test_an_unknown_kind_is_refused_with_near_codes():
    place = make_place("44", "province")
    with pytest.raises(UnknownCodeError, match=r"there is no code 'general_hospitl'.*general_hospital"):
        make_institution("H", place, kind="general_hospitl")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name_zh": " "}, MissingValueError),
        ({"name_zh": "样" * 201}, TextTooLongError),
        ({"opened_on": day("2020-01-02"), "closed_on": day("2020-01-01")}, DatesOutOfOrderError),
        ({"tier": "fourth"}, UnknownCodeError),
    ],
)
def test_impossible_institutions_are_refused_and_leave_nothing(given, error):
    place = make_place("44", "province")
    with pytest.raises(error):
        make_institution("H", place, **given)
    assert Institution.objects.count() == 0
    assert OrganisationNode.objects.filter(kind="institution").count() == 0


def test_a_code_taken_by_another_institution_is_refused():
    region = make_region()
    with pytest.raises(DuplicateCodeError):
        make_institution("H1", region.other_county)


def test_renames_keep_every_name_with_its_days():
    region = make_region()
    names = commands.NewNames("样例县第二医院")
    row = commands.rename_institution(context(), region.hospital, names, day("2010-03-01"), 1)
    row = commands.rename_institution(context(), row, commands.NewNames("样例市医院"), day("2020-03-01"), 2)
    found = [facts_on(row, text)["name_zh"] for text in ("1995-01-01", "2010-03-01", "2019-12-31", "2021-01-01")]
    assert found == ["样例医院H1", "样例县第二医院", "样例县第二医院", "样例市医院"]
    assert row.node.name_zh == "样例市医院"


def test_a_change_recorded_late_goes_into_the_history_and_leaves_the_later_value():
    region = make_region()
    row = commands.rename_institution(context(), region.hospital, commands.NewNames("丙"), day("2020-01-01"), 1)
    row = commands.rename_institution(context(), row, commands.NewNames("乙"), day("2010-01-01"), 2)
    assert (row.name_zh, row.version) == ("丙", 3)
    found = [facts_on(row, text)["name_zh"] for text in ("2000-01-01", "2015-01-01", "2021-01-01")]
    assert found == ["样例医院H1", "乙", "丙"]


def test_a_correction_mends_the_past_too():
    region = make_region()
    row = commands.correct_institution(context(), region.hospital, {"name_zh": "样例正名"}, 1)
    assert facts_on(row, "1995-01-01")["name_zh"] == "样例正名"
    assert RegistryEvent.objects.filter(node_id=row.pk, kind="corrected").get().effective_on == day("1990-05-01")


def test_a_correction_after_a_rename_mends_only_the_later_name():
    region = make_region()
    row = commands.rename_institution(context(), region.hospital, commands.NewNames("样例乙"), day("2010-01-01"), 1)
    row = commands.correct_institution(context(), row, {"name_zh": "样例乙正"}, 2)
    assert [facts_on(row, text)["name_zh"] for text in ("2005-01-01", "2015-01-01")] == ["样例医院H1", "样例乙正"]


def test_correcting_a_code_recodes_the_departments_nodes():
    region = make_region()
    commands.correct_institution(context(), region.hospital, {"code": "H9"}, 1)
    assert OrganisationNode.objects.get(pk=region.hospital.pk).code == "H9"
    assert OrganisationNode.objects.get(pk=region.surgery.pk).code == "H9/S"


def test_place_and_parent_are_not_corrected_but_moved():
    region = make_region()
    with pytest.raises(UnchangeableFieldError, match="move the institution"):
        commands.correct_institution(context(), region.hospital, {"place_id": region.other_county.pk}, 1)


def test_moving_an_institution_takes_its_departments_and_leaves_its_branches():
    region = make_region()
    site = commands.NewSite(
        place=region.other_county, address="样例路1号", position=GivenPosition(114.4, 23.1, "wgs84")
    )
    row = commands.move_institution(context(), region.hospital, site, day("2022-01-01"), 1)
    other = OrganisationNode.objects.get(pk=region.other_county.pk)
    node, surgery = row.node, OrganisationNode.objects.get(pk=region.surgery.pk)
    centre = OrganisationNode.objects.get(pk=region.centre.pk)
    assert (node.parent_id, node.path) == (other.pk, f"{other.path}{node.key}/")
    assert surgery.path == f"{node.path}{surgery.key}/"
    assert centre.path == region.centre.node.path
    assert centre.management_path == region.centre.node.management_path
    assert (row.place_id, row.address, row.longitude) == (other.pk, "样例路1号", 114.4)
    assert facts_on(row, "2021-12-31")["place_id"] == region.county.pk
    assert facts_on(row, "2022-01-01")["place_id"] == other.pk


def test_placing_under_another_moves_the_line_of_command_with_all_branches():
    region = make_region()
    station = make_institution("T1", region.county, kind="village_clinic", parent=region.centre)
    row = commands.place_institution_under(context(), region.centre, region.other_hospital, day("2022-01-01"), 1)
    above = region.other_hospital.node
    assert row.node.management_path == f"{above.management_path}{row.node.key}/"
    found = OrganisationNode.objects.get(pk=station.pk)
    assert found.management_path == f"{row.node.management_path}{found.key}/"
    row = commands.place_institution_under(context(), row, None, day("2023-01-01"), 2)
    found.refresh_from_db()
    assert row.node.management_path == f"/{row.node.key}/"
    assert found.management_path == f"/{row.node.key}/{found.key}/"


def test_an_institution_cannot_be_placed_under_its_own_branch():
    region = make_region()
    with pytest.raises(CycleError, match="stands below it"):
        commands.place_institution_under(context(), region.hospital, region.centre, day("2022-01-01"), 1)
    with pytest.raises(CycleError):
        commands.place_institution_under(context(), region.hospital, region.hospital, day("2022-01-01"), 1)


def test_a_line_of_command_ends_where_paths_end():
    place = make_place("44", "province")
    above = None
    for number in range(MAXIMUM_DEPTH):
        above = make_institution(f"N{number}", place, parent=above)
    assert above is not None
    department = make_department("D", above)
    assert len(department.node.management_path) <= 160
    with pytest.raises(TooDeepError, match=f"at most {MAXIMUM_DEPTH} fit"):
        make_institution("LAST", place, parent=above)


def test_regrading_is_for_the_prefecture_and_above():
    region = make_region()
    standing = commands.NewStanding(tier="tertiary", grade="A")
    county = acting("registry_steward", region.county.pk)
    with pytest.raises(SecondLevelNeededError, match="prefecture level or above"):
        commands.regrade_institution(context(county), region.hospital, standing, day("2022-01-01"), 1)
    prefecture = acting("registry_steward", region.prefecture.pk)
    row = commands.regrade_institution(context(prefecture), region.hospital, standing, day("2022-01-01"), 1)
    assert (row.tier, row.grade, row.ownership) == ("tertiary", "A", "public")
    assert facts_on(row, "2021-12-31")["tier"] == "secondary"


def test_closing_and_reopening_by_correction():
    region = make_region()
    row = commands.close_institution(context(), region.hospital, day("2022-01-01"), 1)
    assert (row.is_open_on(day("2021-12-31")), row.is_open_on(day("2022-01-01"))) == (True, False)
    with pytest.raises(ClosedRecordError, match="on 2022-01-01 is recorded already"):
        commands.close_institution(context(), row, day("2023-01-01"), 2)
    with pytest.raises(ClosedRecordError, match="no department can be opened"):
        make_department("N", row)
    row = commands.reopen_institution(context(), row, 2)
    assert row.closed_on is None
    assert facts_on(row, "2022-06-01")["closed_on"] is None
    with pytest.raises(ClosedRecordError, match="is not closed"):
        commands.reopen_institution(context(), row, 3)


def test_closing_before_opening_is_refused():
    region = make_region()
    with pytest.raises(DatesOutOfOrderError, match="closed_on is 1980-01-01, before opened_on, 1990-05-01"):
        commands.close_institution(context(), region.hospital, day("1980-01-01"), 1)


def test_a_closing_may_be_announced_ahead():
    region = make_region()
    row = commands.close_institution(context(), region.hospital, day("2999-01-01"), 1)
    event = RegistryEvent.objects.get(node_id=row.pk, kind="closed")
    assert (row.closed_on, event.effective_on) == (day("2999-01-01"), day("2999-01-01"))


def test_a_closing_announced_ahead_hinders_nothing_until_its_day():
    region = make_region()
    row = commands.close_institution(context(), region.hospital, day("2999-01-01"), 1)
    assert not row.is_closed
    assert make_department("N", row).institution == row
    assert commands.add_staff(context(), row, commands.NewStaff("1", "样例甲", "doctor")).institution == row
    reader = acting("registry_steward", region.prefecture.pk)
    assert [each.code for each in queries.institutions_named(reader, "H1")] == ["H1"]
    counted = {each.kind: each.number for each in queries.institution_counts(reader, region.county)}
    assert counted == {"general_hospital": 1, "township_health_centre": 1}
    merger = commands.Merger(row, day("2024-01-01"))
    assert commands.merge_institution(context(), region.centre, merger, region.centre.version).is_closed
    with pytest.raises(ClosedRecordError, match="on 2999-01-01 is recorded already") as caught:
        commands.close_institution(context(), row, day("2024-01-01"), row.version)
    assert caught.value.params["reason"] == "closing-recorded"


@pytest.mark.parametrize("code", ["中 文/../", "a/b", "a..b", "-a", "a b", "<b>"])
def test_a_code_that_no_address_can_carry_is_refused(code):
    region = make_region()
    with pytest.raises(CodeFormError):
        make_institution(code, region.county)
    with pytest.raises(CodeFormError):
        commands.correct_institution(context(), region.hospital, {"code": code}, 1)


@pytest.mark.parametrize("code", ["内一", "H-1.2_3", "91350100M000100Y43"])
def test_codes_of_letters_and_digits_of_any_script_are_taken(code):
    assert make_institution(code, make_region().county).code == code


@pytest.mark.parametrize(
    ("name", "error"),
    [("\u202e\u200b", MissingValueError), ("样\u202e例", UnseenCharactersError), ("样\x07例", UnseenCharactersError)],
)
def test_a_name_that_cannot_be_seen_is_refused(name, error):
    region = make_region()
    with pytest.raises(error):
        commands.correct_institution(context(), region.hospital, {"name_zh": name}, 1)


def test_a_merger_closes_one_and_both_histories_say_so():
    region = make_region()
    merger = commands.Merger(region.other_hospital, day("2022-01-01"))
    row = commands.merge_institution(context(reason="合并"), region.hospital, merger, 1)
    merged = RegistryEvent.objects.get(node_id=row.pk, kind="merged")
    absorbed = RegistryEvent.objects.get(node_id=region.other_hospital.pk, kind="absorbed")
    left = {"departments_left": 1, "staff_left": 0, "branches_left": 1}
    assert row.closed_on == day("2022-01-01")
    assert (merged.other_node_id, merged.after) == (region.other_hospital.pk, {"closed_on": "2022-01-01", **left})
    assert (absorbed.other_node_id, absorbed.after, absorbed.reason) == (row.pk, left, "合并")
    assert facts_on(row, "2021-01-01")["closed_on"] is None
    assert facts_on(row, "2023-01-01")["closed_on"] == day("2022-01-01")
    with pytest.raises(CycleError):
        commands.merge_institution(context(), region.centre, commands.Merger(region.centre, day("2022-01-01")), 1)


def test_saying_what_the_record_says_already_is_refused():
    region = make_region()
    with pytest.raises(NothingToChangeError):
        commands.rename_institution(context(), region.hospital, commands.NewNames("样例医院H1"), day("2022-01-01"), 1)


def test_opening_asks_for_the_place_and_moving_for_both_places():
    region = make_region()
    steward = acting("registry_steward", region.county.pk)
    new = commands.NewInstitution(code="N", name_zh="样例", kind="village_clinic", place=region.county)
    assert commands.open_institution(context(steward), new).place_id == region.county.pk
    elsewhere = commands.NewInstitution(code="M", name_zh="样例", kind="village_clinic", place=region.other_county)
    with pytest.raises(NotPermittedError):
        commands.open_institution(context(steward), elsewhere)
    site = commands.NewSite(place=region.other_county)
    with pytest.raises(NotPermittedError):
        commands.move_institution(context(steward), region.hospital, site, day("2022-01-01"), 1)


def test_who_may_only_propose_cannot_rename():
    region = make_region()
    head = acting("department_head", region.hospital.pk)
    with pytest.raises(NotPermittedError, match="the role in which you act"):
        commands.rename_institution(context(head), region.hospital, commands.NewNames("新"), day("2022-01-01"), 1)
