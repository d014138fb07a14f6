"""What visits and actions show on the pages of an agreement, an institution, a person and a posting."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.accounts.actors import Actor
from lianyi.exchanges import commands
from lianyi.exchanges.commands import NewRecognition
from lianyi.exchanges.models import Recognition
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, status_of, words
from tests.exchanges.visits_story import Visiting, visiting


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


def thanked(story: Visiting, code: str = "TH-1", actor: Actor | None = None, **more: object) -> Recognition:
    facts: dict[str, object] = {
        "code": code,
        "kind": "thanks",
        "given_on": today_and(-3),
        "given_by_id": story.scene.shan.pk,
        "agreement_id": story.agreement.pk,
        "to_staff_id": story.member.pk,
        "what_for_zh": "样例：守夜班",
        "what_for_en": f"Sample: nights of {code}",
        **more,
    }
    return commands.give_recognition(acting_as(actor or story.shan), NewRecognition(**facts))  # type: ignore[arg-type]


def test_the_page_of_an_agreement_shows_what_was_promised_the_points_and_what_is_to_do(story: Visiting) -> None:
    story.scene.duty(story.agreement, "D07", "visits_held", "4", "visit")
    row = story.made(due=-5)
    story.closed(story.made(story.raised(statement_zh="样例：另一件")), on=-1)
    thanked(story)
    html = page_of(client_of(story.jia), "exchanges:agreement", story.agreement.pk)
    text = words(html)
    assert 'aria-current="page">Visits and actions</a>' in html
    promised = text[text.index("Promised against delivered") : text.index("Where the points stand")]
    assert "4 visits" in promised
    assert "1 late 1 closed since" in text
    assert ("Visits 1" in text, "Open actions 1" in text, "Recognition and thanks 1" in text) == (True, True, True)
    assert row.get_absolute_url() in html[html.index("Open actions") :]
    assert reverse("exchanges:agreement-points", args=[story.agreement.pk]) in html
    new = page_of(client_of(story.jia), "exchanges:visit-new", agreement=story.agreement.pk)
    assert f'<option value="{story.agreement.pk}" selected>' in new


def test_the_actions_of_an_agreement_and_an_institution_hold_no_difficulty_whoever_looks(story: Visiting) -> None:
    point = story.difficulty()
    made = story.made(point, actor=story.shan, title_en="Secret: mend the roof")
    for actor in (story.jia, story.shan, story.posted):
        client = client_of(actor)
        pages = [page_of(client, "exchanges:agreement", story.agreement.pk)]
        pages += [
            page_of(client, "registry:institution-detail", each.pk) for each in (story.scene.shan, story.scene.jia)
        ]
        if actor is not story.shan:
            pages.append(page_of(client, "dispatch:person", story.member.pk))
        for html in pages:
            assert [word for word in ("秘密", "Secret", made.code, str(point)) if word in html] == []


def test_an_institution_shows_its_visits_and_what_it_has_to_do(story: Visiting) -> None:
    story.made()
    shan = words(page_of(client_of(story.shan), "registry:institution-detail", story.scene.shan.pk))
    assert ("Visits 1" in shan, "Open actions 1" in shan) == (True, True)
    jia = words(page_of(client_of(story.jia), "registry:institution-detail", story.scene.jia.pk))
    assert ("Visits 1" in jia, "Open actions" in jia) == (True, False)


def test_recognition_stands_on_the_record_of_the_person_and_on_the_posting(story: Visiting) -> None:
    posting = story.scene.stayed(story.agreement, story.member, str(today_and(-30)), str(today_and(-2)))
    before = thanked(story, "TH-0", given_on=today_and(-60))
    during = thanked(story)
    elsewhere = thanked(story, "TH-2", agreement_id=None)
    taken_back = thanked(story, "TH-3")
    commands.take_back_recognition(acting_as(story.shan, "写错了"), taken_back, taken_back.version)
    client = client_of(story.jia)
    for page in ("dispatch:person", "registry:staff-detail"):
        html = page_of(client, page, story.member.pk)
        found = [each.get_absolute_url() in html for each in (before, during, elsewhere, taken_back)]
        assert found == [True, True, True, False]
    html = page_of(client, "dispatch:posting", posting.pk)
    assert "Sample: nights of TH-1" in html
    assert [each.get_absolute_url() in html for each in (before, during, elsewhere)] == [False, True, False]


def test_who_may_not_read_visits_gets_neither_tab_nor_page(story: Visiting) -> None:
    steward = client_of(actor_for("steward", story.scene.shan.pk, "registry_steward"))
    assert "Visits" not in words(page_of(steward, "registry:institution-detail", story.scene.shan.pk)).split()
    assert status_of(steward, "exchanges:agreement", story.agreement.pk) in (403, 404)


def test_more_visits_and_thanks_cost_the_pages_no_more_queries(story: Visiting) -> None:
    client = client_of(story.jia)
    pages = (
        ("exchanges:agreement", story.agreement.pk),
        ("registry:institution-detail", story.scene.shan.pk),
        ("dispatch:person", story.member.pk),
    )

    def grow(tag: str, number: int) -> None:
        for at in range(number):
            story.made(story.raised(story.held(f"{tag}{at}", -50 + at)))
            thanked(story, f"T-{tag}{at}")

    grow("A", 2)
    few = [queries_for(client, *each) for each in pages]
    grow("B", 5)
    # One more for each section whose list goes on behind it, for how many there are.
    assert [queries_for(client, *each) - before for each, before in zip(pages, few, strict=True)] == [3, 2, 1]
