"""Fixtures of the browser tests: one demo, one server and one Chromium for each worker."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.site import Site, load_demo, serving
from tests.browser.visitor import DESK, PATIENCE_MILLISECONDS, Visitor
from tests.made_once import made_once

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
)
NewVisitor = Callable[..., Visitor]
expect.set_options(timeout=PATIENCE_MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium."""
    named = os.environ.get("LIANYI_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if Path(named).is_file():
        return named
    reason = f"THE BROWSER TESTS DID NOT RUN: there is no Chromium at {named}. Install the system's package chromium."
    if os.environ.get("LIANYI_TEST_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def demo(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "demo", load_demo)


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as the demo leaves it: tests only read here."""
    with serving(demo, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
def own_site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of the module's own, for tests that write."""
    with serving(demo, tmp_path_factory.mktemp("own-site")) as running:
        yield running


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[NewVisitor]:
    """Make people with a browser of their own; what went wrong in any of them fails the test."""
    made: list[Visitor] = []

    def make(site: Site, viewport: ViewportSize | None = None) -> Visitor:
        size = viewport or DESK
        context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", accept_downloads=True
        )
        visitor = Visitor(site, context, viewport=size)
        made.append(visitor)
        return visitor

    yield make
    faults = [fault for visitor in made for fault in visitor.leave()]
    assert not faults, "\n".join(faults)


@pytest.fixture
def visitor(site: Site, new_visitor: NewVisitor) -> Visitor:
    """A person at a desk in front of the unchanged demo."""
    return new_visitor(site)
