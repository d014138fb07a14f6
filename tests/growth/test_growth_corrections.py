"""Corrections of techniques and goals with a reason; levels, techniques and lines go out and come in the same."""

from __future__ import annotations

import pytest

from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.growth_corrections import TechniqueCorrection, correct_goal, correct_technique
from lianyi.growth.commands.mentors import NewGoal
from lianyi.growth.models import LogbookLine, MentorGoalCorrection, TechniqueCase, TechniqueStep
from lianyi.growth.technique_counter import count_techniques
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import CountRequest
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, as_service, day
from tests.dispatch.page_parts import client_of, page_of, send, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.mentors_story import Mentoring, mentoring
from tests.growth.techniques_story import Learning, learning

YEAR = DateSpan(day("2024-01-01"), day("2024-12-31"))


@pytest.fixture
def taught(scene: Scene) -> Learning:
    return learning(scene)


@pytest.fixture
def story(scene: Scene) -> Mentoring:
    return mentoring(scene)


def reason_of(error: pytest.ExceptionInfo[InvalidInputError]) -> object:
    return error.value.params["reason"]


def test_the_duty_of_a_technique_is_corrected_and_it_counts_there_from_then_on(taught: Learning) -> None:
    taught.alone()
    row, scene = taught.technique, taught.scene
    row.refresh_from_db()
    other = scene.duty(taught.agreement, "D03", "techniques_independent", "1", "technique")
    right = TechniqueCorrection(other, "病例外转最多")
    corrected = correct_technique(acting_as(taught.home, "记错职责"), row, right, row.version)
    assert (corrected.duty, corrected.reason, corrected.state) == (other, "病例外转最多", "signed")
    step = TechniqueStep.objects.get(technique=row, step="correct")
    assert (step.reason, step.facts["before"], step.facts["after"]) == (
        "记错职责",
        {"duty": "JS-2024 D02", "reason": ""},
        {"duty": "JS-2024 D03", "reason": "病例外转最多"},
    )
    counted = count_techniques([CountRequest(taught.duty, YEAR), CountRequest(other, YEAR)])
    assert [None if each is None else each.value for each in counted] == [0, 1]


def test_a_correction_needs_a_reason_a_difference_the_version_seen_and_the_permission(taught: Learning) -> None:
    row = taught.technique
    same, new = TechniqueCorrection(taught.duty, ""), TechniqueCorrection(None, "")
    with pytest.raises(InvalidInputError) as without:
        correct_technique(acting_as(taught.home), row, new, row.version)
    with pytest.raises(InvalidInputError) as nothing:
        correct_technique(acting_as(taught.home, "样例"), row, same, row.version)
    assert (reason_of(without), reason_of(nothing)) == ("correction-reason", "correction-nothing")
    row.refresh_from_db()
    with pytest.raises(StaleVersionError):
        correct_technique(acting_as(taught.home, "样例"), row, new, row.version - 1)
    row.refresh_from_db()
    with pytest.raises(NotPermittedError):
        correct_technique(acting_as(taught.scene.office_lin, "样例"), row, new, row.version)


def test_a_duty_of_another_kind_is_refused(taught: Learning) -> None:
    wrong = taught.scene.duty(taught.agreement, "D04", "persons_posted", "1", "person")
    with pytest.raises(InvalidInputError) as refused:
        correct_technique(acting_as(taught.home, "样例"), taught.technique, TechniqueCorrection(wrong, ""), 1)
    assert reason_of(refused) == "technique-duty"


def test_the_page_of_a_technique_corrects_it_and_shows_before_and_after(taught: Learning) -> None:
    home = client_of(taught.home)
    html = page_of(home, "growth:technique-correct", taught.technique.pk)
    said = {"duty": "", "reason": "补写理由", "why": "样例：漏填", "expected_version": version_in(html)}
    assert send(home, "growth:technique-correct", taught.technique.pk, **said).status_code == 302
    page = words(page_of(home, "growth:technique", taught.technique.pk))
    assert ("Duty or reason corrected" in page, "JS-2024 D02 → —" in page) == (True, True)
    assert send(home, "growth:technique-correct", taught.technique.pk, **said).status_code == 422


def test_a_goal_is_corrected_and_keeps_what_it_said(story: Mentoring) -> None:
    right = NewGoal(level="distant", due_on=day("2025-03-31"), words="样例目标")
    row = correct_goal(acting_as(story.office, "样例：写错"), story.goal, right, story.goal.version)
    assert (row.technique, row.words, row.level, row.due_on) == (None, "样例目标", "distant", day("2025-03-31"))
    kept = MentorGoalCorrection.objects.get()
    technique = story.learning.technique.code
    assert kept.before == {"technique": technique, "words": "", "level": "alone", "due_on": "2024-12-31"}
    assert (kept.reason, kept.after["level"]) == ("样例：写错", "distant")


