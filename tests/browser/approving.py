"""What the journeys of handed-over plans share: the sides approve, the lead office publishes and records arrivals."""

from __future__ import annotations

import datetime
import zoneinfo

from tests.browser.visitor import Visitor

# Where the site stands; the machine of the test may count its days elsewhere.
SITE_ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")


def today() -> datetime.date:
    return datetime.datetime.now(SITE_ZONE).date()


def plan_page(visitor: Visitor, agreement: str) -> str:
    """Open the plan of an agreement and return its address."""
    visitor.open(f"/partnerships/agreements/?q={agreement}")
    visitor.follow(visitor.page.locator("#list").get_by_role("link", name=agreement, exact=True))
    visitor.follow(visitor.page.locator(".tabs a[href*='/dispatch/plan/']"))
    return visitor.address


def counts(visitor: Visitor) -> list[int]:
    """Return the numbers above the list of a plan: lines, ready, with problems."""
    return [int(each) for each in visitor.page.locator(".counts .count-number").all_inner_texts()]


def approve_all(visitor: Visitor, agreement: str) -> int:
    """Approve all lines of an agreement that wait for this person, with one press; return how many."""
    visitor.open(f"/dispatch/approvals/?agreement={agreement}")
    button = visitor.page.locator("#approve button[name=all]")
    lines = int("".join(filter(str.isdigit, button.inner_text())))
    # The site asks whether this is meant.
    visitor.page.once("dialog", lambda dialog: dialog.accept())
    visitor.follow(button)
    told = visitor.page.locator(".notice-success").inner_text()
    assert str(lines) in told, told
    return lines


def publish_all(visitor: Visitor) -> str:
    """Publish all lines of the plan that stands open, and return what the page says then."""
    visitor.follow(visitor.page.locator("#publish button[name=all]"))
    return visitor.page.locator(".notice-success").inner_text()


def record(visitor: Visitor, step: str, batch: int, day: str) -> str:
    """Record an arrival or an end for a whole batch of the plan that stands open, and return what the page says."""
    visitor.follow(visitor.page.locator(f"a[href$='/record/{step}/']").nth(batch))
    visitor.page.locator("[name=day]").fill(day)
    visitor.follow(visitor.page.locator("main form .btn-primary"))
    return visitor.page.locator(".notice-success").inner_text()


def promised_and_delivered(visitor: Visitor, plan: str) -> list[tuple[str, str, str]]:
    """Return promise, delivery and standing of each duty, as the first page of the agreement shows them."""
    visitor.open(plan)
    visitor.follow(visitor.page.locator(".tabs a").first)
    rows = visitor.page.locator("table:has(meter) tbody tr")
    return [
        (
            row.locator("td.numeric").nth(0).inner_text(),
            row.locator("td.numeric").nth(1).inner_text().split()[0],
            row.locator("td").nth(4).inner_text(),
        )
        for row in rows.all()
    ]
