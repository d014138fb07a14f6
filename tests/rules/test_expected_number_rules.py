"""Expected numbers as files: what comes with the package, and a bureau's own year."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lianyi.rules import Confidence
from lianyi.rules.errors import NoApplicableRuleSetError, RuleFileError
from lianyi.rules.expected_numbers import load_expected_numbers

OWN = """
id = "own-expected"
title = { zh = "本市2027年应管理人数", en = "Expected numbers of this city in 2027" }
valid_from = 2027-01-01
source = "Task list of the city."
confidence = "local"

[[groups]]
code = "elderly"
name = { zh = "65岁及以上老年人", en = "People of 65 and older" }
shares = [0.142]
shares_are = { zh = "65岁及以上人口占比", en = "share of people of 65 and older" }
least_managed = 0.62
confidence = "local"
"""


def added(folder: Path, text: str) -> list[Path]:
    (folder / "expected_numbers").mkdir()
    (folder / "expected_numbers" / "own.toml").write_text(text, encoding="utf-8")
    return [folder]


def test_the_set_of_2014_is_there_and_says_how_sure_it_is():
    rules = load_expected_numbers().on(datetime.date(2026, 1, 1))
    assert [(each.code, each.shares, each.least_managed) for each in rules.groups] == [
        ("hypertension", (Decimal("0.85"), Decimal("0.188")), Decimal("0.35")),
        ("diabetes", (Decimal("0.85"), Decimal("0.097")), Decimal("0.22")),
        ("elderly", (Decimal("0.1"),), Decimal("0.65")),
    ]
    assert rules.confidence is Confidence.UNCERTAIN


def test_the_numbers_of_a_city_hold_from_their_day_on(tmp_path):
    book = load_expected_numbers(added(tmp_path, OWN))
    assert [each.code for each in book.on(datetime.date(2027, 1, 1)).groups] == ["elderly"]
    assert len(book.on(datetime.date(2026, 12, 31)).groups) == 3
    with pytest.raises(NoApplicableRuleSetError, match="2014-01-01"):
        book.on(datetime.date(2013, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[0.142]", "[14.2]", "shares above 0 and at most 1"),
        ("[0.142]", "[]", "at least one number"),
        ("[0.142]", "[true]", "at least one number"),
        ("0.62", "0", "shares above 0 and at most 1"),
        ('code = "elderly"', 'name_of = "elderly"', "name_of"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(tmp_path, old, new, said):
    with pytest.raises(RuleFileError, match=said):
        load_expected_numbers(added(tmp_path, OWN.replace(old, new)))


def test_a_group_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(RuleFileError, match="a code that stands once"):
        load_expected_numbers(added(tmp_path, OWN + OWN[OWN.index("[[groups]]") :]))
