"""Evaluations: fixed before results, chosen in the open, reviewed by another, equal to the command line."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.cli import main
from lianyi.indicators.commands import evaluations as commands
from lianyi.indicators.commands.evaluations import Choice, NewTable
from lianyi.indicators.evaluation_answers import panel_of_result
from lianyi.indicators.evaluation_errors import (
    EvaluationQuestionRefusedError,
    EvaluationStepRefusedError,
    EvaluationTableRefusedError,
)
from lianyi.indicators.evaluation_history import history_of
from lianyi.indicators.evaluation_question import asked_of, canonical, command_line_of, digest
from lianyi.indicators.models import Evaluation, EvaluationResult, UnitChoice
from lianyi.indicators.queries import evaluations as queries
from lianyi.methods.interrupted_series import SeriesModelError
from tests.cast import Scene, acting_as
from tests.indicators.evaluation_story import LABELS, USUAL, Evaluating, evaluating, table_bytes, visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(scene: Scene) -> Evaluating:
    return evaluating(scene)


def levels(row: Evaluation, outcome: int = 0) -> dict[str, Any]:
    document = row.results.latest("pk").document
    return {each["level"]: each for each in document["result"]["outcomes"][outcome]["levels"]}


def test_what_was_put_into_the_table_is_found_and_kept_with_its_sums(asking: Evaluating) -> None:
    row = asking.computed()
    found = levels(row)
    assert {name: each["verdict"] for name, each in found.items()} == {
        "lead": "no detectable change",
        "recipient": "rose",
        "village": "no detectable change",
    }
    # 40 more than about 100, the unit for comparison stayed.
    assert found["recipient"]["series"]["effect"][-1]["relative"]["estimate"] == pytest.approx(0.4, abs=0.12)
    assert [each["months"] for each in found["recipient"]["after_leaving"]] == [12]
    result = row.results.get()
    assert digest(result.text) == result.sha256
    assert result.document["question_sha256"] == row.fixed_sha256 == digest(row.fixed_text)
    assert result.document["table"]["sha256"] == row.table.sha256  # type: ignore[union-attr]
    assert row.fixed["units"][-1] == {
        "name": "邻县二院",
        "level": "comparison",
        "choice": "refused",
        "reason": "规模太小",
    }


def test_nothing_is_computed_before_the_question_is_fixed(asking: Evaluating) -> None:
    row = asking.chosen(asking.asked())
    with pytest.raises(EvaluationStepRefusedError, match="'compute' does not follow"):
        asking.step(row, "compute")
    assert not EvaluationResult.objects.exists()


def test_a_question_is_not_fixed_while_a_unit_for_comparison_is_open_or_no_reason_stands(asking: Evaluating) -> None:
    row = asking.asked()
    with pytest.raises(EvaluationQuestionRefusedError, match="2 units that might be compared with"):
        asking.step(row, "fix")
    row = asking.chosen(row, why="")
    with pytest.raises(EvaluationQuestionRefusedError, match="nothing says why they are comparable"):
        asking.step(row, "fix")


def test_every_choice_and_every_refusal_has_a_reason(asking: Evaluating) -> None:
    row = asking.asked()
    silent = [Choice(asking.unit(row, "邻县一院").pk, UnitChoice.REFUSED, " ")]
    with pytest.raises(EvaluationQuestionRefusedError, match="邻县一院"):
        commands.save_choices(acting_as(asking.analyst), row, silent, "", row.version)
    assert asking.unit(row, "邻县一院").choice == ""


def test_a_fixed_question_is_changed_only_as_a_new_version_that_tells_whether_results_were_known(
    asking: Evaluating,
) -> None:
    fixed = asking.fixed()
    with pytest.raises(EvaluationStepRefusedError, match="a change is a new version"):
        commands.change_evaluation(acting_as(asking.analyst), fixed, {"starts": "2021-06"}, fixed.version)
    early = commands.revise_evaluation(acting_as(asking.analyst, "月份写错"), fixed)
    assert (str(early), early.change_reason, history_of(early).after_results) == (f"{fixed.code}.2", "月份写错", False)
    computed = asking.step(asking.step(early, "fix"), "compute")
    late = commands.revise_evaluation(acting_as(asking.analyst, "换结局"), computed)
    assert history_of(late).after_results
    assert not history_of(early).after_results
    assert [each.reason for each in late.units.filter(level="comparison")] == ["规模相同", "规模太小"]
    with pytest.raises(EvaluationStepRefusedError, match="newer version"):
        commands.revise_evaluation(acting_as(asking.analyst, "again"), computed)


def test_whoever_asked_does_not_review_and_an_assessor_may(asking: Evaluating) -> None:
    row = asking.computed()
    with pytest.raises(SeparationOfDutiesError):
        asking.step(row, "review", reason="good")
    with pytest.raises(EvaluationQuestionRefusedError, match="needs words"):
        asking.step(row, "review", asking.assessor)
    row = asking.step(row, "review", asking.assessor, "缺口看过")
    with pytest.raises(NotPermittedError):
        asking.step(row, "publish", asking.assessor)
    assert asking.step(row, "publish").state == "published"
    assert history_of(row).review == "缺口看过"


def test_what_is_sent_back_is_computed_again_and_both_answers_stay(asking: Evaluating) -> None:
    row = asking.step(asking.computed(), "return", asking.assessor, "数据有误")
    again = asking.step(row, "compute")
    assert again.results.count() == 2
    first, second = again.results.order_by("pk")
    assert first.document["result"] == second.document["result"]


def test_parties_of_the_agreement_read_what_is_published_and_nothing_before(asking: Evaluating) -> None:
    row = asking.computed()
    assert not queries.evaluations(asking.reader).exists()
    row = asking.step(asking.step(row, "review", asking.assessor, "好"), "publish")
    assert list(queries.evaluations(asking.reader)) == [row]
    assert queries.newest_result(asking.reader, row) is not None
    assert not scoped(asking.stranger, Evaluation.objects.all()).exists()


def test_an_analyst_asks_only_about_places_of_the_own_reach(asking: Evaluating) -> None:
    with pytest.raises(NotPermittedError):
        asking.asked(node=asking.scene.outside.node)


def test_how_much_lay_there_when_the_question_was_fixed_is_kept(asking: Evaluating) -> None:
    row = asking.fixed()
    # 36 months from the start on, of eight helped units and the one that was chosen.
    assert history_of(row).rows_seen == 36 * 8


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"labels": {"lead": ["牵头"]}}, "No row has a label of a helped level"),
        ({"time": "unit"}, "named for two things"),
        ({"content": table_bytes({"甲": ("lead", visits(1))}) + "甲,2024-01,village,3,2\n".encode()}, "at two levels"),
    ],
)
def test_a_table_that_cannot_be_used_says_why_and_nothing_is_kept(
    asking: Evaluating, change: dict[str, Any], why: str
) -> None:
    facts: dict[str, Any] = {
        "name": "panel.csv", "content": table_bytes(USUAL), "unit": "unit", "time": "month", "level": "level",
        "labels": LABELS,
    }  # fmt: skip
    with pytest.raises(EvaluationTableRefusedError, match=why):
        asking.asked(table=NewTable(**{**facts, **change}))
    assert not Evaluation.objects.exists()


def test_a_level_with_gaps_cannot_be_told_and_the_others_are(asking: Evaluating) -> None:
    gaps = visits(2)
    gaps[7] = float("nan")
    row = asking.computed(
        table=NewTable(
            name="gaps.csv",
            content=table_bytes({**USUAL, "县医院": ("recipient", gaps), "县二院": ("recipient", gaps)}),
            unit="unit", time="month", level="level", labels=LABELS,
        )
    )  # fmt: skip
    found = levels(row)
    assert (found["recipient"]["verdict"], found["recipient"]["why_code"]) == ("not told", "gaps")
    assert found["village"]["verdict"] == "no detectable change"


def test_a_start_at_the_very_end_is_refused_and_the_question_stays_fixed(asking: Evaluating) -> None:
    row = asking.fixed(starts="2023-12", left="")
    with pytest.raises(SeriesModelError):
        asking.step(row, "compute")
    row.refresh_from_db()
    assert (row.state, row.results.count()) == ("fixed", 0)


def test_every_number_of_an_answer_is_a_plain_one(asking: Evaluating) -> None:
    row = asking.computed(starts="2023-11", left="")
    text = row.results.get().text
    assert "NaN" not in text
    assert "Infinity" not in text
    assert canonical(json.loads(text)) == text


def test_the_same_table_gives_the_same_numbers_on_the_command_line(asking: Evaluating, tmp_path: Path) -> None:
    row = asking.computed()
    kept = row.results.get().document
    units = queries.units_of(asking.analyst, row)
    path = tmp_path / "panel.csv"
    path.write_bytes(panel_of_result(asking.analyst, row, units, kept).as_csv())
    command = shlex.split(command_line_of(row, asked_of(row, units), str(path)))
    said = json.loads(CliRunner().invoke(main, command[1:]).stdout)
    assert said["outcomes"] == kept["result"]["outcomes"]
    assert said["cannot_say"] == kept["result"]["cannot_say"]
    assert said["question"]["why_comparable"] == "同省同规模，事前走势相近"
