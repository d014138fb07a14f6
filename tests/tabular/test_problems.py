from __future__ import annotations

import re
import string

import pytest

from lianyi.tabular import CellProblem, IgnoredReason, ignored_text, parse_cell, problem_text
from lianyi.tabular.problems import IGNORED_TEXTS, PROBLEM_TEXTS, problems_text
from tests.tabular.sample_columns import OPENED


def placeholders(template):
    return {
        name.removesuffix("_en").removesuffix("_zh") for _, name, _, _ in string.Formatter().parse(template) if name
    }


@pytest.mark.parametrize("code", PROBLEM_TEXTS)
def test_every_problem_is_told_in_both_languages(code):
    english, chinese = PROBLEM_TEXTS[code]
    assert placeholders(english) == placeholders(chinese)
    if code != "refused":
        assert english.endswith((".", "?"))
        assert chinese.endswith(("。", "？"))
        assert not re.search("[\u4e00-\u9fff]", english)
        assert re.search("[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize("reason", IgnoredReason)
def test_every_reason_to_leave_a_row_out_is_told_in_both_languages(reason):
    assert len(IGNORED_TEXTS[reason]) == 2
    assert ignored_text(reason, "合计", "en") != ignored_text(reason, "合计", "zh-hans")


def test_a_problem_says_what_was_given_and_what_was_expected():
    problem = parse_cell("2021-13-40", OPENED)
    assert problem_text(problem, "en") == "Start date: “2021-13-40” is not a date. Give it as 2021-05-10."
    assert problem_text(problem, "zh-hans") == "开始日期：“2021-13-40”不是日期，请写成 2021-05-10。"


def test_what_was_given_may_hold_braces_and_be_long():
    assert "“{x}”" in problem_text(parse_cell("{x}", OPENED), "en")
    assert len(problem_text(parse_cell("x" * 5000, OPENED), "en")) < 150


def test_whoever_checks_a_row_may_bring_a_sentence_of_their_own():
    problems = (
        CellProblem("refused", {"reason_en": "Closed before it opened.", "reason_zh": "关闭早于开业。"}),
        CellProblem("duplicate-key", {"given": "0012", "first_row": 4}, "code", "Code", "机构编码"),
    )
    assert problems_text(problems, "zh-hans") == (
        "关闭早于开业。机构编码：“0012”重复，第 4 行已经填写，请保留其中一行。"
    )
    assert problems_text(problems, "en").startswith("Closed before it opened. Code: “0012” is given again")
