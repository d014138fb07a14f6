"""Checklists and the ranking of gaps as dated files: what they hold, what is refused, what a bureau adds."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import Headline, load_checklists, load_gap_rankings, parse_checklist
from lianyi.rules.errors import DuplicateRuleSetError, RuleFileError, UnknownRuleSetError
from lianyi.rules.schema import Confidence

SMALL = """
id = "small"
series = "small"
title = { zh = "小", en = "Small" }
subject = "institution"
headline = "items"
jurisdiction = { code = "CN", name_zh = "全国", name_en = "China" }
valid_from = 2024-01-01
source = "a test"
confidence = "local"
domains = [{ code = "one", zh = "一", en = "One" }]

[[items]]
id = "first"
domain = "one"
name = { zh = "首项", en = "First" }
confidence = "local"
"""


def test_the_general_readiness_has_five_domains_of_the_sizes_of_the_worked_example() -> None:
    found = load_checklists().get("general-readiness-2015")
    assert found.headline is Headline.INDEX
    assert [(each.code, len(found.in_domain(each.code))) for each in found.domains] == [
        ("amenities", 7), ("equipment", 6), ("precautions", 9), ("diagnostics", 8), ("medicines", 14),
    ]  # fmt: skip


def test_the_chest_pain_centre_asks_for_the_published_times_and_marks_what_no_text_supports() -> None:
    found = load_checklists().get("chest-pain-centre")
    limits = {each.id: (each.least, each.most, each.below) for each in found.items if each.unit is not None}
    assert limits["ecg-mean"] == (None, None, 10)
    assert limits["balloon-mean"] == (None, 90, None)
    assert limits["balloon-share"] == (0.75, None, None)
    assert limits["laboratory-ready"] == (None, None, 30)
    assert limits["troponin"] == (None, 20, None)
    unsourced = {each.id for each in found.items if each.confidence is Confidence.UNSOURCED}
    assert {"needle", "door-out"} <= unsourced
    assert not unsourced & {"ecg-mean", "balloon-mean", "troponin"}


def test_a_list_without_a_text_says_so_of_every_item() -> None:
    for name in ("county-hospital", "trauma-centre", "critical-mother-centre", "critical-newborn-centre"):
        found = load_checklists().get(name)
        assert found.confidence is Confidence.UNSOURCED
        assert {each.confidence for each in found.items} == {Confidence.UNSOURCED}


def test_a_bureau_adds_a_list_of_its_own_beside_those_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "checklists").mkdir()
    (tmp_path / "checklists" / "small.toml").write_text(SMALL, encoding="utf-8")
    book = load_checklists((tmp_path,))
    assert book.get("small").text == SMALL
    assert not book.get("small").is_valid_on(datetime.date(2023, 12, 31))
    assert len(book.checklists) == len(load_checklists().checklists) + 1
    (tmp_path / "checklists" / "again.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(DuplicateRuleSetError):
        load_checklists((tmp_path,))
    with pytest.raises(UnknownRuleSetError):
        book.get("smal")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('domain = "one"', 'domain = "two"', "items[first].domain"),
        ('id = "first"', 'id = "first"\npriority = 4', "items[first].priority"),
        ('id = "first"', 'id = "first"\nunit = "minute"', "items[first].unit"),
        ('id = "first"', 'id = "first"\nspecialty = "99.99"', "items[first].specialty"),
        ("valid_from = 2024-01-01", "valid_from = 2024-01-01\nvalid_to = 2023-01-01", "valid_to"),
        ('{ code = "one", zh = "一", en = "One" }', ('{ code = "one", zh = "一", en = "One" }, '
         '{ code = "two", zh = "二", en = "Two" }'), "domains"),
        ('code = "CN"', 'code = "china"', "jurisdiction.code"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(old: str, new: str, place: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        parse_checklist("small.toml", SMALL.replace(old, new, 1).encode())
    assert refused.value.params["place"] == place


def test_the_ranking_says_its_weights_and_that_nobody_gave_them() -> None:
    found = load_gap_rankings().on(datetime.date(2026, 1, 1))
    assert found.confidence is Confidence.UNSOURCED
    assert found.gap_weights == {"priority": 0.4, "distance": 0.35, "need": 0.25}
    assert found.support_weights == {"weakness": 0.5, "workload": 0.25, "away": 0.25}
    assert found.figures["wisn_gap"].priority == 3


def test_a_first_day_that_no_document_gives_is_marked_as_such() -> None:
    found = {each.id: each.first_day for each in load_checklists().checklists}
    assert found["general-readiness-2015"] is Confidence.UNCERTAIN, "the manual is of 2015, its day is not known"
    assert found["chest-pain-centre"] is Confidence.UNSOURCED
    assert parse_checklist("small.toml", SMALL.encode()).first_day is Confidence.SOURCED
    assert Confidence.SOURCED not in found.values(), "no text gives a day yet"


def test_items_that_referrals_count_need_the_pathway_of_those_referrals() -> None:
    text = SMALL.replace('confidence = "local"\n', 'confidence = "local"\ncounted = "contact-ecg-mean"\n')
    text = text.replace('confidence = "local"\ncounted = "contact-ecg-mean"\ndomains', 'confidence = "local"\ndomains')
    with pytest.raises(RuleFileError):
        parse_checklist("small.toml", text.encode())
    assert parse_checklist("small.toml", f'condition = "chest_pain"\n{text}'.encode()).condition == "chest_pain"
