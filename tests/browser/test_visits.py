"""Visits in a real browser: a symposium with reports and difficulties, an inspection with demands followed up."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def day(days: int = 0) -> str:
    today = datetime.date.today()  # noqa: DTZ011 - the day of the machine, as the site has it
    return str(today + datetime.timedelta(days=days))


@dataclass(frozen=True)
class Meeting:
    """A visit as its journey writes it."""

    code: str
    agreement: str
    kind: str
    host: str
    guest: str


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary"))


def fill(visitor: Visitor, **values: str) -> None:
    for name, value in values.items():
        visitor.page.locator(f"main form [name={name}]").fill(value)


def choose(visitor: Visitor, name: str, value: str) -> None:
    visitor.page.locator(f"main form [name={name}]").select_option(value)


def write(visitor: Visitor, meeting: Meeting) -> str:
    """Plan a visit, record that it was held today, and return its address."""
    visitor.open("/exchanges/visits/new/")
    option = visitor.page.locator("[name=agreement] option", has_text=meeting.agreement)
    choose(visitor, "agreement", str(option.get_attribute("value")))
    choose(visitor, "kind", meeting.kind)
    fill(visitor, code=meeting.code, title_zh=f"样例 {meeting.code}", title_en=f"Sample {meeting.code}")
    fill(visitor, starts_on=day(), ends_on=day(), host=meeting.host, guest=meeting.guest)
    send(visitor)
    address = visitor.address
    visitor.follow(visitor.page.locator(".page-actions a[href$='/steps/hold/']"))
    send(visitor)
    return address


def add_line(visitor: Visitor, visit: str, kind: str, **values: str) -> None:
    visitor.open(f"{visit}lines/{kind}/new/")
    fill(visitor, **values)
    send(visitor)


def act_on(visitor: Visitor, number: str, owner: str, duty: str = "", indicator: tuple[str, str] = ("", "")) -> str:
    """Turn a point of the open page into an action of an institution, due in a month, and return its address."""
    visitor.follow(visitor.page.locator("main td a", has_text=number).first)
    visitor.follow(visitor.page.locator(".page-actions a[href$='/sort/act/']"))
    fill(visitor, title_zh="样例：解决", title_en="Sample: solve it", owner=owner, due_on=day(30))
    fill(visitor, indicator_code=indicator[0], indicator_words=indicator[1])
    if duty:
        option = visitor.page.locator("main [name=duty] option", has_text=duty)
        choose(visitor, "duty", str(option.get_attribute("value")))
    send(visitor)
    return visitor.address


def close(doer: Visitor, checker: Visitor, action: str) -> None:
    """Report an action as done, and let the other side check and close it."""
    doer.open(f"{action}steps/finish/")
    fill(doer, evidence="样例依据 / sample evidence")
    send(doer)
    assert doer.page.locator(".page-actions a[href$='/steps/verify/']").count() == 0
    checker.open(action)
    checker.follow(checker.page.locator(".page-actions a[href$='/steps/verify/']"))
    fill(checker, check_words="样例：现场查看 / sample: seen on the spot")
    send(checker)
    checker.follow(checker.page.locator(".page-actions a[href$='/steps/close/']"))
    send(checker)


def tab_of_visits(visitor: Visitor, agreement: str) -> str:
    """Go to what an agreement shows of visits and actions, and return its words."""
    visitor.open(f"/partnerships/agreements/?q={agreement}")
    visitor.follow(visitor.page.locator("#list tbody a").first)
    visitor.follow(visitor.page.locator(".tabs a[href*='/exchanges/agreements/']"))
    return visitor.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_symposium_hears_reports_and_difficulties_and_the_next_one_hears_what_became_of_them(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    mark = language[:2].upper()
    office, partner, phone = new_visitor(own_site), new_visitor(own_site), new_visitor(own_site, PHONE)
    office.log_in("ceheng-office", language)
    partner.log_in("huicheng-office", language)
    phone.log_in("huicheng-posted", language)
    first = Meeting(f"SYM-{mark}-1", "HC-CH-2026", "symposium", "CHRMYY", "HZ3RMYY")
    visit = write(office, first)
    add_line(office, visit, "programme", subject_zh="队员汇报", subject_en="Members report", starts_at="09:00")
    add_line(office, visit, "contributions", speaker="样例队员", words_zh="已开展新技术", words_en="A new technique")
    office.open(f"{visit}lines/institutions/new/")
    choose(office, "side", "guest")
    fill(office, institution="HCYL01")
    send(office)
    assert office.words("惠城样例医院", "Huicheng Sample Hospital") in office.text("main .facts")
    phone.open(f"{visit}difficulties/new/")
    choose(phone, "category", "difficulty_housing")
    words = f"样例困难{mark}"
    fill(phone, statement_zh=words, statement_en=words)
    send(phone)
    assert words in phone.text()
    office.open(visit)
    assert words in office.text(".confidential")
    # What is confidential is taken along in no file of the page either.
    assert office.page.locator(".confidential .small-table-tools").count() == 0
    action = act_on(office, f"{first.code}/1", "CHRMYY")
    office.open(f"{visit}papers/minutes/")
    assert words not in office.text()
    assert Path(office.download(office.page.locator("main a[href$='.pdf'], .page-actions a[href$='.pdf']")).path())
    close(office, partner, action)
    following = write(office, Meeting(f"SYM-{mark}-2", "HC-CH-2026", "symposium", "CHRMYY", "HZ3RMYY"))
    office.open(following)
    assert office.words("已销号", "Closed since") in office.text(".former")
    office.follow(office.page.locator(".page-actions a[href$='/steps/write_minutes/']"))
    send(office)
    partner.open("/")
    assert partner.words("纪要待您方确认", "Minutes wait for your agreement") in partner.text()
    partner.open(following)
    partner.follow(partner.page.locator(".page-actions a[href$='/steps/agree_minutes/']"))
    send(partner)
    viewer = new_visitor(own_site)
    viewer.log_in("ceheng-viewer", language)
    viewer.open(visit)
    assert words not in viewer.text()
    found = tab_of_visits(viewer, "HC-CH-2026")
    assert first.code.replace("SYM", "样例 SYM" if language != "en" else "Sample SYM") in found
    assert words not in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_given_at_a_visit_stand_on_the_posting_and_on_the_record_of_the_person(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    mark = language[:2].upper()
    office, member = new_visitor(own_site), new_visitor(own_site, PHONE)
    office.log_in("ceheng-office", language)
    visit = write(office, Meeting(f"TH-{mark}", "HC-CH-2026", "condolence", "CHRMYY", "HZ3RMYY"))
    office.open(f"{visit}recognitions/new/")
    choose(office, "kind", "thanks")
    thanks = office.words(f"样例：守夜班 {mark}", f"Sample: nights kept {mark}")
    fill(office, code=f"TH-{mark}", to_staff="HZ3RMYY/EM04", given_by="CHRMYY", gift="样例贺卡 / sample card")
    fill(office, what_for_zh=f"样例：守夜班 {mark}", what_for_en=f"Sample: nights kept {mark}")
    send(office)
    member.log_in("huicheng-posted", language)
    member.open("/dispatch/postings/?agreement=HC-CH-2026&q=P01")
    member.follow(member.page.locator("#list tbody a").first)
    assert thanks in member.text()
    member.follow(member.page.locator("main dl a[href*='/dispatch/person/']"))
    assert thanks in member.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_demands_of_an_inspection_become_actions_that_the_next_inspection_finds_closed_or_come_back(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    mark = language[:2].upper()
    inspector, hospital = new_visitor(own_site), new_visitor(own_site)
    inspector.log_in("liupanshui-office", language)
    hospital.log_in("shuicheng-office", language)
    visit = write(inspector, Meeting(f"INS-{mark}-1", "LPS-SC-2026", "inspection", "SCRMYY", "LPSWJJ01"))
    assert inspector.words("再次出现", "came back") in inspector.text(".former").lower()
    inspector.open(f"{visit}points/new/")
    choose(inspector, "kind", "demand")
    choose(inspector, "category", "resources")
    fill(inspector, statement_zh="样例要求：查找短板", statement_en="Sample demand: find shortfalls")
    fill(inspector, raised_by_institution="LPSWJJ01", institution="SCRMYY")
    send(inspector)
    action = act_on(inspector, f"INS-{mark}-1/1", "SCRMYY", "LPS-SC-2026 D02", (f"SC-{mark}", "样例短板数"))
    linked = inspector.text("main .facts")
    for told in (
        f"SC-{mark} 样例短板数",
        inspector.words("上次要求的整改闭环", "Close the actions of the last inspection"),
    ):
        assert told in linked
    close(hospital, inspector, action)
    following = write(inspector, Meeting(f"INS-{mark}-2", "LPS-SC-2026", "inspection", "SCRMYY", "LPSWJJ01"))
    inspector.open(following)
    assert inspector.page.locator(".former a", has_text=f"INS-{mark}-1/1").count() == 1
    found = tab_of_visits(hospital, "LPS-SC-2026")
    # The duty to close the actions of the last inspection counts this one.
    promised = hospital.page.locator("main tbody tr", has_text=hospital.words("整改闭环", "Close the actions"))
    assert int(promised.locator("td.numeric").nth(1).inner_text().split()[0]) >= 1
    assert hospital.words("再次出现", "came back") in found
    inspector.follow(inspector.page.locator(".former a[href$='/points/']"))
    assert inspector.page.locator("[data-chart]").count() == 1
    inspector.open(f"{following}points/new/")
    choose(inspector, "category", "resources")
    option = inspector.page.locator("[name=former] option", has_text=f"INS-{mark}-1/1")
    choose(inspector, "former", str(option.get_attribute("value")))
    fill(inspector, statement_zh="样例：短板仍在", statement_en="Sample: the shortfall is still there")
    send(inspector)
    hospital.open(action)
    assert hospital.words("再次出现", "came back") in hospital.text("h1")
    inspector.open(f"{following}papers/follow-up/")
    assert f"INS-{mark}-1/1" in inspector.text()
