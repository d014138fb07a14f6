"""What a list of cases shows first: on a phone only the first columns are in sight."""

from __future__ import annotations

import re

from tests.dispatch.page_parts import client_of, page_of
from tests.referrals import consulting_story as tale
from tests.referrals.story import Story


def headings(html: str) -> list[str]:
    head = html[html.index("<thead") : html.index("</thead>")]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th\b.*?</th>", head, flags=re.DOTALL)]


def test_until_when_stands_beside_the_number_of_a_case(story: Story) -> None:
    story.sent()
    shown = headings(page_of(client_of(story.duty_jia), "referrals:work"))
    assert shown[:4] == ["Journey", "Due", "Urgency", "State"]


def test_until_when_and_whose_move_stand_beside_the_number_of_a_consultation(story: Story) -> None:
    tale.asked(story)
    shown = headings(page_of(client_of(story.duty_jia), "referrals:consultations"))
    assert shown[:5] == ["Number", "Due", "Urgency", "State", "Whose move"]


def test_an_empty_list_says_so_without_naming_a_button_that_the_reader_may_lack(story: Story) -> None:
    html = page_of(client_of(story.duty_jia), "referrals:work")
    assert "What needs you appears here by itself." in html
    assert "button above" not in html
