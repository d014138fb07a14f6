"""The categories of points: a dated list that a bureau may replace, difficulties apart from matters of work."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import load_point_categories
from lianyi.rules.errors import NoApplicableRuleSetError, RuleFileError

HEAD = """id = "local"
title = { zh = "本地分类", en = "Local categories" }
valid_from = 2025-01-01
source = "Sample"
confidence = "local"
"""
ENTRY = '[[categories]]\ncode = "water"\nzh = "供水"\nen = "Water supply"\n'


def added(folder: Path, text: str) -> Path:
    (folder / "point_categories").mkdir()
    (folder / "point_categories" / "local.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_list_keeps_difficulties_apart_and_says_that_no_document_stands_behind_it() -> None:
    (shipped,) = load_point_categories().sets
    work, difficulties = shipped.codes(of_difficulties=False), shipped.codes(of_difficulties=True)
    assert (len(work), len(difficulties), shipped.confidence) == (14, 7, "unsourced")
    assert all(code.startswith("difficulty_") for code in difficulties)
    assert not any(code.startswith("difficulty_") for code in work)


def test_a_bureau_puts_its_own_list_in_place_from_a_day_on_and_old_codes_keep_their_words(tmp_path: Path) -> None:
    book = load_point_categories([added(tmp_path, HEAD + ENTRY)])
    assert book.on(datetime.date(2024, 12, 31)).id == "point-categories"
    assert book.on(datetime.date(2025, 1, 1)).codes(of_difficulties=False) == ("water",)
    words = book.words("staff")
    assert words is not None
    assert (words.en, book.words("nothing")) == ("Staff and training", None)
    with pytest.raises(NoApplicableRuleSetError):
        book.on(datetime.date(1999, 1, 1))


@pytest.mark.parametrize(
    "text",
    [HEAD, HEAD + ENTRY + ENTRY, HEAD + ENTRY.replace("water", "w" * 41), HEAD + ENTRY + 'colour = "red"\n'],
)
def test_a_list_that_cannot_be_names_its_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleFileError):
        load_point_categories([added(tmp_path, text)])
