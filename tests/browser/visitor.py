"""A person in a browser, with everything that must hold on every page checked on each one."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Download, Locator, Page, Response, Route, ViewportSize
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.site import PASSWORD, Site

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
# What comes is waited for as long as a busy machine may need; what never comes fails the test a little later.
PATIENCE_MILLISECONDS = 40_000
LANGUAGES = ("zh-hans", "en")
# Messages of the drawing software of machines without a graphics card.
DRIVER_WORDS = ("GPU stall", "GL Driver Message")
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Nothing here plays sounds or locks the screen, so axe need not fetch the style sheets a second time.
RUN_AXE = """async (looksAtContrast) => (await axe.run(document, {
    resultTypes: ["violations"], preload: {assets: ["media"]}, rules: {"color-contrast": {enabled: looksAtContrast}},
  })).violations.map(({id, help, nodes}) =>
    `${id}: ${help} ${nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(" | ")}`)"""
# What decides the colours of a text: the elements round it with everything about them that style sheets may ask for.
TEXTS = """() => {
  const free = new Set(["id", "href", "src", "for", "name", "value", "title", "aria-label", "aria-labelledby",
    "aria-describedby", "aria-controls", "action", "datetime", "content", "lang", "placeholder"]);
  const known = new Map();
  const way = each => {
    if (!(each instanceof Element)) return "";
    if (!known.has(each)) {
      const said = [...each.attributes].filter(({name}) => !free.has(name) && !name.startsWith("hx-"));
      const turn = each.matches("tr, li") ? [...each.parentElement.children].indexOf(each) % 2 : "";
      const own = said.map(({name, value}) => `${name}=${value.slice(0, 200).replace(/[0-9]+/g, "0")}`).sort();
      known.set(each, `${way(each.parentNode)}>${each.localName}${turn}[${own.join(" ")}]`);
    }
    return known.get(each);
  };
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) found.add(way(texts.currentNode.parentNode));
  for (const each of document.querySelectorAll("input, select, textarea")) found.add(way(each));
  return [...found];
}"""
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(each => each.getBoundingClientRect().right > width + 1
    && !each.closest(".table-region, .board-drawing, .offcanvas, .tabs, .visually-hidden, svg"));
  const found = wide.slice(0, 3).map(each => each.outerHTML.slice(0, 160));
  return [`the page is ${document.documentElement.scrollWidth} wide`, ...found];
}"""


# The texts whose contrast was found enough by this worker, by the width of the page. To look at contrast takes most of
# the time of a check, and says nothing new where every text stands in the same elements as one that was looked at.
CONTRASTED: set[tuple[int, str]] = set()


@dataclass
class Visitor:
    """One browser context: its own cookies, its own record of what went wrong."""

    site: Site
    context: BrowserContext
    viewport: ViewportSize = field(default_factory=lambda: DESK)
    page: Page = field(init=False)
    language: str = "zh-hans"
    faults: list[str] = field(default_factory=list)
    accepted_statuses: set[int] = field(default_factory=set)
    last_status: int = 0

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.context.route("**/*", self._guard)
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        self.context.on("response", self._answered)
        self.page = self.context.new_page()

    def _guard(self, route: Route) -> None:
        address = route.request.url
        if address.startswith((f"{self.site.url}/", "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"outside request: {address}")
            route.abort()

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form and a page that is not there are answers, judged by their status below.
        if message.type != "error" or message.text.startswith("Failed to load resource"):
            return
        if not any(word in message.text for word in DRIVER_WORDS):
            self.faults.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if is_page:
            self.last_status = response.status
        if response.status >= 400 and not (is_page and response.status in self.accepted_statuses):
            self.faults.append(f"{response.status} of {response.request.method} {response.url}")

    # Going about

    def open(self, path: str) -> None:
        self.page.goto(self.site.url + path if path.startswith("/") else path)
        self.check()

    def follow(self, link: Locator) -> None:
        """Press a link or button that leads to another page, and look at that page."""
        with self.page.expect_navigation():
            link.click()
        self.check()

    def log_in(self, username: str, language: str) -> None:
        """Come back with the cookies of an earlier visit, or sign in and choose the language as people do."""
        who = (username, language)
        if not self._come_back(who):
            self._sign_in(username)
            self._choose_language(language)
            self.site.kept_cookies[who] = self.context.storage_state()["cookies"]
        if who in self.site.welcomed:
            self.settle()
        else:
            self.site.welcomed.add(who)
            self.check()

    def _come_back(self, who: tuple[str, str]) -> bool:
        """Open the home page with kept cookies, if there are any and nobody has signed out with them since."""
        cookies = self.site.kept_cookies.get(who)
        if cookies is None:
            return False
        self.context.add_cookies(cookies)
        self.page.goto(f"{self.site.url}/")
        if self.address.startswith("/login/"):
            self.context.clear_cookies()
            return False
        self.language = who[1]
        return True

    def _sign_in(self, username: str) -> None:
        self.page.goto(f"{self.site.url}/login/")
        self.page.locator("[name=username]").fill(username)
        self.page.locator("[name=password]").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("main form button").click()

    def _choose_language(self, language: str) -> None:
        button = self.page.locator(f".topbar button[name=language][value={language}]")
        if button.count():
            with self.page.expect_navigation():
                button.click()
        self.language = language

    def words(self, chinese: str, english: str) -> str:
        return english if self.language == "en" else chinese

    @property
    def address(self) -> str:
        """Where the visitor is, without the name of the server."""
        return self.page.url.removeprefix(self.site.url)

    def log_out(self) -> None:
        self.page.locator(".topbar .dropdown-toggle").click()
        self.follow(self.page.locator(".topbar form[action='/logout/'] button"))

    def download(self, link: Locator) -> Download:
        with self.page.expect_download() as waited:
            link.click()
        return waited.value

    # What must hold on every page

    def check(self) -> None:
        """Look at the page that stands here: finished, in the language, accessible, no wider than a phone."""
        self.settle()
        found: list[Any] = []
        shown = (self.page.locator("html").get_attribute("lang") or "").lower()
        if shown != self.language:
            found.append(f"the page's language is {shown}")
        self.page.evaluate(AXE)
        texts = {(self.viewport["width"], text) for text in self.page.evaluate(TEXTS)}
        found += self.page.evaluate(RUN_AXE, not texts <= CONTRASTED)
        if not found:
            CONTRASTED.update(texts)
        self.page.set_viewport_size(PHONE)
        found += [f"wider than a phone: {each}" for each in self._too_wide()]
        self.page.set_viewport_size(self.viewport)
        self.faults += [f"{self.page.url} ({self.language}): {each}" for each in found]

    def _too_wide(self) -> list[Any]:
        """Return what sticks out; drawings fit themselves to the new width a moment after it has changed."""
        for _attempt in range(100):
            found: list[Any] = self.page.evaluate(OVERFLOW)
            if not found:
                break
            self.page.wait_for_timeout(50)
        return found

    def settle(self) -> None:
        """Wait until the scripts have run and every chart is drawn."""
        try:
            self.page.locator("html[data-ready]").wait_for(state="attached")
        except PlaywrightTimeoutError:
            told = [f"{self.page.url}: its script never ran", *self.faults, self.text("body")]
            raise AssertionError("\n".join(told)) from None
        for chart in self.page.locator("[data-chart]").all():
            chart.and_(self.page.locator("[data-ready]")).wait_for(state="attached")

    def leave(self) -> list[str]:
        """Close the browser context and return everything that was wrong."""
        self.context.close()
        return self.faults

    def text(self, selector: str = "main") -> str:
        return " ".join(self.page.locator(selector).inner_text().split())
