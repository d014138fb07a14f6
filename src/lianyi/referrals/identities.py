"""Finding that two records are one person, without opening either."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from django.conf import settings

_BANDS = ((1, "<1"), (5, "1-4"), (15, "5-14"), (30, "15-29"), (45, "30-44"), (60, "45-59"), (75, "60-74"))
OLDEST = "75+"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """Who the patient is, as typed by the sender."""

    name: str
    sex: str = "unknown"
    born_on: datetime.date | None = None
    id_kind: str = "none"
    id_number: str = ""
    phone: str = ""
    address: str = ""
    contact_name: str = ""
    language: str = ""


def _plain(text: str) -> str:
    """Bring what is typed to one form: full-width letters, spaces and case do not make another person."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("-", "")


def match_digest(patient: PatientFacts) -> str:
    """Return a keyed digest of the document number, or where there is none of name, birth date and telephone."""
    if patient.id_number.strip():
        told = f"id|{patient.id_kind}|{_plain(patient.id_number)}"
    else:
        born = patient.born_on.isoformat() if patient.born_on else ""
        told = f"name|{_plain(patient.name)}|{born}|{_plain(patient.phone)}"
    key = hashlib.sha256(b"lianyi.referrals.match|" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


def age_band(born_on: datetime.date | None, today: datetime.date) -> str:
    """Return the band of age that a candidate receiver sees before it accepts; empty where no birth date is known."""
    if born_on is None:
        return ""
    years = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    return next((band for limit, band in _BANDS if years < limit), OLDEST)
