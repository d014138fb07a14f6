"""Zibo's first village doctors once more: an agreement over the next five years, and 514 needs of one year each."""

from __future__ import annotations

import csv
import datetime
import os
import sys
from collections import Counter
from decimal import Decimal
from importlib import resources

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lianyi.settings"
django.setup()

# ruff: noqa: E402 - the models exist only once Django is set up
from django.utils import timezone

from lianyi.dispatch.models import Need, NeedReason, NeedState
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from lianyi.operations.acting import service_context
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution, Staff

YEARS = 5
text = (resources.files("lianyi.cases") / "zibo-shizhu" / "postings.csv").read_text(encoding="utf-8")
sent = [row for row in csv.DictReader(text.splitlines()) if row["agreement_code"] == "ZB-FVD-2015"]
former = Agreement.objects.get(code="ZB-FVD-2015")
today = timezone.localdate()
# Batches are planned in quarters.
first_day = today.replace(month=1 + 3 * ((today.month - 1) // 3), day=1)
new = partnerships.NewAgreement(
    code="ZB-FVD-NEXT",
    title_zh="样例新一轮“第一村医”",
    title_en="Sample new round of first village doctors",
    kind="village_doctors",
    starts_on=first_day,
    ends_on=last_day_of_term(first_day, 12 * YEARS),
    parties=dict(former.parties.values_list("institution_id", "side")),
    approvals=("home_hospital", "receiving_unit"),
    provenance="sample",
)
agreement = partnerships.draft_agreement(service_context(), rule_book(), new)
for code, title_en, title_zh, kind, quantity, unit in (
    ("D01", "Send 514 doctors", "选派514名医生", "persons_posted", 514, "person"),
    ("D02", "Send five batches", "选派五批", "batches_sent", YEARS, "batch"),
    ("D03", "Reach 109 villages", "覆盖109个村", "sites_served", 109, "institution"),
):
    duty = partnerships.NewDuty(code, title_zh, kind, Decimal(quantity), unit, title_en=title_en, provenance="sample")
    partnerships.add_duty(service_context(), agreement, duty)
partnerships.put_in_force(service_context(), agreement, agreement.version)
AgreementParty.objects.filter(agreement=agreement).update(confirmed_at=timezone.now())
places = {row.code: row for row in Institution.objects.filter(code__in={row["to_institution_code"] for row in sent})}
starts: dict[str, datetime.date] = {
    batch: add_calendar_months(first_day, 12 * number)
    for number, batch in enumerate(sorted({row["batch_number"] for row in sent}))
}
Need.objects.bulk_create(
    Need(
        code=f"V{number:03d}",
        place=places[row["to_institution_code"]].place,
        institution=places[row["to_institution_code"]],
        agreement=agreement,
        specialty=row["specialty"],
        profession="doctor",
        people=1,
        starts_on=starts[row["batch_number"]],
        ends_on=last_day_of_term(starts[row["batch_number"]], 12),
        least_term_months=12,
        reason_code=NeedReason.PROGRAMME,
        reason="样例",
        state=NeedState.OPEN,
        provenance="sample",
    )
    for number, row in enumerate(sent, start=1)
)
# Exactly the 514 who went before are there to go once more.
went = former.postings.values_list("staff_id", flat=True)
others = Staff.objects.filter(institution__code__in={row["staff_institution_code"] for row in sent}).exclude(
    pk__in=went
)
others.filter(specialty="02").update(employed_to=former.ends_on)
wanted = Counter(row["batch_number"] for row in sent)
villages = {batch: {row["to_institution_code"] for row in sent if row["batch_number"] == batch} for batch in starts}
sys.stdout.write(" ".join(f"{starts[batch]}={wanted[batch]}={len(villages[batch])}" for batch in sorted(wanted)))
