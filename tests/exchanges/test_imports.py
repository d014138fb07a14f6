"""Tables of visits, participants, points and actions in and out, with a reason for each bad row."""

from __future__ import annotations

import csv
import datetime
import io

import pytest

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import AuditEvent
from lianyi.exchanges import commands
from lianyi.exchanges.commands import NewRecognition
from lianyi.exchanges.models import (
    Action,
    ActionEvent,
    Contribution,
    ExchangeVisit,
    Point,
    PointEvent,
    ProgrammeLine,
    Recognition,
    VisitEvent,
    VisitInstitution,
    VisitParticipant,
)
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, as_service
from tests.dispatch.needs_story import today_and
from tests.dispatch.test_imports import load, preview_of
from tests.exchanges.visits_story import Visiting, visiting

VISITS = "code,agreement_code,kind,title_zh,starts_on,ends_on,host_code,guest_code,state\n"
POINTS = "visit_code,number,kind,category,statement_zh,raised_by_institution_code,raised_by_staff_code"
FORMER = ",former_visit_code,former_number\n"
ACTIONS = "visit_code,point_number,title_zh,state,owner_code,due_on"
DONE = ",done_on,evidence,checked_on,checked_by,checked_by_code,check_words,closed_on\n"


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


def reason_for(actor: Actor, kind: str, text: str) -> str:
    """Return the code of the reason why the one row of a file is refused."""
    (refused,) = preview_of(actor, kind, text).refused
    (problem,) = refused.problems
    return str(problem.params["reason"])


