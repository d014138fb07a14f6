from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLPattern, get_resolver

import lianyi
from lianyi.accounts.models import User
from lianyi.pages import home
from lianyi.pages.home import HomeItem, HomePanel
from lianyi.web.navigation import SECTIONS
from lianyi.web.urls import NAMESPACES
from tests.web.factories import affiliate, make_user, signed_in

CSP = {
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
}
# Reached before anyone acts: what they show and do is nobody's data.
OPEN_VIEWS = {"login", "logout", "affiliation-choose", "language-set", "healthz"}
# A guest has no account: a one-time code opens one case for some hours (tests/referrals/test_partners.py).
OPEN_VIEWS |= {f"referrals:guest{part}" for part in ("", "-case", "-answer")}
# The page without network is the same for everybody; a device asks how it stands also when nobody is signed in.
OPEN_VIEWS |= {f"referrals:offline{part}" for part in ("", "-worker", "-manifest", "-session")}


def entries(client: Client) -> list[str]:
    page = client.get("/").content.decode()
    navigation = page[page.index('id="navigation"') : page.index("<main")]
    return re.findall(r"</svg>([^<]+)</a>", navigation)


def own_entries(client: Client) -> list[str]:
    """Return the navigation without the applications that have tests of their own."""
    own = {str(entry.label) for section in SECTIONS for entry in section.entries if ":" not in entry.url_name}
    own |= {"Users", "Audit trail", "Readings of person data"}
    return [label for label in entries(client) if label in own]


def test_the_navigation_shows_only_what_the_role_may_open(world):
    affiliate(make_user("steward"), world.hospital, "privacy_steward")
    assert own_entries(signed_in("admin")) == ["Home", "Users", "Audit trail", "Readings of person data"]
    assert own_entries(signed_in("steward")) == ["Home", "Audit trail", "Readings of person data"]
    assert own_entries(signed_in("doctor")) == ["Home"]


def test_every_entry_of_the_navigation_leads_to_a_page_that_exists(world):
    for role in ("administrator", "supported_office", "registry_steward"):
        affiliate(make_user(role), world.hospital, role)
        client = signed_in(role)
        page = client.get("/").content.decode()
        navigation = page[page.index('id="navigation"') : page.index("<main")]
        for address in re.findall(r'<a href="(/[^"]*)"', navigation):
            assert client.get(address).status_code == 200, address


def test_the_entry_of_the_open_page_is_marked(world):
    page = signed_in("admin").get("/accounts/users/new/").content.decode()
    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/accounts/users/"]


