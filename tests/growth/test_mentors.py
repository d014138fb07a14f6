"""Mentors and apprentices: two people for every line, three for every level, one event counted once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError, StateRefusedError
from lianyi.errors import InvalidInputError
from lianyi.growth.commands import logbooks, mentors
from lianyi.growth.mentor_counter import count_pairs
from lianyi.growth.mentor_home import items
from lianyi.growth.mentor_levels import standing_of
from lianyi.growth.models import LevelDecision, LogbookLine, MentorPair, TechniqueCase
from lianyi.growth.queries import mentors as queries
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import CountRequest
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, day, make_staff
from tests.dispatch.page_parts import client_of, page_of, send, status_of, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.mentors_story import Mentoring, mentoring

pytestmark = pytest.mark.django_db
PAIRS = (
    "agreement_code,code,mentor_institution_code,mentor_code,apprentice_institution_code,apprentice_code,starts_on\n"
)
LINES = "pair_code,goal_number,done_on,level,count,written_side,answered_on,provenance\n"
LEVELS = "pair_code,goal_number,level,since,signer_institution_code,signer_code,answered_on,provenance\n"


@pytest.fixture
def story(scene: Scene) -> Mentoring:
    return mentoring(scene)


@pytest.fixture
def office(story: Mentoring) -> Client:
    return client_of(story.office)


@pytest.fixture
def home(story: Mentoring) -> Client:
    return client_of(story.home)


def alone_now(story: Mentoring) -> bool:
    [found] = queries.standings(story.home, day("2024-06-01"))
    return found.is_alone


def test_what_one_wrote_the_other_confirms(story: Mentoring) -> None:
    row = story.wrote("2024-01-15", "observe", 2)
    assert (row.written_side, row.state) == ("apprentice", "written")
    with pytest.raises(SeparationOfDutiesError):
        logbooks.confirm_line(acting_as(story.home), row, row.version)
    with pytest.raises(SeparationOfDutiesError):
        logbooks.confirm_line(acting_as(story.learning.head), row, row.version)
    logbooks.confirm_line(acting_as(story.office), row, row.version)
    reverse = story.wrote("2024-01-16", "observe", actor=story.office)
    assert reverse.written_side == "mentor"
    with pytest.raises(SeparationOfDutiesError):
        logbooks.confirm_line(acting_as(story.office), reverse, reverse.version)
    assert logbooks.confirm_line(acting_as(story.home), reverse, reverse.version).state == "confirmed"


def test_one_person_who_acts_on_both_sides_does_not_confirm_the_own_line(story: Mentoring) -> None:
    row = story.wrote("2024-01-15", "observe")
    both = actor_for("office-shan", story.learning.scene.jia.pk, "lead_office")
    with pytest.raises(SeparationOfDutiesError):
        logbooks.confirm_line(acting_as(both), row, row.version)


def test_the_two_themselves_write_whatever_their_institution(story: Mentoring) -> None:
    apprentice = actor_for("apprentice", story.learning.scene.shan.pk, "posted_staff")
    mentor = actor_for("mentor", story.learning.scene.shan.pk, "trainer")
    Staff.objects.filter(pk=story.pair.apprentice_id).update(user_id=apprentice.user_id)
    Staff.objects.filter(pk=story.pair.mentor_id).update(user_id=mentor.user_id)
    story.goal = queries.goal(story.home, story.goal.pk)
    row = story.wrote("2024-01-15", "observe", actor=apprentice)
    assert row.written_side == "apprentice"
    row = queries.line(mentor, row.pk)
    assert logbooks.confirm_line(acting_as(mentor), row, row.version).answered_by_id == mentor.user_id


def test_a_confirmed_line_is_the_techniques_case_once(story: Mentoring) -> None:
    known = story.learning.case("2024-01-15", "observed", 2)
    line = story.confirmed("2024-01-15", "observe", 2)
    assert (line.case_id, TechniqueCase.objects.count()) == (known.pk, 1)
    new = story.confirmed("2024-02-05", "assist", 1)
    assert new.case is not None
    assert (new.case.part, new.case.local_staff, new.case.posting) == (
        *("assisted", story.learning.local),
        story.learning.teacher,
    )
    assert TechniqueCase.objects.count() == 2
    own_words = story.add_goal(technique=None, words="样例插管")
    assert story.confirmed("2024-02-06", "assist", goal=own_words).case is None
    assert TechniqueCase.objects.count() == 2


def test_a_level_needs_its_cases_and_a_third_person(story: Mentoring) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.proposed()
    assert (refused.value.params["has"], refused.value.params["needs"]) == (0, 5)
    story.full_logbook()
    with pytest.raises(NotPermittedError):
        story.proposed(actor=story.home)
    row = story.proposed()
    with pytest.raises(SeparationOfDutiesError):
        mentors.sign_level(acting_as(story.office), row, row.version)
    Staff.objects.filter(pk=story.pair.apprentice_id).update(user_id=story.learning.head.user_id)
    row = queries.decision(story.home, row.pk)
    with pytest.raises(SeparationOfDutiesError):
        mentors.sign_level(acting_as(story.learning.head), row, row.version)
    assert not alone_now(story)
    mentors.sign_level(acting_as(story.home), row, row.version)
    assert alone_now(story)


def test_a_signed_level_does_not_stand_without_its_logbook(story: Mentoring) -> None:
    story.full_logbook()
    story.signed()
    line = LogbookLine.objects.get(level="direct")
    with pytest.raises(InvalidInputError):
        logbooks.take_back_line(acting_as(story.home), line, line.version)
    logbooks.take_back_line(acting_as(story.home, "样例：记错"), line, line.version)
    found = standing_of(queries.goal(story.home, story.goal.pk), day("2024-06-01"))
    assert (found.lacks_logbook, found.is_alone) == (True, False)


def test_a_level_refused_waits_no_more_and_may_be_proposed_again(story: Mentoring) -> None:
    story.full_logbook()
    row = story.proposed()
    with pytest.raises(StateRefusedError):
        story.proposed()
    with pytest.raises(InvalidInputError):
        mentors.refuse_level(acting_as(story.home), row, row.version)
    mentors.refuse_level(acting_as(story.home, "样例：再看两例"), row, row.version)
    with pytest.raises(StateRefusedError):
        mentors.sign_level(acting_as(story.home), row, row.version)
    assert story.proposed("distant").state == "proposed"


@pytest.mark.parametrize(
    ("on", "level", "count", "reason"),
    [
        ("2023-12-31", "observe", 1, "logbook-day"),
        ("2999-01-01", "observe", 1, "logbook-day"),
        ("2024-02-05", "sang", 1, "mentor-level-unknown"),
        ("2024-02-05", "observe", 0, "logbook-count"),
    ],
)
def test_lines_that_cannot_be_are_refused(story: Mentoring, on: str, level: str, count: int, reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        story.wrote(on, level, count)
    assert refused.value.params["reason"] == reason


def test_the_same_line_is_not_written_twice(story: Mentoring) -> None:
    row = story.wrote("2024-02-05", "assist")
    with pytest.raises(InvalidInputError) as refused:
        story.wrote("2024-02-05", "assist", 2)
    assert refused.value.params["reason"] == "logbook-twice"
    logbooks.refuse_line(acting_as(story.office, "样例：没有这回事"), row, row.version)
    assert story.wrote("2024-02-05", "assist", 2).count == 2


def test_pairs_that_cannot_be_are_refused(story: Mentoring) -> None:
    scene, agreement = story.learning.scene, story.learning.agreement
    stranger = make_staff(scene.lin, "L1", "样例外人")

    def refusal(**people: Staff) -> object:
        pair = {"mentor": scene.bo, "apprentice": story.learning.local, **people}
        new = mentors.NewPair(starts_on=day("2024-02-01"), **pair)  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError) as refused:
            mentors.create_pair(acting_as(story.office), agreement, new)
        return refused.value.params["reason"]

    assert refusal(mentor=story.learning.local) == "mentor-self"
    assert refusal(mentor=stranger) == "mentor-no-party"
    assert refusal(mentor=scene.an) == "mentor-twice"


def test_a_pair_ends_with_a_reason_and_counts_once_in_the_period_of_its_beginning(story: Mentoring) -> None:
    agreement = story.learning.agreement
    duty = story.learning.scene.duty(agreement, "D09", "mentor_pairs", "3", "pair")
    story.confirmed("2024-01-15", "observe")
    with pytest.raises(InvalidInputError):
        mentors.end_pair(acting_as(story.office), story.pair, day("2024-05-01"), story.pair.version)
    mentors.end_pair(acting_as(story.office, "样例：轮换"), story.pair, day("2024-05-01"), story.pair.version)
    spring, summer = DateSpan(day("2024-01-01"), day("2024-03-31")), DateSpan(day("2024-04-01"), day("2024-06-30"))
    first, second = count_pairs([CountRequest(duty, spring), CountRequest(duty, summer)])
    assert first is not None
    assert second is not None
    assert (first.value, first.row_ids, first.detail) == (
        *(Decimal(1), (story.pair.pk,)),
        {"with_logbook": 1, "ended": 1},
    )
    assert second.value == 0
    with pytest.raises(StateRefusedError):
        mentors.end_pair(acting_as(story.office, "样例"), story.pair, day("2024-06-01"), story.pair.version)


def test_without_any_pair_nothing_is_judged(scene: Scene) -> None:
    agreement = scene.agreement()
    duty = scene.duty(agreement, "D09", "mentor_pairs", "3", "pair")
    assert count_pairs([CountRequest(duty, DateSpan(day("2024-01-01"), day("2024-12-31")))]) == [None]


def test_the_home_page_tells_what_waits(story: Mentoring) -> None:
    story.wrote("2024-01-15", "observe", 2)
    assert [item.text for item in items(story.office)] == [
        "Line of a logbook waits for your confirmation",
        "Goal of an apprentice is overdue",
    ]
    assert [item.text for item in items(story.home)] == ["Goal of an apprentice is overdue"]


def test_a_pair_goes_its_way_on_the_pages(story: Mentoring, office: Client, home: Client) -> None:
    agreement = story.learning.agreement
    start = office.get("/growth/mentors/new/", {"agreement": agreement.pk})
    assert start.status_code == 302
    people = {"mentor": story.learning.scene.bo.pk, "apprentice": story.learning.local.pk, "starts_on": "2024-02-01"}
    send(office, "growth:mentor-new", agreement.pk, **people)
    pair = MentorPair.objects.get(mentor=story.learning.scene.bo)
    send(office, "growth:mentor-goal-new", pair.pk, words="样例洗胃", level="assist", due_on="2024-12-31")
    goal = pair.goals.get()
    line = {"goal": goal.pk, "done_on": "2024-02-05", "level": "observe", "count": 2}
    assert send(home, "growth:logbook-new", pair.pk, **line).status_code == 302
    row = LogbookLine.objects.get()
    assert status_of(home, "growth:logbook-answer", row.pk, "confirm") == 422
    page = page_of(office, "growth:logbook-answer", row.pk, "confirm")
    send(office, "growth:logbook-answer", row.pk, "confirm", expected_version=version_in(page), reason="")
    send(office, "growth:mentor-level-new", goal.pk, level="assist", since="2024-03-01")
    level = LevelDecision.objects.get()
    assert "Sign the level" in page_of(home, "growth:mentor-pair", pair.pk)
    page = page_of(home, "growth:mentor-level-answer", level.pk, "sign")
    send(home, "growth:mentor-level-answer", level.pk, "sign", expected_version=version_in(page), reason="")
    text = words(page_of(home, "growth:mentor-pair", pair.pk))
    assert "assists 2024-03-01" in text
    assert "2 confirmed cases" in text
    assert "样例洗胃" in page_of(home, "growth:mentor-alone")
    assert "样例乙" in page_of(home, "growth:mentors", words="样例乙", goes_on="yes")
    assert "样例乙" not in page_of(home, "growth:mentors", goes_on="no")


def test_what_each_apprentice_does_alone_is_told(story: Mentoring, home: Client) -> None:
    story.full_logbook()
    story.signed()
    text = words(page_of(home, "growth:mentor-alone"))
    assert "1 goals reached alone" in text
    assert "Does alone: Sample technique" in text


def test_the_tables_come_in_and_go_out_unchanged(story: Mentoring) -> None:
    scene = story.learning.scene
    make_staff(scene.shan, "H1", "样例主任", department=scene.shan_emergency)
    load(acting_as(story.office), "mentor_pairs", f"{PAIRS}JS-2024,M-A,JIA1,B1,SHAN,S1,2024-02-01\n")
    goals = "pair_code,number,words,level,due_on\n"
    load(acting_as(story.office), "mentor_goals", f"{goals}M-A,1,样例洗胃,alone,2024-12-31\n")
    lines = f"{LINES}M-A,1,2024-02-05,direct,5,apprentice,2024-02-06,sample\n"
    load(acting_as(story.home), "logbook_lines", lines)
    load(acting_as(story.home), "mentor_levels", f"{LEVELS}M-A,1,alone,2024-03-01,SHAN,H1,2024-03-02,sample\n")
    found = standing_of(queries.goals(story.home).get(pair__code="M-A"), day("2024-04-01"))
    assert found.is_alone
    for kind in ("mentor_pairs", "mentor_goals", "logbook_lines", "mentor_levels"):
        content = export_table(story.home, kind, "xlsx", "en")
        preview = running.preview_table(story.home, kind, content, f"{kind}.xlsx", "en")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("mentor_pairs", f"{PAIRS}JS-2024,M-A,JIA1,XX,SHAN,S1,2024-02-01\n", "“XX” is not known"),
        ("mentor_pairs", f"{PAIRS}JS-2024,M-A,JIA1,A1,SHAN,S1,2024-02-01\n", "mentor and apprentice under this"),
        ("logbook_lines", f"{LINES}JS-2024-M01,9,2024-02-05,assist,1,mentor,,recorded\n", "“9” is not known"),
        (
            "logbook_lines",
            f"{LINES}JS-2024-M01,1,2024-02-05,assist,1,mentor,2024-02-06,recorded\n",
            "by another person on the page",
        ),
        ("logbook_lines", f"{LINES}JS-2024-M01,1,2023-02-05,assist,1,mentor,,recorded\n", "outside the days"),
        (
            "mentor_levels",
            f"{LEVELS}JS-2024-M01,1,alone,2024-03-01,SHAN,S1,2024-03-02,sample\n",
            "a third person signs",
        ),
        (
            "mentor_levels",
            f"{LEVELS}JS-2024-M01,1,alone,2024-03-01,JIA1,B1,2024-03-02,recorded\n",
            "by another person on the page",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_itself(story: Mentoring, kind: str, text: str, said: str) -> None:
    assert said in only_reason(preview_of(story.office, kind, text))
