"""The life of a need: written, approved by another, opened for help, filled by what is published, ended."""

from __future__ import annotations

import datetime
import itertools

import pytest
from django.db import IntegrityError, transaction

from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands, needs_queries
from lianyi.dispatch.checks import publication_problems
from lianyi.dispatch.commands import StepFacts
from lianyi.dispatch.errors import NeedStepRefusedError, PublicationRefusedError
from lianyi.dispatch.models import Need, NeedState
from lianyi.dispatch.models.needs import KEPT_STATES
from lianyi.dispatch.needs_filling import standing, with_standing
from lianyi.dispatch.needs_machine import NEED_STEPS, OVER, need_steps_from, standing_of
from lianyi.dispatch.needs_texts import NEED_PROBLEM_TEXTS, NEED_TONES
from lianyi.errors import InvalidInputError
from tests.cast import Scene, acting_as, actor_for, as_service, make_staff
from tests.dispatch.needs_story import Needing, needing, stands, today_and


@pytest.fixture
def story(scene: Scene) -> Needing:
    return needing(scene)


def test_a_need_goes_from_the_draft_to_open_with_every_step_on_record(story: Needing) -> None:
    office = story.scene.office_shan
    row = story.written()
    assert (row.code, row.state, row.origin, row.place) == ("N0001", "draft", "by_hand", story.scene.county)
    story.step(row, "submit")
    story.step(row, "approve", story.chief_shan)
    story.step(row, "open", agreement=story.agreement)
    assert (row.state, row.agreement, stands(office, row)) == ("open", story.agreement, "open")
    steps = [(event.step, event.to_state) for event in needs_queries.events_of_need(office, row)]
    assert steps == [("draft", "draft"), ("submit", "submitted"), ("approve", "approved"), ("open", "open")]
    actions = AuditEvent.objects.filter(object_type="dispatch.need").order_by("sequence")
    assert [event.action.rpartition(".")[2] for event in actions] == ["draft", "submit", "approve", "open"]
    assert story.written().code == "N0002"


def test_whoever_wrote_changed_or_submitted_a_need_does_not_approve_it(story: Needing) -> None:
    row = story.step(story.written(), "submit")
    with pytest.raises(SeparationOfDutiesError):
        story.step(row, "approve")
    assert [step.name for step in needs_queries.allowed_need_steps(story.scene.office_shan, _seen(story, row))] == [
        "send_back",
        "refuse",
        "stand_down",
    ]
    assert "approve" in [step.name for step in needs_queries.allowed_need_steps(story.chief_shan, _seen(story, row))]


def _seen(story: Needing, row: Need) -> Need:
    return needs_queries.need(story.scene.office_shan, row.pk)


def test_a_step_that_is_not_in_the_table_is_refused_with_what_is_possible(story: Needing) -> None:
    row = story.written()
    with pytest.raises(NeedStepRefusedError) as refused:
        story.step(row, "open")
    assert refused.value.params["allowed"] == ["submit", "stand_down"]
    with pytest.raises(NeedStepRefusedError):
        story.step(row, "fill")


def test_every_state_of_the_table_leads_to_an_end() -> None:
    assert {step.to_state for step in NEED_STEPS} & {
        NeedState.PARTLY_FILLED,
        NeedState.FILLED,
        NeedState.EXPIRED,
    } == set()
    assert {state for state in NeedState if not need_steps_from(state)} == set(OVER)
    assert set(NEED_TONES) == set(NeedState)


@pytest.mark.parametrize("state", ["partly_filled", "filled", "expired"])
def test_the_database_keeps_no_derived_state(story: Needing, state: str) -> None:
    row = story.opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=row.pk).update(state=state)


