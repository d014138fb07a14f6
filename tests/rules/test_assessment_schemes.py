"""Schemes of performance assessments as dated files: what they hold, what stays unknown, what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lianyi.rules.assessment_schemes import (
    AskedTrend,
    ScoringShape,
    load_assessment_schemes,
    parse_assessment_scheme,
)
from lianyi.rules.errors import DuplicateRuleSetError, RuleFileError, UnknownRuleSetError
from lianyi.rules.schema import Confidence

SMALL = """
id = "small"
series = "small"
title = { zh = "小", en = "Small" }
method = "points"
jurisdiction = { code = "CN", name_zh = "全国", name_en = "China" }
valid_from = 2024-01-01
first_day = "local"
source = "a test"
confidence = "local"
dimensions = [{ code = "one", zh = "一", en = "One", confidence = "local" }]

[[items]]
id = "first"
dimension = "one"
requirement = { zh = "首项", en = "First" }
shape = "threshold"
least = 5
counted = "persons_posted"
points = 4
confidence = "local"
"""


def test_the_alliance_assessment_has_the_points_that_the_copy_gives_and_no_others() -> None:
    found = load_assessment_schemes().get("alliance-2018")
    first_page = [(each.shape.value, each.points) for each in found.items][:8]
    assert first_page == [
        ("graded", 4), ("graded", 2), ("deducting", 4), ("proportional", 2),
        ("graded", 4), ("graded", 4), ("graded", 4), ("graded", None),
    ]  # fmt: skip
    assert {each.points for each in found.items[8:]} == {None}
    assert {each.confidence for each in found.items[8:]} == {Confidence.UNSOURCED}
    assert found.document is not None
    assert found.document.confidence is Confidence.UNSOURCED
    composition = found.item("composition")
    assert composition is not None
    assert not composition.half, "a match gives 2, else 0"


def test_the_county_community_has_four_communities_eleven_criteria_and_an_uncertain_rule() -> None:
    found = load_assessment_schemes().get("county-community-2020")
    assert [len(found.in_dimension(each.code)) for each in found.dimensions] == [3, 3, 3, 2]
    assert found.grading is not None
    assert (found.grading.least_a, found.grading.most_c) == (7, 0)
    assert found.grading.confidence is Confidence.UNCERTAIN


def test_the_chest_pain_measures_have_their_limits_and_the_one_cut_off_has_no_points() -> None:
    found = load_assessment_schemes().get("chest-pain-reaccreditation")
    facts = {each.id: (each.least or each.most or each.below, each.attainment, each.points) for each in found.items}
    assert facts == {
        "ecg": (10, Decimal("0.75"), 4),
        "ecg-sent": (Decimal("0.3"), None, 4),
        "ecg-read": (10, None, 4),
        "troponin": (20, None, 4),
        "balloon": (90, Decimal("0.75"), 10),
        "laboratory": (30, None, 4),
        "bypass-transfer": (Decimal("0.3"), None, 6),
        "bypass-self": (Decimal("0.5"), None, 4),
        "door-in-door-out": (30, None, None),
    }
    assert [each.must_pass for each in found.items] == [True] * 8 + [False]
    assert found.item("laboratory").trend is AskedTrend.STABLE  # type: ignore[union-attr]


def test_tiered_care_has_targets_and_no_points() -> None:
    found = load_assessment_schemes().get("tiered-care-2015")
    assert found.known_points == 0
    targets = {each.id: each.least for each in found.items if each.shape is ScoringShape.THRESHOLD}
    assert targets["primary-visits"] == Decimal("0.65")
    assert targets["built"] == Decimal("0.95")
    assert [targets[f"tcm-{name}"] for name in ("community", "township", "station", "village")] == [
        1, 1, Decimal("0.85"), Decimal("0.7"),
    ]  # fmt: skip
    assert found.item("telemedicine").confidence is Confidence.UNSOURCED  # type: ignore[union-attr]


def test_no_scheme_of_the_package_says_how_long_objections_may_be_raised() -> None:
    assert {each.objection_days for each in load_assessment_schemes().schemes} == {None}


@pytest.mark.parametrize(
    ("wrong", "accepted"),
    [
        (("least = 5\n", ""), "exactly one of least"),
        (("points = 4", "points = 0"), "more than 0"),
        (('shape = "threshold"\nleast = 5', 'shape = "number"'), "a shape that scores"),
        (('shape = "threshold"\nleast = 5', 'shape = "letter"'), "only there"),
        (('shape = "threshold"\nleast = 5', 'shape = "deducting"'), "deducting only"),
        (('shape = "threshold"\nleast = 5', 'shape = "graded"'), "threshold or a number"),
        (('dimension = "one"', 'dimension = "two"'), "one"),
        (("least = 5", 'least = 5\ntrend = "improving"'), "of a measure only"),
        (('method = "points"', 'method = "targets"'), "none"),
        (("first_day", "objection_days = 0\nfirst_day"), "1 to 366 days"),
        (("first_day", 'ranks = { least = 1, confidence = "local" }\nfirst_day'), "from 2"),
    ],
)
def test_a_wrong_scheme_is_refused_with_what_is_accepted(wrong: tuple[str, str], accepted: str) -> None:
    assert parse_assessment_scheme("small.toml", SMALL.encode()).known_points == 4
    text = SMALL.replace(*wrong)
    assert text != SMALL
    with pytest.raises(RuleFileError) as refused:
        parse_assessment_scheme("small.toml", text.encode())
    assert accepted in str(refused.value)


def test_a_bureau_adds_its_own_under_an_id_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "assessment_schemes"
    folder.mkdir()
    (folder / "small.toml").write_text(SMALL, "utf-8")
    assert load_assessment_schemes([tmp_path]).get("small").items[0].counted == "persons_posted"
    with pytest.raises(UnknownRuleSetError):
        load_assessment_schemes().get("small")
    (folder / "again.toml").write_text(SMALL, "utf-8")
    with pytest.raises(DuplicateRuleSetError):
        load_assessment_schemes([tmp_path])
