"""Thresholds of essential medicines: what comes with the package, and a province's own."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import Confidence
from lianyi.rules.errors import NoApplicableRuleSetError, RuleFileError
from lianyi.rules.medicine_shares import load_medicine_shares

OWN = """
id = "own-medicines"
title = { zh = "本省基本药物四项比例", en = "Four shares of this province" }
valid_from = 2027-01-01
source = "Notice of the province."
confidence = "local"

[[thresholds]]
share = "value"
tier = "primary"
least = 0.6
confidence = "local"
"""


def added(folder: Path, text: str) -> list[Path]:
    (folder / "medicine_shares").mkdir()
    (folder / "medicine_shares" / "own.toml").write_text(text, encoding="utf-8")
    return [folder]


@pytest.mark.parametrize("day", [datetime.date(2020, 1, 1), datetime.date(2026, 9, 1)])
def test_the_three_tiers_are_there_and_say_that_nobody_saw_their_numbers(day):
    rules = load_medicine_shares().on(day)
    assert {tier: rules.least(tier) for tier in ("primary", "secondary", "tertiary")} == {
        "primary": {"variety": 0.9},
        "secondary": {"variety": 0.8},
        "tertiary": {"variety": 0.6},
    }
    assert {each.confidence for each in rules.thresholds} == {Confidence.UNSOURCED}


def test_the_shares_of_a_province_hold_from_their_day_on(tmp_path):
    book = load_medicine_shares(added(tmp_path, OWN))
    assert book.on(datetime.date(2027, 1, 1)).least("primary") == {"value": 0.6}
    assert book.on(datetime.date(2026, 12, 31)).least("primary") == {"variety": 0.9}
    with pytest.raises(NoApplicableRuleSetError, match="2019-10-11"):
        book.on(datetime.date(2019, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least = 0.6", "least = 60", "a share above 0 and at most 1"),
        ('share = "value"', 'share = "weight"', "variety, volume, value, prescriptions"),
        ('tier = "primary"', 'tier = "village"', "primary, secondary, tertiary"),
        ("least = 0.6", "most = 0.6", "most"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(tmp_path, old, new, said):
    with pytest.raises(RuleFileError, match=said):
        load_medicine_shares(added(tmp_path, OWN.replace(old, new)))


def test_a_share_that_is_set_twice_for_a_tier_is_refused(tmp_path):
    with pytest.raises(RuleFileError, match="value of primary again"):
        load_medicine_shares(added(tmp_path, OWN + OWN[OWN.index("[[thresholds]]") :]))
