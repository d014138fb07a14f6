"""What the pipeline proves of a duty: each stage once, each institution once, and never both toward one duty."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.errors import InvalidInputError
from lianyi.growth.commands import pipeline as commands
from lianyi.growth.models import InnovationStep, InnovationUse
from lianyi.partnerships.evidence import Evidence
from lianyi.partnerships.models import Duty
from lianyi.partnerships.promises import accounts_of
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, words
from tests.growth.pipeline_story import Inventing, inventing

pytestmark = pytest.mark.database


@pytest.fixture
def story(scene: Scene) -> Inventing:
    return inventing(scene)


@pytest.fixture
def stages(story: Inventing) -> Duty:
    return story.scene.duty(story.agreement, "D03", "pipeline_stages", "4", "stage")


@pytest.fixture
def in_use(story: Inventing) -> Duty:
    return story.scene.duty(story.agreement, "D04", "results_in_use", "2", "institution")


def serve(story: Inventing, duty: Duty) -> None:
    row = story.innovation
    row.refresh_from_db()
    commands.change_innovation(acting_as(story.office), row, {"duty_id": duty.pk}, row.version)


def used_at(story: Inventing, institution: Institution, on: str) -> InnovationUse:
    return commands.add_use(acting_as(story.office), story.innovation, institution.pk, day(on))


def counted(duty: Duty) -> list[Evidence | None]:
    [found] = accounts_of([duty], timezone.localdate())
    return [period.evidence for period in found.periods]


def number(duty: Duty) -> int:
    [evidence] = counted(duty)
    assert evidence is not None
    assert evidence.value == len(evidence.row_ids) == len(set(evidence.row_ids))
    return int(evidence.value)


def test_a_completed_stage_counts_once_and_a_skipped_one_does_not(story: Inventing, stages: Duty) -> None:
    serve(story, stages)
    assert number(stages) == 0
    story.at_trial()
    assert number(stages) == 3
    story.step("complete", "2024-09-01")
    story.step("skip", "2024-09-02", reason="样例：不申请")
    assert number(stages) == 4


def test_a_stage_that_was_taken_back_counts_only_when_it_is_completed_again(story: Inventing, stages: Duty) -> None:
    serve(story, stages)
    story.at_trial()
    story.step("back", "2024-04-01", reason="样例：批件更正")
    assert number(stages) == 2
    story.step("complete", "2024-05-06")
    assert number(stages) == 3
    story.step("stop", "2024-06-01", reason="样例")
    story.step("take_up", "2024-07-01", reason="样例")
    assert number(stages) == 3


def test_the_last_stage_counts_again_only_when_what_was_taken_up_is_completed(story: Inventing, stages: Duty) -> None:
    serve(story, stages)
    story.at_trial()
    story.step("complete", "2024-09-01")
    story.step("skip", "2024-09-02", reason="样例")
    story.step("skip", "2024-09-03", reason="样例")
    used_at(story, story.scene.shan, "2024-10-01")
    story.step("complete", "2024-10-02")
    story.step("complete", "2024-12-01")
    # Idea, partners, ethics, trial, first use, spread: the use itself is no stage.
    assert number(stages) == 6
    story.step("take_up", "2024-12-05", reason="样例")
    assert number(stages) == 5


def test_institutions_count_toward_a_duty_of_results_and_their_stages_do_not(story: Inventing, in_use: Duty) -> None:
    serve(story, in_use)
    story.at_trial()
    first = used_at(story, story.scene.shan, "2024-10-01")
    used_at(story, story.scene.jia, "2024-11-01")
    assert number(in_use) == 2
    said = commands.NewUseCheck(checked_on=day("2024-12-01"), still_used=False)
    commands.check_still_used(acting_as(story.office), first, said)
    [evidence] = counted(in_use)
    assert evidence is not None
    # It was brought into use as promised; that it stopped is told beside it.
    assert (evidence.value, evidence.detail) == (2, {"stopped": 1})


def test_a_duty_that_no_project_names_is_not_judged_and_reports_count_nothing(
    story: Inventing, stages: Duty, in_use: Duty
) -> None:
    story.at_trial()
    assert counted(stages) == [None]
    assert counted(in_use) == [None]
    serve(story, stages)
    InnovationStep.objects.filter(stage="idea").update(provenance="reported")
    assert number(stages) == 2


def test_only_what_falls_into_a_period_counts_in_it(story: Inventing) -> None:
    quarterly = story.scene.duty(story.agreement, "D08", "pipeline_stages", "2", "stage", period="quarter")
    serve(story, quarterly)
    story.step("complete", "2024-03-31")
    story.step("complete", "2024-04-01")
    values = [None if each is None else each.value for each in counted(quarterly)]
    assert values == [1, 1, 0, 0]


def test_a_project_serves_only_a_duty_of_its_agreement_about_the_pipeline(story: Inventing) -> None:
    milestones = story.scene.duty(story.agreement, "D09", "project_milestones", "2", "milestone")
    with pytest.raises(InvalidInputError, match="count stages or institutions"):
        serve(story, milestones)


def test_the_form_names_the_duty_and_its_rows_stand_behind_the_figure(
    story: Inventing, stages: Duty, in_use: Duty
) -> None:
    client = client_of(story.office)
    fields = {"title_zh": "样例装置", "title_en": "Sample device", "kind": "medicine_engineering", "duty": stages.pk}
    assert send(client, "growth:innovation-change", story.innovation.pk, **fields).status_code == 302
    assert reverse("partnerships:duty", args=[stages.pk]) in page_of(client, "growth:innovation", story.innovation.pk)
    story.step("complete", "2024-02-01", evidence="样例意见 7 号")
    rows = words(page_of(client, "growth:pipeline-stage-evidence", stages.pk, str(stages.agreement.starts_on)))
    assert "Sample device Idea 2024-02-01 样例意见 7 号" in rows
    serve(story, in_use)
    used_at(story, story.scene.shan, "2024-10-01")
    rows = words(page_of(client, "growth:pipeline-use-evidence", in_use.pk, str(in_use.agreement.starts_on)))
    assert "Sample device" in rows
    assert "2024-10-01" in rows


def test_pages_and_counts_cost_the_same_for_one_project_and_for_many(
    story: Inventing, stages: Duty, in_use: Duty
) -> None:
    serve(story, stages)
    advance(story)
    client = client_of(story.office)
    first_day = str(stages.agreement.starts_on)
    pages = (
        ("growth:pipeline",),
        ("growth:innovations",),
        ("growth:pipeline-stage-evidence", stages.pk, first_day),
        ("growth:pipeline-use-evidence", in_use.pk, first_day),
        ("partnerships:duty", stages.pk),
        ("partnerships:duty", in_use.pk),
    )
    serve(beside(story, "RESULT"), in_use)
    used_at(beside(story, "RESULT-2", in_use), story.scene.shan, "2024-03-01")
    before = [queries_for(client, *each) for each in pages]
    for position in range(4):
        advance(beside(story, f"DEVICE-{position}", stages))
        used_at(beside(story, f"RESULT-{position + 3}", in_use), story.scene.jia, "2024-03-01")
    assert (number(stages), number(in_use)) == (10, 5)
    assert [queries_for(client, *each) for each in pages] == before


def advance(story: Inventing) -> None:
    story.step("complete", "2024-02-01")
    story.step("complete", "2024-03-01")


def beside(story: Inventing, code: str, duty: Duty | None = None) -> Inventing:
    """Return another project of the same office."""
    new = commands.NewInnovation(
        code=code,
        title_zh="样例装置",
        kind="medicine_engineering",
        institution_id=story.scene.shan.pk,
        agreement_id=story.agreement.pk,
        duty_id=None if duty is None else duty.pk,
        started_on=day("2024-01-10"),
    )
    row = commands.create_innovation(acting_as(story.office), new)
    return Inventing(story.scene, story.agreement, row, story.office)
