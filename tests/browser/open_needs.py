"""Open the needs of Ceheng for the spring of 2027: fifteen people in seven fields, asked for under the agreement."""

from __future__ import annotations

import datetime
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lianyi.settings"
django.setup()

# ruff: noqa: E402 - the models exist only once Django is set up
from lianyi.dispatch import commands
from lianyi.operations.acting import service_context
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution

PEOPLE = {"EM": 3, "NS": 2, "UR": 2, "CV": 2, "OG": 2, "OR": 2, "RD": 2}
hospital = Institution.objects.get(code="CHRMYY")
agreement = Agreement.objects.get(code="HC-CH-2026")
for code, people in PEOPLE.items():
    department = Department.objects.get(institution=hospital, code=code)
    new = commands.NewNeed(
        institution=hospital,
        people=people,
        department_id=department.pk,
        specialty=department.specialty,
        profession="doctor",
        starts_on=datetime.date(2027, 2, 1),
        ends_on=datetime.date(2027, 6, 30),
        least_term_months=3,
        reason_code="skill_missing",
        reason="样例：册亨县医院需要带教",
        provenance="sample",
    )
    need = commands.draft_need(service_context(), new)
    for step in ("submit", "approve"):
        commands.take_need_step(service_context(), need, step, need.version)
    commands.take_need_step(service_context(), need, "open", need.version, agreement=agreement)
sys.stdout.write(f"{sum(PEOPLE.values())} people\n")
