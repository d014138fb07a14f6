"""What growth shows on the pages of an agreement, an institution, a department, a person and a posting."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from lianyi.accounts.models import ReadEvent
from lianyi.growth.commands.field_log import NewEntry, write_entry
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, status_of, words
from tests.growth.mentors_story import Mentoring, mentoring


@pytest.fixture
def story(scene: Scene) -> Mentoring:
    found = mentoring(scene)
    found.learning.alone()
    return found


def tabs_of(html: str) -> list[str]:
    """Return the words of the tabs of an agreement."""
    [nav] = re.findall(r'<nav class="tabs".*?</nav>', html, re.DOTALL)
    return re.findall(r">([^<]+)</a>", nav)


def test_the_page_of_an_agreement_tells_what_was_promised_and_what_grows(story: Mentoring) -> None:
    client = client_of(story.office)
    agreement = story.learning.agreement
    html = page_of(client, "growth:agreement", agreement.pk)
    text = words(html)
    promised = text[text.index("Promised against delivered Duty") : text.index("Techniques 1")]
    assert "2 techniques" in promised
    assert 'aria-current="page">Growth</a>' in html
    assert ("Techniques 1" in text, "Mentors and apprentices 1" in text) == (True, True)
    assert story.learning.technique.get_absolute_url() in html
    assert story.pair.get_absolute_url() in html
    # What is not there yet is named once, with the way to it.
    empty = text[text.index("Nothing on record yet") :]
    assert all(word in empty for word in ("Training", "Secondments up", "Projects", "Pipeline", "Capability cycles"))


def test_the_people_on_the_page_of_an_agreement_are_noted_and_not_for_those_who_count(story: Mentoring) -> None:
    agreement = story.learning.agreement
    ReadEvent.objects.all().delete()
    page_of(client_of(story.office), "growth:agreement", agreement.pk)
    noted = ReadEvent.objects.filter(page="growth:agreement").values_list("object_type", "rows")
    assert list(noted) == [("growth.mentorpair", 1)]
    viewer = actor_for("viewer-shan", story.learning.scene.county.pk, "commission_viewer")
    text = words(page_of(client_of(viewer), "growth:agreement", agreement.pk))
    assert ("Techniques 1" in text, "样例山一" in text, "样例甲" in text) == (True, False, False)


def test_the_tab_is_there_for_those_who_may_read_growth(story: Mentoring) -> None:
    agreement = story.learning.agreement
    there = tabs_of(page_of(client_of(story.home), "partnerships:agreement", agreement.pk))
    assert there[4:8] == ["Growth", "Capability cycle", "Who learned what from whom", "Visits and actions"]
    coordinator = client_of(actor_for("coordinator", story.learning.scene.shan.pk, "referral_coordinator"))
    there = tabs_of(page_of(coordinator, "partnerships:agreement", agreement.pk))
    assert ("Growth" in there, "Visits and actions" in there) == (False, True)
    assert status_of(coordinator, "growth:agreement", agreement.pk) == 403


def test_an_institution_shows_its_techniques_and_leads_to_its_departments(story: Mentoring) -> None:
    scene = story.learning.scene
    client = client_of(story.home)
    html = page_of(client, "registry:institution-detail", scene.shan.pk)
    assert "Techniques 1" in words(html)
    assert html.count(reverse("growth:ladder", args=[scene.shan_emergency.pk])) == 2
    ladder = words(page_of(client, "growth:ladder", scene.shan_emergency.pk))
    assert ("Sample technique" in ladder, "Mentors and apprentices 1" in ladder) == (True, True)
    # JIA1 learns nothing here: its page has no empty sections of others.
    jia = page_of(client_of(story.office), "registry:institution-detail", scene.jia.pk)
    assert "Techniques" not in jia[jia.index("<main") :]


def test_a_person_shows_who_learned_from_whom_and_a_posting_its_field_log(story: Mentoring) -> None:
    learning = story.learning
    write_entry(acting_as(story.office), learning.teacher, NewEntry(day=day("2024-03-04"), outpatients=12))
    person = words(page_of(client_of(story.office), "dispatch:person", learning.scene.an.pk))
    assert "Mentors and apprentices 1" in person
    record = words(page_of(client_of(story.home), "registry:staff-detail", learning.local.pk))
    assert "Mentors and apprentices 1" in record
    posting = words(page_of(client_of(story.office), "dispatch:posting", learning.teacher.pk))
    assert "Field log 1" in posting
    assert "2024-03-04" in posting[posting.index("Field log 1") :]


def test_more_techniques_cost_the_pages_no_more_queries(story: Mentoring) -> None:
    learning = story.learning
    client = client_of(story.office)
    pages = (
        ("growth:agreement", learning.agreement.pk),
        ("registry:institution-detail", learning.scene.shan.pk),
        ("growth:ladder", learning.scene.shan_emergency.pk),
    )
    for name in ("二", "三", "四"):
        learning.chosen(name_zh=f"样例技术{name}", name_en="Sample technique")
    few = [queries_for(client, *each) for each in pages]
    for name in ("五", "六", "七", "八", "九"):
        learning.chosen(name_zh=f"样例技术{name}", name_en="Sample technique")
    # One more where the list goes on behind the section, for how many there are.
    assert [queries_for(client, *each) - before for each, before in zip(pages, few, strict=True)] == [1, 1, 0]
