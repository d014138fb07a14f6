"""514 village postings in five batches in a real browser: approved, published, begun, counted.

That a search plans them and hands them over is told by tests/dispatch/test_plan_of_villages.py.
"""

from __future__ import annotations

import datetime
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.approving import (
    approve_all,
    counts,
    plan_page,
    promised_and_delivered,
    publish_all,
    record,
)
from tests.browser.conftest import NewVisitor
from tests.browser.site import Site, run_beside
from tests.browser.visitor import Visitor

PEOPLE, VILLAGES = 514, 109
AGREEMENT = "ZB-FVD-NEXT"
BATCHES = (98, 100, 102, 105, 109)
MOST_MILLISECONDS_OF_A_PRESS = 60_000
# With all lines of the plan, on a machine that does other things too.
MOST_SECONDS_OF_A_PAGE = 8.0


@dataclass(frozen=True)
class AskedBatch:
    """What the needs of one year ask for."""

    first_day: datetime.date
    people: int
    villages: int


@pytest.fixture(scope="module")
def batches(own_site: Site) -> list[AskedBatch]:
    """Write the needs and lines of five years."""
    script = Path(__file__).with_name("open_village_needs.py")
    told = [part.split("=") for part in run_beside(own_site, sys.executable, str(script)).split()]
    found = [AskedBatch(datetime.date.fromisoformat(day), int(people), int(sites)) for day, people, sites in told]
    assert tuple(each.people for each in found) == BATCHES
    return found


@pytest.mark.long
def test_514_village_postings_in_five_batches_are_approved_published_and_counted(
    own_site: Site, new_visitor: NewVisitor, batches: list[AskedBatch]
) -> None:
    lead = new_visitor(own_site)
    lead.log_in("zibo-office", "zh-hans")
    lead.page.set_default_timeout(MOST_MILLISECONDS_OF_A_PRESS)
    assert seconds_to_open(lead, f"/dispatch/approvals/?agreement={AGREEMENT}") < MOST_SECONDS_OF_A_PAGE
    # The office speaks for the hospitals that send, and for the villages of its city.
    assert [approve_all(lead, AGREEMENT) for _side in range(2)] == [PEOPLE, PEOPLE]
    plan = plan_page(lead, AGREEMENT)
    assert counts(lead) == [PEOPLE, PEOPLE, 0]
    assert seconds_to_open(lead, plan) < MOST_SECONDS_OF_A_PAGE
    assert publish_all(lead) == "已发布514行。"
    assert lines_of_batches(lead) == [(str(people), "0", "0") for people in BATCHES]
    assert record(lead, "arrive", 0, str(batches[0].first_day)) == f"已为{BATCHES[0]}人登记。"
    assert lines_of_batches(lead)[0] == (str(BATCHES[0]), "0", str(BATCHES[0]))
    reader = new_visitor(own_site)
    reader.log_in("zibo-office", "en")
    assert promised_and_delivered(reader, plan) == [
        ("514 persons", str(BATCHES[0]), "running"),
        ("5 batches", "1", "running"),
        (f"{VILLAGES} institutions", str(batches[0].villages), "running"),
    ]
    assert [line[1:] for line in promised_and_delivered(lead, plan)] == [
        (str(BATCHES[0]), "进行中"),
        ("1", "进行中"),
        (str(batches[0].villages), "进行中"),
    ]


def seconds_to_open(visitor: Visitor, address: str) -> float:
    """Return how long the server takes for a page."""
    began = time.monotonic()
    assert visitor.context.request.get(f"{visitor.site.url}{address}").ok
    return time.monotonic() - began


def lines_of_batches(visitor: Visitor) -> list[tuple[str, ...]]:
    """Return lines, lines not published, and people who came, of each batch on the plan that stands open."""
    rows = visitor.page.locator("section:has(#batches) tbody tr").all()
    return [tuple(row.locator("td.numeric").nth(at).inner_text() for at in range(3)) for row in rows]
