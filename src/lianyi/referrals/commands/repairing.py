"""Repairs by the privacy and records steward: who the patient of a case really is.

A record that is wrong is corrected, never deleted. The steward neither writes nor sends nor decides referrals; marking
one as entered in error long after it was sent is a step of the table.
"""

from __future__ import annotations

import dataclasses

from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, require_acting_for
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals.commands.journeys import check_patient, identity_values
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.identities import PatientFacts, age_band
from lianyi.referrals.models import Leg, Notice, PatientIdentity, Request
from lianyi.referrals.outbox import put
from lianyi.referrals.states import EntryReason, LegState

IDENTITY_CORRECTED = "identity_corrected"


@command("referrals.identity.correct")
def correct_identity(
    context: CommandContext, identity_id: int, patient: PatientFacts, expected_version: int
) -> PatientIdentity:
    """Write down who the patient of a journey really is, with a reason of the list.

    Searches find the patient by the corrected record from now on; requests show the corrected age and sex; every
    institution that has the case is told. The trail says which fields changed, never what stood in them.
    """
    identity = get_in_scope(
        context.actor, PatientIdentity.objects.select_related("journey__origin_institution"), identity_id
    )
    require(context.actor, "referral.repair", identity)
    require_acting_for(context.actor, identity.journey.origin_institution_id, "correct who its patients are")
    if context.reason_code not in EntryReason.values:
        raise FactsRefusedError(
            f"Say why the record is corrected. Accepted: {', '.join(EntryReason.values)}.",
            field="reason_code",
            reason="repair-reason",
            accepted=list(EntryReason.labels),
        )
    if not patient.name.strip():
        raise FactsRefusedError(
            "Give the patient's name; write 'unknown' with the sex and about what age if nobody knows.",
            field="patient_name",
            reason="patient-missing",
        )
    check_patient(patient)
    wanted = identity_values(patient)
    changed = {name: value for name, value in wanted.items() if getattr(identity, name) != value}
    if not changed:
        raise FactsRefusedError("Nothing differs from what is recorded.", field="patient_name", reason="repair-nothing")
    save_changes(identity, changed, expected_version)
    names = sorted(set(changed) - {"match_digest"})
    own = dataclasses.replace(context, reason="")
    record(own, "referrals.identity.correct", identity, before=None, after={"fields": names})
    _show_again(identity)
    _tell(identity)
    return identity


def _show_again(identity: PatientIdentity) -> None:
    """Let candidates who may not know who the patient is see the corrected band of age and sex."""
    for request in Request.objects.filter(journey_id=identity.journey_id):
        day = timezone.localdate(request.sent_at or request.created_at)
        shown = {"age_band": age_band(identity.born_on, day), "sex": identity.sex}
        Request.objects.filter(pk=request.pk).update(**shown)


def _tell(identity: PatientIdentity) -> None:
    now, told = timezone.now(), set()
    legs = Leg.objects.filter(request__journey_id=identity.journey_id).select_related("request__journey")
    notices = []
    for leg in legs.exclude(state__in=(LegState.DRAFT, LegState.ENTERED_IN_ERROR)).order_by("-pk"):
        params = {"number": leg.request.journey.number, "state": leg.state, "condition": leg.request.condition}
        for institution_id in (leg.from_institution_id, leg.to_institution_id):
            if institution_id is None or institution_id in told:
                continue
            told.add(institution_id)
            notices.append(
                Notice(
                    institution_id=institution_id,
                    kind=IDENTITY_CORRECTED,
                    urgency=leg.request.urgency,
                    leg=leg,
                    params=params,
                    made_at=now,
                )
            )
    put(notices, now)
