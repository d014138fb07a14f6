"""Play the sample consultations of a case through the commands that people use."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lianyi.accounts.records import Provenance
from lianyi.operations.demo_playing import Facts, context_at, institution_named, start_of
from lianyi.partnerships.models import Agreement
from lianyi.referrals.commands.consultations import NewConsultation, draft_consultation
from lianyi.referrals.consulting import take_consulting_step
from lianyi.referrals.consulting_facts import ConsultingFacts
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import Consultation, Notice

_AS_GIVEN = ("text", "meeting", "opinion", "followed")


def play_consultation(case: Facts) -> bool:
    """Play one sample consultation, and tell whether it was not there yet."""
    samples = Consultation.objects.filter(provenance=Provenance.SAMPLE)
    if samples.filter(journey__problem_text=case["problem_text"]).exists():
        return False
    key, start = f"consultation:{case['id']}", start_of(case)
    with transaction.atomic():
        row = draft_consultation(context_at(case["by"], key, start), _new(case))
        for number, each in enumerate(case["steps"]):
            at = start + datetime.timedelta(minutes=each["after"])
            row.refresh_from_db()
            context = context_at(each["by"], f"{key}:{number}", at)
            take_consulting_step(context, row.pk, each["step"], _facts(each, at, start), row.version)
        # What happened before the demo was loaded is no news to anybody.
        Notice.objects.filter(consultation=row).update(seen_at=timezone.now())
    return True


def _new(case: Facts) -> NewConsultation:
    agreement = Agreement.objects.filter(code=case.get("agreement", "")).first()
    return NewConsultation(
        from_institution_id=institution_named(case["sender"]),
        to_institution_id=institution_named(case["receiver"]),
        kind=case["kind"],
        urgency=case["urgency"],
        question=case["question"],
        specialties=case["specialties"],
        patient=PatientFacts(**case["patient"]),
        problem_code=case["problem_code"],
        problem_text=case["problem_text"],
        agreement_id=None if agreement is None else agreement.pk,
        has_consent=True,
        values=case["values"],
        provenance=Provenance.SAMPLE,
    )


def _facts(each: Facts, at: datetime.datetime, start: datetime.datetime) -> ConsultingFacts:
    given: dict[str, Any] = {name: each[name] for name in _AS_GIVEN if name in each}
    if "session_after" in each:
        given["scheduled_for"] = start + datetime.timedelta(minutes=each["session_after"])
    return ConsultingFacts(occurred_at=at, **given)
