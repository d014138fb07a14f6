"""Changzhi and Lucheng from end to end: the green channel at three in the morning and the way back home.

Then a chain of declines, and an emergency that nobody answers.
"""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import LIANYI, Site, run_beside
from tests.browser.visitor import Visitor

SHANGHAI = ZoneInfo("Asia/Shanghai")
UPPER_NAME = re.compile("长治市第二人民医院|Changzhi Second")
LOWER, UPPER = "lucheng-doctor", "changzhi-duty"


def now() -> datetime.datetime:
    return datetime.datetime.now(SHANGHAI)


def minute(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def last_three_in_the_morning() -> datetime.datetime:
    today = now().replace(hour=3, minute=2, second=0, microsecond=0)
    return today if today < now() else today - datetime.timedelta(days=1)


def fill(visitor: Visitor, **values: str) -> None:
    for name, value in values.items():
        field = visitor.page.locator(f"main form [name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def step(visitor: Visitor, name: str, *ticks: str, **values: str) -> None:
    """Press the button of a step on the case page, fill its form and send it."""
    visitor.page.reload()
    visitor.settle()
    visitor.follow(visitor.page.locator(f".case-actions a[href$='/steps/{name}/']"))
    fill(visitor, **values)
    for tick in ticks:
        visitor.page.locator(f"main form [name={tick}]").check()
    visitor.follow(visitor.page.locator("main form button.btn-primary, main form button.btn-danger"))


def state(visitor: Visitor) -> Locator:
    return visitor.page.locator(".case-state")


# The worker of the site hands a referral on at its next turn; that may be before the page is read.
SENT_OR_DELIVERED = {"en": re.compile("sent|delivered"), "zh-hans": re.compile("已发出|已送达")}


def write(visitor: Visitor, patient: str, **values: str) -> None:
    visitor.open("/referrals/new/")
    page = visitor.page
    fill(visitor, urgency=values.pop("urgency"))
    condition = values.pop("condition", "")
    if condition:
        with page.expect_response("**/new/parts/"):
            fill(visitor, condition=condition)
    expect(page.locator(f"[name={list(values)[-1]}]")).to_be_visible()
    fill(visitor, patient_name=patient, **values)
    upper = page.locator("#destinations .destination").filter(has_text=UPPER_NAME)
    upper.get_by_role("checkbox").check()
    visitor.follow(page.locator("button[name=send]"))


CHEST_PAIN = {
    "urgency": "emergency",
    "condition": "chest_pain",
    "problem": "suspected_infarction",
    "reason": "beyond_means",
    "consent": "consent",
    "agreement": "",
    "item_main_problem": "样例:胸痛",
    "item_consciousness": "alert",
    "item_systolic_pressure": "104",
    "item_heart_rate": "92",
    "item_oxygen_saturation": "95",
    "item_treatment_given": "样例:吸氧",
    "item_ecg_finding": "样例:导联抬高",
}


def open_case(visitor: Visitor, number: str) -> None:
    """Find a case on the lists by its number."""
    visitor.open(f"/referrals/?q={number}")
    visitor.follow(visitor.page.locator("#list tbody").get_by_role("link", name=number, exact=True).first)


def test_received_at_three_in_the_morning_and_brought_home_when_stable(own_site: Site, new_visitor: NewVisitor) -> None:
    lower, upper = new_visitor(own_site), new_visitor(own_site)
    lower.log_in(LOWER, "zh-hans")
    upper.log_in(UPPER, "en")
    three = last_three_in_the_morning()
    agreement = {"agreement": _agreement_choice(lower)}
    write(
        lower,
        "样例患者·凌晨三点",
        **{**CHEST_PAIN, **agreement, "first_contact_at": minute(three), "item_pain_started": minute(three)},
    )
    number = lower.page.locator("h1").inner_text().split()[0]
    # The clock of the pathway starts at the first medical contact, not when the referral is written.
    expect(lower.page.locator("ol.plain-list").first).to_contain_text(f"首次医疗接触 {three:%Y-%m-%d %H:%M}")

    open_case(upper, number)
    # The case notes by itself that somebody at the hospital looks at it, and the patient has no name yet.
    expect(state(upper)).to_contain_text("opened")
    assert "凌晨三点" not in upper.text()
    step(
        upper,
        "accept_with_bed",
        "capacity_confirmed",
        contact="样例值班 000",
        expected_at=minute(now() + datetime.timedelta(hours=1)),
    )
    expect(state(upper)).to_contain_text("bed kept")
    assert "样例患者·凌晨三点" in upper.text()

    step(lower, "depart", vehicle="样例救护车", escort="样例医师")
    step(upper, "arrive")
    step(upper, "take_over")

    step(
        upper,
        "propose_return",
        "stable_vital_signs_stable",
        "stable_diagnosis_clear",
        "stable_no_special_treatment",
        "agreed_by][value=patient",
        diagnosis="样例:心肌梗死恢复期",
        done="样例:支架一枚",
        warning_signs="样例:胸痛",
        send_back_if="样例:胸痛不缓解",
        doctor_name="样例医生",
        doctor_phone="000-1",
        drug_0_name="样例双抗",
        drug_0_dose="每日一次",
        drug_0_days="30",
    )
    upper_case = upper.address

    open_case(lower, number)
    expect(state(lower)).to_contain_text("已查看")
    lower.page.reload()
    lower.settle()
    lower.follow(lower.page.locator(".case-actions a[href$='/steps/accept/']"))
    fill(lower, contact="样例病区 000")
    lower.page.locator("main form input[type=radio][value=yes]").check()
    lower.follow(lower.page.locator("main form button.btn-primary"))
    back_case = lower.address

    upper.open(upper_case)
    step(upper, "send_outcome", disposition="returned", text="样例:转回继续治疗")
    lower.open(upper_case)
    step(lower, "acknowledge")
    expect(state(lower)).to_contain_text("已闭环")
    lower.open(back_case)
    step(lower, "arrive")
    step(lower, "take_over")
    lower.follow(lower.page.locator("#follow-ups + ul a").first)
    fill(lower, done_on=f"{now():%Y-%m-%d}", note="样例:平稳")
    lower.follow(lower.page.locator("main form button.btn-primary"))
    lower.open(back_case)
    step(lower, "send_outcome", disposition="home", text="样例:回家")
    upper.open(back_case)
    step(upper, "acknowledge")
    expect(state(upper)).to_contain_text("closed")
    _nothing_is_left(own_site, number, lower, upper)


def _nothing_is_left(site: Site, number: str, *sides: Visitor) -> None:
    """Check that a journey is over: no side has it on a list of work, and nothing of it is left to do."""
    for visitor in sides:
        for open_list in ("", "waiting/", "arrivals/", "returns/", "proposals/", "follow-ups/"):
            visitor.open(f"/referrals/{open_list}?q={number}")
            assert visitor.page.get_by_role("link", name=number).count() == 0, open_list
        visitor.open(f"/referrals/lists/archive/?q={number}")
        assert visitor.page.locator("#list tbody").get_by_role("link", name=number, exact=True).count() == 2
    script = Path(__file__).with_name("journey_state.py")
    found = run_beside(site, sys.executable, str(script), number).strip()
    assert found == "closed, 2 legs, 0 with a move, 0 clocks, 0 follow-ups to do"


def _agreement_choice(visitor: Visitor) -> str:
    """Return the value of the agreement that both hospitals are parties of."""
    visitor.open("/referrals/new/")
    option = visitor.page.locator("[name=agreement] option", has_text="2026")
    return str(option.get_attribute("value"))


def test_a_chain_of_declines_ends_at_a_hospital_that_takes_the_patient(own_site: Site, new_visitor: NewVisitor) -> None:
    lower, upper = new_visitor(own_site), new_visitor(own_site)
    lower.log_in(LOWER, "en")
    upper.log_in(UPPER, "zh-hans")
    values = {**CHEST_PAIN, "agreement": _agreement_choice(lower), "item_pain_started": minute(now())}
    write(lower, "样例患者·被拒", **values)
    number = lower.page.locator("h1").inner_text().split()[0]
    first_case = lower.address
    open_case(upper, number)
    # An emergency is not turned away without a way on.
    upper.accepted_statuses.add(422)
    upper.page.reload()
    upper.settle()
    upper.follow(upper.page.locator(".case-actions a[href$='/steps/decline/']"))
    fill(upper, reason_code="no_bed", text="样例:无床")
    upper.follow(upper.page.locator("main form button.btn-danger"))
    expect(upper.page.locator(".field-error, .notice-error").first).to_be_visible()
    upper.page.locator("main form [name=hand_to_coordinator]").check()
    upper.follow(upper.page.locator("main form button.btn-danger"))
    expect(state(upper)).to_contain_text("已拒绝")

    lower.open(first_case)
    expect(state(lower)).to_contain_text("declined")
    lower.follow(lower.page.get_by_role("link", name="Choose another receiver"))
    lower.page.locator(".destination input[type=radio]").first.check()
    lower.follow(lower.page.locator("main form button.btn-primary"))
    assert lower.address != first_case
    expect(state(lower)).to_contain_text(SENT_OR_DELIVERED["en"])
    lower.open(first_case)
    assert lower.page.get_by_role("link", name="Choose another receiver").count() == 0


def test_an_emergency_that_nobody_answers_climbs_to_the_top_and_is_routed_again(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    script = Path(__file__).with_name("silent_referral.py")
    case = run_beside(own_site, sys.executable, str(script), "6").strip()
    for _turn in range(12):
        run_beside(own_site, str(LIANYI), "worker", "--once")
    coordinator = new_visitor(own_site)
    coordinator.log_in("lucheng-coordinator", "zh-hans")
    coordinator.open(f"/referrals/cases/{case}/")
    expect(state(coordinator)).to_contain_text("超时未答")
    called = coordinator.page.locator("#escalations + ul li")
    assert called.count() >= 3
    coordinator.open("/referrals/lists/to_reroute/")
    coordinator.open(f"/referrals/cases/{case}/")
    coordinator.follow(coordinator.page.get_by_role("link", name="另选接收方"))
    coordinator.page.locator(".destination input[type=radio]").first.check()
    coordinator.follow(coordinator.page.locator("main form button.btn-primary"))
    expect(state(coordinator)).to_contain_text(SENT_OR_DELIVERED["zh-hans"])
