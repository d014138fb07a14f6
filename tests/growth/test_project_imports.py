"""Tables of projects in and out: projects, milestones, moves, money, people."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lianyi.growth.commands import project_money
from lianyi.growth.commands import projects as commands
from lianyi.growth.models import Milestone, Project
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from tests.cast import Scene, acting_as, as_service, day
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.projects_story import Building, building, money

pytestmark = pytest.mark.database
TABLES = ("projects", "project_milestones", "milestone_moves", "project_money", "project_people")
PROJECTS = "code,title_zh,kind,institution_code,agreement_code,duty_code,planned_from,target_on,state,started_on\n"
MILESTONES = "project_code,number,name_zh,baseline_from,baseline_to,reached_on,evidence,verified_on\n"
MOVES = "project_code,number,moved_on,new_from,new_to,reason_code,reason\n"
MONEY = "project_code,number,kind,money_source,amount_yuan,on,corrects_number\n"


@pytest.fixture
def story(scene: Scene) -> Building:
    return building(scene)


def test_a_project_comes_in_with_milestones_moves_and_corrected_money(story: Building) -> None:
    row = "SUB,样例次中心,sub_centre,SHAN,JS-2024,D09,2024-02-01,2025-01-31,running,2024-02-05\n"
    load(acting_as(story.home), "projects", PROJECTS + row)
    text = "SUB,1,样例方案,2024-02-01,2024-04-30,2024-04-20,样例批复,\nSUB,2,样例验收,2024-05-01,2024-10-31,,,\n"
    load(acting_as(story.home), "project_milestones", MILESTONES + text)
    moves = (
        "SUB,2,2024-06-01,2024-05-01,2024-11-30,money,样例：拨款推迟\n"
        "SUB,2,2024-08-01,2024-05-01,2024-12-31,building,样例：施工延长\n"
    )
    load(acting_as(story.home), "milestone_moves", MOVES + moves)
    lines = "SUB,1,spent,county,1200.50,2024-03-01,\nSUB,2,spent,county,120.50,2024-03-01,1\n"
    load(acting_as(story.home), "project_money", MONEY + lines)
    project = Project.objects.get(code="SUB")
    first, second = project.milestones.order_by("number")
    assert (first.reached_side, first.reached_by_id, first.planned_to) == (
        "home",
        story.home.user_id,
        day("2024-04-30"),
    )
    assert (second.baseline_to, second.planned_to) == (day("2024-10-31"), day("2024-12-31"))
    assert [each.days for each in second.moves.order_by("moved_on")] == [30, 31]
    wrong, right = project.money.order_by("number")
    assert (right.corrects_id, right.amount_yuan) == (wrong.pk, Decimal("120.50"))
    # What a table says is reached waits for the other side like what is typed.
    story.project = project
    assert story.signed(1).verified_side == "partner"


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("projects", PROJECTS + "X,样例,castle,SHAN,,,2024-01-01,2024-12-31,,\n", "castle"),
        ("projects", PROJECTS + "X,样例,sub_centre,LIN,JS-2024,,2024-01-01,2024-12-31,,\n", "“LIN” is not known"),
        ("projects", PROJECTS + "X,样例,sub_centre,SHAN,JS-2024,D01,2024-01-01,2024-12-31,,\n", "counts milestones"),
        ("projects", PROJECTS + "X,样例,sub_centre,SHAN,,,2024-12-31,2024-01-01,,\n", "is before"),
        ("projects", PROJECTS + "X,样例,sub_centre,SHAN,,,2024-01-01,2024-12-31,running,\n", "has a first day"),
        ("projects", PROJECTS + "X,样例,sub_centre,SHAN,,,2024-01-01,2024-12-31,finished,2024-01-02\n", "on its page"),
        (
            "projects",
            PROJECTS + "CPC,样例,chest_pain_centre,SHAN,,,2024-01-01,2025-06-30,paused,2024-01-08\n",
            "its page",
        ),
        ("project_milestones", MILESTONES + "CPC,7,样例,2024-01-01,2024-02-01,2024-01-20,,\n", "what shows"),
        (
            "project_milestones",
            MILESTONES + "CPC,7,样例,2024-01-01,2024-02-01,2024-01-20,样例,2024-01-21\n",
            "not sign",
        ),
        ("project_milestones", MILESTONES + "CPC,1,样例,2024-01-01,2024-03-31,,,\n", "on its page"),
        ("project_milestones", MILESTONES + "NO,1,样例,2024-01-01,2024-03-31,,,\n", "“NO” is not known"),
        ("milestone_moves", MOVES + "CPC,9,2024-03-01,2024-01-01,2024-05-01,money,样例\n", "“9” is not known"),
        ("milestone_moves", MOVES + "CPC,1,2024-03-01,2024-06-01,2024-05-01,money,样例\n", "is before"),
        ("project_money", MONEY + "CPC,1,spent,county,-3,2024-03-01,\n", "-3"),
        ("project_money", MONEY + "CPC,1,spent,county,3,2024-03-01,2\n", "“2” is not known"),
    ],
)
def test_a_bad_row_says_what_is_wrong(story: Building, kind: str, text: str, said: str) -> None:
    assert said in only_reason(preview_of(story.home, kind, text))


def test_the_installer_brings_signatures_of_the_past(story: Building) -> None:
    load(
        as_service(), "project_milestones", MILESTONES + "CPC,7,样例,2024-01-01,2024-02-01,2024-01-20,样例,2024-01-25\n"
    )
    row = Milestone.objects.get(number=7)
    assert (row.reached_side, row.verified_side, row.verified_on) == ("home", "partner", day("2024-01-25"))


def test_what_is_on_record_is_not_changed_by_a_table(story: Building) -> None:
    story.moved(2, "2024-06-30")
    project_money.add_money(acting_as(story.home), story.project, money(story, "5.00"))
    changed = preview_of(story.home, "project_money", MONEY + "CPC,1,spent,county,6.00,2024-02-01,\n")
    assert "Add a line that corrects it" in only_reason(changed)
    row = f"CPC,2,{story.milestone(2).moves.get().moved_on},2024-02-01,2024-06-30,money,样例\n"
    assert "on record" in only_reason(preview_of(story.home, "milestone_moves", MOVES + row))


def test_an_export_reads_back_as_unchanged(story: Building) -> None:
    # Twice on one day: the second move corrects the first, and both stay.
    story.moved(2, "2024-06-30")
    story.moved(2, "2024-07-31")
    story.reached(1, "2024-02-20")
    story.signed(1)
    Milestone.objects.filter(number=1).update(signed_by="another", verified_side="authority")
    first = project_money.add_money(acting_as(story.home), story.project, money(story, "5.00"))
    project_money.correct_money(acting_as(story.home), first, money(story, "6.00"))
    new = commands.NewPerson(staff_id=story.scene.cai.pk, role="adviser", starts_on=day("2024-01-08"))
    commands.add_person(acting_as(story.home), story.project, new)
    for kind in TABLES:
        content = export_table(story.home, kind, "xlsx", "zh-hans")
        preview = running.preview_table(story.home, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind


def test_somebody_elses_project_is_unknown_to_an_outsider(story: Building) -> None:
    text = MILESTONES + "CPC,7,样例,2024-01-01,2024-02-01,,,\n"
    assert "“CPC” is not known" in only_reason(preview_of(story.scene.office_lin, "project_milestones", text))