def test_visits_with_everything_come_in_by_tables_and_go_out_unchanged(story: Visiting) -> None:
    day = today_and(-30)
    load(acting_as(story.jia), "exchange_visits", f"{VISITS}V9,JS-NOW,inspection,样例督导,{day},{day},SHAN,JIA1,held\n")
    head = "visit_code,position,subject_zh,starts_at\n"
    load(acting_as(story.jia), "visit_programme", f"{head}V9,1,查房,8:30\n")
    people = "visit_code,position,side,name,institution_code,staff_code\n"
    load(acting_as(story.jia), "visit_participants", f"{people}V9,1,guest,,JIA1,A1\nV9,2,host,样例院长,SHAN,\n")
    load(acting_as(story.jia), "visit_contributions", "visit_code,position,speaker,words_zh\nV9,1,样例院长,缺人\n")
    rows = f"{POINTS}{FORMER}V9,1,problem,staff,缺医生,JIA1,A1,,\nV9,2,demand,staff,还是缺医生,JIA1,,V9,1\n"
    load(acting_as(story.jia), "visit_points", rows)
    load(acting_as(story.jia), "visit_actions", f"{ACTIONS}\nV9,1,招聘,agreed,SHAN,{today_and(30)}\n")
    assert VisitParticipant.objects.filter(visit__code="V9", staff=story.member).exists()
    first, second = Point.objects.filter(visit__code="V9").order_by("number")
    assert (first.state, second.state, second.recurs_of, second.merged_into) == ("action", "merged", first, first)
    assert [event.step for event in first.events.all()] == ["import"]
    kinds = ("exchange_visits", "visit_programme", "visit_participants", "visit_points", "visit_actions")
    for kind in kinds:
        sent = preview_of(story.jia, kind, export_table(story.jia, kind, "csv", "en").decode())
        assert {plan.action for plan in sent.plans} == {RowAction.UNCHANGED}, kind


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("exchange_visits", VISITS + "V1,NOPE,inspection,样例,2024-05-01,2024-05-01,SHAN,JIA1,held\n", "not-in-reach"),
        ("exchange_visits", VISITS + "V1,,inspection,样例,2024-05-01,2024-05-01,SHAN,LIN,held\n", "not-in-reach"),
        (
            "exchange_visits",
            VISITS + "V1,JS-NOW,inspection,样例,2099-05-01,2099-05-01,SHAN,JIA1,held\n",
            "not-on-record-yet",
        ),
        ("visit_points", POINTS + "\nSYMP,1,problem,difficulty_housing,样例,,\n", "invalid-input"),
        ("visit_points", POINTS + "\nSYMP,1,problem,staff,,,\n", "invalid-input"),
        ("visit_points", POINTS + FORMER + "SYMP,1,problem,staff,样例,,,NOPE,3\n", "point-unknown"),
        ("visit_actions", ACTIONS + "\nSYMP,9,样例,agreed,SHAN,2099-01-01\n", "point-unknown"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(story: Visiting, kind: str, text: str, said: str) -> None:
    assert reason_for(story.jia, kind, text) == said


def test_a_file_does_not_stand_for_an_independent_check(story: Visiting) -> None:
    story.raised()
    row = (
        f"SYMP,1,样例,closed,SHAN,{today_and(1)},{today_and(-5)},名单,{today_and(-4)},样例,JIA1,已查,{today_and(-4)}\n"
    )
    assert reason_for(story.jia, "visit_actions", ACTIONS + DONE + row) == "action-checked-here"
    by_owner = row.replace("JIA1", "SHAN")
    assert reason_for(as_service().actor, "visit_actions", ACTIONS + DONE + by_owner) == "invalid-input"
    load(as_service(), "visit_actions", ACTIONS + DONE + row)
    assert Action.objects.get().state == "closed"


def test_what_is_under_way_here_is_not_changed_by_a_file(story: Visiting) -> None:
    story.made()
    moved = f"{ACTIONS}\nSYMP,1,样例：招聘两名医生,done,SHAN,{today_and(90)}\n"
    assert reason_for(story.jia, "visit_actions", moved) == "action-moves-here"
    changed = f"{POINTS}\nSYMP,1,problem,staff,改了,JIA1,\n"
    assert reason_for(story.jia, "visit_points", changed) == "point-sorted"
    day = story.visit.starts_on
    visit = f"{VISITS}SYMP,JS-NOW,inspection,样例,{day},{day},SHAN,JIA1,minutes_agreed\n"
    assert reason_for(story.jia, "exchange_visits", visit) == "state-by-step"
    assert ExchangeVisit.objects.get(code="SYMP").state == "held"


def test_a_difficulty_comes_in_through_an_office_without_a_word_in_the_trail(story: Visiting) -> None:
    text = f"{POINTS}\nSYMP,1,difficulty,difficulty_housing,宿舍漏水,JIA1,A1\n"
    assert reason_for(story.head_jia, "visit_points", text) == "difficulty-not-yours"
    load(acting_as(story.shan), "visit_points", text)
    point = Point.objects.get()
    assert (point.is_confidential, point.raised_by_staff) == (True, story.member)
    load(acting_as(story.shan), "visit_actions", f"{ACTIONS}\nSYMP,1,修屋顶,agreed,SHAN,{today_and(9)}\n")
    told = [f"{event.before} {event.after}" for event in AuditEvent.objects.filter(object_type__startswith="exchanges")]
    assert [text for text in told if "漏水" in text or "屋顶" in text] == []
    assert [event.object_id for event in AuditEvent.objects.filter(action="exchanges.point.import")] == [point.pk]
    assert "漏水" not in export_table(story.shan, "visit_points", "csv", "en").decode()


TABLES = (
    *("exchange_visits", "visit_institutions", "visit_programme", "visit_participants", "visit_contributions"),
    *("visit_points", "visit_actions", "recognitions"),
)


def everything_exported() -> dict[str, str]:
    return {kind: export_table(as_service().actor, kind, "csv", "en").decode() for kind in TABLES}


def nothing_is_left() -> None:
    """Take everything about visits out of the database, as on another installation; no part of a workflow."""
    Point.objects.update(state="raised", merged_into=None, recurs_of=None)
    models = (ActionEvent, Action, PointEvent, Point, Recognition, Contribution, VisitParticipant, ProgrammeLine)
    for model in (*models, VisitInstitution, VisitEvent, ExchangeVisit):
        model._default_manager.all().delete()


def busy(story: Visiting) -> Action:
    """Write down something of everything that can be written down; return an action that was closed and came back."""
    scene = story.scene
    # Somebody on record without a word about the institution, a further guest, words and hours.
    commands.add_part(
        acting_as(story.jia), story.visit, VisitParticipant(position=0, side="guest", staff_id=story.member.pk)
    )
    commands.add_part(
        acting_as(story.jia), story.visit, VisitInstitution(position=0, side="guest", institution_id=scene.lin.pk)
    )
    hours = {"starts_at": datetime.time(8, 30), "ends_at": datetime.time(9), "day": story.visit.starts_on}
    commands.add_part(acting_as(story.jia), story.visit, ProgrammeLine(position=0, subject_zh="查房，教学", **hours))
    commands.add_part(
        acting_as(story.jia), story.visit, Contribution(position=0, speaker="样例", words_zh='他说："缺人"\n第二行')
    )
    # An action that was closed and came back; one whose owner moved; one that serves an indicator; a merged point.
    closed = story.closed(story.made(indicator_code="CH-12", indicator_words="急诊医师数"))
    story.raised(story.held("NEXT", -5), former_id=closed.point_id)
    owner = story.ownership(owner_id=scene.jia.pk, owner_staff_id=scene.cai.pk)
    story.made(story.raised(raised_by_staff_id=story.member.pk, raised_by_institution_id=None), ownership=owner)
    Staff.objects.filter(pk=scene.cai.pk).update(institution=scene.shan)
    merged, answered, noted = story.raised(), story.raised(), story.raised(department_id=scene.shan_emergency.pk)
    commands.sort_point(acting_as(story.jia), merged, "merge", merged.version, closed.point_id)
    commands.sort_point(acting_as(story.jia, "下月有人来"), answered, "answer", answered.version)
    commands.sort_point(acting_as(story.jia), noted, "note", noted.version)
    story.difficulty()
    story.take(story.visit, "write_minutes", story.jia)
    commands.give_recognition(
        acting_as(story.shan),
        NewRecognition(
            code="TH-1",
            kind="gift",
            given_on=today_and(-3),
            given_by_id=scene.shan.pk,
            visit_id=story.visit.pk,
            to_staff_id=story.member.pk,
            what_for_zh="样例：守夜班",
            gift="米、油",
            handed_over_on=today_and(-2),
        ),
    )
    return closed


def test_everything_that_goes_out_comes_in_again_elsewhere_and_is_the_same(story: Visiting) -> None:
    closed = busy(story)
    before = everything_exported()
    rows = [len(list(csv.reader(io.StringIO(text)))) - 1 for text in before.values()]
    assert dict(zip(TABLES, rows, strict=True)) == {
        "exchange_visits": 2,
        "visit_institutions": 1,
        "visit_programme": 1,
        "visit_participants": 1,
        "visit_contributions": 1,
        "visit_points": 6,
        "visit_actions": 2,
        "recognitions": 1,
    }
    assert "漏水" not in "".join(before.values())
    nothing_is_left()
    for kind in TABLES:
        load(as_service(), kind, before[kind])
    assert everything_exported() == before
    again = Action.objects.get(code=closed.code)
    assert (again.state, again.indicator_words, story.stands(again)) == ("closed", "急诊医师数", "came_back")
    # And once more over itself: nothing would change.
    for kind in TABLES:
        assert {plan.action for plan in preview_of(as_service().actor, kind, before[kind]).plans} == {
            RowAction.UNCHANGED
        }, kind
