"""Evaluations of accepted values of this site: which count, which definitions they had, and within whose reach."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.commands import evaluations as commands
from lianyi.indicators.commands.evaluations import Choice, NewEvaluation
from lianyi.indicators.evaluation_errors import EvaluationNotComputedError, EvaluationQuestionRefusedError
from lianyi.indicators.models import Evaluation, IndicatorSheet, IndicatorValue
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.indicators.evaluation_story import MONTHS, START, Evaluating, evaluating, visits
from tests.indicators.values_story import COUNT, FAMILY, MINUTES, Reporting

pytestmark = pytest.mark.django_db


def report(node: OrganisationNode, code: str, figures: list[float], state: str = "locked") -> None:
    """Put a value for each month into the database at once; no part of a workflow."""
    for month, figure in zip(MONTHS, figures, strict=True):
        first = datetime.date(int(month[:4]), int(month[5:]), 1)
        sheet, _made = IndicatorSheet.objects.get_or_create(
            node=node, family=FAMILY, period="month", period_start=first, defaults={"state": state}
        )
        whole = None if code == COUNT else Decimal(100)
        IndicatorValue.objects.create(
            sheet=sheet, node=node, code=code, definition_version=1, period_start=first, numerator=Decimal(figure),
            denominator=whole,
        )  # fmt: skip


@pytest.fixture
def asking(story: Reporting) -> Evaluating:
    found = evaluating(story.scene)
    report(story.shan, COUNT, visits(2, lift=40))
    report(story.shan, MINUTES, visits(3, size=900))
    report(story.scene.xiang.node, COUNT, visits(4))
    return found


def asked(asking: Evaluating, **more: object) -> Evaluation:
    scene = asking.scene
    facts: dict[str, object] = {
        "question": "Did visits change?",
        "node": scene.county.node,
        "outcomes": [COUNT, MINUTES],
        "starts": START,
        "units": {"recipient": [scene.shan.node], "comparison": [scene.xiang.node]},
        **more,
    }
    return commands.start_evaluation(acting_as(asking.analyst), NewEvaluation(**facts))  # type: ignore[arg-type]


def refused(asking: Evaluating, row: Evaluation) -> Evaluation:
    choices = [Choice(each.pk, "refused", "a neighbour") for each in row.units.filter(level="comparison")]
    return commands.save_choices(acting_as(asking.analyst), row, choices, "", row.version)


def test_accepted_values_are_found_with_their_definitions_and_rows(asking: Evaluating) -> None:
    row = asking.step(asking.step(refused(asking, asked(asking)), "fix"), "compute")
    kept = row.results.get().document
    counted, waited = kept["result"]["outcomes"]
    assert [each["verdict"] for each in counted["levels"]] == ["rose"]
    assert [each["verdict"] for each in waited["levels"]] == ["no detectable change"]
    assert [(each["code"], each["version"]) for each in kept["definitions"]] == [(MINUTES, 1), (COUNT, 1)]
    assert kept["rows"] == 60, "the refused unit is in no row"
    value = IndicatorValue.objects.get(pk=kept["panel"]["values"][COUNT][0])
    assert float(value.numerator or 0) == kept["panel"]["outcomes"][COUNT][0]


def test_what_nobody_accepted_counts_for_nothing(asking: Evaluating) -> None:
    IndicatorSheet.objects.filter(node=asking.scene.shan.node).update(state="submitted")
    row = asking.step(refused(asking, asked(asking)), "fix")
    with pytest.raises(EvaluationNotComputedError):
        asking.step(row, "compute")


def test_an_answer_stays_as_it_was_when_a_value_is_corrected_later(asking: Evaluating) -> None:
    row = asking.step(asking.step(refused(asking, asked(asking)), "fix"), "compute")
    before = row.results.get()
    IndicatorValue.objects.filter(code=COUNT).update(numerator=1)
    client = client_of(asking.analyst)
    assert before.document["panel"]["outcomes"][COUNT][0] != 1
    text = words(page_of(client, "indicators:evaluation-rows", row.pk, words="2019-01"))
    assert f"{before.document['panel']['outcomes'][COUNT][0]:,.0f}" in text


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"outcomes": ["sample-charter"]}, "no indicator with a figure"),
        ({"starts": "2021-Q1"}, "is no month"),
        ({"left": "2020-01"}, "before help began"),
        ({"question": "  "}, "in words"),
        ({"units": {}}, "no unit that was helped"),
    ],
)
def test_a_question_that_does_not_go_together_is_refused(asking: Evaluating, more: dict[str, object], why: str) -> None:
    with pytest.raises(EvaluationQuestionRefusedError, match=why):
        asked(asking, **more)
    assert not Evaluation.objects.exists()


def test_a_question_to_values_is_asked_on_its_page(asking: Evaluating) -> None:
    client = client_of(asking.analyst)
    response = send(
        client, "indicators:evaluation-new-values", question="Did visits change?", node=asking.scene.county.code,
        starts=START, main=COUNT, beside=[MINUTES], recipient="SHAN", comparison="XIANG, CUN",
    )  # fmt: skip
    assert response.status_code == 302
    row = Evaluation.objects.get()
    assert (row.outcomes, row.period, row.agreement) == ([COUNT, MINUTES], "month", None)
    text = words(page_of(client, "indicators:evaluation-comparison", row.pk))
    assert "东乡卫生院" in text
    assert "24 / 24" in text
    wrong = send(
        client, "indicators:evaluation-new-values", question="?", node=asking.scene.county.code, starts=START,
        main=COUNT, recipient="NOBODY",
    )  # fmt: skip
    assert "There is no institution or place with the code “NOBODY”." in words(wrong.content.decode())


def test_values_out_of_reach_are_in_no_table(asking: Evaluating) -> None:
    elsewhere = actor_for("elsewhere-analyst-too", asking.scene.outside.pk, "indicator_analyst")
    new = NewEvaluation(
        question="Did theirs change?", node=asking.scene.outside.node, outcomes=[COUNT], starts=START,
        units={"recipient": [asking.scene.shan.node]},
    )  # fmt: skip
    row = commands.start_evaluation(acting_as(elsewhere), new)
    row = asking.step(row, "fix", elsewhere)
    with pytest.raises(EvaluationNotComputedError):
        asking.step(row, "compute", elsewhere)
