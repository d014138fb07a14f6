from __future__ import annotations

from collections import Counter

import pytest

from lianyi.rules import (
    REFERENCE_NAMES,
    Confidence,
    codes_of,
    common_problems,
    institution_kinds,
    load_reference,
    load_reference_list,
    load_referral_policies,
    reference_item,
    services,
    specialties,
    title_ranks,
)
from lianyi.rules.errors import RuleFileError, UnknownReferenceError
from lianyi.rules.reference import parse_reference_list


@pytest.mark.parametrize("name", REFERENCE_NAMES)
def test_every_list_loads_with_both_languages_and_a_source(name):
    listed = load_reference_list(name)
    assert listed.items == load_reference(name)
    assert listed.source
    assert listed.title.zh
    assert all(item.zh and item.en for item in listed.items)
    assert Counter(item.code for item in listed.items).most_common(1)[0][1] == 1


def test_a_list_is_read_once():
    assert load_reference("specialties") is load_reference("specialties")


def test_specialties_are_the_national_list():
    first = [entry.code for entry in specialties() if entry.level == 1]
    numbers = [*range(1, 29), 30, 31, 32, 50, 51, 52]
    assert first == [f"{number:02d}" for number in numbers]
    # Second levels by first level, counted in the list of 1994 (stomatology: revision of 2010).
    assert Counter(entry.parent for entry in specialties() if entry.parent) == {
        "03": 11, "04": 9, "05": 6, "06": 6, "07": 12, "08": 6, "09": 6, "11": 4, "12": 13, "13": 3,
        "15": 8, "16": 7, "23": 6, "30": 5, "32": 11, "50": 18, "51": 6,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "zh", "parent"),
    [
        ("03.04", "心血管内科专业", "03"),
        ("04.02", "神经外科专业", "04"),
        ("20", "急诊医学科", None),
        ("27", "疼痛科", None),
        ("28", "重症医学科", None),
        ("50.13", "针灸科专业", "50"),
    ],
)
def test_known_specialties_have_their_codes(code, zh, parent):
    (found,) = [entry for entry in specialties() if entry.code == code]
    assert (found.zh, found.parent) == (zh, parent)


def test_what_is_given_from_memory_is_marked_uncertain():
    uncertain = {entry.code.split(".")[0] for entry in specialties() if entry.confidence is Confidence.UNCERTAIN}
    assert uncertain == {"12", "24", "27", "28"}
    assert all(entry.note for entry in specialties() if entry.confidence is Confidence.UNCERTAIN)


def test_title_ranks_rise_from_none_to_senior():
    assert [(entry.code, entry.rank) for entry in title_ranks()] == [
        ("none", 0),
        ("junior", 1),
        ("intermediate", 2),
        ("associate_senior", 3),
        ("senior", 4),
    ]
    assert title_ranks()[3].titles_zh["nurse"] == "副主任护师"


def test_kinds_of_institution_know_their_tiers():
    tiers = {entry.code: entry.tiers for entry in institution_kinds()}
    assert tiers["village_clinic"] == ("village",)
    assert tiers["township_health_centre"] == ("township",)
    assert tiers["health_administration"] == ("administration",)


def test_codes_that_a_requirement_can_name_mean_one_thing_only():
    tiers = {tier for entry in institution_kinds() for tier in entry.tiers}
    scopes = [tiers, codes_of("institution_kinds"), codes_of("professions")]
    assert len(set().union(*scopes)) == sum(map(len, scopes))


def test_services_called_24_hours_run_round_the_clock():
    assert all(entry.is_round_the_clock for entry in services() if entry.code.endswith("_24h"))


def test_common_problems_name_their_specialty_and_green_channels():
    by_code = {entry.code: entry for entry in common_problems()}
    assert by_code["suspected_stroke"].conditions == ("stroke",)
    assert by_code["suspected_stroke"].specialty == "03.03"
    assert by_code["fracture"].conditions == ()
    shipped = load_referral_policies(()).get("general-2026")
    assert {code for entry in common_problems() for code in entry.conditions} <= {
        each.code for each in shipped.conditions
    }


def test_an_unknown_list_is_refused_with_the_known_ones():
    with pytest.raises(UnknownReferenceError, match="no reference list 'specialities'; the lists are bed_types, "):
        load_reference("specialities")


def test_an_unknown_code_is_refused_with_the_nearest():
    with pytest.raises(
        UnknownReferenceError, match=r"no 'village_clinics' in the .* institution_kinds; .* village_clinic"
    ):
        reference_item("institution_kinds", "village_clinics")


def test_an_item_is_found_by_its_code():
    assert reference_item("equipment_kinds", "ct").en == "CT scanner"


HEAD = 'title = { zh = "例", en = "Example" }\nsource = "none"\nconfidence = "local"\n'


@pytest.mark.parametrize(
    ("name", "items", "message"),
    [
        ("bed_types", '[{ code = "Big Bed", zh = "床", en = "Bed" }]', r"x.toml, items\[0\].code: given 'Big Bed'"),
        (
            "bed_types",
            '[{ code = "a", zh = "床", en = "Bed" }, { code = "a", zh = "床", en = "Bed" }]',
            r"items\[1\].code: given 'a'; accepted: a code not used before",
        ),
        ("bed_types", '[{ code = "a", zh = "床" }]', r"items\[0\].en: given nothing; accepted: a text"),
        (
            "bed_types",
            '[{ code = "a", zh = "床", en = "" }]',
            r"items\[0\].en: given ''; accepted: a text that is not empty",
        ),
        ("bed_types", "[]", r"items: given \[\]; accepted: a list of at least one table"),
        ("specialties", '[{ code = "3.4", zh = "科", en = "X" }]', r"given '3.4'; accepted: two digits"),
        (
            "specialties",
            '[{ code = "03.04", zh = "科", en = "X" }]',
            "a second level whose first level 03 stands before",
        ),
        (
            "institution_kinds",
            '[{ code = "a", zh = "院", en = "X", tiers = ["town"] }]',
            "given 'town'; accepted: administration, county",
        ),
        (
            "institution_kinds",
            '[{ code = "a", zh = "院", en = "X" }]',
            "tiers: given nothing; accepted: at least one of",
        ),
        (
            "services",
            '[{ code = "a", zh = "服", en = "X", is_round_the_clock = 1 }]',
            "is_round_the_clock: given 1; accepted: true or false",
        ),
        (
            "common_problems",
            '[{ code = "a", zh = "病", en = "X", specialty = "99", conditions = [] }]',
            r"items\[0\].specialty: given '99'; accepted: a code of the list of specialties",
        ),
        (
            "common_problems",
            '[{ code = "a", zh = "病", en = "X", specialty = "03", conditions = ["tea"] }]',
            "conditions: given 'tea'; accepted: chest_pain",
        ),
        (
            "title_ranks",
            '[{ code = "a", zh = "级", en = "X", rank = -1, titles_zh = {} }]',
            "rank: given -1; accepted: a whole number of 0 or more",
        ),
        (
            "title_ranks",
            '[{ code = "a", zh = "级", en = "X", rank = 1, titles_zh = { docter = "医师" } }]',
            "titles_zh.docter: given an unknown key; perhaps doctor is meant",
        ),
    ],
)
def test_a_faulty_list_is_refused_with_its_place(name, items, message):
    with pytest.raises(RuleFileError, match=message):
        parse_reference_list(name, "x.toml", f"{HEAD}items = {items}\n".encode())
