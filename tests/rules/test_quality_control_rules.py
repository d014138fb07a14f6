"""Kinds of causes and targets of quality control: a dated file that a bureau may replace."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules.errors import NoApplicableRuleSetError, RuleFileError
from lianyi.rules.indicators import load_indicators
from lianyi.rules.quality_control import load_quality_control

HEAD = """id = "local"
title = { zh = "本地质控", en = "Local quality control" }
valid_from = 2025-01-01
source = "Sample"
confidence = "local"
"""
CAUSE = '[[causes]]\ncode = "water"\nzh = "供水"\nen = "Water supply"\n'
TARGET = '[[targets]]\nindicator = "x"\nvalue = 5\nsource = { zh = "文", en = "Text" }\n'


def added(folder: Path, text: str) -> Path:
    (folder / "quality_control").mkdir()
    (folder / "quality_control" / "local.toml").write_text(text, encoding="utf-8")
    return folder


def test_every_target_of_the_package_is_of_a_known_indicator_with_a_better_way_and_a_source() -> None:
    (shipped,) = load_quality_control().sets
    assert len(shipped.causes) == 9
    for target in shipped.targets:
        definition = load_indicators().versions(target.indicator)[-1]
        assert definition.direction in ("up", "down")
        assert target.source.zh
        assert target.source.en
    assert shipped.target_of("chest-pain-ecg-share") is not None
    assert shipped.target_of("sample-none") is None


def test_a_bureau_puts_its_own_causes_in_place_and_old_cases_keep_their_words(tmp_path: Path) -> None:
    book = load_quality_control([added(tmp_path, HEAD + CAUSE + TARGET)])
    assert [each.code for each in book.on(datetime.date(2025, 1, 1)).causes] == ["water"]
    words = book.cause_words("staff")
    assert words is not None
    assert words.en.startswith("Staff")
    assert book.cause_words("witchcraft") is None
    with pytest.raises(NoApplicableRuleSetError):
        book.on(datetime.date(2014, 12, 31))


@pytest.mark.parametrize("text", [CAUSE + CAUSE, CAUSE + TARGET + TARGET, CAUSE.replace("water", "w" * 25)])
def test_what_stands_twice_or_is_too_long_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleFileError, match=r"local\.toml"):
        load_quality_control([added(tmp_path, HEAD + text)])
