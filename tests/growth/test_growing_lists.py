"""Lists and home items of training, secondments, mentors, techniques and the field log cost no more with more rows."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting
from lianyi.growth import mentor_home, technique_home
from lianyi.growth.commands import mentors, training_people
from lianyi.growth.commands.field_log import NewEntry, write_entry
from lianyi.growth.models import DepartmentTechnique, LevelState, LogbookState, TechniqueState
from lianyi.methods.periods import add_calendar_months
from lianyi.pages.home import HomeItem
from tests.cast import Scene, acting_as, day, make_staff
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, queries_for
from tests.growth.mentors_story import Mentoring, mentoring
from tests.growth.techniques_story import Learning, learning
from tests.growth.test_secondments import seconded
from tests.growth.training_story import Teaching, teaching


@pytest.fixture
def teaching_story(scene: Scene) -> Teaching:
    return teaching(scene)


@pytest.fixture
def mentoring_story(scene: Scene) -> Mentoring:
    return mentoring(scene)


@pytest.fixture
def learning_story(scene: Scene) -> Learning:
    return learning(scene)


def test_the_lists_of_training(teaching_story: Teaching) -> None:
    story, names = teaching_story, ("courses", "sessions", "training-figures", "training-certificates")
    office = client_of(story.office)

    def one_more(number: int) -> None:
        row = story.enrolled(name=f"样例客人{number}", institution=f"样例诊所{number}")
        held = story.held(f"S{number}", today_and(-number - 1))
        story.came(held, row)
        story.tested("before", {row: "40"})
        story.tested("after", {row: "70"})

    one_more(0)
    lists = [(f"growth:{name}", ()) for name in names]
    pages = [*lists, ("growth:course", (story.course.pk,)), ("growth:session", (story.course.sessions.get().pk,))]
    few = [queries_for(office, name, *args) for name, args in pages]
    for number in range(1, 5):
        one_more(number)
    assert [queries_for(office, name, *args) for name, args in pages] == few


def test_the_list_of_certificates(teaching_story: Teaching) -> None:
    story, office = teaching_story, client_of(teaching_story.office)
    people = [story.enrolled(name=f"样例客人{at}", institution="样例诊所") for at in range(5)]
    story.came(story.held("S1"), *people)
    training_people.issue_certificates(acting_as(story.office), story.course, [people[0].pk])
    few = queries_for(office, "growth:training-certificates")
    training_people.issue_certificates(acting_as(story.office), story.course, [each.pk for each in people[1:]])
    assert queries_for(office, "growth:training-certificates") == few


def test_the_lists_of_secondments(scene: Scene) -> None:
    agreement = scene.agreement("JS-NOW", starts_on=today_and(-900).isoformat(), ends_on=today_and(400).isoformat())
    home, name = client_of(scene.office_shan), "growth:secondments"

    def one_more(number: int) -> None:
        person = make_staff(scene.shan, f"U{number}", f"样例进修生{number}")
        seconded(scene, agreement, person, today_and(-300), today_and(-200 + number))

    one_more(0)
    few = queries_for(home, name)
    for number in range(1, 5):
        one_more(number)
    assert queries_for(home, name) == few


def test_the_lists_of_the_field_log(scene: Scene) -> None:
    agreement = scene.agreement("JS-NOW", starts_on=today_and(-200).isoformat(), ends_on=today_and(200).isoformat())
    office, names = client_of(scene.office_jia), ("growth:log", "growth:log-totals")

    def one_more(staff: object, back: int) -> None:
        row = scene.published(agreement, staff, today_and(-20).isoformat(), today_and(100).isoformat())  # type: ignore[arg-type]
        scene.step(row, "arrive", today_and(-20).isoformat())
        posting = Posting.objects.select_related("staff", "team").get(pk=row.pk)
        for day_back in range(1, back):
            write_entry(acting_as(scene.office_jia), posting, NewEntry(day=today_and(-day_back), outpatients=3))

    one_more(scene.an, 2)
    few = [queries_for(office, name) for name in names]
    for number in range(3):
        one_more(make_staff(scene.jia, f"Y{number}", f"样例派驻{number}"), 5)
    assert [queries_for(office, name) for name in names] == few


def cost_of_items(provider: object, actor: Actor) -> tuple[int, list[HomeItem]]:
    with CaptureQueriesContext(connection) as captured:
        found = provider.items(actor)  # type: ignore[attr-defined]
    return len(captured), found


def test_the_lists_of_mentors_and_what_waits_on_the_home_page(mentoring_story: Mentoring) -> None:
    story, scene = mentoring_story, mentoring_story.learning.scene
    office, names = client_of(story.office), ("growth:mentors", "growth:mentor-alone")
    story.full_logbook()
    story.wrote("2024-04-01", "direct")
    story.proposed()
    few = [queries_for(office, name) for name in names]
    waiting, items = cost_of_items(mentor_home, story.office)
    assert (items[0].count, items[0].url) == (1, story.pair.get_absolute_url())
    signing, _items = cost_of_items(mentor_home, story.learning.head)
    for number in range(4):
        person = make_staff(scene.shan, f"Q{number}", f"样例学员{number}", department=scene.shan_emergency)
        new = mentors.NewPair(mentor=scene.an, apprentice=person, starts_on=day("2024-01-02"))
        pair = mentors.create_pair(acting_as(story.office), story.learning.agreement, new)
        wanted = mentors.NewGoal(level="observe", due_on=day("2024-12-31"), words="样例目标")
        goal = mentors.add_goal(acting_as(story.office), pair, wanted)
        story.wrote("2024-04-01", "observe", goal=goal)
        mentors.propose_level(acting_as(story.office), goal, "observe", day("2024-05-01"))
    assert [queries_for(office, name) for name in names] == few
    assert cost_of_items(mentor_home, story.office)[0] == waiting
    again, found = cost_of_items(mentor_home, story.learning.head)
    assert (again, [item.count for item in found if "signature" in item.text]) == (signing, [5])


def test_who_answers_and_signs_is_the_same_as_on_the_page(mentoring_story: Mentoring) -> None:
    story = mentoring_story
    story.full_logbook()
    line, level = story.wrote("2024-04-01", "direct"), story.proposed()
    told = {
        name: [item.text.split()[0] for item in mentor_home.items(actor) if "your" in item.text]
        for name, actor in (("office", story.office), ("home", story.home), ("head", story.learning.head))
    }
    assert told == {"office": ["Line"], "home": ["Level"], "head": ["Level"]}
    assert (line.state, level.state) == (LogbookState.WRITTEN, LevelState.PROPOSED)
    assert mentor_home.items(story.learning.scene.office_lin) == []


def many_techniques(story: Learning, number: int, **facts: object) -> None:
    """Put many techniques into the database at once; no part of a workflow."""
    row = story.technique
    DepartmentTechnique.objects.bulk_create(
        DepartmentTechnique(
            agreement=row.agreement,
            institution=row.institution,
            department=row.department,
            code=f"X{len(facts)}-{at}",
            name_zh=f"样例技术{at}",
            chosen_on=day("2020-01-06"),
            **facts,
        )
        for at in range(number)
    )


def test_the_home_item_of_techniques_asks_the_same_whatever_there_is(learning_story: Learning) -> None:
    story = learning_story
    story.alone()
    before, items = cost_of_items(technique_home, story.home)
    assert [item.text for item in items] == ["Technique has lapsed"]
    many_techniques(story, 40)
    many_techniques(story, 40, state=TechniqueState.SIGNED, independent_from=day("2021-01-04"))
    after, items = cost_of_items(technique_home, story.home)
    # What was signed without cases behind it is not done alone, and so cannot lapse.
    assert (after, [item.text for item in items]) == (before, ["Technique has lapsed"])


def test_very_many_that_may_have_lapsed_are_not_climbed_on_the_home_page(
    learning_story: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(technique_home, "MOST_CLIMBED", 3)
    many_techniques(learning_story, 5, state=TechniqueState.SIGNED, independent_from=day("2021-01-04"))
    [item] = technique_home.items(learning_story.home)
    assert (item.text, "standing=lapsed" in item.url) == ("More than 3 techniques may have lapsed", True)


def test_a_check_that_falls_due_is_found_whichever_day_the_department_stood_alone(learning_story: Learning) -> None:
    story, today = learning_story, timezone.localdate()
    for months, proved_later in ((6, False), (12, False), (6, True)):
        story.technique.cases.all().delete()
        alone_on = add_calendar_months(today, -months) + datetime.timedelta(days=5)
        signed_on = alone_on - datetime.timedelta(days=90) if proved_later else alone_on
        first = alone_on - datetime.timedelta(days=200)
        facts = {"chosen_on": first, "ready_on": first, "independent_from": signed_on, "state": TechniqueState.SIGNED}
        DepartmentTechnique.objects.filter(pk=story.technique.pk).update(**facts)
        story.technique.refresh_from_db()
        for part, count, back in (("observed", 2, 120), ("assisted", 2, 110), ("supervised", 5, 0)):
            day_of_it = alone_on - datetime.timedelta(days=back)
            story.technique.cases.create(
                done_on=day_of_it, part=part, count=count, local_staff=story.local, posting=story.teacher
            )
        story.technique.cases.create(done_on=alone_on, part="alone", count=1, local_staff=story.local)
        story.technique.cases.create(done_on=today_and(-3), part="alone", count=1, local_staff=story.local)
        due = [item for item in technique_home.items(story.home) if item.due_on is not None]
        assert [item.due_on for item in due] == [add_calendar_months(alone_on, months)]


def test_the_pages_of_many_institutions_read_their_teams_at_once(learning_story: Learning) -> None:
    office, story = client_of(learning_story.office), learning_story
    story.alone()
    few = queries_for(office, "growth:techniques")
    row = story.technique
    DepartmentTechnique.objects.create(
        agreement=row.agreement,
        institution=story.scene.xiang,
        department=row.department,
        code="X1",
        name_zh="样例乡镇技术",
        chosen_on=day("2024-01-08"),
    )
    assert queries_for(office, "growth:techniques") == few
