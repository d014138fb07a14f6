"""What plans are made from is refused in the same words, with the error of each kind of plan."""

from __future__ import annotations

import math

import pytest

from lianyi.methods.errors import PairingDataError, PairingRuleError, PostingRuleError
from lianyi.methods.pairing.rules import Goal as PairingGoal
from lianyi.methods.pairing.rules import PairingRules
from lianyi.methods.pairing.rules import RuleId as PairingRule
from lianyi.methods.plan_data import DataChecks
from lianyi.methods.postings.rules import PostingRules, RuleId

CHECKS = DataChecks(PairingDataError)


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (lambda: CHECKS.least("The donor A", "staff", -1, 0), "The donor A has staff -1; give a number of at least 0"),
        (lambda: CHECKS.least("The donor A", "staff", math.inf, 0), "has staff inf"),
        (lambda: CHECKS.least("The donor A", "staff", math.nan, 0), "has staff nan"),
        (lambda: CHECKS.share("The need N", "level", 1.5), "The need N has level 1.5; give a number from 0 to 1"),
        (lambda: CHECKS.unique("pair", ["A and B", "A and B"]), "The pair A and B stands twice; give each once"),
        (lambda: CHECKS.known("The need N", "recipient", "C", {"D": 1}), "The need N names the recipient “C”"),
    ],
)
def test_what_cannot_be_used_is_refused_and_said_to_be_whose(refused, told):
    with pytest.raises(PairingDataError, match=told):
        refused()


def test_no_limit_is_no_mistake():
    CHECKS.least("The donor A", "staff", None, 0)


@pytest.mark.parametrize(
    ("made", "error", "told"),
    [
        (lambda: PairingRules(goals=tuple(PairingGoal)[1:]), PairingRuleError, "give each of breaches, need"),
        (lambda: PairingRules(prices={PairingRule.LOCKED: 1.0}), PairingRuleError, "locked cannot have a price"),
        (lambda: PostingRules(prices={RuleId.TRAINING: 1.0}), PostingRuleError, "training cannot have a price"),
        (lambda: PostingRules(prices={RuleId.TEAM: 0.0}), PostingRuleError, "price of team is 0.0"),
        (lambda: PostingRules(tolerance=0.5), PostingRuleError, "tolerance is 0.5"),
    ],
)
def test_rules_of_each_plan_are_refused_with_its_own_error(made, error, told):
    with pytest.raises(error, match=told):
        made()