def views(patterns, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            found.append((f"{prefix}{pattern.name}", pattern))
        else:
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += views(pattern.url_patterns, namespace)
    return found


def test_every_view_is_closed_to_those_who_do_not_act():
    open_to_all = {
        name for name, pattern in views(get_resolver().url_patterns) if not hasattr(pattern.callback, "needs_actor")
    }
    assert open_to_all == OPEN_VIEWS


def test_the_applications_of_the_navigation_are_those_of_the_site():
    named = {entry.url_name.partition(":")[0] for section in SECTIONS for entry in section.entries} - {"home"}
    assert named >= NAMESPACES


def test_who_has_one_affiliation_acts_in_it_at_once(world):
    page = signed_in("doctor").get("/").content.decode()
    assert "<strong>Sample County Hospital</strong>" in page
    assert "Referring clinician" in page


def test_who_has_two_affiliations_chooses_and_switches(world):
    client = signed_in("office")
    assert client.get("/accounts/me/").headers["Location"] == "/affiliation/?next=%2Faccounts%2Fme%2F"
    first, second = world.office.affiliations.all()
    chosen = client.post("/affiliation/", {"affiliation": first.pk, "next": "/accounts/me/"})
    assert chosen.headers["Location"] == "/accounts/me/"
    assert "<strong>Sample County Hospital</strong>" in client.get("/").content.decode()
    client.post("/affiliation/", {"affiliation": second.pk})
    assert "<strong>Other Hospital</strong>" in client.get("/").content.decode()


def test_nobody_acts_in_the_affiliation_of_somebody_else(world):
    client = signed_in("office")
    answer = client.post("/affiliation/", {"affiliation": world.admin.affiliations.get().pk})
    assert "This affiliation is not yours" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_an_affiliation_that_ended_is_acted_in_no_longer(world):
    client = signed_in("office")
    first, second = world.office.affiliations.all()
    client.post("/affiliation/", {"affiliation": first.pk})
    world.office.affiliations.filter(pk=first.pk).update(valid_to="2020-12-31")
    assert f"<strong>{second.node.name_en}</strong>" in client.get("/").content.decode()


def test_who_has_no_affiliation_is_told_whom_to_ask(db):
    make_user("nobody")
    client = signed_in("nobody")
    page = client.get("/", follow=True).content.decode()
    assert "You have no affiliation today" in page
    assert "Ask your administrator" in page


def test_the_language_can_be_switched_before_signing_in(db, settings):
    settings.LANGUAGE_CODE = "zh-hans"
    client = Client()
    assert '<html lang="zh-Hans">' in client.get("/login/").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/login/"})
    assert answer.headers["Location"] == "/login/"
    english = client.get("/login/")
    assert '<html lang="en">' in english.content.decode()
    assert english.headers["Content-Language"] == "en"


def test_the_language_switched_by_a_person_is_kept_with_them(world):
    signed_in("doctor").post("/language/", {"language": "zh-hans"})
    assert User.objects.get(username="doctor").language == "zh-hans"


def test_a_language_that_is_not_there_changes_nothing(world):
    answer = signed_in("doctor").post("/language/", {"language": "tlh"}, follow=True)
    assert "There is no such language here." in answer.content.decode()
    assert User.objects.get(username="doctor").language == ""


def test_a_browser_that_asks_for_english_gets_english(db):
    page = Client().get("/login/", headers={"Accept-Language": "en-GB,en;q=0.9"}).content.decode()
    assert '<html lang="en">' in page


def test_no_browser_keeps_the_pages_of_a_person_after_they_left(world):
    assert signed_in("doctor").get("/").headers["Cache-Control"] == "private, no-store"
    assert '"historyCacheSize":0' in signed_in("doctor").get("/").content.decode()


PAGES = (
    "/",
    "/login/",
    "/affiliation/",
    "/accounts/me/",
    "/accounts/password/",
    "/accounts/users/",
    "/accounts/users/?q=nobody-is-called-so",
    "/accounts/users/new/",
    "/accounts/users/{admin}/",
    "/accounts/users/{admin}/password/",
    "/accounts/users/{admin}/affiliations/new/",
    "/accounts/audit/",
    "/accounts/readings/",
    "/no-such-page/",
)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_holds_inline_script_or_style_and_each_carries_the_policy(world, address):
    answer = signed_in("admin").get(address.format(admin=world.admin.pk), follow=True)
    page = answer.content.decode()
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == CSP
    for opening in re.findall(r"<script[^>]*>", page):
        assert " src=" in opening or 'type="application/json"' in opening
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", page)
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", page)


def test_the_home_page_shows_what_applications_registered(world, monkeypatch):
    providers = home._Providers(
        items=[
            lambda actor: [HomeItem("Approve postings", "/wait/", count=3)] if actor.role == "administrator" else []
        ],
        panels=[
            lambda _actor: [HomePanel("Sample agreement", "web/home_progress.html", {"promises": []}, "/agreement/")]
        ],
    )
    monkeypatch.setattr(home, "_PROVIDERS", providers)
    admin, doctor = (signed_in(name).get("/").content.decode() for name in ("admin", "doctor"))
    assert '<a href="/wait/">' in admin
    assert "Nothing waits for you now." in doctor
    assert '<a href="/agreement/">Sample agreement</a>' in admin


def test_the_sign_of_life_names_the_database(db):
    assert Client().get("/healthz").json() == {"status": "ok", "database": "ok", "version": "0.1.0"}


def test_the_sign_of_life_fails_without_a_database(monkeypatch):
    def refuse():
        raise OperationalError("no server")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_every_table_inside_a_page_can_be_sorted_and_taken_along():
    # web/table.html draws the lists too, which are sorted and exported by the server. A grid of days and hours has an
    # order of its own.
    templates = [
        each for each in Path(lianyi.__file__).parent.glob("*/templates/**/*.html") if each.name != "table.html"
    ]
    unmarked = [
        f"{each.name}: {table}"
        for each in templates
        for table in re.findall(r"<table[^>]*>", each.read_text(encoding="utf-8"))
        if "data-small-table" not in table and "data-grid" not in table
    ]
    assert unmarked == []
