"""Write and send, as a doctor of Lucheng, an emergency of some hours ago that nobody has answered; prints its case."""

from __future__ import annotations

import datetime
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lianyi.settings"
django.setup()

# ruff: noqa: E402 - the models exist only once Django is set up
from django.db import transaction
from django.utils import timezone

from lianyi.accounts.audit import CommandContext
from lianyi.operations.acting import actor_named, service_context
from lianyi.partnerships.models import Agreement
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.writing import NewReferral, draft_referral
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.walking import system_step, take_step
from lianyi.registry.models import Institution

sent_at = timezone.now() - datetime.timedelta(hours=int(sys.argv[1]))
doctor = actor_named("lucheng-doctor")
sender, receiver = (Institution.objects.get(code=code) for code in ("LCRMYY", "CZ2YY"))
request = draft_referral(
    CommandContext(doctor, "silent-draft", occurred_at=sent_at),
    NewReferral(
        from_institution_id=sender.pk,
        direction="up",
        urgency="emergency",
        condition="other",
        reason="beyond_means",
        problem_code="R57",
        problem_text="样例休克",
        question="样例",
        patient=PatientFacts(name="样例患者·无人答复"),
        receivers=(Receiver(institution_id=receiver.pk),),
        agreement_id=Agreement.objects.get(code="CZ-LC-2026").pk,
        has_consent=True,
        values={
            "main_problem": "样例",
            "consciousness": "voice",
            "systolic_pressure": 80,
            "heart_rate": 120,
            "oxygen_saturation": 92,
            "treatment_given": "样例",
        },
    ),
)
leg = request.legs.get()
with transaction.atomic():
    take_step(CommandContext(doctor, "silent-send"), leg.pk, "send", StepFacts(occurred_at=sent_at), leg.version)
    system_step(service_context(), leg, "deliver", sent_at)
sys.stdout.write(f"{leg.pk}\n")
