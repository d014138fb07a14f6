"""Ceheng's fifteen people for five months from this one on: agreement with duties, needs, and the heads who approve."""

from __future__ import annotations

import datetime
import os
import sys
from decimal import Decimal

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lianyi.settings"
django.setup()

# ruff: noqa: E402 - the models exist only once Django is set up
from django.utils import timezone

from lianyi.accounts import commands as accounts
from lianyi.dispatch import commands
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from lianyi.operations.acting import service_context
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry import commands as registry
from lianyi.registry.models import Department, Institution

PEOPLE = {"EM": 1, "NS": 2, "UR": 2, "CV": 2, "OG": 2, "OR": 2, "RD": 2, "AN": 2}
MONTHS, LEAST_MONTHS = 5, 3
# Neurosurgery has a head among the people of the demo.
HEADS = [code for code in PEOPLE if code != "NS"]
LONG_AGO = datetime.date(2010, 1, 1)
lead = Institution.objects.get(code="HZ3RMYY")
hospital = Institution.objects.get(code="CHRMYY")
this_month = timezone.localdate().replace(day=1)


def department(institution: Institution, code: str) -> Department:
    return Department.objects.get(institution=institution, code=code)


def agreement_with_duties() -> Agreement:
    begins = add_calendar_months(this_month, -1)
    new = partnerships.NewAgreement(
        code="HC-CH-NEXT",
        title_zh="样例新一轮对口支援册亨县",
        title_en="Sample new round of support for Ceheng",
        kind="inter_provincial",
        starts_on=begins,
        ends_on=last_day_of_term(begins, 12),
        parties={
            lead.pk: "supporting",
            hospital.pk: "supported",
            Institution.objects.get(code="HCWJJ").pk: "organiser",
        },
        approvals=("home_department", "home_hospital", "receiving_unit"),
        provenance="sample",
    )
    row = partnerships.draft_agreement(service_context(), rule_book(), new)
    fields = [department(lead, code).specialty for code in PEOPLE]
    for code, title_en, title_zh, kind, quantity, unit, parameters in (
        ("D01", "Send 15 people", "选派15人", "persons_posted", 15, "person", {}),
        ("D02", "Cover eight fields", "覆盖八个专业", "specialties_covered", 8, "specialty", {"specialties": fields}),
        ("D03", "Person-days on site", "在岗人天", "person_days_on_site", 1500, "day", {}),
    ):
        duty = partnerships.NewDuty(
            code=code, title_zh=title_zh, title_en=title_en, evidence_kind=kind, quantity=Decimal(quantity), unit=unit,
            parameters=parameters, provenance="sample",
        )  # fmt: skip
        partnerships.add_duty(service_context(), row, duty)
    partnerships.put_in_force(service_context(), row, row.version)
    AgreementParty.objects.filter(agreement=row).update(confirmed_at=timezone.now())
    return row


def open_needs(agreement: Agreement) -> None:
    for code, people in PEOPLE.items():
        asking = department(hospital, code)
        new = commands.NewNeed(
            institution=hospital,
            people=people,
            department_id=asking.pk,
            specialty=asking.specialty,
            profession="doctor",
            starts_on=this_month,
            ends_on=last_day_of_term(this_month, MONTHS),
            least_term_months=LEAST_MONTHS,
            reason_code="skill_missing",
            reason="样例：册亨县医院需要带教",
            provenance="sample",
        )
        need = commands.draft_need(service_context(), new)
        for step in ("submit", "approve"):
            commands.take_need_step(service_context(), need, step, need.version)
        commands.take_need_step(service_context(), need, "open", need.version, agreement=agreement)


def heads_of_department() -> None:
    for code in HEADS:
        new = accounts.NewUser(f"head-{code.lower()}", f"样例·惠城{code}科主任", os.environ["LIANYI_DEMO_PASSWORD"])
        user = accounts.create_user(service_context(), new)
        place = accounts.NewAffiliation(
            user.pk, lead.pk, "department_head", LONG_AGO, department_node_id=department(lead, code).pk
        )
        accounts.create_affiliation(service_context(), place)


# Two neurosurgeons can be missed all the time only with one more at home.
registry.add_staff(
    service_context(),
    lead,
    registry.NewStaff(
        "NS06", "样例惠城·神经外科 06", "doctor", department=department(lead, "NS"), title_rank="intermediate",
        specialty=department(lead, "NS").specialty, provenance="sample",
    ),
)  # fmt: skip
open_needs(agreement_with_duties())
heads_of_department()
sys.stdout.write(f"{sum(PEOPLE.values())} people\n")
