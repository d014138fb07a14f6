"""Recognition of results and shares that standards ask for: what the shipped policy has, and what a file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lianyi.rules import load_referral_policies
from lianyi.rules.errors import RuleFileError
from lianyi.rules.referral_measures import ShareCount

POLICY = load_referral_policies([]).get("general-2026")
OWN = """
id = "sample-city-2026"
based_on = "general-2026"
title = { zh = "样例市转诊规则", en = "Referral in Sample city" }
jurisdiction = { code = "CN-1303", zh = "样例市", en = "Sample city" }
valid_from = 2026-03-01
source = "Invented for a test."
confidence = "local"
"""


def loaded(directory: Path, addition: str) -> None:
    folder = directory / "referral_policies"
    folder.mkdir()
    (folder / "own.toml").write_text(f"{OWN}\n{addition}", encoding="utf-8")


def test_results_are_recognised_for_the_days_of_their_kind() -> None:
    rule = POLICY.recognition
    assert rule is not None
    assert {each.code: each.valid_days for each in rule.kinds if each.code in ("blood_count", "chemistry", "ct")} == {
        "blood_count": 7,
        "chemistry": 30,
        "ct": 14,
    }
    assert rule.kind("horoscope") is None
    assert rule.ground("emergency") is not None


def test_every_share_that_is_not_counted_says_what_it_needs() -> None:
    told = {each.id: (each.counts, each.target_share, each.needs is None) for each in POLICY.measures}
    assert told == {
        "ecg-ahead": (ShareCount.ECG_AHEAD, 0.3, True),
        "past-emergency-and-ccu": (ShareCount.NOT_RECORDED, 0.3, False),
        "self-presenting-past-ccu": (ShareCount.NOT_RECORDED, 0.5, False),
    }


def test_a_bureau_changes_the_days_of_one_kind_and_keeps_the_others(tmp_path: Path) -> None:
    loaded(tmp_path, '[recognition]\nkinds = [{ code = "ct", valid_days = 30 }]')
    own = load_referral_policies([tmp_path]).get("sample-city-2026").recognition
    assert own is not None
    assert POLICY.recognition is not None
    assert [each.code for each in own.kinds] == [each.code for each in POLICY.recognition.kinds]
    assert own.kind("ct") is not None
    assert [each.valid_days for each in own.kinds if each.code in ("ct", "x_ray")] == [14, 30]


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        (
            '[recognition]\nkinds = [{ code = "ct", valid_days = 0 }]',
            "valid_days: given 0; accepted: a whole number of 1",
        ),
        ('[recognition]\nkinds = [{ code = "C T", valid_days = 3, zh = "甲", en = "a" }]', "code: given 'C T'"),
        ('[[measures]]\nid = "ecg-ahead"\ntarget_share = 1.2', "target_share: given 1.2; accepted: a share above 0"),
        ('[[measures]]\nid = "ecg-ahead"\ncounts = "not_recorded"', "needs: given nothing; accepted: a text exactly"),
        (
            '[[measures]]\nid = "ecg-ahead"\ncounts = "guess"',
            "counts: given 'guess'; accepted: ecg_ahead, not_recorded",
        ),
        ('[[measures]]\nid = "ecg-ahead"\ncondition = "sunburn"', "condition: given 'sunburn'"),
    ],
)
def test_a_faulty_rule_is_refused_with_what_was_given(tmp_path: Path, addition: str, message: str) -> None:
    loaded(tmp_path, addition)
    with pytest.raises(RuleFileError, match=message):
        load_referral_policies([tmp_path])
