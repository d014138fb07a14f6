"""Projects: written from a template, moved with reasons, reached with evidence, signed by another side, counted."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.errors import InvalidInputError
from lianyi.growth.commands import project_milestones, project_money
from lianyi.growth.commands import projects as commands
from lianyi.growth.models import MilestoneMove, Project
from lianyi.growth.projects_errors import MilestoneRefusedError, ProjectStepRefusedError
from lianyi.growth.projects_home import items
from lianyi.growth.projects_machine import PROJECT_STEPS
from lianyi.growth.queries import projects as queries
from lianyi.partnerships.promises import accounts_of
from lianyi.partnerships.queries import timeline
from tests.cast import Scene, acting_as, actor_for, as_service, day
from tests.growth.projects_story import Building, building, money, new_project

pytestmark = pytest.mark.database


@pytest.fixture
def story(scene: Scene) -> Building:
    return building(scene)


def delivered(story: Building) -> tuple[int, ...]:
    """Return the milestones behind what was delivered over the whole term."""
    [found] = accounts_of([story.duty], timezone.localdate())
    evidence = found.periods[0].evidence
    assert evidence is not None
    return evidence.row_ids


def test_a_template_gives_milestones_counted_in_months_from_the_planned_first_day(story: Building) -> None:
    rows = list(story.project.milestones.values_list("number", "baseline_from", "planned_to", "signed_by"))
    assert len(rows) == 6
    assert rows[0] == (1, day("2024-01-01"), day("2024-02-29"), "another")
    assert rows[2] == (3, day("2024-03-01"), day("2024-05-31"), "partner")
    assert rows[5][3] == "authority"


def test_a_move_keeps_the_baseline_and_says_why_and_by_whom(story: Building) -> None:
    story.moved(2, "2024-06-30", "people")
    row = story.moved(2, "2024-07-10", "money")
    assert (row.baseline_to, row.planned_to) == (day("2024-04-30"), day("2024-07-10"))
    moves = [(each.reason_code, each.days, each.moved_by_id) for each in MilestoneMove.objects.order_by("pk")]
    assert moves == [("people", 61, story.home.user_id), ("money", 10, story.home.user_id)]


def test_a_move_without_a_reason_or_without_another_day_is_refused(story: Building) -> None:
    with pytest.raises(InvalidInputError, match="reason of the list"):
        story.moved(2, "2024-06-30", reason=" ")
    with pytest.raises(InvalidInputError, match="reason of the list"):
        story.moved(2, "2024-06-30", "weather-of-mars")
    with pytest.raises(InvalidInputError, match="days it has"):
        story.moved(2, "2024-04-30")


def test_a_milestone_counts_once_it_is_signed_by_a_person_of_another_side(story: Building) -> None:
    row = story.reached(1, "2024-02-20")
    assert delivered(story) == ()
    signed = story.signed(1)
    assert (signed.reached_side, signed.verified_side) == ("home", "partner")
    assert delivered(story) == (row.pk,)


def test_neither_the_same_side_nor_the_same_person_signs(story: Building) -> None:
    story.reached(1, "2024-02-20")
    colleague = actor_for("second-shan", story.scene.shan.pk, "supported_office")
    for actor in (story.home, colleague):
        with pytest.raises(SeparationOfDutiesError):
            story.signed(1, actor)
    # The same person with an affiliation at the partner stays the same person.
    both = actor_for("office-shan", story.scene.jia.pk, "lead_office")
    with pytest.raises(SeparationOfDutiesError):
        story.signed(1, both)


def test_a_milestone_for_the_authority_is_signed_by_the_authority(story: Building) -> None:
    story.reached(6, "2024-12-20")
    with pytest.raises(SeparationOfDutiesError):
        story.signed(6)
    assessor = actor_for("assessor", story.scene.shan.pk, "assessor")
    assert story.signed(6, assessor).verified_side == "authority"


def test_what_is_sent_back_is_open_again_and_stays_in_the_history(story: Building) -> None:
    row = story.reached(1, "2024-02-20")
    back = project_milestones.send_back_milestone(acting_as(story.partner, "样例：缺少名单"), row, row.version)
    assert (back.reached_on, back.evidence) == (None, "")
    last = story.project.events.last()
    assert last is not None
    assert (last.step, last.reason) == ("milestone_back", "样例：缺少名单")
    assert story.reached(1, "2024-02-25").reached_on == day("2024-02-25")


def test_milestones_are_not_reached_ahead_of_time_without_evidence_or_twice(story: Building) -> None:
    row = story.milestone(1)
    ahead = timezone.localdate() + datetime.timedelta(days=1)
    for said in (
        project_milestones.Reached(on=ahead, evidence="样例"),
        project_milestones.Reached(on=day("2024-02-01"), evidence=" "),
        project_milestones.Reached(on=day("2023-12-31"), evidence="样例"),
    ):
        with pytest.raises(InvalidInputError):
            project_milestones.reach_milestone(acting_as(story.home), row, said, row.version)
    story.reached(1, "2024-02-20")
    with pytest.raises(MilestoneRefusedError):
        story.reached(1, "2024-02-21")


def test_reported_milestones_count_toward_nothing(story: Building) -> None:
    story.reached(1, "2024-02-20")
    row = story.signed(1)
    type(row).objects.filter(pk=row.pk).update(provenance="reported")
    assert delivered(story) == ()


def test_a_duty_that_no_project_serves_is_not_judged(story: Building) -> None:
    other = story.scene.duty(story.agreement, "D10", "project_milestones", "2", "milestone")
    [found] = accounts_of([other], timezone.localdate())
    assert found.periods[0].evidence is None


def test_every_step_of_the_table_leads_where_it_says_and_no_other_is_taken(story: Building) -> None:
    for step in PROJECT_STEPS:
        for state in step.from_states:
            Project.objects.filter(pk=story.project.pk).update(state=state)
            if step.needs_all_signed:
                story.project.milestones.update(
                    reached_on="2024-02-01", reached_side="home", verified_on="2024-02-02", verified_side="partner"
                )
            assert story.step(step.name, "2024-03-01", "样例原因").state == step.to_state
    Project.objects.filter(pk=story.project.pk).update(state="planned")
    with pytest.raises(ProjectStepRefusedError):
        story.step("resume", "2024-03-01")
    with pytest.raises(ProjectStepRefusedError):
        story.step("fly", "2024-03-01")


def test_a_project_is_finished_only_when_all_milestones_are_signed(story: Building) -> None:
    with pytest.raises(ProjectStepRefusedError, match="6 milestones"):
        story.step("finish", "2024-12-31")


def test_a_step_that_needs_a_reason_is_refused_without(story: Building) -> None:
    with pytest.raises(InvalidInputError, match="Say why"):
        story.step("pause", "2024-03-01")


def test_nobody_outside_writes_and_a_head_acts_on_the_own_department(story: Building) -> None:
    scene = story.scene
    with pytest.raises(NotPermittedError):
        story.reached(1, "2024-02-20", scene.office_lin)
    foreign = actor_for("head-em", scene.jia.pk, "department_head", scene.emergency.pk)
    with pytest.raises(NotPermittedError):
        story.reached(1, "2024-02-20", foreign)
    head = actor_for("head-shan", scene.shan.pk, "department_head", scene.shan_emergency.pk)
    assert story.reached(1, "2024-02-20", head).reached_side == "home"


def test_an_outsider_writes_no_project_and_codes_are_taken_once(story: Building) -> None:
    scene = story.scene
    with pytest.raises(NotPermittedError):
        commands.create_project(
            acting_as(scene.office_lin), new_project(story.agreement, None, scene.shan.pk, code="X")
        )
    with pytest.raises(InvalidInputError, match="stands here already"):
        commands.create_project(acting_as(story.home), new_project(story.agreement, None, scene.shan.pk))
    wrong = new_project(story.agreement, None, scene.lin.pk, code="Y")
    with pytest.raises(InvalidInputError, match="no part"):
        commands.create_project(as_service(), wrong)


def test_a_line_of_money_is_corrected_by_another_that_counts_instead(story: Building) -> None:
    context = acting_as(story.home)
    first = project_money.add_money(context, story.project, money(story, "120000.50"))
    project_money.add_money(acting_as(story.home), story.project, money(story, "300.00", "planned"))
    second = project_money.correct_money(acting_as(story.home), first, money(story, "12000.50"))
    assert second.corrects_id == first.pk
    sums = dict(queries.money_sums(queries.money(story.home, story.project)))
    assert sums[""] == [Decimal("300.00"), Decimal(0), Decimal("12000.50")]
    with pytest.raises(InvalidInputError, match="corrected already"):
        project_money.correct_money(acting_as(story.home), first, money(story, "1.00"))


def test_people_of_the_team_come_from_the_sides_of_the_project(story: Building) -> None:
    new = commands.NewPerson(staff_id=story.scene.cai.pk, role="adviser", starts_on=day("2024-01-08"))
    row = commands.add_person(acting_as(story.home), story.project, new)
    assert commands.end_person(acting_as(story.home), row, day("2024-06-30"), row.version).ends_on == day("2024-06-30")
    with pytest.raises(InvalidInputError, match="before it starts"):
        commands.end_person(acting_as(story.home), row, day("2024-01-01"), row.version)


def test_home_tells_what_is_late_and_what_waits_for_my_signature(story: Building) -> None:
    assert [(item.count, item.tone) for item in items(story.home)] == [(6, "bad")]
    story.reached(1, "2024-02-20")
    assert [(item.count, item.tone) for item in items(story.partner)] == [(5, "bad"), (1, "warning")]
    assert [(item.count, item.tone) for item in items(story.home)] == [(5, "bad")]
    assert items(story.scene.office_lin) == []


def test_the_time_line_tells_the_beginning_and_signed_milestones(story: Building) -> None:
    story.reached(1, "2024-02-20")
    story.signed(1)
    told = [
        (str(each.day), each.text_en)
        for each in timeline(story.partner, story.agreement)
        if each.kind == "construction"
    ]
    assert ("2024-01-08", "Sample chest pain centre: building began") in told
    assert ("2024-02-20", "Sample chest pain centre: Organisation and rules") in told
