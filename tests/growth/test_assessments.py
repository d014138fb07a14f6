"""Assessments by checklist: the index, the machine, who may write and who may check, what stays frozen."""

from __future__ import annotations

import pytest

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.errors import InvalidInputError
from lianyi.growth.assessments_checks import ItemEntry
from lianyi.growth.assessments_machine import ASSESSMENT_STEPS
from lianyi.growth.commands import assessments as commands
from lianyi.growth.errors import AssessmentItemsRefusedError, AssessmentStepRefusedError
from lianyi.growth.models import AssessmentState, CapabilityAssessment
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import figures_of
from lianyi.growth.starting.assessments import items as home_items
from lianyi.rules import parse_checklist
from tests.cast import Scene, acting_as, actor_for, day
from tests.growth.assessments_story import CHEST, DEPARTMENT, GENERAL, Growing, example_results, growing

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(scene: Scene) -> Growing:
    return growing(scene)


def test_the_index_is_the_mean_of_the_domains_and_not_of_all_items_pooled(story: Growing) -> None:
    row = story.filled(story.begun(), example_results())
    figures = figures_of(checklist_of(row), row.items.all())
    shares = [round(100 * (each.share or 0.0), 2) for each in figures.score.domains]
    assert shares == [71.43, 83.33, 88.89, 50.00, 85.71]
    assert round(100 * (figures.headline or 0.0), 2) == 75.87
    assert round(100 * (figures.score.items.share or 0.0), 2) == 77.27


def test_an_item_that_does_not_apply_leaves_the_denominator_and_one_not_assessed_leaves_only_coverage(
    story: Growing,
) -> None:
    results = {**example_results(), "dia-03": "not_applicable", "med-14": "not_assessed"}
    row = story.filled(story.begun(), results)
    figures = figures_of(checklist_of(row), row.items.all())
    diagnostics = next(each for each in figures.score.domains if each.code == "diagnostics")
    medicines = next(each for each in figures.score.domains if each.code == "medicines")
    assert (diagnostics.met, diagnostics.applicable) == (3, 7)
    assert (medicines.met, medicines.assessed, medicines.applicable) == (12, 13, 14)
    assert medicines.share == pytest.approx(12 / 13)
    assert (medicines.low, medicines.high) == (pytest.approx(12 / 14), pytest.approx(13 / 14))
    assert figures.coverage == pytest.approx(42 / 43)


def test_a_measured_value_tells_its_result_and_may_not_contradict_it(story: Growing) -> None:
    row = story.begun(CHEST)
    story.filled(row, {"balloon-mean": 120.0, "balloon-share": 0.8, "ecg-mean": 9.5})
    found = dict(row.items.values_list("item", "result"))
    assert found == {"balloon-mean": "not_met", "balloon-share": "met", "ecg-mean": "met"}
    wrong = [ItemEntry("balloon-mean", "met", 120.0), ItemEntry("ecg-read", "met", 8.0), ItemEntry("nothing", "met")]
    with pytest.raises(AssessmentItemsRefusedError) as refused:
        commands.save_items(acting_as(story.scene.office_shan), row, wrong, row.version)
    assert {name: each.params["reason"] for name, each in refused.value.problems.items()} == {
        "balloon-mean": "item-value-contradicts",
        "nothing": "item-unknown",
    }
    assert not row.items.filter(item="ecg-read").exists(), "one wrong line keeps all of them back"


def test_a_strict_limit_is_not_met_by_the_limit_itself(story: Growing) -> None:
    row = story.filled(story.begun(CHEST), {"ecg-mean": 10.0, "troponin": 20.0})
    assert dict(row.items.values_list("item", "result")) == {"ecg-mean": "not_met", "troponin": "met"}


def test_whoever_wrote_an_assessment_does_not_check_it(story: Growing) -> None:
    row = story.filled(story.begun(), example_results())
    story.step(row, "submit", story.scene.office_shan)
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "check", story.scene.office_shan)
    story.step(row, "check", story.checker_jia)
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "finish", story.scene.office_shan)
    assert story.step(row, "finish", story.checker_jia).state == AssessmentState.FINAL


def test_every_step_that_is_not_in_the_table_is_refused(story: Growing) -> None:
    refused = []
    for state in AssessmentState:
        for step in ASSESSMENT_STEPS:
            if state in step.from_states:
                continue
            row = story.filled(story.begun(), {"ame-01": "met"})
            CapabilityAssessment.objects.filter(pk=row.pk).update(state=state)
            row.refresh_from_db()
            with pytest.raises(AssessmentStepRefusedError):
                story.step(row, step.name, story.checker_jia, reason="样例原因")
            refused.append((state, step.name))
    assert len(refused) == len(AssessmentState) * len(ASSESSMENT_STEPS) - 7


