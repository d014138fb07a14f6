"""The life of a visit: planned, held, minutes written by one side and agreed by the other."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.errors import InvalidInputError
from lianyi.exchanges import commands
from lianyi.exchanges.authority import side_of
from lianyi.exchanges.errors import VisitStepRefusedError
from lianyi.exchanges.machines.visits import VISIT_STEPS, visit_steps_from
from lianyi.exchanges.models import Contribution, ExchangeVisit, ProgrammeLine, VisitParticipant, VisitState
from lianyi.exchanges.queries import visits as queries
from lianyi.exchanges.texts import VISIT_TONES
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and
from tests.exchanges.visits_story import Visiting, visiting


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


def test_a_visit_goes_from_the_plan_to_agreed_minutes_with_every_step_on_record(story: Visiting) -> None:
    row = story.visit
    assert (row.state, row.host, row.guest) == ("held", story.scene.shan, story.scene.jia)
    story.take(row, "write_minutes", story.shan)
    assert (row.state, row.minutes_side) == ("minutes_written", "host")
    story.take(row, "agree_minutes", story.jia)
    assert row.state == "minutes_agreed"
    steps = [event.step for event in queries.events_of_visit(story.jia, row)]
    assert steps == ["plan", "hold", "write_minutes", "agree_minutes"]
    actions = AuditEvent.objects.filter(object_type="exchanges.exchangevisit").order_by("sequence")
    assert [event.action.rpartition(".")[2] for event in actions] == steps


def test_the_side_that_wrote_the_minutes_does_not_agree_to_them(story: Visiting) -> None:
    story.take(story.visit, "write_minutes", story.shan)
    for actor in (story.shan, story.chief_shan):
        with pytest.raises(SeparationOfDutiesError):
            story.take(story.visit, "agree_minutes", actor)
        assert "agree_minutes" not in [step.name for step in queries.allowed_visit_steps(actor, story.visit)]
    with pytest.raises(InvalidInputError):
        story.take(story.visit, "object", story.jia)
    story.take(story.visit, "object", story.jia, reason="第三条与会上所说不符")
    assert story.visit.state == "held"


def test_settled_minutes_are_opened_again_before_anything_is_written(story: Visiting) -> None:
    story.take(story.visit, "write_minutes", story.shan)
    with pytest.raises(VisitStepRefusedError):
        commands.change_visit(acting_as(story.shan), story.visit, {"venue": "二楼"}, story.visit.version)
    with pytest.raises(VisitStepRefusedError):
        story.raised()
    story.take(story.visit, "open_again", story.jia, reason="补充一条意见")
    commands.change_visit(acting_as(story.shan), story.visit, {"venue": "二楼"}, story.visit.version)
    assert (story.visit.venue, story.raised().number) == ("二楼", 1)


def test_whoever_covers_both_sides_speaks_for_the_one_in_whose_place_they_sit(story: Visiting) -> None:
    province = story.scene.city.parent
    assert province is not None
    above = actor_for("province-office", province.pk, "lead_office")
    city = actor_for("city-office", story.scene.city.pk, "lead_office")
    assert (side_of(above, story.visit), side_of(city, story.visit)) == (None, "guest")
    with pytest.raises(NotPermittedError):
        story.take(story.visit, "write_minutes", above)


def test_a_visit_is_not_held_before_it_is_over(story: Visiting) -> None:
    row = story.planned("NEXT", 5)
    with pytest.raises(InvalidInputError, match="has not come yet"):
        story.take(row, "hold", story.jia)
    story.take(row, "cancel", story.jia, reason="大雪封路")
    assert (row.state, list(visit_steps_from(row.state))) == ("cancelled", [])


def test_of_two_who_change_a_visit_at_once_one_is_told(story: Visiting) -> None:
    seen = story.visit.version
    commands.change_visit(acting_as(story.shan), story.visit, {"venue": "会议室"}, seen)
    with pytest.raises(StaleVersionError):
        commands.change_visit(acting_as(story.jia), story.visit, {"venue": "食堂"}, seen)


def test_a_visit_without_an_agreement_is_written_by_its_host_or_guest(story: Visiting) -> None:
    row = story.planned("FREE", -5, agreement=None, host=story.scene.lin)
    assert list(queries.visits(story.scene.office_lin)) == [row]
    new = commands.NewVisit(
        code="X",
        kind="exchange",
        title_zh="别人的",
        starts_on=today_and(0),
        ends_on=today_and(0),
        host=story.scene.lin,
        guest=story.scene.jia,
    )
    with pytest.raises(NotPermittedError):
        commands.plan_visit(acting_as(story.shan), new)


def test_programme_participants_and_words_stand_in_order_and_what_was_wrong_is_taken_back(story: Visiting) -> None:
    context = acting_as(story.jia)
    line = commands.add_part(context, story.visit, ProgrammeLine(position=0, subject_zh="队员汇报", speaker="全体队员"))
    second = commands.add_part(acting_as(story.jia), story.visit, ProgrammeLine(position=0, subject_zh="领导讲话"))
    assert [line.position, second.position] == [1, 2]
    commands.take_back_part(acting_as(story.jia), line, line.version)
    assert [each.subject_zh for each in queries.programme(story.shan, story.visit)] == ["领导讲话"]
    assert ProgrammeLine.objects.count() == 2
    somebody = VisitParticipant(position=0, side="guest", staff_id=story.member.pk, institution_id=story.scene.jia.pk)
    commands.add_part(acting_as(story.jia), story.visit, somebody)
    assert [each.staff for each in queries.participants(story.shan, story.visit)] == [story.member]
    words = Contribution(position=0, speaker="样例", topic="工作", words_zh="完成首例手术")
    commands.add_part(acting_as(story.jia), story.visit, words)
    assert queries.contributions(story.shan, story.visit)[0].words_zh == "完成首例手术"


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (ProgrammeLine(position=0), "subject_zh"),
        (ProgrammeLine(position=0, subject_zh="会", day=today_and(0)), "day"),
        (VisitParticipant(position=0, side="host"), "name"),
        (Contribution(position=0, speaker="甲"), "words_zh"),
    ],
)
def test_a_line_that_says_nothing_is_refused(story: Visiting, part: ProgrammeLine, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        commands.add_part(acting_as(story.jia), story.visit, part)
    assert refused.value.params["field"] == field


def test_every_state_has_a_tone_and_every_step_leads_somewhere_else() -> None:
    assert set(VISIT_TONES) == set(VisitState)
    assert all(step.to_state not in step.from_states for step in VISIT_STEPS)


def test_the_database_keeps_no_agreed_minutes_without_a_side(story: Visiting) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeVisit.objects.filter(pk=story.visit.pk).update(state="minutes_agreed")
