"""An evaluation in a real browser: asked, compared in the open, fixed, computed, reviewed by another, read."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.guangming_panel import LEFT, START, guangming_panel
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

MALAWI_YEARS = ("2018", "2019", "2020", "2021")
# Districts that got nets in October 2021, and one that got them three months later or more.
HELPED, LATER = ("Zomba", "Mulanje"), ("Lilongwe",)
MOST_FACILITIES = 12


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary").last)


def take(visitor: Visitor, step: str, words: str = "") -> None:
    """Press the button of a step, and send its form."""
    visitor.follow(visitor.page.locator(f".page-actions a[href$='/steps/{step}/']"))
    if words:
        visitor.page.locator("[name=reason]").fill(words)
    send(visitor)


def ask(analyst: Visitor, content: bytes, **fields: str) -> None:
    """Ask a question to a table, from the list of evaluations on."""
    analyst.open("/indicators/evaluations/")
    analyst.follow(analyst.page.locator(".page-actions a[href$='/new/table/']"))
    page = analyst.page
    table = {"name": "panel.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("[name=file]").set_input_files(table)  # type: ignore[arg-type]
    for name, text in fields.items():
        page.locator(f"[name={name}]").fill(text)
    send(analyst)


@pytest.mark.parametrize("language", LANGUAGES)
def test_guangmings_question_is_fixed_computed_reviewed_and_read(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    analyst = new_visitor(own_site)
    analyst.log_in("guangming-analyst", language)
    ask(
        analyst, guangming_panel(), question="样例：社区门诊量有变化吗？", node="440311", starts=START, left=LEFT,
        unit="机构", time="月份", level="层级", outcomes="门诊人次, 次均费用, 平均住院日",
        lead="牵头", recipient="受援", village="村级", comparison="对照",
    )  # fmt: skip
    page = analyst.page
    choices, reasons = page.locator("select[name^=c-]"), page.locator("input[name^=r-]")
    assert choices.count() == 2
    choices.nth(0).select_option("chosen")
    analyst.accepted_statuses = {422}
    send(analyst)
    analyst.accepted_statuses = set()
    assert page.locator(".notice-error").count() == 1, "a choice without its reason is refused"
    assert choices.nth(0).input_value() == "chosen"
    reasons.nth(0).fill("样例：规模相近")
    page.locator("[name=others]").select_option("refused")
    page.locator("[name=others_reason]").fill("样例：规模大近十倍")
    page.locator("[name=why_comparable]").fill("样例：同类机构，此前走势相近")
    send(analyst)
    take(analyst, "fix")
    address = analyst.address
    assert page.locator(".page-actions a[href$='/change/']").count() == 0
    take(analyst, "compute")
    answer = page.locator("#part-answer").inner_text()
    assert analyst.words("受援单位：与对照单位相比", "Recipient: we see a change of +") in answer
    assert analyst.words("牵头医院：未见变化", "Lead hospital: no detectable change") in answer
    assert page.locator(".report-picture svg").count() == 3
    reviewer = new_visitor(own_site, PHONE)
    reviewer.log_in("guangming-reviewer", language)
    reviewer.follow(reviewer.page.locator(".task-list a[href*='/evaluations/?state=computed']"))
    reviewer.open(address)
    take(reviewer, "review", "样例：单位、缺数和文字都看过")
    analyst.open(address)
    take(analyst, "publish")
    viewer = new_visitor(own_site, PHONE)
    viewer.log_in("guangming-viewer", language)
    viewer.open("/indicators/evaluations/")
    viewer.follow(viewer.page.locator("main td a").first)
    viewer.follow(viewer.page.locator(".tabs a[href*='/reports/evaluation/']"))
    assert "样例：单位、缺数和文字都看过" in viewer.page.locator("main").inner_text()
    for ending in ("pdf", "docx"):
        viewer.download(viewer.page.locator(f".page-actions a[href$='.{ending}']"))
    viewer.open(address)
    assert viewer.page.locator(".page-actions a").count() == 0


def ask_values(analyst: Visitor, main: str, beside: str, **fields: str) -> None:
    """Ask a question to the accepted values of the case."""
    analyst.open("/indicators/evaluations/")
    analyst.follow(analyst.page.locator(".page-actions a[href$='/new/values/']"))
    for name, text in fields.items():
        analyst.page.locator(f"[name={name}]").fill(text)
    analyst.page.locator("[name=main]").select_option(main)
    analyst.page.locator("[name=beside]").select_option([beside])
    send(analyst)


@pytest.mark.parametrize("language", LANGUAGES)
def test_guangmings_accepted_values_are_compared_with_two_other_hospitals(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    analyst = new_visitor(own_site)
    analyst.log_in("guangming-analyst", language)
    ask_values(
        analyst, "chest-pain-ecg-mean", "chest-pain-ecg-share", question="样例：首份心电图变快了吗？", node="440311",
        starts="2025-11", recipient="GMYL01", comparison="GMYL02 GMYL03",
    )  # fmt: skip
    page = analyst.page
    table = page.locator(".evaluation-compare").inner_text()
    assert table.count("12 / 12") == 3, "a year before the start of each hospital and nothing later"
    page.locator("[name=others]").select_option("chosen")
    page.locator("[name=others_reason]").fill("样例：同区医院，同样填报")
    page.locator("[name=why_comparable]").fill("样例：同一质控中心，此前走势相近")
    send(analyst)
    take(analyst, "fix")
    take(analyst, "compute")
    assert analyst.words("受援单位：", "Recipient: ") in page.locator("#part-answer").inner_text()
    assert page.locator("#part-comparison tbody tr").count() == 2
    assert page.locator("#part-beside tbody tr").count() == 2


def test_luchengs_accepted_values_are_asked_without_comparison(own_site: Site, new_visitor: NewVisitor) -> None:
    """One hospital, one month without a figure, nothing to compare with, and the page says so."""
    analyst = new_visitor(own_site, PHONE)
    analyst.log_in("lucheng-analyst", "zh-hans")
    ask_values(
        analyst, "stroke-needle-mean", "stroke-imaging-mean", question="样例：溶栓变快了吗？", node="LCRMYY",
        starts="2026-01", recipient="LCRMYY",
    )  # fmt: skip
    page = analyst.page
    take(analyst, "fix")
    take(analyst, "compute")
    assert "受援单位：" in page.locator("#part-answer").inner_text()
    assert "2025-11" in page.locator("#part-level-recipient").inner_text()
    assert "没有对照" in page.locator("#part-comparison").inner_text()
    assert page.locator("#part-made-of a[href*='/indicators/definitions/stroke-needle-mean/']").count() == 1
    analyst.follow(page.locator(".tabs a[href$='/rows/']"))
    analyst.follow(page.locator("main td a[href*='/indicators/values/']").first)


def malawi_panel(folder: Path) -> bytes:
    """Return confirmed malaria of facilities with a figure in every month, two helped districts and a later one."""
    with (folder / "mw_malaria_monthly" / "facilities.csv").open(encoding="utf-8") as file:
        district = {row["facility"].strip(): row["district"].strip() for row in csv.DictReader(file)}
    packed = (folder / "mw_malaria_monthly" / "monthly_cases.csv.gz").read_bytes()
    months: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8"))):
        if row["month"][:4] in MALAWI_YEARS and row["rdt"].strip():
            months.setdefault(row["facility"].strip(), {})[row["month"]] = round(float(row["rdt"]))
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["unit", "month", "level", "cases"])
    for level, districts in (("recipient", HELPED), ("comparison", LATER)):
        whole = [
            name
            for name, found in sorted(months.items())
            if district.get(name) in districts and len(found) == 12 * len(MALAWI_YEARS) and min(found.values()) > 0
        ]
        assert whole, f"no facility of {districts} reported in every month"
        for name in whole[:MOST_FACILITIES]:
            for month, cases in sorted(months[name].items()):
                writer.writerow([name, month, level, cases])
    return stream.getvalue().encode()


@pytest.mark.realdata
def test_malawis_facilities_are_asked_about_their_nets(
    own_site: Site, new_visitor: NewVisitor, real_data: Path
) -> None:
    if not (real_data / "mw_malaria_monthly" / "monthly_cases.csv.gz").exists():
        pytest.skip("the reports of Malawi's facilities are not here")
    analyst = new_visitor(own_site)
    analyst.log_in("guangming-analyst", "en")
    ask(
        analyst, malawi_panel(real_data), question="Did confirmed malaria change after the nets of October 2021?",
        node="440311", starts="2021-10", outcomes="cases",
    )  # fmt: skip
    page = analyst.page
    page.locator("[name=others]").select_option("chosen")
    page.locator("[name=others_reason]").fill("nets came three months later")
    page.locator("[name=why_comparable]").fill("same country, same season, same register")
    send(analyst)
    take(analyst, "fix")
    take(analyst, "compute")
    answer = page.locator("#part-answer").inner_text()
    assert "Recipient:" in answer
    # Three months from the start on: whatever is found, the page says that they are few.
    assert "Only 45 times lie before the start and 3 from it on" in page.locator("#part-level-recipient").inner_text()
    assert "The team is still there" in page.locator("#part-after").inner_text()
