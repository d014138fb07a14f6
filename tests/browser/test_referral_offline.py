"""A township doctor works while the network is away, in a real browser with a real service worker."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

DOCTOR = "dianshang-doctor"
PAGE = "/referrals/offline/"
CODE = "quiet-7"
PATIENT = "样例离线患者甲"
ADVISED = "样例离线会诊患者"
# Everything that the browser's database holds, with bytes as their numbers and as text.
RAW = """async () => {
  const database = await new Promise((resolve, reject) => {
    const asked = indexedDB.open("lianyi-offline");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const plain = (value) => {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    const text = (encoding) => new TextDecoder(encoding).decode(value);
    if (value instanceof Uint8Array) return text("utf-8") + text("latin1");
    if (value instanceof CryptoKey) return {isKey: true, extractable: value.extractable};
    if (Array.isArray(value)) return value.map(plain);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
    return value;
  };
  const found = {};
  for (const store of database.objectStoreNames) {
    found[store] = await new Promise((resolve, reject) => {
      const asked = database.transaction(store).objectStore(store).getAll();
      asked.onsuccess = () => resolve(asked.result.map(plain));
      asked.onerror = () => reject(asked.error);
    });
  }
  database.close();
  return found;
}"""
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""


def raw(visitor: Visitor) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = visitor.page.evaluate(RAW)
    return found


def set_up(visitor: Visitor, language: str) -> None:
    visitor.log_in(DOCTOR, language)
    visitor.open(PAGE)
    page = visitor.page
    page.locator("#setup-name").fill("样例诊室一号")
    page.locator("#setup-code").fill(CODE)
    page.locator("#setup-again").fill(CODE)
    page.locator("#setup-form button").click()
    expect(page.locator("#desk")).to_be_visible()
    # The lists for the form come with the first exchange.
    expect(page.locator("#write-place form")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("#exchanged")).to_contain_text(":")
    visitor.check()


def unlock(visitor: Visitor) -> None:
    visitor.page.locator("#unlock-code").fill(CODE)
    visitor.page.locator("#unlock-form button").click()
    expect(visitor.page.locator("#desk")).to_be_visible()


def go_offline(visitor: Visitor) -> None:
    visitor.context.set_offline(True)
    expect(visitor.page.locator("#network")).to_have_text(visitor.words("无网络", "without network"))
    reached = visitor.page.evaluate("fetch('/healthz').then(() => true, () => false)")
    assert reached is False


def write(visitor: Visitor, name: str, problem: str = "fracture", override: str = "only_able") -> None:
    """Fill the form of a routine referral with something in every field that must not stay empty."""
    page = visitor.page
    form = page.locator("#write-place form")
    form.locator("[name=urgency]").select_option("routine")
    form.locator("[name=name]").fill(name)
    form.locator("[name=problem_code]").select_option(problem)
    form.locator("[name=reason]").select_option("needs_tests")
    hospital = re.compile("长治市第二人民医院|Changzhi Second")
    receiver = form.locator("[name=receiver] option").filter(has_text=hospital).get_attribute("value")
    form.locator("[name=receiver]").select_option(receiver)
    form.locator("[name=override_code]").select_option(override)
    form.locator("[name=has_consent]").check()
    fill_items(form)
    form.locator("button").click()


def write_consultation(visitor: Visitor, name: str) -> None:
    """Fill the form of written advice with something in every field that must not stay empty."""
    form = visitor.page.locator("#consult-place form")
    form.locator("[name=name]").fill(name)
    hospital = re.compile("长治市第二人民医院|Changzhi Second")
    receiver = form.locator("[name=receiver] option").filter(has_text=hospital).get_attribute("value")
    form.locator("[name=receiver]").select_option(receiver)
    form.locator("[name=specialty]").select_option("04.03")
    form.locator("[name=problem_code]").select_option("fracture")
    form.locator("[name=question]").fill("样例：下一步如何处理？")
    form.locator("[name=has_consent]").check()
    fill_items(form)
    form.locator("button").click()


def fill_items(form: Locator) -> None:
    for field in form.locator("[name^='item:'][required]").all():
        kind = field.evaluate("each => each.tagName === 'SELECT' ? 'select' : each.type")
        if kind == "select":
            field.select_option(index=1)
        elif kind == "number":
            field.fill(field.get_attribute("min") or "1")
        elif kind == "date":
            field.fill("2026-01-05")
        elif kind == "datetime-local":
            field.fill("2026-01-05T03:00")
        else:
            field.fill("样例")


def unsent(visitor: Visitor) -> str | None:
    return visitor.page.locator("#unsent").get_attribute("data-count")


def rows_in_database(folder: Path, name: str) -> int:
    with sqlite3.connect(folder / "home" / "lianyi.sqlite3") as database:
        (count,) = database.execute(
            "SELECT COUNT(*) FROM referrals_leg leg JOIN referrals_request request ON request.id = leg.request_id "
            "JOIN referrals_patientidentity patient ON patient.journey_id = request.journey_id "
            "WHERE patient.name = ? AND leg.state != 'draft'",
            (name,),
        ).fetchone()
    return int(count)


def consultations_in_database(folder: Path, name: str) -> list[str]:
    """Return the states of the consultations about a patient."""
    with sqlite3.connect(folder / "home" / "lianyi.sqlite3") as database:
        rows = database.execute(
            "SELECT consultation.state FROM referrals_consultation consultation "
            "JOIN referrals_patientidentity patient ON patient.journey_id = consultation.journey_id "
            "WHERE patient.name = ?",
            (name,),
        ).fetchall()
    return [state for (state,) in rows]


@pytest.fixture(scope="module")
def folder(own_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site that these tests write to."""
    found = sorted(tmp_path_factory.getbasetemp().glob("own-site*"), key=lambda each: each.stat().st_mtime)
    return found[-1]


def test_a_referral_written_without_network_leaves_once_when_it_is_back(
    own_site: Site, new_visitor: NewVisitor, folder: Path
) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    page = visitor.page
    go_offline(visitor)
    page.reload()
    visitor.settle()
    expect(page.locator("#locked")).to_be_visible()
    unlock(visitor)
    write(visitor, PATIENT)
    expect(page.locator("#queue-place li")).to_have_count(1)
    expect(page.locator("#queue-place li")).to_contain_text(PATIENT)
    assert unsent(visitor) == "1"
    visitor.check()

    # Still there after another reload, and sealed.
    held = json.dumps(raw(visitor), ensure_ascii=False)
    assert PATIENT not in held
    assert "患者" not in held
    page.reload()
    visitor.settle()
    unlock(visitor)
    expect(page.locator("#queue-place li")).to_contain_text(PATIENT)
    assert rows_in_database(folder, PATIENT) == 0

    visitor.context.set_offline(False)
    expect(page.locator("#queue-place li")).to_have_count(0)
    assert unsent(visitor) == "0"
    assert rows_in_database(folder, PATIENT) == 1
    expect(page.locator("#cases-place")).to_contain_text(PATIENT)
    page.locator("#exchange").click()
    expect(page.locator("#notice")).to_contain_text("已收发")
    assert rows_in_database(folder, PATIENT) == 1
    assert PATIENT not in json.dumps(raw(visitor), ensure_ascii=False)


def test_a_consultation_written_without_network_is_asked_once_when_it_is_back(
    own_site: Site, new_visitor: NewVisitor, folder: Path
) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    page = visitor.page
    go_offline(visitor)
    # Nothing is kept of a form that lacks what must be given, and what is typed lives on behind the lock.
    page.locator("#consult-place form [name=name]").fill(ADVISED)
    page.locator("#consult-place form button").click()
    expect(page.locator("#consult-place .field-error")).to_contain_text("还缺")
    assert unsent(visitor) == "0"
    page.reload()
    visitor.settle()
    unlock(visitor)
    write_consultation(visitor, ADVISED)
    waiting = page.locator("#queue-place li")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text(f"{visitor.words('会诊', 'Consultation')} · {ADVISED}")
    visitor.check()
    assert ADVISED not in json.dumps(raw(visitor), ensure_ascii=False)

    # Taken back to the form and kept again, it is still one.
    waiting.locator("button").first.click()
    form = page.locator("#consult-place form")
    expect(form.locator("[name=question]")).to_have_value("样例：下一步如何处理？")
    form.locator("[name=question]").fill("样例：要不要手术？")
    form.locator("button").click()
    expect(waiting).to_have_count(1)
    assert consultations_in_database(folder, ADVISED) == []

    visitor.context.set_offline(False)
    expect(waiting).to_have_count(0)
    assert consultations_in_database(folder, ADVISED) == ["asked"]
    page.locator("#exchange").click()
    expect(page.locator("#notice")).to_contain_text("已收发")
    assert consultations_in_database(folder, ADVISED) == ["asked"]


def test_any_page_asked_for_without_network_leads_to_the_one_that_works(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "en")
    go_offline(visitor)
    visitor.page.goto(f"{own_site.url}/referrals/")
    visitor.settle()
    assert visitor.address == PAGE
    cached = visitor.page.evaluate(CACHED)
    strange = [each for each in cached if not each.startswith("/static/") and each != PAGE]
    assert strange == []


def test_a_fact_written_without_network_is_in_the_record_afterwards(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    write(visitor, "样例离线患者乙", "pneumonia")
    page = visitor.page
    case = page.locator("#cases-place article").filter(has_text="样例离线患者乙")
    expect(case).to_have_count(1)
    number = case.get_attribute("data-case")
    go_offline(visitor)
    case.locator("details").first.locator("summary").click()
    case.locator("details").first.locator("textarea").fill("样例出发")
    case.locator("details").first.locator("button").click()
    expect(page.locator("#queue-place li")).to_have_count(1)
    visitor.context.set_offline(False)
    expect(page.locator("#queue-place li")).to_have_count(0)
    visitor.open(f"/referrals/cases/{number}/")
    assert "样例出发" in visitor.text()
    assert visitor.words("事后补", "entered afterwards")[:2] in visitor.text()


def test_a_blocked_device_wipes_itself_but_asks_before_it_deletes_what_has_not_left(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    page = visitor.page
    expect(page.locator("#cases-place article").first).to_be_visible()
    go_offline(visitor)
    write(visitor, "样例离线患者丙", "heart_failure")
    expect(page.locator("#queue-place li")).to_have_count(1)
    block_all_devices(own_site, new_visitor)

    visitor.context.set_offline(False)
    # The refusal is an answer that the page expects; the visitor's own check of statuses is for pages.
    expect(page.locator("#notice")).to_contain_text("已停用")
    held = raw(visitor)
    assert (held["cases"], len(held["queue"])) == ([], 1)
    expect(page.locator("#cases-place article")).to_have_count(0)
    expect(page.locator("#queue-place li")).to_contain_text("样例离线患者丙")

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator("#remove").click()
    assert len(raw(visitor)["queue"]) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#remove").click()
    expect(page.locator("#setup")).to_be_visible()
    assert [name for name, rows in raw(visitor).items() if rows] == []


def test_a_blocked_device_without_anything_unsent_is_empty_at_the_next_contact(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "en")
    assert raw(visitor)["cases"]
    block_all_devices(own_site, new_visitor)
    visitor.page.reload()
    expect(visitor.page.locator("#setup")).to_be_visible()
    assert [name for name, rows in raw(visitor).items() if rows] == []


def block_all_devices(site: Site, new_visitor: NewVisitor) -> None:
    """Let the doctor block every device from another computer."""
    other = new_visitor(site)
    other.log_in(DOCTOR, "zh-hans")
    other.open("/referrals/offline/devices/")
    buttons = other.page.locator("main form[action$='/revoke/'] button")
    other.page.on("dialog", lambda dialog: dialog.accept())
    while buttons.count():
        other.follow(buttons.first)


def test_signing_out_deletes_the_cases_and_asks_about_what_has_not_left(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    page = visitor.page
    assert raw(visitor)["cases"]
    # Something that the site refuses stays on the device: this patient is on the way already.
    write(visitor, PATIENT, override="")
    expect(page.locator("#queue-place li")).to_contain_text("被退回")
    visitor.open("/")
    page.locator(".topbar .dropdown-toggle").click()
    button = page.locator(".topbar form[action='/logout/'] button")
    page.once("dialog", lambda dialog: dialog.dismiss())
    button.click()
    assert raw(visitor)["cases"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".topbar .dropdown-toggle").click()
    with page.expect_navigation():
        button.click()
    held = raw(visitor)
    assert (held["cases"], len(held["queue"]), len(held["profile"])) == ([], 1, 1)
    block_all_devices(own_site, new_visitor)


def test_a_refused_entry_is_changed_and_leaves(own_site: Site, new_visitor: NewVisitor, folder: Path) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "en")
    page = visitor.page
    write(visitor, "样例离线患者丁", "copd_exacerbation")
    expect(page.locator("#cases-place")).to_contain_text("样例离线患者丁")
    go_offline(visitor)
    write(visitor, "样例离线患者丁", "copd_exacerbation", override="")
    row = page.locator("#queue-place li")
    expect(row).to_have_count(1)
    visitor.context.set_offline(False)
    expect(row).to_contain_text("live referral")
    row.get_by_role("button", name="Change").click()
    page.locator("#write-place [name=override_code]").select_option("new_episode")
    page.locator("#write-place form button").click()
    expect(row).to_have_count(0)
    assert rows_in_database(folder, "样例离线患者丁") == 2


def test_the_lock_hides_everybody_and_holds_nothing_back(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    page = visitor.page
    go_offline(visitor)
    write(visitor, "样例离线患者戊", "diabetes_uncontrolled")
    page.locator("#write-place [name=name]").fill("样例半截患者")
    page.locator("#write-place [name=name]").blur()
    page.locator("#lock").click()
    expect(page.locator("#locked")).to_be_visible()
    assert "样例离线患者戊" not in page.content()
    page.locator("#unlock-code").fill("wrong-code")
    page.locator("#unlock-form button").click()
    expect(page.locator("#notice")).to_contain_text("口令不对")
    # What was written leaves behind the lock.
    visitor.context.set_offline(False)
    expect(page.locator("#locked-unsent")).to_contain_text("0")
    unlock(visitor)
    expect(page.locator("#cases-place")).to_contain_text("样例离线患者戊")
    assert page.locator("#write-place [name=name]").input_value() == "样例半截患者"


def test_a_forgotten_code_is_replaced_with_the_network(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "en")
    page = visitor.page
    page.reload()
    visitor.settle()
    page.locator("#locked summary").click()
    page.locator("#forgotten-code").fill("another-8")
    page.locator("#forgotten-again").fill("another-8")
    page.locator("#forgotten-form button").click()
    expect(page.locator("#desk")).to_be_visible()
    expect(page.locator("#cases-place article").first).to_be_visible()
    block_all_devices(own_site, new_visitor)


def test_cases_age_and_leave_the_device(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site)
    set_up(visitor, "zh-hans")
    assert raw(visitor)["cases"]
    go_offline(visitor)
    visitor.page.clock.install()
    visitor.page.clock.fast_forward(8 * 24 * 3600 * 1000)
    visitor.page.reload()
    visitor.settle()
    expect(visitor.page.locator("#notice")).to_contain_text("7天")
    assert raw(visitor)["cases"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_a_phone(own_site: Site, new_visitor: NewVisitor, language: str) -> None:
    visitor = new_visitor(own_site, PHONE)
    set_up(visitor, language)
    visitor.page.locator("#write-place [name=urgency]").select_option("emergency")
    visitor.page.locator("#write-place [name=condition]").select_option(index=1)
    for summary in visitor.page.locator("#cases-place article").first.locator("summary").all():
        summary.click()
    visitor.check()
    visitor.open("/referrals/offline/devices/")
    visitor.open("/referrals/conflicts/")
    block_all_devices(own_site, new_visitor)
