"""Fairness and home burden from published postings; and what else follows from publishing and arriving."""

from __future__ import annotations

import csv
import dataclasses

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.dispatch import commands
from lianyi.dispatch.burden import PersonLine, WardLine, burden_of, window_of
from lianyi.dispatch.models import Candidacy, Posting
from lianyi.dispatch.pool_service import service_of
from lianyi.dispatch.stationed import StationedRule, stationed_figures
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.promises import accounts_of
from lianyi.registry.models import Department, Staff
from tests.cast import Scene, acting_as, actor_for, day, make_staff
from tests.dispatch.page_parts import client_of, page_of, queries_for, words

WINDOW = window_of(2023, 2024)


def people_of(scene: Scene) -> dict[str, PersonLine]:
    return {line.staff.code: line for line in burden_of(scene.office_jia, WINDOW).people}


def wards_of(scene: Scene) -> dict[str, WardLine]:
    return {line.department.code: line for line in burden_of(scene.office_jia, WINDOW).wards}


@pytest.fixture
def sent(scene: Scene) -> Scene:
    """An was sent in both years, a colleague of the same title not at all, Ding for a month."""
    agreement = scene.agreement("JS-2", starts_on="2023-01-01", ends_on="2024-12-31")
    make_staff(scene.jia, "A2", "样例己", department=scene.emergency)
    scene.stayed(agreement, scene.an, "2023-03-01", "2023-08-31")
    scene.stayed(agreement, scene.an, "2024-01-01", "2024-03-31")
    scene.published(agreement, scene.ding, "2024-06-01", "2024-06-30")
    scene.draft(agreement, scene.bo, "2024-07-01", "2024-09-30")
    return scene


def test_each_person_is_compared_with_others_of_the_same_title_and_specialty(sent: Scene) -> None:
    people = people_of(sent)
    an, other = people["A1"].burden, people["A2"].burden
    # March to August 2023 are 184 days, January to March 2024 are 91; the two years have 731.
    assert (an.days_away, an.postings, an.years_sent, an.peers) == (275, 2, (2023, 2024), 1)
    assert an.months_per_year == pytest.approx(12 * 275 / 731)
    assert an.peers_months_per_year == 0.0
    assert other.above_peers == pytest.approx(-12 * 275 / 731)
    assert [line.staff.code for line in people.values() if line.is_often] == ["A1"]
    # A draft is no burden; a published posting is, as planned, before anybody left.
    assert (people["B1"].burden.days_away, people["D1"].burden.days_away) == (0, 30)
    assert people["D1"].burden.above_peers is None


def test_each_department_gives_a_share_of_its_person_weeks(sent: Scene) -> None:
    wards = wards_of(sent)
    # Five people in the emergency department, one in neurosurgery, none with a day of employment on record.
    assert (wards["EM"].burden.people, wards["EM"].burden.most_away) == (5, 1)
    assert wards["EM"].burden.weeks_away == pytest.approx(275 / 7)
    assert wards["EM"].burden.share_away == pytest.approx(275 / (5 * 731))
    assert wards["NS"].burden.share_away == pytest.approx(30 / 731)
    assert (wards["EM"].least_left, wards["EM"].is_bare) == (4, False)


def test_a_department_that_kept_too_few_is_named(sent: Scene) -> None:
    Department.objects.filter(pk=sent.neurosurgery.pk).update(minimum_staff_on_duty=1)
    ward = wards_of(sent)["NS"]
    assert (ward.least_left, ward.is_bare) == (0, True)


def test_who_came_late_or_left_counts_for_the_days_employed(sent: Scene) -> None:
    Staff.objects.filter(code="A2").update(employed_from=day("2024-12-01"))
    Staff.objects.filter(code="B1").update(employed_to=day("2022-12-31"))
    people = people_of(sent)
    assert (people["A2"].burden.days_employed, "B1" in people) == (31, False)
    assert wards_of(sent)["EM"].burden.people == 4


def test_being_asked_is_counted_and_applying_is_not(sent: Scene) -> None:
    new = commands.NewInvitation(staff=sent.an, answer_by=day("2099-01-01"))
    row = commands.invite(acting_as(sent.office_jia), new)
    Candidacy.objects.filter(pk=row.pk).update(created_at="2024-05-01T00:00:00Z")
    assert people_of(sent)["A1"].times_asked == 1
    Candidacy.objects.filter(pk=row.pk).update(origin="applied")
    assert people_of(sent)["A1"].times_asked == 0


def test_only_people_and_departments_of_the_own_reach_are_counted(sent: Scene) -> None:
    assert burden_of(sent.office_lin, WINDOW).people == ()
    assert {line.staff.institution for line in burden_of(sent.office_jia, WINDOW).people} == {sent.jia}
    assert burden_of(sent.office_jia, WINDOW, sent.shan).wards == ()
    head = actor_for("head", sent.jia.pk, "department_head", sent.emergency.pk)
    for name in ("burden", "burden-wards"):
        assert client_of(head).get(reverse(f"dispatch:{name}")).status_code == 404


