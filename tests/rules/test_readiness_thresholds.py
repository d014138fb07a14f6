"""The least readiness of services: what comes with the package, and files of a bureau's own."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import Confidence, codes_of, load_readiness_thresholds
from lianyi.rules.errors import NoApplicableRuleSetError, OverlappingRuleSetsError, RuleFileError

OWN = """
id = "own-readiness"
title = { zh = "本州准备度下限", en = "Least readiness here" }
valid_from = 2026-01-01
source = "Notice of the prefecture's health bureau."
confidence = "local"
people_domains = ["staff"]

[[thresholds]]
least = 0.9
services = ["newborn_care"]
"""


def added(folder: Path, text: str) -> list[Path]:
    (folder / "readiness_thresholds").mkdir()
    (folder / "readiness_thresholds" / "own.toml").write_text(text, encoding="utf-8")
    return [folder]


def test_what_comes_with_the_package_says_that_no_document_stands_behind_it():
    rule = load_readiness_thresholds().on(datetime.date(2026, 11, 22))
    assert (rule.confidence, rule.people_domains) == (Confidence.UNSOURCED, ("staff", "guidelines", "training"))
    assert (rule.least("newborn_care"), rule.least("vaccination"), rule.least("pathology")) == (0.8, 0.7, None)
    assert set(rule.least_by_service) <= codes_of("services")


def test_the_thresholds_of_a_bureau_hold_from_their_day_on(tmp_path: Path):
    book = load_readiness_thresholds(added(tmp_path, OWN))
    assert book.on(datetime.date(2025, 12, 31)).least("newborn_care") == 0.8
    own = book.on(datetime.date(2026, 1, 1))
    assert (own.least("newborn_care"), own.least("vaccination"), own.people_domains) == (0.9, None, ("staff",))
    with pytest.raises(NoApplicableRuleSetError, match="1999-12-31"):
        book.on(datetime.date(1999, 12, 31))


def test_two_that_begin_on_the_same_day_are_refused(tmp_path: Path):
    with pytest.raises(OverlappingRuleSetsError):
        load_readiness_thresholds(added(tmp_path, OWN.replace("2026-01-01", "2000-01-01")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least = 0.9", "least = 90", "a share above 0 and at most 1"),
        ("least = 0.9", "least = 0", "a share above 0 and at most 1"),
        ('"newborn_care"', '"singing"', "singing"),
        ('["staff"]', '["kitchen"]', "kitchen"),
        ('["newborn_care"]', '["newborn_care", "newborn_care"]', "newborn_care"),
        ("least = 0.9", "most = 0.9", "most"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, said: str):
    with pytest.raises(RuleFileError, match=said):
        load_readiness_thresholds(added(tmp_path, OWN.replace(old, new)))
