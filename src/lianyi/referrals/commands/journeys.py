"""The beginning of a journey: the patient with one problem, whatever is asked first, a referral or a consultation."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.records import Provenance
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.identities import PatientFacts, age_band, match_digest
from lianyi.referrals.models import Journey, PatientIdentity, Sex
from lianyi.referrals.numbers import next_number
from lianyi.referrals.problems import checked_problem
from lianyi.referrals.resident_numbers import facts_of, plain_number
from lianyi.registry.models import Institution, Place

OLDEST_BIRTH = datetime.date(1890, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJourney:
    """A patient and a problem as they are typed on the first form."""

    patient: PatientFacts | None
    problem_code: str
    problem_text: str = ""
    first_contact_at: datetime.datetime | None = None
    provenance: str = Provenance.RECORDED


def begin_journey(context: CommandContext, new: NewJourney, sender: Institution, at: datetime.datetime) -> Journey:
    """Give a patient with a problem a number, and keep who it is apart from the case."""
    if new.patient is None or not new.patient.name.strip():
        raise FactsRefusedError(
            "Give the patient's name; write 'unknown' with the sex and about what age if nobody knows.",
            field="patient_name",
            reason="patient-missing",
        )
    check_patient(new.patient)
    opened_at = min(at, new.first_contact_at) if new.first_contact_at else at
    journey = Journey.objects.create(
        number=next_number("J", timezone.localdate(at)),
        origin_institution=sender,
        problem_code=checked_problem(new.problem_code, new.problem_text),
        problem_text=new.problem_text.strip(),
        opened_at=opened_at,
        provenance=new.provenance,
    )
    record(context, "referrals.journey.begin", journey, before=None, after={"number": journey.number})
    identity = PatientIdentity.objects.create(
        journey=journey, **identity_values(new.patient), provenance=new.provenance
    )
    # The trail says that an identity was written, never whose it is.
    record(context, "referrals.identity.write", identity, before=None, after={"journey": journey.number})
    return journey


def identity_values(patient: PatientFacts) -> dict[str, Any]:
    """Return who the patient is as it is kept, with the digest by which searches find the record."""
    return {
        "name": patient.name.strip(),
        "sex": patient.sex,
        "born_on": patient.born_on,
        "id_kind": patient.id_kind,
        "id_number": _number_as_kept(patient),
        "phone": patient.phone.strip(),
        "address": patient.address.strip(),
        "contact_name": patient.contact_name.strip(),
        "language": patient.language,
        "match_digest": match_digest(patient),
    }


def _number_as_kept(patient: PatientFacts) -> str:
    is_resident = patient.id_kind == PatientIdentity.IdKind.RESIDENT
    return plain_number(patient.id_number) if is_resident else patient.id_number.strip()


def check_patient(patient: PatientFacts) -> None:
    """Refuse what nobody can be: a choice that is not one, a card number that no card has, an impossible birth."""
    today = timezone.localdate()
    if patient.sex not in Sex.values or patient.id_kind not in PatientIdentity.IdKind.values:
        raise FactsRefusedError(
            "Sex or kind of document is not one of the list. Choose from the list.",
            field="sex",
            reason="patient-choice",
        )
    if patient.id_kind == PatientIdentity.IdKind.RESIDENT and patient.id_number.strip():
        _check_resident_number(patient)
    if patient.born_on is not None and not OLDEST_BIRTH <= patient.born_on <= today:
        raise FactsRefusedError(
            f"The date of birth {patient.born_on} cannot be. Give a day from {OLDEST_BIRTH} to today.",
            field="born_on",
            reason="birth-impossible",
            given=patient.born_on,
            least=OLDEST_BIRTH,
        )


def _check_resident_number(patient: PatientFacts) -> None:
    """Refuse a number that no card has; the same patient under a wrong number is another person to every search."""
    said = facts_of(patient.id_number)
    if said is None:
        raise FactsRefusedError(
            "The number is not one of a resident identity card: it has 18 characters, and the last one checks the "
            "others. Compare it with the card, or choose another kind of document.",
            field="id_number",
            reason="resident-number",
        )
    if patient.born_on is not None and patient.born_on != said.born_on:
        raise FactsRefusedError(
            "The date of birth is not the one in the number of the identity card. Correct one of them.",
            field="born_on",
            reason="resident-birth",
        )


def shown_before_acceptance(journey: Journey, sender: Institution, today: datetime.date) -> dict[str, Any]:
    """Return what a candidate receiver may know of the patient before it has said yes."""
    identity = PatientIdentity.objects.get(journey=journey)
    return {
        "age_band": age_band(identity.born_on, today),
        "sex": identity.sex,
        "county_name": _county_name(sender.place),
    }


def _county_name(place: Place) -> str:
    """Return the county of the sender: nothing smaller, because a small village alone may tell who it is."""
    walked: Place | None = place
    while walked is not None and walked.level not in ("county", "prefecture", "province", "country"):
        walked = walked.parent
    return "" if walked is None else walked.name_zh[:100]
