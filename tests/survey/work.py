"""Work and readiness for the tests: the midwives of the published example, at SHAN, and items of an assessment."""

from __future__ import annotations

from tests.registry.tables import load

MIDWIVES = {
    "institution_code": "SHAN",
    "cadre": "助产士",
    "profession": "nurse",
    "specialty": "05.02",
    "year": 2025,
    "existing_staff": 2,
    "days_per_week": 5,
    "hours_per_day": 8,
    "public_holidays": 12,
    "annual_leave": 21,
    "sick_leave": 10,
    "other_absence": 5,
    "source": "样例",
}
OF_MIDWIVES = {"institution_code": "SHAN", "cadre": "助产士", "year": 2025}


def component(kind: str, name: str, amount: object, unit: str, **more: object) -> dict[str, object]:
    return {**OF_MIDWIVES, "kind": kind, "name": name, "amount": amount, "unit": unit, **more}


# Standards of Human Resources for Health 19 (2021) s12960-021-00670-4, table 4; volumes constructed.
WORK = (
    component("activity", "产前检查", 39, "minutes", volume=4000),
    component("activity", "产后访视", 35, "minutes", volume=1200),
    component("activity", "正常分娩", 99, "minutes", volume=300),
    component("support", "整理", 40, "minutes_per_day"),
    component("support", "健康教育", "6.25", "percent"),
    component("support", "例会", 2, "hours_per_month"),
    component("support", "继续教育", 48, "hours_per_year"),
    component("additional", "带教", 1, "hours_per_day"),
    component("additional", "管理会议", "0.5", "hours_per_month", staff=2),
)


def load_midwives(**changes: object) -> None:
    """Load the cadre with its components as the two tables do."""
    cadre = {**MIDWIVES, **changes}
    load("cadre_workloads", cadre)
    load("workload_components", *({**each, "year": cadre["year"]} for each in WORK))


def item(service: str, domain: str, name: str, available: str, **more: object) -> dict[str, object]:
    return {
        "institution_code": "SHAN",
        "service": service,
        "domain": domain,
        "item": name,
        "available": available,
        "profession": "",
        "specialty": "",
        "assessed_on": "2026-03-02",
        "source": "样例",
        **more,
    }


# Domains of the constructed example: 5 of 7, 5 of 6, 8 of 9, 4 of 8, 12 of 14; the index is 75.87 %.
GENERAL = tuple(
    item("", domain, f"{domain} {number}", "是" if number <= present else "否")
    for domain, present, items in (
        ("amenities", 5, 7),
        ("equipment", 5, 6),
        ("precautions", 8, 9),
        ("diagnostics", 4, 8),
        ("medicines", 12, 14),
    )
    for number in range(1, items + 1)
)
NEWBORN = (
    item("newborn_care", "staff", "新生儿专科医师", "否", profession="doctor", specialty="07"),
    item("newborn_care", "training", "新生儿复苏培训", "否", profession="doctor", specialty="07"),
    item("newborn_care", "guidelines", "新生儿诊疗规范", "否"),
    item("newborn_care", "equipment", "辐射台", "是"),
    item("newborn_care", "equipment", "复苏囊", "是"),
    item("newborn_care", "medicines", "表面活性物质", ""),
)