def test_the_pages_show_figures_picture_and_export(sent: Scene) -> None:
    client, years = client_of(sent.office_jia), {"first_year": "2023", "last_year": "2024"}
    html = words(page_of(client, "dispatch:burden", **years))
    for told in ("样例甲", "9.0", "4.5", "again and again", "1 person was sent in two or more", "0–3"):
        assert told in html
    assert html.index("样例甲") < html.index("样例己")
    for sort in ("person", "department", "-title", "months_away", "-above", "peers_per_year", "years", "asked"):
        assert "样例甲" in page_of(client, "dispatch:burden", sort=sort, **years)
    first = exported(client, "dispatch:burden", years)[1]
    assert (first[0], first[3:9]) == ("样例甲", ["9.03", "4.51", "0.0", "4.51", "2", "0"])
    assert first[9:] == ["甲市第一医院", "Emergency medicine", "2", "1"]
    html = words(page_of(client, "dispatch:burden-wards", **years))
    assert ("7.5" in html, "4.1" in html) == (True, True)
    first = exported(client, "dispatch:burden-wards", years)[1]
    assert first == ["急诊科", "甲市第一医院", "5", "39.29", "7.52", "1", "4", "2"]
    assert "样例甲" in page_of(client, "dispatch:burden", institution=str(sent.jia.pk), **years)


def exported(client: Client, name: str, query: dict[str, str]) -> list[list[str]]:
    text = client.get(reverse(name), {"export": "csv", **query}).content.decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def test_years_that_cannot_be_are_said_and_the_usual_ones_shown(sent: Scene) -> None:
    client = client_of(sent.office_jia)
    html = page_of(client, "dispatch:burden", first_year="2024", last_year="2023")
    assert ("The last year lies before the first." in html, "样例甲" in html) == (True, True)
    assert "样例甲" in page_of(client, "dispatch:burden", first_year="abc")


def test_the_pages_cost_the_same_number_of_queries_however_many_people(sent: Scene) -> None:
    client = client_of(sent.office_jia)
    few = [queries_for(client, name) for name in ("dispatch:burden", "dispatch:burden-wards")]
    for number in range(5):
        make_staff(sent.jia, f"Y{number}", f"样例{number}", department=sent.neurosurgery)
    assert [queries_for(client, name) for name in ("dispatch:burden", "dispatch:burden-wards")] == few


@dataclasses.dataclass
class Figures:
    """What a plan moves: the duty's count, the person's service, the national figure, the burden."""

    duty: object
    promotion_days: int
    stationed_doctors: int
    days_away: int


def figures(scene: Scene) -> Figures:
    agreement, end = scene.duty_row.agreement, day("2024-12-31")  # type: ignore[attr-defined]
    evidence = accounts_of([scene.duty_row], end)[0].periods[0].evidence  # type: ignore[attr-defined]
    rows = list(Posting.objects.filter(agreement=agreement).select_related("staff", "to_institution__place"))
    rule = StationedRule(minimum_title_rank=2, minimum_days=183)
    [figure] = stationed_figures(rows, rule, DateSpan(day("2024-01-01"), end), end)
    return Figures(
        0 if evidence is None else evidence.value,
        service_of(scene.an, end).promotion_days,
        figure.doctors,
        people_of(scene)["A1"].burden.days_away,
    )


def test_duties_service_credit_and_the_national_figure_follow_from_what_is_published_and_happened(
    scene: Scene,
) -> None:
    agreement = scene.agreement("JS-2024")
    scene.duty_row = agreement.duties.get()  # type: ignore[attr-defined]
    line = scene.draft(agreement, scene.an, "2024-03-01", "2024-10-31", to=scene.xiang)
    assert figures(scene) == Figures(0, 0, 0, 0)
    commands.publish_postings(acting_as(scene.office_jia), agreement, [line.pk])
    line.refresh_from_db()
    # A promise in writing is a burden of the home ward already; delivered is what happened.
    assert figures(scene) == Figures(0, 0, 0, 245)
    scene.step(line, "arrive", "2024-03-01")
    scene.step(line, "end", "2024-10-31")
    assert figures(scene) == Figures(1, 245, 1, 245)


def test_a_cancelled_posting_moves_none_of_them(scene: Scene) -> None:
    agreement = scene.agreement("JS-2024")
    scene.duty_row = agreement.duties.get()  # type: ignore[attr-defined]
    row = scene.published(agreement, scene.an, "2024-03-01", "2024-10-31", to=scene.xiang)
    scene.step(row, "cancel", "2024-02-01", reason="样例", reason_code="plan_changed")
    assert figures(scene) == Figures(0, 0, 0, 0)
