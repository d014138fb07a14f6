"""Visits with several hosts and guests: who reaches them, who acts for a side, what pages and papers name."""

from __future__ import annotations

import pytest
from django.test import Client

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, SeparationOfDutiesError
from lianyi.errors import InvalidInputError
from lianyi.exchanges import commands
from lianyi.exchanges.authority import side_of
from lianyi.exchanges.models import ExchangeVisit, VisitInstitution, VisitSide
from lianyi.exchanges.papers import minutes_of
from lianyi.exchanges.queries import points as point_queries
from lianyi.exchanges.queries import visits as queries
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.exchanges.visits_story import Visiting, visiting


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


@pytest.fixture
def xiang(story: Visiting) -> Actor:
    return actor_for("office-xiang", story.scene.xiang.pk, "supported_office")


@pytest.fixture
def lin(story: Visiting) -> Actor:
    return story.scene.office_lin


def joined(story: Visiting, side: str, institution: Institution) -> VisitInstitution:
    part = VisitInstitution(position=0, side=side, institution_id=institution.pk)
    return commands.add_part(acting_as(story.jia), story.visit, part)


def fresh(story: Visiting) -> ExchangeVisit:
    return queries.visit(story.jia, story.visit.pk)


def test_a_further_host_reaches_the_visit_its_points_and_actions_and_loses_them_when_taken_back(
    story: Visiting, xiang: Actor
) -> None:
    action = story.made()
    with pytest.raises(NotFoundInScopeError):
        queries.visit(xiang, story.visit.pk)
    part = joined(story, "host", story.scene.xiang)
    assert queries.visit(xiang, story.visit.pk) == story.visit
    assert [each.pk for each in point_queries.points(xiang)] == [action.point_id]
    assert story.seen_by(xiang, action).pk == action.pk
    assert queries.not_recorded(xiang, today_and(0)).count() == 0
    assert [each.pk for each in queries.visits(xiang)] == [story.visit.pk]
    commands.take_back_part(acting_as(story.jia), part, part.version)
    with pytest.raises(NotFoundInScopeError):
        queries.visit(xiang, story.visit.pk)


def test_a_further_guest_acts_for_its_side_and_does_not_agree_to_its_own_minutes(story: Visiting, lin: Actor) -> None:
    joined(story, "guest", story.scene.lin)
    assert [side_of(each, fresh(story)) for each in (story.jia, lin, story.shan)] == [
        VisitSide.GUEST,
        VisitSide.GUEST,
        VisitSide.HOST,
    ]
    story.take(story.visit, "write_minutes", story.jia)
    with pytest.raises(SeparationOfDutiesError):
        story.take(story.visit, "agree_minutes", lin)
    assert (queries.minutes_to_agree(lin), queries.minutes_to_agree(story.shan)) == ([], [story.visit])
    story.take(story.visit, "agree_minutes", story.shan)
    assert fresh(story).state == "minutes_agreed"


def test_a_further_host_is_no_partnership_office_that_reads_difficulties(story: Visiting, xiang: Actor) -> None:
    joined(story, "host", story.scene.xiang)
    point = story.difficulty()
    assert point_queries.points_of_visit(xiang, story.visit) == []
    with pytest.raises(NotFoundInScopeError):
        point_queries.point(xiang, point.pk)
    assert "秘密" not in page_of(client_of(xiang), "exchanges:visit", story.visit.pk)


def test_an_institution_stands_once_on_one_side(story: Visiting) -> None:
    joined(story, "host", story.scene.xiang)
    for side, institution in (("guest", story.scene.xiang), ("guest", story.scene.shan), ("host", story.scene.jia)):
        with pytest.raises(InvalidInputError) as refused:
            joined(story, side, institution)
        assert refused.value.params["reason"] == "visit-twice"
    row = fresh(story)
    with pytest.raises(InvalidInputError) as refused:
        commands.change_visit(acting_as(story.jia), row, {"guest_id": story.scene.xiang.pk}, row.version)
    assert refused.value.params["reason"] == "visit-twice"


def test_pages_lists_and_papers_name_every_host_and_guest(story: Visiting) -> None:
    jia: Client = client_of(story.jia)
    pk = story.visit.pk
    assert (
        send(jia, "exchanges:visit-part-new", pk, "institutions", side="host", institution="XIANG").status_code == 302
    )
    assert send(jia, "exchanges:visit-part-new", pk, "institutions", side="guest", institution="LIN").status_code == 302
    wrong = send(jia, "exchanges:visit-part-new", pk, "institutions", side="guest", institution="LIN")
    assert (wrong.status_code, "name each of them once" in wrong.content.decode()) == (422, True)
    both = ("山县人民医院", "东乡卫生院", "甲市第一医院", "邻县人民医院")
    text = words(page_of(jia, "exchanges:visit", pk))
    assert [name for name in both if name not in text] == []
    listed = words(page_of(jia, "exchanges:visits"))
    assert ("甲市第一医院 · 邻县人民医院" in listed, "山县人民医院 · 东乡卫生院" in listed) == (True, True)
    exported = jia.get("/exchanges/visits/", {"export": "csv"}).content.decode()
    assert "山县人民医院 · 东乡卫生院" in exported
    found = page_of(jia, "exchanges:visits", institution="LIN")
    assert story.visit.get_absolute_url() in found
    paper = minutes_of(story.jia, fresh(story), today_and(0))
    assert sorted(paper.signed) == sorted(both)
    facts = {each.label: each.value for each in paper.facts}
    assert (facts["Host"], facts["Guest"]) == ("山县人民医院 · 东乡卫生院", "甲市第一医院 · 邻县人民医院")
