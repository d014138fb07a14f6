"""The five cases on the screen, in Chinese and in English: from the home page down to one person's certificate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.browser.visitor import LANGUAGES, Visitor


@dataclass(frozen=True)
class Promise:
    """A duty whose figures are known: its texts, and what the agreement page must say of it."""

    chinese: str
    english: str
    promised: str
    delivered: str


@dataclass(frozen=True)
class Case:
    """What one case must show. ``drill`` is the duty that is followed down to its rows."""

    username: str
    agreement: str
    title: tuple[str, str]
    promises: tuple[Promise, ...]
    drill: Promise
    rows: int
    told: tuple[tuple[str, str, str], ...]
    ruled: str = ""
    boarded_from: str = "2026-01"


SEND_15 = Promise("选派医务人员15名", "Send 15 medical staff", "15", "15")
EIGHT_FIELDS = Promise("覆盖八个专业", "Cover eight fields", "8", "8")
SEND_19 = Promise("选派专业技术骨干19名", "Send 19 professional and technical backbone staff", "19", "19")
LEARN_AT_ZIBO = Promise(
    "石柱人员到淄博市妇幼保健院跟班学习",
    "Staff of Shizhu work and study at Zibo Maternal and Child Health Hospital",
    "4",
    "4",
)
THREE_FIELDS = Promise(
    "下一步：神经外科、康复医学科、皮肤科", "Next: neurosurgery, rehabilitation medicine, dermatology", "3", "3"
)
EXPERTS = Promise("互派专家", "Visiting experts", "2", "2")
FOUR_BATCHES = Promise("分批派驻", "Send batches", "4", "4")
XINGUANG = Promise("新光村卫生室有人在岗", "Somebody on site at the clinic of Xinguang", "100%", "100%")

CASES = {
    "huicheng-ceheng": Case(
        username="huicheng-office",
        agreement="HC-CH-2021",
        title=("惠城区对口支援册亨县医疗卫生", "Huicheng supports the health system of Ceheng"),
        promises=(SEND_15, EIGHT_FIELDS),
        drill=SEND_15,
        rows=15,
        told=(
            (
                "2021-05",
                "2021年5月以来，惠城区选派了15名医务人员。",
                "Since May 2021 Huicheng has sent 15 medical staff.",
            ),
        ),
        ruled="HC-CH-2021",
    ),
    "zibo-shizhu": Case(
        username="zibo-office",
        agreement="ZB-SZ-2018",
        title=("淄博市对口支援石柱土家族自治县", "Zibo supports Shizhu Tujia Autonomous County"),
        promises=(SEND_19, LEARN_AT_ZIBO),
        drill=SEND_19,
        rows=19,
        told=(
            ("2019-11-29", "市卫生健康委和市妇幼保健院走访石柱", "On 29 November 2019 the city's health commission"),
        ),
        ruled="ZB-SZ-2026",
    ),
    "changzhi-lucheng": Case(
        username="changzhi-office",
        agreement="CZ-LC-SA",
        title=(
            "长治市第二人民医院与潞城区专科联盟",
            "Specialty alliance of Changzhi Second Hospital and Lucheng district",
        ),
        promises=(THREE_FIELDS,),
        drill=THREE_FIELDS,
        rows=3,
        told=(),
    ),
    "guangming-chengdu": Case(
        username="guangming-office",
        agreement="GM-CD-2023",
        title=(
            "光明区与成都高新区医学会交流",
            "Exchange of Guangming district with the Chengdu High-tech Zone medical association",
        ),
        promises=(),
        drill=EXPERTS,
        rows=2,
        told=(
            ("2023-07-19", "光明区卫生健康局和医学会一行5人到访", "Five people of Guangming district's health bureau"),
        ),
    ),
    "liupanshui-shuicheng": Case(
        username="liupanshui-viewer",
        agreement="LPS-SC-2022",
        title=("六盘水市对水城区卫生健康工作督导", "Liupanshui supervises the health system of Shuicheng district"),
        promises=(),
        drill=XINGUANG,
        rows=1,
        told=(
            ("2022-09-01", "二期工程要早日竣工、早日投入使用。", "the second phase of construction"),
            ("2022-09", "座谈会要求：查找短板。", "Demand at the symposium: find shortfalls."),
            ("2022-09", "座谈会要求：均衡资源。", "Demand at the symposium: balance resources."),
        ),
        ruled="SC-GS-2022",
    ),
}


def open_agreement(visitor: Visitor, code: str) -> str:
    """Find an agreement in the list by its number, open it and return its address."""
    visitor.follow(visitor.page.locator(".navigation a[href='/partnerships/agreements/']"))
    visitor.page.locator("[data-filter] input[name=q]").fill(code)
    visitor.page.keyboard.press("Enter")
    rows = visitor.page.locator("#list tbody tr")
    expect(rows).to_have_count(1)
    visitor.follow(rows.get_by_role("link", name=code, exact=True))
    return visitor.address


def row_of(visitor: Visitor, promise: Promise) -> Locator:
    """Return the line of a duty in the table of promised against delivered."""
    title = visitor.words(promise.chinese, promise.english)
    return visitor.page.locator("tbody tr").filter(has=visitor.page.get_by_role("link", name=title, exact=True))


def see_figures(visitor: Visitor, promise: Promise) -> None:
    cells = row_of(visitor, promise).locator("td.numeric")
    expect(cells).to_have_count(2)
    promised, delivered = (cells.nth(number).inner_text().split() for number in (0, 1))
    assert promised[0] == promise.promised, promise.english
    assert delivered[0] == promise.delivered, promise.english


def drill_to_the_rows(visitor: Visitor, promise: Promise, rows: int) -> None:
    """Follow the number to the postings that it is made of."""
    visitor.follow(row_of(visitor, promise).get_by_role("link"))
    link = visitor.page.locator("main td a[href*='/dispatch/evidence/']").last
    assert link.inner_text().split()[0].removesuffix("行") == str(rows)
    visitor.follow(link)
    assert visitor.page.locator("#list tbody tr").count() == rows


def see_the_person_and_the_certificate(visitor: Visitor) -> None:
    """From a posting to the person, the certificate and its PDF."""
    posting = visitor.page.locator("h1").inner_text().split()[0]
    visitor.follow(visitor.page.locator("main dl a[href*='/dispatch/person/']"))
    visitor.follow(visitor.page.locator("main td a[href*='/dispatch/certificate/']").first)
    paper = visitor.page.locator("article.paper")
    assert posting in paper.inner_text()
    file = visitor.download(visitor.page.locator("main a[href*='.pdf']"))
    content = Path(file.path()).read_bytes()
    assert content.startswith(b"%PDF")
    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for day in re.findall(r"\d{4}-\d{2}-\d{2}", paper.locator(".paper-statement").first.inner_text()):
        assert day in printed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_case_from_the_home_page_down_to_a_certificate(visitor: Visitor, case: Case, language: str) -> None:
    visitor.log_in(case.username, language)
    expect(visitor.page.locator("#needs")).to_have_text(visitor.words("待我办理", "What needs me now"))
    expect(visitor.page.locator("#delivered")).to_have_text(visitor.words("承诺与兑现", "Promised against delivered"))
    assert visitor.page.locator(".panels article .promise-list li").count()
    address = open_agreement(visitor, case.agreement)
    assert visitor.words(*case.title) in visitor.page.locator("h1").inner_text()
    for promise in case.promises:
        see_figures(visitor, promise)
    see_its_pages(visitor, case)
    visitor.open(address)
    drill_to_the_rows(visitor, case.drill, case.rows)
    visitor.follow(visitor.page.locator("#list tbody a[href*='/dispatch/postings/']").first)
    see_the_person_and_the_certificate(visitor)


def see_its_pages(visitor: Visitor, case: Case) -> None:
    """Go through the pages of the agreement that stands here."""
    address = visitor.address
    visitor.follow(tab(visitor, f"{address}timeline/"))
    assert_drawn(visitor)
    entries = visitor.page.locator(".event-list li")
    for day, chinese, english in case.told:
        told = entries.filter(has_text=visitor.words(chinese, english))
        expect(told).to_have_count(1)
        assert told.locator(".fact-day").inner_text() == day
    visitor.follow(tab(visitor, f"{address}map/"))
    assert_drawn(visitor)
    assert visitor.page.locator("table[class] tbody tr").count()
    visitor.follow(tab(visitor, f"{address}cycle/"))
    assert visitor.page.locator("ol.cycle > li").count() >= 6
    visitor.follow(tab(visitor, f"{address}sites/"))
    visitor.follow(tab(visitor, f"/dispatch/plan/{address.split('/')[3]}/"))
    visitor.follow(tab(visitor, f"/dispatch/rules/{address.split('/')[3]}/"))


def tab(visitor: Visitor, address: str) -> Locator:
    return visitor.page.locator(f".tabs a[href='{address}']")


def assert_drawn(visitor: Visitor) -> None:
    """A chart stands there as a drawing, and its figures as a table."""
    drawing = visitor.page.locator("[data-chart][data-ready] svg")
    expect(drawing).to_have_count(1)
    assert drawing.locator("path").count() > 3
    visitor.page.locator("details.chart-figures summary").click()
    assert visitor.page.locator("details.chart-figures tbody tr").count()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_lists_of_postings_of_a_case(visitor: Visitor, case: Case, language: str) -> None:
    visitor.log_in(case.username, language)
    visitor.follow(visitor.page.locator(".navigation a[href='/dispatch/board/']"))
    visitor.open(f"/dispatch/board/?months=12&from={case.boarded_from}")
    assert visitor.page.locator("svg.board a.bar-link").count()
    visitor.page.locator(".board-toggle").click()
    expect(visitor.page.locator("#board-table")).to_be_visible()
    visitor.check()
    visitor.follow(visitor.page.locator(".navigation a[href='/dispatch/on-site/']"))
    assert visitor.page.locator("#list tbody tr").count()
    visitor.follow(visitor.page.locator(".navigation a[href='/dispatch/postings/']"))
    visitor.follow(visitor.page.locator(".navigation a[href='/dispatch/rules/']"))
    if case.ruled:
        row = visitor.page.locator("#list tbody tr").filter(has_text=case.ruled)
        visitor.follow(row.get_by_role("link").first)
        assert visitor.page.locator("main h2").count()
        expect(visitor.page.locator("svg.strip").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_village_scheme_shows_514_people_in_five_batches(visitor: Visitor, language: str) -> None:
    visitor.log_in("zibo-office", language)
    open_agreement(visitor, "ZB-FVD-2015")
    see_figures(visitor, Promise("先后5批", "Five batches", "5", "5"))
    sent = Promise("选派第一村医514名", "Send 514 first village doctors", "514", "514")
    see_figures(visitor, sent)
    visitor.follow(row_of(visitor, sent).get_by_role("link"))
    visitor.follow(visitor.page.locator("main td a[href*='/dispatch/evidence/']"))
    assert "514" in visitor.page.locator(".list-count").inner_text()
    visitor.follow(visitor.page.locator(".pager a").last)
    visitor.follow(visitor.page.locator("#list tbody a[href*='/dispatch/postings/']").first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alliance_of_changzhi_shows_its_members(visitor: Visitor, language: str) -> None:
    visitor.log_in("changzhi-office", language)
    open_agreement(visitor, "CZ-LC-SA")
    visitor.follow(visitor.page.locator("main dd a[href*='/partnerships/alliances/']"))
    assert visitor.page.locator(".table-region[aria-labelledby=members] tbody tr").count() == 2
    assert visitor.words("潞城区人民医院", "Lucheng District People's Hospital") in visitor.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_secretary_of_shentou_is_on_site(visitor: Visitor, language: str) -> None:
    visitor.log_in("changzhi-office", language)
    open_agreement(visitor, "CZ-ST-2019")
    secretary = Promise("神头村派驻第一书记1名", "One first secretary at Shentou village", "1", "2")
    visitor.follow(row_of(visitor, secretary).get_by_role("link"))
    visitor.follow(visitor.page.locator(".navigation a[href='/dispatch/on-site/']"))
    row = visitor.page.locator("#list tbody tr").filter(has_text=visitor.words("第一书记", "first secretary"))
    expect(row).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_group_style_team_came_in_four_batches(visitor: Visitor, language: str) -> None:
    visitor.log_in("zhongshan-office", language)
    open_agreement(visitor, "SC-GS-2022")
    see_figures(visitor, FOUR_BATCHES)
    drill_to_the_rows(visitor, FOUR_BATCHES, 19)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demands_of_the_supervision_stand_on_its_time_line(visitor: Visitor, language: str) -> None:
    visitor.log_in("liupanshui-viewer", language)
    address = open_agreement(visitor, "LPS-SC-2022")
    visitor.follow(tab(visitor, f"{address}timeline/"))
    demands = visitor.page.locator(".event-list li").filter(
        has=visitor.page.locator(".tag", has_text=visitor.words("需求或建议", "demand or suggestion"))
    )
    assert demands.count() == 5
    assert set(demands.locator(".fact-day").all_inner_texts()) == {"2022-09-01", "2022-09"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agreement_of_others_is_not_there(visitor: Visitor, language: str) -> None:
    visitor.log_in("zibo-office", language)
    address = open_agreement(visitor, "ZB-SZ-2018")
    visitor.log_out()
    visitor.log_in("huicheng-office", language)
    visitor.accepted_statuses = {404}
    visitor.open(address)
    assert visitor.last_status == 404
    assert visitor.words("淄博", "Zibo") not in visitor.text()
    expect(visitor.page.locator("main [role=alert]")).to_have_count(1)
