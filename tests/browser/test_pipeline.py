"""Guangming's pipeline in a real browser: from an idea through its stages to its spread, with what each needs."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.test_projects import fill, send
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def write_idea(office: Visitor) -> str:
    """Write a project of the pipeline, and return its address; each language has its own, the site is one for both."""
    office.open("/growth/pipeline/")
    office.follow(office.page.locator(".page-actions a[href$='/pipeline/new/']"))
    option = office.page.locator("[name=agreement] option", has_text="GM-CD-2023")
    fill(
        office,
        code=f"GM-{office.language[:2].upper()}",
        title_zh=f"样例输液提醒器 {office.language}",
        title_en=f"Sample infusion reminder {office.language}",
        kind="medicine_engineering",
        institution="GMYL01",
        agreement=option.get_attribute("value") or "",
        started_on="2025-02-03",
    )
    send(office)
    return office.address


def step(visitor: Visitor, name: str, on: str, **said: str) -> None:
    visitor.follow(visitor.page.locator(f".page-actions a[href$='/step/{name}/']"))
    fill(visitor, on=on, **said)
    send(visitor)


def refused(visitor: Visitor, words: tuple[str, str], on: str) -> None:
    """Try to complete a stage without what it needs, read why it cannot be, and go back."""
    address = visitor.address
    visitor.accepted_statuses = {422}
    step(visitor, "complete", on, evidence="样例")
    visitor.accepted_statuses = set()
    assert visitor.words(*words) in visitor.text()
    visitor.open(address)


def add(visitor: Visitor, what: str, **fields: str) -> None:
    visitor.follow(visitor.page.locator(f"main a[href$='/{what}/new/']"))
    fill(visitor, **fields)
    send(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_idea_of_guangming_is_used_in_chengdu_after_every_stage_had_what_it_needs(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office, phone = new_visitor(own_site), new_visitor(own_site, PHONE)
    office.log_in("guangming-office", language)
    phone.log_in("chengdu-office", language)
    address = write_idea(office)
    step(office, "complete", "2025-03-03", evidence="样例可行性意见 1 号")
    add(
        office,
        "partners",
        kind="company",
        name_zh="样例器械公司",
        part="样机",
        share_percent="45",
        starts_on="2025-03-10",
    )
    step(office, "complete", "2025-04-01", evidence="样例合作协议 2 号")
    refused(office, ("没有有效的伦理批件", "is valid on this day"), "2025-05-06")
    add(
        office,
        "approvals",
        approval_number="样例伦 2025-8",
        committee="样例伦理委员会",
        approved_on="2025-05-02",
        valid_to="2030-05-01",
    )
    step(office, "complete", "2025-05-06", evidence="样例伦理批件")
    step(office, "complete", "2025-09-01", evidence="样例试验报告")
    step(office, "skip", "2025-09-02", reason="样例：不申请专利")
    step(office, "skip", "2025-09-03", reason="样例：不收费")
    refused(office, ("请先登记首家应用机构", "Note the first institution that uses it"), "2025-10-10")
    add(office, "uses", institution="GMYL01", first_used_on="2025-10-08")
    step(office, "complete", "2025-10-10", evidence="样例首用记录")
    phone.open(address)
    add(phone, "uses", institution="CDYL01", first_used_on="2026-03-02")
    add(phone, "gains", stage="spread", kind="techniques", quantity="1", on="2026-03-02", words="样例：输液巡视减少")
    office.open(address)
    assert office.page.locator("svg.spread .spread-used").count() == 2
    assert office.words("成都高新样例医院一", "Chengdu High-tech Sample Hospital 1") in office.text()
    assert "样例：输液巡视减少" in office.text()
    office.open("/growth/pipeline/")
    last = office.page.locator(".pipeline-column").last
    assert office.words("样例输液提醒器", "Sample infusion reminder") in last.inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pipeline_is_read_on_a_phone_and_says_what_runs_out(
    site: Site, new_visitor: NewVisitor, language: str
) -> None:
    phone = new_visitor(site, PHONE)
    phone.log_in("chengdu-office", language)
    phone.open("/growth/pipeline/")
    phone.follow(phone.page.locator(".pipeline-card a", has_text=phone.words("影像质控", "quality control of imaging")))
    text = phone.text()
    assert phone.words("已停用", "not in use any more") in text
    assert "180000" in text.replace(",", "")
