"""Second names in brackets: told apart, kept, exported and compared."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.accounts.actors import service_actor
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.running import import_table, read_source
from lianyi.registry.models import Institution, RegistryEvent
from lianyi.registry.other_names import SEPARATOR, listed_names, split_second_names, with_names_in_brackets
from lianyi.registry.quality.limits import limits_on
from lianyi.registry.quality.running import find_problems
from tests.registry.factories import context, make_place
from tests.registry.tables import counts, load, preview

INSTITUTION = {"kind": "general_hospital", "place_code": "441302"}
NAMES = st.text(alphabet="样例甲乙丙县市", min_size=2, max_size=12).map(lambda text: f"{text}医院")


@pytest.mark.parametrize(
    ("written", "name", "others"),
    [
        ("样例医院（样例第二医院）", "样例医院", ("样例第二医院",)),
        ("样例医院(样例第二医院）", "样例医院", ("样例第二医院",)),
        ("样例医院 (样例县急救中心) ", "样例医院", ("样例县急救中心",)),
        ("样例医院（样例学院附属医院）（样例县传染病医院）", "样例医院", ("样例学院附属医院", "样例县传染病医院")),
        ("样例医院（又名：样例第二医院）", "样例医院", ("样例第二医院",)),
        ("样例南日分院（样例镇卫生院）", "样例南日分院", ("样例镇卫生院",)),
        ("样例医院（东院区）", "样例医院（东院区）", ()),
        ("样例医院（东院）", "样例医院（东院）", ()),
        ("样例医院（心外科）", "样例医院（心外科）", ()),
        ("样例医院（急诊急救中心）", "样例医院（急诊急救中心）", ()),
        ("样例医院（体检中心）", "样例医院（体检中心）", ()),
        ("样例医院（筹）", "样例医院（筹）", ()),
        ("样例（天湖山）医院", "样例（天湖山）医院", ()),
        ("Sample (Group) Hospital", "Sample (Group) Hospital", ()),
    ],
)
def test_only_names_of_institutions_behind_a_name_are_second_names(written, name, others):
    found = split_second_names(written)
    assert (found.name, found.others) == (name, others)


@given(NAMES, st.lists(NAMES, max_size=4))
def test_names_put_into_brackets_come_out_again(name, others):
    found = split_second_names(with_names_in_brackets(name, SEPARATOR.join(others)))
    assert (found.name, found.others) == (name, tuple(others))
    assert listed_names(SEPARATOR.join(found.others)) == tuple(others)


@pytest.fixture
def county(db):
    return make_place("441302", "county")


@pytest.mark.parametrize("more", [{}, {"alias": ""}])
def test_a_second_name_in_brackets_is_kept_as_other_name_and_read_again_as_unchanged(county, more):
    row = {"code": "N1", "name_zh": "样例医院（样例第二医院）", **INSTITUTION, **more}
    assert preview("institutions", row).plans[0].row.values["name_zh"] == "样例医院"
    assert counts(load("institutions", row)) == (1, 0, 0, 0)
    made = Institution.objects.select_related("node").get()
    assert (made.name_zh, made.alias, made.node.name_zh) == ("样例医院", "样例第二医院", "样例医院")
    assert counts(load("institutions", row)) == (0, 0, 1, 0)
    for file_format in ("csv", "xlsx"):
        content = export_table(service_actor(), "institutions", file_format, "zh-hans")
        again = import_table(context(), read_source("institutions", content, f"institutions.{file_format}"))
        assert counts(again) == (0, 0, 1, 0)


def test_a_second_name_stands_before_those_of_the_column_and_none_twice(county):
    given = {"name_zh": "样例医院（样例第二医院）", "alias": "样例老院、样例第二医院"}
    load("institutions", {"code": "N1", **given, **INSTITUTION})
    assert Institution.objects.get().alias == "样例第二医院、样例老院"


def test_names_for_which_there_is_no_room_stay_in_the_name(county):
    given = {"name_zh": "样例医院（样例第二医院）", "alias": "样" * 198}
    load("institutions", {"code": "N1", **given, **INSTITUTION})
    assert Institution.objects.get().name_zh == "样例医院（样例第二医院）"


def test_a_record_that_held_both_names_is_renamed_by_the_next_file(county):
    row = {"code": "N1", "name_zh": "样例医院（样例第二医院）", **INSTITUTION}
    load("institutions", row)
    Institution.objects.update(name_zh="样例医院（样例第二医院）", alias="")
    assert counts(load("institutions", row)) == (0, 1, 0, 0)
    assert RegistryEvent.objects.get().after == {"name_zh": "样例医院", "alias": "样例第二医院"}


def test_doubles_are_found_by_any_of_several_other_names(county):
    load(
        "institutions",
        {"code": "N1", "name_zh": "样例甲乙丙医院（样例第二医院）（样例县传染病医院）", **INSTITUTION},
        {"code": "N2", "name_zh": "样例县传染病医院", **INSTITUTION},
        {"code": "N3", "name_zh": "丁戊己庚医院", **INSTITUTION},
    )
    limits = dataclasses.replace(limits_on(datetime.date(2024, 1, 1)), double_similarity=1.0)
    found = find_problems(service_actor(), limits, only=["doubles"])
    assert [(each.label, each.params["other"]) for each in found] == [("样例县传染病医院", "样例甲乙丙医院 (N1)")]
