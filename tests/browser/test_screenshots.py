"""Pictures of the main pages. With LIANYI_WRITE_SCREENSHOTS=1 they go to docs/images, where the README shows them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import DESK, PHONE

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
MOST_BYTES = 250_000


@dataclass(frozen=True)
class Picture:
    name: str
    username: str
    address: str
    presses: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        return "en" if self.name.endswith("-en") else "zh-hans"


AGREEMENT = "#list tbody a"
CERTIFIED = ("#list tbody a", "main dl a[href*='/dispatch/person/']", "main td a[href*='/dispatch/certificate/']")
PICTURES = (
    Picture("home-zh", "huicheng-office", "/"),
    Picture("home-en", "huicheng-office", "/"),
    Picture("agreement-zh", "huicheng-office", "/partnerships/agreements/?q=HC-CH-2021", (AGREEMENT,)),
    Picture("agreement-en", "huicheng-office", "/partnerships/agreements/?q=HC-CH-2021", (AGREEMENT,)),
    Picture("board-zh", "huicheng-office", "/dispatch/board/?from=2026-01"),
    Picture("board-en", "zibo-office", "/dispatch/board/?from=2026-01"),
    Picture("map-en", "zibo-office", "/partnerships/agreements/?q=ZB-SZ-2018", (AGREEMENT, ".tabs a[href$='/map/']")),
    Picture("certificate-zh", "huicheng-office", "/dispatch/postings/?agreement=HC-CH-2021&q=P10", CERTIFIED),
    Picture("on-site-zh", "zibo-office", "/dispatch/on-site/"),
    Picture(
        "growth-en",
        "huicheng-office",
        "/partnerships/agreements/?q=HC-CH-2026",
        (AGREEMENT, ".tabs a[href*='/growth/agreements/']"),
    ),
    Picture("visit-zh", "ceheng-office", "/exchanges/visits/?q=HC-SYM-2027", (AGREEMENT,)),
    Picture("phone-home-zh", "huicheng-office", "/"),
    Picture("referral-work-zh", "changzhi-duty", "/referrals/"),
    Picture("referral-case-en", "changzhi-duty", "/referrals/", ("#list tbody a[href*='/referrals/cases/']",)),
    Picture("wall-zh", "changzhi-duty", "/referrals/wall/"),
    Picture("phone-referral-zh", "dianshang-doctor", "/referrals/new/"),
)


@pytest.mark.parametrize("picture", PICTURES, ids=[each.name for each in PICTURES])
def test_a_picture_of(site: Site, new_visitor: NewVisitor, picture: Picture) -> None:
    visitor = new_visitor(site, PHONE if picture.name.startswith("phone") else DESK)
    visitor.log_in(picture.username, picture.language)
    visitor.open(picture.address)
    for selector in picture.presses:
        visitor.follow(visitor.page.locator(selector).first)
    visitor.page.mouse.move(0, 0)
    visitor.page.evaluate("() => document.fonts.ready")
    content = visitor.page.screenshot(animations="disabled")
    assert len(content) < MOST_BYTES
    folders = [SCREENSHOTS]
    if os.environ.get("LIANYI_WRITE_SCREENSHOTS") == "1":
        folders.append(ROOT / "docs" / "images")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{picture.name}.png").write_bytes(content)