def test_a_goal_with_lines_keeps_its_technique(story: Mentoring) -> None:
    story.confirmed("2024-01-15", "observe", 2)
    right = NewGoal(level="alone", due_on=day("2024-12-31"), words="样例目标")
    with pytest.raises(InvalidInputError) as refused:
        correct_goal(acting_as(story.office, "样例"), story.goal, right, story.goal.version)
    assert reason_of(refused) == "goal-has-evidence"
    later = NewGoal(level="alone", due_on=day("2025-12-31"), technique=story.learning.technique)
    story.goal.refresh_from_db()
    assert correct_goal(acting_as(story.office, "延期"), story.goal, later, story.goal.version).due_on.year == 2025


def test_the_page_of_a_pair_corrects_a_goal(story: Mentoring) -> None:
    office = client_of(story.office)
    html = page_of(office, "growth:mentor-goal-correct", story.goal.pk)
    said = {"technique": story.learning.technique.pk, "words": "", "level": "distant", "due_on": "2024-12-31"}
    said |= {"why": "样例：级别写错", "expected_version": version_in(html)}
    assert send(office, "growth:mentor-goal-correct", story.goal.pk, **said).status_code == 302
    page = words(page_of(office, "growth:mentor-pair", story.pair.pk))
    assert "does it alone → does it under distant supervision" in page
    assert "样例：级别写错" in page


def unchanged(name: str) -> tuple[int, int]:
    """Return how many lines an export has, and how many of them come in as they stand."""
    content = export_table(as_service().actor, name, "xlsx", "zh-hans")
    preview = running.preview_table(as_service().actor, name, content, f"{name}.xlsx", "zh-hans")
    return len(preview.plans), preview.counts[RowAction.UNCHANGED]


def test_what_was_signed_on_the_pages_goes_out_and_comes_in_the_same(story: Mentoring) -> None:
    story.full_logbook()
    story.signed()
    assert unchanged("mentor_levels") == (1, 1)
    Staff.objects.filter(pk=story.learning.scene.cai.pk).update(user_id=story.learning.head.user_id)
    assert unchanged("mentor_levels") == (1, 1)
    assert unchanged("logbook_lines") == (3, 3)
    assert (unchanged("mentor_pairs"), unchanged("mentor_goals")) == ((1, 1), (1, 1))
    assert (unchanged("techniques"), unchanged("technique_cases")) == ((1, 1), (3, 3))


def test_a_technique_signed_by_two_on_its_page_comes_in_the_same(taught: Learning) -> None:
    taught.alone()
    assert (unchanged("techniques"), unchanged("technique_cases")) == ((1, 1), (4, 4))


def test_a_level_on_record_signed_by_somebody_else_is_refused_and_a_new_one_names_its_signer(story: Mentoring) -> None:
    story.full_logbook()
    story.signed()
    head = "pair_code,goal_number,level,since,signer_institution_code,signer_code,answered_on,provenance\n"
    actor, code = as_service().actor, story.pair.code
    other = f"{head}{code},1,alone,2024-04-01,JIA1,{story.learning.scene.bo.code},2024-04-02,recorded\n"
    assert "stands on record otherwise" in only_reason(preview_of(actor, "mentor_levels", other))
    nobody = f"{head}{code},1,assist,2024-02-01,,,2024-02-02,sample\n"
    assert "name who signed" in only_reason(preview_of(actor, "mentor_levels", nobody))


LINES = "pair_code,goal_number,done_on,level,count,written_side,answered_on,provenance\n"
CASES = "technique_code,done_on,part,local_staff_code,posting_code,count,provenance\n"


def test_a_line_and_a_case_that_come_by_two_tables_are_one_event(story: Mentoring) -> None:
    line = f"{LINES}{story.pair.code},1,2024-03-04,direct,2,apprentice,2024-03-05,sample\n"
    taught = story.learning
    case = f"{CASES}{taught.technique.code},2024-03-04,supervised,{taught.local.code},{taught.teacher.code},2,sample\n"
    load(as_service(), "technique_cases", case)
    load(as_service(), "logbook_lines", line)
    assert LogbookLine.objects.get().case == TechniqueCase.objects.get()


def test_the_link_is_made_as_well_where_the_line_came_first_and_other_days_stay_apart(story: Mentoring) -> None:
    line = f"{LINES}{story.pair.code},1,2024-03-04,direct,2,apprentice,2024-03-05,sample\n"
    line += f"{story.pair.code},1,2024-03-06,direct,1,apprentice,2024-03-07,sample\n"
    taught = story.learning
    case = f"{CASES}{taught.technique.code},2024-03-04,supervised,{taught.local.code},{taught.teacher.code},2,sample\n"
    load(as_service(), "logbook_lines", line)
    load(as_service(), "technique_cases", case)
    linked = {row.done_on.isoformat(): row.case for row in LogbookLine.objects.all()}
    assert linked == {"2024-03-04": TechniqueCase.objects.get(), "2024-03-06": None}


def test_the_page_tells_who_was_paired_when(story: Mentoring) -> None:
    story.full_logbook()
    story.signed()
    office = client_of(story.office)
    page = page_of(office, "growth:mentor-timeline")
    assert (page.count("pairs-open"), page.count("pairs-level")) == (1, 1)
    assert "2024-04-01</span> does it alone" in page
    assert "none is left by the filter" in page_of(office, "growth:mentor-timeline", goes_on="no")