def test_a_final_assessment_keeps_its_checklist_and_its_results_and_is_opened_again_with_a_reason(
    story: Growing,
) -> None:
    row = story.final(GENERAL, example_results())
    assert parse_checklist(row.frozen["file"], row.frozen["text"].encode()) == checklist_of(row)
    with pytest.raises(AssessmentStepRefusedError):
        story.filled(row, {"ame-01": "not_met"})
    with pytest.raises(InvalidInputError) as unsaid:
        story.step(row, "reopen")
    assert unsaid.value.params["reason"] == "assessment-step-without-reason"
    story.step(row, "reopen", reason="供电记录有误")
    assert (row.state, row.frozen) == ("draft", {})
    kept = row.events.get(step="finish").facts
    assert kept["items"]["ame-01"] == ["met", None, ""]
    assert round(100 * kept["headline"], 2) == 75.87


def test_an_empty_assessment_is_not_submitted_and_two_who_save_at_once_do_not_both_win(story: Growing) -> None:
    row = story.begun()
    with pytest.raises(InvalidInputError) as empty:
        story.step(row, "submit", story.scene.office_shan)
    assert empty.value.params["reason"] == "assessment-empty"
    version = row.version
    story.filled(row, {"ame-01": "met"})
    with pytest.raises(StaleVersionError):
        commands.save_items(acting_as(story.scene.office_shan), row, [ItemEntry("ame-02", "met")], version)


def test_the_own_house_and_the_outside_are_told_by_who_looks(story: Growing) -> None:
    scene = story.scene
    own, outside = story.begun(), story.begun(actor=scene.office_jia)
    assert (own.kind, outside.kind) == ("self", "outside")
    for row, other in ((own, scene.office_jia), (outside, scene.office_shan)):
        with pytest.raises(NotPermittedError):
            story.filled(row, {"ame-01": "met"}, actor=other)
    with pytest.raises(NotPermittedError):
        story.begun(actor=scene.office_lin)
    bureau = actor_for("assessor", scene.county.pk, "assessor")
    assert story.begun(actor=bureau).kind == "outside"


def test_a_head_writes_about_the_own_department_only(story: Growing) -> None:
    head = actor_for("head", story.scene.shan.pk, "department_head", story.surgery.pk)
    assert story.begun(DEPARTMENT, head, story.surgery).kind == "self"
    with pytest.raises(NotPermittedError):
        story.begun(DEPARTMENT, head, story.scene.shan_emergency)
    with pytest.raises(NotPermittedError):
        story.begun(GENERAL, head)


@pytest.mark.parametrize(
    ("checklist", "on", "reason"),
    [("nothing", "2024-05-01", "checklist-unknown"), (GENERAL, "2014-12-31", "checklist-not-valid"),
     (GENERAL, "2999-01-01", "assessed-in-future"), (DEPARTMENT, "2024-05-01", "assessment-of-no-department")],
)  # fmt: skip
def test_what_no_assessment_can_be_is_refused(story: Growing, checklist: str, on: str, reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.begun(checklist, on=on)
    assert refused.value.params["reason"] == reason


def test_nobody_elsewhere_reaches_an_assessment_and_who_can_check_finds_it_on_the_home_page(story: Growing) -> None:
    row = story.filled(story.begun(), {"ame-01": "met"})
    story.step(row, "submit", story.scene.office_shan)
    assert not scoped(story.scene.office_lin, CapabilityAssessment.objects.all()).exists()
    assert [each.count for each in home_items(story.checker_jia)] == [1]
    assert home_items(story.scene.office_shan) == []
    assert home_items(story.scene.office_lin) == []


def test_levels_are_counted_by_level(story: Growing) -> None:
    row = story.filled(
        story.begun(DEPARTMENT, department=story.surgery),
        {"leader": "met", "three": "not_met", "ladder": "met", "new": "not_met", "kept": "not_met"},
    )
    levels = {each.code: (each.met, each.assessed, each.applicable) for each in figures_of(
        checklist_of(row), row.items.all()
    ).score.levels}  # fmt: skip
    assert levels == {"basic": (1, 2, 8), "recommended": (1, 3, 8)}


def test_the_day_is_changed_only_while_it_is_a_draft(story: Growing) -> None:
    row = story.begun()
    commands.change_assessment(acting_as(story.scene.office_shan), row, {"assessed_on": day("2024-04-30")}, row.version)
    assert row.assessed_on == day("2024-04-30")
    with pytest.raises(InvalidInputError):
        commands.change_assessment(acting_as(story.scene.office_shan), row, {"state": "final"}, row.version)