def test_a_need_that_does_not_say_everything_is_not_submitted(story: Needing) -> None:
    row = story.written(specialty="", starts_on=None, reason="")
    with pytest.raises(InvalidInputError) as refused:
        story.step(row, "submit")
    assert [str(name) for name in refused.value.params["missing"]] == ["wanted from", "why, in words", "specialty"]
    with pytest.raises(InvalidInputError, match="period ended"):
        story.step(story.written(starts_on=today_and(-30), ends_on=today_and(-1)), "submit")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"people": 0}, "people"),
        ({"least_term_months": 500}, "least_term_months"),
        ({"specialty": "99.99"}, "specialty"),
        ({"profession": "king"}, "profession"),
        ({"reason_code": "because"}, "reason_code"),
        ({"priority": 9}, "priority"),
        ({"ends_on": datetime.date(2020, 1, 1)}, "ends_on"),
    ],
)
def test_what_no_need_can_say_is_refused(story: Needing, given: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.written(**given)
    assert refused.value.params["field"] == field


def test_a_draft_is_changed_and_what_is_submitted_is_sent_back_first(story: Needing) -> None:
    row = story.written()
    commands.change_need(acting_as(story.scene.office_shan), row, {"people": 3}, row.version)
    assert (row.people, row.events.count()) == (3, 2)
    story.step(row, "submit")
    with pytest.raises(NeedStepRefusedError):
        commands.change_need(acting_as(story.scene.office_shan), row, {"people": 4}, row.version)
    with pytest.raises(InvalidInputError):
        story.step(row, "send_back", story.chief_shan)
    story.step(row, "send_back", story.chief_shan, reason="请补充科室", reason_code="incomplete")
    assert row.state == "draft"


def test_a_need_is_written_by_those_who_cover_the_institution_and_by_nobody_else(story: Needing) -> None:
    for actor in (story.scene.office_jia, story.scene.office_lin):
        with pytest.raises(NotPermittedError):
            commands.draft_need(acting_as(actor), commands.NewNeed(institution=story.scene.shan, people=None))
    planner = actor_for("county-planner", story.scene.county.pk, "dispatch_planner")
    row = commands.draft_need(acting_as(planner), commands.NewNeed(institution=story.scene.xiang, people=None))
    assert row.code == "N0001"
    head = actor_for("head", story.scene.shan.pk, "department_head", story.scene.shan_emergency.pk)
    with pytest.raises(NotPermittedError):
        story.step(story.step(story.written(), "submit"), "approve", head)


def test_the_partner_sees_a_need_once_it_is_opened_under_their_agreement_and_only_reads(story: Needing) -> None:
    jia = story.scene.office_jia
    row = story.step(story.written(), "submit")
    with pytest.raises(NotFoundInScopeError):
        needs_queries.need(jia, row.pk)
    story.step(row, "approve", story.chief_shan)
    story.step(row, "open", agreement=story.agreement)
    assert list(needs_queries.needs(jia)) == [row]
    assert list(needs_queries.needs(story.scene.office_lin)) == []
    with pytest.raises(NotPermittedError):
        story.step(row, "stand_down", jia, reason="无人可派", reason_code="no_means")


def test_published_postings_fill_a_need_and_nothing_else_does(story: Needing) -> None:
    office, row = story.scene.office_shan, story.opened()
    line = story.line(row, story.scene.an)
    assert stands(office, row) == "open"
    commands.publish_postings(acting_as(story.scene.office_jia), story.agreement, [line.pk])
    assert stands(office, row) == "partly_filled"
    second = story.published(row, story.scene.cai)
    assert stands(office, row) == "filled"
    story.scene.step(second, "cancel", today_and(0).isoformat(), reason="计划有变", reason_code="plan_changed")
    assert stands(office, row) == "partly_filled"
    with pytest.raises(InvalidInputError):
        story.step(row, "close_short")
    story.step(row, "close_short", reason="另一名由对口医院解决", reason_code="filled_otherwise")
    assert (row.state, stands(office, row)) == ("closed", "closed")


def test_a_need_of_an_unknown_number_is_legal_and_never_filled_by_itself(story: Needing) -> None:
    row = story.opened(people=None)
    story.published(row, story.scene.an)
    story.published(row, story.scene.cai)
    assert stands(story.scene.office_shan, row) == "partly_filled"


def test_who_takes_over_sits_on_the_same_seat_and_who_breaks_off_leaves_it_empty(story: Needing) -> None:
    office, row = story.scene.office_shan, story.opened(people=1)
    posting = story.published(row, story.scene.an, 0)
    story.scene.step(posting, "arrive", today_and(0).isoformat())
    context = acting_as(story.scene.office_jia, "家中有事", "family")
    posting = commands.take_step(context, posting, "return_early", StepFacts(today_and(0)), posting.version)
    assert stands(office, row) == "open"
    other = story.published(row, story.scene.cai, 10)
    assert stands(office, row) == "filled"
    dora = make_staff(story.scene.jia, "F1", "样例己", department=story.scene.emergency)
    context = acting_as(story.scene.office_jia, "临时有任务", "home_need")
    successor = commands.replace_posting(context, other, dora.pk, "P900", today_and(100), other.version)
    assert (successor.need, successor.state, stands(office, row)) == (row, "planned", "filled")


def test_a_need_whose_last_day_passed_unfilled_is_expired(story: Needing) -> None:
    row = story.opened()
    Need.objects.filter(pk=row.pk).update(starts_on=today_and(-90), ends_on=today_and(-1))
    assert stands(story.scene.office_shan, row) == "expired"
    row.refresh_from_db()
    story.step(row, "close_short", reason="期限已过", reason_code="period_over")
    assert row.state == "closed"


def test_where_a_need_stands_is_the_same_in_python_and_in_the_database(story: Needing) -> None:
    row = story.opened(people=2)
    story.published(row, story.scene.an)
    past = {"starts_on": today_and(-9), "ends_on": today_and(-1)}
    for days, state, people in itertools.product(({}, past), KEPT_STATES, (None, 1, 2)):
        Need.objects.filter(pk=row.pk).update(state=state, people=people, **days)
        (found,) = with_standing(Need.objects.filter(pk=row.pk))
        assert found.filled == 1
        assert standing(found) == standing_of(state, people, 1, is_past=bool(days))


def test_a_line_that_does_not_fit_its_need_is_not_published(story: Needing) -> None:
    row = story.opened(people=1)
    junior = story.line(row, story.scene.bo, 10, 40)
    nurse = make_staff(story.scene.jia, "N1", "样例护", profession="nurse", specialty="03")
    wrong = story.line(row, nurse, 380, 399)
    codes = {(problem.posting_id, problem.code) for problem in publication_problems([junior, wrong])}
    assert {code for pk, code in codes if pk == junior.pk} == {"need-title", "need-term-short"}
    assert {code for pk, code in codes if pk == wrong.pk} >= {"need-profession", "need-specialty", "need-period"}
    good, spare = story.line(row, story.scene.an), story.line(row, story.scene.cai)
    both = [problem.code for problem in publication_problems([good, spare]) if problem.posting_id == spare.pk]
    assert both == ["need-filled"]
    with pytest.raises(PublicationRefusedError):
        commands.publish_postings(acting_as(story.scene.office_jia), story.agreement, [junior.pk])
    elsewhere = story.line(row, story.scene.an, to=story.scene.xiang)
    assert "need-elsewhere" in [problem.code for problem in publication_problems([elsewhere])]
    story.step(row, "stand_down", reason="不再需要", reason_code="need_gone")
    assert "need-not-open" in [problem.code for problem in publication_problems([good])]
    assert {code for _pk, code in codes} | {"need-filled", "need-not-open", "need-elsewhere"} == set(NEED_PROBLEM_TEXTS)


def test_a_line_names_only_a_need_that_its_writer_sees_and_that_wants_somebody(story: Needing) -> None:
    hidden = story.step(story.written(), "submit")
    with pytest.raises(InvalidInputError) as refused:
        story.line(hidden, story.scene.an)
    assert refused.value.params["reason"] == "need-unknown"
    row = story.opened()
    line = story.line(row, story.scene.an)
    commands.change_posting(acting_as(story.scene.office_jia), line, {"need_id": None}, line.version)
    assert line.need is None


def test_the_installer_writes_and_approves_needs_of_the_past(story: Needing) -> None:
    row = commands.draft_need(
        as_service(),
        commands.NewNeed(
            institution=story.scene.shan,
            people=1,
            profession="nurse",
            starts_on=today_and(0),
            ends_on=today_and(9),
            reason_code="other",
            reason="样例",
        ),
    )
    for name in ("submit", "approve", "open"):
        commands.take_need_step(as_service(), row, name, row.version)
    assert row.state == "open"
