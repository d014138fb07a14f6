"""People at work: approvals, publication, absences, events, and two people on one record."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import Visitor

AGREEMENT = "HC-CH-2026"


@pytest.fixture
def person(own_site: Site, new_visitor: NewVisitor):
    """Let somebody sit down at a desk of their own, in English."""

    def sit_down(username: str) -> Visitor:
        visitor = new_visitor(own_site)
        visitor.log_in(username, "en")
        return visitor

    return sit_down


def open_agreement(visitor: Visitor) -> None:
    visitor.open("/partnerships/agreements/")
    visitor.follow(visitor.page.locator("#list").get_by_role("link", name=AGREEMENT, exact=True))


def approve(visitor: Visitor, code: str) -> None:
    """Answer from the list of postings that wait for this person."""
    visitor.follow(visitor.page.get_by_role("link", name=re.compile("wait for your approval")))
    row = visitor.page.locator("#list tbody tr").filter(has=visitor.page.get_by_role("link", name=code, exact=True))
    row.get_by_role("checkbox").check()
    visitor.follow(visitor.page.get_by_role("button", name="Approve the ticked lines"))
    expect(row).to_have_count(0)


def test_a_line_is_approved_by_three_sides_and_published(person) -> None:
    approve(person("ceheng-office"), "P09")
    approve(person("huicheng-head"), "P09")
    lead = person("huicheng-office")
    approve(lead, "P09")
    open_agreement(lead)
    lead.follow(lead.page.locator(".tabs a[href*='/dispatch/plan/']"))
    assert [each.split() for each in lead.page.locator(".counts .count").all_inner_texts()] == [
        ["6", "lines"],
        ["1", "ready"],
        ["5", "with", "problems"],
    ]
    lead.follow(lead.page.get_by_role("button", name="Publish 1 line without problems"))
    expect(lead.page.locator(".notice-success")).to_have_text("1 line is published.")
    rows = lead.page.locator("#list tbody tr")
    expect(rows).to_have_count(5)
    for text in rows.all_inner_texts():
        assert "The approval is missing: home hospital." in text
    lead.open(f"/dispatch/postings/?agreement={AGREEMENT}&q=P09")
    lead.follow(lead.page.locator("#list tbody").get_by_role("link", name="P09", exact=True))
    assert "planned" in lead.page.locator("h1").inner_text()
    assert lead.page.locator(".tag-good", has_text="approved").count() == 3


def test_lines_that_cannot_be_published_say_why(person) -> None:
    lead = person("huicheng-office")
    open_agreement(lead)
    lead.follow(lead.page.locator(".tabs a[href*='/dispatch/plan/']"))
    row = lead.page.locator("#list tbody tr").filter(has=lead.page.get_by_role("link", name="P12", exact=True))
    row.get_by_role("checkbox").check()
    lead.follow(lead.page.get_by_role("button", name="Publish the ticked lines"))
    told = lead.text()
    assert "The approval is missing: home department." in told
    expect(row).to_have_count(1)


def test_an_absence_is_taken_off_the_days_served(person) -> None:
    lead = person("huicheng-office")
    lead.open("/dispatch/postings/?agreement=HC-CH-2021&q=P04")
    lead.follow(lead.page.locator("#list tbody").get_by_role("link", name="P04", exact=True))
    assert "195" in lead.text("main dl.facts")
    lead.follow(lead.page.get_by_role("link", name="Note an absence"))
    lead.page.get_by_label("Kind").select_option("sick")
    lead.page.get_by_label("From").fill("2021-07-05")
    lead.page.get_by_label("To", exact=True).fill("2021-07-09")
    lead.follow(lead.page.get_by_role("button", name="Note it"))
    assert "190 195 calendar days less 5 away" in lead.text("main dl.facts")
    row = lead.page.locator("h2#absences").locator("xpath=ancestor::section").locator("tbody tr")
    assert "2021-07-05 2021-07-09 sick" in " ".join(row.inner_text().split())


def test_an_absence_outside_the_posting_is_refused_with_the_reason(person) -> None:
    lead = person("huicheng-office")
    lead.open("/dispatch/postings/?agreement=HC-CH-2021&q=P03")
    lead.follow(lead.page.locator("#list tbody").get_by_role("link", name="P03", exact=True))
    lead.follow(lead.page.get_by_role("link", name="Note an absence"))
    lead.page.get_by_label("From").fill("2022-07-05")
    lead.page.get_by_label("To", exact=True).fill("2022-07-09")
    lead.accepted_statuses = {422}
    lead.follow(lead.page.get_by_role("button", name="Note it"))
    assert lead.last_status == 422
    assert "2021-11-20" in lead.page.locator(".field-error, .notice-error").first.inner_text()
    assert lead.page.get_by_label("From").input_value() == "2022-07-05"


def test_a_double_click_puts_one_event_on_the_time_line(person) -> None:
    lead = person("huicheng-office")
    open_agreement(lead)
    lead.follow(lead.page.locator(".tabs a[href$='/timeline/']"))
    lead.follow(lead.page.get_by_role("link", name="Put on the time line"))
    lead.page.locator("[name=kind]").select_option("meeting")
    lead.page.locator("[name=happened_on]").fill("2026-10-15")
    lead.page.locator("[name=statement_zh]").fill("样例：双击测试座谈会。")
    lead.page.locator("[name=statement_en]").fill("Sample: symposium of the double click.")
    lead.page.locator("main form button").dblclick()
    lead.page.wait_for_url("**/timeline/")
    lead.check()
    assert lead.page.locator(".event-list li", has_text="Sample: symposium of the double click.").count() == 1


def promised(visitor: Visitor, duty: str) -> str:
    """Read on the agreement's page what a duty promises."""
    row = visitor.page.locator("tbody tr").filter(has=visitor.page.get_by_role("link", name=duty, exact=True))
    return " ".join(row.locator("td.numeric").first.inner_text().split())


def test_two_people_who_save_the_same_duty_see_both_versions(person) -> None:
    first, second = person("huicheng-office"), person("huicheng-office")
    for each in (first, second):
        open_agreement(each)
        each.follow(each.page.get_by_role("link", name="Send two batches", exact=True))
        each.follow(each.page.get_by_role("link", name="Change", exact=True))
        each.page.locator("[name=reason]").fill("Agreed by telephone")
    first.page.locator("[name=quantity]").fill("3")
    first.follow(first.page.get_by_role("button", name="Save"))
    assert promised(first, "Send two batches").startswith("3 batches")
    second.page.locator("[name=title_en]").fill("Send the two batches of the year")
    second.accepted_statuses = {409}
    second.follow(second.page.get_by_role("button", name="Save"))
    assert second.last_status == 409
    differing = {tuple(row.split("\t")[1:]) for row in second.page.locator("tr.differs").all_inner_texts()}
    assert ("Send two batches", "Send the two batches of the year") in differing
    assert any(now.startswith("3") and wanted.startswith("2") for now, wanted in differing)
    second.follow(second.page.get_by_role("button", name="Save mine anyway"))
    assert promised(second, "Send the two batches of the year").startswith("2 batches")
