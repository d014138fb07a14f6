"""Who learned what from whom: flows by subject, what each reached, the picture, the map, who sees what."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts.models import ReadEvent
from lianyi.dispatch.rounds_disclosure import SmallCounts
from lianyi.growth.commands import mentors, training_people
from lianyi.growth.learning_ends import Grain
from lianyi.growth.learning_filter import LearningFilter, LearningForm, subjects_of
from lianyi.growth.learning_lines import ends_of, map_of, told_passages
from lianyi.growth.learning_names import names_of
from lianyi.growth.queries.learning_flows import Asked, passages
from lianyi.methods.learning_flows import Flow, Way, flows_of
from lianyi.registry.models import Place
from tests.cast import Scene, acting_as, actor_for, day, make_staff
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, status_of, words
from tests.growth.mentors_story import Mentoring, mentoring
from tests.growth.test_secondments import seconded
from tests.growth.training_story import Teaching, teaching


@dataclass
class Learned:
    """The cast with a course, a mentor pair, a technique and a secondment: JIA1 teaches people of SHAN."""

    scene: Scene
    course: Teaching
    pair: Mentoring

    def flows(self, grain: str = Grain.INSTITUTION) -> list[Flow]:
        found = passages(self.scene.office_jia, Asked(today_and(0)))
        return flows_of(told_passages(found, grain))

    def flow(self, way: Way, learner: str = "SHAN") -> Flow:
        rows = self.flows()
        names = names_of({end for row in rows for end in (row.giver, row.learner)})  # type: ignore[misc]
        [found] = [
            row
            for row in rows
            if row.way is way and learner in (names.word(row.learner), _code(names, row.learner))  # type: ignore[arg-type]
        ]
        return found


def _code(names: object, end: object) -> str:
    row = names.institutions.get(end.institution_id)  # type: ignore[attr-defined]
    return "" if row is None else str(row.code)


@pytest.fixture
def story(scene: Scene) -> Learned:
    course = teaching(scene)
    guest = course.enrolled(name="样例村医", institution="样例卫生室")
    first, second = course.enrolled(course.learner), course.enrolled(course.other)
    row = course.held("S1")
    course.came(row, first, second, guest)
    course.came(course.held("S2", today_and(-2)), first, second)
    pair = mentoring(scene)
    pair.full_logbook()
    person = make_staff(scene.shan, "U1", "样例进修生")
    seconded(scene, course.agreement, person, today_and(-100), today_and(-50))
    return Learned(scene, course, pair)


@pytest.fixture
def office(story: Learned) -> Client:
    return client_of(story.scene.office_jia)


def test_attendance_makes_a_flow_that_counts_each_person_once(story: Learned) -> None:
    flow = story.flow(Way.COURSE)
    assert (flow.people, flow.reached) == (2, 0)
    assert (flow.first_on, flow.last_on) == (today_and(-2), today_and(-1))
    assert story.flow(Way.COURSE, "样例卫生室").people == 1


def test_who_got_the_certificate_has_reached_it_and_a_revoked_one_has_not(story: Learned) -> None:
    course = story.course
    person = course.course.enrolments.get(staff=course.learner)
    training_people.issue_certificates(acting_as(course.office), course.course, [person.pk])
    assert story.flow(Way.COURSE).reached == 1
    paper = person.certificates.get()
    training_people.revoke_certificate(acting_as(course.office, "错发"), paper, paper.version)
    assert story.flow(Way.COURSE).reached == 0


def test_a_mentor_pair_reaches_its_goal_with_the_signed_level_only(story: Learned) -> None:
    assert (story.flow(Way.MENTOR).people, story.flow(Way.MENTOR).reached) == (1, 0)
    story.pair.signed()
    flow = story.flow(Way.MENTOR)
    assert (flow.reached, flow.first_on) == (1, day("2024-01-02"))
    assert [row.outcome for row in flow.rows] == ["does it alone"]  # type: ignore[attr-defined]


def test_a_pair_without_goals_stands_there_as_well(story: Learned) -> None:
    new = mentors.NewPair(mentor=story.scene.bo, apprentice=story.pair.learning.local, starts_on=day("2024-02-01"))
    mentors.create_pair(acting_as(story.scene.office_jia), story.pair.learning.agreement, new)
    assert sorted(row.subject.key for row in story.flows() if row.way is Way.MENTOR) == [  # type: ignore[attr-defined]
        "none",
        "words-样例技术",
    ]


def test_cases_beside_a_visiting_person_are_learning_and_one_alone_is_what_was_reached(story: Learned) -> None:
    flow = story.flow(Way.TECHNIQUE)
    assert (flow.people, flow.reached, flow.last_on) == (1, 0, day("2024-03-04"))
    story.pair.learning.case("2024-05-06", "alone")
    flow = story.flow(Way.TECHNIQUE)
    assert (flow.reached, flow.last_on) == (1, day("2024-03-04"))


def test_the_technique_of_a_goal_and_that_of_the_cases_are_one_subject(story: Learned) -> None:
    assert story.flow(Way.MENTOR).subject == story.flow(Way.TECHNIQUE).subject


def test_a_secondment_up_flows_back_to_the_home_institution(story: Learned) -> None:
    flow = story.flow(Way.SECONDMENT)
    assert (flow.people, flow.first_on, flow.last_on) == (1, today_and(-100), today_and(-50))


def test_departments_and_people_are_told_apart_when_asked(story: Learned) -> None:
    by_person = [row for row in story.flows(Grain.PERSON) if row.way is Way.COURSE]
    assert sorted(row.people for row in by_person) == [1, 1, 1]
    [by_department] = [row for row in story.flows(Grain.DEPARTMENT) if row.way is Way.TECHNIQUE]
    learner = by_department.learner
    assert (learner.department_id, learner.staff_id) == (story.scene.shan_emergency.pk, None)  # type: ignore[attr-defined]


def asked(story: Learned, **query: str) -> list[Flow]:
    found = passages(story.scene.office_jia, Asked(today_and(0)))
    chosen = LearningFilter(LearningForm(query, subjects_of(found), names_people=True))  # type: ignore[arg-type]
    return flows_of(told_passages(chosen.left(found, today_and(0)), chosen.grain), chosen.period(today_and(0)).end)


def test_days_kind_subject_and_institution_narrow_it_down(story: Learned) -> None:
    assert {row.way for row in asked(story, since="2024-01-01", until="2024-12-31")} == {Way.MENTOR, Way.TECHNIQUE}
    assert {row.way for row in asked(story, way="secondment")} == {Way.SECONDMENT}
    assert {row.way for row in asked(story, subject="words-样例技术")} == {Way.MENTOR, Way.TECHNIQUE}
    assert asked(story, institution="LIN") == []
    assert len(asked(story, institution="JIA1")) == len(story.flows())


def test_what_was_reached_after_the_last_day_asked_for_is_not_told(story: Learned) -> None:
    story.pair.learning.case("2024-05-06", "alone")
    [row] = asked(story, way="technique", since="2024-01-01", until="2024-04-30")
    assert row.reached == 0


def test_days_in_the_wrong_order_show_nothing_and_say_so(office: Client) -> None:
    page = page_of(office, "growth:learned", since="2024-05-01", until="2024-01-01")
    assert "lies before the first" in page
    assert "learned-bar" not in page


def test_the_page_shows_picture_map_and_table_with_links_to_the_rows(story: Learned, office: Client) -> None:
    Place.objects.filter(pk=story.scene.city.pk).update(longitude=104.0, latitude=30.6, given_coordinate_system="wgs84")
    Place.objects.filter(pk=story.scene.county.pk).update(
        longitude=104.5, latitude=31.0, given_coordinate_system="wgs84"
    )
    page = page_of(office, "growth:learned")
    assert (page.count("learned-bar"), "learning-map" in page) == (6, True)
    assert story.pair.pair.get_absolute_url() in page
    assert story.course.course.get_absolute_url() in page
    assert story.pair.learning.technique.get_absolute_url() in page
    own = page_of(office, "growth:learned-of", story.course.agreement.pk)
    assert ("Sample ECG course" in own, "Sample technique" in own) == (True, False)


def test_the_map_joins_all_ways_between_two_institutions_and_counts_a_person_once(story: Learned) -> None:
    Place.objects.filter(pk=story.scene.city.pk).update(longitude=104.0, latitude=30.6, given_coordinate_system="wgs84")
    Place.objects.filter(pk=story.scene.county.pk).update(
        longitude=104.5, latitude=31.0, given_coordinate_system="wgs84"
    )
    found = passages(story.scene.office_jia, Asked(today_and(0)))
    chart = map_of(found, names_of(ends_of(found)), SmallCounts())
    assert chart is not None
    # Two of the course, one apprentice who also does the technique, one who was away.
    assert [list(row[1:]) for row in chart.table.rows] == [["山县人民医院", "4"]]
    [arrow] = chart.option["series"][0]["data"]
    assert arrow["coords"] == [[104.0, 30.6], [104.5, 31.0]]


def test_only_who_keeps_training_sees_people_and_that_reading_is_noted(story: Learned, office: Client) -> None:
    assert "样例学员一" not in page_of(office, "growth:learned")
    before = ReadEvent.objects.count()
    shan = client_of(story.scene.office_shan)
    assert "样例学员一" in page_of(shan, "growth:learned", grain="person")
    assert ReadEvent.objects.count() == before + 1
    planner = client_of(actor_for("planner-shan", story.scene.shan.pk, "dispatch_planner"))
    assert "样例学员一" not in page_of(planner, "growth:learned", grain="person")


def test_a_commission_sees_no_small_counts_no_people_and_no_links(story: Learned) -> None:
    viewer = client_of(actor_for("viewer", story.scene.county.pk, "commission_viewer"))
    page = words(page_of(viewer, "growth:learned"))
    assert ("fewer than" in page, "样例学员一" in page, "You see counts" in page) == (True, False, True)
    html = page_of(viewer, "growth:learned")
    assert story.pair.pair.get_absolute_url() not in html
    exported = viewer.get(reverse("growth:learned"), {"export": "csv"}).content.decode("utf-8-sig")
    assert ("fewer than 5" in exported, "JS-" in exported) == (True, False)


def test_an_outsider_sees_nothing_and_who_has_no_part_in_training_is_refused(story: Learned) -> None:
    outside = client_of(story.scene.office_lin)
    assert "Nobody within your reach has learned" in page_of(outside, "growth:learned")
    assert status_of(outside, "growth:learned-of", story.course.agreement.pk) == 404
    steward = client_of(actor_for("steward-shan", story.scene.shan.pk, "registry_steward"))
    assert status_of(steward, "growth:learned") == 403


def test_the_number_of_queries_does_not_grow_with_the_people(story: Learned, office: Client) -> None:
    few = queries_for(office, "growth:learned")
    for number in range(12):
        row = story.course.enrolled(name=f"样例客人{number}", institution=f"样例诊所{number}")
        story.course.came(story.course.course.sessions.get(code="S1"), row)
        story.pair.learning.case(f"2024-05-{number + 1:02d}", "supervised", count=1, note=str(number))
    assert queries_for(office, "growth:learned") == few
